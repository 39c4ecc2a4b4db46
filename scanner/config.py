"""Configuration: flag before `WAFR_*` before `wafr.yaml` before default."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DEFAULT_FILE = "wafr.yaml"
DEFAULT_ACCEPTED = "accepted-risks.yaml"


class ConfigError(Exception):
    """The configuration is wrong; the message names the place and what to do."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkloadConfig(_Section):
    """The workload under review. `regions` are all that it lives in; left empty, every enabled region counts."""

    name: str = ""
    environment: Literal["production", "preproduction"] = "production"
    regions: tuple[str, ...] = ()


class ToolConfig(_Section):
    """The Well-Architected Tool: which workload, and the way there, which need not be the scan's.

    `role_arn` is the role that may write there; the scan's roles are never used for it. The last six say what
    `wafr workload create` makes, beside the section `workload`.
    """

    workload: str = ""  # name or id; left empty, the name of the section `workload`
    region: str = ""
    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    description: str = ""
    review_owner: str = ""
    lenses: tuple[str, ...] = ("wellarchitected",)
    accounts: tuple[str, ...] = ()
    tags: dict[str, str] = Field(default_factory=dict)
    trusted_advisor: bool = False


class CallsConfig(_Section):
    """How hard AWS is asked. `rates` are requests a second per service or operation; 0 means no limit."""

    attempts: int = Field(default=5, ge=1, le=20)
    connect_timeout: float = Field(default=5, gt=0, le=120)
    read_timeout: float = Field(default=30, gt=0, le=600)
    threads: int = Field(default=16, ge=1, le=128)
    rate: float = Field(default=10, ge=0, le=10_000)
    rates: dict[str, float] = Field(default_factory=dict)


class Config(_Section):
    """Everything that `wafr.yaml` may say."""

    profile: str = ""
    region: tuple[str, ...] = ()
    exclude_region: tuple[str, ...] = ()
    role_arn: tuple[str, ...] = ()
    external_id: str = ""
    out: str = ""
    fail_on: Literal["high", "medium", "none"] = "none"
    claims: str = ""
    accepted_risks: str = ""  # left empty: accepted-risks.yaml here, where there is one
    workload: WorkloadConfig = Field(default_factory=WorkloadConfig)
    tool: ToolConfig = Field(default_factory=ToolConfig)
    calls: CallsConfig = Field(default_factory=CallsConfig)
    declares: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = Field(default_factory=dict)
    owners: dict[str, str] = Field(default_factory=dict)  # globs over checks and ARNs → who mends it


_FROM_ENVIRONMENT = {
    "profile": "WAFR_PROFILE",
    "region": "WAFR_REGION",
    "exclude_region": "WAFR_EXCLUDE_REGION",
    "role_arn": "WAFR_ROLE_ARN",
    "external_id": "WAFR_EXTERNAL_ID",
    "out": "WAFR_OUT",
    "fail_on": "WAFR_FAIL_ON",
    "claims": "WAFR_CLAIMS",
    "accepted_risks": "WAFR_ACCEPTED_RISKS",
    "tool.workload": "WAFR_TOOL_WORKLOAD",
    "tool.region": "WAFR_TOOL_REGION",
    "tool.profile": "WAFR_TOOL_PROFILE",
    "tool.role_arn": "WAFR_TOOL_ROLE_ARN",
    "tool.external_id": "WAFR_TOOL_EXTERNAL_ID",
}
_LISTS = {"region", "exclude_region", "role_arn"}


def load_config(path: Path | None, flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Config:
    """The configuration of one run. `flags` that are None or empty say nothing; `tool.region` names a section's setting."""
    environment = os.environ if environment is None else environment
    values = _from_file(path or _default_file(environment))
    for name, variable in _FROM_ENVIRONMENT.items():
        if environment.get(variable):
            text = environment[variable]
            _put(values, name, [part.strip() for part in text.split(",") if part.strip()] if name in _LISTS else text)
    for name, value in flags.items():
        if value not in (None, "", (), []):
            _put(values, name, value)
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_explain(path, error, values)) from None


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    """Set a setting, or one of a section. A section that is none stays as it is: it is explained afterwards."""
    section, dot, setting = name.partition(".")
    if not dot:
        values[name] = value
    elif isinstance(within := values.get(section, {}), dict):
        values[section] = {**within, setting: value}


def _default_file(environment: Mapping[str, str]) -> Path | None:
    if environment.get("WAFR_CONFIG"):
        return Path(environment["WAFR_CONFIG"])
    return Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    from scanner.judge.mapping import MappingError, read_yaml

    try:
        values = read_yaml(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    except MappingError as error:
        raise ConfigError(str(error)) from None
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ConfigError(f"{path}: a configuration is a list of `name: value`.")
    return values


def _explain(path: Path | None, error: ValidationError, values: Mapping[str, Any]) -> str:
    import difflib

    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    hint = ""
    if first["type"] == "extra_forbidden":
        sections: dict[str, type[_Section]] = {
            "workload": WorkloadConfig,
            "tool": ToolConfig,
            "calls": CallsConfig,
        }
        section = sections.get(str(first["loc"][0]), Config)
        close = difflib.get_close_matches(str(first["loc"][-1]), list(section.model_fields), n=1)
        message = "there is no such setting"
        hint = f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(section.model_fields)}."
    else:
        message = first["msg"]
    where = f"{path or DEFAULT_FILE}: " if not first["loc"] or str(first["loc"][0]) in values else ""
    return f"{where}{name}{': ' if name else ''}{message}.{hint}"

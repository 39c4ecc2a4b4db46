"""Configuration: flag before `WAFR_*` before `wafr.yaml` before default."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DEFAULT_FILE = "wafr.yaml"


class ConfigError(Exception):
    """The configuration is wrong; the message names the place and what to do."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkloadConfig(_Section):
    """The workload under review. `regions` are all that it lives in; left empty, every enabled region counts."""

    name: str = ""
    environment: Literal["production", "preproduction"] = "production"
    regions: tuple[str, ...] = ()


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
    workload: WorkloadConfig = Field(default_factory=WorkloadConfig)
    calls: CallsConfig = Field(default_factory=CallsConfig)
    declares: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, dict[str, Any]] = Field(default_factory=dict)


_FROM_ENVIRONMENT = {
    "profile": "WAFR_PROFILE",
    "region": "WAFR_REGION",
    "exclude_region": "WAFR_EXCLUDE_REGION",
    "role_arn": "WAFR_ROLE_ARN",
    "external_id": "WAFR_EXTERNAL_ID",
    "out": "WAFR_OUT",
    "fail_on": "WAFR_FAIL_ON",
    "claims": "WAFR_CLAIMS",
}
_LISTS = {"region", "exclude_region", "role_arn"}


def load_config(path: Path | None, flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Config:
    """The configuration of one run. `flags` that are None or empty say nothing."""
    environment = os.environ if environment is None else environment
    values = _from_file(path or _default_file(environment))
    for name, variable in _FROM_ENVIRONMENT.items():
        if environment.get(variable):
            text = environment[variable]
            values[name] = [part.strip() for part in text.split(",") if part.strip()] if name in _LISTS else text
    values.update({name: value for name, value in flags.items() if value not in (None, "", (), [])})
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(_explain(path, error, values)) from None


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
        sections: dict[str, type[_Section]] = {"workload": WorkloadConfig, "calls": CallsConfig}
        section = sections.get(str(first["loc"][0]), Config)
        close = difflib.get_close_matches(str(first["loc"][-1]), list(section.model_fields), n=1)
        message = "there is no such setting"
        hint = f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(section.model_fields)}."
    else:
        message = first["msg"]
    where = f"{path or DEFAULT_FILE}: " if str(first["loc"][0]) in values else ""
    return f"{where}{name}: {message}.{hint}"

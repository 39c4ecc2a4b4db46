"""Find a workload by name or id, and create one from the user's configuration."""

import hashlib
import re
import time
from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, ValidationError

from scanner.config import Config, ConfigError
from scanner.evidence.reading import canonical
from scanner.watool.claims import Frozen
from scanner.watool.client import Tool, Workload
from scanner.watool.errors import NotFoundError, ToolError

VISIBLE_WITHIN = 30.0  # seconds; a fresh workload may be ResourceNotFound at first
_PAUSE = 0.5

_ID = re.compile(r"[0-9a-f]{32}")


# Where each member of the specification stands in the user's configuration.
_SETTINGS = {
    "name": "workload.name",
    "environment": "workload.environment",
    "regions": "workload.regions",
    "description": "tool.description",
    "review_owner": "tool.review_owner",
    "accounts": "tool.accounts",
    "lenses": "tool.lenses",
    "tags": "tool.tags",
}


class WorkloadSpec(Frozen):
    """What CreateWorkload needs. The limits are those of API_CreateWorkload; `review_owner` is required in fact."""

    name: str = Field(min_length=3, max_length=100)
    description: str = Field(min_length=3, max_length=250)
    environment: Literal["PRODUCTION", "PREPRODUCTION"]
    review_owner: str = Field(min_length=3, max_length=255)
    regions: tuple[str, ...] = Field(min_length=1, max_length=50)
    accounts: tuple[str, ...] = Field(default=(), max_length=100)
    lenses: tuple[str, ...] = Field(default=("wellarchitected",), min_length=1, max_length=20)
    tags: dict[str, str] = Field(default={}, max_length=50)
    trusted_advisor: bool = False

    @property
    def token(self) -> str:
        """The same for the same specification, so that a repeated call creates one workload."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()

    @property
    def request(self) -> dict[str, Any]:
        """The members of CreateWorkload."""
        request: dict[str, Any] = {
            "WorkloadName": self.name,
            "Description": self.description,
            "Environment": self.environment,
            "ReviewOwner": self.review_owner,
            "AwsRegions": list(self.regions),
            "Lenses": list(self.lenses),
            "ClientRequestToken": self.token,
        }
        if self.accounts:
            request["AccountIds"] = list(self.accounts)
        if self.tags:
            request["Tags"] = dict(self.tags)
        if self.trusted_advisor:
            request["DiscoveryConfig"] = {"TrustedAdvisorIntegrationStatus": "ENABLED"}
        return request


def spec_of(config: Config) -> WorkloadSpec:
    """The workload that the configuration describes. ConfigError names the setting that the Tool would not take."""
    try:
        return WorkloadSpec(
            name=config.workload.name,
            description=config.tool.description,
            environment="PRODUCTION" if config.workload.environment == "production" else "PREPRODUCTION",
            review_owner=config.tool.review_owner,
            regions=config.workload.regions,
            accounts=config.tool.accounts,
            lenses=config.tool.lenses,
            tags=config.tool.tags,
            trusted_advisor=config.tool.trusted_advisor,
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        setting = _SETTINGS[str(first["loc"][0])]
        raise ConfigError(f"{setting}: {first['msg']}. The Well-Architected Tool asks for it.") from None


def find_workload(tool: Tool, name_or_id: str) -> Workload:
    """The workload with this id or name. Names are unique in an account and region, case and spaces ignored.

    Raises NotFoundError; the message names the region, because the Tool keeps each region's workloads apart.
    """
    if _ID.fullmatch(name_or_id):
        return tool.workload(name_or_id)
    matching = [each for each in tool.workloads() if _plain(each.name) == _plain(name_or_id)]
    if not matching:
        raise NotFoundError(
            f"there is no workload {name_or_id!r}",
            f"region {tool.region}",
            "check the name, the account and the region",
        )
    return tool.workload(matching[0].id)


def create_workload(
    tool: Tool, spec: WorkloadSpec, *, clock: Callable[[], float] = time.monotonic, within: float = VISIBLE_WITHIN
) -> Workload:
    """Create a workload and wait until it can be read. Called again with the same specification, it creates nothing."""
    workload_id = tool.create_workload(spec.request)
    deadline = clock() + within
    while True:
        try:
            return tool.workload(workload_id)
        except NotFoundError as error:
            if clock() >= deadline:
                raise ToolError(
                    f"workload {workload_id} was created and cannot be read yet",
                    f"region {tool.region}",
                    "wait a minute",
                ) from error
            time.sleep(_PAUSE)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()

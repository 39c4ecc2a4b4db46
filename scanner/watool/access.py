"""The way to the Tool: credentials of its own, which need not be the scan's, behind a guard of its own."""

from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError

from scanner.collect.clients import CallSettings
from scanner.collect.targets import CredentialsError, assume, identify, open_session
from scanner.config import Config
from scanner.watool.client import Tool, connect
from scanner.watool.errors import InvalidRequestError, ToolError
from scanner.watool.guard import guard

SERVICE = "wellarchitected"


@dataclass(frozen=True, slots=True)
class ToolAccess:
    """The Tool in one account and region, and as whom it is used."""

    tool: Tool
    account: str
    who: str


def open_tool(config: Config) -> ToolAccess:
    """The Tool as the configuration names it. Without a profile of its own the scan's is used, the scan's roles never are.

    Raises CredentialsError without a way in, and InvalidRequestError for a region that the Tool does not have.
    """
    patience = CallSettings(config.calls.attempts, config.calls.connect_timeout, config.calls.read_timeout)
    session = open_session(config.tool.profile or config.profile or None, patience)
    if config.tool.role_arn:
        session = assume(session, config.tool.role_arn, config.tool.external_id or None, None, patience)
    elif config.tool.external_id:
        raise CredentialsError("tool.external_id is for assuming a role: it needs tool.role_arn.")
    access = identify(session)
    region = _region(session, config.tool.region, access.partition)
    session.events.unregister("before-call", unique_id="wafr-guard")  # the one that lets nothing but wayfinding pass
    session.events.register_first("before-call", guard(), unique_id="wafr-guard")
    try:
        return ToolAccess(connect(session, region), access.account, access.caller)
    except BotoCoreError as error:
        raise ToolError(f"the Tool cannot be used: {error}", f"region {region}") from error


def _region(session: boto3.Session, wanted: str, partition: str) -> str:
    region = wanted or session.region_name or ""
    known = session.get_available_regions(SERVICE, partition_name=partition)
    if not region:
        raise InvalidRequestError("no region is named", next="set tool.region in wafr.yaml, or --region")
    if known and region not in known:
        raise InvalidRequestError(
            f"the Well-Architected Tool is not in the region {region!r}",
            next=f"choose one of {', '.join(sorted(known))}",
        )
    return region

"""Where to look: who we are, which accounts, and which of their regions."""

from collections.abc import Iterable
from dataclasses import dataclass

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)

from scanner.collect.ask import CREDENTIAL_ERRORS
from scanner.collect.clients import USER_AGENT, CallSettings
from scanner.collect.collect import HOME_REGIONS
from scanner.collect.guard import guard
from scanner.collect.times import moment

UNKNOWN_ACCOUNT = "unknown"
SESSION_NAME = "wafr"


class CredentialsError(Exception):
    """There is no way in: no credentials, a missing profile, or a role that may not be assumed."""


class RegionError(ValueError):
    """A region that does not exist or is not enabled in the account."""


@dataclass(frozen=True, slots=True)
class Access:
    """One account that can be scanned: its session, its id, its partition, and as whom."""

    session: boto3.Session
    account: str
    partition: str
    caller: str


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions to scan, and those that are enabled and are left out. `*` stands for regions that could not be listed."""

    scanned: tuple[str, ...]
    left_out: tuple[str, ...]


def open_session(profile: str | None, settings: CallSettings) -> boto3.Session:
    """A session with the user's credentials; CredentialsError where there are none."""
    try:
        session = boto3.Session(profile_name=profile)
        if session.get_credentials() is None:
            raise CredentialsError(
                "No AWS credentials were found. Set AWS_PROFILE or --profile, or sign in with `aws sso login`."
            )
    except ProfileNotFound:
        known = ", ".join(sorted(botocore.session.Session().available_profiles)) or "none"
        raise CredentialsError(f"The profile {profile!r} is not in your AWS configuration. Known: {known}.") from None
    except (PartialCredentialsError, BotoCoreError) as error:
        raise CredentialsError(f"Your AWS credentials cannot be used: {error}") from None
    _prepare(session, settings)
    return session


def _prepare(session: boto3.Session, settings: CallSettings) -> None:
    core = session._session  # noqa: SLF001  (boto3 offers no other way)
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)
    session.events.register_first("before-call", guard(frozenset()), unique_id="wafr-guard")
    config = Config(
        retries={"mode": "standard", "total_max_attempts": settings.attempts},
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        user_agent=USER_AGENT,
    )
    core.set_default_client_config(config)


def identify(session: boto3.Session) -> Access:
    """Who the credentials are. A refusal leaves the account unknown; credentials that do not work raise CredentialsError."""
    try:
        answer = session.client("sts", region_name=session.region_name or "us-east-1").get_caller_identity()
        arn = str(answer["Arn"])
        return Access(session, str(answer["Account"]), arn.split(":")[1], arn)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in CREDENTIAL_ERRORS:
            raise CredentialsError(
                f"AWS does not accept these credentials ({code}). Renew them and try again."
            ) from None
        return Access(session, UNKNOWN_ACCOUNT, "aws", f"unknown (sts:GetCallerIdentity: {code})")
    except NoCredentialsError:
        raise CredentialsError("No AWS credentials were found. Set AWS_PROFILE or --profile.") from None
    except BotoCoreError as error:
        raise CredentialsError(f"AWS could not be reached to ask who we are: {error}") from None


def assume(
    base: boto3.Session, role: str, external_id: str | None, session_policy: str | None, settings: CallSettings
) -> boto3.Session:
    """A session of the role, refreshed by botocore for as long as the scan takes."""
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        DeferredRefreshableCredentials,
    )

    extra = {"RoleSessionName": SESSION_NAME}
    if external_id:
        extra["ExternalId"] = external_id
    if session_policy:
        extra["Policy"] = session_policy
    source = base.get_credentials()
    if source is None:
        raise CredentialsError("No AWS credentials were found to assume the role with.")
    region = base.region_name or "us-east-1"
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=lambda service, **kwargs: base.client(service, **{"region_name": region, **kwargs}),
        source_credentials=source,
        role_arn=role,
        extra_args=extra,
    )
    inner = botocore.session.Session()
    inner._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]  # noqa: SLF001  (no other way)
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    session = boto3.Session(botocore_session=inner, region_name=region)
    _prepare(session, settings)
    try:
        credentials = session.get_credentials()
        if credentials is not None:
            credentials.get_frozen_credentials()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise CredentialsError(
            f"The role {role} could not be assumed ({code}). Its trust policy has to name your principal, "
            "and --external-id has to match."
        ) from None
    except BotoCoreError as error:
        raise CredentialsError(f"The role {role} could not be assumed: {error}") from None
    return session


def choose_regions(access: Access, wanted: Iterable[str], excluded: Iterable[str], workload: Iterable[str]) -> Regions:
    """The regions to scan: all that are enabled, or those wanted.

    `workload` narrows what has to be seen: the regions that the user declares the workload to live in. Enabled regions of
    the workload that are not scanned are left out, and what would have to be known of them is unknown.
    """
    wanted, excluded, workload = list(wanted), set(excluded), list(workload)
    known = set(access.session.get_available_regions("ec2", partition_name=access.partition))
    for region in [*wanted, *excluded, *workload]:
        if region != "all" and known and region not in known:
            raise RegionError(f"Unknown region {region!r}. Known: {', '.join(sorted(known))}.")
    enabled = enabled_regions(access)
    in_scope = workload or sorted(enabled or known)
    explicit = [region for region in wanted if region != "all"]
    chosen = explicit or in_scope
    if enabled is not None:
        for region in explicit:
            if region not in enabled:
                raise RegionError(f"The region {region!r} is not enabled in account {access.account}.")
        in_scope = [region for region in in_scope if region in enabled]
        chosen = [region for region in chosen if region in enabled]
    scanned = tuple(sorted(set(chosen) - excluded))
    left_out = sorted(set(in_scope) - set(scanned))
    if enabled is None and not workload:
        left_out.append("*")
    return Regions(scanned, tuple(left_out))


def enabled_regions(access: Access) -> frozenset[str] | None:
    """The account's enabled regions, or None where they could not be listed."""
    home = HOME_REGIONS.get(access.partition, "us-east-1")
    try:
        answer = access.session.client("ec2", region_name=home).describe_regions(AllRegions=False)
    except (ClientError, BotoCoreError):
        return None
    others = {
        name
        for partition in access.session.get_available_partitions()
        if partition != access.partition
        for name in access.session.get_available_regions("ec2", partition_name=partition)
    }
    return frozenset(region["RegionName"] for region in answer["Regions"]) - others

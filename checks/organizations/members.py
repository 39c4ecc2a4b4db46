"""Whom the organization holds, who administers it, and what runs where nothing should."""

import re

from checks.ec2.evidence import Instance
from checks.organizations.evidence import (
    Account,
    DelegatedAdministrator,
    DelegatedService,
    Organization,
    Root,
    ServiceAccess,
    Unit,
)
from checks.rds.evidence import DBCluster, DBInstance
from scanner import Fails, Holds, NotApplicable, Target, Verdict, check, fact

# The services of security that a member account can administer for all (Organizations User Guide, "Services that you can
# use with AWS Organizations"), as they name themselves there.
_SECURITY = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        "access-analyzer",
        "config",
        "detective",
        "guardduty",
        "inspector2",
        "macie",
        "securityhub",
        "securitylake",
    )
)
# What accounts are for, as their names commonly say.
_PURPOSES = {
    "forensics": r"forensic|quarantine|isolation",
    "logs": r"log[ -_]?archive|logging|\blogs?\b",
    "production": r"(?<!non)(?<!non[-_ ])prod(uction)?\b",
    "sandboxes": r"sandbox|playground|experiment",
    "security": r"security|audit\b",
    "tests": r"\b(dev|development|test|testing|stage|staging|qa|uat|non[-_ ]?prod\w*)\b",
}


@check(effort="high")
def the_organization_has_all_features(organization: Organization | None) -> Verdict:
    """The account belongs to an organization with all features.

    Why: only accounts keep workloads truly apart, and only an organization sets limits that an account cannot lift.
    Fix: create an organization (or accept its invitation), then enable all features under "Settings".
    """
    if organization is None:
        return Fails("the account belongs to no organization")
    if organization.feature_set != "ALL":
        return Fails(f"the organization {organization.id} has {organization.feature_set} only")
    return Holds(f"a member of {organization.id}, which has all features")


@check(effort="high")
def the_management_account_runs_nothing(
    here: Target,
    organization: Organization | None,
    instances: list[Instance],
    databases: list[DBInstance],
    clusters: list[DBCluster],
) -> Verdict:
    """No servers or databases run in the organization's management account.

    Why: no control policy limits this account, so that whoever takes over a workload in it is limited by nothing.
    Fix: move the workload to a member account.
    """
    if organization is None:
        return NotApplicable("the account belongs to no organization")
    if here.account != organization.master_account_id:
        return NotApplicable(f"the organization is managed by {organization.master_account_id}")
    there = [one for one in instances if one.state.name not in ("shutting-down", "terminated")]
    counts = {"instances": len(there), "databases": len(databases), "database clusters": len(clusters)}
    if any(counts.values()):
        return Fails(f"here are {', '.join(f'{count} {what}' for what, count in counts.items() if count)}")
    return Holds("no instances and no databases are here")


@check(effort="medium")
def security_services_are_delegated(
    organization: Organization | None, access: list[ServiceAccess], delegated: list[DelegatedService]
) -> Verdict:
    """Security services that work in all accounts are administered from a member account.

    Why: who looks at findings every day should not have to sign in to the account that no policy limits.
    Fix: aws organizations register-delegated-administrator --account-id ID --service-principal SERVICE, or the service's own call.
    """
    if organization is None:
        return NotApplicable("the account belongs to no organization")
    on = _SECURITY & {one.service_principal for one in access}
    if not on:
        return NotApplicable("no security service works in all accounts")
    missing = sorted(on - {one.service_principal for one in delegated})
    if missing:
        return Fails(f"without a delegated administrator: {', '.join(name.partition('.')[0] for name in missing)}")
    return Holds(f"delegated: {', '.join(name.partition('.')[0] for name in sorted(on))}")


@fact
def accounts_by_purpose(accounts: list[Account]) -> str | None:
    """What the names of accounts say of their purpose."""
    if not accounts:
        return None
    told = []
    for purpose, words in _PURPOSES.items():
        names = sorted(one.name for one in accounts if not one.closing and re.search(words, one.name.lower()))
        told.append(f"{purpose}: {', '.join(names[:5]) or 'none'}")
    return f"accounts by what their names say: {'; '.join(told)}"


@fact
def closed_accounts(accounts: list[Account]) -> str | None:
    """Which accounts are suspended or closed."""
    names = sorted(f"{one.name} ({one.closing})" for one in accounts if one.closing)
    return f"accounts that nobody can work in: {', '.join(names[:10])}" if names else None


@fact
def members(accounts: list[Account]) -> str | None:
    """Which accounts the organization has."""
    if not accounts:
        return None
    names = sorted(account.name for account in accounts)
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"{len(names)} accounts: {', '.join(names[:20])}{more}"


@fact
def units_below_the_root(roots: list[Root], units: list[Unit]) -> str | None:
    """Which organizational units stand below the root."""
    if not roots:
        return None
    return f"organizational units below the root: {', '.join(sorted(unit.name for unit in units)) or 'none'}"


@fact
def management_account(organization: Organization | None) -> str | None:
    """Which account manages the organization: no workload belongs there."""
    if organization is None:
        return None
    return f"{organization.master_account_id} manages the organization {organization.id}; no workload belongs there"


@fact
def delegated_administrators(delegates: list[DelegatedAdministrator]) -> str:
    """Which accounts administer services for the organization."""
    return f"delegated administrators: {', '.join(sorted(one.name for one in delegates)) or 'none'}"


@fact
def services_with_access(services: list[ServiceAccess]) -> str:
    """Whether CloudTrail, Config, GuardDuty and other services may work in all accounts."""
    on = {service.service_principal for service in services}
    wanted = ("cloudtrail", "config", "guardduty", "securityhub", "inspector2", "access-analyzer", "backup", "sso")
    told = ", ".join(f"{name} {'on' if f'{name}.amazonaws.com' in on else 'off'}" for name in wanted)
    return f"trusted access of services to all accounts: {told}"

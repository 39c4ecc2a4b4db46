"""Organizations: what the organization is, whom it holds, and which guardrails it sets."""

from collections.abc import Iterator
from dataclasses import dataclass

from scanner import (
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    Policy,
    Read,
    Statement,
    Verdict,
    check,
    derived,
    fact,
)

_NONE = frozenset({"AWSOrganizationsNotInUseException"})


class Organization(
    Evidence,
    read=Read("organizations:DescribeOrganization", "Organization", absent=_NONE, scope="organization"),
):
    id: str
    feature_set: str
    master_account_id: str


class Account(
    Evidence, read=Read("organizations:ListAccounts", "Accounts", arn="{arn}", absent=_NONE, scope="organization")
):
    """A member of the organization, the management account too."""

    id: str
    arn: str
    name: str


class AccountPath(
    Evidence, read=Read("organizations:ListAccounts", "Accounts", arn="{arn}", absent=_NONE, scope="organization")
):
    """Where an account stands: `o-…/r-…/ou-…/123456789012/`, every parent from the root on."""

    id: str
    arn: str
    paths: tuple[str, ...]


class PolicyType(Part):
    type: str
    status: str


class Root(Evidence, read=Read("organizations:ListRoots", "Roots", arn="{arn}", absent=_NONE, scope="organization")):
    id: str
    arn: str
    policy_types: tuple[PolicyType, ...] = ()


class Unit(
    Evidence,
    read=Read(
        "organizations:ListOrganizationalUnitsForParent",
        "OrganizationalUnits",
        per=Root,
        args={"ParentId": "id"},
        arn="{arn}",
    ),
):
    """An organizational unit right below the root."""

    id: str
    arn: str
    name: str


class ControlPolicy(
    Evidence,
    read=Read(
        "organizations:ListPolicies",
        "Policies",
        fixed={"Filter": "SERVICE_CONTROL_POLICY"},
        arn="{arn}",
        absent=_NONE,
        scope="organization",
    ),
):
    """A service control policy, FullAWSAccess too."""

    id: str
    arn: str
    name: str
    aws_managed: bool


class ControlPolicyDocument(
    Evidence,
    read=Read(
        "organizations:DescribePolicy",
        "Policy",
        per=ControlPolicy,
        args={"PolicyId": "id"},
        when={"aws_managed": False},
    ),
):
    content: Policy


class ControlPolicyTarget(
    Evidence,
    read=Read(
        "organizations:ListTargetsForPolicy",
        "Targets",
        per=ControlPolicy,
        args={"PolicyId": "id"},
    ),
):
    """A root, unit or account to which a service control policy is attached."""

    target_id: str
    type: str


class DelegatedAdministrator(
    Evidence,
    read=Read(
        "organizations:ListDelegatedAdministrators",
        "DelegatedAdministrators",
        arn="{arn}",
        absent=_NONE,
        scope="organization",
    ),
):
    id: str
    arn: str
    name: str


class ServiceAccess(
    Evidence,
    read=Read(
        "organizations:ListAWSServiceAccessForOrganization",
        "EnabledServicePrincipals",
        absent=_NONE,
        scope="organization",
    ),
):
    """A service that may work in all accounts of the organization."""

    service_principal: str


@dataclass(frozen=True)
class Attachment:
    """A service control policy with the places to which it is attached."""

    policy: ControlPolicy
    targets: frozenset[str]


@dataclass(frozen=True)
class Guardrail:
    """A service control policy of the organization's own, with what it says and where."""

    policy: ControlPolicy
    document: Policy
    targets: frozenset[str]

    @property
    def denies(self) -> bool:
        return any(statement.effect == "Deny" for statement in self.document.statements)

    @property
    def allows_everything(self) -> bool:
        return any(s.effect == "Allow" and "*" in s.actions and not s.conditions for s in self.document.statements)

    @property
    def kinds(self) -> frozenset[str]:
        """Which of the customary denials this holds, by the actions and conditions that it names."""
        return frozenset(kind for statement in self.document.statements for kind in _kinds(statement))


def _kinds(statement: Statement) -> Iterator[str]:
    if statement.effect != "Deny":
        return
    actions = " ".join(statement.actions).lower()
    keys = {condition.key.lower() for condition in statement.conditions}
    values = {value for c in statement.conditions for value in c.values if c.key.lower() == "aws:principalarn"}
    if "organizations:leaveorganization" in actions:
        yield "leaving the organization"
    if "aws:requestedregion" in keys:
        yield "other regions"
    if any(value.endswith(":root") for value in values):
        yield "acts of the root user"
    if any(name in actions for name in ("cloudtrail:stoplogging", "cloudtrail:deletetrail", "cloudtrail:*")):
        yield "switching off CloudTrail"
    if any(f"{service}:" in actions for service in ("guardduty", "securityhub", "config")):
        yield "switching off detection"


@derived
def attachment(policy: ControlPolicy, targets: list[ControlPolicyTarget]) -> Attachment:
    """A policy and its places."""
    return Attachment(policy, frozenset(target.target_id for target in targets))


@derived
def guardrail(policy: ControlPolicy, document: ControlPolicyDocument, targets: list[ControlPolicyTarget]) -> Guardrail:
    """A policy of the organization's own, whole."""
    return Guardrail(policy, document.content, frozenset(target.target_id for target in targets))


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


@check(effort="medium")
def accounts_are_under_guardrails(
    account: AccountPath,
    organization: Organization | None,
    attachments: list[Attachment],
    guardrails: list[Guardrail],
) -> Verdict:
    """Member accounts stand under a service control policy that limits them.

    Why: what nobody in any account should do is best forbidden where no account's administrator can allow it.
    Fix: attach a policy that denies it (leaving the organization, stopping the trail, unused regions) to the root or a unit.
    """
    if organization is not None and account.id == organization.master_account_id:
        return NotApplicable("service control policies do not limit the management account")
    if not account.paths:
        return NotApplicable("the account stands at no path of the organization")
    places = [*account.paths[0].strip("/").split("/")[1:], account.id]
    found = [rail.policy.name for rail in guardrails if rail.denies and rail.targets & set(places)]
    if found:
        return Holds(f"limited by {', '.join(sorted(found)[:5])}")
    # Where FullAWSAccess is taken off, only what the policies there allow is allowed (Organizations User Guide).
    for place in places:
        here = [one for one in attachments if place in one.targets]
        open_here = any(one.policy.aws_managed for one in here)
        open_here = open_here or any(rail.allows_everything for rail in guardrails if place in rail.targets)
        if here and not open_here:
            return Holds(f"at {place} only named services are allowed")
    return Fails("no policy on the way from the root to this account denies anything")


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
def policy_types_enabled(roots: list[Root]) -> str | None:
    """Which types of policies the organization has enabled."""
    if not roots:
        return None
    kinds = sorted({kind.type for root in roots for kind in root.policy_types if kind.status == "ENABLED"})
    return f"policy types enabled: {', '.join(kinds) or 'none'}"


@fact
def what_guardrails_deny(guardrails: list[Guardrail]) -> str | None:
    """Which customary denials the attached service control policies hold."""
    if not guardrails:
        return None
    attached = [rail for rail in guardrails if rail.targets]
    kinds = sorted({kind for rail in attached for kind in rail.kinds})
    return f"{len(attached)} service control policies are attached; they deny: {', '.join(kinds) or 'none of the customary'}"


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

"""What the organization forbids, prescribes and switches on: its policies and where they are attached."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.access.evidence import ResourcePolicy
from checks.organizations.evidence import (
    AccountPath,
    BackupPolicy,
    BackupPolicyTarget,
    ControlPolicy,
    ControlPolicyDocument,
    ControlPolicyTarget,
    DeclarativePolicy,
    Organization,
    Root,
    TagPolicy,
    TagPolicyTarget,
)
from scanner import Fails, Holds, NotApplicable, Policy, Statement, Verdict, check, derived, fact


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
        return any(
            s.effect == "Allow" and not s.conditions and any(not action.strip("*:") for action in s.actions)
            for s in self.document.statements
        )

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
    if account.closing:
        return NotApplicable(f"the account is {account.closing}")
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
def resource_guardrails(roots: list[Root], policies: list[ResourcePolicy]) -> str | None:
    """Which policies limit who may reach the organization's resources."""
    if not roots:
        return None
    own = sorted(one.name for one in policies if not one.aws_managed)
    return f"resource control policies of the organization's own: {', '.join(own[:10]) or 'none'}"


@fact
def tag_policies(roots: list[Root], policies: list[TagPolicy], targets: list[TagPolicyTarget]) -> str | None:
    """Which policies prescribe tags, and where."""
    if not roots:
        return None
    return f"tag policies: {_attached([one.name for one in policies], [one.name for one in targets])}"


@fact
def backup_policies(roots: list[Root], policies: list[BackupPolicy], targets: list[BackupPolicyTarget]) -> str | None:
    """Which policies prescribe backups, and where."""
    if not roots:
        return None
    return f"backup policies: {_attached([one.name for one in policies], [one.name for one in targets])}"


def _attached(policies: list[str], targets: list[str]) -> str:
    if not policies:
        return "none"
    where = ", ".join(sorted(set(targets))[:10]) or "nothing"
    return f"{', '.join(sorted(policies)[:10])}, attached to {where}"


@fact
def declarative_policies(roots: list[Root], policies: list[DeclarativePolicy]) -> str | None:
    """Which policies fix settings of EC2 in all accounts."""
    if not roots:
        return None
    return f"declarative policies for EC2: {', '.join(sorted(one.name for one in policies)[:10]) or 'none'}"

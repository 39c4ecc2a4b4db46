"""IAM Identity Center: who signs in through it, with which permissions, and for how long.

Most of it answers in the management account and in the one that administers Identity Center only; elsewhere it is refused.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from checks.iam.statements import everything_allowed
from scanner import Evidence, Fails, Holds, NotApplicable, Part, PolicyOrBlank, Read, Verdict, check, fact

_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


class Instance(Evidence, read=Read("sso-admin:ListInstances", "Instances", arn="{instance_arn}")):
    instance_arn: str
    identity_store_id: str


class PermissionSetArn(
    Evidence,
    read=Read(
        "sso-admin:ListPermissionSets",
        "PermissionSets",
        per=Instance,
        args={"InstanceArn": "instance_arn"},
        arn="{value}",
    ),
):
    value: str


_OF_SET = {"InstanceArn": "instance_arn", "PermissionSetArn": "value"}


class PermissionSet(
    Evidence, read=Read("sso-admin:DescribePermissionSet", "PermissionSet", per=PermissionSetArn, args=_OF_SET)
):
    name: str
    session_duration: str

    @property
    def session(self) -> timedelta | None:
        """How long a session lasts; None where the text is no ISO 8601 duration of days or less."""
        found = _DURATION.match(self.session_duration)
        if found is None:
            return None
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


class InlinePolicy(
    Evidence, read=Read("sso-admin:GetInlinePolicyForPermissionSet", per=PermissionSetArn, args=_OF_SET)
):
    inline_policy: PolicyOrBlank = None  # an empty text where the set has none (API reference)


class ManagedPolicy(
    Evidence,
    read=Read(
        "sso-admin:ListManagedPoliciesInPermissionSet", "AttachedManagedPolicies", per=PermissionSetArn, args=_OF_SET
    ),
):
    name: str


class Assignment(
    Evidence,
    read=Read(
        "sso-admin:ListAccountAssignments",
        "AccountAssignments",
        per=PermissionSetArn,
        args=_OF_SET,
        fixed={"AccountId": "{account}"},
    ),
):
    """Who may use a permission set in the scanned account."""

    principal_type: str


class Attribute(Part):
    key: str


class AttributesInUse(
    Evidence,
    read=Read(
        "sso-admin:DescribeInstanceAccessControlAttributeConfiguration",
        "InstanceAccessControlAttributeConfiguration",
        per=Instance,
        args={"InstanceArn": "instance_arn"},
        # The instance was listed a moment ago: what is not found is the configuration (API reference).
        absent={"ResourceNotFoundException"},
    ),
):
    access_control_attributes: tuple[Attribute, ...]


class ExternalId(Part):
    issuer: str = ""


class User(
    Evidence,
    read=Read("identitystore:ListUsers", "Users", per=Instance, args={"IdentityStoreId": "identity_store_id"}),
):
    """That there is a user, and whether a directory elsewhere made it. Names and addresses stay out of the bundle."""

    user_status: str = ""
    external_ids: tuple[ExternalId, ...] = ()


@check(effort="low")
def sessions_end_within_a_working_day(permissions: PermissionSet, *, hours: int = 8) -> Verdict:
    """Sessions of permission sets end within a working day.

    Why: who takes over a browser or a laptop has what its sessions still hold.
    Fix: aws sso-admin update-permission-set --instance-arn ARN --permission-set-arn ARN --session-duration PT8H
    """
    told = f"{permissions.name}: {permissions.session_duration}"
    session = permissions.session
    return Holds(told) if session is not None and session <= timedelta(hours=hours) else Fails(told)


@check(effort="low")
def permission_sets_are_assigned_to_groups(permissions: PermissionSet, assignments: list[Assignment]) -> Verdict:
    """Permission sets are assigned to groups, not to single people.

    Why: who leaves a team leaves its group; what was assigned to a person stays until somebody remembers.
    Fix: aws sso-admin create-account-assignment --principal-type GROUP …, then delete the person's assignment.
    """
    if not assignments:
        return NotApplicable(f"{permissions.name} is assigned to nobody in this account")
    single = sum(one.principal_type == "USER" for one in assignments)
    if single:
        return Fails(f"{permissions.name} is assigned to {single} single people")
    return Holds(f"{permissions.name} is assigned to {len(assignments)} groups")


@check(effort="medium")
def inline_policies_do_not_allow_everything(permissions: PermissionSet, inline: InlinePolicy) -> Verdict:
    """Permission sets' inline policies do not allow everything on everything.

    Why: an administrator under another name is missing from the list of administrators.
    Fix: aws sso-admin put-inline-policy-to-permission-set with the actions that the job needs
    """
    if inline.inline_policy is None:
        return NotApplicable(f"{permissions.name} has no inline policy")
    found = everything_allowed(inline.inline_policy)
    return Fails(f"{permissions.name} {found}") if found else Holds(f"{permissions.name} names what it allows")


@fact
def instances(found: list[Instance]) -> str | None:
    """Which instances of Identity Center can be seen from here."""
    return f"IAM Identity Center: {', '.join(one.instance_arn for one in found)}" if found else None


@fact
def permission_sets(permissions: PermissionSet, policies: list[ManagedPolicy], assignments: list[Assignment]) -> str:
    """What a permission set holds, and how many may use it in this account."""
    names = ", ".join(sorted(one.name for one in policies)[:5]) or "no managed policy"
    return (
        f"permission set {permissions.name}: {names}; assigned to {len(assignments)} groups or people in this account"
    )


@fact
def attributes_in_use(instance: Instance, attributes: AttributesInUse | None) -> str:
    """Which attributes of people Identity Center hands on for access control."""
    keys = sorted(one.key for one in attributes.access_control_attributes) if attributes else []
    return f"{instance.instance_arn} hands on the attributes: {', '.join(keys) or 'none of its own'}"


@fact
def users_by_origin(instance: Instance, users: list[User]) -> str:
    """How many people a directory elsewhere keeps, and how many were made by hand."""
    enabled = [one for one in users if one.user_status != "DISABLED"]
    outside = sum(bool(one.external_ids) for one in enabled)
    issuers = ", ".join(sorted(set(_issuers(enabled)))[:3])
    from_where = f" ({issuers})" if issuers else ""
    return f"{instance.identity_store_id}: of {len(enabled)} people who are not disabled, {outside} come from another directory{from_where}"


def _issuers(users: list[User]) -> Iterator[str]:
    for user in users:
        yield from (one.issuer for one in user.external_ids if one.issuer)

"""What users and roles may do: administrators, whole services, roles that may be passed to any service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checks.iam.evidence import AttachedPolicy, Boundary, Group, InlinePolicy, LocalPolicy, Role, User
from checks.iam.statements import (
    ADMINISTRATOR,
    Grant,
    administrator_through,
    decrypts_with_any_key,
    everything_allowed,
    is_named,
    passes_any_role,
    some,
    whole_services,
)
from scanner import Fails, Holds, NotApplicable, Policy, Verdict, check, derived, fact


@dataclass(frozen=True)
class Documents:
    """Customer-managed policies by ARN."""

    by_arn: Mapping[str, Policy]


@dataclass(frozen=True)
class RoleGrants:
    """A role with every policy that gives it permissions."""

    role: Role
    grants: tuple[Grant, ...]
    limit: str  # the permissions boundary, if it holds the role to less than everything

    @property
    def own(self) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.grants if grant.document is not None)


@dataclass(frozen=True)
class UserGrants:
    """A user with every policy that gives permissions, the groups' too."""

    user: User
    grants: tuple[Grant, ...]
    limit: str

    @property
    def own(self) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.grants if grant.document is not None)


@derived
def documents(policies: list[LocalPolicy]) -> Documents:
    """The operative documents of all customer-managed policies."""
    return Documents({policy.arn: policy.document for policy in policies})


@derived
def role_grants(role: Role, known: Documents) -> RoleGrants:
    """A role's own policies and the attached ones."""
    grants = _grants(role.role_policy_list, role.attached_managed_policies, known)
    return RoleGrants(role, grants, _limit(role.permissions_boundary, known))


@derived
def user_grants(user: User, groups: list[Group], known: Documents) -> UserGrants:
    """A user's own policies and those of the user's groups."""
    grants = list(_grants(user.user_policy_list, user.attached_managed_policies, known))
    for group in groups:
        if group.group_name in user.group_list:
            grants += _grants(group.group_policy_list, group.attached_managed_policies, known, group.group_name)
    return UserGrants(user, tuple(grants), _limit(user.permissions_boundary, known))


def _grants(
    inline: Iterable[InlinePolicy], attached: Iterable[AttachedPolicy], known: Documents, through: str = ""
) -> tuple[Grant, ...]:
    own = [Grant(policy.policy_name, "", policy.policy_document, through) for policy in inline]
    managed = [
        Grant(policy.policy_name, policy.policy_arn, known.by_arn.get(policy.policy_arn), through)
        for policy in attached
    ]
    return (*own, *managed)


def _limit(boundary: Boundary | None, known: Documents) -> str:
    """The boundary's ARN if it allows less than everything. Of AWS's own policies two allow all, or to be granted all."""
    if boundary is None or ADMINISTRATOR.match(boundary.permissions_boundary_arn):
        return ""
    arn = boundary.permissions_boundary_arn
    document = known.by_arn.get(arn)
    if document is None:
        return arn if ":iam::aws:policy/" in arn else ""
    return "" if everything_allowed(document) else arn


@check(effort="medium")
def customer_policies_do_not_allow_everything(policy: LocalPolicy) -> Verdict:
    """No customer-managed policy that is attached allows everything on every resource.

    Why: such a policy makes an administrator of everything that it is ever attached to, and its name does not say so.
    Fix: list the actions in use (IAM Access Analyzer drafts such a policy from CloudTrail) and allow those only.
    """
    if policy.attachment_count == 0:
        return NotApplicable("the policy is attached to nobody")
    how = everything_allowed(policy.document)
    return Fails(f"the policy {how}") if how else Holds("it does not allow everything on every resource")


@check(effort="medium")
def workload_roles_are_not_administrators(has: RoleGrants, *, administrators: tuple[str, ...] = ()) -> Verdict:
    """Roles that services and pipelines assume are no administrators.

    Why: a flaw in one function or instance then hands over the whole account.
    Fix: replace AdministratorAccess by a policy with the actions that the workload uses, or set a permissions boundary.
    """
    role = has.role
    if role.made_by_aws:
        return NotApplicable(role.made_by_aws)
    if not role.trusted("Service") and not role.web_identities:
        return NotApplicable("neither a service nor a web identity assumes this role")
    if is_named(role.role_name, administrators):
        return NotApplicable("the settings name this role as an administrator")
    through = administrator_through(has.grants)
    if not through:
        return Holds("no policy makes this role an administrator")
    if has.limit:
        return Holds(f"{through}, and the permissions boundary {has.limit} limits it")
    return Fails(through)


@check(effort="medium")
def users_are_not_administrators(has: UserGrants, *, administrators: tuple[str, ...] = ()) -> Verdict:
    """IAM users are no administrators.

    Why: a user's password and keys stay valid for years; with such rights their theft is that of the account.
    Fix: give administrators a role behind the identity provider and detach the policy from the user and its groups.
    """
    if is_named(has.user.user_name, administrators):
        return NotApplicable("the settings name this user as an administrator")
    through = administrator_through(has.grants)
    if not through:
        return Holds("no policy makes this user an administrator")
    if has.limit:
        return Holds(f"{through}, and the permissions boundary {has.limit} limits it")
    return Fails(through)


@check(effort="high")
def roles_name_their_actions(has: RoleGrants) -> Verdict:
    """Policies that the account wrote for its roles allow no whole service on every resource.

    Why: `service:*` also holds the actions that delete, share and reconfigure, and those that AWS will add.
    Fix: narrow the action or the resource; IAM Access Analyzer and last-accessed data show what is used.
    """
    if reason := _not_judged(has):
        return NotApplicable(reason)
    wide = {f"{grant}: {action}" for grant in has.own if grant.document for action in whole_services(grant.document)}
    return Fails(f"on every resource: {some(wide, 5)}") if wide else Holds("no whole service on every resource")


@check(effort="medium")
def roles_name_the_keys_they_decrypt_with(has: RoleGrants) -> Verdict:
    """Policies that the account wrote for its roles let them decrypt with named KMS keys only.

    Why: where a key policy leaves it to the account, such a role decrypts with that key too, today's and tomorrow's.
    Fix: name the keys in Resource, or bind the statement with kms:ResourceAliases or a tag of the key.
    """
    if reason := _not_judged(has):
        return NotApplicable(reason)
    wide = [str(grant) for grant in has.own if grant.document is not None and decrypts_with_any_key(grant.document)]
    return Fails(f"decrypting with any key: {some(wide)}") if wide else Holds("no policy lets it decrypt with any key")


@check(effort="medium")
def roles_pass_only_named_roles(has: RoleGrants) -> Verdict:
    """Policies that the account wrote for its roles do not let them pass any role to any service.

    Why: who may pass any role to a service of its own making has the rights of the strongest role there is.
    Fix: name the roles in Resource, or the service in a condition on iam:PassedToService.
    """
    if reason := _not_judged(has):
        return NotApplicable(reason)
    return _passing(has.own)


@check(effort="medium")
def users_pass_only_named_roles(has: UserGrants) -> Verdict:
    """Policies that the account wrote for its users do not let them pass any role to any service.

    Why: who may pass any role to a service of its own making has the rights of the strongest role there is.
    Fix: name the roles in Resource, or the service in a condition on iam:PassedToService.
    """
    if not has.own:
        return NotApplicable("no inline or customer-managed policy gives this user permissions")
    return _passing(has.own)


def _passing(grants: Iterable[Grant]) -> Verdict:
    wide = [str(grant) for grant in grants if grant.document is not None and passes_any_role(grant.document)]
    if wide:
        return Fails(f"iam:PassRole on any role to any service: {some(wide)}")
    return Holds("iam:PassRole is not allowed, or names roles or a service")


def _not_judged(has: RoleGrants) -> str:
    return has.role.made_by_aws or (
        "" if has.own else "no inline or customer-managed policy gives this role permissions"
    )


@check(effort="low")
def users_get_permissions_through_groups(
    user: User, *, harmless: tuple[str, ...] = ("IAMUserChangePassword",)
) -> Verdict:
    """Users get their permissions through groups.

    Why: what hangs on a single user is forgotten when the person changes jobs.
    Fix: attach the policy to a group for the job, add the user, then aws iam detach-user-policy / delete-user-policy.
    """
    direct = [policy.policy_name for policy in user.user_policy_list]
    direct += [policy.policy_name for policy in user.attached_managed_policies]
    # The console attaches IAMUserChangePassword itself where a new user must change the password.
    direct = [name for name in direct if name not in harmless]
    if direct:
        return Fails(f"policies on the user itself: {some(direct)}")
    if not user.group_list:
        return NotApplicable("the user has neither groups nor policies")
    return Holds(f"through {some(user.group_list)}")


@check(effort="low")
def nobody_has_all_of_cloudshell(users: list[User], groups: list[Group], roles: list[Role]) -> Verdict:
    """AWSCloudShellFullAccess is attached to nobody.

    Why: with it files go in and out of a shell inside AWS, past whatever watches the company's own network.
    Fix: detach it, and attach a policy that leaves out cloudshell:GetFileUploadUrls and cloudshell:GetFileDownloadUrls.
    """
    everyone: list[User | Group | Role] = [*users, *groups, *roles]
    shell = ":iam::aws:policy/AWSCloudShellFullAccess"
    holders = [
        one.arn.rpartition(":")[2]
        for one in everyone
        if any(policy.policy_arn.endswith(shell) for policy in one.attached_managed_policies)
    ]
    return Fails(f"attached to {some(holders)}") if holders else Holds("attached to nobody")


@check(effort="low")
def somebody_may_open_support_cases(users: list[User], groups: list[Group], roles: list[Role]) -> Verdict:
    """AWSSupportAccess is given to somebody.

    Why: in an incident nobody should have to look for the person who may talk to AWS.
    Fix: aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AWSSupportAccess
    """
    inhabited = {name for user in users for name in user.group_list}
    everyone: list[User | Group | Role] = [*users, *(one for one in groups if one.group_name in inhabited), *roles]
    support = ":iam::aws:policy/AWSSupportAccess"
    holders = [
        one.arn.rpartition(":")[2]
        for one in everyone
        if any(policy.policy_arn.endswith(support) for policy in one.attached_managed_policies)
    ]
    return Holds(f"given to {some(holders)}") if holders else Fails("AWSSupportAccess is attached to nobody")


@fact
def administrators(users: list[UserGrants], roles: list[RoleGrants]) -> str:
    """Who is an administrator of the account."""
    found = [f"user {has.user.user_name}" for has in users if administrator_through(has.grants) and not has.limit]
    found += [f"role {has.role.role_name}" for has in roles if administrator_through(has.grants) and not has.limit]
    return (
        f"administrators: {some(found, 20) or 'none by AdministratorAccess, IAMFullAccess or a policy of the account'}"
    )


@fact
def users_by_group(users: list[User], groups: list[Group]) -> str | None:
    """How many users each group has, and how many users have none."""
    if not users and not groups:
        return None
    sizes = [f"{group.group_name} {sum(group.group_name in user.group_list for user in users)}" for group in groups]
    alone = sum(not user.group_list for user in users)
    return f"users by group: {some(sizes, 20) or 'there are no groups'}; users without a group: {alone}"


@fact
def permissions_boundaries(users: list[User], roles: list[Role]) -> str | None:
    """How many users and roles have a permissions boundary."""
    own = [role for role in roles if not role.made_by_aws]
    if not users and not own:
        return None
    bound = sum(user.permissions_boundary is not None for user in users)
    bound += sum(role.permissions_boundary is not None for role in own)
    return f"{bound} of {len(users)} users and {len(own)} roles have a permissions boundary"


@fact
def policies_by_attribute(policies: list[LocalPolicy]) -> str | None:
    """Which policies decide by tags of the principal or of the resource."""
    if not policies:
        return None
    found = [
        policy.arn.rpartition("/")[2]
        for policy in policies
        if any(
            "principaltag/" in condition.key.lower() or "resourcetag/" in condition.key.lower()
            for statement in policy.document.statements
            for condition in statement.conditions
        )
    ]
    return f"customer-managed policies that decide by tags: {some(found) or 'none'} of {len(policies)}"

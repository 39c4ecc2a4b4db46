"""Who is in an account: users with their groups, roles, and the root user, each with every policy that bears on it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from checks.access.evidence import AwsPolicy, AwsPolicyVersion, Group, Inline, LocalPolicy, Member, Role, Tag, User
from checks.access.organization import Limits, ResourceControl, ServiceControl, limits_of
from checks.organizations import AccountPath, Organization, Root
from scanner import Target, derived
from scanner.access.inventory import Account, Identity, NotSeen, Principal, Seen, Subject, read_document
from scanner.access.statements import compile_policy


@dataclass(frozen=True)
class AwsDocument:
    """The operative document of a policy that AWS keeps."""

    arn: str
    document: Seen


@dataclass(frozen=True)
class Library:
    """Managed policies by ARN. `unseen`: why one that is not there was not read."""

    by_arn: Mapping[str, Seen]
    unseen: Mapping[str, str] = field(default_factory=dict)  # "aws" or "own" → reason

    def find(self, arn: str, through: str = "") -> Seen:
        """A managed policy under the name that a reader knows."""
        found = self.by_arn.get(arn)
        if found is None:
            why = self.unseen.get("aws" if ":iam::aws:" in arn else "own", "it was not among the policies listed")
            return NotSeen(f"the policy {arn.rpartition('/')[2]} was not read: {why}")
        return found if isinstance(found, NotSeen) or not through else replace(found, name=f"{found.name} ({through})")


@derived
def aws_document(policy: AwsPolicy, version: AwsPolicyVersion | NotSeen) -> AwsDocument:
    """A policy that AWS keeps, in the version that is in force."""
    name = f"managed policy {policy.arn.rpartition('/')[2]}"
    seen = version if isinstance(version, NotSeen) else read_document(name, version.document)
    return AwsDocument(policy.arn, seen)


@derived
def library(own: list[LocalPolicy] | NotSeen, aws: list[AwsDocument] | NotSeen) -> Library:
    """All managed policies that are attached."""
    by_arn: dict[str, Seen] = {}
    unseen: dict[str, str] = {}
    if isinstance(own, NotSeen):
        unseen["own"] = own.reason
    else:
        by_arn.update({policy.arn: _operative(policy) for policy in own})
    if isinstance(aws, NotSeen):
        unseen["aws"] = aws.reason
    else:
        by_arn.update({one.arn: one.document for one in aws})
    return Library(by_arn, unseen)


def _operative(policy: LocalPolicy) -> Seen:
    name = f"managed policy {policy.arn.rpartition('/')[2]}"
    document = next((one.document for one in policy.policy_version_list if one.is_default_version), None)
    return NotSeen(f"{name} has no default version") if document is None else read_document(name, document)


@derived
def limits(
    here: Target,
    organization: Organization | NotSeen | None,
    paths: list[AccountPath] | NotSeen,
    roots: list[Root] | NotSeen,
    controls: list[ServiceControl] | NotSeen,
    resources: list[ResourceControl] | NotSeen,
) -> Limits:
    """What the organization lays on this account."""
    return limits_of(here.account, organization, paths, roots, controls, resources)


@derived
def account(
    here: Target,
    users: list[User] | NotSeen,
    groups: list[Group] | NotSeen,
    roles: list[Role] | NotSeen,
    policies: Library,
    above: Limits,
) -> Account:
    """Everybody in the account. A list that was refused leaves everybody out whom it would have named, and says so."""
    unseen = tuple(dict.fromkeys(one for one in (users, roles) if isinstance(one, NotSeen)))
    members = _Members(policies, above, groups)
    root = Identity(Subject(Principal.parse(f"arn:{here.partition}:iam::{here.account}:root")))
    found = [members.placed(root, {})]
    if not isinstance(users, NotSeen):
        found += [members.user(user) for user in users]
    if not isinstance(roles, NotSeen):
        found += [members.role(role) for role in roles]
    values, absent = _of_resources(above)
    return Account(
        here.account,
        here.partition,
        tuple(found),
        unseen,
        {} if isinstance(groups, NotSeen) else {group.arn: tuple(members.of_group(group)) for group in groups},
        above.resource_control,
        above.management,
        above.id,
        values,
        absent,
    )


def _of_resources(above: Limits) -> tuple[Mapping[str, tuple[str, ...]], frozenset[str]]:
    if above.id is None:
        return {}, frozenset({"aws:ResourceOrgID", "aws:ResourceOrgPaths"})
    if isinstance(above.id, NotSeen):
        return {}, frozenset()
    values: dict[str, tuple[str, ...]] = {"aws:ResourceOrgID": (above.id,)}
    if isinstance(above.path, str):
        values["aws:ResourceOrgPaths"] = (above.path,)
    return values, frozenset()


class _Members:
    """Makes identities of IAM's rows."""

    def __init__(self, policies: Library, above: Limits, groups: list[Group] | NotSeen) -> None:
        self._policies = policies
        self._above = above
        self._groups = groups if isinstance(groups, NotSeen) else {group.group_name: group for group in groups}

    def user(self, user: User) -> Identity:
        documents = [*self._own("user", user.user_name, user.user_policy_list, user), *self._through_groups(user)]
        groups = (
            ()
            if isinstance(self._groups, NotSeen)
            else tuple(self._groups[name].arn for name in user.group_list if name in self._groups)
        )
        principal = replace(Principal.parse(user.arn), unique_id=user.user_id)
        subject = Subject(principal, tuple(documents), self._boundary(user))
        attached = [one.policy_arn for one in user.attached_managed_policies]
        if not isinstance(self._groups, NotSeen):
            members = [self._groups[name] for name in user.group_list if name in self._groups]
            attached += [one.policy_arn for group in members for one in group.attached_managed_policies]
        limit = user.permissions_boundary.permissions_boundary_arn if user.permissions_boundary else ""
        return self.placed(Identity(subject, None, groups, tuple(attached), limit), _tags(user.tags), tags_known=True)

    def role(self, role: Role) -> Identity:
        documents = tuple(self._own("role", role.role_name, role.role_policy_list, role))
        trust = read_document(f"trust policy of {role.role_name}", role.assume_role_policy_document)
        principal = replace(Principal.parse(role.arn), unique_id=role.role_id)
        attached = tuple(one.policy_arn for one in role.attached_managed_policies)
        limit = role.permissions_boundary.permissions_boundary_arn if role.permissions_boundary else ""
        profiles = tuple(one.arn for one in role.instance_profile_list)
        subject = Subject(principal, documents, self._boundary(role))
        identity = Identity(subject, trust, (), attached, limit, profiles)
        # A session may bring tags of its own, which win over the role's, where the trust policy lets it (IAM, "session tags").
        tagged_by_session = isinstance(trust, NotSeen) or compile_policy(trust.policy).about("sts:tagsession", "Allow")
        return self.placed(identity, {} if tagged_by_session else _tags(role.tags), tags_known=not tagged_by_session)

    def placed(self, identity: Identity, tags: Mapping[str, tuple[str, ...]], *, tags_known: bool = False) -> Identity:
        """An identity under its organization, with the context keys that follow from where and what it is."""
        above = self._above
        values = dict(tags)
        absent = {"aws:PrincipalTag/*"} if tags_known else set()
        if above.id is None:
            absent |= {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths"}
        elif isinstance(above.id, str):
            values["aws:PrincipalOrgID"] = (above.id,)
            if isinstance(above.path, str):
                values["aws:PrincipalOrgPaths"] = (above.path,)
        subject = replace(
            identity.subject, service_control=above.service_control, values=values, absent=frozenset(absent)
        )
        return replace(identity, subject=subject)

    def of_group(self, group: Group) -> Iterator[Seen]:
        through = f"group {group.group_name}"
        for one in group.group_policy_list:
            yield read_document(f"inline policy {one.policy_name} ({through})", one.policy_document)
        for attached in group.attached_managed_policies:
            yield self._policies.find(attached.policy_arn, through)

    def _own(self, kind: str, name: str, inline: Iterable[Inline], member: Member) -> Iterator[Seen]:
        for one in inline:
            yield read_document(f"inline policy {one.policy_name} of the {kind} {name}", one.policy_document)
        for attached in member.attached_managed_policies:
            yield self._policies.find(attached.policy_arn)

    def _through_groups(self, user: User) -> Iterator[Seen]:
        if isinstance(self._groups, NotSeen):
            if user.group_list:
                yield NotSeen(f"the groups of {user.user_name} were not read: {self._groups.reason}")
            return
        for name in user.group_list:
            group = self._groups.get(name)
            if group is None:
                yield NotSeen(f"the group {name} was not among the groups listed")
            else:
                yield from self.of_group(group)

    def _boundary(self, member: Member) -> Seen | None:
        boundary = member.permissions_boundary
        return None if boundary is None else self._policies.find(boundary.permissions_boundary_arn, "boundary")


def _tags(tags: Iterable[Tag]) -> dict[str, tuple[str, ...]]:
    return {f"aws:PrincipalTag/{tag.key}": (tag.value,) for tag in tags}

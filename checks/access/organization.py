"""What the organization allows its accounts: service and resource control policies, level by level."""

from collections.abc import Iterable
from dataclasses import dataclass

from checks.access.evidence import ControlDocument, ResourceDocument, ResourcePolicy, ResourcePolicyTarget
from checks.organizations import AccountPath, ControlPolicy, ControlPolicyTarget, Organization, Root
from scanner import derived
from scanner.access.inventory import Level, Levels, NotSeen, Seen, read_document

# What AWS attaches everywhere when a type of policy is switched on (Organizations User Guide, "SCP evaluation", "RCP evaluation").
_ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_OPEN = {
    "FullAWSAccess": {"Version": "2012-10-17", "Statement": [_ALLOW]},
    "RCPFullAWSAccess": {"Version": "2012-10-17", "Statement": [{**_ALLOW, "Principal": "*"}]},
}


@dataclass(frozen=True)
class ServiceControl:
    """A service control policy and where it is attached."""

    document: Seen
    places: frozenset[str] | NotSeen


@dataclass(frozen=True)
class ResourceControl:
    """A resource control policy and where it is attached."""

    document: Seen
    places: frozenset[str] | NotSeen


@dataclass(frozen=True)
class Limits:
    """What the organization lays on one account. `id`: the organization's, None without one."""

    id: str | NotSeen | None
    path: str | NotSeen
    service_control: Levels
    resource_control: Levels
    management: frozenset[str]


@derived
def service_control(
    policy: ControlPolicy,
    document: ControlDocument | NotSeen | None,
    targets: list[ControlPolicyTarget] | NotSeen,
) -> ServiceControl:
    """A service control policy, whole."""
    places = targets if isinstance(targets, NotSeen) else frozenset(one.target_id for one in targets)
    return ServiceControl(_document(policy.name, document), places)


@derived
def resource_control(
    policy: ResourcePolicy,
    document: ResourceDocument | NotSeen | None,
    targets: list[ResourcePolicyTarget] | NotSeen,
) -> ResourceControl:
    """A resource control policy, whole."""
    places = targets if isinstance(targets, NotSeen) else frozenset(one.target_id for one in targets)
    return ResourceControl(_document(policy.name, document), places)


def _document(name: str, document: ControlDocument | ResourceDocument | NotSeen | None) -> Seen:
    if isinstance(document, NotSeen):
        return document
    if document is not None:
        return read_document(name, document.content)
    if name in _OPEN:  # read only where AWS does not keep it
        return read_document(name, _OPEN[name])
    return NotSeen(f"the policy {name}, which AWS keeps, was not read")


def levels(
    account: str,
    kind: str,
    path: str | NotSeen,
    roots: list[Root] | NotSeen,
    policies: Iterable[ServiceControl | ResourceControl] | NotSeen,
) -> Levels:
    """The levels above an account, from the root down, with the policies of a kind that are attached to each."""
    if isinstance(policies, NotSeen):
        return policies
    if isinstance(roots, NotSeen):
        return roots
    if isinstance(path, NotSeen):
        return path
    enabled = {one.type for root in roots for one in root.policy_types if one.status == "ENABLED"}
    if kind not in enabled:
        return ()
    listed = list(policies)
    places = [part for part in path.strip("/").split("/")[1:] if part != account]
    return tuple(_level(place, listed) for place in (*places, account))


def _level(
    place: str, policies: list[ServiceControl] | list[ResourceControl] | list[ServiceControl | ResourceControl]
) -> Level:
    found: list[Seen] = []
    for one in policies:
        if isinstance(one.places, NotSeen):
            found.append(one.places)  # it may be attached here
        elif place in one.places:
            found.append(one.document)
    return Level(place, tuple(found))


def path_of(account: str, paths: list[AccountPath] | NotSeen) -> str | NotSeen:
    """Where an account stands in the organization."""
    if isinstance(paths, NotSeen):
        return paths
    found = next((one.paths for one in paths if one.id == account), ())
    return found[0] if found else NotSeen(f"organizations:ListAccounts does not say where {account} stands")


def limits_of(
    account: str,
    organization: Organization | NotSeen | None,
    paths: list[AccountPath] | NotSeen,
    roots: list[Root] | NotSeen,
    controls: list[ServiceControl] | NotSeen,
    resources: list[ResourceControl] | NotSeen,
) -> Limits:
    """What holds for one account. Without an organization there is nothing above it."""
    if organization is None:
        return Limits(None, "", (), (), frozenset())
    path = path_of(account, paths)
    service = levels(account, "SERVICE_CONTROL_POLICY", path, roots, controls)
    resource = levels(account, "RESOURCE_CONTROL_POLICY", path, roots, resources)
    if isinstance(organization, NotSeen):
        return Limits(organization, path, service, resource, frozenset())
    return Limits(organization.id, path, service, resource, frozenset({organization.master_account_id}))

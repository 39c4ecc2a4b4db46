"""Checks of security groups. A group that no network interface has lets nobody in."""

from collections.abc import Collection

from checks.ec2.evidence import Instance, InUse, SecurityGroup
from scanner import Fails, Holds, NotApplicable, Verdict, check, fact

_DATABASES = (1433, 1521, 3306, 5432, 5439, 6379, 7000, 7001, 8182, 9042, 9092, 9200, 11211, 27017)
_ALL = 65536


def _unused(group: SecurityGroup, used: InUse) -> NotApplicable | None:
    return None if group.group_id in used.groups else NotApplicable("no network interface has the group")


def _open(group: SecurityGroup, ports: Collection[int]) -> list[str]:
    """Which of these ports the internet reaches: `22 from 0.0.0.0/0`."""
    rules = [(rule.from_everywhere, rule.ports) for rule in group.ip_permissions if rule.from_everywhere]
    return [f"{port} from {source}" for port in sorted(ports) for source, opened in rules if port in opened]


@check(effort="low")
def admin_ports_are_closed_to_the_world(
    group: SecurityGroup, used: InUse, *, ports: tuple[int, ...] = (22, 3389, 5985, 5986)
) -> Verdict:
    """No security group in use opens the ports of SSH, RDP or WinRM to the internet.

    Why: an open login port is tried by machines from its first minute.
    Fix: remove the rule and log in through Session Manager, or allow a known network only.
    """
    found = _open(group, ports)
    return _unused(group, used) or (Fails(f"open: {', '.join(found)}") if found else Holds("closed to the internet"))


@check(effort="low")
def database_ports_are_closed_to_the_world(
    group: SecurityGroup, used: InUse, *, ports: tuple[int, ...] = _DATABASES
) -> Verdict:
    """No security group in use opens the port of a database, cache or broker to the internet.

    Why: then a password is all that stands before the data.
    Fix: let in the security group of the application instead of an address range.
    """
    found = _open(group, ports)
    return _unused(group, used) or (Fails(f"open: {', '.join(found)}") if found else Holds("closed to the internet"))


@check(effort="low")
def no_group_opens_every_port(group: SecurityGroup, used: InUse) -> Verdict:
    """No security group in use opens every port to the internet.

    Why: such a group is no firewall at all.
    Fix: replace the rule by rules for the ports that are served.
    """
    if unused := _unused(group, used):
        return unused
    for rule in group.ip_permissions:
        if rule.from_everywhere and len(rule.ports) == _ALL:
            return Fails(f"every port is open from {rule.from_everywhere}")
    return Holds("not every port is open")


@check(effort="low")
def only_web_ports_are_open_to_the_world(
    group: SecurityGroup, used: InUse, *, ports: tuple[int, ...] = (80, 443)
) -> Verdict:
    """Security groups in use open nothing but web ports to the internet.

    Why: each further port is a service that somebody has to keep safe.
    Fix: remove the rule, or set `ports` where the service is meant for everybody.
    """
    if unused := _unused(group, used):
        return unused
    other = [
        f"{rule.ports.start}-{rule.ports.stop - 1} from {rule.from_everywhere}"
        for rule in group.ip_permissions
        if rule.from_everywhere and not set(rule.ports) <= set(ports)
    ]
    return Fails(f"open: {', '.join(other)}") if other else Holds("nothing else is open to the internet")


@check(effort="medium")
def default_groups_are_closed(group: SecurityGroup, used: InUse) -> Verdict:
    """Default security groups that are in use let nothing in or out.

    Why: whoever names no group gets this one, and its rules let all its members talk to each other.
    Fix: give each resource a group of its own, then remove all rules of the default group.
    """
    if group.group_name != "default":
        return NotApplicable("not a default group")
    if unused := _unused(group, used):
        return unused
    rules = len(group.ip_permissions) + len(group.ip_permissions_egress)
    return Fails(f"in use, with {rules} rules") if rules else Holds("it has no rules")


@fact
def unused_groups(groups: list[SecurityGroup], used: InUse) -> str | None:
    """How many security groups no network interface has."""
    left = sum(one.group_id not in used.groups for one in groups)
    return f"{left} of {len(groups)} security groups are attached to nothing" if groups else None


@fact
def references_between_groups(groups: list[SecurityGroup]) -> str | None:
    """How many rules name a group or a prefix list instead of address ranges."""
    rules = [rule for group in groups for rule in group.ip_permissions]
    named = sum(bool(rule.user_id_group_pairs or rule.prefix_list_ids) for rule in rules)
    return f"{named} of {len(rules)} ingress rules name groups or prefix lists" if rules else None


@fact
def databases_on_instances(instances: list[Instance], groups: list[SecurityGroup]) -> str | None:
    """How many instances look as if a database, cache or broker ran on them, by the ports that their groups open."""
    running = [one for one in instances if one.state.name == "running"]
    if not running:
        return None
    # A rule for a range of many ports says nothing of what listens there.
    opened = {
        group.group_id: {port for rule in group.ip_permissions if len(rule.ports) <= 10 for port in rule.ports}
        & set(_DATABASES)
        for group in groups
    }
    ports = {
        one.instance_id: set().union(*(opened.get(g.group_id, set()) for g in one.security_groups)) for one in running
    }
    found = sorted(f"{name} ({', '.join(map(str, sorted(open_)))})" for name, open_ in ports.items() if open_)
    told = f": {', '.join(found[:10])}" if found else ""
    return f"{len(found)} of {len(running)} running instances open the port of a database, cache or broker{told}"

"""Checks of security groups. A group that no network interface has lets nobody in."""

from collections.abc import Collection, Iterable

from checks.ec2.evidence import Instance, InUse
from checks.ec2.rules import Permission, SecurityGroup, WideLists
from scanner import Fails, Holds, NotApplicable, Verdict, check, fact

_DATABASES = (1433, 1521, 3306, 5432, 5439, 6379, 7000, 7001, 8182, 9042, 9092, 9200, 11211, 27017)
_OVER_UDP = frozenset({3389, 11211})  # RDP and Memcached answer there too
_ALL = 65535  # port 0 is nobody's


def _unused(group: SecurityGroup, used: InUse) -> NotApplicable | None:
    return None if group.group_id in used.groups else NotApplicable("no network interface has the group")


def _to_the_world(group: SecurityGroup, wide: WideLists) -> list[tuple[str, Permission]]:
    """The rules that let the internet in, each with the range or the prefix list by which it does."""
    found = ((rule.opened_by(wide.ids), rule) for rule in group.ip_permissions)
    return [(source, rule) for source, rule in found if source]


def _judged(group: SecurityGroup, used: InUse, wide: WideLists, ports: Collection[int]) -> Verdict:
    """Which of these ports the internet reaches: `22 from 0.0.0.0/0`."""
    if unused := _unused(group, used):
        return unused
    found = [
        f"{port} from {source}" if port in rule.ports else f"UDP {port} from {source}"
        for port in sorted(ports)
        for source, rule in _to_the_world(group, wide)
        if port in rule.ports or (port in rule.udp_ports and port in _OVER_UDP)
    ]
    return Fails(f"open: {', '.join(found)}") if found else Holds("closed to the internet")


@check(effort="low")
def admin_ports_are_closed_to_the_world(
    group: SecurityGroup, used: InUse, wide: WideLists, *, ports: tuple[int, ...] = (22, 3389, 5985, 5986)
) -> Verdict:
    """No security group in use opens the ports of SSH, RDP or WinRM to the internet.

    Why: an open login port is tried by machines from its first minute.
    Fix: remove the rule and log in through Session Manager, or allow a known network only.
    """
    return _judged(group, used, wide, ports)


@check(effort="low")
def database_ports_are_closed_to_the_world(
    group: SecurityGroup, used: InUse, wide: WideLists, *, ports: tuple[int, ...] = _DATABASES
) -> Verdict:
    """No security group in use opens the port of a database, cache or broker to the internet.

    Why: then a password is all that stands before the data.
    Fix: let in the security group of the application instead of an address range.
    """
    return _judged(group, used, wide, ports)


@check(effort="low")
def no_group_opens_every_port(group: SecurityGroup, used: InUse, wide: WideLists) -> Verdict:
    """No security group in use opens every port of TCP or UDP to the internet.

    Why: such a group is no firewall at all.
    Fix: replace the rule by rules for the ports that are served.
    """
    if unused := _unused(group, used):
        return unused
    opened: dict[str, list[Permission]] = {}
    for source, rule in _to_the_world(group, wide):
        opened.setdefault(source, []).append(rule)
    for source, rules in opened.items():
        if _count(rule.ports for rule in rules) >= _ALL:
            return Fails(f"every port is open from {source}")
        if _count(rule.udp_ports for rule in rules) >= _ALL:
            return Fails(f"every UDP port is open from {source}")
    return Holds("not every port is open")


def _count(ranges: Iterable[range]) -> int:
    """How many ports several ranges hold together: two rules with half of them each open them all."""
    count = end = 0
    for one in sorted(ranges, key=lambda each: each.start):
        count += max(0, one.stop - max(one.start, end))
        end = max(end, one.stop)
    return count


@check(effort="low")
def only_web_ports_are_open_to_the_world(
    group: SecurityGroup, used: InUse, wide: WideLists, *, ports: tuple[int, ...] = (80, 443)
) -> Verdict:
    """Security groups in use open nothing but web ports to the internet; ICMP is not looked at.

    Why: each further port is a service that somebody has to keep safe.
    Fix: remove the rule, or set `ports` where the service is meant for everybody.
    """
    if unused := _unused(group, used):
        return unused
    other = [
        f"{told} from {source}"
        for source, rule in _to_the_world(group, wide)
        if (told := _beside(rule, frozenset(ports)))
    ]
    return Fails(f"open: {', '.join(other)}") if other else Holds("nothing else is open to the internet")


def _beside(rule: Permission, ports: frozenset[int]) -> str:
    """What a rule opens beside these ports; empty where it is nothing."""
    for kind, opened in (("", rule.ports), ("UDP ", rule.udp_ports)):
        if not set(opened) <= ports:
            return f"{kind}{opened.start}-{opened.stop - 1}"
    return rule.without_ports


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

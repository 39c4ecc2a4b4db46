"""Rules of security groups and the prefix lists that they name: whom they let in, by which ports."""

from collections.abc import Collection
from dataclasses import dataclass

from checks.internet import the_internet
from scanner import Evidence, Part, Read, derived

_ARN = "arn:{partition}:ec2:{region}:{account}:"
_OWN = [{"Name": "owner-id", "Values": ["{account}"]}]


class Range(Part):
    cidr_ip: str


class Ipv6Range(Part):
    cidr_ipv6: str


class GroupPair(Part):
    group_id: str | None = None


class PrefixList(Part):
    prefix_list_id: str


class Permission(Part):
    """One rule of a security group. No ports stand for all, where the protocol is -1, and any number but those of TCP, UDP
    and ICMP is about a protocol without ports (EC2 API reference)."""

    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[Range, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = ()
    user_id_group_pairs: tuple[GroupPair, ...] = ()
    prefix_list_ids: tuple[PrefixList, ...] = ()

    @property
    def from_everywhere(self) -> str:
        """The widest range, where the rule lets in the whole internet; empty where it does not."""
        return the_internet([one.cidr_ip for one in self.ip_ranges] + [one.cidr_ipv6 for one in self.ipv6_ranges])

    def opened_by(self, lists: Collection[str]) -> str:
        """By which range, or which of these prefix lists that hold one, the whole internet is let in; empty where it is not."""
        return self.from_everywhere or next(
            (one.prefix_list_id for one in self.prefix_list_ids if one.prefix_list_id in lists), ""
        )

    @property
    def ports(self) -> range:
        """The TCP ports that the rule opens; empty for other protocols."""
        return self._ports("tcp", "6")

    @property
    def udp_ports(self) -> range:
        """The UDP ports that the rule opens; empty for other protocols."""
        return self._ports("udp", "17")

    @property
    def without_ports(self) -> str:
        """The protocol, where it is one that has no ports; those that only tell of errors and of who is there are none."""
        return "" if self.ip_protocol.lower() in _WITH_PORTS | _TELLING else f"protocol {self.ip_protocol}"

    def _ports(self, *names: str) -> range:
        if self.ip_protocol == "-1":
            return range(65536)
        if self.ip_protocol.lower() not in names:
            return range(0)
        last = self.to_port if self.to_port is not None and self.to_port >= 0 else 65535
        return range(max(self.from_port or 0, 0), last + 1)


_WITH_PORTS = frozenset({"-1", "tcp", "6", "udp", "17"})
_TELLING = frozenset({"icmp", "1", "icmpv6", "58"})


class SecurityGroup(
    Evidence, read=Read("ec2:DescribeSecurityGroups", "SecurityGroups", arn=_ARN + "security-group/{group_id}")
):
    group_id: str
    group_name: str
    vpc_id: str | None = None
    ip_permissions: tuple[Permission, ...]
    ip_permissions_egress: tuple[Permission, ...]


class ManagedList(
    Evidence,
    read=Read(
        "ec2:DescribeManagedPrefixLists",
        # AWS's own lists name its services; what was never finished or is going has no entries to tell.
        "PrefixLists[?OwnerId != 'AWS' && !contains(['create-in-progress', 'create-failed', 'delete-in-progress', "
        "'delete-complete'], State)]",
        arn="{prefix_list_arn}",
    ),
):
    """A prefix list that the account made, or that is shared with it."""

    prefix_list_id: str
    prefix_list_arn: str


class ListEntry(
    Evidence,
    read=Read("ec2:GetManagedPrefixListEntries", "Entries", per=ManagedList, args={"PrefixListId": "prefix_list_id"}),
):
    cidr: str


@dataclass(frozen=True)
class ListRange:
    """A prefix list, and the range by which it holds the whole internet."""

    prefix_list_id: str
    range: str


@dataclass(frozen=True)
class WideLists:
    """The prefix lists that hold the whole internet."""

    ids: frozenset[str] = frozenset()


@derived
def list_range(one: ManagedList, entries: list[ListEntry]) -> ListRange:
    """What a prefix list holds of the internet."""
    return ListRange(one.prefix_list_id, the_internet(entry.cidr for entry in entries))


@derived
def wide_lists(ranges: list[ListRange]) -> WideLists:
    """Which prefix lists hold the whole internet: a rule that names one of them is open to it."""
    return WideLists(frozenset(one.prefix_list_id for one in ranges if one.range))

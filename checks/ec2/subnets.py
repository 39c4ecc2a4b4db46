"""Checks of subnets, of the ways out of them, and of the doors beside: network ACLs and endpoints."""

import ipaddress
import re
from collections import defaultdict

from checks.ec2.evidence import (
    Addresses,
    AnyInterface,
    Endpoint,
    Entry,
    InUse,
    NetworkAcl,
    RouteTable,
    Subnet,
    Vpc,
    routes_of,
)
from checks.internet import the_internet
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Policy, Read, Target, Verdict, check, fact

_RESERVED = 5  # addresses of every subnet that AWS keeps (VPC User Guide, "Subnet CIDR blocks")
_WORLD = ("0.0.0.0/0", "::/0")
_EVERY_RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*")
_ENDED = frozenset({"deleting", "deleted", "rejected", "failed", "expired"})


class NatGateway(Evidence, read=Read("ec2:DescribeNatGateways", "NatGateways")):
    nat_gateway_id: str
    state: str
    subnet_id: str | None = None
    availability_mode: str = "zonal"  # what every NAT gateway was before there were regional ones


class GroupSubnet(Part):
    subnet_identifier: str


class SubnetGroup(Part):
    subnets: tuple[GroupSubnet, ...] = ()


class Database(Evidence, read=Read("rds:DescribeDBInstances", "DBInstances", arn="{db_instance_arn}")):
    """A database instance, by the subnets that it may stand in."""

    db_instance_arn: str
    db_subnet_group: SubnetGroup | None = None


class PublicAccessBlock(
    Evidence,
    read=Read("ec2:DescribeVpcBlockPublicAccessOptions", "VpcBlockPublicAccessOptions", per=AnyInterface),
):
    internet_gateway_block_mode: str


@check(effort="medium")
def subnets_have_room(subnet: Addresses, used: InUse, here: Target, *, percent: int = 20) -> Verdict:
    """Subnets that are in use have a fifth of their addresses left.

    Why: a group cannot scale, and a load balancer or a function cannot start, where no address is left.
    Fix: add a range to the VPC and a larger subnet in it; a subnet cannot grow.
    """
    if subnet.owner_id != here.account:
        return NotApplicable(f"shared by the account {subnet.owner_id}, which is judged for it")
    if subnet.subnet_id not in used.subnets:
        return NotApplicable("nothing is in the subnet")
    if subnet.cidr_block is None:
        return NotApplicable("the subnet has no IPv4 addresses")
    usable = ipaddress.ip_network(subnet.cidr_block, strict=False).num_addresses - _RESERVED
    told = f"{subnet.available_ip_address_count} of {usable} addresses are left"
    return Holds(told) if subnet.available_ip_address_count * 100 >= usable * percent else Fails(told)


@check(effort="low")
def subnets_do_not_hand_out_public_addresses(subnet: Addresses, used: InUse, here: Target) -> Verdict:
    """Subnets that are in use give no public address to what is started in them.

    Why: whoever forgets the setting at launch puts a server on the internet.
    Fix: aws ec2 modify-subnet-attribute --subnet-id ID --no-map-public-ip-on-launch
    """
    if subnet.owner_id != here.account:
        return NotApplicable(f"shared by the account {subnet.owner_id}, which is judged for it")
    if subnet.subnet_id not in used.subnets:
        return NotApplicable("nothing is in the subnet")
    return Fails("public addresses are handed out") if subnet.map_public_ip_on_launch else Holds("none is handed out")


@check(effort="medium")
def subnets_leave_through_their_own_zone(
    vpc: Vpc, subnets: list[Subnet], tables: list[RouteTable], gateways: list[NatGateway], used: InUse
) -> Verdict:
    """Subnets in use that leave through a NAT gateway leave through one in their own Availability Zone.

    Why: a NAT gateway is in one zone, and takes the others' way out with it.
    Fix: a NAT gateway in each zone and a route table for each, or one regional NAT gateway.
    """
    own = [one for one in subnets if one.vpc_id == vpc.vpc_id and one.subnet_id in used.subnets]
    zones = {one.subnet_id: one.availability_zone for one in subnets}
    known = {one.nat_gateway_id: one for one in gateways if one.state in ("available", "pending")}
    routes = routes_of(own, tables)
    through, across, lost = [], [], []
    for subnet in own:
        table = routes.get(subnet.subnet_id)
        ways = [one for one in table.routes if one.nat_gateway_id] if table is not None else []
        for name in sorted({one.nat_gateway_id or "" for one in ways}):
            gateway = known.get(name)
            if gateway is None:
                lost.append(name)
            elif (
                gateway.availability_mode != "regional"
                and zones.get(gateway.subnet_id or "") != subnet.availability_zone
            ):
                across.append(f"{subnet.subnet_id} in {subnet.availability_zone} by {name}")
            through.append(name)
    if not through:
        return NotApplicable("no subnet in use leaves through a NAT gateway")
    if across:
        return Fails(f"in another zone: {'; '.join(across[:3])}{'; …' if len(across) > 3 else ''}")
    if lost:
        return Fails(f"routes lead to {', '.join(sorted(set(lost)))}, which is not there or not available")
    return Holds(f"{len(set(through))} NAT gateways, each used from its own zone")


@check(effort="high")
def databases_are_in_private_subnets(database: Database, subnets: list[Subnet], tables: list[RouteTable]) -> Verdict:
    """Database instances stand in subnets without a route to an internet gateway.

    Why: one wrong rule and one public address away from the internet is too near for the data.
    Fix: make a subnet group of private subnets and move the instance into it.
    """
    group = database.db_subnet_group
    names = {one.subnet_identifier for one in group.subnets} if group is not None else set()
    if not names:
        return NotApplicable("the instance names no subnets")
    own = [one for one in subnets if one.subnet_id in names]
    routes = routes_of(own, tables)
    public = sorted(name for name in names if name in routes and routes[name].leads_out)
    if public:
        return Fails(f"a route leads to the internet from {', '.join(public)}")
    unseen = sorted(names - routes.keys())
    if unseen:
        return CannotTell(f"the routes of {', '.join(unseen)} belong to another account")
    passed = sorted(name for name in names if routes[name].by_an_endpoint)
    if passed:
        return CannotTell(
            f"the way out of {', '.join(passed)} leads through an endpoint; what comes after it was not read"
        )
    return Holds(f"none of {len(names)} subnets leads to the internet")


def _allows_everything(policy: Policy) -> bool:
    """The policy that an endpoint has when nobody gave it one: everybody, everything, no condition, no denial.

    An endpoint leads to one service, so that all actions of a service are everything, too.
    """
    everything = any(
        statement.effect == "Allow"
        and any(name.value == "*" for name in statement.principals)
        and any(action == "*" or action.endswith(":*") for action in statement.actions)
        and any(_EVERY_RESOURCE.fullmatch(one) for one in statement.resources)
        and not statement.conditions
        for statement in policy.statements
    )
    return everything and not any(statement.effect == "Deny" for statement in policy.statements)


@check(effort="medium")
def endpoint_policies_are_narrow(endpoint: Endpoint, here: Target) -> Verdict:
    """Policies of VPC endpoints do not allow everybody everything.

    Why: through an open endpoint, data can be carried to anybody's bucket, past every firewall.
    Fix: allow the organization's own principals and resources only (aws:PrincipalOrgID, aws:ResourceOrgID).
    """
    if endpoint.owner_id not in (None, here.account) or endpoint.requester_managed:
        return NotApplicable("another account or a service of AWS manages the endpoint")
    if endpoint.state.lower() in _ENDED:
        return NotApplicable(f"the endpoint is {endpoint.state}")
    if endpoint.vpc_endpoint_type not in ("Gateway", "Interface"):
        return NotApplicable(f"an endpoint of type {endpoint.vpc_endpoint_type} has no policy")
    if endpoint.policy_document is None:
        return NotApplicable("the service behind the endpoint takes no policy")
    if _allows_everything(endpoint.policy_document):
        return Fails("the policy is the default: everybody may do everything")
    return Holds("the policy limits who, what or where")


def _as_the_world(rule: Entry) -> tuple[str | None, str | None]:
    """The ranges of a rule, each as all of the internet where it is half of it."""
    four, six = (cidr if cidr and the_internet([cidr]) else None for cidr in (rule.cidr_block, rule.ipv6_cidr_block))
    return _WORLD[0] if four else None, _WORLD[1] if six else None


def _open_ports(acl: NetworkAcl, ports: tuple[int, ...]) -> list[int]:
    """The ports that an ACL lets the whole world come in by: for each, the first rule about everybody decides.

    A rule that allows half of the internet opens a port, and only one that denies all of it closes one.
    """
    rules = sorted((one for one in acl.entries if not one.egress), key=lambda one: one.rule_number)
    found = []
    for port in ports:
        for world in _WORLD:
            first = next(
                (
                    one
                    for one in rules
                    if world
                    in (_as_the_world(one) if one.rule_action == "allow" else (one.cidr_block, one.ipv6_cidr_block))
                    and one.protocol in ("-1", "6")
                    and (one.port_range is None or one.port_range.from_ <= port <= one.port_range.to)
                ),
                None,
            )
            if first is not None and first.rule_action == "allow":
                found.append(port)
                break
    return found


@check(effort="low")
def custom_acls_close_admin_ports(acl: NetworkAcl, used: InUse, *, ports: tuple[int, ...] = (22, 3389)) -> Verdict:
    """Network ACLs that somebody wrote do not let the whole world in by SSH or RDP.

    Why: whoever writes a second fence should not leave its gate open.
    Fix: aws ec2 replace-network-acl-entry with a known range, or a deny of a lower number.
    """
    if acl.is_default:
        return NotApplicable("a default ACL lets everything pass, and leaves it to security groups")
    if not any(one.subnet_id in used.subnets for one in acl.associations):
        return NotApplicable("no subnet in use has the ACL")
    open_ = _open_ports(acl, ports)
    return Fails(f"open: {', '.join(map(str, open_))}") if open_ else Holds("closed to the world")


@fact
def routes_that_lead_nowhere(tables: list[RouteTable]) -> str | None:
    """Which route tables have routes whose target is gone."""
    broken = sorted(table.route_table_id for table in tables if any(one.state == "blackhole" for one in table.routes))
    return f"routes lead nowhere in {', '.join(broken[:10])}" if broken else None


@fact
def public_access_to_vpcs(blocks: list[PublicAccessBlock]) -> str | None:
    """Whether the region blocks its VPCs' ways to the internet."""
    modes = sorted({one.internet_gateway_block_mode for one in blocks})
    return f"VPC block public access is {', '.join(modes)}" if modes else None


@fact
def subnets_by_zone(subnets: list[Subnet], used: InUse) -> str | None:
    """How the subnets in use lie over the zones."""
    zones: dict[str, int] = defaultdict(int)
    for one in subnets:
        zones[one.availability_zone] += one.subnet_id in used.subnets
    told = ", ".join(f"{count} in {zone}" for zone, count in sorted(zones.items()) if count)
    return f"subnets in use: {told}" if told else None

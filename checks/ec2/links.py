"""Checks of what joins networks: transit gateways, peerings and VPN connections."""

import ipaddress
from collections import defaultdict
from itertools import combinations

from checks.ec2.evidence import AnyInterface, Vpc
from scanner import (
    AllRegions,
    CannotTell,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    Read,
    Target,
    Verdict,
    check,
    fact,
)

_ARN = "arn:{partition}:ec2:{region}:{account}:"


class GatewayOptions(Part):
    auto_accept_shared_attachments: str


class TransitGateway(
    Evidence, read=Read("ec2:DescribeTransitGateways", "TransitGateways", arn="{transit_gateway_arn}")
):
    transit_gateway_id: str
    transit_gateway_arn: str
    owner_id: str
    state: str
    options: GatewayOptions


class Association(Part):
    transit_gateway_route_table_id: str | None = None


class Attachment(
    Evidence,
    read=Read(
        "ec2:DescribeTransitGatewayAttachments",
        "TransitGatewayAttachments",
        per=TransitGateway,
        fixed={
            "Filters": [
                {"Name": "transit-gateway-id", "Values": ["{transit_gateway_id}"]},
                {"Name": "resource-type", "Values": ["vpc"]},
            ]
        },
    ),
):
    """The attachment of a VPC, also of another account's."""

    resource_id: str
    resource_owner_id: str | None = None
    state: str
    association: Association | None = None


class Tunnel(Part):
    status: str


class VpnConnection(
    Evidence,
    read=Read(
        "ec2:DescribeVpnConnections",
        "VpnConnections",
        arn=_ARN + "vpn-connection/{vpn_connection_id}",
        fixed={"Filters": [{"Name": "state", "Values": ["pending", "available"]}]},
    ),
):
    """A VPN connection. The answer also holds its keys, which are not declared here and so never kept."""

    vpn_connection_id: str
    customer_gateway_id: str | None = None
    state: str
    vgw_telemetry: tuple[Tunnel, ...] = ()

    @property
    def is_up(self) -> bool:
        """Is one of its tunnels up?"""
        return any(one.status == "UP" for one in self.vgw_telemetry)


class PeeredVpc(Part):
    vpc_id: str | None = None


class Peering(
    Evidence,
    read=Read(
        "ec2:DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
        fixed={"Filters": [{"Name": "status-code", "Values": ["active"]}]},
    ),
):
    vpc_peering_connection_id: str
    accepter_vpc_info: PeeredVpc
    requester_vpc_info: PeeredVpc


class LogOptions(Part):
    enabled: bool = False


class VpnState(Part):
    code: str


class ClientVpn(Evidence, read=Read("ec2:DescribeClientVpnEndpoints", "ClientVpnEndpoints", per=AnyInterface)):
    client_vpn_endpoint_id: str
    status: VpnState
    connection_log_options: LogOptions | None = None


class EndpointService(
    Evidence,
    read=Read("ec2:DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", per=AnyInterface),
):
    """A service that this account offers to others through PrivateLink."""

    service_id: str
    acceptance_required: bool


class Ipam(Evidence, read=Read("ec2:DescribeIpams", "Ipams", per=AnyInterface)):
    ipam_id: str


@check(effort="low")
def transit_gateways_ask_before_they_accept(gateway: TransitGateway, here: Target) -> Verdict:
    """Transit gateways do not accept attachments of other accounts by themselves.

    Why: an attachment is a way into every network behind the gateway.
    Fix: aws ec2 modify-transit-gateway --transit-gateway-id ID --options AutoAcceptSharedAttachments=disable
    """
    if gateway.owner_id != here.account:
        return NotApplicable(f"the gateway belongs to the account {gateway.owner_id}")
    if gateway.state in ("deleting", "deleted"):
        return NotApplicable(f"the gateway is {gateway.state}")
    setting = gateway.options.auto_accept_shared_attachments
    told = f"automatic acceptance is {setting}"
    return Holds(told) if setting == "disable" else Fails(told)


@check(effort="high")
def networks_behind_a_transit_gateway_do_not_overlap(
    gateway: TransitGateway, attachments: list[Attachment], vpcs: list[Vpc]
) -> Verdict:
    """VPCs that share a route table of a transit gateway have address ranges that do not overlap.

    Why: a router cannot tell two networks with the same addresses apart; only a move of one of them mends it.
    Fix: give the next VPC a range from IPAM, and move the workload.
    """
    known = {one.vpc_id: one for one in vpcs}
    tables: dict[str, list[str]] = defaultdict(list)
    live = [one for one in attachments if one.state in ("available", "modifying")]
    for one in live:
        if one.association is not None and one.association.transit_gateway_route_table_id:
            tables[one.association.transit_gateway_route_table_id].append(one.resource_id)
    for names in tables.values():
        for first, second in combinations(sorted(set(names) & known.keys()), 2):
            if _overlap(known[first].cidrs, known[second].cidrs):
                return Fails(f"{first} and {second} overlap")
    joined = {name for names in tables.values() for name in names}
    unseen = sorted(joined - known.keys())
    if len(joined) < 2:
        return NotApplicable(f"{len(joined)} VPCs are joined through {gateway.transit_gateway_id}")
    if unseen:
        return CannotTell(f"the ranges of {', '.join(unseen[:5])} were not seen; those that were do not overlap")
    return Holds(f"{len(joined)} VPCs, none of which overlap")


def _overlap(first: frozenset[str], second: frozenset[str]) -> bool:
    return any(ipaddress.ip_network(a).overlaps(ipaddress.ip_network(b)) for a in first for b in second)


@check(effort="high")
def peerings_form_no_mesh(peerings: AllRegions[Peering], gateways: AllRegions[TransitGateway]) -> Verdict:
    """Peering connections between VPCs form no ring, in which each network is joined to each.

    Why: a mesh grows with the square of its networks, and nobody can say any more what reaches what.
    Fix: join the VPCs through a transit gateway or Cloud WAN, then delete the peering connections.
    """
    joined: dict[str, str] = {}

    def root(name: str) -> str:
        while joined.setdefault(name, name) != name:
            name = joined[name]
        return name

    pairs = {
        frozenset((one.requester_vpc_info.vpc_id, one.accepter_vpc_info.vpc_id))
        for one in peerings
        if one.requester_vpc_info.vpc_id and one.accepter_vpc_info.vpc_id
    }
    for first, second in sorted(tuple(sorted(filter(None, pair))) for pair in pairs if len(pair) == 2):
        if root(first) == root(second):
            return Fails(f"{len(pairs)} peerings join {len(joined)} VPCs in a ring, {first} and {second} among them")
        joined[root(first)] = root(second)
    if len(joined) > 2:
        return Holds(f"{len(pairs)} peerings join {len(joined)} VPCs without a ring")
    available = sorted({one.transit_gateway_id for one in gateways if one.state == "available"})
    if available:
        return Holds(f"transit gateways join networks, and peerings no ring: {', '.join(available[:5])}")
    return NotApplicable("no more than two VPCs are joined")


@check(effort="medium")
def vpn_tunnels_are_up(connection: VpnConnection) -> Verdict:
    """Both tunnels of each VPN connection are up.

    Why: AWS takes one tunnel down at a time for its own work, and with the other down nothing is left.
    Fix: configure the second tunnel on the customer's device; its status message tells what it waits for.
    """
    if connection.state != "available":
        return NotApplicable(f"the connection is {connection.state}")
    up = sum(one.status == "UP" for one in connection.vgw_telemetry)
    told = f"{up} of {len(connection.vgw_telemetry)} tunnels are up"
    return Holds(told) if up >= 2 and up == len(connection.vgw_telemetry) else Fails(told)


@check(effort="low")
def client_connections_are_logged(endpoints: list[ClientVpn]) -> Verdict:
    """Client VPN endpoints log who connects.

    Why: who was inside the network, and from where, is the first question of every incident.
    Fix: aws ec2 modify-client-vpn-endpoint --client-vpn-endpoint-id ID --connection-log-options Enabled=true,…
    """
    kept = [one for one in endpoints if one.status.code not in ("deleting", "deleted")]
    found = {one.client_vpn_endpoint_id: one.connection_log_options for one in kept}
    silent = sorted(name for name, options in found.items() if options is None or not options.enabled)
    if not found:
        return NotApplicable("the region has no Client VPN endpoint")
    return Fails(f"not logged: {', '.join(silent[:5])}") if silent else Holds(f"{len(found)} endpoints log connections")


@fact
def services_offered_to_others(services: list[EndpointService]) -> str | None:
    """Which PrivateLink services are offered, and whether somebody has to accept who connects."""
    found = {one.service_id: one.acceptance_required for one in services}
    asking = sum(found.values())
    return f"{len(found)} PrivateLink services, {asking} of which ask before they accept" if found else None


@fact
def joined_networks(
    gateways: list[TransitGateway], attachments: list[Attachment], peerings: list[Peering], vpns: list[VpnConnection]
) -> str | None:
    """What joins the region's networks with each other and with others."""
    attached = {one.resource_id for one in attachments if one.state == "available"}
    told = f"{len(gateways)} transit gateways with {len(attached)} VPCs, {len(peerings)} peerings, {len(vpns)} VPN connections"
    return told if gateways or peerings or vpns else None


@fact
def address_management(ipams: list[Ipam], interfaces: list[AnyInterface]) -> str | None:
    """Whether IPAM manages address ranges from this region."""
    if not interfaces:
        return None
    names = sorted({one.ipam_id for one in ipams})
    return f"IPAM: {', '.join(names)}" if names else "no IPAM is seen from this region"

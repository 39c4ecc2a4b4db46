"""Direct Connect: whether the ways to networks outside AWS are more than one, up, and encrypted."""

from checks.ec2.links import VpnConnection
from scanner import AllRegions, CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

_GONE = frozenset({"deleting", "deleted", "rejected"})


class Connection(
    Evidence,
    read=Read(
        "directconnect:DescribeConnections",
        "connections",
        arn="arn:{partition}:directconnect:{region}:{account}:dxcon/{connection_id}",
    ),
):
    connection_id: str
    connection_name: str = ""
    connection_state: str
    location: str
    bandwidth: str | None = None
    mac_sec_capable: bool = False
    encryption_mode: str | None = None
    port_encryption_status: str | None = None


class Peer(Part):
    bgp_status: str = "unknown"
    bgp_peer_state: str | None = None


class VirtualInterface(
    Evidence,
    read=Read(
        "directconnect:DescribeVirtualInterfaces",
        "virtualInterfaces",
        per=Connection,
        args={"connectionId": "connection_id"},
        arn="arn:{partition}:directconnect:{region}:{account}:dxvif/{virtual_interface_id}",
    ),
):
    virtual_interface_id: str
    connection_id: str = ""
    virtual_interface_state: str
    bgp_peers: tuple[Peer, ...] = ()

    @property
    def carries(self) -> bool:
        """Does it exchange routes with the other side at this moment?"""
        return self.virtual_interface_state == "available" and any(one.bgp_status == "up" for one in self.bgp_peers)


@check(effort="high")
def links_to_other_networks_are_redundant(
    connections: AllRegions[Connection],
    interfaces: AllRegions[VirtualInterface],
    vpns: AllRegions[VpnConnection],
) -> Verdict:
    """Where a network outside AWS is joined, links at two locations or to two devices on its side are up.

    Why: one cable, one building or one router then takes the whole company off its systems.
    Fix: order a second connection at another location, or keep a VPN connection beside the first.
    """
    live = [one for one in connections if one.connection_state == "available"]
    tunnels = [one for one in vpns if one.state == "available"]
    if not live and not tunnels:
        return NotApplicable("no connection and no VPN of this account is available")
    carrying = {one.connection_id for one in interfaces if one.carries}
    locations, joined = {one.location for one in live}, {one.location for one in live if one.connection_id in carrying}
    devices, reached = _devices(tunnels), _devices([one for one in tunnels if one.is_up])
    if len(joined) > 1:
        return Holds(f"connections at {', '.join(sorted(joined))} exchange routes")
    if joined and reached:
        return Holds(f"connections at {min(joined)} exchange routes, and a VPN beside them is up")
    if len(reached) > 1:
        return Holds(f"VPN connections to {len(reached)} customer gateways are up")
    if len(locations) > 1 or (live and tunnels) or len(devices) > 1:
        told = f"routes are exchanged at {', '.join(joined) or 'no location'}, and {len(reached)} customer gateways are reached"
        return CannotTell(f"there are more links, and not all are seen to be up: {told}")
    if live:
        return Fails(f"{len(live)} connections, all at {min(locations)}, and no VPN beside")
    return Fails("all VPN connections end at one customer gateway")


def _devices(vpns: list[VpnConnection]) -> set[str]:
    return {one.customer_gateway_id for one in vpns if one.customer_gateway_id}


@check(effort="medium")
def connections_are_up(connection: Connection) -> Verdict:
    """Direct Connect connections that were ordered are up.

    Why: redundancy of which one half is down is none.
    Fix: look at the port's light levels and at the provider's notices.
    """
    if connection.connection_state not in ("available", "down"):
        return NotApplicable(f"the connection is {connection.connection_state}")
    told = f"the connection is {connection.connection_state}"
    return Holds(told) if connection.connection_state == "available" else Fails(told)


@check(effort="medium")
def routes_are_exchanged(interface: VirtualInterface) -> Verdict:
    """Virtual interfaces exchange routes: every BGP peer is up.

    Why: a link without routes carries nothing, and nobody notices until the other one fails.
    Fix: compare ASN, addresses and key of the peer with the router's.
    """
    if interface.virtual_interface_state not in ("available", "down"):
        return NotApplicable(f"the interface is {interface.virtual_interface_state}")
    peers = [one.bgp_status for one in interface.bgp_peers if one.bgp_peer_state not in _GONE]
    if not peers:
        return Fails("the interface has no BGP peer")
    told = f"{peers.count('up')} of {len(peers)} BGP peers are up"
    if peers.count("up") == len(peers):
        return Holds(told)
    # `unknown` is a status that AWS cannot tell (API reference, BGPPeer); an interface that is down has no peer that is up.
    if interface.virtual_interface_state == "available" and "down" not in peers:
        return CannotTell(f"{told}, and the status of the others is not available")
    return Fails(told)


@check(effort="high")
def connections_are_encrypted(connection: Connection) -> Verdict:
    """Direct Connect connections that can encrypt the line (MACsec) do.

    Why: the line passes through buildings and devices of others in the clear.
    Fix: aws directconnect associate-mac-sec-key …, then set the encryption mode to must_encrypt.
    """
    if connection.connection_state != "available":
        return NotApplicable(f"the connection is {connection.connection_state}")
    if not connection.mac_sec_capable:
        return NotApplicable("the connection cannot encrypt the line")
    told = f"the mode is {connection.encryption_mode or 'not set'}, the port {connection.port_encryption_status or 'silent'}"
    return Holds(told) if connection.port_encryption_status == "Encryption Up" else Fails(told)


@fact
def connections(found: list[Connection]) -> str | None:
    """Which Direct Connect connections there are."""
    told = sorted(f"{one.connection_name or one.connection_id} at {one.location} ({one.bandwidth})" for one in found)
    return f"Direct Connect: {', '.join(told[:10])}" if told else None

"""Cloud WAN and Internet Monitor: what joins networks around the world, and who watches the way to users."""

from checks.ec2.evidence import AnyInterface
from scanner import Evidence, Read, fact


class CoreNetwork(
    Evidence,
    read=Read("networkmanager:ListCoreNetworks", "CoreNetworks", scope="global", region="us-west-2"),
):
    """A core network; Network Manager answers in its home region."""

    core_network_id: str
    state: str | None = None


class Monitor(Evidence, read=Read("internetmonitor:ListMonitors", "Monitors", per=AnyInterface)):
    monitor_name: str
    status: str


@fact
def core_networks(found: list[CoreNetwork]) -> str | None:
    """Which Cloud WAN core networks there are."""
    names = sorted(one.core_network_id for one in found)
    return f"Cloud WAN core networks: {', '.join(names)}" if names else None


@fact
def internet_monitors(found: list[Monitor]) -> str | None:
    """What watches the way over the internet to users."""
    names = sorted({f"{one.monitor_name} ({one.status})" for one in found})
    return f"internet monitors: {', '.join(names[:10])}" if names else None

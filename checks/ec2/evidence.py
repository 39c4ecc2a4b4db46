"""What EC2 says of instances, volumes, snapshots, images, security groups and networks."""

from dataclasses import dataclass
from datetime import datetime

from checks.internet import the_internet
from scanner import Evidence, Part, PolicyOrBlank, Read, derived

_ARN = "arn:{partition}:ec2:{region}:{account}:"
_OWN = [{"Name": "owner-id", "Values": ["{account}"]}]


class State(Part):
    name: str


class Profile(Part):
    arn: str


class MetadataOptions(Part):
    http_tokens: str
    http_endpoint: str = "enabled"


class GroupName(Part):
    group_id: str


class Association(Part):
    public_ip: str | None = None


class PrivateAddress(Part):
    association: Association | None = None


class Card(Part):
    """A network interface, as an instance lists its own."""

    private_ip_addresses: tuple[PrivateAddress, ...] = ()


class Instance(
    Evidence,
    read=Read(
        "ec2:DescribeInstances",
        "Reservations[].Instances[]",
        arn=_ARN + "instance/{instance_id}",
        # Terminated instances stay in the list for an hour.
        fixed={"Filters": [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]},
    ),
):
    instance_id: str
    instance_type: str
    state: State
    launch_time: datetime
    state_transition_reason: str = ""
    metadata_options: MetadataOptions
    iam_instance_profile: Profile | None = None
    public_ip_address: str | None = None
    network_interfaces: tuple[Card, ...] = ()
    key_name: str | None = None
    security_groups: tuple[GroupName, ...] = ()

    @property
    def public_addresses(self) -> list[str]:
        """Its public IPv4 addresses; `PublicIpAddress` tells the first of the first network interface only."""
        held = (one.association for card in self.network_interfaces for one in card.private_ip_addresses)
        found = {self.public_ip_address, *(one.public_ip for one in held if one is not None)}
        return sorted(one for one in found if one)


class Volume(Evidence, read=Read("ec2:DescribeVolumes", "Volumes", arn=_ARN + "volume/{volume_id}")):
    volume_id: str
    volume_type: str
    size: int
    state: str
    encrypted: bool


class Snapshot(
    Evidence,
    read=Read(
        "ec2:DescribeSnapshots",
        "Snapshots",
        arn="arn:{partition}:ec2:{region}::snapshot/{snapshot_id}",
        fixed={"Filters": _OWN},
    ),
):
    """A snapshot that this account owns."""

    snapshot_id: str
    encrypted: bool


class PublicSnapshot(
    Evidence,
    read=Read("ec2:DescribeSnapshots", "Snapshots", fixed={"Filters": _OWN, "RestorableByUserIds": ["all"]}),
):
    """A snapshot that this account owns and that everybody may restore. One call lists them all."""

    snapshot_id: str


class EbsDefault(Evidence, read=Read("ec2:GetEbsEncryptionByDefault")):
    ebs_encryption_by_default: bool


class SnapshotBlock(Evidence, read=Read("ec2:GetSnapshotBlockPublicAccessState")):
    state: str


class ImageBlock(Evidence, read=Read("ec2:GetImageBlockPublicAccessState")):
    image_block_public_access_state: str


class MetadataDefault(Part):
    http_tokens: str | None = None  # not there where the account has no preference (EC2 API reference)
    http_endpoint: str | None = None
    http_tokens_enforced: str | None = None


class MetadataDefaults(Evidence, read=Read("ec2:GetInstanceMetadataDefaults")):
    account_level: MetadataDefault | None = None


class SerialConsole(Evidence, read=Read("ec2:GetSerialConsoleAccessStatus")):
    serial_console_access_enabled: bool


class Image(
    Evidence,
    read=Read(
        "ec2:DescribeImages",
        "Images",
        arn="arn:{partition}:ec2:{region}::image/{image_id}",
        fixed={"Owners": ["self"]},
    ),
):
    image_id: str
    public: bool


class Address(Evidence, read=Read("ec2:DescribeAddresses", "Addresses", arn=_ARN + "elastic-ip/{allocation_id}")):
    allocation_id: str
    public_ip: str
    association_id: str | None = None
    instance_id: str | None = None
    public_ipv4_pool: str | None = None
    service_managed: str | None = None


class NetworkInterface(Evidence, read=Read("ec2:DescribeNetworkInterfaces", "NetworkInterfaces")):
    network_interface_id: str
    interface_type: str | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None
    availability_zone: str | None = None
    groups: tuple[GroupName, ...] = ()


class AnyInterface(Evidence, read=Read("ec2:DescribeNetworkInterfaces", "NetworkInterfaces[:1]")):
    """A network interface, where the region has any. What is read for it is not asked of a region with nothing in it.

    Large regions answer in pages, which have one each: what is read for it may be there more than once.
    """

    network_interface_id: str


class AllowedImages(Evidence, read=Read("ec2:GetAllowedImagesSettings", per=AnyInterface)):
    state: str


class CidrState(Part):
    state: str


class CidrBlock(Part):
    cidr_block: str
    cidr_block_state: CidrState


class Vpc(Evidence, read=Read("ec2:DescribeVpcs", "Vpcs", arn="arn:{partition}:ec2:{region}:{owner_id}:vpc/{vpc_id}")):
    vpc_id: str
    owner_id: str
    is_default: bool
    cidr_block: str
    cidr_block_association_set: tuple[CidrBlock, ...] = ()

    @property
    def cidrs(self) -> frozenset[str]:
        more = (one.cidr_block for one in self.cidr_block_association_set if one.cidr_block_state.state == "associated")
        return frozenset((self.cidr_block, *more))


class Subnet(Evidence, read=Read("ec2:DescribeSubnets", "Subnets")):
    subnet_id: str
    vpc_id: str
    availability_zone: str


class Addresses(Evidence, read=Read("ec2:DescribeSubnets", "Subnets", arn="{subnet_arn}")):
    """A subnet with its addresses."""

    subnet_id: str
    subnet_arn: str
    owner_id: str
    vpc_id: str
    cidr_block: str | None = None  # a subnet of IPv6 alone has none
    available_ip_address_count: int
    map_public_ip_on_launch: bool


class FlowLog(Evidence, read=Read("ec2:DescribeFlowLogs", "FlowLogs")):
    flow_log_id: str
    flow_log_status: str
    resource_id: str
    traffic_type: str | None = None  # a transit gateway's has none
    deliver_logs_status: str | None = None


class PortRange(Part):
    from_: int
    to: int


class Entry(Part):
    rule_number: int
    rule_action: str
    egress: bool
    protocol: str
    port_range: PortRange | None = None
    cidr_block: str | None = None
    ipv6_cidr_block: str | None = None


class AclAssociation(Part):
    subnet_id: str


class NetworkAcl(
    Evidence, read=Read("ec2:DescribeNetworkAcls", "NetworkAcls", arn=_ARN + "network-acl/{network_acl_id}")
):
    network_acl_id: str
    is_default: bool
    associations: tuple[AclAssociation, ...] = ()
    entries: tuple[Entry, ...] = ()


class Endpoint(
    Evidence, read=Read("ec2:DescribeVpcEndpoints", "VpcEndpoints", arn=_ARN + "vpc-endpoint/{vpc_endpoint_id}")
):
    vpc_endpoint_id: str
    vpc_id: str
    owner_id: str | None = None
    requester_managed: bool = False
    policy_document: PolicyOrBlank = None
    service_name: str | None = None
    vpc_endpoint_type: str
    state: str
    route_table_ids: tuple[str, ...] = ()

    @property
    def is_there(self) -> bool:
        """Does traffic pass through it? A gateway endpoint gets it from route tables. AWS spells states in both ways."""
        return not self.why_not

    @property
    def why_not(self) -> str:
        """Why no traffic passes through it; empty where it does."""
        if self.state.lower() not in ("available", "partial"):
            return f"it is {self.state}"
        return "no route table leads to it" if self.vpc_endpoint_type == "Gateway" and not self.route_table_ids else ""


class Route(Part):
    destination_cidr_block: str | None = None
    destination_ipv6_cidr_block: str | None = None
    gateway_id: str | None = None
    nat_gateway_id: str | None = None
    state: str | None = None


class RouteAssociation(Part):
    main: bool = False
    subnet_id: str | None = None


class RouteTable(Evidence, read=Read("ec2:DescribeRouteTables", "RouteTables")):
    route_table_id: str
    vpc_id: str
    associations: tuple[RouteAssociation, ...] = ()
    routes: tuple[Route, ...] = ()

    @property
    def by_an_endpoint(self) -> bool:
        """Does its way out lead through an endpoint first, as that of a firewall?"""
        return any(
            (route.gateway_id or "").startswith("vpce-")
            for route in self.routes
            if route.state != "blackhole"
            and the_internet(filter(None, (route.destination_cidr_block, route.destination_ipv6_cidr_block)))
        )

    @property
    def leads_out(self) -> bool:
        """Does it lead to the internet through an internet gateway?"""
        return any((route.gateway_id or "").startswith("igw-") for route in self.routes if route.state != "blackhole")


@dataclass(frozen=True)
class InUse:
    """The VPCs and security groups that a network interface lies in."""

    vpcs: frozenset[str]
    groups: frozenset[str]
    subnets: frozenset[str] = frozenset()  # of interfaces that are not part of a NAT gateway


_NAT = frozenset({"nat_gateway", "natGateway"})  # the guide's and the model's spelling


def routes_of(subnets: list[Subnet], tables: list[RouteTable]) -> dict[str, RouteTable]:
    """The route table of each subnet: its own, or the main one of its VPC."""
    own = {a.subnet_id: table for table in tables for a in table.associations if a.subnet_id}
    main = {table.vpc_id: table for table in tables if any(a.main for a in table.associations)}
    found = ((one.subnet_id, own.get(one.subnet_id, main.get(one.vpc_id))) for one in subnets)
    return {subnet: table for subnet, table in found if table is not None}


@derived
def in_use(interfaces: list[NetworkInterface]) -> InUse:
    """What is in use, told by the network interfaces: whatever sends or receives in a VPC has one."""
    return InUse(
        frozenset(one.vpc_id for one in interfaces if one.vpc_id),
        frozenset(group.group_id for one in interfaces for group in one.groups),
        frozenset(one.subnet_id for one in interfaces if one.subnet_id and one.interface_type not in _NAT),
    )

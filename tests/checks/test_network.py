"""Checks of subnets, ways out, endpoints and links between networks, against real clients and as tables."""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from checks.ec2 import links, subnets
from checks.ec2.evidence import (
    Addresses,
    Endpoint,
    Entry,
    InUse,
    NetworkAcl,
    NetworkInterface,
    RouteTable,
    Subnet,
    Vpc,
    in_use,
)
from checks.ec2.links import Attachment, ClientVpn, Peering, TransitGateway, VpnConnection
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.answering import answering
from tests.checks.answers import answering as when
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
REGION = "region:us-east-1"


def make_subnet(ec2: Any, vpc: str, cidr: str, zone: str, table: str = "") -> dict[str, Any]:
    made: dict[str, Any] = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]
    if table:
        ec2.associate_route_table(RouteTableId=table, SubnetId=made["SubnetId"])
    return made


def make_interface(ec2: Any, subnet: dict[str, Any]) -> None:
    ec2.create_network_interface(SubnetId=subnet["SubnetId"])


def make_gateway(ec2: Any, subnet: dict[str, Any]) -> str:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnet["SubnetId"], AllocationId=address)["NatGateway"]
    found: str = made["NatGatewayId"]
    return found


def make_table(ec2: Any, vpc: str, **target: str) -> str:
    table: str = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **target)
    return table


def test_subnets_and_their_ways_out(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    assert set(aws.verdicts("ec2.subnets_have_room").values()) == {"not applicable"}, "nothing is in the default VPC"
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    gate = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gate, VpcId=vpc)
    public = make_subnet(ec2, vpc, "10.1.0.0/24", "us-east-1a", make_table(ec2, vpc, GatewayId=gate))
    first = make_gateway(ec2, public)
    near = make_subnet(ec2, vpc, "10.1.1.0/24", "us-east-1a", make_table(ec2, vpc, NatGatewayId=first))
    make_interface(ec2, near)
    arn = f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/{vpc}"
    check = "ec2.subnets_leave_through_their_own_zone"
    assert aws.judge(check)[arn] == ("holds", "1 NAT gateways, each used from its own zone")
    far = make_subnet(ec2, vpc, "10.1.2.0/28", "us-east-1b", make_table(ec2, vpc, NatGatewayId=first))
    assert aws.judge(check)[arn][0] == "holds", "nothing is in the other subnet yet"
    for _ in range(9):
        make_interface(ec2, far)
    assert aws.judge(check)[arn] == ("fails", f"in another zone: {far['SubnetId']} in us-east-1b by {first}")
    ec2.modify_subnet_attribute(SubnetId=near["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    rds = aws.client("rds")
    how = {
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "MasterUsername": "u",
        "MasterUserPassword": "p" * 12,
    }
    for name, ids in (("inside", [near, far]), ("outside", [near, public])):
        rds.create_db_subnet_group(
            DBSubnetGroupName=name, DBSubnetGroupDescription=name, SubnetIds=[one["SubnetId"] for one in ids]
        )
        rds.create_db_instance(DBInstanceIdentifier=name, DBSubnetGroupName=name, AllocatedStorage=20, **how)
    seen = judge_all(
        aws,
        "ec2",
        [
            "subnets_have_room",
            "databases_are_in_private_subnets",
            "subnets_do_not_hand_out_public_addresses",
            "subnets_by_zone",
            "routes_that_lead_nowhere",
            "public_access_to_vpcs",
            "address_management",
        ],
    )
    room = seen["subnets_have_room"]
    assert room[near["SubnetArn"]] == ("holds", "250 of 251 addresses are left")
    assert room[far["SubnetArn"]] == ("fails", "2 of 11 addresses are left")
    handed = seen["subnets_do_not_hand_out_public_addresses"]
    assert handed[near["SubnetArn"]] == ("fails", "public addresses are handed out")
    assert handed[far["SubnetArn"]] == ("holds", "none is handed out")
    # In moto, unlike AWS, the interface of a NAT gateway is an ordinary one, so that its subnet is in use too.
    assert seen["subnets_by_zone"] == {REGION: ("told", "subnets in use: 2 in us-east-1a, 1 in us-east-1b")}
    assert seen["routes_that_lead_nowhere"] == {}
    assert seen["public_access_to_vpcs"] == {REGION: ("told", "VPC block public access is off")}
    assert seen["address_management"] == {REGION: ("told", "no IPAM is seen from this region")}
    assert seen["databases_are_in_private_subnets"] == {
        f"arn:aws:rds:us-east-1:{ACCOUNT}:db:inside": ("holds", "none of 2 subnets leads to the internet"),
        f"arn:aws:rds:us-east-1:{ACCOUNT}:db:outside": (
            "fails",
            f"a route leads to the internet from {public['SubnetId']}",
        ),
    }


def test_a_regional_nat_gateway_serves_every_zone() -> None:
    two = [Subnet(subnet_id=one, vpc_id="vpc-1", availability_zone=f"us-east-1{one}") for one in "ab"]
    table = RouteTable.model_validate(
        {
            "route_table_id": "r",
            "vpc_id": "vpc-1",
            "associations": ({"main": True},),
            "routes": ({"nat_gateway_id": "nat-1"},),
        }
    )
    used = InUse(frozenset({"vpc-1"}), frozenset(), frozenset({"a", "b"}))
    vpc = Vpc(vpc_id="vpc-1", owner_id=ACCOUNT, is_default=False, cidr_block="10.0.0.0/16")

    def judged(**how: Any) -> Verdict:
        fields = {"nat_gateway_id": "nat-1", "state": "available"}
        gateways = [subnets.NatGateway.model_validate(fields | how)]
        return subnets.subnets_leave_through_their_own_zone(vpc, two, [table], gateways, used)

    assert judged(availability_mode="regional") == Holds("1 NAT gateways, each used from its own zone")
    assert judged(subnet_id="a") == Fails("in another zone: b in us-east-1b by nat-1")
    lost = Fails("routes lead to nat-1, which is not there or not available")
    assert judged(state="deleted", subnet_id="a") == lost
    nothing = subnets.subnets_leave_through_their_own_zone(vpc, two, [], [], used)
    assert nothing == NotApplicable("no subnet in use leaves through a NAT gateway")


@pytest.mark.parametrize(("kind", "used"), [("nat_gateway", frozenset()), ("interface", frozenset({"s"}))])
def test_a_nat_gateway_alone_does_not_use_a_subnet(kind: str, used: frozenset[str]) -> None:
    one = NetworkInterface(network_interface_id="e", interface_type=kind, vpc_id="v", subnet_id="s")
    assert in_use([one]) == InUse(frozenset({"v"}), frozenset(), used)


def subnet(name: str, **changes: Any) -> Addresses:
    fields = {
        "subnet_id": name,
        "subnet_arn": name,
        "owner_id": ACCOUNT,
        "vpc_id": "vpc-1",
        "cidr_block": "10.0.0.0/24",
        "available_ip_address_count": 100,
        "map_public_ip_on_launch": False,
    }
    return Addresses.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (subnet("s"), Holds("100 of 251 addresses are left")),
        (subnet("s", available_ip_address_count=50), Fails("50 of 251 addresses are left")),
        (subnet("s", cidr_block=None), NotApplicable("the subnet has no IPv4 addresses")),
        (
            subnet("s", owner_id="2"),
            NotApplicable("shared by the account 2, which is judged for it"),
        ),
        (subnet("t"), NotApplicable("nothing is in the subnet")),
    ],
)
def test_room(one: Addresses, verdict: Verdict) -> None:
    used = InUse(frozenset(), frozenset(), frozenset({"s"}))
    assert subnets.subnets_have_room(one, used, HERE) == verdict


OPEN = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def test_endpoints(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    own = json.dumps({"Version": "2012-10-17", "Statement": [{**OPEN, "Action": "s3:GetObject"}]})
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", PolicyDocument=own
    )
    open_ = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.dynamodb",
        VpcEndpointType="Gateway",
        PolicyDocument=json.dumps({"Version": "2008-10-17", "Statement": [OPEN]}),
    )
    good, bad = (
        f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-endpoint/{one['VpcEndpoint']['VpcEndpointId']}" for one in (made, open_)
    )
    assert aws.judge("ec2.endpoint_policies_are_narrow") == {
        good: ("holds", "the policy limits who, what or where"),
        bad: ("fails", "the policy is the default: everybody may do everything"),
    }


def endpoint(*statements: dict[str, Any], kind: str = "Gateway", **changes: Any) -> Endpoint:
    policy = json.dumps({"Version": "2008-10-17", "Statement": list(statements)}) if statements else ""
    fields = {
        "vpc_endpoint_id": "vpce-1",
        "vpc_id": "vpc-1",
        "vpc_endpoint_type": kind,
        "state": "available",
        "policy_document": policy,
    }
    return Endpoint.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (endpoint(OPEN), Fails("the policy is the default: everybody may do everything")),
        (
            endpoint({**OPEN, "Action": "s3:*", "Resource": "arn:aws:s3:::*"}),
            Fails("the policy is the default: everybody may do everything"),
        ),
        (endpoint({**OPEN, "Resource": "arn:aws:s3:::mine/*"}), Holds("the policy limits who, what or where")),
        (endpoint(OPEN, state="deleting"), NotApplicable("the endpoint is deleting")),
        (endpoint(OPEN, {**OPEN, "Effect": "Deny"}), Holds("the policy limits who, what or where")),
        (
            endpoint({**OPEN, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}),
            Holds("the policy limits who, what or where"),
        ),
        (endpoint(), NotApplicable("the service behind the endpoint takes no policy")),
        (
            endpoint(OPEN, kind="GatewayLoadBalancer"),
            NotApplicable("an endpoint of type GatewayLoadBalancer has no policy"),
        ),
        (
            endpoint(OPEN, requester_managed=True),
            NotApplicable("another account or a service of AWS manages the endpoint"),
        ),
    ],
)
def test_endpoint_policies(one: Endpoint, verdict: Verdict) -> None:
    assert subnets.endpoint_policies_are_narrow(one, HERE) == verdict


def entry(number: int, action: str, ports: tuple[int, int] | None, source: str = "0.0.0.0/0", **how: Any) -> Entry:
    fields: dict[str, Any] = {"rule_number": number, "rule_action": action, "egress": False, "protocol": "6"}
    fields |= {"cidr_block": source} if ":" not in source else {"ipv6_cidr_block": source}
    if ports is not None:
        fields["port_range"] = {"from_": ports[0], "to": ports[1]}
    return Entry.model_validate(fields | how)


ALL = entry(100, "allow", None, protocol="-1")


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ((ALL,), Fails("open: 22, 3389")),
        ((entry(90, "deny", (22, 22)), ALL), Fails("open: 3389")),
        ((ALL, entry(110, "deny", (22, 22))), Fails("open: 22, 3389")),
        ((entry(1, "deny", (0, 4000)), ALL), Holds("closed to the world")),
        ((entry(1, "deny", (0, 4000)), ALL, entry(2, "allow", None, "::/0", protocol="-1")), Fails("open: 22, 3389")),
        ((entry(100, "allow", (0, 65535), "10.0.0.0/8"),), Holds("closed to the world")),
        ((entry(100, "allow", (22, 22), "128.0.0.0/1"),), Fails("open: 22")),
        ((entry(90, "deny", (22, 22), "0.0.0.0/1"), ALL), Fails("open: 22, 3389")),
        ((entry(100, "allow", (22, 22), egress=True),), Holds("closed to the world")),
        ((entry(100, "allow", (22, 22), protocol="17"),), Holds("closed to the world")),
    ],
)
def test_acls(entries: tuple[Entry, ...], verdict: Verdict) -> None:
    used = InUse(frozenset(), frozenset(), frozenset({"s"}))
    acl = NetworkAcl.model_validate(
        {"network_acl_id": "a", "is_default": False, "associations": ({"subnet_id": "s"},), "entries": entries}
    )
    assert subnets.custom_acls_close_admin_ports(acl, used) == verdict
    idle = acl.model_copy(update={"associations": ()})
    assert subnets.custom_acls_close_admin_ports(idle, used) == NotApplicable("no subnet in use has the ACL")


def test_acls_of_the_account(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    default = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"][0]

    def custom(number: int, *, used: bool = True, ports: tuple[int, int] = (0, 65535)) -> str:
        own = make_subnet(ec2, vpc, f"10.1.{number}.0/24", "us-east-1a")
        if used:
            make_interface(ec2, own)
        acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
        for egress in (False, True):
            ec2.create_network_acl_entry(
                NetworkAclId=acl,
                RuleNumber=100,
                Protocol="6",
                RuleAction="allow",
                Egress=egress,
                CidrBlock="0.0.0.0/0",
                PortRange={"From": ports[0], "To": ports[1]},
            )
        held = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [own["SubnetId"]]}])
        (before,) = (
            one["NetworkAclAssociationId"]
            for one in held["NetworkAcls"][0]["Associations"]
            if one["SubnetId"] == own["SubnetId"]
        )
        ec2.replace_network_acl_association(AssociationId=before, NetworkAclId=acl)
        return str(acl)

    web, open_, idle = custom(0, ports=(443, 443)), custom(1), custom(2, used=False)
    found = aws.judge("ec2.custom_acls_close_admin_ports")
    arn = f"arn:aws:ec2:us-east-1:{ACCOUNT}:network-acl/"
    told = "a default ACL lets everything pass, and leaves it to security groups"
    assert {found.pop(arn + one): one for one in (web, open_, idle)} == {
        ("holds", "closed to the world"): web,
        ("fails", "open: 22, 3389"): open_,
        ("not applicable", "no subnet in use has the ACL"): idle,
    }
    assert arn + default["NetworkAclId"] in found
    assert set(found.values()) == {("not applicable", told)}


def test_links(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    assert aws.judge("ec2.peerings_form_no_mesh") == {
        f"account:{ACCOUNT}": ("not applicable", "no more than two VPCs are joined")
    }
    assert aws.judge("ec2.joined_networks") == {}
    gateway = ec2.create_transit_gateway(Options={"AutoAcceptSharedAttachments": "enable"})["TransitGateway"]
    vpcs = [ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"] for cidr in ("10.1.0.0/16", "10.1.128.0/17", "10.2.0.0/16")]
    assert aws.judge("ec2.transit_gateways_ask_before_they_accept") == {
        gateway["TransitGatewayArn"]: ("fails", "automatic acceptance is enable")
    }
    for vpc in vpcs[:2]:
        one = make_subnet(ec2, vpc, "10.1.128.0/24", "us-east-1a")
        ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=gateway["TransitGatewayId"], VpcId=vpc, SubnetIds=[one["SubnetId"]]
        )
    told = aws.judge("ec2.networks_behind_a_transit_gateway_do_not_overlap")
    assert told.keys() == {gateway["TransitGatewayArn"]}, "moto associates no route table, the answers below do"
    pairs = [(0, 2), (1, 2), (0, 1)]
    for first, second in pairs:
        if (first, second) == pairs[-1]:
            assert aws.judge("ec2.peerings_form_no_mesh") == {
                f"account:{ACCOUNT}": ("holds", "2 peerings join 3 VPCs without a ring")
            }
        peering = ec2.create_vpc_peering_connection(VpcId=vpcs[first], PeerVpcId=vpcs[second])["VpcPeeringConnection"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])
    assert aws.verdicts("ec2.peerings_form_no_mesh") == {f"account:{ACCOUNT}": "fails"}
    customer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="203.0.113.9", BgpAsn=65000)["CustomerGateway"]
    vpn = ec2.create_vpn_connection(
        CustomerGatewayId=customer["CustomerGatewayId"],
        Type="ipsec.1",
        TransitGatewayId=gateway["TransitGatewayId"],
    )["VpnConnection"]["VpnConnectionId"]
    assert aws.verdicts("ec2.vpn_tunnels_are_up").keys() == {f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpn-connection/{vpn}"}
    assert aws.judge("directconnect.links_to_other_networks_are_redundant") == {
        f"account:{ACCOUNT}": ("fails", "all VPN connections end at one customer gateway")
    }
    assert aws.judge("ec2.joined_networks") == {
        REGION: ("told", "1 transit gateways with 2 VPCs, 3 peerings, 1 VPN connections")
    }


def test_a_ring_over_three_regions_is_one(aws: Emulator) -> None:
    regions = ("us-east-1", "eu-west-1", "ap-south-1")
    clients = [aws.client("ec2", region) for region in regions]
    vpcs = [one.create_vpc(CidrBlock=f"10.{n}.0.0/16")["Vpc"]["VpcId"] for n, one in enumerate(clients)]
    for first, second in ((0, 1), (1, 2), (0, 2)):
        made = clients[first].create_vpc_peering_connection(
            VpcId=vpcs[first], PeerVpcId=vpcs[second], PeerRegion=regions[second]
        )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        clients[second].accept_vpc_peering_connection(VpcPeeringConnectionId=made)
    assert aws.verdicts("ec2.peerings_form_no_mesh", regions=regions) == {f"account:{ACCOUNT}": "fails"}


def test_images_and_services(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    check = "ec2.images_come_from_named_owners"
    assert aws.judge(check) == {REGION: ("not applicable", "the region has no network interface")}
    make_interface(ec2, ec2.describe_subnets()["Subnets"][0])
    assert aws.judge(check) == {REGION: ("fails", "the setting is disabled")}
    for state, verdict in (("audit-mode", "fails"), ("enabled", "holds")):
        with answering("ec2", GetAllowedImagesSettings={"State": state}):
            assert aws.judge(check) == {REGION: (verdict, f"the setting is {state}")}
    assert aws.judge("ec2.services_offered_to_others") == {}
    services = [links.EndpointService(service_id=one, acceptance_required=one == "a") for one in "aab"]
    told = "2 PrivateLink services, 1 of which ask before they accept"
    assert links.services_offered_to_others(services) == told


def test_client_connections(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    make_interface(ec2, make_subnet(ec2, vpc, "10.1.0.0/24", "us-east-1a"))
    check = "ec2.client_connections_are_logged"
    assert aws.judge(check) == {REGION: ("not applicable", "the region has no Client VPN endpoint")}
    silent = {"ClientVpnEndpointId": "cvpn-1", "ConnectionLogOptions": {"Enabled": False}}
    silent |= {"Status": {"Code": "available"}}
    gone = silent | {"ClientVpnEndpointId": "cvpn-2", "Status": {"Code": "deleted"}}
    logged = silent | {"ConnectionLogOptions": {"Enabled": True, "CloudwatchLogGroup": "g"}}
    for endpoints, told in (
        ([silent, gone], ("fails", "not logged: cvpn-1")),
        ([logged, gone], ("holds", "1 endpoints log connections")),
        ([gone], ("not applicable", "the region has no Client VPN endpoint")),
    ):
        with answering("ec2", DescribeClientVpnEndpoints={"ClientVpnEndpoints": endpoints}):
            assert aws.judge(check) == {REGION: told}
    fields = {"client_vpn_endpoint_id": "c", "status": {"code": "available"}}
    one = ClientVpn.model_validate(fields | {"connection_log_options": {"enabled": True}})
    assert links.client_connections_are_logged([one, one]) == Holds("1 endpoints log connections")


def test_gateways_and_tunnels_side_by_side(aws: Emulator) -> None:
    """moto associates no route tables with attachments, and tells nothing of tunnels."""
    ec2 = aws.client("ec2")
    cidrs = ("10.1.0.0/16", "10.1.128.0/17", "10.2.0.0/16")
    first, inside, apart = (ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"] for cidr in cidrs)
    arn, vpn = (f"arn:aws:ec2:us-east-1:{ACCOUNT}:{kind}/" for kind in ("transit-gateway", "vpn-connection"))
    gateways, attachments = [], {}
    for name, accepts, owner, state, vpcs in (
        ("tgw-good", "disable", ACCOUNT, "available", [first, apart]),
        ("tgw-bad", "enable", ACCOUNT, "available", [first, inside]),
        ("tgw-theirs", "enable", "210987654321", "available", [first]),
        ("tgw-gone", "enable", ACCOUNT, "deleted", []),
    ):
        gateways.append(
            {
                "TransitGatewayId": name,
                "TransitGatewayArn": arn + name,
                "OwnerId": owner,
                "State": state,
                "Options": {"AutoAcceptSharedAttachments": accepts},
            }
        )
        attachments[name] = [
            {
                "TransitGatewayAttachmentId": f"{name}-{vpc}",
                "TransitGatewayId": name,
                "ResourceType": "vpc",
                "ResourceId": vpc,
                "ResourceOwnerId": ACCOUNT,
                "State": "available",
                "Association": {"TransitGatewayRouteTableId": f"rtb-{name}", "State": "associated"},
            }
            for vpc in vpcs
        ]
    connections = [
        {
            "VpnConnectionId": f"vpn-{name}",
            "State": state,
            "CustomerGatewayId": "cgw-1",
            "VgwTelemetry": [{"OutsideIpAddress": f"203.0.113.{n}", "Status": one} for n, one in enumerate(tunnels)],
        }
        for name, state, tunnels in (
            ("good", "available", ("UP", "UP")),
            ("half", "available", ("UP", "DOWN")),
            ("new", "pending", ("DOWN", "DOWN")),
        )
    ]
    with ExitStack() as stack:
        stack.enter_context(answering("ec2", DescribeTransitGateways={"TransitGateways": gateways}))
        stack.enter_context(answering("ec2", DescribeVpnConnections={"VpnConnections": connections}))
        for name, of_gateway in attachments.items():
            filters = [
                {"Name": "transit-gateway-id", "Values": [name]},
                {"Name": "resource-type", "Values": ["vpc"]},
            ]
            answer = {"DescribeTransitGatewayAttachments": {"TransitGatewayAttachments": of_gateway}}
            stack.enter_context(when("ec2", answer, {"Filters": filters}))
        told = judge_all(
            aws,
            "ec2",
            [
                "transit_gateways_ask_before_they_accept",
                "networks_behind_a_transit_gateway_do_not_overlap",
                "vpn_tunnels_are_up",
            ],
        )
    assert told == {
        "transit_gateways_ask_before_they_accept": {
            f"{arn}tgw-good": ("holds", "automatic acceptance is disable"),
            f"{arn}tgw-bad": ("fails", "automatic acceptance is enable"),
            f"{arn}tgw-theirs": ("not applicable", "the gateway belongs to the account 210987654321"),
            f"{arn}tgw-gone": ("not applicable", "the gateway is deleted"),
        },
        "networks_behind_a_transit_gateway_do_not_overlap": {
            f"{arn}tgw-good": ("holds", "2 VPCs, none of which overlap"),
            f"{arn}tgw-bad": ("fails", f"{' and '.join(sorted((first, inside)))} overlap"),
            f"{arn}tgw-theirs": ("not applicable", "1 VPCs are joined through tgw-theirs"),
            f"{arn}tgw-gone": ("not applicable", "0 VPCs are joined through tgw-gone"),
        },
        "vpn_tunnels_are_up": {
            f"{vpn}vpn-good": ("holds", "2 of 2 tunnels are up"),
            f"{vpn}vpn-half": ("fails", "1 of 2 tunnels are up"),
            f"{vpn}vpn-new": ("not applicable", "the connection is pending"),
        },
    }


GATEWAY = TransitGateway.model_validate(
    {
        "transit_gateway_id": "tgw-1",
        "transit_gateway_arn": "arn",
        "owner_id": ACCOUNT,
        "state": "available",
        "options": {"auto_accept_shared_attachments": "disable"},
    }
)


def attached(vpc: str, table: str | None = "t1", state: str = "available") -> Attachment:
    association = {"transit_gateway_route_table_id": table} if table else None
    return Attachment.model_validate({"resource_id": vpc, "state": state, "association": association})


def network(name: str, *cidrs: str) -> Vpc:
    blocks = tuple({"cidr_block": one, "cidr_block_state": {"state": "associated"}} for one in cidrs)
    fields = {"vpc_id": name, "owner_id": ACCOUNT, "is_default": False, "cidr_block": cidrs[0]}
    return Vpc.model_validate(fields | {"cidr_block_association_set": blocks})


A, B, C = network("a", "10.1.0.0/16"), network("b", "10.2.0.0/16"), network("c", "10.3.0.0/16", "10.1.9.0/24")


@pytest.mark.parametrize(
    ("attachments", "verdict"),
    [
        ([], NotApplicable("0 VPCs are joined through tgw-1")),
        ([attached("a"), attached("b")], Holds("2 VPCs, none of which overlap")),
        ([attached("a"), attached("b"), attached("c")], Fails("a and c overlap")),
        ([attached("a"), attached("c", "t2")], Holds("2 VPCs, none of which overlap")),
        ([attached("a"), attached("c", None)], NotApplicable("1 VPCs are joined through tgw-1")),
        ([attached("a"), attached("c", state="deleted")], NotApplicable("1 VPCs are joined through tgw-1")),
        (
            [attached("a"), attached("b"), attached("x")],
            CannotTell("the ranges of x were not seen; those that were do not overlap"),
        ),
        ([attached("a"), attached("c"), attached("x")], Fails("a and c overlap")),
    ],
)
def test_overlaps(attachments: list[Attachment], verdict: Verdict) -> None:
    assert links.networks_behind_a_transit_gateway_do_not_overlap(GATEWAY, attachments, [A, B, C]) == verdict


def test_a_gateway_of_another_account() -> None:
    assert links.transit_gateways_ask_before_they_accept(GATEWAY, HERE) == Holds("automatic acceptance is disable")
    other = GATEWAY.model_copy(update={"owner_id": "2"})
    assert isinstance(links.transit_gateways_ask_before_they_accept(other, HERE), NotApplicable)
    gone = GATEWAY.model_copy(update={"state": "deleted"})
    assert links.transit_gateways_ask_before_they_accept(gone, HERE) == NotApplicable("the gateway is deleted")


def test_subnets_of_another_account_are_not_judged() -> None:
    group = {"subnets": ({"subnet_identifier": "theirs"},)}
    database = subnets.Database.model_validate({"db_instance_arn": "d", "db_subnet_group": group})
    told = CannotTell("the routes of theirs belong to another account")
    assert subnets.databases_are_in_private_subnets(database, [], []) == told


@pytest.mark.parametrize(
    ("route", "verdict"),
    [
        ({"gateway_id": "igw-1"}, Fails("a route leads to the internet from s")),
        ({"gateway_id": "igw-1", "state": "blackhole"}, Holds("none of 1 subnets leads to the internet")),
        ({"nat_gateway_id": "nat-1"}, Holds("none of 1 subnets leads to the internet")),
        (
            {"gateway_id": "vpce-1"},
            CannotTell("the way out of s leads through an endpoint; what comes after it was not read"),
        ),
        (
            {"gateway_id": "vpce-1", "destination_cidr_block": "10.1.0.0/16"},
            Holds("none of 1 subnets leads to the internet"),
        ),
    ],
)
def test_ways_out_of_a_database(route: dict[str, str], verdict: Verdict) -> None:
    group = {"subnets": ({"subnet_identifier": "s"},)}
    database = subnets.Database.model_validate({"db_instance_arn": "d", "db_subnet_group": group})
    own = Subnet(subnet_id="s", vpc_id="v", availability_zone="us-east-1a")
    routes = ({"destination_cidr_block": "0.0.0.0/0"} | route,)
    fields = {"route_table_id": "r", "vpc_id": "v", "associations": ({"main": True},), "routes": routes}
    assert subnets.databases_are_in_private_subnets(database, [own], [RouteTable.model_validate(fields)]) == verdict


def peering(first: str, second: str) -> Peering:
    fields = {"vpc_peering_connection_id": "p", "requester_vpc_info": {"vpc_id": first}}
    return Peering.model_validate(fields | {"accepter_vpc_info": {"vpc_id": second}})


HUB = [peering("a", "b"), peering("a", "c"), peering("a", "d")]


@pytest.mark.parametrize(
    ("found", "gateways", "verdict"),
    [
        ([], [GATEWAY], Holds("transit gateways join networks, and peerings no ring: tgw-1")),
        ([peering("a", "b")], [], NotApplicable("no more than two VPCs are joined")),
        ([peering("a", "b"), peering("b", "a")], [], NotApplicable("no more than two VPCs are joined")),
        (HUB, [], Holds("3 peerings join 4 VPCs without a ring")),
        ([*HUB, peering("d", "c")], [], Fails("4 peerings join 4 VPCs in a ring, c and d among them")),
        ([*HUB, peering("d", "c")], [GATEWAY], Fails("4 peerings join 4 VPCs in a ring, c and d among them")),
    ],
)
def test_meshes(found: list[Peering], gateways: list[TransitGateway], verdict: Verdict) -> None:
    assert links.peerings_form_no_mesh(found, gateways) == verdict


@pytest.mark.parametrize(
    ("state", "tunnels", "verdict"),
    [
        ("available", ("UP", "UP"), Holds("2 of 2 tunnels are up")),
        ("available", ("UP", "DOWN"), Fails("1 of 2 tunnels are up")),
        ("available", (), Fails("0 of 0 tunnels are up")),
        ("pending", ("DOWN", "DOWN"), NotApplicable("the connection is pending")),
    ],
)
def test_tunnels(state: str, tunnels: tuple[str, ...], verdict: Verdict) -> None:
    fields = {"vpn_connection_id": "v", "state": state, "vgw_telemetry": tuple({"status": one} for one in tunnels)}
    assert links.vpn_tunnels_are_up(VpnConnection.model_validate(fields)) == verdict

"""What lies at the edge of the network: quotas, links outside, accelerators, transfers, service networks and firewalls."""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from checks import directconnect, globalaccelerator, networkfirewall, servicequotas, transfer, vpclattice
from checks.cloudwatch.evidence import Alarm
from checks.directconnect import Connection, VirtualInterface
from checks.ec2.evidence import AnyInterface
from checks.ec2.links import VpnConnection
from checks.ec2.processors import RunningInstance
from checks.globalaccelerator import Accelerator, EndpointGroup
from checks.hearing import Heard
from checks.networkfirewall import FirewallPolicy
from checks.servicequotas import AutoManagement, Ec2Quota, QuotaUse, Request, Use
from checks.transfer import SecurityPolicy, Server
from checks.vpclattice import Joined, NetworkBody, NetworkPolicy, Service, ServicePolicy
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.answering import answering
from tests.checks.answers import answering as answering_when
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
REGION = "region:us-east-1"
WHOLE = f"account:{ACCOUNT}"


def test_quotas(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    empty = {REGION: ("not applicable", "the region has no network interface")}
    assert aws.judge("servicequotas.no_quota_is_nearly_used_up") == empty
    assert aws.judge("servicequotas.quotas_raise_alarms") == empty
    assert aws.judge("servicequotas.fullest_quotas") == {}
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet)
    for number in range(3):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    full = "4 of 5 VPCs per Region"
    assert aws.judge("servicequotas.no_quota_is_nearly_used_up") == {REGION: ("fails", full)}
    assert aws.judge("servicequotas.increases_asked_for") == {}
    asked = {"Id": "r", "QuotaCode": "L-F678F1CE", "QuotaName": "VPCs per Region", "Status": "PENDING"}
    with answering("service-quotas", ListRequestedServiceQuotaChangeHistory={"RequestedQuotas": [asked]}):
        assert aws.judge("servicequotas.no_quota_is_nearly_used_up") == {
            REGION: ("holds", f"5 quotas counted; the fullest: {full}")
        }
        told = "increases asked for: VPCs per Region (PENDING)"
        assert aws.judge("servicequotas.increases_asked_for") == {REGION: ("told", told)}
    assert aws.judge("servicequotas.quotas_raise_alarms") == {
        REGION: ("fails", "no alarm watches a quota, and automatic management is off")
    }
    usage = {"Id": "u", "ReturnData": False, "MetricStat": {
        "Metric": {"Namespace": "AWS/Usage", "MetricName": "ResourceCount"}, "Period": 300, "Stat": "Maximum"}}  # fmt: skip
    share = {"Id": "e", "Expression": "u/SERVICE_QUOTA(u)*100"}
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="vcpus",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=80.0,
        Metrics=[usage, share],
    )
    check, off = "servicequotas.quotas_raise_alarms", "automatic management is off"
    assert aws.judge(check) == {REGION: ("fails", f"the alarm vcpus reaches nobody, and {off}")}
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="vcpus",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=80.0,
        Metrics=[usage, share],
        AlarmActions=[f"arn:aws:sns:us-east-1:{ACCOUNT}:oncall"],
    )
    assert aws.judge(check) == {REGION: ("fails", f"the alarm vcpus reaches nobody, and {off}")}
    topic = aws.client("sns").create_topic(Name="oncall")["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15005550006")
    assert aws.judge(check) == {REGION: ("holds", "alarms: vcpus")}
    found = aws.judge("servicequotas.fullest_quotas")[REGION]
    assert found[1].startswith("used of quotas: 4 of 5 VPCs per Region; 6 of 200 Subnets per VPC; ")
    assert aws.judge("servicequotas.template_for_new_accounts") == {}


INTERFACE = AnyInterface(network_interface_id="e")


def used(number: int, quota: float = 10) -> QuotaUse:
    return QuotaUse((Use("L-1", "things", number, quota, adjustable=True),))


def request(status: str) -> Request:
    return Request(id="r", quota_code="L-1", quota_name="things", status=status)


@pytest.mark.parametrize(
    ("use", "requests", "verdict"),
    [
        (QuotaUse(()), [], CannotTell("no quota that can be counted was answered")),
        (used(7), [], Holds("1 quotas counted; the fullest: 7 of 10 things")),
        (used(8), [], Fails("8 of 10 things")),
        (used(8), [request("CASE_OPENED")], Holds("1 quotas counted; the fullest: 8 of 10 things")),
        (used(8), [request("DENIED")], Fails("8 of 10 things")),
        (used(0, 0), [], Holds("1 quotas counted; the fullest: 0 of 0 things")),
        (used(1, 0), [], Fails("1 of 0 things")),
    ],
)
def test_quotas_that_are_nearly_used_up(use: QuotaUse, requests: list[Request], verdict: Verdict) -> None:
    assert servicequotas.no_quota_is_nearly_used_up(use, requests, [INTERFACE]) == verdict


def running(kind: str, *, cores: int | None = 4, state: str = "running", **changes: Any) -> RunningInstance:
    options = {"core_count": cores, "threads_per_core": 2} if cores else None
    fields = {"instance_type": kind, "state": {"name": state}, "cpu_options": options, **changes}
    return RunningInstance.model_validate(fields, strict=False)


@pytest.mark.parametrize(
    ("instances", "uses"),
    [
        ([], ("0 of 16 Standard vCPUs",)),
        ([running("c7g.2xlarge"), running("t3.large", cores=1)], ("10 of 16 Standard vCPUs",)),
        (
            [running("m5.large"), running("g4dn.xlarge"), running("inf2.xlarge"), running("hpc7a.12xlarge")],
            ("8 of 16 Standard vCPUs",),
        ),
        ([running("m5.large", state="stopped")], ("0 of 16 Standard vCPUs",)),
        ([running("m5.large", instance_lifecycle="spot")], ("0 of 16 Standard vCPUs",)),
        ([running("m5.large", placement={"tenancy": "host"})], ("0 of 16 Standard vCPUs",)),
        ([running("m5.large"), running("m5.large", cores=None)], ()),
    ],
)
def test_processors_count_against_their_quota(instances: list[RunningInstance], uses: tuple[str, ...]) -> None:
    quota = Ec2Quota(quota_code="L-1216C47A", quota_name="Standard vCPUs", value=16, adjustable=True)
    found = servicequotas.quota_use([], [quota], [], [], [], [], [], [], [], instances, Target(ACCOUNT, "us-east-1"))
    assert tuple(map(str, found.uses)) == uses


def alarm(**changes: Any) -> Alarm:
    fields = {"alarm_arn": "a", "alarm_name": "a", "actions_enabled": True, "state_value": "OK"}
    return Alarm.model_validate(fields | changes)


ADVISED = alarm(namespace="AWS/TrustedAdvisor", metric_name="ServiceLimitUsage")
BY_MATH = alarm(metrics=({"expression": "m1/SERVICE_QUOTA(m1)"},))
ELSE = alarm(namespace="AWS/EC2", metric_name="CPUUtilization")


@pytest.mark.parametrize(
    ("found", "status", "verdict"),
    [
        (Heard((ADVISED,), (), ()), "DISABLED", Holds("alarms: a")),
        (Heard((ELSE,), (), ()), "ENABLED", Holds("automatic management is on")),
        (
            Heard((ELSE,), (BY_MATH,), (ADVISED,)),
            "DISABLED",
            CannotTell("who hears the alarm a cannot be told, and automatic management is off"),
        ),
        (
            Heard((ELSE,), (), (ADVISED,)),
            "DISABLED",
            Fails("the alarm a reaches nobody, and automatic management is off"),
        ),
        (
            Heard((alarm(metrics=({"expression": "m1/m2"},)),), (), ()),
            "DISABLED",
            Fails("no alarm watches a quota, and automatic management is off"),
        ),
    ],
)
def test_who_watches_quotas(found: Heard, status: str, verdict: Verdict) -> None:
    management = [AutoManagement(opt_in_status=status)]
    assert servicequotas.quotas_raise_alarms(found, management, [INTERFACE]) == verdict


def test_a_direct_connection(aws: Emulator) -> None:
    check = "directconnect.links_to_other_networks_are_redundant"
    assert aws.judge(check) == {WHOLE: ("not applicable", "no connection and no VPN of this account is available")}
    made = aws.client("directconnect").create_connection(
        location="EqDC2", bandwidth="10Gbps", connectionName="office", requestMACSec=True
    )["connectionId"]
    arn = f"arn:aws:directconnect:us-east-1:{ACCOUNT}:dxcon/{made}"
    assert aws.judge(check) == {WHOLE: ("fails", "1 connections, all at EqDC2, and no VPN beside")}
    assert aws.judge("directconnect.connections_are_up") == {arn: ("holds", "the connection is available")}
    assert aws.verdicts("directconnect.connections_are_encrypted").keys() == {arn}
    assert aws.judge("directconnect.connections") == {REGION: ("told", "Direct Connect: office at EqDC2 (10Gbps)")}
    peers = [{"bgpStatus": "up"}, {"bgpStatus": "down"}]
    virtual = {"virtualInterfaceId": "dxvif-1", "virtualInterfaceState": "available", "bgpPeers": peers}
    with answering("directconnect", DescribeVirtualInterfaces={"virtualInterfaces": [virtual]}):
        assert aws.judge("directconnect.routes_are_exchanged") == {
            f"arn:aws:directconnect:us-east-1:{ACCOUNT}:dxvif/dxvif-1": ("fails", "1 of 2 BGP peers are up")
        }


def test_lines_good_and_bad_side_by_side(aws: Emulator) -> None:
    """moto orders connections, but none of its lines is ever down or encrypted, and none carries anything."""
    secure = {"macSecCapable": True, "encryptionMode": "must_encrypt", "portEncryptionStatus": "Encryption Up"}
    bare = {"macSecCapable": True, "encryptionMode": "no_encrypt", "portEncryptionStatus": "Encryption Down"}
    lines = [
        {"connectionId": f"dxcon-{name}", "connectionState": state, "location": location, "bandwidth": "10Gbps", **more}
        for name, state, location, more in (
            ("good", "available", "EqDC2", secure),
            ("bad", "available", "EqDA2", bare),
            ("hosted", "down", "EqDC2", {"macSecCapable": False}),
            ("slow", "available", "EqDC2", {"macSecCapable": False}),
            ("new", "requested", "EqDC2", {"macSecCapable": True}),
        )
    ]
    peers = {"up": {"bgpStatus": "up", "bgpPeerState": "available"}, "down": {"bgpStatus": "down"}}
    gone = {"bgpStatus": "down", "bgpPeerState": "deleted"}
    carried = {
        "good": ("available", [peers["up"], gone]),
        "bad": ("available", [peers["up"], peers["down"]]),
        "new": ("confirming", []),
    }
    prefix = f"arn:aws:directconnect:us-east-1:{ACCOUNT}:"
    not_ready = ("not applicable", "the connection is requested")
    ready = ("holds", "the connection is available")
    down = "the connection is down"
    judged = {
        "connections_are_up": {
            "dxcon/dxcon-good": ready,
            "dxcon/dxcon-bad": ready,
            "dxcon/dxcon-hosted": ("fails", down),
            "dxcon/dxcon-slow": ready,
            "dxcon/dxcon-new": not_ready,
        },
        "connections_are_encrypted": {
            "dxcon/dxcon-good": ("holds", "the mode is must_encrypt, the port Encryption Up"),
            "dxcon/dxcon-bad": ("fails", "the mode is no_encrypt, the port Encryption Down"),
            "dxcon/dxcon-hosted": ("not applicable", down),
            "dxcon/dxcon-slow": ("not applicable", "the connection cannot encrypt the line"),
            "dxcon/dxcon-new": not_ready,
        },
        "routes_are_exchanged": {
            "dxvif/dxvif-good": ("holds", "1 of 1 BGP peers are up"),
            "dxvif/dxvif-bad": ("fails", "1 of 2 BGP peers are up"),
            "dxvif/dxvif-new": ("not applicable", "the interface is confirming"),
        },
    }
    check = "links_to_other_networks_are_redundant"
    with ExitStack() as stack:
        stack.enter_context(answering("directconnect", DescribeConnections={"connections": lines}))
        for name, (state, told) in carried.items():
            virtual = {"virtualInterfaceId": f"dxvif-{name}", "virtualInterfaceState": state, "bgpPeers": told}
            answer = {"virtualInterfaces": [virtual | {"connectionId": f"dxcon-{name}"}]}
            of = {"connectionId": f"dxcon-{name}"}
            prepared = Prepared(source="a row of this test", answer=answer, when=of)
            stack.enter_context(answering("directconnect", DescribeVirtualInterfaces=prepared))
        seen = judge_all(aws, "directconnect", [*judged, check])
    assert seen == {
        **{name: {prefix + one: said for one, said in told.items()} for name, told in judged.items()},
        check: {WHOLE: ("holds", "connections at EqDA2, EqDC2 exchange routes")},
    }


def connection(location: str = "A", **changes: Any) -> Connection:
    fields = {"connection_id": location, "connection_state": "available", "location": location}
    return Connection.model_validate(fields | changes)


def interface(connection: str, status: str = "up", state: str = "available") -> VirtualInterface:
    fields = {"virtual_interface_id": "i", "connection_id": connection, "virtual_interface_state": state}
    return VirtualInterface.model_validate(fields | {"bgp_peers": ({"bgp_status": status},)})


def vpn(gateway: str, *tunnels: str) -> VpnConnection:
    fields = {"vpn_connection_id": "v", "state": "available", "customer_gateway_id": gateway}
    return VpnConnection.model_validate(
        fields | {"vgw_telemetry": tuple({"status": one} for one in tunnels or ("UP",))}
    )


def half(locations: str, gateways: int) -> CannotTell:
    told = f"routes are exchanged at {locations}, and {gateways} customer gateways are reached"
    return CannotTell(f"there are more links, and not all are seen to be up: {told}")


BOTH = [connection(), connection("B")]


@pytest.mark.parametrize(
    ("connections", "interfaces", "vpns", "verdict"),
    [
        (BOTH, [interface("A"), interface("B")], [], Holds("connections at A, B exchange routes")),
        # A second connection that carries nothing at this moment, or of which nothing is seen, is not counted on.
        (BOTH, [interface("A"), interface("B", "down")], [], half("A", 0)),
        (BOTH, [interface("A"), interface("B", state="down")], [], half("A", 0)),
        (BOTH, [], [], half("no location", 0)),
        ([connection(), connection()], [interface("A")], [], Fails("2 connections, all at A, and no VPN beside")),
        (
            [connection(), connection("B", connection_state="down")],
            [interface("A"), interface("B")],
            [],
            Fails("1 connections, all at A, and no VPN beside"),
        ),
        (
            [connection()],
            [interface("A")],
            [vpn("c")],
            Holds("connections at A exchange routes, and a VPN beside them is up"),
        ),
        ([connection()], [interface("A")], [vpn("c", "DOWN", "DOWN")], half("A", 0)),
        ([], [], [vpn("c"), vpn("c")], Fails("all VPN connections end at one customer gateway")),
        ([], [], [vpn("c"), vpn("d", "DOWN", "UP")], Holds("VPN connections to 2 customer gateways are up")),
        ([], [], [vpn("c"), vpn("d", "DOWN", "DOWN")], half("no location", 1)),
    ],
)
def test_redundant_links(
    connections: list[Connection], interfaces: list[VirtualInterface], vpns: list[VpnConnection], verdict: Verdict
) -> None:
    assert directconnect.links_to_other_networks_are_redundant(connections, interfaces, vpns) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (connection(), NotApplicable("the connection cannot encrypt the line")),
        (connection(connection_state="ordering"), NotApplicable("the connection is ordering")),
        (
            connection(mac_sec_capable=True, encryption_mode="must_encrypt", port_encryption_status="Encryption Up"),
            Holds("the mode is must_encrypt, the port Encryption Up"),
        ),
        (
            connection(mac_sec_capable=True, encryption_mode="no_encrypt", port_encryption_status="Encryption Down"),
            Fails("the mode is no_encrypt, the port Encryption Down"),
        ),
        (connection(mac_sec_capable=True), Fails("the mode is not set, the port silent")),
    ],
)
def test_encrypted_lines(one: Connection, verdict: Verdict) -> None:
    assert directconnect.connections_are_encrypted(one) == verdict


@pytest.mark.parametrize(
    ("state", "peers", "verdict"),
    [
        ("available", ("up", "up"), Holds("2 of 2 BGP peers are up")),
        ("available", (), Fails("the interface has no BGP peer")),
        ("available", ("down", "unknown"), Fails("0 of 2 BGP peers are up")),
        (
            "available",
            ("up", "unknown"),
            CannotTell("1 of 2 BGP peers are up, and the status of the others is not available"),
        ),
        ("down", ("unknown",), Fails("0 of 1 BGP peers are up")),
        ("pending", ("down",), NotApplicable("the interface is pending")),
    ],
)
def test_peers(state: str, peers: tuple[str, ...], verdict: Verdict) -> None:
    fields = {"virtual_interface_id": "v", "virtual_interface_state": state}
    fields |= {"bgp_peers": tuple({"bgp_status": one, "bgp_peer_state": "available"} for one in peers)}  # type: ignore[dict-item]  # a row's fields differ in type
    assert directconnect.routes_are_exchanged(VirtualInterface.model_validate(fields)) == verdict


def test_accelerators(aws: Emulator) -> None:
    """moto has no accelerators."""

    def group(region: str, *endpoints: tuple[str, int]) -> dict[str, Any]:
        told = [{"EndpointId": f"e{n}", "Weight": weight, "HealthState": state}
                for n, (state, weight) in enumerate(endpoints)]  # fmt: skip
        return {"EndpointGroupArn": f"{region}/g", "EndpointGroupRegion": region, "EndpointDescriptions": told}

    well, ill = ("HEALTHY", 128), ("UNHEALTHY", 128)
    groups = {
        "good": [group("eu-west-1", well), group("us-east-1", well)],
        "bad": [group("eu-west-1", ill)],
        "parked": [group("eu-west-1", well), group("us-east-1", ("HEALTHY", 0))],  # no traffic, not even in need
        "bare": [],
        "off": [group("eu-west-1", ill)],
    }
    arn = {name: f"arn:aws:globalaccelerator::{ACCOUNT}:accelerator/{name}" for name in groups}
    listener = {name: f"{one}/listener/l" for name, one in arn.items()}
    accelerators = [{"AcceleratorArn": one, "Name": name, "Enabled": name != "off"} for name, one in arn.items()]
    listed = Prepared(source="a row of this test", regions=("us-west-2",), answer={"Accelerators": accelerators})
    with ExitStack() as prepared:
        prepared.enter_context(answering("globalaccelerator", ListAccelerators=listed))
        for name, found in groups.items():
            of_it, logs = {"AcceleratorArn": arn[name]}, {"FlowLogsEnabled": name == "good"}
            answers = {
                "ListListeners": ({"Listeners": [{"ListenerArn": listener[name]}]}, of_it),
                "ListEndpointGroups": ({"EndpointGroups": found}, {"ListenerArn": listener[name]}),
                "DescribeAcceleratorAttributes": ({"AcceleratorAttributes": logs}, of_it),
            }
            for operation, (answer, when) in answers.items():
                prepared.enter_context(answering_when("globalaccelerator", {operation: answer}, when=when))
        names = ("traffic_is_logged", "listeners_have_endpoints_to_turn_to", "endpoints_are_healthy")
        seen = judge_all(aws, "globalaccelerator", names)
    off, unlogged = ("not applicable", "the accelerator is disabled"), ("fails", "flow logs are off")
    assert seen == {
        "traffic_is_logged": {
            arn["good"]: ("holds", "flow logs are on"),
            **dict.fromkeys((arn["bad"], arn["parked"], arn["bare"]), unlogged),
            arn["off"]: off,
        },
        "listeners_have_endpoints_to_turn_to": {
            listener["good"]: ("holds", "2 endpoints in eu-west-1, us-east-1"),
            listener["bad"]: ("fails", "1 endpoints in eu-west-1 for l"),
            listener["parked"]: ("fails", "1 endpoints in eu-west-1 for l"),
            listener["bare"]: ("fails", "0 endpoints in no region for l"),
            listener["off"]: off,
        },
        "endpoints_are_healthy": {
            listener["good"]: ("holds", "2 of 2 endpoints are healthy"),
            listener["bad"]: ("fails", "0 of 1 endpoints are healthy"),
            listener["parked"]: ("holds", "2 of 2 endpoints are healthy"),
            listener["bare"]: ("not applicable", "l has no endpoint"),
            listener["off"]: off,
        },
    }


def test_an_endpoint_that_nobody_judged_yet() -> None:
    one = {
        "endpoint_group_region": "eu-west-1",
        "endpoint_descriptions": ({"endpoint_id": "e", "health_state": "INITIAL"},),
    }
    on = Accelerator(accelerator_arn="a", name="a", enabled=True)
    listener = globalaccelerator.Listener(listener_arn="a/listener/l")
    found = globalaccelerator.endpoints_are_healthy(on, listener, [EndpointGroup.model_validate(one)])
    assert found == CannotTell("no endpoint of l was judged yet")


def test_transfer_servers(aws: Emulator) -> None:
    client = aws.client("transfer")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:transfers:*"
    network = {"VpcId": "vpc-1", "SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}
    made = {
        "good": client.create_server(
            Protocols=["SFTP", "FTPS"],
            EndpointType="VPC",
            EndpointDetails=network,
            SecurityPolicyName="TransferSecurityPolicy-2024-01",
            StructuredLogDestinations=[group],
        ),
        "narrow": client.create_server(
            Protocols=["FTP"],
            EndpointType="VPC",
            EndpointDetails={**network, "SubnetIds": ["subnet-1"]},
            SecurityPolicyName="TransferSecurityPolicy-FIPS-2025-03",
            LoggingRole=f"arn:aws:iam::{ACCOUNT}:role/logs",
        ),
        "bad": client.create_server(
            Protocols=["SFTP"], EndpointType="PUBLIC", SecurityPolicyName="TransferSecurityPolicy-2018-11"
        ),
    }
    names = {answer["ServerId"]: name for name, answer in made.items()}
    in_network = ("holds", "the endpoint is of type VPC")
    judged = {
        "servers_refuse_plain_ftp": {
            "good": ("holds", "speaks FTPS, SFTP"),
            "narrow": ("fails", "speaks FTP"),
            "bad": ("holds", "speaks SFTP"),
        },
        "servers_refuse_old_algorithms": {
            "good": ("holds", "TransferSecurityPolicy-2024-01 takes none of them"),
            "narrow": ("not applicable", "speaks FTP, without algorithms"),
            "bad": (
                "fails",
                "TransferSecurityPolicy-2018-11 takes diffie-hellman-group14-sha1, hmac-sha1, hmac-sha1-etm@openssh.com, ssh-rsa",
            ),
        },
        "transfers_are_logged": {
            "good": ("holds", f"logged to {group}"),
            "narrow": ("holds", f"logged by arn:aws:iam::{ACCOUNT}:role/logs"),
            "bad": ("fails", "nothing is logged"),
        },
        "servers_stand_in_a_network": {
            "good": in_network,
            "narrow": in_network,
            "bad": ("fails", "the endpoint is of type PUBLIC"),
        },
        "servers_span_zones": {
            "good": ("holds", "2 subnets"),
            "narrow": ("fails", "1 subnets"),
            "bad": ("not applicable", "the endpoint is of type PUBLIC"),
        },
    }
    seen = judge_all(aws, "transfer", judged)
    assert {
        name: {names[next(id_ for id_ in names if arn.endswith(id_))]: said for arn, said in told.items()}
        for name, told in seen.items()
    } == judged


def server(**changes: Any) -> Server:
    fields = {
        "arn": "s",
        "endpoint_type": "VPC",
        "endpoint_details": {"subnet_ids": ("a", "b")},
        "protocols": ("SFTP",),
        "security_policy_name": "TransferSecurityPolicy-2024-01",
        "logging_role": "role",
    }
    return Server.model_validate(fields | changes)


MODERN = {
    "ssh_ciphers": ("aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"),
    "ssh_kexs": ("diffie-hellman-group-exchange-sha256", "curve25519-sha256"),
    "ssh_macs": ("hmac-sha2-512-etm@openssh.com", "umac-128@openssh.com"),
    "tls_ciphers": ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
}
BOTH = ("SFTP", "FTPS")


@pytest.mark.parametrize(
    ("name", "protocols", "algorithms", "verdict"),
    [
        ("Newest", BOTH, {}, Holds("{} takes none of them")),
        ("Restricted-2018-11", ("SFTP",), {"ssh_kexs": ("diffie-hellman-group14-sha1",)},
         Fails("{} takes diffie-hellman-group14-sha1")),
        ("Newest", ("SFTP",), {"ssh_ciphers": ("aes128-cbc", "3des-cbc")}, Fails("{} takes aes128-cbc, 3des-cbc")),
        ("FIPS-2024-01", BOTH, {}, Fails("{} takes ssh-rsa")),
        ("FIPS-2024-01", ("FTPS",), {}, Holds("{} takes none of them")),
        ("Newest", ("FTPS",), {"ssh_macs": ("hmac-sha1",), "tls_ciphers": ("TLS_RSA_WITH_AES_128_CBC_SHA256",)},
         Fails("{} takes TLS_RSA_WITH_AES_128_CBC_SHA256")),
        ("Newest", ("FTPS",), {"tls_ciphers": ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",)},
         Fails("{} takes TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")),
        ("Newest", BOTH, {"ssh_macs": (), "tls_ciphers": ()}, CannotTell("what {} takes for SFTP and FTPS is not told")),
        ("Newest", ("AS2",), {}, CannotTell("what {} takes for AS2 is not told")),
    ],
)  # fmt: skip
def test_policies_of_transfer_servers(
    name: str, protocols: tuple[str, ...], algorithms: dict[str, Any], verdict: Verdict
) -> None:
    policy = f"TransferSecurityPolicy-{name}"
    taken = SecurityPolicy.model_validate({"security_policy": MODERN | algorithms})
    found = transfer.servers_refuse_old_algorithms(server(security_policy_name=policy, protocols=protocols), taken)
    assert found == type(verdict)(verdict.because.format(policy))


def test_service_networks(aws: Emulator) -> None:
    client = aws.client("vpc-lattice")
    network = client.create_service_network(name="mesh", authType="NONE")
    service = client.create_service(name="orders", authType="AWS_IAM")
    joined = client.create_service_network_service_association(
        serviceIdentifier=service["id"], serviceNetworkIdentifier=network["id"]
    )
    found = aws.judge("vpclattice.services_authenticate_their_callers")
    assert found == {joined["arn"]: ("holds", "the service asks who calls")}
    assert aws.judge("vpclattice.calls_are_logged") == {network["arn"]: ("fails", "nothing is logged")}
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:mesh"
    client.create_access_log_subscription(resourceIdentifier=network["id"], destinationArn=group)
    assert aws.judge("vpclattice.calls_are_logged") == {network["arn"]: ("holds", f"logged to {group}")}
    opened = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
    client.put_auth_policy(resourceIdentifier=service["id"], policy=json.dumps(opened))
    told = "the service's authentication is AWS_IAM, the network's NONE, and the policies let in everybody"
    assert aws.judge("vpclattice.services_authenticate_their_callers") == {joined["arn"]: ("fails", told)}


MESH = vpclattice.Network(id="sn", arn="n", name="mesh")
JOINED = Joined(arn="a", service_id="s", status="ACTIVE")
EVERYBODY: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
SIGNED = {**EVERYBODY, "Condition": {"StringNotEqualsIgnoreCase": {"aws:PrincipalType": "Anonymous"}}}
UNSIGNED = {**EVERYBODY, "Effect": "Deny", "Condition": {"StringEquals": {"aws:PrincipalType": "Anonymous"}}}
OURS = {**EVERYBODY, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
NEITHER = "the service's authentication is NONE, the network's NONE"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("service", "policy", "network", "verdict"),
    [
        ("NONE", None, "NONE", Fails(NEITHER)),
        ("NONE", document(SIGNED), "NONE", Fails(NEITHER)),
        ("AWS_IAM", None, "NONE", Holds("the service asks who calls")),
        ("AWS_IAM", document(SIGNED), "NONE", Holds("the service asks who calls")),
        ("AWS_IAM", document(OURS), "NONE", Holds("the service asks who calls")),
        (
            "AWS_IAM",
            document(SIGNED, EVERYBODY),
            "NONE",
            Fails("the service's authentication is AWS_IAM, the network's NONE, and the policies let in everybody"),
        ),
        ("AWS_IAM", document(EVERYBODY, UNSIGNED), "NONE", Holds("the service asks who calls")),
        (
            "AWS_IAM",
            document(EVERYBODY, {**UNSIGNED, "Resource": "arn:aws:vpc-lattice:us-east-1:1:service/s/admin/*"}),
            "NONE",
            Fails("the service's authentication is AWS_IAM, the network's NONE, and the policies let in everybody"),
        ),
        ("NONE", None, "AWS_IAM", Holds("the network mesh asks who calls")),
    ],
)
def test_who_asks(service: str, policy: str | None, network: str, verdict: Verdict) -> None:
    of_service = ServicePolicy.model_validate({"policy": policy}) if policy else None
    of_network = NetworkPolicy() if network == "AWS_IAM" else None
    found = vpclattice.services_authenticate_their_callers(
        MESH, JOINED, NetworkBody(auth_type=network), of_network, Service(auth_type=service), of_service, HERE
    )
    assert found == verdict
    gone = JOINED.model_copy(update={"status": "DELETE_IN_PROGRESS"})
    assert isinstance(
        vpclattice.services_authenticate_their_callers(
            MESH, gone, NetworkBody(auth_type=network), of_network, Service(auth_type=service), of_service, HERE
        ),
        NotApplicable,
    )


def test_a_network_of_another_account() -> None:
    one = vpclattice.Network(id="sn", arn="arn:aws:vpc-lattice:us-east-1:2:servicenetwork/sn", name="mesh")
    assert isinstance(vpclattice.calls_are_logged(one, [], HERE), NotApplicable)


def test_firewalls(aws: Emulator) -> None:
    subnets = aws.client("ec2").describe_subnets()["Subnets"]
    client, prefix = aws.client("network-firewall"), f"arn:aws:network-firewall:us-east-1:{ACCOUNT}:"

    def made(name: str, zones: int, *, protected: bool) -> str:
        answer = client.create_firewall(
            FirewallName=name,
            FirewallPolicyArn=f"{prefix}firewall-policy/{name}",
            VpcId=subnets[0]["VpcId"],
            SubnetMappings=[{"SubnetId": one["SubnetId"]} for one in subnets[:zones]],
            DeleteProtection=protected,
        )
        return str(answer["Firewall"]["FirewallArn"])

    good, bad = made("good", 2, protected=True), made("bad", 1, protected=False)
    kept = {"LogType": "ALERT", "LogDestinationType": "S3", "LogDestination": {"bucketName": "logs"}}
    client.update_logging_configuration(FirewallArn=good, LoggingConfiguration={"LogDestinationConfigs": [kept]})
    named = {
        "FirewallPolicyName": "good",
        "FirewallPolicyArn": f"{prefix}firewall-policy/good",
        "FirewallPolicyId": "1",
    }
    forwarding = {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
        "StatefulRuleGroupReferences": [{"ResourceArn": f"{prefix}stateful-rulegroup/names"}],
    }
    answer = {"UpdateToken": "1", "FirewallPolicyResponse": named, "FirewallPolicy": forwarding}
    when = {"FirewallPolicyArn": named["FirewallPolicyArn"]}
    expected = {
        "policies_inspect_traffic": {
            good: ("holds", "1 stateful and 0 stateless rule groups"),
            bad: ("fails", "the stateful engine has no rules"),
        },
        "firewalls_log_what_they_do": {good: ("holds", "logs: ALERT"), bad: ("fails", "nothing is logged")},
        "firewalls_span_zones": {good: ("holds", "2 zones"), bad: ("fails", "1 zone")},
        "firewalls_are_protected_from_deletion": {
            good: ("holds", "deletion protection is on"),
            bad: ("fails", "deletion protection is off"),
        },
        "firewalls": {REGION: ("told", "network firewalls: bad, good")},
    }
    with answering_when("network-firewall", {"DescribeFirewallPolicy": answer}, when=when):
        assert judge_all(aws, "networkfirewall", expected) == expected


def policy(*defaults: str, **changes: Any) -> FirewallPolicy:
    fields = {"stateless_default_actions": defaults, "stateless_fragment_default_actions": defaults}
    return FirewallPolicy.model_validate(fields | changes)


RULES = ({"resource_arn": "g"},)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (policy("aws:pass"), Fails("packets that no stateless rule matches are passed")),
        (policy("aws:forward_to_sfe"), Fails("the stateful engine has no rules")),
        (
            policy("aws:forward_to_sfe", stateful_rule_group_references=RULES),
            Holds("1 stateful and 0 stateless rule groups"),
        ),
        (
            policy("aws:forward_to_sfe", stateful_default_actions=("aws:drop_strict",)),
            Holds("without any rule all packets are dropped"),
        ),
        (policy("aws:drop"), Holds("without any rule all packets are dropped")),
        (
            policy("aws:drop", stateless_rule_group_references=RULES),
            Holds("0 stateful and 1 stateless rule groups"),
        ),
    ],
)
def test_policies_of_firewalls(one: FirewallPolicy, verdict: Verdict) -> None:
    assert networkfirewall.policies_inspect_traffic(one) == verdict


@pytest.mark.parametrize(
    ("kinds", "verdict"),
    [
        (("TLS",), Fails("logs: TLS only")),
        (("TLS", "ALERT"), Holds("logs: ALERT, TLS")),
        (("FLOW",), Holds("logs: FLOW")),
        ((), Fails("nothing is logged")),
    ],
)
def test_logs_of_firewalls(kinds: tuple[str, ...], verdict: Verdict) -> None:
    configs = tuple({"log_type": one} for one in kinds)
    logging = networkfirewall.Logging.model_validate({"logging_configuration": {"log_destination_configs": configs}})
    assert networkfirewall.firewalls_log_what_they_do(logging) == verdict


def test_who_else_watches(aws: Emulator) -> None:
    assert aws.judge("networkmanager.core_networks") == {}
    assert aws.judge("networkmanager.internet_monitors") == {}
    ec2 = aws.client("ec2")
    ec2.create_network_interface(SubnetId=ec2.describe_subnets()["Subnets"][0]["SubnetId"])
    monitor = {"MonitorName": "users", "MonitorArn": "arn", "Status": "ACTIVE"}
    with answering("internetmonitor", ListMonitors={"Monitors": [monitor]}):
        assert aws.judge("networkmanager.internet_monitors") == {REGION: ("told", "internet monitors: users (ACTIVE)")}

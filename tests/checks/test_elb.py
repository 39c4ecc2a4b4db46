"""Classic load balancers, against a real client and as tables."""

import pytest

from checks import elb
from checks.elb import Balancer, Policy
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/"


def test_classic_load_balancers(aws: Emulator) -> None:
    client = aws.client("elb")
    assert aws.judge("elb.classic_balancers") == {}
    plain = {"Protocol": "http", "LoadBalancerPort": 80, "InstanceProtocol": "http", "InstancePort": 80}
    client.create_load_balancer(LoadBalancerName="a", Listeners=[plain], AvailabilityZones=["us-east-1a", "us-east-1b"])
    packets = {"Protocol": "tcp", "LoadBalancerPort": 443, "InstanceProtocol": "tcp", "InstancePort": 443}
    client.create_load_balancer(LoadBalancerName="b", Listeners=[packets], AvailabilityZones=["us-east-1a"])
    client.modify_load_balancer_attributes(
        LoadBalancerName="a",
        LoadBalancerAttributes={
            "CrossZoneLoadBalancing": {"Enabled": True},
            "AccessLog": {"Enabled": True, "S3BucketName": "logs", "EmitInterval": 5},
            "ConnectionDraining": {"Enabled": True, "Timeout": 30},
        },
    )
    image = aws.client("ec2").describe_images()["Images"][0]["ImageId"]
    made = aws.client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    client.register_instances_with_load_balancer(LoadBalancerName="a", Instances=[{"InstanceId": made}])
    a, b = f"{ARN}a", f"{ARN}b"
    expected = {
        "listeners_speak_tls": (("fails", "HTTP on port 80"), ("not applicable", "its listeners pass packets on")),
        "listeners_refuse_old_tls": (("not applicable", "no listener speaks TLS"),) * 2,
        "requests_are_logged": (("holds", "access logs are on"), ("fails", "access logs are off")),
        "balancers_span_zones": (("holds", "in us-east-1a, us-east-1b"), ("fails", "in us-east-1a alone")),
        "load_crosses_zones": (
            ("holds", "cross-zone load balancing is on"),
            ("not applicable", "it stands in one zone"),
        ),
        "requests_are_finished_before_an_instance_leaves": (("holds", "draining is on"), ("fails", "draining is off")),
        "balancers_have_an_instance_to_turn_to": (
            ("fails", f"{made} is the only instance"),
            ("not applicable", "no instance is registered"),
        ),
    }
    seen = judge_all(aws, "elb", [*expected, "classic_balancers"])
    for name, (of_a, of_b) in expected.items():
        assert seen[name] == {a: of_a, b: of_b}, name
    told = "2 classic load balancers: a, b"
    assert seen["classic_balancers"] == {"region:us-east-1": ("told", told)}


def balancer(*listeners: tuple[str, int, tuple[str, ...]]) -> Balancer:
    described = [
        {"listener": {"protocol": protocol, "load_balancer_port": port}, "policy_names": names}
        for protocol, port, names in listeners
    ]
    fields = {"load_balancer_name": "a", "availability_zones": ("a", "b"), "listener_descriptions": tuple(described)}
    return Balancer.model_validate(fields)


def policy(name: str, *versions: str) -> Policy:
    attributes = tuple({"attribute_name": f"Protocol-{one}", "attribute_value": "true"} for one in versions)
    off = {"attribute_name": "Protocol-SSLv3", "attribute_value": "false"}
    fields = {
        "policy_name": name,
        "policy_type_name": "SSLNegotiationPolicyType",
        "policy_attribute_descriptions": (*attributes, off),
    }
    return Policy.model_validate(fields)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (balancer(("HTTPS", 443, ("new",))), Holds("1 listeners take TLS 1.2 or later")),
        (balancer(("SSL", 443, ("old",))), Fails("port 443 takes TLSv1, TLSv1.1")),
        (balancer(("HTTPS", 443, ("new",)), ("HTTPS", 8443, ("old",))), Fails("port 8443 takes TLSv1, TLSv1.1")),
        (balancer(("HTTPS", 443, ("stickiness",))), Fails("port 443 names no TLS policy")),
        (
            balancer(("HTTPS", 443, ("silent",))),
            CannotTell("which versions are taken is not told by silent"),
        ),
        (balancer(("HTTPS", 443, ("silent",)), ("SSL", 8443, ("old",))), Fails("port 8443 takes TLSv1, TLSv1.1")),
        (balancer(("TCP", 443, ())), NotApplicable("no listener speaks TLS")),
    ],
)
def test_old_tls(one: Balancer, verdict: Verdict) -> None:
    sticky = Policy(policy_name="stickiness", policy_type_name="LBCookieStickinessPolicyType")
    policies = [policy("new", "TLSv1.2"), policy("old", "TLSv1", "TLSv1.1", "TLSv1.2"), policy("silent"), sticky]
    assert elb.listeners_refuse_old_tls(one, policies) == verdict


def test_a_listener_with_tls_and_none_without() -> None:
    assert elb.listeners_speak_tls(balancer(("HTTPS", 443, ()), ("TCP", 22, ()))) == Holds(
        "1 of 2 listeners speak TLS, none HTTP"
    )
    assert elb.load_crosses_zones(
        balancer(),
        elb.Attributes.model_validate(
            {
                "access_log": {"enabled": False},
                "cross_zone_load_balancing": {"enabled": False},
                "connection_draining": {"enabled": False},
            }
        ),
    ) == Fails("cross-zone load balancing is off")

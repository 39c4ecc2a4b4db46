"""Classic load balancers, against a real client and as tables."""

import pytest

from checks import elb
from checks.elb import Balancer, Policy
from scanner import CannotTell, Fails, Holds, Verdict
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
    certificate = aws.client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    for name, protocol in (("c", "https"), ("d", "ssl")):
        secure = {"Protocol": protocol, "LoadBalancerPort": 443, "InstanceProtocol": "tcp", "InstancePort": 80}
        client.create_load_balancer(
            LoadBalancerName=name,
            Listeners=[{**secure, "SSLCertificateId": certificate}],
            AvailabilityZones=["us-east-1a", "us-east-1b"],
        )
        # AWS tells each version of a predefined policy; moto tells what it was given.
        client.create_load_balancer_policy(
            LoadBalancerName=name,
            PolicyName="tls",
            PolicyTypeName="SSLNegotiationPolicyType",
            PolicyAttributes=[
                {"AttributeName": "Protocol-TLSv1", "AttributeValue": str(name == "d").lower()},
                {"AttributeName": "Protocol-TLSv1.1", "AttributeValue": "false"},
                {"AttributeName": "Protocol-TLSv1.2", "AttributeValue": "true"},
            ],
        )
        chosen = {"LoadBalancerName": name, "LoadBalancerPort": 443, "PolicyNames": ["tls"]}
        client.set_load_balancer_policies_of_listener(**chosen)
    image = aws.client("ec2").describe_images()["Images"][0]["ImageId"]
    made = aws.client("ec2").run_instances(ImageId=image, MinCount=3, MaxCount=3)["Instances"]
    ids = [one["InstanceId"] for one in made]
    for name, some in (("a", ids[:1]), ("c", ids[1:])):
        instances = [{"InstanceId": one} for one in some]
        client.register_instances_with_load_balancer(LoadBalancerName=name, Instances=instances)
    secure, both = ("holds", "1 of 1 listeners speak TLS, none HTTP"), ("holds", "in us-east-1a, us-east-1b")
    no_tls, empty = ("not applicable", "no listener speaks TLS"), ("not applicable", "no instance is registered")
    off = {name: ("fails", f"{what} off") for name, what in (("log", "access logs are"), ("drain", "draining is"))}
    apart = ("fails", "cross-zone load balancing is off")
    expected = {
        "listeners_speak_tls": (
            ("fails", "HTTP on port 80"),
            ("not applicable", "its listeners pass packets on"),
            secure,
            secure,
        ),
        "listeners_refuse_old_tls": (
            no_tls,
            no_tls,
            ("holds", "1 listeners take TLS 1.2 or later"),
            ("fails", "port 443 takes TLSv1"),
        ),
        "requests_are_logged": (("holds", "access logs are on"), off["log"], off["log"], off["log"]),
        "balancers_span_zones": (both, ("fails", "in us-east-1a alone"), both, both),
        "load_crosses_zones": (
            ("holds", "cross-zone load balancing is on"),
            ("not applicable", "it stands in one zone"),
            apart,
            apart,
        ),
        "requests_are_finished_before_an_instance_leaves": (
            ("holds", "draining is on"),
            off["drain"],
            off["drain"],
            off["drain"],
        ),
        "balancers_have_an_instance_to_turn_to": (
            ("fails", f"{ids[0]} is the only instance"),
            empty,
            ("holds", "2 instances"),
            empty,
        ),
    }
    told = {"region:us-east-1": ("told", "4 classic load balancers: a, b, c, d")}
    assert judge_all(aws, "elb", [*expected, "classic_balancers"]) == {
        "classic_balancers": told,
        **{name: dict(zip((f"{ARN}{one}" for one in "abcd"), of, strict=True)) for name, of in expected.items()},
    }


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
        (balancer(("HTTPS", 443, ("new",)), ("HTTPS", 8443, ("old",))), Fails("port 8443 takes TLSv1, TLSv1.1")),
        (balancer(("HTTPS", 443, ("stickiness",))), Fails("port 443 names no TLS policy")),
        (
            balancer(("HTTPS", 443, ("silent",))),
            CannotTell("which versions are taken is not told by silent"),
        ),
        (balancer(("HTTPS", 443, ("silent",)), ("SSL", 8443, ("old",))), Fails("port 8443 takes TLSv1, TLSv1.1")),
    ],
)
def test_old_tls(one: Balancer, verdict: Verdict) -> None:
    sticky = Policy(policy_name="stickiness", policy_type_name="LBCookieStickinessPolicyType")
    policies = [policy("new", "TLSv1.2"), policy("old", "TLSv1", "TLSv1.1", "TLSv1.2"), policy("silent"), sticky]
    assert elb.listeners_refuse_old_tls(one, policies) == verdict


def test_a_listener_with_tls_and_none_without() -> None:
    told = Holds("1 of 2 listeners speak TLS, none HTTP")
    assert elb.listeners_speak_tls(balancer(("HTTPS", 443, ()), ("TCP", 22, ()))) == told

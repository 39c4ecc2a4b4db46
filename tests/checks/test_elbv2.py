"""Load balancer checks, against real clients and as tables."""

from typing import Any

import pytest

from checks.elbv2 import balancers as elbv2
from checks.elbv2.evidence import Listener
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import judge_all
from tests.emulator import Emulator


def balancer(aws: Emulator, name: str, kind: str = "application", zones: str = "ab") -> Any:
    ec2 = aws.client("ec2")
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpcs[0]["VpcId"]]}])["Subnets"]
    chosen = [one["SubnetId"] for one in subnets if one["AvailabilityZone"][-1] in zones]
    made = aws.client("elbv2").create_load_balancer(Name=name, Type=kind, Subnets=chosen)
    return made["LoadBalancers"][0]["LoadBalancerArn"]


def listener(aws: Emulator, arn: str, protocol: str, port: int, **how: Any) -> str:
    action = how.pop("action", {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}})
    made = aws.client("elbv2").create_listener(
        LoadBalancerArn=arn, Protocol=protocol, Port=port, DefaultActions=[action], **how
    )
    found: str = made["Listeners"][0]["ListenerArn"]
    return found


def test_listeners_speak_tls_or_redirect(aws: Emulator) -> None:
    arn = balancer(aws, "web")
    plain = listener(aws, arn, "HTTP", 8080)
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    turned = listener(aws, arn, "HTTP", 80, action=redirect)
    certificate = aws.client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    secure = listener(
        aws, arn, "HTTPS", 443, Certificates=[{"CertificateArn": certificate}], SslPolicy="ELBSecurityPolicy-2016-08"
    )
    modern = listener(
        aws,
        arn,
        "HTTPS",
        8443,
        Certificates=[{"CertificateArn": certificate}],
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
    )
    seen = judge_all(aws, "elbv2", ["listeners_speak_tls", "listeners_refuse_old_tls"])
    assert seen["listeners_speak_tls"] == {
        plain: ("fails", "HTTP on port 8080"),
        turned: ("holds", "HTTP on port 80 redirects to HTTPS"),
        secure: ("holds", "HTTPS on port 443"),
        modern: ("holds", "HTTPS on port 8443"),
    }
    assert seen["listeners_refuse_old_tls"] == {
        plain: ("not applicable", "the listener speaks HTTP"),
        turned: ("not applicable", "the listener speaks HTTP"),
        secure: ("fails", "the policy is ELBSecurityPolicy-2016-08"),
        modern: ("holds", "the policy is ELBSecurityPolicy-TLS13-1-2-2021-06"),
    }


@pytest.mark.parametrize(
    ("policy", "holds"),
    [
        ("ELBSecurityPolicy-TLS-1-0-2015-04", False),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", False),
        ("ELBSecurityPolicy-FS-2018-06", False),
        ("ELBSecurityPolicy-FS-1-1-2019-08", False),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", False),
        ("ELBSecurityPolicy-TLS13-1-1-2021-06", False),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", True),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", True),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", True),
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", True),
        ("ELBSecurityPolicy-TLS13-1-0-PQ-2025-09", False),
        ("ELBSecurityPolicy-2015-05", False),
        ("ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04", False),
        ("ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04", False),
        ("ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04", True),
        ("ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09", True),
        ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", True),
    ],
)
def test_old_policies(policy: str, *, holds: bool) -> None:
    told = f"the policy is {policy}"
    one = Listener(listener_arn="l", protocol="HTTPS", ssl_policy=policy)
    assert elbv2.listeners_refuse_old_tls(one) == (Holds(told) if holds else Fails(told))


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (
            Listener(listener_arn="l", protocol="TLS"),
            CannotTell("the policy is not told, and not one whose versions of TLS are known here"),
        ),
        (
            Listener(listener_arn="l", protocol="HTTPS", ssl_policy="SomethingNew-2030-01"),
            CannotTell("the policy is SomethingNew-2030-01, and not one whose versions of TLS are known here"),
        ),
        (
            Listener(listener_arn="l", protocol="HTTPS", ssl_policy="ELBSecurityPolicy-TLS14-1-3-2030-01"),
            CannotTell(
                "the policy is ELBSecurityPolicy-TLS14-1-3-2030-01, and not one whose versions of TLS are known here"
            ),
        ),
    ],
)
def test_listeners_without_a_policy(one: Listener, verdict: Verdict) -> None:
    assert elbv2.listeners_refuse_old_tls(one) == verdict


def test_what_balancers_are_set_to(aws: Emulator) -> None:
    good, bad = balancer(aws, "good"), balancer(aws, "bad", zones="a")
    network = balancer(aws, "network", kind="network")
    aws.client("s3").create_bucket(Bucket="logs")
    aws.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=good,
        Attributes=[
            {"Key": "access_logs.s3.enabled", "Value": "true"},
            {"Key": "access_logs.s3.bucket", "Value": "logs"},
            {"Key": "deletion_protection.enabled", "Value": "true"},
            {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"},
            {"Key": "routing.http.desync_mitigation_mode", "Value": "defensive"},
        ],
    )
    aws.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=bad, Attributes=[{"Key": "routing.http.desync_mitigation_mode", "Value": "monitor"}]
    )
    expected = {
        "requests_are_logged": {
            good: ("holds", "access logs are on"),
            bad: ("fails", "access logs are off"),
            network: ("not applicable", "without a TLS listener a network load balancer writes no access logs"),
        },
        "balancers_are_protected_from_deletion": {
            good: ("holds", "deletion protection is on"),
            bad: ("fails", "it is off"),
            network: ("fails", "it is off"),
        },
        "malformed_headers_are_dropped": {
            good: ("holds", "they are dropped"),
            bad: ("fails", "they are passed on"),
            network: ("not applicable", "a network load balancer reads no headers"),
        },
        "odd_requests_are_not_forwarded": {
            good: ("holds", "the mode is defensive"),
            bad: ("fails", "the mode is monitor"),
            network: ("not applicable", "a network load balancer reads no requests"),
        },
        "balancers_span_zones": {
            good: ("holds", "in us-east-1a, us-east-1b"),
            bad: ("fails", "in us-east-1a alone"),
            network: ("holds", "in us-east-1a, us-east-1b"),
        },
    }
    assert judge_all(aws, "elbv2", expected) == expected


SOURCE = elbv2.LogSource(name="s", resource_arns=("b",), log_type="ALB_ACCESS_LOGS")
DELIVERY = elbv2.LogDelivery(delivery_source_name="s", delivery_destination_arn="arn:aws:logs:::d")
OFF = Fails("access logs are off")


@pytest.mark.parametrize(
    ("kind", "source", "deliveries", "protocol", "verdict"),
    [
        ("application", SOURCE, [DELIVERY], "HTTP", Holds("access logs go to arn:aws:logs:::d")),
        ("network", SOURCE, [DELIVERY], "TLS", Holds("access logs go to arn:aws:logs:::d")),
        ("application", SOURCE, [], "HTTP", OFF),
        ("application", SOURCE.model_copy(update={"log_type": "ALB_CONNECTION_LOGS"}), [DELIVERY], "HTTP", OFF),
        ("application", SOURCE.model_copy(update={"resource_arns": ("c",)}), [DELIVERY], "HTTP", OFF),
        ("network", SOURCE, [], "TLS", OFF),
        (
            "network",
            SOURCE,
            [DELIVERY],
            "TCP",
            NotApplicable("without a TLS listener a network load balancer writes no access logs"),
        ),
        ("gateway", SOURCE, [], "GENEVE", NotApplicable("gateway load balancers have no access logs")),
    ],
)
def test_logs_through_cloudwatch(
    kind: str, source: elbv2.LogSource, deliveries: list[elbv2.LogDelivery], protocol: str, verdict: Verdict
) -> None:
    """moto takes no load balancer as the source of a delivery."""
    one = elbv2.LoadBalancer(load_balancer_arn="b", load_balancer_name="b", type=kind, availability_zones=())
    heard = [Listener(listener_arn="l", protocol=protocol)]
    attributes = elbv2.Attributes(attributes=())
    assert elbv2.requests_are_logged(one, attributes, heard, [source], deliveries) == verdict


def test_no_balancer_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("elbv2.listeners_speak_tls") == {"region:us-east-1": "not applicable"}

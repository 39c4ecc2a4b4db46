"""What stands behind load balancers, and what their rules do, against real clients and as tables."""

from typing import Any

import pytest

from checks.elbv2 import balancers as elbv2
from checks.elbv2.evidence import Attributes, Listener, LoadBalancer, TargetGroup, TargetHealth
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from scanner.judge.discover import discover
from tests.checks.answers import answering, judge_all
from tests.checks.test_elbv2 import balancer, listener
from tests.emulator import Emulator, Told

REDIRECT = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
REGION = "region:us-east-1"


def vpc(aws: Emulator) -> str:
    found: str = aws.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    return found


def group(aws: Emulator, name: str, **how: Any) -> str:
    made = aws.client("elbv2").create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc(aws), **how)
    found: str = made["TargetGroups"][0]["TargetGroupArn"]
    return found


def test_rules_and_targets(aws: Emulator) -> None:
    arn = balancer(aws, "web")
    redirecting = listener(aws, arn, "HTTP", 80, action=REDIRECT)
    leaking = listener(aws, arn, "HTTP", 8080, action=REDIRECT)
    client = aws.client("elbv2")
    good = group(aws, "good", HealthCheckPath="/health")
    bare = group(aws, "bare")
    unused = group(aws, "unused")
    client.create_rule(
        ListenerArn=leaking,
        Conditions=[{"Field": "path-pattern", "Values": ["/old/*"]}],
        Priority=7,
        Actions=[{"Type": "forward", "TargetGroupArn": good}],
    )
    listener(aws, arn, "HTTP", 8081, action={"Type": "forward", "TargetGroupArn": bare})
    client.modify_target_group_attributes(
        TargetGroupArn=bare,
        Attributes=[
            {"Key": "stickiness.enabled", "Value": "true"},
            {"Key": "deregistration_delay.timeout_seconds", "Value": "0"},
        ],
    )
    image = aws.client("ec2").describe_images()["Images"][0]["ImageId"]
    made = aws.client("ec2").run_instances(ImageId=image, MinCount=3, MaxCount=3)["Instances"]
    ids = [one["InstanceId"] for one in made]
    client.register_targets(TargetGroupArn=good, Targets=[{"Id": ids[0]}, {"Id": ids[1]}])
    client.register_targets(TargetGroupArn=bare, Targets=[{"Id": ids[2]}])
    ill = group(aws, "ill", TargetType="ip")
    listener(aws, arn, "HTTP", 8082, action={"Type": "forward", "TargetGroupArn": ill})
    network = balancer(aws, "network", kind="network")
    packets = client.create_target_group(Name="packets", Protocol="TCP", Port=80, VpcId=vpc(aws))
    behind = packets["TargetGroups"][0]["TargetGroupArn"]
    passing = listener(aws, network, "TCP", 80, action={"Type": "forward", "TargetGroupArn": behind})
    # moto's targets are healthy for ever.
    reason = {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"}
    sick = [{"Target": {"Id": f"10.0.0.{n}", "Port": 80}, "TargetHealth": reason} for n in (1, 2)]
    answer = {"DescribeTargetHealth": {"TargetHealthDescriptions": sick}}
    names = sorted(name.partition(".")[2] for name in discover().checks if name.startswith("elbv2."))
    with answering("elbv2", answer, when={"TargetGroupArn": ill}):
        seen = judge_all(aws, "elbv2", names)
    rules = seen["rules_speak_tls"]
    assert rules[redirecting] == ("holds", "1 rules redirect to HTTPS")
    assert rules[leaking] == ("fails", "1 of 2 rules answer over HTTP: 7")
    assert rules[passing] == ("not applicable", "a network load balancer passes packets on")
    found = seen["health_checks_ask_the_application"]
    assert unused not in found, "nothing sends requests to it"
    assert found == {
        good: ("holds", "the path is /health"),
        bare: ("fails", "the path is /"),
        ill: ("fails", "the path is /"),
        behind: ("not applicable", "behind a network load balancer"),
    }
    every = ("holds", "HTTP every 30 s")
    assert seen["targets_are_checked_for_health"] == {
        good: every,
        bare: every,
        ill: every,
        behind: ("holds", "TCP every 30 s"),
    }
    assert seen["some_target_is_healthy"] == {
        good: ("holds", "2 of 2 targets are healthy"),
        bare: ("holds", "1 of 1 targets are healthy"),
        ill: ("fails", "0 of 2 targets are healthy"),
        behind: ("not applicable", "no target is judged: none is registered"),
    }
    assert seen["balancers_have_a_target_to_turn_to"] == {
        good: ("holds", "2 targets"),
        bare: ("fails", f"{ids[2]} is the only target"),
        ill: ("holds", "2 targets"),
        behind: ("not applicable", "the group serves nothing"),
    }
    assert only(seen["clients_are_not_tied_to_a_target"]) == {
        good: "holds",
        bare: "fails",
        ill: "holds",
        behind: "holds",
    }
    kept = ("holds", "the delay is 300 s")
    assert seen["requests_are_finished_before_a_target_leaves"] == {
        good: kept,
        bare: ("fails", "the delay is 0 s"),
        ill: kept,
        behind: kept,
    }
    assert seen["protocols_to_targets"] == {REGION: ("told", "target groups by protocol: 3 HTTP, 1 TCP")}
    assert seen["callers_are_authenticated"] == {}
    # AWS names a scheme; moto does not unless it was told.
    told = "load balancers: 1 application (no scheme), 1 network (no scheme)"
    assert seen["balancers_by_type"] == {REGION: ("told", told)}


LAMBDA = TargetGroup(target_group_arn="g", target_type="lambda", health_check_enabled=False)
ADDRESSES = TargetGroup(target_group_arn="g", target_type="ip", health_check_enabled=True, health_check_path="/")


def targets(*states: str) -> list[TargetHealth]:
    found = [{"target": {"id": f"t{n}"}, "target_health": {"state": state}} for n, state in enumerate(states)]
    return [TargetHealth.model_validate(one) for one in found]


@pytest.mark.parametrize(
    ("one", "states", "health", "others"),
    [
        (ADDRESSES, ("healthy", "draining"), Holds("1 of 1 targets are healthy"), Fails("t0 is the only target")),
        (ADDRESSES, ("initial",), CannotTell("no target is judged: initial"), Fails("t0 is the only target")),
        (
            LAMBDA,
            ("healthy",),
            NotApplicable("the target is a Lambda function"),
            NotApplicable("the target is of type lambda"),
        ),
    ],
)
def test_targets(one: TargetGroup, states: tuple[str, ...], health: Verdict, others: Verdict) -> None:
    assert elbv2.some_target_is_healthy(one, targets(*states)) == health
    assert elbv2.balancers_have_a_target_to_turn_to(one, targets(*states)) == others


def test_a_function_has_no_health_checks_of_its_own() -> None:
    told = NotApplicable("the target is a Lambda function, which has no instances to choose from")
    assert elbv2.targets_are_checked_for_health(LAMBDA) == told
    off = LAMBDA.model_copy(update={"target_type": "ip"})
    assert elbv2.targets_are_checked_for_health(off) == Fails("health checks are off")
    one = LoadBalancer(load_balancer_arn="b", load_balancer_name="b", type="application", availability_zones=())
    assert elbv2.health_checks_ask_the_application(one, LAMBDA) == NotApplicable("health checks are off")


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        ("strictest", Holds("the mode is strictest")),
        (None, Fails("the mode is not told")),
    ],
)
def test_odd_requests(mode: str | None, verdict: Verdict) -> None:
    pairs = ({"key": "routing.http.desync_mitigation_mode", "value": mode},) if mode else ()
    one = LoadBalancer(load_balancer_arn="b", load_balancer_name="b", type="application", availability_zones=())
    assert elbv2.odd_requests_are_not_forwarded(one, Attributes.model_validate({"attributes": pairs})) == verdict


def test_who_is_asked_for_proof() -> None:
    mutual = {"mode": "verify"}
    signed = ({"type": "authenticate-oidc"}, {"type": "forward"})
    found = [
        Listener.model_validate({"listener_arn": "1", "protocol": "HTTPS", "mutual_authentication": mutual}),
        Listener.model_validate({"listener_arn": "2", "protocol": "HTTPS", "default_actions": signed}),
        Listener.model_validate({"listener_arn": "3", "protocol": "HTTP"}),
    ]
    assert elbv2.callers_are_authenticated(found) == (
        "of 2 HTTPS listeners 1 take client certificates, 1 ask for a sign-in by default"
    )


def only(told: Told) -> dict[str, str]:
    """The verdicts, where the reason is tested elsewhere."""
    return {resource: verdict for resource, (verdict, _) in told.items()}

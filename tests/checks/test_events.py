"""EventBridge: rules, their targets, and what is told of health and findings: against real clients and as tables."""

import json
from typing import Any

import pytest

from checks import events
from checks.ec2.evidence import AnyInterface
from checks.events import EventBus, Routed, Rule, RuleTarget
from checks.guardduty import Administrator, DetectorId
from checks.securityhub import Hub
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
RULE = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/"
BUS = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:ops"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:mend"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"


def test_rules_through_a_client(aws: Emulator) -> None:
    names = (
        *("rules_have_targets", "failed_events_are_kept", "event_buses_are_not_public", "health_events_are_told"),
        *("security_findings_are_routed", "rules", "responses", "buses"),
    )
    empty = judge_all(aws, "events", names)
    assert empty["rules"] == empty["responses"] == empty["buses"] == {}
    none = {REGION: ("not applicable", "there is none: events:ListRules listed nothing")}
    assert empty["rules_have_targets"] == none
    unused = ("not applicable", "the bus has no policy: its own account alone uses it")
    assert empty["event_buses_are_not_public"] == {BUS + "default": unused}
    assert empty["health_events_are_told"] == {
        REGION: ("not applicable", "nothing in the region has a network interface")
    }

    subnet = aws.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    aws.client("ec2").create_network_interface(SubnetId=subnet)
    aws.client("guardduty").create_detector(Enable=True)
    client = aws.client("events")
    client.put_rule(Name="macie", EventPattern=json.dumps({"source": ["aws.macie"]}))
    client.put_targets(Rule="macie", Targets=[{"Id": "1", "Arn": TOPIC}])
    assert judge_all(aws, "events", names[3:5]) == {
        "health_events_are_told": {REGION: ("fails", "no rule with a target asks for events of aws.health")},
        "security_findings_are_routed": {REGION: ("fails", "no rule with a target asks for findings")},
    }
    client.remove_targets(Rule="macie", Ids=["1"])
    client.delete_rule(Name="macie")
    client.put_rule(Name="health", EventPattern=json.dumps({"source": ["aws.health"]}))
    client.put_targets(Rule="health", Targets=[{"Id": "1", "Arn": TOPIC, "DeadLetterConfig": {"Arn": QUEUE}}])
    client.put_rule(Name="mend", EventPattern=json.dumps({"source": ["aws.guardduty", "own"]}))
    client.put_targets(Rule="mend", Targets=[{"Id": "1", "Arn": FUNCTION}])
    client.put_rule(Name="lost", ScheduleExpression="rate(1 day)")
    client.put_rule(Name="off", ScheduleExpression="rate(1 day)", State="DISABLED")
    client.create_event_bus(Name="orders")
    open_ = {
        "Sid": "all",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": BUS + "orders",
    }
    client.put_permission(EventBusName="orders", Policy=json.dumps({"Version": "2012-10-17", "Statement": [open_]}))
    client.create_event_bus(Name="shared")
    bound = {**open_, "Resource": BUS + "shared", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
    client.put_permission(EventBusName="shared", Policy=json.dumps({"Version": "2012-10-17", "Statement": [bound]}))
    told = judge_all(aws, "events", names)
    assert told["rules_have_targets"] == {
        RULE + "health": ("holds", "targets: sns"),
        RULE + "mend": ("holds", "targets: lambda"),
        RULE + "lost": ("fails", "the rule has no target"),
        RULE + "off": ("not applicable", "the rule is disabled"),
    }
    assert told["failed_events_are_kept"] == {
        RULE + "health": ("holds", "1 targets have a dead-letter queue"),
        RULE + "mend": ("fails", "no dead-letter queue for 1"),
        RULE + "lost": ("not applicable", "the rule sends nothing"),
        RULE + "off": ("not applicable", "the rule sends nothing"),
    }
    assert told["event_buses_are_not_public"] == {
        BUS + "default": unused,
        BUS + "orders": ("fails", "the policy is open: statement 'all' lets everyone do events:PutEvents"),
        BUS + "shared": ("holds", "the policy lets in nobody in general"),
    }
    assert told["health_events_are_told"] == {REGION: ("holds", "by the rule health")}
    assert told["security_findings_are_routed"] == {REGION: ("holds", "by mend")}
    assert told["rules"] == {
        REGION: ("told", "4 event rules, 2 of them on a schedule, 1 disabled; targets by service: lambda 1, sns 1")
    }
    assert told["responses"] == {REGION: ("told", "events that start something: aws.guardduty starts lambda")}
    assert told["buses"] == {REGION: ("told", "event buses: orders, shared; archives: none")}


def route(pattern: dict[str, Any], *targets: str, **changes: Any) -> Routed:
    fields = {
        "name": "r",
        "arn": "r",
        "state": "ENABLED",
        "event_bus_name": "default",
        "event_pattern": json.dumps(pattern),
    }
    return Routed(Rule.model_validate(fields | changes), tuple(RuleTarget(id="1", arn=arn) for arn in targets))


HEALTH = {"source": ["aws.health"]}


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (route(HEALTH, TOPIC), ["r"]),
        (route({"source": [{"prefix": "aws."}]}, TOPIC), ["r"]),
        (route({"source": [{"prefix": ""}]}, TOPIC), []),
        (route({"source": [{"anything-but": "aws.health"}]}, TOPIC), []),
        (route({"source": ["aws.ec2"]}, TOPIC), []),
        (route({"source": [{"wildcard": "aws.h*"}]}, TOPIC), ["r"]),
        (route({"source": [{"wildcard": "*"}]}, TOPIC), []),
        (route({"source": [{"equals-ignore-case": "AWS.Health"}]}, TOPIC), ["r"]),
        (route({"detail-type": ["AWS Health Event"]}, TOPIC), ["r"]),
        (route({"detail-type": ["GuardDuty Finding"]}, TOPIC), []),
        (route(HEALTH, TOPIC, managed_by="inspector2.amazonaws.com"), []),
        (route(HEALTH, TOPIC, managed_by="notifications.amazonaws.com"), ["r"]),
        (route(HEALTH), []),
        (route(HEALTH, TOPIC, state="DISABLED"), []),
        (route(HEALTH, TOPIC, state="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"), ["r"]),
    ],
)
def test_what_rules_are_about(one: Routed, told: list[str]) -> None:
    assert events.rules_about([one], "aws.health") == told


INTERFACE = AnyInterface(network_interface_id="eni-1")
DETECTOR = DetectorId(value="d")
HUB = Hub(hub_arn="h")
UNTOLD = Fails("no rule with a target asks for findings")


@pytest.mark.parametrize(
    ("routes", "detectors", "hub", "verdict"),
    [
        ([route({"source": ["aws.guardduty"]}, TOPIC)], [], HUB, UNTOLD),
        ([route({"source": ["aws.securityhub"]}, TOPIC)], [DETECTOR], None, UNTOLD),
        ([route(HEALTH, TOPIC)], [], HUB, UNTOLD),
        ([route({"source": ["aws.securityhub"]}, TOPIC)], [], HUB, Holds("by r")),
    ],
)
def test_security_findings_are_routed(
    routes: list[Routed], detectors: list[DetectorId], hub: Hub | None, verdict: Verdict
) -> None:
    assert events.security_findings_are_routed(routes, detectors, hub, []) == verdict


def test_an_administrator_may_have_the_rule() -> None:
    other = Administrator(account_id="9", relationship_status="Enabled")
    told = CannotTell("no rule here asks for findings; 9 administers GuardDuty, and may have one")
    assert events.security_findings_are_routed([], [DETECTOR], None, [other]) == told


@pytest.mark.parametrize(
    "pattern",
    [
        {"account": [ACCOUNT]},
        {"source": [{"prefix": ""}]},
        {"source": [{"wildcard": "*"}]},
        {"source": [{"anything-but": "own"}]},
        {"source": [{"exists": True}]},
    ],
)
def test_a_rule_for_everything_may_tell(pattern: dict[str, Any]) -> None:
    told = CannotTell("no rule names aws.health; r takes events of many sources")
    assert events.health_events_are_told([route(pattern, TOPIC)], [INTERFACE]) == told
    of_aws = route(pattern, TOPIC, managed_by="prod.vhs.events.aws.internal")
    assert isinstance(events.health_events_are_told([of_aws, route(pattern)], [INTERFACE]), Fails)


def test_rules_that_aws_manages_and_archives() -> None:
    managed = route({}, managed_by="autoscaling.amazonaws.com")
    assert events.rules_have_targets(managed) == NotApplicable("autoscaling.amazonaws.com manages it")
    assert events.failed_events_are_kept(route(HEALTH, TOPIC, managed_by="x")) == NotApplicable("x manages it")
    archive = route({}, name="Events-Archive-orders", managed_by="prod.vhs.events.aws.internal")
    assert (
        events.buses([EventBus(name="default", arn="b")], [archive]) == "event buses: the default one; archives: orders"
    )
    assert events.rules([archive]) is None

"""Traces, objectives, canaries, monitors, links, schedules, schemas, chat and notifications: prepared answers and tables."""

from typing import Any

import pytest

from checks import synthetics, xray
from checks.synthetics import Canary, LastRun
from checks.xray import Node, SamplingRule
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
HOME = f"account:{ACCOUNT}"
FACTS = (
    "application_signals.objectives",
    "chatbot.channels",
    "devops_guru.insights",
    "notifications.what_is_told",
    "oam.links_to_monitoring_accounts",
    "rum.monitors",
    "scheduler.schedules",
    "schemas.schemas_by_registry",
    "synthetics.canaries",
    "xray.groups_and_sampling",
    "xray.service_graph",
)


def test_an_account_without_any_of_it_tells_nothing(aws: Emulator) -> None:
    assert [aws.judge(fact) for fact in FACTS] == [{}] * len(FACTS)


def test_objectives(aws: Emulator) -> None:
    slo = f"arn:aws:application-signals:us-east-1:{ACCOUNT}:slo/"
    listed = {"SloSummaries": [{"Arn": slo + name, "Name": name} for name in ("fast", "new", "up")]}

    def report(name: str, status: str, attainment: float | None = None) -> dict[str, Any]:
        told = {"Arn": slo + name, "Name": name, "BudgetStatus": status, "Goal": {"AttainmentGoal": 99.9}}
        return told | ({} if attainment is None else {"Attainment": attainment})

    reports = [report("fast", "BREACHED", 98.5), report("new", "INSUFFICIENT_DATA"), report("up", "WARNING", 99.95)]
    budget = {"Timestamp": "2026-11-23T12:00:00Z", "Reports": reports, "Errors": []}
    operations: dict[str, dict[str, Any]] = {
        "ListServiceLevelObjectives": listed,
        "BatchGetServiceLevelObjectiveBudgetReport": budget,
    }
    with answering("application-signals", operations):
        told = judge_all(aws, "application_signals", ("objectives_are_met", "objectives"))
    assert told["objectives_are_met"] == {
        slo + "fast": ("fails", "the budget is BREACHED, 98.50 % of 99.9 %"),
        slo + "new": ("unknown", "the budget is INSUFFICIENT_DATA"),
        slo + "up": ("holds", "the budget is WARNING, 99.95 % of 99.9 %"),
    }
    assert told["objectives"] == {REGION: ("told", "3 service level objectives: fast, new, up")}


def canary(state: str = "RUNNING", expression: str = "rate(5 minutes)") -> Canary:
    fields = {"name": "c", "status": {"state": state}, "schedule": {"expression": expression}}
    return Canary.model_validate(fields, strict=False)


def last(state: str) -> LastRun:
    return LastRun.model_validate({"canary_name": "c", "last_run": {"status": {"state": state}}}, strict=False)


@pytest.mark.parametrize(
    ("one", "runs", "running", "passed"),
    [
        (
            canary(),
            [last("RUNNING")],
            Holds("the state is RUNNING"),
            CannotTell("a run is under way, and how the one before it ended is not told"),
        ),
        (canary(), [], Holds("the state is RUNNING"), NotApplicable("it has not run yet")),
        (canary("STOPPED"), [], Fails("the state is STOPPED"), NotApplicable("the state is STOPPED")),
        (canary("ERROR"), [], Fails("the state is ERROR"), NotApplicable("the state is ERROR")),
        (canary("UPDATING"), [], NotApplicable("the state is UPDATING"), NotApplicable("the state is UPDATING")),
        (
            canary("STOPPED", "rate(0 minute)"),
            [],
            NotApplicable("it runs when somebody starts it"),
            NotApplicable("the state is STOPPED"),
        ),
    ],
)
def test_canaries(one: Canary, runs: list[LastRun], running: Verdict, passed: Verdict) -> None:
    assert synthetics.canaries_are_running(one) == running
    assert synthetics.canaries_passed_last(one, runs) == passed


def test_one_canary_that_runs_is_enough() -> None:
    runs = synthetics.a_canary_is_running
    assert runs([canary("STOPPED"), canary()]) == Holds("1 of 2 run: c")
    assert runs([canary("STOPPED"), canary("ERROR")]) == Fails("none of 2 canaries runs")
    assert runs([canary("STOPPED"), canary("STARTING")]) == CannotTell("none runs, and some are STARTING")
    assert runs([canary(expression="rate(0 minute)")]) == NotApplicable("no canary runs on a schedule")


def test_canaries_through_a_client(aws: Emulator) -> None:
    aws.client("synthetics").create_canary(
        Name="shop",
        Code={"Handler": "index.handler"},
        ArtifactS3Location="s3://artifacts",
        ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/canary",
        Schedule={"Expression": "rate(5 minutes)"},
        RuntimeVersion="syn-nodejs-puppeteer-9.0",
    )
    names = ("canaries_are_running", "canaries_passed_last", "a_canary_is_running", "canaries")
    arn = f"arn:aws:synthetics:us-east-1:{ACCOUNT}:canary:"
    assert judge_all(aws, "synthetics", names) == {
        "canaries_are_running": {arn + "shop": ("fails", "the state is READY")},
        "canaries_passed_last": {arn + "shop": ("not applicable", "the state is READY")},
        "a_canary_is_running": {REGION: ("fails", "none of 1 canaries runs")},
        "canaries": {REGION: ("told", "1 canaries, 0 running: shop")},
    }
    # moto starts none.
    timed, once = {"Expression": "rate(5 minutes)"}, {"Expression": "rate(0 minute)"}
    found = [
        {"Name": "shop", "Status": {"State": "RUNNING"}, "Schedule": timed},
        {"Name": "cart", "Status": {"State": "RUNNING"}, "Schedule": timed},
        {"Name": "once", "Status": {"State": "STOPPED"}, "Schedule": once},
    ]
    runs = [
        {"CanaryName": name, "LastRun": {"Name": name, "Status": {"State": state}}}
        for name, state in (("shop", "PASSED"), ("cart", "FAILED"))
    ]
    operations: dict[str, dict[str, Any]] = {
        "DescribeCanaries": {"Canaries": found},
        "DescribeCanariesLastRun": {"CanariesLastRun": runs},
    }
    with answering("synthetics", operations):
        told = judge_all(aws, "synthetics", names)
    assert told == {
        "canaries_are_running": {
            arn + "shop": ("holds", "the state is RUNNING"),
            arn + "cart": ("holds", "the state is RUNNING"),
            arn + "once": ("not applicable", "it runs when somebody starts it"),
        },
        "canaries_passed_last": {
            arn + "shop": ("holds", "the last run passed"),
            arn + "cart": ("fails", "the last run failed"),
            arn + "once": ("not applicable", "the state is STOPPED"),
        },
        "a_canary_is_running": {REGION: ("holds", "2 of 2 run: cart, shop")},
        "canaries": {REGION: ("told", "3 canaries, 2 running: cart, once, shop")},
    }


def sampling(name: str = "Default", rate: float = 0.05, reservoir: int = 1) -> SamplingRule:
    rule = {"rule_name": name, "priority": 1, "fixed_rate": rate, "reservoir_size": reservoir, "service_name": "*"}
    return SamplingRule.model_validate({"sampling_rule": rule}, strict=False)


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ([sampling()], NotApplicable("only the default rule is there, as AWS made it")),
        ([], NotApplicable("only the default rule is there, as AWS made it")),
        ([sampling(), sampling("health", 0, 0)], Holds("2 sampling rules; the default rule samples requests")),
        (
            [sampling(rate=0, reservoir=0), sampling("shop", 1, 1)],
            NotApplicable("the default rule samples nothing, and others sample what they name"),
        ),
    ],
)
def test_requests_are_sampled(rules: list[SamplingRule], verdict: Verdict) -> None:
    assert xray.requests_are_sampled(rules) == verdict


def test_groups_of_traces(aws: Emulator) -> None:
    def group(name: str, told: bool) -> dict[str, Any]:
        return {"GroupName": name, "InsightsConfiguration": {"InsightsEnabled": True, "NotificationsEnabled": told}}

    names = ("insights_are_told", "groups_and_sampling", "requests_are_sampled")
    with answering("xray", {"GetGroups": {"Groups": [group("shop", False), group("cart", True)]}}):
        told = judge_all(aws, "xray", names)
    assert told == {
        "insights_are_told": {REGION: ("fails", "no notifications for shop")},
        "groups_and_sampling": {
            REGION: ("told", "trace groups: cart, shop; 2 look for insights; 0 sampling rules beside the default")
        },
        "requests_are_sampled": {REGION: ("not applicable", "only the default rule is there, as AWS made it")},
    }

    def rules(rate: float, reservoir: int) -> dict[str, Any]:
        anything = dict.fromkeys(("ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath"), "*")
        size = {"Priority": 10000, "FixedRate": rate, "ReservoirSize": reservoir}
        return {"SamplingRuleRecords": [{"SamplingRule": {"RuleName": "Default", "Version": 1, **size, **anything}}]}

    with answering("xray", {"GetGroups": {"Groups": [group("cart", True)]}, "GetSamplingRules": rules(0.5, 1)}):
        assert judge_all(aws, "xray", names[::2]) == {
            "insights_are_told": {REGION: ("holds", "notifications for 1 groups")},
            "requests_are_sampled": {REGION: ("holds", "1 sampling rules; the default rule samples requests")},
        }
    with answering("xray", {"GetSamplingRules": rules(0.0, 0)}):
        lost = "the default rule samples nothing, and no other rule samples anything"
        assert judge_all(aws, "xray", names[::2]) == {
            "insights_are_told": {REGION: ("not applicable", "no group looks for insights")},
            "requests_are_sampled": {REGION: ("fails", lost)},
        }


TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:ops"
SLACK = {
    "SlackTeamName": "t",
    "SlackTeamId": "T1",
    "SlackChannelId": "C1",
    "SlackChannelName": "ops",
    "ChatConfigurationArn": "arn:aws:chatbot::1:chat-configuration/slack-channel/ops",
    "IamRoleArn": "arn:aws:iam::1:role/chat",
    "SnsTopicArns": [TOPIC],
}
CONFIGURATION = {
    "arn": f"arn:aws:notifications::{ACCOUNT}:configuration/a",
    "name": "a",
    "description": "a",
    "status": "ACTIVE",
    "creationTime": "2026-11-01T00:00:00Z",
}
SOURCE = {
    "arn": f"arn:aws:notifications::{ACCOUNT}:configuration/a/rule/r",
    "notificationConfigurationArn": CONFIGURATION["arn"],
    "creationTime": "2026-11-01T00:00:00Z",
    "source": "aws.health",
    "eventType": "AWS Health Event",
    "eventPattern": "",
    "regions": ["us-east-1"],
    "managedRules": [],
    "statusSummaryByRegion": {},
}
LINK = {"SinkArn": "arn:aws:oam:us-east-1:999999999999:sink/1", "ResourceTypes": ["AWS::Logs::LogGroup"]}
HEALTH = {"OpenReactiveInsights": 1, "OpenProactiveInsights": 2, "MetricsAnalyzed": 30, "ResourceHours": 5}
TOLD: list[tuple[str, str, dict[str, dict[str, Any]], str, str]] = [
    (
        "chatbot",
        "chatbot.channels",
        {"DescribeSlackChannelConfigurations": {"SlackChannelConfigurations": [SLACK]}},
        HOME,
        "chat channels that hear of alarms and events: Slack ops (1 topics)",
    ),
    (
        "notifications",
        "notifications.what_is_told",
        {
            "ListNotificationConfigurations": {"notificationConfigurations": [CONFIGURATION]},
            "ListChannels": {"channels": ["arn:aws:notifications-contacts::1:emailcontact/e"]},
            "ListEventRules": {"eventRules": [SOURCE]},
        },
        HOME,
        "1 notification configurations about aws.health, over 1 channels",
    ),
    (
        "oam",
        "oam.links_to_monitoring_accounts",
        {"ListLinks": {"Items": [LINK]}},
        REGION,
        "shown to 999999999999: LogGroup; sinks here: none",
    ),
    (
        "devops-guru",
        "devops_guru.insights",
        {"DescribeAccountHealth": HEALTH},
        REGION,
        "DevOps Guru analyses 30 metrics; open insights: 1 about what goes wrong, 2 about what may",
    ),
    (
        "rum",
        "rum.monitors",
        {"ListAppMonitors": {"AppMonitorSummaries": [{"Name": "shop", "State": "ACTIVE"}]}},
        REGION,
        "RUM app monitors: shop (ACTIVE)",
    ),
    (
        "schemas",
        "schemas.schemas_by_registry",
        {
            "ListRegistries": {"Registries": [{"RegistryName": "discovered"}]},
            "ListSchemas": {
                "Schemas": [{"SchemaName": "Order", "VersionCount": 2}, {"SchemaName": "Refund", "VersionCount": 1}]
            },
        },
        REGION,
        "2 schemas of events in discovered; 1 have more than one version",
    ),
]


@pytest.mark.parametrize(("service", "fact", "operations", "where", "says"), TOLD, ids=[one[1] for one in TOLD])
def test_facts(
    aws: Emulator, service: str, fact: str, operations: dict[str, dict[str, Any]], where: str, says: str
) -> None:
    with answering(service, operations):
        assert aws.judge(fact) == {where: ("told", says)}


def test_the_service_graph() -> None:
    def node(name: str, kind: str, faults: int = 0, throttles: int = 0) -> Node:
        numbers = {
            "total_count": 50,
            "fault_statistics": {"total_count": faults},
            "error_statistics": {"throttle_count": throttles},
        }
        return Node.model_validate({"name": name, "type": kind, "summary_statistics": numbers}, strict=False)

    found = [
        node("user", "client", 9),
        node("shop", "AWS::Lambda", 2),
        node("cart", "AWS::Lambda", 7),
        node("orders", "AWS::DynamoDB::Table", 0, 4),
        node("pay.example.com", "remote"),
    ]
    assert xray.service_graph(found) == (
        "traced requests passed through 4 services in six hours; faults: cart 7 of 50, shop 2 of 50; "
        "throttled: orders; traces end at: pay.example.com"
    )
    assert xray.service_graph(found[:1]) is None


def test_schedules(aws: Emulator) -> None:
    client = aws.client("scheduler")
    for name, target in (("nightly", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"), ("stop", "arn:aws:scheduler:::aws-sdk:ec2:stopInstances")):  # fmt: skip
        keeps = {"DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"}} if name == "stop" else {}
        client.create_schedule(
            Name=name,
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": target, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r", **keeps},
        )
    told = "2 schedules in 1 groups, 0 disabled, by service: ec2 1, lambda 1"
    assert aws.judge("scheduler.schedules") == {REGION: ("told", told)}
    arn = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/"
    assert aws.judge("scheduler.failed_calls_are_kept") == {
        f"{arn}nightly": ("fails", "no dead-letter queue is set"),
        f"{arn}stop": ("holds", f"kept in arn:aws:sqs:us-east-1:{ACCOUNT}:dead"),
    }

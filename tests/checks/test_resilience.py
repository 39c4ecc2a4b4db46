"""Alarms that somebody hears, levers that work, and what hangs on what: against real clients, and as tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import alarms, coupling, levers
from checks.alarms import OldestMessage, QueueName
from checks.changes import History
from checks.cloudformation import Stack
from checks.cloudwatch.evidence import Alarm
from checks.codepipeline import Pipeline
from checks.ec2.evidence import AnyInterface
from checks.ec2.rules import SecurityGroup
from checks.events import Rule
from checks.hearing import Heard
from checks.iam.evidence import OidcProvider
from checks.lambda_.evidence import EventSource
from checks.servicequotas import AutoManagement
from checks.sns import Subscription
from checks.ssm.evidence import Document, Execution
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
HOME = f"account:{ACCOUNT}"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make_alarm(aws: Emulator, name: str, namespace: str, dimensions: dict[str, str], *actions: str) -> None:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName="M",
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        EvaluationPeriods=1,
        Period=60,
        Statistic="Average",
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=list(actions),
    )


def test_who_hears(aws: Emulator) -> None:
    sns, rds, sqs = aws.client("sns"), aws.client("rds"), aws.client("sqs")
    loud, silent = (sns.create_topic(Name=name)["TopicArn"] for name in ("loud", "silent"))
    sns.subscribe(TopicArn=loud, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q")
    abroad = "arn:aws:sns:us-east-1:210987654321:central"
    made = {}
    for name in ("heard", "deaf", "bare", "abroad", "dev"):
        made[name] = rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            MasterUsername="u",
            MasterUserPassword="not-a-secret",
            AllocatedStorage=20,
            Tags=[{"Key": "environment", "Value": "dev" if name == "dev" else "production"}],
        )["DBInstance"]["DBInstanceArn"]
    for name, topic in (("heard", loud), ("deaf", silent), ("abroad", abroad)):
        make_alarm(aws, f"disk-{name}", "AWS/RDS", {"DBInstanceIdentifier": name}, topic)
    scaling = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:scalingPolicy:1:policyName/p"
    make_alarm(aws, "scale", "AWS/RDS", {"DBInstanceIdentifier": "bare"}, scaling)
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    front = aws.client("elbv2").create_load_balancer(Name="front", Subnets=subnets)["LoadBalancers"][0][
        "LoadBalancerArn"
    ]
    make_alarm(aws, "sick", "AWS/ApplicationELB", {"LoadBalancer": front.partition(":loadbalancer/")[2]}, loud)
    for name in ("quick", "stuck", "idle"):
        sqs.create_queue(QueueName=name)
    moment = datetime.now(UTC) - timedelta(hours=30)
    for name, seconds in (("quick", 600.0), ("stuck", 90_000.0)):
        dimension = [{"Name": "QueueName", "Value": name}]
        point = {
            "MetricName": "ApproximateAgeOfOldestMessage",
            "Dimensions": dimension,
            "Value": seconds,
            "Timestamp": moment,
        }
        aws.client("cloudwatch").put_metric_data(Namespace="AWS/SQS", MetricData=[point])
    names = [
        "failing_databases_are_heard",
        "failing_balancers_are_heard",
        "queues_that_back_up_are_heard",
        "quotas_are_followed_by_something",
        "who_hears_alarms",
    ]
    told = judge_all(aws, "alarms", names)
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:"
    waited = "the oldest message of the past 14 days waited for"
    assert told == {
        names[0]: {
            made["heard"]: ("holds", "disk-heard reaches somebody"),
            made["deaf"]: ("fails", "disk-deaf watches it, and reaches nobody"),
            made["bare"]: ("fails", "scale watches it, and reaches nobody"),
            made["abroad"]: (
                "unknown",
                "it cannot be told whether disk-abroad watches it, or who hears it",
            ),
            made["dev"]: ("not applicable", "the tag environment says dev"),
        },
        names[1]: {front: ("holds", "sick reaches somebody")},
        names[2]: {
            f"{queue}quick": ("holds", f"{waited} 0.2 hours"),
            f"{queue}stuck": ("fails", f"{waited} 25.0 hours; no alarm watches it"),
            f"{queue}idle": ("not applicable", "no age of a message was measured in the past 14 days"),
        },
        names[3]: {HOME: ("not applicable", "no region has a network interface")},
        names[4]: {REGION: ("told", "2 of 5 alarms reach somebody, of 1 it cannot be told")},
    }
    quotas = names[3]
    ec2.create_network_interface(SubnetId=subnets[0])
    told_of = "no alarm, no automatic management, no rule and no quota monitor"
    assert judge_all(aws, "alarms", [quotas]) == {quotas: {HOME: ("fails", told_of)}}
    events = aws.client("events")
    events.put_rule(Name="limits", EventPattern='{"source": ["aws.trustedadvisor"]}')
    assert judge_all(aws, "alarms", [quotas]) == {quotas: {HOME: ("holds", "rules: limits")}}
    # A rule on alarms may hear every one of them.
    events.put_rule(Name="all", EventPattern='{"source": ["aws.cloudwatch"]}')
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": loud}])
    assert judge_all(aws, "alarms", names[:1])[names[0]][made["deaf"]][0] == "unknown"


def alarm(**changes: object) -> Alarm:
    fields = {"alarm_arn": "a", "alarm_name": "age", "actions_enabled": True, "state_value": "OK"}
    return Alarm.model_validate(fields | changes, strict=False)


def test_a_queue_that_backs_up_and_is_heard() -> None:
    one = alarm(namespace="AWS/SQS", metric_name="M", dimensions=[{"name": "QueueName", "value": "q"}])
    age = OldestMessage(id="m", status_code="Complete", timestamps=(NOW,), values=(36_000.0,))
    told = "the oldest message of the past 14 days waited for 10.0 hours"
    queue = QueueName(value="https://sqs.us-east-1.amazonaws.com/1/q")
    assert queue.value == "q"
    assert alarms.queues_that_back_up_are_heard(queue, age, Heard((one,), (), ())) == Holds(
        f"{told}; age reaches somebody"
    )
    deaf = Fails(f"{told}; age watches it, and reaches nobody")
    assert alarms.queues_that_back_up_are_heard(queue, age, Heard((), (), (one,))) == deaf


SOME = [AnyInterface(network_interface_id="eni-1")]


def stack(name: str) -> Stack:
    return Stack(stack_id="s", stack_name=name, stack_status="CREATE_COMPLETE")


def rule(source: str, state: str = "ENABLED") -> Rule:
    return Rule(name="r", arn="r", state=state, event_bus_name="default", event_pattern=f'{{"source": ["{source}"]}}')


QUEUE = f"arn:aws:sns:eu-west-1:{ACCOUNT}:oncall"


def watching(*actions: str) -> Alarm:
    return alarm(alarm_name="q", metrics=[{"expression": "m/SERVICE_QUOTA(m)"}], alarm_actions=actions)


@pytest.mark.parametrize(
    ("watched", "managed", "rules", "stacks", "verdict"),
    [
        ([watching(QUEUE)], [], [], [], Holds("alarms: q")),
        (
            [watching()],
            [],
            [],
            [],
            Fails("the alarm q reaches nobody; no automatic management, no rule and no quota monitor"),
        ),
        ([watching(QUEUE.replace(ACCOUNT, "2"))], [], [], [], CannotTell("who hears the alarm q cannot be told")),
        ([watching()], [], [rule("aws.cloudwatch")], [], CannotTell("who hears the alarm q cannot be told")),
        ([], [AutoManagement(opt_in_status="ENABLED")], [], [], Holds("automatic management is on")),
        ([], [AutoManagement()], [rule("aws.trustedadvisor")], [], Holds("rules: r")),
        ([], [], [rule("aws.ec2")], [stack("QuotaMonitor-hub")], Holds("by its name: QuotaMonitor-hub")),
        (
            [],
            [AutoManagement()],
            [rule("aws.trustedadvisor", "DISABLED")],
            [stack("web")],
            Fails("no alarm, no automatic management, no rule and no quota monitor"),
        ),
    ],
)
def test_quotas_are_followed(
    watched: list[Alarm], managed: list[AutoManagement], rules: list[Rule], stacks: list[Stack], verdict: Verdict
) -> None:
    heard = [Subscription(subscription_arn="arn:s", topic_arn=QUEUE, protocol="sms")]

    def judged(interfaces: list[AnyInterface]) -> Verdict:
        return alarms.quotas_are_followed_by_something(
            watched, [], heard, managed, rules, stacks, [], interfaces, Target(ACCOUNT, "global")
        )

    assert judged(SOME) == verdict
    assert judged([]) == NotApplicable("no region has a network interface")


def document(name: str, kind: str = "Automation") -> Document:
    return Document(name=name, document_type=kind)


def run(name: str, status: str, day: int = 1) -> Execution:
    started = NOW - timedelta(days=day)
    return Execution(document_name=name, automation_execution_status=status, execution_start_time=started)


@pytest.mark.parametrize(
    ("documents", "executions", "lever", "recovery"),
    [
        (
            [document("Shed-Load"), document("Restore-Database"), document("Patch")],
            [run("Shed-Load", "Success"), run("Restore-Database", "Failed"), run("Patch", "Failed")],
            Holds("the last runs of Shed-Load succeeded"),
            Fails("did not succeed: Restore-Database (Failed)"),
        ),
        (
            [document("kill-switch"), document("dr-failover")],
            [run("kill-switch", "TimedOut", 1), run("kill-switch", "Success", 5), run("dr-failover", "InProgress")],
            Fails("did not succeed: kill-switch (TimedOut)"),
            CannotTell("no run of dr-failover to its end is in the history"),
        ),
        (
            [document("Restore-Database", "Command"), document("Patch")],
            [run("Restore-Database", "Failed")],
            NotApplicable("no own runbook is named like a lever"),
            NotApplicable("no own runbook is named like a recovery"),
        ),
    ],
)
def test_levers_and_recoveries(
    documents: list[Document], executions: list[Execution], lever: Verdict, recovery: Verdict
) -> None:
    assert levers.emergency_levers_work(documents, executions) == lever
    assert levers.recovery_runbooks_succeed(documents, executions) == recovery


BUILDS = OidcProvider(arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com")
CLUSTER = OidcProvider(arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/1")


def history(count: int) -> History:
    """So many changes by a person in the console."""
    record = {
        "event_type": "AwsApiCall",
        "session_credential_from_console": "true",
        "user_identity": {"type": "IAMUser"},
    }
    click = {
        "event_name": "RunInstances",
        "event_source": "ec2.amazonaws.com",
        "event_time": NOW,
        "cloud_trail_event": record,
    }
    return History.model_validate({"events": [click] * count}, strict=False)


@pytest.mark.parametrize(
    ("documents", "providers", "clicks", "verdict"),
    [
        ([], [], 3, NotApplicable("no path is seen, and 3 changes were made by hand in the console")),
        (
            [document("d", "Command")],
            [CLUSTER],
            12,
            Fails("12 changes were made by hand in the console, and no pipeline, runbook or stack is there for them"),
        ),
        ([document("d")], [BUILDS, CLUSTER], 12, Holds("1 runbooks, 1 identity providers from outside")),
    ],
)
def test_changes_have_a_written_path(
    documents: list[Document], providers: list[OidcProvider], clicks: int, verdict: Verdict
) -> None:
    found = [history(clicks)]
    assert levers.changes_have_a_written_path([], documents, [], providers, found) == verdict


def test_levers_through_a_client(aws: Emulator) -> None:
    content = (
        '{"schemaVersion": "0.3", "mainSteps": [{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]}'
    )
    aws.client("ssm").create_document(Name="Failover-Front", DocumentType="Automation", Content=content)
    names = [
        "emergency_levers_work",
        "recovery_runbooks_succeed",
        "changes_have_a_written_path",
        "levers_and_recoveries",
    ]
    assert judge_all(aws, "levers", names) == {
        names[0]: {REGION: ("not applicable", "no own runbook is named like a lever")},
        names[1]: {REGION: ("unknown", "no run of Failover-Front to its end is in the history")},
        names[2]: {HOME: ("holds", "1 runbooks")},
        names[3]: {REGION: ("told", "by their names, levers: none; recoveries: Failover-Front")},
    }
    for name in ("Shed-Load", "Kill-Switch", "Restore-Ledger"):
        aws.client("ssm").create_document(Name=name, DocumentType="Automation", Content=content)

    def ran(name: str, status: str, day: int = 1) -> dict[str, Any]:
        started = f"2026-11-{day:02}T08:00:00Z"
        return {"DocumentName": name, "AutomationExecutionStatus": status, "ExecutionStartTime": started}

    # A run that somebody ended says nothing, and an older failure is forgiven by a later success.
    well = [
        ran("Shed-Load", "Success", 2),
        ran("Shed-Load", "Failed"),
        ran("Kill-Switch", "Success"),
        ran("Kill-Switch", "Cancelled", 3),
        ran("Failover-Front", "CompletedWithSuccess"),
        ran("Restore-Ledger", "Success"),
    ]
    untried = {"DescribeAutomationExecutions": {"AutomationExecutionMetadataList": [ran("Shed-Load", "Success")]}}
    with answering("ssm", untried):
        told = "no run of Kill-Switch to its end is in the history; the last runs of Shed-Load succeeded"
        assert judge_all(aws, "levers", names[:1])[names[0]] == {REGION: ("unknown", told)}
    for more, lever, recovery in (
        (
            [],
            ("holds", "the last runs of Kill-Switch, Shed-Load succeeded"),
            ("holds", "the last runs of Failover-Front, Restore-Ledger succeeded"),
        ),
        (
            [ran("Shed-Load", "TimedOut", 5), ran("Restore-Ledger", "Failed", 5)],
            ("fails", "did not succeed: Shed-Load (TimedOut)"),
            ("fails", "did not succeed: Restore-Ledger (Failed)"),
        ),
    ):
        with answering("ssm", {"DescribeAutomationExecutions": {"AutomationExecutionMetadataList": [*well, *more]}}):
            assert judge_all(aws, "levers", names[:2]) == {names[0]: {REGION: lever}, names[1]: {REGION: recovery}}


def test_changes_without_a_written_path(aws: Emulator) -> None:
    body = {
        "eventType": "AwsApiCall",
        "sessionCredentialFromConsole": "true",
        "userIdentity": {"type": "IAMUser", "userName": "anna"},
    }
    click = {
        "EventName": "RunInstances",
        "EventSource": "ec2.amazonaws.com",
        "EventTime": "2026-11-20T10:00:00Z",
        "ReadOnly": "false",
        "Username": "anna",
        "CloudTrailEvent": json.dumps(body),
    }
    with answering("cloudtrail", {"LookupEvents": {"Events": [click] * 12}}):
        told = "12 changes were made by hand in the console, and no pipeline, runbook or stack is there for them"
        assert aws.judge("levers.changes_have_a_written_path", at=NOW) == {HOME: ("fails", told)}


def test_what_hangs_on_what(aws: Emulator) -> None:
    ec2, rds = aws.client("ec2"), aws.client("rds")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ids = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("db", "orders", "billing")
    }
    for name in ("orders", "billing"):
        pair = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": ids[name]}]}
        ec2.authorize_security_group_ingress(GroupId=ids["db"], IpPermissions=[pair])
    rds.create_db_instance(
        DBInstanceIdentifier="ledger",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        MasterUsername="u",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
        VpcSecurityGroupIds=[ids["db"]],
        Tags=[{"Key": "cell-id", "Value": "7"}],
    )
    aws.client("sqs").create_queue(QueueName="q")
    topic = aws.client("sns").create_topic(Name="t")["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q")
    template = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    aws.client("cloudformation").create_stack(StackName="distributed-load-testing", TemplateBody=template)
    names = [
        "links_that_do_not_wait",
        "who_reaches_databases",
        "parts_that_are_deployed_apart",
        "cells_in_tags",
        "traces_of_load_tests",
    ]
    assert judge_all(aws, "coupling", names) == {
        names[0]: {REGION: ("told", "links that do not wait for an answer: 1 queues; subscriptions over sqs 1")},
        names[1]: {REGION: ("told", "databases and the groups that reach them: ledger from billing, orders")},
        names[2]: {REGION: ("told", "parts that are deployed apart: 1 stacks")},
        names[3]: {REGION: ("told", "cells, shards or tenants in tags: 1 by cell-id")},
        names[4]: {REGION: ("told", "named like a load test: stack distributed-load-testing")},
    }


def test_nothing_hangs_on_nothing() -> None:
    assert coupling.links_that_do_not_wait([], [], []) is None
    assert coupling.traces_of_load_tests([], [], [], [], []) is None
    fed = [EventSource(event_source_arn=f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"), EventSource()]
    told = "links that do not wait for an answer: functions fed from a broker 1, kinesis 1"
    assert coupling.links_that_do_not_wait([], [], fed) == told
    group = SecurityGroup(group_id="g", group_name="g", ip_permissions=(), ip_permissions_egress=())
    assert coupling.who_reaches_databases([], [group]) is None
    actions: list[dict[str, Any]] = [
        {"name": "k6", "action_type_id": {"category": "Test", "owner": "AWS", "provider": "CodeBuild"}}
    ]
    pipeline = Pipeline.model_validate(
        {"name": "p", "role_arn": "r", "stages": [{"name": "s", "actions": actions}]}, strict=False
    )
    assert coupling.traces_of_load_tests([], [], [pipeline], [], []) == "named like a load test: action p/k6"

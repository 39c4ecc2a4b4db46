"""CloudWatch: alarms, what has none, and what dashboards show: against real clients and as tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.autoscaling import Group
from checks.cloudwatch import alarms, coverage, views
from checks.cloudwatch.evidence import (
    Alarm,
    AnomalyDetector,
    Composite,
    Dashboard,
    DashboardBody,
    Published,
    Stream,
    Watch,
    watching,
)
from checks.ec2.evidence import AnyInterface, Instance, State
from checks.ecs.evidence import Service
from checks.events import Routed, Rule, RuleTarget
from checks.route53 import HealthCheck, PublicZone
from checks.sns import Subscription
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:ops"
ARN = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:"
REGION = "region:us-east-1"
HOME = f"account:{ACCOUNT}"
HERE = Target(ACCOUNT, "us-east-1")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "MetricName": "CPUUtilization",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 90,
    "ComparisonOperator": "GreaterThanThreshold",
    "Statistic": "Average",
}


def alarm(*dimensions: tuple[str, str], **changes: Any) -> Alarm:
    fields = {
        "alarm_arn": ARN + "cpu",
        "alarm_name": "cpu",
        "actions_enabled": True,
        "alarm_actions": (TOPIC,),
        "alarm_description": "call the team",
        "state_value": "OK",
        "dimensions": [{"name": name, "value": value} for name, value in dimensions],
    }
    return Alarm.model_validate(fields | changes, strict=False)


def bare(kind: Any, **fields: Any) -> Any:
    """Evidence of which a check looks at these fields alone."""
    return kind.model_construct(**fields)


def composite(rule: str, **changes: Any) -> Composite:
    fields = {
        "alarm_arn": ARN + "both",
        "alarm_name": "both",
        "alarm_rule": rule,
        "actions_enabled": True,
        "alarm_actions": [TOPIC],
    }
    return Composite.model_validate(fields | changes, strict=False)


def route(pattern: dict[str, Any], *targets: str, state: str = "ENABLED") -> Routed:
    rule = Rule(name="r", arn="r", state=state, event_bus_name="default", event_pattern=json.dumps(pattern))
    return Routed(rule, tuple(RuleTarget(id="1", arn=arn) for arn in targets))


HEARS = route({"source": ["aws.cloudwatch"]}, TOPIC)
MUTE = alarm(alarm_actions=())


@pytest.mark.parametrize(
    ("one", "composites", "routes", "verdict"),
    [
        (alarm(), [], [], Holds("1 actions")),
        (MUTE, [], [], Fails("the alarm has no action")),
        (alarm(alarm_name="TargetTracking-x"), [], [], NotApplicable("Auto Scaling made it for itself")),
        (alarm(actions_enabled=False), [], [], Fails("its actions are disabled")),
        (MUTE, [composite('ALARM("cpu") OR ALARM("disk")')], [], Holds("the composite alarm both waits for it")),
        (MUTE, [composite(f"ALARM('{ARN}cpu')")], [], Holds("the composite alarm both waits for it")),
        (MUTE, [composite("ALARM( cpu )")], [], Holds("the composite alarm both waits for it")),
        (MUTE, [composite('ALARM("cpu-of-others")')], [], Fails("the alarm has no action")),
        (MUTE, [composite('ALARM("cpu")', alarm_actions=[])], [], Fails("the alarm has no action")),
        (MUTE, [], [HEARS], CannotTell("the rule r hears of alarms, and it is not told of which")),
        (MUTE, [], [route({"source": ["aws.ec2"]}, TOPIC)], Fails("the alarm has no action")),
        (MUTE, [], [route({"source": ["aws.cloudwatch"]})], Fails("the alarm has no action")),
        (MUTE, [], [route({"source": ["aws.cloudwatch"]}, TOPIC, state="DISABLED")], Fails("the alarm has no action")),
    ],
)
def test_alarms_tell_somebody(one: Alarm, composites: list[Composite], routes: list[Routed], verdict: Verdict) -> None:
    assert alarms.alarms_tell_somebody(one, composites, routes) == verdict


def subscribed(topic: str = TOPIC, arn: str = f"{TOPIC}:1") -> Subscription:
    return Subscription(subscription_arn=arn, topic_arn=topic, protocol="email")


ELSEWHERE = "arn:aws:sns:us-east-1:999999999999:ops"


@pytest.mark.parametrize(
    ("one", "subscriptions", "verdict"),
    [
        (MUTE, [], NotApplicable("no action is enabled")),
        (
            alarm(alarm_actions=["arn:aws:autoscaling:us-east-1:1:scalingPolicy:x"]),
            [],
            NotApplicable("it moves capacity, and is to tell nobody"),
        ),
        (alarm(), [subscribed()], Holds(f"{TOPIC} has a confirmed subscriber")),
        (alarm(), [], Fails(f"no subscription of {TOPIC} is confirmed")),
        (alarm(), [subscribed(arn="PendingConfirmation")], Fails(f"no subscription of {TOPIC} is confirmed")),
        (alarm(), [subscribed(topic=TOPIC + "2")], Fails(f"no subscription of {TOPIC} is confirmed")),
        (
            alarm(alarm_actions=[TOPIC, "arn:aws:swf:us-east-1:1:action/actions/AWS_EC2.InstanceId.Reboot/1.0"]),
            [],
            Holds("it starts arn:aws:swf:us-east-1:1:action/actions/AWS_EC2.InstanceId.Reboot/1.0"),
        ),
        (
            alarm(alarm_actions=[ELSEWHERE]),
            [],
            CannotTell(f"{ELSEWHERE} is not of this account and region: its subscribers cannot be seen"),
        ),
    ],
)
def test_alarms_reach_a_listener(one: Alarm, subscriptions: list[Subscription], verdict: Verdict) -> None:
    assert alarms.alarms_reach_a_listener(one, subscriptions, HERE) == verdict


def since(state: str, days: int | None, name: str = "cpu") -> Alarm:
    moment = None if days is None else NOW - timedelta(days=days)
    return alarm(state_value=state, state_transitioned_timestamp=moment, alarm_name=name)


SCALES = NotApplicable("Auto Scaling made it for itself")


@pytest.mark.parametrize(
    ("one", "data", "rings"),
    [
        (since("OK", 100), Holds("the state is OK"), Holds("the state is OK")),
        (since("ALARM", 7), Holds("the state is ALARM"), Holds("the state is ALARM since 2026-11-16")),
        (since("ALARM", 8), Holds("the state is ALARM"), Fails("the state is ALARM since 2026-11-15")),
        (
            since("ALARM", None),
            Holds("the state is ALARM"),
            CannotTell("the state is ALARM, and it is not told since when"),
        ),
        (
            since("INSUFFICIENT_DATA", 8),
            Fails("the state is INSUFFICIENT_DATA since 2026-11-15"),
            Holds("the state is INSUFFICIENT_DATA"),
        ),
        (
            since("INSUFFICIENT_DATA", 1),
            NotApplicable("the state is INSUFFICIENT_DATA since 2026-11-22 only"),
            Holds("the state is INSUFFICIENT_DATA"),
        ),
        (since("ALARM", 90, "TargetTracking-table/t-AlarmLow-1"), SCALES, SCALES),
    ],
)
def test_what_alarms_see(one: Alarm, data: Verdict, rings: Verdict) -> None:
    assert alarms.alarms_see_data(one, NOW) == data
    assert alarms.alarms_do_not_ring_for_weeks(one, NOW) == rings


def test_alarms_are_evaluated_and_described() -> None:
    assert alarms.alarms_can_be_evaluated(alarm()) == Holds("it is evaluated")
    broken = Fails("the evaluation's state is EVALUATION_ERROR")
    assert alarms.alarms_can_be_evaluated(alarm(evaluation_state="EVALUATION_ERROR")) == broken
    assert alarms.alarms_can_be_evaluated(alarm(evaluation_state="EVALUATION_FAILURE")) == Holds("it is evaluated")
    assert alarms.alarms_say_what_to_do(alarm(alarm_description=" ")) == Fails("no description")
    several = [
        alarm(),
        alarm(alarm_name="p1-orders", alarm_description="https://wiki/orders"),
        alarm(alarm_actions=["x"]),
    ]
    assert alarms.alarms_with_a_runbook(several) == "1 of 3 alarms link to a runbook or start a response"
    assert alarms.alarms_by_severity(several) == "1 of 3 alarms name a severity"
    assert alarms.composite_alarms(several, [composite("TRUE")]) == "composite alarms: both"
    assert alarms.what_alarms_start(several) == "alarms with an action, by service: sns 2"
    scaling = alarm(alarm_name="TargetTracking-x")
    assert alarms.alarms_say_what_to_do(scaling) == alarms.alarms_can_be_evaluated(scaling) == SCALES
    assert alarms.alarms_by_state([*several, scaling]) == "3 alarms (3 OK) and 1 that Auto Scaling made for itself"


def query(expression: str) -> dict[str, Any]:
    return {"namespace": None, "metrics": [{"expression": expression}]}


NONE, CPU, PERHAPS = Watch((), ()), Watch(("cpu",), ()), Watch((), ("cpu",))


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (alarm(("DBInstanceIdentifier", "ledger"), namespace="AWS/RDS"), CPU),
        (alarm(("DBInstanceIdentifier", "other"), namespace="AWS/RDS"), NONE),
        (alarm(("DBInstanceIdentifier", "ledger"), namespace="Own"), NONE),
        (alarm(namespace="AWS/RDS"), CPU),
        (alarm(("DBInstanceIdentifier", "ledger"), namespace="AWS/RDS", alarm_name="TargetTracking-x"), NONE),
        (
            alarm(
                metrics=[
                    {"expression": "m1 / 100"},
                    {
                        "metric_stat": {
                            "metric": {
                                "namespace": "AWS/RDS",
                                "dimensions": [{"name": "DBInstanceIdentifier", "value": "ledger"}],
                            }
                        }
                    },
                ]
            ),
            CPU,
        ),
        (alarm(**query('SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/RDS", DBInstanceIdentifier)')), CPU),
        (alarm(**query("SELECT MAX(CPUUtilization) FROM \"AWS/RDS\" WHERE tag.env = 'prod'")), PERHAPS),
        (alarm(**query('SELECT MAX(CPUUtilization) FROM "AWS/EC2"')), NONE),
        (alarm(**query("DB_PERF_INSIGHTS('RDS', 'db-1', 'os.cpu')")), PERHAPS),
    ],
)
def test_which_alarms_watch(one: Alarm, found: Watch) -> None:
    assert watching([one], ("AWS/RDS",), {"DBInstanceIdentifier": "ledger"}) == found


def test_services_of_one_name_are_told_apart() -> None:
    fields = {
        "service_arn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/prod/web",
        "service_name": "web",
        "status": "ACTIVE",
        "desired_count": 1,
    }
    web = bare(Service, **fields)
    other = alarm(("ServiceName", "web"), ("ClusterName", "test"), namespace="AWS/ECS")
    mine = alarm(("ServiceName", "web"), ("ClusterName", "prod"), namespace="AWS/ECS")
    assert coverage.services_have_alarms(web, [other]) == Fails("no alarm watches it")
    assert coverage.services_have_alarms(web, [other, mine]) == Holds("watched by cpu")
    idle = bare(Service, **fields | {"desired_count": 0})
    assert coverage.services_have_alarms(idle, []) == NotApplicable("no task of it is to run")


ZONE = bare(PublicZone, id="Z")


def health(kind: str = "HTTPS", name: str = "h") -> HealthCheck:
    return HealthCheck.model_validate({"id": name, "health_check_config": {"type": kind}}, strict=False)


@pytest.mark.parametrize(
    ("checks", "found", "verdict"),
    [
        ([], [], NotApplicable("no health check asks an endpoint")),
        ([health("CLOUDWATCH_METRIC")], [], NotApplicable("no health check asks an endpoint")),
        ([health()], [], Fails("no alarm watches h")),
        (
            [health(), health("CALCULATED", "sum")],
            [],
            CannotTell("a calculated check stands for others, and it is not told for which"),
        ),
        (
            [health()],
            [alarm(("HealthCheckId", "h"), namespace="AWS/Route53")],
            Holds("alarms watch all 1 health checks"),
        ),
    ],
)
def test_health_checks_raise_alarms(checks: list[HealthCheck], found: list[Alarm], verdict: Verdict) -> None:
    assert coverage.health_checks_raise_alarms([ZONE], checks, found) == verdict


def listed(name: str, state: str, days: int, **members: Any) -> dict[str, Any]:
    """An alarm as AWS lists it: moto does not tell since when the state is what it is, nor whether it can be evaluated."""
    when = (NOW - timedelta(days=days)).isoformat()
    watched = {**COMMON, "Namespace": "AWS/EC2", "Dimensions": [], "TreatMissingData": "missing"}
    told = {"StateValue": state, "StateReason": "r", "StateUpdatedTimestamp": when, "StateTransitionedTimestamp": when}
    actions: dict[str, Any] = {
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
    }
    return {
        "AlarmName": name,
        "AlarmArn": ARN + name,
        "AlarmConfigurationUpdatedTimestamp": when,
        **actions,
        **told,
        **watched,
        **members,
    }


def test_the_states_of_alarms_are_read(aws: Emulator) -> None:
    scaling, topic = "TargetTracking-table/t-AlarmLow-1", aws.client("sns").create_topic(Name="ops")["TopicArn"]
    found = [
        listed("fine", "OK", 100, AlarmActions=[topic], AlarmDescription="call the team"),
        listed("rings", "ALARM", 8, AlarmActions=[topic], ActionsEnabled=False),
        listed("starts", "ALARM", 7, AlarmActions=["arn:aws:automate:us-east-1:ec2:recover"]),
        listed("dark", "INSUFFICIENT_DATA", 8, EvaluationState="EVALUATION_ERROR"),
        listed("partial", "OK", 1, EvaluationState="PARTIAL_DATA"),
        listed("new", "INSUFFICIENT_DATA", 1),
        listed(scaling, "ALARM", 90, AlarmActions=["arn:aws:autoscaling:us-east-1:1:scalingPolicy:x"]),
    ]
    names = ("alarms_see_data", "alarms_do_not_ring_for_weeks", "alarms_can_be_evaluated", "alarms_reach_a_listener",
        "alarms_tell_somebody")  # fmt: skip
    with answering("cloudwatch", {"DescribeAlarms": {"MetricAlarms": found, "CompositeAlarms": []}}):
        told = judge_all(aws, "cloudwatch", names, at=NOW)
    scales, evaluated = ("not applicable", SCALES.because), ("holds", "it is evaluated")
    silent, unasked = ("fails", "the alarm has no action"), ("not applicable", "no action is enabled")
    wanted: dict[str, dict[str, tuple[str, str]]] = {
        "alarms_see_data": {
            "fine": ("holds", "the state is OK"),
            "rings": ("holds", "the state is ALARM"),
            "starts": ("holds", "the state is ALARM"),
            "dark": ("fails", "the state is INSUFFICIENT_DATA since 2026-11-15"),
            "partial": ("holds", "the state is OK"),
            "new": ("not applicable", "the state is INSUFFICIENT_DATA since 2026-11-22 only"),
            scaling: scales,
        },
        "alarms_do_not_ring_for_weeks": {
            "fine": ("holds", "the state is OK"),
            "rings": ("fails", "the state is ALARM since 2026-11-15"),
            "starts": ("holds", "the state is ALARM since 2026-11-16"),
            "dark": ("holds", "the state is INSUFFICIENT_DATA"),
            "partial": ("holds", "the state is OK"),
            "new": ("holds", "the state is INSUFFICIENT_DATA"),
            scaling: scales,
        },
        "alarms_can_be_evaluated": {
            "fine": evaluated,
            "rings": evaluated,
            "starts": evaluated,
            "dark": ("fails", "the evaluation's state is EVALUATION_ERROR"),
            "partial": ("fails", "the evaluation's state is PARTIAL_DATA"),
            "new": evaluated,
            scaling: scales,
        },
        "alarms_reach_a_listener": {
            "fine": ("fails", f"no subscription of {topic} is confirmed"),
            "rings": unasked,
            "starts": ("holds", "it starts arn:aws:automate:us-east-1:ec2:recover"),
            "dark": unasked,
            "partial": unasked,
            "new": unasked,
            scaling: ("not applicable", "it moves capacity, and is to tell nobody"),
        },
        "alarms_tell_somebody": {
            "fine": ("holds", "1 actions"),
            "rings": ("fails", "its actions are disabled"),
            "starts": ("holds", "1 actions"),
            "dark": silent,
            "partial": silent,
            "new": silent,
            scaling: scales,
        },
    }
    assert told == {check: {ARN + name: one for name, one in rows.items()} for check, rows in wanted.items()}


def test_alarms_and_what_has_none(aws: Emulator) -> None:
    client, sns, sqs = aws.client("cloudwatch"), aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name="ops")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    dead_arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3})
    orders = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    good = {**COMMON, "Namespace": "AWS/SQS", "Dimensions": [{"Name": "QueueName", "Value": "orders"}]}
    client.put_metric_alarm(AlarmName="good", AlarmActions=[topic], AlarmDescription="see the runbook", **good)
    client.put_metric_alarm(AlarmName="bad", Namespace="AWS/EC2", **COMMON)
    client.put_metric_alarm(AlarmName="TargetTracking-x", Namespace="AWS/EC2", AlarmActions=[SCALING], **COMMON)
    names = (
        *("alarms_tell_somebody", "alarms_reach_a_listener", "alarms_say_what_to_do", "queues_have_alarms"),
        *("dead_letters_raise_an_alarm", "databases_have_alarms", "metrics_are_looked_at", "what_has_no_alarm"),
    )
    told = judge_all(aws, "cloudwatch", names)
    assert told["alarms_tell_somebody"] == {
        ARN + "good": ("holds", "1 actions"),
        ARN + "bad": ("fails", "the alarm has no action"),
        ARN + "TargetTracking-x": ("not applicable", SCALES.because),
    }
    assert told["alarms_reach_a_listener"] == {
        ARN + "good": ("holds", f"{topic} has a confirmed subscriber"),
        ARN + "bad": ("not applicable", "no action is enabled"),
        ARN + "TargetTracking-x": ("not applicable", "it moves capacity, and is to tell nobody"),
    }
    assert told["alarms_say_what_to_do"] == {
        ARN + "good": ("holds", "it has a description"),
        ARN + "bad": ("fails", "no description"),
        ARN + "TargetTracking-x": ("not applicable", SCALES.because),
    }
    assert told["queues_have_alarms"] == {
        orders: ("holds", "watched by good"),
        dead: ("fails", "no alarm watches it"),
    }
    assert told["dead_letters_raise_an_alarm"] == {
        orders: ("not applicable", "no queue here moves its failed messages to it"),
        dead: ("fails", "no alarm watches it"),
    }
    assert told["databases_have_alarms"] == {
        REGION: ("not applicable", "there is none: rds:DescribeDBInstances listed nothing")
    }
    assert told["metrics_are_looked_at"] == {REGION: ("holds", "2 alarms")}
    assert told["what_has_no_alarm"] == {REGION: ("told", "without any alarm: 1 of 2 queues")}
    letters = [{"Name": "QueueName", "Value": "dead"}]
    client.put_metric_alarm(**{**good, "AlarmName": "letters", "AlarmActions": [topic], "Dimensions": letters})
    assert aws.judge("cloudwatch.dead_letters_raise_an_alarm")[dead] == ("holds", "watched by letters")


SCALING = "arn:aws:autoscaling:us-east-1:1:scalingPolicy:x"


def pairs(aws: Emulator) -> dict[str, tuple[str, dict[str, str], str, str]]:
    """Two resources of each kind: by check, the namespace and dimensions of the first one's metrics, and both ARNs."""
    rds, elastic, search = aws.client("rds"), aws.client("elasticache"), aws.client("opensearch")
    functions, tables, groups = aws.client("lambda"), aws.client("dynamodb"), aws.client("autoscaling")
    ecs, zones = aws.client("ecs"), ["us-east-1a"]
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    groups.create_launch_configuration(LaunchConfigurationName="l", ImageId="ami-12c6146b", InstanceType="t3.micro")
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "x", "memory": 256}])

    def of_each(make: Any) -> tuple[str, str]:
        return make("seen"), make("unseen")

    def database(name: str) -> str:
        own = {
            "Engine": "postgres",
            "AllocatedStorage": 20,
            "MasterUsername": "owner",
            "MasterUserPassword": "not-secret-1",
        }
        made = rds.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t3.micro", **own)
        return str(made["DBInstance"]["DBInstanceArn"])

    def balancer(name: str) -> str:
        made = aws.client("elbv2").create_load_balancer(Name=name, Subnets=subnets)
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def function(name: str) -> str:
        code = {"ZipFile": b"never run"}
        made = functions.create_function(FunctionName=name, Runtime="python3.13", Handler="x.y", Role=role, Code=code)
        return str(made["FunctionArn"])

    def group(name: str) -> str:
        groups.create_auto_scaling_group(
            AutoScalingGroupName=name, LaunchConfigurationName="l", MinSize=0, MaxSize=0, AvailabilityZones=zones
        )
        found = groups.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return str(found[0]["AutoScalingGroupARN"])

    def table(name: str) -> str:
        key = {"KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
        types = [{"AttributeName": "k", "AttributeType": "S"}]
        made = tables.create_table(TableName=name, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST", **key)
        return str(made["TableDescription"]["TableArn"])

    def service(name: str, count: int = 1) -> str:
        made = ecs.create_service(cluster="main", serviceName=name, taskDefinition="web", desiredCount=count)
        return str(made["service"]["serviceArn"])

    def cache(name: str) -> str:
        made = elastic.create_cache_cluster(
            CacheClusterId=name, Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.micro"
        )
        return str(made["CacheCluster"]["ARN"])

    def domain(name: str) -> str:
        return str(search.create_domain(DomainName=name)["DomainStatus"]["ARN"])

    service("idle", 0)
    databases, balancers = of_each(database), of_each(balancer)
    in_main = {"ServiceName": "seen", "ClusterName": "main"}
    of_balancer = {"LoadBalancer": balancers[0].partition(":loadbalancer/")[2]}
    return {
        "databases_have_alarms": ("AWS/RDS", {"DBInstanceIdentifier": "seen"}, *databases),
        "load_balancers_have_alarms": ("AWS/ApplicationELB", of_balancer, *balancers),
        "functions_have_alarms": ("AWS/Lambda", {"FunctionName": "seen"}, *of_each(function)),
        "groups_have_alarms": ("AWS/EC2", {"AutoScalingGroupName": "seen"}, *of_each(group)),
        "tables_have_alarms": ("AWS/DynamoDB", {"TableName": "seen"}, *of_each(table)),
        "services_have_alarms": ("AWS/ECS", in_main, *of_each(service)),
        "caches_have_alarms": ("AWS/ElastiCache", {"CacheClusterId": "seen"}, *of_each(cache)),
        "domains_have_alarms": ("AWS/ES", {"DomainName": "seen", "ClientId": ACCOUNT}, *of_each(domain)),
    }


def test_of_each_kind_one_is_watched(aws: Emulator) -> None:
    made, client = pairs(aws), aws.client("cloudwatch")
    for check, (namespace, dimensions, *_) in made.items():
        named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
        client.put_metric_alarm(AlarmName=f"on-{check}", Namespace=namespace, Dimensions=named, **COMMON)
        # What moves capacity tells nobody.
        other = [{"Name": name, "Value": value.replace("seen", "unseen")} for name, value in dimensions.items()]
        name = f"TargetTracking-{check}"
        client.put_metric_alarm(AlarmName=name, Namespace=namespace, Dimensions=other, AlarmActions=[SCALING], **COMMON)
    silent = ("fails", "no alarm watches it")
    wanted = {
        check: {seen: ("holds", f"watched by on-{check}"), unseen: silent}
        for check, (_, _, seen, unseen) in made.items()
    }
    idle = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/main/idle"
    wanted["services_have_alarms"][idle] = ("not applicable", "no task of it is to run")
    assert judge_all(aws, "cloudwatch", made) == wanted
    watched, deaf = made["load_balancers_have_alarms"][2:]
    assert aws.judge("alarms.failing_balancers_are_heard") == {
        watched: ("fails", "on-load_balancers_have_alarms watches it, and reaches nobody"),
        deaf: silent,
    }


def test_endpoints_instances_and_own_metrics_are_watched(aws: Emulator) -> None:
    route53, client = aws.client("route53"), aws.client("cloudwatch")
    route53.create_hosted_zone(Name="example.com", CallerReference="1")
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "example.com", "Port": 443}
    health = route53.create_health_check(CallerReference="1", HealthCheckConfig=config)["HealthCheck"]["Id"]
    aws.client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
    names = ("health_checks_raise_alarms", "instances_are_measured_from_inside", "metrics_are_looked_at",
        "own_metrics_raise_alarms")  # fmt: skip

    def told() -> list[tuple[str, str]]:
        rows = judge_all(aws, "cloudwatch", names)
        return [one for name in names for one in rows[name].values()]

    nothing = [
        ("fails", f"no alarm watches {health}"),
        ("fails", "1 instances run, and no agent sent a metric in the past three hours"),
        ("fails", "no alarm, no dashboard, no anomaly detector and no stream"),
        ("not applicable", "no metric of the workload's own had values in the past three hours"),
    ]
    assert told() == nothing
    client.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "orders", "Value": 1}])
    unheard = ("fails", "no alarm and no dashboard for Shop")
    unsure = ("unknown", "Shop and others hold metrics of unknown origin")
    assert told() == [nothing[0], unsure, nothing[2], unheard]
    client.put_metric_data(Namespace="CWAgent", MetricData=[{"MetricName": "mem_used_percent", "Value": 40}])
    on_check = [{"Name": "HealthCheckId", "Value": health}]
    client.put_metric_alarm(AlarmName="up", Namespace="AWS/Route53", Dimensions=on_check, **COMMON)
    client.put_metric_alarm(AlarmName="orders", Namespace="Shop", **COMMON)
    assert told() == [
        ("holds", "alarms watch all 1 health checks"),
        ("holds", "CWAgent had values in the past three hours"),
        ("holds", "2 alarms"),
        ("holds", "alarms watch Shop"),
    ]


def test_an_alarm_that_only_scales_a_group_does_not_watch_it() -> None:
    group = bare(Group, auto_scaling_group_name="g")
    scaling = alarm(
        ("AutoScalingGroupName", "g"),
        namespace="AWS/EC2",
        alarm_actions=["arn:aws:autoscaling:us-east-1:1:scalingPolicy:x"],
    )
    assert coverage.groups_have_alarms(group, [scaling]) == Fails("no alarm watches it")


INTERFACE = bare(AnyInterface)
DETECTOR = AnomalyDetector(state_value="TRAINED")
DASHBOARD = Dashboard(dashboard_arn="d", dashboard_name="d", last_modified=NOW)
LOST = Fails("no alarm, no dashboard, no anomaly detector and no stream")
EMPTY = NotApplicable("nothing in the region has a network interface")


@pytest.mark.parametrize(
    ("found", "boards", "models", "streams", "interfaces", "verdict"),
    [
        ([], [], [], [], [INTERFACE], LOST),
        ([alarm(alarm_name="TargetTracking-x")], [], [], [], [INTERFACE], LOST),
        ([], [], [], [Stream(name="s", state="stopped")], [INTERFACE], LOST),
        ([], [], [], [Stream(name="s", state="running")], [INTERFACE], Holds("1 streams")),
        ([], [], [DETECTOR], [], [], Holds("1 anomaly detectors")),
        ([], [DASHBOARD], [], [], [INTERFACE], Holds("1 dashboards")),
        ([], [DASHBOARD], [], [], [], EMPTY),
        ([], [], [], [], [], EMPTY),
    ],
)
def test_metrics_are_looked_at(
    found: list[Alarm],
    boards: list[Dashboard],
    models: list[AnomalyDetector],
    streams: list[Stream],
    interfaces: list[AnyInterface],
    verdict: Verdict,
) -> None:
    assert views.metrics_are_looked_at(found, boards, models, streams, interfaces) == verdict


OWN, SERVICE = Published(namespace="Shop"), Published(namespace="AWS/Lambda")


@pytest.mark.parametrize(
    ("metrics", "found", "boards", "verdict"),
    [
        ([SERVICE], [], [], NotApplicable("no metric of the workload's own had values in the past three hours")),
        ([OWN], [], [], Fails("no alarm and no dashboard for Shop")),
        ([OWN], [alarm(namespace="AWS/RDS")], [], Fails("no alarm and no dashboard for Shop")),
        ([OWN], [alarm(namespace="Shop")], [], Holds("alarms watch Shop")),
        ([OWN], [], [DASHBOARD], CannotTell("no alarm names them; dashboards and queries may show them")),
    ],
)
def test_own_metrics_raise_alarms(
    metrics: list[Published], found: list[Alarm], boards: list[Dashboard], verdict: Verdict
) -> None:
    assert views.own_metrics_raise_alarms(metrics, found, boards, []) == verdict


@pytest.mark.parametrize(
    ("namespaces", "running", "verdict"),
    [
        (["AWS/EC2"], 2, Fails("2 instances run, and no agent sent a metric in the past three hours")),
        (["CWAgent"], 1, Holds("CWAgent had values in the past three hours")),
        (["Datadog"], 1, CannotTell("Datadog and others hold metrics of unknown origin")),
    ],
)
def test_instances_are_measured_from_inside(namespaces: list[str], running: int, verdict: Verdict) -> None:
    instances = [bare(Instance, state=State(name="running"))] * running
    metrics = [Published(namespace=name) for name in namespaces]
    assert views.instances_are_measured_from_inside(metrics, instances) == verdict


def test_dashboards(aws: Emulator) -> None:
    check = "cloudwatch.dashboards_show_what_is_there"
    assert aws.judge("cloudwatch.dashboards") == {}
    client, ec2 = aws.client("cloudwatch"), aws.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    here = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    gone, theirs = "i-0123456789abcdef0", "i-0fedcba9876543210"
    client.put_metric_alarm(AlarmName="good", Namespace="AWS/EC2", **COMMON)

    def widget(*rows: list[Any], **properties: Any) -> dict[str, Any]:
        return {"type": "metric", "properties": {"region": "us-east-1", "metrics": list(rows), **properties}}

    row = ["AWS/EC2", "CPUUtilization", "InstanceId"]
    boards = {
        "good": [widget([*row, here]), {"type": "alarm", "properties": {"alarms": [ARN + "good"]}}],
        "old": [widget([*row, here], [".", ".", ".", gone]), widget(annotations={"alarms": [ARN + "lost"]})],
        "other": [
            widget([*row, theirs, {"accountId": "999999999999"}]),
            {"type": "text", "properties": {"markdown": "x"}},
        ],
    }
    for name, widgets in boards.items():
        client.put_dashboard(DashboardName=name, DashboardBody=json.dumps({"widgets": widgets}))
    board = f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/"
    assert aws.judge(check) == {
        board + "good": ("holds", "all 2 instances and alarms that are named exist"),
        board + "old": ("fails", f"shown and gone: {ARN}lost, {gone}"),
        board + "other": ("not applicable", "no widget names an instance or an alarm of this account"),
    }
    told = "3 dashboards: good, old, other; changed within a year: 3"
    assert aws.judge("cloudwatch.dashboards") == {HOME: ("told", told)}


def test_a_dashboard_is_stored_without_what_nobody_judges() -> None:
    body = {"dashboard_body": {"widgets": [{"type": "text", "properties": {"markdown": "secret"}}]}}
    assert "secret" not in DashboardBody.model_validate(body, strict=False).model_dump_json()


def test_models_streams_and_own_metrics(aws: Emulator) -> None:
    client = aws.client("cloudwatch")
    client.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "orders", "Value": 1}])
    detector = {"SingleMetricAnomalyDetector": {"Namespace": "Shop"}, "StateValue": "TRAINED"}
    stream = {"Name": "out", "State": "running"}
    operations: dict[str, dict[str, Any]] = {
        "DescribeAnomalyDetectors": {"AnomalyDetectors": [detector]},
        "ListMetricStreams": {"Entries": [stream]},
    }
    with answering("cloudwatch", operations):
        told = judge_all(
            aws, "cloudwatch", ("anomaly_detectors", "metric_streams", "own_metrics", "own_metrics_raise_alarms")
        )
    assert {name: found[REGION][1] for name, found in told.items()} == {
        "anomaly_detectors": "1 anomaly detectors, 1 of them trained",
        "metric_streams": "metric streams: out (running)",
        "own_metrics": "metrics of agents and programs: Shop 1",
        "own_metrics_raise_alarms": "no alarm and no dashboard for Shop",
    }

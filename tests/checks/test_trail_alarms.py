"""Alarms on a trail's log group: what filter patterns match, and who hears of it; through real clients and as tables."""

import pytest

from checks import logs
from checks.cloudtrail.evidence import EventSelector, Recorder, Selectors, Trail, TrailStatus
from checks.cloudwatch.evidence import Alarm
from checks.hearing import Heard
from checks.trail_alarms import checks
from checks.trail_alarms.evidence import MetricFilter, Transformation, event, trail_watch
from checks.trail_alarms.patterns import matches
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from scanner.judge.discover import discover
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
GROUP = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trail"
NAMES = sorted(name.partition(".")[2] for name in discover().checks if name.startswith("trail_alarms."))
DELETED = event(eventName="DeleteTrail", eventSource="cloudtrail.amazonaws.com")


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("{ $.eventName = DeleteTrail }", True),
        ('{ ($.eventName="DeleteTrail") || ($.eventName = StopLogging) }', True),
        ("{$.eventName = StopLogging}", False),
        ("{ $.eventName = Delete* }", True),
        ("{ $.eventName = delete* }", False),
        ("{ $.eventName != StopLogging }", True),
        (
            "{ $.eventSource = cloudtrail.amazonaws.com && ($.eventName = CreateTrail || $.eventName = DeleteTrail) }",
            True,
        ),
        ("{ $.eventName = DeleteTrail && $.errorCode NOT EXISTS }", True),
        ("{ $.eventName = DeleteTrail && $.errorCode EXISTS }", False),
        ("{ $.eventName = DeleteTrail && $.errorCode = AccessDenied }", False),
        ('{ $.eventName = DeleteTrail && $.userIdentity.userName != "pipeline" }', None),
        ('{ $.eventName = DeleteTrail && $.sourceIPAddress != "delivery.logs.amazonaws.com" }', True),
        ('{ $.eventName = DeleteTrail && $.userIdentity.type = "Root" }', False),
        ("{ $.userIdentity.type = * && $.userAgent = * }", True),
        ("{ $.userIdentity.type != * }", False),
        # These take some of the events, or are written in ways that are not known.
        ('{ $.eventName = DeleteTrail && $.awsRegion = "us-east-1" }', None),
        ("{ $.eventName = DeleteTrail && $.requestParameters.name = main }", None),
        ("{ $.eventName = DeleteTrail && $.errorCode IS NULL }", None),
        ("{ $.eventName = %Delete.*% }", None),
        ("{ $.eventName = DeleteTrail && $.eventVersion >= 1 }", None),
        ("{ ($.eventName = DeleteTrail }", None),
        ("{ $.eventName = }", None),
        ("{ eventName = DeleteTrail }", None),
        ("{ $.eventName = DeleteTrail } x", None),
        ("{ ' }", None),
        ("DeleteTrail", None),
        ("", None),
    ],
)
def test_what_a_pattern_matches(pattern: str, matched: bool | None) -> None:
    assert matches(pattern, DELETED) is matched


def named(*names: str) -> str:
    """A pattern of the names of calls, of which a text may hold several."""
    return f"{{ {' || '.join(f'($.eventName = {name})' for name in ' '.join(names).split())} }}"


def of(source: str, names: str) -> str:
    """Some calls of one service, as the benchmark writes the newer ones of its patterns."""
    return f"{{ ($.eventSource = {source}.amazonaws.com) && ({named(names)[2:-2]}) }}"


# As the CIS AWS Foundations Benchmark and Security Hub's controls CloudWatch.1 to CloudWatch.14 ask for them.
PATTERNS = {
    "refused_calls_raise_an_alarm": (
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")'
        ' && ($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }'
    ),
    "sign_ins_without_mfa_raise_an_alarm": (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser")'
        ' && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    "failed_sign_ins_raise_an_alarm": '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    "loss_of_keys_raises_an_alarm": of("kms", "DisableKey ScheduleKeyDeletion"),
    "changes_of_policies_raise_an_alarm": named(
        "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy",
        "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy",
        "DetachRolePolicy AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy",
    ),
    "changes_of_trails_raise_an_alarm": named(
        "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"
    ),
    "changes_of_bucket_policies_raise_an_alarm": of(
        "s3",
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication"
        " DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
    ),
    "changes_of_config_raise_an_alarm": of(
        "config", "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder"
    ),
    "changes_of_security_groups_raise_an_alarm": named(
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress",
        "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup",
    ),
    "changes_of_network_acls_raise_an_alarm": named(
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry",
        "ReplaceNetworkAclEntry ReplaceNetworkAclAssociation",
    ),
    "changes_of_gateways_raise_an_alarm": named(
        "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway",
        "DeleteInternetGateway DetachInternetGateway",
    ),
    "changes_of_route_tables_raise_an_alarm": of(
        "ec2",
        "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable DeleteRoute"
        " DisassociateRouteTable",
    ),
    "changes_of_networks_raise_an_alarm": named(
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection",
        "DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc",
    ),
}


def test_who_hears_is_read(aws: Emulator) -> None:
    client, sns, trails = aws.client("logs"), aws.client("sns"), aws.client("cloudtrail")
    client.create_log_group(logGroupName="trail")
    aws.client("s3").create_bucket(Bucket="logs")
    trails.create_trail(Name="silent", S3BucketName="logs", IsMultiRegionTrail=True)
    none = {REGION: ("not applicable", "no trail writes to a log group here")}
    assert judge_all(aws, "trail_alarms", NAMES) == dict.fromkeys(NAMES, none)

    role = f"arn:aws:iam::{ACCOUNT}:role/trail"
    where = {"CloudWatchLogsLogGroupArn": f"{GROUP}:*", "CloudWatchLogsRoleArn": role}
    trails.create_trail(Name="main", S3BucketName="logs", IsMultiRegionTrail=True, **where)
    trails.start_logging(Name="main")
    everything = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
    trails.put_event_selectors(TrailName="main", EventSelectors=[everything])
    topic = sns.create_topic(Name="security")["TopicArn"]
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    listener = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]

    def look_for(name: str, pattern: str) -> None:
        metric = {"metricName": name, "metricNamespace": "cis", "metricValue": "1"}
        client.put_metric_filter(
            logGroupName="trail", filterName=name, filterPattern=pattern, metricTransformations=[metric]
        )

    root = '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
    for name, pattern in {**PATTERNS, "root": root}.items():
        look_for(name, pattern)
        aws.client("cloudwatch").put_metric_alarm(
            AlarmName=f"on-{name}",
            Namespace="cis",
            MetricName=name,
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[topic],
        )
    heard = {name: {REGION: ("holds", f"by on-{name}")} for name in NAMES}
    assert judge_all(aws, "trail_alarms", NAMES) == heard
    assert aws.judge("logs.use_of_root_raises_an_alarm") == {REGION: ("holds", "by on-root")}
    assert aws.judge("logs.metric_filters") == {REGION: ("told", "14 metric filters on 1 log groups")}

    sns.unsubscribe(SubscriptionArn=listener)
    deaf = {name: {REGION: ("fails", f"the alarm on-{name} reaches nobody")} for name in NAMES}
    assert judge_all(aws, "trail_alarms", NAMES) == deaf
    assert aws.judge("logs.use_of_root_raises_an_alarm") == {REGION: ("fails", "the alarm on-root reaches nobody")}

    for name in ("changes_of_trails_raise_an_alarm", "changes_of_networks_raise_an_alarm"):
        client.delete_metric_filter(logGroupName="trail", filterName=name)
    look_for("changes_of_trails_raise_an_alarm", named("CreateTrail", "UpdateTrail", "StartLogging", "StopLogging"))
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    lacking = "no metric filter with an alarm looks for"
    told = f"{lacking} AcceptVpcPeeringConnection, CreateVpc, CreateVpcPeeringConnection, DeleteVpc, … (7 of 7)"
    assert judge_all(aws, "trail_alarms", NAMES) == {
        **heard,
        "changes_of_trails_raise_an_alarm": {REGION: ("fails", f"{lacking} DeleteTrail (1 of 5)")},
        "changes_of_networks_raise_an_alarm": {REGION: ("fails", told)},
    }


ROOT = '{ $.userIdentity.type = "Root" }'
ALARM = Alarm(
    alarm_arn="a", alarm_name="a", actions_enabled=True, state_value="OK", namespace="cis", metric_name="root"
)
HEARD, PERHAPS, DEAF = Heard((ALARM,), (), ()), Heard((), (ALARM,), ()), Heard((), (), (ALARM,))
UNTOLD = CannotTell(
    "whether somebody hears of use of the root user, sign-ins of the root user is not told by the filters and alarms"
)
UNHEARD = Fails("no metric filter with an alarm looks for use of the root user, sign-ins of the root user (2 of 2)")


def filtering(pattern: str = ROOT, group: str = "trail", metric: str = "root") -> MetricFilter:
    made = Transformation(metric_name=metric, metric_namespace="cis")
    return MetricFilter(filter_name="f", filter_pattern=pattern, log_group_name=group, metric_transformations=(made,))


def writing(group: str | None = f"{GROUP}:*", *, wide: bool = True, **status: object) -> Recorder:
    trail = Trail(
        name="main",
        home_region="us-east-1",
        is_multi_region_trail=wide,
        log_file_validation_enabled=True,
        s3_bucket_name="logs",
        cloud_watch_logs_log_group_arn=group,
    )
    everything = Selectors(event_selectors=(EventSelector(include_management_events=True, read_write_type="All"),))
    return Recorder(trail, TrailStatus.model_validate({"is_logging": True, **status}), everything)


@pytest.mark.parametrize(
    ("trail", "filters", "heard", "verdict"),
    [
        (writing(), [filtering()], HEARD, Holds("by a")),
        (writing(), [filtering("{ ($.userIdentity.type=Root) }")], HEARD, Holds("by a")),
        (writing(), [filtering()], DEAF, Fails("the alarm a reaches nobody")),
        (writing(), [filtering(metric="other")], HEARD, Fails("no alarm watches the metric of f")),
        (writing(), [filtering()], PERHAPS, UNTOLD),
        (writing(), [filtering("Root")], HEARD, UNTOLD),
        (writing(), [filtering("Root")], DEAF, UNHEARD),
        (writing(), [filtering(group="other")], HEARD, UNHEARD),
        (writing(), [filtering('{ $.userIdentity.type != "Root" }')], HEARD, UNHEARD),
        (writing(), [filtering("{ $.errorCode = * }")], HEARD, UNHEARD),
        (writing(None), [filtering()], HEARD, NotApplicable("no trail writes to a log group here")),
        # A multi-region trail is seen from here, but writes to a log group of its home region.
        (
            writing(GROUP.replace("us-east-1", "eu-west-1")),
            [],
            HEARD,
            NotApplicable("no trail writes to a log group here"),
        ),
        (writing(wide=False), [filtering()], HEARD, CannotTell("alarms stand, and main records one region only")),
        (writing(is_logging=False), [filtering()], HEARD, CannotTell("alarms stand, and main is not logging")),
        (
            writing(latest_cloud_watch_logs_delivery_error="AccessDenied"),
            [filtering()],
            HEARD,
            CannotTell("alarms stand, and main cannot write to its log group: AccessDenied"),
        ),
    ],
)
def test_who_hears_of_root(trail: Recorder, filters: list[MetricFilter], heard: Heard, verdict: Verdict) -> None:
    watch = trail_watch([trail], filters, heard, Target(ACCOUNT, "us-east-1"))
    assert logs.use_of_root_raises_an_alarm(watch) == verdict


def test_several_filters_may_share_the_calls() -> None:
    names = ("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")
    filters = [filtering(named(*names[:2])), filtering(named(*names[2:]))]
    watch = trail_watch([writing()], filters, HEARD, Target(ACCOUNT, "us-east-1"))
    assert checks.changes_of_trails_raise_an_alarm(watch) == Holds("by a")

"""CloudWatch Logs checks, against real clients and as tables."""

from typing import Any

import pytest

from checks import logs
from checks.logs import (
    Alarm,
    LogAnomalyDetector,
    LogGroup,
    MetricFilter,
    RecentQuery,
    SavedQuery,
    SubscriptionFilter,
    TrailGroup,
)
from scanner import Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
REGION = "region:us-east-1"


def test_log_groups(aws: Emulator) -> None:
    client = aws.client("logs")
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
    client.create_log_group(logGroupName="endless")
    client.create_log_group(logGroupName="short", kmsKeyId=key)
    client.put_retention_policy(logGroupName="short", retentionInDays=30)
    client.create_log_group(logGroupName="long")
    client.put_retention_policy(logGroupName="long", retentionInDays=90)

    assert aws.judge("logs.log_groups_expire") == {
        ARN + "endless": ("fails", "events never expire"),
        ARN + "short": ("holds", "events are kept for 30 days"),
        ARN + "long": ("holds", "events are kept for 90 days"),
    }
    assert aws.judge("logs.log_groups_are_kept_for_long_enough") == {
        ARN + "endless": ("holds", "events never expire"),
        ARN + "short": ("fails", "events are kept for 30 days, fewer than 90"),
        ARN + "long": ("holds", "events are kept for 90 days"),
    }
    owned = ("fails", "encrypted under a key that AWS owns")
    assert aws.judge("logs.log_groups_use_an_own_key") == {
        ARN + "endless": owned,
        ARN + "short": ("holds", f"encrypted under {key}"),
        ARN + "long": owned,
    }
    told = "3 log groups store 0.0 GB; 1 never expire"
    assert aws.judge("logs.log_storage") == {REGION: ("told", told)}
    held = ("not applicable", "no log group holds events")
    assert aws.judge("logs.events_are_looked_at") == {REGION: held}
    assert aws.judge("logs.masked_groups") == {REGION: ("told", "0 of 3 log groups mask sensitive data")}

    aws.client("kinesis").create_stream(StreamName="out", ShardCount=1)
    stream = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/out"
    client.put_subscription_filter(logGroupName="long", filterName="f", filterPattern="", destinationArn=stream)
    saved = {"queryDefinitions": [{"queryDefinitionId": "q", "name": "errors", "queryString": "fields @message"}]}
    detector = {"anomalyDetectorArn": "d", "logGroupArnList": [ARN + "long"], "anomalyDetectorStatus": "ANALYZING"}
    operations: dict[str, dict[str, Any]] = {
        "DescribeQueryDefinitions": saved,
        "ListLogAnomalyDetectors": {"anomalyDetectors": [detector]},
    }
    with answering("logs", operations):
        facts = judge_all(aws, "logs", ("where_events_go", "queries_and_detectors"))
    assert facts == {
        "where_events_go": {
            REGION: ("told", f"1 of 3 log groups send their events on: kinesis of {ACCOUNT} 1"),
        },
        "queries_and_detectors": {
            REGION: ("told", "1 saved queries, 0 run lately; anomaly detectors read 1 log groups"),
        },
    }


def test_a_region_without_log_groups(aws: Emulator) -> None:
    none = {REGION: ("not applicable", "there is none: logs:DescribeLogGroups listed nothing")}
    assert aws.judge("logs.log_groups_expire") == none
    assert aws.judge("logs.log_storage") == {}
    assert aws.judge("logs.metric_filters") == {}


FULL = LogGroup(log_group_name="g", log_group_arn=ARN + "g", stored_bytes=10)


def test_events_are_looked_at() -> None:
    watching = SubscriptionFilter(log_group_name="g", destination_arn="arn")
    saved, ran = SavedQuery(query_definition_id="q"), RecentQuery(query_id="r")
    paused, works = (
        LogAnomalyDetector(anomaly_detector_arn="d", anomaly_detector_status=state) for state in ("PAUSED", "ANALYZING")
    )
    look = logs.events_are_looked_at
    nothing = Fails("nothing filters, queries or exports any of 1 log groups")
    assert look([], [], [], [], [], []) == NotApplicable("no log group holds events")
    assert look([FULL], [], [], [], [], []) == nothing
    assert look([FULL], [], [], [], [], [paused]) == nothing
    assert look([FULL], [metric_filter()], [], [], [], []) == Holds("1 metric filters")
    told = Holds("1 subscriptions, 1 saved queries, 1 recent queries, 1 anomaly detectors")
    assert look([FULL], [], [watching], [saved], [ran], [works]) == told


def test_use_of_root_raises_an_alarm(aws: Emulator) -> None:
    check = "logs.use_of_root_raises_an_alarm"
    assert aws.judge(check) == {REGION: ("not applicable", "no trail writes to a log group here")}

    client = aws.client("logs")
    client.create_log_group(logGroupName="trail")
    aws.client("s3").create_bucket(Bucket="logs")
    aws.client("cloudtrail").create_trail(
        Name="main",
        S3BucketName="logs",
        CloudWatchLogsLogGroupArn=ARN + "trail:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/trail",
    )
    client.put_metric_filter(
        logGroupName="trail",
        filterName="root",
        filterPattern='{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }',
        metricTransformations=[{"metricName": "root", "metricNamespace": "cis", "metricValue": "1"}],
    )
    assert aws.judge("logs.metric_filters") == {REGION: ("told", "1 metric filters on 1 log groups")}

    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="root-used",
        Namespace="cis",
        MetricName="root",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[f"arn:aws:sns:us-east-1:{ACCOUNT}:security"],
    )
    assert aws.judge(check) == {REGION: ("holds", "the alarm root-used watches root")}


GROUP = LogGroup(log_group_name="trail", log_group_arn=ARN + "trail")
TRAIL = TrailGroup(name="main", home_region="us-east-1", cloud_watch_logs_log_group_arn=ARN + "trail:*")


def metric_filter(pattern: str = '{ $.userIdentity.type = "Root" }', group: str = "trail") -> MetricFilter:
    fields = {
        "filter_name": "root",
        "filter_pattern": pattern,
        "log_group_name": group,
        "metric_transformations": [{"metric_name": "root", "metric_namespace": "cis"}],
    }
    return MetricFilter.model_validate(fields, strict=False)


def alarm(**changes: object) -> Alarm:
    fields = {
        "alarm_name": "a",
        "namespace": "cis",
        "metric_name": "root",
        "actions_enabled": True,
        "alarm_actions": ["arn"],
    }
    return Alarm.model_validate(fields | changes, strict=False)


NOBODY = Fails("the alarm a notifies nobody")


@pytest.mark.parametrize(
    ("trails", "filters", "alarms", "verdict"),
    [
        ([TRAIL], [metric_filter()], [alarm()], Holds("the alarm a watches root")),
        ([TRAIL], [metric_filter("{ ($.userIdentity.type=Root) }")], [alarm()], Holds("the alarm a watches root")),
        ([TRAIL], [metric_filter()], [alarm(actions_enabled=False)], NOBODY),
        ([TRAIL], [metric_filter()], [alarm(alarm_actions=[])], NOBODY),
        ([TRAIL], [metric_filter()], [alarm(namespace="other")], Fails("no alarm watches the metric of root")),
        ([TRAIL], [metric_filter(group="other")], [alarm()], Fails("no metric filter looks for the root user")),
        ([TRAIL], [metric_filter("{ $.errorCode = * }")], [alarm()], Fails("no metric filter looks for the root user")),
        (
            [TrailGroup(name="main", home_region="us-east-1")],
            [metric_filter()],
            [alarm()],
            NotApplicable("no trail writes to a log group here"),
        ),
        # A multi-region trail is seen from here, but writes to a log group of its home region.
        (
            [
                TRAIL.model_copy(
                    update={"cloud_watch_logs_log_group_arn": ARN.replace("us-east-1", "eu-west-1") + "trail:*"}
                )
            ],
            [metric_filter()],
            [alarm()],
            NotApplicable("no trail writes to a log group here"),
        ),
    ],
)
def test_what_tells_of_root(
    trails: list[TrailGroup], filters: list[MetricFilter], alarms: list[Alarm], verdict: Verdict
) -> None:
    assert logs.use_of_root_raises_an_alarm(trails, [GROUP], filters, alarms) == verdict

"""CloudWatch Logs checks, against real clients and as tables."""

import json
from datetime import UTC, datetime
from typing import Any

from checks import logs
from checks.logs import (
    AccountSubscription,
    Forwarded,
    FullGroup,
    GroupName,
    LogAnomalyDetector,
    LogGroup,
    RecentQuery,
    SavedQuery,
    SubscriptionFilter,
)
from checks.trail_alarms.evidence import MetricFilter
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from scanner.judge.discover import discover
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
REGION = "region:us-east-1"
SUBSCRIBED = "logs:DescribeSubscriptionFilters"


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
    where = [{"Name": "LogGroupName", "Value": "short"}, {"Name": "DestinationType", "Value": "Lambda"}]
    metric = {"MetricName": "ForwardedLogEvents", "Dimensions": where, "Value": 1}
    aws.client("cloudwatch").put_metric_data(Namespace="AWS/Logs", MetricData=[metric])
    with answering("logs", operations):
        facts = judge_all(aws, "logs", ("where_events_go", "queries_and_detectors"))
    assert facts == {
        "where_events_go": {
            REGION: ("told", f"at least 2 of 3 log groups send their events on, to kinesis of {ACCOUNT} 1"),
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


def looked_at(groups: list[LogGroup], **changes: Any) -> Verdict:
    names = ("asked", "filters", "subscriptions", "forwarded", "of_account", "saved", "recent", "detectors")
    asked = [FullGroup(log_group_name=one.log_group_name) for one in groups if one.stored_bytes]
    return logs.events_are_looked_at(groups, **{**{name: [] for name in names}, "asked": asked, **changes})


def test_events_are_looked_at() -> None:
    watching = SubscriptionFilter(log_group_name="g", destination_arn="arn")
    saved, ran = SavedQuery(query_definition_id="q"), RecentQuery(query_id="r")
    paused, works = (
        LogAnomalyDetector(anomaly_detector_arn="d", anomaly_detector_status=state) for state in ("PAUSED", "ANALYZING")
    )
    nothing = Fails("nothing filters, queries or exports any of 1 log groups")
    assert looked_at([]) == NotApplicable("no log group holds events")
    assert looked_at([FULL]) == nothing
    assert looked_at([FULL], detectors=[paused]) == nothing
    filters = [MetricFilter(filter_name="f", log_group_name="g")]
    assert looked_at([FULL], filters=filters) == Holds("1 metric filters")
    told = Holds("1 subscriptions, 1 saved queries, 1 recent queries, 1 anomaly detectors")
    assert looked_at([FULL], subscriptions=[watching], saved=[saved], recent=[ran], detectors=[works]) == told
    sent = [Forwarded(dimensions=(GroupName(name="LogGroupName", value="g"),))]
    assert looked_at([FULL], asked=[], forwarded=sent) == Holds("1 log groups that sent events on")
    policy = [AccountSubscription(policy_name="all")]
    assert looked_at([FULL], asked=[], of_account=policy) == Holds("1 subscriptions of the account")
    unasked = "nothing filters or queries any of 1 log groups, and none sent events on within two weeks; "
    assert looked_at([FULL], asked=[]) == CannotTell(
        f"{unasked}1 of 1 with events were not asked for their subscriptions"
    )


def test_groups_that_pass_events_on_keep_nothing() -> None:
    one = FULL.model_copy(update={"log_group_class": "DELIVERY"})
    assert logs.log_groups_expire(one) == logs.log_groups_are_kept_for_long_enough(one) == logs.PASSED_ON


def test_events_that_something_looks_at(aws: Emulator) -> None:
    check, client = "logs.events_are_looked_at", aws.client("logs")
    client.create_log_group(logGroupName="g")
    client.create_log_stream(logGroupName="g", logStreamName="s")
    events = [{"timestamp": int(datetime.now(UTC).timestamp() * 1000), "message": "x"}]
    client.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
    nothing = "nothing filters, queries or exports any of 1 log groups"
    assert aws.judge(check) == {REGION: ("fails", nothing)}
    metric = {"metricName": "errors", "metricNamespace": "own", "metricValue": "1"}
    client.put_metric_filter(logGroupName="g", filterName="f", filterPattern="ERROR", metricTransformations=[metric])
    assert aws.judge(check) == {REGION: ("holds", "1 metric filters")}


def test_few_groups_are_asked_for_their_subscriptions(aws: Emulator) -> None:
    """The fullest ten of a page."""
    client, now = aws.client("logs"), int(datetime.now(UTC).timestamp() * 1000)
    for number in range(13):
        client.create_log_group(logGroupName=f"g{number:02}")
        if number:
            client.create_log_stream(logGroupName=f"g{number:02}", logStreamName="s")
            events = [{"timestamp": now, "message": "x" * number * 10}]
            client.put_log_events(logGroupName=f"g{number:02}", logStreamName="s", logEvents=events)
    library = discover().only(["logs.events_are_looked_at"])
    readings = aws.snapshot(library)
    asked = {json.loads(one.call.request)["logGroupName"] for one in readings if one.call.api == SUBSCRIBED}
    assert asked == {f"g{number:02}" for number in range(3, 13)}

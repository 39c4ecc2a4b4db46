"""CloudTrail checks, against real clients and as tables."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from checks.cloudtrail import trails as cloudtrail
from checks.cloudtrail.evidence import (
    AdvancedEventSelector,
    EventSelector,
    FieldSelector,
    Recorder,
    Selectors,
    Trail,
    TrailStatus,
)
from checks.s3.evidence import Bucket
from scanner import CannotTell, Fails, Holds, Target, Verdict
from tests.answering import answering
from tests.checks import answers
from tests.emulator import Emulator

ARN = "arn:aws:cloudtrail:us-east-1:123456789012:trail/"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make_trail(aws: Emulator, name: str = "main", **how: object) -> None:
    aws.client("s3").create_bucket(Bucket="logs")
    client = aws.client("cloudtrail")
    client.create_trail(Name=name, S3BucketName="logs", **how)
    client.start_logging(Name=name)
    # AWS answers a new trail's GetEventSelectors with this default; moto answers with none until they are put.
    client.put_event_selectors(
        TrailName=name, EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    )


def test_no_trail_fails_in_every_region(aws: Emulator) -> None:
    assert aws.judge("cloudtrail.a_trail_records_this_region", regions=("us-east-1", "eu-west-1")) == {
        "region:us-east-1": ("fails", "no trail covers this region"),
        "region:eu-west-1": ("fails", "no trail covers this region"),
    }


def test_a_multi_region_trail_holds_in_every_region_through_its_shadow(aws: Emulator) -> None:
    make_trail(aws, IsMultiRegionTrail=True)
    assert aws.judge("cloudtrail.a_trail_covers_every_region", regions=("us-east-1", "eu-west-1")) == {
        "region:us-east-1": ("holds", "main (home us-east-1) records every region"),
        "region:eu-west-1": ("holds", "main (home us-east-1) records every region"),
    }


def test_a_trail_of_one_region_leaves_the_others_uncovered(aws: Emulator) -> None:
    make_trail(aws)
    assert aws.judge("cloudtrail.a_trail_records_this_region", regions=("us-east-1", "eu-west-1")) == {
        "region:us-east-1": ("holds", "main records all management events here"),
        "region:eu-west-1": ("fails", "no trail covers this region"),
    }
    assert aws.judge("cloudtrail.a_trail_covers_every_region") == {
        "region:us-east-1": ("fails", "there is no multi-region trail")
    }


def test_a_trail_that_does_not_log_records_nothing(aws: Emulator) -> None:
    make_trail(aws, IsMultiRegionTrail=True)
    aws.client("cloudtrail").stop_logging(Name="main")
    assert aws.judge("cloudtrail.a_trail_records_this_region") == {"region:us-east-1": ("fails", "main is not logging")}


def test_log_files_and_keys(aws: Emulator) -> None:
    make_trail(aws, "plain")
    arn = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    make_trail(aws, "careful", EnableLogFileValidation=True, KmsKeyId=arn)
    assert aws.judge("cloudtrail.trails_validate_log_files") == {
        ARN + "plain": ("fails", "log file validation is off"),
        ARN + "careful": ("holds", "log file validation is on"),
    }
    assert aws.judge("cloudtrail.trails_encrypt_with_own_key") == {
        ARN + "plain": ("fails", "no KMS key is set; the bucket's default encryption applies"),
        ARN + "careful": ("holds", f"encrypted under {arn}"),
    }


def test_no_trail_has_no_log_files_to_validate(aws: Emulator) -> None:
    assert aws.judge("cloudtrail.trails_validate_log_files") == {
        "region:us-east-1": ("not applicable", "there is none: cloudtrail:DescribeTrails listed nothing")
    }


def trail(**changes: object) -> Trail:
    fields = {
        "name": "main",
        "home_region": "us-east-1",
        "is_multi_region_trail": True,
        "log_file_validation_enabled": True,
        "s3_bucket_name": "logs",
    }
    return Trail.model_validate(fields | changes)


ALL = Selectors(event_selectors=(EventSelector(include_management_events=True, read_write_type="All"),))


def advanced(*fields: FieldSelector) -> Selectors:
    return Selectors(advanced_event_selectors=(AdvancedEventSelector(field_selectors=fields),))


def half(kind: str) -> EventSelector:
    return EventSelector(include_management_events=True, read_write_type=kind)


MANAGEMENT = FieldSelector(field="eventCategory", equals=("Management",))
HINDERED = Fails("main does not record all management events")
COVERS = Holds("main records all management events here")


@pytest.mark.parametrize(
    ("selectors", "verdict"),
    [
        (ALL, COVERS),
        (
            Selectors(event_selectors=(EventSelector(include_management_events=True, read_write_type="WriteOnly"),)),
            HINDERED,
        ),
        (Selectors(event_selectors=(EventSelector(include_management_events=False),)), HINDERED),
        (
            Selectors(
                event_selectors=(
                    EventSelector(
                        include_management_events=True, exclude_management_event_sources=("kms.amazonaws.com",)
                    ),
                )
            ),
            HINDERED,
        ),
        (advanced(MANAGEMENT), COVERS),
        (advanced(MANAGEMENT, FieldSelector(field="readOnly", equals=("false",))), HINDERED),
        (advanced(FieldSelector(field="eventCategory", equals=("Data",))), HINDERED),
        (advanced(MANAGEMENT, FieldSelector(field="eventSource", not_equals=("kms.amazonaws.com",))), HINDERED),
        (advanced(MANAGEMENT, FieldSelector(field="readOnly", equals=("false", "true"))), COVERS),
        (Selectors(event_selectors=(half("ReadOnly"), half("WriteOnly"))), COVERS),
        (Selectors(event_selectors=(half("ReadOnly"), half("ReadOnly"))), HINDERED),
        (Selectors(), HINDERED),
    ],
)
def test_what_a_trail_selects_decides_what_it_records(selectors: Selectors, verdict: Verdict) -> None:
    recorders = [Recorder(trail(), TrailStatus(is_logging=True), selectors)]
    assert cloudtrail.a_trail_records_this_region(recorders) == verdict


def test_two_trails_may_share_the_record() -> None:
    reads, writes = (
        Recorder(trail(name=kind), TrailStatus(is_logging=True), Selectors(event_selectors=(half(kind),)))
        for kind in ("ReadOnly", "WriteOnly")
    )
    both = "ReadOnly and WriteOnly record"
    assert cloudtrail.a_trail_records_this_region([reads, writes]) == Holds(
        f"{both} all management events here together"
    )
    assert cloudtrail.a_trail_covers_every_region([reads, writes]) == Holds(f"{both} every region together")
    stopped = Recorder(writes.trail, TrailStatus(is_logging=False), writes.selectors)
    alone = "ReadOnly does not record all management events; WriteOnly is not logging"
    assert cloudtrail.a_trail_covers_every_region([reads, stopped]) == Fails(alone)


def since(hours: int, **changes: object) -> TrailStatus:
    return TrailStatus.model_validate(
        {"is_logging": True, "latest_delivery_time": NOW - timedelta(hours=hours), **changes}
    )


@pytest.mark.parametrize(
    ("status", "selectors", "verdict"),
    [
        (TrailStatus(is_logging=True), ALL, Fails("nothing was ever delivered")),
        (
            TrailStatus(is_logging=True, start_logging_time=NOW - timedelta(minutes=5)),
            ALL,
            CannotTell("nothing was ever delivered, and the trail has been logging since 2026-11-23 11:55 only"),
        ),
        # Nobody may have written anything for a day.
        (
            since(25),
            Selectors(event_selectors=(half("WriteOnly"),)),
            CannotTell(
                "the last delivery was on 2026-11-22 11:00 UTC; no error is told, "
                "and what the trail selects may not have happened since"
            ),
        ),
    ],
)
def test_trails_deliver(status: TrailStatus, selectors: Selectors, verdict: Verdict) -> None:
    assert cloudtrail.trails_deliver(Recorder(trail(), status, selectors), NOW) == verdict


OBJECTS = (
    FieldSelector(field="eventCategory", equals=("Data",)),
    FieldSelector(field="resources.type", equals=("AWS::S3::Object",)),
)
ALL_RECORDED = Holds("reads and writes of objects in 1 buckets are recorded")
DARK = Fails("not every read and write is recorded of objects in 1 of 1 buckets: data")


def classic(value: str, kind: str = "All") -> Selectors:
    resources = ({"Type": "AWS::S3::Object", "Values": [value]},)
    return Selectors(event_selectors=(EventSelector(read_write_type=kind, data_resources=resources),))


@pytest.mark.parametrize(
    ("selectors", "verdict"),
    [
        (ALL, DARK),
        (classic("arn:aws:s3"), ALL_RECORDED),
        (classic("arn:aws-cn:s3:::"), ALL_RECORDED),
        (classic("arn:aws:s3:::data/"), ALL_RECORDED),
        (classic("arn:aws:s3:::data/private"), DARK),
        (classic("arn:aws:s3:::other/"), DARK),
        (classic("arn:aws:s3", "WriteOnly"), DARK),
        (advanced(*OBJECTS), ALL_RECORDED),
        (advanced(*OBJECTS, FieldSelector(field="readOnly", equals=("false",))), DARK),
        (advanced(*OBJECTS, FieldSelector(field="eventName", equals=("DeleteObject",))), DARK),
        (advanced(*OBJECTS, FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::data/",))), ALL_RECORDED),
        (
            advanced(*OBJECTS, FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::logs/",))),
            ALL_RECORDED,
        ),
        (advanced(*OBJECTS, FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::data/tmp",))), DARK),
    ],
)
def test_use_of_objects_is_recorded(selectors: Selectors, verdict: Verdict) -> None:
    here = Target("123456789012", "us-east-1")
    buckets = [Bucket(name=name, bucket_region="us-east-1") for name in ("data", "logs")]
    found = [Recorder(trail(), TrailStatus(is_logging=True), selectors)]
    assert cloudtrail.use_of_objects_is_recorded(found, buckets, here) == verdict
    stopped = [Recorder(trail(), TrailStatus(is_logging=False), selectors)]
    assert cloudtrail.use_of_objects_is_recorded(stopped, buckets, here) == DARK


def test_facts_about_trails(aws: Emulator) -> None:
    make_trail(aws)
    assert aws.judge("cloudtrail.data_events_recorded") == {ARN + "main": ("told", "trail main records no data events")}
    dark = "not every read and write is recorded of objects in 1 of 1 buckets: data"
    aws.client("s3").create_bucket(Bucket="data")
    assert aws.judge("cloudtrail.use_of_objects_is_recorded", regions=("us-east-1", "eu-west-1")) == {
        "region:us-east-1": ("fails", dark),
        "region:eu-west-1": ("not applicable", "the region has no bucket but those that trails write into"),
    }
    objects = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    for name, only in (("reads", "true"), ("writes", "false")):
        aws.client("cloudtrail").create_trail(Name=name, S3BucketName="logs")
        aws.client("cloudtrail").start_logging(Name=name)
        half_of_them = {"FieldSelectors": [*objects, {"Field": "readOnly", "Equals": [only]}]}
        aws.client("cloudtrail").put_event_selectors(TrailName=name, AdvancedEventSelectors=[half_of_them])
    assert aws.judge("cloudtrail.use_of_objects_is_recorded") == {
        "region:us-east-1": ("holds", "reads and writes of objects in 1 buckets are recorded")
    }
    assert aws.judge("cloudtrail.organization_trail") == {"region:us-east-1": ("told", "organization trails: none")}


def test_trails_write_where_logs_last(aws: Emulator) -> None:
    check, arn, s3 = "cloudtrail.trails_write_where_logs_last", f"{ARN}main", aws.client("s3")
    make_trail(aws)
    assert aws.judge(check) == {arn: ("fails", "logs keeps no versions")}
    told = "trails write: main to logs (in this account)"
    assert aws.judge("cloudtrail.where_logs_go") == {"region:us-east-1": ("told", told)}
    s3.put_bucket_versioning(Bucket="logs", VersioningConfiguration={"Status": "Suspended"})
    assert aws.judge(check) == {arn: ("fails", "logs keeps no versions")}
    s3.put_bucket_versioning(Bucket="logs", VersioningConfiguration={"Status": "Enabled"})
    assert aws.judge(check) == {arn: ("holds", "logs keeps versions")}
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    aws.client("cloudtrail").update_trail(Name="main", S3BucketName="locked")
    assert aws.judge(check) == {arn: ("holds", "locked has Object Lock")}
    s3.delete_bucket(Bucket="locked")  # as good as another account's
    assert aws.judge(check) == {arn: ("unknown", "locked is not among what s3:ListBuckets listed")}


def test_unusual_activity(aws: Emulator) -> None:
    make_trail(aws)
    told = "trail main looks for unusual activity: "
    assert aws.judge("cloudtrail.unusual_activity_looked_for") == {f"{ARN}main": ("told", told + "none")}
    aws.client("cloudtrail").put_insight_selectors(
        TrailName="main", InsightSelectors=[{"InsightType": "ApiErrorRateInsight"}]
    )
    assert aws.judge("cloudtrail.unusual_activity_looked_for") == {f"{ARN}main": ("told", told + "ApiErrorRateInsight")}


def test_event_data_stores(aws: Emulator) -> None:
    """moto lacks CloudTrail Lake."""
    check, arn = "cloudtrail.event_data_stores_are_protected_from_deletion", "arn:aws:cloudtrail:us-east-1:1:store/a"
    assert aws.judge("cloudtrail.event_data_stores") == {}
    store = {
        "EventDataStoreArn": arn,
        "Name": "all",
        "Status": "ENABLED",
        "TerminationProtectionEnabled": True,
        "RetentionPeriod": 2555,
        "MultiRegionEnabled": True,
    }
    with answering("cloudtrail", ListEventDataStores={"EventDataStores": [{"EventDataStoreArn": arn}]}):
        with answering("cloudtrail", GetEventDataStore=store):
            assert aws.judge(check) == {arn: ("holds", "termination protection is on")}
            told = "event data stores: all (ENABLED, 2555 days, all regions)"
            assert aws.judge("cloudtrail.event_data_stores") == {"region:us-east-1": ("told", told)}
        with answering("cloudtrail", GetEventDataStore={**store, "TerminationProtectionEnabled": False}):
            assert aws.judge(check) == {arn: ("fails", "it is off")}
        with answering("cloudtrail", GetEventDataStore={**store, "Status": "PENDING_DELETION"}):
            assert aws.judge(check) == {arn: ("not applicable", "all is PENDING_DELETION")}


def test_access_to_logs_and_alarms(aws: Emulator) -> None:
    logged, alarms, arn = "cloudtrail.access_to_logs_is_logged", "cloudtrail.trails_can_raise_alarms", f"{ARN}main"
    make_trail(aws)
    assert aws.judge(logged) == {arn: ("fails", "access to logs is not logged")}
    assert aws.judge(alarms) == {arn: ("fails", "no log group is set")}
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="access")
    write = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    policy = {"Version": "2012-10-17", "Statement": [{**write, "Resource": "arn:aws:s3:::access/*"}]}
    s3.put_bucket_policy(Bucket="access", Policy=json.dumps(policy))
    target = {"LoggingEnabled": {"TargetBucket": "access", "TargetPrefix": ""}}
    s3.put_bucket_logging(Bucket="logs", BucketLoggingStatus=target)
    assert aws.judge(logged) == {arn: ("holds", "access to logs is logged")}
    group = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"
    aws.client("cloudtrail").update_trail(
        Name="main", CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn="arn:aws:iam::123456789012:role/trail"
    )
    assert aws.judge(alarms) == {arn: ("unknown", f"{group} was never written to, and no error is told")}
    aws.client("s3").delete_bucket(Bucket="logs")
    assert aws.judge(logged) == {arn: ("unknown", "logs is not among what s3:ListBuckets listed")}


def test_what_trails_deliver(aws: Emulator) -> None:
    """moto's trails deliver nothing, nor do they tell of errors."""
    role = "arn:aws:iam::123456789012:role/trail"
    group = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"
    logs = {"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role}
    lately, before = "2026-11-23T11:00:00Z", "2026-11-22T11:00:00Z"
    told = {
        "good": {"LatestDeliveryTime": lately, "LatestCloudWatchLogsDeliveryTime": lately},
        "late": {"LatestDeliveryTime": before, "LatestCloudWatchLogsDeliveryTime": before},
        "refused": {"LatestDeliveryError": "AccessDenied", "LatestCloudWatchLogsDeliveryError": "AccessDenied"},
        "off": {"IsLogging": False, "LatestDeliveryTime": before},
    }
    with ExitStack() as prepared:
        for name, status in told.items():
            make_trail(aws, name, IsMultiRegionTrail=True, **logs)
            answer = {"GetTrailStatus": {"IsLogging": True, "StartLoggingTime": "2026-01-01T00:00:00Z", **status}}
            prepared.enter_context(answers.answering("cloudtrail", answer, when={"Name": ARN + name}))
        seen = answers.judge_all(aws, "cloudtrail", ["trails_deliver", "trails_can_raise_alarms"], at=NOW)
    refused, off = ("fails", "the last delivery failed: AccessDenied"), ("not applicable", "the trail is not logging")
    assert seen == {
        "trails_deliver": {
            ARN + "good": ("holds", "delivered on 2026-11-23 11:00 UTC"),
            ARN + "late": ("fails", "the last delivery was on 2026-11-22 11:00 UTC"),
            ARN + "refused": refused,
            ARN + "off": off,
        },
        "trails_can_raise_alarms": {
            ARN + "good": ("holds", f"writes to {group}"),
            ARN + "late": ("unknown", f"{group} was last written on 2026-11-22 11:00 UTC, and no error is told"),
            ARN + "refused": refused,
            ARN + "off": off,
        },
    }


def test_a_digest_that_is_refused_validates_nothing() -> None:
    refused = TrailStatus(is_logging=True, latest_digest_delivery_error="AccessDenied")
    told = Fails("the last digest was not delivered: AccessDenied")
    assert cloudtrail.trails_validate_log_files(trail(), refused) == told

"""What AWS Backup covers, how restores went, and objectives in tags: against real clients, and as tables."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.backup import coverage, objectives
from checks.backup.coverage import Restore
from checks.backup.evidence import Protected
from checks.backup.objectives import LastPoint
from checks.dynamodb import Backups, Table
from checks.tagging import TaggedResource
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.answering import answering
from tests.checks.answers import judge_all
from tests.checks.test_rds import cluster, instance
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REGION = "region:us-east-1"
RDS = f"arn:aws:rds:us-east-1:{ACCOUNT}:"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/"


def test_coverage(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    tag = [{"ResourceType": "volume", "Tags": [{"Key": "rpo", "Value": "4h"}, {"Key": "tier", "Value": "1"}]}]
    disk, other = (
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tag)["VolumeId"] for _ in "ab"
    )
    client = aws.client("backup")
    client.create_backup_vault(BackupVaultName="v")
    client.put_backup_vault_lock_configuration(BackupVaultName="v", MinRetentionDays=7)
    vault = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:v"
    arns = [f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/{disk}", f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-gone"]
    points = [
        {
            "ResourceArn": arns[0],
            "ResourceType": "EBS",
            "LastBackupTime": NOW - timedelta(hours=9),
            "LastBackupVaultArn": vault,
        },
        {"ResourceArn": arns[1], "ResourceType": "EBS", "LastBackupVaultArn": f"{vault}2"},
    ]
    names = [
        "resources_with_recovery_points",
        "where_the_last_backups_lie",
        "objectives_in_tags",
        "backups_are_as_young_as_tags_demand",
    ]
    with answering("backup", ListProtectedResources={"Results": points}):
        assert judge_all(aws, "backup", names, at=NOW) == {
            names[0]: {REGION: ("told", "AWS Backup has a recovery point of 1 of 2 volumes")},
            names[1]: {REGION: ("told", "the last recovery points of 1 of 2 resources lie in a locked vault")},
            names[2]: {REGION: ("told", "recovery objectives and tiers in tags: RPO 4h (2), tier 1 (2)")},
            names[3]: {
                arns[0]: ("fails", "the objective is 4h, the last backup is 9 hours 0 minutes old"),
                arns[1]: ("not applicable", "no tag names a recovery point objective"),
            },
        }
    assert other != disk


PLANS = [
    {
        "RestoreTestingPlanName": name,
        "RestoreTestingPlanArn": f"arn:aws:backup:us-east-1:{ACCOUNT}:restore-testing-plan:{name}",
        "CreationTime": NOW,
        "ScheduleExpression": "cron(0 5 ? * * *)",
    }
    for name in ("weekly", "idle")
]


def job(took: int, status: str | None = None, day: int = 3) -> dict[str, Any]:
    began = NOW - timedelta(days=day)
    kept = {"ValidationStatus": status} if status else {}
    ended = began + timedelta(minutes=took)
    return {"RestoreJobId": "j", "CreationDate": began, "CompletionDate": ended, "ResourceType": "EBS", **kept}


def test_restores(aws: Emulator) -> None:
    names = ["restore_testing_plans_select_something", "restored_data_is_right", "restores_are_quick_enough"]
    assert {verdict for told in judge_all(aws, "backup", names).values() for verdict, _ in told.values()} == {
        "not applicable"
    }
    selection = {
        "RestoreTestingPlanName": "weekly",
        "RestoreTestingSelectionName": "s",
        "ProtectedResourceType": "EBS",
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "CreationTime": NOW,
    }
    jobs = [job(90, "FAILED", 9), job(1500, "SUCCESSFUL", 2)]
    with answering(
        "backup",
        ListRestoreTestingPlans={"RestoreTestingPlans": PLANS},
        ListRestoreTestingSelections={"RestoreTestingSelections": [selection]},
        ListRestoreJobs={"RestoreJobs": jobs},
    ):
        assert judge_all(aws, "backup", names, at=NOW) == {
            names[0]: {REGION: ("fails", "nothing is selected by idle")},
            names[1]: {REGION: ("holds", "validated: EBS")},
            names[2]: {REGION: ("fails", "the longest of 2 took 25 hours 0 minutes (EBS on 2026-11-21)")},
        }


def test_restores_that_went_well_and_badly(aws: Emulator) -> None:
    names = ["restore_testing_plans_select_something", "restored_data_is_right", "restores_are_quick_enough"]
    selection = {
        "RestoreTestingPlanName": "weekly",
        "RestoreTestingSelectionName": "s",
        "ProtectedResourceType": "EBS",
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "CreationTime": NOW,
    }
    # What was restored and validated more than a year ago says nothing of today.
    jobs = [job(90, "SUCCESSFUL", 9), job(20, "TIMED_OUT", 2), job(2000, "FAILED", 400)]
    with answering(
        "backup",
        ListRestoreTestingPlans={"RestoreTestingPlans": PLANS[:1]},
        ListRestoreTestingSelections={"RestoreTestingSelections": [selection]},
        ListRestoreJobs={"RestoreJobs": jobs},
    ):
        assert judge_all(aws, "backup", names, at=NOW) == {
            names[0]: {REGION: ("holds", "1 plans restore EBS")},
            names[1]: {REGION: ("fails", "EBS: TIMED_OUT on 2026-11-21")},
            names[2]: {REGION: ("holds", "the longest of 2 took 1 hours 30 minutes (EBS on 2026-11-14)")},
        }


RPO_TAG = [{"Key": "acme:RPO", "Value": "15min"}]
ON_TIME = "the objective is 15min, and the last moment to go back to is 5 minutes ago"
TOO_LATE = "the objective is 15min, and the last moment to go back to is 10 hours 0 minutes ago"
NO_OBJECTIVE = ("not applicable", "no tag names a recovery point objective")


def test_what_is_tagged_with_an_objective(aws: Emulator) -> None:
    """moto lets everything go back to this very moment; how far back it goes is prepared over moto's own answer."""
    rds, ddb, s3 = aws.client("rds"), aws.client("dynamodb"), aws.client("s3")
    owner = {"MasterUsername": "owner", "MasterUserPassword": "not-secret-1"}
    small = {"DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "AllocatedStorage": 20, **owner}
    back = {"good": minutes(5), "bad": minutes(600), "untagged": minutes(600)}
    for name in back:
        tags = {"Tags": RPO_TAG} if name != "untagged" else {}
        rds.create_db_instance(DBInstanceIdentifier=name, **small, **tags)
        rds.create_db_cluster(DBClusterIdentifier=f"{name}-c", Engine="aurora-postgresql", **owner, **tags)
        ddb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **tags,
        )
        s3.create_bucket(Bucket=name)
        if tags:
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": RPO_TAG})
    rds.create_db_instance_read_replica(DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="good")
    instances = [
        one | {"LatestRestorableTime": back.get(one["DBInstanceIdentifier"], NOW)}
        for one in rds.describe_db_instances()["DBInstances"]
    ]
    clusters = [
        one | {"LatestRestorableTime": back[one["DBClusterIdentifier"].removesuffix("-c")]}
        for one in rds.describe_db_clusters()["DBClusters"]
    ]
    points = [
        {"ResourceArn": f"arn:aws:s3:::{name}", "ResourceType": "S3", "LastBackupTime": when}
        for name, when in back.items()
    ]
    names = [
        "instances_go_back_as_tags_demand",
        "clusters_go_back_as_tags_demand",
        "tables_go_back_as_tags_demand",
        "backups_are_as_young_as_tags_demand",
    ]
    with ExitStack() as stack:
        stack.enter_context(
            answering(
                "rds", DescribeDBInstances={"DBInstances": instances}, DescribeDBClusters={"DBClusters": clusters}
            )
        )
        stack.enter_context(answering("backup", ListProtectedResources={"Results": points}))
        for name, when in back.items():
            recovery = {"PointInTimeRecoveryStatus": "ENABLED", "LatestRestorableDateTime": when}
            told = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
            described = Prepared(
                source="a row of this test",
                answer={"ContinuousBackupsDescription": told},
                when={"TableName": name},
            )
            stack.enter_context(answering("dynamodb", DescribeContinuousBackups=described))
        said = judge_all(aws, "backup", names, at=NOW)
    continuous = "10 hours 0 minutes old, and whether backups of it are continuous is not told"
    assert said == {
        names[0]: {
            f"{RDS}db:good": ("holds", ON_TIME),
            f"{RDS}db:bad": ("fails", TOO_LATE),
            f"{RDS}db:untagged": NO_OBJECTIVE,
            f"{RDS}db:copy": ("not applicable", "a read replica of good"),
        },
        names[1]: {
            f"{RDS}cluster:good-c": ("holds", ON_TIME),
            f"{RDS}cluster:bad-c": ("fails", TOO_LATE),
            f"{RDS}cluster:untagged-c": NO_OBJECTIVE,
        },
        names[2]: {
            f"{TABLE}good": ("holds", ON_TIME),
            f"{TABLE}bad": ("fails", TOO_LATE),
            f"{TABLE}untagged": NO_OBJECTIVE,
        },
        names[3]: {
            "arn:aws:s3:::good": ("holds", "the objective is 15min, the last backup is 5 minutes old"),
            "arn:aws:s3:::bad": ("unknown", f"the objective is 15min, the last backup is {continuous}"),
            "arn:aws:s3:::untagged": NO_OBJECTIVE,
        },
    }


def restore(status: str | None, days: int, kind: str = "EBS") -> Restore:
    began = NOW - timedelta(days=days)
    return Restore(
        restore_job_id="j",
        creation_date=began,
        completion_date=began + timedelta(minutes=20),
        resource_type=kind,
        validation_status=status,
    )


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (
            [restore(None, 1), restore("VALIDATING", 1)],
            NotApplicable("nothing that was restored in 365 days was validated"),
        ),
        ([restore("FAILED", 400)], NotApplicable("nothing that was restored in 365 days was validated")),
        ([restore("SUCCESSFUL", 9), restore("TIMED_OUT", 2)], Fails("EBS: TIMED_OUT on 2026-11-21")),
        ([restore("SUCCESSFUL", 9), restore("FAILED", 2, "RDS")], Fails("RDS: FAILED on 2026-11-21")),
        ([restore("FAILED", 9), restore("SUCCESSFUL", 2)], Holds("validated: EBS")),
    ],
)
def test_restored_data_is_right(found: list[Restore], verdict: Verdict) -> None:
    assert coverage.restored_data_is_right(found, NOW) == verdict


def test_restores_are_quick_enough() -> None:
    quick = Holds("the longest of 2 took 20 minutes (EBS on 2026-11-22)")
    assert coverage.restores_are_quick_enough([restore(None, 1), restore(None, 2)], NOW) == quick
    late = Fails("the longest of 1 took 20 minutes (EBS on 2026-11-22)")
    assert coverage.restores_are_quick_enough([restore(None, 1)], NOW, hours=0) == late


@pytest.mark.parametrize(
    ("kind", "text", "hours", "verdict"),
    [
        ("EBS", "24 hours", 9, Holds("the objective is 24 hours, the last backup is 9 hours 0 minutes old")),
        ("EFS", "15min", 1, Fails("the objective is 15min, the last backup is 1 hours 0 minutes old")),
        ("EFS", "1d", None, Fails("the objective is 1d, and no backup was completed")),
        ("RDS", "15min", 9, NotApplicable("RDS is judged by the moment to which it can be restored")),
        ("S3", "1d", 9, Holds("the objective is 1d, the last backup is 9 hours 0 minutes old")),
        (
            "S3",
            "1h",
            9,
            CannotTell(
                "the objective is 1h, the last backup is 9 hours 0 minutes old, "
                "and whether backups of it are continuous is not told"
            ),
        ),
        ("EBS", "gold", 9, CannotTell("the tag says gold, which is no span of time that is understood here")),
        ("EBS", "", 9, NotApplicable("no tag names a recovery point objective")),
    ],
)
def test_objectives(kind: str, text: str, hours: int | None, verdict: Verdict) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)
    point = LastPoint(resource_arn="a", resource_type=kind, last_backup_time=last)
    tags = [{"key": "acme:RPO", "value": text}]
    tagged = TaggedResource.model_validate({"resource_arn": "a", "tags": tags}, strict=False)
    assert objectives.backups_are_as_young_as_tags_demand(point, [tagged], NOW) == verdict


def minutes(count: int) -> datetime:
    return NOW - timedelta(minutes=count)


def told(verdict: type[Holds] | type[Fails], ago: str) -> Verdict:
    return verdict(f"the objective is 15min, and the last moment to go back to is {ago} ago")


RPO: dict[str, object] = {"tag_list": [{"key": "RPO", "value": "15min"}]}
NOTHING = Fails("the objective is 15min, and no moment to go back to is told")
STOPPED = "stopped: nothing is written that could be lost"


@pytest.mark.parametrize(
    ("changes", "backed_up", "verdict"),
    [
        (RPO | {"latest_restorable_time": minutes(5)}, None, told(Holds, "5 minutes")),
        (RPO | {"latest_restorable_time": minutes(600)}, None, told(Fails, "10 hours 0 minutes")),
        (RPO, minutes(10), told(Holds, "10 minutes")),
        (RPO, None, NOTHING),
        ({"latest_restorable_time": minutes(600)}, None, NotApplicable("no tag names a recovery point objective")),
        (RPO | {"db_cluster_identifier": "c"}, None, NotApplicable("the cluster c is judged instead")),
        (
            RPO | {"read_replica_source_db_instance_identifier": "main"},
            None,
            NotApplicable("a read replica of main"),
        ),
        (RPO | {"db_instance_status": "stopped"}, None, NotApplicable(f"the instance is {STOPPED}")),
        (
            {"tag_list": [{"key": "rpo", "value": "gold"}]},
            None,
            CannotTell("the tag says gold, which is no span of time that is understood here"),
        ),
    ],
)
def test_instances_go_back(changes: dict[str, object], backed_up: datetime | None, verdict: Verdict) -> None:
    one = instance(**changes)
    points = [Protected(resource_arn=one.db_instance_arn, resource_type="RDS", last_backup_time=backed_up)]
    assert objectives.instances_go_back_as_tags_demand(one, points, NOW) == verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        (RPO | {"latest_restorable_time": minutes(5)}, told(Holds, "5 minutes")),
        (RPO | {"latest_restorable_time": minutes(30)}, told(Fails, "30 minutes")),
        (RPO | {"status": "stopped"}, NotApplicable(f"the cluster is {STOPPED}")),
    ],
)
def test_clusters_go_back(changes: dict[str, object], verdict: Verdict) -> None:
    assert objectives.clusters_go_back_as_tags_demand(cluster(**changes), [], NOW) == verdict


@pytest.mark.parametrize(
    ("status", "last", "verdict"),
    [
        ("ENABLED", minutes(5), told(Holds, "5 minutes")),
        ("DISABLED", minutes(5), NOTHING),
        ("ENABLED", minutes(20), told(Fails, "20 minutes")),
    ],
)
def test_tables_go_back(status: str, last: datetime, verdict: Verdict) -> None:
    recovery = {"point_in_time_recovery_status": status, "latest_restorable_date_time": last}
    backups = Backups.model_validate({"point_in_time_recovery_description": recovery})
    tags = [{"key": "rpo", "value": "15min"}]
    tagged = TaggedResource.model_validate({"resource_arn": "t", "tags": tags}, strict=False)
    table = Table(table_name="t", table_arn="t")
    assert objectives.tables_go_back_as_tags_demand(table, backups, [], [tagged], NOW) == verdict
    assert objectives.tables_go_back_as_tags_demand(table, backups, [], [], NOW) == NotApplicable(
        "no tag names a recovery point objective"
    )

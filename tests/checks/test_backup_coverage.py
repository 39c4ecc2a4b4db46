"""What AWS Backup covers, how restores went, and objectives in tags: against real clients, and as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.backup import coverage
from checks.backup.coverage import LastPoint, Restore
from checks.tagging import TaggedResource
from scanner import Fails, Holds, NotApplicable, Verdict
from tests.answering import answering
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REGION = "region:us-east-1"


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
        ("RDS", "15min", 9, NotApplicable("RDS may also go back to a moment between two backups")),
        ("EBS", "gold", 9, NotApplicable("the tag says gold, which is no span of time")),
        ("EBS", "", 9, NotApplicable("no tag names a recovery point objective")),
    ],
)
def test_objectives(kind: str, text: str, hours: int | None, verdict: Verdict) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)
    point = LastPoint(resource_arn="a", resource_type=kind, last_backup_time=last)
    tags = [{"key": "acme:RPO", "value": text}]
    tagged = TaggedResource.model_validate({"resource_arn": "a", "tags": tags}, strict=False)
    assert coverage.backups_are_as_young_as_tags_demand(point, [tagged], NOW) == verdict

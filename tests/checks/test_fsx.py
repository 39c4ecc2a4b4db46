"""FSx checks: against a real client with prepared answers, and as a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import fsx
from checks.backup.evidence import Protected
from checks.fsx import Association, FileSystem
from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ARN = f"arn:aws:fsx:us-east-1:{ACCOUNT}:file-system/"


def test_file_systems(aws: Emulator) -> None:
    client = aws.client("fsx")
    make: dict[str, Any] = {
        "StorageCapacity": 1200,
        "SubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    }
    multi = client.create_file_system(
        FileSystemType="WINDOWS",
        KmsKeyId="key",
        WindowsConfiguration={
            "DeploymentType": "MULTI_AZ_1",
            "ThroughputCapacity": 32,
            "AutomaticBackupRetentionDays": 30,
            "AuditLogConfiguration": {
                "FileAccessAuditLogLevel": "SUCCESS_AND_FAILURE",
                "FileShareAccessAuditLogLevel": "DISABLED",
            },
        },
        **make,
    )["FileSystem"]["ResourceARN"]
    linked = client.create_file_system(
        FileSystemType="LUSTRE", KmsKeyId="key", LustreConfiguration={"DeploymentType": "PERSISTENT_2"}, **make
    )["FileSystem"]
    lustre = linked["ResourceARN"]
    single = {"DeploymentType": "SINGLE_AZ_2", "ThroughputCapacity": 32, "AutomaticBackupRetentionDays": 30}
    narrow, toy = (
        client.create_file_system(
            FileSystemType="WINDOWS", KmsKeyId="key", WindowsConfiguration=single, Tags=tags, **make
        )["FileSystem"]["ResourceARN"]
        for tags in ([{"Key": "owner", "Value": "a"}], [{"Key": "environment", "Value": "Dev"}])
    )
    assert aws.judge("fsx.file_systems_span_zones") == {
        multi: ("holds", "the deployment is MULTI_AZ_1"),
        narrow: ("fails", "the deployment is SINGLE_AZ_2"),
        toy: ("not applicable", "the tag environment says Dev"),
        lustre: ("not applicable", "FSx for Lustre is in one zone by its nature"),
    }
    assert aws.judge("fsx.file_systems_are_encrypted")[multi] == ("holds", "encrypted under key")
    assert aws.judge("fsx.access_is_audited") == {
        multi: ("holds", "audited: SUCCESS_AND_FAILURE"),
        narrow: ("fails", "file access is not audited"),
        toy: ("fails", "file access is not audited"),
        lustre: ("not applicable", "FSx has no such log for LUSTRE"),
    }
    check = "fsx.file_systems_are_backed_up"
    assert aws.judge(check) == {
        **dict.fromkeys((multi, narrow, toy), ("holds", "backups are kept for 30 days")),
        lustre: ("fails", "automatic backups are off"),
    }
    answer = {"Associations": [{"AssociationId": "dra-1", "FileSystemId": linked["FileSystemId"]}]}
    forget = prepare_one("fsx", "DescribeDataRepositoryAssociations", Prepared(source="a row", answer=answer))
    told = "its data is in a bucket; FSx takes no backups of such a file system"
    try:
        assert aws.judge(check)[lustre] == ("not applicable", told)
    finally:
        forget()


def test_no_file_system_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("fsx.file_systems_are_encrypted") == {"region:us-east-1": "not applicable"}


def system(kind: str, member: str, deployment: str, days: int | None = None, **more: object) -> FileSystem:
    configuration = {"deployment_type": deployment, "automatic_backup_retention_days": days, **more}
    fields = {"resource_arn": ARN + "fs-1", "file_system_id": "fs-1", "file_system_type": kind}
    return FileSystem.model_validate(fields | {member: configuration})


ONTAP = ("ONTAP", "ontap_configuration")
ZFS = ("OPENZFS", "open_zfs_configuration")
WINDOWS = ("WINDOWS", "windows_configuration")
LUSTRE = ("LUSTRE", "lustre_configuration")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (system(*ONTAP, "MULTI_AZ_2"), Holds("the deployment is MULTI_AZ_2")),
        (system(*ZFS, "SINGLE_AZ_HA_2"), Fails("the deployment is SINGLE_AZ_HA_2")),
        (system(*WINDOWS, "SINGLE_AZ_2"), Fails("the deployment is SINGLE_AZ_2")),
        (
            FileSystem(resource_arn="a", file_system_id="fs-1", file_system_type="NEW"),
            CannotTell("no deployment is told"),
        ),
    ],
)
def test_file_systems_span_zones(one: FileSystem, verdict: Verdict) -> None:
    assert fsx.file_systems_span_zones(one) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (system(*ONTAP, "MULTI_AZ_1", 7), Holds("backups are kept for 7 days")),
        (system(*ONTAP, "MULTI_AZ_1", 6), Fails("backups are kept for 6 days, fewer than 7")),
        (system(*ZFS, "SINGLE_AZ_1", 0), Fails("automatic backups are off")),
        (system(*ZFS, "SINGLE_AZ_1"), Fails("automatic backups are off")),
        (system(*LUSTRE, "SCRATCH_2"), NotApplicable("scratch file systems have no backups")),
        (
            system(*LUSTRE, "PERSISTENT_1", 0, data_repository_configuration={"import_path": "s3://b"}),
            NotApplicable("its data is in a bucket; FSx takes no backups of such a file system"),
        ),
    ],
)
def test_file_systems_are_backed_up(one: FileSystem, verdict: Verdict) -> None:
    another = Association(association_id="dra-2", file_system_id="fs-2")
    assert fsx.file_systems_are_backed_up(one, [another], [], NOW) == verdict


def test_a_recovery_point_of_aws_backup_counts() -> None:
    one = system(*ZFS, "SINGLE_AZ_1", 0)
    recent = Protected(resource_arn=one.resource_arn, resource_type="FSx", last_backup_time=NOW - timedelta(days=8))
    old = recent.model_copy(update={"last_backup_time": NOW - timedelta(days=9)})
    holds = Holds("AWS Backup made a recovery point on 2026-11-15")
    assert fsx.file_systems_are_backed_up(one, [], [recent], NOW) == holds
    assert fsx.file_systems_are_backed_up(one, [], [old], NOW) == Fails("automatic backups are off")
    volume = ARN.replace("file-system/", "volume/fs-1/fsvol-1")
    ontap, of_volume = system(*ONTAP, "MULTI_AZ_1", 0), recent.model_copy(update={"resource_arn": volume})
    some = CannotTell("AWS Backup has recent recovery points of volumes; whether of each is not told")
    assert fsx.file_systems_are_backed_up(ontap, [], [of_volume], NOW) == some
    other = recent.model_copy(update={"resource_arn": volume.replace("fs-1", "fs-2")})
    assert fsx.file_systems_are_backed_up(ontap, [], [other], NOW) == Fails("automatic backups are off")


def test_file_systems_are_encrypted() -> None:
    scratch = Holds("scratch file systems are encrypted under a key that FSx manages")
    assert fsx.file_systems_are_encrypted(system(*LUSTRE, "SCRATCH_1")) == scratch
    assert fsx.file_systems_are_encrypted(system(*ZFS, "SINGLE_AZ_1")) == CannotTell("no key is named")


def test_access_is_audited() -> None:
    off = system(*WINDOWS, "SINGLE_AZ_2", audit_log_configuration={"file_access_audit_log_level": "DISABLED"})
    assert fsx.access_is_audited(off) == Fails("file access is not audited")
    assert fsx.access_is_audited(system(*WINDOWS, "SINGLE_AZ_2")) == Fails("file access is not audited")

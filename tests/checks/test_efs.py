"""EFS checks, against real clients and as tables."""

import json
from datetime import UTC, datetime

import pytest

from checks import efs
from checks.backup.evidence import Protected
from checks.efs import BackupPolicy, FileSystem, FileSystemPolicy, Replication
from scanner import CannotTell, Fails, Holds, NotApplicable, Policy, Verdict
from tests.emulator import Emulator


def test_file_systems(aws: Emulator) -> None:
    client = aws.client("efs")
    good = client.create_file_system(CreationToken="good", Encrypted=True, Backup=True)
    bad = client.create_file_system(CreationToken="bad", Encrypted=False, AvailabilityZoneName="us-east-1a")
    good_arn, bad_arn = good["FileSystemArn"], bad["FileSystemArn"]
    assert aws.judge("efs.file_systems_are_encrypted") == {
        good_arn: ("holds", "encrypted at rest"),
        bad_arn: ("fails", "not encrypted at rest"),
    }
    assert aws.judge("efs.file_systems_span_zones") == {
        good_arn: ("holds", "the file system is regional"),
        bad_arn: ("fails", "all data is in us-east-1a"),
    }
    found = aws.judge("efs.file_systems_are_backed_up")
    assert found[good_arn] == ("holds", "automatic backups are on")


def test_a_policy_that_is_not_there_is_no_backup(aws: Emulator) -> None:
    client = aws.client("efs")
    arn = client.create_file_system(CreationToken="plain", Encrypted=True)["FileSystemArn"]
    assert aws.judge("efs.file_systems_are_backed_up") == {arn: ("fails", "no backup policy is set")}


def test_no_file_system_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("efs.file_systems_are_encrypted") == {"region:us-east-1": "not applicable"}


BY_TARGET = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}


def statement(**changes: object) -> dict[str, object]:
    refused: dict[str, object] = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return refused | changes


def policy(*statements: dict[str, object]) -> FileSystemPolicy:
    """A policy that lets in everybody who comes by a mount target, as the console makes it, and what else it says."""
    return only(statement(Effect="Allow", Condition=BY_TARGET), *statements)


def only(*statements: dict[str, object]) -> FileSystemPolicy:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return FileSystemPolicy(policy=Policy.model_validate(document))


ARN = "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1"
SYSTEM = FileSystem(file_system_id="fs-1", file_system_arn=ARN, encrypted=True)
WITH_TLS = statement(Effect="Allow", Condition={"Bool": {"aws:SecureTransport": "true"}})
REFUSED = Holds("the policy refuses clients without TLS")
TAKEN = Fails("the policy does not refuse clients without TLS")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (None, Fails("no policy refuses clients without TLS")),
        (policy(statement()), REFUSED),
        (policy(statement(Action=["elasticfilesystem:ClientMount"], Resource=ARN)), REFUSED),
        (policy(statement(Action="elasticfilesystem:ClientWrite")), TAKEN),
        (policy(statement(Resource=ARN.replace("fs-1", "fs-2"))), TAKEN),
        (policy(statement(Resource=ARN.replace("fs-1", "*"))), REFUSED),
        (policy(statement(Resource=ARN.replace("fs-1", "fs-2*"))), TAKEN),
        (policy(statement(Principal={"AWS": "123456789012"})), TAKEN),
        (policy(statement(Condition={"Bool": {"aws:SecureTransport": "true"}})), TAKEN),
        (policy(statement(Effect="Allow")), TAKEN),
        (only(WITH_TLS), Holds("the policy lets in clients with TLS only")),
        (policy(WITH_TLS), TAKEN),
        (
            only(statement(Effect="Allow", Principal={"AWS": "123456789012"}, Condition=BY_TARGET)),
            CannotTell("the policy lets in nobody in general; whether those who sign mount with TLS is not told"),
        ),
        (policy(statement(Effect="Allow", Action="elasticfilesystem:ClientWrite")), TAKEN),
        (
            policy(
                statement(
                    Condition={
                        "Bool": {"aws:SecureTransport": "false"},
                        "StringEquals": {"aws:PrincipalAccount": "123456789012"},
                    }
                )
            ),
            TAKEN,
        ),
    ],
)
def test_mounts_must_use_tls(found: FileSystemPolicy | None, verdict: Verdict) -> None:
    assert efs.mounts_must_use_tls(SYSTEM, found) == verdict


def test_how_file_systems_are_mounted(aws: Emulator) -> None:
    subnets = aws.client("ec2").describe_subnets()["Subnets"][:2]
    client = aws.client("efs")
    good, bad, zone = [
        client.create_file_system(CreationToken=name, Encrypted=True, **more)
        for name, more in (("good", {}), ("bad", {}), ("zone", {"AvailabilityZoneName": "us-east-1a"}))
    ]
    for one, where in ((good, subnets), (bad, subnets[:1])):
        for subnet in where:
            client.create_mount_target(FileSystemId=one["FileSystemId"], SubnetId=subnet["SubnetId"])
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement()]})
    client.put_file_system_policy(FileSystemId=good["FileSystemId"], Policy=document)
    zones = sorted(subnet["AvailabilityZone"] for subnet in subnets)
    assert aws.judge("efs.mount_targets_span_zones") == {
        good["FileSystemArn"]: ("holds", f"in {zones[0]}, {zones[1]}"),
        bad["FileSystemArn"]: ("fails", f"in {subnets[0]['AvailabilityZone']} alone"),
        zone["FileSystemArn"]: ("not applicable", "all data is in us-east-1a"),
    }
    found = aws.judge("efs.mounts_must_use_tls")
    assert found[good["FileSystemArn"]] == ("holds", "the policy refuses clients without TLS")
    assert found[bad["FileSystemArn"]] == ("fails", "no policy refuses clients without TLS")
    told = aws.judge("efs.replicated_file_systems")
    assert told == {"region:us-east-1": ("told", "3 EFS file systems; replicated: none")}


def test_mount_targets_that_go_are_not_counted() -> None:
    def target(zone: str, state: str = "available") -> efs.MountTarget:
        return efs.MountTarget(mount_target_id=zone, availability_zone_name=zone, life_cycle_state=state)

    for state in ("deleting", "deleted", "error"):
        assert efs.mount_targets_span_zones(SYSTEM, [target("a"), target("b", state)]) == Fails("in a alone")
    gone = efs.mount_targets_span_zones(SYSTEM, [target("a", "deleting")])
    assert gone == NotApplicable("its mount targets are deleting")


def test_access_points_confine_their_users(aws: Emulator) -> None:
    client = aws.client("efs")
    system = client.create_file_system(CreationToken="one", Encrypted=True)["FileSystemId"]
    confined = client.create_access_point(
        FileSystemId=system, PosixUser={"Uid": 1000, "Gid": 1000}, RootDirectory={"Path": "/app"}
    )
    open_ = client.create_access_point(FileSystemId=system, RootDirectory={"Path": "/"})
    check = "efs.access_points_confine_their_users"
    assert aws.judge(check) == {
        confined["AccessPointArn"]: ("holds", "a folder and a user are set"),
        open_["AccessPointArn"]: ("fails", "the root of the file system is shown; clients act as any user"),
    }


def test_replicated_file_systems_are_told() -> None:
    to = {"region": "eu-west-1", "status": "ENABLED"}
    one = Replication.model_validate({"source_file_system_id": "fs-1", "destinations": [to]}, strict=False)
    assert efs.replicated_file_systems([SYSTEM], [one]) == "1 EFS file systems; replicated: fs-1 to eu-west-1"
    assert efs.replicated_file_systems([], []) is None


def test_a_recovery_point_of_aws_backup_counts() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    mine = Protected(resource_arn=ARN, resource_type="EFS", last_backup_time=now)
    other = mine.model_copy(update={"resource_arn": ARN.replace("fs-1", "fs-2")})
    told = Holds("AWS Backup made a recovery point on 2026-11-23")
    off = BackupPolicy.model_validate({"backup_policy": {"status": "DISABLED"}})
    assert efs.file_systems_are_backed_up(SYSTEM, None, [mine], now) == told
    assert efs.file_systems_are_backed_up(SYSTEM, off, [other], now) == Fails("automatic backups are DISABLED")
    copy = {"file_system_protection": {"replication_overwrite_protection": "REPLICATING"}}
    into = FileSystem.model_validate(SYSTEM.model_dump() | copy)
    same = NotApplicable("the copy of another file system, which is replicated into it")
    assert efs.file_systems_are_backed_up(into, None, [], now) == same

"""Single instances and the volumes with their data: against real clients, and as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.autoscaling import Group
from checks.backup.evidence import Protected
from checks.ec2 import recovery
from checks.ec2.recovery import DataVolume, RecoveryAlarm, SingleInstance, TypeOf, VolumeSnapshot
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = Target(ACCOUNT, "us-east-1")
NO_BACKUPS = recovery.backups([])
ARN = f"arn:aws:ec2:us-east-1:{ACCOUNT}:"


def test_through_a_client(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    made = [
        one["InstanceId"]
        for one in ec2.run_instances(ImageId="ami-12c6146b", InstanceType="t3.micro", MinCount=2, MaxCount=2)[
            "Instances"
        ]
    ]
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="recover",
        Namespace="AWS/EC2",
        MetricName="StatusCheckFailed_System",
        Dimensions=[{"Name": "InstanceId", "Value": made[0]}],
        EvaluationPeriods=2,
        Period=60,
        Statistic="Maximum",
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=["arn:aws:automate:us-east-1:ec2:recover"],
    )
    old, disks = (
        ec2.run_instances(ImageId="ami-12c6146b", InstanceType=kind, MinCount=1, MaxCount=1)["Instances"][0]
        for kind in ("i3.large", "m3.large")
    )
    volumes = [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]]
    loose = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    saved, unsaved, rebuilt = (
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tags)["VolumeId"]
        for tags in ([], [], [{"ResourceType": "volume", "Tags": [{"Key": "Reproducible", "Value": "yes"}]}])
    )
    for letter, one in zip("fgh", (saved, unsaved, rebuilt), strict=True):
        ec2.attach_volume(VolumeId=one, InstanceId=made[0], Device=f"/dev/sd{letter}")
    ec2.create_snapshot(VolumeId=saved)
    ec2.create_snapshot(VolumeId=loose)
    names = ["single_instances_recover", "data_volumes_are_backed_up", "instances_outside_groups"]
    told = judge_all(aws, "ec2", names)
    assert told["single_instances_recover"] == {
        f"{ARN}instance/{made[0]}": ("holds", "the alarm recover recovers it"),
        f"{ARN}instance/{made[1]}": ("holds", "EC2 recovers it by itself"),
        f"{ARN}instance/{old['InstanceId']}": ("fails", "EC2 does not recover a i3.large, and nothing else does"),
        f"{ARN}instance/{disks['InstanceId']}": (
            "unknown",
            "EC2 recovers it only without volumes on the disks of its host, which are not told",
        ),
    }
    ends = ("not applicable", "it is deleted with its instance")
    assert told["data_volumes_are_backed_up"] == {
        **{f"{ARN}volume/{one}": ends for one in volumes},
        f"{ARN}volume/{loose}": ("not applicable", "the volume is available"),
        f"{ARN}volume/{saved}": ("holds", f"a snapshot of {datetime.now(UTC):%Y-%m-%d}"),
        f"{ARN}volume/{unsaved}": ("fails", "no snapshot and no recovery point"),
        f"{ARN}volume/{rebuilt}": ("not applicable", "the tag Reproducible says yes"),
    }
    assert told["instances_outside_groups"] == {
        "region:us-east-1": ("told", "4 of 4 running instances are in no Auto Scaling group")
    }


def instance(**changes: object) -> SingleInstance:
    fields = {"instance_id": "i-1", "instance_type": "m7g.large", "state": {"name": "running"}}
    return SingleInstance.model_validate(fields | changes)


def kind(supported: bool) -> TypeOf:
    return TypeOf(instance_type="m7g.large", auto_recovery_supported=supported, instance_storage_supported=False)


DEFAULT = {"maintenance_options": {"auto_recovery": "default"}}
OFF = {"maintenance_options": {"auto_recovery": "disabled"}}


def saved(name: str, days: int) -> Protected:
    when = NOW - timedelta(days=days)
    return Protected(resource_arn=ARN + name, resource_type="EC2", last_backup_time=when)


@pytest.mark.parametrize(
    ("one", "supported", "protected", "verdict"),
    [
        (instance(**DEFAULT), True, [], Holds("EC2 recovers it by itself")),
        (instance(**DEFAULT), False, [], Fails("EC2 does not recover a m7g.large, and nothing else does")),
        (
            instance(**OFF),
            True,
            [],
            Fails("automatic recovery is off, no alarm recovers it, and it has no recent recovery point"),
        ),
        (
            instance(**OFF),
            True,
            [saved("instance/i-1", 2)],
            Holds("AWS Backup made a recovery point on 2026-11-21"),
        ),
        (
            instance(**OFF),
            True,
            [saved("instance/i-1", 20), saved("instance/i-2", 1)],
            Fails("automatic recovery is off, no alarm recovers it, and it has no recent recovery point"),
        ),
        (instance(**OFF, instance_lifecycle="spot"), True, [], NotApplicable("a Spot Instance may end at any time")),
        (instance(**OFF, state={"name": "stopped"}), True, [], NotApplicable("the instance is stopped")),
    ],
)
def test_single_instances_recover(
    one: SingleInstance, supported: bool, protected: list[Protected], verdict: Verdict
) -> None:
    assert (
        recovery.single_instances_recover(
            one, kind(supported), recovery.rescue([], []), recovery.backups(protected), NOW, HERE
        )
        == verdict
    )


def test_groups_and_alarms_recover() -> None:
    inside = [{"instance_id": "i-1", "availability_zone": "a", "lifecycle_state": "InService"}]
    fields = {
        "auto_scaling_group_name": "web",
        "auto_scaling_group_arn": "g",
        "min_size": 1,
        "max_size": 1,
        "desired_capacity": 1,
        "availability_zones": ["a"],
        "health_check_type": "EC2",
        "instances": inside,
    }
    group = Group.model_validate(fields, strict=False)
    told = recovery.single_instances_recover(
        instance(**OFF), kind(True), recovery.rescue([group], []), NO_BACKUPS, NOW, HERE
    )
    assert told == Holds("the group web replaces it")
    halted = {"suspended_processes": [{"process_name": "ReplaceUnhealthy"}, {"process_name": "AZRebalance"}]}
    group = Group.model_validate(fields | halted, strict=False)
    told = recovery.single_instances_recover(
        instance(**DEFAULT), kind(True), recovery.rescue([group], []), NO_BACKUPS, NOW, HERE
    )
    assert told == Fails("the group web does not replace it: ReplaceUnhealthy suspended")
    group = Group.model_validate(fields | {"instances": [inside[0] | {"lifecycle_state": "Standby"}]}, strict=False)
    told = recovery.single_instances_recover(
        instance(**DEFAULT), kind(True), recovery.rescue([group], []), NO_BACKUPS, NOW, HERE
    )
    assert told == Fails("it is on standby, and the group web does not look at it")
    hosted = instance(**DEFAULT, placement={"tenancy": "host"})
    told = recovery.single_instances_recover(hosted, kind(True), recovery.rescue([], []), NO_BACKUPS, NOW, HERE)
    assert told == CannotTell("it is on a Dedicated Host, whose own recovery was not read")
    for action, enabled, other in (
        ("arn:aws:automate:us-east-1:ec2:recover", False, "i-1"),
        ("arn:aws:automate:us-east-1:ec2:reboot", True, "i-1"),
        ("arn:aws:automate:us-east-1:ec2:recover", True, "i-2"),
    ):
        alarm = RecoveryAlarm.model_validate(
            {
                "alarm_name": "a",
                "actions_enabled": enabled,
                "alarm_actions": [action],
                "dimensions": [{"name": "InstanceId", "value": other}],
            },
            strict=False,
        )
        found = recovery.single_instances_recover(
            instance(**OFF), kind(True), recovery.rescue([], [alarm]), NO_BACKUPS, NOW, HERE
        )
        assert isinstance(found, Fails)


def volume(*, stays: bool | None = True, tags: object = (), **changes: object) -> DataVolume:
    held = [{"instance_id": "i-1", "delete_on_termination": None if stays is None else not stays, "state": "attached"}]
    fields: dict[str, Any] = {"volume_id": "vol-1", "state": "in-use", "attachments": held, "tags": tags}
    return DataVolume.model_validate(fields | changes, strict=False)


def snapshot(days: int, **changes: object) -> VolumeSnapshot:
    fields = {"snapshot_id": "s", "volume_id": "vol-1", "state": "completed", "start_time": NOW - timedelta(days=days)}
    return VolumeSnapshot.model_validate(fields | changes)


NONE = Fails("no snapshot and no recovery point")


@pytest.mark.parametrize(
    ("one", "snapshots", "protected", "verdict"),
    [
        (volume(), [], [], NONE),
        (volume(), [snapshot(3)], [], Holds("a snapshot of 2026-11-20")),
        (volume(), [snapshot(30)], [], Fails("the last snapshot is of 2026-10-24")),
        (
            volume(),
            [snapshot(1, state="pending"), snapshot(1, volume_id="vol-2"), snapshot(1, state="error")],
            [],
            NONE,
        ),
        (
            volume(),
            [],
            [saved("instance/i-1", 1)],
            Holds("AWS Backup made a recovery point of instance/i-1 on 2026-11-22"),
        ),
        (
            volume(),
            [snapshot(30)],
            [saved("volume/vol-1", 1)],
            Holds("AWS Backup made a recovery point of volume/vol-1 on 2026-11-22"),
        ),
        (volume(stays=False), [], [], NotApplicable("it is deleted with its instance")),
        (volume(stays=None), [], [], CannotTell("it is not told whether it outlives its instance")),
        (volume(attachments=[{}]), [], [], NotApplicable("AWS manages what it is attached to")),
        (
            volume(tags=[{"key": "reproducible", "value": "from the lake"}]),
            [],
            [],
            NotApplicable("the tag reproducible says from the lake"),
        ),
        (volume(tags=[{"key": "reproducible", "value": "no"}]), [], [], NONE),
    ],
)
def test_data_volumes_are_backed_up(
    one: DataVolume, snapshots: list[VolumeSnapshot], protected: list[Protected], verdict: Verdict
) -> None:
    taken, kept = recovery.last_snapshots(snapshots), recovery.backups(protected)
    assert recovery.data_volumes_are_backed_up(one, taken, kept, NOW, HERE) == verdict

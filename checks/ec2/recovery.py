"""Whether what stands in one place alone comes back by itself: single instances, and the volumes with their data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.autoscaling import Group
from checks.backup.evidence import Protected
from checks.ec2.evidence import State
from scanner import (
    CannotTell,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    Read,
    ScanTime,
    Target,
    Verdict,
    check,
    derived,
    fact,
)

_ARN = "arn:{partition}:ec2:{region}:{account}:"
_RECOVERS = ":ec2:recover"  # a reboot stays on the same hardware
# Without one of these processes a group does not replace what is broken ("Suspend and resume processes", Auto Scaling guide).
_REPLACING = frozenset({"HealthCheck", "Launch", "ReplaceUnhealthy", "Terminate"})
REPRODUCIBLE = "reproducible"


class Maintenance(Part):
    auto_recovery: str | None = None


class Place(Part):
    tenancy: str | None = None


class Tag(Part):
    key: str
    value: str = ""


class SingleInstance(
    Evidence,
    read=Read(
        "ec2:DescribeInstances",
        "Reservations[].Instances[]",
        arn=_ARN + "instance/{instance_id}",
        fixed={"Filters": [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]},
    ),
):
    """An instance, as far as its recovery is concerned."""

    instance_id: str
    instance_type: str
    state: State
    instance_lifecycle: str | None = None
    placement: Place | None = None
    maintenance_options: Maintenance | None = None


class TypeOf(
    Evidence,
    read=Read(
        "ec2:DescribeInstanceTypes",
        "InstanceTypes",
        per=SingleInstance,
        args={"InstanceTypes": "instance_type"},
        batch=100,
        match="instance_type",
    ),
):
    instance_type: str
    auto_recovery_supported: bool  # told of alarms that recover; EC2's own recovery knows the same types
    instance_storage_supported: bool


class Dimension(Part):
    name: str
    value: str


class RecoveryAlarm(
    Evidence,
    read=Read("cloudwatch:DescribeAlarms", "MetricAlarms", fixed={"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}),
):
    """An alarm with its actions and the instance that it watches."""

    alarm_name: str
    actions_enabled: bool
    alarm_actions: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()

    @property
    def recovers(self) -> list[str]:
        """The instances that it recovers."""
        acts = self.actions_enabled and any(one.endswith(_RECOVERS) for one in self.alarm_actions)
        return [one.value for one in self.dimensions if acts and one.name == "InstanceId"]


class Attachment(Part):
    instance_id: str | None = None  # none where AWS manages what it is attached to (API reference)
    delete_on_termination: bool | None = None
    state: str | None = None


class DataVolume(Evidence, read=Read("ec2:DescribeVolumes", "Volumes", arn=_ARN + "volume/{volume_id}")):
    """A volume with what it is attached to."""

    volume_id: str
    state: str
    attachments: tuple[Attachment, ...] = ()
    tags: tuple[Tag, ...] = ()


class VolumeSnapshot(
    Evidence,
    read=Read("ec2:DescribeSnapshots", "Snapshots", fixed={"Filters": [{"Name": "owner-id", "Values": ["{account}"]}]}),
):
    """A snapshot of this account, with the volume that it was taken of."""

    snapshot_id: str
    volume_id: str | None = None
    state: str | None = None
    start_time: datetime | None = None


@dataclass(frozen=True)
class Backups:
    """When AWS Backup last made a recovery point of each resource, by its ARN."""

    last: Mapping[str, datetime]

    def recent(self, arn: str, at: datetime, days: int) -> datetime | None:
        last = self.last.get(arn)
        return last if last is not None and at - last <= timedelta(days=days) else None


@derived
def backups(protected: list[Protected]) -> Backups:
    """What AWS Backup has, read once for all instances and volumes."""
    return Backups(_latest((one.resource_arn, one.last_backup_time) for one in protected))


@dataclass(frozen=True)
class LastSnapshots:
    """When the last snapshot of each volume that is whole was taken."""

    of: Mapping[str, datetime]


@derived
def last_snapshots(snapshots: list[VolumeSnapshot]) -> LastSnapshots:
    """The snapshots of the account, read once for all volumes."""
    whole = (one for one in snapshots if one.state == "completed")
    return LastSnapshots(_latest((one.volume_id or "", one.start_time) for one in whole))


def _latest(moments: Iterable[tuple[str, datetime | None]]) -> dict[str, datetime]:
    """The last moment of each name."""
    found: dict[str, datetime] = {}
    for name, moment in moments:
        if moment is not None and (name not in found or found[name] < moment):
            found[name] = moment
    return found


@dataclass(frozen=True)
class Rescue:
    """What a group does about each of its instances, and the first alarm that recovers an instance, by instance."""

    by_group: Mapping[str, Verdict]
    by_alarm: Mapping[str, str]


@derived
def rescue(groups: list[Group], alarms: list[RecoveryAlarm]) -> Rescue:
    """Who brings instances back, read once for all of them."""
    kept: dict[str, Verdict] = {}
    for group in groups:
        for one in group.instances:
            kept.setdefault(one.instance_id, _by_its_group(group, one.lifecycle_state))
    recovered: dict[str, str] = {}
    for alarm in alarms:
        for instance in alarm.recovers:
            recovered.setdefault(instance, alarm.alarm_name)
    return Rescue(kept, recovered)


def _by_its_group(group: Group, state: str) -> Verdict:
    """Does a group replace an instance in this state of its life?"""
    if halted := sorted(group.suspended & _REPLACING):
        return Fails(f"the group {group.auto_scaling_group_name} does not replace it: {', '.join(halted)} suspended")
    if state == "Standby":
        return Fails(f"it is on standby, and the group {group.auto_scaling_group_name} does not look at it")
    return Holds(f"the group {group.auto_scaling_group_name} replaces it")


@check(effort="low")
def single_instances_recover(
    instance: SingleInstance,
    kind: TypeOf | None,
    others: Rescue,
    saved: Backups,
    at: ScanTime,
    here: Target,
    *,
    days: int = 8,
) -> Verdict:
    """Instances outside a group come back by themselves, or from a recent recovery point.

    Why: when the hardware below fails, an instance that nothing recovers is down until somebody notices and remembers how.
    Fix: aws ec2 modify-instance-maintenance-options --instance-id ID --auto-recovery default, or put it into a group of one.
    """
    if instance.state.name != "running":
        return NotApplicable(f"the instance is {instance.state.name}")
    if told := others.by_group.get(instance.instance_id):
        return told
    if instance.instance_lifecycle == "spot":
        return NotApplicable("a Spot Instance may end at any time")
    if alarm := others.by_alarm.get(instance.instance_id):
        return Holds(f"the alarm {alarm} recovers it")
    option = instance.maintenance_options.auto_recovery if instance.maintenance_options else None
    hosted = instance.placement is not None and instance.placement.tenancy == "host"
    supported = kind is not None and kind.auto_recovery_supported and not hosted
    with_disks = kind is not None and kind.instance_storage_supported
    if option == "default" and supported and not with_disks:
        return Holds("EC2 recovers it by itself")
    arn = f"arn:{here.partition}:ec2:{here.region}:{here.account}:instance/{instance.instance_id}"
    if last := saved.recent(arn, at, days):
        return Holds(f"AWS Backup made a recovery point on {last:%Y-%m-%d}")
    if option is None:
        return CannotTell("it is not told whether EC2 recovers it")
    if hosted:
        return CannotTell("it is on a Dedicated Host, whose own recovery was not read")
    if not supported:
        return Fails(f"EC2 does not recover a {instance.instance_type}, and nothing else does")
    if option == "default" and with_disks:
        return CannotTell("EC2 recovers it only without volumes on the disks of its host, which are not told")
    return Fails("automatic recovery is off, no alarm recovers it, and it has no recent recovery point")


@check(effort="low")
def data_volumes_are_backed_up(
    volume: DataVolume,
    snapshots: LastSnapshots,
    saved: Backups,
    at: ScanTime,
    here: Target,
    *,
    days: int = 8,
    reproducible_tag: str = REPRODUCIBLE,
) -> Verdict:
    """Volumes that outlive their instance have a recent snapshot, or AWS Backup has a recovery point of them.

    Why: EBS keeps copies against broken disks, and none against a wrong command or a lost zone.
    Fix: select it in a backup plan, or aws dlm create-lifecycle-policy; tag what can be rebuilt as reproducible.
    """
    held = [one for one in volume.attachments if one.state in (None, "attached", "busy")]
    if volume.state != "in-use" or not held:
        return NotApplicable(f"the volume is {volume.state}")
    if any(one.instance_id is None for one in held):
        return NotApplicable("AWS manages what it is attached to")
    if any(one.delete_on_termination is None for one in held):
        return CannotTell("it is not told whether it outlives its instance")
    if all(one.delete_on_termination for one in held):
        return NotApplicable("it is deleted with its instance")
    for tag in volume.tags:
        if tag.key.lower() == reproducible_tag.lower() and tag.value.lower() not in ("", "false", "no"):
            return NotApplicable(f"the tag {tag.key} says {tag.value}")
    last = snapshots.of.get(volume.volume_id)
    if last is not None and at - last <= timedelta(days=days):
        return Holds(f"a snapshot of {last:%Y-%m-%d}")
    prefix = f"arn:{here.partition}:ec2:{here.region}:{here.account}:"
    arns = [f"{prefix}volume/{volume.volume_id}", *(f"{prefix}instance/{one.instance_id}" for one in held)]
    for arn in arns:
        if backup := saved.recent(arn, at, days):
            return Holds(f"AWS Backup made a recovery point of {arn.rpartition(':')[2]} on {backup:%Y-%m-%d}")
    return Fails(f"the last snapshot is of {last:%Y-%m-%d}" if last else "no snapshot and no recovery point")


@fact
def instances_outside_groups(instances: list[SingleInstance], groups: list[Group]) -> str | None:
    """How many running instances no Auto Scaling group replaces."""
    running = [one for one in instances if one.state.name == "running"]
    kept = {inside.instance_id for group in groups for inside in group.instances}
    alone = sum(one.instance_id not in kept for one in running)
    return f"{alone} of {len(running)} running instances are in no Auto Scaling group" if running else None

"""EFS: file systems, their encryption, their backups and how they are mounted."""

from checks.backup.evidence import Protected, recent_backup
from checks.stages import DEVELOPMENT, KEY, Tag, in_development
from scanner import (
    CannotTell,
    Condition,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    Policy,
    Read,
    ScanTime,
    Statement,
    Verdict,
    check,
    fact,
)

_GONE = frozenset({"deleting", "deleted", "error"})
_MOUNTING = frozenset({"*", "elasticfilesystem:*", "elasticfilesystem:client*", "elasticfilesystem:clientmount"})


class Protection(Part):
    replication_overwrite_protection: str | None = None


class FileSystem(Evidence, read=Read("efs:DescribeFileSystems", "FileSystems", arn="{file_system_arn}")):
    file_system_id: str
    file_system_arn: str
    encrypted: bool
    availability_zone_name: str | None = None
    file_system_protection: Protection | None = None
    tags: tuple[Tag, ...] = ()


class State(Part):
    status: str


class BackupPolicy(
    Evidence,
    read=Read(
        "efs:DescribeBackupPolicy",
        per=FileSystem,
        args={"FileSystemId": "file_system_id"},
        absent={"PolicyNotFound"},
    ),
):
    backup_policy: State


class FileSystemPolicy(
    Evidence,
    read=Read(
        "efs:DescribeFileSystemPolicy",
        per=FileSystem,
        args={"FileSystemId": "file_system_id"},
        absent={"PolicyNotFound"},
    ),
):
    policy: Policy


class MountTarget(
    Evidence,
    read=Read("efs:DescribeMountTargets", "MountTargets", per=FileSystem, args={"FileSystemId": "file_system_id"}),
):
    mount_target_id: str
    availability_zone_name: str
    life_cycle_state: str


class PosixUser(Part):
    uid: int


class RootDirectory(Part):
    path: str | None = None


class AccessPoint(
    Evidence,
    read=Read(
        "efs:DescribeAccessPoints",
        "AccessPoints",
        per=FileSystem,
        args={"FileSystemId": "file_system_id"},
        arn="{access_point_arn}",
    ),
):
    access_point_arn: str
    posix_user: PosixUser | None = None
    root_directory: RootDirectory | None = None


class Destination(Part):
    region: str
    status: str


class Replication(
    Evidence,
    read=Read(
        "efs:DescribeReplicationConfigurations",
        "Replications",
        per=FileSystem,
        args={"FileSystemId": "file_system_id"},
        absent={"ReplicationNotFound"},
    ),
):
    source_file_system_id: str
    destinations: tuple[Destination, ...]


@check(effort="high")
def file_systems_are_encrypted(system: FileSystem) -> Verdict:
    """File systems are encrypted at rest.

    Why: encryption can only be chosen when a file system is made, so what was forgotten then stays open.
    Fix: make an encrypted file system and move the data with DataSync.
    """
    return Holds("encrypted at rest") if system.encrypted else Fails("not encrypted at rest")


@check(effort="low")
def file_systems_are_backed_up(
    system: FileSystem, policy: BackupPolicy | None, protected: list[Protected], at: ScanTime, *, days: int = 8
) -> Verdict:
    """File systems are backed up automatically, or AWS Backup has a recent recovery point of them.

    Why: EFS keeps copies against broken disks, and none against a wrong delete.
    Fix: aws efs put-backup-policy --file-system-id ID --backup-policy Status=ENABLED, or select it in a backup plan.
    """
    status = policy.backup_policy.status if policy else None
    if status in ("ENABLED", "ENABLING"):
        return Holds("automatic backups are on")
    if last := recent_backup(protected, system.file_system_arn, at, days):
        return Holds(f"AWS Backup made a recovery point on {last:%Y-%m-%d}")
    protection = system.file_system_protection
    if protection is not None and protection.replication_overwrite_protection == "REPLICATING":
        return NotApplicable("the copy of another file system, which is replicated into it")
    return Fails(f"automatic backups are {status}" if status else "no backup policy is set")


@check(effort="high")
def file_systems_span_zones(
    system: FileSystem, *, environment_tag: str = KEY, development: tuple[str, ...] = DEVELOPMENT
) -> Verdict:
    """File systems keep their data in more than one Availability Zone.

    Why: a One Zone file system is gone for as long as its zone is.
    Fix: make a regional file system and move the data with DataSync.
    """
    if system.availability_zone_name:
        if outside := in_development(system.tags, environment_tag, development):
            return outside
        return Fails(f"all data is in {system.availability_zone_name}")
    return Holds("the file system is regional")


@check(effort="low")
def mounts_must_use_tls(system: FileSystem, policy: FileSystemPolicy | None) -> Verdict:
    """File systems refuse clients that mount them without TLS.

    Why: NFS sends every file in the open.
    Fix: aws efs put-file-system-policy with a Deny of * for everyone where aws:SecureTransport is false
    """
    if policy is None:
        return Fails("no policy refuses clients without TLS")
    if any(_refuses_plain(statement, system.file_system_arn) for statement in policy.policy.statements):
        return Holds("the policy refuses clients without TLS")
    letting = [one for one in policy.policy.statements if one.effect == "Allow" and _mounts(one)]
    everyone = [one for one in letting if one.not_principals or any(name.value == "*" for name in one.principals)]
    # Where a policy is set, a client that signs nothing mounts by a statement about everyone or not at all.
    if everyone and all(any(_speaks_tls(line, "true") for line in one.conditions) for one in everyone):
        return Holds("the policy lets in clients with TLS only")
    if not everyone:
        return CannotTell("the policy lets in nobody in general; whether those who sign mount with TLS is not told")
    return Fails("the policy does not refuse clients without TLS")


def _mounts(statement: Statement) -> bool:
    """May the statement be about mounting, whatever else it is about?"""
    return bool(statement.not_actions or {action.lower() for action in statement.actions} & _MOUNTING)


def _speaks_tls(condition: Condition, value: str) -> bool:
    asked = condition.key.lower() == "aws:securetransport" and [v.lower() for v in condition.values] == [value]
    return asked and condition.operator.lower() in ("bool", "boolifexists")


def _refuses_plain(statement: Statement, arn: str) -> bool:
    """Without ClientMount nobody reads or writes, so denying that is enough (EFS user guide, "Using IAM to control access")."""
    everyone = any(name.value == "*" for name in statement.principals)
    denied = {action.lower() for action in statement.actions} & _MOUNTING
    named = any(arn == one or (one.endswith("*") and arn.startswith(one[:-1])) for one in statement.resources)
    here = not statement.not_resources and (not statement.resources or named)
    if statement.effect != "Deny" or not everyone or not denied or not here or len(statement.conditions) != 1:
        return False
    return _speaks_tls(statement.conditions[0], "false")


@check(effort="medium")
def mount_targets_span_zones(system: FileSystem, targets: list[MountTarget]) -> Verdict:
    """Regional file systems can be mounted in at least two Availability Zones.

    Why: a file system that outlives a zone helps nobody who can reach it through that zone alone.
    Fix: aws efs create-mount-target --file-system-id ID --subnet-id SUBNET, once for each zone in use
    """
    if system.availability_zone_name:
        return NotApplicable(f"all data is in {system.availability_zone_name}")
    if not targets:
        return NotApplicable("nobody can mount the file system")
    zones = sorted({one.availability_zone_name for one in targets if one.life_cycle_state not in _GONE})
    if not zones:
        return NotApplicable(f"its mount targets are {', '.join(sorted({one.life_cycle_state for one in targets}))}")
    return Holds(f"in {', '.join(zones)}") if len(zones) > 1 else Fails(f"in {zones[0]} alone")


@check(effort="low")
def access_points_confine_their_users(point: AccessPoint) -> Verdict:
    """Access points show a folder of their own and act as a fixed user.

    Why: an access point without them is the whole file system, as whoever the client says it is.
    Fix: make another access point with PosixUser and RootDirectory; an access point cannot be changed.
    """
    lacking = []
    if point.root_directory is None or point.root_directory.path in (None, "/"):
        lacking.append("the root of the file system is shown")
    if point.posix_user is None:
        lacking.append("clients act as any user")
    return Fails("; ".join(lacking)) if lacking else Holds("a folder and a user are set")


@fact
def replicated_file_systems(systems: list[FileSystem], replications: list[Replication]) -> str | None:
    """Which file systems are copied to another file system, and where that is."""
    if not systems:
        return None
    told = sorted(f"{one.source_file_system_id} to {to.region}" for one in replications for to in one.destinations)
    return f"{len(systems)} EFS file systems; replicated: {', '.join(sorted(set(told))) or 'none'}"

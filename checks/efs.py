"""EFS: file systems, their encryption and their backups."""

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check


class FileSystem(Evidence, read=Read("efs:DescribeFileSystems", "FileSystems", arn="{file_system_arn}")):
    file_system_id: str
    file_system_arn: str
    encrypted: bool
    availability_zone_name: str | None = None


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


@check(effort="high")
def file_systems_are_encrypted(system: FileSystem) -> Verdict:
    """File systems are encrypted at rest.

    Why: encryption can only be chosen when a file system is made, so what was forgotten then stays open.
    Fix: make an encrypted file system and move the data with DataSync.
    """
    return Holds("encrypted at rest") if system.encrypted else Fails("not encrypted at rest")


@check(effort="low")
def file_systems_are_backed_up(policy: BackupPolicy | None) -> Verdict:
    """File systems are backed up automatically.

    Why: EFS keeps copies against broken disks, and none against a wrong delete.
    Fix: aws efs put-backup-policy --file-system-id ID --backup-policy Status=ENABLED, or select it in a backup plan.
    """
    if policy is None:
        return Fails("no backup policy is set")
    status = policy.backup_policy.status
    return (
        Holds("automatic backups are on")
        if status in ("ENABLED", "ENABLING")
        else Fails(f"automatic backups are {status}")
    )


@check(effort="high")
def file_systems_span_zones(system: FileSystem) -> Verdict:
    """File systems keep their data in more than one Availability Zone.

    Why: a One Zone file system is gone for as long as its zone is.
    Fix: make a regional file system and move the data with DataSync.
    """
    if system.availability_zone_name:
        return Fails(f"all data is in {system.availability_zone_name}")
    return Holds("the file system is regional")

"""FSx: file systems of all four kinds, their keys, their backups and the zones in which they stand."""

from datetime import datetime

from checks.backup.evidence import Protected, recent_backup
from checks.stages import DEVELOPMENT, KEY, Tag, in_development
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check

_MULTI_AZ = ("MULTI_AZ_1", "MULTI_AZ_2")
_SCRATCH = ("SCRATCH_1", "SCRATCH_2")


class Configuration(Part):
    deployment_type: str
    automatic_backup_retention_days: int | None = None


class Repository(Part):
    import_path: str | None = None


class LustreConfiguration(Part):
    deployment_type: str
    automatic_backup_retention_days: int | None = None
    data_repository_configuration: Repository | None = None


class AuditLog(Part):
    file_access_audit_log_level: str


class WindowsConfiguration(Part):
    deployment_type: str
    automatic_backup_retention_days: int | None = None
    audit_log_configuration: AuditLog | None = None


class FileSystem(Evidence, read=Read("fsx:DescribeFileSystems", "FileSystems", arn="{resource_arn}")):
    resource_arn: str
    file_system_id: str
    file_system_type: str
    kms_key_id: str | None = None
    windows_configuration: WindowsConfiguration | None = None
    lustre_configuration: LustreConfiguration | None = None
    ontap_configuration: Configuration | None = None
    open_zfs_configuration: Configuration | None = None
    tags: tuple[Tag, ...] = ()

    @property
    def deployment(self) -> str:
        """The deployment type; empty where the answer holds no configuration."""
        found = self._configuration
        return found.deployment_type if found else ""

    @property
    def kept_days(self) -> int:
        """For how many days automatic backups are kept; none where the answer does not say."""
        found = self._configuration
        return (found.automatic_backup_retention_days if found else None) or 0

    @property
    def _configuration(self) -> Configuration | LustreConfiguration | WindowsConfiguration | None:
        return (
            self.windows_configuration
            or self.lustre_configuration
            or self.ontap_configuration
            or self.open_zfs_configuration
        )


class Association(
    Evidence,
    # Asked once for the region, and only where it has a file system for Lustre.
    read=Read(
        "fsx:DescribeDataRepositoryAssociations",
        "Associations",
        per=FileSystem,
        when={"file_system_type": "LUSTRE"},
    ),
):
    """A link between a folder of a file system for Lustre and a bucket."""

    association_id: str
    file_system_id: str | None = None


@check(effort="high")
def file_systems_are_encrypted(system: FileSystem) -> Verdict:
    """FSx file systems are encrypted at rest under a key that is named.

    Why: the key's policy and its log say who can read what the disks and the backups hold.
    Fix: nothing to do: FSx encrypts every file system; a key of one's own is chosen when it is made.
    """
    if system.kms_key_id:
        return Holds(f"encrypted under {system.kms_key_id}")
    if system.deployment in _SCRATCH:
        return Holds("scratch file systems are encrypted under a key that FSx manages")
    return CannotTell("no key is named")


@check(effort="high")
def file_systems_span_zones(
    system: FileSystem, *, environment_tag: str = KEY, development: tuple[str, ...] = DEVELOPMENT
) -> Verdict:
    """FSx file systems keep a second file server and all data in another Availability Zone.

    Why: a file system in one zone is gone for as long as its zone is.
    Fix: make a Multi-AZ file system and move the data with DataSync.
    """
    if system.file_system_type == "LUSTRE":
        return NotApplicable("FSx for Lustre is in one zone by its nature")
    if system.deployment in _MULTI_AZ:
        return Holds(f"the deployment is {system.deployment}")
    if outside := in_development(system.tags, environment_tag, development):
        return outside
    return Fails(f"the deployment is {system.deployment}") if system.deployment else CannotTell("no deployment is told")


@check(effort="low")
def file_systems_are_backed_up(
    system: FileSystem,
    associations: list[Association],
    protected: list[Protected],
    at: ScanTime,
    *,
    minimum_days: int = 7,
    days: int = 8,
) -> Verdict:
    """FSx file systems keep automatic backups for long enough, or AWS Backup has a recent recovery point of them.

    Why: the copy in the other zone takes over every wrong delete at once.
    Fix: aws fsx update-file-system --file-system-id ID … AutomaticBackupRetentionDays=30, or select it in a backup plan.
    """
    kept = system.kept_days
    if kept >= minimum_days:
        return Holds(f"backups are kept for {kept} days")
    if last := recent_backup(protected, system.resource_arn, at, days):
        return Holds(f"AWS Backup made a recovery point on {last:%Y-%m-%d}")
    if system.ontap_configuration is not None and _of_volumes(system, protected, at, days):
        return CannotTell("AWS Backup has recent recovery points of volumes; whether of each is not told")
    lustre = system.lustre_configuration
    if lustre is not None and lustre.deployment_type in _SCRATCH:
        return NotApplicable("scratch file systems have no backups")
    linked = any(one.file_system_id == system.file_system_id for one in associations)
    if lustre is not None and (lustre.data_repository_configuration is not None or linked):
        return NotApplicable("its data is in a bucket; FSx takes no backups of such a file system")
    if kept:
        return Fails(f"backups are kept for {kept} days, fewer than {minimum_days}")
    return Fails("automatic backups are off")


def _of_volumes(system: FileSystem, protected: list[Protected], at: datetime, days: int) -> bool:
    """AWS Backup backs up ONTAP volume by volume; the ARN of a volume names its file system (FSx for ONTAP user guide)."""
    return any(
        f":volume/{system.file_system_id}/" in one.resource_arn
        and recent_backup(protected, one.resource_arn, at, days) is not None
        for one in protected
    )


@check(effort="low")
def access_is_audited(system: FileSystem) -> Verdict:
    """File systems for Windows record who opens files, or fails to.

    Why: on a file share that is the only trace of who read what.
    Fix: aws fsx update-file-system --file-system-id ID --windows-configuration AuditLogConfiguration={…}
    """
    if system.windows_configuration is None:
        return NotApplicable(f"FSx has no such log for {system.file_system_type}")
    log = system.windows_configuration.audit_log_configuration
    level = log.file_access_audit_log_level if log else "DISABLED"
    return Fails("file access is not audited") if level == "DISABLED" else Holds(f"audited: {level}")

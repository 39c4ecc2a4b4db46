"""Checks of database instances and clusters.

Storage, backups, deletion protection and the spread over zones belong to the cluster where there is one: an instance in
a cluster is not judged for them.
"""

from datetime import datetime, timedelta

from checks.backup.evidence import Protected, recent_backup
from checks.rds.evidence import NOT_RDS, DBCluster, DBInstance, Reach, key_of
from checks.stages import DEVELOPMENT, KEY, in_development
from scanner import CannotTell, Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact

_GOING = (
    "deleting",
    "failed",
)  # states of an instance to which nothing fails over (RDS user guide, "Viewing DB instance status")


def _in_cluster(instance: DBInstance) -> NotApplicable | None:
    if instance.db_cluster_identifier:
        return NotApplicable(f"the cluster {instance.db_cluster_identifier} is judged instead")
    return None


def _encrypted(one: DBInstance | DBCluster) -> Verdict:
    key = key_of(one.storage_encryption_type, under_kms=one.storage_encrypted)
    return Holds(f"encrypted under {key}") if key else Fails("the storage is not encrypted")


@check(effort="high")
def storage_is_encrypted(instance: DBInstance) -> Verdict:
    """Database instances encrypt their storage.

    Why: encryption makes a copy of the disk or of a backup worthless without the key.
    Fix: copy a snapshot with a KMS key, restore it under a new name and switch over.
    """
    return _in_cluster(instance) or _encrypted(instance)


@check(effort="high")
def cluster_storage_is_encrypted(cluster: DBCluster) -> Verdict:
    """Database clusters encrypt their storage.

    Why: encryption makes a copy of the volume or of a backup worthless without the key.
    Fix: restore a snapshot with --kms-key-id into a new cluster and switch over.
    """
    return _encrypted(cluster)


@check(effort="medium")
def instances_are_not_public(reach: Reach) -> Verdict:
    """Database instances have no address that the internet can reach.

    Why: a public address leaves only a security group and a password between the internet and the data.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --no-publicly-accessible
    """
    return Fails("publicly accessible") if reach.publicly_accessible else Holds("not publicly accessible")


@check(effort="low")
def instances_have_a_standby(
    instance: DBInstance, *, environment_tag: str = KEY, development: tuple[str, ...] = DEVELOPMENT
) -> Verdict:
    """Database instances keep a standby in another Availability Zone.

    Why: without a standby the loss of one zone takes the database down until it is restored.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --multi-az
    """
    if outside := _in_cluster(instance):
        return outside
    if instance.multi_az:
        return Holds("Multi-AZ")
    if instance.replicates:
        return NotApplicable(f"a read replica of {instance.replicates}")
    if outside := in_development(instance.tag_list, environment_tag, development):
        return outside
    return Fails("the instance is in one Availability Zone")


@check(effort="medium")
def clusters_span_zones(
    cluster: DBCluster,
    instances: list[DBInstance],
    *,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Database clusters have instances in at least two Availability Zones.

    Why: with a reader in another zone a failover takes seconds; without one a new instance has to be made first.
    Fix: aws rds create-db-instance --db-cluster-identifier NAME --availability-zone ANOTHER …
    """
    if cluster.engine_mode == "serverless":
        return NotApplicable("Aurora Serverless v1 has no instances of its own")
    if cluster.cluster_scalability_type == "limitless":
        return NotApplicable("a limitless cluster has shard groups")
    if not cluster.db_cluster_members:
        return NotApplicable("the cluster has no instances")
    members = {member.db_instance_identifier for member in cluster.db_cluster_members}
    there = [one for one in instances if one.db_instance_identifier in members and one.db_instance_status not in _GOING]
    named = sorted({one.availability_zone for one in there if one.availability_zone})
    if len(named) >= 2:
        return Holds(f"instances in {', '.join(named)}")
    if outside := in_development(cluster.tag_list, environment_tag, development):
        return outside
    return Fails(f"instances in {named[0]} only") if named else CannotTell("no instance names its Availability Zone")


def _kept(kept: int, minimum: int, arn: str, protected: list[Protected], at: datetime, days: int) -> Verdict:
    if kept >= minimum:
        return Holds(f"backups are kept for {kept} days")
    if last := recent_backup(protected, arn, at, days):
        return Holds(f"AWS Backup made a recovery point on {last:%Y-%m-%d}")
    return _too_brief(kept, minimum)


def _too_brief(kept: int, minimum: int) -> Fails:
    if kept == 0:
        return Fails("automated backups are off")
    return Fails(f"backups are kept for {kept} days, fewer than {minimum}")


@check(effort="low")
def backups_are_kept(
    instance: DBInstance, protected: list[Protected], at: ScanTime, *, minimum_days: int = 7, days: int = 8
) -> Verdict:
    """Database instances keep automated backups for long enough, or AWS Backup has a recent recovery point of them.

    Why: damage is often noticed after days; an older state has to be there then.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --backup-retention-period 7
    """
    if outside := _in_cluster(instance):
        return outside
    if instance.replicates and instance.backup_retention_period < minimum_days:
        return NotApplicable(f"a read replica of {instance.replicates}")
    return _kept(instance.backup_retention_period, minimum_days, instance.db_instance_arn, protected, at, days)


@check(effort="low")
def cluster_backups_are_kept(
    cluster: DBCluster, protected: list[Protected], at: ScanTime, *, minimum_days: int = 7, days: int = 8
) -> Verdict:
    """Database clusters keep their backups for long enough, or AWS Backup has a recent recovery point of them.

    Why: damage is often noticed after days; Aurora's default of one day is over by then.
    Fix: aws rds modify-db-cluster --db-cluster-identifier NAME --backup-retention-period 7
    """
    if cluster.replication_source_identifier and cluster.backup_retention_period < minimum_days:
        return NotApplicable(f"a replica of {cluster.replication_source_identifier}")
    return _kept(cluster.backup_retention_period, minimum_days, cluster.db_cluster_arn, protected, at, days)


@check(effort="low")
def instances_are_protected_from_deletion(instance: DBInstance) -> Verdict:
    """Database instances refuse to be deleted.

    Why: one wrong call deletes a database with all its automated backups.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --deletion-protection
    """
    if outside := _in_cluster(instance):
        return outside
    if instance.deletion_protection:
        return Holds("deletion protection is on")
    if instance.replicates:
        return NotApplicable(f"a read replica of {instance.replicates}")
    return Fails("deletion protection is off")


@check(effort="low")
def clusters_are_protected_from_deletion(cluster: DBCluster) -> Verdict:
    """Database clusters refuse to be deleted.

    Why: one wrong call deletes a database with all its automated backups.
    Fix: aws rds modify-db-cluster --db-cluster-identifier NAME --deletion-protection
    """
    if cluster.deletion_protection:
        return Holds("deletion protection is on")
    if cluster.replication_source_identifier:
        return NotApplicable(f"a replica of {cluster.replication_source_identifier}")
    return Fails("deletion protection is off")


@check(effort="low")
def minor_versions_are_installed(instance: DBInstance) -> Verdict:
    """Database instances install minor versions of their engine by themselves.

    Why: minor versions carry security fixes, which wait for nobody's reminder that way.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --auto-minor-version-upgrade
    """
    if instance.engine == "docdb":
        return NotApplicable("the setting has no effect on DocumentDB")
    if instance.is_custom:
        return NotApplicable("RDS Custom is patched by its owner")
    if instance.auto_minor_version_upgrade:
        return Holds("minor versions are installed in the maintenance window")
    return Fails(f"{instance.engine} {instance.engine_version} is not upgraded automatically")


def _exported(logs: tuple[str, ...]) -> Verdict:
    return Holds(f"exports {', '.join(sorted(logs))}") if logs else Fails("no log is exported to CloudWatch Logs")


@check(effort="low")
def logs_are_exported(instance: DBInstance) -> Verdict:
    """Database instances export logs to CloudWatch Logs.

    Why: a log that lives on the database alone is gone after days, and cannot be searched or alarmed on.
    Fix: aws rds modify-db-instance --cloudwatch-logs-export-configuration EnableLogTypes=…
    """
    if instance.is_custom:
        return NotApplicable("RDS Custom does not export logs")
    return _in_cluster(instance) or _exported(instance.enabled_cloudwatch_logs_exports)


@check(effort="low")
def cluster_logs_are_exported(cluster: DBCluster) -> Verdict:
    """Database clusters export logs to CloudWatch Logs.

    Why: a log that lives on the database alone is gone after days, and cannot be searched or alarmed on.
    Fix: aws rds modify-db-cluster --cloudwatch-logs-export-configuration EnableLogTypes=…
    """
    return _exported(cluster.enabled_cloudwatch_logs_exports)


@check(effort="low")
def performance_is_recorded(instance: DBInstance) -> Verdict:
    """Database instances record their load by statement and wait (Performance Insights).

    Why: without it nobody can say afterwards which query made the database slow.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --enable-performance-insights
    """
    if instance.engine in NOT_RDS or instance.is_custom:
        return NotApplicable(f"judged for RDS and Aurora only; this is {instance.engine}")
    return Holds("Performance Insights is on") if instance.performance_insights_enabled else Fails("it is off")


@check(effort="low")
def storage_grows(instance: DBInstance) -> Verdict:
    """Database instances add storage by themselves when it runs out.

    Why: a full disk stops a database.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --max-allocated-storage GIB
    """
    if outside := _in_cluster(instance):
        return outside
    if instance.is_custom:
        return NotApplicable("RDS Custom does not scale its storage")
    limit = instance.max_allocated_storage or 0
    if limit > instance.allocated_storage:
        return Holds(f"from {instance.allocated_storage} up to {limit} GiB")
    return Fails(f"the storage stays at {instance.allocated_storage} GiB")


def _managed(secret: object) -> Verdict:
    return Holds("Secrets Manager keeps and rotates it") if secret else Fails("the master password is kept elsewhere")


@check(effort="low")
def master_passwords_are_managed(instance: DBInstance) -> Verdict:
    """Secrets Manager keeps the master passwords of database instances.

    Why: a password that RDS makes and rotates is never seen, mailed or left in a template.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --manage-master-user-password
    """
    if outside := _in_cluster(instance):
        return outside
    if instance.replicates:
        return NotApplicable(f"a read replica of {instance.replicates} has its credentials")
    if instance.is_custom:
        return NotApplicable("RDS manages no passwords of RDS Custom")
    return _managed(instance.master_user_secret)


@check(effort="low")
def cluster_master_passwords_are_managed(cluster: DBCluster) -> Verdict:
    """Secrets Manager keeps the master passwords of database clusters.

    Why: a password that RDS makes and rotates is never seen, mailed or left in a template.
    Fix: aws rds modify-db-cluster --db-cluster-identifier NAME --manage-master-user-password
    """
    if cluster.engine == "neptune":
        return NotApplicable("Neptune has no passwords")
    if cluster.replication_source_identifier:
        return NotApplicable(f"a replica of {cluster.replication_source_identifier} has its credentials")
    if not cluster.master_user_secret and cluster.engine_mode == "serverless":
        return NotApplicable("Aurora manages no passwords of Serverless v1")
    if not cluster.master_user_secret and cluster.global_cluster_identifier:
        return NotApplicable("Aurora manages no passwords of clusters in a global database")
    return _managed(cluster.master_user_secret)


@check(effort="low")
def certificates_stay_valid(instance: DBInstance, at: ScanTime, *, days: int = 30) -> Verdict:
    """The TLS certificates of database instances are valid for weeks to come.

    Why: clients that verify the certificate cannot connect once it has expired.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --ca-certificate-identifier rds-ca-rsa2048-g1
    """
    until = instance.certificate_details.valid_till if instance.certificate_details else None
    if until is None:
        return CannotTell("no certificate is named")
    if until - at < timedelta(days=days):
        return Fails(f"the certificate ends on {until:%Y-%m-%d}")
    return Holds(f"the certificate ends on {until:%Y-%m-%d}")


@fact
def engines(instances: list[DBInstance], clusters: list[DBCluster]) -> str | None:
    """Which database engines run, and in which versions."""
    alone = [(one.engine, one.engine_version) for one in instances if not one.db_cluster_identifier]
    found = alone + [(one.engine, one.engine_version) for one in clusters]
    if not found:
        return None
    counted = ", ".join(f"{found.count(one)} × {' '.join(one)}" for one in sorted(set(found)))
    return f"database engines in use: {counted}"


@fact
def iam_authentication(instances: list[DBInstance], clusters: list[DBCluster]) -> str | None:
    """How many databases let their users in by IAM."""
    alone = [one.iam_database_authentication_enabled for one in instances if not one.db_cluster_identifier]
    found = alone + [one.iam_database_authentication_enabled for one in clusters]
    return f"{sum(found)} of {len(found)} databases allow IAM authentication" if found else None


@fact
def read_replicas(instances: list[DBInstance], clusters: list[DBCluster]) -> str | None:
    """How many read replicas and cluster readers there are."""
    if not instances and not clusters:
        return None
    replicas = sum(bool(one.replicates) for one in instances)
    readers = sum(max(len(one.db_cluster_members) - 1, 0) for one in clusters)
    return f"{replicas} read replicas of instances and {readers} readers in clusters"

"""Checks of snapshots. Automated snapshots follow their database, which is judged itself; one that outlives it is judged."""

from checks.rds.evidence import (
    ClusterSnapshot,
    ClusterSnapshotShares,
    DBCluster,
    DBInstance,
    Share,
    Snapshot,
    SnapshotShares,
    key_of,
)
from scanner import Evidence, Fails, Holds, NotApplicable, Read, Target, Verdict, check

EVERYONE = "all"


class AutomatedBackup(
    Evidence,
    read=Read(
        "rds:DescribeDBInstanceAutomatedBackups",
        "DBInstanceAutomatedBackups",
        arn="{db_instance_automated_backups_arn}",
    ),
):
    """The automated backups of an instance: of this region, copied from another region, or kept after it was deleted."""

    db_instance_automated_backups_arn: str
    db_instance_arn: str
    encrypted: bool
    storage_encryption_type: str | None = None


class ClusterAutomatedBackup(
    Evidence,
    read=Read(
        "rds:DescribeDBClusterAutomatedBackups",
        "DBClusterAutomatedBackups",
        arn="{db_cluster_automated_backups_arn}",
    ),
):
    db_cluster_automated_backups_arn: str
    db_cluster_arn: str
    storage_encrypted: bool
    storage_encryption_type: str | None = None


_FOLLOWS = NotApplicable("an automated snapshot is encrypted as its database is")


def _restorers(shares: tuple[Share, ...]) -> list[str]:
    return [who for share in shares if share.attribute_name == "restore" for who in share.attribute_values]


def _not_public(shares: tuple[Share, ...]) -> Verdict:
    if EVERYONE in _restorers(shares):
        return Fails("every AWS account may restore it")
    return Holds("not public")


def _trusted(shares: tuple[Share, ...], own: str, trusted: tuple[str, ...]) -> Verdict:
    with_ = [who for who in _restorers(shares) if who != own]
    outside = sorted(who for who in with_ if who not in trusted)
    if outside:
        return Fails(f"may be restored by {', '.join(outside)}")
    return Holds(f"shared with trusted accounts: {', '.join(sorted(with_))}" if with_ else "shared with nobody")


@check(effort="medium")
def snapshots_are_encrypted(snapshot: Snapshot, instances: list[DBInstance]) -> Verdict:
    """Snapshots of database instances are encrypted.

    Why: a snapshot is the whole database, and is the easiest copy to carry off.
    Fix: aws rds copy-db-snapshot … --kms-key-id KEY, then delete the original.
    """
    names = {one.db_instance_identifier for one in instances}
    if snapshot.snapshot_type == "automated" and snapshot.db_instance_identifier in names:
        return _FOLLOWS
    key = key_of(snapshot.storage_encryption_type, under_kms=snapshot.encrypted)
    return Holds(f"encrypted under {key}") if key else Fails("the snapshot is not encrypted")


@check(effort="medium")
def cluster_snapshots_are_encrypted(snapshot: ClusterSnapshot, clusters: list[DBCluster]) -> Verdict:
    """Snapshots of database clusters are encrypted.

    Why: a snapshot is the whole database, and is the easiest copy to carry off.
    Fix: restore it with --kms-key-id, take a new snapshot, then delete the original.
    """
    names = {one.db_cluster_identifier for one in clusters}
    if snapshot.snapshot_type == "automated" and snapshot.db_cluster_identifier in names:
        return _FOLLOWS
    key = key_of(snapshot.storage_encryption_type, under_kms=snapshot.storage_encrypted)
    return Holds(f"encrypted under {key}") if key else Fails("the snapshot is not encrypted")


@check(effort="medium")
def automated_backups_are_encrypted(backup: AutomatedBackup, instances: list[DBInstance]) -> Verdict:
    """Automated backups that outlive their database instance, or were copied here from another region, are encrypted.

    Why: they hold the whole database, and nobody looks at them any more.
    Fix: restore and encrypt it, then aws rds delete-db-instance-automated-backup --db-instance-automated-backups-arn ARN
    """
    if backup.db_instance_arn in {one.db_instance_arn for one in instances}:
        return _FOLLOWS
    key = key_of(backup.storage_encryption_type, under_kms=backup.encrypted)
    return Holds(f"encrypted under {key}") if key else Fails("the backups are not encrypted")


@check(effort="medium")
def cluster_automated_backups_are_encrypted(backup: ClusterAutomatedBackup, clusters: list[DBCluster]) -> Verdict:
    """Automated backups that outlive their database cluster are encrypted.

    Why: they hold the whole database, and nobody looks at them any more.
    Fix: restore and encrypt it, then aws rds delete-db-cluster-automated-backup --db-cluster-resource-id ID
    """
    if backup.db_cluster_arn in {one.db_cluster_arn for one in clusters}:
        return _FOLLOWS
    key = key_of(backup.storage_encryption_type, under_kms=backup.storage_encrypted)
    return Holds(f"encrypted under {key}") if key else Fails("the backups are not encrypted")


@check(effort="low")
def snapshots_are_not_public(shares: SnapshotShares) -> Verdict:
    """No snapshot of a database instance is public.

    Why: any AWS account can restore a public snapshot and read all of it.
    Fix: aws rds modify-db-snapshot-attribute --attribute-name restore --values-to-remove all
    """
    return _not_public(shares.db_snapshot_attributes)


@check(effort="low")
def cluster_snapshots_are_not_public(shares: ClusterSnapshotShares) -> Verdict:
    """No snapshot of a database cluster is public.

    Why: any AWS account can restore a public snapshot and read all of it.
    Fix: aws rds modify-db-cluster-snapshot-attribute --attribute-name restore --values-to-remove all
    """
    return _not_public(shares.db_cluster_snapshot_attributes)


@check(effort="low")
def snapshots_stay_with_trusted_accounts(
    shares: SnapshotShares, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Snapshots of database instances are shared with trusted accounts only.

    Why: whoever may restore a snapshot has the data.
    Fix: aws rds modify-db-snapshot-attribute --attribute-name restore --values-to-remove ACCOUNT
    """
    return _trusted(shares.db_snapshot_attributes, here.account, trusted_accounts)


@check(effort="low")
def cluster_snapshots_stay_with_trusted_accounts(
    shares: ClusterSnapshotShares, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Snapshots of database clusters are shared with trusted accounts only.

    Why: whoever may restore a snapshot has the data.
    Fix: aws rds modify-db-cluster-snapshot-attribute --attribute-name restore --values-to-remove ACCOUNT
    """
    return _trusted(shares.db_cluster_snapshot_attributes, here.account, trusted_accounts)

"""RDS checks, against real clients and as tables."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.backup.evidence import Protected
from checks.rds import databases, snapshots, transport
from checks.rds.evidence import (
    Chosen,
    ChosenForCluster,
    ClusterSnapshot,
    ClusterSnapshotShares,
    DBCluster,
    DBInstance,
    Reach,
    Snapshot,
    SnapshotShares,
)
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.emulator import ACCOUNT, Emulator

ARN = "arn:aws:rds:us-east-1:123456789012:"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = Target(ACCOUNT, "us-east-1")


def instance(**changes: object) -> DBInstance:
    fields = {
        "db_instance_arn": ARN + "db:one",
        "db_instance_identifier": "one",
        "engine": "postgres",
        "engine_version": "16.3",
        "allocated_storage": 20,
        "storage_encrypted": False,
        "backup_retention_period": 7,
        "multi_az": False,
        "availability_zone": "us-east-1a",
        "auto_minor_version_upgrade": True,
        "deletion_protection": False,
        "db_parameter_groups": [{"db_parameter_group_name": "default.postgres16"}],
    }
    return DBInstance.model_validate(fields | changes, strict=False)


def cluster(**changes: object) -> DBCluster:
    fields = {
        "db_cluster_arn": ARN + "cluster:c",
        "db_cluster_identifier": "c",
        "engine": "aurora-postgresql",
        "engine_version": "16.4",
        "storage_encrypted": False,
        "backup_retention_period": 1,
        "deletion_protection": False,
        "db_cluster_parameter_group": "default.aurora-postgresql16",
    }
    return DBCluster.model_validate(fields | changes, strict=False)


def make(aws: Emulator, name: str, **how: object) -> None:
    what: dict[str, Any] = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.m5.large",
        "Engine": "postgres",
        "AllocatedStorage": 20,
        "MasterUsername": "somebody",
        "MasterUserPassword": "long-enough",
    }
    aws.client("rds").create_db_instance(**what | how)


def make_cluster(aws: Emulator, name: str = "c", **how: object) -> None:
    what: dict[str, Any] = {
        "DBClusterIdentifier": name,
        "Engine": "aurora-postgresql",
        "MasterUsername": "somebody",
        "MasterUserPassword": "long-enough",
    }
    aws.client("rds").create_db_cluster(**what | how)


JUDGED_INSTEAD = ("not applicable", "the cluster c is judged instead")


def test_storage_and_backups_are_judged_on_the_cluster_and_not_on_its_members(aws: Emulator) -> None:
    make(aws, "safe", StorageEncrypted=True, BackupRetentionPeriod=14, DeletionProtection=True, MultiAZ=True)
    make(aws, "bare", BackupRetentionPeriod=0, AutoMinorVersionUpgrade=False)
    make_cluster(aws)
    member = {"DBClusterIdentifier": "c", "Engine": "aurora-postgresql"}
    aws.client("rds").create_db_instance(DBInstanceIdentifier="c1", DBInstanceClass="db.m5.large", **member)

    assert aws.judge("rds.storage_is_encrypted") == {
        ARN + "db:safe": ("holds", "encrypted under a KMS key"),
        ARN + "db:bare": ("fails", "the storage is not encrypted"),
        ARN + "db:c1": JUDGED_INSTEAD,
    }
    assert aws.judge("rds.backups_are_kept") == {
        ARN + "db:safe": ("holds", "backups are kept for 14 days"),
        ARN + "db:bare": ("fails", "automated backups are off"),
        ARN + "db:c1": JUDGED_INSTEAD,
    }
    assert aws.judge("rds.instances_are_protected_from_deletion") == {
        ARN + "db:safe": ("holds", "deletion protection is on"),
        ARN + "db:bare": ("fails", "deletion protection is off"),
        ARN + "db:c1": JUDGED_INSTEAD,
    }
    assert aws.judge("rds.instances_have_a_standby") == {
        ARN + "db:safe": ("holds", "Multi-AZ"),
        ARN + "db:bare": ("fails", "the instance is in one Availability Zone"),
        ARN + "db:c1": JUDGED_INSTEAD,
    }
    assert aws.verdicts("rds.minor_versions_are_installed") == {
        ARN + "db:safe": "holds",
        ARN + "db:bare": "fails",
        ARN + "db:c1": "holds",
    }


def test_clusters(aws: Emulator) -> None:
    make_cluster(aws)
    make_cluster(aws, "safe", StorageEncrypted=True, BackupRetentionPeriod=8, DeletionProtection=True)

    assert aws.judge("rds.cluster_storage_is_encrypted") == {
        ARN + "cluster:c": ("fails", "the storage is not encrypted"),
        ARN + "cluster:safe": ("holds", "encrypted under a KMS key"),
    }
    assert aws.judge("rds.cluster_backups_are_kept") == {
        ARN + "cluster:c": ("fails", "backups are kept for 1 days, fewer than 7"),
        ARN + "cluster:safe": ("holds", "backups are kept for 8 days"),
    }
    assert aws.judge("rds.clusters_are_protected_from_deletion") == {
        ARN + "cluster:c": ("fails", "deletion protection is off"),
        ARN + "cluster:safe": ("holds", "deletion protection is on"),
    }


def test_clusters_span_zones(aws: Emulator) -> None:
    for name, zones in {"wide": "ab", "narrow": "aa", "empty": ""}.items():
        make_cluster(aws, name)
        for number, zone in enumerate(zones):
            aws.client("rds").create_db_instance(
                DBInstanceIdentifier=f"{name}{number}",
                DBInstanceClass="db.m5.large",
                DBClusterIdentifier=name,
                Engine="aurora-postgresql",
                AvailabilityZone=f"us-east-1{zone}",
            )
    assert aws.judge("rds.clusters_span_zones") == {
        ARN + "cluster:wide": ("holds", "instances in us-east-1a, us-east-1b"),
        ARN + "cluster:narrow": ("fails", "instances in us-east-1a only"),
        ARN + "cluster:empty": ("not applicable", "the cluster has no instances"),
    }


def test_an_account_without_databases(aws: Emulator) -> None:
    none = {"region:us-east-1": ("not applicable", "there is none: rds:DescribeDBInstances listed nothing")}
    assert aws.judge("rds.storage_is_encrypted") == none
    assert aws.judge("rds.engines") == {}


def test_a_client_hears_from_a_field_that_the_emulator_leaves_out(aws: Emulator) -> None:
    """AWS always tells PubliclyAccessible; moto never does, and so the check is unknown rather than passed."""
    make(aws, "one")
    assert aws.verdicts("rds.instances_are_not_public") == {"region:us-east-1": "unknown"}
    assert aws.verdicts("rds.storage_is_encrypted") == {ARN + "db:one": "fails"}


def test_instances_are_not_public() -> None:
    def judged(public: object) -> Verdict:
        return databases.instances_are_not_public(
            Reach.model_validate({"db_instance_arn": "a", "publicly_accessible": public})
        )

    assert judged(public=True) == Fails("publicly accessible")
    assert judged(public=False) == Holds("not publicly accessible")


REPLICA = {"read_replica_source_db_instance_identifier": "main"}
OF_MAIN = NotApplicable("a read replica of main")


@pytest.mark.parametrize(
    ("judge", "one", "verdict"),
    [
        (
            databases.storage_is_encrypted,
            instance(storage_encryption_type="none"),
            Fails("the storage is not encrypted"),
        ),
        (
            databases.storage_is_encrypted,
            instance(storage_encryption_type="sse-rds"),
            Holds("encrypted under a key that AWS owns"),
        ),
        (
            databases.cluster_storage_is_encrypted,
            cluster(storage_encryption_type="sse-rds"),
            Holds("encrypted under a key that AWS owns"),
        ),
        (databases.instances_have_a_standby, instance(**REPLICA), OF_MAIN),
        (databases.instances_have_a_standby, instance(**REPLICA, multi_az=True), Holds("Multi-AZ")),
        (
            databases.instances_have_a_standby,
            instance(engine="custom-oracle-ee"),
            Fails("the instance is in one Availability Zone"),
        ),
        (databases.instances_are_protected_from_deletion, instance(**REPLICA), OF_MAIN),
        (
            databases.clusters_are_protected_from_deletion,
            cluster(replication_source_identifier="main"),
            NotApplicable("a replica of main"),
        ),
        (
            databases.minor_versions_are_installed,
            instance(engine="docdb"),
            NotApplicable("the setting has no effect on DocumentDB"),
        ),
        (
            databases.minor_versions_are_installed,
            instance(engine="custom-oracle-ee"),
            NotApplicable("RDS Custom is patched by its owner"),
        ),
        (
            databases.minor_versions_are_installed,
            instance(auto_minor_version_upgrade=False),
            Fails("postgres 16.3 is not upgraded automatically"),
        ),
        (databases.logs_are_exported, instance(), Fails("no log is exported to CloudWatch Logs")),
        (
            databases.logs_are_exported,
            instance(enabled_cloudwatch_logs_exports=("upgrade", "postgresql")),
            Holds("exports postgresql, upgrade"),
        ),
        (databases.logs_are_exported, instance(db_cluster_identifier="c"), NotApplicable(JUDGED_INSTEAD[1])),
        (
            databases.logs_are_exported,
            instance(engine="custom-oracle-ee"),
            NotApplicable("RDS Custom does not export logs"),
        ),
        (databases.performance_is_recorded, instance(), Fails("it is off")),
        (
            databases.performance_is_recorded,
            instance(performance_insights_enabled=True),
            Holds("Performance Insights is on"),
        ),
        (
            databases.performance_is_recorded,
            instance(engine="neptune"),
            NotApplicable("judged for RDS and Aurora only; this is neptune"),
        ),
        (databases.storage_grows, instance(), Fails("the storage stays at 20 GiB")),
        (databases.storage_grows, instance(max_allocated_storage=20), Fails("the storage stays at 20 GiB")),
        (databases.storage_grows, instance(max_allocated_storage=100), Holds("from 20 up to 100 GiB")),
        (databases.storage_grows, instance(db_cluster_identifier="c"), NotApplicable(JUDGED_INSTEAD[1])),
        (
            databases.storage_grows,
            instance(engine="custom-oracle-ee"),
            NotApplicable("RDS Custom does not scale its storage"),
        ),
        (
            databases.master_passwords_are_managed,
            instance(**REPLICA),
            NotApplicable("a read replica of main has its credentials"),
        ),
        (
            databases.master_passwords_are_managed,
            instance(db_cluster_identifier="c"),
            NotApplicable(JUDGED_INSTEAD[1]),
        ),
        (
            databases.master_passwords_are_managed,
            instance(engine="custom-sqlserver-se"),
            NotApplicable("RDS manages no passwords of RDS Custom"),
        ),
        (
            databases.cluster_master_passwords_are_managed,
            cluster(engine_mode="serverless"),
            NotApplicable("Aurora manages no passwords of Serverless v1"),
        ),
        (
            databases.cluster_master_passwords_are_managed,
            cluster(global_cluster_identifier="g"),
            NotApplicable("Aurora manages no passwords of clusters in a global database"),
        ),
        (
            databases.cluster_master_passwords_are_managed,
            cluster(master_user_secret={"secret_arn": "a"}),
            Holds("Secrets Manager keeps and rotates it"),
        ),
        (
            databases.cluster_master_passwords_are_managed,
            cluster(engine="neptune"),
            NotApplicable("Neptune has no passwords"),
        ),
        (
            databases.cluster_master_passwords_are_managed,
            cluster(replication_source_identifier="main"),
            NotApplicable("a replica of main has its credentials"),
        ),
    ],
)
def test_what_aws_documents_of_instances_and_clusters(
    judge: Callable[[Any], Verdict], one: object, verdict: Verdict
) -> None:
    assert judge(one) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (cluster(engine_mode="serverless"), NotApplicable("Aurora Serverless v1 has no instances of its own")),
        (cluster(cluster_scalability_type="limitless"), NotApplicable("a limitless cluster has shard groups")),
        (
            cluster(db_cluster_members=[{"db_instance_identifier": "unheard-of"}]),
            CannotTell("no instance names its Availability Zone"),
        ),
    ],
)
def test_clusters_without_instances_to_count(one: DBCluster, verdict: Verdict) -> None:
    assert databases.clusters_span_zones(one, [instance()]) == verdict


def test_an_instance_that_goes_is_no_reader() -> None:
    members = [{"db_instance_identifier": name} for name in ("one", "two")]
    other = {"db_instance_identifier": "two", "availability_zone": "us-east-1b"}
    for state, verdict in (
        ("available", Holds("instances in us-east-1a, us-east-1b")),
        ("deleting", Fails("instances in us-east-1a only")),
    ):
        there = [instance(), instance(**other, db_instance_status=state)]
        assert databases.clusters_span_zones(cluster(db_cluster_members=members), there) == verdict


def protected(days: int, arn: str = ARN + "db:one") -> list[Protected]:
    return [Protected(resource_arn=arn, resource_type="RDS", last_backup_time=NOW - timedelta(days=days))]


@pytest.mark.parametrize(
    ("one", "points", "verdict"),
    [
        (instance(**REPLICA, backup_retention_period=0), [], OF_MAIN),
        (instance(backup_retention_period=7), [], Holds("backups are kept for 7 days")),
        (instance(backup_retention_period=6), [], Fails("backups are kept for 6 days, fewer than 7")),
        (
            instance(backup_retention_period=0),
            protected(2),
            Holds("AWS Backup made a recovery point on 2026-11-21"),
        ),
        (instance(backup_retention_period=0), protected(9), Fails("automated backups are off")),
        (instance(backup_retention_period=0), protected(2, ARN + "db:x"), Fails("automated backups are off")),
    ],
)
def test_backups_are_kept(one: DBInstance, points: list[Protected], verdict: Verdict) -> None:
    assert databases.backups_are_kept(one, points, NOW) == verdict


@pytest.mark.parametrize(
    ("one", "points", "verdict"),
    [
        (cluster(replication_source_identifier="main"), [], NotApplicable("a replica of main")),
        (cluster(), [], Fails("backups are kept for 1 days, fewer than 7")),
        (cluster(), protected(2, ARN + "cluster:c"), Holds("AWS Backup made a recovery point on 2026-11-21")),
    ],
)
def test_cluster_backups_are_kept(one: DBCluster, points: list[Protected], verdict: Verdict) -> None:
    assert databases.cluster_backups_are_kept(one, points, NOW) == verdict


def test_logs_of_clusters_are_exported(aws: Emulator) -> None:
    make_cluster(aws)
    make_cluster(aws, "told", EnableCloudwatchLogsExports=["postgresql"])
    assert aws.judge("rds.cluster_logs_are_exported") == {
        ARN + "cluster:c": ("fails", "no log is exported to CloudWatch Logs"),
        ARN + "cluster:told": ("holds", "exports postgresql"),
    }


def test_master_passwords(aws: Emulator) -> None:
    make(aws, "one")
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier="two",
        DBInstanceClass="db.m5.large",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="somebody",
        ManageMasterUserPassword=True,
    )
    assert aws.judge("rds.master_passwords_are_managed") == {
        ARN + "db:one": ("fails", "the master password is kept elsewhere"),
        ARN + "db:two": ("holds", "Secrets Manager keeps and rotates it"),
    }


@pytest.mark.parametrize(
    ("until", "verdict"),
    [
        (None, CannotTell("no certificate is named")),
        (NOW + timedelta(days=29), Fails("the certificate ends on 2026-12-22")),
        (NOW + timedelta(days=30), Holds("the certificate ends on 2026-12-23")),
    ],
)
def test_certificates_stay_valid(until: datetime | None, verdict: Verdict) -> None:
    one = instance(certificate_details={"valid_till": until} if until else None)
    assert databases.certificates_stay_valid(one, NOW) == verdict


def test_facts_about_databases(aws: Emulator) -> None:
    make(aws, "one", EngineVersion="16.3", EnableIAMDatabaseAuthentication=True)
    make(aws, "two", EngineVersion="16.3")
    aws.client("rds").create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="one")
    make_cluster(aws, EngineVersion="15.4")
    told = "database engines in use: 1 × aurora-postgresql 15.4, 3 × postgres 16.3"
    assert aws.judge("rds.engines") == {"region:us-east-1": ("told", told)}
    told = "2 of 4 databases allow IAM authentication"
    assert aws.judge("rds.iam_authentication") == {"region:us-east-1": ("told", told)}
    told = "1 read replicas of instances and 0 readers in clusters"
    assert aws.judge("rds.read_replicas") == {"region:us-east-1": ("told", told)}


def test_snapshots(aws: Emulator) -> None:
    client = aws.client("rds")
    make(aws, "safe", StorageEncrypted=True)
    make(aws, "bare")
    for name in ("safe", "bare"):
        client.create_db_snapshot(DBSnapshotIdentifier=f"{name}-own", DBInstanceIdentifier=name)
    client.create_db_snapshot(DBSnapshotIdentifier="public", DBInstanceIdentifier="safe")
    for name, who in {"public": "all", "bare-own": "210987654321"}.items():
        client.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=[who])

    def manual(told: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        assert {told.pop(arn) for arn in list(told) if ":snapshot:rds:" in arn} <= {
            ("not applicable", "an automated snapshot is encrypted as its database is"),
            ("not applicable", "snapshot type is automated"),
        }
        return told

    follows = ("not applicable", "an automated snapshot is encrypted as its database is")
    assert aws.judge("rds.automated_backups_are_encrypted") == {
        f"{ARN}auto-backup:ab-{name}": follows for name in ("safe", "bare")
    }
    assert manual(aws.judge("rds.snapshots_are_encrypted")) == {
        ARN + "snapshot:safe-own": ("holds", "encrypted under a KMS key"),
        ARN + "snapshot:public": ("holds", "encrypted under a KMS key"),
        ARN + "snapshot:bare-own": ("fails", "the snapshot is not encrypted"),
    }
    assert manual(aws.judge("rds.snapshots_are_not_public")) == {
        ARN + "snapshot:safe-own": ("holds", "not public"),
        ARN + "snapshot:public": ("fails", "every AWS account may restore it"),
        ARN + "snapshot:bare-own": ("holds", "not public"),
    }
    assert manual(aws.judge("rds.snapshots_stay_with_trusted_accounts")) == {
        ARN + "snapshot:safe-own": ("holds", "shared with nobody"),
        ARN + "snapshot:public": ("fails", "may be restored by all"),
        ARN + "snapshot:bare-own": ("fails", "may be restored by 210987654321"),
    }


def test_cluster_snapshots(aws: Emulator) -> None:
    client = aws.client("rds")
    make_cluster(aws)
    client.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="own", DBClusterIdentifier="c")
    client.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="open", DBClusterIdentifier="c")
    client.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="open", AttributeName="restore", ValuesToAdd=["all"]
    )
    own, open_ = ARN + "cluster-snapshot:own", ARN + "cluster-snapshot:open"

    def manual(check: str) -> dict[str, tuple[str, str]]:
        return {arn: told for arn, told in aws.judge(check).items() if arn in (own, open_)}

    nothing = "there is none: rds:DescribeDBClusterAutomatedBackups listed nothing"
    assert aws.judge("rds.cluster_automated_backups_are_encrypted") == {"region:us-east-1": ("not applicable", nothing)}
    bare = ("fails", "the snapshot is not encrypted")
    assert manual("rds.cluster_snapshots_are_encrypted") == {own: bare, open_: bare}
    assert manual("rds.cluster_snapshots_are_not_public") == {
        own: ("holds", "not public"),
        open_: ("fails", "every AWS account may restore it"),
    }
    assert manual("rds.cluster_snapshots_stay_with_trusted_accounts") == {
        own: ("holds", "shared with nobody"),
        open_: ("fails", "may be restored by all"),
    }


SHARED = [{"attribute_name": "restore", "attribute_values": ["210987654321", ACCOUNT]}]


def test_snapshots_may_be_shared_with_trusted_accounts() -> None:
    trusted = ("210987654321",)
    told = Holds("shared with trusted accounts: 210987654321")
    one = SnapshotShares.model_validate({"db_snapshot_attributes": SHARED}, strict=False)
    assert snapshots.snapshots_stay_with_trusted_accounts(one, HERE, trusted_accounts=trusted) == told
    two = ClusterSnapshotShares.model_validate({"db_cluster_snapshot_attributes": SHARED}, strict=False)
    assert snapshots.cluster_snapshots_stay_with_trusted_accounts(two, HERE, trusted_accounts=trusted) == told


@pytest.mark.parametrize(
    ("kind", "of", "how", "verdict"),
    [
        ("awsbackup", "", "sse-rds", Holds("encrypted under a key that AWS owns")),
        ("awsbackup", "", "none", Fails("the snapshot is not encrypted")),
        ("manual", "", None, Fails("the snapshot is not encrypted")),
        ("automated", "", "none", NotApplicable("an automated snapshot is encrypted as its database is")),
        ("automated", "gone-", "none", Fails("the snapshot is not encrypted")),
    ],
)
def test_snapshots_are_encrypted(kind: str, of: str, how: str | None, verdict: Verdict) -> None:
    one = Snapshot(
        db_snapshot_arn="a",
        db_snapshot_identifier="a",
        db_instance_identifier=f"{of}one",
        snapshot_type=kind,
        encrypted=False,
        storage_encryption_type=how,
    )
    assert snapshots.snapshots_are_encrypted(one, [instance()]) == verdict
    two = ClusterSnapshot(
        db_cluster_snapshot_arn="a",
        db_cluster_snapshot_identifier="a",
        db_cluster_identifier=f"{of}c",
        snapshot_type=kind,
        storage_encrypted=False,
        storage_encryption_type=how,
    )
    assert snapshots.cluster_snapshots_are_encrypted(two, [cluster()]) == verdict


@pytest.mark.parametrize(
    ("of", "encrypted", "how", "verdict"),
    [
        ("one", False, None, NotApplicable("an automated snapshot is encrypted as its database is")),
        ("gone", False, "none", Fails("the backups are not encrypted")),
        ("gone", True, "sse-kms", Holds("encrypted under a KMS key")),
        ("gone", False, "sse-rds", Holds("encrypted under a key that AWS owns")),
    ],
)
def test_automated_backups_are_encrypted(of: str, encrypted: bool, how: str | None, verdict: Verdict) -> None:
    one = snapshots.AutomatedBackup(
        db_instance_automated_backups_arn="a",
        db_instance_arn=f"{ARN}db:{of}",
        encrypted=encrypted,
        storage_encryption_type=how,
    )
    assert snapshots.automated_backups_are_encrypted(one, [instance()]) == verdict
    two = snapshots.ClusterAutomatedBackup(
        db_cluster_automated_backups_arn="a",
        db_cluster_arn=f"{ARN}cluster:{'c' if of == 'one' else of}",
        storage_encrypted=encrypted,
        storage_encryption_type=how,
    )
    assert snapshots.cluster_automated_backups_are_encrypted(two, [cluster()]) == verdict


def test_connections_must_use_tls(aws: Emulator) -> None:
    client = aws.client("rds")
    client.create_db_parameter_group(DBParameterGroupName="tls", DBParameterGroupFamily="postgres14", Description="-")
    client.modify_db_parameter_group(
        DBParameterGroupName="tls",
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    make(aws, "old", EngineVersion="14.3")
    make(aws, "set", EngineVersion="14.3", DBParameterGroupName="tls")
    make(aws, "new", EngineVersion="16.3")
    assert aws.judge("rds.connections_must_use_tls") == {
        ARN + "db:old": ("fails", "rds.force_ssl is off by default"),
        ARN + "db:set": ("holds", "rds.force_ssl is 1"),
        ARN + "db:new": ("holds", "rds.force_ssl is on by default"),
    }


def test_cluster_connections_must_use_tls(aws: Emulator) -> None:
    """Through clients with a default group only: moto lists no cluster parameter groups of its own making."""
    make_cluster(aws)
    assert aws.judge("rds.cluster_connections_must_use_tls") == {
        ARN + "cluster:c": ("fails", "rds.force_ssl is off by default")
    }


@pytest.mark.parametrize(
    ("engine", "version", "values", "verdict"),
    [
        ("postgres", "15.2", {}, Holds("rds.force_ssl is on by default")),
        ("postgres", "15.2", {"rds.force_ssl": "0"}, Fails("rds.force_ssl is 0")),
        ("mysql", "8.4.3", {}, Fails("require_secure_transport is off by default")),
        ("mysql", "8.4.3", {"require_secure_transport": "ON"}, Holds("require_secure_transport is ON")),
        ("mysql", "9.7.0", {}, Holds("require_secure_transport is on by default")),
        ("mariadb", "11.4.3", {}, Fails("require_secure_transport is off by default")),
        ("mariadb", "11.8.2", {}, Holds("require_secure_transport is on by default")),
        ("sqlserver-se", "16.00.4095.4.v1", {"rds.force_ssl": "1"}, Holds("rds.force_ssl is 1")),
        (
            "oracle-se2",
            "19.0.0",
            {},
            CannotTell("no parameter of RDS tells whether oracle-se2 refuses connections without TLS"),
        ),
    ],
)
def test_defaults_depend_on_engine_and_version(
    engine: str, version: str, values: dict[str, str], verdict: Verdict
) -> None:
    one = instance(engine=engine, engine_version=version, db_parameter_groups=[{"db_parameter_group_name": "own"}])
    assert transport.connections_must_use_tls(one, [Chosen("other", {}), Chosen("own", values)]) == verdict


@pytest.mark.parametrize(
    ("engine", "version", "verdict"),
    [
        ("aurora-postgresql", "16.4", Fails("rds.force_ssl is off by default")),
        ("aurora-postgresql", "17.4", Holds("rds.force_ssl is on by default")),
        ("aurora-mysql", "8.0.mysql_aurora.3.05.2", Fails("require_secure_transport is off by default")),
        ("neptune", "1.3.0.0", Holds("Neptune 1.3.0.0 takes HTTPS only")),
    ],
)
def test_defaults_of_clusters(engine: str, version: str, verdict: Verdict) -> None:
    one = cluster(engine=engine, engine_version=version, db_cluster_parameter_group="own")
    assert transport.cluster_connections_must_use_tls(one, [ChosenForCluster("own", {})]) == verdict


def test_a_parameter_that_waits_for_a_restart_is_not_in_force() -> None:
    waiting = {"db_parameter_group_name": "own", "parameter_apply_status": "pending-reboot"}
    one = instance(engine="sqlserver-se", engine_version="16.00.4095.4.v1", db_parameter_groups=[waiting])
    told = CannotTell("rds.force_ssl is 1, and the parameter group waits for a restart")
    assert transport.connections_must_use_tls(one, [Chosen("own", {"rds.force_ssl": "1"})]) == told
    back = [{"db_parameter_group_name": "default.postgres16", "parameter_apply_status": "pending-reboot"}]
    assert transport.connections_must_use_tls(instance(db_parameter_groups=back), []) == CannotTell(
        "rds.force_ssl is on by default, and the parameter group waits for a restart"
    )


def test_a_member_is_judged_for_tls_by_its_cluster() -> None:
    verdict = transport.connections_must_use_tls(instance(db_cluster_identifier="c"), [])
    assert verdict == NotApplicable(JUDGED_INSTEAD[1])

"""RDS checks, against real clients and as tables."""

from collections.abc import Callable
from contextlib import ExitStack
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
    Snapshot,
    SnapshotShares,
)
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.checks.answers import answering, judge_all
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


def certified(days: int) -> dict[str, Any]:
    return {"CertificateDetails": {"CAIdentifier": "rds-ca-rsa2048-g1", "ValidTill": NOW + timedelta(days=days)}}


def test_instances_with_all_that_aws_tells_of_them(aws: Emulator) -> None:
    """moto's own instances, with the members that moto leaves out."""
    make(aws, "good", EnableCloudwatchLogsExports=["postgresql", "upgrade"])
    make(aws, "bad")
    make(aws, "custom")
    make_cluster(aws)
    of_aurora = {"DBInstanceClass": "db.r6g.large", "DBClusterIdentifier": "c", "Engine": "aurora-postgresql"}
    for name in ("member", "graph"):
        aws.client("rds").create_db_instance(DBInstanceIdentifier=name, **of_aurora)
    added: dict[str, dict[str, Any]] = {
        "good": {
            "PubliclyAccessible": False,
            "PerformanceInsightsEnabled": True,
            "MaxAllocatedStorage": 100,
            **certified(30),
        },
        # A ceiling that the storage has reached lets it grow no more.
        "bad": {
            "PubliclyAccessible": True,
            "PerformanceInsightsEnabled": False,
            "MaxAllocatedStorage": 20,
            **certified(29),
        },
        "custom": {"PubliclyAccessible": False, "Engine": "custom-oracle-ee"},
        "member": {"PubliclyAccessible": True, "PerformanceInsightsEnabled": True, **certified(300)},
        "graph": {
            "Engine": "neptune",
            "PubliclyAccessible": False,
            "PerformanceInsightsEnabled": False,
            **certified(300),
        },
    }
    told = [
        one | added[one["DBInstanceIdentifier"]] for one in aws.client("rds").describe_db_instances()["DBInstances"]
    ]
    names = [
        "instances_are_not_public",
        "logs_are_exported",
        "performance_is_recorded",
        "storage_grows",
        "certificates_stay_valid",
    ]
    with answering("rds", {"DescribeDBInstances": {"DBInstances": told}}):
        found = judge_all(aws, "rds", names, at=NOW)
    private = ("holds", "not publicly accessible")
    later = ("holds", "the certificate ends on 2027-09-19")
    assert {name: {arn.rpartition(":")[2]: said for arn, said in of.items()} for name, of in found.items()} == {
        names[0]: {
            "good": private,
            "bad": ("fails", "publicly accessible"),
            "custom": private,
            "member": ("fails", "publicly accessible"),
            "graph": private,
        },
        names[1]: {
            "good": ("holds", "exports postgresql, upgrade"),
            "bad": ("fails", "no log is exported to CloudWatch Logs"),
            "custom": ("not applicable", "RDS Custom does not export logs"),
            "member": JUDGED_INSTEAD,
            "graph": JUDGED_INSTEAD,
        },
        names[2]: {
            "good": ("holds", "Performance Insights is on"),
            "bad": ("fails", "it is off"),
            "custom": ("not applicable", "judged for RDS and Aurora only; this is custom-oracle-ee"),
            "member": ("holds", "Performance Insights is on"),
            "graph": ("not applicable", "judged for RDS and Aurora only; this is neptune"),
        },
        names[3]: {
            "good": ("holds", "from 20 up to 100 GiB"),
            "bad": ("fails", "the storage stays at 20 GiB"),
            "custom": ("not applicable", "RDS Custom does not scale its storage"),
            "member": JUDGED_INSTEAD,
            "graph": JUDGED_INSTEAD,
        },
        names[4]: {
            "good": ("holds", "the certificate ends on 2026-12-23"),
            "bad": ("fails", "the certificate ends on 2026-12-22"),
            "custom": ("unknown", "no certificate is named"),
            "member": later,
            "graph": later,
        },
    }


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


def kept(name: str, kind: str, **how: object) -> dict[str, Any]:
    """Automated backups of an instance (`db`) or a cluster, as RDS lists them."""
    backups, of = ("auto-backup:ab-", "DBInstance") if kind == "db" else ("cluster-auto-backup:ab-", "DBCluster")
    return {f"{of}AutomatedBackupsArn": f"{ARN}{backups}{name}", f"{of}Arn": f"{ARN}{kind}:{name}", **how}


def test_automated_backups_that_outlive_their_database(aws: Emulator) -> None:
    make(aws, "here")
    make_cluster(aws, "here")
    copied = kept("abroad", "db", Status="active", Encrypted=True, StorageEncryptionType="sse-kms")
    abroad = copied | {"DBInstanceArn": f"arn:aws:rds:eu-west-1:{ACCOUNT}:db:abroad"}
    instances = [
        kept("here", "db", Status="active", Encrypted=False, StorageEncryptionType="none"),
        kept("plain", "db", Status="retained", Encrypted=False, StorageEncryptionType="none"),
        kept("owned", "db", Status="retained", Encrypted=False, StorageEncryptionType="sse-rds"),
        abroad,
    ]
    clusters = [
        kept("here", "cluster", StorageEncrypted=False, StorageEncryptionType="none"),
        kept("plain", "cluster", Status="retained", StorageEncrypted=False, StorageEncryptionType="none"),
        kept("good", "cluster", Status="retained", StorageEncrypted=True, StorageEncryptionType="sse-kms"),
    ]
    names = ["automated_backups_are_encrypted", "cluster_automated_backups_are_encrypted"]
    answers = {
        "DescribeDBInstanceAutomatedBackups": {"DBInstanceAutomatedBackups": instances},
        "DescribeDBClusterAutomatedBackups": {"DBClusterAutomatedBackups": clusters},
    }
    follows = ("not applicable", "an automated snapshot is encrypted as its database is")
    plain = ("fails", "the backups are not encrypted")
    with answering("rds", answers):
        assert judge_all(aws, "rds", names) == {
            names[0]: {
                f"{ARN}auto-backup:ab-here": follows,
                f"{ARN}auto-backup:ab-plain": plain,
                f"{ARN}auto-backup:ab-owned": ("holds", "encrypted under a key that AWS owns"),
                f"{ARN}auto-backup:ab-abroad": ("holds", "encrypted under a KMS key"),
            },
            names[1]: {
                f"{ARN}cluster-auto-backup:ab-here": follows,
                f"{ARN}cluster-auto-backup:ab-plain": plain,
                f"{ARN}cluster-auto-backup:ab-good": ("holds", "encrypted under a KMS key"),
            },
        }


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
    make_cluster(aws, "safe", StorageEncrypted=True)
    client.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="safe-own", DBClusterIdentifier="safe")
    safe = ARN + "cluster-snapshot:safe-own"
    assert aws.judge("rds.cluster_snapshots_are_encrypted")[safe] == ("holds", "encrypted under a KMS key")
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


def test_clusters_of_every_engine(aws: Emulator) -> None:
    """Also what DocumentDB and Neptune have beside. moto's clusters, with the members and parameters that moto leaves out."""
    engines = {
        "good": ("aurora-postgresql", "16.4", {"rds.force_ssl": "1"}),
        "bad": ("aurora-postgresql", "16.4", {}),
        "documents": ("docdb", "5.0.0", {"audit_logs": "enabled"}),
        "papers": ("docdb", "5.0.0", {"tls": "disabled", "audit_logs": "dml_read"}),
        "graph": ("neptune", "1.3.0.0", {"neptune_enable_audit_log": "1"}),
        "waiting": ("neptune", "1.3.0.0", {"neptune_enable_audit_log": "1"}),
        "mute": ("neptune", "1.3.0.0", {}),
    }
    for name in engines:
        make_cluster(aws, name)
    secret = {"SecretArn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:rds!cluster-1", "SecretStatus": "active"}
    # A static parameter counts from the restart on (Neptune user guide, "Neptune parameters").
    restart = {
        "DBInstanceIdentifier": "w",
        "IsClusterWriter": True,
        "DBClusterParameterGroupStatus": "pending-reboot",
    }
    added: dict[str, dict[str, Any]] = {
        "good": {"MasterUserSecret": secret},
        "documents": {"EnabledCloudwatchLogsExports": ["audit"]},
        "papers": {"EnabledCloudwatchLogsExports": ["audit"]},
        "graph": {"EnabledCloudwatchLogsExports": ["audit"], "IAMDatabaseAuthenticationEnabled": True},
        "waiting": {"EnabledCloudwatchLogsExports": ["audit"], "DBClusterMembers": [restart]},
    }
    clusters = [
        one
        | {"Engine": engines[name][0], "EngineVersion": engines[name][1], "DBClusterParameterGroup": f"of-{name}"}
        | added.get(name, {})
        for one in aws.client("rds").describe_db_clusters()["DBClusters"]
        for name in [one["DBClusterIdentifier"]]
    ]
    groups = [
        {
            "DBClusterParameterGroupName": f"of-{name}",
            "DBParameterGroupFamily": f"{engine}{version}",
            "DBClusterParameterGroupArn": f"{ARN}cluster-pg:of-{name}",
        }
        for name, (engine, version, _) in engines.items()
    ]
    checks = {
        "rds": ["cluster_connections_must_use_tls", "cluster_master_passwords_are_managed"],
        "docdb": ["audit_events_are_recorded"],
        "neptune": ["audit_events_are_recorded", "requests_must_be_signed"],
    }
    with ExitStack() as stack:
        lists = {
            "DescribeDBClusters": {"DBClusters": clusters},
            "DescribeDBClusterParameterGroups": {"DBClusterParameterGroups": groups},
        }
        stack.enter_context(answering("rds", lists))
        for name, (_, _, values) in engines.items():
            set_ = [{"ParameterName": key, "ParameterValue": value, "Source": "user"} for key, value in values.items()]
            of = {"DBClusterParameterGroupName": f"of-{name}", "Source": "user"}
            stack.enter_context(answering("rds", {"DescribeDBClusterParameters": {"Parameters": set_}}, of))
        told = {
            f"{service}.{name}": {arn.rpartition(":")[2]: said for arn, said in of.items()}
            for service, names in checks.items()
            for name, of in judge_all(aws, service, names).items()
        }
    https = ("holds", "Neptune 1.3.0.0 takes HTTPS only")
    elsewhere = ("fails", "the master password is kept elsewhere")
    none = ("not applicable", "Neptune has no passwords")

    def only(engine: str, **here: tuple[str, str]) -> dict[str, tuple[str, str]]:
        others = {
            name: ("not applicable", f"judged for {engine} only; this is {of}") for name, (of, _, _) in engines.items()
        }
        return others | here

    assert told == {
        "rds.cluster_connections_must_use_tls": {
            "good": ("holds", "rds.force_ssl is 1"),
            "bad": ("fails", "rds.force_ssl is off by default"),
            "documents": ("holds", "tls is on by default"),
            "papers": ("fails", "tls is disabled"),
            "graph": https,
            "waiting": https,
            "mute": https,
        },
        "rds.cluster_master_passwords_are_managed": {
            "good": ("holds", "Secrets Manager keeps and rotates it"),
            "bad": elsewhere,
            "documents": elsewhere,
            "papers": elsewhere,
            "graph": none,
            "waiting": none,
            "mute": none,
        },
        "docdb.audit_events_are_recorded": only(
            "DocumentDB",
            documents=("holds", "audit_logs is enabled, and exported"),
            papers=("fails", "audit_logs is dml_read, which leaves out who signs in"),
        ),
        "neptune.audit_events_are_recorded": only(
            "Neptune",
            graph=("holds", "the audit log is on, and exported"),
            waiting=("unknown", "neptune_enable_audit_log is 1, and the parameter group waits for a restart"),
            mute=("fails", "neptune_enable_audit_log is 0"),
        ),
        "neptune.requests_must_be_signed": only(
            "Neptune",
            graph=("holds", "IAM authentication is on"),
            waiting=("fails", "IAM authentication is off"),
            mute=("fails", "IAM authentication is off"),
        ),
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

"""What RDS says of instances, clusters, snapshots and parameter groups."""

from dataclasses import dataclass
from datetime import datetime

from checks.stages import Tag
from scanner import Evidence, Part, Read, derived

NOT_RDS = ("neptune", "docdb")  # engines of other services that RDS's API lists


def key_of(storage_encryption_type: str | None, *, under_kms: bool) -> str:
    """Whose key encrypts; empty if none does. `StorageEncrypted` is false under a key that AWS owns (RDS API reference)."""
    if under_kms:
        return "a KMS key"
    return "a key that AWS owns" if storage_encryption_type == "sse-rds" else ""


class ParameterGroupMembership(Part):
    db_parameter_group_name: str
    parameter_apply_status: str | None = None


class Certificate(Part):
    valid_till: datetime | None = None


class Secret(Part):
    secret_arn: str


class DBInstance(Evidence, read=Read("rds:DescribeDBInstances", "DBInstances", arn="{db_instance_arn}")):
    db_instance_arn: str
    db_instance_identifier: str
    engine: str
    engine_version: str
    db_instance_status: str | None = None
    allocated_storage: int
    storage_encrypted: bool
    storage_encryption_type: str | None = None
    backup_retention_period: int
    latest_restorable_time: datetime | None = None
    multi_az: bool
    availability_zone: str | None = None  # not there while the instance is being created
    auto_minor_version_upgrade: bool
    deletion_protection: bool
    db_parameter_groups: tuple[ParameterGroupMembership, ...]
    db_cluster_identifier: str | None = None
    read_replica_source_db_instance_identifier: str | None = None
    read_replica_source_db_cluster_identifier: str | None = None
    enabled_cloudwatch_logs_exports: tuple[str, ...] = ()
    performance_insights_enabled: bool = False
    iam_database_authentication_enabled: bool = False
    tag_list: tuple[Tag, ...] = ()
    max_allocated_storage: int | None = None
    master_user_secret: Secret | None = None
    certificate_details: Certificate | None = None

    @property
    def replicates(self) -> str:
        """What this instance is a read replica of; empty if it is none."""
        return self.read_replica_source_db_instance_identifier or self.read_replica_source_db_cluster_identifier or ""

    @property
    def is_custom(self) -> bool:
        return self.engine.startswith("custom-")


class Reach(Evidence, read=Read("rds:DescribeDBInstances", "DBInstances", arn="{db_instance_arn}")):
    """Who can reach an instance. Apart, so that an answer without it leaves the other checks alone."""

    db_instance_arn: str
    publicly_accessible: bool


class ClusterMember(Part):
    db_instance_identifier: str
    db_cluster_parameter_group_status: str | None = None


class DBCluster(Evidence, read=Read("rds:DescribeDBClusters", "DBClusters", arn="{db_cluster_arn}")):
    db_cluster_arn: str
    db_cluster_identifier: str
    engine: str
    engine_version: str
    engine_mode: str = "provisioned"
    cluster_scalability_type: str = "standard"
    storage_encrypted: bool
    storage_encryption_type: str | None = None
    backup_retention_period: int
    latest_restorable_time: datetime | None = None
    status: str | None = None
    deletion_protection: bool
    db_cluster_parameter_group: str
    db_cluster_members: tuple[ClusterMember, ...] = ()
    replication_source_identifier: str | None = None
    global_cluster_identifier: str | None = None
    tag_list: tuple[Tag, ...] = ()
    enabled_cloudwatch_logs_exports: tuple[str, ...] = ()
    iam_database_authentication_enabled: bool = False
    master_user_secret: Secret | None = None


class Snapshot(Evidence, read=Read("rds:DescribeDBSnapshots", "DBSnapshots", arn="{db_snapshot_arn}")):
    db_snapshot_arn: str
    db_snapshot_identifier: str
    db_instance_identifier: str
    snapshot_type: str
    encrypted: bool
    storage_encryption_type: str | None = None


class Share(Part):
    attribute_name: str
    attribute_values: tuple[str, ...] = ()


class SnapshotShares(
    Evidence,
    read=Read(
        "rds:DescribeDBSnapshotAttributes",
        "DBSnapshotAttributesResult",
        per=Snapshot,
        args={"DBSnapshotIdentifier": "db_snapshot_identifier"},
        when={"snapshot_type": "manual"},
    ),
):
    """Only manual snapshots can be shared (RDS API reference)."""

    db_snapshot_attributes: tuple[Share, ...]


class ClusterSnapshot(
    Evidence, read=Read("rds:DescribeDBClusterSnapshots", "DBClusterSnapshots", arn="{db_cluster_snapshot_arn}")
):
    db_cluster_snapshot_arn: str
    db_cluster_snapshot_identifier: str
    db_cluster_identifier: str
    snapshot_type: str
    storage_encrypted: bool
    storage_encryption_type: str | None = None


class ClusterSnapshotShares(
    Evidence,
    read=Read(
        "rds:DescribeDBClusterSnapshotAttributes",
        "DBClusterSnapshotAttributesResult",
        per=ClusterSnapshot,
        args={"DBClusterSnapshotIdentifier": "db_cluster_snapshot_identifier"},
        when={"snapshot_type": "manual"},
    ),
):
    db_cluster_snapshot_attributes: tuple[Share, ...]


class ParameterGroup(
    Evidence, read=Read("rds:DescribeDBParameterGroups", "DBParameterGroups", arn="{db_parameter_group_arn}")
):
    db_parameter_group_arn: str
    db_parameter_group_name: str
    db_parameter_group_family: str


class Parameter(
    Evidence,
    read=Read(
        "rds:DescribeDBParameters",
        "Parameters",
        per=ParameterGroup,
        args={"DBParameterGroupName": "db_parameter_group_name"},
        fixed={"Source": "user"},  # only what differs from the family's defaults
    ),
):
    parameter_name: str
    parameter_value: str | None = None


class ClusterParameterGroup(
    Evidence,
    read=Read(
        "rds:DescribeDBClusterParameterGroups", "DBClusterParameterGroups", arn="{db_cluster_parameter_group_arn}"
    ),
):
    db_cluster_parameter_group_arn: str
    db_cluster_parameter_group_name: str
    db_parameter_group_family: str


class ClusterParameter(
    Evidence,
    read=Read(
        "rds:DescribeDBClusterParameters",
        "Parameters",
        per=ClusterParameterGroup,
        args={"DBClusterParameterGroupName": "db_cluster_parameter_group_name"},
        fixed={"Source": "user"},
    ),
):
    parameter_name: str
    parameter_value: str | None = None


@dataclass(frozen=True)
class Chosen:
    """A parameter group with the parameters that somebody set in it."""

    group: str
    values: dict[str, str]


@dataclass(frozen=True)
class ChosenForCluster:
    """A cluster parameter group with the parameters that somebody set in it."""

    group: str
    values: dict[str, str]


@derived
def chosen(group: ParameterGroup, parameters: list[Parameter]) -> Chosen:
    """A parameter group, whole."""
    set_ = {one.parameter_name: one.parameter_value for one in parameters if one.parameter_value is not None}
    return Chosen(group.db_parameter_group_name, set_)


@derived
def chosen_for_cluster(group: ClusterParameterGroup, parameters: list[ClusterParameter]) -> ChosenForCluster:
    """A cluster parameter group, whole."""
    set_ = {one.parameter_name: one.parameter_value for one in parameters if one.parameter_value is not None}
    return ChosenForCluster(group.db_cluster_parameter_group_name, set_)

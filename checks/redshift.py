"""Redshift: clusters, their encryption, reach, logs and snapshots, and whether they outlive a zone."""

from dataclasses import dataclass
from datetime import datetime

from checks.backup.evidence import Protected, recent_backup
from checks.stages import DEVELOPMENT, KEY, Tag, in_development
from scanner import CannotTell, Evidence, Fails, Holds, Part, Read, ScanTime, Target, Verdict, check, derived, fact


class ParameterStatus(Part):
    parameter_name: str | None = None
    parameter_apply_status: str | None = None


class ParameterGroupName(Part):
    parameter_group_name: str
    parameter_apply_status: str | None = None
    cluster_parameter_status_list: tuple[ParameterStatus, ...] = ()

    def status(self, parameter: str) -> str:
        """Whether what the group says of a parameter is in force: `in-sync`, or why it is not (API reference)."""
        own = {one.parameter_name: one.parameter_apply_status for one in self.cluster_parameter_status_list}
        return own.get(parameter) or self.parameter_apply_status or "not told"


class SnapshotCopy(Part):
    destination_region: str


class Cluster(
    Evidence,
    read=Read(
        "redshift:DescribeClusters",
        "Clusters",
        arn="arn:{partition}:redshift:{region}:{account}:cluster:{cluster_identifier}",
    ),
):
    cluster_identifier: str
    encrypted: bool
    publicly_accessible: bool
    automated_snapshot_retention_period: int
    enhanced_vpc_routing: bool = False
    cluster_parameter_groups: tuple[ParameterGroupName, ...] = ()
    allow_version_upgrade: bool = False
    multi_az: str | None = None
    availability_zone: str | None = None
    availability_zone_relocation_status: str | None = None
    master_password_secret_arn: str | None = None
    cluster_snapshot_copy_status: SnapshotCopy | None = None
    tags: tuple[Tag, ...] = ()


class Snapshot(
    Evidence,
    read=Read(
        "redshift:DescribeClusterSnapshots",
        "Snapshots",
        arn="arn:{partition}:redshift:{region}:{account}:snapshot:{cluster_identifier}/{snapshot_identifier}",
        fixed={"SnapshotType": "manual"},  # which outlive their cluster, and keep the encryption that it had then
    ),
):
    cluster_identifier: str
    snapshot_identifier: str
    encrypted: bool


class ParameterGroup(
    Evidence,
    # Asked once for the region, and only where it has a cluster.
    read=Read(
        "redshift:DescribeClusterParameterGroups",
        "ParameterGroups",
        per=Cluster,
        arn="arn:{partition}:redshift:{region}:{account}:parametergroup:{parameter_group_name}",
    ),
):
    parameter_group_name: str


class Parameter(
    Evidence,
    read=Read(
        "redshift:DescribeClusterParameters",
        "Parameters",
        per=ParameterGroup,
        args={"ParameterGroupName": "parameter_group_name"},
    ),
):
    parameter_name: str
    parameter_value: str | None = None


class Logging(
    Evidence,
    read=Read("redshift:DescribeLoggingStatus", per=Cluster, args={"ClusterIdentifier": "cluster_identifier"}),
):
    logging_enabled: bool
    log_destination_type: str | None = None
    log_exports: tuple[str, ...] = ()  # for a bucket, all of them
    last_successful_delivery_time: datetime | None = None
    last_failure_time: datetime | None = None

    @property
    def failed(self) -> datetime | None:
        """When delivery failed, where it has not succeeded since."""
        last, good = self.last_failure_time, self.last_successful_delivery_time
        return last if last is not None and (good is None or good < last) else None


@dataclass(frozen=True)
class Chosen:
    """A parameter group with all its parameters."""

    group: str
    values: dict[str, str]


@derived
def chosen(group: ParameterGroup, parameters: list[Parameter]) -> Chosen:
    """A parameter group, whole."""
    values = {one.parameter_name: one.parameter_value for one in parameters if one.parameter_value is not None}
    return Chosen(group.parameter_group_name, values)


@check(effort="medium")
def clusters_are_encrypted(cluster: Cluster) -> Verdict:
    """Clusters encrypt their data at rest.

    Why: a warehouse gathers what every other store guards.
    Fix: aws redshift modify-cluster --cluster-identifier ID --encrypted
    """
    return Holds("encrypted at rest") if cluster.encrypted else Fails("not encrypted at rest")


@check(effort="medium")
def snapshots_are_encrypted(snapshot: Snapshot) -> Verdict:
    """Snapshots of clusters that somebody made are encrypted.

    Why: encryption that a cluster got later does not reach the snapshots of before.
    Fix: make a new snapshot of the encrypted cluster, then aws redshift delete-cluster-snapshot --snapshot-identifier ID
    """
    return Holds("encrypted") if snapshot.encrypted else Fails("the snapshot is not encrypted")


@check(effort="low")
def clusters_are_not_public(cluster: Cluster) -> Verdict:
    """No cluster has an address that the internet can reach.

    Why: then a password is all that stands before the warehouse.
    Fix: aws redshift modify-cluster --cluster-identifier ID --no-publicly-accessible
    """
    return Fails("publicly accessible") if cluster.publicly_accessible else Holds("not publicly accessible")


@check(effort="low")
def clusters_keep_snapshots(
    cluster: Cluster, protected: list[Protected], here: Target, at: ScanTime, *, minimum_days: int = 7, days: int = 8
) -> Verdict:
    """Clusters keep automatic snapshots for long enough, or AWS Backup has a recent recovery point of them.

    Why: a wrong load is often noticed days later.
    Fix: aws redshift modify-cluster --cluster-identifier ID --automated-snapshot-retention-period 7
    """
    kept = cluster.automated_snapshot_retention_period
    if kept >= minimum_days:
        return Holds(f"kept for {kept} days")
    arn = f"arn:{here.partition}:redshift:{here.region}:{here.account}:cluster:{cluster.cluster_identifier}"
    if last := recent_backup(protected, arn, at, days):
        return Holds(f"AWS Backup made a recovery point on {last:%Y-%m-%d}")
    return Fails(f"kept for {kept} days" if kept else "none are kept")


@check(effort="low")
def traffic_stays_in_the_network(cluster: Cluster) -> Verdict:
    """Clusters load and unload data through their own VPC.

    Why: else COPY and UNLOAD pass by every flow log, endpoint policy and firewall.
    Fix: aws redshift modify-cluster --cluster-identifier ID --enhanced-vpc-routing
    """
    return Holds("enhanced VPC routing is on") if cluster.enhanced_vpc_routing else Fails("enhanced VPC routing is off")


@check(effort="medium")
def connections_must_use_tls(cluster: Cluster, groups: list[Chosen]) -> Verdict:
    """Clusters refuse connections without TLS.

    Why: a client that falls back to plain text sends its password and all data in the open.
    Fix: aws redshift modify-cluster-parameter-group … ParameterName=require_ssl,ParameterValue=true
    """
    if not cluster.cluster_parameter_groups:
        return CannotTell("no parameter group is told")
    values = {one.group: one.values for one in groups}
    told = {
        one.parameter_group_name: values[one.parameter_group_name].get("require_ssl", "not told")
        for one in cluster.cluster_parameter_groups
    }
    if "not told" in told.values():
        return CannotTell("require_ssl is not told")
    off = sorted(f"{group} has require_ssl {value}" for group, value in told.items() if value.lower() != "true")
    if off:
        return Fails(", ".join(off))
    states = sorted({one.status("require_ssl") for one in cluster.cluster_parameter_groups} - {"in-sync"})
    if states:
        return CannotTell(f"require_ssl is true, and whether it is in force is: {', '.join(states)}")
    return Holds("require_ssl is true")


@check(effort="low")
def activity_is_logged(logging: Logging) -> Verdict:
    """Clusters log who connects to them.

    Why: without the log nobody can tell what was read after a password leaked.
    Fix: aws redshift enable-logging --cluster-identifier ID --log-destination-type cloudwatch --log-exports …
    """
    if not logging.logging_enabled:
        return Fails("audit logging is off")
    if logging.log_exports and "connectionlog" not in logging.log_exports:
        return Fails(f"logged: {', '.join(sorted(logging.log_exports))}, and no connections")
    if logging.failed is not None:
        return Fails(f"the last delivery failed on {logging.failed:%Y-%m-%d}")
    return Holds(f"logs go to {logging.log_destination_type or 's3'}")


@check(effort="medium")
def clusters_can_go_to_another_zone(
    cluster: Cluster, *, environment_tag: str = KEY, development: tuple[str, ...] = DEVELOPMENT
) -> Verdict:
    """Clusters run in two Availability Zones, or move to another one when theirs fails.

    Why: else the warehouse is gone for as long as its zone is.
    Fix: aws redshift modify-cluster --cluster-identifier ID --multi-az (or --availability-zone-relocation)
    """
    if (cluster.multi_az or "").lower() in ("enabled", "true"):
        return Holds("Multi-AZ")
    if (cluster.availability_zone_relocation_status or "").lower() == "enabled":
        return Holds("relocation to another zone is enabled")
    if outside := in_development(cluster.tags, environment_tag, development):
        return outside
    return Fails(f"in {cluster.availability_zone or 'one zone'} alone, and relocation is not enabled")


@check(effort="low")
def versions_are_installed(cluster: Cluster) -> Verdict:
    """Clusters install new versions by themselves.

    Why: they carry security fixes, which wait for nobody's reminder that way.
    Fix: aws redshift modify-cluster --cluster-identifier ID --allow-version-upgrade
    """
    return Holds("upgrades are allowed") if cluster.allow_version_upgrade else Fails("upgrades are not allowed")


@check(effort="low")
def admin_passwords_are_managed(cluster: Cluster) -> Verdict:
    """Secrets Manager keeps the administrators' passwords of clusters.

    Why: a password that Redshift makes and rotates is never seen, mailed or left in a template.
    Fix: aws redshift modify-cluster --cluster-identifier ID --manage-master-password
    """
    if cluster.master_password_secret_arn:
        return Holds("Secrets Manager keeps and rotates it")
    return Fails("the administrator's password is kept elsewhere")


@fact
def snapshots_copied_to_other_regions(clusters: list[Cluster]) -> str | None:
    """Which clusters copy their snapshots to another region."""
    if not clusters:
        return None
    told = sorted(
        f"{one.cluster_identifier} to {one.cluster_snapshot_copy_status.destination_region}"
        for one in clusters
        if one.cluster_snapshot_copy_status
    )
    return f"{len(clusters)} Redshift clusters; snapshots copied abroad: {', '.join(told) or 'none'}"

"""DocumentDB: what its clusters have beside what RDS's API tells of them, which `checks/rds` judges, and elastic clusters."""

from checks.rds.evidence import ChosenForCluster, DBCluster
from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check


class ElasticEntry(Evidence, read=Read("docdb-elastic:ListClusters", "clusters", arn="{cluster_arn}")):
    cluster_arn: str
    cluster_name: str


class ElasticCluster(
    Evidence,
    read=Read("docdb-elastic:GetCluster", "cluster", per=ElasticEntry, args={"clusterArn": "cluster_arn"}),
):
    auth_type: str
    backup_retention_period: int
    shard_instance_count: int


@check(effort="low")
def audit_events_are_recorded(cluster: DBCluster, groups: list[ChosenForCluster]) -> Verdict:
    """DocumentDB clusters record who signs in and what they define, and export it to CloudWatch Logs.

    Why: without it nobody can tell who read the documents after a password leaked.
    Fix: set audit_logs=enabled in a cluster parameter group; aws docdb modify-db-cluster … EnableLogTypes=audit
    """
    if cluster.engine != "docdb":
        return NotApplicable(f"judged for DocumentDB only; this is {cluster.engine}")
    group = cluster.db_cluster_parameter_group
    chosen = {} if group.startswith("default.") else {one.group: one.values for one in groups}[group]
    told = chosen.get("audit_logs", "disabled")  # its default ("Auditing Amazon DocumentDB events")
    if told.lower() in ("disabled", "none"):
        return Fails(f"audit_logs is {told}")
    if not {"enabled", "all", "ddl"} & {word.strip() for word in told.lower().split(",")}:
        return Fails(f"audit_logs is {told}, which leaves out who signs in")
    if "audit" not in cluster.enabled_cloudwatch_logs_exports:
        return Fails("the audit log is not exported")
    return Holds(f"audit_logs is {told}, and exported")


@check(effort="low")
def elastic_passwords_are_in_secrets_manager(cluster: ElasticCluster) -> Verdict:
    """Secrets Manager keeps the administrator's password of DocumentDB elastic clusters.

    Why: a password that was typed in once is kept in a shell's history, a template or a mail.
    Fix: aws docdb-elastic update-cluster --cluster-arn ARN --auth-type SECRET_ARN --admin-user-password SECRET-ARN
    """
    if cluster.auth_type == "SECRET_ARN":
        return Holds("the password is in Secrets Manager")
    return Fails(f"the password is {cluster.auth_type}")


@check(effort="medium")
def elastic_clusters_have_replicas(cluster: ElasticCluster) -> Verdict:
    """Every shard of a DocumentDB elastic cluster has a second instance.

    Why: a shard with a single instance is gone with its machine or its zone, until another is made.
    Fix: aws docdb-elastic update-cluster --cluster-arn ARN --shard-instance-count 2
    """
    count = cluster.shard_instance_count
    return Holds(f"{count} instances in each shard") if count > 1 else Fails("one instance in each shard")


@check(effort="low")
def elastic_backups_are_kept(cluster: ElasticCluster, *, minimum_days: int = 7) -> Verdict:
    """DocumentDB elastic clusters keep their backups for long enough.

    Why: damage is often noticed after days; the default of one day is over by then.
    Fix: aws docdb-elastic update-cluster --cluster-arn ARN --backup-retention-period 7
    """
    kept = cluster.backup_retention_period
    if kept >= minimum_days:
        return Holds(f"backups are kept for {kept} days")
    return Fails(f"backups are kept for {kept} days, fewer than {minimum_days}" if kept else "no backups are kept")

"""ElastiCache: caches of Redis and Valkey, their encryption, spread and snapshots."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check


class ReplicationGroup(Evidence, read=Read("elasticache:DescribeReplicationGroups", "ReplicationGroups", arn="{arn}")):
    arn: str
    replication_group_id: str
    at_rest_encryption_enabled: bool
    transit_encryption_enabled: bool
    transit_encryption_mode: str | None = None
    automatic_failover: str
    multi_az: str = "disabled"
    snapshot_retention_limit: int = 0


@check(effort="high")
def caches_are_encrypted(group: ReplicationGroup) -> Verdict:
    """Caches encrypt what they write to disk.

    Why: caches swap to disk and write snapshots, with the same data that the database guards.
    Fix: make a new replication group with at-rest encryption from a snapshot of the old one.
    """
    return Holds("encrypted at rest") if group.at_rest_encryption_enabled else Fails("not encrypted at rest")


@check(effort="medium")
def caches_speak_tls(group: ReplicationGroup) -> Verdict:
    """Caches take connections with TLS only.

    Why: a cache holds sessions and tokens, and its protocol sends them in the open.
    Fix: aws elasticache modify-replication-group --transit-encryption-enabled, mode preferred first, then required.
    """
    if not group.transit_encryption_enabled:
        return Fails("TLS is off")
    if group.transit_encryption_mode == "preferred":
        return Fails("TLS is offered and not required")
    return Holds("TLS is required")


@check(effort="medium")
def caches_fail_over(group: ReplicationGroup) -> Verdict:
    """Caches have replicas in other Availability Zones and switch to them by themselves.

    Why: when a single cache node goes, the database behind it gets the whole load at once.
    Fix: aws elasticache modify-replication-group --multi-az-enabled --automatic-failover-enabled, with a replica.
    """
    if group.automatic_failover not in ("enabled", "enabling"):
        return Fails("automatic failover is off")
    return (
        Holds("several zones, automatic failover")
        if group.multi_az == "enabled"
        else Fails("all nodes may be in one zone")
    )


@check(effort="low")
def caches_keep_snapshots(group: ReplicationGroup, *, days: int = 1) -> Verdict:
    """Caches keep snapshots.

    Why: a cache that has become a store, as many do, is lost with its nodes.
    Fix: aws elasticache modify-replication-group --snapshot-retention-limit 7, or declare that the cache can be refilled.
    """
    if group.snapshot_retention_limit >= days:
        return Holds(f"snapshots are kept for {group.snapshot_retention_limit} days")
    return Fails("no snapshots are kept" if group.snapshot_retention_limit == 0 else "snapshots are kept too briefly")

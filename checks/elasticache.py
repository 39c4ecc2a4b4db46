"""ElastiCache: caches of every kind, their encryption, passwords, spread, snapshots and updates."""

from collections.abc import Sequence
from datetime import datetime

from checks.access_strings import is_off
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact


class ReplicationGroup(Evidence, read=Read("elasticache:DescribeReplicationGroups", "ReplicationGroups", arn="{arn}")):
    arn: str
    replication_group_id: str
    at_rest_encryption_enabled: bool
    storage_encryption_type: str | None = None  # what is in force, whatever the switch says (API reference)
    transit_encryption_enabled: bool
    transit_encryption_mode: str | None = None
    auth_token_enabled: bool = False
    user_group_ids: tuple[str, ...] = ()
    auto_minor_version_upgrade: bool = False
    automatic_failover: str
    multi_az: str = "disabled"
    snapshot_retention_limit: int = 0


class Authentication(Part):
    type: str


class CacheUser(
    Evidence,
    # Asked once for the region, and only where it has a replication group.
    read=Read("elasticache:DescribeUsers", "Users", per=ReplicationGroup),
):
    user_id: str
    access_string: str
    user_group_ids: tuple[str, ...]
    authentication: Authentication

    @property
    def is_open(self) -> bool:
        """May anybody act as this user?"""
        return self.authentication.type == "no-password" and not is_off(self.access_string)


class CacheCluster(Evidence, read=Read("elasticache:DescribeCacheClusters", "CacheClusters", arn="{arn}")):
    """A cluster of Memcached, a single node of Redis, or a node of a replication group, which is judged instead."""

    arn: str
    engine: str
    num_cache_nodes: int
    replication_group_id: str | None = None
    preferred_availability_zone: str | None = None
    transit_encryption_enabled: bool = False
    transit_encryption_mode: str | None = None
    at_rest_encryption_enabled: bool = False

    @property
    def outside(self) -> NotApplicable | None:
        if self.replication_group_id:
            return NotApplicable(f"the replication group {self.replication_group_id} is judged instead")
        return None


class UpdateAction(
    Evidence,
    read=Read(
        "elasticache:DescribeUpdateActions",
        "UpdateActions",
        per=CacheCluster,
        fixed={"ServiceUpdateStatus": ["available"]},
    ),
):
    """An update that AWS offers for a cache. Asked once for the region, and only where it has a cache."""

    replication_group_id: str | None = None
    cache_cluster_id: str | None = None
    service_update_name: str
    service_update_severity: str
    service_update_recommended_apply_by_date: datetime | None = None
    update_action_status: str


class ServerlessCache(Evidence, read=Read("elasticache:DescribeServerlessCaches", "ServerlessCaches", arn="{arn}")):
    """A serverless cache: encrypted at rest and in transit, and over several zones, by its nature."""

    arn: str
    engine: str
    user_group_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    connection_type: str | None = None
    snapshot_retention_limit: int = 0


class ServerlessUser(Evidence, read=Read("elasticache:DescribeUsers", "Users", per=ServerlessCache)):
    user_id: str
    access_string: str
    user_group_ids: tuple[str, ...]
    authentication: Authentication

    @property
    def is_open(self) -> bool:
        """May anybody act as this user?"""
        return self.authentication.type == "no-password" and not is_off(self.access_string)


@check(effort="high")
def caches_are_encrypted(group: ReplicationGroup) -> Verdict:
    """Caches encrypt what they write to disk.

    Why: caches swap to disk and write snapshots, with the same data that the database guards.
    Fix: make a new replication group with at-rest encryption from a snapshot of the old one.
    """
    if group.at_rest_encryption_enabled:
        return Holds("encrypted at rest")
    if group.storage_encryption_type in ("sse-elasticache", "sse-kms"):
        return Holds(f"encrypted at rest: {group.storage_encryption_type}")
    return Fails("not encrypted at rest")


@check(effort="high")
def single_caches_are_encrypted(cluster: CacheCluster) -> Verdict:
    """Caches outside a replication group encrypt what they write to disk.

    Why: caches swap to disk and write snapshots, with the same data that the database guards.
    Fix: make a replication group with at-rest encryption from a snapshot of the cluster.
    """
    if outside := cluster.outside:
        return outside
    if cluster.engine == "memcached":
        return NotApplicable("Memcached keeps its data in memory alone")
    return Holds("encrypted at rest") if cluster.at_rest_encryption_enabled else Fails("not encrypted at rest")


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


@check(effort="medium")
def caches_ask_for_a_password(group: ReplicationGroup, users: list[CacheUser]) -> Verdict:
    """Caches let nobody in without a password or an IAM token.

    Why: without one, whoever reaches the port reads every session and empties the cache.
    Fix: aws elasticache modify-replication-group --user-group-ids-to-add GROUP, whose default user is off
    """
    if group.user_group_ids:
        return _asked(group.user_group_ids, users)
    return Holds("a token is asked for") if group.auth_token_enabled else Fails("no password is asked for")


def _asked(groups: tuple[str, ...], users: Sequence[CacheUser | ServerlessUser]) -> Verdict:
    """Is a password or a token asked of every user of these groups? Each group has one user at least, which is `default`."""
    theirs = [one for one in users if set(one.user_group_ids) & set(groups)]
    open_ = sorted({one.user_id for one in theirs if one.is_open})
    told = ", ".join(sorted(groups))
    if open_:
        return Fails(f"no password is asked of {', '.join(open_)}")
    return Holds(f"users are those of {told}") if theirs else CannotTell(f"no user of {told} is listed")


@check(effort="low")
def minor_versions_are_installed(group: ReplicationGroup) -> Verdict:
    """Caches install minor versions of their engine by themselves.

    Why: minor versions carry security fixes, which wait for nobody's reminder that way.
    Fix: aws elasticache modify-replication-group --replication-group-id ID --auto-minor-version-upgrade
    """
    if group.auto_minor_version_upgrade:
        return Holds("minor versions are installed in the maintenance window")
    return Fails("minor versions are not installed automatically")


@check(effort="medium")
def single_caches_speak_tls(cluster: CacheCluster) -> Verdict:
    """Caches outside a replication group take connections with TLS only.

    Why: a cache holds sessions and tokens, and its protocol sends them in the open.
    Fix: make the cluster anew with --transit-encryption-enabled; for Redis and Valkey in a replication group.
    """
    if outside := cluster.outside:
        return outside
    if cluster.transit_encryption_mode == "preferred":
        return Fails("TLS is offered and not required")
    return Holds("TLS is required") if cluster.transit_encryption_enabled else Fails("TLS is off")


@check(effort="medium")
def single_caches_span_zones(cluster: CacheCluster) -> Verdict:
    """Caches outside a replication group have nodes in several Availability Zones.

    Why: when the zone of a cache goes, the database behind it gets the whole load at once.
    Fix: for Memcached several nodes with --az-mode cross-az; for Redis and Valkey a replication group.
    """
    if outside := cluster.outside:
        return outside
    zone = cluster.preferred_availability_zone
    if zone == "Multiple" and cluster.num_cache_nodes > 1:
        return Holds(f"{cluster.num_cache_nodes} nodes in several zones")
    return Fails(f"{cluster.num_cache_nodes} nodes, in {zone or 'a zone that is not told'}")


@check(effort="low")
def security_updates_are_applied(clusters: list[CacheCluster], updates: list[UpdateAction], at: ScanTime) -> Verdict:
    """Critical and important security updates of caches were applied by the day that AWS recommends.

    Why: what AWS calls critical is known to those who look for caches, too.
    Fix: aws elasticache batch-apply-update-action --service-update-name NAME --replication-group-ids ID
    """
    if not clusters:
        return NotApplicable("the region has no cache nodes")
    late = sorted(
        {
            f"{one.service_update_name} on {one.replication_group_id or one.cache_cluster_id}"
            for one in updates
            if one.service_update_severity in ("critical", "important")
            and one.update_action_status not in ("complete", "not-applicable")
            and one.service_update_recommended_apply_by_date is not None
            and one.service_update_recommended_apply_by_date < at
        }
    )
    if late:
        return Fails(f"overdue: {', '.join(late[:5])}{', …' if len(late) > 5 else ''}")
    return Holds("no critical or important update is overdue")


@check(effort="medium")
def serverless_caches_ask_for_a_password(cache: ServerlessCache, users: list[ServerlessUser]) -> Verdict:
    """Serverless caches let nobody in without a password or an IAM token.

    Why: without one, whoever reaches the port reads every session and empties the cache.
    Fix: aws elasticache modify-serverless-cache --serverless-cache-name NAME --user-group-id GROUP
    """
    if cache.user_group_id is None:
        if cache.engine == "memcached":
            return NotApplicable("Memcached knows no users")
        return Fails("no group of users is set")
    return _asked((cache.user_group_id,), users)


@check(effort="low")
def serverless_caches_are_private(cache: ServerlessCache) -> Verdict:
    """Serverless caches are reached from inside a VPC only.

    Why: then a password is not all that stands between the internet and the cache.
    Fix: make the cache anew with the connection type vpc
    """
    if cache.connection_type == "public":
        return Fails("the connection type is public")
    if cache.connection_type == "vpc" or cache.subnet_ids:
        return Holds(f"inside {len(cache.subnet_ids)} subnets")
    return CannotTell("neither a connection type nor a subnet is told")


@check(effort="low")
def serverless_caches_keep_snapshots(cache: ServerlessCache, *, days: int = 1) -> Verdict:
    """Serverless caches keep snapshots.

    Why: a cache that has become a store, as many do, is lost with one wrong command.
    Fix: aws elasticache modify-serverless-cache --serverless-cache-name NAME --snapshot-retention-limit 7
    """
    kept = cache.snapshot_retention_limit
    if kept >= days:
        return Holds(f"snapshots are kept for {kept} days")
    return Fails(f"snapshots are kept for {kept} days" if kept else "no snapshots are kept")


@fact
def caches_in_use(
    groups: list[ReplicationGroup], clusters: list[CacheCluster], serverless: list[ServerlessCache]
) -> str | None:
    """How many caches stand before the data stores."""
    single = sum(one.outside is None for one in clusters)
    if not groups and not single and not serverless:
        return None
    return f"{len(groups)} replication groups, {single} single clusters and {len(serverless)} serverless caches"

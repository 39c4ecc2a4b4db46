"""MemoryDB: clusters, who may use them, and whether they outlive a zone. All are encrypted at rest by their nature."""

from checks.access_strings import is_off
from scanner import CannotTell, Evidence, Fails, Holds, Part, Read, Verdict, check

OPEN = "open-access"


class Cluster(Evidence, read=Read("memorydb:DescribeClusters", "Clusters", arn="{arn}")):
    arn: str
    name: str
    availability_mode: str
    tls_enabled: bool
    acl_name: str
    snapshot_retention_limit: int = 0
    auto_minor_version_upgrade: bool = False


class Authentication(Part):
    type: str


class User(
    Evidence,
    # Asked once for the region, and only where it has a cluster.
    read=Read("memorydb:DescribeUsers", "Users", per=Cluster),
):
    name: str
    access_string: str
    acl_names: tuple[str, ...]
    authentication: Authentication


@check(effort="high")
def clusters_speak_tls(cluster: Cluster) -> Verdict:
    """MemoryDB clusters take connections with TLS only.

    Why: the protocol sends passwords and data in the open.
    Fix: restore a snapshot into a new cluster with --tls-enabled; that cannot be changed later.
    """
    return Holds("TLS is required") if cluster.tls_enabled else Fails("TLS is off")


@check(effort="medium")
def clusters_ask_for_a_password(cluster: Cluster, users: list[User]) -> Verdict:
    """MemoryDB clusters let nobody in without a password or an IAM token.

    Why: without one, whoever reaches the port has the whole database.
    Fix: aws memorydb update-cluster --cluster-name NAME --acl-name ACL, with users that have passwords or IAM
    """
    if cluster.acl_name == OPEN:
        return Fails(f"the access control list is {OPEN}")
    theirs = [one for one in users if cluster.acl_name in one.acl_names]
    open_ = {one.name for one in theirs if one.authentication.type == "no-password" and not is_off(one.access_string)}
    if open_:
        return Fails(f"no password is asked of {', '.join(sorted(open_))}")
    if not theirs:
        return CannotTell(f"no user of {cluster.acl_name} is listed")
    return Holds(f"the access control list is {cluster.acl_name}")


@check(effort="medium")
def clusters_span_zones(cluster: Cluster) -> Verdict:
    """MemoryDB clusters have a replica in another Availability Zone.

    Why: without one the loss of a zone takes the database down until nodes are made anew.
    Fix: aws memorydb update-cluster --cluster-name NAME --replica-configuration ReplicaCount=1
    """
    if cluster.availability_mode.lower() == "multiaz":
        return Holds("several zones")
    return Fails(f"the availability mode is {cluster.availability_mode}")


@check(effort="low")
def clusters_keep_snapshots(cluster: Cluster, *, days: int = 7) -> Verdict:
    """MemoryDB clusters keep snapshots for long enough.

    Why: damage is often noticed after days; an older state has to be there then.
    Fix: aws memorydb update-cluster --cluster-name NAME --snapshot-retention-limit 7
    """
    kept = cluster.snapshot_retention_limit
    if kept >= days:
        return Holds(f"snapshots are kept for {kept} days")
    return Fails(f"snapshots are kept for {kept} days, fewer than {days}" if kept else "no snapshots are kept")


@check(effort="low")
def minor_versions_are_installed(cluster: Cluster) -> Verdict:
    """MemoryDB clusters install minor versions of their engine by themselves.

    Why: minor versions carry security fixes, which wait for nobody's reminder that way.
    Fix: make the cluster with --auto-minor-version-upgrade, which is the default
    """
    if cluster.auto_minor_version_upgrade:
        return Holds("minor versions are installed in the maintenance window")
    return Fails("minor versions are not installed automatically")

"""DAX: caches before DynamoDB, their encryption and their zones."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class Encryption(Part):
    status: str


class Node(Part):
    availability_zone: str | None = None


class Cluster(Evidence, read=Read("dax:DescribeClusters", "Clusters", arn="{cluster_arn}")):
    cluster_arn: str
    status: str
    sse_description: Encryption | None = None
    cluster_endpoint_encryption_type: str | None = None
    nodes: tuple[Node, ...] = ()


@check(effort="high")
def clusters_are_encrypted(cluster: Cluster) -> Verdict:
    """DAX clusters encrypt what they write to disk.

    Why: a cache holds copies of what the table guards.
    Fix: make a new cluster with --sse-specification Enabled=true; that cannot be changed later.
    """
    status = cluster.sse_description.status if cluster.sse_description else "DISABLED"
    if status == "ENABLING":
        return CannotTell("encryption at rest is ENABLING")
    return Holds("encrypted at rest") if status == "ENABLED" else Fails(f"encryption at rest is {status}")


@check(effort="high")
def clusters_speak_tls(cluster: Cluster) -> Verdict:
    """DAX clusters take connections with TLS only.

    Why: the items of a table pass between the application and its cache.
    Fix: make a new cluster with --cluster-endpoint-encryption-type TLS; that cannot be changed later.
    """
    kind = cluster.cluster_endpoint_encryption_type
    return (
        Holds("the endpoint speaks TLS") if kind == "TLS" else Fails(f"the endpoint's encryption is {kind or 'NONE'}")
    )


@check(effort="medium")
def clusters_span_zones(cluster: Cluster) -> Verdict:
    """DAX clusters have nodes in at least two Availability Zones.

    Why: a cluster in one zone is gone with it, and the table gets the whole load at once.
    Fix: aws dax increase-replication-factor --cluster-name NAME --new-replication-factor 3 --availability-zones A B C
    """
    if not cluster.nodes:
        return NotApplicable(f"the cluster is {cluster.status} and lists no nodes")
    zones = sorted({node.availability_zone for node in cluster.nodes if node.availability_zone})
    if len(zones) > 1:
        return Holds(f"nodes in {', '.join(zones)}")
    return Fails(f"nodes in {zones[0]} only") if zones else CannotTell("no node names its Availability Zone")

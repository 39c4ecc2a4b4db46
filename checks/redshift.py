"""Redshift: clusters, their encryption, reach and snapshots."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check


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


@check(effort="medium")
def clusters_are_encrypted(cluster: Cluster) -> Verdict:
    """Clusters encrypt their data at rest.

    Why: a warehouse gathers what every other store guards.
    Fix: aws redshift modify-cluster --cluster-identifier ID --encrypted
    """
    return Holds("encrypted at rest") if cluster.encrypted else Fails("not encrypted at rest")


@check(effort="low")
def clusters_are_not_public(cluster: Cluster) -> Verdict:
    """No cluster has an address that the internet can reach.

    Why: then a password is all that stands before the warehouse.
    Fix: aws redshift modify-cluster --cluster-identifier ID --no-publicly-accessible
    """
    return Fails("publicly accessible") if cluster.publicly_accessible else Holds("not publicly accessible")


@check(effort="low")
def clusters_keep_snapshots(cluster: Cluster, *, days: int = 7) -> Verdict:
    """Clusters keep automatic snapshots for long enough.

    Why: a wrong load is often noticed days later.
    Fix: aws redshift modify-cluster --cluster-identifier ID --automated-snapshot-retention-period 7
    """
    kept = cluster.automated_snapshot_retention_period
    return (
        Holds(f"kept for {kept} days") if kept >= days else Fails(f"kept for {kept} days" if kept else "none are kept")
    )


@check(effort="low")
def traffic_stays_in_the_network(cluster: Cluster) -> Verdict:
    """Clusters load and unload data through their own VPC.

    Why: else COPY and UNLOAD pass by every flow log, endpoint policy and firewall.
    Fix: aws redshift modify-cluster --cluster-identifier ID --enhanced-vpc-routing
    """
    return Holds("enhanced VPC routing is on") if cluster.enhanced_vpc_routing else Fails("enhanced VPC routing is off")

"""EMR: clusters that run, and the region's block of public access."""

from scanner import Evidence, Fails, FromJson, Holds, NotApplicable, Part, Read, Verdict, check


class ClusterEntry(
    Evidence,
    read=Read(
        "emr:ListClusters",
        "Clusters",
        arn="{cluster_arn}",
        fixed={"ClusterStates": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]},
    ),
):
    id: str
    cluster_arn: str
    name: str


class Cluster(Evidence, read=Read("emr:DescribeCluster", "Cluster", per=ClusterEntry, args={"ClusterId": "id"})):
    security_configuration: str | None = None
    log_uri: str | None = None


class PortRange(Part):
    min_range: int
    max_range: int | None = None


class Block(Part):
    block_public_security_group_rules: bool
    permitted_public_security_group_rule_ranges: tuple[PortRange, ...] = ()


class PublicAccess(
    Evidence,
    # Asked once for the region, and only where a cluster runs.
    read=Read("emr:GetBlockPublicAccessConfiguration", per=ClusterEntry),
):
    block_public_access_configuration: Block


class ConfigurationName(
    Evidence, read=Read("emr:ListSecurityConfigurations", "SecurityConfigurations", per=ClusterEntry)
):
    name: str


class Disks(Part):
    """How local disks are encrypted; that it is there is all that counts."""

    encryption_key_provider_type: str | None = None


class AtRest(Part):
    local_disk_encryption_configuration: Disks | None = None


class EncryptionSwitches(Part):
    enable_in_transit_encryption: bool = False
    enable_at_rest_encryption: bool = False
    at_rest_encryption_configuration: AtRest = AtRest()


class Settings(Part):
    encryption_configuration: EncryptionSwitches | None = None


class SecurityConfiguration(
    Evidence,
    read=Read("emr:DescribeSecurityConfiguration", per=ConfigurationName, args={"Name": "name"}),
):
    name: str
    security_configuration: FromJson[Settings]


def _switches(cluster: Cluster, found: list[SecurityConfiguration]) -> EncryptionSwitches | None:
    settings = {one.name: one.security_configuration for one in found}
    if cluster.security_configuration is None:
        return None
    return settings[cluster.security_configuration].encryption_configuration or EncryptionSwitches()


@check(effort="medium")
def clusters_encrypt_at_rest(cluster: Cluster, configurations: list[SecurityConfiguration]) -> Verdict:
    """Clusters have a security configuration that encrypts their data at rest, on their own disks too.

    Why: HDFS, local disks and shuffles hold copies of what the lake guards.
    Fix: aws emr create-security-configuration … EnableAtRestEncryption=true, and start the cluster with it.
    """
    told = _switches(cluster, configurations)
    if told is None:
        return Fails("no security configuration is set")
    name = cluster.security_configuration
    if not told.enable_at_rest_encryption:
        return Fails(f"{name} leaves it off")
    if told.at_rest_encryption_configuration.local_disk_encryption_configuration is None:
        return Fails(f"{name} encrypts what is in S3 and not the local disks")
    return Holds(f"by {name}")


@check(effort="medium")
def clusters_encrypt_in_transit(cluster: Cluster, configurations: list[SecurityConfiguration]) -> Verdict:
    """Clusters have a security configuration that encrypts what passes between their nodes.

    Why: a shuffle sends whole tables over the network.
    Fix: aws emr create-security-configuration … EnableInTransitEncryption=true, and start the cluster with it.
    """
    told = _switches(cluster, configurations)
    if told is None:
        return Fails("no security configuration is set")
    name = cluster.security_configuration
    return Holds(f"by {name}") if told.enable_in_transit_encryption else Fails(f"{name} leaves it off")


@check(effort="low")
def clusters_keep_their_logs(cluster: Cluster) -> Verdict:
    """Clusters copy their logs to S3.

    Why: with the cluster go the logs that say what it did.
    Fix: start the cluster with --log-uri s3://BUCKET/
    """
    return Holds("logs go to S3") if cluster.log_uri else Fails("logs go with the cluster")


@check(effort="low")
def public_access_is_blocked(clusters: list[ClusterEntry], blocks: list[PublicAccess], *, port: int = 22) -> Verdict:
    """The region refuses clusters whose security groups let the world in, but for SSH at most.

    Why: a cluster's web interfaces have no passwords.
    Fix: aws emr put-block-public-access-configuration … BlockPublicSecurityGroupRules=true
    """
    if not clusters:
        return NotApplicable("no cluster runs")
    found = [one.block_public_access_configuration for one in blocks]
    if not found or not all(one.block_public_security_group_rules for one in found):
        return Fails("public access is not blocked")
    spans = {
        (one.min_range, one.max_range or one.min_range)
        for b in found
        for one in b.permitted_public_security_group_rule_ranges
    }
    other = sorted(span for span in spans if span != (port, port))
    if other:
        return Fails(f"open to the world at ports {', '.join(f'{first}-{last}' for first, last in other)}")
    return Holds("public access is blocked")

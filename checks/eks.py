"""EKS: clusters, who may reach their control plane, and what it writes down."""

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check, fact

_EVERYONE = frozenset({"0.0.0.0/0", "::/0"})


class ClusterName(Evidence, read=Read("eks:ListClusters", "clusters")):
    value: str


class Network(Part):
    endpoint_public_access: bool
    endpoint_private_access: bool = False
    public_access_cidrs: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()


class LogSetup(Part):
    types: tuple[str, ...] = ()
    enabled: bool = False


class Logging(Part):
    cluster_logging: tuple[LogSetup, ...] = ()


class Key(Part):
    key_arn: str | None = None


class EncryptionConfig(Part):
    resources: tuple[str, ...] = ()
    provider: Key | None = None


class Cluster(
    Evidence,
    read=Read("eks:DescribeCluster", "cluster", per=ClusterName, args={"name": "value"}, arn="{arn}"),
):
    arn: str
    name: str
    version: str
    resources_vpc_config: Network
    logging: Logging | None = None
    encryption_config: tuple[EncryptionConfig, ...] = ()

    @property
    def logs(self) -> frozenset[str]:
        setups = self.logging.cluster_logging if self.logging else ()
        return frozenset(kind for setup in setups if setup.enabled for kind in setup.types)


@check(effort="low")
def control_planes_are_not_open_to_the_world(cluster: Cluster) -> Verdict:
    """The API server of no cluster answers the whole internet.

    Why: a leaked token or a fresh bug in Kubernetes then needs nothing else.
    Fix: aws eks update-cluster-config --name NAME --resources-vpc-config endpointPublicAccess=false,endpointPrivateAccess=true
    """
    network = cluster.resources_vpc_config
    if not network.endpoint_public_access:
        return Holds("the endpoint is private")
    if _EVERYONE & set(network.public_access_cidrs) or not network.public_access_cidrs:
        return Fails("the endpoint is public, from everywhere")
    return Holds(f"the endpoint is public, from {', '.join(network.public_access_cidrs)}")


@check(effort="medium")
def secrets_are_encrypted_under_a_kms_key(cluster: Cluster) -> Verdict:
    """Kubernetes secrets are encrypted under a KMS key of the account.

    Why: then who can read etcd still cannot read the secrets.
    Fix: aws eks associate-encryption-config --cluster-name NAME --encryption-config …
    """
    for one in cluster.encryption_config:
        if "secrets" in one.resources and one.provider is not None and one.provider.key_arn:
            return Holds(f"encrypted under {one.provider.key_arn}")
    return Fails("no KMS key is set for secrets")


@check(effort="low")
def control_planes_write_audit_logs(
    cluster: Cluster, *, kinds: tuple[str, ...] = ("api", "audit", "authenticator")
) -> Verdict:
    """Control planes log who called their API and how they signed in.

    Why: without the audit log nobody can tell what an intruder did inside the cluster.
    Fix: aws eks update-cluster-config --name NAME --logging '{"clusterLogging":[{"types":[…],"enabled":true}]}'
    """
    missing = [kind for kind in kinds if kind not in cluster.logs]
    return (
        Fails(f"not logged: {', '.join(missing)}") if missing else Holds(f"logged: {', '.join(sorted(cluster.logs))}")
    )


@fact
def versions(clusters: list[Cluster]) -> str | None:
    """Which versions of Kubernetes run."""
    told = ", ".join(f"{one.name} {one.version}" for one in sorted(clusters, key=lambda one: one.name))
    return f"EKS clusters: {told}" if told else None

"""EKS: clusters, who may reach their control plane, what it writes down, and the nodes below it."""

from datetime import date, datetime

from checks.ec2.evidence import Subnet
from checks.iam.evidence import OidcProvider
from checks.internet import the_internet
from checks.stages import DEVELOPMENT, KEY, in_development, tags_of
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact

# Since this version all of Kubernetes' data is encrypted under a key of AWS's (DescribeCluster, encryptionConfig).
_ENCRYPTED_SINCE = (1, 28)
# "EKS AMI deprecation FAQs": the last day on which AWS supported node images of Amazon Linux 2.
_AMAZON_LINUX_2_ENDS = date(2025, 11, 26)


class ClusterName(Evidence, read=Read("eks:ListClusters", "clusters")):
    value: str


class SomeCluster(Evidence, read=Read("eks:ListClusters", "clusters[0]", omitted_if_empty=True)):
    """The first cluster of the same answer: there is none where there are no clusters."""

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


class Oidc(Part):
    issuer: str | None = None


class Identity(Part):
    oidc: Oidc | None = None


class Compute(Part):
    enabled: bool = False


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
    identity: Identity | None = None
    compute_config: Compute | None = None
    tags: dict[str, str] | None = None
    deletion_protection: bool = False

    @property
    def secrets_key(self) -> str | None:
        for one in self.encryption_config:
            if "secrets" in one.resources and one.provider is not None and one.provider.key_arn:
                return one.provider.key_arn
        return None

    @property
    def logs(self) -> frozenset[str]:
        setups = self.logging.cluster_logging if self.logging else ()
        return frozenset(kind for setup in setups if setup.enabled for kind in setup.types)


class SupportedVersion(
    Evidence,
    read=Read("eks:DescribeClusterVersions", "clusterVersions", per=SomeCluster, fixed={"includeAll": True}),
):
    cluster_version: str
    version_status: str
    end_of_standard_support_date: datetime | None = None
    end_of_extended_support_date: datetime | None = None


class NodeGroupName(Evidence, read=Read("eks:ListNodegroups", "nodegroups", per=Cluster, args={"clusterName": "name"})):
    value: str


class Scaling(Part):
    min_size: int
    max_size: int
    desired_size: int


class RemoteAccess(Part):
    ec2_ssh_key: str | None = None
    source_security_groups: tuple[str, ...] = ()


class Repair(Part):
    enabled: bool = False


class Template(Part):
    name: str | None = None


class NodeGroup(
    Evidence,
    read=Read(
        "eks:DescribeNodegroup",
        "nodegroup",
        per=NodeGroupName,
        args={"clusterName": "name", "nodegroupName": "value"},
        arn="{nodegroup_arn}",
    ),
):
    nodegroup_name: str
    nodegroup_arn: str
    version: str | None = None
    ami_type: str | None = None
    subnets: tuple[str, ...]
    scaling_config: Scaling | None = None
    remote_access: RemoteAccess | None = None
    launch_template: Template | None = None
    node_repair_config: Repair | None = None


class PodIdentity(
    Evidence,
    read=Read("eks:ListPodIdentityAssociations", "associations", per=Cluster, args={"clusterName": "name"}),
):
    service_account: str


class Addon(Evidence, read=Read("eks:ListAddons", "addons", per=Cluster, args={"clusterName": "name"})):
    value: str


def version_of(text: str) -> tuple[int, ...]:
    """A version of Kubernetes as numbers, to be compared."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


@check(effort="low")
def control_planes_are_not_open_to_the_world(cluster: Cluster) -> Verdict:
    """The API server of no cluster answers the whole internet.

    Why: a leaked token or a fresh bug in Kubernetes then needs nothing else.
    Fix: aws eks update-cluster-config --name NAME --resources-vpc-config endpointPublicAccess=false,endpointPrivateAccess=true
    """
    network = cluster.resources_vpc_config
    if not network.endpoint_public_access:
        return Holds("the endpoint is private")
    if not network.public_access_cidrs or the_internet(network.public_access_cidrs):
        return Fails("the endpoint is public, from everywhere")
    return Holds(f"the endpoint is public, from {', '.join(network.public_access_cidrs)}")


@check(effort="medium")
def secrets_are_encrypted_under_a_kms_key(cluster: Cluster) -> Verdict:
    """Kubernetes secrets are encrypted under a KMS key of the account.

    Why: then who can read etcd still cannot read the secrets.
    Fix: aws eks associate-encryption-config --cluster-name NAME --encryption-config …
    """
    key = cluster.secrets_key
    return Holds(f"encrypted under {key}") if key else Fails("no KMS key is set for secrets")


@check(effort="medium")
def secrets_are_encrypted(cluster: Cluster) -> Verdict:
    """Kubernetes secrets are encrypted at rest.

    Why: a secret in etcd is only encoded, unless a key encrypts it.
    Fix: upgrade the cluster to version 1.28 or later, or aws eks associate-encryption-config --cluster-name NAME …
    """
    if cluster.secrets_key:
        return Holds(f"encrypted under {cluster.secrets_key}")
    if version_of(cluster.version) >= _ENCRYPTED_SINCE:
        return Holds(f"version {cluster.version} encrypts all its data under a key of AWS's")
    return Fails(f"version {cluster.version}, and no KMS key is set for secrets")


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


@check(effort="medium")
def versions_are_supported(cluster: Cluster, versions: list[SupportedVersion]) -> Verdict:
    """Clusters run a version of Kubernetes that AWS still patches.

    Why: after the end of its support a version gets no fixes, and AWS upgrades it when it suits nobody.
    Fix: aws eks update-cluster-version --name NAME --kubernetes-version VERSION, one minor version at a time.
    """
    found = next((one for one in versions if one.cluster_version == cluster.version), None)
    if found is None:
        return CannotTell(f"EKS does not say until when it supports {cluster.version}")
    told = f"{cluster.version} is in {found.version_status}"
    return Fails(told) if found.version_status == "UNSUPPORTED" else Holds(told)


@check(effort="medium")
def versions_are_in_standard_support(cluster: Cluster, versions: list[SupportedVersion]) -> Verdict:
    """Clusters run a version of Kubernetes in standard support.

    Why: extended support ends too, costs more, and every skipped version makes the next upgrade harder.
    Fix: aws eks update-cluster-version --name NAME --kubernetes-version VERSION
    """
    found = next((one for one in versions if one.cluster_version == cluster.version), None)
    if found is None:
        return CannotTell(f"EKS does not say until when it supports {cluster.version}")
    told = f"{cluster.version} is in {found.version_status}"
    return Holds(told) if found.version_status == "STANDARD_SUPPORT" else Fails(told)


@check(effort="medium")
def nodes_span_zones(
    cluster: Cluster,
    groups: list[NodeGroup],
    subnets: list[Subnet],
    *,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """The managed node groups of a cluster stand in at least two Availability Zones together.

    Why: pods have nowhere to go when the only zone with nodes fails.
    Fix: aws eks create-nodegroup --cluster-name NAME --subnets A B …, in a second zone.
    """
    named = {name for group in groups for name in group.subnets}
    if not named:
        return NotApplicable(f"{cluster.name} has no managed node groups")
    if cluster.compute_config is not None and cluster.compute_config.enabled:
        return NotApplicable("EKS Auto Mode adds nodes where pods need them")
    zone_of = {one.subnet_id: one.availability_zone for one in subnets}
    zones = sorted({zone_of[name] for name in named if name in zone_of})
    if len(zones) > 1:
        return Holds(f"in {', '.join(zones)}")
    if outside := in_development(tags_of(cluster.tags), environment_tag, development):
        return outside
    if not named <= zone_of.keys():
        return CannotTell("not all of the subnets are among those that EC2 lists here")
    return Fails(f"in {', '.join(zones)} alone")


@check(effort="low")
def node_groups_can_grow(group: NodeGroup) -> Verdict:
    """Managed node groups may grow beyond what they have.

    Why: a group at its ceiling leaves pods waiting, whatever scales it.
    Fix: aws eks update-nodegroup-config --cluster-name NAME --nodegroup-name GROUP --scaling-config maxSize=N
    """
    sizes = group.scaling_config
    if sizes is None:
        return NotApplicable("the group has no sizes of its own")
    told = f"{sizes.desired_size} nodes of at most {sizes.max_size}"
    return Holds(told) if sizes.desired_size < sizes.max_size else Fails(told)


@check(effort="medium")
def nodes_follow_their_control_plane(cluster: Cluster, group: NodeGroup) -> Verdict:
    """Managed node groups run the version of their control plane.

    Why: nodes that stay behind keep the holes of their version, and block the next upgrade.
    Fix: aws eks update-nodegroup-version --cluster-name NAME --nodegroup-name GROUP
    """
    if group.version is None:
        return CannotTell("the group does not say its version")
    told = f"nodes {group.version}, control plane {cluster.version}"
    return Holds(told) if version_of(group.version) >= version_of(cluster.version) else Fails(told)


@check(effort="medium")
def node_images_are_supported(group: NodeGroup, at: ScanTime) -> Verdict:
    """Managed node groups do not run images of Amazon Linux 2, whose support has ended.

    Why: no more fixes come for it.
    Fix: make a node group with an image type of Amazon Linux 2023 or Bottlerocket, and drain the old one.
    """
    kind = group.ami_type
    if kind is None or kind == "CUSTOM":
        return CannotTell("the image is of the account's own, and what it is made of is not told")
    if kind.startswith("AL2_") and at.date() > _AMAZON_LINUX_2_ENDS:
        return Fails(f"{kind}, whose support ended on {_AMAZON_LINUX_2_ENDS}")
    return Holds(f"the image type is {kind}")


@check(effort="low")
def nodes_take_no_ssh(group: NodeGroup) -> Verdict:
    """Managed node groups do not let anybody in by SSH.

    Why: a node is replaced, not repaired; without source groups its port 22 is open to the internet.
    Fix: make a node group without remoteAccess, and use Session Manager where a shell is needed.
    """
    access = group.remote_access
    if access is None and group.launch_template is not None:
        return CannotTell(
            f"whether the launch template {group.launch_template.name or ''} names a key pair was not read"
        )
    if access is None or not access.ec2_ssh_key:
        return Holds("no key pair is set")
    if not access.source_security_groups:
        return Fails(f"the key pair {access.ec2_ssh_key}, from everywhere")
    return Fails(f"the key pair {access.ec2_ssh_key}, from {', '.join(access.source_security_groups)}")


@check(effort="low")
def broken_nodes_are_repaired(group: NodeGroup) -> Verdict:
    """Managed node groups replace nodes that Kubernetes finds broken.

    Why: EC2 sees a machine that runs, not a kubelet that hangs.
    Fix: aws eks update-nodegroup-config --cluster-name NAME --nodegroup-name GROUP --node-repair-config enabled=true
    """
    on = group.node_repair_config is not None and group.node_repair_config.enabled
    return Holds("node auto repair is on") if on else Fails("node auto repair is off")


@check(effort="medium")
def pods_have_roles_of_their_own(
    cluster: Cluster, identities: list[PodIdentity], providers: list[OidcProvider]
) -> Verdict:
    """Clusters can give pods roles of their own, by Pod Identity or by an OIDC provider.

    Why: otherwise a pod works with the rights of its node, or with keys that somebody put into a secret.
    Fix: install the add-on eks-pod-identity-agent, and aws eks create-pod-identity-association …
    """
    if identities:
        return Holds(f"{len(identities)} Pod Identity associations")
    issuer = cluster.identity.oidc.issuer if cluster.identity and cluster.identity.oidc else None
    if issuer and any(one.arn.endswith(f"oidc-provider/{issuer.removeprefix('https://')}") for one in providers):
        return Holds("IAM trusts the cluster's OIDC issuer")
    return Fails("no Pod Identity association, and IAM does not trust the cluster's OIDC issuer")


@check(effort="low")
def clusters_are_measured(
    addons: list[Addon],
    cluster: Cluster,
    *,
    known: tuple[str, ...] = ("amazon-cloudwatch-observability", "adot"),
) -> Verdict:
    """Clusters run an add-on that collects metrics, logs or traces.

    Why: without one, what happens inside the cluster is seen by nobody outside it.
    Fix: aws eks create-addon --cluster-name NAME --addon-name amazon-cloudwatch-observability
    """
    found = sorted(one.value for one in addons if one.value in known or one.value.startswith("datadog"))
    return Holds(f"add-ons: {', '.join(found)}") if found else Fails(f"{cluster.name} has none of {', '.join(known)}")


@check(effort="low")
def clusters_are_protected_from_deletion(cluster: Cluster) -> Verdict:
    """Clusters refuse to be deleted.

    Why: with the cluster goes all that was ever applied to it.
    Fix: aws eks update-cluster-config --name NAME --deletion-protection
    """
    return Holds("deletion protection is on") if cluster.deletion_protection else Fails("deletion protection is off")


@fact
def versions(clusters: list[Cluster]) -> str | None:
    """Which versions of Kubernetes run."""
    told = ", ".join(f"{one.name} {one.version}" for one in sorted(clusters, key=lambda one: one.name))
    return f"EKS clusters: {told}" if told else None

"""EKS and Auto Scaling checks, against real clients and as tables."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from checks import autoscaling, eks
from checks.autoscaling import Group, Predictive, Refresh, ScalingPolicy, ScheduledAction
from checks.ec2.evidence import Subnet
from checks.eks import Cluster, Network, NodeGroup, SupportedVersion
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = "arn:aws:eks:us-east-1:123456789012:cluster/"


def cluster(network: Network) -> Cluster:
    return Cluster(arn="a", name="c", version="1.34", resources_vpc_config=network)


@pytest.mark.parametrize(
    ("network", "verdict"),
    [
        (Network(endpoint_public_access=False), Holds("the endpoint is private")),
        (
            Network(endpoint_public_access=True, public_access_cidrs=("0.0.0.0/0",)),
            Fails("the endpoint is public, from everywhere"),
        ),
        (Network(endpoint_public_access=True), Fails("the endpoint is public, from everywhere")),
        (
            Network(endpoint_public_access=True, public_access_cidrs=("0.0.0.0/1", "128.0.0.0/1")),
            Fails("the endpoint is public, from everywhere"),
        ),
        (
            Network(endpoint_public_access=True, public_access_cidrs=("192.0.2.0/24",)),
            Holds("the endpoint is public, from 192.0.2.0/24"),
        ),
    ],
)
def test_control_planes_are_not_open_to_the_world(network: Network, verdict: Verdict) -> None:
    assert eks.control_planes_are_not_open_to_the_world(cluster(network)) == verdict


def test_clusters_through_a_client(aws: Emulator) -> None:
    client = aws.client("eks")
    common = {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/eks", "version": "1.34"}
    key = "arn:aws:kms:us-east-1:123456789012:key/k"
    client.create_cluster(
        name="good",
        resourcesVpcConfig={"subnetIds": ["subnet-1"], "endpointPublicAccess": False, "endpointPrivateAccess": True},
        encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": key}}],
        logging={"clusterLogging": [{"types": ["api", "audit", "authenticator"], "enabled": True}]},
        **common,
    )
    client.create_cluster(
        name="bad", resourcesVpcConfig={"subnetIds": ["subnet-1"], "endpointPublicAccess": True}, **common
    )
    assert aws.judge("eks.secrets_are_encrypted_under_a_kms_key") == {
        ARN + "good": ("holds", f"encrypted under {key}"),
        ARN + "bad": ("fails", "no KMS key is set for secrets"),
    }
    assert aws.judge("eks.control_planes_write_audit_logs") == {
        ARN + "good": ("holds", "logged: api, audit, authenticator"),
        ARN + "bad": ("fails", "not logged: api, audit, authenticator"),
    }
    assert judge_all(
        aws,
        "eks",
        ("secrets_are_encrypted", "versions_are_supported", "pods_have_roles_of_their_own", "clusters_are_measured"),
    ) == {
        "secrets_are_encrypted": {
            ARN + "good": ("holds", f"encrypted under {key}"),
            ARN + "bad": ("holds", "version 1.34 encrypts all its data under a key of AWS's"),
        },
        "versions_are_supported": dict.fromkeys((ARN + "good", ARN + "bad"), ("holds", "1.34 is in STANDARD_SUPPORT")),
        "pods_have_roles_of_their_own": dict.fromkeys(
            (ARN + "good", ARN + "bad"),
            ("fails", "no Pod Identity association, and IAM does not trust the cluster's OIDC issuer"),
        ),
        "clusters_are_measured": {
            ARN + name: ("fails", f"{name} has none of amazon-cloudwatch-observability, adot")
            for name in ("good", "bad")
        },
    }
    with answering(
        "eks",
        {
            "ListAddons": {"addons": ["adot", "coredns"]},
            "ListPodIdentityAssociations": {"associations": [{"serviceAccount": "web"}]},
        },
    ):
        assert aws.judge("eks.clusters_are_measured")[ARN + "good"] == ("holds", "add-ons: adot")
        told = ("holds", "1 Pod Identity associations")
        assert aws.judge("eks.pods_have_roles_of_their_own")[ARN + "good"] == told
    assert aws.judge("eks.versions") == {"region:us-east-1": ("told", "EKS clusters: bad 1.34, good 1.34")}


def test_node_groups_through_a_client(aws: Emulator) -> None:
    client = aws.client("eks")
    role = f"arn:aws:iam::{ACCOUNT}:role/eks"
    subnets = {one["AvailabilityZone"]: one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]}
    client.create_cluster(
        name="c",
        roleArn=role,
        version="1.34",
        resourcesVpcConfig={"subnetIds": [subnets["us-east-1a"]], "endpointPublicAccess": False},
    )
    client.create_nodegroup(
        clusterName="c",
        nodegroupName="g",
        nodeRole=role,
        subnets=[subnets["us-east-1a"]],
        amiType="AL2_x86_64",
        scalingConfig={"minSize": 2, "maxSize": 2, "desiredSize": 2},
        remoteAccess={"ec2SshKey": "admin"},
    )
    issuer = client.describe_cluster(name="c")["cluster"]["identity"]["oidc"]["issuer"]
    aws.client("iam").create_open_id_connect_provider(Url=issuer, ThumbprintList=["0" * 40])
    names = (
        "nodes_span_zones",
        "node_groups_can_grow",
        "node_images_are_supported",
        "nodes_take_no_ssh",
        "broken_nodes_are_repaired",
        "pods_have_roles_of_their_own",
        "clusters_are_protected_from_deletion",
    )
    told = judge_all(aws, "eks", names, at=datetime(2026, 11, 23, tzinfo=UTC))
    assert {name: list(found.values()) for name, found in told.items()} == {
        "nodes_span_zones": [("fails", "in us-east-1a alone")],
        "node_groups_can_grow": [("fails", "2 nodes of at most 2")],
        "node_images_are_supported": [("fails", "AL2_x86_64, whose support ended on 2025-11-26")],
        "nodes_take_no_ssh": [("fails", "the key pair admin, from everywhere")],
        "broken_nodes_are_repaired": [("fails", "node auto repair is off")],
        "pods_have_roles_of_their_own": [("holds", "IAM trusts the cluster's OIDC issuer")],
        "clusters_are_protected_from_deletion": [("fails", "deletion protection is off")],
    }


def test_clusters_side_by_side(aws: Emulator) -> None:
    """moto has no deletion protection and no node repair, and answers an open endpoint with no addresses."""
    subnets = {one["AvailabilityZone"][-1]: one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]}

    def described(name: str, version: str, network: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"cluster": {"arn": ARN + name, "name": name, "version": version, "resourcesVpcConfig": network, **more}}

    def group(cluster: str, version: str, in_zones: str, image: str, size: int, **more: Any) -> dict[str, Any]:
        return {
            "nodegroup": {
                "nodegroupName": "g",
                "nodegroupArn": f"arn:aws:eks:us-east-1:{ACCOUNT}:nodegroup/{cluster}/g/1",
                "clusterName": cluster,
                "version": version,
                "subnets": [subnets[zone] for zone in in_zones],
                "amiType": image,
                "scalingConfig": {"minSize": 1, "maxSize": 4, "desiredSize": size},
                **more,
            }
        }

    everywhere = {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}
    clusters = {
        "good": described("good", "1.34", {"endpointPublicAccess": False}, deletionProtection=True),
        "bad": described("bad", "1.27", everywhere, deletionProtection=False),
        "office": described("office", "1.31", {"endpointPublicAccess": True, "publicAccessCidrs": ["192.0.2.0/24"]}),
        "toy": described("toy", "1.34", everywhere, tags={"Environment": "dev"}),
    }
    groups = {
        "good": group("good", "1.34", "ab", "AL2023_x86_64_STANDARD", 2, nodeRepairConfig={"enabled": True}),
        "bad": group(
            "bad", "1.26", "a", "AL2_x86_64", 4, remoteAccess={"ec2SshKey": "k", "sourceSecurityGroups": ["sg-1"]}
        ),
        "toy": group("toy", "1.34", "a", "BOTTLEROCKET_ARM_64", 1, nodeRepairConfig={"enabled": False}),
    }
    clusters_told: dict[str, dict[str, tuple[str, str]]] = {
        "control_planes_are_not_open_to_the_world": {
            "good": ("holds", "the endpoint is private"),
            "bad": ("fails", "the endpoint is public, from everywhere"),
            "office": ("holds", "the endpoint is public, from 192.0.2.0/24"),
            "toy": ("fails", "the endpoint is public, from everywhere"),
        },
        "secrets_are_encrypted": {
            "good": ("holds", "version 1.34 encrypts all its data under a key of AWS's"),
            "bad": ("fails", "version 1.27, and no KMS key is set for secrets"),
            "office": ("holds", "version 1.31 encrypts all its data under a key of AWS's"),
            "toy": ("holds", "version 1.34 encrypts all its data under a key of AWS's"),
        },
        "versions_are_supported": {
            "good": ("holds", "1.34 is in STANDARD_SUPPORT"),
            "bad": ("fails", "1.27 is in UNSUPPORTED"),
            "office": ("holds", "1.31 is in EXTENDED_SUPPORT"),
            "toy": ("holds", "1.34 is in STANDARD_SUPPORT"),
        },
        "versions_are_in_standard_support": {
            "good": ("holds", "1.34 is in STANDARD_SUPPORT"),
            "bad": ("fails", "1.27 is in UNSUPPORTED"),
            "office": ("fails", "1.31 is in EXTENDED_SUPPORT"),
            "toy": ("holds", "1.34 is in STANDARD_SUPPORT"),
        },
        "nodes_span_zones": {
            "good": ("holds", "in us-east-1a, us-east-1b"),
            "bad": ("fails", "in us-east-1a alone"),
            "office": ("not applicable", "office has no managed node groups"),
            "toy": ("not applicable", "the tag Environment says dev"),
        },
        "clusters_are_protected_from_deletion": {
            **dict.fromkeys(clusters, ("fails", "deletion protection is off")),
            "good": ("holds", "deletion protection is on"),
        },
    }
    groups_told: dict[str, dict[str, tuple[str, str]]] = {
        "node_groups_can_grow": {
            "good": ("holds", "2 nodes of at most 4"),
            "bad": ("fails", "4 nodes of at most 4"),
            "toy": ("holds", "1 nodes of at most 4"),
        },
        "nodes_follow_their_control_plane": {
            "good": ("holds", "nodes 1.34, control plane 1.34"),
            "bad": ("fails", "nodes 1.26, control plane 1.27"),
            "toy": ("holds", "nodes 1.34, control plane 1.34"),
        },
        "node_images_are_supported": {
            "good": ("holds", "the image type is AL2023_x86_64_STANDARD"),
            "bad": ("fails", "AL2_x86_64, whose support ended on 2025-11-26"),
            "toy": ("holds", "the image type is BOTTLEROCKET_ARM_64"),
        },
        "nodes_take_no_ssh": {
            "good": ("holds", "no key pair is set"),
            "bad": ("fails", "the key pair k, from sg-1"),
            "toy": ("holds", "no key pair is set"),
        },
        "broken_nodes_are_repaired": {
            "good": ("holds", "node auto repair is on"),
            "bad": ("fails", "node auto repair is off"),
            "toy": ("fails", "node auto repair is off"),
        },
    }
    with ExitStack() as prepared:

        def answer(operation: str, told: dict[str, Any], **request: str) -> None:
            prepared.enter_context(answering("eks", {operation: told}, request))

        answer("ListClusters", {"clusters": list(clusters)})
        for name, one in clusters.items():
            answer("DescribeCluster", one, name=name)
            answer("ListNodegroups", {"nodegroups": ["g"] if name in groups else []}, clusterName=name)
        for name, one in groups.items():
            answer("DescribeNodegroup", one, clusterName=name)
        told = judge_all(aws, "eks", [*clusters_told, *groups_told], at=datetime(2026, 11, 23, tzinfo=UTC))
    assert told == {
        **{check: {ARN + name: one for name, one in by.items()} for check, by in clusters_told.items()},
        **{
            check: {groups[name]["nodegroup"]["nodegroupArn"]: one for name, one in by.items()}
            for check, by in groups_told.items()
        },
    }


def nodes(**changes: object) -> NodeGroup:
    fields = {"nodegroup_name": "g", "nodegroup_arn": "a", "subnets": ("s-a",), "version": "1.34"}
    return NodeGroup.model_validate(fields | changes, strict=False)


def kubernetes(version: str = "1.34", **changes: object) -> Cluster:
    made = cluster(Network(endpoint_public_access=False))
    return Cluster.model_validate(made.model_dump() | {"version": version} | changes, strict=False)


SUBNETS = [Subnet(subnet_id=f"s-{zone}", vpc_id="v", availability_zone=zone) for zone in "ab"]


@pytest.mark.parametrize(
    ("one", "groups", "verdict"),
    [
        (kubernetes(), [nodes(), nodes(subnets=("s-b",))], Holds("in a, b")),
        (kubernetes(), [nodes()], Fails("in a alone")),
        (kubernetes(), [], NotApplicable("c has no managed node groups")),
        (
            kubernetes(),
            [nodes(subnets=("s-a", "s-x"))],
            CannotTell("not all of the subnets are among those that EC2 lists here"),
        ),
        (
            kubernetes(compute_config={"enabled": True}),
            [nodes()],
            NotApplicable("EKS Auto Mode adds nodes where pods need them"),
        ),
    ],
)
def test_nodes_span_zones(one: Cluster, groups: list[NodeGroup], verdict: Verdict) -> None:
    assert eks.nodes_span_zones(one, groups, SUBNETS) == verdict


VERSIONS = [
    SupportedVersion(cluster_version="1.31", version_status="EXTENDED_SUPPORT"),
    SupportedVersion(cluster_version="1.27", version_status="UNSUPPORTED"),
]


@pytest.mark.parametrize(
    ("version", "supported", "standard", "encrypted"),
    [
        ("1.31", Holds("1.31 is in EXTENDED_SUPPORT"), Fails("1.31 is in EXTENDED_SUPPORT"), True),
        ("1.27", Fails("1.27 is in UNSUPPORTED"), Fails("1.27 is in UNSUPPORTED"), False),
        (
            "1.99",
            CannotTell("EKS does not say until when it supports 1.99"),
            CannotTell("EKS does not say until when it supports 1.99"),
            True,
        ),
    ],
)
def test_versions(version: str, supported: Verdict, standard: Verdict, encrypted: bool) -> None:
    one = kubernetes(version)
    assert eks.versions_are_supported(one, VERSIONS) == supported
    assert eks.versions_are_in_standard_support(one, VERSIONS) == standard
    assert isinstance(eks.secrets_are_encrypted(one), Holds if encrypted else Fails)


def test_node_groups_that_are_well() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    one = nodes(ami_type="AL2023_x86_64_STANDARD", node_repair_config={"enabled": True})
    assert eks.node_images_are_supported(one, now) == Holds("the image type is AL2023_x86_64_STANDARD")
    assert eks.node_images_are_supported(nodes(ami_type="AL2_ARM_64"), datetime(2025, 11, 26, tzinfo=UTC)) == Holds(
        "the image type is AL2_ARM_64"
    )
    own = CannotTell("the image is of the account's own, and what it is made of is not told")
    assert eks.node_images_are_supported(nodes(ami_type="CUSTOM"), now) == own
    assert eks.broken_nodes_are_repaired(one) == Holds("node auto repair is on")
    assert eks.nodes_take_no_ssh(one) == Holds("no key pair is set")
    templated = CannotTell("whether the launch template web names a key pair was not read")
    assert eks.nodes_take_no_ssh(nodes(launch_template={"name": "web"})) == templated
    assert eks.node_groups_can_grow(one) == NotApplicable("the group has no sizes of its own")
    behind = Fails("nodes 1.9, control plane 1.34")
    assert eks.nodes_follow_their_control_plane(kubernetes(), nodes(version="1.9")) == behind
    level = Holds("nodes 1.34, control plane 1.34")
    assert eks.nodes_follow_their_control_plane(kubernetes(), one) == level
    guarded = kubernetes(deletion_protection=True)
    assert eks.clusters_are_protected_from_deletion(guarded) == Holds("deletion protection is on")


def group(**changes: object) -> Group:
    fields = {
        "auto_scaling_group_name": "web",
        "auto_scaling_group_arn": "a",
        "min_size": 2,
        "max_size": 4,
        "desired_capacity": 2,
        "availability_zones": ("us-east-1a", "us-east-1b"),
        "health_check_type": "ELB",
        "target_group_arns": ("t",),
    }
    return Group.model_validate(fields | changes)


ALONE = {"availability_zones": ("us-east-1a",)}
NO_NODES = autoscaling.node_zones([])
LATTICE = {"identifier": "arn:aws:vpc-lattice:us-east-1:123456789012:targetgroup/tg-1", "type": "vpc-lattice"}
NO_BALANCER = NotApplicable("the group is behind no load balancer")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (group(), Holds("over us-east-1a, us-east-1b")),
        (group(**ALONE), Fails("in us-east-1a alone")),
    ],
)
def test_groups_span_zones(one: Group, verdict: Verdict) -> None:
    assert autoscaling.groups_span_zones(one, NO_NODES) == verdict


NODES = {"key": "eks:cluster-name", "value": "shop"}
OTHER = {"availability_zones": ("us-east-1b",)}


@pytest.mark.parametrize(
    ("tag", "other", "verdict"),
    [
        (NODES, group(**OTHER, tags=(NODES,)), True),
        ({"key": "kubernetes.io/cluster/shop", "value": "owned"}, group(**OTHER, tags=(NODES,)), True),
        ({"key": "KubernetesCluster", "value": "shop"}, group(**OTHER, tags=(NODES,)), True),
        (NODES, group(**ALONE, tags=(NODES,)), False),
        (NODES, group(**OTHER, tags=(NODES,), max_size=0), False),
        (NODES, group(**OTHER, tags=(NODES | {"value": "other"},)), False),
        (NODES, group(**OTHER), False),
        ({"key": "Name", "value": "shop"}, group(**OTHER, tags=(NODES,)), False),
        ({"key": "k8s.io/cluster-autoscaler/enabled", "value": "true"}, group(**OTHER, tags=(NODES,)), False),
    ],
)
def test_a_group_for_each_zone_of_a_cluster(tag: dict[str, str], other: Group, verdict: bool) -> None:
    one = group(**ALONE, tags=(tag,))
    together = NotApplicable("the groups of the cluster shop together are in us-east-1a, us-east-1b")
    told = autoscaling.groups_span_zones(one, autoscaling.node_zones([one, other]))
    assert told == (together if verdict else Fails("in us-east-1a alone"))


def test_one_zone_may_be_by_design() -> None:
    told = NotApplicable("the settings say that one zone is by design")
    assert autoscaling.groups_span_zones(group(**ALONE), NO_NODES, single_by_design=("web",)) == told


@pytest.mark.parametrize(
    ("one", "health", "number"),
    [
        (group(), Holds("health checks: ELB"), Holds("at least 2 instances")),
        (group(health_check_type="EC2,ELB"), Holds("health checks: EC2,ELB"), Holds("at least 2 instances")),
        (group(health_check_type="EC2", min_size=1), Fails("health checks: EC2"), Fails("at least 1")),
        (group(target_group_arns=(), health_check_type="EC2"), NO_BALANCER, NO_BALANCER),
        (
            group(target_group_arns=(), traffic_sources=(LATTICE,), health_check_type="EC2,VPC_LATTICE"),
            Holds("health checks: EC2,VPC_LATTICE"),
            Holds("at least 2 instances"),
        ),
        (group(traffic_sources=(LATTICE,)), Fails("health checks: ELB"), Holds("at least 2 instances")),
        (
            group(min_size=0, desired_capacity=0),
            Holds("health checks: ELB"),
            NotApplicable("it is scaled to nothing"),
        ),
    ],
)
def test_groups_behind_balancers(one: Group, health: Verdict, number: Verdict) -> None:
    assert autoscaling.groups_behind_balancers_use_their_health_checks(one) == health
    assert autoscaling.groups_can_lose_an_instance(one) == number


def test_groups_through_a_client(aws: Emulator) -> None:
    client = aws.client("autoscaling")
    client.create_launch_configuration(LaunchConfigurationName="l", ImageId="ami-12c6146b", InstanceType="t3.micro")
    balancer = aws.client("elb")
    balancer.create_load_balancer(
        LoadBalancerName="b",
        Listeners=[{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=["us-east-1a"],
    )
    client.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="l",
        MinSize=0,
        MaxSize=2,
        DesiredCapacity=2,
        AvailabilityZones=["us-east-1a", "us-east-1b"],
        LoadBalancerNames=["b"],
    )
    client.suspend_processes(AutoScalingGroupName="web", ScalingProcesses=["Launch", "AZRebalance"])
    arn = client.describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupARN"]
    wanted = {
        "groups_span_zones": ("holds", "over us-east-1a, us-east-1b"),
        "groups_follow_demand": ("fails", "suspended: Launch"),
        "groups_have_room_to_grow": ("fails", "2 of at most 2"),
        "healing_is_not_suspended": ("fails", "suspended: Launch"),
        "groups_use_launch_templates": ("fails", "the launch configuration is l"),
        "instances_are_replaced": ("fails", "no maximum lifetime, and no refresh in six weeks"),
    }
    found = judge_all(aws, "autoscaling", [*wanted, "running_instances_span_zones", "sizes_of_groups"])
    assert found.pop("running_instances_span_zones")[arn][0] in ("holds", "fails"), "moto chooses the zones"
    assert found.pop("sizes_of_groups") == {"region:us-east-1": ("told", "Auto Scaling groups: web 2 (0 to 2)")}
    assert found == {name: {arn: told} for name, told in wanted.items()}
    client.put_scaling_policy(
        AutoScalingGroupName="web",
        PolicyName="half",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 50.0,
        },
    )
    client.resume_processes(AutoScalingGroupName="web")
    assert aws.judge("autoscaling.groups_follow_demand") == {arn: ("holds", "policies: half")}


def test_groups_side_by_side(aws: Emulator) -> None:
    """moto keeps no lifetime of instances, and places them by chance."""
    launched = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:u:autoScalingGroupName/"

    def described(name: str, zones: str, sizes: tuple[int, int, int], **more: Any) -> dict[str, Any]:
        instances = [
            {
                "InstanceId": f"i-{name}-{number}",
                "AvailabilityZone": f"us-east-1{zone}",
                "LifecycleState": "InService",
                "HealthStatus": "Healthy",
                "LaunchTemplate": {"LaunchTemplateName": name, "Version": "1"},
                "ProtectedFromScaleIn": False,
            }
            for number, zone in enumerate(zones)
        ]
        return {
            "AutoScalingGroupName": name,
            "AutoScalingGroupARN": launched + name,
            "MinSize": sizes[0],
            "DesiredCapacity": sizes[1],
            "MaxSize": sizes[2],
            "DefaultCooldown": 300,
            "AvailabilityZones": sorted({f"us-east-1{zone}" for zone in zones}) or ["us-east-1a"],
            "HealthCheckType": "EC2",
            "CreatedTime": "2026-01-01T00:00:00Z",
            "Instances": instances,
            "TargetGroupARNs": ["t"],
            **more,
        }

    template = {"LaunchTemplate": {"LaunchTemplateName": "web", "Version": "$Latest"}}
    mixed = {"MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": template["LaunchTemplate"]}}}
    halted = {"SuspendedProcesses": [{"ProcessName": "ReplaceUnhealthy", "SuspensionReason": "User suspended"}]}

    def tagged(key: str, value: str) -> dict[str, Any]:
        return {"Tags": [{"Key": key, "Value": value, "ResourceType": "auto-scaling-group", "PropagateAtLaunch": True}]}

    groups = [
        described("good", "ab", (2, 2, 4), HealthCheckType="ELB", MaxInstanceLifetime=30 * 86_400, **template),
        described("bad", "aa", (1, 2, 2), LaunchConfigurationName="old", **halted),
        described("fresh", "ab", (2, 2, 2), TargetGroupARNs=[], **mixed),
        described("one", "a", (1, 1, 1), HealthCheckType="ELB", **tagged("single-by-design", "a licence"), **template),
        described("toy", "aa", (1, 2, 4), **tagged("Environment", "dev"), **template),
        described("going", "a", (0, 0, 0), Status="Delete in progress"),
    ]
    for_good = ("not applicable", "one by design, says the tag single-by-design: a licence")
    in_development = ("not applicable", "the tag Environment says dev")
    no_balancer = ("not applicable", "the group is behind no load balancer")
    wanted: dict[str, dict[str, tuple[str, str]]] = {
        "groups_span_zones": {
            **dict.fromkeys(("good", "fresh"), ("holds", "over us-east-1a, us-east-1b")),
            "bad": ("fails", "in us-east-1a alone"),
            "one": for_good,
            "toy": in_development,
        },
        "running_instances_span_zones": {
            **dict.fromkeys(("good", "fresh"), ("holds", "2 instances in us-east-1a, us-east-1b")),
            "bad": ("fails", "2 instances in us-east-1a"),
            "one": ("not applicable", "1 instances are in service"),
            "toy": in_development,
        },
        "groups_behind_balancers_use_their_health_checks": {
            **dict.fromkeys(("good", "one"), ("holds", "health checks: ELB")),
            **dict.fromkeys(("bad", "toy"), ("fails", "health checks: EC2")),
            "fresh": no_balancer,
        },
        "groups_can_lose_an_instance": {
            "good": ("holds", "at least 2 instances"),
            "bad": ("fails", "at least 1"),
            "fresh": no_balancer,
            "one": for_good,
            "toy": in_development,
        },
        "groups_have_room_to_grow": {
            **dict.fromkeys(("good", "toy"), ("holds", "2 of at most 4")),
            "bad": ("fails", "2 of at most 2"),
            "fresh": ("not applicable", "the size is fixed at 2"),
            "one": ("not applicable", "the size is fixed at 1"),
        },
        "healing_is_not_suspended": {
            **dict.fromkeys(("good", "fresh", "one", "toy"), ("holds", "none of them is suspended")),
            "bad": ("fails", "suspended: ReplaceUnhealthy"),
        },
        "groups_use_launch_templates": {
            **dict.fromkeys(("good", "fresh", "one", "toy"), ("holds", "a launch template")),
            "bad": ("fails", "the launch configuration is old"),
        },
        "instances_are_replaced": {
            **dict.fromkeys(("bad", "one", "toy"), ("fails", "no maximum lifetime, and no refresh in six weeks")),
            "good": ("holds", "after 30 days"),
            "fresh": ("holds", "refreshed on 2026-11-01"),
        },
    }
    refreshed = {"InstanceRefreshes": [{"Status": "Successful", "StartTime": "2026-11-01T00:00:00Z"}]}
    with (
        answering("autoscaling", {"DescribeAutoScalingGroups": {"AutoScalingGroups": groups}}),
        answering("autoscaling", {"DescribeInstanceRefreshes": refreshed}, {"AutoScalingGroupName": "fresh"}),
    ):
        told = judge_all(aws, "autoscaling", wanted)
    assert told == {check: {launched + name: one for name, one in by.items()} for check, by in wanted.items()}
    # EKS tags the groups of its node groups.
    nodes = [
        described("nodes-a", "aa", (2, 2, 4), **tagged("eks:cluster-name", "shop")),
        described("nodes-b", "bb", (1, 2, 4), **tagged("eks:cluster-name", "shop")),
        described("lone", "aa", (2, 2, 4), **tagged("eks:cluster-name", "lab")),
    ]
    together = "the groups of the cluster shop together are in us-east-1a, us-east-1b"
    pair = {launched + name: ("not applicable", together) for name in ("nodes-a", "nodes-b")}
    with answering("autoscaling", {"DescribeAutoScalingGroups": {"AutoScalingGroups": nodes}}):
        assert judge_all(aws, "autoscaling", ["groups_span_zones", "running_instances_span_zones"]) == {
            "groups_span_zones": {**pair, f"{launched}lone": ("fails", "in us-east-1a alone")},
            "running_instances_span_zones": {**pair, f"{launched}lone": ("fails", "2 instances in us-east-1a")},
        }


TARGET = ScalingPolicy(policy_name="half", policy_type="TargetTrackingScaling", enabled=True)
STEP = ScalingPolicy(policy_name="step", policy_type="StepScaling", enabled=True)
CALLED = STEP.model_copy(update={"alarms": (autoscaling.Alarm(alarm_name="busy"),)})
AHEAD = ScalingPolicy(
    policy_name="f",
    policy_type="PredictiveScaling",
    enabled=True,
    predictive_scaling_configuration=Predictive(mode="ForecastAndScale"),
)
OFF = ScalingPolicy(policy_name="half", policy_type="TargetTrackingScaling", enabled=False)
FORECAST = ScalingPolicy(
    policy_name="f", policy_type="PredictiveScaling", predictive_scaling_configuration=Predictive(mode="ForecastOnly")
)
NO_POLICY = Fails("no scaling policy acts on it, and no schedule that comes back with another size")
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def action(name: str, size: int, recurrence: str | None = "0 20 * * *", end: datetime | None = None) -> ScheduledAction:
    return ScheduledAction(scheduled_action_name=name, desired_capacity=size, recurrence=recurrence, end_time=end)


DAY_AND_NIGHT = [action("day", 4), action("night", 1)]


def halted(name: str) -> dict[str, Any]:
    return {"suspended_processes": ({"process_name": name},)}


@pytest.mark.parametrize(
    ("one", "policies", "actions", "verdict"),
    [
        (group(), [TARGET], [], Holds("policies: half")),
        (group(), [OFF, FORECAST], [], NO_POLICY),
        (group(), [], DAY_AND_NIGHT, Holds("scheduled: day, night")),
        (group(min_size=4), [], DAY_AND_NIGHT, Holds("scheduled: day, night")),
        # A schedule that comes once, or is over, or always says the same, follows nothing.
        (group(), [], [action("night", 1)], NO_POLICY),
        (group(), [], [action("night", 1), action("same", 1)], NO_POLICY),
        (group(), [], [action("day", 4), action("once", 1, None)], NO_POLICY),
        (group(), [], [action("day", 4), action("past", 1, end=datetime(2026, 1, 1, tzinfo=UTC))], NO_POLICY),
        (group(**halted("ScheduledActions")), [], DAY_AND_NIGHT, NO_POLICY),
        (group(**halted("Launch")), [TARGET], [], Fails("suspended: Launch")),
        (group(), [STEP], [], NO_POLICY),
        (group(), [CALLED], [], Holds("policies: step")),
        (group(**halted("AlarmNotification")), [TARGET, AHEAD], [], Holds("policies: f")),
        (group(min_size=4), [TARGET], [], Fails("the size is fixed at 4")),
        (
            group(suspended_processes=({"process_name": "AlarmNotification"},)),
            [TARGET],
            [],
            Fails("it has policies, and their alarms are suspended"),
        ),
        (group(tags=({"key": "eks:cluster-name"},)), [], [], NotApplicable("its tags say that EKS or ECS scales it")),
        (group(target_group_arns=()), [], [], NO_BALANCER),
    ],
)
def test_groups_follow_demand(
    one: Group, policies: list[ScalingPolicy], actions: list[ScheduledAction], verdict: Verdict
) -> None:
    assert autoscaling.groups_follow_demand(one, policies, actions, NOW) == verdict


def running(*zones: str) -> dict[str, object]:
    made = ({"instance_id": "i", "availability_zone": zone, "lifecycle_state": "InService"} for zone in zones)
    return {"instances": tuple(made)}


def test_instances_of_groups() -> None:
    spread = Holds("2 instances in a, b")
    assert autoscaling.running_instances_span_zones(group(**running("a", "b")), NO_NODES) == spread
    assert autoscaling.running_instances_span_zones(group(**running("a", "a")), NO_NODES) == Fails("2 instances in a")
    alone = NotApplicable("1 instances are in service")
    assert autoscaling.running_instances_span_zones(group(**running("a")), NO_NODES) == alone
    assert autoscaling.instances_are_replaced(group(), []) == NotApplicable("the group has no instances")
    lasting = group(max_instance_lifetime=30 * 86_400, **running("a"))
    assert autoscaling.instances_are_replaced(lasting, []) == Holds("after 30 days")
    done = Refresh(status="Successful", start_time=datetime(2026, 11, 1, tzinfo=UTC))
    assert autoscaling.instances_are_replaced(group(**running("a")), [done]) == Holds("refreshed on 2026-11-01")
    assert autoscaling.groups_use_launch_templates(group(launch_template={})) == Holds("a launch template")
    assert autoscaling.groups_use_launch_templates(group()) == NotApplicable("the group names neither")
    fixed = NotApplicable("the size is fixed at 4")
    assert autoscaling.groups_have_room_to_grow(group(min_size=4)) == fixed
    assert autoscaling.groups_have_room_to_grow(group()) == Holds("2 of at most 4")
    assert autoscaling.healing_is_not_suspended(group()) == Holds("none of them is suspended")


@pytest.mark.parametrize("check", ["eks.secrets_are_encrypted_under_a_kms_key", "autoscaling.groups_span_zones"])
def test_where_there_is_none_nothing_is_judged(aws: Emulator, check: str) -> None:
    assert aws.verdicts(check) == {"region:us-east-1": "not applicable"}

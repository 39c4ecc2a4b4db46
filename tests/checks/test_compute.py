"""EKS and Auto Scaling checks, against real clients and as tables."""

import pytest

from checks import autoscaling, eks
from checks.autoscaling import Group
from checks.eks import Cluster, Network
from scanner import Fails, Holds, NotApplicable, Verdict
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
    assert aws.judge("eks.versions") == {"region:us-east-1": ("told", "EKS clusters: bad 1.34, good 1.34")}


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
NO_BALANCER = NotApplicable("the group is behind no load balancer")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (group(), Holds("over us-east-1a, us-east-1b")),
        (group(**ALONE), Fails("in us-east-1a alone")),
    ],
)
def test_groups_span_zones(one: Group, verdict: Verdict) -> None:
    assert autoscaling.groups_span_zones(one) == verdict


def test_one_zone_may_be_by_design() -> None:
    told = NotApplicable("the settings say that one zone is by design")
    assert autoscaling.groups_span_zones(group(**ALONE), single_by_design=("web",)) == told


@pytest.mark.parametrize(
    ("one", "health", "number"),
    [
        (group(), Holds("health checks: ELB"), Holds("at least 2 instances")),
        (group(health_check_type="EC2,ELB"), Holds("health checks: EC2,ELB"), Holds("at least 2 instances")),
        (group(health_check_type="EC2", min_size=1), Fails("health checks: EC2"), Fails("at least 1")),
        (group(target_group_arns=(), health_check_type="EC2"), NO_BALANCER, NO_BALANCER),
    ],
)
def test_groups_behind_balancers(one: Group, health: Verdict, number: Verdict) -> None:
    assert autoscaling.groups_behind_balancers_use_their_health_checks(one) == health
    assert autoscaling.groups_can_lose_an_instance(one) == number


def test_groups_through_a_client(aws: Emulator) -> None:
    client = aws.client("autoscaling")
    client.create_launch_configuration(LaunchConfigurationName="l", ImageId="ami-12c6146b", InstanceType="t3.micro")
    client.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="l",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-east-1a", "us-east-1b"],
    )
    arn = client.describe_auto_scaling_groups()["AutoScalingGroups"][0]["AutoScalingGroupARN"]
    assert aws.judge("autoscaling.groups_span_zones") == {arn: ("holds", "over us-east-1a, us-east-1b")}


@pytest.mark.parametrize("check", ["eks.secrets_are_encrypted_under_a_kms_key", "autoscaling.groups_span_zones"])
def test_where_there_is_none_nothing_is_judged(aws: Emulator, check: str) -> None:
    assert aws.verdicts(check) == {"region:us-east-1": "not applicable"}

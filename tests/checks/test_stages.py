"""Resources whose own tags declare them as development, or as alone by design: in every check that counts zones."""

from datetime import UTC, datetime

import pytest

from checks import autoscaling, efs, eks, fsx, kafka, redshift
from checks.autoscaling import Group
from checks.ec2.evidence import Subnet
from checks.ecs import services
from checks.ecs.evidence import Service, Task
from checks.rds import databases
from checks.stages import DEVELOPMENT, KEY, Tag, alone_by_design, in_development
from scanner import NotApplicable
from tests.checks.answers import judge_all
from tests.checks.test_rds import cluster, instance
from tests.emulator import ACCOUNT, Emulator

TEST = [{"key": "Environment", "value": "Test"}]
SAYS = NotApplicable("the tag Environment says Test")


@pytest.mark.parametrize(
    ("key", "value", "verdict"),
    [
        ("environment", "dev", NotApplicable("the tag environment says dev")),
        ("ENVIRONMENT", "Sandbox", NotApplicable("the tag ENVIRONMENT says Sandbox")),
        ("environment", "production", None),
        ("environment", "staging", None),
        ("environment", "device-registry", None),
        ("environment", "", None),
        ("stage", "dev", None),
    ],
)
def test_what_counts_as_development(key: str, value: str, verdict: NotApplicable | None) -> None:
    assert in_development([Tag(key=key, value=value)], KEY, DEVELOPMENT) == verdict


def test_a_reason_has_words() -> None:
    told = NotApplicable("one by design, says the tag single-by-design: licence")
    assert alone_by_design([Tag(key="single-by-design", value="licence")], "single-by-design") == told
    assert alone_by_design([Tag(key="single-by-design", value=" ")], "single-by-design") is None


def test_declared_through_a_client(aws: Emulator) -> None:
    """The tags are in the listing itself: nothing more is asked."""
    rds, made = aws.client("rds"), {}
    for stage in ("dev", "production"):
        made[stage] = rds.create_db_instance(
            DBInstanceIdentifier=stage,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            MasterUsername="u",
            MasterUserPassword="not-a-secret",
            AllocatedStorage=20,
            Tags=[{"Key": "environment", "Value": stage}],
        )["DBInstance"]["DBInstanceArn"]
    assert judge_all(aws, "rds", ["instances_have_a_standby"])["instances_have_a_standby"] == {
        made["dev"]: ("not applicable", "the tag environment says dev"),
        made["production"]: ("fails", "the instance is in one Availability Zone"),
    }
    client = aws.client("autoscaling")
    client.create_launch_configuration(LaunchConfigurationName="l", ImageId="ami-12c6146b", InstanceType="t3.micro")
    client.create_auto_scaling_group(
        AutoScalingGroupName="one",
        LaunchConfigurationName="l",
        MinSize=0,
        MaxSize=0,
        AvailabilityZones=["us-east-1a"],
        Tags=[{"Key": "single-by-design", "Value": "a licence for one machine", "PropagateAtLaunch": False}],
    )
    told = judge_all(aws, "autoscaling", ["groups_span_zones"])["groups_span_zones"]
    assert list(told.values()) == [
        ("not applicable", "one by design, says the tag single-by-design: a licence for one machine")
    ]


def group(**changes: object) -> Group:
    fields = {
        "auto_scaling_group_name": "web",
        "auto_scaling_group_arn": f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/web",
        "min_size": 1,
        "max_size": 1,
        "desired_capacity": 1,
        "availability_zones": ["a"],
        "health_check_type": "EC2",
        "target_group_arns": ["t"],
    }
    return Group.model_validate(fields | changes, strict=False)


def test_groups() -> None:
    one = group(tags=TEST)
    assert autoscaling.groups_span_zones(one, autoscaling.node_zones([one])) == SAYS
    assert autoscaling.groups_can_lose_an_instance(one) == SAYS
    alone = group(tags=[{"key": "single-by-design", "value": "leader"}])
    told = NotApplicable("one by design, says the tag single-by-design: leader")
    assert autoscaling.groups_can_lose_an_instance(alone) == told
    assert autoscaling.groups_follow_demand(alone, [], [], datetime(2026, 11, 23, tzinfo=UTC)) == told


def test_databases_and_files() -> None:
    assert databases.instances_have_a_standby(instance(tag_list=TEST)) == SAYS
    members = [{"db_instance_identifier": "one"}]
    assert databases.clusters_span_zones(cluster(tag_list=TEST, db_cluster_members=members), [instance()]) == SAYS
    system = {"file_system_id": "f", "file_system_arn": "a", "encrypted": True, "availability_zone_name": "a"}
    assert efs.file_systems_span_zones(efs.FileSystem.model_validate(system | {"tags": TEST}, strict=False)) == SAYS
    windows = {"deployment_type": "SINGLE_AZ_2"}
    other = {"resource_arn": "a", "file_system_id": "f", "file_system_type": "WINDOWS", "tags": TEST}
    found = fsx.FileSystem.model_validate(other | {"windows_configuration": windows}, strict=False)
    assert fsx.file_systems_span_zones(found) == SAYS
    house = {
        "cluster_identifier": "c",
        "encrypted": True,
        "publicly_accessible": False,
        "automated_snapshot_retention_period": 1,
        "tags": TEST,
    }
    assert redshift.clusters_can_go_to_another_zone(redshift.Cluster.model_validate(house, strict=False)) == SAYS


def test_clusters_of_brokers_and_nodes() -> None:
    tags = {"Environment": "Test"}
    brokers = {"broker_node_group_info": {"client_subnets": ["a"]}}
    log = {"cluster_arn": "a", "cluster_name": "c", "cluster_type": "PROVISIONED", "provisioned": brokers, "tags": tags}
    assert kafka.clusters_span_zones(kafka.Cluster.model_validate(log, strict=False)) == SAYS
    nodes = {"arn": "a", "name": "c", "version": "1.33", "tags": tags}
    nodes |= {"resources_vpc_config": {"endpoint_public_access": False}}
    one = eks.NodeGroup(nodegroup_name="n", nodegroup_arn="n", subnets=("s",))
    zones = [Subnet(subnet_id="s", vpc_id="v", availability_zone="a")]
    assert eks.nodes_span_zones(eks.Cluster.model_validate(nodes, strict=False), [one], zones) == SAYS


def test_services() -> None:
    fields = {
        "service_arn": "a",
        "service_name": "web",
        "status": "ACTIVE",
        "desired_count": 1,
        "load_balancers": [{"target_group_arn": "t"}],
        "network_configuration": {"awsvpc_configuration": {"subnets": ["s"]}},
        "tags": TEST,
    }
    one = Service.model_validate(fields, strict=False)
    zones = [Subnet(subnet_id="s", vpc_id="v", availability_zone="a")]
    tasks = [
        Task(task_arn=name, last_status="RUNNING", group="service:web", availability_zone="a") for name in ("1", "2")
    ]
    assert services.services_span_zones(one, zones) == SAYS
    assert services.running_tasks_span_zones(one, tasks) == SAYS
    assert services.services_can_lose_a_task(one) == SAYS

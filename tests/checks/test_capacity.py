"""What is left after the loss of a zone, and quotas for it: against real clients, and as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import capacity
from checks.autoscaling import Group
from checks.capacity import FailoverNeeds, GroupLoad, Need, RegionQuota, RunningInstance, ServiceLoad, region_of
from checks.ec2.evidence import AnyInterface, NetworkInterface
from checks.ecs.evidence import Service, Task
from checks.servicequotas import Ec2Quota, Request, VpcQuota
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
SOME = [AnyInterface(network_interface_id="eni-1")]


def test_through_a_client(aws: Emulator) -> None:
    client = aws.client("autoscaling")
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = aws.client("elbv2").create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)
    targets = made["TargetGroups"][0]["TargetGroupArn"]
    client.create_launch_configuration(LaunchConfigurationName="l", ImageId="ami-12c6146b", InstanceType="t3.micro")
    client.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="l",
        MinSize=3,
        MaxSize=3,
        AvailabilityZones=["us-east-1a"],
        TargetGroupARNs=[targets],
    )
    aws.client("cloudwatch").put_metric_data(
        Namespace="AWS/EC2",
        MetricData=[
            {
                "MetricName": "CPUUtilization",
                "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "web"}],
                "Value": 40.0,
                "Timestamp": datetime.now(UTC) - timedelta(hours=5),
            }
        ],
    )
    names = [
        "groups_can_lose_a_zone",
        "services_can_lose_a_zone",
        "quotas_allow_for_a_lost_zone",
        "other_regions_have_the_quota_of_the_largest",
        "room_after_a_lost_zone",
    ]
    told = judge_all(aws, "capacity", names)
    assert list(told[names[0]].values()) == [("fails", "all 3 are in us-east-1a")]
    assert told[names[1]] == {REGION: ("not applicable", "there is none: ecs:DescribeServices listed nothing")}
    room = "6 of 5000 Network interfaces per Region (3 used, 3 of them in us-east-1a)"
    assert told[names[2]] == {REGION: ("holds", room)}
    assert told[names[3]] == {
        f"account:{ACCOUNT}": (
            "not applicable",
            "instances run in us-east-1 alone",
        )
    }
    assert told[names[4]] == {REGION: ("told", f"after the loss of a zone: {room}")}


def test_zones_side_by_side(aws: Emulator) -> None:
    """moto says of no task where it runs, and places the instances of groups by chance."""
    cluster = aws.client("ecs").create_cluster(clusterName="c")["cluster"]["clusterArn"]
    of_groups = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:autoScalingGroup:u:autoScalingGroupName/"
    of_services = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/c/"
    behind = [{"targetGroupArn": "t", "containerName": "c", "containerPort": 80}]
    dev = {"Key": "environment", "Value": "dev", "ResourceType": "auto-scaling-group"}
    placed = {"good": "ab", "bad": "aab", "lone": "a", "toy": "aa"}
    load = {"good": 40.0, "bad": 40.0, "lone": 90.0, "toy": 90.0}
    groups = [
        {
            "AutoScalingGroupName": name,
            "AutoScalingGroupARN": of_groups + name,
            "MinSize": 1,
            "MaxSize": 9,
            "DesiredCapacity": len(zones),
            "DefaultCooldown": 300,
            "AvailabilityZones": ["us-east-1a", "us-east-1b"],
            "HealthCheckType": "ELB",
            "CreatedTime": "2026-01-01T00:00:00Z",
            "TargetGroupARNs": ["t"],
            "Tags": [dev] if name == "toy" else [],
            "Instances": [
                {
                    "InstanceId": f"i-{name}-{number}",
                    "AvailabilityZone": f"us-east-1{zone}",
                    "LifecycleState": "InService",
                    "HealthStatus": "Healthy",
                    "ProtectedFromScaleIn": False,
                }
                for number, zone in enumerate(zones)
            ],
        }
        for name, zones in placed.items()
    ]
    outside = {"status": "PRIMARY", "taskDefinition": "t:1", "launchType": "FARGATE", "loadBalancers": behind}
    services = [
        {
            "serviceArn": of_services + name,
            "serviceName": name,
            "clusterArn": cluster,
            "status": "ACTIVE",
            "desiredCount": len(zones),
            "tags": [{"key": "environment", "value": "dev"}] if name == "toy" else [],
            # One of them is deployed from outside ECS: then its task set says what is before it.
            **({"taskSets": [outside]} if name == "bad" else {"loadBalancers": behind}),
        }
        for name, zones in placed.items()
    ]
    tasks = [
        {"taskArn": f"{name}-{n}", "lastStatus": "RUNNING", "group": f"service:{name}", "availabilityZone": zone}
        for name, zones in placed.items()
        for n, zone in enumerate(zones)
    ]
    for namespace, first, of in (("AWS/EC2", [], "AutoScalingGroupName"), ("AWS/ECS", ["ClusterName"], "ServiceName")):
        aws.client("cloudwatch").put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": "CPUUtilization",
                    "Dimensions": [*({"Name": one, "Value": "c"} for one in first), {"Name": of, "Value": name}],
                    "Value": value,
                    "Timestamp": datetime.now(UTC) - timedelta(hours=5),
                }
                for name, value in load.items()
            ],
        )
    with (
        answering("autoscaling", {"DescribeAutoScalingGroups": {"AutoScalingGroups": groups}}),
        answering("ecs", {"ListServices": {"serviceArns": [str(one["serviceArn"]) for one in services]}}),
        answering("ecs", {"DescribeServices": {"services": services, "failures": []}}),
        answering("ecs", {"ListTasks": {"taskArns": [one["taskArn"] for one in tasks]}}),
        answering("ecs", {"DescribeTasks": {"tasks": tasks, "failures": []}}),
    ):
        told = judge_all(aws, "capacity", ["groups_can_lose_a_zone", "services_can_lose_a_zone"])
    busy = "the busiest hour took 40 % of the CPU; without {} it takes {} % of what is left"
    assert told == {
        "groups_can_lose_a_zone": {
            f"{of_groups}good": ("holds", busy.format("us-east-1b", 80)),
            f"{of_groups}bad": ("fails", busy.format("us-east-1a", 120)),
            f"{of_groups}lone": ("not applicable", "1 instances are in service"),
            f"{of_groups}toy": ("not applicable", "the tag environment says dev"),
        },
        "services_can_lose_a_zone": {
            f"{of_services}good": ("holds", busy.format("b", 80)),
            f"{of_services}bad": ("fails", busy.format("a", 120)),
            f"{of_services}lone": ("not applicable", "1 tasks are running"),
            f"{of_services}toy": ("not applicable", "the tag environment says dev"),
        },
    }


def test_quotas_through_a_client(aws: Emulator) -> None:
    """Two instances of four vCPUs in Virginia, one in Ireland."""
    regions = ("us-east-1", "eu-west-1")
    for region, count in zip(regions, (2, 1), strict=True):
        ec2 = aws.client("ec2", region)
        ec2.run_instances(ImageId="ami-12c6146b", InstanceType="m5.xlarge", MinCount=count, MaxCount=count)

    def quota(value: float) -> dict[str, Any]:
        arn = "arn:aws:servicequotas:{region}:{account}:ec2/L-1216C47A"
        named = {"QuotaName": "Standard vCPUs", "QuotaCode": "L-1216C47A", "QuotaArn": arn}
        return {"ListServiceQuotas": {"Quotas": [{**named, "Value": value, "Adjustable": True}]}}

    names = ["quotas_allow_for_a_lost_zone", "other_regions_have_the_quota_of_the_largest"]
    of_ec2 = {"ServiceCode": "ec2"}
    account = f"account:{ACCOUNT}"
    with answering("service-quotas", quota(32), of_ec2):
        assert judge_all(aws, "capacity", names, regions)[names[1]] == {
            account: ("holds", "8 vCPUs run in us-east-1, and as many may run in eu-west-1")
        }
    asked = {"QuotaCode": "L-1216C47A", "QuotaName": "Standard vCPUs", "Id": "r", "Status": "PENDING"}
    with answering("service-quotas", quota(6), of_ec2):
        told = judge_all(aws, "capacity", names, regions)
        assert told[names[1]] == {
            account: ("fails", "8 vCPUs run in us-east-1; fewer are allowed in eu-west-1 6, us-east-1 6")
        }
        short = ("fails", "16 of 6 Standard vCPUs (8 used, 8 of them in us-east-1a)")
        assert told[names[0]]["region:us-east-1"] == short
        with answering("service-quotas", {"ListRequestedServiceQuotaChangeHistory": {"RequestedQuotas": [asked]}}):
            assert judge_all(aws, "capacity", names)[names[0]]["region:us-east-1"][0] == "holds", "more was asked for"


def group(*zones: str, **changes: object) -> Group:
    inside = [
        {"instance_id": f"i-{n}", "availability_zone": z, "lifecycle_state": "InService"} for n, z in enumerate(zones)
    ]
    fields = {
        "auto_scaling_group_name": "web",
        "auto_scaling_group_arn": "g",
        "min_size": 2,
        "max_size": 9,
        "desired_capacity": len(zones),
        "availability_zones": ["a", "b"],
        "health_check_type": "ELB",
        "target_group_arns": ["t"],
        "instances": inside,
    }
    return Group.model_validate(fields | changes, strict=False)


def points(*values: float) -> dict[str, Any]:
    moments = tuple(datetime(2026, 11, 23, tzinfo=UTC) for _ in values)
    return {"id": "m", "status_code": "Complete", "timestamps": moments, "values": values}


@pytest.mark.parametrize(
    ("one", "values", "verdict"),
    [
        (
            group("a", "a", "b"),
            (10.0, 30.0),
            Holds("the busiest hour took 30 % of the CPU; without a it takes 90 % of what is left"),
        ),
        (
            group("a", "a", "b"),
            (10.0, 40.0),
            Fails("the busiest hour took 40 % of the CPU; without a it takes 120 % of what is left"),
        ),
        (
            group("a", "b"),
            (50.0,),
            Holds("the busiest hour took 50 % of the CPU; without b it takes 100 % of what is left"),
        ),
        (group("a", "a"), (1.0,), Fails("all 2 are in a")),
        (group("a", "b"), (), CannotTell("no load was measured in the past 14 days")),
        (group("a"), (90.0,), NotApplicable("1 instances are in service")),
        (group("a", "a", target_group_arns=[]), (1.0,), NotApplicable("the group is behind no load balancer")),
        (
            group("a", "a", tags=[{"key": "environment", "value": "qa"}]),
            (1.0,),
            NotApplicable("the tag environment says qa"),
        ),
    ],
)
def test_groups_can_lose_a_zone(one: Group, values: tuple[float, ...], verdict: Verdict) -> None:
    assert capacity.groups_can_lose_a_zone(one, GroupLoad(**points(*values))) == verdict


def service(**changes: object) -> Service:
    fields = {
        "service_arn": "s",
        "service_name": "web",
        "status": "ACTIVE",
        "desired_count": 2,
        "load_balancers": [{"target_group_arn": "t"}],
    }
    return Service.model_validate(fields | changes, strict=False)


def tasks(*zones: str | None) -> list[Task]:
    return [
        Task(task_arn=str(n), last_status="RUNNING", group="service:web", availability_zone=zone)
        for n, zone in enumerate(zones)
    ]


@pytest.mark.parametrize(
    ("one", "found", "values", "verdict"),
    [
        (
            service(),
            tasks("a", "b"),
            (20.0,),
            Holds("the busiest hour took 20 % of the CPU; without b it takes 40 % of what is left"),
        ),
        (
            service(),
            tasks("a", "b"),
            (80.0,),
            Fails("the busiest hour took 80 % of the CPU; without b it takes 160 % of what is left"),
        ),
        (service(), tasks("a"), (80.0,), NotApplicable("1 tasks are running")),
        (service(), tasks("a", None), (80.0,), NotApplicable("its tasks run outside AWS's zones")),
        (service(load_balancers=[]), tasks("a", "a"), (1.0,), NotApplicable("the service is behind no load balancer")),
        (
            service(tags=[{"key": "environment", "value": "dev"}]),
            tasks("a", "a"),
            (1.0,),
            NotApplicable("the tag environment says dev"),
        ),
    ],
)
def test_services_can_lose_a_zone(one: Service, found: list[Task], values: tuple[float, ...], verdict: Verdict) -> None:
    assert capacity.services_can_lose_a_zone(one, found, ServiceLoad(**points(*values))) == verdict


def instance(kind: str, zone: str, cores: int | None = 4, **changes: object) -> RunningInstance:
    fields = {
        "instance_type": kind,
        "state": {"name": "running"},
        "cpu_options": {"core_count": cores, "threads_per_core": 2} if cores else None,
        "placement": {"availability_zone": zone, "tenancy": "default"},
    }
    return RunningInstance.model_validate(fields | changes)


def test_what_the_standard_quota_counts() -> None:
    """Spot, hosts, accelerators and Macs have quotas of their own; what is stopped counts nowhere."""
    one = "us-east-1a"
    assert [instance(kind, one).counts for kind in ("m7g.large", "im4gn.large", "t3.micro")] == [True] * 3
    assert [instance(kind, one).counts for kind in ("trn1.2xlarge", "mac2.metal", "inf2.xlarge", "p5.48xlarge")] == [
        False
    ] * 4
    assert not instance("m7g.large", one, instance_lifecycle="spot").counts
    assert not instance("m7g.large", one, state={"name": "stopped"}).counts
    assert not instance("m7g.large", one, placement={"availability_zone": one, "tenancy": "host"}).counts


VPC = [VpcQuota(quota_code="L-DF5E4CA3", quota_name="Network interfaces", value=3, adjustable=True)]
EC2 = [Ec2Quota(quota_code="L-1216C47A", quota_name="Standard vCPUs", value=32, adjustable=True)]
CARDS = [NetworkInterface(network_interface_id=z, availability_zone=z) for z in ("a", "b")]
CPUS = Need("Standard vCPUs", "L-1216C47A", 32, 24, 16, "a")


def test_needs_after_a_lost_zone() -> None:
    fleet = [instance("m7g.large", "a"), instance("m7g.large", "a"), instance("m7g.large", "b")]
    cards = Need("Network interfaces", "L-DF5E4CA3", 3, 2, 1, "b")
    assert capacity.failover_needs(VPC, EC2, fleet, CARDS) == FailoverNeeds((cards, CPUS))
    mute = [*fleet, instance("m7g.large", "a", None)]
    assert capacity.failover_needs(VPC, EC2, mute, CARDS) == FailoverNeeds((cards,))


@pytest.mark.parametrize(
    ("needs", "asked", "verdict"),
    [
        ((CPUS,), [], Fails("40 of 32 Standard vCPUs (24 used, 16 of them in a)")),
        ((CPUS,), ["PENDING"], Holds("40 of 32 Standard vCPUs (24 used, 16 of them in a)")),
        ((CPUS,), ["DENIED"], Fails("40 of 32 Standard vCPUs (24 used, 16 of them in a)")),
        ((), [], CannotTell("no quota that can be counted was answered")),
    ],
)
def test_quotas_allow_for_a_lost_zone(needs: tuple[Need, ...], asked: list[str], verdict: Verdict) -> None:
    requests = [Request(id="r", quota_code="L-1216C47A", quota_name="q", status=status) for status in asked]
    assert capacity.quotas_allow_for_a_lost_zone(FailoverNeeds(needs), requests, SOME) == verdict
    empty = NotApplicable("the region has no network interface")
    assert capacity.quotas_allow_for_a_lost_zone(FailoverNeeds(needs), requests, []) == empty


def allowed(region: str, value: float) -> RegionQuota:
    arn = f"arn:aws:servicequotas:{region}:{ACCOUNT}:ec2/L-1216C47A"
    return RegionQuota(quota_code="L-1216C47A", quota_name="q", value=value, quota_arn=arn)


WEST = [instance("m7g.large", "eu-west-1a") for _ in range(8)]
FRANKFURT = [instance("m7g.large", "eu-central-1b")]


@pytest.mark.parametrize(
    ("found", "quotas", "verdict"),
    [
        (
            [*WEST, *FRANKFURT],
            [allowed("eu-west-1", 128), allowed("eu-central-1", 32)],
            Fails("64 vCPUs run in eu-west-1; fewer are allowed in eu-central-1 32"),
        ),
        (
            [*WEST, *FRANKFURT],
            [allowed("eu-west-1", 128), allowed("eu-central-1", 64)],
            Holds("64 vCPUs run in eu-west-1, and as many may run in eu-central-1"),
        ),
        ([*WEST], [allowed("eu-west-1", 128)], NotApplicable("instances run in eu-west-1 alone")),
        ([], [], NotApplicable("instances run in no region alone")),
        (
            [*WEST, *FRANKFURT],
            [allowed("eu-west-1", 128)],
            CannotTell("the quota of eu-central-1 is not listed"),
        ),
        (
            [*WEST, instance("m7g.large", "eu-central-1b", None)],
            [],
            CannotTell("an instance does not say where it runs, or with how many vCPUs"),
        ),
    ],
)
def test_other_regions(found: list[RunningInstance], quotas: list[RegionQuota], verdict: Verdict) -> None:
    assert capacity.other_regions_have_the_quota_of_the_largest(quotas, found) == verdict


def test_regions_apart_are_not_compared() -> None:
    quotas = [allowed("eu-west-1", 128), allowed("eu-central-1", 32)]
    told = capacity.other_regions_have_the_quota_of_the_largest(quotas, [*WEST, *FRANKFURT], apart=("eu-central-1",))
    assert told == NotApplicable("instances run in eu-west-1 alone")


@pytest.mark.parametrize(
    ("zone", "region"),
    [("eu-west-1a", "eu-west-1"), ("us-gov-west-1b", "us-gov-west-1"), ("us-west-2-lax-1a", "us-west-2")],
)
def test_zones_belong_to_regions(zone: str, region: str) -> None:
    assert region_of(zone) == region

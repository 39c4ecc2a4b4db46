"""ECS checks: against real clients, and as tables."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.ec2.evidence import Subnet
from checks.ecs import services, tasks
from checks.ecs.evidence import Cluster, Service, Task, TaskDefinition
from checks.ecs.scaling import ScalableTarget, ScalingPolicy, ScheduledAction, services_follow_demand
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:ecs:us-east-1:{ACCOUNT}:"
WEB = f"{ARN}service/main/web"
REGION = "region:us-east-1"


def test_services_through_a_client(aws: Emulator) -> None:
    ec2, ecs = aws.client("ec2"), aws.client("ecs")
    in_zone = [{"Name": "availability-zone", "Values": ["us-east-1a"]}]
    subnet = ec2.describe_subnets(Filters=in_zone)["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group], "assignPublicIp": "ENABLED"}}
    ecs.create_cluster(clusterName="main", settings=[{"name": "containerInsights", "value": "disabled"}])
    ecs.create_cluster(clusterName="empty")
    ecs.register_task_definition(
        family="web",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "web",
                "image": "nginx",
                "memory": 256,
                "privileged": True,
                "environment": [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "STAGE", "value": "x"}],
            }
        ],
    )
    ecs.create_service(
        cluster="main",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=network,
    )
    wanted = {
        "secrets_are_not_in_plain_variables": ("fails", "named like secrets: DB_PASSWORD"),
        "containers_are_not_privileged": ("fails", "privileged: web"),
        "root_file_systems_are_read_only": ("fails", "may write: web"),
        "tasks_stay_apart_from_their_host": ("holds", "network mode awsvpc"),
        "containers_write_logs": ("fails", "without a log driver: web"),
        "images_come_from_private_registries": ("fails", "from public registries: nginx"),
        "images_are_not_called_latest": ("fails", "not pinned: nginx"),
        "tasks_have_roles": ("not applicable", "a Fargate task without a role has no rights"),
        "shared_files_travel_encrypted": ("not applicable", "no EFS file system is mounted"),
        "broken_containers_are_noticed": ("fails", "no essential container has a health check"),
        "shells_into_tasks_are_logged": ("not applicable", "ECS Exec is off"),
        "services_open_no_shells": ("holds", "ECS Exec is off"),
        "services_span_zones": ("fails", "in us-east-1a alone"),
        "services_have_no_public_addresses": ("fails", "assignPublicIp is ENABLED"),
        "services_can_lose_a_task": ("not applicable", "the service is behind no load balancer"),
        "failed_deployments_roll_back": ("fails", "neither the circuit breaker nor alarms roll back"),  # moto drops it
        "deployments_watch_alarms": ("fails", "no alarm and no hook watches a deployment"),
    }
    assert judge_all(aws, "ecs", wanted) == {name: {WEB: told} for name, told in wanted.items()}
    for _ in range(2):
        ecs.run_task(
            cluster="main",
            taskDefinition="web",
            launchType="FARGATE",
            group="service:web",
            networkConfiguration=network,
        )
    mine = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/main/web",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling = aws.client("application-autoscaling")
    scaling.register_scalable_target(MinCapacity=1, MaxCapacity=4, **mine)
    scaling.put_scaling_policy(
        PolicyName="half",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
        **mine,
    )
    no_balancer = {WEB: ("not applicable", "the service is behind no load balancer")}
    assert aws.judge("ecs.services_follow_demand") == no_balancer
    rest = ("running_tasks_span_zones", "clusters_are_measured", "services_by_launch_type", "deployment_strategies")
    told = judge_all(aws, "ecs", rest)
    assert told.pop("running_tasks_span_zones")[WEB][0] == "not applicable", "moto's tasks start late, and nowhere"
    assert told == {
        "clusters_are_measured": {
            f"{ARN}cluster/main": ("not applicable", "nothing runs in the cluster"),  # moto counts no services
            f"{ARN}cluster/empty": ("not applicable", "nothing runs in the cluster"),
        },
        "services_by_launch_type": {REGION: ("told", "1 ECS services: 1 × Fargate")},
        "deployment_strategies": {REGION: ("told", "ECS services are deployed: 1 × ROLLING")},
    }


def test_services_side_by_side(aws: Emulator) -> None:
    """moto keeps task definitions, and drops of a service how it is deployed, and of a task where it stands."""
    ec2, ecs = aws.client("ec2"), aws.client("ecs")
    subnets = {one["AvailabilityZone"][-1]: one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]}
    main = ecs.create_cluster(clusterName="main")["cluster"]["clusterArn"]
    bare = ecs.create_cluster(clusterName="bare")["cluster"]["clusterArn"]
    image = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/c:1.2"

    def defined(name: str, container: dict[str, Any], **more: Any) -> str:
        own = {"name": name, "image": image, "memory": 256, **container}
        made = ecs.register_task_definition(family=name, containerDefinitions=[own], **more)
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def volume(**how: str) -> list[dict[str, Any]]:
        return [{"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1", **how}}]

    logs = {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "us-east-1"}}
    definition_of = {
        "good": defined(
            "good",
            {"readonlyRootFilesystem": True, "logConfiguration": logs, "healthCheck": {"command": ["CMD", "true"]}},
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/good",
            volumes=volume(transitEncryption="ENABLED"),
        ),
        "bad": defined("bad", {"logConfiguration": {"logDriver": "none"}}, networkMode="host", volumes=volume()),
        "windows": defined(
            "windows",
            {"logConfiguration": logs},
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        ),
    }
    behind = [{"targetGroupArn": "t", "containerName": "c", "containerPort": 80}]
    network = {"awsvpcConfiguration": {"subnets": [subnets["a"], subnets["b"]], "assignPublicIp": "DISABLED"}}
    rolling = {
        "strategy": "ROLLING",
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": False},
    }
    no_rollback = {
        "strategy": "ROLLING",
        "deploymentCircuitBreaker": {"enable": True, "rollback": False},
        "lifecycleHooks": [{"targetType": "PAUSE"}],
    }

    def service(name: str, definition: str, desired: int = 2, **more: Any) -> dict[str, Any]:
        return {
            "serviceArn": f"{ARN}service/main/{name}",
            "serviceName": name,
            "clusterArn": main,
            "status": "ACTIVE",
            "desiredCount": desired,
            "schedulingStrategy": "REPLICA",
            "deploymentController": {"type": "ECS"},
            "taskDefinition": definition_of[definition],
            "loadBalancers": behind,
            **more,
        }

    fargate: dict[str, Any] = {"launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux"}
    in_one_zone = {"awsvpcConfiguration": {"subnets": [subnets["a"]], "assignPublicIp": "DISABLED"}}
    outside = {
        "status": "PRIMARY",
        "taskDefinition": definition_of["good"],
        "launchType": "FARGATE",
        "platformVersion": "1.3.0",
        "networkConfiguration": network,
        "loadBalancers": behind,
    }
    leaving = outside | {"status": "DRAINING", "platformVersion": "1.2.0"}
    found = [
        service(
            "good",
            "good",
            deploymentConfiguration=rolling,
            networkConfiguration=network,
            enableExecuteCommand=True,
            **fargate,
        ),
        service("bad", "bad", 1, launchType="EC2", deploymentConfiguration=no_rollback, enableExecuteCommand=True),
        service(
            "outside", "good", deploymentController={"type": "EXTERNAL"}, loadBalancers=[], taskSets=[outside, leaving]
        ),
        service(
            "toy", "good", 1, networkConfiguration=in_one_zone, tags=[{"key": "Environment", "value": "dev"}], **fargate
        ),
        service("agent", "windows", 0, launchType="EC2", loadBalancers=[], schedulingStrategy="DAEMON"),
    ]
    names = [str(one["serviceName"]) for one in found]
    zones = (("good", "a"), ("good", "b"), ("bad", "a"), ("bad", "a"), ("toy", "a"), ("toy", "a"), ("outside", "a"))
    tasks = [
        {
            "taskArn": f"{ARN}task/main/{number}",
            "lastStatus": "RUNNING",
            "group": f"service:{name}",
            "availabilityZone": f"us-east-1{zone}",
        }
        for number, (name, zone) in enumerate(zones)
    ]
    clusters = [
        {
            "clusterArn": arn,
            "clusterName": arn.rpartition("/")[2],
            "runningTasksCount": count,
            "activeServicesCount": 1,
            "settings": [{"name": "containerInsights", "value": value}],
        }
        for arn, count, value in ((main, len(tasks), "enhanced"), (bare, 0, "disabled"))
    ]
    ecs.create_service(cluster="main", serviceName="good", taskDefinition="good", desiredCount=2)
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/main/good",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=2,
        MaxCapacity=4,
    )
    aws.client("application-autoscaling").put_scaling_policy(
        ServiceNamespace="ecs",
        ResourceId="service/main/good",
        ScalableDimension="ecs:service:DesiredCount",
        PolicyName="half",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
    )
    on_fargate = dict.fromkeys(("good", "outside", "toy"), ("holds", "network mode awsvpc"))
    no_plain = ("holds", "no plain variable is named so")
    from_ecr = ("holds", f"from {ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com")
    pinned = ("holds", "every image has a tag or digest")
    closed, not_run_by_ecs = ("holds", "ECS Exec is off"), ("not applicable", "the deployment controller is EXTERNAL")
    not_behind = ("not applicable", "the service is behind no load balancer")
    in_development = ("not applicable", "the tag Environment says dev")
    of_good = ("good", "outside", "toy")
    wanted: dict[str, dict[str, tuple[str, str]]] = {
        "secrets_are_not_in_plain_variables": dict.fromkeys(names, no_plain),
        "containers_are_not_privileged": {
            **dict.fromkeys(names, ("holds", "no container is privileged")),
            "agent": ("not applicable", "Windows containers cannot be privileged"),
        },
        "root_file_systems_are_read_only": {
            **dict.fromkeys(of_good, ("holds", "every container's is read-only")),
            "bad": ("fails", "may write: bad"),
            "agent": ("not applicable", "not to be had for Windows containers"),
        },
        "tasks_stay_apart_from_their_host": {
            **on_fargate,
            "bad": ("fails", "host: network mode"),
            "agent": ("holds", "network mode bridge"),  # moto's default; AWS's is "default" for Windows
        },
        "containers_write_logs": {
            **dict.fromkeys(names, ("holds", "every essential container has one")),
            "bad": ("fails", "the log driver is none: bad"),
        },
        "images_come_from_private_registries": dict.fromkeys(names, from_ecr),
        "images_are_not_called_latest": dict.fromkeys(names, pinned),
        "tasks_have_roles": {
            **dict.fromkeys(of_good, ("holds", "the role is good")),
            **dict.fromkeys(("bad", "agent"), ("fails", "no task role")),
        },
        "shared_files_travel_encrypted": {
            **dict.fromkeys(of_good, ("holds", "every EFS volume is mounted over TLS")),
            "bad": ("fails", "in the clear: files"),
            "agent": ("not applicable", "no EFS file system is mounted"),
        },
        "broken_containers_are_noticed": {
            **dict.fromkeys(names, ("holds", "a load balancer asks its targets")),
            "agent": ("fails", "no essential container has a health check"),
        },
        "shells_into_tasks_are_logged": {
            **dict.fromkeys(names, ("not applicable", "ECS Exec is off")),
            "good": ("holds", "through the task's awslogs driver"),
            "bad": ("fails", "no awslogs driver takes it"),
        },
        "services_open_no_shells": {
            **dict.fromkeys(names, closed),
            **dict.fromkeys(("good", "bad"), ("fails", "ECS Exec is on")),
        },
        "services_span_zones": {
            **dict.fromkeys(names, ("not applicable", "its tasks stand where the cluster's instances stand")),
            **dict.fromkeys(("good", "outside"), ("holds", "in us-east-1a, us-east-1b")),
            "toy": in_development,
        },
        "running_tasks_span_zones": {
            "good": ("holds", "2 tasks in us-east-1a, us-east-1b"),
            "bad": ("fails", "2 tasks in us-east-1a"),
            "outside": ("not applicable", "1 tasks are running"),
            "toy": in_development,
            "agent": ("not applicable", "one task runs on each instance"),
        },
        "services_can_lose_a_task": {
            **dict.fromkeys(("good", "outside"), ("holds", "2 tasks")),
            "bad": ("fails", "one task"),
            "toy": in_development,
            "agent": not_behind,
        },
        "services_have_no_public_addresses": {
            **dict.fromkeys(names, ("not applicable", "its tasks have no network interfaces of their own")),
            **dict.fromkeys(of_good, ("holds", "assignPublicIp is DISABLED")),
        },
        "failed_deployments_roll_back": {
            **dict.fromkeys(names, ("fails", "neither the circuit breaker nor alarms roll back")),
            "good": ("holds", "rolled back by the circuit breaker"),
            "bad": ("fails", "the circuit breaker stops a failed deployment and does not roll it back"),
            "outside": not_run_by_ecs,
        },
        "deployments_watch_alarms": {
            **dict.fromkeys(names, ("fails", "no alarm and no hook watches a deployment")),
            "good": ("holds", "alarms: errors"),
            "outside": not_run_by_ecs,
        },
        "fargate_is_current": {
            **dict.fromkeys(names, ("not applicable", "the service does not run on Fargate")),
            **dict.fromkeys(("good", "toy"), ("holds", "version 1.4.0")),
            "outside": ("fails", "version 1.3.0"),
        },
        "services_follow_demand": {
            "good": ("holds", "policies: half"),
            "bad": ("fails", "1 tasks, whatever the demand"),
            "outside": ("fails", "2 tasks, whatever the demand"),
            "toy": ("fails", "1 tasks, whatever the demand"),
            "agent": not_behind,
        },
    }
    with (
        answering("ecs", {"DescribeClusters": {"clusters": clusters, "failures": []}}),
        answering("ecs", {"ListServices": {"serviceArns": [one["serviceArn"] for one in found]}}, {"cluster": main}),
        answering("ecs", {"DescribeServices": {"services": found, "failures": []}}),
        answering("ecs", {"ListTasks": {"taskArns": [one["taskArn"] for one in tasks]}}, {"cluster": main}),
        answering("ecs", {"DescribeTasks": {"tasks": tasks, "failures": []}}),
    ):
        told = judge_all(aws, "ecs", [*wanted, "clusters_are_measured"])
    assert told.pop("clusters_are_measured") == {
        main: ("holds", "Container Insights: enhanced"),
        bare: ("fails", "Container Insights: disabled"),
    }
    assert told == {
        name: {f"{ARN}service/main/{one}": verdict for one, verdict in by_service.items()}
        for name, by_service in wanted.items()
    }


def test_no_cluster_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("ecs.services_span_zones") == {REGION: "not applicable"}
    assert aws.judge("ecs.services_by_launch_type") == {}


def service(**changes: object) -> Service:
    fields = {
        "service_arn": WEB,
        "service_name": "web",
        "status": "ACTIVE",
        "desired_count": 2,
        "launch_type": "FARGATE",
        "task_definition": "t:1",
    }
    return Service.model_validate(fields | changes, strict=False)


def definition(*containers: Mapping[str, object], **changes: object) -> TaskDefinition:
    made = [
        {"name": "c", "image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/c:1"} | dict(one)
        for one in containers or ({},)
    ]
    return TaskDefinition.model_validate(
        {"task_definition_arn": "t:1", "container_definitions": made, **changes}, strict=False
    )


ON_EC2 = service(launch_type="EC2")
MOVED = service(task_sets=[{"status": "PRIMARY", "task_definition": "t:2"}])
WINDOWS = {"runtime_platform": {"operating_system_family": "WINDOWS_SERVER_2022_CORE"}}
LOGS = {"log_configuration": {"log_driver": "awslogs"}}
UNSEEN = CannotTell("its primary task set runs t:2, which was not read")


@pytest.mark.parametrize(
    ("function", "one", "found", "verdict"),
    [
        ("secrets_are_not_in_plain_variables", service(), definition(), Holds("no plain variable is named so")),
        ("secrets_are_not_in_plain_variables", MOVED, definition(), UNSEEN),
        ("containers_are_not_privileged", service(), definition(), Holds("no container is privileged")),
        (
            "containers_are_not_privileged",
            service(),
            definition(**WINDOWS),
            NotApplicable("Windows containers cannot be privileged"),
        ),
        (
            "root_file_systems_are_read_only",
            service(),
            definition({"readonly_root_filesystem": True}),
            Holds("every container's is read-only"),
        ),
        (
            "tasks_stay_apart_from_their_host",
            service(),
            definition(network_mode="host", pid_mode="host"),
            Fails("host: network mode, pid mode"),
        ),
        ("containers_write_logs", service(), definition(LOGS), Holds("every essential container has one")),
        (
            "containers_write_logs",
            service(),
            definition(
                LOGS, {"name": "sidecar", "essential": False}, {"firelens_configuration": {"type": "fluentbit"}}
            ),
            Holds("every essential container has one"),
        ),
        (
            "containers_write_logs",
            ON_EC2,
            definition(),
            CannotTell("the instance's Docker daemon decides for c, which name no log driver"),
        ),
        ("containers_write_logs", ON_EC2, definition(LOGS), Holds("every essential container has one")),
        (
            "containers_write_logs",
            ON_EC2,
            definition({"log_configuration": {"log_driver": "none"}}),
            Fails("the log driver is none: c"),
        ),
        (
            "secrets_are_not_in_plain_variables",
            service(),
            definition({"environment_files": [{}]}),
            CannotTell("more variables stand in files in a bucket: c"),
        ),
        (
            "broken_containers_are_noticed",
            service(),
            definition({"health_check": {"command": ["NONE"]}}),
            Fails("no essential container has a health check"),
        ),
        (
            "images_come_from_private_registries",
            service(),
            definition({}, {"image": "public.ecr.aws/xray/aws-xray-daemon:3"}),
            Holds(f"from {ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com, public.ecr.aws"),
        ),
        (
            "images_come_from_private_registries",
            service(),
            definition({"image": "ghcr.io/x/y:1"}, {"image": "library/redis"}),
            Fails("from public registries: ghcr.io/x/y:1, library/redis"),
        ),
        (
            "images_come_from_private_registries",
            service(),
            definition({"image": "x/y:1", "repository_credentials": {"credentials_parameter": "arn"}}),
            Holds("from docker.io"),
        ),
        (
            "images_come_from_private_registries",
            service(),
            definition({"image": "harbor.example.com/c:1"}),
            CannotTell("whether everybody may pull is not known: harbor.example.com/c:1"),
        ),
        ("images_are_not_called_latest", service(), definition(), Holds("every image has a tag or digest")),
        (
            "images_are_not_called_latest",
            service(),
            definition({"image": "localhost:5000/c"}, {"image": "c:latest"}, {"image": "c@sha256:1"}),
            Fails("not pinned: c:latest, localhost:5000/c"),
        ),
        ("tasks_have_roles", ON_EC2, definition(), Fails("no task role")),
        ("tasks_have_roles", ON_EC2, definition(task_role_arn="arn:aws:iam::1:role/r"), Holds("the role is r")),
        (
            "shared_files_travel_encrypted",
            service(),
            definition(volumes=[{"name": "v", "efs_volume_configuration": {}}]),
            Fails("in the clear: v"),
        ),
        (
            "shared_files_travel_encrypted",
            service(),
            definition(volumes=[{"name": "v", "efs_volume_configuration": {"transit_encryption": "ENABLED"}}]),
            Holds("every EFS volume is mounted over TLS"),
        ),
        (
            "broken_containers_are_noticed",
            service(),
            definition({"health_check": {"command": ["CMD", "true"]}}),
            Holds("health checks: c"),
        ),
        (
            "broken_containers_are_noticed",
            service(load_balancers=[{"target_group_arn": "t"}]),
            definition(),
            Holds("a load balancer asks its targets"),
        ),
    ],
)
def test_task_definitions(function: str, one: Service, found: TaskDefinition, verdict: Verdict) -> None:
    assert getattr(tasks, function)(one, found) == verdict


def cluster(logging: str | None = None) -> Cluster:
    fields: dict[str, Any] = {
        "cluster_arn": "c",
        "cluster_name": "c",
        "running_tasks_count": 1,
        "active_services_count": 1,
    }
    if logging:
        fields["configuration"] = {"execute_command_configuration": {"logging": logging}}
    return Cluster.model_validate(fields)


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ((), Fails("Container Insights: not set")),
        (({"name": "containerInsights", "value": "disabled"},), Fails("Container Insights: disabled")),
        (({"name": "containerInsights", "value": "enhanced"},), Holds("Container Insights: enhanced")),
    ],
)
def test_clusters_are_measured(settings: tuple[dict[str, str], ...], verdict: Verdict) -> None:
    fields = cluster().model_dump() | {"settings": settings}
    assert services.clusters_are_measured(Cluster.model_validate(fields)) == verdict


@pytest.mark.parametrize(
    ("found", "where", "verdict"),
    [
        (definition(LOGS), cluster(), Holds("through the task's awslogs driver")),
        (definition(), cluster(), Fails("no awslogs driver takes it")),
        (definition(LOGS), cluster("NONE"), Fails("the cluster logs none of it")),
        (definition(), cluster("OVERRIDE"), Holds("the cluster says where they are logged")),
    ],
)
def test_shells_into_tasks_are_logged(found: TaskDefinition, where: Cluster, verdict: Verdict) -> None:
    one = service(enable_execute_command=True)
    assert tasks.shells_into_tasks_are_logged(one, found, where) == verdict
    assert services.services_open_no_shells(one) == Fails("ECS Exec is on")


def vpc(*subnets: str) -> dict[str, object]:
    return {"network_configuration": {"awsvpc_configuration": {"subnets": subnets}}}


SUBNETS = [Subnet(subnet_id=f"s-{zone}", vpc_id="v", availability_zone=f"us-east-1{zone}") for zone in "ab"]


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (service(**vpc("s-a", "s-b")), Holds("in us-east-1a, us-east-1b")),
        (service(**vpc("s-a")), Fails("in us-east-1a alone")),
        (service(**vpc("s-a", "s-x")), CannotTell("not all of its subnets are among those that EC2 lists here")),
        (service(), NotApplicable("its tasks stand where the cluster's instances stand")),
        (service(launch_type="EXTERNAL", **vpc("s-a")), NotApplicable("its tasks run outside AWS")),
    ],
)
def test_services_span_zones(one: Service, verdict: Verdict) -> None:
    assert services.services_span_zones(one, SUBNETS) == verdict


def task(zone: str | None, status: str = "RUNNING", group: str = "service:web") -> Task:
    return Task(task_arn="t", last_status=status, group=group, availability_zone=zone)


@pytest.mark.parametrize(
    ("one", "found", "verdict"),
    [
        (service(), [task("a"), task("b")], Holds("2 tasks in a, b")),
        (service(), [task("a"), task("a"), task("b", "STOPPED"), task("b", group="service:x")], Fails("2 tasks in a")),
        (service(), [task("a")], NotApplicable("1 tasks are running")),
        (service(), [task(None), task(None)], NotApplicable("its tasks run outside AWS's zones")),
        (service(scheduling_strategy="DAEMON"), [], NotApplicable("one task runs on each instance")),
    ],
)
def test_running_tasks_span_zones(one: Service, found: list[Task], verdict: Verdict) -> None:
    assert services.running_tasks_span_zones(one, found) == verdict


PUBLIC = {"network_configuration": {"awsvpc_configuration": {"subnets": ["s-a"], "assign_public_ip": "ENABLED"}}}
FROM_OUTSIDE = service(
    desired_count=1,
    deployment_controller={"type": "EXTERNAL"},
    task_sets=[
        {"status": "PRIMARY", "task_definition": "t:1", "load_balancers": [{"target_group_arn": "t"}], **PUBLIC}
    ],
)
BEHIND = {"load_balancers": [{"target_group_arn": "t"}]}


def deployed(**how: object) -> Service:
    return service(deployment_configuration=how)


OFF, ON = {"enable": True, "rollback": False}, {"enable": True, "rollback": True}


@pytest.mark.parametrize(
    ("function", "one", "verdict"),
    [
        ("services_can_lose_a_task", service(**BEHIND), Holds("2 tasks")),
        ("services_can_lose_a_task", service(desired_count=1, **BEHIND), Fails("one task")),
        ("services_can_lose_a_task", service(desired_count=0, **BEHIND), NotApplicable("no number of tasks is wanted")),
        ("services_have_no_public_addresses", service(**vpc("s-a")), Holds("assignPublicIp is DISABLED")),
        ("services_have_no_public_addresses", FROM_OUTSIDE, Fails("assignPublicIp is ENABLED")),
        ("services_can_lose_a_task", FROM_OUTSIDE, Fails("one task")),
        (
            "services_have_no_public_addresses",
            service(),
            NotApplicable("its tasks have no network interfaces of their own"),
        ),
        (
            "deployments_watch_alarms",
            deployed(alarms={"alarm_names": [], **ON}),
            Fails("no alarm and no hook watches a deployment"),
        ),
        (
            "failed_deployments_roll_back",
            deployed(deployment_circuit_breaker=OFF),
            Fails("the circuit breaker stops a failed deployment and does not roll it back"),
        ),
        (
            "failed_deployments_roll_back",
            deployed(deployment_circuit_breaker=ON),
            Holds("rolled back by the circuit breaker"),
        ),
        ("failed_deployments_roll_back", service(), Fails("neither the circuit breaker nor alarms roll back")),
        ("failed_deployments_roll_back", deployed(alarms={"alarm_names": ["x"], **ON}), Holds("rolled back by alarms")),
        (
            "failed_deployments_roll_back",
            deployed(strategy="BLUE_GREEN"),
            NotApplicable("a BLUE_GREEN deployment keeps the old tasks until it is over"),
        ),
        (
            "failed_deployments_roll_back",
            service(deployment_controller={"type": "CODE_DEPLOY"}),
            NotApplicable("the deployment controller is CODE_DEPLOY"),
        ),
        ("deployments_watch_alarms", deployed(alarms={"alarm_names": ["x"], **OFF}), Holds("alarms: x")),
        (
            "deployments_watch_alarms",
            deployed(lifecycle_hooks=[{"target_type": "AWS_LAMBDA"}]),
            Holds("1 lifecycle hooks"),
        ),
        ("fargate_is_current", service(platform_version="1.3.0"), Fails("version 1.3.0")),
        ("fargate_is_current", service(platform_version="LATEST"), Holds("version LATEST")),
        ("fargate_is_current", service(platform_version="1.0.0", platform_family="Windows"), Holds("version 1.0.0")),
        ("fargate_is_current", ON_EC2, NotApplicable("the service does not run on Fargate")),
    ],
)
def test_services(function: str, one: Service, verdict: Verdict) -> None:
    assert getattr(services, function)(one) == verdict


MINE = "service/c/web"


def target(**changes: object) -> ScalableTarget:
    return ScalableTarget.model_validate({"resource_id": MINE, "min_capacity": 1, "max_capacity": 4} | changes)


HALF = ScalingPolicy(resource_id=MINE, policy_name="half", policy_type="TargetTrackingScaling")
FORECAST = ScalingPolicy(resource_id=MINE, policy_name="f", policy_type="PredictiveScaling")
STEP = ScalingPolicy(resource_id=MINE, policy_name="step", policy_type="StepScaling")
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def planned(name: str, tasks: int, schedule: str = "cron(0 20 * * ? *)", **changes: object) -> ScheduledAction:
    fields = {"resource_id": MINE, "scheduled_action_name": name, "schedule": schedule}
    return ScheduledAction.model_validate(fields | {"scalable_target_action": {"max_capacity": tasks}} | changes)


DAY, NIGHT = planned("day", 8), planned("night", 2)
NO_SCALING = Fails("no policy scales it, and no schedule that comes back with another size")


@pytest.mark.parametrize(
    ("one", "targets", "policies", "actions", "verdict"),
    [
        (service(**BEHIND), [target()], [HALF], [], Holds("policies: half")),
        (service(**BEHIND), [target()], [FORECAST], [DAY, NIGHT], Holds("scheduled: day, night")),
        (service(**BEHIND), [target(min_capacity=4)], [], [DAY, NIGHT], Holds("scheduled: day, night")),
        (service(**BEHIND), [target()], [FORECAST], [NIGHT], NO_SCALING),
        (service(**BEHIND), [target()], [], [NIGHT, planned("once", 8, "at(2026-12-01T00:00:00)")], NO_SCALING),
        (
            service(**BEHIND),
            [target()],
            [],
            [NIGHT, planned("past", 8, end_time=datetime(2026, 1, 1, tzinfo=UTC))],
            NO_SCALING,
        ),
        (service(**BEHIND), [target()], [STEP], [], NO_SCALING),
        (
            service(**BEHIND),
            [target()],
            [ScalingPolicy.model_validate(STEP.model_dump() | {"alarms": ({"alarm_name": "busy"},)})],
            [],
            Holds("policies: step"),
        ),
        (service(**BEHIND), [target()], [FORECAST], [], NO_SCALING),
        (service(**BEHIND), [target(resource_id="service/d/web")], [HALF], [], Fails("2 tasks, whatever the demand")),
        (service(**BEHIND), [target(min_capacity=4)], [HALF], [], Fails("the size is fixed at 4")),
        (
            service(**BEHIND),
            [target(suspended_state={"dynamic_scaling_out_suspended": True})],
            [HALF],
            [],
            Fails("scaling is suspended"),
        ),
        (service(), [], [], [], NotApplicable("the service is behind no load balancer")),
        (service(desired_count=0, **BEHIND), [], [], [], NotApplicable("no number of tasks is wanted")),
    ],
)
def test_services_follow_demand(
    one: Service,
    targets: list[ScalableTarget],
    policies: list[ScalingPolicy],
    actions: list[ScheduledAction],
    verdict: Verdict,
) -> None:
    assert services_follow_demand(one, cluster(), targets, policies, actions, NOW) == verdict

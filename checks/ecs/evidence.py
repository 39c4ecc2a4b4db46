"""What is read of ECS: clusters, their services with the task definition that each runs, and their running tasks."""

from checks.stages import Tag
from scanner import Evidence, Part, Read


class ClusterName(Evidence, read=Read("ecs:ListClusters", "clusterArns")):
    value: str


class Setting(Part):
    name: str
    value: str = ""


class ExecuteCommand(Part):
    logging: str = "DEFAULT"


class Configuration(Part):
    execute_command_configuration: ExecuteCommand | None = None


class Cluster(
    Evidence,
    read=Read(
        "ecs:DescribeClusters",
        "clusters",
        per=ClusterName,
        args={"clusters": "value"},
        fixed={"include": ["CONFIGURATIONS", "SETTINGS"]},
        batch=100,
        match="cluster_arn",
        arn="{cluster_arn}",
    ),
):
    cluster_arn: str
    cluster_name: str
    running_tasks_count: int
    active_services_count: int
    settings: tuple[Setting, ...] = ()
    configuration: Configuration | None = None

    @property
    def logging_of_commands(self) -> str:
        """Where what is done with ECS Exec goes; DEFAULT unless something else is set (ECS API reference)."""
        inner = self.configuration.execute_command_configuration if self.configuration else None
        return inner.logging if inner else "DEFAULT"


class ServiceName(Evidence, read=Read("ecs:ListServices", "serviceArns", per=Cluster, args={"cluster": "cluster_arn"})):
    value: str


class Target(Part):
    target_group_arn: str | None = None
    load_balancer_name: str | None = None


class Strategy(Part):
    capacity_provider: str


class Breaker(Part):
    enable: bool
    rollback: bool


class Alarms(Part):
    enable: bool
    rollback: bool
    alarm_names: tuple[str, ...] = ()


class Hook(Part):
    target_type: str | None = None


class Deployment(Part):
    deployment_circuit_breaker: Breaker | None = None
    alarms: Alarms | None = None
    strategy: str = "ROLLING"
    lifecycle_hooks: tuple[Hook, ...] = ()


class Controller(Part):
    type: str = "ECS"


class Addresses(Part):
    subnets: tuple[str, ...]
    assign_public_ip: str = "DISABLED"  # its default (API reference)


class Network(Part):
    awsvpc_configuration: Addresses | None = None


class TaskSet(Part):
    """What a service runs whose deployments come from outside ECS, or from CodeDeploy."""

    status: str
    task_definition: str
    launch_type: str | None = None
    capacity_provider_strategy: tuple[Strategy, ...] = ()
    platform_version: str | None = None
    platform_family: str | None = None
    load_balancers: tuple[Target, ...] = ()
    network_configuration: Network | None = None


class Service(
    Evidence,
    read=Read(
        "ecs:DescribeServices",
        "services",
        per=ServiceName,
        args={"cluster": "cluster_arn", "services": "value"},
        fixed={"include": ["TAGS"]},  # else the answer holds no tags (API reference)
        batch=10,
        many="services",
        match="service_arn",
        arn="{service_arn}",
    ),
):
    service_arn: str
    service_name: str
    status: str
    desired_count: int
    scheduling_strategy: str = "REPLICA"
    launch_type: str | None = None
    capacity_provider_strategy: tuple[Strategy, ...] = ()
    platform_version: str | None = None
    platform_family: str | None = None
    task_definition: str | None = None
    task_sets: tuple[TaskSet, ...] = ()
    load_balancers: tuple[Target, ...] = ()
    network_configuration: Network | None = None
    deployment_controller: Controller | None = None
    deployment_configuration: Deployment | None = None
    enable_execute_command: bool = False
    tags: tuple[Tag, ...] = ()

    @property
    def controller(self) -> str:
        return self.deployment_controller.type if self.deployment_controller else "ECS"

    @property
    def providers(self) -> frozenset[str]:
        strategies = (self.capacity_provider_strategy, *(one.capacity_provider_strategy for one in self.task_sets))
        return frozenset(one.capacity_provider for strategy in strategies for one in strategy)

    @property
    def on_fargate(self) -> bool:
        types = {self.launch_type, *(one.launch_type for one in self.task_sets)}
        return "FARGATE" in types or bool(self.providers & {"FARGATE", "FARGATE_SPOT"})

    @property
    def platforms(self) -> list[tuple[str, bool]]:
        """The versions of Fargate's platform that it runs on, and whether each is for Windows.

        Where deployments come from outside ECS, each task set says its own.
        """
        every = tuple(one for one in self.task_sets if one.status != "DRAINING") or (self,)
        return [
            (one.platform_version or "LATEST", (one.platform_family or "").upper().startswith("WINDOWS"))
            for one in every
        ]

    @property
    def balanced(self) -> bool:
        """Is it, or what it runs at this moment, behind a load balancer?"""
        return bool(self.load_balancers) or any(one.load_balancers for one in self.task_sets)

    @property
    def addresses(self) -> Addresses | None:
        """Where its tasks stand; those of a deployment from outside say so themselves, the primary ones first."""
        primary = sorted(self.task_sets, key=lambda one: one.status != "PRIMARY")
        networks = (self.network_configuration, *(one.network_configuration for one in primary))
        return next((one.awsvpc_configuration for one in networks if one and one.awsvpc_configuration), None)

    @property
    def gives_public_addresses(self) -> bool:
        networks = (self.network_configuration, *(one.network_configuration for one in self.task_sets))
        found = (one.awsvpc_configuration for one in networks if one is not None)
        return any(one is not None and one.assign_public_ip == "ENABLED" for one in found)

    @property
    def runs_another_definition(self) -> str:
        """The primary task set's definition, where it is not the service's own: a deployment from outside brought it."""
        primary = [one.task_definition for one in self.task_sets if one.status == "PRIMARY"]
        return primary[0] if primary and primary[0] != self.task_definition else ""


class Variable(Part):
    name: str


class EnvironmentFile(Part):
    """A file of variables in a bucket; which it is does not matter here."""


class LogConfiguration(Part):
    log_driver: str


class HealthCheck(Part):
    command: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """`NONE` takes back what the image asks (Docker's reference, HEALTHCHECK)."""
        return self.command[:1] not in ((), ("NONE",))


class Firelens(Part):
    type: str


class Credentials(Part):
    credentials_parameter: str


class Container(Part):
    name: str
    image: str
    essential: bool = True
    privileged: bool = False
    readonly_root_filesystem: bool = False
    user: str | None = None
    environment: tuple[Variable, ...] = ()
    environment_files: tuple[EnvironmentFile, ...] = ()
    log_configuration: LogConfiguration | None = None
    health_check: HealthCheck | None = None
    firelens_configuration: Firelens | None = None
    repository_credentials: Credentials | None = None


class EfsVolume(Part):
    transit_encryption: str = "DISABLED"


class Volume(Part):
    name: str
    efs_volume_configuration: EfsVolume | None = None


class Platform(Part):
    operating_system_family: str = "LINUX"


class TaskDefinition(
    Evidence,
    read=Read("ecs:DescribeTaskDefinition", "taskDefinition", per=Service, args={"taskDefinition": "task_definition"}),
):
    """The task definition that a service runs."""

    task_definition_arn: str
    container_definitions: tuple[Container, ...]
    network_mode: str = "bridge"
    pid_mode: str | None = None
    ipc_mode: str | None = None
    task_role_arn: str | None = None
    volumes: tuple[Volume, ...] = ()
    runtime_platform: Platform | None = None

    @property
    def on_windows(self) -> bool:
        return self.runtime_platform is not None and self.runtime_platform.operating_system_family.startswith("WINDOWS")


class TaskName(Evidence, read=Read("ecs:ListTasks", "taskArns", per=Cluster, args={"cluster": "cluster_arn"})):
    value: str


class Task(
    Evidence,
    read=Read(
        "ecs:DescribeTasks",
        "tasks",
        per=TaskName,
        args={"cluster": "cluster_arn", "tasks": "value"},
        batch=100,
        many="tasks",
        match="task_arn",
    ),
):
    task_arn: str
    last_status: str
    group: str | None = None
    availability_zone: str | None = None

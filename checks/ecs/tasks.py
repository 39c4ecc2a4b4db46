"""What services run: their task definitions, container by container."""

import re

from checks.ecs.evidence import Cluster, Container, Service, TaskDefinition
from checks.names import secret_names
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict, check

# Registries from which everybody pulls. What has no host comes from Docker Hub.
_PUBLIC = frozenset(
    [
        "docker.elastic.co",
        "docker.io",
        "gcr.io",
        "ghcr.io",
        "index.docker.io",
        "k8s.gcr.io",
        "lscr.io",
        "mcr.microsoft.com",
        "nvcr.io",
        "public.ecr.aws",
        "quay.io",
        "registry-1.docker.io",
        "registry.access.redhat.com",
        "registry.gitlab.com",
        "registry.k8s.io",
    ]
)
_ECR = re.compile(r"\d{12}\.dkr[.-]ecr[.-]")


def _unseen(service: Service) -> CannotTell | None:
    """Where the service's own task definition is not what it runs."""
    other = service.runs_another_definition
    return CannotTell(f"its primary task set runs {other}, which was not read") if other else None


def _names(containers: list[Container]) -> str:
    return ", ".join(sorted(one.name for one in containers))


@check(effort="medium")
def secrets_are_not_in_plain_variables(service: Service, definition: TaskDefinition) -> Verdict:
    """No container of a service has a plain environment variable that is named like a secret.

    Why: everybody who may look at the task definition reads its variables, in every revision for ever.
    Fix: move the variable from environment to secrets, with valueFrom a secret or a SecureString parameter.
    """
    if unseen := _unseen(service):
        return unseen
    found = secret_names(one.name for container in definition.container_definitions for one in container.environment)
    if found:
        return Fails(f"named like secrets: {', '.join(found)}")
    filed = [one for one in definition.container_definitions if one.environment_files]
    if filed:
        return CannotTell(f"more variables stand in files in a bucket: {_names(filed)}")
    return Holds("no plain variable is named so")


@check(effort="medium")
def containers_are_not_privileged(service: Service, definition: TaskDefinition) -> Verdict:
    """No container of a service runs privileged.

    Why: a privileged container is root on its host, and on all that runs beside it.
    Fix: register a revision without privileged, and add the one Linux capability that is needed instead.
    """
    if unseen := _unseen(service):
        return unseen
    if definition.on_windows:
        return NotApplicable("Windows containers cannot be privileged")
    found = [one for one in definition.container_definitions if one.privileged]
    return Fails(f"privileged: {_names(found)}") if found else Holds("no container is privileged")


@check(effort="medium")
def root_file_systems_are_read_only(service: Service, definition: TaskDefinition) -> Verdict:
    """Containers of services cannot write to their root file system.

    Why: who gets into a container that may change itself leaves tools and doors there.
    Fix: register a revision with readonlyRootFilesystem, and volumes for what has to be written.
    """
    if unseen := _unseen(service):
        return unseen
    if definition.on_windows:
        return NotApplicable("not to be had for Windows containers")
    found = [one for one in definition.container_definitions if not one.readonly_root_filesystem]
    return Fails(f"may write: {_names(found)}") if found else Holds("every container's is read-only")


@check(effort="medium")
def tasks_stay_apart_from_their_host(service: Service, definition: TaskDefinition) -> Verdict:
    """Tasks of services do not share the network, the processes or the memory of their host.

    Why: from inside such a task, everything on the host can be reached.
    Fix: register a revision with network mode awsvpc and without pidMode and ipcMode host.
    """
    if unseen := _unseen(service):
        return unseen
    shared = [
        f"{name} mode"
        for name, mode in (
            ("network", definition.network_mode),
            ("pid", definition.pid_mode),
            ("ipc", definition.ipc_mode),
        )
        if mode == "host"
    ]
    return Fails(f"host: {', '.join(shared)}") if shared else Holds(f"network mode {definition.network_mode}")


@check(effort="low")
def containers_write_logs(service: Service, definition: TaskDefinition) -> Verdict:
    """Essential containers of services say where their logs go.

    Why: what a task prints is gone with it, or with its instance, unless a log driver takes it somewhere.
    Fix: register a revision with logConfiguration, for example the driver awslogs.
    """
    if unseen := _unseen(service):
        return unseen
    own = [one for one in definition.container_definitions if one.essential and one.firelens_configuration is None]
    off = [one for one in own if one.log_configuration is not None and one.log_configuration.log_driver == "none"]
    silent = [one for one in own if one.log_configuration is None]
    if off:
        return Fails(f"the log driver is none: {_names(off)}")
    if silent and not service.on_fargate:
        return CannotTell(f"the instance's Docker daemon decides for {_names(silent)}, which name no log driver")
    return Fails(f"without a log driver: {_names(silent)}") if silent else Holds("every essential container has one")


@check(effort="medium")
def images_come_from_private_registries(
    service: Service,
    definition: TaskDefinition,
    *,
    trusted: tuple[str, ...] = (
        "public.ecr.aws/aws-observability/",
        "public.ecr.aws/cloudwatch-agent/",
        "public.ecr.aws/xray/",
    ),
    private: tuple[str, ...] = (),
) -> Verdict:
    """Containers of services are pulled from private registries.

    Why: a public image can change or go, and nobody in the house has scanned it.
    Fix: aws ecr create-pull-through-cache-rule, or push a copy to ECR; name that one in the task definition.
    """
    if unseen := _unseen(service):
        return unseen
    open_: set[str] = set()
    unknown: set[str] = set()
    for one in definition.container_definitions:
        host = registry(one.image)
        if one.repository_credentials or one.image.startswith(trusted) or host in private or _ECR.match(host):
            continue
        (open_ if host in _PUBLIC else unknown).add(one.image)
    if open_:
        return Fails(f"from public registries: {', '.join(sorted(open_)[:5])}")
    if unknown:
        return CannotTell(f"whether everybody may pull is not known: {', '.join(sorted(unknown)[:5])}")
    return Holds(f"from {', '.join(sorted({registry(one.image) for one in definition.container_definitions}))}")


def registry(image: str) -> str:
    """The host that an image is pulled from: what stands before the first slash, where it looks like a host."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"


@check(effort="low")
def images_are_not_called_latest(service: Service, definition: TaskDefinition) -> Verdict:
    """Containers of services name a version of their image, or its digest.

    Why: what latest is today is not what was tested, and not what the next task will get.
    Fix: register a revision with image@sha256:… or with a tag that is never moved.
    """
    if unseen := _unseen(service):
        return unseen
    loose = sorted({one.image for one in definition.container_definitions if _moves(one.image)})
    return Fails(f"not pinned: {', '.join(loose[:5])}") if loose else Holds("every image has a tag or digest")


def _moves(image: str) -> bool:
    if "@sha256:" in image:
        return False
    tag = image.rpartition("/")[2].partition(":")[2]
    return tag in ("", "latest")


@check(effort="low")
def tasks_have_roles(service: Service, definition: TaskDefinition) -> Verdict:
    """Tasks of services have a role of their own.

    Why: without one, a task on EC2 works with the rights of the whole instance.
    Fix: register a revision with taskRoleArn.
    """
    if unseen := _unseen(service):
        return unseen
    if definition.task_role_arn:
        return Holds(f"the role is {definition.task_role_arn.rpartition('/')[2]}")
    return NotApplicable("a Fargate task without a role has no rights") if service.on_fargate else Fails("no task role")


@check(effort="low")
def shared_files_travel_encrypted(service: Service, definition: TaskDefinition) -> Verdict:
    """Tasks of services mount EFS file systems over TLS.

    Why: what is read and written goes over the network in the clear otherwise.
    Fix: register a revision with transitEncryption ENABLED in efsVolumeConfiguration.
    """
    if unseen := _unseen(service):
        return unseen
    shared = [one for one in definition.volumes if one.efs_volume_configuration is not None]
    if not shared:
        return NotApplicable("no EFS file system is mounted")
    plain = sorted(
        one.name
        for one in shared
        if one.efs_volume_configuration and one.efs_volume_configuration.transit_encryption != "ENABLED"
    )
    return Fails(f"in the clear: {', '.join(plain)}") if plain else Holds("every EFS volume is mounted over TLS")


@check(effort="low")
def broken_containers_are_noticed(service: Service, definition: TaskDefinition) -> Verdict:
    """Services notice a container that hangs: by a load balancer, or by a health check of its own.

    Why: a process that runs and answers nothing is replaced only if somebody asks it.
    Fix: register a revision with a healthCheck command for the container.
    """
    if unseen := _unseen(service):
        return unseen
    if service.balanced:
        return Holds("a load balancer asks its targets")
    checked = [
        one for one in definition.container_definitions if one.essential and one.health_check and one.health_check.asks
    ]
    return Holds(f"health checks: {_names(checked)}") if checked else Fails("no essential container has a health check")


@check(effort="low")
def shells_into_tasks_are_logged(service: Service, definition: TaskDefinition, cluster: Cluster) -> Verdict:
    """What is done in shells inside tasks is written down.

    Why: a shell in production without a record is a change that nobody can trace.
    Fix: aws ecs update-cluster --cluster NAME --configuration executeCommandConfiguration={logging=OVERRIDE,…}
    """
    if not service.enable_execute_command:
        return NotApplicable("ECS Exec is off")
    logging = cluster.logging_of_commands
    if logging == "OVERRIDE":
        return Holds("the cluster says where they are logged")
    if logging == "NONE":
        return Fails("the cluster logs none of it")
    if unseen := _unseen(service):
        return unseen
    # "If no awslogs log driver is configured in the task definition, the output won't be logged" (ECS API reference).
    drivers = {one.log_configuration.log_driver for one in definition.container_definitions if one.log_configuration}
    return Holds("through the task's awslogs driver") if "awslogs" in drivers else Fails("no awslogs driver takes it")

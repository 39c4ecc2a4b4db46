"""Batch: job definitions and the environments in which jobs run."""

from collections.abc import Iterator

from checks.ec2.evidence import Subnet
from checks.names import secret_names
from checks.stages import DEVELOPMENT, KEY, in_development, tags_of
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class Variable(Part):
    """A variable by its name; its value is not kept."""

    name: str | None = None


class Container(Part):
    privileged: bool = False
    environment: tuple[Variable, ...] = ()


class Security(Part):
    privileged: bool = False


class PodContainer(Part):
    env: tuple[Variable, ...] = ()
    security_context: Security | None = None

    @property
    def as_container(self) -> Container:
        privileged = self.security_context is not None and self.security_context.privileged
        return Container(privileged=privileged, environment=self.env)


class Pod(Part):
    containers: tuple[PodContainer, ...] = ()
    init_containers: tuple[PodContainer, ...] = ()


class EksJob(Part):
    pod_properties: Pod | None = None


class Task(Part):
    containers: tuple[Container, ...] = ()


class EcsJob(Part):
    task_properties: tuple[Task, ...] = ()


class Nodes(Part):
    container: Container | None = None
    ecs_properties: EcsJob | None = None
    eks_properties: EksJob | None = None


class MultiNode(Part):
    node_range_properties: tuple[Nodes, ...] = ()


class JobDefinition(Evidence, read=Read("batch:DescribeJobDefinitions", "jobDefinitions", fixed={"status": "ACTIVE"})):
    job_definition_name: str
    revision: int
    container_properties: Container | None = None
    ecs_properties: EcsJob | None = None
    eks_properties: EksJob | None = None
    node_properties: MultiNode | None = None

    def containers(self) -> Iterator[Container]:
        nodes = self.node_properties.node_range_properties if self.node_properties else ()
        for container in (self.container_properties, *(one.container for one in nodes)):
            if container is not None:
                yield container
        for job in (self.ecs_properties, *(one.ecs_properties for one in nodes)):
            for task in job.task_properties if job else ():
                yield from task.containers
        for of_eks in (self.eks_properties, *(one.eks_properties for one in nodes)):
            if of_eks is not None and of_eks.pod_properties is not None:
                pod = of_eks.pod_properties
                yield from (one.as_container for one in (*pod.containers, *pod.init_containers))


class Resources(Part):
    type: str
    subnets: tuple[str, ...] = ()


class ComputeEnvironment(
    Evidence,
    read=Read("batch:DescribeComputeEnvironments", "computeEnvironments", arn="{compute_environment_arn}"),
):
    compute_environment_arn: str
    state: str | None = None
    compute_resources: Resources | None = None
    tags: dict[str, str] | None = None


def _latest(definitions: list[JobDefinition]) -> list[JobDefinition]:
    """The newest revision of each definition, which is what a job gets that names no revision."""
    newest: dict[str, JobDefinition] = {}
    for one in sorted(definitions, key=lambda each: each.revision):
        newest[one.job_definition_name] = one
    return [newest[name] for name in sorted(newest)]


@check(effort="low")
def secrets_are_not_in_plain_variables(definitions: list[JobDefinition]) -> Verdict:
    """No container of a current job definition has a plain variable that is named like a secret.

    Why: everybody who may look at job definitions reads their variables.
    Fix: register a revision with the variable under secrets instead of environment.
    """
    if not definitions:
        return NotApplicable("there are no job definitions")
    found = [
        f"{one.job_definition_name} ({', '.join(names)})"
        for one in _latest(definitions)
        if (names := secret_names(v.name or "" for container in one.containers() for v in container.environment))
    ]
    if found:
        return Fails(f"named like secrets: {', '.join(found[:5])}")
    return Holds(f"none in {len(_latest(definitions))} job definitions")


@check(effort="medium")
def jobs_are_not_privileged(definitions: list[JobDefinition]) -> Verdict:
    """No container of a current job definition runs privileged.

    Why: a privileged container is root on its host, and on all jobs that run there.
    Fix: register a revision without privileged.
    """
    if not definitions:
        return NotApplicable("there are no job definitions")
    found = [one.job_definition_name for one in _latest(definitions) if any(c.privileged for c in one.containers())]
    return Fails(f"privileged: {', '.join(found[:5])}") if found else Holds("none is privileged")


@check(effort="medium")
def environments_span_zones(
    environment: ComputeEnvironment,
    subnets: list[Subnet],
    *,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Compute environments may start machines in at least two Availability Zones.

    Why: jobs wait for as long as the only zone has no capacity, or is gone.
    Fix: aws batch update-compute-environment --compute-environment NAME --compute-resources subnets=A,B
    """
    if environment.compute_resources is None or not environment.compute_resources.subnets:
        return NotApplicable("Batch does not start its machines")
    if environment.state == "DISABLED":
        return NotApplicable("the environment is disabled")
    named = environment.compute_resources.subnets
    zone_of = {one.subnet_id: one.availability_zone for one in subnets}
    zones = sorted({zone_of[name] for name in named if name in zone_of})
    if len(zones) > 1:
        return Holds(f"in {', '.join(zones)}")
    if any(name not in zone_of for name in named):
        return CannotTell("not all of its subnets are among those that EC2 lists here")
    return in_development(tags_of(environment.tags), environment_tag, development) or Fails(
        f"in {', '.join(zones)} alone"
    )

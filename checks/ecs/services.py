"""How services run: over which zones, how they are deployed, and what is seen of them."""

from checks.ec2.evidence import Subnet
from checks.ecs.evidence import Cluster, Service, Task
from checks.stages import DEVELOPMENT, KEY, REASON, alone_by_design, in_development
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict, check, fact


def _zones(service: Service, subnets: list[Subnet]) -> tuple[list[str], bool]:
    """The zones of a service's subnets, and whether every subnet was found."""
    named = service.addresses.subnets if service.addresses else ()
    zone_of = {one.subnet_id: one.availability_zone for one in subnets}
    return sorted({zone_of[name] for name in named if name in zone_of}), all(name in zone_of for name in named)


@check(effort="medium")
def services_span_zones(
    service: Service,
    subnets: list[Subnet],
    *,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Services may place their tasks in at least two Availability Zones.

    Why: a service with subnets in one zone has nowhere to go when it fails.
    Fix: aws ecs update-service --service NAME --network-configuration awsvpcConfiguration={subnets=[A,B],…}
    """
    if service.addresses is None:
        return NotApplicable("its tasks stand where the cluster's instances stand")
    if service.launch_type == "EXTERNAL":
        return NotApplicable("its tasks run outside AWS")
    zones, complete = _zones(service, subnets)
    if len(zones) > 1:
        return Holds(f"in {', '.join(zones)}")
    if not complete:
        return CannotTell("not all of its subnets are among those that EC2 lists here")
    return in_development(service.tags, environment_tag, development) or Fails(f"in {', '.join(zones)} alone")


@check(effort="medium")
def running_tasks_span_zones(
    service: Service,
    tasks: list[Task],
    *,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """The running tasks of a service that has several stand in at least two Availability Zones.

    Why: several tasks in one zone are gone together.
    Fix: give the service subnets in two zones, or place its tasks with spread over attribute:ecs.availability-zone.
    """
    if service.scheduling_strategy != "REPLICA":
        return NotApplicable("one task runs on each instance")
    mine = [one for one in tasks if one.group == f"service:{service.service_name}" and one.last_status == "RUNNING"]
    if len(mine) < 2:
        return NotApplicable(f"{len(mine)} tasks are running")
    if any(one.availability_zone is None for one in mine):
        return NotApplicable("its tasks run outside AWS's zones")
    zones = sorted({str(one.availability_zone) for one in mine})
    told = f"{len(mine)} tasks in {', '.join(zones)}"
    if len(zones) > 1:
        return Holds(told)
    return in_development(service.tags, environment_tag, development) or Fails(told)


@check(effort="low")
def services_can_lose_a_task(
    service: Service,
    *,
    single_by_design: tuple[str, ...] = (),
    reason_tag: str = REASON,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Services behind a load balancer keep at least two tasks.

    Why: with one task, every replacement is an outage.
    Fix: aws ecs update-service --service NAME --desired-count 2
    """
    if not service.balanced:
        return NotApplicable("the service is behind no load balancer")
    if service.scheduling_strategy != "REPLICA" or service.desired_count == 0:
        return NotApplicable("no number of tasks is wanted")
    if service.service_name in single_by_design:
        return NotApplicable("the settings say that one task is by design")
    if service.desired_count > 1:
        return Holds(f"{service.desired_count} tasks")
    outside = alone_by_design(service.tags, reason_tag) or in_development(service.tags, environment_tag, development)
    return outside or Fails("one task")


@check(effort="low")
def services_have_no_public_addresses(service: Service) -> Verdict:
    """Tasks of services get no public IP addresses.

    Why: a task with one is reached past the load balancer, by whatever its security group lets in.
    Fix: aws ecs update-service --service NAME --network-configuration awsvpcConfiguration={…,assignPublicIp=DISABLED}
    """
    if service.addresses is None:
        return NotApplicable("its tasks have no network interfaces of their own")
    return Fails("assignPublicIp is ENABLED") if service.gives_public_addresses else Holds("assignPublicIp is DISABLED")


@check(effort="low")
def failed_deployments_roll_back(service: Service) -> Verdict:
    """Services go back to the last version by themselves where a deployment fails.

    Why: otherwise ECS starts broken tasks again and again until somebody looks.
    Fix: aws ecs update-service --service NAME --deployment-configuration deploymentCircuitBreaker={enable=true,rollback=true}
    """
    if service.controller != "ECS":
        return NotApplicable(f"the deployment controller is {service.controller}")
    deployment = service.deployment_configuration
    breaker = deployment.deployment_circuit_breaker if deployment else None
    alarms = deployment.alarms if deployment else None
    by = [
        name
        for name, one in (("the circuit breaker", breaker), ("alarms", alarms))
        if one is not None and one.enable and one.rollback
    ]
    if by:
        return Holds(f"rolled back by {' and '.join(by)}")
    if deployment is not None and deployment.strategy != "ROLLING":
        return NotApplicable(f"a {deployment.strategy} deployment keeps the old tasks until it is over")
    if breaker is not None and breaker.enable:
        return Fails("the circuit breaker stops a failed deployment and does not roll it back")
    return Fails("neither the circuit breaker nor alarms roll back")


@check(effort="medium")
def deployments_watch_alarms(service: Service) -> Verdict:
    """Deployments of services end where alarms go off, or are tested by hooks on their way.

    Why: a version that starts and answers wrongly passes every health check.
    Fix: aws ecs update-service --service NAME --deployment-configuration alarms={alarmNames=[…],enable=true,rollback=true}
    """
    if service.controller != "ECS":
        return NotApplicable(f"the deployment controller is {service.controller}")
    deployment = service.deployment_configuration
    watched = deployment.alarms if deployment is not None else None
    if watched is not None and watched.enable and watched.alarm_names:
        return Holds(f"alarms: {', '.join(sorted(watched.alarm_names)[:5])}")
    if deployment is not None and any(one.target_type != "PAUSE" for one in deployment.lifecycle_hooks):
        return Holds(f"{len(deployment.lifecycle_hooks)} lifecycle hooks")
    return Fails("no alarm and no hook watches a deployment")


@check(effort="low")
def fargate_is_current(service: Service) -> Verdict:
    """Services on Fargate run on a current platform version.

    Why: an old platform version is an old kernel and an old runtime.
    Fix: aws ecs update-service --service NAME --platform-version LATEST --force-new-deployment
    """
    if not service.on_fargate:
        return NotApplicable("the service does not run on Fargate")
    # LATEST is 1.4.0 for Linux and 1.0.0 for Windows ("Fargate platform versions", ECS developer guide).
    old = {name for name, windows in service.platforms if name not in ("LATEST", "1.0.0" if windows else "1.4.0")}
    if old:
        return Fails(f"version {', '.join(sorted(old))}")
    return Holds(f"version {', '.join(sorted({name for name, _ in service.platforms}))}")


@check(effort="low")
def services_open_no_shells(service: Service) -> Verdict:
    """Services do not let anybody open a shell in their tasks.

    Why: what is changed by hand in a task is in no repository and gone with the task.
    Fix: aws ecs update-service --service NAME --no-enable-execute-command
    """
    return Fails("ECS Exec is on") if service.enable_execute_command else Holds("ECS Exec is off")


@check(effort="low")
def clusters_are_measured(cluster: Cluster) -> Verdict:
    """Clusters that run something collect Container Insights.

    Why: without it nobody sees which task needs memory, restarts or waits.
    Fix: aws ecs update-cluster-settings --cluster NAME --settings name=containerInsights,value=enhanced
    """
    if cluster.running_tasks_count == 0 and cluster.active_services_count == 0:
        return NotApplicable("nothing runs in the cluster")
    value = next((one.value for one in cluster.settings if one.name == "containerInsights"), "not set")
    told = f"Container Insights: {value}"
    return Holds(told) if value in ("enabled", "enhanced") else Fails(told)


@fact
def services_by_launch_type(services: list[Service]) -> str | None:
    """How many services there are, and on what they run."""
    kinds: dict[str, int] = {}
    for one in services:
        kind = "Fargate" if one.on_fargate else one.launch_type or ", ".join(sorted(one.providers)) or "not said"
        kinds[kind] = kinds.get(kind, 0) + 1
    told = ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items()))
    return f"{len(services)} ECS services: {told}" if services else None


@fact
def deployment_strategies(services: list[Service]) -> str | None:
    """How new versions of services come to traffic."""
    kinds: dict[str, int] = {}
    for one in services:
        own = one.deployment_configuration.strategy if one.deployment_configuration else "ROLLING"
        kind = own if one.controller == "ECS" else one.controller
        kinds[kind] = kinds.get(kind, 0) + 1
    told = ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items()))
    return f"ECS services are deployed: {told}" if services else None

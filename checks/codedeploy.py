"""CodeDeploy: how deployments come to traffic, and what ends them where they go wrong."""

import re
from datetime import datetime

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

_NOT_PRODUCTION = re.compile(
    r"(?i)(^|[^a-z])(dev|develop|development|test|testing|qa|staging|stage|sandbox|demo)([^a-z]|$)"
)


class ApplicationName(Evidence, read=Read("codedeploy:ListApplications", "applications")):
    value: str


class Application(
    Evidence,
    read=Read(
        "codedeploy:BatchGetApplications",
        "applicationsInfo",
        per=ApplicationName,
        args={"applicationNames": "value"},
        batch=100,
        match="application_name",
    ),
):
    application_name: str
    compute_platform: str = "Server"


class GroupName(
    Evidence,
    read=Read(
        "codedeploy:ListDeploymentGroups",
        "deploymentGroups",
        per=Application,
        args={"applicationName": "application_name"},
    ),
):
    value: str


class Alarm(Part):
    name: str | None = None


class Alarms(Part):
    enabled: bool = False
    alarms: tuple[Alarm, ...] = ()


class Rollback(Part):
    enabled: bool = False
    events: tuple[str, ...] = ()


class Style(Part):
    deployment_type: str = "IN_PLACE"


class Last(Part):
    end_time: datetime | None = None


class Group(
    Evidence,
    read=Read(
        "codedeploy:GetDeploymentGroup",
        "deploymentGroupInfo",
        per=GroupName,
        args={"applicationName": "application_name", "deploymentGroupName": "value"},
        arn="arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{application_name}/{deployment_group_name}",
    ),
):
    application_name: str
    deployment_group_name: str
    deployment_config_name: str
    deployment_style: Style | None = None
    auto_rollback_configuration: Rollback | None = None
    alarm_configuration: Alarms | None = None
    last_successful_deployment: Last | None = None


class Routing(Part):
    type: str = ""


class Healthy(Part):
    type: str
    value: int


class OwnConfig(
    Evidence,
    read=Read(
        "codedeploy:GetDeploymentConfig",
        "deploymentConfigInfo",
        per=Group,
        args={"deploymentConfigName": "deployment_config_name"},
        absent={"DeploymentConfigDoesNotExistException"},
    ),
):
    """What a configuration says: how traffic moves (Lambda, ECS), or how many machines stay as they are (Server)."""

    traffic_routing_config: Routing | None = None
    minimum_healthy_hosts: Healthy | None = None

    @property
    def steps(self) -> str | None:
        """In which steps it deploys; empty for all at once, None where it is not told."""
        if self.traffic_routing_config and self.traffic_routing_config.type:
            kind = self.traffic_routing_config.type
            return "" if kind == "AllAtOnce" else kind
        if (least := self.minimum_healthy_hosts) is not None:
            return f"{least.value} {'%' if least.type == 'FLEET_PERCENT' else 'machines'} stay" if least.value else ""
        return None


@check(effort="low")
def failed_deployments_roll_back(group: Group) -> Verdict:
    """Deployment groups go back to the last version by themselves where a deployment fails.

    Why: otherwise the broken version stays until somebody notices.
    Fix: aws deploy update-deployment-group … --auto-rollback-configuration enabled=true,events=DEPLOYMENT_FAILURE
    """
    rollback = group.auto_rollback_configuration
    if rollback is None or not rollback.enabled:
        return Fails("automatic rollback is off")
    events = ", ".join(sorted(rollback.events))
    if "DEPLOYMENT_FAILURE" in rollback.events:
        return Holds(f"rolled back on {events}")
    return Fails(f"rolled back only on {events or 'no event'}")


@check(effort="low")
def deployments_watch_alarms(group: Group) -> Verdict:
    """Deployments stop where an alarm goes off.

    Why: a version that starts and answers wrongly passes every other check.
    Fix: aws deploy update-deployment-group … --alarm-configuration enabled=true,alarms=[{name=ALARM}]
    """
    config = group.alarm_configuration
    if config is None or not config.enabled or not config.alarms:
        return Fails("no alarm is watched")
    return Holds(f"alarms: {', '.join(sorted(one.name or '' for one in config.alarms)[:5])}")


@check(effort="medium")
def deployments_reach_traffic_step_by_step(application: Application, group: Group, own: OwnConfig | None) -> Verdict:
    """Deployments do not replace everything at once, or keep the old version beside the new one.

    Why: what is wrong with the new version then meets every customer at the same time.
    Fix: aws deploy update-deployment-group … --deployment-config-name with a canary, a linear or a one-at-a-time configuration
    """
    config = group.deployment_config_name
    if _NOT_PRODUCTION.search(f"{group.application_name} {group.deployment_group_name}"):
        return NotApplicable("its name says that it is not production")
    steps = own.steps if own is not None else None
    if config.startswith("CodeDeployDefault."):
        steps = "" if "AllAtOnce" in config else config
    if steps is None:
        return CannotTell(f"{config} does not say in which steps it deploys")
    if steps:
        return Holds(config if steps == config else f"{config}: {steps}")
    blue = group.deployment_style is not None and group.deployment_style.deployment_type == "BLUE_GREEN"
    if blue and application.compute_platform != "Lambda":
        return Holds(f"blue/green, with the old version kept beside ({config})")
    return Fails(config)


@fact
def last_deployments(groups: list[Group]) -> str | None:
    """When each deployment group last deployed with success."""
    told = sorted(
        f"{one.application_name}/{one.deployment_group_name} "
        + (f"{last.end_time:%Y-%m-%d}" if (last := one.last_successful_deployment) and last.end_time else "never")
        for one in groups
    )
    return f"last successful deployments: {', '.join(told[:20])}" if told else None

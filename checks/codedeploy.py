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
def deployments_reach_traffic_step_by_step(application: Application, group: Group) -> Verdict:
    """Deployments do not replace everything at once, or keep the old version beside the new one.

    Why: what is wrong with the new version then meets every customer at the same time.
    Fix: aws deploy update-deployment-group … --deployment-config-name with a canary, a linear or a one-at-a-time configuration
    """
    config = group.deployment_config_name
    if _NOT_PRODUCTION.search(f"{group.application_name} {group.deployment_group_name}"):
        return NotApplicable("its name says that it is not production")
    if not config.startswith("CodeDeployDefault."):
        return CannotTell(f"{config} is a configuration of the account's own, which was not read")
    if "AllAtOnce" not in config:
        return Holds(config)
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

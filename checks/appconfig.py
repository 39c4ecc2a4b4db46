"""AppConfig: configuration and feature flags that change while the workload runs."""

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check, fact


class Application(Evidence, read=Read("appconfig:ListApplications", "Items")):
    id: str
    name: str


class Monitor(Part):
    alarm_arn: str


class Environment(
    Evidence,
    read=Read(
        "appconfig:ListEnvironments",
        "Items",
        per=Application,
        args={"ApplicationId": "id"},
        arn="arn:{partition}:appconfig:{region}:{account}:application/{application_id}/environment/{id}",
    ),
):
    application_id: str
    id: str
    name: str
    monitors: tuple[Monitor, ...] = ()


class Profile(
    Evidence,
    read=Read("appconfig:ListConfigurationProfiles", "Items", per=Application, args={"ApplicationId": "id"}),
):
    name: str
    type: str | None = None
    validator_types: tuple[str, ...] = ()


@check(effort="low")
def changes_watch_alarms(environment: Environment) -> Verdict:
    """Environments take a change of configuration back where an alarm goes off.

    Why: a flag breaks a workload as thoroughly as a deployment does.
    Fix: aws appconfig update-environment --application-id ID --environment-id ID --monitors AlarmArn=…
    """
    if environment.monitors:
        return Holds(f"{len(environment.monitors)} alarms")
    return Fails(f"no alarm watches {environment.name}")


@fact
def profiles(applications: list[Application], found: list[Profile]) -> str | None:
    """How many configurations AppConfig holds, and how many of them are feature flags."""
    if not applications:
        return None
    flags = sum(one.type == "AWS.AppConfig.FeatureFlags" for one in found)
    checked = sum(bool(one.validator_types) for one in found)
    return (
        f"AppConfig has {len(found)} configurations for {len(applications)} applications: "
        f"{flags} of feature flags, {checked} with a validator"
    )

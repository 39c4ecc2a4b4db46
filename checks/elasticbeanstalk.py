"""Elastic Beanstalk: environments, how they are kept up to date, and what is seen of them."""

from checks.names import secret_names
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Read, Verdict, check

_SETTINGS = "elasticbeanstalk:DescribeConfigurationSettings"
_NAMED = {"ApplicationName": "application_name", "EnvironmentName": "environment_name"}


# Beside the settings in force there may be a draft, which is being deployed or was not to be deployed (API reference).
_IN_FORCE = "ConfigurationSettings[?DeploymentStatus!='pending' && DeploymentStatus!='failed'][]"
# States in which there is no environment yet, or soon none any more.
_COMES_OR_GOES = ("Launching", "Terminating", "Terminated")


def _of(namespace: str, sets: str = _IN_FORCE) -> str:
    """The options of one namespace. Others hold secrets of the application, so they are not read at all."""
    return f"{sets}.OptionSettings[?Namespace=='aws:elasticbeanstalk:{namespace}'][]"


class Environment(
    Evidence,
    read=Read(
        "elasticbeanstalk:DescribeEnvironments",
        "Environments",
        fixed={"IncludeDeleted": False},
        arn="{environment_arn}",
    ),
):
    environment_arn: str
    environment_name: str
    application_name: str
    status: str
    platform_arn: str | None = None


class InForce(Evidence, read=Read(_SETTINGS, _IN_FORCE, per=Environment, args=_NAMED)):
    """The settings in force, without the options. There are none for who may not see them (API reference)."""

    application_name: str | None = None


class Platform(
    Evidence,
    read=Read(
        "elasticbeanstalk:DescribePlatformVersion",
        "PlatformDescription",
        per=Environment,
        args={"PlatformArn": "platform_arn"},
    ),
):
    """The version of the platform that an environment runs on. Custom platforms belong to no branch."""

    platform_branch_name: str | None = None
    platform_branch_lifecycle_state: str | None = None


class ManagedAction(Evidence, read=Read(_SETTINGS, _of("managedactions"), per=Environment, args=_NAMED)):
    option_name: str
    value: str | None = None


class HealthOption(Evidence, read=Read(_SETTINGS, _of("healthreporting:system"), per=Environment, args=_NAMED)):
    option_name: str
    value: str | None = None


class LogOption(Evidence, read=Read(_SETTINGS, _of("cloudwatch:logs"), per=Environment, args=_NAMED)):
    option_name: str
    value: str | None = None


class VariableName(
    Evidence,
    read=Read(_SETTINGS, _of("application:environment", "ConfigurationSettings[]"), per=Environment, args=_NAMED),
):
    """A variable of the application by its name; its value is not kept. A draft shows its variables as well."""

    option_name: str


def _unseen(environment: Environment, sets: list[InForce]) -> Verdict | None:
    name = environment.environment_name
    if environment.status in _COMES_OR_GOES:
        return NotApplicable(f"{name} is {environment.status}")
    return None if sets else CannotTell(f"no settings of {name} are in the answer, as where they may not be seen")


@check(effort="low")
def platforms_are_updated(environment: Environment, sets: list[InForce], options: list[ManagedAction]) -> Verdict:
    """Environments take updates of their platform by themselves.

    Why: a platform that nobody updates runs without the fixes of its system and its runtime.
    Fix: set ManagedActionsEnabled of aws:elasticbeanstalk:managedactions to true, with a time for it.
    """
    if unseen := _unseen(environment, sets):
        return unseen
    value = next((one.value for one in options if one.option_name == "ManagedActionsEnabled"), None)
    told = f"managed updates of {environment.environment_name}: {value or 'not set'}"
    return Holds(told) if (value or "").lower() == "true" else Fails(told)


@check(effort="medium")
def platform_branches_are_supported(environment: Environment, platform: Platform) -> Verdict:
    """Environments run on platform branches that AWS supports.

    Why: a retired branch gets no more versions, so that managed updates bring nothing, and parts of a deprecated one get none.
    Fix: make an environment on a supported branch, and swap the URLs: aws elasticbeanstalk swap-environment-cnames
    """
    if environment.status in _COMES_OR_GOES:
        return NotApplicable(f"{environment.environment_name} is {environment.status}")
    state = platform.platform_branch_lifecycle_state
    if state is None:
        return CannotTell(f"the platform of {environment.environment_name} belongs to no branch of AWS's")
    told = f"{platform.platform_branch_name or 'the branch'} is {state}"
    return Holds(told) if state.lower() == "supported" else Fails(told)


@check(effort="low")
def health_is_reported_in_full(environment: Environment, sets: list[InForce], options: list[HealthOption]) -> Verdict:
    """Environments report their health from inside the instances.

    Why: basic health only says whether the load balancer finds somebody; enhanced health says what is wrong.
    Fix: set SystemType of aws:elasticbeanstalk:healthreporting:system to enhanced.
    """
    if unseen := _unseen(environment, sets):
        return unseen
    value = next((one.value for one in options if one.option_name == "SystemType"), None)
    told = f"the health of {environment.environment_name} is {value or 'not set'}"
    return Holds(told) if value == "enhanced" else Fails(told)


@check(effort="low")
def logs_leave_the_instances(environment: Environment, sets: list[InForce], options: list[LogOption]) -> Verdict:
    """Environments send their logs to CloudWatch Logs.

    Why: what is only on an instance is gone with it.
    Fix: set StreamLogs of aws:elasticbeanstalk:cloudwatch:logs to true.
    """
    if unseen := _unseen(environment, sets):
        return unseen
    value = next((one.value for one in options if one.option_name == "StreamLogs"), None)
    told = f"streaming of the logs of {environment.environment_name}: {value or 'not set'}"
    return Holds(told) if (value or "").lower() == "true" else Fails(told)


@check(effort="medium")
def variables_are_not_named_like_secrets(
    environment: Environment, sets: list[InForce], variables: list[VariableName]
) -> Verdict:
    """No environment has a plain variable that is named like a secret.

    Why: everybody who may look at the environment's configuration reads its variables.
    Fix: take the variable from Secrets Manager: aws:elasticbeanstalk:application:environmentsecrets
    """
    if not variables and (unseen := _unseen(environment, sets)):
        return unseen
    if not variables:
        return NotApplicable(f"{environment.environment_name} has no variables")
    found = secret_names(one.option_name for one in variables)
    return Fails(f"named like secrets: {', '.join(found)}") if found else Holds(f"none of {len(variables)} variables")

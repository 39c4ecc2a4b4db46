"""Elastic Beanstalk: environments, how they are kept up to date, and what is seen of them."""

from checks.names import secret_names
from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check

_SETTINGS = "elasticbeanstalk:DescribeConfigurationSettings"
_NAMED = {"ApplicationName": "application_name", "EnvironmentName": "environment_name"}


def _of(namespace: str) -> str:
    """The options of one namespace. Others hold secrets of the application, so they are not read at all."""
    return f"ConfigurationSettings[].OptionSettings[?Namespace=='aws:elasticbeanstalk:{namespace}'][]"


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


class ManagedAction(Evidence, read=Read(_SETTINGS, _of("managedactions"), per=Environment, args=_NAMED)):
    option_name: str
    value: str | None = None


class HealthOption(Evidence, read=Read(_SETTINGS, _of("healthreporting:system"), per=Environment, args=_NAMED)):
    option_name: str
    value: str | None = None


class LogOption(Evidence, read=Read(_SETTINGS, _of("cloudwatch:logs"), per=Environment, args=_NAMED)):
    option_name: str
    value: str | None = None


class VariableName(Evidence, read=Read(_SETTINGS, _of("application:environment"), per=Environment, args=_NAMED)):
    """A variable of the application by its name; its value is not kept."""

    option_name: str


@check(effort="low")
def platforms_are_updated(environment: Environment, options: list[ManagedAction]) -> Verdict:
    """Environments take updates of their platform by themselves.

    Why: a platform that nobody updates runs without the fixes of its system and its runtime.
    Fix: set ManagedActionsEnabled of aws:elasticbeanstalk:managedactions to true, with a time for it.
    """
    value = next((one.value for one in options if one.option_name == "ManagedActionsEnabled"), None)
    told = f"managed updates of {environment.environment_name}: {value or 'not set'}"
    return Holds(told) if (value or "").lower() == "true" else Fails(told)


@check(effort="low")
def health_is_reported_in_full(environment: Environment, options: list[HealthOption]) -> Verdict:
    """Environments report their health from inside the instances.

    Why: basic health only says whether the load balancer finds somebody; enhanced health says what is wrong.
    Fix: set SystemType of aws:elasticbeanstalk:healthreporting:system to enhanced.
    """
    value = next((one.value for one in options if one.option_name == "SystemType"), None)
    told = f"the health of {environment.environment_name} is {value or 'not set'}"
    return Holds(told) if value == "enhanced" else Fails(told)


@check(effort="low")
def logs_leave_the_instances(environment: Environment, options: list[LogOption]) -> Verdict:
    """Environments send their logs to CloudWatch Logs.

    Why: what is only on an instance is gone with it.
    Fix: set StreamLogs of aws:elasticbeanstalk:cloudwatch:logs to true.
    """
    value = next((one.value for one in options if one.option_name == "StreamLogs"), None)
    told = f"streaming of the logs of {environment.environment_name}: {value or 'not set'}"
    return Holds(told) if (value or "").lower() == "true" else Fails(told)


@check(effort="medium")
def variables_are_not_named_like_secrets(environment: Environment, variables: list[VariableName]) -> Verdict:
    """No environment has a plain variable that is named like a secret.

    Why: everybody who may look at the environment's configuration reads its variables.
    Fix: take the variable from Secrets Manager: aws:elasticbeanstalk:application:environmentsecrets
    """
    if not variables:
        return NotApplicable(f"{environment.environment_name} has no variables")
    found = secret_names(one.option_name for one in variables)
    return Fails(f"named like secrets: {', '.join(found)}") if found else Holds(f"none of {len(variables)} variables")

"""CodeBuild: projects, what they may do and what they are told in the open."""

from checks.names import secret_names
from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check

class ProjectName(Evidence, read=Read("codebuild:ListProjects", "projects")):
    value: str


class Variable(Part):
    name: str
    type: str = "PLAINTEXT"


class Environment(Part):
    privileged_mode: bool = False
    environment_variables: tuple[Variable, ...] = ()


class LogGroup(Part):
    status: str = "DISABLED"


class Logs(Part):
    cloud_watch_logs: LogGroup | None = None
    s3_logs: LogGroup | None = None


class Project(
    Evidence,
    read=Read(
        "codebuild:BatchGetProjects",
        "projects",
        per=ProjectName,
        args={"names": "value"},
        batch=100,
        many="names",
        match="name",
        arn="{arn}",
    ),
):
    arn: str
    name: str
    environment: Environment
    logs_config: Logs | None = None


@check(effort="low")
def secrets_are_not_in_plain_variables(project: Project) -> Verdict:
    """No build has a variable in plain text that is named like a secret.

    Why: everybody who may look at the project reads its variables.
    Fix: keep the value in Secrets Manager or as a SecureString, and give the variable the type SECRETS_MANAGER or PARAMETER_STORE.
    """
    plain = [one.name for one in project.environment.environment_variables if one.type == "PLAINTEXT"]
    found = secret_names(plain)
    return (
        Fails(f"named like secrets: {', '.join(found)}")
        if found
        else Holds("no plain variable is named like a secret")
    )


@check(effort="medium")
def builds_are_not_privileged(project: Project) -> Verdict:
    """Builds do not run in privileged mode.

    Why: a privileged build can take over its host, and code from a pull request runs in it.
    Fix: build images without a Docker daemon, or keep privileged builds to a project that builds nothing else.
    """
    return Fails("privileged mode is on") if project.environment.privileged_mode else Holds("privileged mode is off")


@check(effort="low")
def builds_are_logged(project: Project) -> Verdict:
    """Builds write logs.

    Why: without them nobody can tell what a build did with its rights.
    Fix: aws codebuild update-project --name NAME --logs-config cloudWatchLogs={status=ENABLED}
    """
    logs = project.logs_config
    if logs is None or logs.cloud_watch_logs is None:
        return Holds("CloudWatch Logs, which is on unless it is turned off")
    on = [one for one in (logs.cloud_watch_logs, logs.s3_logs) if one is not None and one.status == "ENABLED"]
    return Holds("logs are written") if on else Fails("all logs are off")

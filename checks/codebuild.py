"""CodeBuild: projects, what they may do and what they are told in the open."""

from checks.names import secret_names
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact


class ProjectName(Evidence, read=Read("codebuild:ListProjects", "projects")):
    value: str


class SomeProject(Evidence, read=Read("codebuild:ListProjects", "projects[0]", omitted_if_empty=True)):
    """The first project of the same answer: there is none where there are no projects."""

    value: str


class SourceCredential(
    Evidence, read=Read("codebuild:ListSourceCredentials", "sourceCredentialsInfos", per=SomeProject, arn="{arn}")
):
    """How CodeBuild signs in to a repository's host, without the token itself."""

    arn: str
    server_type: str
    auth_type: str


class ReportGroup(Evidence, read=Read("codebuild:ListReportGroups", "reportGroups", per=SomeProject)):
    value: str


class Variable(Part):
    name: str
    type: str = "PLAINTEXT"


class Environment(Part):
    privileged_mode: bool = False
    environment_variables: tuple[Variable, ...] = ()


class Source(Part):
    type: str
    insecure_ssl: bool = False


class Artifacts(Part):
    type: str = "NO_ARTIFACTS"
    encryption_disabled: bool = False


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
    source: Source
    artifacts: Artifacts | None = None
    secondary_artifacts: tuple[Artifacts, ...] = ()
    project_visibility: str = "PRIVATE"


@check(effort="low")
def secrets_are_not_in_plain_variables(project: Project) -> Verdict:
    """No build has a variable in plain text that is named like a secret.

    Why: everybody who may look at the project reads its variables.
    Fix: keep the value in Secrets Manager or as a SecureString, and give the variable the type SECRETS_MANAGER or PARAMETER_STORE.
    """
    plain = [one.name for one in project.environment.environment_variables if one.type == "PLAINTEXT"]
    found = secret_names(plain)
    return (
        Fails(f"named like secrets: {', '.join(found)}") if found else Holds("no plain variable is named like a secret")
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


@check(effort="low")
def builds_are_not_public(project: Project, *, public_by_design: tuple[str, ...] = ()) -> Verdict:
    """No project shows its builds and their logs to everyone.

    Why: logs hold names, versions and sometimes secrets.
    Fix: aws codebuild update-project-visibility --project-arn ARN --project-visibility PRIVATE
    """
    if project.name in public_by_design:
        return NotApplicable("the settings say that its builds are public by design")
    told = f"the visibility is {project.project_visibility}"
    return Holds(told) if project.project_visibility == "PRIVATE" else Fails(told)


@check(effort="low")
def build_artifacts_are_encrypted(project: Project) -> Verdict:
    """What builds produce is stored encrypted.

    Why: an artifact holds the whole application.
    Fix: aws codebuild update-project --name NAME --artifacts with encryptionDisabled=false
    """
    made = [one for one in (project.artifacts, *project.secondary_artifacts) if one and one.type == "S3"]
    if not made:
        return NotApplicable("the project stores no artifacts in S3 itself")
    return Fails("encryption is turned off") if any(one.encryption_disabled for one in made) else Holds("it is on")


@check(effort="medium")
def builds_come_from_version_control(project: Project) -> Verdict:
    """Builds take their source from a repository, not from an upload, and check the certificate of its host.

    Why: nobody can tell afterwards what was built from a file in a bucket.
    Fix: aws codebuild update-project --name NAME --source type=GITHUB,…
    """
    source = project.source
    if source.type in ("NO_SOURCE", "CODEPIPELINE"):
        return NotApplicable(f"the source is {source.type}")
    if source.insecure_ssl:
        return Fails(f"{source.type}, whose certificate is not checked")
    return Fails("from S3") if source.type == "S3" else Holds(f"from {source.type}")


@check(effort="low")
def repositories_are_reached_without_tokens(credential: SourceCredential) -> Verdict:
    """CodeBuild reaches repositories over a connection or a secret, not with a token that it was given.

    Why: the token of a person works wherever it leaks to, and nobody rotates it.
    Fix: aws codeconnections create-connection …, then aws codebuild import-source-credentials --auth-type CODECONNECTIONS
    """
    told = f"{credential.server_type} by {credential.auth_type}"
    return Holds(told) if credential.auth_type in ("CODECONNECTIONS", "SECRETS_MANAGER") else Fails(told)


@fact
def test_reports(projects: list[Project], groups: list[ReportGroup]) -> str | None:
    """How many groups of test reports builds fill."""
    return f"{len(projects)} build projects, {len(groups)} groups of test reports" if projects else None

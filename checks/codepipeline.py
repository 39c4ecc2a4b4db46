"""CodePipeline: where pipelines start, what they test, how they deploy, and when they last ran."""

from datetime import datetime, timedelta

from checks.names import secret_names
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact

# Providers of source actions that keep the history of every change.
_VERSIONED = frozenset({"Bitbucket", "CodeCommit", "CodeStarSourceConnection", "GitHub", "GitLab"})


class PipelineName(Evidence, read=Read("codepipeline:ListPipelines", "pipelines")):
    name: str
    created: datetime | None = None


class ActionType(Part):
    category: str
    owner: str
    provider: str


class Variable(Part):
    """A variable by its name; its value is not kept."""

    name: str
    type: str = "PLAINTEXT"


class PipelineVariable(Part):
    name: str


class Action(Part):
    name: str
    action_type_id: ActionType
    run_order: int = 1
    region: str | None = None
    environment_variables: tuple[Variable, ...] = ()


class OnFailure(Part):
    result: str | None = None


class Stage(Part):
    name: str
    actions: tuple[Action, ...]
    on_failure: OnFailure | None = None


class Key(Part):
    id: str

    @property
    def is_awss(self) -> bool:
        """Is it the alias of a key that AWS manages, such as alias/aws/s3?"""
        return "alias/aws/" in self.id


class Store(Part):
    location: str
    encryption_key: Key | None = None


class Pipeline(
    Evidence,
    read=Read(
        "codepipeline:GetPipeline",
        "pipeline",
        per=PipelineName,
        args={"name": "name"},
        arn="arn:{partition}:codepipeline:{region}:{account}:{name}",
    ),
):
    name: str
    role_arn: str
    stages: tuple[Stage, ...]
    artifact_store: Store | None = None
    artifact_stores: dict[str, Store] | None = None
    variables: tuple[PipelineVariable, ...] = ()

    @property
    def actions(self) -> list[Action]:
        """All actions, in the order in which they run."""
        return [action for stage in self.stages for action in sorted(stage.actions, key=lambda one: one.run_order)]

    def of(self, *categories: str) -> list[Action]:
        return [action for action in self.actions if action.action_type_id.category in categories]

    @property
    def stores(self) -> list[Store]:
        own = [self.artifact_store] if self.artifact_store else []
        return own + list((self.artifact_stores or {}).values())


class LatestAction(Part):
    status: str | None = None
    last_status_change: datetime | None = None


class ActionState(Part):
    latest_execution: LatestAction | None = None


class StageState(
    Evidence,
    read=Read("codepipeline:GetPipelineState", "stageStates", per=PipelineName, args={"name": "name"}),
):
    stage_name: str
    action_states: tuple[ActionState, ...] = ()

    @property
    def last(self) -> datetime | None:
        moments = [one.latest_execution.last_status_change for one in self.action_states if one.latest_execution]
        return max((moment for moment in moments if moment), default=None)


@check(effort="medium")
def pipelines_test_before_they_deploy(pipeline: Pipeline) -> Verdict:
    """Pipelines test or build what they deploy before they deploy it.

    Why: a pipeline without a test brings every mistake to production faster.
    Fix: add a stage with a Test action (CodeBuild, Device Farm or another) before the stage that deploys.
    """
    actions = pipeline.actions
    deploys = [number for number, one in enumerate(actions) if one.action_type_id.category == "Deploy"]
    if not deploys:
        return NotApplicable("the pipeline has no action that deploys")
    before = actions[: deploys[-1]]
    tests = sorted(one.name for one in before if one.action_type_id.category == "Test")
    if tests:
        return Holds(f"tested by {', '.join(tests[:5])}")
    if any(one.action_type_id.category in ("Build", "Compute", "Invoke") for one in before):
        return CannotTell("no action is a test; what it builds or invokes may test, which the pipeline does not tell")
    return Fails("it deploys without any test or build")


@check(effort="medium")
def pipelines_start_from_version_control(pipeline: Pipeline) -> Verdict:
    """Pipelines start from a repository with a history, not from an upload.

    Why: what somebody puts into a bucket was reviewed by nobody, and cannot be compared with what was there before.
    Fix: make a connection to the repository, and replace the pipeline's source action.
    """
    providers = {one.action_type_id.provider for one in pipeline.of("Source")}
    if providers & _VERSIONED:
        return Holds(f"from {', '.join(sorted(providers))}")
    if providers == {"S3"}:
        return Fails("from S3")
    if not providers:
        return NotApplicable("from no source")
    return CannotTell(f"from {', '.join(sorted(providers))}; whether that keeps every change is not told")


@check(effort="low")
def sources_come_over_connections(pipeline: Pipeline) -> Verdict:
    """Pipelines reach GitHub over a connection, not with a stored token.

    Why: the token of a person works wherever it leaks to, and stops the pipeline when the person leaves.
    Fix: aws codeconnections create-connection --provider-type GitHub …, and use it in the source action.
    """
    sources = [one.action_type_id for one in pipeline.of("Source")]
    if any(one.owner == "ThirdParty" for one in sources):
        return Fails("a source action of the old kind keeps a token")
    if any(one.provider == "CodeStarSourceConnection" for one in sources):
        return Holds("over a connection")
    return NotApplicable("no source is outside AWS")


@check(effort="low")
def artifacts_are_encrypted_under_an_own_key(pipeline: Pipeline) -> Verdict:
    """Artifacts of pipelines are encrypted under a customer-managed KMS key.

    Why: its policy decides who can read what will be deployed, and who can put something else there.
    Fix: aws codepipeline update-pipeline, with an encryptionKey in the artifact store.
    """
    bare = sorted(one.location for one in pipeline.stores if one.encryption_key is None or one.encryption_key.is_awss)
    if not pipeline.stores:
        return NotApplicable("the pipeline names no artifact store")
    return Fails(f"no key of the account is named for {', '.join(bare)}") if bare else Holds("a key is named")


@check(effort="low")
def variables_are_not_named_like_secrets(pipeline: Pipeline) -> Verdict:
    """No plain variable of a pipeline or of its actions is named like a secret.

    Why: everybody who may look at the pipeline reads its variables.
    Fix: give the variable the type SECRETS_MANAGER, or let the action read the secret itself.
    """
    plain = [one.name for one in pipeline.variables]
    plain += [v.name for one in pipeline.actions for v in one.environment_variables if v.type == "PLAINTEXT"]
    if not plain:
        return NotApplicable("there are no plain variables")
    found = secret_names(plain)
    return Fails(f"named like secrets: {', '.join(found)}") if found else Holds(f"none of {len(plain)} variables")


@check(effort="low")
def failed_stages_roll_back(pipeline: Pipeline) -> Verdict:
    """Stages that deploy are rolled back where they fail.

    Why: a half deployed version stays until somebody decides what to do.
    Fix: set the stage's onFailure to ROLLBACK (pipelines of type V2).
    """
    deploying = [
        stage for stage in pipeline.stages if any(one.action_type_id.category == "Deploy" for one in stage.actions)
    ]
    if not deploying:
        return NotApplicable("the pipeline has no stage that deploys")
    bare = sorted(one.name for one in deploying if one.on_failure is None or one.on_failure.result != "ROLLBACK")
    return Fails(f"no rollback in {', '.join(bare[:5])}") if bare else Holds("every such stage rolls back")


@check(effort="low")
def pipelines_are_in_use(
    entry: PipelineName, pipeline: Pipeline, states: list[StageState], at: ScanTime, *, days: int = 90
) -> Verdict:
    """Pipelines ran lately.

    Why: a pipeline that never runs is not how changes come to production.
    Fix: find out how changes do come, and delete the pipeline or use it.
    """
    last = max((one.last for one in states if one.last), default=None)
    if last is None and entry.created and at - entry.created <= timedelta(days=days):
        return CannotTell(f"{pipeline.name} never ran, and was made on {entry.created:%Y-%m-%d} only")
    if last is None:
        return Fails(f"{pipeline.name} never ran")
    told = f"last ran on {last:%Y-%m-%d}"
    return Fails(told) if at - last > timedelta(days=days) else Holds(told)


@fact
def approvals(pipelines: list[Pipeline]) -> str | None:
    """Which pipelines wait for somebody's approval."""
    if not pipelines:
        return None
    names = sorted(one.name for one in pipelines if one.of("Approval"))
    return f"{len(names)} of {len(pipelines)} pipelines wait for an approval: {', '.join(names[:10]) or 'none'}"


@fact
def stages_that_deploy(pipelines: list[Pipeline]) -> str | None:
    """How many stages of each pipeline deploy: where there is one, nothing is deployed before production there."""
    told = []
    for one in sorted(pipelines, key=lambda each: each.name):
        count = sum(any(a.action_type_id.category == "Deploy" for a in stage.actions) for stage in one.stages)
        if count:
            told.append(f"{one.name} {count}")
    return f"stages that deploy, by pipeline: {', '.join(told[:20])}" if told else None


@fact
def actions_by_provider(pipelines: list[Pipeline]) -> str | None:
    """What pipelines do, by the providers of their actions."""
    kinds = sorted(
        {
            f"{one.action_type_id.category} by {one.action_type_id.provider}"
            for line in pipelines
            for one in line.actions
        }
    )
    return f"{len(pipelines)} pipelines; actions: {', '.join(kinds)}" if pipelines else None

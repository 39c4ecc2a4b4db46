"""CodePipeline and CodeDeploy checks: against real clients, with prepared answers for what moto lacks, and as tables."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks import codedeploy, codepipeline
from checks.codedeploy import Application, Group, Healthy, OwnConfig, Routing
from checks.codepipeline import Pipeline
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, tzinfo=UTC)
REGION = "region:us-east-1"


def made(name: str, category: str, provider: str, owner: str = "AWS", **more: object) -> dict[str, Any]:
    kind = {"category": category, "owner": owner, "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": kind, **more}


def test_a_pipeline_through_a_client(aws: Emulator) -> None:
    trust = '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    source = made("source", "Source", "S3", outputArtifacts=[{"name": "a"}], configuration={"S3Bucket": "hunter2"})
    aws.client("codepipeline").create_pipeline(
        pipeline={
            "name": "p",
            "roleArn": role,
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": [
                {"name": "Source", "actions": [source]},
                {"name": "Deploy", "actions": [made("ecs", "Deploy", "ECS", inputArtifacts=[{"name": "a"}])]},
            ],
            "version": 1,
        }
    )
    arn = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:p"
    wanted = {
        "pipelines_test_before_they_deploy": ("fails", "it deploys without any test or build"),
        "pipelines_start_from_version_control": ("fails", "from S3"),
        "sources_come_over_connections": ("not applicable", "no source is outside AWS"),
        "artifacts_are_encrypted_under_an_own_key": ("fails", "no key of the account is named for artifacts"),
        "variables_are_not_named_like_secrets": ("not applicable", "there are no plain variables"),
        "failed_stages_roll_back": ("fails", "no rollback in Deploy"),
        "pipelines_are_in_use": ("unknown", f"p never ran, and was made on {datetime.now(UTC):%Y-%m-%d} only"),
    }
    facts = {
        "approvals": "0 of 1 pipelines wait for an approval: none",
        "stages_that_deploy": "stages that deploy, by pipeline: p 1",
        "actions_by_provider": "1 pipelines; actions: Deploy by ECS, Source by S3",
    }
    told: dict[str, Any] = {name: {arn: verdict} for name, verdict in wanted.items()}
    told |= {name: {REGION: ("told", says)} for name, says in facts.items()}
    assert judge_all(aws, "codepipeline", [*wanted, *facts]) == told
    ran = {"stageName": "Deploy", "actionStates": [{"latestExecution": {"lastStatusChange": "2026-11-01T00:00:00Z"}}]}
    with answering("codepipeline", {"GetPipelineState": {"stageStates": [ran]}}):
        check = "codepipeline.pipelines_are_in_use"
        assert aws.judge(check, at=NOW) == {arn: ("holds", "last ran on 2026-11-01")}
        late = datetime(2027, 11, 23, tzinfo=UTC)
        assert aws.judge(check, at=late) == {arn: ("fails", "last ran on 2026-11-01")}


def line(aws: Emulator, name: str, *stages: dict[str, Any], key: str = "", **more: Any) -> str:
    trust = '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
    iam = aws.client("iam")
    if not iam.list_roles()["Roles"]:
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    store: dict[str, Any] = {"type": "S3", "location": f"artifacts-of-{name}"}
    store |= {"encryptionKey": {"id": key, "type": "KMS"}} if key else {}
    aws.client("codepipeline").create_pipeline(
        pipeline={
            "name": name,
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/r",
            "artifactStore": store,
            "stages": list(stages),
            "version": 1,
            **more,
        }
    )
    return f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:{name}"


def test_pipelines_side_by_side(aws: Emulator) -> None:
    connected = {"name": "Source", "actions": [made("source", "Source", "CodeStarSourceConnection")]}
    by_token = {"name": "Source", "actions": [made("source", "Source", "GitHub", "ThirdParty")]}
    uploaded = {"name": "Source", "actions": [made("source", "Source", "S3")]}
    test = {"name": "Test", "actions": [made("unit", "Test", "CodeBuild")]}
    secret = [{"name": "DB_PASSWORD", "value": "x", "type": "PLAINTEXT"}]
    kept = [{"name": "DB_PASSWORD", "value": "db", "type": "SECRETS_MANAGER"}]
    deploy = {"name": "Deploy", "actions": [made("ecs", "Deploy", "ECS")]}
    back = {"onFailure": {"result": "ROLLBACK"}}
    retried = {"onFailure": {"result": "RETRY"}}
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    good = line(aws, "good", connected, test, deploy | back, key=key, variables=[{"name": "STAGE"}], pipelineType="V2")
    commands = {"name": "Build", "actions": [made("make", "Compute", "Commands", environmentVariables=secret)]}
    bad = line(aws, "bad", by_token, deploy | retried, commands, key=f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/s3")
    hidden = {"name": "Build", "actions": [made("make", "Compute", "Commands", environmentVariables=kept)]}
    upload = line(aws, "upload", uploaded, hidden)
    wanted = {
        "pipelines_test_before_they_deploy": [
            ("holds", "tested by unit"),
            ("fails", "it deploys without any test or build"),
            ("not applicable", "the pipeline has no action that deploys"),
        ],
        "pipelines_start_from_version_control": [
            ("holds", "from CodeStarSourceConnection"),
            ("holds", "from GitHub"),
            ("fails", "from S3"),
        ],
        "sources_come_over_connections": [
            ("holds", "over a connection"),
            ("fails", "a source action of the old kind keeps a token"),
            ("not applicable", "no source is outside AWS"),
        ],
        "artifacts_are_encrypted_under_an_own_key": [
            ("holds", "a key is named"),
            # What AWS manages is nobody's own, by whichever name it is named.
            ("fails", "no key of the account is named for artifacts-of-bad"),
            ("fails", "no key of the account is named for artifacts-of-upload"),
        ],
        "variables_are_not_named_like_secrets": [
            ("holds", "none of 1 variables"),
            ("fails", "named like secrets: DB_PASSWORD"),
            ("not applicable", "there are no plain variables"),
        ],
        "failed_stages_roll_back": [
            ("holds", "every such stage rolls back"),
            ("fails", "no rollback in Deploy"),
            ("not applicable", "the pipeline has no stage that deploys"),
        ],
    }
    told = {check: dict(zip((good, bad, upload), rows, strict=True)) for check, rows in wanted.items()}
    assert judge_all(aws, "codepipeline", wanted) == told


def action(category: str, provider: str = "X", owner: str = "AWS", order: int = 1, **more: object) -> dict[str, Any]:
    kind = {"category": category, "owner": owner, "provider": provider}
    return {"name": f"{category}-{provider}", "action_type_id": kind, "run_order": order, **more}


def pipeline(*stages: list[dict[str, Any]], **changes: object) -> Pipeline:
    parts = [{"name": f"s{number}", "actions": actions} for number, actions in enumerate(stages)]
    return Pipeline.model_validate({"name": "p", "role_arn": "r", "stages": parts, **changes}, strict=False)


SOURCE, TEST, BUILD, DEPLOY = (action(kind) for kind in ("Source", "Test", "Build", "Deploy"))
UNTOLD = CannotTell("no action is a test; what it builds or invokes may test, which the pipeline does not tell")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (pipeline([SOURCE], [TEST], [DEPLOY]), Holds("tested by Test-X")),
        (pipeline([SOURCE], [DEPLOY], [TEST]), Fails("it deploys without any test or build")),
        (pipeline([SOURCE], [DEPLOY], [TEST], [DEPLOY]), Holds("tested by Test-X")),
        (pipeline([SOURCE], [action("Deploy", order=2), action("Test", order=1)]), Holds("tested by Test-X")),
        (pipeline([SOURCE], [BUILD], [DEPLOY]), UNTOLD),
        (pipeline([SOURCE], [BUILD]), NotApplicable("the pipeline has no action that deploys")),
    ],
)
def test_pipelines_test_before_they_deploy(one: Pipeline, verdict: Verdict) -> None:
    assert codepipeline.pipelines_test_before_they_deploy(one) == verdict


CONNECTED = action("Source", "CodeStarSourceConnection")


@pytest.mark.parametrize(
    ("function", "one", "verdict"),
    [
        (
            "pipelines_start_from_version_control",
            pipeline([action("Source", "ECR")]),
            CannotTell("from ECR; whether that keeps every change is not told"),
        ),
        (
            "pipelines_start_from_version_control",
            pipeline([action("Source", "S3"), CONNECTED]),
            Holds("from CodeStarSourceConnection, S3"),
        ),
        (
            "artifacts_are_encrypted_under_an_own_key",
            pipeline(artifact_stores={"x": {"location": "b"}, "y": {"location": "c", "encryption_key": {"id": "k"}}}),
            Fails("no key of the account is named for b"),
        ),
    ],
)
def test_pipelines(function: str, one: Pipeline, verdict: Verdict) -> None:
    assert getattr(codepipeline, function)(one) == verdict


def test_deployment_groups_through_a_client(aws: Emulator) -> None:
    client = aws.client("codedeploy")
    client.create_application(applicationName="shop", computePlatform="Server")
    prefix = f"arn:aws:codedeploy:us-east-1:{ACCOUNT}:deploymentgroup:shop/"

    def grouped(name: str, config: str, **more: Any) -> str:
        client.create_deployment_group(
            applicationName="shop",
            deploymentGroupName=name,
            serviceRoleArn=f"arn:aws:iam::{ACCOUNT}:role/r",
            deploymentConfigName=config,
            **more,
        )
        return prefix + name

    alarms = {"enabled": True, "alarms": [{"name": "errors"}]}
    failure = {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    on_request = {"enabled": True, "events": ["DEPLOYMENT_STOP_ON_REQUEST"]}
    watched = {"autoRollbackConfiguration": failure, "alarmConfiguration": alarms}
    good = grouped("live", "CodeDeployDefault.OneAtATime", **watched)
    told_of = {
        "applicationName": "shop",
        "deploymentGroupName": "live",
        "deploymentConfigName": "CodeDeployDefault.OneAtATime",
    }
    live = {"deploymentGroupInfo": {**told_of, **watched, "computePlatform": "Server"}}
    idle = {"alarmConfiguration": {**alarms, "enabled": False}}
    bad = grouped("bare", "CodeDeployDefault.AllAtOnce", autoRollbackConfiguration=on_request, **idle)
    stage = grouped("staging", "CodeDeployDefault.AllAtOnce")
    names = (
        "failed_deployments_roll_back",
        "deployments_watch_alarms",
        "deployments_reach_traffic_step_by_step",
        "last_deployments",
    )
    told = "last successful deployments: shop/bare never, shop/live never, shop/staging never"
    # moto forgets which alarms a deployment watches.
    with answering("codedeploy", {"GetDeploymentGroup": live}, {"deploymentGroupName": "live"}):
        found = judge_all(aws, "codedeploy", names)
    assert found == {
        "failed_deployments_roll_back": {
            good: ("holds", "rolled back on DEPLOYMENT_FAILURE"),
            bad: ("fails", "rolled back only on DEPLOYMENT_STOP_ON_REQUEST"),
            stage: ("fails", "automatic rollback is off"),
        },
        "deployments_watch_alarms": {
            good: ("holds", "alarms: errors"),
            bad: ("fails", "no alarm is watched"),
            stage: ("fails", "no alarm is watched"),
        },
        "deployments_reach_traffic_step_by_step": {
            good: ("holds", "CodeDeployDefault.OneAtATime"),
            bad: ("fails", "CodeDeployDefault.AllAtOnce"),
            stage: ("not applicable", "its name says that it is not production"),
        },
        "last_deployments": {REGION: ("told", told)},
    }


def group(config: str = "CodeDeployDefault.OneAtATime", **changes: object) -> Group:
    fields = {"application_name": "shop", "deployment_group_name": "live", "deployment_config_name": config}
    return Group.model_validate(fields | changes, strict=False)


BLUE = {"deployment_style": {"deployment_type": "BLUE_GREEN"}}


@pytest.mark.parametrize(
    ("platform", "one", "verdict"),
    [
        ("Server", group(), Holds("CodeDeployDefault.OneAtATime")),
        (
            "ECS",
            group("CodeDeployDefault.ECSAllAtOnce", **BLUE),
            Holds("blue/green, with the old version kept beside (CodeDeployDefault.ECSAllAtOnce)"),
        ),
        ("Lambda", group("CodeDeployDefault.LambdaAllAtOnce", **BLUE), Fails("CodeDeployDefault.LambdaAllAtOnce")),
        (
            "Server",
            group("CodeDeployDefault.AllAtOnce", deployment_group_name="shop-test"),
            NotApplicable("its name says that it is not production"),
        ),
        ("Server", group("own"), CannotTell("own does not say in which steps it deploys")),
    ],
)
def test_deployments_reach_traffic_step_by_step(platform: str, one: Group, verdict: Verdict) -> None:
    application = Application(application_name="shop", compute_platform=platform)
    assert codedeploy.deployments_reach_traffic_step_by_step(application, one, None) == verdict


@pytest.mark.parametrize(
    ("config", "verdict"),
    [
        (OwnConfig(traffic_routing_config=Routing(type="TimeBasedCanary")), Holds("own: TimeBasedCanary")),
        (OwnConfig(traffic_routing_config=Routing(type="AllAtOnce")), Fails("own")),
        (OwnConfig(minimum_healthy_hosts=Healthy(type="FLEET_PERCENT", value=75)), Holds("own: 75 % stay")),
        (OwnConfig(minimum_healthy_hosts=Healthy(type="HOST_COUNT", value=0)), Fails("own")),
        (OwnConfig(), CannotTell("own does not say in which steps it deploys")),
    ],
)
def test_configurations_of_the_accounts_own(config: OwnConfig, verdict: Verdict) -> None:
    application = Application(application_name="shop", compute_platform="Lambda")
    assert codedeploy.deployments_reach_traffic_step_by_step(application, group("own"), config) == verdict

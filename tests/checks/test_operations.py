"""Stacks and builds: against real clients and as tables."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checks import cloudformation, codebuild
from checks.cloudformation import DeclaredParameter, Drift, Stack
from checks.codebuild import LogGroup, Logs, Project, SourceCredential
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator


def stack(**changes: Any) -> Stack:
    return Stack.model_validate({"stack_id": "s", "stack_name": "net", "stack_status": "CREATE_COMPLETE"} | changes)


def looked_at(when: datetime | None) -> Stack:
    return stack(drift_information=Drift(stack_drift_status="IN_SYNC", last_check_timestamp=when))


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (looked_at(datetime(2026, 11, 1, tzinfo=UTC)), Holds("in sync on 2026-11-01")),
        (looked_at(datetime(2026, 1, 1, tzinfo=UTC)), CannotTell("drift was last looked for on 2026-01-01")),
        (looked_at(None), CannotTell("drift was last looked for at an unknown time")),
        (stack(drift_information=Drift(stack_drift_status="DRIFTED")), Fails("drifted at the last detection")),
        (
            stack(
                drift_information=Drift(
                    stack_drift_status="DRIFTED", last_check_timestamp=datetime(2026, 11, 1, tzinfo=UTC)
                ),
                last_updated_time=datetime(2026, 11, 2, tzinfo=UTC),
            ),
            CannotTell("drifted on 2026-11-01, and was updated since"),
        ),
        (stack(drift_information=Drift(stack_drift_status="NOT_CHECKED")), CannotTell("drift was never looked for")),
        (stack(), CannotTell("drift was never looked for")),
    ],
)
def test_stacks_have_not_drifted(one: Stack, verdict: Verdict) -> None:
    assert cloudformation.stacks_have_not_drifted(one, datetime(2026, 11, 23, tzinfo=UTC)) == verdict


@pytest.mark.parametrize(
    ("one", "protected", "stuck"),
    [
        (stack(enable_termination_protection=True), Holds("termination protection is on"), Holds("CREATE_COMPLETE")),
        (stack(), Fails("it is off"), Holds("CREATE_COMPLETE")),
        (stack(stack_status="ROLLBACK_COMPLETE"), Fails("it is off"), Fails("the state is ROLLBACK_COMPLETE")),
        (
            stack(parent_id="p", stack_status="UPDATE_ROLLBACK_FAILED"),
            NotApplicable("a nested stack is protected with its parent"),
            Fails("the state is UPDATE_ROLLBACK_FAILED"),
        ),
    ],
)
def test_stacks(one: Stack, protected: Verdict, stuck: Verdict) -> None:
    assert cloudformation.stacks_are_protected_from_deletion(one) == protected
    assert cloudformation.no_stack_is_stuck(one) == stuck


def test_names_in_stacks(aws: Emulator) -> None:
    parameters = {
        "DBPassword": {"Type": "String", "Default": "hunter2"},
        "Token": {"Type": "String", "NoEcho": True, "Default": "hunter2"},
        "ApiKey": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/api/key"},
    }
    template = {
        "Parameters": parameters,
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"AdminPassword": {"Value": {"Ref": "DBPassword"}}, "QueueUrl": {"Value": {"Ref": "Queue"}}},
    }
    client = aws.client("cloudformation")
    aws.client("ssm").put_parameter(Name="/api/key", Type="String", Value="x")
    loud = client.create_stack(StackName="loud", TemplateBody=json.dumps(template))["StackId"]
    bare = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    quiet = client.create_stack(StackName="quiet", TemplateBody=json.dumps(bare))["StackId"]
    client.set_stack_policy(StackName="quiet", StackPolicyBody='{"Statement": []}')
    client.create_stack_set(StackSetName="baseline", TemplateBody=json.dumps(bare))
    names = (
        "secret_parameters_are_hidden",
        "outputs_are_not_named_like_secrets",
        "updates_watch_alarms",
        "stack_policies",
        "stack_sets",
        "hooks",
    )
    with answering("cloudformation", {"ListTypes": {"TypeSummaries": [{"TypeName": "Own::Guard::Hook"}]}}):
        found = judge_all(aws, "cloudformation", names)
    assert found == {
        "secret_parameters_are_hidden": {
            loud: ("fails", "named like secrets, without NoEcho: DBPassword"),
            quiet: ("not applicable", "quiet has no parameters"),
        },
        "outputs_are_not_named_like_secrets": {
            loud: ("fails", "named like secrets: AdminPassword"),
            quiet: ("not applicable", "the stack has no outputs"),
        },
        "updates_watch_alarms": {loud: ("fails", "no rollback trigger"), quiet: ("fails", "no rollback trigger")},
        "stack_policies": {"region:us-east-1": ("told", "1 of 2 stacks have a stack policy")},
        "stack_sets": {"region:us-east-1": ("told", "1 stack sets: baseline (drift unknown)")},
        "hooks": {"region:us-east-1": ("told", "CloudFormation hooks: Own::Guard::Hook")},
    }


def test_stacks_whose_updates_watch_alarms() -> None:
    watched = stack(rollback_configuration={"rollback_triggers": ({"arn": "alarm"},)})
    assert cloudformation.updates_watch_alarms(watched) == Holds("1 rollback triggers")
    nested = NotApplicable("a nested stack is rolled back with its parent")
    assert cloudformation.updates_watch_alarms(stack(parent_id="p")) == nested
    hidden = [DeclaredParameter(parameter_key="Token", no_echo=True)]
    assert cloudformation.secret_parameters_are_hidden(stack(), hidden) == Holds("none")
    told = cloudformation.outputs_are_not_named_like_secrets(stack(outputs=({"output_key": "Url"},)))
    assert told == Holds("none of 1 outputs")


def test_stacks_through_a_client(aws: Emulator) -> None:
    template = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    arn = aws.client("cloudformation").create_stack(StackName="net", TemplateBody=template)["StackId"]
    assert aws.judge("cloudformation.stacks_are_protected_from_deletion") == {arn: ("fails", "it is off")}
    assert aws.judge("cloudformation.no_stack_is_stuck") == {arn: ("holds", "CREATE_COMPLETE")}
    told = "drift was looked for in 0 of 1 stacks"
    assert aws.judge("cloudformation.drift_detection") == {"region:us-east-1": ("told", told)}


def build(aws: Emulator, name: str, **environment: Any) -> str:
    made = aws.client("codebuild").create_project(
        name=name,
        source={"type": "S3", "location": "bucket/path"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            **environment,
        },
        serviceRole=f"arn:aws:iam::{ACCOUNT}:role/service-role/build",
    )
    found: str = made["project"]["arn"]
    return found


def test_builds_through_a_client(aws: Emulator) -> None:
    plain = {"name": "DB_PASSWORD", "value": "hidden", "type": "PLAINTEXT"}
    kept = {"name": "DB_PASSWORD", "value": "/db", "type": "PARAMETER_STORE"}
    bad = build(aws, "bad", privilegedMode=True, environmentVariables=[plain])
    good = build(aws, "good", privilegedMode=False, environmentVariables=[kept])
    assert aws.judge("codebuild.secrets_are_not_in_plain_variables") == {
        bad: ("fails", "named like secrets: DB_PASSWORD"),
        good: ("holds", "no plain variable is named like a secret"),
    }
    assert aws.judge("codebuild.builds_are_not_privileged") == {
        bad: ("fails", "privileged mode is on"),
        good: ("holds", "privileged mode is off"),
    }


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("DB_PASSWORD", True),
        ("API_KEY", True),
        ("GITHUB_TOKEN", True),
        ("apiKey", True),
        ("TOKENIZER", False),
        ("KEYBOARD", False),
        ("REGION", False),
    ],
)
def test_names_of_secrets(name: str, *, secret: bool) -> None:
    environment = {"environment_variables": ({"name": name},)}
    one = Project.model_validate({"arn": "p", "name": "p", "environment": environment, "source": {"type": "GITHUB"}})
    told = Fails(f"named like secrets: {name}") if secret else Holds("no plain variable is named like a secret")
    assert codebuild.secrets_are_not_in_plain_variables(one) == told


DEFAULT = Holds("CloudWatch Logs, which is on unless it is turned off")


@pytest.mark.parametrize(
    ("logs", "verdict"),
    [
        (None, DEFAULT),
        (Logs(s3_logs=LogGroup(status="DISABLED")), DEFAULT),
        (Logs(cloud_watch_logs=LogGroup(status="ENABLED")), Holds("logs are written")),
        (Logs(cloud_watch_logs=LogGroup(status="DISABLED")), Fails("all logs are off")),
        (
            Logs(cloud_watch_logs=LogGroup(status="DISABLED"), s3_logs=LogGroup(status="ENABLED")),
            Holds("logs are written"),
        ),
    ],
)
def test_builds_are_logged(logs: Logs | None, verdict: Verdict) -> None:
    one = Project.model_validate(
        {"arn": "p", "name": "p", "environment": {}, "logs_config": logs, "source": {"type": "GITHUB"}}
    )
    assert codebuild.builds_are_logged(one) == verdict


@pytest.mark.parametrize(
    "check", ["cloudwatch.alarms_tell_somebody", "cloudformation.no_stack_is_stuck", "codebuild.builds_are_logged"]
)
def test_where_there_is_none_nothing_is_judged(aws: Emulator, check: str) -> None:
    assert aws.verdicts(check) == {"region:us-east-1": "not applicable"}


def test_more_of_builds_through_a_client(aws: Emulator) -> None:
    arn = build(aws, "web")
    names = (
        "builds_are_not_public",
        "build_artifacts_are_encrypted",
        "builds_come_from_version_control",
        "repositories_are_reached_without_tokens",
        "test_reports",
    )
    credential = {"arn": "arn:token", "serverType": "GITHUB", "authType": "PERSONAL_ACCESS_TOKEN"}
    with answering(
        "codebuild",
        {
            "ListSourceCredentials": {"sourceCredentialsInfos": [credential]},
            "ListReportGroups": {"reportGroups": ["arn:one"]},
        },
    ):
        assert judge_all(aws, "codebuild", names) == {
            "builds_are_not_public": {arn: ("holds", "the visibility is PRIVATE")},
            "build_artifacts_are_encrypted": {arn: ("not applicable", "the project stores no artifacts in S3 itself")},
            "builds_come_from_version_control": {arn: ("fails", "from S3")},
            "repositories_are_reached_without_tokens": {"arn:token": ("fails", "GITHUB by PERSONAL_ACCESS_TOKEN")},
            "test_reports": {"region:us-east-1": ("told", "1 build projects, 1 groups of test reports")},
        }


def project(**changes: Any) -> Project:
    fields = {"arn": "p", "name": "p", "environment": {}, "source": {"type": "GITHUB"}}
    return Project.model_validate(fields | changes, strict=False)


@pytest.mark.parametrize(
    ("function", "one", "verdict"),
    [
        ("builds_are_not_public", project(project_visibility="PUBLIC_READ"), Fails("the visibility is PUBLIC_READ")),
        ("build_artifacts_are_encrypted", project(artifacts={"type": "S3"}), Holds("it is on")),
        (
            "build_artifacts_are_encrypted",
            project(secondary_artifacts=[{"type": "S3", "encryption_disabled": True}]),
            Fails("encryption is turned off"),
        ),
        ("builds_come_from_version_control", project(), Holds("from GITHUB")),
        (
            "builds_come_from_version_control",
            project(source={"type": "GITHUB_ENTERPRISE", "insecure_ssl": True}),
            Fails("GITHUB_ENTERPRISE, whose certificate is not checked"),
        ),
        (
            "builds_come_from_version_control",
            project(source={"type": "CODEPIPELINE"}),
            NotApplicable("the source is CODEPIPELINE"),
        ),
    ],
)
def test_projects(function: str, one: Project, verdict: Verdict) -> None:
    assert getattr(codebuild, function)(one) == verdict


def test_connections_need_no_tokens() -> None:
    one = SourceCredential(arn="a", server_type="GITHUB", auth_type="CODECONNECTIONS")
    assert codebuild.repositories_are_reached_without_tokens(one) == Holds("GITHUB by CODECONNECTIONS")
    open_ = project(project_visibility="PUBLIC_READ", name="library")
    told = NotApplicable("the settings say that its builds are public by design")
    assert codebuild.builds_are_not_public(open_, public_by_design=("library",)) == told

"""Stacks and builds: against real clients and as tables."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checks import cloudformation, codebuild
from checks.cloudformation import Drift, Stack
from checks.codebuild import LogGroup, Logs, Project
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
    ("status", "stuck"),
    [
        ("CREATE_COMPLETE", Holds("CREATE_COMPLETE")),
        ("ROLLBACK_COMPLETE", Fails("the state is ROLLBACK_COMPLETE")),
        ("UPDATE_ROLLBACK_COMPLETE", Holds("UPDATE_ROLLBACK_COMPLETE")),
    ],
)
def test_which_stacks_are_stuck(status: str, stuck: Verdict) -> None:
    assert cloudformation.no_stack_is_stuck(stack(stack_status=status)) == stuck


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


NOW = datetime(2026, 11, 23, tzinfo=UTC)
STACKS = f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/"


def listed(name: str, **members: Any) -> dict[str, Any]:
    """A stack as AWS lists it: moto neither keeps its protection nor looks for drift."""
    fields = {"StackId": STACKS + name, "StackName": name, "CreationTime": "2026-01-01T00:00:00Z"}
    states = {"StackStatus": "UPDATE_COMPLETE", "DisableRollback": False, "EnableTerminationProtection": False}
    return {
        **fields,
        **states,
        "RollbackConfiguration": {},
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        **members,
    }


def drift(status: str, when: str) -> dict[str, Any]:
    return {"StackDriftStatus": status, "LastCheckTimestamp": when}


def declared(**parameters: bool) -> dict[str, Any]:
    found = [{"ParameterKey": key, "ParameterType": "String", "NoEcho": hidden} for key, hidden in parameters.items()]
    return {"Parameters": found, "ResourceTypes": ["AWS::SQS::Queue"]}


def test_stacks_through_a_client(aws: Emulator) -> None:
    """moto makes the stacks that are asked for; what it does not keep of them is prepared."""
    template = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    arn = aws.client("cloudformation").create_stack(StackName="net", TemplateBody=template)["StackId"]
    assert aws.judge("cloudformation.stacks_are_protected_from_deletion") == {arn: ("fails", "it is off")}
    assert aws.judge("cloudformation.no_stack_is_stuck") == {arn: ("holds", "CREATE_COMPLETE")}
    told = "drift was looked for in 0 of 1 stacks"
    assert aws.judge("cloudformation.drift_detection") == {"region:us-east-1": ("told", told)}

    alarm = {"Arn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:errors", "Type": "AWS::CloudWatch::Alarm"}
    good = listed(
        "good",
        EnableTerminationProtection=True,
        DriftInformation=drift("IN_SYNC", "2026-11-01T00:00:00Z"),
        RollbackConfiguration={"RollbackTriggers": [alarm], "MonitoringTimeInMinutes": 10},
        Outputs=[{"OutputKey": "Url", "OutputValue": "https://example.com"}],
    )
    outputs = [{"OutputKey": "AdminPassword", "OutputValue": "x"}]
    bad = listed("bad", DriftInformation=drift("DRIFTED", "2026-11-01T00:00:00Z"), Outputs=outputs)
    nested = listed("nested", ParentId=STACKS + "good", RootId=STACKS + "good")
    stuck = listed("stuck", StackStatus="UPDATE_ROLLBACK_FAILED")
    mended = {"DriftInformation": drift("DRIFTED", "2026-11-01T00:00:00Z"), "LastUpdatedTime": "2026-11-02T00:00:00Z"}
    never = ("unknown", "drift was never looked for")
    names = ("stacks_are_protected_from_deletion", "stacks_have_not_drifted", "updates_watch_alarms",
        "secret_parameters_are_hidden", "outputs_are_not_named_like_secrets", "no_stack_is_stuck")  # fmt: skip
    with (
        answering(
            "cloudformation", {"DescribeStacks": {"Stacks": [good, bad, nested, stuck, listed("mended", **mended)]}}
        ),
        answering("cloudformation", {"GetTemplateSummary": declared()}),
        answering("cloudformation", {"GetTemplateSummary": declared(Token=True)}, {"StackName": STACKS + "good"}),
        answering("cloudformation", {"GetTemplateSummary": declared(Token=False)}, {"StackName": STACKS + "bad"}),
    ):
        found = judge_all(aws, "cloudformation", names, at=NOW)
    wanted: dict[str, dict[str, tuple[str, str]]] = {
        "stacks_are_protected_from_deletion": {
            "good": ("holds", "termination protection is on"),
            "nested": ("not applicable", "a nested stack is protected with its parent"),
            **dict.fromkeys(("bad", "stuck", "mended"), ("fails", "it is off")),
        },
        "stacks_have_not_drifted": {
            "good": ("holds", "in sync on 2026-11-01"),
            "bad": ("fails", "drifted at the last detection"),
            "nested": never,
            "stuck": never,
            "mended": ("unknown", "drifted on 2026-11-01, and was updated since"),
        },
        "updates_watch_alarms": {
            "good": ("holds", "1 rollback triggers"),
            "nested": ("not applicable", "a nested stack is rolled back with its parent"),
            **dict.fromkeys(("bad", "stuck", "mended"), ("fails", "no rollback trigger")),
        },
        "secret_parameters_are_hidden": {
            "good": ("holds", "none"),
            "bad": ("fails", "named like secrets, without NoEcho: Token"),
            **{name: ("not applicable", f"{name} has no parameters") for name in ("nested", "stuck", "mended")},
        },
        "outputs_are_not_named_like_secrets": {
            "good": ("holds", "none of 1 outputs"),
            "bad": ("fails", "named like secrets: AdminPassword"),
            **dict.fromkeys(("nested", "stuck", "mended"), ("not applicable", "the stack has no outputs")),
        },
        "no_stack_is_stuck": {
            "stuck": ("fails", "the state is UPDATE_ROLLBACK_FAILED"),
            **dict.fromkeys(("good", "bad", "nested", "mended"), ("holds", "UPDATE_COMPLETE")),
        },
    }
    assert found == {check: {STACKS + name: one for name, one in rows.items()} for check, rows in wanted.items()}


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


def shown(name: str, source: dict[str, Any], artifacts: str = "NO_ARTIFACTS", **members: Any) -> dict[str, Any]:
    """A project as AWS shows it: moto keeps no visibility and no artifacts that are not encrypted."""
    runs = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"}
    return {
        "name": name,
        "arn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/{name}",
        "source": source,
        "artifacts": {"type": artifacts, "encryptionDisabled": False},
        "environment": {**runs, "environmentVariables": [], "privilegedMode": False},
        "projectVisibility": "PRIVATE",
        **members,
    }


def test_more_of_builds_through_a_client(aws: Emulator) -> None:
    names = ("builds_are_not_public", "build_artifacts_are_encrypted", "builds_come_from_version_control",
        "builds_are_logged", "repositories_are_reached_without_tokens", "test_reports")  # fmt: skip
    off = {"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "DISABLED", "encryptionDisabled": False}}
    open_ = {"type": "S3", "location": "b", "encryptionDisabled": True}
    github = {"type": "GITHUB", "location": "https://github.com/example/shop", "insecureSsl": False}
    unchecked = {"type": "GITHUB_ENTERPRISE", "location": "https://git.example/shop", "insecureSsl": True}
    projects = [
        shown("good", github, "S3", logsConfig={"cloudWatchLogs": {"status": "ENABLED"}}),
        shown(
            "bad", {"type": "S3", "location": "b/x"}, artifacts="S3", projectVisibility="PUBLIC_READ", logsConfig=off
        ),
        shown("stage", {"type": "CODEPIPELINE"}, "CODEPIPELINE"),
        shown("loose", unchecked, secondaryArtifacts=[open_ | {"artifactIdentifier": "a"}]),
    ]
    projects[1]["artifacts"] = open_
    kinds = ("PERSONAL_ACCESS_TOKEN", "OAUTH", "CODECONNECTIONS", "SECRETS_MANAGER")
    credentials = [{"arn": f"arn:{kind}", "serverType": "GITHUB", "authType": kind} for kind in kinds]
    with answering(
        "codebuild",
        {
            "ListProjects": {"projects": [one["name"] for one in projects]},
            "BatchGetProjects": {"projects": projects, "projectsNotFound": []},
            "ListSourceCredentials": {"sourceCredentialsInfos": credentials},
            "ListReportGroups": {"reportGroups": ["arn:one"]},
        },
    ):
        found = judge_all(aws, "codebuild", names)
    private, unset = ("holds", "the visibility is PRIVATE"), "CloudWatch Logs, which is on unless it is turned off"
    wanted = {
        "builds_are_not_public": [private, ("fails", "the visibility is PUBLIC_READ"), private, private],
        "build_artifacts_are_encrypted": [
            ("holds", "it is on"),
            ("fails", "encryption is turned off"),
            ("not applicable", "the project stores no artifacts in S3 itself"),
            ("fails", "encryption is turned off"),
        ],
        "builds_come_from_version_control": [
            ("holds", "from GITHUB"),
            ("fails", "from S3"),
            ("not applicable", "the source is CODEPIPELINE"),
            ("fails", "GITHUB_ENTERPRISE, whose certificate is not checked"),
        ],
        "builds_are_logged": [
            ("holds", "logs are written"),
            ("fails", "all logs are off"),
            ("holds", unset),
            ("holds", unset),
        ],
    }
    arns = [one["arn"] for one in projects]
    assert found == {
        **{check: dict(zip(arns, rows, strict=True)) for check, rows in wanted.items()},
        "repositories_are_reached_without_tokens": {
            "arn:PERSONAL_ACCESS_TOKEN": ("fails", "GITHUB by PERSONAL_ACCESS_TOKEN"),
            "arn:OAUTH": ("fails", "GITHUB by OAUTH"),
            "arn:CODECONNECTIONS": ("holds", "GITHUB by CODECONNECTIONS"),
            "arn:SECRETS_MANAGER": ("holds", "GITHUB by SECRETS_MANAGER"),
        },
        "test_reports": {"region:us-east-1": ("told", "4 build projects, 1 groups of test reports")},
    }


def project(**changes: Any) -> Project:
    fields = {"arn": "p", "name": "p", "environment": {}, "source": {"type": "GITHUB"}}
    return Project.model_validate(fields | changes, strict=False)


def test_a_library_may_show_its_builds() -> None:
    open_ = project(project_visibility="PUBLIC_READ", name="library")
    told = NotApplicable("the settings say that its builds are public by design")
    assert codebuild.builds_are_not_public(open_, public_by_design=("library",)) == told

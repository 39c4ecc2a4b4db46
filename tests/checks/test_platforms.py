"""App Runner, Batch and Elastic Beanstalk checks: against real clients, with prepared answers for what moto lacks."""

from contextlib import ExitStack
from typing import Any

import pytest

from checks import apprunner, batch
from checks.apprunner import Service
from checks.batch import ComputeEnvironment, JobDefinition
from checks.ec2.evidence import Subnet
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
APP = f"arn:aws:apprunner:us-east-1:{ACCOUNT}:service/"


def test_nothing_is_there(aws: Emulator) -> None:
    assert aws.judge("apprunner.services") == {}
    assert aws.verdicts("apprunner.requests_are_traced") == {REGION: "not applicable"}
    none = {REGION: ("not applicable", "there are no job definitions")}
    names = ("secrets_are_not_in_plain_variables", "jobs_are_not_privileged")
    assert judge_all(aws, "batch", names) == dict.fromkeys(names, none)
    assert aws.verdicts("elasticbeanstalk.platforms_are_updated") == {REGION: "not applicable"}


def app(name: str, source: dict[str, Any], **changes: Any) -> dict[str, Any]:
    at = "2026-01-01T00:00:00Z"
    return {
        "ServiceName": name,
        "ServiceId": "1",
        "ServiceArn": f"{APP}{name}/1",
        "CreatedAt": at,
        "UpdatedAt": at,
        "Status": "RUNNING",
        "SourceConfiguration": source,
        "InstanceConfiguration": {},
        "AutoScalingConfigurationSummary": {},
        "NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": False}},
        **changes,
    }


def image(**how: Any) -> dict[str, Any]:
    return {"ImageRepository": {"ImageIdentifier": "i", "ImageRepositoryType": "ECR", "ImageConfiguration": how}}


def test_app_runner(aws: Emulator) -> None:
    referred = {"API_KEY": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:key"}
    tracing = {"ObservabilityEnabled": True, "ObservabilityConfigurationArn": "arn"}
    apps = [
        app("bad", image(RuntimeEnvironmentVariables={"API_KEY": "hunter2", "STAGE": "x"})),
        app(
            "good",
            image(RuntimeEnvironmentVariables={"STAGE": "x"}, RuntimeEnvironmentSecrets=referred),
            ObservabilityConfiguration=tracing,
        ),
    ]
    listed = {"ServiceSummaryList": [{"ServiceArn": one["ServiceArn"]} for one in apps]}
    with ExitStack() as prepared:
        prepared.enter_context(answering("apprunner", {"ListServices": listed}))
        for one in apps:
            which = {"ServiceArn": one["ServiceArn"]}
            prepared.enter_context(answering("apprunner", {"DescribeService": {"Service": one}}, when=which))
        names = ("secrets_are_not_in_plain_variables", "requests_are_traced", "services")
        seen = judge_all(aws, "apprunner", names)
    bad, good = f"{APP}bad/1", f"{APP}good/1"
    assert seen == {
        "secrets_are_not_in_plain_variables": {
            bad: ("fails", "named like secrets: API_KEY"),
            good: ("holds", "no plain variable is named so"),
        },
        "requests_are_traced": {bad: ("fails", "tracing is off"), good: ("holds", "tracing is on")},
        "services": {REGION: ("told", "App Runner services: bad (private), good (private)")},
    }


def test_app_runner_from_code() -> None:
    values = {
        "configuration_source": "API",
        "code_configuration_values": {"runtime_environment_variables": ("STAGE",)},
    }
    one = Service.model_validate(
        {
            "service_arn": APP,
            "service_name": "web",
            "source_configuration": {"code_repository": {"code_configuration": values}},
            "network_configuration": {},
            "observability_configuration": {"observability_enabled": True},
        },
        strict=False,
    )
    assert one.variables == ("STAGE",)
    assert apprunner.secrets_are_not_in_plain_variables(one) == Holds("no plain variable is named so")
    assert apprunner.requests_are_traced(one) == Holds("tracing is on")
    hidden = {"code_repository": {"code_configuration": {"configuration_source": "REPOSITORY"}}}
    other = Service.model_validate(one.model_dump() | {"source_configuration": hidden}, strict=False)
    told = CannotTell("its variables stand in its repository")
    assert apprunner.secrets_are_not_in_plain_variables(other) == told
    assert apprunner.services([one]) == "App Runner services: web (public)"


def test_batch(aws: Emulator) -> None:
    client = aws.client("batch")
    for variables in ([], [{"name": "DB_PASSWORD", "value": "hunter2"}]):
        client.register_job_definition(
            jobDefinitionName="nightly",
            type="container",
            containerProperties={"image": "i", "vcpus": 1, "memory": 128, "privileged": True, "environment": variables},
        )
    names = ("secrets_are_not_in_plain_variables", "jobs_are_not_privileged")
    assert judge_all(aws, "batch", names) == {
        "secrets_are_not_in_plain_variables": {REGION: ("fails", "named like secrets: nightly (DB_PASSWORD)")},
        "jobs_are_not_privileged": {REGION: ("fails", "privileged: nightly")},
    }
    client.register_job_definition(
        jobDefinitionName="nightly", type="container", containerProperties={"image": "i", "vcpus": 1, "memory": 128}
    )
    assert judge_all(aws, "batch", names) == {
        "secrets_are_not_in_plain_variables": {REGION: ("holds", "none in 1 job definitions")},
        "jobs_are_not_privileged": {REGION: ("holds", "none is privileged")},
    }
    assert aws.verdicts("batch.environments_span_zones") == {REGION: "not applicable"}


def test_environments_of_batch_side_by_side(aws: Emulator) -> None:
    ec2, client = aws.client("ec2"), aws.client("batch")
    subnets = {one["AvailabilityZone"][-1]: one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]}
    group = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
    role = aws.client("iam").create_role(RoleName="batch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    arn = f"arn:aws:batch:us-east-1:{ACCOUNT}:compute-environment/"

    def made(name: str, zones: str, state: str = "ENABLED", **more: Any) -> None:
        inside = [subnets[zone] for zone in zones]
        own = {"type": "FARGATE", "maxvCpus": 16, "subnets": inside, "securityGroupIds": [group]}
        kind = {"type": "MANAGED", "computeResources": own} if zones else {"type": "UNMANAGED"}
        client.create_compute_environment(computeEnvironmentName=name, state=state, serviceRole=role, **kind, **more)

    made("good", "ab")
    made("bad", "a")
    made("off", "a", state="DISABLED")
    made("own", "")
    made("toy", "a", tags={"Environment": "dev"})
    assert aws.judge("batch.environments_span_zones") == {
        f"{arn}good": ("holds", "in us-east-1a, us-east-1b"),
        f"{arn}bad": ("fails", "in us-east-1a alone"),
        f"{arn}off": ("not applicable", "the environment is disabled"),
        f"{arn}own": ("not applicable", "Batch does not start its machines"),
        f"{arn}toy": ("not applicable", "the tag Environment says dev"),
    }


def test_containers_are_found_wherever_they_are() -> None:
    inner = {"environment": ({"name": "TOKEN"},)}
    of_tasks = {"task_properties": ({"containers": (inner,)},)}
    for place in (
        {"ecs_properties": of_tasks},
        {"node_properties": {"node_range_properties": ({"container": inner},)}},
        {"node_properties": {"node_range_properties": ({"ecs_properties": of_tasks},)}},
    ):
        one = JobDefinition.model_validate({"job_definition_name": "j", "revision": 1, **place})
        assert batch.secrets_are_not_in_plain_variables([one]) == Fails("named like secrets: j (TOKEN)")
    pod = {"containers": ({"env": ()},), "init_containers": ({"env": ({"name": "TOKEN"},)},)}
    one = JobDefinition.model_validate(
        {"job_definition_name": "j", "revision": 1, "eks_properties": {"pod_properties": pod}}
    )
    assert batch.secrets_are_not_in_plain_variables([one]) == Fails("named like secrets: j (TOKEN)")
    assert batch.jobs_are_not_privileged([one]) == Holds("none is privileged")
    pod["containers"] = ({"security_context": {"privileged": True}},)
    one = JobDefinition.model_validate(
        {"job_definition_name": "j", "revision": 1, "eks_properties": {"pod_properties": pod}}
    )
    assert batch.jobs_are_not_privileged([one]) == Fails("privileged: j")


SUBNETS = [Subnet(subnet_id=f"s-{zone}", vpc_id="v", availability_zone=zone) for zone in "ab"]


@pytest.mark.parametrize(
    ("subnets", "state", "verdict"),
    [
        (("s-a", "s-b"), "ENABLED", Holds("in a, b")),
        (("s-a",), "ENABLED", Fails("in a alone")),
        (("s-a",), "DISABLED", NotApplicable("the environment is disabled")),
        (("s-x",), "ENABLED", CannotTell("not all of its subnets are among those that EC2 lists here")),
        ((), "ENABLED", NotApplicable("Batch does not start its machines")),
    ],
)
def test_environments_span_zones(subnets: tuple[str, ...], state: str, verdict: Verdict) -> None:
    fields = {
        "compute_environment_arn": "a",
        "state": state,
        "compute_resources": {"type": "EC2", "subnets": subnets},
    }
    assert batch.environments_span_zones(ComputeEnvironment.model_validate(fields), SUBNETS) == verdict


def option(namespace: str, name: str, value: str) -> dict[str, str]:
    return {"Namespace": f"aws:elasticbeanstalk:{namespace}", "OptionName": name, "Value": value}


def test_beanstalk(aws: Emulator) -> None:
    client = aws.client("elasticbeanstalk")
    client.create_application(ApplicationName="shop")
    arn = client.create_environment(
        ApplicationName="shop",
        EnvironmentName="live",
        SolutionStackName="64bit Amazon Linux 2018.03 v2.9.4 running Docker",
    )["EnvironmentArn"]
    names = (
        "platforms_are_updated",
        "health_is_reported_in_full",
        "logs_leave_the_instances",
        "variables_are_not_named_like_secrets",
        "platform_branches_are_supported",
    )
    off = {
        names[0]: {arn: ("fails", "managed updates of live: false")},
        names[1]: {arn: ("fails", "the health of live is basic")},
        names[2]: {arn: ("fails", "streaming of the logs of live: false")},
    }
    assert judge_all(aws, "elasticbeanstalk", names) == {
        **off,
        names[3]: {arn: ("not applicable", "live has no variables")},
        names[4]: {arn: ("holds", "Docker running on 64bit Amazon Linux 2023 is Supported")},
    }
    options = [
        option("managedactions", "ManagedActionsEnabled", "true"),
        option("healthreporting:system", "SystemType", "enhanced"),
        option("cloudwatch:logs", "StreamLogs", "true"),
        option("application:environment", "DB_PASSWORD", "hunter2"),
    ]
    bare = [one | {"Value": value} for one, value in zip(options, ("false", "basic", "false"), strict=False)]
    old = {"PlatformBranchName": "Old", "PlatformBranchLifecycleState": "Retired"}
    named = ("fails", "named like secrets: DB_PASSWORD")
    nothing = ("unknown", "no settings of live are in the answer, as where they may not be seen")
    launching = {"EnvironmentArn": arn, "EnvironmentName": "live", "ApplicationName": "shop", "Status": "Launching"}
    launching["PlatformArn"] = "arn:aws:elasticbeanstalk:us-east-1::platform/custom"
    comes = ("not applicable", "live is Launching")
    for state, settings, platform, told in (
        (
            {},
            [{"DeploymentStatus": "deployed", "OptionSettings": options}],
            old,
            {
                names[0]: {arn: ("holds", "managed updates of live: true")},
                names[1]: {arn: ("holds", "the health of live is enhanced")},
                names[2]: {arn: ("holds", "streaming of the logs of live: true")},
                names[3]: {arn: named},
                names[4]: {arn: ("fails", "Old is Retired")},
            },
        ),
        (  # a draft that could not be deployed comes first, and is not in force
            {},
            [
                {"DeploymentStatus": "failed", "OptionSettings": options},
                {"DeploymentStatus": "deployed", "OptionSettings": bare},
            ],
            old | {"PlatformBranchLifecycleState": "Deprecated"},
            {**off, names[3]: {arn: named}, names[4]: {arn: ("fails", "Old is Deprecated")}},
        ),
        (
            {},
            [],
            {},
            {
                **{name: {arn: nothing} for name in names[:4]},
                names[4]: {arn: ("unknown", "the platform of live belongs to no branch of AWS's")},
            },
        ),
        ({"Environments": [launching]}, [], {}, {name: {arn: comes} for name in names}),
    ):
        with ExitStack() as prepared:
            for operation, answer in (
                ("DescribeConfigurationSettings", {"ConfigurationSettings": settings}),
                ("DescribePlatformVersion", {"PlatformDescription": platform}),
                *([("DescribeEnvironments", state)] if state else []),
            ):
                prepared.enter_context(answering("elasticbeanstalk", {operation: answer}))
            assert judge_all(aws, "elasticbeanstalk", names) == told
    variables = [option("application:environment", "STAGE", "live")]
    plain = {"ConfigurationSettings": [{"DeploymentStatus": "deployed", "OptionSettings": variables}]}
    with answering("elasticbeanstalk", {"DescribeConfigurationSettings": plain}):
        assert aws.judge("elasticbeanstalk.variables_are_not_named_like_secrets") == {
            arn: ("holds", "none of 1 variables")
        }

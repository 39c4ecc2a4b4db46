"""Lambda checks, against real clients, with prepared answers for what moto lacks, and as tables."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checks.lambda_ import running
from checks.lambda_.access import layers_from_elsewhere
from checks.lambda_.evidence import (
    Alias,
    AliasConfiguration,
    AliasPolicy,
    EventInvokeConfig,
    EventSource,
    Function,
    FunctionPolicy,
    Layer,
)
from checks.lambda_.runtimes import AS_OF, DEPRECATED
from scanner import CannotTell, Fails, Holds, NotApplicable, Policy, Target, Verdict
from tests.checks.answers import answering
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"


def make(aws: Emulator, name: str, role: str, **how: object) -> None:
    iam = aws.client("iam")
    if not any(one["RoleName"] == role for one in iam.list_roles()["Roles"]):
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=document)
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="x.y",
        Role=f"arn:aws:iam::{ACCOUNT}:role/{role}",
        Code={"ZipFile": b"never run"},
        **how,
    )


@pytest.fixture
def forget() -> Iterator[ExitStack]:
    """Prepared answers that end with the test."""
    with ExitStack() as stack:
        yield stack


def test_functions_are_not_public(aws: Emulator) -> None:
    for name in ("quiet", "open", "bound", "loose"):
        make(aws, name, "own")
    client = aws.client("lambda")
    client.add_permission(FunctionName="open", StatementId="all", Action="lambda:InvokeFunction", Principal="*")
    client.add_permission(
        FunctionName="bound",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::uploads",
    )
    client.add_permission(
        FunctionName="loose", StatementId="any", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    loose = "events of anybody's bucket may call it: statement 'any' names no account and no bucket"
    assert aws.judge("lambda.functions_are_not_public") == {
        ARN + "loose": ("fails", loose),
        ARN + "quiet": ("holds", "the function has no policy"),
        ARN + "open": ("fails", "the policy is open: statement 'all' lets everyone do lambda:InvokeFunction"),
        ARN + "bound": ("holds", "the policy lets in nobody in general"),
    }


def test_the_policy_of_an_alias_counts_too(aws: Emulator) -> None:
    """AWS keeps a policy for the function and one for each alias, and shows only the one that is asked for."""
    make(aws, "f", "own")
    client = aws.client("lambda")
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    client.add_permission(
        FunctionName="f", Qualifier="live", StatementId="all", Action="lambda:InvokeFunction", Principal="*"
    )
    assert aws.judge("lambda.functions_are_not_public") == {
        ARN + "f": ("fails", "the policy is open: statement 'all' lets everyone do lambda:InvokeFunction")
    }


def test_functions_and_their_roles(aws: Emulator) -> None:
    make(aws, "a", "shared")
    assert aws.judge("lambda.functions_have_roles_of_their_own") == {
        "region:us-east-1": ("holds", "1 functions, each with its own role")
    }
    make(aws, "b", "shared", TracingConfig={"Mode": "Active"})
    assert aws.judge("lambda.functions_have_roles_of_their_own") == {
        "region:us-east-1": ("fails", "2 functions share shared: a, b")
    }
    assert aws.judge("lambda.functions_are_traced") == {
        ARN + "a": ("fails", "tracing is PassThrough"),
        ARN + "b": ("holds", "active tracing is on"),
    }
    assert aws.judge("lambda.runtimes") == {"region:us-east-1": ("told", "runtimes of functions: 2 × python3.13")}


def test_functions_in_a_network(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("aba")
    ]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    make(aws, "outside", "own")
    make(aws, "narrow", "own", VpcConfig={"SubnetIds": subnets[:1], "SecurityGroupIds": [group]})
    make(aws, "wide", "own", VpcConfig={"SubnetIds": subnets[:2], "SecurityGroupIds": [group]})
    make(aws, "same", "own", VpcConfig={"SubnetIds": subnets[::2], "SecurityGroupIds": [group]})
    assert aws.judge("lambda.functions_in_a_network_span_zones") == {
        ARN + "outside": ("not applicable", "the function is not attached to a VPC"),
        ARN + "narrow": ("fails", "in us-east-1a alone"),
        ARN + "wide": ("holds", "in us-east-1a, us-east-1b"),
        ARN + "same": ("fails", "in us-east-1a alone"),
    }


def test_no_function_has_nothing_to_judge(aws: Emulator) -> None:
    none = {"region:us-east-1": ("not applicable", "there are no functions")}
    assert aws.judge("lambda.functions_have_roles_of_their_own") == none


def function(**changes: object) -> Function:
    fields = {"function_name": "f", "function_arn": "arn:f", "role": "r", "timeout": 3, "runtime": "python3.13"}
    return Function.model_validate(fields | changes)


REPLICA = {"master_arn": "arn:aws:lambda:us-east-1:123456789012:function:edge:1"}


def test_what_is_told_in_the_open(aws: Emulator) -> None:
    make(aws, "quiet", "own")
    make(aws, "plain", "own", Environment={"Variables": {"STAGE": "x", "DB_SECRET_ARN": "x"}})
    make(aws, "loud", "own", Environment={"Variables": {"DB_PASSWORD": "x", "STAGE": "x"}})
    assert aws.judge("lambda.variables_are_not_named_like_secrets") == {
        ARN + "quiet": ("not applicable", "the function has no environment variables"),
        ARN + "plain": ("holds", "none of 2 variables is named like a secret"),
        ARN + "loud": ("fails", "named like secrets: DB_PASSWORD"),
    }


def url(kind: str) -> dict[str, str]:
    at = "2026-01-01T00:00:00Z"
    return {"FunctionUrl": "u", "FunctionArn": "a", "CreationTime": at, "LastModifiedTime": at, "AuthType": kind}


def test_urls_and_signatures(aws: Emulator) -> None:
    make(aws, "f", "own")
    assert aws.judge("lambda.function_urls_ask_who_calls") == {ARN + "f": ("not applicable", "the function has no URL")}
    with answering("lambda", {"ListFunctionUrlConfigs": {"FunctionUrlConfigs": [url("AWS_IAM")]}}):
        assert aws.judge("lambda.function_urls_ask_who_calls") == {
            ARN + "f": ("holds", "the authentication type is AWS_IAM")
        }
    with answering("lambda", {"ListFunctionUrlConfigs": {"FunctionUrlConfigs": [url("AWS_IAM"), url("NONE")]}}):
        check = "lambda.function_urls_ask_who_calls"
        assert aws.judge(check) == {ARN + "f": ("fails", "the authentication type is AWS_IAM, NONE")}
        told = ("not applicable", "the settings say that the URL is public by design")
        assert aws.judge(check, settings={check: {"public_by_design": ("f",)}}) == {ARN + "f": told}
    assert aws.judge("lambda.code_is_signed") == {ARN + "f": ("fails", "no code signing configuration")}
    make(aws, "signed", "own", CodeSigningConfigArn="arn:csc")
    for policy, verdict in (("Enforce", "holds"), ("Warn", "fails")):
        config = {
            "CodeSigningConfigId": "csc-1",
            "CodeSigningConfigArn": "arn:csc",
            "AllowedPublishers": {"SigningProfileVersionArns": []},
            "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy},
            "LastModified": "2026-01-01T00:00:00Z",
        }
        with answering("lambda", {"GetCodeSigningConfig": {"CodeSigningConfig": config}}):
            assert aws.judge("lambda.code_is_signed")[ARN + "signed"] == (verdict, f"unsigned code: {policy}")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (function(), Holds("python3.13 is supported until 2029-06-30")),
        (
            function(runtime="nodejs18.x"),
            Fails(f"the support of nodejs18.x ended on 2025-09-01 (AWS's table as of {AS_OF})"),
        ),
        (function(runtime="python3.99"), CannotTell(f"AWS's table as of {AS_OF} gives no date for python3.99")),
        (
            function(runtime="dotnet8"),
            CannotTell(
                f"by AWS's table as of {AS_OF} the support of dotnet8 was to end on 2026-11-10; AWS moves such dates"
            ),
        ),
        (function(package_type="Image", runtime=None), NotApplicable("the runtime is inside the container image")),
        (function(**REPLICA), NotApplicable("a replica of Lambda@Edge is as its master is")),
    ],
)
def test_runtimes_are_supported(one: Function, verdict: Verdict) -> None:
    assert running.runtimes_are_supported(one, datetime(2026, 11, 23, tzinfo=UTC)) == verdict


def test_runtimes_through_a_client(aws: Emulator) -> None:
    """As AWS lists functions: moto takes no name of a runtime that is gone, and copies nothing to the edge."""
    listed = [
        {"FunctionName": name, "FunctionArn": ARN + name, "Role": "arn:r", "Timeout": 3, "PackageType": "Zip", **own}
        for name, own in {
            "new": {"Runtime": "python3.13"},
            "old": {"Runtime": "nodejs18.x"},
            "image": {"PackageType": "Image"},
            "us-east-1.edge": {"Runtime": "nodejs18.x", "MasterArn": f"{ARN}edge:1"},
        }.items()
    ]
    with answering("lambda", {"ListFunctions": {"Functions": listed}}):
        # A replica has its master's role, and X-Ray does not trace it.
        assert aws.judge("lambda.functions_are_traced")[ARN + "us-east-1.edge"] == (
            "not applicable",
            "X-Ray does not trace Lambda@Edge",
        )
        shared = "3 functions share arn:r: image, new, old"
        assert aws.judge("lambda.functions_have_roles_of_their_own") == {"region:us-east-1": ("fails", shared)}
        assert aws.judge("lambda.runtimes_are_supported", at=datetime(2026, 11, 23, tzinfo=UTC)) == {
            ARN + "new": ("holds", "python3.13 is supported until 2029-06-30"),
            ARN + "old": ("fails", f"the support of nodejs18.x ended on 2025-09-01 (AWS's table as of {AS_OF})"),
            ARN + "image": ("not applicable", "the runtime is inside the container image"),
            ARN + "us-east-1.edge": ("not applicable", "a replica of Lambda@Edge is as its master is"),
        }


def test_a_runtime_is_supported_on_its_last_day() -> None:
    last = datetime(2025, 9, 1, 23, 59, tzinfo=UTC)
    one = function(runtime="nodejs18.x")
    assert running.runtimes_are_supported(one, last) == Holds("nodejs18.x is supported until 2025-09-01")


def test_every_date_is_one_and_every_known_runtime_is_dated() -> None:
    assert all(date(2016, 1, 1) < ends < date(2035, 1, 1) for ends in DEPRECATED.values())


def called(resource: str, service: str = "s3") -> Policy:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": resource}
    statement["Principal"] = {"Service": f"{service}.amazonaws.com"}
    return Policy.model_validate({"Version": "2012-10-17", "Statement": [statement]})


QUEUE = {"dead_letter_config": {"target_arn": "arn:dead"}}


def test_dead_letters_are_kept() -> None:
    """moto does not tell of them."""
    policy, arn = FunctionPolicy(policy=called(ARN + "f")), ARN + "f"
    one = function(function_arn=arn, **QUEUE)
    kept = Holds("dead letters go to arn:dead")
    assert running.failed_events_are_kept(one, policy, [], [], [], []) == kept
    policy = FunctionPolicy(policy=called(arn, "logs.eu-west-1"))
    told = "called by logs.eu-west-1.amazonaws.com; no dead-letter queue and no destination for failures"
    bare = function(function_arn=arn)
    assert running.failed_events_are_kept(bare, policy, [], [], [], []) == Fails(told)
    destination = {"on_failure": {"destination": "arn:dead"}}
    version = EventInvokeConfig.model_validate({"function_arn": f"{arn}:3", "destination_config": destination})
    untold = "failures of a version have a destination, and which version is called is not told"
    assert running.failed_events_are_kept(bare, policy, [], [], [], [version]) == CannotTell(untold)
    alias = version.model_copy(update={"function_arn": f"{arn}:live"})
    assert running.failed_events_are_kept(bare, policy, [], [], [], [alias]) == Fails(told)
    own = version.model_copy(update={"function_arn": f"{arn}:$LATEST"})
    assert running.failed_events_are_kept(bare, policy, [], [], [], [own]) == Holds("failures have a destination")
    through = AliasPolicy(policy=called(f"{arn}:live", "logs.eu-west-1"))
    live = Alias(name="live", function_version="3")
    three = AliasConfiguration(version="3")
    assert running.failed_events_are_kept(bare, None, [through], [live], [three], [own]) == Fails(told)
    reached = Holds("failures have a destination")
    assert running.failed_events_are_kept(bare, None, [through], [live], [three], [alias]) == reached


SHIFTING = {"routing_config": {"additional_version_weights": ("4",)}}
LOST = Fails("called by s3.amazonaws.com; no dead-letter queue and no destination for failures")
UNTOLD = CannotTell("whether every version that live leads to has a dead-letter queue is not told")


@pytest.mark.parametrize(
    ("latest", "alias", "versions", "verdict"),
    [
        ({}, {}, {"3": QUEUE}, Holds("dead letters go to arn:dead")),
        (QUEUE, {}, {"3": {}}, LOST),
        (QUEUE, {"function_version": "$LATEST"}, {}, Holds("dead letters go to arn:dead")),
        (QUEUE, SHIFTING, {"3": QUEUE}, UNTOLD),
        (QUEUE, SHIFTING, {"3": {}}, LOST),
        (QUEUE, SHIFTING, {"3": QUEUE, "4": QUEUE}, Holds("dead letters go to arn:dead")),
    ],
)
def test_the_dead_letters_of_an_alias_are_those_of_its_versions(
    latest: dict[str, Any], alias: dict[str, Any], versions: dict[str, dict[str, Any]], verdict: Verdict
) -> None:
    live = Alias.model_validate({"name": "live", "function_version": "3"} | alias)
    known = [AliasConfiguration.model_validate({"version": name} | of) for name, of in versions.items()]
    through = [AliasPolicy(policy=called(ARN + "f:live"))]
    one = function(function_arn=ARN + "f", **latest)
    assert running.failed_events_are_kept(one, None, through, [live], known, []) == verdict


def test_failures_and_versions(aws: Emulator) -> None:
    make(aws, "called", "own")
    make(aws, "safe", "own")
    make(aws, "asked", "own")
    client = aws.client("lambda")
    for name, caller in (("called", "events"), ("safe", "s3"), ("asked", "apigateway")):
        client.add_permission(
            FunctionName=name,
            StatementId="s",
            Action="lambda:InvokeFunction",
            Principal=f"{caller}.amazonaws.com",
            SourceAccount=ACCOUNT,
        )
    check = "lambda.failed_events_are_kept"
    lost = "called by {}.amazonaws.com; no dead-letter queue and no destination for failures"
    assert aws.judge(check) == {
        ARN + "called": ("fails", lost.format("events")),
        ARN + "safe": ("fails", lost.format("s3")),
        ARN + "asked": ("not applicable", "its policy lets in no service that calls asynchronously"),
    }
    client.put_function_event_invoke_config(
        FunctionName="called",
        DestinationConfig={"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:dead"}},
    )
    assert aws.judge(check)[ARN + "called"] == ("holds", "failures have a destination")
    client.publish_version(FunctionName="called")
    client.create_alias(FunctionName="called", Name="live", FunctionVersion="1")
    client.create_alias(FunctionName="safe", Name="test", FunctionVersion="$LATEST")
    client.add_permission(
        FunctionName="called",
        Qualifier="live",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceAccount=ACCOUNT,
    )
    queue = {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:old"}}
    for version, told in (
        ({}, ("fails", lost.format("sns"))),
        (queue, ("holds", "dead letters go to arn:aws:sqs:us-east-1:123456789012:old")),
    ):
        settings = {"GetFunctionConfiguration": {"FunctionName": "called", "Version": "1", **version}}
        with answering("lambda", settings, when={"Qualifier": "live"}):
            assert aws.judge(check)[ARN + "called"] == told
    assert aws.judge("lambda.functions_have_a_version_to_go_back_to") == {
        ARN + "called": ("holds", "aliases: live → 1"),
        ARN + "safe": ("fails", "no alias points to a published version"),
        ARN + "asked": ("fails", "no alias points to a published version"),
    }
    aws.client("logs").create_log_group(logGroupName="/aws/lambda/called")
    assert aws.judge("lambda.functions_have_a_log_group") == {
        ARN + "called": ("holds", "/aws/lambda/called exists"),
        ARN + "safe": ("fails", "/aws/lambda/safe does not exist"),
        ARN + "asked": ("fails", "/aws/lambda/asked does not exist"),
    }
    client.put_function_concurrency(FunctionName="safe", ReservedConcurrentExecutions=5)
    region = "region:us-east-1"
    assert aws.judge("lambda.reserved_concurrency") == {region: ("told", "1 of 3 functions have reserved concurrency")}
    told = "3 of 3 functions have the default timeout of 3 s; the longest is 3 s (safe)"
    assert aws.judge("lambda.timeouts") == {region: ("told", told)}
    assert aws.judge("lambda.weighted_aliases") == {}
    client.update_alias(FunctionName="called", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}})
    shifting = "aliases that are shifting traffic: live (1 and 2)"
    assert aws.judge("lambda.weighted_aliases") == {region: ("told", shifting)}


def source(service: str = "kinesis", **changes: object) -> EventSource:
    arn = f"arn:aws:{service}:us-east-1:{ACCOUNT}:x"
    return EventSource.model_validate({"event_source_arn": arn, **changes})


@pytest.mark.parametrize(
    ("sources", "verdict"),
    [
        ([], NotApplicable("f reads no Kinesis or DynamoDB stream")),
        ([source("sqs")], NotApplicable("f reads no Kinesis or DynamoDB stream")),
        ([source()], Fails(f"retried until it expires: arn:aws:kinesis:us-east-1:{ACCOUNT}:x")),
        (
            [source(maximum_retry_attempts=-1, maximum_record_age_in_seconds=-1)],
            Fails(f"retried until it expires: arn:aws:kinesis:us-east-1:{ACCOUNT}:x"),
        ),
        ([source(maximum_retry_attempts=0)], Holds("retries or the age of records are limited")),
        ([source("dynamodb", maximum_record_age_in_seconds=60)], Holds("retries or the age of records are limited")),
    ],
)
def test_streams_end_their_retries(sources: list[EventSource], verdict: Verdict) -> None:
    assert running.streams_end_their_retries(function(), sources) == verdict


def test_streams_through_a_client(aws: Emulator, forget: ExitStack) -> None:
    make(aws, "f", "own")
    queue = aws.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    assert queue
    aws.client("lambda").create_event_source_mapping(
        FunctionName="f", EventSourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    )
    for name in ("endless", "limited"):
        make(aws, name, "own")
        aws.client("kinesis").create_stream(StreamName=name, ShardCount=1)
        # Both limits are in every answer about a stream, as -1 where nobody set them (Lambda API reference).
        retries = {"MaximumRetryAttempts": 5} if name == "limited" else {"MaximumRetryAttempts": -1}
        mapping = {
            "EventSourceArn": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{name}",
            "MaximumRecordAgeInSeconds": -1,
            **retries,
        }
        forget.enter_context(
            answering("lambda", {"ListEventSourceMappings": {"EventSourceMappings": [mapping]}}, {"FunctionName": name})
        )
    assert aws.judge("lambda.streams_end_their_retries") == {
        ARN + "f": ("not applicable", "f reads no Kinesis or DynamoDB stream"),
        ARN + "endless": ("fails", f"retried until it expires: arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/endless"),
        ARN + "limited": ("holds", "retries or the age of records are limited"),
    }


def test_layers_from_elsewhere(aws: Emulator) -> None:
    make(aws, "f", "own")
    assert aws.judge("lambda.layers_from_elsewhere") == {}
    arn = "arn:aws:lambda:us-east-1:{}:layer:x:1"
    layers = (Layer(arn=arn.format(ACCOUNT)), Layer(arn=arn.format("580247275435")))
    told = "layers come from other accounts: 580247275435 (1 functions)"
    assert layers_from_elsewhere([function(layers=layers)], Target(ACCOUNT, "us-east-1")) == told

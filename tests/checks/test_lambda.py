"""Lambda checks, against real clients."""

import json

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


def test_functions_are_not_public(aws: Emulator) -> None:
    for name in ("quiet", "open", "bound"):
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
    assert aws.judge("lambda.functions_are_not_public") == {
        ARN + "quiet": ("holds", "the function has no policy"),
        ARN + "open": ("fails", "the policy is open: statement 'all' lets everyone do lambda:InvokeFunction"),
        ARN + "bound": ("holds", "the policy lets in nobody in general"),
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
        for n, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    make(aws, "outside", "own")
    make(aws, "narrow", "own", VpcConfig={"SubnetIds": subnets[:1], "SecurityGroupIds": [group]})
    make(aws, "wide", "own", VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [group]})
    assert aws.judge("lambda.functions_in_a_network_span_zones") == {
        ARN + "outside": ("not applicable", "the function is not attached to a VPC"),
        ARN + "narrow": ("fails", "a single subnet"),
        ARN + "wide": ("holds", "2 subnets"),
    }


def test_no_function_has_nothing_to_judge(aws: Emulator) -> None:
    none = {"region:us-east-1": ("not applicable", "there are no functions")}
    assert aws.judge("lambda.functions_have_roles_of_their_own") == none

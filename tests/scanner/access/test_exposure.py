"""Whom a resource's policy lets in: which conditions bind, and which denials fence."""

from typing import Any

import pytest

from scanner import Policy, admissions, lets_everyone, outside_accounts

ME, OTHER = "123456789012", "999999999999"
ALL = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.model_validate({"Version": "2012-10-17", "Statement": list(statements)})


def under_(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {**ALL, "Condition": {operator: {key: value}}}


def under(operator: str, key: str, value: Any) -> Policy:
    return policy(under_(operator, key, value))


OUTSIDE = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}}
BY_NAME = {**ALL, "Principal": {"AWS": [f"arn:aws:iam::{OTHER}:root", ME]}}


def fence(action: Any = "s3:*", resource: Any = "arn:aws:s3:::b/*", **more: Any) -> dict[str, Any]:
    condition = {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource, "Condition": condition} | more


@pytest.mark.parametrize(
    ("operator", "key", "value", "open_"),
    [
        ("StringEquals", "aws:PrincipalOrgID", "o-abcdefghij", False),
        ("StringLike", "aws:PrincipalOrgID", "o-*", True),
        ("StringLike", "aws:PrincipalOrgID", "*", True),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-abcdefghij", True),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-abcdefghij/*", False),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-*/r-ab12/*", True),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-abcdefghij/*", True),
        ("StringEquals", "aws:SourceAccount", ME, False),
        ("StringLike", "aws:SourceAccount", "1*", True),
        ("StringEquals", "aws:SourceVpc", "vpc-1", False),
        ("StringLike", "aws:SourceVpc", "vpc-*", True),
        ("StringLike", "aws:userid", "AROAEXAMPLE:*", False),
        ("StringLike", "aws:userid", "AROA*", True),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ME}:role/*", False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::12345678901?:root", True),
        ("StringLike", "aws:PrincipalArn", "arn*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::uploads", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::up*", True),
        ("ArnLike", "aws:SourceArn", f"arn:aws:*:*:{ME}:*", False),
        ("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}", True),
        ("StringEquals", "aws:PrincipalAccount", "${aws:ResourceAccount}", False),
        ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}", False),
        ("StringEquals", "aws:PrincipalServiceName", "delivery.logs.amazonaws.com", False),
        ("StringEquals", "AWS:SOURCEOWNER", ME, False),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", False),
        ("IpAddressIfExists", "aws:SourceIp", "203.0.113.0/24", True),
        ("IpAddress", "aws:VpcSourceIp", "10.1.0.0/16", True),
        ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "0.0.0.0/1"], True),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", True),
        ("StringNotEquals", "aws:SourceVpce", "vpce-1", True),
        ("Bool", "aws:SecureTransport", "true", True),
    ],
)
def test_which_conditions_keep_everyone_out(operator: str, key: str, value: Any, open_: bool) -> None:
    assert bool(lets_everyone(under(operator, key, value), ME)) is open_


@pytest.mark.parametrize(
    ("statements", "open_"),
    [
        ([ALL, fence()], False),
        ([ALL, fence(resource=["arn:aws:s3:::b", "arn:aws:s3:::b/*"])], False),
        ([ALL, fence(resource="*")], False),
        ([ALL, fence("s3:Get*")], False),
        # A fence around part of what is allowed leaves the rest open.
        ([ALL, fence(resource="arn:aws:s3:::b/private/*")], True),
        ([ALL, fence("s3:PutObject")], True),
        ([{**ALL, "Action": ["s3:GetObject", "s3:ListBucket"]}, fence("s3:Get*")], True),
        ([ALL, fence(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})], True),
        ([ALL, fence(Principal={"Service": "*"})], True),
        # A negated operator holds where its key is missing, with IfExists and without; not so with ForAnyValue.
        ([ALL, fence(Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}})], False),
        ([ALL, fence(Condition={"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}})], False),
        ([ALL, fence(Condition={"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}})], True),
        ([ALL, fence(Condition={"StringNotEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}})], False),
        ([ALL, fence(Condition={"StringNotEquals": {"aws:PrincipalTag/team": "mine"}})], True),
        ([ALL, fence(Condition={})], False),
        ([ALL, {k: v for k, v in fence(NotPrincipal={"AWS": ME}, Condition={}).items() if k != "Principal"}], False),
        # What spares AWS services, or what they do for their callers.
        ([ALL, fence(Condition={**OUTSIDE, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})], False),
        ([ALL, fence(Condition={**OUTSIDE, "BoolIfExists": {"aws:ViaAWSService": "false"}})], True),
        # Names of objects keep their case.
        ([{**ALL, "Resource": "arn:aws:s3:::b/open/*"}, fence(resource="arn:aws:s3:::b/Open/*")], True),
        ([{**ALL, "Action": "S3:GETOBJECT"}, fence("s3:get*")], False),
        ([ALL, fence(Condition={"StringNotLike": {"aws:PrincipalOrgID": "o-*"}})], True),
        # Two conditions have to be met together: members get in, and whoever comes from the few addresses.
        (
            [
                ALL,
                fence(
                    Condition={
                        "StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"},
                        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                    }
                ),
            ],
            False,
        ),
        ([{k: v for k, v in ALL.items() if k != "Action"} | {"NotAction": "s3:PutObject"}, fence()], True),
        (
            [{k: v for k, v in ALL.items() if k != "Action"} | {"NotAction": "s3:PutObject"}, fence("*", "*")],
            False,
        ),
        ([fence()], False),
    ],
)
def test_which_denials_keep_everyone_out(statements: list[dict[str, Any]], open_: bool) -> None:
    assert bool(lets_everyone(policy(*statements), ME)) is open_


@pytest.mark.parametrize(
    ("stands", "who"),
    [
        ([BY_NAME], [OTHER]),
        ([{**ALL, "Principal": {"Service": "s3.amazonaws.com"}}], []),
        # Everyone, bound to accounts by who they are ...
        ([under_("StringEquals", "aws:PrincipalAccount", [ME, OTHER])], [OTHER]),
        ([under_("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OTHER}:role/*")], [OTHER]),
        ([under_("ArnEquals", "aws:SourceArn", f"arn:aws:sns:us-east-1:{OTHER}:topic")], [OTHER]),
        ([under_("StringEquals", "s3:DataAccessPointAccount", OTHER)], [OTHER]),
        # ... where both conditions have to be met.
        ([{**ALL, "Condition": {"StringEquals": {"kms:CallerAccount": ME, "aws:SourceAccount": OTHER}}}], []),
        # Fences: by who the caller is, by network, by organization, by name.
        ([BY_NAME, fence(Condition={"StringNotEquals": {"aws:PrincipalAccount": ME}})], []),
        ([ALL, fence(Condition={"StringNotEquals": {"aws:PrincipalAccount": [ME, OTHER]}})], [OTHER]),
        ([BY_NAME, fence(Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})], [OTHER]),
        ([BY_NAME, fence(Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})], [OTHER]),
        ([BY_NAME, {k: v for k, v in fence(NotPrincipal={"AWS": ME}, Condition={}).items() if k != "Principal"}], []),
        (
            [ALL, {k: v for k, v in fence(NotPrincipal={"AWS": OTHER}, Condition={}).items() if k != "Principal"}],
            [OTHER],
        ),
        ([BY_NAME, fence(Condition={})], []),
    ],
)
def test_who_is_let_in(stands: list[dict[str, Any]], who: list[str]) -> None:
    assert [one.who for one in admissions(policy(*stands), ME)] == who
    assert [one.who for one in outside_accounts(policy(*stands), ME)] == who
    assert outside_accounts(policy(*stands), ME, (OTHER,)) == ()


def test_members_of_an_organization_are_no_strangers() -> None:
    for stands in ([BY_NAME, fence()], [{**BY_NAME, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}}]):
        assert [one.who for one in admissions(policy(*stands), ME)] == [OTHER]
        assert outside_accounts(policy(*stands), ME) == ()


def test_everyone_is_another_account_too() -> None:
    assert [one.who for one in outside_accounts(policy(ALL), ME, (OTHER,))] == ["everyone"]

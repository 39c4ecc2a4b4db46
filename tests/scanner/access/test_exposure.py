"""Whom a resource's policy lets in: which conditions bind, and which denials fence."""

from typing import Any

import pytest

from scanner import Policy, admissions, lets_everyone, outside_accounts

ME, OTHER = "123456789012", "999999999999"
ALL = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def policy(*statements: dict[str, Any]) -> Policy:
    return Policy.model_validate({"Version": "2012-10-17", "Statement": list(statements)})


def under(operator: str, key: str, value: Any) -> Policy:
    return policy({**ALL, "Condition": {operator: {key: value}}})


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
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", False),
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
        ([ALL, fence(Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}})], True),
        ([ALL, fence(Condition={"StringNotLike": {"aws:PrincipalOrgID": "o-*"}})], True),
        # Two conditions have to be met together: what meets one of them alone is not denied.
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
            True,
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


def test_who_is_let_in() -> None:
    of_another = {**ALL, "Principal": {"AWS": [f"arn:aws:iam::{OTHER}:root", ME]}}
    assert [one.who for one in admissions(policy(of_another), ME)] == [OTHER]
    assert [one.who for one in outside_accounts(under("StringEquals", "aws:PrincipalAccount", [ME, OTHER]), ME)] == [
        OTHER
    ]
    assert outside_accounts(policy(of_another), ME, (OTHER,)) == ()
    assert admissions(policy({**ALL, "Principal": {"Service": "s3.amazonaws.com"}}), ME) == ()

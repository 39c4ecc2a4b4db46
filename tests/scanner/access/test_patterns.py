"""Wildcards of actions and resources, by AWS's documented rules."""

import time

import pytest

from scanner.access.patterns import (
    Text,
    Variable,
    Wild,
    action_matcher,
    matcher,
    resource_parts,
    tokens,
    without_variables,
)


def matches_resource(pattern: str, resource: str) -> bool:
    parts = without_variables(tokens(pattern, variables=True))
    assert parts is not None
    return matcher(resource_parts(parts))(resource)


ACTIONS = [
    ("*", "s3:getobject", True),
    ("s3:*", "s3:getobject", True),
    ("S3:Get*", "s3:getobject", True),
    ("s3:Get*", "s3:putobject", False),
    ("s3:*Object", "s3:getobject", True),
    ("s3:*Object", "s3:getobjectacl", False),
    ("s3:?etObject", "s3:getobject", True),
    ("s3:?etObject", "s3:etobject", False),
    ("s3:get", "s3:getobject", False),
    ("kms:De*pt", "kms:decrypt", True),
    ("s3:GetObject", "s3express:getobject", False),
]


@pytest.mark.parametrize(("pattern", "action", "expected"), ACTIONS)
def test_actions(pattern: str, action: str, expected: bool) -> None:
    assert action_matcher(pattern)(action) is expected


KEY = "arn:aws:kms:us-east-1:111111111111:key/k1"
RESOURCES = [
    ("*", KEY, True),
    ("*", "*", True),
    (KEY, KEY, True),
    (KEY.upper(), KEY, False),
    ("arn:aws:kms:*:111111111111:key/*", KEY, True),
    ("arn:aws:kms:us-*-1:111111111111:key/*", KEY, True),
    ("arn:aws:kms:us-east-?:*:key/k?", KEY, True),
    ("arn:aws:kms:us-east-1*:key/k1", KEY, True),  # a * that ends its segment may run on over colons
    ("arn:aws:kms:*", KEY, True),
    ("arn:aws:kms:us*1:key/k1", KEY, False),  # any other stays in its segment
    ("arn:aws:kms:us-east-1?111111111111:key/k1", KEY, False),
    ("arn:aws:s3:::b/*.txt", "arn:aws:s3:::b/a:b.txt", True),  # in the resource itself colons are like any character
    ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
    ("arn:aws:s3:::b*", "arn:aws:s3:::bb/x", True),
    ("arn:aws:s3:::b/?", "arn:aws:s3:::b/xy", False),
    ("arn:aws:s3:::b/[x]", "arn:aws:s3:::b/x", False),
    ("arn:aws:s3:::b/*", "*", False),
    ("arn:aws:logs:*:*:log-group:a*:*", "arn:aws:logs:eu-west-1:111111111111:log-group:abc:log-stream:s", True),
    ("arn:aws:s3:::*a*b*c*d", "arn:aws:s3:::xaxbxcxd", True),
    ("arn:aws:s3:::*a*b*c*d", "arn:aws:s3:::xaxbxdxc", False),
]


@pytest.mark.parametrize(("pattern", "resource", "expected"), RESOURCES)
def test_resources(pattern: str, resource: str, expected: bool) -> None:
    assert matches_resource(pattern, resource) is expected


TOKENS = [
    ("a${aws:username}b", True, (Text("a"), Variable("aws:username", None), Text("b"))),
    ("${aws:PrincipalTag/x, 'y z'}", True, (Variable("aws:principaltag/x", "y z"),)),
    ("${aws:PrincipalTag/x,''}", True, (Variable("aws:principaltag/x", ""),)),
    ("${*}${?}${$}", True, (Text("*?$"),)),
    ("${*}", False, (Text("${"), Wild("*"), Text("}"))),
    ("${aws:username}", False, (Text("${aws:username}"),)),
    ("$*{x", True, (Text("$"), Wild("*"), Text("{x"))),
    ("${}", True, (Text("${}"),)),
]


@pytest.mark.parametrize(("pattern", "variables", "expected"), TOKENS)
def test_tokens(pattern: str, variables: bool, expected: tuple[object, ...]) -> None:
    assert tokens(pattern, variables=variables) == expected


def test_a_hostile_pattern_takes_no_time() -> None:
    began = time.process_time()
    assert not matches_resource("arn:aws:s3:::" + "a*" * 200 + "b", "arn:aws:s3:::" + "a" * 1000)
    assert not action_matcher("s3:" + "*a" * 200 + "b")("s3:" + "a" * 1000)
    assert time.process_time() - began < 3

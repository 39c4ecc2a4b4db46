"""Policy documents: every way in which AWS hands them out, and everything that is refused, with its reason."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from scanner.evidence.policy import MAXIMUM_BYTES, Condition, Policy, PrincipalName, Statement

DOCUMENT = {
    "Version": "2012-10-17",
    "Id": "an id",
    "Statement": [
        {
            "Sid": "One",
            "Effect": "Allow",
            "Principal": {"AWS": ["111111111111", "*"], "Service": "logs.amazonaws.com"},
            "Action": "kms:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": True}, "NumericEquals": {"a": [1, 2.50, "3"]}},
        },
        {"Effect": "Deny", "NotPrincipal": "*", "NotAction": ["a:b"], "NotResource": ["c", "d"]},
    ],
}
TYPED = Policy(
    version="2012-10-17",
    id="an id",
    statements=(
        Statement(
            sid="One",
            effect="Allow",
            principals=(
                PrincipalName(kind="AWS", value="111111111111"),
                PrincipalName(kind="AWS", value="*"),
                PrincipalName(kind="Service", value="logs.amazonaws.com"),
            ),
            actions=("kms:*",),
            resources=("*",),
            conditions=(
                Condition(operator="Bool", key="aws:SecureTransport", values=("true",)),
                Condition(operator="NumericEquals", key="a", values=("1", "2.5", "3")),
            ),
        ),
        Statement(
            effect="Deny",
            not_principals=(PrincipalName(kind="*", value="*"),),
            not_actions=("a:b",),
            not_resources=("c", "d"),
        ),
    ),
)


class Bearer(BaseModel):
    policy: Policy | None = None


@pytest.mark.parametrize(
    "form",
    [json.dumps(DOCUMENT), quote(json.dumps(DOCUMENT)), DOCUMENT, TYPED],
    ids=["text", "encoded", "decoded", "typed"],
)
def test_every_form_is_the_same_policy(form: Any) -> None:
    assert Bearer(policy=form).policy == TYPED


def test_one_statement_needs_no_list_and_a_version_may_lack() -> None:
    policy = Policy.model_validate({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    assert policy == Policy(statements=(Statement(effect="Allow", actions=("*",), resources=("*",)),))
    assert policy.version == "2008-10-17"


def test_it_goes_out_as_json_and_comes_back() -> None:
    data = TYPED.model_dump(mode="json")
    assert json.loads(json.dumps(data)) == data
    assert Policy.model_validate(data) == TYPED
    assert Policy.model_validate(json.dumps(data)).digest == TYPED.digest
    assert data["Statement"][1] == {
        "Effect": "Deny",
        "NotPrincipal": "*",
        "NotAction": ["a:b"],
        "NotResource": ["c", "d"],
    }
    assert Policy.model_validate({"Statement": {"Effect": "Deny", "Action": "*"}}).digest != TYPED.digest


def text(**members: Any) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", **members}}
    )


MALFORMED = [
    ("[", "not JSON"),
    ("", "not JSON"),
    ("null", "not null"),
    ("[]", "not a list"),
    ('"{}"', "not text"),
    (5, "not int"),
    (b"{}", "not bytes"),
    ("%7B%FF", "utf-8"),
    ("{}", "no Statement"),
    ('{"Statement": []}', "at least one statement"),
    ('{"Statement": "*"}', "not text"),
    ('{"Statement": [NaN]}', "not JSON"),
    ('{"Version": "2030-01-01", "Statement": []}', "unknown policy version '2030-01-01'"),
    ('{"Version": null, "Statement": []}', "unknown policy version None"),
    ('{"Version": ["2012-10-17"], "Statement": []}', "unknown policy version"),
    ('{"Statement": [], "Statement": []}', "'Statement' stands twice"),
    ('{"Statement": {"Effect": "Allow", "Effect": "Deny"}}', "'Effect' stands twice"),
    ('{"Statement": [], "Extra": 1}', "unknown member of a policy: Extra"),
    (text(Extra=1), "unknown member of a statement: Extra"),
    (text(Effect="allow"), "Effect is Allow or Deny, not 'allow'"),
    (text(Effect=["Allow"]), "Effect is Allow or Deny"),
    (text(Action=[]), "Action is a string"),
    (text(Action=5), "Action is a string"),
    (text(Action=[None]), "Action is a string"),
    (text(NotAction="*"), "either Action or NotAction"),
    (text(NotResource="*"), "Resource or NotResource, not both"),
    (text(Principal="*", NotPrincipal="*"), "Principal or NotPrincipal, not both"),
    (text(Principal="111111111111"), "a principal is"),
    (text(Principal={}), "a principal is"),
    (text(Principal={"Person": "x"}), "unknown kind of principal 'Person'"),
    (text(Principal={"AWS": []}), "Principal AWS is a string"),
    (text(Principal={"AWS": {"x": "y"}}), "Principal AWS is a string"),
    (text(Condition=[]), "Condition is a JSON object, not a list"),
    (text(Condition={"Bool": "true"}), "the condition Bool is a JSON object, not text"),
    (text(Condition={"Bool": {"a": None}}), "not null"),
    (text(Condition={"Bool": {"a": [["x"]]}}), "not a list"),
    (text(Sid=5), "valid string"),
    ('{"Statement": {"Effect": "Allow"}}', "either Action or NotAction"),
    ("[" * 50_000, "nested too deeply"),
    ('{"a":' * 15_000, "nested too deeply"),
    ('{"Statement":' + "[" * 40 + "]" * 40 + "}", "nested too deeply"),
    ({"Statement": [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}, "nested too deeply"),
    (text(Sid="x" * MAXIMUM_BYTES), "bytes"),
    ({"Statement": {"Effect": "Allow", "Action": ["x" * 1000] * 100}}, "bytes"),
    ("\ud800", "half a character"),
    ('{"Id": "\\ud800", "Statement": {"Effect": "Allow", "Action": "*"}}', "half a character"),
]


@pytest.mark.parametrize(("form", "reason"), MALFORMED, ids=[str(place) for place in range(len(MALFORMED))])
def test_what_is_malformed_is_refused_with_its_reason(form: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Bearer(policy=form)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "Condition", "Other"])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | json_values | st.fixed_dictionaries({"Statement": st.dictionaries(members, json_values)}))
def test_whatever_comes_it_is_a_policy_or_a_refusal(value: Any) -> None:
    try:
        policy = Bearer(policy=value).policy
    except ValidationError:
        return
    assert policy is None or Policy.model_validate(policy.model_dump(mode="json")) == policy

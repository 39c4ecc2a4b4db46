"""The table of all principals and all resources says what each pair, judged on its own, says."""

import dataclasses

from access_builders import (
    ALICE,
    AWAY,
    EXTERNAL,
    HOME,
    KEY,
    ROLE,
    ROOT,
    SESSION,
    allow,
    deny,
    document,
    identity,
    level,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from test_properties import UNSEEN, documents, grants, levels

from scanner.access.context import Context
from scanner.access.decide import decide
from scanner.access.evaluate import judge
from scanner.access.matrix import Matrix, Subject, Target
from scanner.access.principals import Principal
from scanner.access.request import Outcome

NAMES = [ALICE, ALICE + "2", ROLE, SESSION, EXTERNAL, ROOT, "ec2.amazonaws.com", f"arn:aws:iam::{AWAY}:role/Worker"]
tags = st.sampled_from(["1", "2"]).map(lambda value: {"aws:PrincipalTag/x": (value,)})
SUBJECTS = st.builds(
    Subject,
    st.sampled_from(NAMES).map(Principal.parse),
    st.just(UNSEEN) | st.lists(documents(), max_size=2).map(tuple),
    st.none() | documents(),
    st.none() | documents().map(lambda item: (item,)),
    st.just(()) | levels,
    st.just({}) | tags,
)
TARGETS = st.builds(
    Target,
    st.sampled_from([KEY, KEY + "2", KEY.replace("us-east-1", "eu-west-1"), "arn:aws:s3:::b/alice"]),
    st.just(UNSEEN) | documents(principal=True),
    st.just(UNSEEN) | st.lists(grants, max_size=2).map(tuple),
    st.just(()),
    st.just(HOME),
    st.just({}) | st.just({"aws:TagKeys": ("a",)}),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(SUBJECTS, min_size=1, max_size=6), st.lists(TARGETS, min_size=1, max_size=5), st.booleans())
def test_the_table_is_the_pairs(subjects: list[Subject], targets: list[Target], closed: bool) -> None:
    targets = [dataclasses.replace(target, arn=f"{target.arn}{place}") for place, target in enumerate(targets)]
    matrix = Matrix("kms:Decrypt", subjects, targets, Context(closed=closed))
    alone = [
        tuple(judge(matrix.request(who, what), matrix.policies(who, what)).outcome for what in range(len(targets)))
        for who in range(len(subjects))
    ]
    assert [matrix.row(who) for who in range(len(subjects))] == alone


def subject(name: str, *statements: dict[str, object], team: str = "red") -> Subject:
    documents = identity(*statements, name=f"of {name}") if statements else ()
    return Subject(Principal.parse(name), documents, values={"aws:PrincipalTag/team": (team,)})


DELEGATES = document(allow("kms:*", principal=ROOT), name="key policy")
NAMED = document(allow("kms:*", principal=ROOT), allow("kms:Decrypt", principal=ROLE), name="key policy")


def test_what_cannot_matter_is_judged_once() -> None:
    """Users whose policies say the same about keys, and keys whose policies say the same to them, are alike."""
    users = [subject(f"{ALICE}{number}", allow("s3:*"), allow("kms:*"), team=str(number)) for number in range(50)]
    keys = [Target(f"{KEY}{number}", DELEGATES if number % 2 else NAMED) for number in range(20)]
    matrix = Matrix("kms:Decrypt", users, keys)
    assert {matrix.outcome(who, what) for who in range(50) for what in range(20)} == {Outcome.ALLOW}
    assert matrix.judged == 1


def test_what_matters_is_told_apart() -> None:
    by_tag = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    subjects = [
        subject(ALICE, allow("kms:*", KEY)),
        subject(ALICE + "2", allow("kms:*", Condition=by_tag)),
        subject(ALICE + "3", allow("kms:*", Condition=by_tag), team="blue"),
        subject(ROLE),
        subject(ALICE + "4", allow("kms:*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})),
        dataclasses.replace(subject(ALICE + "5", allow()), service_control=(level(deny("kms:*")),)),
    ]
    blue = {"aws:ResourceTag/team": ("blue",)}
    targets = [
        Target(KEY, DELEGATES, values={"aws:ResourceTag/team": ("red",)}),
        Target(KEY.replace("us-east-1", "eu-west-1"), NAMED, values=blue),
    ]
    matrix = Matrix("kms:Decrypt", subjects, targets)
    yes, no = Outcome.ALLOW, Outcome.IMPLICIT_DENY
    denied = Outcome.EXPLICIT_DENY
    rows = [(yes, no), (yes, no), (no, yes), (no, yes), (no, yes), (denied, denied)]
    assert [matrix.row(who) for who in range(len(subjects))] == rows


def test_a_pair_is_explained_under_its_own_names() -> None:
    matrix = Matrix("kms:Decrypt", [subject(ALICE, allow()), subject(ALICE + "2", allow())], [Target(KEY, DELEGATES)])
    assert matrix.row(0) == matrix.row(1) == (Outcome.ALLOW,)
    decision = matrix.decision(1, 0)
    assert decision == decide(matrix.request(1, 0), matrix.policies(1, 0))
    assert {ground.document for ground in decision.grounds} == {f"of {ALICE}2", "key policy"}

"""Laws of the evaluator, on generated policies and requests.

Each was seen to fail with the evaluator broken on purpose: the boundary's denies skipped, an open deny passed over, only the
first statement of a document asked, no policy read as one that allows, a doubt or an open key read as a yes, an example
that was not tried.
"""

import dataclasses
from typing import Any

from access_builders import ALICE, AWAY, EXTERNAL, HOME, KEY, ROLE, ROOT, SESSION, policy
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.access.context import Context, State
from scanner.access.decide import decide
from scanner.access.evaluate import judge
from scanner.access.principals import Principal
from scanner.access.request import Document, Grant, Level, NotSeen, Outcome, Policies, Request

UNSEEN = NotSeen("AccessDenied")
# What is likely stands more than once: a random policy that allows nothing would prove nothing.
ACTIONS = ["*", "*", "*", "kms:Decrypt", "kms:*", "s3:GetObject"]
RESOURCES = [
    "*",
    "*",
    "*",
    "*",
    KEY,
    "arn:aws:s3:::b/*",
    f"arn:aws:kms:*:{HOME}:key/*",
    "arn:aws:s3:::b/${aws:username}",
]
PRINCIPALS = ["*", "*", ROOT, ROOT, ALICE, ROLE, SESSION, EXTERNAL, AWAY]
CONDITIONS: list[dict[str, Any]] = [
    {},
    {},
    {},
    {},
    {"StringEquals": {"aws:PrincipalTag/x": "1"}},
    {"StringNotEquals": {"aws:PrincipalTag/x": "1"}},
    {"BoolIfExists": {"aws:SecureTransport": "true"}},
    {"Null": {"aws:PrincipalTag/x": "true"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
]


@st.composite
def statements(draw: st.DrawFn, *, principal: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow"] * 3 + ["Deny"]))}
    made[draw(st.sampled_from(["Action"] * 6 + ["NotAction"]))] = draw(st.sampled_from(ACTIONS))
    made[draw(st.sampled_from(["Resource"] * 6 + ["NotResource"]))] = draw(st.sampled_from(RESOURCES))
    if principal:
        made[draw(st.sampled_from(["Principal"] * 6 + ["NotPrincipal"]))] = {"AWS": draw(st.sampled_from(PRINCIPALS))}
    made["Condition"] = draw(st.sampled_from(CONDITIONS if made["Effect"] == "Allow" else CONDITIONS[3:]))
    return made


def documents(*, principal: bool = False) -> st.SearchStrategy[Document]:
    listed = st.lists(statements(principal=principal), min_size=1, max_size=3)
    return listed.map(lambda items: Document("p", policy(*({"Sid": f"S{n}", **item} for n, item in enumerate(items)))))


levels = st.lists(
    st.lists(documents(), min_size=1, max_size=2).map(lambda items: Level("l", tuple(items))), max_size=2
).map(tuple)
grants = st.builds(
    Grant,
    st.just("g"),
    st.sampled_from([ALICE, ROLE, EXTERNAL, ROOT]),
    st.just(("Decrypt",)),
    st.sampled_from([(), (("tenant", "a"),)]),
)
POLICIES = st.builds(
    Policies,
    identity=st.lists(documents(), max_size=2).map(tuple),
    boundary=st.none() | documents(),
    session=st.none() | documents().map(lambda item: (item,)),
    service_control=levels,
    resource=st.none() | documents(principal=True),
    grants=st.lists(grants, max_size=1).map(tuple),
)
REQUESTS = st.builds(
    Request,
    st.sampled_from([Principal.parse(name) for name in (ALICE, ROLE, SESSION, ROOT, EXTERNAL, "ec2.amazonaws.com")]),
    st.sampled_from(["kms:Decrypt", "s3:GetObject"]),
    st.sampled_from([KEY, "arn:aws:s3:::b/alice"]),
    st.builds(
        Context,
        st.dictionaries(
            st.sampled_from(["aws:PrincipalTag/x", "aws:SecureTransport", "aws:TagKeys", "aws:SourceIp"]),
            st.sampled_from([("1",), ("true",), ("a",), ("10.0.0.1",)]),
        ),
        st.sets(st.sampled_from(["aws:PrincipalTag/x", "kms:EncryptionContext:tenant"])).map(frozenset),
        st.booleans(),
    ),
    st.just(HOME),
)
# From nothing to everything: what is conditional lies between a denial and an allowance.
GRANTED = {Outcome.EXPLICIT_DENY: 0, Outcome.IMPLICIT_DENY: 0, Outcome.CONDITIONAL: 1, Outcome.ALLOW: 2}
PLACES = ["identity", "boundary", "session", "service_control", "resource"]
law = settings(max_examples=200, deadline=None)


def with_statement(policies: Policies, place: str, added: dict[str, Any]) -> Policies:
    """The policies with one more statement in the document at a place; a document of its own where there is none."""
    value = getattr(policies, place)
    if place == "service_control":
        if not value:
            return policies
        first = Level("l", (*value[0].policies, Document("p", policy(added))))
        return dataclasses.replace(policies, service_control=(first, *value[1:]))
    if place in ("identity", "session"):
        return (
            dataclasses.replace(policies, **{place: (*(value or ()), Document("p", policy(added)))})
            if value is not None
            else policies
        )
    if value is None:
        return policies
    document = Document("p", policy(*value.policy.as_json()["Statement"], added))
    return dataclasses.replace(policies, **{place: document})


@law
@given(REQUESTS, POLICIES, st.sampled_from(PLACES), st.sampled_from(CONDITIONS))
def test_adding_a_deny_never_grants(
    request: Request, policies: Policies, place: str, condition: dict[str, Any]
) -> None:
    added = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    if place == "resource":
        added["Principal"] = "*"
    more = with_statement(policies, place, added)
    before, after = judge(request, policies).outcome, judge(request, more).outcome
    assert GRANTED[after] <= GRANTED[before]
    applies = more != policies and not condition and (place == "resource" or request.principal.account == HOME)
    if applies and request.principal.arn != ROOT and request.principal.has_identity:
        assert after is Outcome.EXPLICIT_DENY


@law
@given(REQUESTS, POLICIES, st.sampled_from(PLACES), st.integers(0, 2))
def test_removing_an_allow_never_grants(request: Request, policies: Policies, place: str, which: int) -> None:
    value = getattr(policies, place)
    if place == "service_control":
        if not value or not value[0].policies:
            return
        fewer = dataclasses.replace(policies, service_control=(Level("l", value[0].policies[1:]), *value[1:]))
        removed = [value[0].policies[0]]
    elif place in ("identity", "session"):
        if not value:
            return
        fewer, removed = dataclasses.replace(policies, **{place: value[1:]}), [value[0]]
    else:
        if value is None:
            return
        items = value.policy.as_json()["Statement"]
        if len(items) < 2:
            return
        gone = items.pop(which % len(items))
        fewer, removed = (
            dataclasses.replace(policies, **{place: Document("p", policy(*items))}),
            [Document("p", policy(gone))],
        )
    if all(item.effect == "Allow" for document in removed for item in document.policy.statements):
        assert GRANTED[judge(request, fewer).outcome] <= GRANTED[judge(request, policies).outcome]


@law
@given(REQUESTS, POLICIES)
def test_the_order_of_statements_never_matters(request: Request, policies: Policies) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, Document):
            return Document("p", policy(*reversed(value.policy.as_json()["Statement"])))
        if isinstance(value, Level):
            return Level(value.name, turned(value.policies))
        return tuple(turned(item) for item in reversed(value)) if isinstance(value, tuple) else value

    changed = {place: turned(getattr(policies, place)) for place in (*PLACES, "grants")}
    other = judge(request, dataclasses.replace(policies, **changed))
    one = judge(request, policies)
    assert (other.outcome, set(other.doubts), set(other.lacking)) == (one.outcome, set(one.doubts), set(one.lacking))
    assert set(other.residuals) == set(one.residuals)


HIDEABLE = [*PLACES, "resource_control", "grants", "endpoint"]


@law
@given(REQUESTS, POLICIES, st.sampled_from(HIDEABLE))
def test_an_unknown_never_becomes_an_answer(request: Request, policies: Policies, place: str) -> None:
    """Whatever a policy says, the answer without having seen it is the same or open."""
    hidden = judge(request, dataclasses.replace(policies, **{place: UNSEEN}))
    seen = judge(request, policies)
    if hidden.outcome is Outcome.CONDITIONAL:
        assert hidden.doubts or hidden.residuals
    elif hidden.outcome is Outcome.ALLOW:
        assert seen.outcome is Outcome.ALLOW
    else:
        assert GRANTED[seen.outcome] == 0


@law
@given(
    REQUESTS,
    POLICIES,
    st.sampled_from(["1", "0", "true", "false", "a", "10.0.0.1", None]),
    st.sampled_from(
        ["aws:principaltag/x", "aws:securetransport", "aws:tagkeys", "aws:sourceip", "kms:encryptioncontext:tenant"]
    ),
)
def test_learning_a_key_never_turns_an_answer(
    request: Request, policies: Policies, value: str | None, key: str
) -> None:
    """What is certain without a key stays so whatever its value."""
    if request.context.look(key) is not State.OPEN:
        return
    without = judge(request, policies).outcome
    learnt = request.context.filled({key: None if value is None else (value,)})
    after = judge(dataclasses.replace(request, context=learnt), policies).outcome
    assert without is Outcome.CONDITIONAL or (GRANTED[after] == GRANTED[without])


@law
@given(REQUESTS, POLICIES)
def test_a_deny_that_may_apply_leaves_no_allowance(request: Request, policies: Policies) -> None:
    principal = request.principal
    if not principal.has_identity or principal.arn == ROOT or request.context.closed:
        return
    added = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}
    assert judge(request, with_statement(policies, "identity", added)).outcome is not Outcome.ALLOW


TAGS = [
    {},
    {"StringEquals": {"aws:PrincipalTag/x": ["1", "2"]}},
    {"StringNotEquals": {"aws:PrincipalTag/x": "1"}},
    {"StringLike": {"aws:PrincipalTag/x": "?"}},
    {"StringEqualsIfExists": {"aws:PrincipalTag/x": "1"}},
    {"Null": {"aws:PrincipalTag/x": "true"}, "Bool": {"aws:SecureTransport": "true"}},
    {"Null": {"aws:PrincipalTag/x": "false"}},
]
tagged = st.lists(st.sampled_from(TAGS), min_size=1, max_size=3)


@law
@given(tagged, tagged)
def test_an_example_is_always_allowed(allowing: list[dict[str, Any]], denying: list[dict[str, Any]]) -> None:
    allows = [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition} for condition in allowing]
    denies = [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition} for condition in denying]
    policies = Policies((Document("p", policy(*allows, *denies)),))
    request = Request(Principal.parse(ALICE), "s3:GetObject", "arn:aws:s3:::b/x", resource_account=HOME)
    decision = decide(request, policies)
    if decision.example is not None:
        assert decision.outcome is Outcome.CONDITIONAL
        filled = dataclasses.replace(request, context=request.context.filled(dict(decision.example)))
        assert judge(filled, policies).outcome is Outcome.ALLOW

"""Decisions, one documented rule a row: who asks, by which policies, with which outcome."""

import pytest
from access_builders import (
    ALICE,
    AWAY,
    BUCKET,
    EXTERNAL,
    FEDERATED,
    HOME,
    KEY,
    LINKED,
    QUEUE,
    ROLE,
    ROOT,
    SESSION,
    allow,
    deny,
    document,
    identity,
    level,
    policy,
    request,
)

from scanner.access.context import Context
from scanner.access.decide import decide
from scanner.access.principals import EVERYONE, Kind, Principal
from scanner.access.request import Decision, Document, NotSeen, Outcome, Policies, Request, read_document
from scanner.access.truth import Doubt, Ground, Residual
from scanner.evidence.policy import Condition

ALLOW, EXPLICIT, IMPLICIT, CONDITIONAL = (
    Outcome.ALLOW,
    Outcome.EXPLICIT_DENY,
    Outcome.IMPLICIT_DENY,
    Outcome.CONDITIONAL,
)
FULL = identity(allow())
NOTHING = document(allow("ec2:Nothing"))
GET = "s3:GetObject"


def bucket(*statements: dict[str, object]) -> Document:
    return document(*statements, name="bucket")


ORIGIN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"
ROWS = [
    # rule, principal, policies, expected, for s3:GetObject on an object in the account
    ("nothing allows", ALICE, Policies(), IMPLICIT),
    ("identity alone", ALICE, Policies(FULL), ALLOW),
    ("resource alone", ALICE, Policies(resource=bucket(allow(GET, principal=ALICE))), ALLOW),
    ("deny wins in one policy", ALICE, Policies(identity(allow(), deny(GET))), EXPLICIT),
    ("deny wins across policies", ALICE, Policies(FULL, resource=bucket(deny(principal="*"))), EXPLICIT),
    ("deny of the account", ALICE, Policies(FULL, resource=bucket(deny(principal=ROOT))), EXPLICIT),
    ("deny of the role reaches its session", SESSION, Policies(FULL, resource=bucket(deny(principal=ROLE))), EXPLICIT),
    ("deny of another", ALICE, Policies(FULL, resource=bucket(deny(principal=ROLE))), ALLOW),
    (
        "the account as principal leaves it to identity",
        ALICE,
        Policies(resource=bucket(allow(principal=ROOT))),
        IMPLICIT,
    ),
    ("the account by its number too", ALICE, Policies(resource=bucket(allow(principal=HOME))), IMPLICIT),
    ("everyone", ALICE, Policies(resource=bucket(allow(principal="*"))), ALLOW),
    ("everyone, written with AWS", ALICE, Policies(resource=bucket(allow(principal={"AWS": "*"}))), ALLOW),
    ("NotAction allows the rest", ALICE, Policies(identity(allow(NotAction="iam:*"))), ALLOW),
    (
        "NotAction does not allow what it names",
        ALICE,
        Policies(identity(allow(NotAction=["iam:*", "S3:get*"]))),
        IMPLICIT,
    ),
    ("NotAction denies the rest", ALICE, Policies(identity(allow(), deny(NotAction="iam:*"))), EXPLICIT),
    ("NotResource allows the rest", ALICE, Policies(identity(allow(NotResource="arn:aws:s3:::c/*"))), ALLOW),
    (
        "NotResource does not allow what it names",
        ALICE,
        Policies(identity(allow(NotResource="arn:aws:s3:::b/*"))),
        IMPLICIT,
    ),
    ("NotResource denies the rest", ALICE, Policies(identity(allow(), deny(NotResource="arn:aws:s3:::c/*"))), EXPLICIT),
    ("another resource", ALICE, Policies(identity(allow(GET, "arn:aws:s3:::c/*"))), IMPLICIT),
    ("the root user", ROOT, Policies(), ALLOW),
    ("the root user under a bucket's deny", ROOT, Policies(resource=bucket(deny(principal="*"))), EXPLICIT),
    ("the root user under an SCP", ROOT, Policies(service_control=(level(allow("ec2:*")),)), IMPLICIT),
    # permissions boundary and session policy
    ("boundary intersects", ALICE, Policies(FULL, boundary=NOTHING), IMPLICIT),
    ("boundary allows", ALICE, Policies(FULL, boundary=document(allow("s3:*"))), ALLOW),
    ("boundary alone grants nothing", ALICE, Policies(boundary=document(allow())), IMPLICIT),
    ("boundary denies", ALICE, Policies(FULL, boundary=document(allow(), deny(GET))), EXPLICIT),
    ("user ARN passes the boundary", ALICE, Policies(boundary=NOTHING, resource=bucket(allow(principal=ALICE))), ALLOW),
    (
        "role ARN is limited by it",
        SESSION,
        Policies(boundary=NOTHING, resource=bucket(allow(principal=ROLE))),
        IMPLICIT,
    ),
    ("role ARN without boundary", SESSION, Policies(resource=bucket(allow(principal=ROLE))), ALLOW),
    (
        "session ARN passes the boundary",
        SESSION,
        Policies(boundary=NOTHING, resource=bucket(allow(principal=SESSION))),
        ALLOW,
    ),
    ("everyone passes the boundary", SESSION, Policies(boundary=NOTHING, resource=bucket(allow(principal="*"))), ALLOW),
    (
        "aws:PrincipalArn with everyone passes the boundary",
        SESSION,
        Policies(
            boundary=NOTHING,
            resource=bucket(allow(principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})),
        ),
        ALLOW,
    ),
    ("session policy intersects", SESSION, Policies(FULL, session=(NOTHING,)), IMPLICIT),
    ("two session policies add up", SESSION, Policies(FULL, session=(NOTHING, document(allow(GET)))), ALLOW),
    (
        "session policy limits role ARN",
        SESSION,
        Policies(session=(NOTHING,), resource=bucket(allow(principal=ROLE))),
        IMPLICIT,
    ),
    ("not session ARN", SESSION, Policies(session=(NOTHING,), resource=bucket(allow(principal=SESSION))), ALLOW),
    ("session policy denies", SESSION, Policies(FULL, session=identity(allow(), deny(GET))), EXPLICIT),
    ("session policy alone grants nothing", SESSION, Policies(session=FULL), IMPLICIT),
    ("another session's ARN", SESSION, Policies(resource=bucket(allow(principal=SESSION + "x"))), IMPLICIT),
    ("federated user without session policy", FEDERATED, Policies(FULL), IMPLICIT),
    ("federated user with session policy", FEDERATED, Policies(FULL, session=FULL), ALLOW),
    ("federated user, user has nothing", FEDERATED, Policies(session=FULL), IMPLICIT),
    ("federated user named", FEDERATED, Policies(resource=bucket(allow(principal=FEDERATED))), ALLOW),
    # service control policies
    ("SCP grants nothing", ALICE, Policies(service_control=(level(allow()),)), IMPLICIT),
    ("every level allows", ALICE, Policies(FULL, service_control=(level(allow()), level(allow("s3:*")))), ALLOW),
    ("one level does not", ALICE, Policies(FULL, service_control=(level(allow()), level(allow("ec2:*")))), IMPLICIT),
    ("a level without policies", ALICE, Policies(FULL, service_control=(level(allow()), level())), IMPLICIT),
    ("SCP denies", ALICE, Policies(FULL, service_control=(level(allow(), deny(GET)),)), EXPLICIT),
    (
        "SCP limits a resource grant",
        ALICE,
        Policies(service_control=(level(deny()),), resource=bucket(allow(principal="*"))),
        EXPLICIT,
    ),
    (
        "SCP spares the management account",
        ALICE,
        Policies(FULL, service_control=(level(deny()),), management_accounts=frozenset([HOME])),
        ALLOW,
    ),
    ("SCP spares service-linked roles", LINKED, Policies(FULL, service_control=(level(deny()),)), ALLOW),
    (
        "SCP spares services",
        "ec2.amazonaws.com",
        Policies(service_control=(level(deny()),), resource=bucket(allow(principal="*"))),
        ALLOW,
    ),
    # resource control policies
    (
        "RCP denies",
        ALICE,
        Policies(FULL, resource_control=(level(allow(principal="*"), deny(principal="*")),)),
        EXPLICIT,
    ),
    ("RCP must allow", ALICE, Policies(FULL, resource_control=(level(allow(principal="*")), level())), IMPLICIT),
    ("RCPFullAWSAccess", ALICE, Policies(FULL, resource_control=(level(allow(principal="*")),)), ALLOW),
    ("RCP reaches the root user", ROOT, Policies(resource_control=(level(deny(principal="*")),)), EXPLICIT),
    ("RCP spares service-linked roles", LINKED, Policies(FULL, resource_control=(level(deny(principal="*")),)), ALLOW),
    (
        "RCP spares the management account",
        ALICE,
        Policies(FULL, resource_control=(level(deny(principal="*")),), management_accounts=frozenset([HOME])),
        ALLOW,
    ),
    (
        "RCP reaches others' principals",
        EXTERNAL,
        Policies(FULL, resource=bucket(allow(principal=AWAY)), resource_control=(level(deny(principal="*")),)),
        EXPLICIT,
    ),
    # other accounts
    ("across accounts, identity alone", EXTERNAL, Policies(FULL), IMPLICIT),
    ("across accounts, resource alone", EXTERNAL, Policies(resource=bucket(allow(principal=EXTERNAL))), IMPLICIT),
    ("across accounts, both", EXTERNAL, Policies(FULL, resource=bucket(allow(principal=EXTERNAL))), ALLOW),
    ("across accounts, by account", EXTERNAL, Policies(FULL, resource=bucket(allow(principal=AWAY))), ALLOW),
    ("across accounts, everyone", EXTERNAL, Policies(FULL, resource=bucket(allow(principal="*"))), ALLOW),
    ("across accounts, everyone but no identity", EXTERNAL, Policies(resource=bucket(allow(principal="*"))), IMPLICIT),
    ("across accounts, another account", EXTERNAL, Policies(FULL, resource=bucket(allow(principal=ROOT))), IMPLICIT),
    (
        "across accounts, the boundary always limits",
        EXTERNAL,
        Policies(FULL, boundary=NOTHING, resource=bucket(allow(principal=EXTERNAL))),
        IMPLICIT,
    ),
    ("across accounts, the other's root user", AWAY, Policies(resource=bucket(allow(principal=AWAY))), ALLOW),
    # other principals
    ("anonymous", EVERYONE, Policies(resource=bucket(allow(principal="*"))), ALLOW),
    ("anonymous, only accounts", EVERYONE, Policies(resource=bucket(allow(principal=[HOME, AWAY]))), IMPLICIT),
    (
        "a service",
        "logs.amazonaws.com",
        Policies(resource=bucket(allow(principal={"Service": "logs.amazonaws.com"}))),
        ALLOW,
    ),
    (
        "another service",
        "logs.amazonaws.com",
        Policies(resource=bucket(allow(principal={"Service": "sns.amazonaws.com"}))),
        IMPLICIT,
    ),
    ("a service is not an account", "logs.amazonaws.com", Policies(resource=bucket(allow(principal=HOME))), IMPLICIT),
    (
        "everyone includes services in a deny",
        "logs.amazonaws.com",
        Policies(resource=bucket(allow(principal={"Service": "logs.amazonaws.com"}), deny(principal="*"))),
        EXPLICIT,
    ),
    ("a canonical user", "a" * 64, Policies(resource=bucket(allow(principal={"CanonicalUser": "a" * 64}))), ALLOW),
    (
        "another canonical user",
        "b" * 64,
        Policies(resource=bucket(allow(principal={"CanonicalUser": "a" * 64}))),
        IMPLICIT,
    ),
    ("a deleted user's id", ALICE, Policies(resource=bucket(allow(principal="AIDAEXAMPLE"))), IMPLICIT),
    ("a deleted user's id denies nobody", ALICE, Policies(FULL, resource=bucket(deny(principal="AIDAEXAMPLE"))), ALLOW),
    ("an origin access identity", ORIGIN, Policies(resource=bucket(allow(GET, principal=ORIGIN))), ALLOW),
    # NotPrincipal
    (
        "NotPrincipal denies the rest",
        ALICE,
        Policies(FULL, resource=bucket(deny(NotPrincipal={"AWS": [EXTERNAL, AWAY]}))),
        EXPLICIT,
    ),
    (
        "NotPrincipal spares who is listed whole",
        ALICE,
        Policies(FULL, resource=bucket(deny(NotPrincipal={"AWS": [ALICE, ROOT]}))),
        ALLOW,
    ),
    (
        "NotPrincipal, account alone spares no user",
        ALICE,
        Policies(FULL, resource=bucket(deny(NotPrincipal={"AWS": ROOT}))),
        EXPLICIT,
    ),
    (
        "NotPrincipal, user alone may be refused",
        ALICE,
        Policies(FULL, resource=bucket(deny(NotPrincipal={"AWS": ALICE}))),
        CONDITIONAL,
    ),
    (
        "NotPrincipal, whole session",
        SESSION,
        Policies(FULL, resource=bucket(deny(NotPrincipal={"AWS": [SESSION, ROLE, ROOT]}))),
        ALLOW,
    ),
    (
        "NotPrincipal, session alone",
        SESSION,
        Policies(FULL, resource=bucket(deny(NotPrincipal={"AWS": SESSION}))),
        CONDITIONAL,
    ),
    ("NotPrincipal, account's root user", ROOT, Policies(resource=bucket(deny(NotPrincipal={"AWS": HOME}))), ALLOW),
    (
        "NotPrincipal, a service",
        "sns.amazonaws.com",
        Policies(resource=bucket(allow(principal="*"), deny(NotPrincipal={"Service": "sns.amazonaws.com"}))),
        ALLOW,
    ),
    ("NotPrincipal with Allow", ALICE, Policies(resource=bucket(allow(NotPrincipal={"AWS": [EXTERNAL, AWAY]}))), ALLOW),
    # VPC endpoint policy
    ("endpoint policy limits", ALICE, Policies(FULL, endpoint=document(allow("ec2:*", principal="*"))), IMPLICIT),
    ("endpoint policy allows", ALICE, Policies(FULL, endpoint=document(allow("s3:*", principal="*"))), ALLOW),
]


@pytest.mark.parametrize(("principal", "policies", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_rules_of_buckets(principal: str | Principal, policies: Policies, expected: Outcome) -> None:
    assert decide(request(principal, GET, BUCKET), policies).outcome is expected


def trust(*statements: dict[str, object]) -> Policies:
    return Policies(resource=document(*statements, name="trust"))


GOOGLE = {"Federated": "accounts.google.com"}
SAML = f"arn:aws:iam::{HOME}:saml-provider/okta"
ROLES = [
    # rule, principal, action, policies, expected, for a role of the account
    ("trust names the user", ALICE, "sts:AssumeRole", trust(allow("sts:AssumeRole", None, principal=ALICE)), ALLOW),
    (
        "identity alone does not assume",
        ALICE,
        "sts:AssumeRole",
        Policies(FULL, resource=document(allow("sts:AssumeRole", None, principal=EXTERNAL))),
        IMPLICIT,
    ),
    (
        "trust of the account needs identity",
        ALICE,
        "sts:AssumeRole",
        trust(allow("sts:AssumeRole", None, principal=ROOT)),
        IMPLICIT,
    ),
    (
        "and with identity",
        ALICE,
        "sts:AssumeRole",
        Policies(FULL, resource=document(allow("sts:AssumeRole", None, principal=ROOT))),
        ALLOW,
    ),
    (
        "across accounts both",
        EXTERNAL,
        "sts:AssumeRole",
        trust(allow("sts:AssumeRole", None, principal=EXTERNAL)),
        IMPLICIT,
    ),
    (
        "a service assumes",
        "ec2.amazonaws.com",
        "sts:AssumeRole",
        trust(allow("sts:AssumeRole", None, principal={"Service": "ec2.amazonaws.com"})),
        ALLOW,
    ),
    (
        "SAML",
        SAML,
        "sts:AssumeRoleWithSAML",
        trust(allow("sts:AssumeRoleWithSAML", None, principal={"Federated": SAML})),
        ALLOW,
    ),
    (
        "another provider",
        SAML + "2",
        "sts:AssumeRoleWithSAML",
        trust(allow("sts:AssumeRoleWithSAML", None, principal={"Federated": SAML})),
        IMPLICIT,
    ),
    (
        "a web identity",
        "accounts.google.com",
        "sts:AssumeRoleWithWebIdentity",
        trust(allow("sts:AssumeRoleWithWebIdentity", None, principal=GOOGLE)),
        ALLOW,
    ),
    ("no trust policy was given", ALICE, "sts:AssumeRole", Policies(FULL), CONDITIONAL),
    ("an action on the role that is not assuming it", ALICE, "iam:GetRole", Policies(FULL), ALLOW),
]


@pytest.mark.parametrize(
    ("principal", "action", "policies", "expected"), [row[1:] for row in ROLES], ids=[row[0] for row in ROLES]
)
def test_rules_of_roles(principal: str, action: str, policies: Policies, expected: Outcome) -> None:
    assert decide(request(principal, action, ROLE), policies).outcome is expected


def test_a_service_without_rcps_is_not_limited_by_them() -> None:
    policies = Policies(FULL, resource_control=(level(deny(principal="*")),))
    assert (
        decide(request(ALICE, "ec2:StopInstances", f"arn:aws:ec2:us-east-1:{HOME}:instance/i-1"), policies).outcome
        is ALLOW
    )
    assert decide(request(ALICE, "sqs:SendMessage", QUEUE), policies).outcome is EXPLICIT


def test_an_action_without_resource_belongs_to_the_own_account() -> None:
    asked = Request(Principal.parse(ALICE), "s3:ListAllMyBuckets", "*", Context(closed=True))
    assert decide(asked, Policies(FULL)).outcome is ALLOW
    assert decide(asked, Policies(identity(allow("s3:*", "arn:aws:s3:::*")))).outcome is IMPLICIT


FACTS = [
    # the key, the value that follows from alice asking for the queue
    ("aws:PrincipalArn", ALICE),
    ("aws:PrincipalAccount", HOME),
    ("aws:PrincipalType", "User"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:username", "alice"),
    ("aws:userid", "AIDAALICE"),
    ("aws:ResourceAccount", HOME),
    ("aws:RequestedRegion", "us-east-1"),
]


@pytest.mark.parametrize(("key", "value"), FACTS)
def test_keys_that_follow_from_the_request(key: str, value: str) -> None:
    alice = Principal(Kind.USER, ALICE, HOME, unique_id="AIDAALICE")
    asked = Request(alice, "sqs:SendMessage", QUEUE)
    assert decide(asked, Policies(identity(allow(Condition={"StringEquals": {key: value}})))).outcome is ALLOW
    assert decide(asked, Policies(identity(allow(Condition={"StringEquals": {key: "other"}})))).outcome is IMPLICIT
    stated = Request(alice, "sqs:SendMessage", QUEUE, Context({key: ("other",)}))
    assert decide(stated, Policies(identity(allow(Condition={"StringEquals": {key: "other"}})))).outcome is ALLOW


def test_the_principal_of_a_session_is_its_role() -> None:
    role = Principal.parse(f"arn:aws:iam::{HOME}:role/team/Worker")
    only = Policies(identity(allow(Condition={"ArnEquals": {"aws:PrincipalArn": role.arn}})))
    assert decide(Request(role.session("s1"), "sqs:SendMessage", QUEUE), only).outcome is ALLOW
    # The session's own ARN does not tell the path of its role, so that nobody knows.
    assert (
        decide(Request(Principal.parse(role.session("s1").arn), "sqs:SendMessage", QUEUE), only).outcome is CONDITIONAL
    )
    by_path = Policies(resource=document(allow(principal=role.arn)))
    assert decide(Request(Principal.parse(role.session("s1").arn), "sqs:SendMessage", QUEUE), by_path).outcome is ALLOW


def test_a_role_is_any_of_its_sessions() -> None:
    asked = Request(Principal.parse(ROLE), "sqs:SendMessage", QUEUE)
    decision = decide(asked, Policies(resource=document(allow(principal=SESSION), name="queue")))
    condition = Condition(operator="StringEquals", key="sts:RoleSessionName", values=("s1",))
    residual = Residual(Ground("resource policy", "queue", "#1", "Allow"), (condition,))
    assert decision == Decision(CONDITIONAL, residuals=(residual,), example=(("sts:rolesessionname", ("s1",)),))


def test_variables_in_resources() -> None:
    home = identity(allow("s3:*", "arn:aws:s3:::b/${aws:username}/*"))
    assert decide(request(ALICE, GET, "arn:aws:s3:::b/alice/x"), Policies(home)).outcome is ALLOW
    assert decide(request(ALICE, GET, "arn:aws:s3:::b/bob/x"), Policies(home)).outcome is IMPLICIT
    assert decide(request(SESSION, GET, "arn:aws:s3:::b/alice/x"), Policies(home)).outcome is IMPLICIT
    tagged = identity(allow("s3:*", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*"))
    decision = decide(request(ALICE, GET, "arn:aws:s3:::b/red/x", closed=False), Policies(tagged))
    residual = Residual(
        Ground("identity policy", "i", "#1", "Allow"), (), ("arn:aws:s3:::b/${aws:PrincipalTag/team}/*",)
    )
    assert decision == Decision(CONDITIONAL, residuals=(residual,), example=(("aws:principaltag/team", ("red",)),))


def test_variables_are_text_before_2012() -> None:
    old = Document("old", policy(allow("s3:*", "arn:aws:s3:::b/${aws:username}/*"), version="2008-10-17"))
    assert decide(request(ALICE, GET, "arn:aws:s3:::b/alice/x"), Policies((old,))).outcome is IMPLICIT
    assert decide(request(ALICE, GET, "arn:aws:s3:::b/${aws:username}/x"), Policies((old,))).outcome is ALLOW


def test_a_decision_says_what_it_rests_on() -> None:
    named = document(allow(GET, Sid="Read"), deny("s3:DeleteObject"), name="Reader")
    read, delete = request(ALICE, GET, BUCKET), request(ALICE, "s3:DeleteObject", BUCKET)
    assert decide(read, Policies((named,))) == Decision(ALLOW, (Ground("identity policy", "Reader", "Read", "Allow"),))
    assert decide(delete, Policies((named,))) == Decision(
        EXPLICIT, (Ground("identity policy", "Reader", "#2", "Deny"),)
    )
    nothing = decide(request(EXTERNAL, GET, BUCKET), Policies((named,), boundary=NOTHING))
    assert nothing == Decision(IMPLICIT, lacking=("resource policy", "permissions boundary"))


def test_a_residual_is_verbatim_and_its_example_is_allowed() -> None:
    block = {"StringEquals": {"aws:PrincipalTag/Team": ["red", "blue"]}, "Bool": {"aws:SecureTransport": "true"}}
    policies = Policies(identity(allow(GET, Sid="Tagged", Condition=block), name="Tag"))
    asked = request(ALICE, GET, BUCKET, closed=False)
    decision = decide(asked, policies)
    conditions = (
        Condition(operator="StringEquals", key="aws:PrincipalTag/Team", values=("red", "blue")),
        Condition(operator="Bool", key="aws:SecureTransport", values=("true",)),
    )
    residual = Residual(Ground("identity policy", "Tag", "Tagged", "Allow"), conditions)
    example = (("aws:principaltag/team", ("red",)), ("aws:securetransport", ("true",)))
    assert decision == Decision(CONDITIONAL, residuals=(residual,), example=example)


EXAMPLES = [
    {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}},
    {
        "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"},
    },
    {"Null": {"aws:MultiFactorAuthAge": "false"}},
    {"Null": {"aws:MultiFactorAuthAge": "true"}},
    {"StringNotLike": {"aws:PrincipalTag/x": "*"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*/ou-1/*"}},
    {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:*:vpc/v?"}},
]


@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_is_found(block: dict[str, object]) -> None:
    asked = request(ALICE, GET, BUCKET, closed=False)
    for statements in ([allow(Condition=block)], [allow(), deny(Condition=block)]):
        decision = decide(asked, Policies(identity(*statements)))
        assert decision.outcome is CONDITIONAL
        assert decision.example is not None
        filled = Request(asked.principal, GET, BUCKET, asked.context.filled(dict(decision.example)), HOME)
        assert decide(filled, Policies(identity(*statements))).outcome is ALLOW


UNSEEN = NotSeen("AccessDenied")
DOUBTS = [
    # rule, policies, expected outcome, the sources of the doubts
    ("unseen SCPs only take away", Policies(FULL, service_control=UNSEEN), CONDITIONAL, ["service control policy"]),
    ("unseen SCPs cannot give", Policies(service_control=UNSEEN), IMPLICIT, []),
    ("a deny stays beside what is unseen", Policies(identity(deny()), service_control=UNSEEN), EXPLICIT, []),
    (
        "one unseen level",
        Policies(FULL, service_control=(level(allow()), UNSEEN)),
        CONDITIONAL,
        ["service control policy"],
    ),
    ("one level refuses beside an unseen one", Policies(FULL, service_control=(level(), UNSEEN)), IMPLICIT, []),
    ("unseen RCPs", Policies(FULL, resource_control=UNSEEN), CONDITIONAL, ["resource control policy"]),
    ("unseen identity", Policies(UNSEEN), CONDITIONAL, ["identity policy"]),
    ("one unseen identity policy may deny", Policies((*FULL, UNSEEN)), CONDITIONAL, ["identity policy"]),
    ("unseen identity under a boundary that refuses", Policies(UNSEEN, boundary=NOTHING), IMPLICIT, []),
    ("unseen boundary", Policies(FULL, boundary=UNSEEN), CONDITIONAL, ["permissions boundary"]),
    ("unseen session policy", Policies(FULL, session=UNSEEN), CONDITIONAL, ["session policy"]),
    ("unseen resource policy may deny", Policies(FULL, resource=UNSEEN), CONDITIONAL, ["resource policy"]),
    ("unseen resource policy may allow", Policies(resource=UNSEEN), CONDITIONAL, ["resource policy"]),
    ("unseen endpoint policy", Policies(FULL, endpoint=UNSEEN), CONDITIONAL, ["VPC endpoint policy"]),
    (
        "two doubts",
        Policies(FULL, boundary=UNSEEN, service_control=UNSEEN),
        CONDITIONAL,
        ["service control policy", "permissions boundary"],
    ),
    ("a malformed policy", Policies((*FULL, read_document("Broken", "{"))), CONDITIONAL, ["identity policy"]),
    (
        "an identity policy that names a principal",
        Policies(identity(allow(principal="*"))),
        CONDITIONAL,
        ["identity policy i #1"],
    ),
    (
        "a bucket policy that names none",
        Policies(resource=document(allow(), name="b")),
        CONDITIONAL,
        ["resource policy b #1"],
    ),
    (
        "a statement of identity without resource",
        Policies(identity(allow(GET, None))),
        CONDITIONAL,
        ["identity policy i #1"],
    ),
]


@pytest.mark.parametrize(
    ("policies", "expected", "sources"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS]
)
def test_what_was_not_seen_is_doubt(policies: Policies, expected: Outcome, sources: list[str]) -> None:
    decision = decide(request(ALICE, GET, BUCKET), policies)
    assert (decision.outcome, [doubt.source for doubt in decision.doubts]) == (expected, sources)


def test_a_malformed_policy_says_why() -> None:
    policies = Policies((read_document("Broken", '{"Version": "2030-01-01", "Statement": []}'),))
    doubt = Doubt("identity policy", "Broken is malformed: unknown policy version '2030-01-01'")
    assert decide(request(ALICE, GET, BUCKET), policies) == Decision(CONDITIONAL, doubts=(doubt,))


def test_an_unknown_owner_is_doubt_only_where_it_matters() -> None:
    unknown = request(ALICE, GET, BUCKET, owner=None)
    assert decide(unknown, Policies()).outcome is IMPLICIT
    assert decide(unknown, Policies(FULL, resource=bucket(allow(principal=ALICE)))).outcome is ALLOW
    doubt = Doubt("resource", "the account that owns the resource is not known")
    ground = Ground("identity policy", "i", "#1", "Allow")
    assert decide(unknown, Policies(FULL)) == Decision(CONDITIONAL, grounds=(ground,), doubts=(doubt,))


def test_an_unknown_canonical_id_is_doubt() -> None:
    policies = Policies(FULL, resource=bucket(deny(principal={"CanonicalUser": "a" * 64})))
    assert decide(request(ALICE, GET, BUCKET), policies).outcome is CONDITIONAL
    known = Principal(Kind.USER, ALICE, HOME, canonical_id="b" * 64)
    assert decide(request(known, GET, BUCKET), policies).outcome is ALLOW
    same = Principal(Kind.USER, ALICE, HOME, canonical_id="a" * 64)
    assert decide(request(same, GET, BUCKET), policies).outcome is EXPLICIT


def test_a_session_that_may_be_service_linked_is_doubt_where_it_matters() -> None:
    maybe = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForX/s"
    assert decide(request(maybe, GET, BUCKET), Policies(FULL, service_control=(level(deny()),))).outcome is CONDITIONAL
    assert decide(request(maybe, GET, BUCKET), Policies(FULL, service_control=(level(allow()),))).outcome is ALLOW


def test_an_unknown_operator_neither_grants_nor_denies() -> None:
    strange = {"StringResembles": {"aws:username": "alice"}}
    assert decide(request(ALICE, GET, BUCKET), Policies(identity(allow(Condition=strange)))).outcome is CONDITIONAL
    assert (
        decide(request(ALICE, GET, BUCKET), Policies(identity(allow(), deny(Condition=strange)))).outcome is CONDITIONAL
    )


@pytest.mark.parametrize(
    "name", ["", "alice", "arn:aws:iam::1:group/x", "arn:aws:sts::1:assumed-role/x", "arn:aws:s3:::b"]
)
def test_what_names_no_principal_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="names no principal"):
        Principal.parse(name)


def test_keys_are_asked_as_keys() -> None:
    assert decide(request(ALICE, "kms:Decrypt", KEY), Policies(FULL)).outcome is CONDITIONAL

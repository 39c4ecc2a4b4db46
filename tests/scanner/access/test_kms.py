"""What is special about KMS keys, one documented rule a row."""

import pytest
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
    policy,
    request,
)

from scanner.access.context import Context
from scanner.access.decide import decide
from scanner.access.kms import DECRYPTS_WITHOUT_DECRYPT, named_and_delegated
from scanner.access.principals import Principal
from scanner.access.request import Decision, Document, Grant, NotSeen, Outcome, Policies, Request
from scanner.access.truth import Doubt, Ground, Residual
from scanner.evidence.policy import Condition, PrincipalName

ALLOW, EXPLICIT, IMPLICIT, CONDITIONAL = (
    Outcome.ALLOW,
    Outcome.EXPLICIT_DENY,
    Outcome.IMPLICIT_DENY,
    Outcome.CONDITIONAL,
)
FULL = identity(allow())
NOTHING = document(allow("ec2:Nothing"))
DELEGATES = document(allow("kms:*", principal=ROOT), name="key policy")
CLOSED = document(allow("kms:*", principal=f"arn:aws:iam::{HOME}:role/Nobody"), name="key policy")


def key(*statements: dict[str, object]) -> Document:
    return document(*statements, name="key policy")


def grant(grantee: str, *operations: str, **constraints: object) -> Grant:
    return Grant("g-1", grantee, operations or ("Decrypt",), **constraints)  # type: ignore[arg-type]


MANAGED_BY_SERVICE = key(
    allow(
        ["kms:Encrypt", "kms:Decrypt"],
        principal="*",
        Condition={
            "StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com", "kms:CallerAccount": HOME}
        },
    ),
    allow(["kms:Describe*"], principal=ROOT),
)

ROWS = [
    # rule, principal, policies, expected, for kms:Decrypt on a key of the account
    ("delegated, and identity allows", ALICE, Policies(FULL, resource=DELEGATES), ALLOW),
    ("delegated, and identity does not", ALICE, Policies(resource=DELEGATES), IMPLICIT),
    ("not delegated, and identity allows", ALICE, Policies(FULL, resource=CLOSED), IMPLICIT),
    ("named is enough", ALICE, Policies(resource=key(allow(principal=ALICE))), ALLOW),
    ("role named is enough for its sessions", SESSION, Policies(resource=key(allow(principal=ROLE))), ALLOW),
    ("delegation of another action", ALICE, Policies(FULL, resource=key(allow("kms:Encrypt", principal=ROOT))), IMPLICIT),
    ("delegation to another account", ALICE, Policies(FULL, resource=key(allow(principal=AWAY))), IMPLICIT),
    ("everyone is enough within the account", ALICE, Policies(resource=key(allow(principal="*"))), ALLOW),
    ("the root user, delegated", ROOT, Policies(resource=DELEGATES), ALLOW),
    ("the root user, not delegated", ROOT, Policies(resource=CLOSED), IMPLICIT),
    ("key policy denies the root user", ROOT, Policies(resource=key(allow(principal=ROOT), deny(principal="*"))), EXPLICIT),
    ("delegated under a boundary", ALICE, Policies(FULL, boundary=NOTHING, resource=DELEGATES), IMPLICIT),
    ("a service that is named", "logs.us-east-1.amazonaws.com", Policies(resource=key(allow(principal={"Service": "logs.us-east-1.amazonaws.com"}))), ALLOW),
    ("a service that is not", "logs.us-east-1.amazonaws.com", Policies(resource=DELEGATES), IMPLICIT),
    # grants
    ("a grant is enough", ALICE, Policies(resource=CLOSED, grants=(grant(ALICE),)), ALLOW),
    ("a grant to the role reaches its sessions", SESSION, Policies(resource=CLOSED, grants=(grant(ROLE),)), ALLOW),
    ("a grant for another operation", ALICE, Policies(resource=CLOSED, grants=(grant(ALICE, "Encrypt"),)), IMPLICIT),
    ("a grant to another", ALICE, Policies(resource=CLOSED, grants=(grant(ROLE),)), IMPLICIT),
    ("a deny beats a grant", ALICE, Policies(identity(deny("kms:*")), resource=CLOSED, grants=(grant(ALICE),)), EXPLICIT),
    ("an SCP limits a grant", ALICE, Policies(resource=CLOSED, grants=(grant(ALICE),), service_control=(level(allow("s3:*")),)), IMPLICIT),
    ("an RCP limits a grant", ALICE, Policies(resource=CLOSED, grants=(grant(ALICE),), resource_control=(level(deny(principal="*")),)), EXPLICIT),
    ("a grant to the account needs identity", ALICE, Policies(resource=CLOSED, grants=(grant(ROOT),)), IMPLICIT),
    ("and with identity", ALICE, Policies(FULL, resource=CLOSED, grants=(grant(ROOT),)), ALLOW),
    ("a boundary over a grant is not documented", ALICE, Policies(boundary=NOTHING, resource=CLOSED, grants=(grant(ALICE),)), CONDITIONAL),
    ("a boundary that allows does not matter", ALICE, Policies(boundary=document(allow()), resource=CLOSED, grants=(grant(ALICE),)), ALLOW),
    ("a grant to a service", "rds.us-east-1.amazonaws.com", Policies(resource=CLOSED, grants=(grant("rds.us-east-1.amazonaws.com"),)), ALLOW),
    ("a grant across accounts, with identity", EXTERNAL, Policies(FULL, resource=CLOSED, grants=(grant(EXTERNAL),)), ALLOW),
    ("a grant across accounts, without, is not documented", EXTERNAL, Policies(resource=CLOSED, grants=(grant(EXTERNAL),)), CONDITIONAL),
    ("unseen grants only add", ALICE, Policies(resource=CLOSED, grants=NotSeen("AccessDenied")), CONDITIONAL),
    ("unseen grants cannot take away", ALICE, Policies(FULL, resource=DELEGATES, grants=NotSeen("AccessDenied")), ALLOW),
    ("unseen grants beside a deny", ALICE, Policies(identity(deny()), resource=CLOSED, grants=NotSeen("AccessDenied")), EXPLICIT),
    # other accounts
    ("across accounts, both", EXTERNAL, Policies(FULL, resource=key(allow(principal=AWAY))), ALLOW),
    ("across accounts, named but no identity", EXTERNAL, Policies(resource=key(allow(principal=EXTERNAL))), IMPLICIT),
    ("across accounts, identity only", EXTERNAL, Policies(FULL, resource=DELEGATES), IMPLICIT),
    ("across accounts, identity unseen", EXTERNAL, Policies(NotSeen("another account"), resource=key(allow(principal=EXTERNAL))), CONDITIONAL),
    ("across accounts, identity unseen and key closed", EXTERNAL, Policies(NotSeen("another account"), resource=CLOSED), IMPLICIT),
    # keys that AWS manages
    ("a managed key outside its service", ALICE, Policies(FULL, resource=MANAGED_BY_SERVICE), IMPLICIT),
    ("a managed key of another account", EXTERNAL, Policies(FULL, resource=MANAGED_BY_SERVICE), IMPLICIT),
    # the key's policy is always there
    ("the key policy was not seen", ALICE, Policies(FULL, resource=NotSeen("AccessDenied")), CONDITIONAL),
    ("no key policy was given", ALICE, Policies(FULL), CONDITIONAL),
]  # fmt: skip


@pytest.mark.parametrize(("principal", "policies", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_rules_of_keys(principal: str, policies: Policies, expected: Outcome) -> None:
    assert decide(request(principal, "kms:Decrypt", KEY), policies).outcome is expected


def test_a_managed_key_is_open_to_its_account_through_its_service() -> None:
    decision = decide(Request(Principal.parse(ALICE), "kms:Decrypt", KEY), Policies(resource=MANAGED_BY_SERVICE))
    via = Condition(operator="StringEquals", key="kms:ViaService", values=("secretsmanager.us-east-1.amazonaws.com",))
    residual = Residual(Ground("resource policy", "key policy", "#1", "Allow"), (via,))
    example = (("kms:viaservice", ("secretsmanager.us-east-1.amazonaws.com",)),)
    assert decision == Decision(CONDITIONAL, residuals=(residual,), example=example)
    outside = decide(
        Request(Principal.parse(EXTERNAL), "kms:Decrypt", KEY), Policies(FULL, resource=MANAGED_BY_SERVICE)
    )
    assert outside.outcome is IMPLICIT


CONSTRAINTS = [
    # constraint of the grant, the request's encryption context, expected
    ({"encryption_context_subset": (("tenant", "a"),)}, {"tenant": "a"}, ALLOW),
    ({"encryption_context_subset": (("tenant", "a"),)}, {"tenant": "a", "more": "b"}, ALLOW),
    ({"encryption_context_subset": (("Tenant", "a"),)}, {"tenant": "a"}, ALLOW),
    ({"encryption_context_subset": (("tenant", "a"),)}, {"tenant": "A"}, IMPLICIT),
    ({"encryption_context_subset": (("tenant", "a"),)}, {}, IMPLICIT),
    ({"encryption_context_equals": (("tenant", "a"),)}, {"tenant": "a"}, ALLOW),
    ({"encryption_context_equals": (("tenant", "a"),)}, {"tenant": "a", "more": "b"}, IMPLICIT),
    ({"encryption_context_equals": (("tenant", "a"), ("more", "b"))}, {"tenant": "a"}, IMPLICIT),
    ({"encryption_context_equals": ()}, {}, ALLOW),
    ({"encryption_context_equals": ()}, {"tenant": "a"}, IMPLICIT),
    ({"source_arn": "arn:aws:s3:::b"}, {}, IMPLICIT),
]


@pytest.mark.parametrize(("constraint", "encryption_context", "expected"), CONSTRAINTS)
def test_constraints_of_grants(
    constraint: dict[str, object], encryption_context: dict[str, str], expected: Outcome
) -> None:
    values = {f"kms:EncryptionContext:{name}": (value,) for name, value in encryption_context.items()}
    asked = Request(Principal.parse(ALICE), "kms:Decrypt", KEY, Context(values, closed=True))
    assert decide(asked, Policies(resource=CLOSED, grants=(grant(ALICE, **constraint),))).outcome is expected


def test_an_unknown_encryption_context_leaves_the_constraint_open() -> None:
    asked = Request(Principal.parse(ALICE), "kms:Decrypt", KEY)
    policies = Policies(resource=CLOSED, grants=(grant(ALICE, encryption_context_subset=(("tenant", "a"),)),))
    condition = Condition(operator="StringEquals", key="kms:EncryptionContext:tenant", values=("a",))
    residual = Residual(Ground("grant", "g-1", "", "Allow"), (condition,))
    example = (("kms:encryptioncontext:tenant", ("a",)),)
    assert decide(asked, policies) == Decision(CONDITIONAL, residuals=(residual,), example=example)


def test_constraints_on_the_encryption_context_do_not_apply_without_one() -> None:
    constrained = grant(ALICE, "DescribeKey", "CreateGrant", encryption_context_equals=(("tenant", "a"),))
    policies = Policies(resource=CLOSED, grants=(constrained,))
    assert decide(request(ALICE, "kms:DescribeKey", KEY), policies).outcome is ALLOW
    assert decide(request(ALICE, "kms:CreateGrant", KEY), policies).outcome is ALLOW


def test_the_retiring_principal_may_retire() -> None:
    policies = Policies(resource=CLOSED, grants=(grant(ROLE, retiring_principal=ALICE),))
    assert decide(request(ALICE, "kms:RetireGrant", KEY), policies).outcome is ALLOW
    assert decide(request(ALICE, "kms:Decrypt", KEY), policies).outcome is IMPLICIT


def test_rcps_do_not_reach_retiring() -> None:
    policies = Policies(FULL, resource=DELEGATES, resource_control=(level(deny(principal="*")),))
    assert decide(request(ALICE, "kms:RetireGrant", KEY), policies).outcome is ALLOW
    assert decide(request(ALICE, "kms:RevokeGrant", KEY), policies).outcome is EXPLICIT


def test_actions_without_a_key_follow_the_common_rule() -> None:
    asked = Request(Principal.parse(ALICE), "kms:ListKeys", "*", Context(closed=True))
    assert decide(asked, Policies(FULL)).outcome is ALLOW
    alias = f"arn:aws:kms:us-east-1:{HOME}:alias/a"
    assert decide(request(ALICE, "kms:CreateAlias", alias), Policies(FULL)).outcome is ALLOW


def test_an_undocumented_limit_is_told() -> None:
    decision = decide(
        request(ALICE, "kms:Decrypt", KEY), Policies(boundary=NOTHING, resource=CLOSED, grants=(grant(ALICE),))
    )
    doubt = Doubt("grant", "AWS does not document whether the principal's other policies limit a grant")
    assert decision == Decision(CONDITIONAL, grounds=(Ground("grant", "g-1", "", "Allow"),), doubts=(doubt,))


def test_named_and_delegated_are_told_apart() -> None:
    given = policy(
        allow("kms:*", principal=[ROOT, ALICE, AWAY]),
        allow("kms:Decrypt", principal={"Service": "logs.amazonaws.com"}),
        allow("kms:Encrypt", principal=ROLE),
        deny("kms:Decrypt", principal=EXTERNAL),
    )
    named = (PrincipalName(kind="AWS", value=ALICE), PrincipalName(kind="Service", value="logs.amazonaws.com"))
    delegated = (PrincipalName(kind="AWS", value=ROOT), PrincipalName(kind="AWS", value=AWAY))
    assert named_and_delegated(given, "kms:Decrypt") == (named, delegated)


def test_the_ways_to_decrypt_without_decrypt() -> None:
    assert set(DECRYPTS_WITHOUT_DECRYPT) == {
        "kms:ReEncryptFrom",
        "kms:CreateGrant",
        "kms:PutKeyPolicy",
        "kms:ReplicateKey",
    }

"""What is special about KMS: grants, delegation to the account, and decrypting without `kms:Decrypt`.

Rests on the KMS developer guide: "Key policies", "Grants in AWS KMS", "Using grant constraints" and "KMS permissions".
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from scanner.access.conditions import CompiledCondition
from scanner.access.principals import PrincipalElement, Reach
from scanner.access.request import Grant, NotSeen
from scanner.access.statements import View, compile_policy
from scanner.access.truth import Answer, Doubt, Ground, Residual, Truth, depends, doubtful, yes
from scanner.evidence.policy import Condition, Policy, PrincipalName

GRANT = "grant"

# Actions that end in plaintext, or in the right to it, without `kms:Decrypt` on the key.
DECRYPTS_WITHOUT_DECRYPT: Mapping[str, str] = {
    "kms:ReEncryptFrom": "moves the ciphertext under another key, which the caller may be able to decrypt with",
    "kms:CreateGrant": "gives any principal, the caller too, a grant for Decrypt",
    "kms:PutKeyPolicy": "rewrites the key policy so that it allows Decrypt",
    "kms:ReplicateKey": "makes a copy of a multi-Region key in another Region, with a key policy of the caller's choice",
}

# Operations that take an encryption context, so that a grant's constraints on it apply.
_WITH_ENCRYPTION_CONTEXT = frozenset(
    [
        "decrypt",
        "encrypt",
        "generatedatakey",
        "generatedatakeywithoutplaintext",
        "generatedatakeypair",
        "generatedatakeypairwithoutplaintext",
        "reencryptfrom",
        "reencryptto",
    ]
)


def is_key(resource: str) -> bool:
    """Is it a KMS key's ARN? Aliases and custom key stores have no policy."""
    parts = resource.split(":", 5)
    return len(parts) == 6 and parts[2] == "kms" and parts[5].startswith("key/")


def ask_grants(grants: tuple[Grant, ...] | NotSeen, view: View) -> Iterable[tuple[Reach, Answer]]:
    """Does a grant allow the operation? A grant only ever adds."""
    if isinstance(grants, NotSeen):
        yield Reach.DIRECT, doubtful(Doubt(GRANT, grants.reason))
        return
    operation = operation_of(view.action)
    for grant in grants:
        for grantee in grantees(grant, operation):
            match = grantee_element(grantee).match(view.principal)
            if match.truth is not Truth.FALSE:
                opened = (match.condition,) if match.condition else ()
                if (answer := _constrained(grant, operation, view, opened)) is not None:
                    yield match.reach, answer


def operation_of(action: str) -> str:
    """An action as grants name it, in lower case: `decrypt` for `kms:Decrypt`."""
    return action.lower().removeprefix("kms:")


def grantees(grant: Grant, operation: str) -> Iterable[PrincipalName]:
    """Whom a grant allows an operation, given in lower case."""
    if operation in {name.lower() for name in grant.operations}:
        yield _grantee(grant.grantee)
    if operation == "retiregrant" and grant.retiring_principal:
        yield _grantee(grant.retiring_principal)


@lru_cache(maxsize=16384)
def grantee_element(grantee: PrincipalName) -> PrincipalElement:
    """A grantee, ready to be asked about many principals."""
    return PrincipalElement([grantee], negated=False)


@lru_cache(maxsize=16384)
def _grantee(name: str) -> PrincipalName:
    return PrincipalName(kind="AWS" if name.startswith("arn:") or name.isdigit() else "Service", value=name)


def _constrained(grant: Grant, operation: str, view: View, opened: tuple[Condition, ...]) -> Answer | None:
    """Yes, open for the constraints that are, or None where one does not hold."""
    left: list[Condition] = []
    for condition in (*opened, *constraints(grant, operation)):
        truth = CompiledCondition(condition, variables=False).evaluate(view.context)
        if truth is Truth.FALSE:
            return None
        if truth is Truth.OPEN:
            left.append(condition)
    ground = Ground(GRANT, grant.grant_id, "", "Allow")
    return depends(Residual(ground, tuple(left))) if left else yes(ground)


def constraints(grant: Grant, operation: str) -> Iterable[Condition]:
    """A grant's constraints, as the conditions that KMS documents to be the same."""
    if grant.source_arn is not None:
        yield Condition(operator="StringEquals", key="aws:SourceArn", values=(grant.source_arn,))
    if operation not in _WITH_ENCRYPTION_CONTEXT:
        return
    exact = grant.encryption_context_equals
    for key, value in (*grant.encryption_context_subset, *(exact or ())):
        yield Condition(operator="StringEquals", key=f"kms:EncryptionContext:{key}", values=(value,))
    if exact:
        keys = tuple(key for key, _ in exact)
        yield Condition(operator="ForAllValues:StringEqualsIgnoreCase", key="kms:EncryptionContextKeys", values=keys)
    elif exact is not None:
        yield Condition(operator="Null", key="kms:EncryptionContextKeys", values=("true",))


def named_and_delegated(policy: Policy, action: str) -> tuple[tuple[PrincipalName, ...], tuple[PrincipalName, ...]]:
    """The principals that a key policy allows an action: named ones, and accounts it leaves the decision to.

    `arn:aws:iam::111122223333:root` and `111122223333` are delegation to the account's identity policies, not only its
    root user.
    """
    named: dict[PrincipalName, None] = {}
    delegated: dict[PrincipalName, None] = {}
    for statement in compile_policy(policy).about(action.lower(), "Allow"):
        for name in statement.statement.principals:
            (delegated if _is_account(name) else named)[name] = None
    return tuple(named), tuple(delegated)


def _is_account(name: PrincipalName) -> bool:
    value = name.value
    is_root = value.startswith("arn:") and value.endswith(":root")
    return name.kind == "AWS" and (is_root or (value.isdigit() and len(value) == 12))


def needs_resource_policy(view: View) -> bool:
    """Must the resource's own policy allow, also within the account? True of KMS keys and of roles that are assumed."""
    if is_key(view.resource):
        return view.action.startswith("kms:")
    parts = view.resource.split(":", 5)
    is_role = len(parts) == 6 and parts[2] == "iam" and parts[5].startswith("role/")
    return is_role and view.action.startswith("sts:")

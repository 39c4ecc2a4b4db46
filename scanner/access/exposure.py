"""Who outside an account a resource's policy lets in.

A statement that allows everyone is not public where a condition binds it to a fixed account, organization, network or
resource. Which keys bind follows "The meaning of public" (Amazon S3 User Guide, Blocking public access) and the
global condition keys of the IAM User Guide; a condition that holds also where its key is missing (`IfExists`,
`ForAllValues`, a negated operator) binds nothing, and neither does a value with a wildcard in the part that says who it is.
"""

import ipaddress
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from scanner.evidence.policy import Condition, Policy, PrincipalName, Statement

EVERYONE = "everyone"

_BINDING_KEYS = frozenset(
    {
        "aws:calledviaarn",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:userid",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
_BINDING_OPERATORS = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
_ACCOUNT_KEYS = frozenset(
    {"aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount", "aws:vpceaccount"}
)
_SMALLEST_PREFIX = {4: 8, 6: 32}  # a source range wider than this is everyone (S3, "The meaning of public")


@dataclass(frozen=True, slots=True)
class Admission:
    """Someone whom a policy lets in: `everyone`, an account id, a service, a federation provider or a canonical id."""

    who: str
    sid: str
    actions: tuple[str, ...]
    conditional: bool  # further conditions stand beside, which may or may not keep them out

    def __str__(self) -> str:
        place = f"statement {self.sid!r}" if self.sid else "a statement"
        return f"{place} lets {self.who} do {', '.join(self.actions[:3])}{', …' if len(self.actions) > 3 else ''}"


def admissions(policy: Policy, account: str) -> tuple[Admission, ...]:
    """Everyone from outside `account` whom the policy's Allow statements let in, services left out.

    Explicit denies are not subtracted, but for one: a Deny for everyone outside a fixed organization, account or network
    takes away what it covers of the actions and resources that are allowed.
    """
    return tuple(_admitted(policy, account))


def lets_everyone(policy: Policy, account: str) -> tuple[Admission, ...]:
    """The admissions that are open to anyone at all."""
    return tuple(admission for admission in admissions(policy, account) if admission.who == EVERYONE)


def outside_accounts(policy: Policy, account: str, trusted: Collection[str] = ()) -> tuple[Admission, ...]:
    """The admissions of named other accounts that are not trusted."""
    found = admissions(policy, account)
    return tuple(a for a in found if a.who.isdigit() and a.who != account and a.who not in trusted)


def _admitted(policy: Policy, account: str) -> Iterator[Admission]:
    fences = [statement for statement in policy.statements if _fences(statement)]
    for statement in policy.statements:
        if statement.effect != "Allow" or any(_covers(fence, statement) for fence in fences):
            continue
        bound = tuple(condition for condition in statement.conditions if binds(condition))
        actions = statement.actions or tuple(f"everything but {action}" for action in statement.not_actions)
        rest = len(bound) < len(statement.conditions)
        for name in statement.principals:
            who = _who(name)
            if who == EVERYONE and bound:
                for other in _bound_accounts(bound, account):
                    yield Admission(other, statement.sid or "", actions, rest)
            elif who and who != account:
                yield Admission(who, statement.sid or "", actions, rest)
        if statement.not_principals and not bound:
            yield Admission(EVERYONE, statement.sid or "", actions, rest)


def _bound_accounts(bound: tuple[Condition, ...], account: str) -> Iterator[str]:
    """Other accounts that the binding conditions name."""
    for condition in bound:
        if condition.key.lower() in _ACCOUNT_KEYS:
            yield from (value for value in condition.values if value.isdigit() and value != account)


def _who(name: PrincipalName) -> str:
    """Whom a principal names: `everyone`, an account, a provider or canonical id; empty for an AWS service."""
    if name.kind == "Service":
        return ""
    if name.kind == "*" or (name.kind == "AWS" and name.value == "*"):
        return EVERYONE
    if name.kind == "AWS" and name.value.startswith("arn:"):
        return name.value.split(":")[4] or name.value
    return name.value


def binds(condition: Condition) -> bool:
    """Does this condition let through only a fixed account, organization, network or resource?"""
    operator, key = condition.operator.lower(), condition.key.lower()
    if operator.startswith("foranyvalue:"):
        operator = operator.removeprefix("foranyvalue:")
    if operator == "ipaddress" and key in ("aws:sourceip", "aws:vpcsourceip"):
        return bool(condition.values) and all(_narrow(value) for value in condition.values)
    if key not in _BINDING_KEYS or operator not in _BINDING_OPERATORS or not condition.values:
        return False
    return all(_fixed(value, key) for value in condition.values)


_WILD = re.compile(r"[*?]|\$\{")


def _fixed(value: str, key: str) -> bool:
    """Does this value say who is meant? An ARN by its account or its bucket, a path in an organization by the organization, a
    user id by the role before the session's name; anything else as a whole. The rest may hold wildcards."""
    if "${" in value:
        return False
    if key.endswith("arn"):
        parts = value.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn":
            return False
        who = parts[4] or (parts[5].partition("/")[0] if parts[2] == "s3" else "")
    elif key.endswith("orgpaths"):
        who = value.partition("/")[0]
    elif key == "aws:userid":
        who = value.partition(":")[0]
    else:
        who = value
    return bool(who) and not _WILD.search(who)


def _narrow(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _SMALLEST_PREFIX[network.version]


def _fences(statement: Statement) -> bool:
    """A Deny to everyone wherever a binding key is not as it should be."""
    everyone = any(name.kind in ("*", "AWS") and name.value == "*" for name in statement.principals)
    if statement.effect != "Deny" or not everyone or len(statement.conditions) != 1:
        return False
    condition = statement.conditions[0]
    operator = condition.operator.lower()
    positive = {
        "stringnotequals": "stringequals",
        "stringnotlike": "stringlike",
        "arnnotequals": "arnequals",
        "arnnotlike": "arnlike",
        "notipaddress": "ipaddress",
    }.get(operator)
    if positive is None:
        return False
    return binds(Condition(operator=positive, key=condition.key, values=condition.values))


def _covers(fence: Statement, allow: Statement) -> bool:
    """Does this Deny reach all that the other statement allows? Where no resource is named, the policy's own is meant."""
    if fence.not_resources or allow.not_resources or allow.not_actions:
        return bool(not fence.not_resources and "*" in fence.resources and "*" in fence.actions)
    actions = all(any(_matches(mine, name) for mine in fence.actions) for name in allow.actions)
    if not fence.resources:
        return actions
    return (
        actions
        and bool(allow.resources)
        and all(any(_matches(mine, name) for mine in fence.resources) for name in allow.resources)
    )


def _matches(pattern: str, name: str) -> bool:
    """Does a pattern hold all that another, or a plain name, can stand for? Stars only; `?` stands for itself."""
    wanted = ".*".join(re.escape(part) for part in pattern.lower().split("*"))
    return re.fullmatch(wanted, name.lower(), re.DOTALL) is not None

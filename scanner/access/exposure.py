"""Who outside an account a resource's policy lets in.

A statement that allows everyone is not public where a condition binds it to a fixed account, organization, network or
resource. Which keys bind follows "The meaning of public" (Amazon S3 User Guide, Blocking public access) and the
global condition keys of the IAM User Guide; a condition that holds also where its key is missing (`IfExists`,
`ForAllValues`, a negated operator) binds nothing, and neither does a value with a wildcard in the part that says who it is.
A private address (`aws:VpcSourceIp`) binds nothing either: every account may have a network with the same addresses.
"""

import ipaddress
import re
from collections.abc import Collection, Iterable, Iterator
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
        "aws:principalservicename",
        "aws:principalservicenameslist",
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
# Keys that say who the caller is, by account; and those that say for whose resource, network or account a service calls.
_CALLER_KEYS = frozenset({"aws:principalaccount", "aws:principalarn", "kms:calleraccount"})
_ACCOUNT_KEYS = _CALLER_KEYS | {
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourcevpcarn",
    "aws:vpceaccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
}
_ORGANIZATION_KEYS = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
# Variables that stand for the resource's own account and organization (IAM User Guide, "Global condition context keys").
_OWN = frozenset({"${aws:resourceaccount}", "${aws:resourceorgid}"})
_SMALLEST_PREFIX = {4: 8, 6: 32}  # a source range wider than this is everyone (S3, "The meaning of public")


@dataclass(frozen=True, slots=True)
class Admission:
    """Someone whom a policy lets in: `everyone`, an account id, a service, a federation provider or a canonical id."""

    who: str
    sid: str
    actions: tuple[str, ...]
    conditional: bool  # further conditions stand beside, which may or may not keep them out
    in_organization: bool = False  # only as a member of an organization that the policy names

    def __str__(self) -> str:
        place = f"statement {self.sid!r}" if self.sid else "a statement"
        return f"{place} lets {self.who} do {', '.join(self.actions[:3])}{', …' if len(self.actions) > 3 else ''}"


def admissions(policy: Policy, account: str) -> tuple[Admission, ...]:
    """Everyone from outside `account` whom the policy's Allow statements let in, services left out.

    Explicit denies are not subtracted, but for one: a Deny for everyone outside fixed organizations, accounts or networks
    takes away what it covers of the actions and resources that are allowed.
    """
    return tuple(_admitted(policy, account))


def lets_everyone(policy: Policy, account: str) -> tuple[Admission, ...]:
    """The admissions that are open to anyone at all."""
    return tuple(admission for admission in admissions(policy, account) if admission.who == EVERYONE)


def outside_accounts(policy: Policy, account: str, trusted: Collection[str] = ()) -> tuple[Admission, ...]:
    """The admissions of everyone, and of other accounts that are not trusted and need not be in a named organization."""
    return tuple(
        one
        for one in admissions(policy, account)
        if one.who == EVERYONE or (one.who.isdigit() and one.who not in trusted and not one.in_organization)
    )


@dataclass(frozen=True, slots=True)
class _Fence:
    """A Deny for all but a few. `callers`: accounts of those few; None where it tells them by something else."""

    statement: Statement
    through: tuple[Condition, ...]
    callers: frozenset[str] | None


def _admitted(policy: Policy, account: str) -> Iterator[Admission]:
    fences = [fence for statement in policy.statements if (fence := _fence(statement))]
    for statement in policy.statements:
        if statement.effect != "Allow":
            continue
        bound = tuple(condition for condition in statement.conditions if binds(condition))
        around = [fence for fence in fences if _covers(fence.statement, statement)]
        callers = [_accounts(one, account) for one in bound if one.key.lower() in _CALLER_KEYS]
        callers += [fence.callers for fence in around if fence.callers is not None]
        member = any(_by_organization([one]) for one in bound) or any(_by_organization(one.through) for one in around)
        actions = statement.actions or tuple(f"everything but {action}" for action in statement.not_actions)
        rest = len(bound) < len(statement.conditions)
        names = [EVERYONE] if statement.not_principals else [_who(name) for name in statement.principals]
        for name in names:
            found: Iterable[str] = [name]
            if name == EVERYONE and (bound or around):
                ties = (*bound, *(one for fence in around for one in fence.through))
                found = callers[0] if callers else frozenset().union(*(_accounts(one, account) for one in ties))
            for who in sorted(found):
                known = not who.isdigit() or all(who in few for few in callers)
                if who and who != account and known:
                    yield Admission(who, statement.sid or "", actions, rest, member)


def _by_organization(ties: Collection[Condition]) -> bool:
    return bool(ties) and all(one.key.lower() in _ORGANIZATION_KEYS for one in ties)


def _accounts(condition: Condition, account: str) -> frozenset[str]:
    """The accounts that a binding condition names."""
    if condition.key.lower() not in _ACCOUNT_KEYS:
        return frozenset()
    found = (value.split(":")[4] if value.startswith("arn:") else value for value in condition.values)
    return frozenset(account if value.lower() in _OWN else value for value in found if value)


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
    if operator == "ipaddress" and key == "aws:sourceip":
        return bool(condition.values) and all(_narrow(value) for value in condition.values)
    if key not in _BINDING_KEYS or operator not in _BINDING_OPERATORS or not condition.values:
        return False
    return all(_fixed(value, key) for value in condition.values)


_WILD = re.compile(r"[*?]|\$\{")


def _fixed(value: str, key: str) -> bool:
    """Does this value say who is meant? An ARN by its account or its bucket, a path in an organization by the organization, a
    user id by the role before the session's name; anything else as a whole. The rest may hold wildcards."""
    if value.lower() in _OWN and key.endswith(("account", "owner", "orgid")):
        return True
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


_POSITIVE = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}


def _fence(statement: Statement) -> _Fence | None:
    """A Deny for everybody who does not have one of a few binding keys as it should be, or is not one of a few principals.

    A negated operator holds where its key is missing, with `IfExists`, with `ForAllValues` and without; not with
    `ForAnyValue`. A condition that spares AWS services spares nobody else.
    """
    everyone = any(name.kind in ("*", "AWS") and name.value == "*" for name in statement.principals)
    spared = [_who(name) for name in statement.not_principals]
    if statement.effect != "Deny" or not (everyone or spared) or EVERYONE in spared:
        return None
    through: list[Condition] = []
    for condition in statement.conditions:
        if _spares_services(condition):
            continue
        operator = condition.operator.lower().removeprefix("forallvalues:").removesuffix("ifexists")
        tie = Condition(operator=_POSITIVE.get(operator, ""), key=condition.key, values=condition.values)
        if not binds(tie):
            return None
        through.append(tie)
    if spared and through:
        return None  # who is spared by name is spared by each of the conditions too
    by_caller = all(one.key.lower() in _CALLER_KEYS for one in through)
    callers = frozenset(spared).union(*(_accounts(one, "") for one in through)) if by_caller else None
    return _Fence(statement, tuple(through), callers)


def _spares_services(condition: Condition) -> bool:
    """Does the Deny leave out what an AWS service does by itself, and nothing else?"""
    by_itself = condition.key.lower() == "aws:principalisawsservice" and [v.lower() for v in condition.values] == [
        "false"
    ]
    return by_itself and condition.operator.lower() in ("bool", "boolifexists")


def _covers(fence: Statement, allow: Statement) -> bool:
    """Does this Deny reach all that the other statement allows? Where no resource is named, the policy's own is meant."""
    if fence.not_resources or allow.not_resources or allow.not_actions:
        return bool(not fence.not_resources and "*" in fence.resources and "*" in fence.actions)
    actions = all(any(_matches(mine.lower(), name.lower()) for mine in fence.actions) for name in allow.actions)
    if not fence.resources:
        return actions
    return (
        actions
        and bool(allow.resources)
        and all(any(_matches(mine, name) for mine in fence.resources) for name in allow.resources)
    )


def _matches(pattern: str, name: str) -> bool:
    """Does a pattern hold all that another, or a plain name, can stand for? Stars only; `?` stands for itself."""
    wanted = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(wanted, name, re.DOTALL) is not None

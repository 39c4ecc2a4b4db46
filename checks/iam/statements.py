"""What a statement of an identity policy allows, as far as can be read from the statement alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from scanner import Condition, Policy, Statement

_POSITIVE = re.compile(r"^(?:foranyvalue:)?(?:stringequals|stringequalsignorecase|stringlike|arnequals|arnlike)$")
# AWS-managed policies with which a principal can do, or grant itself, everything.
ADMINISTRATOR = re.compile(r"^arn:[^:]+:iam::aws:policy/(AdministratorAccess|IAMFullAccess)$")
# With any one of these, on everything, a principal gives itself whatever it lacks.
_SELF_GRANTING = (
    "iam:attachgrouppolicy",
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createaccesskey",
    "iam:createpolicyversion",
    "iam:passrole",
    "iam:putgrouppolicy",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
    "iam:updateassumerolepolicy",
)


@dataclass(frozen=True)
class Grant:
    """A policy that a principal has: `through` a group, or its own. `document` is None for one that AWS manages."""

    policy: str
    arn: str
    document: Policy | None
    through: str = ""

    def __str__(self) -> str:
        return f"{self.policy} (group {self.through})" if self.through else self.policy


def demands(condition: Condition) -> bool:
    """Must the key be there and have one of the values? Not so with `IfExists`, `ForAllValues` and negations."""
    return _POSITIVE.match(condition.operator.lower()) is not None


def allows(statement: Statement, action: str) -> bool:
    """Does an Allow statement cover this action (in lower case)?"""
    if statement.effect != "Allow":
        return False
    if statement.not_actions:
        return not any(fnmatchcase(action, pattern.lower()) for pattern in statement.not_actions)
    return any(fnmatchcase(action, pattern.lower()) for pattern in statement.actions)


def is_everything(pattern: str) -> bool:
    """Is this a resource or an action that nothing limits, such as `*`, `*:*` or `arn:aws:*`?"""
    return pattern.replace("*", "").strip(":") in ("", "arn", "arn:aws", "arn:aws-cn", "arn:aws-us-gov")


def on_everything(statement: Statement, service: str = "") -> bool:
    """Is the statement about all resources (of a service), and does neither a tag nor the calling service narrow it?"""
    kind = "(?:key/)?" if service == "kms" else ""
    all_of_it = re.compile(rf"arn:[^:]*:{re.escape(service)}:[^:]*:[^:]*:{kind}\*+") if service else None
    everywhere = bool(statement.not_resources) or any(
        is_everything(resource) or (all_of_it and all_of_it.fullmatch(resource)) for resource in statement.resources
    )
    narrowed = any(
        demands(condition)
        and ("resourcetag/" in condition.key.lower() or condition.key.lower().startswith("aws:calledvia"))
        for condition in statement.conditions
    )
    return everywhere and not narrowed


def everything_allowed(document: Policy) -> str:
    """How a document hands out everything on all resources; empty if no statement of it does.

    Where the document itself denies all of IAM without conditions, nothing else can be granted with the rest.
    """
    denied = _denied_everywhere(document)
    if all(_among(action, denied) for action in _SELF_GRANTING):
        return ""
    for statement in document.statements:
        if statement.effect != "Allow":
            continue
        everywhere = on_everything(statement)
        if everywhere and any(is_everything(action) for action in statement.actions):
            return "allows every action on every resource"
        # A pattern that holds a name which no action has holds all of IAM.
        if on_everything(statement, "iam") and _among("iam:~", [action.lower() for action in statement.actions]):
            return "allows iam:* on every resource, with which everything else can be granted"
        excepted = [action.lower() for action in statement.not_actions]
        left = [action for action in _SELF_GRANTING if not _among(action, [*excepted, *denied])]
        if everywhere and excepted and left:
            iam = "all of IAM" if left == list(_SELF_GRANTING) else left[0]
            return f"allows everything but {', '.join(sorted(excepted)[:3])}, and so {iam}, on every resource"
    return ""


def _denied_everywhere(document: Policy) -> list[str]:
    """The actions, in lower case, that a document denies on all resources without conditions."""
    return [
        action.lower()
        for statement in document.statements
        if statement.effect == "Deny" and not statement.conditions and any(map(is_everything, statement.resources))
        for action in statement.actions
    ]


def _among(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)


def whole_services(document: Policy) -> Iterator[str]:
    """The actions of the form `service:*` that a document allows on all resources."""
    for statement in document.statements:
        if statement.effect != "Allow":
            continue
        for action in statement.actions:
            service = action.partition(":")[0].lower()
            if (is_everything(action) and on_everything(statement)) or (
                action.endswith(":*") and on_everything(statement, service)
            ):
                yield action
        if statement.not_actions and on_everything(statement):
            yield f"everything but {', '.join(statement.not_actions[:3])}"


def passes_any_role(document: Policy) -> bool:
    """May any role be passed to any service?"""
    for statement in document.statements:
        wide = bool(statement.not_resources) or any(
            is_everything(resource) or re.fullmatch(r"arn:[^:]*:iam:[^:]*:[^:]*:(?:role/)?\*+", resource)
            for resource in statement.resources
        )
        bound = any(
            demands(condition)
            and condition.key.lower() in ("iam:passedtoservice", "iam:associatedresourcearn")
            and not any(is_everything(value) or value == "*.amazonaws.com" for value in condition.values)
            for condition in statement.conditions
        )
        if wide and not bound and allows(statement, "iam:passrole"):
            return True
    return False


def decrypts_with_any_key(document: Policy) -> bool:
    """May a holder decrypt with whichever key lets its account decide? An alias or a tag in a condition names keys too."""
    return any(
        on_everything(statement, "kms")
        and any(allows(statement, action) for action in ("kms:decrypt", "kms:reencryptfrom"))
        and not any(demands(one) and one.key.lower() == "kms:resourcealiases" for one in statement.conditions)
        for statement in document.statements
    )


def administrator_through(grants: Iterable[Grant]) -> str:
    """The policy that makes a principal an administrator, and how; empty if none of these does."""
    for grant in grants:
        if ADMINISTRATOR.match(grant.arn):
            return f"{grant} is attached"
        if grant.document is not None and (how := everything_allowed(grant.document)):
            return f"{grant} {how}"
    return ""


def is_named(name: str, patterns: Iterable[str]) -> bool:
    """Is a name one of these? `*` and `?` stand for any characters; case does not count."""
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def some(names: Iterable[str], most: int = 10) -> str:
    """Names in order, and how many more there are."""
    found = sorted(names)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")

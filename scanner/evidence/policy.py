"""IAM policy documents as typed, frozen values.

AWS hands policies out as JSON text, as percent-encoded JSON text (IAM) or already decoded. A field of type `Policy`
takes all three. What does not follow the grammar of policies is refused with a reason, and so becomes Unknown: a
policy that we cannot read must never count as one that allows, nor as one that is not there.

Rests on "Grammar of the IAM JSON policy language" and "IAM JSON policy elements reference".
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, Self
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, field_validator, model_serializer, model_validator

# The largest policy that AWS stores is a key policy of 32 KB. Three times that is not a policy.
MAXIMUM_BYTES = 100_000
# Policy > Statement > item > Condition > operator > key > value is seven deep.
MAXIMUM_DEPTH = 12

Effect = Literal["Allow", "Deny"]
Version = Literal["2012-10-17", "2008-10-17"]
PrincipalKind = Literal["AWS", "Service", "Federated", "CanonicalUser", "*"]

_POLICY_MEMBERS = frozenset(["Version", "Id", "Statement"])
_STATEMENT_MEMBERS = {
    "Sid": "sid",
    "Effect": "effect",
    "Principal": "principals",
    "NotPrincipal": "not_principals",
    "Action": "actions",
    "NotAction": "not_actions",
    "Resource": "resources",
    "NotResource": "not_resources",
    "Condition": "conditions",
}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Condition(_Value):
    """One line of a Condition block: `{operator: {key: values}}`, the values as IAM compares them, as text."""

    operator: str
    key: str
    values: tuple[str, ...]


class PrincipalName(_Value):
    """One value of a Principal element. `Principal: "*"` is kind `*` with value `*`."""

    kind: PrincipalKind
    value: str


class Statement(_Value):
    """One statement. An element that is not there is an empty tuple; no element may be there and empty."""

    sid: str | None = None
    effect: Effect
    principals: tuple[PrincipalName, ...] = ()
    not_principals: tuple[PrincipalName, ...] = ()
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return _statement_fields(value) if isinstance(value, Mapping) and "Effect" in value else value

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if bool(self.actions) == bool(self.not_actions):
            raise ValueError("a statement has either Action or NotAction")
        if self.resources and self.not_resources:
            raise ValueError("a statement has Resource or NotResource, not both")
        if self.principals and self.not_principals:
            raise ValueError("a statement has Principal or NotPrincipal, not both")
        return self

    def as_json(self) -> dict[str, Any]:
        """The statement under AWS's own names; lists stay lists, also of one."""
        data: dict[str, Any] = {} if self.sid is None else {"Sid": self.sid}
        data["Effect"] = self.effect
        for member in ("Principal", "NotPrincipal"):
            if names := getattr(self, _STATEMENT_MEMBERS[member]):
                data[member] = _principal_json(names)
        for member in ("Action", "NotAction", "Resource", "NotResource"):
            if values := getattr(self, _STATEMENT_MEMBERS[member]):
                data[member] = list(values)
        for condition in self.conditions:
            keys = data.setdefault("Condition", {}).setdefault(condition.operator, {})
            keys[condition.key] = list(condition.values)
        return data


class Policy(_Value):
    """A policy document. Without a Version it is of 2008-10-17, in which policy variables are plain text."""

    version: Version = "2008-10-17"
    id: str | None = None
    statements: tuple[Statement, ...]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, Policy) or (isinstance(value, Mapping) and "statements" in value):
            return value
        return _policy_fields(_decoded(value))

    @field_validator("statements")
    @classmethod
    def _some_statement(cls, value: tuple[Statement, ...]) -> tuple[Statement, ...]:
        if not value:
            raise ValueError("a policy has at least one statement")
        return value

    @model_serializer
    def as_json(self) -> dict[str, Any]:
        """The document under AWS's own names, always in the same order: the same policy gives the same text."""
        data: dict[str, Any] = {"Version": self.version}
        if self.id is not None:
            data["Id"] = self.id
        data["Statement"] = [statement.as_json() for statement in self.statements]
        return data

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the document, by which the engine remembers what it made of it."""
        text = json.dumps(self.as_json(), separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _decoded(value: Any) -> Mapping[str, Any]:
    """JSON text, percent-encoded JSON text or a decoded document, as a document of bounded size and depth."""
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, Mapping):
        raise ValueError(f"a policy is a JSON object, not {_kind(value)}")
    _refuse_deep(value)
    _refuse_large(json.dumps(value, default=str, ensure_ascii=False))
    return value


def _parsed(text: str) -> Any:
    _refuse_large(text)
    if text.lstrip().startswith("%"):
        text = unquote(text, errors="strict")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise ValueError(f"the policy is not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise ValueError("the policy is nested too deeply") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, refused where a key stands twice: readers differ on which of the two counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object of the policy")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _refuse_large(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("the policy holds half a character") from None
    if size >= MAXIMUM_BYTES:
        raise ValueError(f"the policy has {size} bytes; none that AWS stores has {MAXIMUM_BYTES}")


def _refuse_deep(value: Any) -> None:
    """Walks without recursion, so that depth itself cannot hurt."""
    level = [value]
    for _ in range(MAXIMUM_DEPTH):
        level = [item for parent in level for item in _children(parent)]
        if not level:
            return
    raise ValueError("the policy is nested too deeply")


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value


def _policy_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    _refuse_unknown(document, _POLICY_MEMBERS, "policy")
    if "Statement" not in document:
        raise ValueError("the policy has no Statement")
    version = document.get("Version", "2008-10-17")
    if version not in ("2012-10-17", "2008-10-17"):
        raise ValueError(f"unknown policy version {version!r}")
    statements = document["Statement"]
    listed = statements if isinstance(statements, list | tuple) else [statements]
    fields = tuple(_statement_fields(item) for item in listed)
    return {"version": version, "id": document.get("Id"), "statements": fields}


def _statement_fields(statement: Any) -> dict[str, Any]:
    if not isinstance(statement, Mapping):
        raise ValueError(f"a statement is a JSON object, not {_kind(statement)}")
    _refuse_unknown(statement, frozenset(_STATEMENT_MEMBERS), "statement")
    fields: dict[str, Any] = {}
    for member, value in statement.items():
        name = _STATEMENT_MEMBERS[member]
        if member in ("Principal", "NotPrincipal"):
            fields[name] = tuple(_principal_names(value))
        elif member == "Condition":
            fields[name] = tuple(_conditions(value))
        elif member in ("Sid", "Effect"):
            fields[name] = value
        else:
            fields[name] = _texts(value, member)
    if fields.get("effect") not in ("Allow", "Deny"):
        raise ValueError(f"Effect is Allow or Deny, not {fields.get('effect')!r}")
    return fields


def _refuse_unknown(value: Mapping[str, Any], known: frozenset[str], what: str) -> None:
    unknown = sorted(str(member) for member in value if member not in known)
    if unknown:
        raise ValueError(f"unknown member of a {what}: {', '.join(unknown)}")


def _texts(value: Any, member: str) -> tuple[str, ...]:
    listed = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not listed or not all(isinstance(item, str) for item in listed):
        raise ValueError(f"{member} is a string or a list of strings, and not empty")
    return listed


def _principal_names(value: Any) -> Iterator[dict[str, str]]:
    if value == "*":
        yield {"kind": "*", "value": "*"}
        return
    if not isinstance(value, Mapping) or not value:
        raise ValueError('a principal is "*" or an object of AWS, Service, Federated, CanonicalUser')
    for kind, names in value.items():
        if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
            raise ValueError(f"unknown kind of principal {kind!r}")
        for name in _texts(names, f"Principal {kind}"):
            yield {"kind": kind, "value": name}


def _conditions(value: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(value, Mapping):
        raise ValueError(f"Condition is a JSON object, not {_kind(value)}")
    for operator, keys in value.items():
        if not isinstance(keys, Mapping):
            raise ValueError(f"the condition {operator} is a JSON object, not {_kind(keys)}")
        for key, values in keys.items():
            listed = values if isinstance(values, list | tuple) else [values]
            yield {"operator": operator, "key": key, "values": tuple(_text(item) for item in listed)}


def _text(value: Any) -> str:
    """A condition's value as IAM compares it: `true`, `5` and `"5"` are text there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    raise ValueError(f"a condition's value is text, a number or a boolean, not {_kind(value)}")


def _principal_json(names: tuple[PrincipalName, ...]) -> Any:
    if names[0].kind == "*":
        return "*"
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(name.kind, []).append(name.value)
    return grouped


def _kind(value: Any) -> str:
    return {list: "a list", str: "text", bool: "a boolean", type(None): "null"}.get(type(value), type(value).__name__)

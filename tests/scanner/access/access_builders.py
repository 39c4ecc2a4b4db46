"""Short ways to write requests and policies in tables."""

from typing import Any

from scanner.access.context import Context
from scanner.access.principals import Principal
from scanner.access.request import Document, Level, Request
from scanner.evidence.policy import Policy

HOME, AWAY, MANAGEMENT = "111111111111", "222222222222", "999999999999"
KEY = f"arn:aws:kms:us-east-1:{HOME}:key/k1"
BUCKET = "arn:aws:s3:::b/x"
QUEUE = f"arn:aws:sqs:us-east-1:{HOME}:q"
ROLE = f"arn:aws:iam::{HOME}:role/Worker"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/Worker/s1"
ALICE = f"arn:aws:iam::{HOME}:user/alice"
EXTERNAL = f"arn:aws:iam::{AWAY}:user/ext"
ROOT = f"arn:aws:iam::{HOME}:root"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/alice"
LINKED = f"arn:aws:iam::{HOME}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"


def statement(effect: str, action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement; `principal=` names AWS principals; other elements go by their own names."""
    made: dict[str, Any] = {"Effect": effect}
    if "NotAction" not in more:
        made["Action"] = action
    if "NotResource" not in more and resource is not None:
        made["Resource"] = resource
    if "principal" in more:
        named = more.pop("principal")
        made["Principal"] = named if named == "*" or isinstance(named, dict) else {"AWS": named}
    return {**made, **more}


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return statement("Allow", action, resource, **more)


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return statement("Deny", action, resource, **more)


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return Policy.model_validate({"Version": version, "Statement": list(statements)})


def document(*statements: dict[str, Any], name: str = "p") -> Document:
    return Document(name, policy(*statements))


def identity(*statements: dict[str, Any], name: str = "i") -> tuple[Document, ...]:
    return (document(*statements, name=name),)


def level(*statements: dict[str, Any], name: str = "level") -> Level:
    return Level(name, (document(*statements),) if statements else ())


def request(
    principal: str | Principal,
    action: str,
    resource: str,
    *,
    owner: str | None = HOME,
    closed: bool = True,
    **keys: str,
) -> Request:
    """A request whose context holds `keys` (double underscores for colons) and, closed, nothing else."""
    who = principal if isinstance(principal, Principal) else Principal.parse(principal)
    values = {key.replace("__", ":", 1): (value,) for key, value in keys.items()}
    return Request(who, action, resource, Context(values, closed=closed), owner)

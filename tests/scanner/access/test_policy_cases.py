"""Cases of AWS's documented rules, each a whole request with its policies, and the decision that AWS documents."""

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.access.context import Context
from scanner.access.decide import decide
from scanner.access.principals import Principal
from scanner.access.request import Documents, Level, Outcome, Policies, Request, Seen, read_document

CASES = json.loads((Path(__file__).parent / "policy_cases.json").read_text())
OUTCOMES = {
    "Allowed": Outcome.ALLOW,
    "ExplicitlyDenied": Outcome.EXPLICIT_DENY,
    "ImplicitlyDenied": Outcome.IMPLICIT_DENY,
}


def documents(name: str, policies: list[Any]) -> tuple[Seen, ...]:
    return tuple(read_document(f"{name} {place}", policy) for place, policy in enumerate(policies))


def one(name: str, policies: list[Any]) -> Seen | None:
    return documents(name, policies)[0] if policies else None


def levels(name: str, given: list[Any]) -> tuple[Level, ...]:
    return tuple(Level(level["orgIdentifier"], documents(name, level["policies"])) for level in given)


def request_of(case: dict[str, Any]) -> Request:
    asked = case["request"]
    context = {
        key: tuple(value) if isinstance(value, list) else (str(value),) for key, value in asked["context"].items()
    }
    resource = asked["resource"]
    principal = Principal.parse(asked["principal"])
    closed = Context(context, closed=True)
    return Request(principal, asked["action"], resource["resource"], closed, resource["accountId"])


def policies_of(case: dict[str, Any]) -> Policies:
    session: Documents | None = documents("session", [case["sessionPolicy"]]) if case.get("sessionPolicy") else None
    return Policies(
        identity=documents("identity", case.get("identityPolicies", [])),
        boundary=one("boundary", case.get("permissionBoundaries", [])),
        session=session,
        service_control=levels("scp", case.get("serviceControlPolicies", [])),
        resource_control=levels("rcp", case.get("resourceControlPolicies", [])),
        resource=one("resource", [case["resourcePolicy"]] if case.get("resourcePolicy") else []),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert decide(request_of(case), policies_of(case)).outcome is OUTCOMES[case["expected"]]

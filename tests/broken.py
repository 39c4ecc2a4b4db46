"""What can be wrong with an answer of AWS, written in the protocol of its operation."""

import itertools
import json
import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import StructureShape

from tests import models


class Fault(StrEnum):
    """What goes wrong."""

    REFUSED = "refused"
    THROTTLED = "throttled"
    FAILING = "failing"
    EXPIRED = "expired credentials"
    SKEWED = "clock skew"
    RESET = "connection reset"
    SLOW = "slow"
    CUT = "cut body"  # and a length that fits what is left
    PROMISES_MORE = "longer promised than sent"
    PROMISES_LESS = "shorter promised than sent"
    NOISE = "no JSON and no XML"
    MISSING = "a missing member"
    MISTYPED = "a member of another type"
    ENDLESS = "pages without end"
    REPEATING = "a page token that repeats"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, without the headers that say how long it is."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


# Fault → the code and status that each protocol's services use: the services' API references, "Common Errors".
AWS_SAYS: dict[Fault, dict[str, tuple[str, int]]] = {
    Fault.REFUSED: {
        "json": ("AccessDeniedException", 400),
        "rest-json": ("AccessDeniedException", 403),
        "query": ("AccessDenied", 403),
        "ec2": ("UnauthorizedOperation", 403),
        "rest-xml": ("AccessDenied", 403),
    },
    Fault.THROTTLED: {
        "json": ("ThrottlingException", 400),
        "rest-json": ("TooManyRequestsException", 429),
        "query": ("Throttling", 400),
        "ec2": ("RequestLimitExceeded", 503),
        "rest-xml": ("SlowDown", 503),
    },
    Fault.FAILING: {
        "json": ("InternalFailure", 500),
        "rest-json": ("InternalFailure", 500),
        "query": ("InternalFailure", 500),
        "ec2": ("InternalError", 500),
        "rest-xml": ("InternalError", 500),
    },
    Fault.EXPIRED: {
        "json": ("ExpiredTokenException", 400),
        "rest-json": ("ExpiredTokenException", 403),
        "query": ("ExpiredToken", 403),
        "ec2": ("RequestExpired", 400),
        "rest-xml": ("ExpiredToken", 400),
    },
    Fault.SKEWED: {
        "json": ("InvalidSignatureException", 400),
        "rest-json": ("InvalidSignatureException", 403),
        "query": ("SignatureDoesNotMatch", 403),
        "ec2": ("AuthFailure", 401),
        "rest-xml": ("RequestTimeTooSkewed", 403),
    },
}


def protocol(operation: str) -> str:
    """The protocol that botocore speaks for an operation such as `kms:ListKeys`."""
    spoken: str = models.service(operation.partition(":")[0]).resolved_protocol
    return spoken


def code(fault: Fault, operation: str) -> str:
    """What AWS says for a fault in the operation's own protocol."""
    return AWS_SAYS[fault][protocol(operation)][0]


def error(fault: Fault, operation: str) -> Answer:
    """AWS's error for a fault."""
    spoken = protocol(operation)
    name, status = AWS_SAYS[fault][spoken]
    message = f"the proxy says: {fault}"
    if spoken in ("json", "rest-json"):
        body = json.dumps({"__type": name, "message": message})
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-errortype", name)]
        return Answer(status, "Error", headers, body.encode())
    inner = f"<Error><Type>Sender</Type><Code>{name}</Code><Message>{escape(message)}</Message></Error>"
    whole = {
        "query": f"<ErrorResponse>{inner}<RequestId>r</RequestId></ErrorResponse>",
        "ec2": f"<Response><Errors>{inner}</Errors><RequestID>r</RequestID></Response>",
        "rest-xml": inner,
    }
    return Answer(status, "Error", [("Content-Type", "text/xml")], whole[spoken].encode())


def cut(answer: Answer, _: str, chance: random.Random) -> Answer:
    """The body ends somewhere in its middle, or before it begins."""
    return replace(answer, body=answer.body[: chance.randrange(max(1, len(answer.body) * 9 // 10))])


def noise(answer: Answer, _: str, chance: random.Random) -> Answer:
    """What a proxy on the way might say instead, with a 200."""
    says = chance.choice((b"<html><body>Sign in to the hotel's network</body></html", b"\x00\xff\xfe", b"null", b"[]"))
    return replace(answer, body=says)


def missing(answer: Answer, operation: str, chance: random.Random) -> Answer:
    """One member is not there."""
    return _changed(answer, operation, chance, remove=True)


def mistyped(answer: Answer, operation: str, chance: random.Random) -> Answer:
    """One member is of another type than AWS's model says."""
    return _changed(answer, operation, chance, remove=False)


def _changed(answer: Answer, operation: str, chance: random.Random, *, remove: bool) -> Answer:
    spoken = protocol(operation)
    if spoken in ("json", "rest-json"):
        body = json.loads(answer.body)
        holders = [holder for holder in _dicts(body) if holder]
        if holders:
            holder = chance.choice(holders)
            name = chance.choice(sorted(holder))
            if remove:
                del holder[name]
            else:
                holder[name] = {"another": "type"} if not isinstance(holder[name], dict) else 7
        return replace(answer, body=json.dumps(body).encode())
    try:
        root = ET.fromstring(answer.body)  # noqa: S314
    except ET.ParseError:
        return replace(answer, body=b"7")  # a policy in a body of its own
    inside = [(parent, child) for parent in root.iter() for child in parent]
    if inside:
        parent, child = chance.choice(inside)
        if remove:
            parent.remove(child)
        elif len(child):
            child[:] = []
            child.text = "7"
        else:
            child.text = ""
            ET.SubElement(child, "another").text = "type"
    return replace(answer, body=ET.tostring(root))


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _dicts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _dicts(item)


_tokens = itertools.count(1)


def _output(operation: str) -> StructureShape:
    shape = models.operation(operation).output_shape
    assert shape is not None, f"{operation} has no answer"
    return shape


def endless(answer: Answer, operation: str, _: random.Random) -> Answer:
    """The answer goes on, with another token each time."""
    return _goes_on(answer, operation, f"wafr-test-{next(_tokens)}")


def repeating(answer: Answer, operation: str, _: random.Random) -> Answer:
    """The answer goes on, with the same token each time."""
    return _goes_on(answer, operation, "wafr-test")


@lru_cache(maxsize=1024)
def paging(operation: str) -> tuple[str, str]:
    """The members of an operation's answer that say where it goes on, and that it does; empty where it never goes on."""
    service, _, name = operation.partition(":")
    members = _output(operation).members
    pages: dict[str, Any] = {}
    if service in botocore.session.Session().get_available_services():
        try:
            pages = botocore.session.Session().get_paginator_model(service).get_paginator(name)
        except ValueError:
            pages = {}
    told = pages.get("output_token", "")
    token = str(told[0] if isinstance(told, list) else told).partition(" ")[0]
    if token not in members:
        token = next((m for m in members if m.lower() in ("nexttoken", "marker", "nextmarker", "paginationtoken")), "")
    return token, next((m for m in members if m.lower() in ("istruncated", "truncated")), "")


def _goes_on(answer: Answer, operation: str, token: str) -> Answer:
    name, flag = paging(operation)
    if not name:
        return answer
    spoken = protocol(operation)
    shape = _output(operation)
    if spoken in ("json", "rest-json"):
        body = json.loads(answer.body)
        body[name] = token
        if flag:
            body[flag] = True
        return replace(answer, body=json.dumps(body).encode())
    root = ET.fromstring(answer.body)  # noqa: S314
    wrapper = shape.serialization.get("resultWrapper")
    holder = root
    if wrapper:
        holder = next(element for element in root.iter() if element.tag.rpartition("}")[2] == wrapper)
    space = holder.tag.rpartition("}")[0] + ("}" if "}" in holder.tag else "")
    wanted = [(name, token), *([(flag, "true")] if flag else [])]
    for member, value in wanted:
        tag = shape.members[member].serialization.get("name", member)
        for old in [element for element in holder if element.tag.rpartition("}")[2] == tag]:
            holder.remove(old)
        ET.SubElement(holder, space + tag).text = value
    return replace(answer, body=ET.tostring(root))

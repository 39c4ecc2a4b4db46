"""A reading: one question asked of AWS, and its answer: also a refusal, an absence or a truncation."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import rfc8785

GLOBAL = "global"
ORGANIZATION = "organization"


class Outcome(StrEnum):
    OK = "ok"
    ABSENT = "absent"  # AWS says that there is none
    DENIED = "denied"
    FAILED = "failed"  # throttled after retries, timed out, unsupported here, malformed, truncated


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """Where evidence is read: an account and a region, or the account's `global` side, or its `organization`."""

    account: str
    region: str
    partition: str = "aws"

    def there(self, region: str) -> "Target":
        return Target(self.account, region, self.partition)

    @property
    def subject(self) -> str:
        """How a finding names this target where it is about no single resource."""
        if self.region == ORGANIZATION:
            return "organization"
        return f"account:{self.account}" if self.region == GLOBAL else f"region:{self.region}"


@dataclass(frozen=True, slots=True, order=True)
class Call:
    """One question: where, which operation, with which request (canonical JSON, so that equal questions are equal)."""

    account: str
    region: str
    api: str
    request: str = "{}"

    @property
    def service(self) -> str:
        return self.api.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer. `answer` holds, for each JMESPath that some evidence declares, what stands there, cut to the declared members."""

    call: Call
    outcome: Outcome
    answer: dict[str, Any]
    error: str
    message: str
    at: str  # ISO 8601, UTC: when the answer came
    digest: str
    text: bytes = field(default=b"", compare=False, repr=False)  # the line, until it is written down

    @staticmethod
    def make(
        call: Call,
        outcome: Outcome,
        at: str,
        *,
        answer: dict[str, Any] | None = None,
        error: str = "",
        message: str = "",
    ) -> "Reading":
        bare = Reading(call, outcome, answer or {}, error, message, at, "")
        text = bare.line()
        return Reading(call, outcome, bare.answer, error, message, at, digest_of(text), text)

    def without_text(self) -> "Reading":
        """What a snapshot keeps: the answer once, and not its spelling too."""
        return Reading(self.call, self.outcome, self.answer, self.error, self.message, self.at, self.digest)

    def line(self) -> bytes:
        """The record as it stands in the bundle: one line of canonical JSON (RFC 8785)."""
        return self.text or canonical(
            {
                "account": self.call.account,
                "region": self.call.region,
                "api": self.call.api,
                "request": self.call.request,
                "outcome": str(self.outcome),
                "answer": self.answer,
                "error": self.error,
                "message": self.message,
                "at": self.at,
            }
        )

    @staticmethod
    def of(record: dict[str, Any], digest: str) -> "Reading":
        """A reading from its parsed line; KeyError or ValueError where it is not one."""
        call = Call(record["account"], record["region"], record["api"], record["request"])
        return Reading(
            call, Outcome(record["outcome"]), record["answer"], record["error"], record["message"], record["at"], digest
        )


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785): the same bytes, and so the same digest, in any language. Keys of objects are text."""
    try:
        text = _QUICK.encode(value)
        if text[0] in '{["' and not _NUMBERS.search(text) and (text.isascii() or not _BEYOND.search(text)):
            return text.encode()
    except (TypeError, ValueError):
        pass  # rfc8785 says what is wrong
    return rfc8785.dumps(value)


# Python's own encoder, which is written in C, writes the canonical form but for three things: fractions, integers that
# JavaScript cannot hold, and the order of keys with characters beyond U+FFFF. Where there may be one of them, rfc8785 writes.
_QUICK = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
_NUMBERS = re.compile(r"[\[:,]-?(?:\d{16}|\d+e|\d+\.\d+(?:e[+-]\d+)?[\]},])", re.ASCII)
_BEYOND = re.compile("[\U00010000-\U0010ffff]")


def digest_of(line: bytes) -> str:
    """SHA-256 of a record's line without its newline, in hex."""
    return hashlib.sha256(line).hexdigest()

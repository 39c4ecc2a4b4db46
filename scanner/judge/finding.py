"""Findings: what a check says of one resource, and what it rests on."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scanner.evidence.reading import canonical


class Stand(StrEnum):
    """How a finding stands. `UNKNOWN` is made by the engine alone."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_APPLICABLE = "not applicable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict. `evidence` are the digests of the readings that it rests on; `id` is the same in every scan.

    `undecided`: unknown although all evidence was there, because AWS does not tell (`CannotTell`).
    """

    check: str
    account: str
    region: str
    resource: str
    verdict: Stand
    because: str
    evidence: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    undecided: bool = False
    id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        name = canonical([self.check, self.account, self.region, self.resource])
        object.__setattr__(self, "id", hashlib.sha256(name).hexdigest()[:16])

    @property
    def order(self) -> tuple[str, str, str, str]:
        return self.check, self.account, self.region, self.resource


@dataclass(frozen=True, slots=True)
class Fact:
    """Something worth telling a reviewer; `unknown` says why it could not be had."""

    fact: str
    account: str
    region: str
    resource: str
    says: str
    unknown: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, str, str, str]:
        return self.fact, self.account, self.region, self.resource

"""The Review: one document with everything that outputs show. Versioned; its JSON Schema is published in `docs/`."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict

SCHEMA: Final = "wafr-review/1"


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScanEntry(Entry):
    """What was asked. `left_out` are regions, per account, of which nothing is known."""

    at: str
    caller: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]
    versions: dict[str, str]
    calls: int
    interrupted: bool


class QuestionEntry(Entry):
    """One question. `risk` is the evidenced one; `could_be` the worst that is still possible.

    `accepted`: it is an HRI, and every failure behind that is an accepted risk. It stays an HRI.
    """

    question: str
    number: str
    title: str
    pillar: str
    risk: Literal["HIGH", "MEDIUM", "NONE", "UNPROVEN"]
    could_be: Literal["HIGH", "MEDIUM", "NONE", "UNPROVEN"]
    claimed_risk: Literal["HIGH", "MEDIUM", "NONE", "UNANSWERED"]
    predicted_risk: Literal["HIGH", "MEDIUM", "NONE", "UNANSWERED"]
    accepted: bool


class AnswerEntry(Entry):
    """One best practice. `findings` and `hints` are ids of findings. `accepted`: refuted, and every failure is accepted."""

    question: str
    choice: str
    label: str
    title: str
    rating: Literal["High", "Medium", "Low"]
    stance: Literal["verified", "refuted", "supported", "unknown", "not applicable", "ask"]
    claimed: bool | None
    accepted: bool
    because: str
    findings: tuple[str, ...]
    hints: tuple[str, ...]
    facts: tuple[str, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """One verdict on one resource. `evidence` are digests of readings in the bundle.

    `undecided`: unknown although all evidence was there, because AWS does not tell. No permission would show more.

    There may be very many, so this is the one entry that is no model of pydantic's, which takes several times the memory.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    check: str
    account: str
    region: str
    resource: str
    verdict: Literal["holds", "fails", "not applicable", "unknown"]
    because: str
    evidence: tuple[str, ...]
    settings: dict[str, Any]
    undecided: bool = False


class FactEntry(Entry):
    """Something worth telling; `unknown` says why it could not be had."""

    fact: str
    account: str
    region: str
    resource: str
    says: str
    unknown: str
    evidence: tuple[str, ...]


class CheckEntry(Entry):
    """What a check or fact is about, for those who read the document without the checks.

    `after` are checks about what this check's resources refer to: their fixes come first.
    """

    id: str
    role: Literal["check", "fact"]
    title: str
    why: str
    fix: str
    effort: str
    services: tuple[str, ...]
    after: tuple[str, ...]


class AcceptedEntry(Entry):
    """A rule of `accepted-risks.yaml`, and the failing findings that it covers. Accepted is never met."""

    practice: str
    check: str
    resource: str
    owner: str
    approver: str
    ticket: str
    reason: str
    accepted: str
    expires: str
    status: Literal["active", "expired", "matches nothing"]
    findings: tuple[str, ...]


class RefusalEntry(Entry):
    """Something that AWS did not answer: how often, and which best practices that leaves unknown."""

    api: str
    account: str
    region: str
    outcome: Literal["denied", "failed"]
    error: str
    action: str
    count: int
    leaves_unknown: tuple[str, ...]


class ContradictionEntry(Entry):
    """Where claim and evidence part: over-claimed, under-claimed, or claimed and unknown."""

    kind: Literal["over-claimed", "under-claimed", "claimed and unknown"]
    question: str
    choice: str
    label: str
    title: str
    findings: tuple[str, ...]


class BundleEntry(Entry):
    """The root over what AWS said and the number of readings under it."""

    evidence_root: str
    readings: int


class Review(Entry):
    """Everything."""

    schema_: Literal["wafr-review/1"] = SCHEMA
    lens: str
    lens_version: str
    workload: str
    scan: ScanEntry
    questions: tuple[QuestionEntry, ...]
    contradictions: tuple[ContradictionEntry, ...]
    answers: tuple[AnswerEntry, ...]
    findings: tuple[FindingEntry, ...]
    facts: tuple[FactEntry, ...]
    refusals: tuple[RefusalEntry, ...]
    accepted: tuple[AcceptedEntry, ...]
    owners: dict[str, str]  # of failing findings, by their id
    checks: tuple[CheckEntry, ...]
    bundle: BundleEntry

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: "schema" if name == "schema_" else name,
        populate_by_name=True,
    )

    @property
    def high_risks(self) -> tuple[QuestionEntry, ...]:
        """The HRIs: questions whose evidenced risk is HIGH."""
        return tuple(question for question in self.questions if question.risk == "HIGH")

    def at_risk(self, level: str) -> bool:
        """Is there a risk at this level (`high`, `medium`) or above that nobody accepted?"""
        risks = {question.risk for question in self.questions if not question.accepted}
        return (level in ("high", "medium") and "HIGH" in risks) or (level == "medium" and "MEDIUM" in risks)

    @property
    def incomplete(self) -> bool:
        """Was there anything that could not be seen?"""
        return (
            bool(self.refusals)
            or self.scan.interrupted
            or any(self.scan.left_out.values())
            or any(finding.verdict == "unknown" and not finding.undecided for finding in self.findings)
        )

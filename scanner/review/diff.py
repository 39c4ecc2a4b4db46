"""Two reviews of one workload: which HRIs closed, stayed, came back, came, or are no longer known.

An HRI is closed only with fresh evidence about the same population: every resource that failed now holds, no longer applies,
or is shown to be gone from a listing that was seen whole. What could not be seen this time is no longer known, never closed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from scanner.review.document import AnswerEntry, FindingEntry, QuestionEntry, Review


class Change(StrEnum):
    CLOSED = "closed"
    STILL_OPEN = "still open"
    REGRESSED = "regressed"  # what held before fails now
    NEW = "new"
    NO_LONGER_KNOWN = "no longer known"


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of one failure: of a resource, under a check, for a practice. `evidence` are digests in the new bundle."""

    label: str
    check: str
    account: str
    region: str
    resource: str
    was: str
    change: Change
    now: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One HRI of the old review or the new one, what became of it, the reason for each practice, and what became of each failure."""

    question: str
    number: str
    title: str
    change: Change
    because: tuple[str, ...]
    proofs: tuple[Proof, ...]


class NotComparableError(ValueError):
    """Two reviews of different lenses or accounts, or in the wrong order."""


def compare(old: Review, new: Review) -> list[QuestionChange]:
    """Every question that was or is an HRI, in the lens's order. NotComparableError."""
    if old.lens != new.lens:
        raise NotComparableError(f"The lenses differ: {old.lens} and {new.lens}.")
    if _accounts(old) and _accounts(new) and _accounts(old) != _accounts(new):
        raise NotComparableError(
            f"The accounts differ: {', '.join(old.scan.accounts)} and {', '.join(new.scan.accounts)}."
        )
    if datetime.fromisoformat(new.scan.at) < datetime.fromisoformat(old.scan.at):
        raise NotComparableError(
            f"The second review ({new.scan.at}) is older than the first ({old.scan.at}). Turn them round."
        )
    before, after = _Indexed(old), _Indexed(new)
    return [change for question in new.questions if (change := _change(question, before, after)) is not None]


def verdict(changes: Sequence[QuestionChange]) -> str:
    """`9 of 9 closed`, or what else became of them."""
    before = [one for one in changes if one.change not in (Change.NEW, Change.REGRESSED)]
    closed = sum(one.change is Change.CLOSED for one in before)
    rest = {change: sum(one.change is change for one in changes) for change in Change if change is not Change.CLOSED}
    others = "".join(f", {count} {change}" for change, count in rest.items() if count)
    return f"{closed} of {len(before)} closed{others}"


class _Indexed:
    """A review's findings and answers by what a comparison looks for."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.findings = {finding.id: finding for finding in review.findings}
        self.answers = {answer.choice: answer for answer in review.answers}
        self.risks = {question.question: question.risk for question in review.questions}

    @cached_property
    def whole(self) -> frozenset[tuple[str, str, str]]:
        """Where a check's whole population was seen. One unknown is enough for doubt: it may stand for a listing in a listing."""
        places = {_place(finding) for finding in self.review.findings}
        blind = {_place(finding) for finding in self.review.findings if finding.verdict == "unknown"}
        return frozenset(places - blind)

    def refuted(self, question: str) -> list[AnswerEntry]:
        return [a for a in self.review.answers if a.question == question and a.stance == "refuted"]

    def failing(self, answer: AnswerEntry) -> Iterator[FindingEntry]:
        for name in answer.findings:
            finding = self.findings.get(name)
            if finding is not None and finding.verdict == "fails":
                yield finding


def _accounts(review: Review) -> set[str]:
    """The accounts of a scan; a scan that was refused even its own identity has none that is known."""
    return set(review.scan.accounts) - {"unknown"}


def _place(finding: FindingEntry) -> tuple[str, str, str]:
    return finding.check, finding.account, finding.region


def _about_a_target(finding: FindingEntry) -> bool:
    """Is this about a whole account, region or organization, rather than about one resource in it?"""
    return finding.resource == "organization" or finding.resource.startswith(("account:", "region:"))


def _change(question: QuestionEntry, before: _Indexed, after: _Indexed) -> QuestionChange | None:
    was, is_ = before.risks.get(question.question) == "HIGH", question.risk == "HIGH"
    if not was and not is_:
        return None
    made_it = [answer for answer in before.refuted(question.question) if answer.rating == "High"]
    proofs = tuple(_proof(answer, finding, after) for answer in made_it for finding in before.failing(answer))
    now = [after.answers[answer.choice] for answer in made_it if answer.choice in after.answers]
    if not was:
        refuted = [answer for answer in after.refuted(question.question) if answer.rating == "High"]
        proofs = tuple(_arrival(answer, finding, before) for answer in refuted for finding in after.failing(answer))
        change = Change.REGRESSED if any(proof.change is Change.REGRESSED for proof in proofs) else Change.NEW
        return _told(question, change, refuted, proofs)
    if is_:
        return _told(question, Change.STILL_OPEN, after.refuted(question.question), proofs)
    met = len(now) == len(made_it) and all(a.stance in ("verified", "supported", "not applicable") for a in now)
    closed = met and all(proof.change is Change.CLOSED for proof in proofs)
    return _told(question, Change.CLOSED if closed else Change.NO_LONGER_KNOWN, now, proofs)


def _told(
    question: QuestionEntry, change: Change, answers: Iterable[AnswerEntry], proofs: tuple[Proof, ...]
) -> QuestionChange:
    because = tuple(f"{answer.label} {answer.stance}: {answer.because}" for answer in answers)
    return QuestionChange(question.question, question.number, question.title, change, because, proofs)


def _proof(answer: AnswerEntry, failed: FindingEntry, after: _Indexed) -> Proof:
    """What became of one failure of the old review."""
    now = after.findings.get(failed.id)
    if now is None:
        if _place(failed) in after.whole and not _about_a_target(failed):
            cited = _listing(failed, after)
            return _of(answer, failed, Change.CLOSED, "gone: the listing was seen whole and does not hold it", cited)
        return _of(answer, failed, Change.NO_LONGER_KNOWN, f"{failed.check} says nothing of it any more")
    if now.verdict == "fails":
        return _of(answer, failed, Change.STILL_OPEN, now.because, now.evidence)
    if now.verdict == "unknown":
        return _of(answer, failed, Change.NO_LONGER_KNOWN, now.because, now.evidence)
    if now.settings != failed.settings:
        changed = f"{now.verdict}, but under other settings: {_settings(failed)} became {_settings(now)}"
        return _of(answer, failed, Change.NO_LONGER_KNOWN, changed, now.evidence)
    word = "holds" if now.verdict == "holds" else "no longer applies"
    return _of(answer, failed, Change.CLOSED, f"{word}: {now.because}", now.evidence)


def _settings(finding: FindingEntry) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(finding.settings.items())) or "none"


def _listing(failed: FindingEntry, after: _Indexed) -> tuple[str, ...]:
    """Digests behind what the check says of the place from which a resource is gone: the listing is among them."""
    there = [f for f in after.review.findings if _place(f) == _place(failed)]
    shared = set(there[0].evidence).intersection(*(f.evidence for f in there)) if there else set()
    return tuple(sorted(shared or (there[0].evidence if there else ())))


def _arrival(answer: AnswerEntry, failing: FindingEntry, before: _Indexed) -> Proof:
    """Where a failure of the new review comes from: what held before has regressed."""
    was = before.findings.get(failing.id)
    change = Change.REGRESSED if was is not None and was.verdict == "holds" else Change.NEW
    told = f"{was.verdict}: {was.because}" if was is not None else "not there before"
    return Proof(
        answer.label,
        failing.check,
        failing.account,
        failing.region,
        failing.resource,
        told,
        change,
        failing.because,
        failing.evidence,
    )


def _of(answer: AnswerEntry, failed: FindingEntry, change: Change, now: str, evidence: tuple[str, ...] = ()) -> Proof:
    return Proof(
        answer.label,
        failed.check,
        failed.account,
        failed.region,
        failed.resource,
        failed.because,
        change,
        now,
        evidence,
    )

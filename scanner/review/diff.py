"""Two reviews of one workload: which HRIs closed, stayed, came, or are no longer known."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scanner.review.document import AnswerEntry, QuestionEntry, Review


class Change(StrEnum):
    CLOSED = "closed"
    STILL_OPEN = "still open"
    NEW = "new"
    NO_LONGER_KNOWN = "no longer known"


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One HRI of the old review or the new one, what became of it, and the reason for each practice that decides it."""

    question: str
    number: str
    title: str
    change: Change
    because: tuple[str, ...]


class NotComparableError(ValueError):
    """Two reviews of different lenses or accounts."""


def compare(old: Review, new: Review) -> list[QuestionChange]:
    """Every question that was or is an HRI.

    An HRI is closed only where each practice that made it one is now met by evidence: what could not be seen this time is
    no longer known, never closed.
    """
    if old.lens != new.lens:
        raise NotComparableError(f"The lenses differ: {old.lens} and {new.lens}.")
    if _accounts(old) and _accounts(new) and _accounts(old) != _accounts(new):
        raise NotComparableError(
            f"The accounts differ: {', '.join(old.scan.accounts)} and {', '.join(new.scan.accounts)}."
        )
    before = {question.question: question for question in old.high_risks}
    after = {question.question: question for question in new.high_risks}
    changes = []
    for question in new.questions:
        if question.question in before:
            changes.append(_since(question, old, new))
        elif question.question in after:
            changes.append(_change(question, Change.NEW, _refuted(new, question.question)))
    return changes


def _accounts(review: Review) -> set[str]:
    """The accounts of a scan; a scan that was refused even its own identity has none that is known."""
    return set(review.scan.accounts) - {"unknown"}


def _since(question: QuestionEntry, old: Review, new: Review) -> QuestionChange:
    made_it = [answer for answer in _refuted(old, question.question) if answer.rating == "High"]
    now = {answer.choice: answer for answer in new.answers}
    deciding = [now[answer.choice] for answer in made_it if answer.choice in now]
    if question.risk == "HIGH":
        return _change(question, Change.STILL_OPEN, _refuted(new, question.question))
    lost = _lost_failures(made_it, old, new)
    if (
        len(deciding) < len(made_it)
        or lost
        or any(answer.stance in ("unknown", "ask", "refuted") for answer in deciding)
    ):
        change = _change(question, Change.NO_LONGER_KNOWN, deciding)
        return QuestionChange(change.question, change.number, change.title, change.change, (*change.because, *lost))
    return _change(question, Change.CLOSED, deciding)


def _lost_failures(made_it: Iterable[AnswerEntry], old: Review, new: Review) -> tuple[str, ...]:
    """Resources that failed and of which the new review knows nothing: their region or account was not looked at."""
    failed = {f.id: f for f in old.findings if f.verdict == "fails"}
    looked_at = {(f.check, f.account, f.region) for f in new.findings if f.verdict != "unknown"}
    lost = [
        failed[name]
        for answer in made_it
        for name in answer.findings
        if name in failed and (failed[name].check, failed[name].account, failed[name].region) not in looked_at
    ]
    return tuple(f"{f.resource}: {f.check} says nothing of {f.region} any more" for f in lost)


def _refuted(review: Review, question: str) -> list[AnswerEntry]:
    return [a for a in review.answers if a.question == question and a.stance == "refuted"]


def _change(question: QuestionEntry, change: Change, answers: Iterable[AnswerEntry]) -> QuestionChange:
    because = tuple(f"{answer.label} {answer.stance}: {answer.because}" for answer in answers)
    return QuestionChange(question.question, question.number, question.title, change, because)

"""Answers with three values: yes, no, and open, which says what it depends on.

An open answer carries the conditions that nobody could decide from what is known (`Residual`) and the policies that
were not seen (`Doubt`). The connectives are Kleene's: an unknown survives unless the answer is the same without it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from scanner.evidence.policy import Condition, Effect


class Truth(Enum):
    TRUE = "true"
    FALSE = "false"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Ground:
    """A statement or a grant that a decision rests on: which document, which statement (its Sid, or `#` and its place)."""

    source: str
    document: str
    statement: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Residual:
    """A statement that applies only if its open conditions hold, verbatim. `resources`: patterns with open variables."""

    ground: Ground
    conditions: tuple[Condition, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that the answer depends on and that was not seen, or that AWS does not document."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    truth: Truth
    grounds: tuple[Ground, ...] = ()
    residuals: tuple[Residual, ...] = ()
    doubts: tuple[Doubt, ...] = ()


T = TypeVar("T")

YES = Answer(Truth.TRUE)
NO = Answer(Truth.FALSE)


def yes(ground: Ground) -> Answer:
    return Answer(Truth.TRUE, grounds=(ground,))


def depends(residual: Residual) -> Answer:
    return Answer(Truth.OPEN, residuals=(residual,))


def doubtful(doubt: Doubt) -> Answer:
    return Answer(Truth.OPEN, doubts=(doubt,))


def any_of(answers: Iterable[Answer]) -> Answer:
    """Yes if one is; else open if one is, for the reasons of the open ones; else no."""
    certain, opened = [], []
    for answer in answers:
        if answer is NO:  # by far the most frequent, and looked at fastest
            continue
        if answer.truth is Truth.TRUE:
            certain.append(answer)
        elif answer.truth is Truth.OPEN:
            opened.append(answer)
    if certain:
        return certain[0] if len(certain) == 1 else together(Truth.TRUE, certain)
    if opened:
        return opened[0] if len(opened) == 1 else together(Truth.OPEN, opened)
    return NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """No if one is; else open if one is; else yes. The grounds of what holds are kept also where the rest is open."""
    kept = []
    truth = Truth.TRUE
    for answer in answers:
        if answer.truth is Truth.FALSE:
            return NO
        if answer.truth is Truth.OPEN:
            truth = Truth.OPEN
        if answer is not YES:
            kept.append(answer)
    if not kept:
        return YES
    return kept[0] if len(kept) == 1 else together(truth, kept)


def unless_yes(answer: Answer, doubt: Doubt) -> Answer:
    """The answer where it is yes; otherwise open, because it is not certain that it matters."""
    return answer if answer.truth is Truth.TRUE else doubtful(doubt)


def not_(truth: Truth) -> Truth:
    if truth is Truth.OPEN:
        return truth
    return Truth.FALSE if truth is Truth.TRUE else Truth.TRUE


def any_true(truths: Iterable[Truth]) -> Truth:
    found = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.OPEN:
            found = truth
    return found


def all_true(truths: Iterable[Truth]) -> Truth:
    found = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.OPEN:
            found = truth
    return found


def together(truth: Truth, answers: Iterable[Answer]) -> Answer:
    """One answer that carries what all of them rest and depend on."""
    listed = list(answers)
    return Answer(
        truth,
        _unique(ground for answer in listed for ground in answer.grounds),
        _unique(residual for answer in listed for residual in answer.residuals),
        _unique(doubt for answer in listed for doubt in answer.doubts),
    )


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))

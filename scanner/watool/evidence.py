"""The evidence as the pre-fill needs it: plain values, made from a Review."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from scanner.judge.answer import Stance
from scanner.judge.finding import Stand
from scanner.review.document import AnswerEntry, FindingEntry, Review
from scanner.watool.advisor import Hint


@dataclass(frozen=True, slots=True)
class ChoiceEvidence:
    """What was seen of one choice.

    `resources` were judged; `failed` are those that fail, by name; `unseen` says what could not be seen, and why. `advice`
    is what Trusted Advisor says: told in the note, and never part of the stance.
    """

    question: str
    choice: str
    label: str
    stance: Stance
    because: str = ""
    resources: int = 0
    failed: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One bundle's evidence about a lens. `root` is the bundle's evidence root, `seen_at` is in UTC."""

    lens: str
    root: str
    seen_at: datetime
    choices: tuple[ChoiceEvidence, ...]

    def of(self, question: str) -> tuple[ChoiceEvidence, ...]:
        return tuple(choice for choice in self.choices if choice.question == question)


def from_review(review: Review, lens: str) -> Evidence:
    """What a Review says of each choice. `lens` is the alias or ARN of the lens in the Tool."""
    by_id = {finding.id: finding for finding in review.findings}
    choices = tuple(
        _choice(answer, [by_id[found] for found in answer.findings if found in by_id]) for answer in review.answers
    )
    return Evidence(lens, review.bundle.evidence_root, datetime.fromisoformat(review.scan.at), choices)


def with_hints(evidence: Evidence, hints: Iterable[Hint]) -> Evidence:
    """The evidence with Trusted Advisor's hints beside it."""
    told: dict[str, list[str]] = {}
    for hint in hints:
        told.setdefault(hint.choice, []).append(hint.says)
    choices = tuple(replace(choice, advice=_once(told.get(choice.choice, ()))) for choice in evidence.choices)
    return replace(evidence, choices=choices)


def _choice(answer: AnswerEntry, findings: list[FindingEntry]) -> ChoiceEvidence:
    return ChoiceEvidence(
        question=answer.question,
        choice=answer.choice,
        label=answer.label,
        stance=Stance(answer.stance),
        because=answer.because,
        resources=len({f.resource for f in findings if Stand(f.verdict) in {Stand.HOLDS, Stand.FAILS}}),
        failed=_once(f"{f.resource}: {f.because}" for f in findings if Stand(f.verdict) is Stand.FAILS),
        unseen=_once(f.because for f in findings if Stand(f.verdict) is Stand.UNKNOWN),
        ask=answer.ask,
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))

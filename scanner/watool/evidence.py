"""The evidence as the pre-fill needs it: plain values, made from the engine's answers and findings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scanner.judge.answer import Answer, Stance
from scanner.judge.finding import Finding, Stand


@dataclass(frozen=True, slots=True)
class ChoiceEvidence:
    """What was seen of one choice.

    `resources` were judged; `failed` are those that fail, by name; `unseen` says what could not be seen, and why.
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """One bundle's evidence about a lens. `root` is the bundle's root digest, `seen_at` is in UTC."""

    lens: str
    root: str
    seen_at: datetime
    choices: tuple[ChoiceEvidence, ...]

    def of(self, question: str) -> tuple[ChoiceEvidence, ...]:
        return tuple(choice for choice in self.choices if choice.question == question)


def from_answers(
    answers: Iterable[Answer], findings: Iterable[Finding], *, lens: str, root: str, seen_at: datetime
) -> Evidence:
    """The engine's answers, with what their findings say about resources."""
    by_id = {finding.id: finding for finding in findings}
    choices = tuple(
        _choice(answer, [by_id[found] for found in answer.findings if found in by_id]) for answer in answers
    )
    return Evidence(lens, root, seen_at, choices)


def _choice(answer: Answer, findings: list[Finding]) -> ChoiceEvidence:
    return ChoiceEvidence(
        question=answer.question,
        choice=answer.choice,
        label=answer.label,
        stance=answer.stance,
        because=answer.because,
        resources=len({f.resource for f in findings if f.verdict in {Stand.HOLDS, Stand.FAILS}}),
        failed=_once(f"{f.resource}: {f.because}" for f in findings if f.verdict is Stand.FAILS),
        unseen=_once(f.because for f in findings if f.verdict is Stand.UNKNOWN),
        ask=answer.ask,
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))

"""Answers: what the findings say of a best practice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scanner.judge.catalogue import Catalogue, Choice, Question, Rating
from scanner.judge.finding import Fact, Finding, Stand
from scanner.judge.mapping import ChoiceMapping, Mappings


class Stance(StrEnum):
    """What the evidence says of a choice."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    SUPPORTED = "supported"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Answer:
    """One best practice, answered. `findings` are ids, those that decide first; `claimed` is None where nobody has answered."""

    question: str
    choice: str
    label: str
    rating: Rating
    stance: Stance
    claimed: bool | None
    findings: tuple[str, ...]
    hints: tuple[str, ...]
    facts: tuple[str, ...]
    because: str
    ask: tuple[str, ...]


Claims = Mapping[str, frozenset[str]]
"""Question id → the choices that people have selected. A question that is missing is unanswered."""


def answer_all(
    catalogue: Catalogue,
    mappings: Mappings,
    findings: Iterable[Finding],
    facts: Iterable[Fact],
    declares: Mapping[str, str],
    claims: Claims,
) -> list[Answer]:
    """Every choice of the lens, in its order."""
    by_check: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_check[finding.check].append(finding)
    told = {fact.fact for fact in facts}
    return [
        _answer(question, choice, mappings.of(choice.id), by_check, told, declares, claims)
        for question in catalogue.questions
        for choice in question.choices
    ]


def _answer(
    question: Question,
    choice: Choice,
    mapping: ChoiceMapping,
    by_check: Mapping[str, list[Finding]],
    told: set[str],
    declares: Mapping[str, str],
    claims: Claims,
) -> Answer:
    deciding = [finding for need in mapping.needs for finding in by_check.get(need, ())]
    never_ran = [need for need in mapping.needs if not by_check.get(need)]
    tool = next((declares[kind] for kind in mapping.unless_declared if kind in declares), "")
    stance, because = stance_of(mapping, deciding, never_ran, tool)
    selected = claims.get(question.id)
    order = {Stand.FAILS: 0, Stand.UNKNOWN: 1, Stand.HOLDS: 2, Stand.NOT_APPLICABLE: 3}
    return Answer(
        question=question.id,
        choice=choice.id,
        label=choice.label,
        rating=choice.rating,
        stance=stance,
        claimed=None if selected is None else choice.id in selected,
        findings=tuple(f.id for f in sorted(deciding, key=lambda f: (order[f.verdict], f.order))),
        hints=tuple(f.id for hint in mapping.hints for f in by_check.get(hint, ())),
        facts=tuple(name for name in mapping.facts if name in told),
        because=because,
        ask=mapping.ask,
    )


def stance_of(
    mapping: ChoiceMapping, deciding: Iterable[Finding], never_ran: Iterable[str], tool: str
) -> tuple[Stance, str]:
    """The stance of one choice and the reason in a sentence. More that is unknown only ever moves it towards unknown.

    `tool` is the outside tool that the team declares for this practice: what was not found in AWS may be there.
    """
    deciding, never_ran = list(deciding), list(never_ran)
    if not mapping.needs:
        return Stance.ASK, "no API shows this: ask in the workshop"
    fails = [finding for finding in deciding if finding.verdict is Stand.FAILS]
    unknown = [finding for finding in deciding if finding.verdict is Stand.UNKNOWN]
    holds = [finding for finding in deciding if finding.verdict is Stand.HOLDS]
    if fails and not tool:
        return Stance.REFUTED, _count(fails, "fails", "fail")
    if fails:
        return Stance.UNKNOWN, f"not found in AWS, and {tool} is declared for it: ask to see it there"
    if unknown or never_ran:
        return Stance.UNKNOWN, _why_unknown(unknown, never_ran)
    if not holds:
        return Stance.NOT_APPLICABLE, "nothing of the kind exists here"
    if mapping.proves and not mapping.ask and not mapping.covers:
        return Stance.VERIFIED, f"{_count(holds, 'holds', 'hold')}: {mapping.because}".rstrip(": ")
    return Stance.SUPPORTED, f"{_count(holds, 'holds', 'hold')}; evidence alone does not prove it"


def _count(findings: list[Finding], one: str, many: str) -> str:
    resources = len({(finding.account, finding.region, finding.resource) for finding in findings})
    checks = sorted({finding.check for finding in findings})
    return f"{resources} {'resource' if resources == 1 else 'resources'} {one if resources == 1 else many} {', '.join(checks)}"


def _why_unknown(unknown: list[Finding], never_ran: list[str]) -> str:
    if unknown:
        reasons = sorted({finding.because for finding in unknown})
        rest = f" (and {len(reasons) - 1} more reasons)" if len(reasons) > 1 else ""
        return f"{reasons[0]}{rest}"
    return f"did not run: {', '.join(never_ran)}"

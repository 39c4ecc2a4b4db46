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
    """One best practice, answered. `findings` are ids, those that decide first; `claimed` is None where nobody has answered.

    `hints` refute nothing: those of the checks that tell whether all was seen are among them, last.
    """

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
    covering = [finding for name in mapping.covers for finding in by_check.get(name, ())]
    never_ran = [need for need in mapping.needs if not by_check.get(need)]
    tool = next((declares[kind] for kind in mapping.unless_declared if kind in declares), "")
    stance, because = stance_of(mapping, deciding, never_ran, tool, covering)
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
        hints=(*(f.id for hint in mapping.hints for f in by_check.get(hint, ())), *(f.id for f in covering)),
        facts=tuple(name for name in mapping.facts if name in told),
        because=because,
        ask=mapping.ask,
    )


def stance_of(
    mapping: ChoiceMapping,
    deciding: Iterable[Finding],
    never_ran: Iterable[str],
    tool: str,
    covering: Iterable[Finding] = (),
) -> tuple[Stance, str]:
    """The stance of one choice and the reason in a sentence. More that is unknown only ever moves it towards unknown.

    `tool` is the outside tool that the team declares for this practice: what was not found in AWS may be there.
    `covering` are the findings of `mapping.covers`: what they miss was not judged, so they keep from verifying and never refute.
    """
    deciding, never_ran, covering = list(deciding), list(never_ran), list(covering)
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
    unseen = [finding for finding in covering if finding.verdict is Stand.UNKNOWN]
    did_not_run = [name for name in mapping.covers if name not in {finding.check for finding in covering}]
    if unseen or did_not_run:
        return Stance.UNKNOWN, f"whether all was seen is unknown: {_why_unknown(unseen, did_not_run)}"
    missed = [finding for finding in covering if finding.verdict is Stand.FAILS]
    if not holds:
        # "Nothing of the kind exists" would be more than the evidence shows where something exists that nothing judged.
        return (
            (Stance.UNKNOWN, _missed(missed)) if missed else (Stance.NOT_APPLICABLE, "nothing of the kind exists here")
        )
    if missed:
        return Stance.SUPPORTED, f"{_count(holds, 'holds', 'hold')}; {_missed(missed)}"
    if mapping.proves and not mapping.ask:
        return Stance.VERIFIED, f"{_count(holds, 'holds', 'hold')}: {mapping.because}".rstrip(": ")
    return Stance.SUPPORTED, f"{_count(holds, 'holds', 'hold')}; evidence alone does not prove it"


MOST_MISSED = 3


def _missed(findings: list[Finding]) -> str:
    reasons = sorted({finding.because for finding in findings})
    more = f" (and {len(reasons) - MOST_MISSED} more reasons)" if len(reasons) > MOST_MISSED else ""
    return f"not verified: {'; '.join(reasons[:MOST_MISSED])}{more}"


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

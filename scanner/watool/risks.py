"""The Tool's risk beside ours, question by question. AWS does not publish the rule of its own lenses; a custom lens has its
`riskRules`, which are evaluated exactly. A difference is reported and never hidden."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.judge.catalogue import Question
from scanner.judge.risk import tool_risk
from scanner.judge.risk_rules import ConditionError, RiskRule, has_default, parse_rules, risk_by_rules
from scanner.watool.claims import QuestionClaim


@dataclass(frozen=True, slots=True)
class RiskDifference:
    """A question for which the Tool says `tool` and we say `ours`; `because` where we can say nothing."""

    question: str
    tool: str
    ours: str | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class LensRules:
    """The `riskRules` of a lens file by question, and what is wrong with some: no default, or not to be parsed."""

    rules: Mapping[str, tuple[RiskRule, ...]]
    without_default: tuple[str, ...] = ()
    unreadable: Mapping[str, str] | None = None


def official_risk(question: Question, claim: QuestionClaim) -> str:
    """Our prediction for a question of the official lens, from what stands in the Tool."""
    if not claim.applicable:
        return "NOT_APPLICABLE"
    left_out = {choice.id for choice in claim.choices if choice.status == "NOT_APPLICABLE"}
    counted = replace(question, choices=tuple(choice for choice in question.choices if choice.id not in left_out))
    return str(tool_risk(counted, claim.selected or None))


def rules_risk(rules: Iterable[RiskRule], claim: QuestionClaim) -> str | None:
    """What a custom lens's rules say of a question, or None when none of them is true."""
    if not claim.applicable:
        return "NOT_APPLICABLE"
    return risk_by_rules(rules, claim.selected) if claim.selected else "UNANSWERED"


def official_differences(questions: Mapping[str, Question], claims: Iterable[QuestionClaim]) -> list[RiskDifference]:
    """Where the Tool's risk is not the one that we predict; a question without a catalogue entry is listed too."""
    found = []
    for claim in claims:
        known = questions.get(claim.id)
        ours = official_risk(known, claim) if known else None
        if ours != claim.risk:
            found.append(RiskDifference(claim.id, claim.risk, ours, "" if known else "the catalogue does not know it"))
    return found


def rules_differences(lens: LensRules, claims: Iterable[QuestionClaim]) -> list[RiskDifference]:
    """The same for a custom lens."""
    found = []
    for claim in claims:
        rules = lens.rules.get(claim.id)
        ours = rules_risk(rules, claim) if rules is not None else None
        if ours != claim.risk:
            found.append(RiskDifference(claim.id, claim.risk, ours, _why(lens, claim.id) if ours is None else ""))
    return found


def lens_rules(lens_json: str) -> LensRules:
    """The risk rules in a lens file. Raises ValueError when the file is no lens; one bad rule spoils only its question."""
    rules: dict[str, tuple[RiskRule, ...]] = {}
    unreadable: dict[str, str] = {}
    for question in _questions(lens_json):
        try:
            rules[question["id"]] = parse_rules(question.get("riskRules") or [])
        except ConditionError as error:
            unreadable[question["id"]] = str(error)
    return LensRules(rules, tuple(q for q, of in rules.items() if not has_default(of)), unreadable)


def _questions(lens_json: str) -> list[dict[str, Any]]:
    try:
        lens = json.loads(lens_json)
        found = [question for pillar in lens["pillars"] for question in pillar["questions"]]
        return [question for question in found if isinstance(question["id"], str)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"this is no lens file: {error}") from error


def _why(lens: LensRules, question: str) -> str:
    unreadable = (lens.unreadable or {}).get(question)
    if unreadable:
        return unreadable
    return "no rule of the lens is true" if question in lens.rules else "the lens file does not have it"

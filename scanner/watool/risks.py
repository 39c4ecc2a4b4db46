"""The Tool's risk beside ours, question by question. AWS does not publish the rule of its own lenses; a custom lens has its
`riskRules`, which are evaluated exactly. A difference is reported and never hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scanner.judge.catalogue import Question
from scanner.judge.risk import tool_risk
from scanner.judge.risk_rules import RiskRule, risk_by_rules
from scanner.watool.claims import QuestionClaim
from scanner.watool.lens_file import LensRules


@dataclass(frozen=True, slots=True)
class RiskDifference:
    """A question for which the Tool says `tool` and we say `ours`; `because` where we can say nothing."""

    question: str
    tool: str
    ours: str | None
    because: str = ""


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


def _why(lens: LensRules, question: str) -> str:
    unreadable = (lens.unreadable or {}).get(question)
    if unreadable:
        return unreadable
    return "no rule of the lens is true" if question in lens.rules else "the lens file does not have it"

"""Risk, in three voices that are never mixed: evidenced, claimed, predicted."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scanner.judge.answer import Answer, Claims, Stance
from scanner.judge.catalogue import Question


class Risk(StrEnum):
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    NONE = "NONE"
    UNPROVEN = "UNPROVEN"  # evidenced only: nothing refuted, and not everything met
    UNANSWERED = "UNANSWERED"  # claimed and predicted only


@dataclass(frozen=True, slots=True)
class QuestionRisk:
    """One question's risk in each voice. `could_be` is the worst that an unproven one may still turn out to be."""

    question: str
    evidenced: Risk
    could_be: Risk
    claimed: Risk
    predicted: Risk


def risk_of(question: Question, answers: Iterable[Answer], claims: Claims) -> QuestionRisk:
    """The risks of one question from the answers to its choices."""
    mine = [answer for answer in answers if answer.question == question.id]
    selected = claims.get(question.id)
    evidenced, could_be = evidenced_risk(mine)
    after = frozenset(
        answer.choice
        for answer in mine
        if answer.stance is Stance.VERIFIED or (answer.claimed and answer.stance is not Stance.REFUTED)
    )
    return QuestionRisk(
        question.id,
        evidenced,
        could_be,
        tool_risk(question, selected),
        tool_risk(question, after if selected is not None or after else None),
    )


def evidenced_risk(answers: Iterable[Answer]) -> tuple[Risk, Risk]:
    """What the evidence alone shows, and the worst that it leaves possible. HIGH here is a fact."""
    answers = list(answers)
    refuted = [answer for answer in answers if answer.stance is Stance.REFUTED]
    open_ = [answer for answer in answers if not is_met(answer) and answer.stance is not Stance.REFUTED]
    if refuted:
        found = Risk.HIGH if any(answer.rating == "High" for answer in refuted) else Risk.MEDIUM
        worst = Risk.HIGH if found is Risk.HIGH or any(answer.rating == "High" for answer in open_) else Risk.MEDIUM
        return found, worst
    if not open_:
        return Risk.NONE, Risk.NONE
    return Risk.UNPROVEN, Risk.HIGH if any(answer.rating == "High" for answer in open_) else Risk.MEDIUM


def is_met(answer: Answer) -> bool:
    """Verified, or supported by evidence and claimed by a person."""
    return answer.stance is Stance.VERIFIED or (answer.stance is Stance.SUPPORTED and bool(answer.claimed))


def tool_risk(question: Question, selected: frozenset[str] | None) -> Risk:
    """What the Well-Architected Tool would say of these selected choices.

    AWS does not publish its rule. This one, HIGH if any choice that is not selected is rated High, else MEDIUM if any is not
    selected, reproduced 22 of 22 recorded risks of the official lens.
    """
    if selected is None:
        return Risk.UNANSWERED
    missing = [choice for choice in question.choices if choice.id not in selected]
    if not missing:
        return Risk.NONE
    return Risk.HIGH if any(choice.rating == "High" for choice in missing) else Risk.MEDIUM

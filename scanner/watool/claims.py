"""What people claim in the Tool: of each question the ticks, the reasons and the notes, as values.

The shapes follow `Answer`, `Choice` and `ChoiceAnswer` of the Tool's API reference (API_Answer, API_ChoiceAnswer).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Status = Literal["SELECTED", "NOT_APPLICABLE", "UNSELECTED"]
Reason = Literal["OUT_OF_SCOPE", "BUSINESS_PRIORITIES", "ARCHITECTURE_CONSTRAINTS", "OTHER", "NONE"]
ToolRisk = Literal["UNANSWERED", "HIGH", "MEDIUM", "NONE", "NOT_APPLICABLE"]

NONE_TITLE = "none of these"
NONE_MARK = "_no"


class Frozen(BaseModel):
    """A value that never changes and takes no member that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChoiceClaim(Frozen):
    """What stands at one choice. One that nobody touched is UNSELECTED, for no reason, without notes."""

    id: str
    title: str = ""
    status: Status = "UNSELECTED"
    reason: Reason = "NONE"
    notes: str = ""

    @property
    def content(self) -> tuple[str, str, str]:
        return self.status, self.reason, self.notes


class QuestionClaim(Frozen):
    """What stands at one question. `risk` is the Tool's own word, and no part of what people wrote."""

    id: str
    pillar: str
    title: str = ""
    applicable: bool = True
    reason: Reason = "NONE"
    notes: str = ""
    risk: ToolRisk = "UNANSWERED"
    choices: tuple[ChoiceClaim, ...]
    none_choice: str | None = None

    @property
    def by_id(self) -> Mapping[str, ChoiceClaim]:
        return {choice.id: choice for choice in self.choices}

    @property
    def selected(self) -> frozenset[str]:
        """The selected choices, the none-choice included."""
        return frozenset(choice.id for choice in self.choices if choice.status == "SELECTED")

    @property
    def none_selected(self) -> bool:
        """Whether a person said that no practice is met."""
        return self.none_choice in self.selected

    @property
    def content(self) -> tuple[object, ...]:
        """All that a person can have written, and nothing else: two claims with equal content stand alike."""
        stands = {choice.id: choice.content for choice in self.choices}
        return self.applicable, self.reason, self.notes, tuple(sorted(stands.items()))


def question_claim(answer: Mapping[str, Any]) -> QuestionClaim:
    """The claim in an `Answer` of GetAnswer, or in an `AnswerSummary` of ListAnswers, which carries no notes."""
    given = {each["ChoiceId"]: each for each in answer.get("ChoiceAnswers", answer.get("ChoiceAnswerSummaries", []))}
    selected = frozenset(answer.get("SelectedChoices", []))
    choices = tuple(_choice_claim(choice, given.get(choice["ChoiceId"], {}), selected) for choice in answer["Choices"])
    return QuestionClaim(
        id=answer["QuestionId"],
        pillar=answer.get("PillarId", ""),
        title=answer.get("QuestionTitle", ""),
        applicable=answer.get("IsApplicable", True),
        reason=answer.get("Reason", "NONE"),
        notes=answer.get("Notes", ""),
        risk=answer.get("Risk", "UNANSWERED"),
        choices=choices,
        none_choice=_none_choice(answer["Choices"]),
    )


def selected_practices(claims: Iterable[QuestionClaim]) -> dict[str, frozenset[str]]:
    """Question id → the practices that people selected; a question that nobody answered is missing.

    The none-choice is an answer, and no practice: it gives an empty set.
    """
    return {claim.id: claim.selected - {claim.none_choice} for claim in claims if claim.selected}


def _choice_claim(choice: Mapping[str, Any], given: Mapping[str, Any], selected: frozenset[str]) -> ChoiceClaim:
    # The two lists of an answer say the same; where one of them is silent the other counts.
    status = "SELECTED" if choice["ChoiceId"] in selected else given.get("Status", "UNSELECTED")
    return ChoiceClaim(
        id=choice["ChoiceId"],
        title=choice.get("Title", ""),
        status=status,
        reason=given.get("Reason", "NONE"),
        notes=given.get("Notes", ""),
    )


def _none_choice(choices: Iterable[Mapping[str, Any]]) -> str | None:
    """The id of the none-choice cannot be derived from the question's: its title tells, or how a lens file marks it."""
    titles = {str(each["ChoiceId"]): str(each.get("Title", "")).casefold() for each in choices}
    by_title = [choice for choice, title in titles.items() if title == NONE_TITLE]
    by_mark = [choice for choice in titles if choice.endswith(NONE_MARK)]
    return next(iter(by_title + by_mark), None)

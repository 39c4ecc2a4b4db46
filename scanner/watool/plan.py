"""The plan of a pre-fill: what stands in the Tool beside what the evidence says, as a list of differences. Pure.

What a machine never does: set "None of these", set a question as not applicable, select a refuted choice, touch a choice
or a question that a person declared not applicable, or write to an id that the catalogue does not know.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError, model_validator

from scanner.evidence.reading import canonical
from scanner.judge.answer import Stance
from scanner.watool.claims import ChoiceClaim, Frozen, QuestionClaim
from scanner.watool.client import LensReview, Workload
from scanner.watool.drift import KnownQuestion
from scanner.watool.errors import PlanError
from scanner.watool.evidence import ChoiceEvidence, Evidence
from scanner.watool.notes import CHOICE_LIMIT, QUESTION_LIMIT, has_block, human_text, merge, our_words
from scanner.watool.wording import choice_sentences, question_sentences, tells_of_our_tick

FORMAT: Literal[1] = 1


class Options(Frozen):
    """By default only verified choices are selected, and nothing is ever unselected."""

    select_supported: bool = False
    unselect_refuted: bool = False


class QuestionPlan(Frozen):
    """One question that would be written: all that stands before, and all that stands after."""

    before: QuestionClaim
    after: QuestionClaim

    @model_validator(mode="after")
    def _leaves_people_alone(self) -> "QuestionPlan":
        """No plan, wherever it comes from, can do what a machine never does."""
        spoiled = list(_spoiled(self.before, self.after))
        if spoiled:
            raise ValueError(f"{self.before.id}: a plan never changes {', '.join(spoiled)}")
        return self

    @property
    def question(self) -> str:
        return self.before.id

    @property
    def selects(self) -> tuple[str, ...]:
        return tuple(sorted(self.after.selected - self.before.selected))

    @property
    def unselects(self) -> tuple[str, ...]:
        return tuple(sorted(self.before.selected - self.after.selected))

    @property
    def empties(self) -> bool:
        """Nothing stays selected: the Tool may then show the question as unanswered, which hides its risk."""
        return bool(self.before.selected) and not self.after.selected


class Remark(Frozen):
    """Something the plan leaves alone, and why."""

    question: str
    choice: str | None = None
    says: str


class Plan(Frozen):
    """A plan for one lens of one workload, at one version of the lens. Written to a file, it carries its digest."""

    format: Literal[1] = FORMAT
    made_at: datetime
    workload_id: str
    workload_arn: str
    workload_name: str
    lens: str
    lens_version: str
    evidence_root: str
    options: Options
    questions: tuple[QuestionPlan, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over the plan's canonical JSON (RFC 8785), in hex."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).hexdigest()


def make_plan(
    workload: Workload,
    review: LensReview,
    claims: Iterable[QuestionClaim],
    evidence: Evidence,
    known: Mapping[str, KnownQuestion],
    options: Options,
    made_at: datetime,
) -> Plan:
    """Lay the evidence beside what stands, question by question; only what differs is in the plan."""
    if evidence.lens not in {review.alias, review.arn}:
        raise PlanError(
            f"the evidence is about the lens {evidence.lens}, the review about {review.alias}",
            f"workload {workload.name}",
            "choose the lens that the mappings belong to",
        )
    questions, remarks = [], []
    for claim in claims:
        seen, unknown = _known_evidence(claim, evidence.of(claim.id), known)
        remarks += unknown
        after = _after(claim, seen, evidence, options)
        remarks += _remarks(claim, after, seen)
        if after.content != claim.content:
            questions.append(QuestionPlan(before=claim, after=after))
    return Plan(
        made_at=made_at,
        workload_id=workload.id,
        workload_arn=workload.arn,
        workload_name=workload.name,
        lens=review.alias,
        lens_version=review.version,
        evidence_root=evidence.root,
        options=options,
        questions=tuple(questions),
        remarks=tuple(remarks),
    )


def dump_plan(plan: Plan) -> str:
    """The plan as a file, with its digest."""
    document: dict[str, Any] = {**plan.model_dump(mode="json"), "digest": plan.digest}
    return canonical(document).decode() + "\n"


def load_plan(text: str) -> Plan:
    """Read a plan back. Raises PlanError when it is not one, or not as it was written."""
    try:
        document = _object(text)
        digest = document.pop("digest", None)
        plan = Plan.model_validate(document)
    except (ValueError, ValidationError, RecursionError) as error:
        first = str(error).splitlines()[0]
        raise PlanError(f"this is no plan that this version can read: {first}", next="make the plan again") from error
    if digest != plan.digest:
        raise PlanError("the plan is not as it was written: its digest does not fit", next="make the plan again")
    return plan


def _spoiled(before: QuestionClaim, after: QuestionClaim) -> Iterator[str]:
    """What belongs to people and differs all the same."""
    if (before.id, before.applicable, before.reason) != (after.id, after.applicable, after.reason):
        yield "whether a question applies"
    if human_text(before.notes) != human_text(after.notes):
        yield "people's notes"
    if set(before.by_id) != set(after.by_id) or before.none_choice != after.none_choice:
        yield "the choices of a question"
        return
    for choice in before.choices:
        changed = after.by_id[choice.id]
        theirs = choice.id == before.none_choice or choice.status == "NOT_APPLICABLE"
        if theirs and changed.content != choice.content:
            yield f"the choice {choice.id}, which is people's alone"
        elif changed.reason != choice.reason or "NOT_APPLICABLE" in {changed.status} - {choice.status}:
            yield f"the applicability of {choice.id}"
        elif human_text(changed.notes) != human_text(choice.notes):
            yield f"people's notes at {choice.id}"


def _object(text: str) -> dict[str, Any]:
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document


def _known_evidence(
    claim: QuestionClaim, seen: Iterable[ChoiceEvidence], known: Mapping[str, KnownQuestion]
) -> tuple[list[ChoiceEvidence], list[Remark]]:
    """The evidence about choices that both the catalogue and the live lens have, and a remark about every other."""
    kept, remarks = [], []
    question = known.get(claim.id)
    for each in seen:
        if question is None or each.choice not in question.choices:
            remarks.append(Remark(question=claim.id, choice=each.choice, says="the catalogue does not know it"))
        elif each.choice not in claim.by_id:
            remarks.append(Remark(question=claim.id, choice=each.choice, says="the live lens does not have it"))
        else:
            kept.append(each)
    return kept, remarks


def _after(claim: QuestionClaim, seen: list[ChoiceEvidence], evidence: Evidence, options: Options) -> QuestionClaim:
    """What would stand at this question: people's own, and what the evidence adds."""
    if not claim.applicable:
        return claim
    by_choice = {each.choice: each for each in seen if each.choice != claim.none_choice}
    choices = tuple(
        _choice_after(choice, by_choice[choice.id], evidence, options)
        if choice.id in by_choice and choice.status != "NOT_APPLICABLE" and not claim.none_selected
        else choice
        for choice in claim.choices
    )
    sentences = question_sentences(evidence, list(by_choice.values()))
    notes = merge(claim.notes, sentences, QUESTION_LIMIT)
    return claim.model_copy(update={"choices": choices, "notes": notes})


def _choice_after(choice: ChoiceClaim, seen: ChoiceEvidence, evidence: Evidence, options: Options) -> ChoiceClaim:
    status = _status(choice, seen.stance, options)
    refutes_a_claim = seen.stance is Stance.REFUTED and choice.status == "SELECTED"
    if status == choice.status and not refutes_a_claim and not has_block(choice.notes):
        return choice
    ours = tells_of_our_tick(our_words(choice.notes)) or (status == "SELECTED" and choice.status != "SELECTED")
    notes = merge(choice.notes, choice_sentences(evidence, seen, ours=ours), CHOICE_LIMIT)
    return choice.model_copy(update={"status": status, "notes": notes})


def _status(choice: ChoiceClaim, stance: Stance, options: Options) -> str:
    if _taken_back(choice):
        return choice.status
    selects = {Stance.VERIFIED, Stance.SUPPORTED} if options.select_supported else {Stance.VERIFIED}
    if choice.status == "UNSELECTED" and stance in selects:
        return "SELECTED"
    if choice.status == "SELECTED" and stance is Stance.REFUTED and options.unselect_refuted:
        return "UNSELECTED"
    return choice.status


def _taken_back(choice: ChoiceClaim) -> bool:
    """Whether a person unselected what we had selected: our words still say so, and the person's answer stands."""
    return choice.status == "UNSELECTED" and tells_of_our_tick(our_words(choice.notes))


def _remarks(claim: QuestionClaim, after: QuestionClaim, seen: list[ChoiceEvidence]) -> Iterator[Remark]:
    told = [each for each in seen if each.stance is not Stance.ASK]
    if not told:
        return
    if not claim.applicable:
        yield Remark(question=claim.id, says="a person declared it not applicable: left alone")
    elif claim.none_selected and any(each.stance is Stance.VERIFIED for each in told):
        yield Remark(question=claim.id, says="a person said that no practice is met: nothing is selected")
    for each in told:
        if claim.applicable and _taken_back(claim.by_id[each.choice]):
            yield Remark(question=claim.id, choice=each.choice, says="a person unselected it after us: left alone")
        if claim.by_id[each.choice].status == "NOT_APPLICABLE":
            yield Remark(question=claim.id, choice=each.choice, says="a person declared it not applicable: left alone")
    if claim.applicable and not has_block(after.notes):
        yield Remark(question=claim.id, says="people's own notes leave no room for ours")
    if claim.selected and not after.selected:
        yield Remark(question=claim.id, says="nothing would stay selected: the Tool may show it as unanswered")

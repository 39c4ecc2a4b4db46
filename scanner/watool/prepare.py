"""Prepare a pre-fill: read what stands in the Tool, lay the evidence beside it, and tell all that a person should know first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner.judge.answer import Stance
from scanner.watool.advisor import Hint, hints
from scanner.watool.claims import QuestionClaim
from scanner.watool.client import LensReview, Tool, Workload
from scanner.watool.drift import Drift, drift
from scanner.watool.evidence import ChoiceEvidence, Evidence, with_hints
from scanner.watool.lenses import LensBasis, OtherLens, other_lenses
from scanner.watool.plan import Options, Plan, make_plan
from scanner.watool.risks import RiskDifference


@dataclass(frozen=True)
class Prepared:
    """A plan and what surrounds it.

    `predicted` is the risk of every question after the plan, by our rule (None where we cannot tell). `differences` are the
    questions whose risk, as they stand now, the Tool tells otherwise than we do.
    """

    plan: Plan
    review: LensReview
    claims: tuple[QuestionClaim, ...]
    predicted: Mapping[str, str | None]
    left_selected: tuple[ChoiceEvidence, ...]
    drift: Drift
    differences: tuple[RiskDifference, ...]
    hints: tuple[Hint, ...]
    others: tuple[OtherLens, ...]

    @property
    def predicted_high(self) -> tuple[str, ...]:
        return tuple(question for question, risk in self.predicted.items() if risk == "HIGH")


def prepare(
    tool: Tool,
    workload: Workload,
    review: LensReview,
    basis: LensBasis,
    evidence: Evidence,
    options: Options,
    made_at: datetime,
) -> Prepared:
    """Read every answer with its notes, every other lens, and Trusted Advisor where it is activated. Writes nothing."""
    claims = tool.answers(workload.id, review.alias)
    advice = hints(
        tool, workload, review, claims, [choice for known in basis.known.values() for choice in known.choices]
    )
    evidence = with_hints(evidence, advice)
    plan = make_plan(workload, review, claims, evidence, basis.known, options, made_at)
    after = {question.question: question.after for question in plan.questions}
    stands_after = [after.get(claim.id, claim) for claim in claims]
    return Prepared(
        plan=plan,
        review=review,
        claims=claims,
        predicted={claim.id: basis.risk(claim) for claim in stands_after},
        left_selected=tuple(
            choice
            for claim in stands_after
            for choice in evidence.of(claim.id)
            if choice.stance is Stance.REFUTED and choice.choice in claim.selected
        ),
        drift=drift(basis.known, claims),
        differences=tuple(basis.differences(claims)),
        hints=tuple(advice),
        others=other_lenses(tool, workload, review),
    )

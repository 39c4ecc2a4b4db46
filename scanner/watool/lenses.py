"""What we know of a lens on a workload: its questions and choices, and how their risk follows from the ticks.

AWS's own Framework comes with the product. A custom lens is exported from the Tool, so that its own rules decide. Of AWS's
other lenses neither ratings nor rules are published: they are read, and nothing is said about their risk.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.judge.catalogue import Catalogue, load_catalogue
from scanner.watool.claims import QuestionClaim
from scanner.watool.client import LensReview, Tool, Workload
from scanner.watool.drift import KnownQuestion, known_questions
from scanner.watool.errors import NotFoundError, ToolError
from scanner.watool.lens_file import LensRules, lens_catalogue, lens_questions, lens_rules
from scanner.watool.risks import RiskDifference, official_differences, official_risk, rules_differences, rules_risk

OFFICIAL = "wellarchitected"


@dataclass(frozen=True)
class LensBasis:
    """A lens that we know. `rules` are those of a custom lens; AWS's own has ratings in its catalogue instead."""

    catalogue: Catalogue
    known: Mapping[str, KnownQuestion]
    rules: LensRules | None = None

    def risk(self, claim: QuestionClaim) -> str | None:
        """The risk that we expect the Tool to say; None where we cannot tell."""
        if self.rules is not None:
            rules = self.rules.rules.get(claim.id)
            return None if rules is None else rules_risk(rules, claim)
        question = self.catalogue.by_id.get(claim.id)
        return None if question is None else official_risk(question, claim)

    def differences(self, claims: Iterable[QuestionClaim]) -> list[RiskDifference]:
        """Where the Tool's risk is not ours, question by question."""
        if self.rules is not None:
            return rules_differences(self.rules, claims)
        return official_differences(self.catalogue.by_id, claims)


@dataclass(frozen=True, slots=True)
class OtherLens:
    """Another lens on the workload, as it stands: how many questions have which risk. `note` says what we cannot tell."""

    review: LensReview
    risks: Mapping[str, int]
    differences: tuple[RiskDifference, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the Tool says after a write: its high-risk questions, and where its risk is not ours; or why we cannot tell."""

    high: tuple[str, ...] = ()
    differences: tuple[RiskDifference, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def is_custom(review: LensReview) -> bool:
    """A custom lens belongs to an account; AWS's own have an ARN without one."""
    return review.arn.split(":")[4:5] not in ([""], ["aws"], [])


def official_basis() -> LensBasis:
    return LensBasis(load_catalogue(), known_questions())


def basis_of(tool: Tool, review: LensReview) -> LensBasis:
    """What we know of a lens. Raises ToolError where that is nothing, or AWS does not hand out the custom lens."""
    if review.alias == OFFICIAL:
        return official_basis()
    if not is_custom(review):
        raise ToolError(f"there are no mappings for AWS's lens {review.alias}", next=f"choose the lens {OFFICIAL}")
    text = tool.export_lens(review.arn, review.version or None)
    try:
        return LensBasis(lens_catalogue(text, review.alias, review.version), lens_questions(text), lens_rules(text))
    except ValueError as error:
        raise ToolError(str(error), f"lens {review.alias}", "look at it in the Tool") from error


def review_of(tool: Tool, workload: Workload, lens: str) -> LensReview:
    """The review of a workload under a lens. NotFoundError names the lenses that the workload has."""
    try:
        return tool.lens_review(workload.id, lens)
    except NotFoundError as error:
        raise NotFoundError(
            f"the workload {workload.name!r} has no lens {lens!r}",
            f"region {tool.region}",
            f"choose one of {', '.join(workload.lenses)}" if workload.lenses else "put the lens on it in the Tool",
        ) from error


def read_back(tool: Tool, workload_id: str, lens: str) -> ReadBack:
    """Read the risks of every question as the Tool tells them now, and compare them with ours. Raises nothing of the Tool's."""
    try:
        claims = tool.summaries(workload_id, lens)
    except ToolError as error:
        return ReadBack(problem=str(error))
    high = tuple(claim.id for claim in claims if claim.risk == "HIGH")
    names = {claim.id: claim.title for claim in claims}
    try:
        basis = basis_of(tool, tool.lens_review(workload_id, lens))
    except ToolError as error:
        return ReadBack(high, names=names, problem=str(error))
    numbers = {question.id: question.number for question in basis.catalogue.questions}
    names = {question: f"{numbers.get(question, question)}  {title}" for question, title in names.items()}
    return ReadBack(high, tuple(basis.differences(claims)), names)


def other_lenses(tool: Tool, workload: Workload, besides: LensReview) -> tuple[OtherLens, ...]:
    """Every other lens on the workload, read and never written."""
    reviews = tool.lens_reviews(workload.id)
    return tuple(_other(tool, workload, review) for review in reviews if review.arn != besides.arn)


def _other(tool: Tool, workload: Workload, review: LensReview) -> OtherLens:
    try:
        claims = tool.summaries(workload.id, review.alias)
    except ToolError as error:
        return OtherLens(review, {}, note=f"it could not be read: {error}")
    risks = Counter(str(claim.risk) for claim in claims)
    try:
        basis = basis_of(tool, review)
    except ToolError as error:
        return OtherLens(review, risks, note=f"its risks are not compared: {error}")
    return OtherLens(review, risks, tuple(basis.differences(claims)), _rules_note(basis))


def _rules_note(basis: LensBasis) -> str:
    without = basis.rules.without_default if basis.rules else ()
    return f"no default risk rule: {', '.join(without)}" if without else ""

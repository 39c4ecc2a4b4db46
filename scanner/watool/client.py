"""The client of the Well-Architected Tool: typed reads that follow every page, and the only writes of the product.

No operation of the Tool has a paginator in botocore, so `NextToken` is followed here. botocore's `standard` mode retries
throttling and server errors; a Conflict is for the caller to decide on.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from scanner.collect.ask import CREDENTIAL_ERRORS
from scanner.watool.claims import QuestionClaim, ToolRisk, question_claim
from scanner.watool.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    QuotaError,
    RefusedError,
    ThrottledError,
    ToolError,
)
from scanner.watool.limits import refuse_outside

READERS = 4  # GetAnswer calls under way at once: AWS publishes no rates, and people use the Tool at the same time
ATTEMPTS = 8

_ERRORS: dict[str, tuple[type[ToolError], str]] = {
    "AccessDeniedException": (RefusedError, "grant wellarchitected:{operation} to the role that was used"),
    "ResourceNotFoundException": (
        NotFoundError,
        "check the id, the lens and the region; a fresh workload takes seconds",
    ),
    "ConflictException": (ConflictError, "wait a moment and run again"),
    "ThrottlingException": (ThrottledError, "run again later; what is done already is not done twice"),
    "ServiceQuotaExceededException": (QuotaError, "free some of the quota, or ask AWS to raise it"),
    "ValidationException": (InvalidRequestError, "correct what AWS names"),
    **dict.fromkeys(CREDENTIAL_ERRORS, (RefusedError, "renew the credentials and run again")),
}


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload of the Tool. `lenses` are aliases; of a custom lens, the ARN."""

    id: str
    arn: str
    name: str
    owner: str
    lenses: tuple[str, ...] = ()
    trusted_advisor: bool = False


@dataclass(frozen=True, slots=True)
class LensReview:
    """One lens on a workload. `status` is CURRENT, NOT_CURRENT, DEPRECATED, DELETED or UNSHARED."""

    alias: str
    arn: str
    name: str
    version: str
    status: str


@dataclass(frozen=True, slots=True)
class Milestone:
    number: int
    name: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionAtRisk:
    """What the consolidated report says of one question: its risk, and the choices that contribute to it."""

    lens_arn: str
    question: str
    risk: ToolRisk
    contributing: tuple[str, ...]


def connect(session: Any, region: str | None = None, endpoint_url: str | None = None) -> "Tool":
    """The Tool, as a boto3 session sees it, in the session's region or another."""
    config = Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS}, max_pool_connections=READERS)
    return Tool(session.client("wellarchitected", region_name=region, endpoint_url=endpoint_url, config=config))


class Tool:
    """Every method raises a `ToolError` that says what AWS answered and what to do."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def region(self) -> str:
        return str(self._client.meta.region_name)

    # Reading.

    def workload(self, workload_id: str) -> Workload:
        return _workload(self._call("GetWorkload", WorkloadId=workload_id)["Workload"])

    def workloads(self, prefix: str = "") -> tuple[Workload, ...]:
        """Every workload whose name starts with `prefix`."""
        found = self._pages("ListWorkloads", "WorkloadSummaries", WorkloadNamePrefix=prefix)
        return tuple(_workload(each) for each in found)

    def lens_reviews(self, workload_id: str) -> tuple[LensReview, ...]:
        found = self._pages("ListLensReviews", "LensReviewSummaries", WorkloadId=workload_id)
        return tuple(_lens_review(each) for each in found)

    def lens_review(self, workload_id: str, lens: str) -> LensReview:
        return _lens_review(self._call("GetLensReview", WorkloadId=workload_id, LensAlias=lens)["LensReview"])

    def summaries(self, workload_id: str, lens: str, milestone: int | None = None) -> tuple[QuestionClaim, ...]:
        """All questions in the lens's order, **without notes**: ListAnswers has none."""
        found = self._pages("ListAnswers", "AnswerSummaries", **_place(workload_id, lens, milestone))
        return tuple(question_claim(each) for each in found)

    def answer(self, workload_id: str, lens: str, question: str, milestone: int | None = None) -> QuestionClaim:
        """One question with its notes and those of its choices."""
        place = _place(workload_id, lens, milestone)
        return question_claim(self._call("GetAnswer", QuestionId=question, **place)["Answer"])

    def answers(self, workload_id: str, lens: str, milestone: int | None = None) -> tuple[QuestionClaim, ...]:
        """All questions with all notes: one call each, a few at once."""
        questions = [summary.id for summary in self.summaries(workload_id, lens, milestone)]
        with ThreadPoolExecutor(READERS) as pool:
            return tuple(pool.map(lambda question: self.answer(workload_id, lens, question, milestone), questions))

    def milestones(self, workload_id: str) -> tuple[Milestone, ...]:
        found = self._pages("ListMilestones", "MilestoneSummaries", WorkloadId=workload_id)
        return tuple(Milestone(each["MilestoneNumber"], each["MilestoneName"], each["RecordedAt"]) for each in found)

    def at_risk(self, workload_id: str) -> tuple[QuestionAtRisk, ...]:
        """The questions at risk of one workload, as the consolidated report has them."""
        metrics = self._pages("GetConsolidatedReport", "Metrics", Format="JSON")
        return tuple(_questions_at_risk(metric for metric in metrics if metric["WorkloadId"] == workload_id))

    def review_report(self, workload_id: str, lens: str, milestone: int | None = None) -> bytes:
        """The Tool's own report, a PDF."""
        answer = self._call("GetLensReviewReport", **_place(workload_id, lens, milestone))
        return base64.b64decode(answer["LensReviewReport"]["Base64String"])

    def export_lens(self, lens_arn: str, version: str | None = None) -> str:
        """The JSON of a custom lens. AWS refuses this for its own lenses."""
        wanted = {"LensVersion": version} if version else {}
        return str(self._call("ExportLens", LensAlias=lens_arn, **wanted)["LensJSON"])

    def check_details(
        self, workload_id: str, lens_arn: str, pillar: str, question: str, choice: str
    ) -> list[Mapping[str, Any]]:
        """Trusted Advisor's results for one choice, as `CheckDetail`."""
        place = {"LensArn": lens_arn, "PillarId": pillar, "QuestionId": question, "ChoiceId": choice}
        return list(self._pages("ListCheckDetails", "CheckDetails", WorkloadId=workload_id, **place))

    # Writing: nothing else in the product does.

    def update_answer(self, workload_id: str, lens: str, question: str, change: Mapping[str, Any]) -> QuestionClaim:
        """Change one answer: `change` holds `Notes` and `ChoiceUpdates` as UpdateAnswer takes them."""
        place = {"WorkloadId": workload_id, "LensAlias": lens, "QuestionId": question}
        return question_claim(self._send("UpdateAnswer", **place, **change)["Answer"])

    def create_milestone(self, workload_id: str, name: str, token: str) -> int:
        """Record a milestone. With the same token and name again, AWS answers with the first one's number."""
        answer = self._send("CreateMilestone", WorkloadId=workload_id, MilestoneName=name, ClientRequestToken=token)
        return int(answer["MilestoneNumber"])

    def create_workload(self, request: Mapping[str, Any]) -> str:
        """Create a workload and return its id; `request` holds the members of CreateWorkload."""
        return str(self._send("CreateWorkload", **request)["WorkloadId"])

    def associate_lenses(self, workload_id: str, lenses: Sequence[str]) -> None:
        """Put lenses on a workload; AWS takes ten at once."""
        self._send("AssociateLenses", WorkloadId=workload_id, LensAliases=list(lenses))

    def _send(self, operation: str, **params: Any) -> Mapping[str, Any]:
        refuse_outside(operation, params)
        return self._call(operation, **params)

    def _pages(self, operation: str, member: str, **params: Any) -> Iterator[Mapping[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = self._call(operation, **params, **token)
            yield from page.get(member, [])
            following = page.get("NextToken")
            if not following:
                return
            if following == token.get("NextToken"):
                raise ToolError(f"{operation} answers with the same page again and again", next="report this to AWS")
            token = {"NextToken": following}

    def _call(self, operation: str, **params: Any) -> Mapping[str, Any]:
        try:
            answer: Mapping[str, Any] = getattr(self._client, xform_name(operation))(**params)
        except ClientError as error:
            raise _tool_error(operation, params, error) from error
        except BotoCoreError as error:
            where = _where(params)
            raise ToolError(
                f"{operation} got no answer: {error}", where, "check the network and the credentials"
            ) from error
        return answer


def _place(workload_id: str, lens: str, milestone: int | None) -> dict[str, Any]:
    place: dict[str, Any] = {"WorkloadId": workload_id, "LensAlias": lens}
    return place if milestone is None else {**place, "MilestoneNumber": milestone}


def _workload(answer: Mapping[str, Any]) -> Workload:
    discovery = answer.get("DiscoveryConfig", {})
    return Workload(
        id=answer["WorkloadId"],
        arn=answer["WorkloadArn"],
        name=answer["WorkloadName"],
        owner=answer.get("Owner", ""),
        lenses=tuple(answer.get("Lenses", [])),
        trusted_advisor=discovery.get("TrustedAdvisorIntegrationStatus") == "ENABLED",
    )


def _lens_review(answer: Mapping[str, Any]) -> LensReview:
    members = ("LensAlias", "LensArn", "LensName", "LensVersion", "LensStatus")
    return LensReview(*(str(answer.get(member, "")) for member in members))


def _questions_at_risk(metrics: Iterator[Mapping[str, Any]]) -> Iterator[QuestionAtRisk]:
    for metric in metrics:
        for lens in metric.get("Lenses", []):
            for pillar in lens.get("Pillars", []):
                for question in pillar.get("Questions", []):
                    contributing = tuple(choice["ChoiceId"] for choice in question.get("BestPractices", []))
                    yield QuestionAtRisk(lens["LensArn"], question["QuestionId"], question["Risk"], contributing)


def _where(params: Mapping[str, Any]) -> str:
    named = (("workload", "WorkloadId"), ("lens", "LensAlias"), ("question", "QuestionId"))
    return ", ".join(f"{word} {params[member]}" for word, member in named if member in params)


def _tool_error(operation: str, params: Mapping[str, Any], error: ClientError) -> ToolError:
    code = error.response["Error"]["Code"]
    kind, advice = _ERRORS.get(code, (ToolError, "run again; if it persists, look at AWS's status page"))
    message = error.response["Error"].get("Message", "")
    return kind(f"{operation}: {code}: {message}", _where(params), advice.format(operation=operation))

"""Answers as OSCAL assessment results (1.1): an observation for each practice that was judged, a finding where it is decided.

Small models of our own: the reference library's pins would freeze ours, so it judges the result in the tests instead.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from scanner.review.document import AnswerEntry, FindingEntry, Review
from scanner.review.text import short, visible

OSCAL_VERSION = "1.1.3"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:wafr:oscal")
MOST_EVIDENCE = 100
_DECIDED = {"verified": "satisfied", "refuted": "not-satisfied"}


def _hyphened(name: str) -> str:
    return name.replace("_", "-")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=_hyphened, populate_by_name=True)


class Property(_Part):
    name: str
    value: str
    ns: str = "urn:wafr"


class Evidence(_Part):
    description: str
    props: list[Property] | None = None


class Observation(_Part):
    uuid: str
    title: str
    description: str
    methods: list[str]
    types: list[str]
    collected: str
    props: list[Property]
    relevant_evidence: list[Evidence] | None = None


class Status(_Part):
    state: str
    reason: str | None = None


class Objective(_Part):
    type: str = "objective-id"
    target_id: str
    status: Status


class Related(_Part):
    observation_uuid: str


class OscalFinding(_Part):
    uuid: str
    title: str
    description: str
    target: Objective
    related_observations: list[Related]


class Result(_Part):
    uuid: str
    title: str
    description: str
    start: str
    end: str
    reviewed_controls: dict[str, Any]
    props: list[Property]
    observations: list[Observation]
    findings: list[OscalFinding] | None = None


class AssessmentResults(_Part):
    uuid: str
    metadata: dict[str, Any]
    import_ap: dict[str, str]
    results: list[Result]
    back_matter: dict[str, Any]


class Document(_Part):
    assessment_results: AssessmentResults = Field(alias="assessment-results")


def oscal_json(review: Review) -> str:
    """The document. The same review gives the same bytes: every identifier follows from the evidence's root."""
    return (
        Document(assessment_results=_results(review)).model_dump_json(by_alias=True, exclude_none=True, indent=1) + "\n"
    )


def _results(review: Review) -> AssessmentResults:
    findings = {finding.id: finding for finding in review.findings}
    judged = [answer for answer in review.answers if answer.findings]
    plan = _id(review, "plan")
    return AssessmentResults(
        uuid=_id(review, "results"),
        metadata={
            "title": f"AWS Well-Architected evidence: {_line(review.workload) or 'workload'}",
            "last-modified": review.scan.at,
            "version": review.bundle.evidence_root[:16] or "0",
            "oscal-version": OSCAL_VERSION,
        },
        import_ap={"href": f"#{plan}"},
        results=[
            Result(
                uuid=_id(review, "result"),
                title=f"Scan of {review.scan.at}",
                description=f"Read as {visible(review.scan.caller)} from {', '.join(review.scan.accounts)}.",
                start=review.scan.at,
                end=review.scan.at,
                reviewed_controls={"control-selections": [{"include-all": {}}]},
                props=[Property(name="evidence-root", value=review.bundle.evidence_root or "none")],
                observations=[_observation(review, answer, findings) for answer in judged],
                findings=[_finding(review, answer) for answer in judged if answer.stance in _DECIDED] or None,
            )
        ],
        back_matter={
            "resources": [
                {
                    "uuid": plan,
                    "title": "What was asked: scan.json of the bundle",
                    "description": "The checks, regions and declarations of the scan.",
                }
            ]
        },
    )


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _id(review: Review, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{review.bundle.evidence_root} {review.lens} {name}"))


def _observation(review: Review, answer: AnswerEntry, findings: dict[str, FindingEntry]) -> Observation:
    deciding = [findings[name] for name in answer.findings]
    return Observation(
        uuid=_id(review, f"observation {answer.choice}"),
        title=f"{answer.label} {answer.title}",
        description=f"{answer.stance}: {visible(answer.because)}",
        methods=["TEST"],
        types=["finding"],
        collected=review.scan.at,
        props=[
            Property(name="stance", value=answer.stance.replace(" ", "-")),
            Property(name="rating", value=answer.rating),
            Property(name="accepted", value="yes" if answer.accepted else "no"),
        ],
        relevant_evidence=list(_evidence(deciding)) or None,
    )


def _evidence(deciding: list[FindingEntry]) -> Iterator[Evidence]:
    """The findings that decide, failures first; a long population ends with how many more there are."""
    order = {"fails": 0, "unknown": 1, "holds": 2, "not applicable": 3}
    for finding in sorted(deciding, key=lambda one: order[one.verdict])[:MOST_EVIDENCE]:
        yield Evidence(
            description=f"{finding.check} {finding.verdict} for {short(visible(finding.resource))}: {visible(finding.because)}",
            props=[Property(name="reading", value=digest) for digest in finding.evidence[:10]] or None,
        )
    if len(deciding) > MOST_EVIDENCE:
        yield Evidence(description=f"{len(deciding) - MOST_EVIDENCE} more findings are in the bundle.")


def _finding(review: Review, answer: AnswerEntry) -> OscalFinding:
    return OscalFinding(
        uuid=_id(review, f"finding {answer.choice}"),
        title=f"{answer.label} {answer.title}",
        description=visible(answer.because),
        target=Objective(target_id=answer.choice, status=Status(state=_DECIDED[answer.stance])),
        related_observations=[Related(observation_uuid=_id(review, f"observation {answer.choice}"))],
    )

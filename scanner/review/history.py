"""Past reviews of one workload, as a trend."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.review.document import Review

RISKS = ("HIGH", "MEDIUM", "UNPROVEN", "NONE")


@dataclass(frozen=True, slots=True)
class Point:
    """One review: when, and how many questions have which evidenced risk, in all and per pillar."""

    at: str
    root: str
    risks: dict[str, int]
    high_by_pillar: dict[str, int]
    refuted: int
    refusals: int


def trend(reviews: Iterable[Review]) -> tuple[Point, ...]:
    """A point for each review, the oldest first. Two of the same evidence are one."""
    by_root = {(review.scan.at, review.bundle.evidence_root): review for review in reviews}
    return tuple(_point(review) for _, review in sorted(by_root.items(), key=lambda entry: entry[0]))


def _point(review: Review) -> Point:
    counted: Counter[str] = Counter(question.risk for question in review.questions)
    return Point(
        at=review.scan.at,
        root=review.bundle.evidence_root,
        risks={risk: counted[risk] for risk in RISKS},
        high_by_pillar=dict(Counter(question.pillar for question in review.high_risks)),
        refuted=sum(answer.stance == "refuted" for answer in review.answers),
        refusals=len(review.refusals),
    )

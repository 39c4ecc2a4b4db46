"""What changed since the last review, as a message for people (SNS) and an event for programs (EventBridge)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scanner.review.diff import Change, QuestionChange, verdict
from scanner.review.document import Review
from scanner.review.text import visible

LONGEST_SUBJECT = 100  # Amazon SNS API reference, Publish: up to 100 ASCII characters, no line breaks
MOST_LINES = 60  # a message of SNS and an event of EventBridge end at 256 KB; this stays far below
SOURCE = "wafr"
DETAIL_TYPE = "Well-Architected evidence changed"


@dataclass(frozen=True, slots=True)
class Notice:
    """A subject and a text for people, and the same as a detail for an event."""

    subject: str
    text: str
    detail: dict[str, Any]


def notice(review: Review, changes: Sequence[QuestionChange] | None, place: str = "") -> Notice:
    """What to tell. `changes` is None where there is no review to compare with; `place` says where the bundle is."""
    name = visible(review.workload) or "workload"
    told = f"{len(review.high_risks)} high-risk issues" if changes is None else verdict(changes)
    subject = f"wafr: {name}: {told}".encode("ascii", "replace").decode()[:LONGEST_SUBJECT].replace("\n", " ")
    return Notice(subject, "\n".join(_lines(review, changes, place)), _detail(review, changes, place))


def _lines(review: Review, changes: Sequence[QuestionChange] | None, place: str) -> list[str]:
    lines = [f"Evidence of {review.scan.at}, root {review.bundle.evidence_root}"]
    lines += [f"Bundle: {place}"] if place else []
    lines += ["", f"High-risk issues: {', '.join(q.number for q in review.high_risks) or 'none'}"]
    if changes is None:
        lines.append("There is no review before this one to compare with.")
    else:
        lines += [f"Since the last review: {verdict(changes)}", ""]
        for one in changes:
            lines.append(f"{one.change}: {one.number} {one.title}")
            lines += [f"  {visible(proof.resource)[:200]}: {visible(proof.now)[:200]}" for proof in one.proofs[:3]]
    apis = sorted({refusal.api for refusal in review.refusals})
    lines += ["", f"Could not be seen: {', '.join(apis[:20]) or 'nothing'}{' …' if len(apis) > 20 else ''}"]
    return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], "… the rest is in the bundle"]


def _detail(review: Review, changes: Sequence[QuestionChange] | None, place: str) -> dict[str, Any]:
    by_change = {str(change): [one.number for one in changes or () if one.change is change] for change in Change}
    return {
        "workload": visible(review.workload),
        "at": review.scan.at,
        "accounts": list(review.scan.accounts),
        "evidence_root": review.bundle.evidence_root,
        "bundle": place,
        "high_risk_issues": [question.number for question in review.high_risks],
        "accepted": [question.number for question in review.high_risks if question.accepted],
        "compared": changes is not None,
        "changes": by_change,
        "refused_operations": sorted({refusal.api for refusal in review.refusals})[:200],
        "complete": not review.incomplete,
    }

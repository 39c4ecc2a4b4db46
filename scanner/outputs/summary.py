"""A summary in Markdown, for a pull request or a chat: what contradicts, what is wrong, what could not be seen."""

from collections.abc import Iterator, Sequence

from scanner.review.diff import Change, QuestionChange
from scanner.review.document import Review
from scanner.review.text import markdown

MOST_RESOURCES = 3


def summary_markdown(review: Review, changes: Sequence[QuestionChange] = ()) -> str:
    """One page. With `changes`, first what became of the HRIs since the review before."""
    return "\n".join(_lines(review, changes)) + "\n"


def _lines(review: Review, changes: Sequence[QuestionChange]) -> Iterator[str]:
    yield f"## {markdown(review.workload or 'Workload')}: evidence of {review.scan.at[:10]}"
    yield ""
    if changes:
        counts = {change: sum(one.change is change for one in changes) for change in Change}
        yield "Since the last review: " + ", ".join(f"{n} {change}" for change, n in counts.items() if n) + "."
        yield ""
    accepted = sum(question.accepted for question in review.high_risks)
    yield (
        f"**{len(review.high_risks)} high-risk issues** ({accepted} accepted), "
        f"{sum(entry.kind == 'over-claimed' for entry in review.contradictions)} practices claimed and refuted, "
        f"{len({refusal.api for refusal in review.refusals})} operations that could not be seen."
    )
    yield "\n| risk | question | refuted | resources |\n|---|---|---|---|"
    findings = {finding.id: finding for finding in review.findings}
    for question in review.high_risks:
        refuted = [a for a in review.answers if a.question == question.question and a.stance == "refuted"]
        names = [n for answer in refuted for n in answer.findings if findings[n].verdict == "fails"]
        failing = list(dict.fromkeys(findings[name].resource for name in names))
        more = f" and {len(failing) - MOST_RESOURCES} more" if len(failing) > MOST_RESOURCES else ""
        told = ", ".join(markdown(resource, 80) for resource in failing[:MOST_RESOURCES])
        labels = ", ".join(answer.label for answer in refuted)
        risk = "HIGH, accepted" if question.accepted else "HIGH"
        yield f"| {risk} | {question.number} {markdown(question.title)} | {labels} | {told}{more} |"
    for refusal in review.refusals[:20]:
        mend = f"grant `{refusal.action}`" if refusal.outcome == "denied" else "scan again"
        yield f"\n- could not be seen: `{refusal.api}` in {refusal.region} ({markdown(refusal.error)}): {mend}"
    yield f"\nEvidence root `{review.bundle.evidence_root}`."

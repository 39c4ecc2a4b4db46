"""The workshop guide as Markdown: what to talk about first, what the evidence shows by name, what to ask to see next."""

from collections.abc import Iterator

from scanner.review.document import FindingEntry, Review
from scanner.review.guide import Topic, Worth, guide
from scanner.review.text import markdown

MOST_SHOWN = 10
_HEADINGS = {
    Worth.CONTRADICTED: "Claimed, and refuted by the evidence",
    Worth.REFUTED: "Refuted by the evidence",
    Worth.UNKNOWN: "Could not be seen",
    Worth.INTERVIEW: "What no API shows",
}


def guide_markdown(review: Review) -> str:
    """The whole guide. Practices that the evidence meets are left out, unless there is something to ask about them."""
    return "\n".join(_lines(review)) + "\n"


def _lines(review: Review) -> Iterator[str]:
    yield f"# Workshop guide: {markdown(review.workload or 'workload without a name')}"
    yield ""
    yield f"Evidence of {review.scan.at}, root `{review.bundle.evidence_root}`. In the order in which talking is worth most."
    heading = None
    for talk in guide(review):
        if talk.worth is Worth.MET:
            continue
        if talk.worth is not heading:
            heading = talk.worth
            yield f"\n# {_HEADINGS[talk.worth]}"
        yield f"\n## {talk.question.number} {talk.question.title}\n"
        yield f"Evidenced risk {talk.question.risk}, claimed risk {talk.question.claimed_risk}."
        for topic in talk.topics:
            if topic.worth is not Worth.MET or topic.asks:
                yield from _topic(topic)


def _topic(topic: Topic) -> Iterator[str]:
    answer = topic.answer
    claimed = {None: "nobody answered", True: "yes", False: "no"}[answer.claimed]
    yield f"\n### {answer.label} {answer.title} ({answer.rating})\n"
    yield f"Claimed: {claimed}. Evidence: **{answer.stance}**, {markdown(answer.because, 400)}.\n"
    yield from (f"- ✗ {_finding(finding)}" for finding in topic.failing[:MOST_SHOWN])
    if len(topic.failing) > MOST_SHOWN:
        yield f"- … and {len(topic.failing) - MOST_SHOWN} more: `wafr explain {answer.label}`"
    yield from (f"- ? {markdown(reason, 400)}" for reason in topic.unseen[:MOST_SHOWN])
    if topic.holding:
        yield f"- ✓ {len(topic.holding)} hold, such as {_finding(topic.holding[0])}"
    yield from (f"- hint: {_finding(finding)}" for finding in topic.hints[:3])
    for fact in topic.facts[:6]:
        yield f"- read aloud: {markdown(fact.says or 'unknown: ' + fact.unknown, 600)}"
    yield from (f"\n**Ask:** {ask}" for ask in topic.asks)
    yield "\nAnswer: ______\n"


def _finding(finding: FindingEntry) -> str:
    return f"{markdown(finding.resource)}: {markdown(finding.because, 400)} (`{finding.id[:8]}`)"

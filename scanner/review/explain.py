"""From a practice, a check or a finding down to the readings and their digests, as lines of text."""

import json
from collections.abc import Iterable, Iterator, Mapping

from scanner.evidence.reading import Reading
from scanner.review.document import AnswerEntry, FindingEntry, Review

MOST_RESOURCES = 20
LONGEST_ANSWER = 1_500


def explain(name: str, review: Review, readings: Iterable[Reading]) -> list[str]:
    """Everything about a practice (label or choice id), a check or a finding (id or its beginning). Empty if there is none."""
    wanted = name.lower()
    for answer in review.answers:
        if wanted in (answer.label.lower(), answer.choice.lower()):
            return list(_practice(answer, review))
    mine = [finding for finding in review.findings if finding.check == name]
    if mine or any(check.id == name for check in review.checks):
        return list(_check(name, mine, review))
    found = [finding for finding in review.findings if len(wanted) >= 6 and finding.id.startswith(wanted)]
    if found:
        by_digest = {reading.digest: reading for reading in readings}
        return [line for finding in found for line in _finding(finding, review, by_digest)]
    return []


def _practice(answer: AnswerEntry, review: Review) -> Iterator[str]:
    question = next(q for q in review.questions if q.question == answer.question)
    claimed = {None: "nobody has answered", True: "claimed", False: "not claimed"}[answer.claimed]
    yield f"{answer.label}  {answer.title}  ({answer.rating}; {answer.choice})"
    yield f"  of {question.number}: {question.title}"
    yield f"  {answer.stance.upper()}: {answer.because}; {claimed}"
    findings = {finding.id: finding for finding in review.findings}
    for name in answer.findings[:MOST_RESOURCES]:
        finding = findings[name]
        yield f"  {finding.verdict:15} {finding.resource}: {finding.because}  [{finding.check} {finding.id}]"
    if len(answer.findings) > MOST_RESOURCES:
        yield f"  … and {len(answer.findings) - MOST_RESOURCES} more findings"
    for hint in answer.hints[:MOST_RESOURCES]:
        finding = findings[hint]
        yield f"  hint: {finding.verdict}: {finding.resource}: {finding.because}  [{finding.check} {finding.id}]"
    for fact in review.facts:
        if fact.fact in answer.facts:
            yield f"  fact: {fact.says or 'unknown: ' + fact.unknown}  [{fact.fact}]"
    for ask in answer.ask:
        yield f"  ask: {ask}"
    yield "  wafr explain FINDING shows the answer of AWS that a finding rests on."


def _check(name: str, findings: list[FindingEntry], review: Review) -> Iterator[str]:
    check = next(check for check in review.checks if check.id == name)
    yield f"{check.id}: {check.title}"
    if check.why:
        yield f"  Why: {check.why}"
    if check.fix:
        yield f"  Fix: {check.fix}  (effort {check.effort})"
    for finding in findings[:MOST_RESOURCES]:
        yield f"  {finding.verdict:15} {finding.resource}: {finding.because}  [{finding.id}]"
    if len(findings) > MOST_RESOURCES:
        yield f"  … and {len(findings) - MOST_RESOURCES} more findings"
    for fact in review.facts:
        if fact.fact == name:
            yield f"  {fact.region}: {fact.says or 'unknown: ' + fact.unknown}"


def _finding(finding: FindingEntry, review: Review, readings: Mapping[str, Reading]) -> Iterator[str]:
    check = next(check for check in review.checks if check.id == finding.check)
    yield f"finding {finding.id}: {finding.check} {finding.verdict.upper()}"
    yield f"  {check.title}"
    yield f"  {finding.resource} in account {finding.account}, {finding.region}"
    yield f"  because {finding.because}"
    if finding.settings:
        yield f"  with settings {json.dumps(finding.settings)}"
    for digest in finding.evidence:
        reading = readings.get(digest)
        if reading is None:
            yield f"  reading {digest} (not in this bundle)"
            continue
        call = reading.call
        yield f"  reading {digest}"
        yield f"    {call.api} {call.request} in {call.region} at {reading.at}: {reading.outcome} {reading.error}".rstrip()
        yield from _said(reading)
    if not finding.evidence:
        yield "  rests on no reading: nothing was asked"


def _said(reading: Reading) -> Iterator[str]:
    if reading.message:
        yield f"    {reading.message}"
    if reading.answer:
        text = json.dumps(reading.answer, ensure_ascii=False)
        yield f"    {text[:LONGEST_ANSWER]}{'…' if len(text) > LONGEST_ANSWER else ''}"

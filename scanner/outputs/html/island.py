"""All findings and the readings behind them, small enough to travel inside a page: each word once, gzipped."""

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.evidence.reading import Reading
from scanner.review.document import Review

SHORT = 10  # characters of a digest that the page shows; the bundle holds all 64
MOST_ANSWERS = 400_000  # characters of answers of AWS; those behind failures come first
LONGEST_ANSWER = 4_000


@dataclass
class Words:
    """Texts that repeat, each kept once."""

    texts: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def island(review: Review, readings: Iterable[Reading]) -> str:
    """Base64 of gzipped JSON."""
    content = json.dumps(table(review, readings), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def table(review: Review, readings: Iterable[Reading]) -> dict[str, Any]:
    """A row for each finding; `words` are what its numbers stand for.

    A row: verdict, check, account, region, resource, because, settings, readings. A reading is a row of its own where it
    is first cited, beside the name that it repeats, so that it packs well; afterwards it is its number in that order. A
    finding's id follows from the row, and nothing packs worse than a digest, so the page works it out.
    """
    words = Words()
    cited = {digest for finding in review.findings for digest in finding.evidence}
    shown = {reading.digest: reading for reading in readings if reading.digest in cited}
    failing = {digest for f in review.findings if f.verdict == "fails" for digest in f.evidence}
    answers = _answers(shown.values(), failing)
    places: dict[str, int] = {}

    def row_of(digest: str) -> int | list[Any]:
        if digest in places:
            return places[digest]
        places[digest] = len(places)
        reading = shown[digest]
        call = reading.call
        outcome = words.number(f"{reading.outcome} {reading.error}".strip())
        where = (words.number(call.api), words.number(call.account), words.number(call.region))
        answer = (answers[digest],) if digest in answers else ()
        return [digest[:SHORT], *where, call.request, outcome, words.number(reading.at), *answer]

    return {
        "rows": [
            [
                words.number(finding.verdict),
                words.number(finding.check),
                words.number(finding.account),
                words.number(finding.region),
                finding.resource,
                words.number(finding.because),
                words.number(_settings(finding.settings)),
                [row_of(digest) for digest in finding.evidence if digest in shown],
            ]
            for finding in review.findings
        ],
        "checks": {
            words.number(check.id): [check.title, check.why, check.fix, check.effort] for check in review.checks
        },
        "practices": _practices(review, words),
        "words": list(words.texts),
    }


def _settings(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(settings.items()))


def _practices(review: Review, words: Words) -> dict[str, list[int]]:
    """The checks whose findings decide each practice."""
    check_of = {finding.id: finding.check for finding in review.findings}
    return {
        answer.label: sorted({words.number(check_of[name]) for name in answer.findings})
        for answer in review.answers
        if answer.findings
    }


def _answers(readings: Iterable[Reading], failing: set[str]) -> dict[str, str]:
    """What AWS said, by digest, where there is room for it: behind failures first."""
    room, kept = MOST_ANSWERS, {}
    for reading in sorted(readings, key=lambda reading: reading.digest not in failing):
        text = answer_text(reading)
        if text and len(text) <= room:
            room -= len(text)
            kept[reading.digest] = text
    return kept


def answer_text(reading: Reading) -> str:
    """An answer as people read it, cut where it is very long."""
    if reading.message:
        return reading.message[:LONGEST_ANSWER]
    if not reading.answer:
        return ""
    text = json.dumps(reading.answer, ensure_ascii=False, indent=1)
    return text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER]}…"

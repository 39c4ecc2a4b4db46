"""XLSX for auditors: who looked, when, at what population, what was found, and how to repeat it."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter

from scanner.evidence.reading import Reading
from scanner.review.document import Review
from scanner.review.text import cell

LONGEST = 32_000  # Excel ends a cell at 32,767 characters
VERDICTS = ("holds", "fails", "unknown", "not applicable")
Row = Sequence[str | int]


def workbook(review: Review, readings: Iterable[Reading], calls: Iterable[Mapping[str, Any]]) -> bytes:
    """The whole file. Every text is written as a text, so nothing in it is ever a formula, a link or a number."""
    content = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True})
        for name, columns, rows in _sheets(review, readings, calls):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, (title, width) in enumerate(columns):
                sheet.set_column(place, place, width)
                sheet.write_string(0, place, title, bold)
            last = 0
            for last, row in enumerate(rows, 1):
                for place, value in enumerate(row):
                    if isinstance(value, int):
                        sheet.write_number(last, place, value)
                    else:
                        sheet.write_string(last, place, cell(value)[:LONGEST])
            sheet.autofilter(0, 0, last, len(columns) - 1)
    return content.getvalue()


Sheet = tuple[str, Sequence[tuple[str, int]], Iterator[Row]]


def _sheets(review: Review, readings: Iterable[Reading], calls: Iterable[Mapping[str, Any]]) -> Iterator[Sheet]:
    yield "About", (("what", 26), ("value", 90)), _about(review)
    population = (("check", 44), ("account", 15), ("region", 15), ("judged", 9), *((name, 12) for name in VERDICTS))
    yield "Population", population, _population(review)
    practices = (
        ("practice", 13),
        ("title", 60),
        ("rated", 9),
        ("evidence", 14),
        ("claimed", 14),
        ("accepted", 10),
        ("because", 80),
        ("findings", 10),
    )
    yield "Answers", practices, _answers(review)
    findings = (("finding", 18), ("verdict", 14), ("check", 44), ("account", 15), ("region", 15), ("resource", 70), ("because", 60), ("settings", 20), ("owner", 20), ("evidence", 66))  # fmt: skip
    yield "Findings", findings, _findings(review)
    evidence = (
        ("digest", 66),
        ("operation", 40),
        ("account", 15),
        ("region", 15),
        ("request", 60),
        ("outcome", 9),
        ("error", 24),
        ("at", 27),
    )
    yield "Evidence", evidence, _evidence(readings)
    yield "Calls", (("operation", 40), ("account", 15), ("region", 15), ("asked", 9), ("throttled", 10)), _calls(calls)
    unseen = (
        ("operation", 40),
        ("account", 15),
        ("region", 15),
        ("error", 30),
        ("IAM action", 40),
        ("times", 8),
        ("leaves unknown", 60),
    )
    yield "Not seen", unseen, _unseen(review)
    accepted = (("practice", 13), ("check", 44), ("resource", 50), ("state", 16), ("owner", 24), ("approver", 24), ("ticket", 14), ("accepted", 12), ("expires", 12), ("failures", 9), ("reason", 60))  # fmt: skip
    yield "Accepted risks", accepted, _accepted(review)


def _about(review: Review) -> Iterator[Row]:
    scan = review.scan
    yield "workload", review.workload
    yield "lens", f"{review.lens} of {review.lens_version}"
    yield "evidence of (UTC)", scan.at
    yield "read as", scan.caller
    yield "accounts", ", ".join(scan.accounts)
    yield "regions", ", ".join(scan.regions)
    yield "regions not scanned", "; ".join(f"{a}: {', '.join(r)}" for a, r in scan.left_out.items() if r) or "none"
    yield "evidence root (SHA-256)", review.bundle.evidence_root
    yield "readings", review.bundle.readings
    yield "high-risk issues", ", ".join(q.number for q in review.high_risks) or "none"
    for name, version in scan.versions.items():
        yield f"version of {name}", version
    yield "repeat", "wafr verify BUNDLE; wafr evaluate BUNDLE; docs/verify.md does it without wafr"


def _population(review: Review) -> Iterator[Row]:
    """How many resources each check judged, by place: a population of nothing is seen as such."""
    counted: Counter[tuple[str, str, str, str]] = Counter(
        (finding.check, finding.account, finding.region, finding.verdict) for finding in review.findings
    )
    for check, account, region in sorted({key[:3] for key in counted}):
        counts = [counted[check, account, region, verdict] for verdict in VERDICTS]
        yield check, account, region, sum(counts[:2]), *counts


def _answers(review: Review) -> Iterator[Row]:
    for answer in review.answers:
        claimed = {None: "nobody answered", True: "yes", False: "no"}[answer.claimed]
        accepted = "yes" if answer.accepted else ""
        yield (
            answer.label,
            answer.title,
            answer.rating,
            answer.stance,
            claimed,
            accepted,
            answer.because,
            len(answer.findings),
        )


def _findings(review: Review) -> Iterator[Row]:
    for finding in review.findings:
        settings = ", ".join(f"{name} = {value}" for name, value in sorted(finding.settings.items()))
        owner = review.owners.get(finding.id, "")
        where = (finding.account, finding.region, finding.resource)
        yield (
            finding.id,
            finding.verdict,
            finding.check,
            *where,
            finding.because,
            settings,
            owner,
            " ".join(finding.evidence),
        )


def _evidence(readings: Iterable[Reading]) -> Iterator[Row]:
    for reading in readings:
        call = reading.call
        yield (
            reading.digest,
            call.api,
            call.account,
            call.region,
            call.request,
            str(reading.outcome),
            reading.error,
            reading.at,
        )


def _calls(calls: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    for call in calls:
        yield str(call["api"]), str(call["account"]), str(call["region"]), int(call["asked"]), int(call["throttled"])


def _unseen(review: Review) -> Iterator[Row]:
    for one in review.refusals:
        yield one.api, one.account, one.region, one.error, one.action, one.count, ", ".join(one.leaves_unknown)


def _accepted(review: Review) -> Iterator[Row]:
    for rule in review.accepted:
        who = (rule.owner, rule.approver, rule.ticket, rule.accepted, rule.expires)
        yield rule.practice, rule.check, rule.resource, rule.status, *who, len(rule.findings), rule.reason

"""Findings as CSV: a row each, texts that a spreadsheet would take for formulas defused."""

import csv
import io
from collections.abc import Iterator

from scanner.review.document import Review
from scanner.review.text import cell

COLUMNS = ("finding", "verdict", "check", "account", "region", "resource", "because", "practices", "owner", "evidence")


def findings_csv(review: Review) -> str:
    """All findings. `practices` are the labels that a finding decides, `evidence` the digests that it rests on."""
    decides: dict[str, list[str]] = {}
    for answer in review.answers:
        for name in answer.findings:
            decides.setdefault(name, []).append(answer.label)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(review, decides))
    return text.getvalue()


def _rows(review: Review, decides: dict[str, list[str]]) -> Iterator[list[str]]:
    for finding in review.findings:
        yield [
            cell(value)
            for value in (
                finding.id,
                finding.verdict,
                finding.check,
                finding.account,
                finding.region,
                finding.resource,
                finding.because,
                " ".join(decides.get(finding.id, ())),
                review.owners.get(finding.id, ""),
                " ".join(finding.evidence),
            )
        ]

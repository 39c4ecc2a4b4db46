"""The scheduled scan on AWS Lambda: scan, put the bundle into the user's own bucket, and tell what changed.

Settings come from the function's environment: `WAFR_*` as on the command line, `WAFR_CONFIG` for a file in the package,
`WAFR_BUCKET` and `WAFR_PREFIX` for where the bundle goes, `WAFR_TOPIC_ARN` and `WAFR_EVENT_BUS` for who hears of it. The only
writes are to these. On a server, one line of crontab does the same:
`0 5 * * 1  wafr scan --quiet --out /var/lib/wafr/$(date +\\%F)`.
"""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from scanner.bundle.journal import Journal
from scanner.config import load_config
from scanner.deliver import last_review, publish, put_event, store_bundle
from scanner.judge.catalogue import lens_folder, load_catalogue
from scanner.judge.discover import discover
from scanner.judge.mapping import load_mappings
from scanner.outputs.notice import notice
from scanner.review.build import Lens
from scanner.review.declared import declared
from scanner.review.diff import NotComparableError, QuestionChange, compare
from scanner.review.document import Review
from scanner.run import collect, places

RESERVE = 60_000  # milliseconds before Lambda's own end at which asking stops


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001  (Lambda's signature)
    """Scan, store and tell. Returns where the bundle is, its root, and the HRIs; what could not be seen is in the bundle."""
    config = load_config(None, {})
    catalogue, library = load_catalogue(), discover()
    lens = Lens(catalogue, load_mappings(lens_folder(), catalogue, library), library)
    said = declared(config, lens)

    def late() -> bool:
        return context is not None and context.get_remaining_time_in_millis() < RESERVE

    bucket, prefix = os.environ.get("WAFR_BUCKET", ""), os.environ.get("WAFR_PREFIX", "wafr")
    session = boto3.Session()
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        with Journal(bundle) as journal:
            run = collect(places(config), lens, said, config, journal, lambda *_: None, late)
        before = last_review(session, bucket, prefix, bundle.name) if bucket else None
        place = store_bundle(session, bundle, bucket, prefix) if bucket else ""
    _tell(session, run.review, _changes(before, run.review), place)
    return summary(run.review, run.manifest.root, place)


def _changes(before: Review | None, after: Review) -> list[QuestionChange] | None:
    if before is None:
        return None
    try:
        return compare(before, after)
    except NotComparableError:
        return None


def _tell(session: boto3.Session, review: Review, changes: list[QuestionChange] | None, place: str) -> None:
    topic, bus = os.environ.get("WAFR_TOPIC_ARN", ""), os.environ.get("WAFR_EVENT_BUS", "")
    note = notice(review, changes, place)
    if topic:
        publish(session, note, topic)
    if bus:
        put_event(session, note, bus)


def summary(review: Review, root: str, place: str) -> dict[str, Any]:
    """What the function answers: small enough for a log line."""
    return {
        "bundle": place,
        "root": root,
        "high_risk_issues": [question.number for question in review.high_risks],
        "refusals": len(review.refusals),
        "complete": not review.incomplete,
    }

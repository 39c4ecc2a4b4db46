"""The scheduled scan on AWS Lambda: scan, then put the bundle into the user's own bucket.

Settings come from the function's environment: `WAFR_*` as on the command line, `WAFR_CONFIG` for a file in the package,
`WAFR_BUCKET` and `WAFR_PREFIX` for where the bundle goes. The only write is to that bucket. On a server, one line of
crontab does the same: `0 5 * * 1  wafr scan --quiet --out /var/lib/wafr/$(date +\\%F)`.
"""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from scanner.bundle.journal import Journal
from scanner.config import load_config
from scanner.judge.catalogue import lens_folder, load_catalogue
from scanner.judge.discover import discover
from scanner.judge.mapping import load_mappings
from scanner.review.build import Lens
from scanner.review.declared import declared
from scanner.review.document import Review
from scanner.run import collect, places

RESERVE = 60_000  # milliseconds before Lambda's own end at which asking stops


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001  (Lambda's signature)
    """Scan and store. Returns where the bundle is, its root, and the HRIs; what could not be seen is in the bundle."""
    config = load_config(None, {})
    catalogue, library = load_catalogue(), discover()
    lens = Lens(catalogue, load_mappings(lens_folder(), catalogue, library), library)
    said = declared(config, lens)

    def late() -> bool:
        return context is not None and context.get_remaining_time_in_millis() < RESERVE

    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        with Journal(bundle) as journal:
            run = collect(places(config), lens, said, config, journal, lambda *_: None, late)
        place = _store(bundle, os.environ.get("WAFR_BUCKET", ""), os.environ.get("WAFR_PREFIX", "wafr"))
    return summary(run.review, run.manifest.root, place)


def summary(review: Review, root: str, place: str) -> dict[str, Any]:
    """What the function answers: small enough for a log line."""
    return {
        "bundle": place,
        "root": root,
        "high_risk_issues": [question.number for question in review.high_risks],
        "refusals": len(review.refusals),
        "complete": not review.incomplete,
    }


def _store(bundle: Path, bucket: str, prefix: str) -> str:
    """Every file of the bundle into the user's own bucket, the manifest last. Empty where no bucket is named."""
    if not bucket:
        return ""
    session = boto3.Session()
    s3 = session.client("s3")
    files = sorted(
        (path for path in bundle.rglob("*") if path.is_file()), key=lambda path: path.name == "manifest.json"
    )
    for path in files:
        key = f"{prefix}/{bundle.name}/{path.relative_to(bundle).as_posix()}"
        s3.upload_file(str(path), bucket, key)
    return f"s3://{bucket}/{prefix}/{bundle.name}"

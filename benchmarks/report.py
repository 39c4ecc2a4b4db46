"""A report of 120,000 findings: `python -m benchmarks.report`. How large, and how fast in a headless Chromium.

Exit 1 where a target is missed. It needs playwright and a Chromium (`--chromium`, or one that is on the path).
"""

import argparse
import hashlib
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from scanner.evidence.reading import Call, Outcome, Reading
from scanner.judge.finding import Finding, Stand
from scanner.outputs.html.page import Around, report_html
from scanner.review.document import AnswerEntry, CheckEntry, FindingEntry, Review
from scanner.review.written import review_json

MOST_BYTES, MOST_OPEN, MOST_FILTER = 6_000_000, 5.0, 0.5
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
KINDS = ("kms:DescribeKey", "ec2:DescribeVolumes", "s3:GetBucketPolicy", "rds:DescribeDBInstances", "iam:GetRole")
ACCOUNTS = tuple(str(111111111111 + number) for number in range(12))


def made(base: Review, count: int) -> tuple[Review, list[Reading]]:
    """The base review with `count` findings instead of its own, each of them about a resource and a reading of its own."""
    readings, findings = [], []
    checks = [check for check in base.checks if check.role == "check"]
    for number in range(count):
        account, region = ACCOUNTS[number % len(ACCOUNTS)], REGIONS[number % len(REGIONS)]
        name = hashlib.sha256(str(number).encode()).hexdigest()[:17]
        check, api = checks[number % len(checks)], KINDS[number % len(KINDS)]
        arn = f"arn:aws:{api.partition(':')[0]}:{region}:{account}:thing/{name}"
        call = Call(account, region, api, f'{{"Id":"{name}"}}')
        at = f"2026-11-20T08:{number // 2400 % 60:02}:{number // 40 % 60:02}.000000Z"
        readings.append(Reading.make(call, Outcome.OK, at, answer={"": {"Id": name, "State": "on"}}))
        verdict = ("holds", "holds", "holds", "fails", "not applicable", "unknown")[number % 6]
        findings.append(
            _entry(
                check, Finding(check.id, account, region, arn, Stand(verdict), f"it {verdict}", (readings[-1].digest,))
            )
        )
    answers = tuple(_answers(base, findings))
    return base.model_copy(update={"findings": tuple(findings), "answers": answers, "contradictions": ()}), readings


def _entry(check: CheckEntry, finding: Finding) -> FindingEntry:
    return FindingEntry(
        id=finding.id,
        check=check.id,
        account=finding.account,
        region=finding.region,
        resource=finding.resource,
        verdict=finding.verdict.value,
        because=finding.because,
        evidence=finding.evidence,
        settings={},
    )


def _answers(base: Review, findings: list[FindingEntry]) -> Iterator[AnswerEntry]:
    own = {finding.id: finding.check for finding in base.findings}
    by_check: dict[str, list[str]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding.id)
    for answer in base.answers:
        checks = dict.fromkeys(own[name] for name in answer.findings)
        names = tuple(name for check in checks for name in by_check.get(check, ()))
        yield answer.model_copy(update={"findings": names, "hints": (), "stance": "refuted" if names else "ask"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("review", type=Path, help="review.json of a bundle, whose checks and questions are used")
    parser.add_argument("--findings", type=int, default=120_000)
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options = parser.parse_args()
    review, readings = made(Review.model_validate_json(options.review.read_bytes()), options.findings)
    started = time.process_time()
    page = report_html(review, Around(readings))
    cpu = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(page, encoding="utf-8")
        opened, filtered = _browse(path, options.chromium)
        size = path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.findings} findings, review.json {sum(map(len, review_json(review))) / 1e6:.1f} MB; made in {cpu:.1f} s of CPU, peak {peak:.0f} MiB"
    )
    met = True
    for what, value, most, unit in (
        ("size", size / 1e6, MOST_BYTES / 1e6, "MB"),
        ("opens in", opened, MOST_OPEN, "s"),
        ("slowest filter", max(filtered), MOST_FILTER, "s"),
    ):
        met = met and value <= most
        print(f"{'ok  ' if value <= most else 'MISS'} {what} {value:.2f} {unit} (at most {most})")
    sys.exit(0 if met else 1)


def _browse(path: Path, chromium: str) -> tuple[float, list[float]]:
    """Seconds until the table can be used, and seconds of each of some filters, as the page itself measures them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        started = time.monotonic()
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]", timeout=120_000)
        opened = time.monotonic() - started
        filtered = [
            page.evaluate(
                """([id, value]) => {
                  const field = document.getElementById(id);
                  field.value = value;
                  const started = performance.now();
                  field.dispatchEvent(new Event(id === "search" ? "search-now" : "change", { bubbles: true }));
                  document.querySelector("#table").getBoundingClientRect();
                  return (performance.now() - started) / 1000;
                }""",
                [id_, value],
            )
            for id_, value in (
                ("f-verdict", "fails"), ("f-region", "eu-west-1"), ("f-verdict", ""), ("f-region", ""),
                ("search", "thing/00"), ("search", "us-east-1 fails"), ("search", ""),
            )
        ]  # fmt: skip
        browser.close()
    return opened, filtered


if __name__ == "__main__":
    main()

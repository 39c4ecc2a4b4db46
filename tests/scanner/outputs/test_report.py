"""The report in a real browser: it asks nobody for anything, says what the JSON says, and no name in it does any harm."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from scanner.evidence.reading import Call, Outcome, Reading
from scanner.outputs.html.page import Around, guide_html, report_html
from scanner.review.document import FindingEntry, Review
from scanner.review.history import Point
from tests.reviews import ACCOUNT, REGION, answer, check, fact, finding, refusal, review

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
MANY = 120_000
HOSTILE = (
    "<script>document.title='taken'</script>",
    '"><img src=x onerror="document.title=\'taken\'">',
    "=cmd|' /C calc'!A0",
    "🔥" * 5_000,
    "\u202egnp.exe \u05d0\u05d1\u05d2 שלום",
    "{{ 7 * 7 }} ${7 * 7} </script><b>bold</b>",
    "javascript:alert(1)",
)


def reading(number: int) -> Reading:
    call = Call(ACCOUNT, REGION, "kms:DescribeKey", json.dumps({"KeyId": f"key-{number}"}))
    return Reading.make(call, Outcome.OK, "2026-10-01T00:00:00Z", answer={"KeyMetadata": {"KeyId": f"key-{number}"}})


def resting_on(one: FindingEntry, on: Reading) -> FindingEntry:
    from dataclasses import replace

    return replace(one, evidence=(on.digest,))


def account(count: int, names: tuple[str, ...] = ()) -> tuple[Review, list[Reading]]:
    """`count` keys, every third of which fails, in two practices; the first have names of choice."""
    readings = [reading(number) for number in range(count)]
    findings = []
    for number in range(count):
        verdict = "fails" if number % 3 == 0 else "holds"
        name = names[number] if number < len(names) else f"arn:aws:kms:{REGION}:{ACCOUNT}:key/key-{number}"
        line = ("kms.keys_rotate" if number % 2 else "kms.keys_are_named", name, verdict, f"because {verdict}")
        findings.append(resting_on(finding(line), readings[number]))
    rotate = [one for one in findings if one.check == "kms.keys_rotate"]
    named = [one for one in findings if one.check == "kms.keys_are_named"]
    made = review(
        [answer("SEC08-BP01", rotate, claimed=True), answer("SEC08-BP02", named), answer("REL01-BP01", [])],
        findings,
        checks=[check("kms.keys_rotate"), check("kms.keys_are_named", effort="high")],
        facts=(fact("access.who_can_decrypt", f"role/worker {names[0] if names else ''}"),),
        refusals=(refusal("rds:DescribeDBInstances", "REL09-BP01"),),
    )
    return made, readings


@dataclass
class Opened:
    """A page, and all that it asked for or complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def rows(self) -> str:
        return self.page.inner_text(".dt-info")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium); CI has one")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def opened(browser: Browser, folder: Path, html: str) -> Opened:
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    seen = Opened(browser.new_page())
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.goto(path.as_uri())
    expect(seen.page.locator("html")).to_have_attribute("data-ready", "yes", timeout=60_000)
    return seen


def test_a_reviewer_finds_their_way_down_to_a_reading(browser: Browser, tmp_path: Path) -> None:
    made, readings = account(150)
    history = [
        Point("2026-01-01T00:00:00Z", "x", {"HIGH": 3}, {}, 3, 0),
        Point(made.scan.at, "y", {"HIGH": 1}, {}, 1, 1),
    ]
    plans = {"kms.keys_rotate": {"owner": "Ada", "ticket": "SEC-7", "due": "2026-12-01"}}
    seen = opened(browser, tmp_path, report_html(made, Around(readings, history, plans)))
    page = seen.page
    assert seen.rows() == "Showing 1 to 25 of 150 entries"

    page.select_option("#f-verdict", "fails")
    assert seen.rows() == "Showing 1 to 25 of 50 entries (filtered from 150 total entries)"
    page.fill("#search", "key-14")
    expect(page.locator(".dt-info")).to_contain_text(" of 3 ")
    page.click("button[type=reset]")
    expect(page.locator(".dt-info")).not_to_contain_text("filtered")

    page.click("details.question summary >> nth=0")
    page.click("#practices button[data-practice='SEC08-BP01']")
    expect(page.locator(".dt-info")).to_contain_text(" of 75 ")
    assert page.eval_on_selector_all(
        "#table tbody tr td:nth-child(2)", "cells => [...new Set(cells.map(c => c.innerText))]"
    ) == ["kms.keys_rotate"]

    row = page.locator("#table tbody tr[tabindex]").first
    row.focus()
    page.keyboard.press("Enter")
    detail = page.locator("#table tbody tr:nth-child(2)").inner_text()
    first = made.findings[1]
    expect(page.locator("#table")).to_contain_text(first.id)
    assert 'kms:DescribeKey {"KeyId": "key-1"}' in detail
    assert readings[1].digest[:10] in detail
    assert '"KeyId": "key-1"' in detail.partition("Answer")[2]
    page.keyboard.press("Enter")
    assert row.get_attribute("aria-expanded") == "false"

    issue = page.inner_text("#issue-sec08")
    for told in ("claimed risk UNANSWERED", "mend it.", "it matters.", "KMS", "Ada", "SEC-7", "2026-12-01"):
        assert told in issue
    assert "rds:DescribeDBInstances" in page.inner_text("#unseen")
    expect(page.locator("#trend-t")).to_contain_text("2026-01-01: 3, 2026-10-01: 1")
    assert page.pdf()[:5] == b"%PDF-"
    assert (seen.complaints, [url for url in seen.requests if not url.startswith("file:")]) == ([], [])


def test_numbers_on_the_page_add_up_and_agree_with_the_json(browser: Browser, tmp_path: Path) -> None:
    made, readings = account(150)
    seen = opened(browser, tmp_path, report_html(made, Around(readings)))
    for line in seen.page.inner_text("table.totals").splitlines()[1:]:
        total, *parts = map(int, re.findall(r"\d+", line))
        assert sum(parts) == total, line
    totals = seen.page.inner_text("table.totals")
    assert "150 findings\t= 50 fails + 0 unknown + 100 holds + 0 not applicable" in totals
    assert f"{len(made.answers)} best practices" in totals
    assert seen.page.inner_text("#issues-h") == f"High-risk issues: {len(made.high_risks)}"
    assert seen.page.locator("article.issue").count() == len(made.high_risks)


def test_a_name_can_be_anything(browser: Browser, tmp_path: Path) -> None:
    made, readings = account(len(HOSTILE) * 3, tuple(name for name in HOSTILE for _ in range(3)))
    made = made.model_copy(update={"workload": HOSTILE[0]})
    seen = opened(browser, tmp_path, report_html(made, Around(readings)))
    page = seen.page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for place in range(len(HOSTILE)):
        page.locator("#table tbody tr[tabindex]").nth(place).press("Enter")
    assert page.title() == f"{HOSTILE[0]}: Well-Architected evidence of 2026-10-01"
    assert page.locator("body script").count() == 2
    assert page.locator("img, b:has-text('bold')").count() == 0
    assert HOSTILE[0] in page.inner_text("h1")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    assert (seen.complaints, [url for url in seen.requests if not url.startswith("file:")]) == ([], [])


def test_a_hundred_and_twenty_thousand_findings(browser: Browser, tmp_path: Path) -> None:
    made, readings = account(MANY)
    seen = opened(browser, tmp_path, report_html(made, Around(readings)))
    assert seen.rows() == "Showing 1 to 25 of 120,000 entries"
    seen.page.select_option("#f-verdict", "fails")
    assert seen.rows() == "Showing 1 to 25 of 40,000 entries (filtered from 120,000 total entries)"
    seen.page.locator("#table tbody tr[tabindex]").first.press("Enter")
    assert "kms:DescribeKey" in seen.page.inner_text("#table tbody tr:nth-child(2)")
    assert seen.complaints == []


def test_what_is_not_in_the_page_may_not_be_loaded(tmp_path: Path) -> None:
    made, readings = account(3)
    page = report_html(made, Around(readings))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    words = policy[1].replace("&#39;", "'")
    assert words.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in words
    own = page.partition('<script type="module">')[0]
    assert not re.search(r"<[^>]+\son\w+=", own.partition("<body>")[2])
    assert tmp_path.exists()


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_aa_in_light_and_dark() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text, on the page and on the soft ground of cards and table heads."""
    css = (Path(__file__).parents[3] / "scanner/outputs/html/templates/report.css").read_text()
    schemes = [dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in re.findall(r"\{([^{}]*--bg: #[^}]*)\}", css)]
    screens = [scheme for scheme in schemes if len(scheme) == 10]
    assert len(screens) >= 3
    for scheme in screens:
        for ground in ("bg", "soft"):
            for text in ("fg", "dim", "link", "high", "medium", "unproven", "none"):
                light, dark = sorted((luminance(scheme[text]), luminance(scheme[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground, scheme)


SHOWN = """cell => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  let ground = cell;
  while (ground && (rgb(getComputedStyle(ground).backgroundColor)[3] ?? 1) === 0) ground = ground.parentElement;
  return [rgb(getComputedStyle(cell).color), rgb(getComputedStyle(ground ?? document.body).backgroundColor)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_table_can_be_read_in_light_and_dark(
    browser: Browser, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    made, readings = account(6)
    seen = opened(browser, tmp_path, report_html(made, Around(readings)))
    page = seen.page
    page.emulate_media(color_scheme=scheme)
    page.locator("#table tbody tr[tabindex]").first.press("Enter")
    for cell in page.locator("#table td, #table th, #table dd").all():
        colours = ["#" + "".join(f"{int(part):02x}" for part in rgb[:3]) for rgb in cell.evaluate(SHOWN)]
        light, dark = sorted(map(luminance, colours), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (cell.inner_text(), colours)


def test_the_guide_is_a_page_of_its_own(browser: Browser, tmp_path: Path) -> None:
    made, _ = account(6, HOSTILE)
    path = tmp_path / "guide.html"
    path.write_text(guide_html(made), encoding="utf-8")
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(path.as_uri())
    assert page.locator("h2").all_inner_texts()[0].startswith("1. SEC08 How do you sec08?")
    assert complaints == []

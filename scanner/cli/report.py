"""`wafr report`, `wafr guide` and `wafr history`: what a reviewer prepares and files."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import BundleArgument, Exit, FormatOption, as_json, fail, load_lens, one_line_errors, one_of
from scanner.cli.written import OutFile, write_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.review.document import Review

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 120  # seconds that a browser may take for a PDF

HistoryOption = Annotated[
    Path | None, typer.Option("--history", help="Folder of past bundles of this workload, for the trend.")
]
RoadmapOption = Annotated[Path, typer.Option("--roadmap", help="Where people keep owners, tickets and dates.")]


def report(
    bundle: BundleArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML file to write.")] = Path("report.html"),
    pdf: Annotated[Path | None, typer.Option(help="Also a PDF, printed by an installed Chromium.")] = None,
    history: HistoryOption = None,
    roadmap: RoadmapOption = Path("roadmap.yaml"),
) -> None:
    """Write the report of a bundle: one HTML file that opens offline, and a PDF if wanted."""
    with one_line_errors():
        from scanner.bundle.opened import open_bundle
        from scanner.cli.tool import judged
        from scanner.outputs.html.page import Around, report_html
        from scanner.review.history import trend
        from scanner.review.roadmap_file import plans_in

        browser = _browser() if pdf is not None else ""
        opened = open_bundle(bundle)
        review = judged(opened, load_lens())
        past = trend([*_past(history, review), review]) if history else ()
        page = report_html(review, Around(tuple(opened.readings()), past, plans_in(roadmap)))
        write_out(page, out, told="Report")
        if pdf is not None:
            _print(browser, out, pdf)


def _browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), "")
    if not found:
        fail(f"--pdf needs a Chromium, and there is none on the path ({', '.join(BROWSERS)}).", Exit.USAGE)
    return found


def _print(browser: str, page: Path, pdf: Path) -> None:
    """Let a browser print the page, without a profile of anybody and without the network."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--no-sandbox",  # the page is ours and may load nothing; containers have no sandbox to offer
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={pdf.resolve()}",
            page.resolve().as_uri(),
        ]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            fail(f"{browser} did not print {pdf}: {error}.", Exit.USAGE)
    if ran.returncode != 0 or not pdf.exists():
        said = (ran.stderr.strip().splitlines() or ["no reason given"])[-1]
        fail(f"{browser} did not print {pdf}: {said}.", Exit.USAGE)


def _past(folder: Path | None, review: "Review") -> "Iterator[Review]":
    """The reviews of the same lens and workload whose bundles are in a folder, as they were stored."""
    for entry in sorted(folder.iterdir()) if folder is not None and folder.is_dir() else ():
        if (entry / "manifest.json").exists():
            past = stored(entry)
            if past.lens == review.lens and past.workload == review.workload and past.scan.at <= review.scan.at:
                yield past


def stored(folder: Path) -> "Review":
    """The Review that a bundle keeps, checked against its manifest. BundleError where it is of another version."""
    from pydantic import ValidationError

    from scanner.bundle.files import BundleError
    from scanner.bundle.manifest import read_manifest
    from scanner.bundle.opened import check
    from scanner.review.document import Review

    manifest = read_manifest(folder)
    check(folder, "review.json", manifest.files["review.json"])
    try:
        return Review.model_validate_json((folder / "review.json").read_bytes())
    except ValidationError as error:
        raise BundleError(
            f"{folder / 'review.json'} was written by another version ({error.error_count()} differences). "
            f"Judge it again: wafr evaluate {folder}."
        ) from None


def guide(
    bundle: BundleArgument,
    form: Annotated[str, typer.Option("--format", help="`markdown`, or `html` to print and write on.")] = "markdown",
    out: OutFile = None,
) -> None:
    """Write the workshop guide: what to talk about first, what the evidence shows, what to ask to see next."""
    one_of(form, ("markdown", "html"), "--format")
    with one_line_errors():
        from scanner.bundle.opened import open_bundle
        from scanner.cli.tool import judged

        review = judged(open_bundle(bundle), load_lens())
        if form == "html":
            from scanner.outputs.html.page import guide_html

            write_out(guide_html(review), out, told="Guide")
        else:
            from scanner.outputs.guide import guide_markdown

            write_out(guide_markdown(review), out, told="Guide")


def history(
    folder: Annotated[Path, typer.Argument(help="Folder that holds bundles.", show_default=False)],
    form: FormatOption = "table",
) -> None:
    """Tell the trend: the evidenced risks of every bundle in a folder, the oldest first."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from dataclasses import asdict

        from scanner.review.history import RISKS, trend

        if not folder.is_dir():
            fail(f"{folder} is no folder.", Exit.USAGE)
        points = trend(stored(entry) for entry in sorted(folder.iterdir()) if (entry / "manifest.json").exists())
        if form == "json":
            as_json([asdict(point) for point in points])
            return
        if not points:
            fail(f"{folder} holds no finished bundle.", Exit.USAGE)
        typer.echo(f"{'evidence of':20}  {'  '.join(f'{risk:>8}' for risk in RISKS)}  refuted  not seen  root")
        for point in points:
            risks = "  ".join(f"{point.risks[risk]:>8}" for risk in RISKS)
            typer.echo(f"{point.at[:19]:20}  {risks}  {point.refuted:>7}  {point.refusals:>8}  {point.root[:16]}")

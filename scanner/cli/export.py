"""`wafr export`: a bundle in the form that another tool takes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import BundleArgument, Exit, fail, load_lens, one_line_errors, one_of
from scanner.cli.written import OutFile, write_out

if TYPE_CHECKING:
    from scanner.bundle.opened import Bundle
    from scanner.review.document import Review

FORMATS = ("xlsx", "csv", "markdown", "junit", "json", "ocsf", "asff", "oscal")


def export(
    bundle: BundleArgument,
    form: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")],
    out: OutFile = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="For `markdown`: the bundle of the review before.")
    ] = None,
    region: Annotated[str, typer.Option("--region", help="For `asff`: the region of your Security Hub.")] = "",
    account: Annotated[str, typer.Option("--account", help="For `asff`: the account that imports.")] = "",
) -> None:
    """Write a bundle for another tool: auditors' workbook, CSV, pull request, CI, OCSF, Security Hub (ASFF), OSCAL."""
    one_of(form, FORMATS, "--format")
    if form == "xlsx" and out is None and sys.stdout.isatty():
        fail("a workbook does not go to a terminal: name a file with --out.", Exit.USAGE)
    with one_line_errors():
        from scanner.bundle.opened import open_bundle
        from scanner.cli.tool import judged

        opened = open_bundle(bundle)
        review = judged(opened, load_lens())
        if form == "asff":
            from scanner.outputs.asff import asff_batches

            if not (region or review.scan.regions):
                fail("--format asff needs --region: the scan saw none.", Exit.USAGE)
            write_out(asff_batches(review, region or review.scan.regions[0], account), out)
        elif form == "markdown":
            from scanner.outputs.summary import summary_markdown
            from scanner.review.diff import NotComparableError, compare

            try:
                changes = compare(judged(open_bundle(since), load_lens()), review) if since is not None else []
            except NotComparableError as error:
                fail(str(error), Exit.USAGE)
            write_out(summary_markdown(review, changes), out)
        else:
            write_out(_content(form, review, opened), out)


def _content(form: str, review: "Review", opened: "Bundle") -> str | bytes:
    if form == "xlsx":
        from scanner.outputs.workbook import workbook

        return workbook(review, opened.readings(), opened.records("calls"))
    if form == "csv":
        from scanner.outputs.table import findings_csv

        return findings_csv(review)
    if form == "junit":
        from scanner.outputs.junit import junit_xml

        return junit_xml(review)
    if form == "oscal":
        from scanner.outputs.oscal import oscal_json

        return oscal_json(review)
    if form == "ocsf":
        try:
            from scanner.outputs.ocsf import ocsf_lines
        except ModuleNotFoundError as missing:
            fail(f"--format ocsf needs {missing.name}: pip install 'wafr[ocsf]'.", Exit.USAGE)
        return ocsf_lines(review)
    from scanner.review.written import review_json

    return b"".join(review_json(review))

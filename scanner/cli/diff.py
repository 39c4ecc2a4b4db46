"""`wafr diff` and `wafr rereview`: what became of the HRIs between two bundles."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.common import (
    BundleArgument,
    ConfigOption,
    Exit,
    FormatOption,
    LogFormatOption,
    ProfileOption,
    QuietOption,
    as_json,
    fail,
    load_lens,
    one_line_errors,
    one_of,
)
from scanner.cli.written import OutFile, write_out

if TYPE_CHECKING:
    from scanner.review.build import Lens
    from scanner.review.diff import QuestionChange
    from scanner.review.document import Review


def diff(old: BundleArgument, new: BundleArgument, form: FormatOption = "table") -> None:
    """Tell which high-risk issues closed, stayed, came (back) or are no longer known between two bundles.

    Exit 0 if all closed, 1 if any is open or new, 3 if any is no longer known.
    """
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        lens = load_lens()
        _tell(_stored(old, lens), _stored(new, lens), form, None)


def rereview(
    against: Annotated[Path, typer.Option("--against", help="Bundle of the review before.", show_default=False)],
    bundle: Annotated[
        Path | None, typer.Argument(help="Bundle of the re-review. [default: scan now]", show_default=False)
    ] = None,
    config: ConfigOption = None,
    profile: ProfileOption = None,
    scan_out: Annotated[Path | None, typer.Option("--scan-out", help="Folder for the bundle of a scan now.")] = None,
    out: OutFile = None,
    form: Annotated[str, typer.Option("--format", help="`markdown`, `table` or `json`.")] = "markdown",
    quiet: QuietOption = False,  # noqa: FBT002
    log_format: LogFormatOption = "text",
) -> None:
    """Show whether the high-risk issues of a review have closed, each with its proof. Without a bundle, scan now.

    Exit 0 if all closed, 1 if any is open or new, 3 if any is no longer known.
    """
    one_of(form, ("markdown", "table", "json"), "--format")
    one_of(log_format, ("text", "json"), "--log-format")
    with one_line_errors():
        lens = load_lens()
        before = _stored(against, lens)
        if bundle is not None:
            after = _stored(bundle, lens)
        else:
            from scanner.cli.scan import run_scan
            from scanner.config import load_config

            settings = load_config(config, {"profile": profile, "out": str(scan_out) if scan_out else None})
            run = run_scan(settings, lens, resume=False, quiet=quiet, log_format=log_format, session_policy=None)
            after = run.review
        _tell(before, after, form, out)


def _tell(before: "Review", after: "Review", form: str, out: Path | None) -> None:
    from scanner.outputs.closing import closing_markdown
    from scanner.review.diff import Change, NotComparableError, compare, verdict

    try:
        changes = compare(before, after)
    except NotComparableError as error:
        fail(str(error), Exit.USAGE)
    if form == "json":
        as_json([_plain(change) for change in changes])
    elif form == "markdown":
        write_out(closing_markdown(before, after, changes), out, told="Closing report")
    else:
        for one in changes:
            typer.echo(f"{one.change:16}  {one.number}  {one.title}")
            for proof in one.proofs:
                typer.echo(f"{'':18}{proof.change}: {proof.resource}: {proof.now}  [{proof.check}]")
        typer.echo(verdict(changes))
    states = {one.change for one in changes}
    if states & {Change.STILL_OPEN, Change.NEW, Change.REGRESSED}:
        raise typer.Exit(int(Exit.GATE))
    raise typer.Exit(int(Exit.INCOMPLETE if Change.NO_LONGER_KNOWN in states else Exit.OK))


def _plain(change: "QuestionChange") -> dict[str, Any]:
    return asdict(change)


def _stored(folder: Path, lens: "Lens") -> "Review":
    from scanner.bundle.opened import open_bundle
    from scanner.cli.tool import judged

    return judged(open_bundle(folder), lens)

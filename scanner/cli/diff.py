"""`wafr diff`: what became of the HRIs between two bundles."""

from typing import TYPE_CHECKING

import typer

from scanner.cli.common import BundleArgument, Exit, FormatOption, as_json, fail, load_lens, one_line_errors, one_of

if TYPE_CHECKING:
    from pathlib import Path

    from scanner.review.build import Lens
    from scanner.review.document import Review


def diff(old: BundleArgument, new: BundleArgument, form: FormatOption = "table") -> None:
    """Tell which high-risk issues closed, stayed, came or are no longer known between two bundles.

    Exit 0 if all closed, 1 if any is open or new, 3 if any is no longer known.
    """
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.review.diff import Change, NotComparableError, compare

        lens = load_lens()
        try:
            changes = compare(_judged(old, lens), _judged(new, lens))
        except NotComparableError as error:
            fail(str(error), Exit.USAGE)
        if form == "json":
            as_json([{**_plain(c), "because": list(c.because)} for c in changes])
        else:
            for one in changes:
                typer.echo(f"{one.change:16}  {one.number}  {one.title}")
                for line in one.because:
                    typer.echo(f"{'':18}{line}")
            counts = {change: sum(one.change is change for one in changes) for change in Change}
            typer.echo(", ".join(f"{count} {change}" for change, count in counts.items()))
        states = {one.change for one in changes}
        if states & {Change.STILL_OPEN, Change.NEW}:
            raise typer.Exit(int(Exit.GATE))
        raise typer.Exit(int(Exit.INCOMPLETE if Change.NO_LONGER_KNOWN in states else Exit.OK))


def _plain(change: object) -> dict[str, str]:
    return {name: str(getattr(change, name)) for name in ("question", "number", "title", "change")}


def _judged(folder: "Path", lens: "Lens") -> "Review":
    from scanner.bundle.opened import open_bundle
    from scanner.run import judge

    return judge(open_bundle(folder), lens)

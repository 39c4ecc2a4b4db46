"""`wafr explain`: a practice, a check or a finding, down to the answer of AWS and its digest."""

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.common import Exit, fail, load_lens, one_line_errors


def explain(
    name: Annotated[str, typer.Argument(help="A practice (SEC08-BP01), a choice id, a check or a finding's id.")],
    bundle: Annotated[
        Path | None, typer.Option("--bundle", "-b", help="Bundle to explain it from. [default: the newest]")
    ] = None,
) -> None:
    """Explain a practice, a check or a finding from a bundle: down to the reading and its digest."""
    with one_line_errors():
        from scanner.bundle.opened import open_bundle
        from scanner.review.explain import explain as lines_of
        from scanner.run import judge

        opened = open_bundle(bundle or _newest())
        lines = lines_of(name, judge(opened, load_lens()), opened.readings())
        if not lines:
            fail(
                f"{name!r} is no practice, check or finding of this bundle. Practices look like SEC08-BP01.", Exit.USAGE
            )
        for line in lines:
            typer.echo(line)


def _newest() -> Path:
    """The newest bundle in this folder, whose names hold their time."""
    found = sorted(path for path in Path().glob("wafr-*") if (path / "manifest.json").exists())
    if not found:
        fail("there is no bundle in this folder. Name one with --bundle.", Exit.USAGE)
    return found[-1]

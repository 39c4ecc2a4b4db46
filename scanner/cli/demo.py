"""`wafr demo`: the whole road on an emulated account, on this machine and without AWS."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import Exit, FormatOption, fail, load_lens, one_line_errors, one_of, show

if TYPE_CHECKING:
    from scanner.run import Run


def demo(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of the bundle. [default: wafr-TIME]")] = None,
    form: FormatOption = "table",
) -> None:
    """Play a first review of an emulated company's account, on this machine and without AWS."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.run import default_folder

        folder = out or default_folder()
        sys.stderr.write("Making Ledgerlane's account on an emulated AWS …\n")
        run = _scan(folder)
        show(run.review, form)
        if form == "table":
            typer.echo(f"\nThe bundle is in {folder} (root {run.manifest.root[:16]}…). Look further:")
            typer.echo(f"  wafr explain SEC08-BP01 --bundle {folder}")
            typer.echo(f"  wafr evaluate {folder} --format json")
            typer.echo(f"  wafr verify {folder}")


def _scan(folder: Path) -> "Run":
    """Scan the demo's account into a bundle, as `wafr scan` would with the demo's configuration and claims."""
    try:
        from fixtures.demo.scene import CLAIMS, CONFIG, ledgerlane
    except ModuleNotFoundError as missing:
        fail(f"the demo needs an emulated AWS ({missing.name}): pip install 'wafr[demo]'", Exit.USAGE)
    from scanner.bundle.journal import Journal
    from scanner.cli.common import declared
    from scanner.cli.progress import Progress
    from scanner.config import load_config
    from scanner.run import collect, places

    with ledgerlane() as environment:
        os.environ.update(environment)
        config = load_config(CONFIG, {"claims": str(CLAIMS)}, environment={})
        lens = load_lens()
        with Journal(folder) as journal, Progress(quiet=False, log_format="text") as progress:
            said = declared(config, lens)
            return collect(places(config), lens, said, config, journal, progress.tell, lambda: False)

"""`wafr demo`: the whole road on an emulated account, on this machine and without AWS."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import Exit, FormatOption, fail, load_lens, one_line_errors, one_of, show

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.review.build import Lens
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
        run, prefilled = _play(folder)
        show(run.review, form)
        if form == "table":
            typer.echo("\n" + "\n".join(prefilled))
            typer.echo(f"\nThe bundle is in {folder} (root {run.manifest.root[:16]}…). Look further:")
            typer.echo(f"  wafr explain SEC08-BP01 --bundle {folder}")
            typer.echo(f"  wafr evaluate {folder} --format json")
            typer.echo(f"  wafr verify {folder}")


def _play(folder: Path) -> "tuple[Run, list[str]]":
    """Scan the demo's account into a bundle, as `wafr scan` would with its configuration and claims, and pre-fill the review."""
    try:
        from fixtures.demo.scene import CLAIMS, CONFIG, answer_review, client_at, ledgerlane
    except ModuleNotFoundError as missing:
        fail(f"the demo needs an emulated AWS ({missing.name}): pip install 'wafr[demo]'", Exit.USAGE)
    from scanner.bundle.journal import Journal
    from scanner.cli.progress import Progress
    from scanner.config import load_config
    from scanner.review.declared import declared
    from scanner.run import collect, places

    with ledgerlane() as environment:
        os.environ.update(environment)
        config = load_config(CONFIG, {"claims": str(CLAIMS)}, environment={})
        lens = load_lens()
        with Journal(folder) as journal, Progress(quiet=False, log_format="text") as progress:
            said = declared(config, lens)
            run = collect(places(config), lens, said, config, journal, progress.tell, lambda: False)
        answer_review(client_at(environment["AWS_ENDPOINT_URL"])("wellarchitected", config.tool.region))
        return run, _prefill(folder, run, config, lens)


def _prefill(folder: Path, run: "Run", config: "Config", lens: "Lens") -> list[str]:
    """Plan and apply as `wafr prefill` would with `--unselect refuted`, and tell what was predicted and what was read back."""
    from datetime import UTC, datetime

    from scanner.cli.tool import OFFICIAL, labels_of, workload_in
    from scanner.watool.access import open_tool
    from scanner.watool.apply import apply_plan
    from scanner.watool.evidence import from_review
    from scanner.watool.ledger import held
    from scanner.watool.lenses import official_basis, read_back, review_of
    from scanner.watool.plan import Options
    from scanner.watool.prepare import prepare

    access, labels = open_tool(config), labels_of(lens)
    workload = workload_in(access, config)
    review, evidence = review_of(access.tool, workload, OFFICIAL), from_review(run.review, OFFICIAL)
    options, at = Options(unselect_refuted=True), datetime.now(UTC)
    prepared = prepare(access.tool, workload, review, official_basis(), evidence, options, at)
    with held(folder / "prefill" / "ledger.jsonl") as ledger:
        apply_plan(access.tool, prepared.plan, ledger, who=access.who, now=lambda: datetime.now(UTC))
    after = read_back(access.tool, workload.id, OFFICIAL)

    def told(what: str, questions: tuple[str, ...]) -> str:
        return f"  {what} {len(questions)}: {', '.join(labels[question] for question in questions) or 'none'}"

    before = tuple(claim.id for claim in prepared.claims if claim.risk == "HIGH")
    return [
        "PRE-FILLED INTO THE WELL-ARCHITECTED TOOL (emulated, with `--unselect refuted`), HIGH-RISK ISSUES:",
        told("as the team answered", before),
        told("predicted before writing", prepared.predicted_high),
        told("read back after writing", after.high),
        f"  {len(after.differences)} questions whose risk the Tool tells otherwise than we do",
    ]

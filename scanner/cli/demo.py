"""`wafr demo`: a review and its re-review on an emulated account, on this machine and without AWS."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.common import Exit, FormatOption, fail, load_lens, one_line_errors, one_of, show
from scanner.cli.written import write_out

if TYPE_CHECKING:
    from scanner.config import Config
    from scanner.review.build import Lens
    from scanner.review.diff import QuestionChange
    from scanner.run import Run
    from scanner.watool.plan import Options


def demo(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of the bundle. [default: wafr-TIME]")] = None,
    relapse: Annotated[  # noqa: FBT002
        bool, typer.Option("--relapse", help="One fix is undone before the re-review, and one read is refused.")
    ] = False,
    form: FormatOption = "table",
) -> None:
    """Play a review of an emulated company's account, the fixes, and the re-review, on this machine and without AWS."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        from scanner.run import default_folder

        folder = out or default_folder()
        played = _play(folder, relapse=relapse)
        show(played.first.review, form)
        if form == "table":
            typer.echo("\n" + "\n".join(played.told))
            typer.echo(f"\nThe first bundle is in {folder} (root {played.first.manifest.root[:16]}…). Look further:")
            typer.echo(f"  wafr explain SEC08-BP01 --bundle {folder}")
            typer.echo(f"  wafr access alias/production --bundle {folder}")
            typer.echo(f"  wafr diff {folder} {_beside(folder, 'rereview')}")
            typer.echo(f"  wafr verify {folder}")
            typer.echo(f"  open {_beside(folder, 'report.html')} in a browser")


@dataclass(frozen=True)
class Played:
    """The first review, and what happened after it, in lines."""

    first: "Run"
    told: list[str]


def _beside(folder: Path, name: str) -> Path:
    return folder.with_name(f"{folder.name}-{name}")


def _play(folder: Path, *, relapse: bool) -> Played:
    """Claims, scan, pre-fill with a milestone, fixes, re-review with its proof, and the Tool again."""
    try:
        from fixtures.demo.scene import CLAIMS, CONFIG, answer_review, client_at, ledgerlane, mend
        from fixtures.demo.scene import relapse as fall_back
    except ModuleNotFoundError as missing:
        fail(f"the demo needs an emulated AWS ({missing.name}): pip install 'wafr[demo]'", Exit.USAGE)
    from scanner.config import load_config
    from scanner.review.diff import compare
    from scanner.watool.plan import Options

    _step("Making Ledgerlane's account on an emulated AWS")
    with ledgerlane() as environment:
        os.environ.update(environment)
        config = load_config(CONFIG, {"claims": str(CLAIMS)}, environment={})
        lens, client = load_lens(), client_at(environment["AWS_ENDPOINT_URL"])
        first = _scan(folder, config, lens)
        _step("The team's own answers go into the Tool, then the evidence, after a milestone")
        answer_review(client("wellarchitected", config.tool.region))
        told = ["PRE-FILLED INTO THE WELL-ARCHITECTED TOOL (emulated, with `--unselect refuted`), HIGH-RISK ISSUES:"]
        told += _prefill(folder, first, config, lens, Options(unselect_refuted=True), "First review")
        _step("Seven weeks later: the nine are mended" + (", and one of them is undone again" if relapse else ""))
        mend(client)
        if relapse:
            fall_back(client)
        second = _scan(_beside(folder, "rereview"), config, lens)
        changes = compare(first.review, second.review)
        told += ["", *_rereview(folder, first, second, changes)]
        told += ["", "THE TOOL AFTER THE RE-REVIEW (with `--select supported`), HIGH-RISK ISSUES:"]
        options = Options(select_supported=True)
        told += _prefill(_beside(folder, "rereview"), second, config, lens, options, "Re-review")
        return Played(first, told)


def _step(text: str) -> None:
    sys.stderr.write(f"{text} …\n")


def _scan(folder: Path, config: "Config", lens: "Lens") -> "Run":
    """As `wafr scan` would with the demo's configuration and claims."""
    from scanner.bundle.journal import Journal
    from scanner.cli.progress import Progress
    from scanner.review.declared import declared
    from scanner.run import collect, places

    with Journal(folder) as journal, Progress(quiet=False, log_format="text") as progress:
        said = declared(config, lens)
        return collect(places(config), lens, said, config, journal, progress.tell, lambda: False)


def _rereview(folder: Path, first: "Run", second: "Run", changes: "list[QuestionChange]") -> list[str]:
    """The closing report and the report with its trend, beside the bundles; what became of each issue, in lines."""
    from scanner.outputs.closing import closing_markdown
    from scanner.outputs.html.page import Around, report_html
    from scanner.review.diff import verdict
    from scanner.review.history import trend

    closing, page = _beside(folder, "closing.md"), _beside(folder, "report.html")
    write_out(closing_markdown(first.review, second.review, changes), closing, told="Closing report")
    readings = _readings(_beside(folder, "rereview"))
    past = trend([first.review, second.review])
    write_out(report_html(second.review, Around(readings, past)), page, told="Report")
    lines = [f"RE-REVIEW: {verdict(changes)}"]
    for one in changes:
        lines.append(f"  {one.change:16} {one.number}  {one.title}")
        lines += [
            f"      {proof.resource}: {proof.now}  {proof.evidence[0][:16]}"
            for proof in one.proofs[:2]
            if proof.evidence
        ]
        lines += [f"      {proof.resource}: {proof.now}" for proof in one.proofs[:2] if not proof.evidence]
    return lines


def _readings(folder: Path) -> tuple[Any, ...]:
    from scanner.bundle.opened import open_bundle

    return tuple(open_bundle(folder).readings())


def _prefill(folder: Path, run: "Run", config: "Config", lens: "Lens", options: "Options", milestone: str) -> list[str]:
    """Plan and apply as `wafr prefill` would, and tell what was predicted and what was read back."""
    from datetime import UTC, datetime

    from scanner.cli.tool import OFFICIAL, labels_of, workload_in
    from scanner.watool.access import open_tool
    from scanner.watool.apply import apply_plan
    from scanner.watool.evidence import from_review
    from scanner.watool.ledger import held
    from scanner.watool.lenses import official_basis, read_back, review_of
    from scanner.watool.prepare import prepare

    access, labels = open_tool(config), labels_of(lens)
    workload = workload_in(access, config)
    review, evidence = review_of(access.tool, workload, OFFICIAL), from_review(run.review, OFFICIAL)
    at = datetime.now(UTC)
    prepared = prepare(access.tool, workload, review, official_basis(), evidence, options, at)
    with held(folder / "prefill" / "ledger.jsonl") as ledger:
        apply_plan(
            access.tool, prepared.plan, ledger, who=access.who, now=lambda: datetime.now(UTC), milestone=milestone
        )
    after = read_back(access.tool, workload.id, OFFICIAL)

    def told(what: str, questions: tuple[str, ...]) -> str:
        return f"  {what} {len(questions)}: {', '.join(labels[question] for question in questions) or 'none'}"

    before = tuple(claim.id for claim in prepared.claims if claim.risk == "HIGH")
    return [
        told("as the answers stood", before),
        told("predicted before writing", prepared.predicted_high),
        told("read back after writing", after.high),
        f"  {len(after.differences)} questions whose risk the Tool tells otherwise than we do; milestone {milestone!r}",
    ]

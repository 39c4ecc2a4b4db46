"""`wafr prefill`: plan, apply, undo. Nothing is written that was not planned and shown before."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import BundleArgument, ConfigOption, Exit, FormatOption, as_json, fail, load_lens, one_of
from scanner.cli.tool import (
    OFFICIAL,
    LensOption,
    MappingsOption,
    ToolExternalIdOption,
    ToolProfileOption,
    ToolRegionOption,
    ToolRoleOption,
    WorkloadOption,
    judged,
    labels_of,
    lens_of,
    tool_config,
    tool_errors,
    workload_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.watool.plan import Plan
    from scanner.watool.writing import Result

PLAN = "plan.json"
LEDGER = "ledger.jsonl"

app = typer.Typer(
    help="Pre-fill a review in the Well-Architected Tool: plan, apply, undo.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("plan")
def plan(
    bundle: BundleArgument,
    workload: WorkloadOption = None,
    lens: LensOption = OFFICIAL,
    mappings: MappingsOption = None,
    select: Annotated[
        str,
        typer.Option("--select", help="`verified` selects what is proven; `supported` also what evidence supports."),
    ] = "verified",
    unselect: Annotated[
        str,
        typer.Option("--unselect", help="`none` leaves every tick; `refuted` takes back those that evidence refutes."),
    ] = "none",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File. [default: BUNDLE/prefill/plan.json]")] = None,
    config: ConfigOption = None,
    profile: ToolProfileOption = None,
    role_arn: ToolRoleOption = None,
    external_id: ToolExternalIdOption = None,
    region: ToolRegionOption = None,
    form: FormatOption = "table",
) -> None:
    """Lay a bundle's evidence beside the answers in the Tool, and write down and show what would change. Writes no answer."""
    one_of(form, ("table", "json"), "--format")
    one_of(select, ("verified", "supported"), "--select")
    one_of(unselect, ("none", "refuted"), "--unselect")
    with tool_errors():
        from scanner.bundle.files import write_whole
        from scanner.bundle.opened import open_bundle
        from scanner.cli.prefill_shown import as_document, show_plan
        from scanner.watool.access import open_tool
        from scanner.watool.evidence import from_review
        from scanner.watool.lenses import basis_of, review_of
        from scanner.watool.plan import Options, dump_plan
        from scanner.watool.prepare import prepare

        opened = open_bundle(bundle)
        settings = tool_config(config, workload, profile, role_arn, external_id, region)
        access = open_tool(settings)
        found = workload_in(access, settings)
        review = review_of(access.tool, found, lens)
        basis = basis_of(access.tool, review)
        judging = lens_of(load_lens(), basis, mappings)
        said = judged(opened, judging)
        options = Options(select_supported=select == "supported", unselect_refuted=unselect == "refuted")
        made_at = datetime.now(UTC).replace(microsecond=0)
        prepared = prepare(access.tool, found, review, basis, from_review(said, review.alias), options, made_at)
        path = out or _later(bundle, PLAN)
        write_whole(path, dump_plan(prepared.plan).encode())
        high = [question.question for question in said.high_risks] if basis.rules is None else []
        if form == "json":
            as_json(as_document(prepared, path, high))
        else:
            show_plan(prepared, labels_of(judging), high)
            typer.echo(
                f"\nThe plan is in {path} (digest {prepared.plan.digest[:16]}…). Nothing was written to the Tool."
            )
            if prepared.plan.questions:
                typer.echo(f"  wafr prefill apply {path}")


@app.command("apply")
def apply(
    plan: Annotated[Path, typer.Argument(help="A plan that `wafr prefill plan` wrote.", show_default=False)],
    milestone: Annotated[
        str | None, typer.Option("--milestone", help="Record a milestone of this name before the first write.")
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", "-b", help="The plan's bundle, where the ledger is kept. [default: around PLAN]"),
    ] = None,
    config: ConfigOption = None,
    profile: ToolProfileOption = None,
    role_arn: ToolRoleOption = None,
    external_id: ToolExternalIdOption = None,
    region: ToolRegionOption = None,
    form: FormatOption = "table",
) -> None:
    """Write a plan to the Tool where the answers still stand as it saw them. Run it again to go on where it stopped."""
    one_of(form, ("table", "json"), "--format")
    with tool_errors():
        from scanner.cli.prefill_shown import applied_document, show_applied
        from scanner.watool.access import open_tool
        from scanner.watool.apply import apply_plan
        from scanner.watool.ledger import held
        from scanner.watool.lenses import read_back

        planned = _read_plan(plan)
        path = _later(_bundle_of(plan, bundle, planned), LEDGER)
        access = open_tool(tool_config(config, None, profile, role_arn, external_id, region))
        if form == "table":
            typer.echo(f"{planned.workload_name}: {len(planned.questions)} questions to write, as {access.who}")
        try:
            with held(path) as ledger:
                done = apply_plan(access.tool, planned, ledger, who=access.who, now=_now, milestone=milestone)
        except KeyboardInterrupt:
            fail(f"interrupted. Go on with: wafr prefill apply {plan}", Exit.INTERRUPTED)
        after = read_back(access.tool, planned.workload_id, planned.lens)
        if form == "json":
            as_json(applied_document(done, after, path))
        else:
            show_applied(done, after, path)
        raise typer.Exit(int(_ended(done.results, done.not_tried)))


@app.command("undo")
def undo(
    ledger: Annotated[Path, typer.Argument(help="A ledger, or the bundle that it is in.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be put back.")] = False,  # noqa: FBT002
    config: ConfigOption = None,
    profile: ToolProfileOption = None,
    role_arn: ToolRoleOption = None,
    external_id: ToolExternalIdOption = None,
    region: ToolRegionOption = None,
    form: FormatOption = "table",
) -> None:
    """Put the old answers back, where nobody has touched them since the pre-fill."""
    one_of(form, ("table", "json"), "--format")
    with tool_errors():
        from scanner.cli.prefill_shown import results_document, show_results
        from scanner.watool.access import open_tool
        from scanner.watool.apply import undo as put_back
        from scanner.watool.ledger import held

        path = ledger / "prefill" / LEDGER if ledger.is_dir() else ledger
        if not path.is_file():
            fail(f"{path} is no ledger: nothing was applied from there.", Exit.USAGE)
        access = open_tool(tool_config(config, None, profile, role_arn, external_id, region))
        try:
            with held(path) as book:
                results = put_back(access.tool, book, who=access.who, now=_now, dry_run=dry_run)
        except KeyboardInterrupt:
            fail(f"interrupted. Go on with: wafr prefill undo {ledger}", Exit.INTERRUPTED)
        if form == "json":
            as_json({"results": results_document(results), "ledger": str(path), "dry_run": dry_run})
        else:
            show_results(results)
            if dry_run:
                typer.echo("Nothing was written.")
        raise typer.Exit(int(_ended(results, ())))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _later(bundle: Path, name: str) -> Path:
    """Where in a bundle the pre-fill keeps a file: outside of what the manifest seals."""
    from scanner.bundle.manifest import PREFILL

    return bundle / PREFILL / name


def _read_plan(path: Path) -> "Plan":
    from scanner.watool.plan import load_plan

    try:
        return load_plan(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path} cannot be read: {error}.", Exit.USAGE)


def _bundle_of(path: Path, named: Path | None, planned: "Plan") -> Path:
    """The folder of the bundle that a plan was made from. The evidence must be the plan's, or the ledger would lie."""
    from scanner.bundle.opened import open_bundle

    around = path.resolve().parent
    if named is None and around.name != "prefill":
        fail(f"{path} lies in no bundle: name the bundle with --bundle, the ledger is kept there.", Exit.USAGE)
    folder = named or around.parent
    if open_bundle(folder).evidence.root != planned.evidence_root:
        fail(f"the plan was made from other evidence than that in {folder}. Name its bundle with --bundle.", Exit.USAGE)
    return folder


def _ended(results: "Iterable[Result]", not_tried: "Iterable[str]") -> Exit:
    """The worst of it: refused, then what another run can finish, then what a person changed."""
    from scanner.watool.writing import Outcome

    outcomes = {result.outcome for result in results}
    if Outcome.REFUSED in outcomes:
        return Exit.CREDENTIALS
    if outcomes & {Outcome.FAILED, Outcome.DIFFERS} or list(not_tried):
        sys.stderr.write("wafr: not everything was written. Run the same command again: it goes on where it stopped.\n")
        return Exit.INCOMPLETE
    return Exit.CONFLICT if Outcome.CONFLICT in outcomes else Exit.OK

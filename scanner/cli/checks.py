"""`wafr checks`: what can be asked, and what it means."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.common import (
    Exit,
    FormatOption,
    PillarOption,
    ServiceOption,
    as_json,
    fail,
    load_lens,
    narrow,
    one_line_errors,
    one_of,
)

if TYPE_CHECKING:
    from scanner.judge.discover import Check
    from scanner.review.build import Lens

app = typer.Typer(help="List the checks and facts, or show one.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_checks(pillar: PillarOption = None, service: ServiceOption = None, form: FormatOption = "table") -> None:
    """List the checks and facts."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        whole = load_lens()
        lens = narrow(whole, pillar, service, None)
        entries = [_entry(whole, check) for check in lens.library.checks.values()]
        if form == "json":
            as_json(entries)
            return
        from rich import box
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Column, Table

        table = Table(Column("check", no_wrap=True), "kind", "effort", "proposition", "practices", box=box.SIMPLE_HEAD)
        for entry in entries:
            practices = ", ".join(entry["practices"]) or "–"
            table.add_row(escape(entry["id"]), entry["kind"], entry["effort"], escape(entry["title"]), practices)
        console = Console()
        console.print(table)
        controls = sum(entry["kind"] == "control" for entry in entries)
        services = len({name for entry in entries for name in entry["services"]})
        console.print(f"{controls} controls and {len(entries) - controls} facts over {services} services")


@app.command("show")
def show_check(
    check: Annotated[str, typer.Argument(help="Its id, such as kms.keys_rotate.")], form: FormatOption = "table"
) -> None:
    """Show one check: what it says, what it reads, and which practices it bears on."""
    one_of(form, ("table", "json"), "--format")
    with one_line_errors():
        lens = load_lens()
        found = lens.library.checks.get(check)
        if found is None:
            fail(f"there is no check {check!r}. `wafr checks list` shows all.", Exit.USAGE)
        entry = _entry(lens, found)
        if form == "json":
            as_json(entry)
            return
        typer.echo(f"{entry['id']} ({entry['kind']})\n  {entry['title']}")
        for name in ("why", "fix"):
            if entry[name]:
                typer.echo(f"  {name.capitalize()}: {entry[name]}")
        typer.echo(f"  Reads: {', '.join(entry['reads'])}\n  IAM actions: {', '.join(entry['actions'])}")
        typer.echo(f"  Settings: {entry['settings'] or 'none'}\n  Practices: {', '.join(entry['practices']) or 'none'}")


def _entry(lens: "Lens", check: "Check") -> dict[str, Any]:
    from scanner.evidence.actions import action_of

    kinds = {ancestor for kind in check.signature.kinds for ancestor in kind.lineage()}
    labels = [lens.catalogue.choices[choice][1].label for choice in lens.mappings.choices_of(check.id)]
    return {
        "id": check.id,
        "kind": "control" if check.role == "check" else "fact",
        "title": check.title,
        "why": check.why,
        "fix": check.fix,
        "effort": check.effort if check.role == "check" else "",
        "services": list(check.services),
        "reads": list(check.apis),
        "actions": sorted({action_of(kind.read) for kind in kinds}),
        "settings": {name: list(v) if isinstance(v, tuple) else v for name, v in check.signature.settings.items()},
        "practices": sorted(labels),
    }

"""`wafr`: the commands, one module each. Nothing heavy is imported before a command runs."""

import gc

import typer

from scanner.cli import (
    access,
    bundles,
    checks,
    claims,
    contradictions,
    demo,
    diff,
    explain,
    export,
    notify,
    policy,
    prefill,
    query,
    report,
    roadmap,
    scan,
    who_can,
    workload,
)
from scanner.cli.common import Exit

app = typer.Typer(
    name="wafr",
    help="Live evidence for AWS Well-Architected Framework Reviews. It never says more than the evidence shows.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("demo")(demo.demo)
app.command("scan")(scan.scan)
app.command("evaluate")(bundles.evaluate)
app.command("explain")(explain.explain)
app.command("report")(report.report)
app.command("guide")(report.guide)
app.command("roadmap")(roadmap.roadmap)
app.command("diff")(diff.diff)
app.command("rereview")(diff.rereview)
app.command("history")(report.history)
app.command("notify")(notify.notify)
app.command("export")(export.export)
app.command("query")(query.query)
app.command("who-can")(who_can.who_can)
app.command("access")(access.access)
app.command("contradictions")(contradictions.contradictions)
app.add_typer(prefill.app, name="prefill")
app.add_typer(claims.app, name="claims")
app.add_typer(workload.app, name="workload")
app.add_typer(checks.app, name="checks")
app.command("policy")(policy.policy)
app.command("doctor")(scan.doctor)
app.command("verify")(bundles.verify)
app.command("sign")(bundles.sign)


def version(wanted: bool) -> None:  # noqa: FBT001  (typer's callbacks take the flag's value)
    if wanted:
        from importlib.metadata import version as installed

        typer.echo(f"wafr {installed('wafr')}")
        raise typer.Exit


@app.callback()
def root(
    show_version: bool = typer.Option(  # noqa: FBT001  (typer's way to declare an option)
        False,  # noqa: FBT003
        "--version",
        help="Show the version.",
        callback=version,
        is_eager=True,
    ),
) -> None:
    """Live evidence for AWS Well-Architected Framework Reviews. It never says more than the evidence shows."""


def main() -> None:
    """The entry point: an interrupt that no command handled ends without a traceback."""
    gc.set_threshold(
        50_000, 20, 20
    )  # readings and findings stay until the end: looking through them is a third of the time
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(int(Exit.INTERRUPTED)) from None
    finally:
        gc.freeze()  # the process ends: looking once more through all that it holds takes a tenth of a second and more

"""`wafr roadmap`: what to mend, in which order; and the file in which people plan it."""

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.common import BundleArgument, as_json, load_lens, one_line_errors, one_of
from scanner.cli.written import OutFile, write_out


def roadmap(
    bundle: BundleArgument,
    file: Annotated[
        Path | None, typer.Option("--file", help="roadmap.yaml to make or renew; what people wrote in it stays.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="`table`, `json`, `csv` (Jira) or `markdown`.")] = "table",
    out: OutFile = None,
) -> None:
    """Tell what to mend first: quick wins, then projects, fill-ins and the rest. With --file, keep the plan in a file."""
    one_of(form, ("table", "json", "csv", "markdown"), "--format")
    with one_line_errors():
        from dataclasses import asdict

        from scanner.bundle.opened import open_bundle
        from scanner.cli.tool import judged
        from scanner.outputs.roadmap import roadmap_csv, roadmap_markdown
        from scanner.review import roadmap_file
        from scanner.review.roadmap import roadmap as made

        review = judged(open_bundle(bundle), load_lens())
        items = made(review)
        plans = roadmap_file.plans_in(file) if file else {}
        if file:
            text = roadmap_file.renew(
                file, items, workload=review.workload, at=review.scan.at, root=review.bundle.evidence_root
            )
            roadmap_file.write(file, text)
        if form == "json":
            as_json([{**asdict(item), "plan": dict(plans.get(item.check, {}))} for item in items])
        elif form == "csv":
            write_out(roadmap_csv(items, plans), out)
        elif form == "markdown":
            write_out(roadmap_markdown(items, plans), out)
        else:
            for number, item in enumerate(items, 1):
                plan = plans.get(item.check, {})
                who = plan.get("owner") or ", ".join(item.owners) or "nobody yet"
                typer.echo(f"{number:3}. {item.quadrant:9}  {item.title}")
                typer.echo(
                    f"     closes {', '.join(item.practices)}; {len(item.resources)} resources; {who}; {item.check}"
                )

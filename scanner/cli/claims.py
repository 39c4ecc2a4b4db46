"""`wafr claims`: what people claim in the Tool, as a file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import ConfigOption
from scanner.cli.tool import (
    OFFICIAL,
    ToolExternalIdOption,
    ToolProfileOption,
    ToolRegionOption,
    ToolRoleOption,
    WorkloadOption,
    tool_config,
    tool_errors,
    workload_in,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.judge.catalogue import Catalogue

app = typer.Typer(help="What people claim in the Well-Architected Tool.", no_args_is_help=True, rich_markup_mode=None)


@app.command("pull")
def pull(
    workload: WorkloadOption = None,
    milestone: Annotated[int | None, typer.Option("--milestone", help="Number of a milestone. [default: now]")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write. [default: standard output]")] = None,
    config: ConfigOption = None,
    profile: ToolProfileOption = None,
    role_arn: ToolRoleOption = None,
    external_id: ToolExternalIdOption = None,
    region: ToolRegionOption = None,
) -> None:
    """Write a workload's claims as the file that `wafr scan --claims` and `wafr evaluate --claims` take."""
    with tool_errors():
        from scanner.bundle.files import write_whole
        from scanner.judge.catalogue import load_catalogue
        from scanner.watool.access import open_tool
        from scanner.watool.claims import selected_practices
        from scanner.watool.lenses import review_of

        settings = tool_config(config, workload, profile, role_arn, external_id, region)
        access = open_tool(settings)
        found = workload_in(access, settings)
        review = review_of(access.tool, found, OFFICIAL)
        claims = selected_practices(access.tool.summaries(found.id, OFFICIAL, milestone))
        catalogue = load_catalogue()
        known = {
            question: sorted(chosen & catalogue.choices.keys())
            for question, chosen in claims.items()
            if question in catalogue.by_id
        }
        unknown = sum(len(chosen) for chosen in claims.values()) - sum(len(chosen) for chosen in known.values())
        when = "now" if milestone is None else f"at milestone {milestone}"
        text = f"# Claims of {found.name} ({found.id}), lens version {review.version}, {when}\n" + _yaml(
            catalogue, known
        )
        if out:
            write_whole(out, text.encode())
        else:
            sys.stdout.write(text)
        sys.stderr.write(f"{len(known)} of {len(catalogue.questions)} questions are answered.\n")
        if unknown:
            sys.stderr.write(f"{unknown} selected choices are not in our catalogue and are left out.\n")


def _yaml(catalogue: "Catalogue", claims: "Mapping[str, list[str]]") -> str:
    """The claims in the lens's order, with the names that people use."""
    lines = []
    for question in catalogue.questions:
        if question.id in claims:
            chosen = [choice for choice in question.choices if choice.id in claims[question.id]]
            lines.append(f"{question.id}:{'' if chosen else ' []'} # {question.number}")
            lines += [f"  - {choice.id} # {choice.label}" for choice in chosen]
    return "".join(f"{line}\n" for line in lines)

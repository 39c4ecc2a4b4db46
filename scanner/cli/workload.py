"""`wafr workload`: the workloads of the Tool."""

from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.common import ConfigOption, FormatOption, as_json, one_of
from scanner.cli.tool import (
    ToolExternalIdOption,
    ToolProfileOption,
    ToolRegionOption,
    ToolRoleOption,
    tool_config,
    tool_errors,
)

if TYPE_CHECKING:
    from scanner.watool.client import Tool, Workload
    from scanner.watool.workloads import WorkloadSpec

LENSES_AT_ONCE = 10  # what AssociateLenses takes

app = typer.Typer(
    help="List the workloads of the Well-Architected Tool, or create one.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_workloads(
    config: ConfigOption = None,
    profile: ToolProfileOption = None,
    role_arn: ToolRoleOption = None,
    external_id: ToolExternalIdOption = None,
    region: ToolRegionOption = None,
    form: FormatOption = "table",
) -> None:
    """List the workloads of one region of the Tool, with their lenses."""
    one_of(form, ("table", "json"), "--format")
    with tool_errors():
        from scanner.watool.access import open_tool

        tool = open_tool(tool_config(config, None, profile, role_arn, external_id, region)).tool
        found = sorted(tool.workloads(), key=lambda workload: workload.name)
        if form == "json":
            as_json([_plain(workload) for workload in found])
            return
        for workload in found:
            typer.echo(f"{workload.id}  {workload.name}  ({', '.join(workload.lenses)})")
        typer.echo(f"{len(found)} {'workload' if len(found) == 1 else 'workloads'} in {tool.region}")


@app.command("create")
def create(
    config: ConfigOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without this, it is only shown.")] = False,  # noqa: FBT002
    profile: ToolProfileOption = None,
    role_arn: ToolRoleOption = None,
    external_id: ToolExternalIdOption = None,
    region: ToolRegionOption = None,
    form: FormatOption = "table",
) -> None:
    """Create the workload that wafr.yaml describes, unless it is there; then put the lenses on it that it lacks."""
    one_of(form, ("table", "json"), "--format")
    with tool_errors():
        from scanner.watool.access import open_tool
        from scanner.watool.workloads import spec_of

        settings = tool_config(config, None, profile, role_arn, external_id, region)
        spec = spec_of(settings)
        tool = open_tool(settings).tool
        present = _present(tool, spec.name)
        lacks = [lens for lens in spec.lenses if lens not in present.lenses] if present else list(spec.lenses)
        if form == "table":
            _show(tool, spec, present, lacks, yes=yes)
        made = _make(tool, spec, present, lacks) if yes else present
        if form == "json":
            done = yes and bool(lacks)
            as_json({"workload": _plain(made) if made else None, "lenses_added": lacks if done else [], "done": done})
        elif made:
            typer.echo(f"{made.id}  {made.name}")


def _present(tool: "Tool", name: str) -> "Workload | None":
    from scanner.watool.errors import NotFoundError
    from scanner.watool.workloads import find_workload

    try:
        return find_workload(tool, name)
    except NotFoundError:
        return None


def _show(tool: "Tool", spec: "WorkloadSpec", present: "Workload | None", lacks: list[str], *, yes: bool) -> None:
    if present and not lacks:
        typer.echo(f"The workload is in {tool.region}, with every lens: nothing to do.")
        return
    if present:
        typer.echo(f"The workload is in {tool.region}. Lenses to put on it: {', '.join(lacks)}")
    else:
        typer.echo(f"To create in {tool.region}:")
        for member, value in spec.request.items():
            if member != "ClientRequestToken":
                typer.echo(f"  {member}: {', '.join(value) if isinstance(value, list) else value}")
    if not yes:
        typer.echo("Nothing was written. Run it again with --yes.")


def _make(tool: "Tool", spec: "WorkloadSpec", present: "Workload | None", lacks: list[str]) -> "Workload":
    from scanner.watool.workloads import create_workload

    if present is None:
        return create_workload(tool, spec)
    for first in range(0, len(lacks), LENSES_AT_ONCE):
        tool.associate_lenses(present.id, lacks[first : first + LENSES_AT_ONCE])
    return tool.workload(present.id)


def _plain(workload: "Workload") -> dict[str, object]:
    return {
        "id": workload.id,
        "arn": workload.arn,
        "name": workload.name,
        "owner": workload.owner,
        "lenses": list(workload.lenses),
        "trusted_advisor": workload.trusted_advisor,
    }

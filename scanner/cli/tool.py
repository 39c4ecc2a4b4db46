"""What the commands of the Well-Architected Tool share: options, the way there, and errors as one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.common import Exit, fail, one_line_errors

if TYPE_CHECKING:
    from scanner.bundle.opened import Bundle
    from scanner.config import Config
    from scanner.review.build import Lens
    from scanner.review.document import Review
    from scanner.watool.access import ToolAccess
    from scanner.watool.client import Workload
    from scanner.watool.lenses import LensBasis

WorkloadOption = Annotated[
    str | None, typer.Option("--workload", "-w", help="Name or id of the workload in the Tool. [default: wafr.yaml's]")
]
LensOption = Annotated[str, typer.Option("--lens", help="Alias of the lens; of a custom lens, its ARN.")]
MappingsOption = Annotated[
    Path | None, typer.Option("--mappings", help="Folder of mappings for a custom lens: a YAML file for each question.")
]
ToolProfileOption = Annotated[
    str | None, typer.Option("--profile", help="AWS profile for the Tool. [default: tool.profile, then profile]")
]
ToolRoleOption = Annotated[
    str | None, typer.Option("--role-arn", help="Role for the Tool; the scan's roles are never used.")
]
ToolExternalIdOption = Annotated[str | None, typer.Option("--external-id", help="External id of that role.")]
ToolRegionOption = Annotated[
    str | None, typer.Option("--region", help="Region of the Tool. [default: tool.region, then the profile's]")
]

OFFICIAL = "wellarchitected"


@contextmanager
def tool_errors() -> Iterator[None]:
    """Every error that a user can meet, those of the Tool included, as one line and the right exit code."""
    from scanner.watool.errors import (
        ConflictError,
        InvalidRequestError,
        LedgerError,
        NotFoundError,
        PlanError,
        QuotaError,
        RefusedError,
        ToolError,
    )

    with one_line_errors():
        try:
            yield
        except RefusedError as error:
            fail(str(error), Exit.CREDENTIALS)
        except (ConflictError, InvalidRequestError, LedgerError, NotFoundError, PlanError, QuotaError) as error:
            fail(str(error), Exit.USAGE)
        except ToolError as error:
            fail(str(error), Exit.INCOMPLETE)


def tool_config(
    config: Path | None,
    workload: str | None = None,
    profile: str | None = None,
    role_arn: str | None = None,
    external_id: str | None = None,
    region: str | None = None,
    **more: Any,
) -> "Config":
    """The configuration, with the flags of a command that talks to the Tool."""
    from scanner.config import load_config

    flags = {
        "tool.workload": workload,
        "tool.profile": profile,
        "tool.role_arn": role_arn,
        "tool.external_id": external_id,
        "tool.region": region,
    }
    return load_config(config, {**flags, **more})


def workload_in(access: "ToolAccess", config: "Config") -> "Workload":
    """The workload that flags or configuration name."""
    from scanner.watool.workloads import find_workload

    wanted = config.tool.workload or config.workload.name
    if not wanted:
        fail("which workload? Name it with --workload, or in wafr.yaml under tool.workload.", Exit.USAGE)
    return find_workload(access.tool, wanted)


def lens_of(whole: "Lens", basis: "LensBasis", mappings: Path | None) -> "Lens":
    """The lens to judge with: ours, or a custom one under the user's own mappings."""
    from scanner.judge.mapping import load_mappings
    from scanner.review.build import Lens

    if basis.rules is None:
        return whole
    if mappings is None or not mappings.is_dir():
        fail(
            f"the lens {basis.catalogue.lens} needs --mappings: a folder with a YAML file for each question.",
            Exit.USAGE,
        )
    return Lens(basis.catalogue, load_mappings(mappings, basis.catalogue, whole.library), whole.library)


def judged(bundle: "Bundle", lens: "Lens", claims: Any = None) -> "Review":
    """A bundle's Review, under other claims than it was made with if there are any."""
    from dataclasses import replace

    from scanner.run import declared_in, judge

    said = declared_in(bundle.asked)
    return judge(bundle, lens, said if claims is None else replace(said, claims=claims))


def labels_of(lens: "Lens") -> dict[str, str]:
    """Questions and choices as people call them: SEC08, SEC08-BP02."""
    questions = {question.id: question.number for question in lens.catalogue.questions}
    return questions | {choice.id: choice.label for _, choice in lens.catalogue.choices.values()}

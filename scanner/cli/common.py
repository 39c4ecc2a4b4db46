"""What the commands share: exit codes, options, and errors as one line instead of a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from scanner.review.build import Lens
    from scanner.review.document import Review


class Exit(IntEnum):
    OK = 0
    GATE = 1
    USAGE = 2
    INCOMPLETE = 3
    CREDENTIALS = 4
    CONFLICT = 5
    TAMPERED = 6
    INTERRUPTED = 130


ConfigOption = Annotated[Path | None, typer.Option("--config", "-c", help="Configuration file. [default: wafr.yaml]")]
ProfileOption = Annotated[str | None, typer.Option(help="AWS profile to read with.")]
RegionOption = Annotated[
    list[str] | None, typer.Option("--region", help="Region to scan; repeatable; `all` for all enabled.")
]
ExcludeOption = Annotated[
    list[str] | None, typer.Option("--exclude-region", help="Enabled region to leave out; repeatable.")
]
RoleOption = Annotated[
    list[str] | None, typer.Option("--role-arn", help="Role to read with; one per account, repeatable.")
]
ExternalIdOption = Annotated[
    str | None, typer.Option("--external-id", help="External id that the role's trust policy asks for.")
]
PillarOption = Annotated[str | None, typer.Option("--pillar", help="Only what bears on this pillar.")]
ServiceOption = Annotated[list[str] | None, typer.Option("--service", help="Only checks of this service; repeatable.")]
CheckOption = Annotated[list[str] | None, typer.Option("--check", help="Only this check; repeatable.")]
FormatOption = Annotated[str, typer.Option("--format", help="`table` for people, `json` for programs.")]
ClaimsOption = Annotated[
    Path | None, typer.Option("--claims", help="YAML file of what people claim: question id → selected choice ids.")
]
FailOnOption = Annotated[
    str | None, typer.Option("--fail-on", help="Exit 1 at this evidenced risk: high, medium or none.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]
LogFormatOption = Annotated[str, typer.Option("--log-format", help="`text` or `json` lines on standard error.")]
BundleArgument = Annotated[Path, typer.Argument(help="Folder of a bundle.", show_default=False)]


def fail(message: str, code: Exit) -> NoReturn:
    """End with one line on standard error."""
    sys.stderr.write(f"wafr: {message}\n")
    raise typer.Exit(int(code))


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Every error that a user can meet, as one clear line and the right exit code."""
    from scanner.bundle.files import BundleError
    from scanner.bundle.opened import TamperedError
    from scanner.collect.plan import PlanError
    from scanner.collect.targets import CredentialsError, RegionError
    from scanner.config import ConfigError
    from scanner.judge.discover import DiscoveryError
    from scanner.judge.mapping import MappingError
    from scanner.judge.signature import SignatureError

    try:
        yield
    except TamperedError as error:
        fail(str(error), Exit.TAMPERED)
    except CredentialsError as error:
        fail(str(error), Exit.CREDENTIALS)
    except (BundleError, ConfigError, DiscoveryError, MappingError, PlanError, RegionError, SignatureError) as error:
        fail(str(error), Exit.USAGE)


def one_of(value: str, allowed: tuple[str, ...], option: str) -> str:
    """The value of an option, or a usage error that names what it may be."""
    if value not in allowed:
        fail(f"{option} is {' or '.join(allowed)}, not {value!r}.", Exit.USAGE)
    return value


@cache
def load_lens() -> "Lens":
    """The catalogue, every installed check, and the mappings between them; read once."""
    from scanner.judge.catalogue import lens_folder, load_catalogue
    from scanner.judge.discover import discover
    from scanner.judge.mapping import load_mappings
    from scanner.review.build import Lens

    catalogue, library = load_catalogue(), discover()
    return Lens(catalogue, load_mappings(lens_folder(), catalogue, library), library)


def narrow(lens: "Lens", pillar: str | None, services: list[str] | None, checks: list[str] | None) -> "Lens":
    """The lens with only the checks that were asked for."""
    from scanner.review.build import Lens

    ids = set(lens.library.checks)
    if checks:
        for name in checks:
            if name not in ids:
                fail(f"there is no check {name!r}. `wafr checks list` shows all.", Exit.USAGE)
        ids &= set(checks)
    if services:
        known = {name.partition(".")[0] for name in lens.library.checks}
        for service in services:
            if service not in known:
                fail(f"there are no checks of {service!r}. There are: {', '.join(sorted(known))}.", Exit.USAGE)
        ids = {name for name in ids if name.partition(".")[0] in services}
    if pillar:
        ids &= checks_of_pillar(lens, pillar)
    return Lens(lens.catalogue, lens.mappings, lens.library.only(ids))


def checks_of_pillar(lens: "Lens", pillar: str) -> set[str]:
    """The checks and facts that bear on a pillar, which may be named by its id or as people write it."""
    from scanner.judge.catalogue import PILLARS

    wanted = pillar.lower().replace("-", " ").replace("_", " ")
    found = [key for key, name in PILLARS.items() if wanted in (key.lower(), name.lower(), name.lower().split()[0])]
    if not found:
        fail(f"there is no pillar {pillar!r}. There are: {', '.join(PILLARS)}.", Exit.USAGE)
    mine = {choice for choice, (question, _) in lens.catalogue.choices.items() if question.pillar == found[0]}
    mapped = [mapping for choice, mapping in lens.mappings.choices.items() if choice in mine]
    return {name for mapping in mapped for name in (*mapping.checks, *mapping.facts)}


def outcome(review: "Review", fail_on: str) -> Exit:
    """The exit code of a review: a failed gate before incomplete evidence. Risks that are accepted fail no gate."""
    if review.at_risk(fail_on):
        return Exit.GATE
    return Exit.INCOMPLETE if review.incomplete else Exit.OK


def show(review: "Review", form: str, *, quiet: bool = False) -> None:
    """The review on standard output: for people, or the document and nothing else."""
    from scanner.outputs.terminal import print_review
    from scanner.review.written import review_json

    if form == "json":
        sys.stdout.buffer.writelines(review_json(review))
    elif not quiet:
        print_review(review)


def as_json(value: Any) -> None:
    """A value as JSON on standard output."""
    import json

    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False) + "\n")

"""What people say: their claims, accepted risks, and the settings that they changed. Compared with what exists before anything is done."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scanner.config import DEFAULT_ACCEPTED, Config, ConfigError
from scanner.judge.answer import Claims
from scanner.judge.catalogue import Catalogue
from scanner.judge.discover import Library
from scanner.judge.mapping import MappingError, read_yaml
from scanner.review.accepted import AcceptedRisk, load_accepted
from scanner.review.build import Declared, Lens
from scanner.review.tools import TOOLS

_CLAIMS = TypeAdapter(dict[str, list[str] | None])


def declared(config: Config, lens: Lens) -> Declared:
    """All that the configuration says of the workload, compared with the checks and the catalogue. ConfigError."""
    return Declared(
        workload=config.workload.name,
        claims=load_claims(Path(config.claims), lens.catalogue) if config.claims else {},
        tools=_tools(config.declares, lens),
        settings=settings_of(config.settings, lens.library),
        accepted=_accepted(config, lens),
        owners=config.owners,
    )


def _tools(declares: Mapping[str, str], lens: Lens) -> Mapping[str, str]:
    """The declared tools by kind. ConfigError at a kind that no practice knows: it would excuse nothing, in silence."""
    known = dict.fromkeys(TOOLS) | {
        kind: None for mapping in lens.mappings.choices.values() for kind in mapping.unless_declared
    }
    for kind in declares:
        if kind not in known:
            near = _near(kind, known) or f" Known: {', '.join(sorted(known))}."
            raise ConfigError(f"declares: there is no kind of tool {kind!r}.{near}")
    return declares


def _accepted(config: Config, lens: Lens) -> tuple[AcceptedRisk, ...]:
    default = Path(DEFAULT_ACCEPTED)
    if not config.accepted_risks and not default.exists():
        return ()
    return load_accepted(Path(config.accepted_risks or default), lens.catalogue, lens.library)


def load_claims(path: Path, catalogue: Catalogue) -> Claims:
    """A self-assessment: question id → selected choice ids. ConfigError at a question or choice that the lens does not have."""
    try:
        said = read_yaml(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    except MappingError as error:
        raise ConfigError(str(error)) from None
    try:
        said = _CLAIMS.validate_python({} if said is None else said)
    except ValidationError:
        raise ConfigError(f"{path}: claims are a list of `question: [choices]`.") from None
    claims: dict[str, frozenset[str]] = {}
    for question_id, chosen in said.items():
        question = catalogue.by_id.get(question_id)
        if question is None:
            raise ConfigError(f"{path}: the lens has no question {question_id!r}.{_near(question_id, catalogue.by_id)}")
        known = {choice.id for choice in question.choices}
        for choice in chosen or ():
            if choice not in known and choice != question.none_choice:
                raise ConfigError(
                    f"{path}: {question.number} has no choice {choice!r}.{_near(choice, dict.fromkeys(known))}"
                )
        claims[question.id] = frozenset(chosen or ()) - {question.none_choice}
    return claims


def settings_of(changed: Mapping[str, Mapping[str, Any]], library: Library) -> dict[str, dict[str, Any]]:
    """Changed settings, as the checks' own types. ConfigError at a check, a setting or a value that does not fit."""
    fitting: dict[str, dict[str, Any]] = {}
    for name, values in changed.items():
        check = library.checks.get(name)
        if check is None:
            raise ConfigError(f"settings: there is no check {name!r}.{_near(name, library.checks)}")
        fitting[name] = {}
        for setting, value in values.items():
            default = check.signature.settings.get(setting)
            if setting not in check.signature.settings:
                known = ", ".join(check.signature.settings) or "none"
                raise ConfigError(f"settings: {name} has no setting {setting!r}. It has: {known}.")
            kind: Any = tuple[str, ...] if isinstance(default, tuple) else type(default)
            try:
                fitting[name][setting] = TypeAdapter(kind).validate_python(value)
            except ValidationError:
                raise ConfigError(f"settings: {name}.{setting} is {value!r}; it has to be like {default!r}.") from None
    return fitting


def _near(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""

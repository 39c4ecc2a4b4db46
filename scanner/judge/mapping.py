"""Mappings: which checks bear on which best practice. YAML, one file per question; no logic in it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from scanner.judge.catalogue import Catalogue
from scanner.judge.discover import Library

LARGEST_FILE = 300_000  # characters: ten times the longest of ours
MOST_VALUES = 50_000  # after every alias is followed
DEEPEST = 50  # brackets in brackets: the parser's time grows with the square


class MappingError(Exception):
    """A mapping is wrong; the message names the file, the line and what to do."""


class ChoiceMapping(BaseModel):
    """What bears on one choice.

    `needs`  any failure refutes it. `hints` are shown and decide nothing. `facts` are told to the reviewer.
    `proves` are the needs together enough? `because` says why (or why not).
    `covers` checks that tell whether the needs see everything there is to see. They never refute: until they hold, it is not verified.
    `unless_declared` kinds of outside tools whose declaration turns "not found" into unknown.
    `ask`    what no API can show: for the workshop.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    needs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    proves: bool = False
    because: str = ""
    covers: tuple[str, ...] = ()
    unless_declared: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()

    @property
    def checks(self) -> frozenset[str]:
        return frozenset(self.needs) | frozenset(self.hints) | frozenset(self.covers)


class QuestionMapping(BaseModel):
    """One file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    choices: dict[str, ChoiceMapping]


@dataclass(frozen=True)
class Mappings:
    """All mappings of a lens, by choice id, and the checks that are mapped to nothing on purpose, with the reason.

    `order`: globs over checks → globs over the checks whose fixes come first (`order.yaml`).
    """

    choices: Mapping[str, ChoiceMapping]
    unmapped: Mapping[str, str] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, choice: str) -> ChoiceMapping:
        return self.choices.get(choice) or ChoiceMapping(label="")

    def choices_of(self, check: str) -> tuple[str, ...]:
        """The choices that a check or fact bears on."""
        return tuple(c for c, m in self.choices.items() if check in m.checks or check in m.facts)


def load_mappings(folder: Traversable, catalogue: Catalogue, library: Library) -> Mappings:
    """Every mapping under a folder, compared with the catalogue and the checks that exist."""
    choices: dict[str, ChoiceMapping] = {}
    unmapped: dict[str, str] = {}
    order: dict[str, tuple[str, ...]] = {}
    for path, name in _yaml_files(folder):
        if name == "unmapped.yaml":
            unmapped = dict(read_yaml(path) or {})
        elif name == "order.yaml":
            order = {check: tuple(before) for check, before in (read_yaml(path) or {}).items()}
        if name in ("lens.yaml", "unmapped.yaml", "order.yaml"):
            continue
        mapping = _parse(path)
        _compare(path, mapping, catalogue, library)
        for choice, content in mapping.choices.items():
            if choice in choices:
                raise MappingError(f"{path}: the choice {choice} is mapped in another file too. Keep one of them.")
            choices[choice] = content
    return Mappings(choices, unmapped, order)


def _yaml_files(folder: Traversable) -> Iterator[tuple[Traversable, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _yaml_files(entry)
        elif entry.name.endswith(".yaml"):
            yield entry, entry.name


def read_yaml(path: Traversable) -> Any:
    """Plain YAML 1.2 values; MappingError with the line where it is not YAML. OSError where it cannot be read."""
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise MappingError(f"{path}: over {LARGEST_FILE:,} bytes; nothing that is meant to be here is that long.")
    try:
        text = content.decode("utf-8")
        if _depth(text) > DEEPEST:
            raise MappingError(f"{path}: brackets nested more than {DEEPEST} deep.")
        value = YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError:
        raise MappingError(f"{path}: not in UTF-8.") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise MappingError(f"{path}, line {line}: {error.problem}.") from None
    except (YAMLError, RecursionError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        told = " ".join(str(error).split())[:500]
        raise MappingError(f"{path}: not readable as YAML: {told}.") from None  # what ruamel.yaml raises besides
    _refuse_bomb(path, value)
    return value


def _depth(text: str) -> int:
    """At most how deep brackets stand in brackets; those in quotes count too."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _refuse_bomb(path: Traversable, value: Any) -> None:
    """Aliases of aliases make a page of text as large as one likes, and an alias of itself endless."""
    pending, count = [value], 0
    while pending:
        one = pending.pop()
        count += 1
        if count > MOST_VALUES:
            raise MappingError(f"{path}: over {MOST_VALUES:,} values, aliases followed. Write it out, or use fewer.")
        if isinstance(one, dict):
            pending += [*one, *one.values()]
        elif isinstance(one, list | tuple | set):
            pending += one


def _parse(path: Traversable) -> QuestionMapping:
    try:
        return QuestionMapping.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise MappingError(f"{path}, line {_line(path, where)}: {where}: {first['msg']}.") from None


def _compare(path: Traversable, mapping: QuestionMapping, catalogue: Catalogue, library: Library) -> None:
    question = catalogue.by_id.get(mapping.question)
    if question is None:
        raise MappingError(f"{path}, line {_line(path, 'question')}: the lens has no question {mapping.question!r}.")
    known = {choice.id: choice for choice in question.choices}
    for choice, content in mapping.choices.items():
        where = f"{path}, line {_line(path, choice)}"
        if choice not in known:
            raise MappingError(f"{where}: {question.number} has no choice {choice!r}. It has: {', '.join(known)}.")
        if content.label != known[choice].label:
            raise MappingError(f"{where}: {choice} is {known[choice].label}, not {content.label}.")
        both = set(content.covers) & set(content.needs)
        if both:
            raise MappingError(
                f"{where}: {', '.join(sorted(both))} cannot be a need, which refutes, and cover the needs too."
            )
        for role, names in (("check", content.checks), ("fact", content.facts)):
            for name in names:
                found = library.checks.get(name)
                if found is None or found.role != role:
                    hint = _nearest(name, (c.id for c in library.checks.values() if c.role == role))
                    raise MappingError(f"{path}, line {_line(path, name)}: there is no {role} {name!r}.{hint}")


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else " `wafr checks list` shows all."


def _line(path: Traversable, name: str) -> int:
    """The first line that holds a name: near enough to find it."""
    wanted = name.rpartition(".")[2] if path.read_text(encoding="utf-8").find(name) < 0 else name
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if wanted in line:
            return number
    return 1

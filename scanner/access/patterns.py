"""Patterns of policies: wildcards and policy variables, compiled once and matched often.

Rests on "IAM JSON policy elements: Resource" (wildcards and colons) and "IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

from scanner.access.context import Known, State

Matcher = Callable[[str], bool]
Wildcard = Literal["*", "?"]
# Stars whose length must be searched for: from here on a regular expression could take a day over a hostile pattern.
_MANY_STARS = 3


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves."""

    value: str


@dataclass(frozen=True, slots=True)
class Wild:
    """`*` any characters, `?` exactly one. `within`: it does not cross a colon."""

    kind: Wildcard
    within: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key, 'default'}`; `default` is None where none is given."""

    key: str
    default: str | None


Token = Text | Wild | Variable
Bound = tuple[Text | Wild, ...]
Part = TypeVar("Part", Token, Text | Wild)

_VARIABLE = re.compile(r"\$\{\s*([^{},\s][^{},]*?)\s*(?:,\s*'([^']*)'\s*)?\}")
_ESCAPES = {"${*}": "*", "${?}": "?", "${$}": "$"}
_SCANNER = re.compile(r"\$\{[*?$]\}|" + _VARIABLE.pattern + r"|[*?]|[^$*?]+|\$")


@lru_cache(maxsize=65536)
def tokens(pattern: str, *, variables: bool) -> tuple[Token, ...]:
    """A pattern's parts. Before version 2012-10-17 (`variables` false) `${...}` is text like any other."""
    found: list[Token] = []
    for match in _SCANNER.finditer(pattern):
        part = match.group()
        if part in ("*", "?"):
            found.append(Wild(part))  # type: ignore[arg-type]
        elif part.startswith("${") and variables:
            found.append(Text(_ESCAPES[part]) if part in _ESCAPES else Variable(match.group(1).lower(), match.group(2)))
        elif part.startswith("${"):
            found.extend(Wild(char) if char in "*?" else Text(char) for char in part)  # type: ignore[arg-type]
        else:
            found.append(Text(part))
    return tuple(_joined(found))


def _joined(parts: Sequence[Part]) -> list[Part]:
    """The same parts with neighbouring texts as one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Text) and isinstance(last, Text):
            joined[-1] = Text(last.value + part.value)
        else:
            joined.append(part)
    return joined


def bind(parts: tuple[Token, ...], look: Callable[[str], Known]) -> Bound | State:
    """The parts with every variable replaced by its value, which stands for itself, wildcards in it too.

    ABSENT where a variable has neither a single value nor a default: such a pattern matches nothing ("Where no value
    exists"). OPEN where the value of a variable is not known.
    """
    bound: list[Text | Wild] = []
    state: State | None = None
    for part in parts:
        if not isinstance(part, Variable):
            bound.append(part)
            continue
        value = look(part.key)
        if value is State.OPEN:
            state = state or State.OPEN
        elif isinstance(value, tuple) and len(value) == 1:
            bound.append(Text(value[0]))
        elif part.default is not None:
            bound.append(Text(part.default))
        else:
            state = State.ABSENT
    return state or tuple(_joined(bound))


def without_variables(parts: tuple[Token, ...]) -> Bound | None:
    """The same parts, where none of them is a variable."""
    plain = tuple(part for part in parts if not isinstance(part, Variable))
    return plain if len(plain) == len(parts) else None


def written(parts: Bound) -> str:
    """The text as it stands, wildcards as plain characters: for operators that know none, such as StringEquals."""
    return "".join(part.value if isinstance(part, Text) else part.kind for part in parts)


def resource_parts(parts: Bound) -> Bound:
    """The parts with the colon rule of Resource elements: in the five segments before an ARN's resource, a wildcard stays
    in its segment, except that a `*` which ends its segment may run on over colons.
    """
    colons = 0
    ruled: list[Text | Wild] = []
    for place, part in enumerate(parts):
        if isinstance(part, Text):
            colons += part.value.count(":")
            ruled.append(part)
            continue
        after = parts[place + 1] if place + 1 < len(parts) else None
        ends = after is None or (isinstance(after, Text) and after.value.startswith(":"))
        ruled.append(Wild(part.kind, within=colons < 5 and not (part.kind == "*" and ends)))
    return tuple(ruled)


def segments(parts: Bound) -> tuple[Bound, ...]:
    """The six parts of an ARN pattern, for operators that compare each on its own; fewer where it is no ARN."""
    found: list[list[Text | Wild]] = [[]]
    for part in parts:
        if isinstance(part, Wild):
            found[-1].append(part)
            continue
        pieces = part.value.split(":", 6 - len(found))
        found[-1].append(Text(pieces[0]))
        found.extend([Text(piece)] for piece in pieces[1:])
    return tuple(tuple(piece for piece in segment if piece != Text("")) for segment in found)


@lru_cache(maxsize=65536)
def matcher(parts: Bound) -> Matcher:
    """A function that says whether a whole text matches."""
    if not any(isinstance(part, Wild) for part in parts):
        return written(parts).__eq__
    if parts == (Wild("*"),):
        return _anything
    match parts:
        case (Text(prefix), Wild("*", False)):
            return lambda text: text.startswith(prefix)
    inner_stars = sum(isinstance(part, Wild) and part.kind == "*" for part in parts[:-1])
    if inner_stars >= _MANY_STARS:
        return lambda text: _walk(parts, text)
    expression = re.compile("".join(_expression(part) for part in parts), re.DOTALL)
    return lambda text: expression.fullmatch(text) is not None


def _anything(_text: str) -> bool:
    return True


def _expression(part: Text | Wild) -> str:
    if isinstance(part, Text):
        return re.escape(part.value)
    character = "[^:]" if part.within else "."
    return character + "*" if part.kind == "*" else character


def _walk(parts: Bound, text: str) -> bool:
    """Matches by keeping the set of places that the pattern can have reached: never worse than length times length."""
    places = {0}
    for part in parts:
        if isinstance(part, Text):
            places = {place + len(part.value) for place in places if text.startswith(part.value, place)}
        elif part.kind == "?":
            places = {place + 1 for place in places if place < len(text) and not (part.within and text[place] == ":")}
        else:
            places = _after_star(places, text, within=part.within)
        if not places:
            return False
    return len(text) in places


def _after_star(places: set[int], text: str, *, within: bool) -> set[int]:
    if not within:
        return set(range(min(places), len(text) + 1))
    reached: set[int] = set()
    for place in places:
        end = text.find(":", place)
        reached.update(range(place, (len(text) if end < 0 else end) + 1))
    return reached


@lru_cache(maxsize=65536)
def action_matcher(pattern: str) -> Matcher:
    """Matches actions given in lower case: neither the service nor the name depends on case, and no variable is known."""
    parts = without_variables(tokens(pattern.lower(), variables=False))
    return matcher(parts or ())

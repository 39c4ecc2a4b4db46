"""An example for a conditional decision: values of the open context keys with which the request is allowed.

The values are taken from the open conditions themselves, tried, and kept only if the evaluator then says ALLOW. Not
finding one proves nothing.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice, product

from scanner.access.conditions import CompiledCondition, parse_name
from scanner.access.context import Context, State
from scanner.access.evaluate import judge
from scanner.access.patterns import Text, Variable, tokens
from scanner.access.request import Decision, Example, Outcome, Policies, Request
from scanner.access.truth import Residual
from scanner.evidence.policy import Condition, Effect

Value = tuple[str, ...] | None  # None: the key is absent
MAXIMUM_TRIES = 400
_FILLER = "example"
_ADDRESSES = ("192.0.2.1", "198.51.100.1", "10.0.0.1", "2001:db8::1")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an open condition wants of its key: to hold where the statement allows, to fail where it denies."""

    condition: Condition
    effect: Effect


def decide(request: Request, policies: Policies) -> Decision:
    """May this principal do this to that resource? With an example, where the answer depends on conditions alone.

    Raises nothing, whatever the policies hold. For many requests `judge` gives the same without the example.
    """
    decision = judge(request, policies)
    if decision.outcome is not Outcome.CONDITIONAL or decision.doubts:
        return decision
    return replace(decision, example=find_example(request, policies, decision.residuals))


def find_example(request: Request, policies: Policies, residuals: tuple[Residual, ...]) -> Example | None:
    """The first combination of candidate values that is allowed, if one is among those tried."""
    wishes = [_Wish(condition, residual.ground.effect) for residual in residuals for condition in residual.conditions]
    candidates = _candidates(request, residuals, wishes)
    keys = sorted(candidates)
    for values in islice(_combinations([candidates[key] for key in keys]), MAXIMUM_TRIES):
        example = tuple(zip(keys, values, strict=True))
        filled = replace(request, context=request.context.filled(dict(example)))
        if judge(filled, policies).outcome is Outcome.ALLOW:
            return example
    return None


def _combinations(candidates: list[list[Value]]) -> Iterator[tuple[Value, ...]]:
    """All combinations; those that change one value of the most promising one come first."""
    best = tuple(values[0] for values in candidates)
    yield best
    for place, values in enumerate(candidates):
        for value in values[1:]:
            yield (*best[:place], value, *best[place + 1 :])
    yield from product(*candidates)


def _candidates(request: Request, residuals: Iterable[Residual], wishes: list[_Wish]) -> dict[str, list[Value]]:
    """Values worth trying for every open key, those that grant most wishes first."""
    found: dict[str, dict[Value, None]] = {}
    for wish in wishes:
        for key, value in _suggestions(wish.condition, request.context):
            found.setdefault(key, {})[value] = None
    for residual in residuals:
        pieces = [(piece,) for piece in request.resource.replace("/", ":").split(":") if piece]
        for pattern in residual.resources:
            for key in _variables(pattern):
                found.setdefault(key, {}).update(dict.fromkeys(pieces))
    opened = {key: list(values) for key, values in found.items() if request.context.look(key) is State.OPEN}
    return {
        key: sorted([*values, None], key=lambda value, key=key: -_granted(key, value, wishes))  # type: ignore[misc]
        for key, values in opened.items()
    }


def _granted(key: str, value: Value, wishes: list[_Wish]) -> int:
    context = Context({} if value is None else {key: value}, closed=True)
    about = [wish for wish in wishes if wish.condition.key.lower() == key]
    return sum(
        (CompiledCondition(wish.condition, variables=True).evaluate(context).value == "true")
        is (wish.effect == "Allow")
        for wish in about
    )


def _suggestions(condition: Condition, context: Context) -> Iterator[tuple[str, Value]]:
    """Keys and values: some that satisfy the condition, some that do not."""
    key, name = condition.key.lower(), parse_name(condition.operator)
    for value in condition.values:
        for variable in _variables(value):
            yield variable, (_FILLER,)
        for text in _values(name.base, value, context):
            yield key, (text,)
    yield key, (_FILLER,)


def _values(base: str, value: str, context: Context) -> Iterator[str]:
    if base.startswith("numeric"):
        yield from _numbers(value)
    elif base.startswith("date"):
        yield from _dates(value)
    elif base == "bool":
        yield from ("true", "false")
    elif base.endswith("ipaddress"):
        yield from _addresses(value)
    elif base != "null":
        yield _filled(value, context)


def _filled(pattern: str, context: Context) -> str:
    """A text that the pattern matches: nothing for a star, open variables with the filler that they are offered too."""
    text = ""
    for part in tokens(pattern, variables=True):
        if isinstance(part, Variable):
            known = context.look(part.key)
            text += known[0] if isinstance(known, tuple) and known else _FILLER
        else:
            text += part.value if isinstance(part, Text) else {"*": "", "?": "x"}[part.kind]
    return text


def _variables(pattern: str) -> list[str]:
    return [part.key for part in tokens(pattern, variables=True) if isinstance(part, Variable)]


def _numbers(value: str) -> Iterator[str]:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return
    if number.is_finite() and abs(number) < 10**18:
        yield from (str(number), str(number - 1), str(number + 1))


def _dates(value: str) -> Iterator[str]:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        yield from _numbers(value)
        return
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    for days in (0, -1, 1):
        try:
            moment = aware.astimezone(UTC) + timedelta(days=days)
        except OverflowError:
            continue
        yield moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _addresses(value: str) -> Iterator[str]:
    try:
        yield str(ipaddress.ip_network(value, strict=False)[0])
    except ValueError:
        return
    yield from _ADDRESSES

"""Conditions: true, false, or open because nobody knows the key.

Rests on "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scanner.access.context import Context, State
from scanner.access.operators import OPERATORS, Operator, WrongTypeError
from scanner.access.patterns import Bound, Matcher, Token, Variable, bind, tokens, without_variables
from scanner.access.truth import Truth, all_true, any_true, not_
from scanner.evidence.policy import Condition

Quantifier = Literal["", "forallvalues", "foranyvalue"]


@dataclass(frozen=True, slots=True)
class Name:
    """An operator's name taken apart: `ForAllValues:StringLikeIfExists`."""

    quantifier: Quantifier
    base: str
    if_exists: bool


def parse_name(operator: str) -> Name:
    prefix, colon, rest = operator.lower().partition(":")
    quantifier: Quantifier = ""
    if prefix == "forallvalues":
        quantifier = "forallvalues"
    elif prefix == "foranyvalue":
        quantifier = "foranyvalue"
    elif colon:
        return Name("", operator.lower(), if_exists=False)  # no such prefix: an operator that nobody knows
    base = rest if colon else prefix
    return Name(quantifier, base.removesuffix("ifexists"), base.endswith("ifexists"))


class CompiledCondition:
    """One condition, ready to be asked about many contexts. `keys`: every key that it looks at, in lower case."""

    __slots__ = ("_evaluate", "_matchers", "_name", "_negated", "_operator", "_patterns", "condition", "key", "keys")

    def __init__(self, condition: Condition, *, variables: bool) -> None:
        self.condition = condition
        self.key = condition.key.lower()
        self._name = parse_name(condition.operator)
        operator = OPERATORS.get(self._name.base)
        self._operator = operator
        self._negated = operator is not None and operator.negated
        with_variables = variables and operator is not None and operator.variables
        self._patterns = tuple(tokens(value, variables=with_variables) for value in condition.values)
        self._matchers = tuple(_compiled(operator, parts) for parts in self._patterns) if operator else ()
        named = {part.key for parts in self._patterns for part in parts if isinstance(part, Variable)}
        self.keys = frozenset({self.key} | named)
        self._evaluate = self._choose()

    def _choose(self) -> Callable[[Context], Truth]:
        if self._operator is not None:
            return self._compare
        if self._name.base == "null" and not self._name.quantifier and not self._name.if_exists:
            return self._null
        return lambda _context: Truth.OPEN  # an operator that we do not know must neither grant nor deny

    def evaluate(self, context: Context) -> Truth:
        return self._evaluate(context)

    def _null(self, context: Context) -> Truth:
        """`true`: the key is absent. `false`: it is there and has a value."""
        found = context.look(self.key)
        if found is State.OPEN:
            return Truth.OPEN
        absent = "true" if found is State.ABSENT or not found else "false"
        return any_true(_boolean(value, absent) for value in self.condition.values)

    def _compare(self, context: Context) -> Truth:
        found = context.look(self.key)
        if found is State.OPEN:
            return Truth.OPEN
        if isinstance(found, State):
            return self._without_key()
        if not any(found):
            return self._without_value(found, context)
        truths = [self._holds_for(value, context) for value in found]
        if self._name.quantifier == "forallvalues":
            return all_true(truths)
        if self._name.quantifier == "foranyvalue":
            return any_true(truths)
        every, some = all_true(truths), any_true(truths)
        # AWS asks for a set operator here and does not say what happens without one.
        return every if every is some else Truth.OPEN

    def _without_key(self) -> Truth:
        """A missing key makes IfExists and ForAllValues true, ForAnyValue false, and else only a negation true."""
        if self._name.if_exists or self._name.quantifier == "forallvalues":
            return Truth.TRUE
        if self._name.quantifier == "foranyvalue":
            return Truth.FALSE
        return Truth.TRUE if self._negated else Truth.FALSE

    def _without_value(self, found: tuple[str, ...], context: Context) -> Truth:
        """An empty set, or nothing but empty text: a null data set for the set operators, else text like any other."""
        if self._name.quantifier == "forallvalues":
            return Truth.TRUE
        if self._name.quantifier == "foranyvalue":
            return Truth.FALSE
        return all_true(self._holds_for(value, context) for value in found) if found else self._without_key()

    def _holds_for(self, value: str, context: Context) -> Truth:
        """One value of the request against all of the policy's: any of them, or for a negated operator none of them."""
        matched = any_true(
            self._matches(pattern, matcher, value, context)
            for pattern, matcher in zip(self._patterns, self._matchers, strict=True)
        )
        return not_(matched) if self._negated else matched

    def _matches(
        self, pattern: tuple[Token, ...], compiled: Matcher | State | None, value: str, context: Context
    ) -> Truth:
        if compiled is None:  # the pattern has variables
            bound = bind(pattern, context.look)
            if bound is State.ABSENT:
                return Truth.FALSE
            compiled = bound if isinstance(bound, State) else _matcher(self._operator, bound)
        if isinstance(compiled, State):
            return Truth.OPEN
        try:
            return Truth.TRUE if compiled(value) else Truth.FALSE
        except (
            WrongTypeError
        ):  # the request's value is of another type: it matches nothing, and AWS does not say it differs
            return Truth.OPEN if self._negated else Truth.FALSE


def _compiled(operator: Operator, parts: tuple[Token, ...]) -> Matcher | State | None:
    bound = without_variables(parts)
    return None if bound is None else _matcher(operator, bound)


def _matcher(operator: Operator | None, parts: Bound) -> Matcher | State:
    """OPEN where the policy's value is not of the operator's type: AWS refuses such a policy, so nobody knows its effect."""
    if operator is None:
        return State.OPEN
    try:
        return operator.comparer(parts)
    except WrongTypeError:
        return State.OPEN


def _boolean(value: str, wanted: str) -> Truth:
    if value.lower() not in ("true", "false"):
        return Truth.OPEN
    return Truth.TRUE if value.lower() == wanted else Truth.FALSE

"""The risk rules of a custom lens: parse a condition, evaluate it on the selected choices.

A question of a custom lens carries at most three `riskRules`, each a condition and a risk. They are tried in order; the
first true one wins; the condition `default` is always true. The grammar of a condition:

    or    = and ('||' and)*
    and   = unary ('&&' unary)*
    unary = '!' unary | '(' or ')' | choice id

See "Custom lens format specification" in the user guide of the Well-Architected Tool. Lens files come from anywhere, so
nothing here recurses on its input or runs it: conditions are turned into postfix form with a stack (Dijkstra's shunting
yard) and evaluated with another.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

RuleRisk = Literal["HIGH", "MEDIUM", "NONE"]

DEFAULT = "default"
MAX_CONDITION = 100_000  # characters; a whole lens file may have 500 KB

_RISKS: dict[str, RuleRisk] = {"HIGH_RISK": "HIGH", "MEDIUM_RISK": "MEDIUM", "NO_RISK": "NONE"}
_TOKEN = re.compile(r"\s*(?:(?P<id>[A-Za-z0-9_]+)|(?P<sign>\|\||&&|[!()]))")
_PRECEDENCE = {"||": 1, "&&": 2, "!": 3}


class ConditionError(ValueError):
    """A condition that the grammar does not allow; the message says where and why."""


@dataclass(frozen=True)
class Condition:
    """A parsed condition in postfix form: choice ids and the signs `!`, `&&`, `||`."""

    text: str
    postfix: tuple[str, ...]

    @property
    def choices(self) -> frozenset[str]:
        """The ids of the choices that the condition names."""
        return frozenset(token for token in self.postfix if token not in _PRECEDENCE)

    def holds(self, selected: Iterable[str]) -> bool:
        """Whether the condition is true when exactly `selected` are ticked. `default` always is."""
        if self.text == DEFAULT:
            return True
        ticked = frozenset(selected)
        stack: list[bool] = []
        for token in self.postfix:
            if token == "!":  # noqa: S105 - a sign of the grammar, not a secret
                stack.append(not stack.pop())
            elif token in _PRECEDENCE:
                right, left = stack.pop(), stack.pop()
                stack.append(left and right if token == "&&" else left or right)  # noqa: S105
            else:
                stack.append(token in ticked)
        return stack[0]


@dataclass(frozen=True)
class RiskRule:
    """`risk` is the risk of a question whose selected choices make `condition` true."""

    condition: Condition
    risk: RuleRisk


def parse_condition(text: str) -> Condition:
    """Parse one condition. Raises ConditionError on what is not in the grammar."""
    if len(text) > MAX_CONDITION:
        raise ConditionError(f"the condition has {len(text)} characters; at most {MAX_CONDITION} are read")
    stripped = text.strip()
    if stripped == DEFAULT:
        return Condition(DEFAULT, ())
    return Condition(stripped, _postfix(stripped))


def parse_rules(rules: Iterable[Mapping[str, object]]) -> tuple[RiskRule, ...]:
    """Parse the `riskRules` of one question, as they stand in the lens file.

    Raises ConditionError: a rule without a condition or with an unknown risk is refused as well.
    """
    return tuple(_rule(rule) for rule in rules)


def has_default(rules: Iterable[RiskRule]) -> bool:
    """Whether some rule always applies. Published lenses exist that lack one; then a question may have no risk at all."""
    return any(rule.condition.text == DEFAULT for rule in rules)


def risk_by_rules(rules: Iterable[RiskRule], selected: Iterable[str]) -> RuleRisk | None:
    """The risk of the first rule that is true, or None when no rule is: the lens then says nothing."""
    ticked = frozenset(selected)
    return next((rule.risk for rule in rules if rule.condition.holds(ticked)), None)


def _rule(rule: Mapping[str, object]) -> RiskRule:
    condition, risk = rule.get("condition"), rule.get("risk")
    if not isinstance(condition, str):
        raise ConditionError(f"a risk rule needs a condition, has {condition!r}")
    if not isinstance(risk, str) or risk not in _RISKS:
        raise ConditionError(f"a risk rule needs one of {', '.join(_RISKS)}, has {risk!r}")
    return RiskRule(parse_condition(condition), _RISKS[risk])


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(f"cannot read {text[at : at + 20]!r} at character {at}")
        tokens.append(match["id"] or match["sign"])
        at = match.end()
    return tokens


def _postfix(text: str) -> tuple[str, ...]:
    output: list[str] = []
    waiting: list[str] = []
    operand_next = True
    for token in _tokens(text):
        starts_operand = token in {"!", "("} or token not in {*_PRECEDENCE, ")"}
        if starts_operand != operand_next:
            raise ConditionError(f"{token!r} cannot stand there in {_shortened(text)!r}")
        if token in {"!", "("}:
            waiting.append(token)
        elif token == ")":  # noqa: S105
            _close(waiting, output, text)
        elif token in _PRECEDENCE:
            _pop_stronger(waiting, output, _PRECEDENCE[token])
            waiting.append(token)
            operand_next = True
        else:
            output.append(token)
            operand_next = False
    if operand_next:
        raise ConditionError(f"{_shortened(text)!r} ends where a choice is expected")
    _pop_stronger(waiting, output, 0)
    if waiting:
        raise ConditionError(f"a parenthesis is not closed in {_shortened(text)!r}")
    return tuple(output)


def _pop_stronger(waiting: list[str], output: list[str], precedence: int) -> None:
    """Move the signs that bind at least as strongly to the output, up to an open parenthesis."""
    while waiting and waiting[-1] != "(" and _PRECEDENCE[waiting[-1]] >= precedence:
        output.append(waiting.pop())


def _close(waiting: list[str], output: list[str], text: str) -> None:
    _pop_stronger(waiting, output, 0)
    if not waiting:
        raise ConditionError(f"a parenthesis is closed that was never opened in {_shortened(text)!r}")
    waiting.pop()


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."

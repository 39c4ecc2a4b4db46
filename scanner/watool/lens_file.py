"""The JSON file of a custom lens: its questions, choices and risk rules, as the product needs them.

https://docs.aws.amazon.com/wellarchitected/latest/userguide/lenses-format-specification.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.judge.catalogue import Catalogue, Choice, Question
from scanner.judge.risk_rules import ConditionError, RiskRule, has_default, parse_rules
from scanner.watool.claims import NONE_MARK
from scanner.watool.drift import KnownQuestion


@dataclass(frozen=True, slots=True)
class LensRules:
    """The `riskRules` of a lens file by question, and what is wrong with some: no default, or not to be parsed."""

    rules: Mapping[str, tuple[RiskRule, ...]]
    without_default: tuple[str, ...] = ()
    unreadable: Mapping[str, str] | None = None


def lens_rules(lens_json: str) -> LensRules:
    """The risk rules in a lens file. Raises ValueError when the file is no lens; one bad rule spoils only its question."""
    rules: dict[str, tuple[RiskRule, ...]] = {}
    unreadable: dict[str, str] = {}
    for question in _questions(lens_json):
        try:
            rules[question["id"]] = parse_rules(question.get("riskRules") or [])
        except ConditionError as error:
            unreadable[question["id"]] = str(error)
    return LensRules(rules, tuple(q for q, of in rules.items() if not has_default(of)), unreadable)


def lens_questions(lens_json: str) -> dict[str, KnownQuestion]:
    """What a mapping of a custom lens may name: question id → its choices. Raises ValueError when the file is no lens."""
    known = {}
    for question in _questions(lens_json):
        titles = {str(choice["id"]): str(choice.get("title", "")) for choice in question["choices"]}
        practices = {choice: frozenset({title}) for choice, title in titles.items() if not choice.endswith(NONE_MARK)}
        none_choice = next((choice for choice in titles if choice.endswith(NONE_MARK)), "")
        known[question["id"]] = KnownQuestion(practices, none_choice)
    return known


def lens_catalogue(lens_json: str, lens: str, version: str) -> Catalogue:
    """The lens as mappings are compared with: its ids are its numbers and labels. Raises ValueError when it is no lens.

    A custom lens rates no choice. Each stands as Medium here, and nothing is derived from that: its rules decide on risk.
    """
    titles = {str(each["id"]): str(each.get("title", "")) for each in _questions(lens_json)}
    pillars = {str(q["id"]): str(pillar.get("id", "")) for pillar in _lens(lens_json) for q in pillar["questions"]}
    return Catalogue(
        lens,
        version,
        tuple(
            Question(question, question, titles[question], pillars[question], known.none_choice, _choices(known))
            for question, known in lens_questions(lens_json).items()
        ),
    )


def _choices(known: KnownQuestion) -> tuple[Choice, ...]:
    return tuple(Choice(choice, choice, min(titles), "Medium", "") for choice, titles in known.choices.items())


def _lens(lens_json: str) -> list[dict[str, Any]]:
    return list(json.loads(lens_json)["pillars"])


def _questions(lens_json: str) -> list[dict[str, Any]]:
    try:
        found = [question for pillar in _lens(lens_json) for question in pillar["questions"]]
        if all(isinstance(q["id"], str) and all("id" in choice for choice in q["choices"]) for q in found):
            return found
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"this is no lens file: {error}") from error
    raise ValueError("this is no lens file: a question or choice has no id")

"""Lens drift: the live lens of a workload beside the catalogue that the mappings were written for.

AWS adds, renames and drops questions and choices between versions of a lens. What the catalogue does not know is reported
and never written to.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.judge.catalogue import lens_folder
from scanner.watool.claims import QuestionClaim


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """`choices`: id → the titles under which it is known, in the API or in the documentation."""

    choices: Mapping[str, frozenset[str]]
    none_choice: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs. A choice is (question, choice); a renamed one adds its title in the live lens."""

    new_questions: tuple[str, ...] = ()
    missing_questions: tuple[str, ...] = ()
    new_choices: tuple[tuple[str, str], ...] = ()
    missing_choices: tuple[tuple[str, str], ...] = ()
    renamed_choices: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return self != Drift()


def known_questions(lens: str = "wellarchitected") -> dict[str, KnownQuestion]:
    """The catalogue of a lens: question id → its choices."""
    text = lens_folder(lens).joinpath("catalogue.csv").read_text(encoding="utf-8")
    choices: dict[str, dict[str, frozenset[str]]] = {}
    none_choices: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        titles = frozenset({row["title_api"], row["title_doc"]})
        choices.setdefault(row["question_id"], {})[row["choice_id"]] = titles
        none_choices[row["question_id"]] = row["none_choice_id"]
    return {question: KnownQuestion(of, none_choices[question]) for question, of in choices.items()}


def drift(known: Mapping[str, KnownQuestion], live: Iterable[QuestionClaim]) -> Drift:
    """Compare the catalogue with the questions and choices of the live lens."""
    lived = {question.id: question for question in live}
    both = [(known[question], lived[question]) for question in lived if question in known]
    return Drift(
        new_questions=tuple(question for question in lived if question not in known),
        missing_questions=tuple(question for question in known if question not in lived),
        new_choices=tuple(
            (here.id, choice.id)
            for there, here in both
            for choice in here.choices
            if choice.id not in there.choices and choice.id not in {there.none_choice, here.none_choice}
        ),
        missing_choices=tuple(
            (here.id, choice) for there, here in both for choice in there.choices if choice not in here.by_id
        ),
        renamed_choices=tuple(
            (here.id, choice.id, choice.title)
            for there, here in both
            for choice in here.choices
            if choice.id in there.choices and choice.title not in there.choices[choice.id]
        ),
    )

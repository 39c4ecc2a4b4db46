"""The lens: its pillars, questions, choices and ratings, as data of the project (`mappings/<lens>/`)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from ruamel.yaml import YAML

Rating = Literal["High", "Medium", "Low"]

PILLARS: Mapping[str, str] = {
    "operationalExcellence": "Operational excellence",
    "security": "Security",
    "reliability": "Reliability",
    "performance": "Performance efficiency",
    "costOptimization": "Cost optimization",
    "sustainability": "Sustainability",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One best practice of a question."""

    id: str
    label: str  # SEC08-BP02
    title: str
    rating: Rating
    url: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the lens, its choices in the order of the best practices."""

    id: str
    number: str  # SEC08
    title: str
    pillar: str
    none_choice: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Catalogue:
    """A lens and the version of its content."""

    lens: str
    version: str
    questions: tuple[Question, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def choices(self) -> Mapping[str, tuple[Question, Choice]]:
        return {choice.id: (question, choice) for question in self.questions for choice in question.choices}


def lens_folder(lens: str = "wellarchitected") -> Traversable:
    """Where the data of a lens is."""
    return files("mappings").joinpath(lens)


def load_catalogue(lens: str = "wellarchitected") -> Catalogue:
    """The catalogue that comes with the product."""
    folder = lens_folder(lens)
    about = YAML(typ="safe", pure=True).load(folder.joinpath("lens.yaml").read_text(encoding="utf-8"))
    rows = list(csv.DictReader(folder.joinpath("catalogue.csv").read_text(encoding="utf-8").splitlines()))
    questions: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        questions.setdefault(row["question_id"], []).append(row)
    return Catalogue(about["lens"], str(about["version"]), tuple(_question(rows) for rows in questions.values()))


def _question(rows: list[dict[str, str]]) -> Question:
    first = rows[0]
    choices = tuple(
        Choice(row["choice_id"], row["bp_id"], row["title_doc"], _rating(row["risk"]), row["url"]) for row in rows
    )
    return Question(
        first["question_id"],
        first["question_number"],
        first["question_title_api"],
        first["pillar_id"],
        first["none_choice_id"],
        choices,
    )


def _rating(word: str) -> Rating:
    ratings: dict[str, Rating] = {"High": "High", "Medium": "Medium", "Low": "Low"}
    return ratings[word]

"""What a check's author writes: verdicts, and the marks that make a function a check, a fact or derived evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

Effort = Literal["low", "medium", "high"]

SCAN_TIME = "scan time"
ScanTime = Annotated[datetime, SCAN_TIME]
"""The moment of the scan. A check never asks the clock, so a bundle judged next year gives the same findings."""

T = TypeVar("T")
EVERY_REGION = "every region"
AllRegions = Annotated[list[T], EVERY_REGION]
"""All evidence of a kind over every region of the account. A region that was not scanned makes it unknown."""


@dataclass(frozen=True, slots=True)
class Holds:
    """The proposition is true of this resource."""

    because: str


@dataclass(frozen=True, slots=True)
class Fails:
    """The proposition is false of this resource."""

    because: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The proposition is about something that this resource is not or has not."""

    because: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """All the evidence that a check names is there, and AWS does not tell by it whether the proposition is true.

    The engine makes Unknown of it. Evidence that could not be had never comes to a check, so this is for nothing else.
    """

    because: str


Verdict = Holds | Fails | NotApplicable | CannotTell

MARK = "__wafr__"


@dataclass(frozen=True, slots=True)
class Mark:
    """What discovery looks for on a function."""

    role: Literal["check", "fact", "derived"]
    effort: Effort = "medium"


F = TypeVar("F", bound=Callable[..., Any])


def check(*, effort: Effort) -> Callable[[F], F]:
    """A control: a function from evidence to a verdict. `effort` is that of mending a failure."""

    def mark(function: F) -> F:
        setattr(function, MARK, Mark("check", effort))
        return function

    return mark


def fact(function: F) -> F:
    """Something worth telling a reviewer: a function from evidence to a sentence, or None where there is nothing to tell."""
    setattr(function, MARK, Mark("fact"))
    return function


def derived(function: F) -> F:
    """Evidence made of other evidence: a pure function whose return type checks then name in their signatures."""
    setattr(function, MARK, Mark("derived"))
    return function

"""Prepared answers for the time of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared, PreparedError


def refused(code: str, message: str = "", status: int = 400) -> PreparedError:
    """An error answer."""
    return PreparedError(code=code, message=message, status=status)


@contextmanager
def answering(service: str, **operations: dict[str, Any] | PreparedError | Prepared) -> Iterator[None]:
    """Inside this context a service answers these operations so; what is first in the row of a name's answers wins."""
    forget = [prepare_one(service, name, _prepared(answer)) for name, answer in operations.items()]
    try:
        yield
    finally:
        for one in forget:
            one()


def _prepared(answer: dict[str, Any] | PreparedError | Prepared) -> Prepared:
    if isinstance(answer, Prepared):
        return answer
    if isinstance(answer, PreparedError):
        return Prepared(source="a row of this test", error=answer)
    return Prepared(source="a row of this test", answer=answer)

"""Prepared answers for the time of a test, before those of `fixtures/standins`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared


@contextmanager
def answering(
    service: str, operations: Mapping[str, dict[str, Any]], when: dict[str, Any] | None = None
) -> Iterator[None]:
    """These operations answer so, where the request has these members."""
    forget = [
        prepare_one(service, name, Prepared(source="a row of this test", answer=answer, when=when or {}))
        for name, answer in operations.items()
    ]
    try:
        yield
    finally:
        for one in forget:
            one()

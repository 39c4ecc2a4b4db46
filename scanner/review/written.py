"""The Review as JSON: a record a line, written in pieces, because a large one would take gigabytes as one text."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from scanner.review.document import Review

AT_A_TIME = 1_000


def review_json(review: Review) -> Iterator[bytes]:
    """The document in pieces; the same review gives the same bytes."""
    opening = b"{\n"
    for name, field in Review.model_fields.items():
        key = "schema" if name == "schema_" else name
        yield opening + f'"{key}": '.encode()
        kind: Any = field.annotation
        value = getattr(review, name)
        if isinstance(value, tuple):
            yield from _records(value, kind)
        else:
            yield TypeAdapter[Any](kind).dump_json(value)
        opening = b",\n"
    yield b"\n}\n"


def _records(records: tuple[Any, ...], kind: Any) -> Iterator[bytes]:
    """A list, a record a line."""
    dump = TypeAdapter[Any](kind.__args__[0]).dump_json
    opening = b"["
    for first in range(0, len(records), AT_A_TIME):
        yield opening + b"\n" + b",\n".join(map(dump, records[first : first + AT_A_TIME]))
        opening = b","
    yield b"\n]" if records else b"[]"

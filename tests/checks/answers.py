"""Prepared answers for the time of a test, and several checks judged on one scan of a scene."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner.judge.discover import discover
from tests.emulator import Emulator, Told


@contextmanager
def answering(
    service: str, operations: Mapping[str, dict[str, Any]], when: dict[str, Any] | None = None
) -> Iterator[None]:
    """These operations answer so, before the answers of `fixtures/standins`, where the request has these members."""
    with ExitStack() as prepared:
        for name, answer in operations.items():
            one = Prepared(source="a row of this test", answer=answer, when=when or {})
            prepared.callback(prepare_one(service, name, one))
        yield


def judge_all(
    aws: Emulator,
    service: str,
    names: Iterable[str],
    regions: Iterable[str] = ("us-east-1",),
    at: datetime | None = None,
) -> dict[str, Told]:
    """What each of a service's checks and facts says of one and the same scan, by name."""
    library = discover().only([f"{service}.{name}" for name in names])
    return {id_.partition(".")[2]: told for id_, told in aws.judge_all(library, regions, at).items()}

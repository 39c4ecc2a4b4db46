"""Prepared answers for the time of a test, and several checks judged on one scan of a scene."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner.judge.discover import discover
from scanner.judge.evaluate import evaluate
from tests.emulator import Emulator, Told


@contextmanager
def answering(
    service: str, operations: Mapping[str, dict[str, Any]], when: dict[str, Any] | None = None
) -> Iterator[None]:
    """These operations answer so, before the answers of `fixtures/standins`, where the request has these members."""
    forget = [
        prepare_one(service, name, Prepared(source="a row of this test", answer=answer, when=when or {}))
        for name, answer in operations.items()
    ]
    try:
        yield
    finally:
        for one in forget:
            one()


def judge_all(
    aws: Emulator,
    service: str,
    names: Iterable[str],
    regions: Iterable[str] = ("us-east-1",),
    at: datetime | None = None,
) -> dict[str, Told]:
    """What each of a service's checks and facts says of one and the same scan, by name."""
    library = discover().only([f"{service}.{name}" for name in names])
    findings, facts = evaluate(library, aws.snapshot(library, regions, at), None)
    told: dict[str, Told] = {name: {} for name in names}
    for finding in findings:
        told[finding.check.partition(".")[2]][finding.resource] = (str(finding.verdict), finding.because)
    for fact in facts:
        said = ("told", fact.says) if fact.says else ("unknown", fact.unknown)
        told[fact.fact.partition(".")[2]][fact.resource] = said
    return told

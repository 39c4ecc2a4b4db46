"""The edges of the graph: from whom or what, to what, how, by which statement, resting on which readings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scanner.access.request import Decision, Outcome
from scanner.access.who import ground_text, grounds_of, residual_texts


class Link(StrEnum):
    DECRYPT = "can-decrypt"
    READ = "can-read"
    ASSUME = "can-assume"
    BECOME = "can-become-through"


ADMINISTRATOR = "administrator"  # the node that stands for the powers of the whole account


@dataclass(frozen=True, slots=True)
class Node:
    """`kind`: user, role, root user, group, key, secret, bucket, database, service, external, everyone, administrator."""

    id: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Edge:
    """`how`: the action that does it. `statements`: those that allow it. `certain`: without conditions and doubts.

    `known`: false where it depends on something that was not seen.
    """

    source: str
    target: str
    link: Link
    how: str
    because: str
    statements: tuple[str, ...]
    conditions: tuple[str, ...]
    certain: bool
    known: bool
    digests: tuple[str, ...]


def edge_of(
    source: str,
    target: str,
    link: Link,
    how: str,
    because: str,
    decisions: Iterable[Decision],
    digests: tuple[str, ...],
) -> Edge | None:
    """An edge that takes all of these decisions; None where one of them is a denial."""
    listed = list(decisions)
    if any(one.outcome in (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY) for one in listed):
        return None
    return Edge(
        source,
        target,
        link,
        how,
        because,
        tuple(dict.fromkeys(ground_text(ground) for one in listed for ground in grounds_of(one))),
        tuple(dict.fromkeys(text for one in listed for residual in one.residuals for text in residual_texts(residual))),
        all(one.outcome is Outcome.ALLOW for one in listed),
        not any(one.doubts for one in listed),
        digests,
    )


Digests = Mapping[str, tuple[str, ...]]

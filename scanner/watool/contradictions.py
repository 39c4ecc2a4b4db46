"""Where people's claims and the evidence do not agree. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from scanner.judge.answer import Stance
from scanner.watool.claims import QuestionClaim
from scanner.watool.evidence import ChoiceEvidence, Evidence


class Kind(StrEnum):
    """In the order in which they are told."""

    OVER_CLAIMED = "claimed and refuted"
    UNDER_CLAIMED = "verified and not claimed"
    CLAIMED_UNSEEN = "claimed and unknown"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`resources` refute the claim, by name; `unseen` says why nothing can be said of it."""

    kind: Kind
    question: str
    choice: str
    label: str
    resources: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


def contradictions(claims: Iterable[QuestionClaim], evidence: Evidence) -> list[Contradiction]:
    """Every contradiction: the over-claimed first, and within a kind in the lens's order."""
    found = [each for claim in claims for choice in evidence.of(claim.id) for each in _of(claim, choice)]
    order = list(Kind)
    return sorted(found, key=lambda each: order.index(each.kind))


def _of(claim: QuestionClaim, seen: ChoiceEvidence) -> Iterator[Contradiction]:
    claimed = seen.choice in claim.selected
    if claimed and seen.stance is Stance.REFUTED:
        yield Contradiction(Kind.OVER_CLAIMED, claim.id, seen.choice, seen.label, resources=seen.failed)
    elif claimed and seen.stance is Stance.UNKNOWN:
        yield Contradiction(Kind.CLAIMED_UNSEEN, claim.id, seen.choice, seen.label, unseen=seen.unseen)
    elif not claimed and seen.choice in claim.by_id and seen.stance is Stance.VERIFIED:
        yield Contradiction(Kind.UNDER_CLAIMED, claim.id, seen.choice, seen.label)

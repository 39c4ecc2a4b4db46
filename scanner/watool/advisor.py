"""Trusted Advisor's results for single choices, through the Tool: hints, never proof.

They are there only where the workload has Trusted Advisor activated and the account has a paid support plan. What was not
available or could not be fetched is unknown. See API_CheckDetail.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from scanner.watool.claims import QuestionClaim
from scanner.watool.client import READERS, LensReview, Tool, Workload


class Advice(StrEnum):
    OKAY = "okay"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"


_ADVICE = {"OKAY": Advice.OKAY, "WARNING": Advice.WARNING, "ERROR": Advice.ERROR}


@dataclass(frozen=True, slots=True)
class Hint:
    """One check of Trusted Advisor in one account. `flagged` resources; `because` says why it is unknown."""

    question: str
    choice: str
    check: str
    name: str
    account: str
    advice: Advice
    flagged: int = 0
    because: str = ""
    updated_at: datetime | None = None

    @property
    def says(self) -> str:
        """The hint in a sentence, with the check's id and day: where it can be looked up."""
        flagged = f", {self.flagged} flagged" if self.flagged else ""
        day = f" on {self.updated_at:%Y-%m-%d}" if self.updated_at else ""
        why = f" ({self.because})" if self.because else ""
        return f"{self.name} ({self.check}){day}: {self.advice}{why}{flagged}"


def hints(
    tool: Tool, workload: Workload, review: LensReview, claims: Iterable[QuestionClaim], choices: Iterable[str]
) -> list[Hint]:
    """The hints for `choices`, one call each and a few at once; none, and no call, where Trusted Advisor is not activated."""
    if not workload.trusted_advisor:
        return []
    wanted = frozenset(choices)
    places = [(claim, choice.id) for claim in claims for choice in claim.choices if choice.id in wanted]

    def ask(place: tuple[QuestionClaim, str]) -> list[Hint]:
        claim, choice = place
        details = tool.check_details(workload.id, review.arn, claim.pillar, claim.id, choice)
        return [_hint(claim.id, choice, detail) for detail in details]

    with ThreadPoolExecutor(READERS) as pool:
        return [hint for found in pool.map(ask, places) for hint in found]


def _hint(question: str, choice: str, detail: Mapping[str, Any]) -> Hint:
    status = detail.get("Status", "NOT_AVAILABLE")
    advice = _ADVICE.get(status, Advice.UNKNOWN)
    return Hint(
        question=question,
        choice=choice,
        check=detail.get("Id", ""),
        name=detail.get("Name", ""),
        account=detail.get("AccountId", ""),
        advice=advice,
        flagged=detail.get("FlaggedResources", 0),
        because=detail.get("Reason", status) if advice is Advice.UNKNOWN else "",
        updated_at=detail.get("UpdatedAt"),
    )

"""One careful write: announce it, send only what differs, read back, note how it ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from scanner.watool.claims import ChoiceClaim, QuestionClaim
from scanner.watool.client import Tool
from scanner.watool.errors import ConflictError, RefusedError, ToolError
from scanner.watool.ledger import Entry, Kind, Ledger

ATTEMPTS = 3  # of a write that AWS answers with Conflict; each reads again first


class Outcome(StrEnum):
    """How one question ended."""

    PLANNED = "to be put back"  # by an undo that only shows
    WRITTEN = "written"
    ALREADY = "stands already"
    CONFLICT = "changed by somebody since the plan: left alone"
    FAILED = "not written"
    DIFFERS = "written, but reads back differently"
    REFUSED = "refused by AWS"


@dataclass(frozen=True, slots=True)
class Result:
    question: str
    outcome: Outcome
    says: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """What every line of the ledger says, and the three kinds of line that this run writes."""

    ledger: Ledger
    plan: str
    workload_id: str
    lens: str
    who: str
    now: Callable[[], datetime]
    intent: Kind = "intent"
    done: Kind = "written"
    failed: Kind = "failed"

    def note(
        self, kind: Kind, before: QuestionClaim | None = None, after: QuestionClaim | None = None, says: str = ""
    ) -> None:
        self.ledger.append(
            Entry(
                kind=kind,
                at=self.now(),
                who=self.who,
                plan=self.plan,
                workload_id=self.workload_id,
                lens=self.lens,
                question=before.id if before else "",
                before=before,
                after=after,
                says=says,
            )
        )


def change(before: QuestionClaim, after: QuestionClaim) -> dict[str, Any]:
    """The members of UpdateAnswer that lead from one to the other; empty when nothing differs.

    AWS words `ChoiceUpdates` as the choices to be updated, and nobody has observed that the others stay. So whenever a
    choice differs, every choice that carries anything is restated as it stands: right either way. `SelectedChoices`,
    `IsApplicable` and `Reason` are never sent.
    """
    changed: dict[str, Any] = {}
    if before.notes != after.notes:
        changed["Notes"] = after.notes
    stood = before.by_id
    if any(choice.content != _stood(stood, choice).content for choice in after.choices):
        changed["ChoiceUpdates"] = {
            choice.id: _update(choice)
            for choice in after.choices
            if _says_something(choice) or _says_something(_stood(stood, choice))
        }
    return changed


def write(tool: Tool, book: Book, before: QuestionClaim, after: QuestionClaim) -> Result:
    """Bring a question from `before` to `after`, if it still stands at `before`.

    Raises what reading raises; whatever the write raises is in the result. A write whose answer was lost is looked up.
    """
    for attempt in range(1, ATTEMPTS + 1):
        now = tool.answer(book.workload_id, book.lens, before.id)
        if now.content == after.content:
            return Result(before.id, Outcome.ALREADY)
        if now.content != before.content:
            return Result(before.id, Outcome.CONFLICT, what_differs(before, now))
        book.note(book.intent, before, after)
        try:
            tool.update_answer(book.workload_id, book.lens, before.id, change(before, after))
        except RefusedError as error:
            book.note(book.failed, before, says=str(error))
            return Result(before.id, Outcome.REFUSED, str(error))
        except ToolError as error:
            result = _after_error(tool, book, before, after, error)
            if isinstance(error, ConflictError) and result.outcome is Outcome.FAILED and attempt < ATTEMPTS:
                continue
            return result
        return _read_back(tool, book, before, after)
    raise AssertionError("the last attempt returns")  # pragma: no cover


def what_differs(planned: QuestionClaim, now: QuestionClaim) -> str:
    """Which parts of a question are not as the plan saw them. Names parts, quotes nobody."""
    parts = [
        word
        for word, was, is_ in (
            ("its applicability", planned.applicable, now.applicable),
            ("its reason", planned.reason, now.reason),
            ("its notes", planned.notes, now.notes),
        )
        if was != is_
    ]
    here, there = planned.by_id, now.by_id
    parts += [
        f"choice {choice}"
        for choice in dict.fromkeys([*here, *there])
        if choice not in here or choice not in there or here[choice].content != there[choice].content
    ]
    return ", ".join(parts)


def _read_back(tool: Tool, book: Book, before: QuestionClaim, after: QuestionClaim) -> Result:
    try:
        now = tool.answer(book.workload_id, book.lens, before.id)
    except ToolError as error:
        # Written, and not seen: the next run finds it standing and notes the end.
        return Result(before.id, Outcome.FAILED, f"written, but could not be read back: {error}")
    if now.content == after.content:
        book.note(book.done, before, after)
        return Result(before.id, Outcome.WRITTEN)
    book.note(book.done, before, now, says=f"reads back differently: {what_differs(after, now)}")
    return Result(before.id, Outcome.DIFFERS, what_differs(after, now))


def _after_error(tool: Tool, book: Book, before: QuestionClaim, after: QuestionClaim, error: ToolError) -> Result:
    """An error does not say that nothing was written: look."""
    try:
        now = tool.answer(book.workload_id, book.lens, before.id)
    except ToolError:
        return Result(before.id, Outcome.FAILED, str(error))
    if now.content == after.content:
        book.note(book.done, before, after, says=f"although AWS answered: {error}")
        return Result(before.id, Outcome.WRITTEN)
    book.note(book.failed, before, says=str(error))
    if now.content != before.content:
        return Result(before.id, Outcome.CONFLICT, what_differs(before, now))
    return Result(before.id, Outcome.FAILED, str(error))


def _stood(stood: Mapping[str, ChoiceClaim], choice: ChoiceClaim) -> ChoiceClaim:
    return stood.get(choice.id, ChoiceClaim(id=choice.id))


def _says_something(choice: ChoiceClaim) -> bool:
    return choice.content != ChoiceClaim(id=choice.id).content


def _update(choice: ChoiceClaim) -> dict[str, str]:
    return {"Status": choice.status, "Reason": choice.reason, "Notes": choice.notes}

"""The ledger: a line before and a line after each write to the Tool, in a file of JSON lines.

CloudTrail masks answers and notes, and the Tool keeps no history besides milestones, so this is the only record of what was
changed. A line is on the disk before the write that it announces. A line that a crash tore is dropped: the write that it
announced had not begun, or is seen again when the apply is resumed.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from scanner.watool.claims import Frozen, QuestionClaim
from scanner.watool.errors import LedgerError

Kind = Literal["milestone", "intent", "written", "failed", "undo-intent", "undone", "undo-failed"]


class Entry(Frozen):
    """One line. `before` and `after` are all that stands at the question; a milestone has neither."""

    kind: Kind
    at: datetime
    who: str
    plan: str  # the plan's digest
    workload_id: str
    lens: str
    question: str = ""
    before: QuestionClaim | None = None
    after: QuestionClaim | None = None
    says: str = ""


class Ledger:
    """An append-only file. The folder must exist; the file need not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries = list(_read(path))

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def append(self, entry: Entry) -> None:
        """Write a line, and return only when it is on the disk."""
        with self.path.open("ab") as file:
            file.write(entry.model_dump_json(exclude_defaults=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._entries.append(entry)

    def dangling(self, plan: str, question: str) -> bool:
        """Whether a write was announced and its end never noted: the run was killed in between."""
        kinds = [e.kind for e in self._entries if e.plan == plan and e.question == question]
        return bool(kinds) and kinds[-1] == "intent"

    def has_milestone(self, plan: str) -> bool:
        return any(entry.kind == "milestone" and entry.plan == plan for entry in self._entries)


def _read(path: Path) -> Iterator[Entry]:
    """The lines of the file. Cuts off a torn last line, so that the next one starts afresh."""
    if not path.exists():
        return
    content = path.read_bytes()
    whole, _, torn = content.rpartition(b"\n")
    if torn:
        with path.open("r+b") as file:
            file.truncate(len(content) - len(torn))
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            yield Entry.model_validate_json(line)
        except ValidationError as error:
            raise LedgerError(
                f"line {number} is no entry of a ledger: {str(error).splitlines()[0]}",
                str(path),
                "restore the file from where the bundle is kept",
            ) from error

"""The ledger: a line before and a line after each write to the Tool, in a file of JSON lines.

CloudTrail masks answers and notes, and the Tool keeps no history besides milestones, so this is the only record of what was
changed. A line is on the disk before the write that it announces. A line that a crash tore is dropped: the write that it
announced had not begun, or is seen again when the apply is resumed.

One process at a time may write to it: `held` locks it. Reading takes no lock and changes nothing.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
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
    """An append-only file. The folder must exist; the file need not. LedgerError where a line is no entry."""

    def __init__(self, path: Path) -> None:
        self.path = path
        content = path.read_bytes() if path.exists() else b""
        whole, _, self._torn = content.rpartition(b"\n")
        self._entries = list(_entries(path, whole))

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def append(self, entry: Entry) -> None:
        """Write a line, and return only when it is on the disk."""
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            if self._torn:
                file.truncate(file.seek(0, os.SEEK_END) - len(self._torn))
                self._torn = b""
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


@contextmanager
def held(path: Path) -> Iterator[Ledger]:
    """The ledger, for writing: its folder is made, and no other process holds it. LedgerError where one does.

    The lock is the system's, so that a killed process lets go of it; the empty file beside the ledger stays.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_name(f".{path.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise LedgerError(
            f"the ledger cannot be written: {error.strerror}", str(path), "make its folder yours"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield Ledger(path)
    except BlockingIOError:
        raise LedgerError("another apply or undo is at work", str(path), "wait for it, then run again") from None
    finally:
        os.close(lock)


def _entries(path: Path, whole: bytes) -> Iterator[Entry]:
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            yield Entry.model_validate_json(line)
        except ValidationError as error:
            raise LedgerError(
                f"line {number} is no entry of a ledger: {str(error).splitlines()[0]}",
                str(path),
                "restore the file from where the bundle is kept",
            ) from error

"""Progress on standard error: a bar on a terminal, JSON lines where a program reads, silence where it is asked for."""

import json
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scanner.evidence.reading import Outcome, Reading

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

EVERY = 250  # readings between two log lines


class Progress:
    """Told of each reading while a scan runs."""

    def __init__(self, *, quiet: bool, log_format: str) -> None:
        self._quiet = quiet
        self._json = log_format == "json"
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if not self._quiet and not self._json and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (
                TextColumn("asking AWS"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.description}"),
            )
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, reading: Reading, answered: int, needed: int) -> None:
        """One more reading has come; `needed` grows as listings bring resources to ask about."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=answered, total=needed, description=reading.call.api)
        elif self._json and not self._quiet:
            bad = reading.outcome in (Outcome.DENIED, Outcome.FAILED)
            if bad or answered % EVERY == 0 or answered == needed:
                self._log(reading, answered, needed)

    def _log(self, reading: Reading, answered: int, needed: int) -> None:
        line = {
            "at": reading.at,
            "event": "reading",
            "api": reading.call.api,
            "account": reading.call.account,
            "region": reading.call.region,
            "outcome": str(reading.outcome),
            "error": reading.error,
            "answered": answered,
            "needed": needed,
        }
        sys.stderr.write(json.dumps(line) + "\n")

"""The journal: readings as they come, so that a killed scan loses at most the call under way."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scanner.bundle.files import PRIVATE_FILE, PRIVATE_FOLDER, BundleError, write_whole
from scanner.evidence.reading import Call, Reading, canonical, digest_of

JOURNAL = "journal.jsonl"
SCAN = "scan.json"
LOCK = ".lock"
MANIFEST = "manifest.json"


class Journal:
    """An unfinished bundle, held by one process. Use it as a context; leaving it lets go of the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None
        self._file: int | None = None
        self._places: dict[Call, tuple[int, int]] = {}  # where in the file a reading's line stands, and how long it is
        self._size = 0

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._lock = os.open(self.folder / LOCK, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._close()
            raise BundleError(
                f"Another scan is writing to {self.folder}. Wait for it, or choose another --out."
            ) from None
        except OSError as error:
            self._close()
            raise BundleError(f"{self.folder} cannot be written: {error.strerror}. Choose another --out.") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if (self.folder / MANIFEST).exists():
            self.end()  # also where the scan that sealed it was killed before it could
        self._close()

    def _close(self) -> None:
        for descriptor in (self._file, self._lock):
            if descriptor is not None:
                os.close(descriptor)
        self._file = self._lock = None

    def begin(self, asked: dict[str, Any]) -> None:
        """Start a new bundle. BundleError where the folder already holds one."""
        if (self.folder / MANIFEST).exists():
            raise BundleError(f"{self.folder} already holds a bundle. Choose another --out.")
        if (self.folder / SCAN).exists():
            raise BundleError(
                f"{self.folder} holds an unfinished scan. Continue it with --resume, or choose another --out."
            )
        write_whole(self.folder / SCAN, canonical(asked))
        self._open()

    def resume(self) -> tuple[dict[str, Any], list[Reading]]:
        """What an unfinished scan was asked, and the readings that it has. A line that was cut off is dropped."""
        if (self.folder / MANIFEST).exists():
            raise BundleError(f"The scan in {self.folder} is finished: there is nothing to resume.")
        asked = read_scan(self.folder)
        readings: list[Reading] = []
        path = self.folder / JOURNAL
        for line in _whole_lines(path):
            try:
                readings.append(Reading.of(json.loads(line), digest_of(line)))
            except (ValueError, KeyError, TypeError):
                break
            self._note(readings[-1], len(line) + 1)
        if path.exists():
            with path.open("r+b") as file:
                file.truncate(self._size)
        self._open()
        return asked, readings

    def _open(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._file = os.open(self.folder / JOURNAL, flags, PRIVATE_FILE)

    def add(self, reading: Reading) -> None:
        """Write a reading down. BundleError where the disk is full; what was written before stays."""
        assert self._file is not None  # noqa: S101  (begin or resume opened it)
        line = reading.line() + b"\n"
        try:
            written = os.write(self._file, line)
            if written != len(line):
                raise OSError(28, "No space left on device")
        except OSError as error:
            raise BundleError(
                f"{self.folder / JOURNAL} cannot be written: {error.strerror}. What was read so far is kept: "
                f"make room, then continue with --resume --out {self.folder}."
            ) from None

        self._note(reading, len(line))

    def _note(self, reading: Reading, size: int) -> None:
        self._places[reading.call] = self._size, size
        self._size += size

    def line(self, reading: Reading) -> bytes:
        """A reading's line as it was written down, which spares spelling it once more. BundleError where it was changed."""
        assert self._file is not None  # noqa: S101  (begin or resume opened it)
        start, size = self._places[reading.call]
        line = os.pread(self._file, size - 1, start)
        if digest_of(line) != reading.digest:
            raise BundleError(f"{self.folder / JOURNAL} was changed while the scan ran.")
        return line

    def end(self) -> None:
        """The bundle is sealed: neither journal nor lock is needed any more."""
        (self.folder / JOURNAL).unlink(missing_ok=True)
        (self.folder / LOCK).unlink(missing_ok=True)


def _whole_lines(path: Path) -> Iterator[bytes]:
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            yield line[:-1]


def read_scan(folder: Path) -> dict[str, Any]:
    """What a bundle's scan was asked; BundleError where the folder is none."""
    try:
        asked = json.loads((folder / SCAN).read_bytes())
    except FileNotFoundError:
        raise BundleError(f"{folder} is no bundle: it has no {SCAN}.") from None
    except (OSError, ValueError) as error:
        raise BundleError(f"{folder / SCAN} cannot be read: {error}.") from None
    if not isinstance(asked, dict):
        raise BundleError(f"{folder / SCAN} is damaged.")
    return asked

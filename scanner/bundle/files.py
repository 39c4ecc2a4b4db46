"""Files of a bundle: private, whole or not at all, and with the same bytes for the same content."""

import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
LARGEST_FILE = 2 * 1024**3  # an unpacked file over 2 GiB is no bundle of ours
GZIP_LEVEL = 6  # level 9 takes three times as long for two hundredths less
LONGEST_LINE = 64 * 1024**2
MOST_PACKED = 250  # times smaller: JSON of ours packs to a tenth or a fiftieth, a bomb to a thousandth
ALWAYS_ALLOWED = 16 * 1024**2  # bytes that even a tiny file may unpack to


class BundleError(Exception):
    """A bundle cannot be written or read; the message says which file and what to do."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read. Readers see the old file or the new one, never a part."""
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """The same for a content that is too large to be held at once."""
    part = path.with_name(f".{path.name}.part")
    try:
        _private_folder(path.parent)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise BundleError(f"{path} cannot be written: {error.strerror}.") from None


def _private_folder(path: Path) -> None:
    """Make a folder and those above it. (`mkdir` gives its mode to the last one only.)"""
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(mode=PRIVATE_FOLDER)


def packed(lines: Iterable[bytes]) -> bytes:
    """Lines, gzipped with no time and no name in the header, so that equal lines give equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=GZIP_LEVEL, mtime=0) as file:
        file.writelines(line + b"\n" for line in lines)
    return buffer.getvalue()


def unpacked(path: Path) -> Iterator[bytes]:
    """The lines of a gzipped file, one at a time. BundleError where it is damaged or unpacks to something absurd."""
    total = 0
    try:
        most = min(LARGEST_FILE, max(ALWAYS_ALLOWED, MOST_PACKED * path.stat().st_size))
        with gzip.open(path, "rb") as file:
            while line := file.readline(min(LONGEST_LINE, most)):
                total += len(line)
                if total > most or not line.endswith(b"\n"):
                    raise BundleError(f"{path} is damaged: a line is cut off or the file is too large.")
                yield line[:-1]
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise BundleError(f"{path} is damaged: {error}.") from None
    except zlib.error as error:
        raise BundleError(f"{path} is damaged: {error}.") from None

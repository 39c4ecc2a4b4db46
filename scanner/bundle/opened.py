"""A finished bundle, opened: what was asked, and every reading, checked against the manifest while it is read."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.bundle.files import BundleError, unpacked
from scanner.bundle.journal import SCAN, read_scan
from scanner.bundle.manifest import READINGS, Manifest, Member, read_manifest
from scanner.evidence.reading import Reading, digest_of


class TamperedError(BundleError):
    """A bundle does not agree with its manifest."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose files are read as they are needed."""

    folder: Path
    manifest: Manifest
    asked: Mapping[str, Any]

    @property
    def evidence(self) -> Manifest:
        """The part of the manifest that covers what AWS said, and not what was made of it."""
        own = {name: m for name, m in self.manifest.files.items() if is_evidence(name)}
        return Manifest(own)

    def readings(self) -> Iterator[Reading]:
        """Every reading. TamperedError at the first file or record that does not agree with the manifest."""
        for name, member in sorted(self.manifest.files.items()):
            if name.startswith(f"{READINGS}/"):
                yield from self._file(name, member)

    def records(self, table: str) -> Iterator[dict[str, Any]]:
        """The records of a table such as `findings`, as they were written."""
        name = f"{table}.jsonl.gz"
        member = self.manifest.files.get(name)
        if member is None:
            raise BundleError(f"{self.folder} holds no {name}.")
        for line, _ in self._lines(name, member):
            yield json.loads(line)

    def _file(self, name: str, member: Member) -> Iterator[Reading]:
        for line, digest in self._lines(name, member):
            try:
                yield Reading.of(json.loads(line), digest)
            except (ValueError, KeyError, TypeError, RecursionError):
                raise TamperedError(f"{self.folder / name} holds a record that is no reading.") from None

    def _lines(self, name: str, member: Member) -> Iterator[tuple[bytes, str]]:
        """The lines, each after its digest was found to be that of the manifest."""
        check(self.folder, name, member)
        number = 0
        try:
            for line in unpacked(self.folder / name):
                if number >= len(member.records) or digest_of(line) != member.records[number]:
                    raise self._disagreeing(name)
                yield line, member.records[number]
                number += 1
        except TamperedError:
            raise
        except BundleError as error:
            raise TamperedError(str(error)) from None
        if number != len(member.records):
            raise self._disagreeing(name)

    def _disagreeing(self, name: str) -> TamperedError:
        return TamperedError(f"{self.folder / name}: its records do not agree with the manifest. See `wafr verify`.")


def is_evidence(name: str) -> bool:
    """Is this file of a bundle something that AWS said or that the scan did, rather than what was made of it?"""
    return name.startswith(f"{READINGS}/") or name in {SCAN, "calls.jsonl.gz"}


def check(folder: Path, name: str, member: Member) -> None:
    """TamperedError where a file's bytes are not those of the manifest."""
    try:
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TamperedError(f"{folder / name} cannot be read: {error.strerror}. See `wafr verify`.") from None
    if found != member.sha256:
        raise TamperedError(f"{folder / name} was changed after the scan. See `wafr verify {folder}`.")


def open_bundle(folder: Path) -> Bundle:
    """A bundle, its manifest and `scan.json` checked. BundleError where it is none, unfinished or changed."""
    manifest = read_manifest(folder)
    member = manifest.files.get(SCAN)
    if member is None:
        raise TamperedError(f"{folder}: the manifest does not list {SCAN}.")
    check(folder, SCAN, member)
    return Bundle(folder, manifest, read_scan(folder))

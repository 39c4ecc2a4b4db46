"""A finished bundle, opened: what was asked, and every reading, checked against the manifest while it is read."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.bundle.files import BundleError
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
        content = checked(self.folder, name, member)
        try:
            lines = gzip.decompress(content).splitlines()
        except (OSError, EOFError, zlib.error) as error:
            raise TamperedError(f"{self.folder / name} is damaged: {error}.") from None
        digests = [digest_of(line) for line in lines]
        if tuple(digests) != member.records:
            raise TamperedError(f"{self.folder / name}: its records do not agree with the manifest. See `wafr verify`.")
        yield from zip(lines, digests, strict=True)


def is_evidence(name: str) -> bool:
    """Is this file of a bundle something that AWS said or that the scan did, rather than what was made of it?"""
    return name.startswith(f"{READINGS}/") or name in {SCAN, "calls.jsonl.gz"}


def checked(folder: Path, name: str, member: Member) -> bytes:
    """A file's bytes; TamperedError where they are not those of the manifest."""
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise TamperedError(f"{folder / name} cannot be read: {error.strerror}. See `wafr verify`.") from None
    if hashlib.sha256(content).hexdigest() != member.sha256:
        raise TamperedError(f"{folder / name} was changed after the scan. See `wafr verify {folder}`.")
    return content


def open_bundle(folder: Path) -> Bundle:
    """A bundle, its manifest and `scan.json` checked. BundleError where it is none, unfinished or changed."""
    manifest = read_manifest(folder)
    member = manifest.files.get(SCAN)
    if member is None:
        raise TamperedError(f"{folder}: the manifest does not list {SCAN}.")
    checked(folder, SCAN, member)
    return Bundle(folder, manifest, read_scan(folder))

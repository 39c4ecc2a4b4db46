"""The manifest: a digest for every record and every file, and one root over them all.

Anyone can check it without us: `SHA256SUMS` is what `sha256sum -c` reads, its own SHA-256 is the root, and a record's
digest is the SHA-256 of its line.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.bundle.files import BundleError, packed, unpacked, write_pieces, write_whole
from scanner.bundle.journal import JOURNAL, LOCK, MANIFEST, SCAN
from scanner.evidence.reading import Reading, canonical, digest_of

SUMS = "SHA256SUMS"
SIGNATURE = "signature.dsse.json"
SCHEMA = "wafr-bundle/1"
READINGS = "readings"
CALLS = "calls.jsonl.gz"
PREFILL = "prefill"  # plans and the ledger: made after the bundle was sealed, so the manifest cannot cover them


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a bundle: its digest, and those of its records where it has any."""

    sha256: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle holds. `evidence` is the root over what AWS said, which findings and reports cite; `root` over all."""

    files: Mapping[str, Member]

    @property
    def sums(self) -> bytes:
        return b"".join(f"{self.files[name].sha256}  {name}\n".encode() for name in sorted(self.files))

    @property
    def root(self) -> str:
        return hashlib.sha256(self.sums).hexdigest()

    def content(self) -> bytes:
        files = {name: {"sha256": m.sha256, "records": list(m.records)} for name, m in self.files.items()}
        return canonical({"schema": SCHEMA, "files": files, "root": self.root})


def seal_evidence(
    folder: Path,
    readings: Iterable[Reading],
    calls: Iterable[Mapping[str, Any]],
    line: Callable[[Reading], bytes] = Reading.line,
) -> Manifest:
    """Write the readings per account, region and service, and the calls made; the files' digests, with that of `scan.json`.

    `line` gives a reading's line, where something knows it already.
    """
    files: dict[str, Member] = {}
    by_file: dict[str, list[Reading]] = {}
    for reading in readings:
        name = "/".join(map(_part, (READINGS, reading.call.account, reading.call.region, reading.call.service)))
        name += ".jsonl.gz"
        by_file.setdefault(name, []).append(reading)
    for name, members in sorted(by_file.items()):
        members.sort(key=lambda reading: reading.call)
        files[name] = _write(folder, name, map(line, members))
    files[CALLS] = _write(folder, CALLS, map(canonical, calls))
    files[SCAN] = _member(folder, SCAN)
    return Manifest(files)


def seal(
    folder: Path, evidence: Manifest, tables: Mapping[str, Iterable[Mapping[str, Any]]], review: Iterable[bytes]
) -> Manifest:
    """Add what was made of the evidence (the Review in pieces), and write the manifest. From here on the bundle is complete."""
    files = dict(evidence.files)
    for name, records in tables.items():
        files[f"{name}.jsonl.gz"] = _write(folder, f"{name}.jsonl.gz", map(canonical, records))
    write_pieces(folder / "review.json", review)
    files["review.json"] = _member(folder, "review.json")
    manifest = Manifest(files)
    write_whole(folder / SUMS, manifest.sums)
    write_whole(folder / MANIFEST, manifest.content())
    return manifest


_SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def _part(word: str) -> str:
    """A part of a file's name. Regions come out of AWS's answers too; one that is no name must not become a path."""
    return word if _SAFE.fullmatch(word) else f"odd-{digest_of(word.encode('utf-8', 'replace'))[:16]}"


def _write(folder: Path, name: str, lines: Iterable[bytes]) -> Member:
    digests: list[str] = []

    def noted() -> Iterator[bytes]:
        for line in lines:
            digests.append(digest_of(line))
            yield line

    content = packed(noted())
    write_whole(folder / name, content)
    return Member(hashlib.sha256(content).hexdigest(), tuple(digests))


def _member(folder: Path, name: str) -> Member:
    with (folder / name).open("rb") as file:
        return Member(hashlib.file_digest(file, "sha256").hexdigest(), ())


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a bundle; BundleError where there is none or it is no manifest."""
    try:
        record = json.loads((folder / MANIFEST).read_bytes())
        if record["schema"] != SCHEMA:
            raise BundleError(
                f"{folder} is a bundle of another format ({record['schema']!r}); this version reads {SCHEMA}."
            )
        files = {
            str(name): Member(str(member["sha256"]), tuple(map(str, member["records"])))
            for name, member in record["files"].items()
        }
        root = str(record["root"])
    except FileNotFoundError:
        unfinished = (folder / SCAN).exists()
        hint = "The scan did not finish: continue it with --resume." if unfinished else "Is this the right folder?"
        raise BundleError(f"{folder} has no {MANIFEST}. {hint}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BundleError(f"{folder / MANIFEST} is damaged.") from None
    manifest = Manifest(files)
    if manifest.root != root:
        raise BundleError(f"{folder / MANIFEST} is damaged: its root does not follow from its files.")
    for name in files:
        if not all(_SAFE.fullmatch(part) for part in name.split("/")):
            raise BundleError(f"{folder / MANIFEST} names a file that cannot be in a bundle: {name[:200]!r}.")
    return manifest


def problems(folder: Path, manifest: Manifest) -> list[str]:
    """Everything in a bundle that does not agree with its manifest, a line each."""
    found = []
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    strange = sorted(present - set(manifest.files) - _OWN)
    found += [f"{name} is in the folder and not in the manifest" for name in strange if not _is_later(name)]
    if (folder / SUMS).exists() and (folder / SUMS).read_bytes() != manifest.sums:
        found.append(f"{SUMS} does not agree with the manifest")
    elif not (folder / SUMS).exists():
        found.append(f"{SUMS} is missing")
    if (folder / MANIFEST).read_bytes() != manifest.content():
        found.append(f"{MANIFEST} is not in its canonical form")
    for name, member in sorted(manifest.files.items()):
        found += _file_problems(folder, name, member)
    return found


# The manifest and its sums are compared as such; a journal and its lock stay where a scan was killed as it ended, and nobody reads them.
_OWN = {MANIFEST, SUMS, SIGNATURE, JOURNAL, LOCK}


def _is_later(name: str) -> bool:
    """Was this written after the bundle was sealed, by the pre-fill?"""
    return name.startswith(f"{PREFILL}/")


def _file_problems(folder: Path, name: str, member: Member) -> list[str]:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        return [f"{name} is missing"]
    if _member(folder, name).sha256 != member.sha256:
        return [f"{name} was changed"]
    if not name.endswith(".jsonl.gz"):
        return []
    try:
        digests = tuple(digest_of(line) for line in unpacked(path))
    except BundleError as error:
        return [str(error)]
    return [] if digests == member.records else [f"{name}: its records do not agree with the manifest"]

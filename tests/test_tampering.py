"""Whatever is changed in a bundle is found: bytes, records, files, or all of it; by us, and by a stranger's 30 lines."""

import gzip
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from scanner.bundle.files import BundleError
from scanner.bundle.journal import Journal
from scanner.bundle.manifest import CALLS, Manifest, Member, problems, read_manifest, seal, seal_evidence
from scanner.bundle.opened import open_bundle
from scanner.evidence.reading import Call, Outcome, Reading
from tests.command import ROOT, run

CHANGES = 10_000
KMS, S3 = "readings/1/us-east-1/kms.jsonl.gz", "readings/1/global/s3.jsonl.gz"
PAGE = (ROOT / "docs" / "verify.md").read_text(encoding="utf-8")
(SCRIPT,) = (
    "\n".join(line[3:] for line in block.split("\n")) for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
)
CHECK_SUMS, SHOW_ROOT, *_ = (block.strip() for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))


def make(folder: Path, day: int = 1, keys: int = 6) -> Manifest:
    """A bundle with readings in two files, and findings that cite them."""
    at = f"2026-01-{day:02}T00:00:00Z"
    readings = [
        Reading.make(Call("1", region, api, f'{{"n":{n}}}'), Outcome.OK, at, answer={"": {"n": n, "day": day}})
        for region, api in (("us-east-1", "kms:DescribeKey"), ("global", "s3:GetBucketPolicy"))
        for n in range(keys)
    ]
    with Journal(folder) as journal:
        journal.begin({"schema": "wafr-scan/1", "at": at})
        for reading in readings:
            journal.add(reading)
        evidence = seal_evidence(folder, readings, [{"api": "kms:DescribeKey", "asked": keys}])
        findings = [{"check": "kms.x", "evidence": [reading.digest]} for reading in readings]
        return seal(folder, evidence, {"findings": findings, "answers": []}, [b"{}\n"])


def verified(folder: Path, root: str | None = None) -> list[str]:
    """What `wafr verify` finds."""
    try:
        manifest = read_manifest(folder)
    except BundleError as error:
        return [str(error)]
    found = problems(folder, manifest)
    return found + (["another root"] if root not in (None, manifest.root) else [])


def stranger(folder: Path, root: str) -> list[str]:
    """What the script in docs/verify.md finds."""
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-c", SCRIPT, str(folder), root], capture_output=True, text=True, check=False
    )
    return ran.stderr.splitlines() if ran.returncode else []


def shell(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["/bin/sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


def test_a_bundle_that_nobody_touched_is_whole(tmp_path: Path) -> None:
    manifest = make(tmp_path / "b")
    assert len(SCRIPT.strip().splitlines()) <= 30
    assert verified(tmp_path / "b", manifest.root) == []
    assert stranger(tmp_path / "b", manifest.root) == []
    assert shell(CHECK_SUMS, tmp_path / "b").returncode == 0
    assert shell(SHOW_ROOT, tmp_path / "b").stdout == f"{manifest.root}  SHA256SUMS\n"
    digest = manifest.files[KMS].records[0]
    search = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[2]
    found = shell(f"d={digest}\n{search}", tmp_path / "b").stdout
    assert sha256(found.rstrip("\n").encode()).hexdigest() == digest


def test_every_single_byte_that_changes_is_found(tmp_path: Path) -> None:
    make(tmp_path / "b")
    files = sorted(path for path in (tmp_path / "b").rglob("*") if path.is_file())
    whole = {path: path.read_bytes() for path in files}
    chance = random.Random(0)  # noqa: S311
    missed = []
    for _ in range(CHANGES):
        path = chance.choice(files)
        content = bytearray(whole[path])
        place, by = chance.randrange(len(content)), chance.randrange(1, 256)
        content[place] ^= by
        path.write_bytes(content)
        if not verified(tmp_path / "b"):
            missed.append((path.name, place, by))
        path.write_bytes(whole[path])
    assert missed == []
    assert verified(tmp_path / "b") == []


def without_a_record(folder: Path) -> None:
    path = folder / KMS
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[1:]), mtime=0))


def records_in_another_order(folder: Path) -> None:
    path = folder / KMS
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(reversed(lines)), mtime=0))


def swapped(folder: Path) -> None:
    (folder / KMS).rename(folder / "aside")
    (folder / S3).rename(folder / KMS)
    (folder / "aside").rename(folder / S3)


def replayed(folder: Path) -> None:
    make(folder.parent / "old", day=2)
    shutil.copy(folder.parent / "old" / KMS, folder / KMS)


def replayed_with_its_manifest(folder: Path) -> None:
    replayed(folder)
    shutil.copy(folder.parent / "old" / "manifest.json", folder / "manifest.json")


def replayed_whole(folder: Path) -> None:
    make(folder.parent / "old", day=2)
    shutil.rmtree(folder)
    shutil.copytree(folder.parent / "old", folder)


def rewritten(folder: Path) -> None:
    """By somebody who knows how: a record is gone, and every digest agrees."""
    without_a_record(folder)
    old = read_manifest(folder)
    content = (folder / KMS).read_bytes()
    member = Member(sha256(content).hexdigest(), old.files[KMS].records[1:])
    new = Manifest({**old.files, KMS: member})
    (folder / "SHA256SUMS").write_bytes(new.sums)
    (folder / "manifest.json").write_bytes(new.content())


def with_another_file(folder: Path) -> None:
    (folder / "readings" / "extra.jsonl.gz").write_bytes(gzip.compress(b"{}\n"))


def with_a_link(folder: Path) -> None:
    (folder / KMS).rename(folder.parent / "elsewhere")
    (folder / KMS).symlink_to(folder.parent / "elsewhere")


def without_a_file(folder: Path) -> None:
    (folder / CALLS).unlink()


def without_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


def spelt_otherwise(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b",", b", "))


TAMPERINGS = [
    without_a_record,
    records_in_another_order,
    swapped,
    replayed,
    replayed_with_its_manifest,
    with_another_file,
    without_a_file,
    without_sums,
    with_a_link,
    spelt_otherwise,
    replayed_whole,
    rewritten,
]
SEEN_BY_THE_ROOT = {replayed_whole, rewritten}  # a bundle that agrees with itself: only who noted the root can tell
NOT_IN_THE_SCRIPT = {with_a_link, spelt_otherwise}  # the bytes are the same


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_every_tampering_is_found_by_us_and_by_a_stranger(tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    manifest = make(tmp_path / "b")
    tamper(tmp_path / "b")
    assert verified(tmp_path / "b", manifest.root)
    if tamper not in SEEN_BY_THE_ROOT:
        assert verified(tmp_path / "b")
    if tamper not in NOT_IN_THE_SCRIPT:
        assert stranger(tmp_path / "b", manifest.root)
    said = run("verify", tmp_path / "b", "--root", manifest.root)
    assert (said.code, said.out) == (6, "")
    assert said.err.startswith("wafr: ")


@pytest.mark.parametrize(
    "tamper", [without_a_record, swapped, replayed, without_a_file], ids=lambda tamper: tamper.__name__
)
def test_what_was_tampered_with_is_never_judged(tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    make(tmp_path / "b")
    tamper(tmp_path / "b")
    with pytest.raises(BundleError, match=r"changed|cannot be read"):
        everything(tmp_path / "b")


def everything(folder: Path) -> list[object]:
    bundle = open_bundle(folder)
    return [*bundle.readings(), *bundle.records("calls")]

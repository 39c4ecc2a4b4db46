"""Nothing that was read is lost: kills, full disks, folders that cannot be written, two scans at once, and ^C."""

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.bundle.files import BundleError
from scanner.bundle.journal import JOURNAL, MANIFEST, Journal
from scanner.bundle.opened import open_bundle
from scanner.evidence.reading import Call, Outcome, Reading
from tests.broken import Fault
from tests.command import Said, patient, run, started
from tests.emulator import HOME, Emulator
from tests.faults import PLUGIN
from tests.proxy import SLOW_SECONDS, Proxy, Rule

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
ROOM = 4_096  # bytes that a file may have on the "full disk" beyond the list of what is asked


@pytest.fixture(scope="module")
def account(server: Emulator, fault_proxy: Proxy) -> Iterator[Proxy]:
    """An account with a little of everything, behind the proxy."""
    server.reset()
    for number in range(12):
        server.client("kms").create_key(Description=f"key {number}")
        server.client("s3").create_bucket(Bucket=f"bucket-{number}")
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**server.environment, **PLUGIN, "AWS_ENDPOINT_URL": fault_proxy.url}.items():
            environment.setenv(name, value)
        yield fault_proxy
        fault_proxy.slow_seconds = SLOW_SECONDS  # the proxy is shared with other modules


def scan(folder: Path, *more: str | Path) -> tuple[str | Path, ...]:
    return "scan", "--config", patient(folder.parent), "--format", "json", "--out", folder, *more


def content(folder: Path) -> dict[str, Any]:
    """All of a bundle but its times, and the digests that follow from them."""
    bundle = open_bundle(folder)
    readings = {}
    for reading in bundle.readings():
        request, answer = (TIME.sub("TIME", text) for text in (reading.call.request, json.dumps(reading.answer)))
        key = (reading.call.account, reading.call.region, reading.call.api, request)
        readings[key] = (str(reading.outcome), answer, reading.error)
    tables = {
        table: [
            {name: value for name, value in record.items() if name != "evidence"} for record in bundle.records(table)
        ]
        for table in ("findings", "facts", "answers")
    }
    calls = [
        (record["account"], record["region"], record["api"], record["asked"]) for record in bundle.records("calls")
    ]
    return {"readings": readings, "calls": calls, **tables}


@pytest.fixture(scope="module")
def whole(account: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert account.rules == ()
    folder = tmp_path_factory.mktemp("undisturbed") / "bundle"
    assert run(*scan(folder)).code == 3  # moto does not answer everything
    return folder


@pytest.fixture(scope="module")
def undisturbed(whole: Path) -> dict[str, Any]:
    return content(whole)


def journal_lines(folder: Path) -> int:
    path = folder / JOURNAL
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for(process: "subprocess.Popen[str]", folder: Path, lines: int) -> None:
    """Until the scan has written down so many readings (or is over)."""
    end = time.monotonic() + 60
    while process.poll() is None and journal_lines(folder) < lines and time.monotonic() < end:
        time.sleep(0.01)
    assert process.poll() is None, process.communicate()


def ended(process: "subprocess.Popen[str]") -> Said:
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err, err
    return Said(process.returncode, out, err)


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_scan_continues_as_if_nothing_had_happened(
    account: Proxy, undisturbed: dict[str, Any], tmp_path: Path, seed: int
) -> None:
    folder = tmp_path / "bundle"
    chance = random.Random(seed)  # noqa: S311
    account.slow_seconds = 0.02
    with account.going_wrong(Rule(Fault.SLOW)):
        process = started(*scan(folder))
        wait_for(process, folder, chance.randrange(1, len(undisturbed["readings"]) - 20))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    before = journal_lines(folder)
    with pytest.raises(BundleError, match="did not finish: continue it with --resume"):
        open_bundle(folder)
    with account.going_wrong():
        assert run(*scan(folder, "--resume")).code == 3
        again = sum(count for operation, count in account.seen.items() if not operation.startswith("sts:"))
    assert content(folder) == undisturbed
    assert again <= len(undisturbed["readings"]) - before + 3, "what was read is not asked again"
    assert run("verify", folder).code == 0


def reading(number: int) -> Reading:
    call = Call("1", HOME, "kms:DescribeKey", json.dumps({"KeyId": number}))
    return Reading.make(call, Outcome.OK, "2026-01-01T00:00:00Z", answer={"": {"n": number}})


def test_a_journal_that_is_cut_anywhere_keeps_every_whole_reading(tmp_path: Path) -> None:
    readings = [reading(number) for number in range(5)]
    with Journal(tmp_path / "whole") as journal:
        journal.begin({"asked": True})
        for one in readings:
            journal.add(one)
    whole = (tmp_path / "whole" / JOURNAL).read_bytes()
    for cut in range(0, len(whole) + 1, 7):
        (tmp_path / "whole" / JOURNAL).write_bytes(whole[:cut])
        with Journal(tmp_path / "whole") as journal:
            _, kept = journal.resume()
            assert kept == readings[: whole[:cut].count(b"\n")]
            journal.add(reading(99))
        with Journal(tmp_path / "whole") as journal:
            assert journal.resume()[1] == [*kept, reading(99)]


def test_a_scan_killed_while_it_was_sealed_continues(
    account: Proxy, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    with Journal(folder) as journal:  # the journal of a finished scan, and half of what sealing writes
        donor = tmp_path / "donor"
        account.slow_seconds = 0
        run(*scan(donor))
        bundle = open_bundle(donor)
        journal.begin(dict(bundle.asked))
        for one in bundle.readings():
            journal.add(one)
    shutil.copytree(donor / "readings", folder / "readings")
    (folder / ".review.json.part").write_bytes(b"{")
    (folder / "calls.jsonl.gz").write_bytes(b"half")
    with account.going_wrong():
        assert run(*scan(folder, "--resume")).code == 3
        assert set(account.seen) <= {"sts:GetCallerIdentity", "ec2:DescribeRegions"}
    assert content(folder) == undisturbed
    assert run("verify", folder).code == 0


def test_a_scan_killed_just_after_it_was_sealed_is_whole(account: Proxy, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    run(*scan(folder, "--service", "kms"))
    assert account.rules == ()
    (folder / JOURNAL).write_bytes(reading(1).line() + b"\n")  # what the end would have removed
    (folder / ".lock").touch()
    assert run("verify", folder).code == 0
    said = run(*scan(folder, "--resume"))
    assert (said.code, said.err) == (2, f"wafr: The scan in {folder} is finished: there is nothing to resume.\n")


def test_a_journal_that_changed_under_the_scan_is_not_sealed(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin({})
        journal.add(reading(1))
        journal.add(reading(2))
        assert [journal.line(reading(number)) for number in (1, 2)] == [reading(number).line() for number in (1, 2)]
        path = tmp_path / JOURNAL
        path.write_bytes(path.read_bytes().replace(b'"ok"', b'"no"'))
        with pytest.raises(BundleError, match="was changed while the scan ran"):
            journal.line(reading(2))


def test_a_full_disk_ends_the_scan_and_keeps_what_was_read(
    account: Proxy, whole: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    most = (whole / "scan.json").stat().st_size + ROOM
    full = started(*scan(folder), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    said = ended(full)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"wafr: {folder / JOURNAL} cannot be written: ")
    assert said.err.endswith(f"make room, then continue with --resume --out {folder}.\n")
    assert journal_lines(folder) > 0
    assert account.rules == ()
    assert run(*scan(folder, "--resume")).code == 3
    assert content(folder) == undisturbed


def test_a_file_that_cannot_be_sealed_keeps_the_journal(
    account: Proxy, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "readings").write_text("in the way")
    said = run(*scan(folder))
    assert said.code == 2
    assert "Traceback" not in said.err
    assert f"--resume --out {folder}" in said.err
    (folder / "readings").unlink()
    with account.going_wrong():
        assert run(*scan(folder, "--resume")).code == 3
    assert content(folder) == undisturbed


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("place", ["/sys/wafr-test", "{tmp}/file", "{tmp}/file/bundle"])
def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("a file, and no folder")
    folder = Path(place.format(tmp=tmp_path))
    said = run("scan", "--config", patient(tmp_path), "--service", "kms", "--out", folder)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(f"wafr: {folder} cannot be written: ")


@pytest.mark.usefixtures("account")
def test_two_scans_never_share_a_bundle(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    with Journal(folder) as journal:
        journal.begin({"asked": True})
        journal.add(reading(1))
        for more in ((), ("--resume",)):
            said = run(*scan(folder, *more))
            assert (said.code, said.out) == (2, "")
            assert said.err == f"wafr: Another scan is writing to {folder}. Wait for it, or choose another --out.\n"
    with Journal(folder) as journal:
        assert journal.resume() == ({"asked": True}, [reading(1)])


@pytest.mark.usefixtures("account")
def test_a_finished_bundle_is_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    run(*scan(folder, "--service", "kms"))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    said = run(*scan(folder))
    assert (said.code, said.err) == (2, f"wafr: {folder} already holds a bundle. Choose another --out.\n")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_interrupt_finishes_writing_and_says_what_is_missing(
    account: Proxy, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    account.slow_seconds = 0.05
    with account.going_wrong(Rule(Fault.SLOW)):
        process = started(*scan(folder))
        wait_for(process, folder, 5)
        process.send_signal(signal.SIGINT)
        said = ended(process)
    answered = journal_lines(folder)
    assert (said.code, said.out) == (130, "")
    told = re.fullmatch(
        r"wafr: interrupted\. (\d+) questions answered, at least \d+ not: [\w:, -]+? and \d+ more\. "
        rf"Continue with: wafr scan --resume --out {re.escape(str(folder))}\n",
        said.err,
    )
    assert told, said.err
    assert int(told.group(1)) == answered
    assert not (folder / MANIFEST).exists()
    assert run(*scan(folder, "--resume")).code == 3
    assert content(folder) == undisturbed


def test_what_is_kept_is_private(account: Proxy, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    before = os.umask(0)
    try:
        assert account.rules == ()
        run(*scan(folder, "--service", "kms"))
    finally:
        os.umask(before)
    modes = {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if (folder / path).is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if (folder / path).is_file()} == {0o600}

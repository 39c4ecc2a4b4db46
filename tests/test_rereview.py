"""The demo's re-review: nine of nine closed with evidence; and after a relapse one open and one unknown, never closed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fixtures.demo import account
from fixtures.demo.fixes import FIXES, mend, relapse
from fixtures.demo.scene import CLAIMS, CONFIG, FOLDER, TRUTH, client_at
from fixtures.moto_services import install_standins
from tests.cli import wafr
from tests.emulator import Emulator

ISSUES = YAML(typ="safe", pure=True).load(TRUTH.read_text())["high_risk_issues"]


@pytest.fixture(scope="module")
def folder(server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Three bundles of the demo's account: as it was, mended, and after a relapse."""
    place = tmp_path_factory.mktemp("story")
    server.reset()
    install_standins(FOLDER / "standins")
    client = client_at(server.url)
    account.build(client)
    for name, change in (("first", None), ("mended", mend), ("relapsed", relapse)):
        if change is not None:
            change(client)
        ran = wafr(
            "scan", "--config", CONFIG, "--claims", CLAIMS, "--out", name, "--quiet",
            environment=server.environment, folder=place,
        )  # fmt: skip
        assert ran.code == (3 if name == "relapsed" else 0), ran.err
    yield place
    server.reset()


def changes(folder: Path, name: str, code: int) -> dict[str, dict[str, Any]]:
    ran = wafr("rereview", name, "--against", "first", "--format", "json", folder=folder)
    assert ran.code == code, ran.err
    return {change["number"]: change for change in json.loads(ran.out)}


def test_each_issue_has_a_fix_of_its_own() -> None:
    assert set(FIXES) == set(ISSUES)


def test_nine_of_nine_are_closed_each_with_evidence(folder: Path) -> None:
    found = changes(folder, "mended", 0)
    assert {number: change["change"] for number, change in found.items()} == dict.fromkeys(ISSUES, "closed")
    proofs = [proof for change in found.values() for proof in change["proofs"]]
    assert [proof for proof in proofs if proof["change"] != "closed" or not proof["evidence"]] == []
    digests = {digest for proof in proofs for digest in proof["evidence"]}
    manifest = json.loads((folder / "mended" / "manifest.json").read_text())
    kept = {
        digest for name, file in manifest["files"].items() if name.startswith("readings/") for digest in file["records"]
    }
    assert digests <= kept


def test_a_relapse_leaves_one_open_and_one_unknown(folder: Path) -> None:
    found = changes(folder, "relapsed", 1)
    expected = dict.fromkeys(ISSUES, "closed") | {"SEC08": "still open", "REL13": "no longer known"}
    assert {number: change["change"] for number, change in found.items()} == expected
    proofs = found["REL13"]["proofs"]
    assert {(proof["check"], proof["change"]) for proof in proofs} == {
        ("backup.databases_in_one_zone_have_a_tested_restore", "no longer known"),
        ("backup.restores_are_tested", "no longer known"),
    }
    assert [proof["now"] for proof in proofs if "backup:ListRestoreJobs" not in proof["now"]] == []


def test_the_closing_report_says_so_at_the_top(folder: Path) -> None:
    ran = wafr("rereview", "mended", "--against", "first", "--out", "closing.md", folder=folder)
    assert ran.code == 0
    lines = (folder / "closing.md").read_text().splitlines()
    assert lines[0] == "# Re-review of Ledgerlane production: 9 of 9 closed"
    assert wafr("diff", "first", "relapsed", folder=folder).out.splitlines()[-1] == (
        "7 of 9 closed, 1 still open, 1 no longer known"
    )


def test_the_wrong_way_round_is_refused(folder: Path) -> None:
    ran = wafr("diff", "relapsed", "first", folder=folder)
    assert (ran.code, ran.out) == (2, "")
    assert "is older than the first" in ran.err


def test_the_trend_goes_down(folder: Path) -> None:
    points = json.loads(wafr("history", ".", "--format", "json", folder=folder).out)
    assert [point["risks"]["HIGH"] for point in points] == [9, 0, 1]

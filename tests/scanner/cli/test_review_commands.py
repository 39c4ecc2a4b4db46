"""What people hold in their hands, through the command line; and docs/review.md, which tells of it."""

import json
import re
from pathlib import Path

import pytest
import typer.main
from ruamel.yaml import YAML

from scanner.cli.common import load_lens
from scanner.cli.export import FORMATS
from scanner.cli.main import app
from scanner.config import Config
from scanner.review.accepted import load_accepted
from tests.cli import wafr
from tests.emulator import Emulator

PAGE = (Path(__file__).parents[3] / "docs" / "review.md").read_text(encoding="utf-8")
CONFIG = "workload: {name: Test, regions: [us-east-1]}\ncalls: {attempts: 1}\n"
ACCEPTED = """\
accepted:
  - check: kms.keys_rotate
    owner: ada
    approver: emil
    ticket: R-1
    reason: it goes
    accepted: 2026-01-01
    expires: {expires}
"""


@pytest.fixture(scope="module")
def folder(server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan of an account with one key that does not rotate."""
    place = tmp_path_factory.mktemp("review")
    server.reset()
    tags = {"team": "platform", "aws:cloudformation:stack-name": "keys"}
    server.client("kms").create_key(Tags=[{"TagKey": key, "TagValue": value} for key, value in tags.items()])
    (place / "wafr.yaml").write_text(CONFIG)
    ran = wafr(
        "scan", "--service", "kms", "--service", "tagging", "--out", "b", "--quiet",
        environment=server.environment, folder=place,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return place


def test_the_report_is_a_private_file(folder: Path) -> None:
    ran = wafr("report", "b", "--history", ".", folder=folder)
    assert (ran.code, ran.out) == (0, "")
    page = folder / "report.html"
    assert page.stat().st_mode & 0o777 == 0o600
    assert "<title>Test: Well-Architected evidence of " in page.read_text()


def test_a_pdf_says_so_where_there_is_no_browser(folder: Path, tmp_path: Path) -> None:
    ran = wafr(
        "report", "b", "--out", "other.html", "--pdf", "r.pdf", environment={"PATH": str(tmp_path)}, folder=folder
    )
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("wafr: --pdf needs a Chromium, and there is none on the path")
    assert not (folder / "other.html").exists()


def test_the_roadmap_is_made_and_renewed(folder: Path) -> None:
    ran = wafr("roadmap", "b", "--file", "roadmap.yaml", folder=folder)
    assert "1. quick win  Customer-managed symmetric KMS keys rotate automatically." in ran.out
    first = (folder / "roadmap.yaml").read_text()
    (item,) = [one for one in YAML(typ="safe", pure=True).load(first)["items"] if one["check"] == "kms.keys_rotate"]
    assert (item["owner"], item["state"], item["closes"]) == ("platform", "open", ["SEC08-BP01"])
    assert wafr("roadmap", "b", "--file", "roadmap.yaml", "--format", "csv", "--out", "j.csv", folder=folder).code == 0
    assert (folder / "roadmap.yaml").read_text() == first
    assert (folder / "j.csv").read_text().startswith("Summary,Issue Type,Priority,")


@pytest.mark.parametrize("form", FORMATS)
def test_every_export_writes_something(folder: Path, form: str) -> None:
    ran = wafr("export", "b", "--format", form, "--out", f"x.{form}", folder=folder)
    assert ran.code == 0, ran.err
    assert (folder / f"x.{form}").stat().st_size > 300
    if form == "json":
        assert (folder / "x.json").read_text() == (folder / "b" / "review.json").read_text()


def test_a_query_reads_the_tables_and_nothing_else(folder: Path) -> None:
    asked = "select resource, verdict from findings where \"check\" = 'kms.keys_rotate'"
    (row,) = json.loads(wafr("query", "b", asked, "--format", "json", folder=folder).out)
    assert row["verdict"] == "fails"
    for escape in (
        "select * from read_text('/etc/hostname')",
        "copy findings to 'out.csv'",
        "set enable_external_access = true",
    ):
        ran = wafr("query", "b", escape, folder=folder)
        assert (ran.code, ran.out) == (2, ""), escape
        assert len(ran.err.splitlines()) == 1
    assert not (folder / "out.csv").exists()


def test_a_notice_without_a_receiver_is_shown(folder: Path) -> None:
    ran = wafr("notify", "b", folder=folder)
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "wafr: Test: 1 high-risk issues"


@pytest.mark.parametrize(("expires", "gate", "status"), [("2026-12-31", 0, "active"), ("2026-01-31", 1, "expired")])
def test_the_gate_lets_an_accepted_risk_pass_until_it_expires(
    folder: Path, tmp_path: Path, expires: str, gate: int, status: str
) -> None:
    (tmp_path / "accepted-risks.yaml").write_text(ACCEPTED.format(expires=expires))
    (tmp_path / "wafr.yaml").write_text(CONFIG)
    ran = wafr(
        "evaluate", folder / "b", "--config", "wafr.yaml", "--fail-on", "high", "--format", "json", folder=tmp_path
    )  # fmt: skip
    assert ran.code == gate, ran.err
    review = json.loads(ran.out)
    assert [(rule["status"], len(rule["findings"])) for rule in review["accepted"]] == [(status, 1)]
    (answer,) = [one for one in review["answers"] if one["label"] == "SEC08-BP01"]
    assert (answer["stance"], answer["accepted"]) == ("refuted", gate == 0)


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("report", "nowhere"), 2, "nowhere has no manifest.json"),
        (("guide", "b", "--out", "no/such/folder/g.md"), 2, "no/such/folder/g.md cannot be written: No such file"),
        (("export", "b", "--format", "pdf"), 2, "--format is xlsx or csv or"),
        (("history", "nowhere"), 2, "nowhere is no folder"),
        (("rereview", "b", "--against", "nowhere"), 2, "nowhere has no manifest.json"),
    ],
)
def test_bad_input_is_one_line(folder: Path, command: tuple[str, ...], code: int, told: str) -> None:
    ran = wafr(*command, folder=folder)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1


def test_the_page_names_commands_that_exist() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group's
    for line in re.findall(r"^(?:\| )?`?wafr (\w[\w-]*)((?: [^\n`|]*)?)", PAGE, re.MULTILINE):
        name, rest = line
        assert name in commands, name
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(--[\w-]+)", rest)) <= known, line


def test_the_page_shows_files_that_are_read(tmp_path: Path) -> None:
    owners, accepted = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(Config.model_validate(YAML(typ="safe", pure=True).load(owners)).owners) == 2
    path = tmp_path / "accepted-risks.yaml"
    path.write_text(accepted)
    lens = load_lens()
    (rule,) = load_accepted(path, lens.catalogue, lens.library)
    assert (rule.practice, rule.ticket) == ("SEC05-BP02", "RISK-12")

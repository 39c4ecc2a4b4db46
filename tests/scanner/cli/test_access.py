"""`wafr access` on Ledgerlane's bundle: everything about the production key."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli import Ran, wafr


def ask(scanned: Path, *arguments: str | Path) -> Ran:
    return wafr("access", "production", "--bundle", scanned, *arguments, folder=scanned.parent)


@pytest.fixture(scope="module")
def answer(scanned: Path) -> dict[str, Any]:
    ran = ask(scanned, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    document: dict[str, Any] = json.loads(ran.out)
    return document


EVERYTHING = ["role/nightly-export", "role/worker", "root user"]


def test_who_administers_uses_and_decrypts(answer: dict[str, Any]) -> None:
    for actions in (answer["administer"], answer["use"], answer["without_decrypt"], {"kms:Decrypt": answer["decrypt"]}):
        for entries in actions.values():
            assert sorted(one["label"] for one in entries) == EVERYTHING
    assert (answer["named"], answer["delegated"]) == ([], ["arn:aws:iam::123456789012:root"])
    assert (answer["rotation"], answer["state"], answer["missing"]) == ("off", "Enabled", [])


def test_by_which_way_others_come_to_it(answer: dict[str, Any]) -> None:
    """AWS's services take on the two roles that may do everything, for whatever runs in them."""
    ways = {
        way["from"]: [(step["how"], step["to"].rpartition("/")[2]) for step in way["steps"][:-1]]
        for way in answer["ways"]
    }
    assert ways == {
        "ec2.amazonaws.com": [("sts:AssumeRole", "worker")],
        "lambda.amazonaws.com": [("sts:AssumeRole", "nightly-export")],
    }
    assert {way["steps"][-1]["how"] for way in answer["ways"]} == {"kms:Decrypt"}
    assert all(step["statements"] and step["readings"] for way in answer["ways"] for step in way["steps"])


def test_what_the_key_protects(answer: dict[str, Any]) -> None:
    protected = {(one["kind"], re.sub(r"-\w{6}$", "", re.split(r"[:/]", one["arn"])[-1])) for one in answer["protects"]}
    assert protected == {
        ("backup vault", "daily"),
        ("database", "ledger"),
        ("secret", "billing-provider"),
        ("secret", "mail-provider"),
        ("secret", "session-signing"),
    }


def test_the_table_tells_the_same(scanned: Path) -> None:
    out = ask(scanned).out
    for line in (
        "  called     alias/production",
        "  rotation   off",
        "  policy     names for kms:Decrypt: nobody",
        "             leaves it to: arn:aws:iam::123456789012:root",
        "can administer: role/nightly-export, role/worker, root user",
        "  ec2.amazonaws.com –sts:AssumeRole→ role/worker –kms:Decrypt→ alias/production",
        "protects: 5",
    ):
        assert line in out.splitlines()


def test_the_picture(scanned: Path, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        assert ask(scanned, "--svg", tmp_path / name).code == 0
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn == (tmp_path / "two.svg").read_text()
    texts = [text.text for text in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    nodes = {"alias/production", "ec2.amazonaws.com", "lambda.amazonaws.com", *EVERYTHING}
    assert nodes <= set(texts)
    assert texts.count("kms:Decrypt") == 3


def test_a_picture_that_cannot_be_written(scanned: Path, tmp_path: Path) -> None:
    ran = ask(scanned, "--svg", tmp_path / "no" / "such.svg")
    assert (ran.code, ran.err) == (
        2,
        f"wafr: {tmp_path / 'no' / 'such.svg'} cannot be written: No such file or directory.\n",
    )

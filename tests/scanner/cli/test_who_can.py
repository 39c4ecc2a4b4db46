"""`wafr who-can` on Ledgerlane's bundle: the answers equal what is written down by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fixtures.demo.scene import TRUTH
from tests.cli import Ran, wafr


@pytest.fixture
def truth() -> dict[str, Any]:
    written: dict[str, Any] = YAML(typ="safe", pure=True).load(TRUTH.read_text())
    return written


def ask(scanned: Path, *arguments: str) -> Ran:
    """The command in a folder without anything of AWS around it."""
    return wafr(*arguments, "--bundle", scanned, folder=scanned.parent)


def documents(through: list[str]) -> list[str]:
    return [text.rpartition(", statement ")[0] for text in through]


def test_who_can_decrypt_is_what_is_written_down(scanned: Path, truth: dict[str, Any]) -> None:
    found = {}
    for alias in truth["can_decrypt"]:
        ran = ask(scanned, "who-can", "kms:Decrypt", alias, "--format", "json")
        assert (ran.code, ran.err) == (0, "")
        principals = json.loads(ran.out)["principals"]
        assert {one["answer"] for one in principals} == {"yes"}
        found[alias] = {one["label"]: documents(one["through"]) for one in principals}
    assert found == truth["can_decrypt"]


def test_a_key_goes_by_alias_id_and_arn(scanned: Path) -> None:
    answers = [ask(scanned, "who-can", "kms:Decrypt", "production", "--format", "json").out]
    arn = json.loads(answers[0])["resource"]
    alias = f"{arn.rpartition(':')[0]}:alias/production"
    answers += [
        ask(scanned, "who-can", "kms:Decrypt", name, "--format", "json").out
        for name in ("alias/production", alias, arn, arn.rpartition("/")[2])
    ]
    assert set(answers) == {answers[0]}


def test_the_answer_cites_readings_of_the_bundle(scanned: Path) -> None:
    answer = json.loads(ask(scanned, "who-can", "kms:Decrypt", "production", "--format", "json").out)
    records = {
        record
        for name, member in json.loads((scanned / "manifest.json").read_text())["files"].items()
        if name.startswith("readings/")
        for record in member["records"]
    }
    assert answer["readings"]
    assert set(answer["readings"]) <= records


def test_the_table(scanned: Path) -> None:
    lines = ask(scanned, "who-can", "kms:Decrypt", "production").out.splitlines()
    assert lines[2:] == [
        "can: 3",
        "  role/nightly-export, role/worker",
        "      by    the key policy leaves it to the account, an identity policy allows it",
        "      from  key policy, statement Enable IAM User Permissions",
        "      from  managed policy full, statement #1",
        "  root user",
        "      by    named by the resource's own policy",
        "      from  key policy, statement Enable IAM User Permissions",
        "",
        "11 others cannot.",
    ]


def test_a_bucket_over_tls(scanned: Path) -> None:
    """The bucket's policy denies everyone plain HTTP, so whoever reads does it under that condition."""
    answer = json.loads(ask(scanned, "who-can", "s3:GetObject", "ledgerlane-invoices", "--format", "json").out)
    told = {one["label"]: (one["answer"], one["conditions"], one["example"]) for one in answer["principals"]}
    over_tls = ("if", ["unless Bool aws:SecureTransport = false"], {"aws:securetransport": ["true"]})
    assert told == {"role/nightly-export": over_tls, "role/worker": over_tls, "root user": over_tls}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("kms:Decrypt", "staging"), "'staging' is no key in this bundle. There are: alias/backups, alias/production"),
        (("kms:*", "production"), "'kms:*' is no single action"),
        (("ec2:RunInstances", "web"), "'ec2:RunInstances' is no single action"),
    ],
)
def test_what_cannot_be_answered_is_said(scanned: Path, arguments: tuple[str, ...], says: str) -> None:
    ran = ask(scanned, "who-can", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err

"""Whole accounts: what a scan says of Ledgerlane equals what is written down by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from ruamel.yaml import YAML

from fixtures.demo import account
from fixtures.demo.scene import CLAIMS, CONFIG, FOLDER, TRUTH, client_at
from fixtures.moto_services import install_standins
from tests.cli import wafr
from tests.emulator import ACCOUNT, Emulator

Document = dict[str, Any]


@pytest.fixture(scope="module")
def ledgerlane(server: Emulator) -> Iterator[Emulator]:
    """The demo's account, made once for this module."""
    server.reset()
    install_standins(FOLDER / "standins")
    account.build(client_at(server.url))
    yield server
    server.reset()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ledgerlane")


@pytest.fixture(scope="module")
def review(ledgerlane: Emulator, folder: Path) -> Document:
    """The Review of a scan as a user would run it."""
    ran = wafr(
        "scan", "--config", CONFIG, "--claims", CLAIMS, "--out", "b", "--format", "json",
        environment=ledgerlane.environment, folder=folder,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    document: Document = json.loads(ran.out)
    return document


@pytest.fixture(scope="module")
def truth() -> Document:
    written: Document = YAML(typ="safe", pure=True).load(TRUTH.read_text())
    return written


def names(aws: Emulator) -> dict[str, str]:
    """What a person calls a resource: its Name tag or alias, by id."""
    known: dict[str, str] = {}
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
    for region in ("eu-west-1", "eu-central-1"):
        ec2 = session.client("ec2", region_name=region, endpoint_url=aws.url)
        for tag in ec2.describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]:
            known[tag["ResourceId"]] = tag["Value"]
        for group in ec2.describe_security_groups()["SecurityGroups"]:
            known[group["GroupId"]] = group["GroupName"]
        kms = session.client("kms", region_name=region, endpoint_url=aws.url)
        for alias in kms.list_aliases()["Aliases"]:
            if "TargetKeyId" in alias:
                known[alias["TargetKeyId"]] = alias["AliasName"].removeprefix("alias/")
    return known


def called(resource: str, known: dict[str, str]) -> str:
    last = resource.rpartition("/")[2].rpartition(":")[2]
    return "account" if resource == f"account:{ACCOUNT}" else known.get(last, last)


def test_the_high_risk_issues_are_those_that_were_put_there(review: Document, truth: Document) -> None:
    found = {question["number"] for question in review["questions"] if question["risk"] == "HIGH"}
    assert found == set(truth["high_risk_issues"])
    assert [sum(number.startswith(pillar) for number in found) for pillar in ("SEC", "REL", "OPS")] == [6, 2, 1]


def test_what_refutes_is_what_was_done_wrong(ledgerlane: Emulator, review: Document, truth: Document) -> None:
    known = names(ledgerlane)
    findings = {finding["id"]: finding for finding in review["findings"]}
    refuted: dict[str, dict[str, list[str]]] = {}
    for answer in review["answers"]:
        if answer["stance"] == "refuted":
            failing = [findings[name] for name in answer["findings"] if findings[name]["verdict"] == "fails"]
            by_check: dict[str, list[str]] = refuted.setdefault(answer["label"], {})
            for finding in failing:
                by_check.setdefault(finding["check"], []).append(called(finding["resource"], known))
    assert {label: {c: sorted(r) for c, r in checks.items()} for label, checks in refuted.items()} == truth["refuted"]


def test_every_refuted_practice_was_claimed(review: Document, truth: Document) -> None:
    over = [entry["label"] for entry in review["contradictions"] if entry["kind"] == "over-claimed"]
    assert sorted(over) == sorted(truth["over_claimed"])


def test_what_is_verified_and_what_was_not_seen(review: Document, truth: Document) -> None:
    assert [answer["label"] for answer in review["answers"] if answer["stance"] == "verified"] == truth["verified"]
    assert review["refusals"] == truth["unseen"]


def test_the_flattering_answers_predict_the_same_nine(review: Document, truth: Document) -> None:
    predicted = {question["number"] for question in review["questions"] if question["predicted_risk"] == "HIGH"}
    assert predicted == set(truth["high_risk_issues"])


def test_the_bundle_judged_again_gives_the_same_bytes(review: Document, folder: Path) -> None:
    assert review["schema"] == "wafr-review/1"
    again = wafr("evaluate", "b", "--format", "json", folder=folder)
    assert again.out == (folder / "b" / "review.json").read_text()


def test_totals_add_up(review: Document, folder: Path) -> None:
    lines = wafr("evaluate", "b", folder=folder).out.splitlines()
    for line, total in (("best practices =", 307), ("questions =", 57), ("findings =", len(review["findings"]))):
        text = next(one for one in lines if line in one)
        parts = [int(word) for word in text.partition("=")[2].split() if word.isdigit()]
        assert (int(text.split()[0]), sum(parts)) == (total, total)

"""The command line: what it prints, how it ends, and what it says about bad input."""

import json
from importlib.metadata import requires
from pathlib import Path

import jsonschema
import pytest
from packaging.requirements import Requirement

from scanner.review.document import Review
from tests.cli import wafr
from tests.emulator import Emulator

NARROW = ("--service", "kms")
CONFIG = "workload: {name: Test, regions: [us-east-1]}\ncalls: {attempts: 1}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wafr.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def bundle(aws: Emulator, folder: Path) -> Path:
    """A scan of an account with one key that does not rotate."""
    aws.client("kms").create_key()
    ran = wafr("scan", *NARROW, "--out", "b", "--quiet", environment=aws.environment, folder=folder)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    return folder / "b"


def test_json_is_the_review_and_nothing_else(aws: Emulator, folder: Path) -> None:
    aws.client("kms").create_key()
    ran = wafr("scan", *NARROW, "--out", "b", "--format", "json", environment=aws.environment, folder=folder)
    document = json.loads(ran.out)
    jsonschema.validate(document, Review.model_json_schema(by_alias=True))
    assert document["schema"] == "wafr-review/1"
    assert [f["verdict"] for f in document["findings"] if f["check"] == "kms.keys_rotate"] == ["fails"]
    stored = (folder / "b" / "review.json").read_text()
    assert stored == ran.out


def test_a_bundle_judged_again_gives_the_same_bytes(bundle: Path, folder: Path) -> None:
    ran = wafr("evaluate", "b", "--format", "json", folder=folder)
    assert ran.code == 0
    assert ran.out == (bundle / "review.json").read_text()


def test_files_are_private(bundle: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in bundle.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_verify_agrees_and_finds_a_changed_byte(bundle: Path, folder: Path) -> None:
    assert wafr("verify", "b", folder=folder).code == 0
    target = next(bundle.glob("readings/*/*/kms.jsonl.gz"))
    content = bytearray(target.read_bytes())
    content[-3] ^= 1
    target.write_bytes(bytes(content))
    ran = wafr("verify", "b", folder=folder)
    name = target.relative_to(bundle).as_posix()
    assert (ran.code, ran.err) == (6, f"wafr: {name} was changed\n")
    again = wafr("evaluate", "b", folder=folder)
    assert (again.code, again.err) == (
        6,
        f"wafr: b/{name} was changed after the scan. See `wafr verify b`.\n",
    )


def test_the_gate(bundle: Path, folder: Path) -> None:
    assert bundle.exists()
    assert wafr("evaluate", "b", "--fail-on", "high", folder=folder).code == 1
    assert wafr("evaluate", "b", "--fail-on", "none", folder=folder).code == 0


def test_explain_goes_down_to_the_reading(bundle: Path, folder: Path) -> None:
    review = json.loads((bundle / "review.json").read_text())
    finding = next(f for f in review["findings"] if f["check"] == "kms.keys_rotate")
    practice = wafr("explain", "SEC08-BP01", "--bundle", "b", folder=folder).out
    assert "REFUTED: 1 resource fails kms.keys_rotate" in practice
    assert finding["id"] in practice
    down = wafr("explain", finding["id"], "--bundle", "b", folder=folder).out
    for digest in finding["evidence"]:
        assert f"reading {digest}\n" in down
    assert '{"KeyRotationEnabled": false}' in down


def test_a_scan_that_is_refused_everything_says_nothing(aws: Emulator, folder: Path) -> None:
    with aws.refusing():
        ran = wafr("scan", "--out", "b", "--format", "json", environment=aws.environment, folder=folder)
    document = json.loads(ran.out)
    assert ran.code == 3
    assert {answer["stance"] for answer in document["answers"]} <= {"unknown", "ask", "not applicable"}
    assert {finding["verdict"] for finding in document["findings"]} == {"unknown"}
    assert {fact["says"] for fact in document["facts"]} == {""}


def test_a_diff_of_a_bundle_with_itself_leaves_everything_open(bundle: Path, folder: Path) -> None:
    assert bundle.exists()
    ran = wafr("diff", "b", "b", folder=folder)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "0 of 1 closed, 1 still open"


def test_a_diff_closes_what_was_mended_and_not_what_was_refused(aws: Emulator, bundle: Path, folder: Path) -> None:
    assert bundle.exists()
    kms = aws.client("kms")
    kms.enable_key_rotation(KeyId=kms.list_keys()["Keys"][0]["KeyId"])
    assert wafr("scan", *NARROW, "--out", "mended", "-q", environment=aws.environment, folder=folder).code == 0
    closed = wafr("diff", "b", "mended", folder=folder)
    assert (closed.code, closed.out.splitlines()[-1]) == (0, "1 of 1 closed")
    with aws.refusing():
        assert wafr("scan", *NARROW, "--out", "refused", "-q", environment=aws.environment, folder=folder).code == 3
    refused = wafr("diff", "b", "refused", folder=folder)
    assert (refused.code, refused.out.splitlines()[-1]) == (3, "0 of 1 closed, 1 no longer known")


def test_doctor_names_the_refused_action_and_the_practices(aws: Emulator, folder: Path) -> None:
    with aws.refusing():
        ran = wafr("doctor", "--service", "kms", "-q", "--format", "json", environment=aws.environment, folder=folder)
    assert ran.code == 3
    assert [(r["api"], r["action"], r["outcome"], r["leaves_unknown"]) for r in json.loads(ran.out)] == [
        ("kms:ListKeys", "kms:ListKeys", "denied", ["SEC08-BP01", "SEC08-BP04"])
    ]


def test_the_policy_of_some_checks() -> None:
    document = json.loads(wafr("policy", "--check", "kms.keys_rotate").out)
    assert document["Statement"][0]["Action"] == [
        "ec2:DescribeRegions",
        "kms:DescribeKey",
        "kms:GetKeyRotationStatus",
        "kms:ListKeys",
    ]


def test_checks_can_be_listed_by_service_and_pillar() -> None:
    listed = json.loads(wafr("checks", "list", "--service", "kms", "--pillar", "security", "--format", "json").out)
    assert {entry["id"] for entry in listed} == {
        "kms.imported_material_stays_valid",
        "kms.key_policies_name_their_users",
        "kms.keys_by_name",
        "kms.keys_by_origin",
        "kms.keys_rotate",
        "kms.no_key_awaits_deletion",
    }


REAL = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}


@pytest.mark.parametrize(
    ("arguments", "environment", "config", "code", "message"),
    [
        (
            ["scan"],
            {},
            CONFIG,
            4,
            "No AWS credentials were found. Set AWS_PROFILE or --profile, or sign in with `aws sso login`.",
        ),
        (
            ["scan", "--profile", "nope"],
            {},
            CONFIG,
            4,
            "The profile 'nope' is not in your AWS configuration. Known: none.",
        ),
        (
            ["scan"],
            REAL,
            "workloads: {name: x}",
            2,
            "wafr.yaml: workloads: there is no such setting. Did you mean 'workload'?",
        ),
        (
            ["scan"],
            REAL,
            "calls: {thread: 1}",
            2,
            "wafr.yaml: calls.thread: there is no such setting. Did you mean 'threads'?",
        ),
        (["scan"], REAL, "a: [", 2, "wafr.yaml, line 1: expected the node content, but found '<stream end>'."),
        (["scan", "--format", "xml"], REAL, CONFIG, 2, "--format is table or json, not 'xml'."),
        (
            ["scan", "--check", "kms.keys_spin"],
            REAL,
            CONFIG,
            2,
            "there is no check 'kms.keys_spin'. `wafr checks list` shows all.",
        ),
        (["scan", "--pillar", "beauty"], REAL, CONFIG, 2, "there is no pillar 'beauty'."),
        (["scan", "--resume"], REAL, CONFIG, 2, "--resume needs --out: the folder of the unfinished scan."),
        (["evaluate", "nowhere"], {}, CONFIG, 2, "nowhere has no manifest.json. Is this the right folder?"),
        (["verify", "nowhere"], {}, CONFIG, 2, "nowhere is no folder."),
        (["explain", "SEC08-BP01"], {}, CONFIG, 2, "there is no bundle in this folder. Name one with --bundle."),
        (
            ["scan", "--claims", "claims.yaml"],
            REAL,
            CONFIG,
            2,
            "claims.yaml: the lens has no question 'protect-data-rests'. Did you mean 'protect-data-rest'?",
        ),
        (
            ["scan"],
            REAL,
            "settings: {iam.access_keys_are_young: {day: 5}}",
            2,
            "settings: iam.access_keys_are_young has no setting 'day'. It has: days.",
        ),
    ],
)
def test_bad_input_gets_one_clear_line(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], config: str, code: int, message: str
) -> None:
    (tmp_path / "wafr.yaml").write_text(config)
    (tmp_path / "claims.yaml").write_text("protect-data-rests: [x]")
    no_files = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    ran = wafr(*arguments, environment={**no_files, **environment}, folder=tmp_path)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"wafr: {message}")
    assert ran.err.count("\n") == 1


def test_an_unknown_region_is_told(aws: Emulator, folder: Path) -> None:
    ran = wafr("scan", "--region", "eu-nowhere-1", environment=aws.environment, folder=folder)
    assert ran.code == 2
    assert ran.err.startswith("wafr: Unknown region 'eu-nowhere-1'. Known: af-south-1,")


def test_a_second_scan_does_not_touch_a_finished_bundle(aws: Emulator, bundle: Path, folder: Path) -> None:
    before = {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    ran = wafr("scan", *NARROW, "--out", "b", environment=aws.environment, folder=folder)
    assert (ran.code, ran.err) == (2, "wafr: b already holds a bundle. Choose another --out.\n")
    assert {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file() and path.name != ".lock"} == before


def test_regions_that_were_left_out_are_unknown(aws: Emulator, tmp_path: Path) -> None:
    ran = wafr(
        "scan", "--check", "kms.keys_rotate", "--region", "us-east-1", "--out", "b", "--format", "json",
        environment=aws.environment, folder=tmp_path,
    )  # fmt: skip
    document = json.loads(ran.out)
    assert ran.code == 3
    assert [(f["region"], f["verdict"]) for f in document["findings"]] == [
        ("not scanned", "unknown"),
        ("us-east-1", "not applicable"),
    ]


def test_the_core_install_is_small() -> None:
    """Every package that an installation without extras brings."""
    seen: set[str] = set()
    pending = ["wafr"]
    while pending:
        name = pending.pop()
        for line in requires(name) or []:
            requirement = Requirement(line)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and requirement.name.lower() not in seen:
                seen.add(requirement.name.lower())
                pending.append(requirement.name)
    assert len(seen) <= 40

"""Never more than the evidence shows: emptiness, refusals, truncation and crashes, each told apart."""

from pathlib import Path
from types import ModuleType

import pytest

from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check, derived
from scanner.cli.common import load_lens
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Target
from scanner.evidence.snapshot import Scan
from scanner.judge.discover import Library, library_of
from scanner.judge.evaluate import evaluate
from scanner.run import scan_in
from tests.broken import Fault
from tests.command import patient, run
from tests.emulator import ACCOUNT, HOME, Emulator
from tests.honesty import Scanner
from tests.proxy import Proxy, Rule

LISTING = frozenset({"kms:ListKeys"})
REGION = f"region:{HOME}"


def refusing(*operations: str) -> Rule:
    return Rule(Fault.REFUSED, frozenset(operations))


@pytest.mark.usefixtures("proxy")
def test_an_empty_account_proves_nothing(tmp_path: Path) -> None:
    said = run("scan", "--config", patient(tmp_path), "--out", tmp_path / "bundle", "--format", "json")
    stances = {answer["choice"]: answer["stance"] for answer in said.review["answers"]}
    assert {choice for choice, stance in stances.items() if stance in ("verified", "supported")} == set()
    assert [q["question"] for q in said.review["questions"] if q["risk"] == "NONE"] == []


def test_a_fully_refused_account_leaves_nothing_but_unknown(proxy: Proxy, tmp_path: Path) -> None:
    with proxy.going_wrong(Rule(Fault.REFUSED)):
        said = run("scan", "--config", patient(tmp_path), "--out", tmp_path / "bundle", "--format", "json")
    review = said.review
    assert said.code == 3
    assert {finding["verdict"] for finding in review["findings"]} == {"unknown"}
    assert {answer["stance"] for answer in review["answers"]} == {"unknown", "ask"}
    assert {question["risk"] for question in review["questions"]} == {"UNPROVEN"}
    assert {fact["says"] for fact in review["facts"]} == {""}
    not_refused = {refusal["api"] for refusal in review["refusals"] if refusal["outcome"] != "denied"}
    takes_the_account = {
        "inspector2:BatchGetAccountStatus",
        "s3control:GetPublicAccessBlock",
        "s3control:ListAccessPoints",
        "s3control:ListMultiRegionAccessPoints",
    }
    assert not_refused == takes_the_account, "they take the account's number, which nobody tells"
    assert "" not in proxy.seen, "every request names its operation, so that rules can"


def test_every_refused_operation_is_named_with_the_action_to_grant(proxy: Proxy, tmp_path: Path) -> None:
    with proxy.going_wrong(refusing("kms:ListKeys", "s3:ListBuckets")):
        said = run("scan", "--config", patient(tmp_path), "--out", tmp_path / "bundle", "--format", "json")
    named = {(r["api"], r["action"], r["outcome"], r["error"]) for r in said.review["refusals"]}
    assert named >= {
        ("kms:ListKeys", "kms:ListKeys", "denied", "AccessDeniedException"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets", "denied", "AccessDenied"),
    }
    assert said.code == 3


def test_regions_that_could_not_be_listed_are_unknown(proxy: Proxy, tmp_path: Path) -> None:
    config = patient(tmp_path, "calls: {attempts: 1, rate: 0}\n")
    with proxy.going_wrong(refusing("ec2:DescribeRegions")):
        said = run(
            "scan", "--config", config, "--region", HOME, "--check", "kms.keys_rotate", "--out", tmp_path / "b", "--format", "json"
        )  # fmt: skip
    assert said.code == 3
    told = {f["region"]: (f["verdict"], f["because"]) for f in said.review["findings"]}
    assert told[HOME] == ("not applicable", "there is none: kms:ListKeys listed nothing")
    verdict, because = told["not scanned"]
    assert verdict == "unknown"
    assert because.endswith(", *"), "there may be more than botocore knows"


def test_a_refused_listing_is_not_an_empty_one(proxy: Proxy, aws: Emulator) -> None:
    empty = {REGION: ("not applicable", "there is none: kms:ListKeys listed nothing")}
    assert aws.judge("kms.keys_rotate") == empty
    with proxy.going_wrong(refusing("kms:ListKeys")):
        assert aws.judge("kms.keys_rotate") == {
            REGION: ("unknown", f"kms:ListKeys was refused in {HOME}: AccessDeniedException")
        }


def test_a_refusal_is_felt_where_it_counts_and_nowhere_else(proxy: Proxy, aws: Emulator) -> None:
    client = aws.client("kms")
    one, other = (client.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    client.enable_key_rotation(KeyId=one)
    with proxy.going_wrong(refusing("kms:GetKeyRotationStatus")):
        told = aws.judge("kms.keys_rotate")
    because = f"kms:GetKeyRotationStatus was refused in {HOME}: AccessDeniedException"
    assert told == {one: ("unknown", because), other: ("unknown", because)}


@pytest.mark.parametrize("fault", [Fault.REPEATING, Fault.ENDLESS])
def test_a_list_that_could_not_be_read_to_its_end_is_unknown(proxy: Proxy, aws: Emulator, fault: Fault) -> None:
    aws.client("kms").create_key()
    with proxy.going_wrong(Rule(fault, LISTING)):
        verdicts = aws.verdicts("kms.keys_rotate")
    assert verdicts == {REGION: "unknown"}


class KeyEntry(Evidence, read=Read("kms:ListKeys", "Keys", arn="{key_arn}")):
    key_id: str
    key_arn: str


class Made:
    """Derived evidence that is never made."""


@derived
def broken_derivation(key: KeyEntry) -> Made:
    made: dict[str, Made] = {}
    return made["missing" if key else ""]


@check(effort="low")
def crashes(key: KeyEntry) -> Verdict:
    """A check that crashes.

    Why: it does.
    Fix: none.
    """
    raise ZeroDivisionError(key.key_id[:0])


@check(effort="low")
def leans_on_a_crash(key: KeyEntry, made: Made) -> Verdict:
    """A check whose derived evidence crashes.

    Why: it does.
    Fix: none.
    """
    return Holds(f"{key} {made}")


@check(effort="low")
def answers_nonsense(key: KeyEntry) -> Verdict:
    """A check that answers no verdict.

    Why: it does.
    Fix: none.
    """
    return bool(key)  # type: ignore[return-value]


@check(effort="low")
def needs_a_field_that_is_not_there(key: KeyEntry) -> Verdict:
    """A check that is fine.

    Why: it is.
    Fix: none.
    """
    return NotApplicable("fine") if key.key_id else Fails("no id")


def checks_here() -> Library:
    module = ModuleType("crashing")
    for function in (broken_derivation, crashes, leans_on_a_crash, answers_nonsense, needs_a_field_that_is_not_there):
        function.__module__ = "crashing"
        setattr(module, function.__name__, function)
    return library_of([module])


def test_a_check_that_crashes_is_unknown_and_cites_what_it_was_given(aws: Emulator) -> None:
    aws.client("kms").create_key()
    library = checks_here()
    snapshot = aws.snapshot(library)
    findings, _ = evaluate(library, snapshot)
    (listing,) = {reading.digest for reading in snapshot}
    assert {f.check.partition(".")[2]: (str(f.verdict), f.because, f.evidence) for f in findings} == {
        "crashes": ("unknown", "the check crashed: ZeroDivisionError: ", (listing,)),
        "leans_on_a_crash": ("unknown", "derived evidence crashed: KeyError: 'missing'", (listing,)),
        "answers_nonsense": ("unknown", "the check gave bool, which is no verdict", (listing,)),
        "needs_a_field_that_is_not_there": ("not applicable", "fine", (listing,)),
    }


@pytest.mark.usefixtures("aws")
def test_a_region_that_was_left_out_is_unknown() -> None:
    lens = load_lens()
    home = Target(ACCOUNT, GLOBAL)
    asked = {
        "at": "2026-01-01T00:00:00+00:00",
        "targets": [[ACCOUNT, GLOBAL, "aws"], [ACCOUNT, HOME, "aws"]],
        "unscanned": {ACCOUNT: ["eu-west-1"]},
        "organization": [ACCOUNT, ORGANIZATION, "aws"],
    }
    scan = scan_in(asked)
    assert scan == Scan(scan.at, (home, home.there(HOME)), {ACCOUNT: ("eu-west-1",)}, home.there(ORGANIZATION))
    seen = Scanner(lens, scan, {}).see()
    regional = {c.id for c in lens.library.checks.values() if c.signature.regional and c.role == "check"}
    left_out = {f.check: (f.verdict, f.because) for f in seen.review.findings if f.region == "not scanned"}
    assert left_out == dict.fromkeys(regional, ("unknown", "not scanned: eu-west-1"))

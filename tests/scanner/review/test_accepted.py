"""Accepted risks: an agreement of two people, for a time. Accepted is never met."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.cli.common import load_lens
from scanner.config import ConfigError
from scanner.judge.answer import Answer, Stance
from scanner.judge.finding import Finding, Stand
from scanner.review.accepted import AcceptedRisk, accepted_choices, apply_accepted, load_accepted

LENS = load_lens()
AT = datetime(2026, 11, 20, tzinfo=UTC)
DISK, OTHER = "arn:aws:ec2:eu-west-1:1:volume/a", "arn:aws:ec2:eu-west-1:1:volume/b"
CHECK = "ec2.volumes_are_encrypted"
RULE = """\
accepted:
  - practice: SEC08-BP02
    check: ec2.volumes_are_encrypted
    resource: "*volume/a"
    owner: ada@example.com
    approver: emil@example.com
    ticket: RISK-12
    reason: The disk goes in January.
    accepted: 2026-11-01
    expires: 2027-01-31
"""


def failing(resource: str) -> Finding:
    return Finding(CHECK, "1", "eu-west-1", resource, Stand.FAILS, "not encrypted")


def refuted(*findings: Finding) -> Answer:
    ids = tuple(finding.id for finding in findings)
    return Answer("q", "sec_encrypt", "SEC08-BP02", "High", Stance.REFUTED, True, ids, (), (), "1 fails", ())


def rule(**changes: object) -> AcceptedRisk:
    values: dict[str, object] = {
        "practice": "SEC08-BP02",
        "resource": "*volume/a",
        "owner": "ada",
        "approver": "emil",
        "ticket": "RISK-12",
        "reason": "it goes",
        "accepted": "2026-11-01",
        "expires": "2027-01-31",
    }
    return AcceptedRisk.model_validate({**values, **changes})


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "accepted-risks.yaml"
    path.write_text(RULE)
    (read,) = load_accepted(path, LENS.catalogue, LENS.library)
    assert read == rule(
        check=CHECK, owner="ada@example.com", approver="emil@example.com", reason="The disk goes in January."
    )


@pytest.mark.parametrize(
    ("was", "is_", "line", "told"),
    [
        ("SEC08-BP02", "SEC08-BP99", 2, "the lens has no practice 'SEC08-BP99'"),
        ("ec2.volumes_are", "ec2.volume_are", 2, "there is no check 'ec2.volume_are_encrypted'"),
        ("emil@", "Ada@", 2, "the approver has to be somebody else than the owner"),
        ("2027-01-31", "2028-01-31", 2, "it may last 365 days at most"),
        ("2027-01-31", "2026-10-31", 2, "it has to expire after the day on which it was accepted"),
        ("2027-01-31", "soon", 10, "expires: Input should be a valid date"),
        ("RISK-12", '""', 7, "ticket: String should have at least 1 character"),
        ("    expires: 2027-01-31\n", "", 2, "expires: Field required"),
        ("ticket", "tickets", 2, "ticket: Field required"),
        ("accepted:\n  -", "risks:\n  -", 0, "accepted risks are a list under `accepted:`"),
    ],
)
def test_what_is_no_agreement_is_refused_with_its_line(
    tmp_path: Path, was: str, is_: str, line: int, told: str
) -> None:
    path = tmp_path / "accepted-risks.yaml"
    assert was in RULE
    path.write_text(RULE.replace(was, is_, 1))
    with pytest.raises(ConfigError) as raised:
        load_accepted(path, LENS.catalogue, LENS.library)
    assert told in str(raised.value)
    assert (f"{path}, line {line}: " in str(raised.value)) is bool(line)


@pytest.mark.parametrize(
    ("changes", "status", "covered"),
    [
        ({}, "active", [DISK]),
        ({"resource": "*"}, "active", [DISK, OTHER]),
        ({"resource": "*volume/z"}, "matches nothing", []),
        ({"practice": "SEC08-BP01"}, "matches nothing", []),
        ({"practice": "sec_encrypt"}, "active", [DISK]),
        ({"practice": None, "check": CHECK}, "active", [DISK]),
        ({"check": "kms.keys_rotate"}, "matches nothing", []),
        ({"expires": "2026-11-20"}, "active", [DISK]),
        ({"expires": "2026-11-19"}, "expired", [DISK]),
    ],
)
def test_what_a_rule_covers(changes: dict[str, object], status: str, covered: list[str]) -> None:
    findings = [failing(DISK), failing(OTHER)]
    (entry,) = apply_accepted([rule(**changes)], findings, [refuted(*findings)], AT)
    names = {finding.id: finding.resource for finding in findings}
    assert (entry.status, [names[name] for name in entry.findings]) == (status, covered)


@pytest.mark.parametrize(
    ("rules", "accepted"),
    [
        ([rule()], []),
        ([rule(resource="*")], ["sec_encrypt"]),
        ([rule(), rule(resource="*volume/b", practice=None, check=CHECK)], ["sec_encrypt"]),
        ([rule(resource="*", expires="2026-11-19")], []),
    ],
)
def test_a_practice_is_accepted_when_all_its_failures_are(rules: list[AcceptedRisk], accepted: list[str]) -> None:
    findings = [failing(DISK), failing(OTHER)]
    answers = [refuted(*findings)]
    entries = apply_accepted(rules, findings, answers, AT)
    assert list(accepted_choices(entries, answers, findings)) == accepted


def test_a_rule_about_one_practice_accepts_no_other() -> None:
    """The same failure refutes two practices; the rule names one."""
    findings = [failing(DISK)]
    other = Answer("q", "other", "REL09-BP02", "High", Stance.REFUTED, True, (findings[0].id,), (), (), "1 fails", ())
    answers = [refuted(*findings), other]
    entries = apply_accepted([rule()], findings, answers, AT)
    assert list(accepted_choices(entries, answers, findings)) == ["sec_encrypt"]

"""What became of an HRI: closed only with fresh evidence about every resource that failed."""

from typing import Any

import pytest

from scanner.review.diff import Change, NotComparableError, compare
from scanner.review.document import Review
from tests.reviews import REGION, WHERE, Line, answer, digest, finding, review

OLD, NEW = "2026-10-01T00:00:00Z", "2026-11-20T00:00:00Z"
KEY, DISK = "arn:aws:kms:eu-west-1:111111111111:key/a", "arn:aws:ec2:eu-west-1:111111111111:volume/b"
ROTATES, ENCRYPTED = "kms.keys_rotate", "ec2.volumes_are_encrypted"


def of(*lines: Line, at: str = OLD, label: str = "SEC08-BP01", **changes: Any) -> Review:
    findings = [finding(line) for line in lines]
    return review([answer(label, findings, **changes)], findings, at=at)


FAILED = of((ROTATES, KEY, "fails", "rotation is off"), (ENCRYPTED, DISK, "fails", "not encrypted"))
HOLDS = (ROTATES, KEY, "holds", "rotates every 365 days")


@pytest.mark.parametrize(
    ("now", "change", "told"),
    [
        pytest.param(
            [HOLDS, (ENCRYPTED, DISK, "holds", "encrypted")],
            Change.CLOSED,
            ["holds: rotates every 365 days", "holds: encrypted"],
            id="every resource that failed holds",
        ),
        pytest.param(
            [HOLDS, (ENCRYPTED, WHERE, "not applicable", "there is none: ec2:DescribeVolumes listed nothing")],
            Change.CLOSED,
            ["holds: rotates every 365 days", "gone: the listing was seen whole and does not hold it"],
            id="one is gone from a whole listing",
        ),
        pytest.param(
            [HOLDS, (ENCRYPTED, WHERE, "unknown", "ec2:DescribeVolumes was refused")],
            Change.NO_LONGER_KNOWN,
            ["holds: rotates every 365 days", f"{ENCRYPTED} says nothing of it any more"],
            id="the listing was refused",
        ),
        pytest.param(
            [HOLDS],
            Change.NO_LONGER_KNOWN,
            ["holds: rotates every 365 days", f"{ENCRYPTED} says nothing of it any more"],
            id="the check did not run",
        ),
        pytest.param(
            [HOLDS, (ENCRYPTED, DISK + "2", "unknown", "ec2:DescribeVolumes was refused for it")],
            Change.NO_LONGER_KNOWN,
            ["holds: rotates every 365 days", f"{ENCRYPTED} says nothing of it any more"],
            id="something beside it is unknown, which may stand for a listing within a listing",
        ),
        pytest.param(
            [(ROTATES, KEY, "unknown", "refused"), (ENCRYPTED, DISK, "holds", "encrypted")],
            Change.NO_LONGER_KNOWN,
            ["refused", "holds: encrypted"],
            id="one is unknown",
        ),
        pytest.param(
            [HOLDS, (ENCRYPTED, DISK, "fails", "not encrypted")],
            Change.STILL_OPEN,
            ["holds: rotates every 365 days", "not encrypted"],
            id="one still fails",
        ),
        pytest.param(
            [HOLDS, (ENCRYPTED, DISK, "holds", "encrypted"), (ENCRYPTED, DISK + "2", "fails", "not encrypted")],
            Change.STILL_OPEN,
            ["holds: rotates every 365 days", "holds: encrypted"],
            id="what failed is mended and something new fails",
        ),
    ],
)
def test_what_became_of_a_high_risk_issue(now: list[Line], change: Change, told: list[str]) -> None:
    (found,) = compare(FAILED, of(*now, at=NEW))
    assert (found.number, found.change) == ("SEC08", change)
    assert [proof.now for proof in found.proofs] == told
    assert [(proof.check, proof.resource, proof.was) for proof in found.proofs] == [
        (ROTATES, KEY, "rotation is off"),
        (ENCRYPTED, DISK, "not encrypted"),
    ]


def test_a_closed_one_cites_what_shows_it() -> None:
    (found,) = compare(FAILED, of(HOLDS, (ENCRYPTED, WHERE, "not applicable", "there is none"), at=NEW))
    assert [proof.evidence for proof in found.proofs] == [(digest(KEY),), (digest(WHERE),)]


def test_a_practice_that_needs_more_than_it_shows_is_not_closed() -> None:
    old = of((ROTATES, KEY, "fails", "rotation is off"))
    (found,) = compare(old, of(HOLDS, at=NEW, stance="unknown"))
    assert found.change is Change.NO_LONGER_KNOWN


def test_a_threshold_that_was_loosened_closes_nothing() -> None:
    before = finding((ROTATES, KEY, "fails", "200 days old"), settings={"days": 90})
    after = finding((ROTATES, KEY, "holds", "250 days old"), settings={"days": 400})
    old = review([answer("SEC08-BP01", [before])], [before], at=OLD)
    (found,) = compare(old, review([answer("SEC08-BP01", [after])], [after], at=NEW))
    assert found.change is Change.NO_LONGER_KNOWN
    assert found.proofs[0].now == "holds, but under other settings: days=90 became days=400"


def test_what_held_before_and_fails_now_has_regressed() -> None:
    old = of(HOLDS)
    (found,) = compare(old, of((ROTATES, KEY, "fails", "rotation is off"), at=NEW))
    assert (found.change, found.proofs[0].was) == (Change.REGRESSED, "holds: rotates every 365 days")


def test_what_was_not_there_before_is_new() -> None:
    old = of((ROTATES, WHERE, "not applicable", "there is none"))
    (found,) = compare(old, of((ROTATES, KEY, "fails", "rotation is off"), at=NEW))
    assert (found.change, found.proofs[0].was) == (Change.NEW, "not there before")


def test_another_region_is_no_proof() -> None:
    old = of((ENCRYPTED, DISK, "fails", "not encrypted"))
    elsewhere = finding((ENCRYPTED, "region:us-east-1", "not applicable", "there is none"), region="us-east-1")
    (found,) = compare(old, review([answer("SEC08-BP01", [elsewhere])], [elsewhere], at=NEW))
    assert found.change is Change.NO_LONGER_KNOWN
    assert REGION not in elsewhere.region


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (FAILED, FAILED.model_copy(update={"lens": "serverless"}), "The lenses differ"),
        (of(HOLDS, at=NEW), FAILED, "is older than the first"),
    ],
)
def test_what_cannot_be_compared(old: Review, new: Review, message: str) -> None:
    with pytest.raises(NotComparableError, match=message):
        compare(old, new)

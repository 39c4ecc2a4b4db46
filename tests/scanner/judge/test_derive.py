"""Derived evidence by itself, and what it says where something was not seen."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType

import pytest

from scanner import Evidence, Holds, Read, Verdict, check, derived
from scanner.access.request import NotSeen
from scanner.evidence.reading import GLOBAL, Call, Outcome, Reading, Target
from scanner.evidence.snapshot import Scan, Snapshot
from scanner.judge.derive import Derived, Deriver
from scanner.judge.discover import DiscoveryError, library_of
from scanner.judge.evaluate import evaluate
from scanner.judge.signature import SignatureError

AT = datetime(2026, 1, 1, tzinfo=UTC)
HOME = Target("111111111111", GLOBAL)
HERE = HOME.there("eu-west-1")


class Key(Evidence, read=Read("kms:ListKeys", "Keys", arn="{key_arn}")):
    key_id: str
    key_arn: str


class Rotation(Evidence, read=Read("kms:GetKeyRotationStatus", per=Key, args={"KeyId": "key_id"})):
    key_rotation_enabled: bool


@dataclass(frozen=True)
class Told:
    rotates: bool | NotSeen


@dataclass(frozen=True)
class Sure:
    rotates: bool


@derived
def told(key: Key, rotation: Rotation | NotSeen) -> Told:  # noqa: ARG001  (it is called once for each key)
    """Tolerates what was not seen."""
    return Told(rotation if isinstance(rotation, NotSeen) else rotation.key_rotation_enabled)


@derived
def sure(told: Told) -> Sure | NotSeen:
    """Insists on having seen it."""
    return told.rotates if isinstance(told.rotates, NotSeen) else Sure(told.rotates)


@check(effort="low")
def keys_are_sure(found: Sure) -> Verdict:
    """Keys are sure."""
    return Holds(str(found.rotates))


def package(*functions: object) -> ModuleType:
    module = ModuleType("keys")
    for function in functions:
        function.__module__ = "keys"
        setattr(module, function.__name__, function)  # type: ignore[attr-defined]
    return module


LIBRARY = library_of([package(told, sure, keys_are_sure)])


def snapshot() -> Snapshot:
    """Two keys: of one, the rotation was refused."""
    listed = [{"KeyId": name, "KeyArn": f"arn:aws:kms:eu-west-1:111111111111:key/{name}"} for name in ("a", "b")]
    call = (HERE.account, HERE.region)
    readings = [
        Reading.make(Call(*call, "kms:ListKeys"), Outcome.OK, "", answer={"Keys": listed}),
        Reading.make(
            Call(*call, "kms:GetKeyRotationStatus", '{"KeyId":"a"}'),
            Outcome.OK, "", answer={"": {"KeyRotationEnabled": True}},
        ),
        Reading.make(
            Call(*call, "kms:GetKeyRotationStatus", '{"KeyId":"b"}'), Outcome.DENIED, "", error="AccessDeniedException"
        ),
    ]  # fmt: skip
    return Snapshot(Scan(AT, (HOME, HERE)), readings)


ARN = "arn:aws:kms:eu-west-1:111111111111:key/"
REFUSED = "kms:GetKeyRotationStatus was refused in eu-west-1: AccessDeniedException"


def test_what_tolerates_is_told_why_and_what_insists_is_unknown() -> None:
    shot = snapshot()
    keys, *rotations = [reading.digest for reading in shot]
    deriver = Deriver(LIBRARY, shot)
    cited = [(keys, digest) for digest in rotations]

    assert deriver.values(Told) == [
        Derived(HERE, ARN + "a", Told(True), "", cited[0]),
        Derived(HERE, ARN + "b", Told(NotSeen(REFUSED)), "", cited[1]),
    ]
    assert deriver.values(Sure) == [
        Derived(HERE, ARN + "a", Sure(True), "", cited[0]),
        Derived(HERE, ARN + "b", None, REFUSED, cited[1]),
    ]


def test_a_check_of_what_was_not_seen_is_unknown() -> None:
    findings, _ = evaluate(LIBRARY, snapshot())
    assert [(one.resource, str(one.verdict), one.because) for one in findings] == [
        (ARN + "a", "holds", "True"),
        (ARN + "b", "unknown", REFUSED),
    ]


def test_a_list_that_was_refused_leaves_a_gap() -> None:
    refused = Reading.make(Call(HERE.account, HERE.region, "kms:ListKeys"), Outcome.DENIED, "", error="AccessDenied")
    because = "kms:ListKeys was refused in eu-west-1: AccessDenied"
    assert Deriver(LIBRARY, Snapshot(Scan(AT, (HOME, HERE)), [refused])).values(Sure) == [
        Derived(HERE, "region:eu-west-1", None, because, (refused.digest,))
    ]


def test_a_type_that_nothing_makes_is_named() -> None:
    with pytest.raises(DiscoveryError, match="No installed package of checks makes Reading"):
        Deriver(LIBRARY, snapshot()).values(Reading)


def test_a_check_cannot_take_doubts() -> None:
    def doubting(key: Key, rotation: Rotation | NotSeen) -> Verdict:
        """Takes what only the engine may see."""
        return Holds(f"{key} {rotation}")

    with pytest.raises(SignatureError, match="only @derived functions take NotSeen"):
        library_of([package(check(effort="low")(doubting))])

"""Judging, from readings made by hand: each way that a signature takes evidence, and each way that it cannot be had."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from scanner import (
    AllRegions,
    CannotTell,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Read,
    ScanTime,
    Target,
    Verdict,
    check,
    derived,
    fact,
)
from scanner.evidence.reading import GLOBAL, Call, Outcome, Reading
from scanner.evidence.snapshot import Scan, Snapshot
from scanner.judge.discover import library_of
from scanner.judge.evaluate import evaluate

ACCOUNT = "111122223333"
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
IRELAND, FRANKFURT = "eu-west-1", "eu-central-1"


class Key(Evidence, read=Read("kms:ListKeys", "Keys", arn="{arn}")):
    arn: str
    manager: str = "CUSTOMER"


class Rotation(
    Evidence, read=Read("kms:GetKeyRotationStatus", per=Key, args={"KeyId": "arn"}, when={"manager": "CUSTOMER"})
):
    on: bool
    period: int | None = None


class KeyTag(Evidence, read=Read("kms:ListResourceTags", "Tags", per=Key, args={"KeyId": "arn"}, arn="{arn}/{tag}")):
    tag: str


class Note(Evidence, read=Read("kms:GetKeyPolicy", per=Key, args={"KeyId": "arn"}, absent={"NotFound"})):
    text: str


class Database(Evidence, read=Read("rds:DescribeDBInstances", "Databases", arn="{arn}", refs={"key": Key})):
    arn: str
    key: str | None = None


@dataclass(frozen=True)
class Described:
    """A key with what its rotation says."""

    words: str


@derived
def described(key: Key, rotation: Rotation) -> Described:
    return Described(f"{key.arn} {'turns' if rotation.on else 'stands'}")


@check(effort="low")
def rotates(rotation: Rotation) -> Verdict:
    return Holds("on") if rotation.on else Fails("off")


@check(effort="low")
def is_described(what: Described) -> Verdict:
    return Holds(what.words)


@check(effort="low")
def all_are_described(them: list[Described]) -> Verdict:
    return Holds("; ".join(one.words for one in them) or "nothing")


@check(effort="low")
def has_few_tags(key: Key, tags: list[KeyTag], *, most: int = 2) -> Verdict:
    names = ", ".join(sorted(tag.tag for tag in tags)) or "none"
    return Holds(f"{key.arn}: {names}") if len(tags) <= most else Fails(names)


@check(effort="low")
def tags_are_short(tag: KeyTag, key: Key) -> Verdict:
    return Holds(f"{tag.tag} of {key.arn}")


@check(effort="low")
def has_a_note(note: Note | None) -> Verdict:
    return Holds(note.text) if note else Fails("there is none")


@check(effort="low")
def key_of_database_rotates(db: Database, rotation: Rotation) -> Verdict:
    return Holds(f"{db.arn}: rotates") if rotation.on else Fails(f"{db.arn}: stands")


@check(effort="low")
def keys_exist_somewhere(keys: AllRegions[Key]) -> Verdict:
    return Holds(f"{len(keys)} keys") if keys else Fails("no key anywhere")


@check(effort="low")
def knows_where_and_when(keys: list[Key], here: Target, at: ScanTime) -> Verdict:
    return NotApplicable(f"{len(keys)} in {here.region} at {at:%H:%M}")


@check(effort="low")
def crashes(key: Key) -> Verdict:
    raise ValueError(key.arn)


@check(effort="low")
def cannot_tell(key: Key) -> Verdict:
    return CannotTell(f"AWS does not say of {key.arn}")


@check(effort="low")
def gives_no_verdict(key: Key) -> Verdict:
    return f"{key.arn}?"  # type: ignore[return-value]


@fact
def how_many(keys: list[Key]) -> str | None:
    return f"{len(keys)} keys" if keys else None


LIBRARY = library_of([sys.modules[__name__]])


def call(api: str, region: str = IRELAND, **request: Any) -> Call:
    from scanner.evidence.reading import canonical

    return Call(ACCOUNT, region, api, canonical(request).decode())


def ok(api: str, answer: Mapping[str, Any], region: str = IRELAND, **request: Any) -> Reading:
    return Reading.make(call(api, region, **request), Outcome.OK, "2026-11-23T12:00:00Z", answer=dict(answer))


def refused(api: str, region: str = IRELAND, **request: Any) -> Reading:
    return Reading.make(call(api, region, **request), Outcome.DENIED, "2026-11-23T12:00:00Z", error="AccessDenied")


def absent(api: str, error: str, **request: Any) -> Reading:
    return Reading.make(call(api, IRELAND, **request), Outcome.ABSENT, "2026-11-23T12:00:00Z", error=error)


def keys(*names: str, region: str = IRELAND, **more: str) -> Reading:
    return ok("kms:ListKeys", {"Keys": [{"Arn": name, **more} for name in names]}, region)


def rotation(name: str, *, on: Any) -> Reading:
    return ok("kms:GetKeyRotationStatus", {"": {"On": on}}, KeyId=name)


Told = dict[tuple[str, str], tuple[str, str]]


def judged(
    name: str,
    readings: Iterable[Reading],
    regions: tuple[str, ...] = (IRELAND,),
    unscanned: Mapping[str, tuple[str, ...]] | None = None,
    recorded: Mapping[str, frozenset[str]] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Told:
    home = Target(ACCOUNT, GLOBAL)
    scan = Scan(AT, (home, *(home.there(region) for region in regions)), unscanned or {})
    findings, facts = evaluate(LIBRARY.only([f"test_judging.{name}"]), Snapshot(scan, readings, recorded), settings)
    told = {(f.region, f.resource): (str(f.verdict), f.because) for f in findings}
    return told | {(f.region, f.resource): ("told", f.says) if f.says else ("unknown", f.unknown) for f in facts}


def one(verdict: str, because: str, resource: str = "k") -> Told:
    return {(IRELAND, resource): (verdict, because)}


@pytest.mark.parametrize(
    ("name", "readings", "told"),
    [
        ("rotates", [keys("k"), rotation("k", on=True)], one("holds", "on")),
        ("rotates", [keys("k"), rotation("k", on=False)], one("fails", "off")),
        ("rotates", [keys("k", Manager="AWS")], one("not applicable", "manager is AWS")),
        (
            "rotates",
            [keys("k"), refused("kms:GetKeyRotationStatus", KeyId="k")],
            one("unknown", "kms:GetKeyRotationStatus was refused in eu-west-1: AccessDenied"),
        ),
        ("rotates", [keys("k")], one("unknown", "kms:GetKeyRotationStatus was not asked")),
        (
            "rotates",
            [keys("k"), rotation("k", on="yes")],
            one("unknown", "kms:GetKeyRotationStatus gave a malformed answer: on: Input should be a valid boolean"),
        ),
        (
            "rotates",
            [keys("k"), ok("kms:GetKeyRotationStatus", {"": {}}, KeyId="k")],
            one("unknown", "kms:GetKeyRotationStatus gave a malformed answer: on: Field required"),
        ),
        ("rotates", [keys()], one("not applicable", "there is none: kms:ListKeys listed nothing", "region:eu-west-1")),
        (
            "rotates",
            [refused("kms:ListKeys")],
            one("unknown", "kms:ListKeys was refused in eu-west-1: AccessDenied", "region:eu-west-1"),
        ),
        (
            "rotates",
            [ok("kms:ListKeys", {})],
            one("unknown", "kms:ListKeys answered without Keys", "region:eu-west-1"),
        ),
        ("has_a_note", [keys("k"), ok("kms:GetKeyPolicy", {"": {"Text": "x"}}, KeyId="k")], one("holds", "x")),
        ("has_a_note", [keys("k"), absent("kms:GetKeyPolicy", "NotFound", KeyId="k")], one("fails", "there is none")),
        (
            "has_a_note",
            [keys("k"), absent("kms:GetKeyPolicy", "Gone", KeyId="k")],
            one("unknown", "kms:GetKeyPolicy failed in eu-west-1: Gone"),
        ),
        ("is_described", [keys("k"), rotation("k", on=True)], one("holds", "k turns")),
        (
            "is_described",
            [keys("k"), refused("kms:GetKeyRotationStatus", KeyId="k")],
            one("unknown", "kms:GetKeyRotationStatus was refused in eu-west-1: AccessDenied"),
        ),
        (
            "all_are_described",
            [keys("k", "l"), rotation("k", on=True), rotation("l", on=False)],
            one("holds", "k turns; l stands", "region:eu-west-1"),
        ),
        (
            "all_are_described",
            [keys("k", "l"), rotation("k", on=True), refused("kms:GetKeyRotationStatus", KeyId="l")],
            one("unknown", "kms:GetKeyRotationStatus was refused in eu-west-1: AccessDenied", "region:eu-west-1"),
        ),
        (
            "has_few_tags",
            [keys("k"), ok("kms:ListResourceTags", {"Tags": [{"Tag": "b"}, {"Tag": "a"}]}, KeyId="k")],
            one("holds", "k: a, b"),
        ),
        (
            "tags_are_short",
            [keys("k"), ok("kms:ListResourceTags", {"Tags": [{"Tag": "b"}]}, KeyId="k")],
            one("holds", "b of k", "k/b"),
        ),
        (
            "tags_are_short",
            [keys("k"), refused("kms:ListResourceTags", KeyId="k")],
            one("unknown", "kms:ListResourceTags was refused in eu-west-1: AccessDenied"),
        ),
        ("crashes", [keys("k")], one("unknown", "the check crashed: ValueError: k")),
        ("cannot_tell", [keys("k")], one("unknown", "AWS does not say of k")),
        ("gives_no_verdict", [keys("k")], one("unknown", "the check gave str, which is no verdict")),
        ("knows_where_and_when", [keys("k")], one("not applicable", "1 in eu-west-1 at 12:00", "region:eu-west-1")),
        ("how_many", [keys("k")], one("told", "1 keys", "region:eu-west-1")),
        ("how_many", [keys()], {}),
        (
            "how_many",
            [refused("kms:ListKeys")],
            one("unknown", "kms:ListKeys was refused in eu-west-1: AccessDenied", "region:eu-west-1"),
        ),
    ],
)
def test_what_a_check_is_given(name: str, readings: list[Reading], told: Told) -> None:
    assert judged(name, readings) == told


def test_one_refusal_leaves_the_other_resources_alone() -> None:
    readings = [keys("k", "l"), rotation("k", on=True), refused("kms:GetKeyRotationStatus", KeyId="l")]
    assert judged("rotates", readings) == {
        (IRELAND, "k"): ("holds", "on"),
        (IRELAND, "l"): ("unknown", "kms:GetKeyRotationStatus was refused in eu-west-1: AccessDenied"),
    }


def test_a_list_of_one_resource_is_not_hurt_by_anothers_refusal() -> None:
    tags = ok("kms:ListResourceTags", {"Tags": [{"Tag": "a"}]}, KeyId="k")
    assert judged("has_few_tags", [keys("k", "l"), tags, refused("kms:ListResourceTags", KeyId="l")]) == {
        (IRELAND, "k"): ("holds", "k: a"),
        (IRELAND, "l"): ("unknown", "kms:ListResourceTags was refused in eu-west-1: AccessDenied"),
    }


K = f"arn:aws:kms:{IRELAND}:{ACCOUNT}:key/k"


def database(key: str | None) -> Reading:
    body = {"Arn": "db"} if key is None else {"Arn": "db", "Key": key}
    return ok("rds:DescribeDBInstances", {"Databases": [body]})


@pytest.mark.parametrize(
    ("reference", "readings", "verdict"),
    [
        (K, [keys(K), rotation(K, on=True)], ("holds", "db: rotates")),
        ("k", [keys(K), rotation(K, on=False)], ("fails", "db: stands")),
        (None, [keys(K)], ("not applicable", "key names nothing")),
        (K, [keys()], ("unknown", f"{K} is not among what kms:ListKeys listed")),
        (K, [refused("kms:ListKeys")], ("unknown", "kms:ListKeys was refused in eu-west-1: AccessDenied")),
        (
            "arn:aws:kms:eu-west-1:999999999999:key/k",
            [keys(K)],
            ("unknown", "arn:aws:kms:eu-west-1:999999999999:key/k is in an account or region that was not scanned"),
        ),
        (
            f"arn:aws:kms:eu-north-1:{ACCOUNT}:key/k",
            [keys(K)],
            ("unknown", f"arn:aws:kms:eu-north-1:{ACCOUNT}:key/k is in an account or region that was not scanned"),
        ),
    ],
)
def test_a_reference_is_followed_or_unknown(
    reference: str | None, readings: list[Reading], verdict: tuple[str, str]
) -> None:
    assert judged("key_of_database_rotates", [database(reference), *readings]) == {(IRELAND, "db"): verdict}


BOTH = (IRELAND, FRANKFURT)


@pytest.mark.parametrize(
    ("readings", "unscanned", "verdict"),
    [
        ([keys(), keys("k", region=FRANKFURT)], (), ("holds", "1 keys")),
        ([keys(), keys(region=FRANKFURT)], (), ("fails", "no key anywhere")),
        (
            [keys("k"), refused("kms:ListKeys", FRANKFURT)],
            (),
            ("unknown", "kms:ListKeys was refused in eu-central-1: AccessDenied"),
        ),
        ([keys(), keys("k", region=FRANKFURT)], ("eu-north-1",), ("unknown", "not scanned: eu-north-1")),
    ],
)
def test_every_region_counts(readings: list[Reading], unscanned: tuple[str, ...], verdict: tuple[str, str]) -> None:
    told = judged("keys_exist_somewhere", readings, BOTH, {ACCOUNT: unscanned} if unscanned else {})
    assert told == {(GLOBAL, f"account:{ACCOUNT}"): verdict}


def test_a_region_that_was_left_out_gets_an_unknown() -> None:
    told = judged("rotates", [keys("k"), rotation("k", on=True)], unscanned={ACCOUNT: ("eu-north-1",)})
    assert told == {
        (IRELAND, "k"): ("holds", "on"),
        ("not scanned", f"account:{ACCOUNT}"): ("unknown", "not scanned: eu-north-1"),
    }


def test_a_field_that_an_older_bundle_did_not_record_is_unknown() -> None:
    recorded = {"kms:ListKeys Keys": frozenset({"arn", "manager"}), "kms:GetKeyRotationStatus ": frozenset({"period"})}
    assert judged("rotates", [keys("k"), rotation("k", on=True)], recorded=recorded) == one(
        "unknown", "not recorded: this bundle does not hold on of kms:GetKeyRotationStatus"
    )


def test_settings_change_the_verdict_and_are_recorded() -> None:
    tags = ok("kms:ListResourceTags", {"Tags": [{"Tag": "a"}, {"Tag": "b"}]}, KeyId="k")
    name = "test_judging.has_few_tags"
    home = Target(ACCOUNT, GLOBAL)
    snapshot = Snapshot(Scan(AT, (home, home.there(IRELAND))), [keys("k"), tags])
    (found,) = evaluate(LIBRARY.only([name]), snapshot, {name: {"most": 1}})[0]
    assert (str(found.verdict), found.because, found.settings) == ("fails", "a, b", {"most": 1})


def test_a_finding_cites_every_reading_that_it_rests_on() -> None:
    listed, turned = keys("k"), rotation("k", on=True)
    home = Target(ACCOUNT, GLOBAL)
    snapshot = Snapshot(Scan(AT, (home, home.there(IRELAND))), [listed, turned])
    (found,) = evaluate(LIBRARY.only(["test_judging.rotates"]), snapshot)[0]
    assert set(found.evidence) == {listed.digest, turned.digest}


def test_only_what_a_check_could_not_tell_from_whole_evidence_is_undecided() -> None:
    home = Target(ACCOUNT, GLOBAL)
    scan = Scan(AT, (home, home.there(IRELAND)))
    undecided = {}
    for name in ("cannot_tell", "crashes", "gives_no_verdict", "rotates"):
        readings = [keys("k"), refused("kms:GetKeyRotationStatus", KeyId="k")]
        (found,) = evaluate(LIBRARY.only([f"test_judging.{name}"]), Snapshot(scan, readings))[0]
        undecided[name] = (str(found.verdict), found.undecided)
    assert undecided == {
        "cannot_tell": ("unknown", True),
        "crashes": ("unknown", False),
        "gives_no_verdict": ("unknown", False),
        "rotates": ("unknown", False),
    }

"""The roadmap: one fix an item, in an order that respects what hangs on what, in a file that people edit."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from scanner.config import ConfigError
from scanner.review.document import Review
from scanner.review.owners import owners_of
from scanner.review.roadmap import in_order, quadrant, roadmap
from scanner.review.roadmap_file import plans_in, renew, write
from tests.reviews import answer, check, finding, review

KEY, DISK, TRAIL = "kms.keys_rotate", "ec2.volumes_are_encrypted", "cloudtrail.a_trail_records"
ALARM, TAGS = "logs.root_raises_an_alarm", "tagging.resources_have_owners"


def account(at: str = "2026-10-01T00:00:00Z", **changes: object) -> Review:
    """Five failing checks: the alarm hangs on the trail; one key failure refutes two practices."""
    key = finding((KEY, "arn:key", "fails", "rotation is off"))
    disks = [finding((DISK, f"arn:disk{n}", "fails", "not encrypted")) for n in (1, 2)]
    trail = finding((TRAIL, "region:eu-west-1", "fails", "no trail"))
    alarm = finding((ALARM, "region:eu-west-1", "fails", "no alarm"))
    tags = finding((TAGS, "region:eu-west-1", "fails", "40 % have an owner"))
    answers = [
        answer("SEC08-BP01", [key]),
        answer("SEC08-BP02", [key, *disks]),
        answer("SEC04-BP01", [trail, alarm]),
        answer("REL02-BP05", [tags], rating="Medium"),
    ]
    checks = [
        check(KEY),
        check(DISK, effort="high", after=[KEY]),
        check(TRAIL, effort="high"),
        check(ALARM, after=[TRAIL, "other.not_failing"]),
        check(TAGS),
    ]
    return review(answers, [key, *disks, trail, alarm, tags], at=at, checks=checks, owners={key.id: "ada"}, **changes)


def test_one_fix_that_closes_several_risks_is_one_item() -> None:
    items = {item.check: item for item in roadmap(account())}
    assert (items[KEY].practices, items[KEY].risks) == (("SEC08-BP01", "SEC08-BP02"), ("SEC08",))
    assert items[DISK].resources == ("arn:disk1", "arn:disk2")
    assert (items[KEY].owners, items[DISK].owners) == (("ada",), ())
    assert items[ALARM].after == (TRAIL,)


def test_quick_wins_come_first_but_never_before_what_they_hang_on() -> None:
    found = [(item.check, item.quadrant) for item in roadmap(account())]
    assert found == [
        (KEY, "quick win"),
        (TRAIL, "project"),
        (ALARM, "quick win"),
        (DISK, "project"),
        (TAGS, "fill-in"),
    ]


def test_fixes_that_wait_for_each_other_are_all_there() -> None:
    by_check = {item.check: item for item in roadmap(account())}
    from dataclasses import replace

    circle = [replace(by_check[KEY], after=(DISK,)), by_check[DISK], by_check[TAGS]]
    assert [item.check for item in in_order(circle)] == [KEY, DISK, TAGS]


@pytest.mark.parametrize(
    ("severity", "effort", "found"),
    [
        ("high", "low", "quick win"),
        ("high", "medium", "project"),
        ("high", "high", "project"),
        ("medium", "low", "fill-in"),
        ("medium", "high", "later"),
    ],
)
def test_the_matrix(severity: str, effort: str, found: str) -> None:
    assert quadrant(severity, effort) == found  # type: ignore[arg-type]  # a row of the table


def renewed(path: Path, seen: Review) -> None:
    text = renew(path, roadmap(seen), workload=seen.workload, at=seen.scan.at, root=seen.bundle.evidence_root)
    write(path, text)


def test_what_people_write_stays_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "roadmap.yaml"
    renewed(path, account())
    text = path.read_text()
    edited = text.replace("    owner: ada\n", "    owner: Ada L.   # until March\n", 1).replace(
        "    ticket:\n", "    # agreed on Monday\n    ticket: 'SEC-7'\n", 1
    )
    assert edited.count("\n") == text.count("\n") + 1
    path.write_text(edited)
    renewed(path, account())
    assert path.read_text() == edited
    later = account(at="2026-11-20T00:00:00Z")
    renewed(path, later)
    assert path.read_text() == edited.replace("last_seen: '2026-10-01'", "last_seen: '2026-11-20'")
    assert plans_in(path)[KEY] == {"owner": "Ada L.", "ticket": "SEC-7"}


def test_what_fails_no_more_is_closed_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "roadmap.yaml"
    renewed(path, account())
    before = path.read_text()
    now = account(at="2026-11-20T00:00:00Z")
    mended = now.model_copy(
        update={"answers": tuple(a.model_copy(update={"stance": "supported"}) for a in now.answers)}
    )
    renewed(path, mended)
    items = YAML(typ="safe", pure=True).load(path.read_text())["items"]
    assert {item["state"] for item in items} == {"closed"}
    assert {item["closed"] for item in items} == {f"2026-11-20, evidence {'ab' * 8}"}
    renewed(path, now)
    assert path.read_text() == before.replace("last_seen: '2026-10-01'", "last_seen: '2026-11-20'")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("items: 3\n", "a roadmap is a list of items"),
        ("items:\n  - title: no check\n", "a roadmap is a list of items"),
        ("items:\n  - check: a.b\n  - check: a.b\n", "a.b stands there twice"),
        ("items: [\n", "line 2"),
    ],
)
def test_a_file_that_is_no_roadmap_is_left_as_it_is(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "roadmap.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=told):
        renewed(path, account())
    assert path.read_text() == text


def test_owners_come_from_the_configuration_before_tags() -> None:
    from scanner.evidence.reading import Call, Outcome, Reading
    from scanner.judge.finding import Finding, Stand

    key, disk, other = (Finding(KEY, "1", "r", name, Stand.FAILS, "x") for name in ("arn:key", "arn:disk", "arn:o"))
    held = Finding(KEY, "1", "r", "arn:held", Stand.HOLDS, "x")
    tagged = [
        {"ResourceARN": "arn:key", "Tags": [{"Key": "Team", "Value": "platform"}, {"Key": "OWNER", "Value": "ada"}]},
        {"ResourceARN": "arn:disk", "Tags": [{"Key": "team", "Value": "data"}]},
        {"ResourceARN": "arn:o", "Tags": []},
    ]
    call = Call("1", "r", "resourcegroupstaggingapi:GetResources")
    reading = Reading.make(call, Outcome.OK, "2026-01-01T00:00:00Z", answer={"ResourceTagMappingList": tagged})
    found = owners_of([key, disk, other, held], [reading], {"arn:d*": "storage", "nothing.*": "nobody"})
    assert found == {key.id: "ada", disk.id: "storage"}

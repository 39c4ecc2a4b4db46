"""Tagging checks, against real clients and as tables."""

from typing import Any

import pytest

from checks import tagging
from checks.tagging import Tag, TaggedResource
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator


def resource(name: str, /, **tags: str) -> TaggedResource:
    """A resource with tags; `__` in a name stands for `:`, and `_` for `-`."""
    named = {key.replace("__", ":").replace("_", "-"): value for key, value in tags.items()}
    return TaggedResource(resource_arn=f"arn:x:{name}", tags=tuple(Tag(key=k, value=v) for k, v in named.items()))


MADE = [resource(f"s{n}", aws__cloudformation__stack_name="net") for n in range(4)]
BY_HAND = [resource(f"h{n}", name="x") for n in range(4)]


@pytest.mark.parametrize(
    ("resources", "verdict"),
    [
        ([], NotApplicable("no resource here was ever tagged")),
        (MADE, Holds("4 of 4 tagged resources belong to a stack")),
        (MADE + BY_HAND[:1], Holds("4 of 5 tagged resources belong to a stack")),
        (
            MADE + BY_HAND,
            Fails("4 of 8 tagged resources belong to a stack; made by hand: arn:x:h0, arn:x:h1, arn:x:h2 and 1 more"),
        ),
        (BY_HAND[:1], Fails("0 of 1 tagged resources belong to a stack; made by hand: arn:x:h0")),
    ],
)
def test_resources_come_from_code(resources: list[TaggedResource], verdict: Verdict) -> None:
    assert tagging.resources_come_from_code(resources) == verdict


@pytest.mark.parametrize(
    ("resources", "verdict"),
    [
        ([], NotApplicable("no resource here was ever tagged")),
        ([resource("a", Owner="ops"), resource("b", acme__Team="web")], Holds("2 of 2 tagged resources name an owner")),
        (
            [resource("a", Owner="ops"), resource("b", name="x")],
            Fails("1 of 2 tagged resources name an owner; without: arn:x:b"),
        ),
    ],
)
def test_resources_name_their_owner(resources: list[TaggedResource], verdict: Verdict) -> None:
    assert tagging.resources_name_their_owner(resources) == verdict


def test_tags_are_read_from_the_tagging_api(aws: Emulator) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="plain")
    s3.create_bucket(Bucket="owned")
    s3.put_bucket_tagging(Bucket="owned", Tagging={"TagSet": [{"Key": "owner", "Value": "web"}]})
    assert aws.judge("tagging.resources_come_from_code") == {
        "region:us-east-1": ("fails", "0 of 1 tagged resources belong to a stack; made by hand: arn:aws:s3:::owned")
    }
    assert aws.judge("tagging.resources_name_their_owner") == {
        "region:us-east-1": ("holds", "1 of 1 tagged resources name an owner")
    }
    assert aws.judge("tagging.owners") == {"region:us-east-1": ("told", "owners by tag: web 1")}
    everywhere = f"account:{ACCOUNT}"
    assert aws.judge("tagging.environments_do_not_mix") == {
        everywhere: ("not applicable", "no tag names an environment")
    }


def test_tags_side_by_side(aws: Emulator) -> None:
    """moto lets nobody set the tags of CloudFormation, which are its own on AWS too."""

    def listed(name: str, **tags: str) -> dict[str, Any]:
        named = {key.replace("__", ":").replace("_", "-"): value for key, value in tags.items()}
        return {"ResourceARN": f"arn:aws:s3:::{name}", "Tags": [{"Key": k, "Value": v} for k, v in named.items()]}

    stack = {"aws__cloudformation__stack_name": "net"}
    names = ("resources_come_from_code", "resources_name_their_owner", "environments_do_not_mix")
    region, everywhere = "region:us-east-1", f"account:{ACCOUNT}"
    made = [listed(f"made{n}", Environment="prod", Team="web", **stack) for n in range(4)]
    by_hand = [listed(f"hand{n}", Environment="dev", Owner="") for n in range(4)]
    for resources, *told in (
        (
            made,
            ("holds", "4 of 4 tagged resources belong to a stack"),
            ("holds", "4 of 4 tagged resources name an owner"),
            ("holds", "4 resources are tagged production, 0 another environment"),
        ),
        (
            made + by_hand,
            (
                "fails",
                "4 of 8 tagged resources belong to a stack; made by hand: "
                "arn:aws:s3:::hand0, arn:aws:s3:::hand1, arn:aws:s3:::hand2 and 1 more",
            ),
            (
                "fails",
                "4 of 8 tagged resources name an owner; without: "
                "arn:aws:s3:::hand0, arn:aws:s3:::hand1, arn:aws:s3:::hand2 and 1 more",
            ),
            ("fails", "4 resources are tagged production, 4 another environment"),
        ),
    ):
        with answering("resourcegroupstaggingapi", {"GetResources": {"ResourceTagMappingList": resources}}):
            where = (region, region, everywhere)
            wanted = {name: {place: one} for name, place, one in zip(names, where, told, strict=True)}
            assert judge_all(aws, "tagging", names) == wanted


def tagged(*environments: str) -> list[TaggedResource]:
    return [resource(f"r{number}", env=name) for number, name in enumerate(environments)]


@pytest.mark.parametrize(
    ("resources", "verdict"),
    [
        ([], NotApplicable("no tag names an environment")),
        (BY_HAND, NotApplicable("no tag names an environment")),
        (tagged("shared", "ops"), NotApplicable("no tag names an environment")),
        (tagged("Prod", "production"), Holds("2 resources are tagged production, 0 another environment")),
        (
            [*tagged("prod"), *BY_HAND],
            CannotTell(f"1 resources are tagged production, 0 another environment; of {len(BY_HAND)} it is not told"),
        ),
        (
            [*tagged(*["prod"] * 4), *BY_HAND[:1]],
            Holds("4 resources are tagged production, 0 another environment; of 1 it is not told"),
        ),
        (
            [*tagged("prod", "prod"), *tagged("shared")],
            CannotTell("2 resources are tagged production, 0 another environment; of 1 it is not told"),
        ),
        (tagged(*["dev"] * 4), Holds("0 resources are tagged production, 4 another environment")),
        (tagged(*["prod"] * 3, *["dev"] * 3), Fails("3 resources are tagged production, 3 another environment")),
        (
            tagged(*["prod"] * 9, "dev", "non-prod"),
            CannotTell("9 resources are tagged production, 2 another environment: too few to tell"),
        ),
    ],
)
def test_environments_do_not_mix(resources: list[TaggedResource], verdict: Verdict) -> None:
    assert tagging.environments_do_not_mix(resources) == verdict


def test_environments_by_a_key_of_ones_own() -> None:
    mixed = [resource(f"r{n}", zone="prod") for n in range(3)] + [resource(f"s{n}", zone="qa") for n in range(3)]
    assert tagging.environments_do_not_mix(mixed) == NotApplicable("no tag names an environment")
    told = Fails("3 resources are tagged production, 3 another environment")
    assert tagging.environments_do_not_mix(mixed, keys=("zone",)) == told


def test_what_tags_tell() -> None:
    table = TaggedResource(
        resource_arn="arn:aws:dynamodb:us-east-1:1:table/t", tags=(Tag(key="Classification", value="pii"),)
    )
    database = TaggedResource(resource_arn="arn:aws:rds:us-east-1:1:db:d", tags=(Tag(key="rto", value="4h"),))
    group = TaggedResource(resource_arn="arn:aws:rds:us-east-1:1:subgrp:g", tags=())
    everything = [table, database, group, *tagged("prod", "prod", "dev")]
    assert tagging.classifications(everything) == "1 of 2 tagged data stores name a classification: pii"
    assert tagging.recovery_objectives(everything) == "recovery objectives by tag: rto=4h 1"
    assert tagging.environments_by_tag(everything) == "environments by tag: prod 2, dev 1"
    assert tagging.classifications([]) is tagging.recovery_objectives([]) is tagging.environments_by_tag([]) is None

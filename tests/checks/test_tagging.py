"""Tagging checks, against real clients and as tables."""

import pytest

from checks import tagging
from checks.tagging import Tag, TaggedResource
from scanner import Fails, Holds, NotApplicable, Verdict
from tests.emulator import Emulator


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

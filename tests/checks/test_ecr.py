"""ECR checks, against real clients."""

import json

import pytest

from checks.ecr import Filter
from tests.checks.answers import answering, judge_all
from tests.emulator import Emulator

ARN = "arn:aws:ecr:us-east-1:123456789012:repository/"


def test_repositories(aws: Emulator) -> None:
    client = aws.client("ecr")
    client.create_repository(
        repositoryName="good", imageTagMutability="IMMUTABLE", imageScanningConfiguration={"scanOnPush": True}
    )
    client.create_repository(repositoryName="bad")
    assert aws.judge("ecr.images_are_scanned") == {
        ARN + "good": ("holds", "images are scanned when they are pushed"),
        ARN + "bad": ("fails", "neither a rule of the registry nor the repository scans images on push"),
    }
    assert aws.judge("ecr.tags_stay_what_they_are") == {
        ARN + "good": ("holds", "tags are IMMUTABLE"),
        ARN + "bad": ("fails", "tags are MUTABLE"),
    }


def test_rules_of_the_registry(aws: Emulator) -> None:
    client = aws.client("ecr")
    for name in ("web/api", "web/site", "tools"):
        client.create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": True})
    rule = {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "web/*", "filterType": "WILDCARD"}]}
    client.put_registry_scanning_configuration(scanType="ENHANCED", rules=[rule])
    scanned = ("holds", "a rule of the registry scans it (enhanced)")
    assert aws.judge("ecr.images_are_scanned") == {
        ARN + "web/api": scanned,
        ARN + "web/site": scanned,
        ARN + "tools": ("fails", "neither a rule of the registry nor the repository scans images on push"),
    }
    again = ("holds", "scanned continuously")
    assert aws.judge("ecr.images_are_scanned_again") == {
        ARN + "web/api": again,
        ARN + "web/site": again,
        ARN + "tools": ("fails", "enhanced scanning, without a continuous rule for it"),
    }


@pytest.mark.parametrize(
    ("words", "name", "matches"),
    [
        ("web", "my-web-app", True),
        ("web*", "web/api", True),
        ("web*", "my-web", False),
        ("*", "x", True),
        ("a.c", "abc", False),
    ],
)
def test_filters(words: str, name: str, *, matches: bool) -> None:
    assert Filter(filter=words, filter_type="WILDCARD").matches(name) is matches


def test_repositories_are_not_public(aws: Emulator) -> None:
    client = aws.client("ecr")
    client.create_repository(repositoryName="quiet")
    client.create_repository(repositoryName="open")
    statement = {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}
    client.set_repository_policy(
        repositoryName="open", policyText=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    assert aws.judge("ecr.repositories_are_not_public") == {
        ARN + "quiet": ("holds", "the repository has no policy"),
        ARN + "open": ("fails", "the policy is open: statement 'all' lets everyone do ecr:BatchGetImage"),
    }


def test_copies_and_caches(aws: Emulator) -> None:
    client = aws.client("ecr")
    assert judge_all(aws, "ecr", ("pull_through_caches", "replicated_to")) == {
        "pull_through_caches": {},
        "replicated_to": {},
    }
    client.create_repository(repositoryName="web")
    place = {"region": "eu-west-1", "registryId": "123456789012"}
    client.put_replication_configuration(replicationConfiguration={"rules": [{"destinations": [place]}]})
    rule = {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"}
    with answering("ecr", {"DescribePullThroughCacheRules": {"pullThroughCacheRules": [rule]}}):
        assert judge_all(aws, "ecr", ("pull_through_caches", "replicated_to")) == {
            "pull_through_caches": {
                "region:us-east-1": ("told", "pull through caches: registry-1.docker.io under hub")
            },
            "replicated_to": {"region:us-east-1": ("told", "images are copied to eu-west-1 (123456789012)")},
        }


def test_no_repository_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("ecr.images_are_scanned") == {"region:us-east-1": "not applicable"}

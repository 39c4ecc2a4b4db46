"""Completeness is part of "all data at rest is encrypted": what exists and nobody judges keeps it from being verified."""

from typing import Any

from scanner.cli.common import load_lens
from scanner.review.build import Declared, Lens, build_review
from scanner.review.document import AnswerEntry, Review, ScanEntry
from tests.checks.answers import answering
from tests.checks.test_config import make_recorder
from tests.emulator import ACCOUNT, HOME, Emulator

CHOICE, LABEL = "sec_protect_data_rest_encrypt", "SEC08-BP02"
COUNTS = "config:GetDiscoveredResourceCounts"
LENS = load_lens()
_PRACTICE = LENS.mappings.of(CHOICE)
ONE = Lens(LENS.catalogue, LENS.mappings, LENS.library.only([*_PRACTICE.needs, *_PRACTICE.covers]))


def review(aws: Emulator) -> Review:
    """A review of the checks that bear on this one practice."""
    snapshot = aws.snapshot(ONE.library)
    at = snapshot.scan.at.isoformat()
    scan = ScanEntry(
        at=at, caller="", accounts=(ACCOUNT,), regions=(HOME,), left_out={}, versions={}, calls=0, interrupted=False
    )
    return build_review(ONE, snapshot, scan, Declared(), "")


def answer(seen: Review) -> AnswerEntry:
    return next(one for one in seen.answers if one.choice == CHOICE)


def listing(*kinds: str) -> dict[str, Any]:
    return {"GetDiscoveredResourceCounts": {"resourceCounts": [{"resourceType": kind, "count": 1} for kind in kinds]}}


def test_encryption_is_verified_only_where_everything_that_exists_is_judged(aws: Emulator) -> None:
    aws.client("ec2").enable_ebs_encryption_by_default()
    attributes = {"SqsManagedSseEnabled": "true"}
    aws.client("sqs").create_queue(QueueName="q", Attributes=attributes, tags={"owner": "me"})
    config = make_recorder(aws, allSupported=True, includeGlobalResourceTypes=True)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "history"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    with answering("config", listing("AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::EC2::VPC")):
        seen = answer(review(aws))
        assert seen.stance == "verified", seen.because
        assert _PRACTICE.because in seen.because

        with aws.refusing(frozenset({COUNTS})):
            told = review(aws)
        assert answer(told).stance == "unknown"
        assert [(one.api, one.leaves_unknown) for one in told.refusals] == [(COUNTS, (LABEL,))]

    with answering("config", listing("AWS::SQS::Queue", "AWS::Kendra::Index")):
        told = review(aws)
        seen = answer(told)
        assert seen.stance == "supported"
        assert seen.because.endswith("; not verified: no check judges AWS::Kendra::Index")
        covering = {one.id for one in told.findings if one.check in _PRACTICE.covers}
        assert covering <= set(seen.hints), "they are shown"
        assert not covering & set(seen.findings), "and decide nothing else"

        aws.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=False)
        seen = answer(review(aws))
        assert (seen.stance, seen.because) == ("refuted", "1 resource fails ec2.volumes_are_encrypted")

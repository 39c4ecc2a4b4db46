"""CloudFront checks, as tables and against a real client."""

from typing import Any

import pytest

from checks import cloudfront
from checks.cloudfront import Distribution
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.emulator import ACCOUNT, Emulator

S3 = {"id": "bucket", "domain_name": "b.s3.amazonaws.com", "s3_origin_config": {"origin_access_identity": ""}}
SITE = {"id": "site", "domain_name": "x.example.com", "custom_origin_config": {"origin_protocol_policy": "https-only"}}
INSIDE = {"id": "inside", "domain_name": "x.internal", "vpc_origin_config": {"vpc_origin_id": "vo-1"}}
DISABLED = NotApplicable("the distribution is disabled")


def distribution(*origins: dict[str, Any], **changes: Any) -> Distribution:
    fields: dict[str, Any] = {
        "id": "d",
        "arn": "d",
        "enabled": True,
        "viewer_certificate": {"minimum_protocol_version": "TLSv1.2_2021"},
        "default_cache_behavior": {"viewer_protocol_policy": "redirect-to-https"},
        "origins": {"items": origins or (S3,)},
    }
    return Distribution.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (distribution(), Holds("all behaviours ask for HTTPS")),
        (
            distribution(cache_behaviors={"items": ({"viewer_protocol_policy": "allow-all"},)}),
            Fails("1 of 2 behaviours take plain HTTP"),
        ),
        (distribution(enabled=False), DISABLED),
    ],
)
def test_viewers_use_https(one: Distribution, verdict: Verdict) -> None:
    assert cloudfront.viewers_use_https(one) == verdict


@pytest.mark.parametrize(
    ("certificate", "verdict"),
    [
        ({"minimum_protocol_version": "TLSv1.2_2021"}, Holds("at least TLSv1.2_2021")),
        ({"minimum_protocol_version": "TLSv1"}, Fails("at least TLSv1")),
        ({"minimum_protocol_version": "TLSv1.1_2016"}, Fails("at least TLSv1.1_2016")),
        ({"minimum_protocol_version": "TLSv1.3_2025"}, Holds("at least TLSv1.3_2025")),
        ({}, CannotTell("the lowest version is not set")),
        (
            {"cloud_front_default_certificate": True, "minimum_protocol_version": "TLSv1.2_2021"},
            Fails("CloudFront's own certificate comes with TLSv1 and later"),
        ),
    ],
)
def test_viewers_use_modern_tls(certificate: dict[str, Any], verdict: Verdict) -> None:
    assert cloudfront.viewers_use_modern_tls(distribution(viewer_certificate=certificate)) == verdict


def site(**changes: Any) -> dict[str, Any]:
    return {**SITE, "custom_origin_config": {"origin_protocol_policy": "https-only", **changes}}


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (distribution(S3), NotApplicable("no origin is spoken to over HTTP")),
        (distribution(SITE), Fails("site: the versions of TLS are not told")),
        (
            distribution(
                site(origin_protocol_policy="match-viewer"),
                default_cache_behavior={"viewer_protocol_policy": "allow-all"},
            ),
            Fails("site: match-viewer"),
        ),
        (
            distribution(
                site(origin_protocol_policy="match-viewer", origin_ssl_protocols={"items": ("TLSv1.2",)}),
                default_cache_behavior={"viewer_protocol_policy": "https-only"},
            ),
            Holds("1 origins over TLS"),
        ),
        (distribution(site(origin_protocol_policy="http-only")), Fails("site: http-only")),
        (distribution(INSIDE), CannotTell("how the origins inside a VPC are spoken to was not read: inside")),
        (distribution(INSIDE, site(origin_protocol_policy="http-only")), Fails("site: http-only")),
        (distribution(site(origin_ssl_protocols={"items": ("TLSv1", "TLSv1.2")})), Fails("site: TLSv1")),
        (distribution(site(origin_ssl_protocols={"items": ("TLSv1.2",)})), Holds("1 origins over TLS")),
    ],
)
def test_origins_are_spoken_to_over_tls(one: Distribution, verdict: Verdict) -> None:
    assert cloudfront.origins_are_spoken_to_over_tls(one) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (distribution(S3), Fails("unsigned: bucket")),
        (distribution({**S3, "origin_access_control_id": "E1"}), Holds("1 S3 origins are signed for")),
        (
            distribution(
                {**S3, "s3_origin_config": {"origin_access_identity": "origin-access-identity/cloudfront/E1"}}
            ),
            Holds("1 S3 origins are signed for"),
        ),
        (distribution(SITE), NotApplicable("no origin is an S3 bucket")),
        (distribution({**S3, "origin_access_control_id": "E-never"}), Fails("unsigned: bucket")),
        (
            distribution({**SITE, "domain_name": "b.s3-website-us-east-1.amazonaws.com"}),
            Fails("unsigned: site, a website"),
        ),
        (
            distribution({**SITE, "domain_name": "b.s3-website.eu-central-1.amazonaws.com"}),
            Fails("unsigned: site, a website"),
        ),
    ],
)
def test_buckets_behind_distributions_are_closed(one: Distribution, verdict: Verdict) -> None:
    controls = [
        cloudfront.AccessControl(id="E1", signing_behavior="always"),
        cloudfront.AccessControl(id="E-never", signing_behavior="never"),
    ]
    assert cloudfront.buckets_behind_distributions_are_closed(one, controls) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (distribution(web_acl_id="arn:acl"), Holds("web ACL arn:acl")),
        (distribution(), Fails("no web ACL")),
        (distribution(enabled=False), DISABLED),
    ],
)
def test_distributions_have_a_web_acl(one: Distribution, verdict: Verdict) -> None:
    assert cloudfront.distributions_have_a_web_acl(one) == verdict


def test_distributions_are_listed(aws: Emulator) -> None:
    made = aws.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "x",
            "Comment": "",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {"Id": "bucket", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "bucket",
                "ViewerProtocolPolicy": "allow-all",
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
                "MinTTL": 0,
            },
        }
    )
    arn = made["Distribution"]["ARN"]
    assert aws.judge("cloudfront.viewers_use_https") == {arn: ("fails", "1 of 1 behaviours take plain HTTP")}
    assert aws.judge("cloudfront.buckets_behind_distributions_are_closed") == {arn: ("fails", "unsigned: bucket")}


def test_where_there_is_none_nothing_is_judged(aws: Emulator) -> None:
    assert aws.verdicts("cloudfront.viewers_use_https") == {"account:123456789012": "not applicable"}


STANDARD = cloudfront.Config.model_validate({"logging": {"enabled": True}, "default_root_object": "index.html"})
SILENT = cloudfront.Config.model_validate({"logging": {"enabled": False}})
SOURCE = cloudfront.LogSource(name="s", resource_arns=("d",), log_type="ACCESS_LOGS")
OTHER = cloudfront.LogSource(name="s", resource_arns=("e",), log_type="ACCESS_LOGS")
DELIVERY = cloudfront.LogDelivery(delivery_source_name="s", delivery_destination_arn="bucket")
REAL_TIME = {"viewer_protocol_policy": "https-only", "realtime_log_config_arn": "r"}
NOT_LOGGED = Fails("no access log is written")


@pytest.mark.parametrize(
    ("one", "config", "sources", "deliveries", "verdict"),
    [
        (distribution(), STANDARD, [], [], Holds("standard logs go to a bucket")),
        (distribution(), SILENT, [], [], NOT_LOGGED),
        (distribution(), SILENT, [SOURCE], [], NOT_LOGGED),
        (distribution(), SILENT, [SOURCE], [DELIVERY], Holds("standard logs go to bucket")),
        (distribution(), SILENT, [OTHER], [DELIVERY], NOT_LOGGED),
        (
            distribution(default_cache_behavior=REAL_TIME),
            SILENT,
            [],
            [],
            Holds("all behaviours write real-time logs"),
        ),
        (
            distribution(
                default_cache_behavior=REAL_TIME, cache_behaviors={"items": ({"viewer_protocol_policy": "https-only"},)}
            ),
            SILENT,
            [],
            [],
            NOT_LOGGED,
        ),
        (distribution(enabled=False), SILENT, [], [], DISABLED),
    ],
)
def test_requests_are_logged(
    one: Distribution,
    config: cloudfront.Config,
    sources: list[cloudfront.LogSource],
    deliveries: list[cloudfront.LogDelivery],
    verdict: Verdict,
) -> None:
    assert cloudfront.requests_are_logged(one, config, sources, deliveries) == verdict


CONTROLLED = {**S3, "origin_access_control_id": "E1"}
IDENTIFIED = {**S3, "s3_origin_config": {"origin_access_identity": "origin-access-identity/cloudfront/E1"}}


@pytest.mark.parametrize(
    ("one", "signing", "root"),
    [
        (distribution(CONTROLLED), Holds("origin access control signs"), Fails("none is named")),
        (distribution(IDENTIFIED), Fails("an access identity signs for: bucket"), Fails("none is named")),
        (distribution(S3), NotApplicable("no S3 origin is signed for"), Fails("none is named")),
        (distribution(SITE), NotApplicable("no S3 origin is signed for"), NotApplicable("no origin is an S3 bucket")),
        (distribution(enabled=False), DISABLED, DISABLED),
    ],
)
def test_buckets_behind_distributions(one: Distribution, signing: Verdict, root: Verdict) -> None:
    assert cloudfront.buckets_are_signed_for_by_access_control(one) == signing
    assert cloudfront.a_root_object_is_named(one, SILENT) == root


def test_a_root_object_is_named() -> None:
    assert cloudfront.a_root_object_is_named(distribution(S3), STANDARD) == Holds("it is index.html")


def test_what_a_distribution_writes_down(aws: Emulator) -> None:
    assert aws.judge("cloudfront.origins_that_fail_over") == {}
    origin = {"Id": "b", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    arn = aws.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "r",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "b", "ViewerProtocolPolicy": "https-only"},
        }
    )["Distribution"]["ARN"]
    assert aws.judge("cloudfront.requests_are_logged") == {arn: ("fails", "no access log is written")}
    assert aws.judge("cloudfront.a_root_object_is_named") == {arn: ("fails", "none is named")}
    logs = aws.client("logs")
    logs.put_delivery_source(name="s", resourceArn=arn, logType="ACCESS_LOGS")
    bucket = {"destinationResourceArn": "arn:aws:s3:::logs"}
    there = logs.put_delivery_destination(name="d", deliveryDestinationConfiguration=bucket)
    name = there["deliveryDestination"]["arn"]
    logs.create_delivery(deliverySourceName="s", deliveryDestinationArn=name)
    assert aws.judge("cloudfront.requests_are_logged") == {arn: ("holds", f"standard logs go to {name}")}
    told = "0 of 1 enabled distributions have origin groups"
    assert aws.judge("cloudfront.origins_that_fail_over") == {f"account:{ACCOUNT}": ("told", told)}

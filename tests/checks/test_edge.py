"""CloudFront checks, as tables and against a real client."""

from typing import Any

import pytest

from checks import cloudfront
from checks.cloudfront import Distribution
from scanner import CannotTell, Fails, Holds, Verdict
from scanner.judge.discover import discover
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

S3 = {"id": "bucket", "domain_name": "b.s3.amazonaws.com", "s3_origin_config": {"origin_access_identity": ""}}
SITE = {"id": "site", "domain_name": "x.example.com", "custom_origin_config": {"origin_protocol_policy": "https-only"}}
INSIDE = {"id": "inside", "domain_name": "x.internal", "vpc_origin_config": {"vpc_origin_id": "vo-1"}}
NAMES = sorted(name.partition(".")[2] for name in discover().checks if name.startswith("cloudfront."))


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


def test_each_behaviour_counts() -> None:
    one = distribution(cache_behaviors={"items": ({"viewer_protocol_policy": "allow-all"},)})
    assert cloudfront.viewers_use_https(one) == Fails("1 of 2 behaviours take plain HTTP")


@pytest.mark.parametrize(
    ("certificate", "verdict"),
    [
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
        (distribution(INSIDE), CannotTell("how the origins inside a VPC are spoken to was not read: inside")),
        (distribution(INSIDE, site(origin_protocol_policy="http-only")), Fails("site: http-only")),
        (distribution(site(origin_ssl_protocols={"items": ("TLSv1", "TLSv1.2")})), Fails("site: TLSv1")),
    ],
)
def test_origins_are_spoken_to_over_tls(one: Distribution, verdict: Verdict) -> None:
    assert cloudfront.origins_are_spoken_to_over_tls(one) == verdict


def test_websites_of_newer_regions_are_named_with_a_dot() -> None:
    one = distribution({**SITE, "domain_name": "b.s3-website.eu-central-1.amazonaws.com"})
    assert cloudfront.buckets_behind_distributions_are_closed(one, []) == Fails("unsigned: site, a website")


def by_identity(identity: str = "") -> dict[str, Any]:
    return {"S3OriginConfig": {"OriginAccessIdentity": identity}}


def bucket(name: str) -> dict[str, Any]:
    return {"Id": name, "DomainName": f"{name}.s3.amazonaws.com", **by_identity()}


def server(policy: str, *versions: str, name: str = "server", domain: str = "x.example.com") -> dict[str, Any]:
    how = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": policy}
    told = {"OriginSslProtocols": {"Quantity": len(versions), "Items": list(versions)}}
    return {"Id": name, "DomainName": domain, "CustomOriginConfig": {**how, **told}}


def test_distributions(aws: Emulator) -> None:
    client = aws.client("cloudfront")

    def signing(behavior: str) -> dict[str, Any]:
        config = {"Name": behavior, "SigningProtocol": "sigv4", "SigningBehavior": behavior}
        made = client.create_origin_access_control(
            OriginAccessControlConfig={**config, "OriginAccessControlOriginType": "s3"}
        )
        return {"OriginAccessControlId": made["OriginAccessControl"]["Id"], **by_identity()}

    def made(name: str, *origins: dict[str, Any], viewers: str = "redirect-to-https", **how: Any) -> str:
        config = {
            "CallerReference": name,
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": len(origins), "Items": list(origins)},
            "DefaultCacheBehavior": {"TargetOriginId": origins[0]["Id"], "ViewerProtocolPolicy": viewers},
        }
        return str(client.create_distribution(DistributionConfig={**config, **how})["Distribution"]["ARN"])

    acl = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/edge/1"
    own = {
        "CloudFrontDefaultCertificate": False,
        "ACMCertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
        "SSLSupportMethod": "sni-only",
    }
    modern, old = {**own, "MinimumProtocolVersion": "TLSv1.2_2021"}, {**own, "MinimumProtocolVersion": "TLSv1"}
    identity = "origin-access-identity/cloudfront/E1"
    signers = {"signed": signing("always"), "asked": signing("never"), "identified": by_identity(identity)}
    good = made(
        "good",
        bucket("signed"),
        server("https-only", "TLSv1.2"),
        ViewerCertificate=modern,
        WebACLId=acl,
        DefaultRootObject="index.html",
    )
    bad = made(
        "bad",
        bucket("identified"),
        server("http-only", "TLSv1.2"),
        viewers="allow-all",
        ViewerCertificate={"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"},
    )
    unsigned = made("unsigned", bucket("open"), ViewerCertificate=old)
    never = made("never", bucket("asked"), ViewerCertificate=modern)
    dynamic = made(
        "dynamic",
        server("match-viewer", "TLSv1.1", "TLSv1.2"),
        server("https-only", "TLSv1.2", name="site", domain="b.s3-website-us-east-1.amazonaws.com"),
        viewers="https-only",
        ViewerCertificate=modern,
    )
    idle = made("idle", bucket("open"), viewers="allow-all", Enabled=False)
    listed = client.list_distributions()["DistributionList"]
    for one in listed["Items"]:
        one |= {"LastModifiedTime": one["LastModifiedTime"].isoformat(), "Staging": False}
        for origin in one["Origins"]["Items"]:  # moto takes what signs for an origin, and forgets it
            origin |= signers.get(origin["Id"], {})
    off = {idle: ("not applicable", "the distribution is disabled")}
    https, no_acl, not_named = "all behaviours ask for HTTPS", ("fails", "no web ACL"), ("fails", "none is named")
    with answering("cloudfront", {"ListDistributions": {"DistributionList": listed}}):
        seen = judge_all(aws, "cloudfront", NAMES)
    assert seen == {
        "viewers_use_https": {
            bad: ("fails", "1 of 1 behaviours take plain HTTP"),
            **dict.fromkeys((good, unsigned, never, dynamic), ("holds", https)),
            **off,
        },
        "viewers_use_modern_tls": {
            bad: ("fails", "CloudFront's own certificate comes with TLSv1 and later"),
            unsigned: ("fails", "at least TLSv1"),
            **dict.fromkeys((good, never, dynamic), ("holds", "at least TLSv1.2_2021")),
            **off,
        },
        "origins_are_spoken_to_over_tls": {
            good: ("holds", "1 origins over TLS"),
            bad: ("fails", "server: http-only"),
            dynamic: ("fails", "server: TLSv1.1"),
            **dict.fromkeys((unsigned, never), ("not applicable", "no origin is spoken to over HTTP")),
            **off,
        },
        "buckets_behind_distributions_are_closed": {
            good: ("holds", "1 S3 origins are signed for"),
            bad: ("holds", "1 S3 origins are signed for"),
            unsigned: ("fails", "unsigned: open"),
            never: ("fails", "unsigned: asked"),
            dynamic: ("fails", "unsigned: site, a website"),
            **off,
        },
        "distributions_have_a_web_acl": {
            good: ("holds", f"web ACL {acl}"),
            **dict.fromkeys((bad, unsigned, never, dynamic), no_acl),
            **off,
        },
        "requests_are_logged": {
            **dict.fromkeys((good, bad, unsigned, never, dynamic), ("fails", "no access log is written")),
            **off,
        },
        "a_root_object_is_named": {
            good: ("holds", "it is index.html"),
            **dict.fromkeys((bad, unsigned, never), not_named),
            dynamic: ("not applicable", "no origin is an S3 bucket"),
            **off,
        },
        "buckets_are_signed_for_by_access_control": {
            good: ("holds", "origin access control signs"),
            bad: ("fails", "an access identity signs for: identified"),
            **dict.fromkeys((unsigned, never, dynamic), ("not applicable", "no S3 origin is signed for")),
            **off,
        },
        "origins_that_fail_over": {f"account:{ACCOUNT}": ("told", "0 of 5 enabled distributions have origin groups")},
    }


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

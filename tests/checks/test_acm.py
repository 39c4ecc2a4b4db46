"""Certificate checks, as tables and against real clients."""

from datetime import UTC, datetime, timedelta

import pytest

from checks import acm
from checks.acm import Certificate, CertificateDetail
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.emulator import Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UNUSED = NotApplicable("nothing uses the certificate")


def certificate(**changes: object) -> Certificate:
    fields = {
        "certificate_arn": "c",
        "status": "ISSUED",
        "type": "AMAZON_ISSUED",
        "key_algorithm": "RSA_2048",
        "in_use": True,
        "not_after": NOW + timedelta(days=200),
    }
    return Certificate.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (certificate(), Holds("valid until 2027-06-11")),
        (certificate(not_after=NOW + timedelta(days=20)), Fails("valid until 2026-12-13")),
        (certificate(status="EXPIRED"), Fails("the certificate is EXPIRED")),
        (certificate(in_use=False, status="EXPIRED"), UNUSED),
        (
            certificate(status="PENDING_VALIDATION", not_after=None),
            NotApplicable("the certificate is PENDING_VALIDATION"),
        ),
    ],
)
def test_certificates_are_valid_for_weeks(one: Certificate, verdict: Verdict) -> None:
    assert acm.certificates_are_valid_for_weeks(one, NOW) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (certificate(), Holds("amazon issued")),
        (certificate(type="IMPORTED"), Fails("imported: somebody has to renew it by hand")),
        (certificate(type="IMPORTED", in_use=False), UNUSED),
    ],
)
def test_certificates_renew_by_themselves(one: Certificate, verdict: Verdict) -> None:
    assert acm.certificates_renew_by_themselves(one) == verdict


@pytest.mark.parametrize(
    ("algorithm", "verdict"),
    [
        ("RSA_1024", Fails("the key is RSA_1024")),
        ("RSA_2048", Holds("the key is RSA_2048")),
        ("EC_prime256v1", Holds("the key is EC_prime256v1")),
    ],
)
def test_keys_are_strong(algorithm: str, verdict: Verdict) -> None:
    assert acm.keys_are_strong(certificate(key_algorithm=algorithm)) == verdict


def test_certificates_are_listed(aws: Emulator) -> None:
    arn = aws.client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    assert set(aws.judge("acm.keys_are_strong")) == {arn}


def test_no_certificate_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("acm.keys_are_strong") == {"region:us-east-1": "not applicable"}


def detail(status: str | None = None, *methods: str | None) -> CertificateDetail:
    renewal = {"renewal_status": status} if status else None
    options = tuple({"domain_name": f"{n}.example.com", "validation_method": one} for n, one in enumerate(methods))
    return CertificateDetail.model_validate({"renewal_summary": renewal, "domain_validation_options": options})


@pytest.mark.parametrize(
    ("one", "found", "verdict"),
    [
        (certificate(), None, NotApplicable("imported, private, or used by nothing")),
        (certificate(), detail(), NotApplicable("no renewal was due yet")),
        (certificate(), detail("SUCCESS"), Holds("the renewal is SUCCESS")),
        (certificate(), detail("PENDING_AUTO_RENEWAL"), Holds("the renewal is PENDING_AUTO_RENEWAL")),
        (certificate(), detail("PENDING_VALIDATION"), Fails("the renewal is PENDING_VALIDATION")),
        (certificate(), detail("FAILED"), Fails("the renewal is FAILED")),
        (certificate(status="EXPIRED"), detail("FAILED"), NotApplicable("the certificate is EXPIRED")),
    ],
)
def test_renewals_succeed(one: Certificate, found: CertificateDetail | None, verdict: Verdict) -> None:
    assert acm.renewals_succeed(one, found) == verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (None, NotApplicable("imported, private, or used by nothing")),
        (detail(None, "DNS", "HTTP"), Holds("validated by DNS, HTTP")),
        (detail(None, "DNS", "EMAIL"), Fails("by mail: 1.example.com")),
        (detail(None, None), CannotTell("AWS does not tell how it was validated")),
        (detail(None), CannotTell("AWS does not tell how it was validated")),
    ],
)
def test_how_certificates_are_validated(found: CertificateDetail | None, verdict: Verdict) -> None:
    assert acm.certificates_are_validated_without_a_person(found) == verdict


def test_certificates_in_use_are_looked_at(aws: Emulator) -> None:
    client = aws.client("acm")
    used = client.request_certificate(DomainName="example.com", ValidationMethod="DNS")["CertificateArn"]
    idle = client.request_certificate(DomainName="idle.example.com", ValidationMethod="DNS")["CertificateArn"]
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    balancers = aws.client("elbv2")
    arn = balancers.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    balancers.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": used}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )
    unasked = ("not applicable", "imported, private, or used by nothing")
    found = aws.judge("acm.certificates_are_validated_without_a_person")
    assert found == {used: ("holds", "validated by DNS"), idle: unasked}
    assert aws.judge("acm.renewals_succeed")[idle] == unasked
    assert aws.judge("acm.renewals_succeed")[used][0] == "not applicable"

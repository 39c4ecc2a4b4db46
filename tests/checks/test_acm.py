"""Certificate checks, as tables and against real clients."""

from datetime import UTC, datetime, timedelta

import pytest

from checks import acm
from checks.acm import Certificate
from scanner import Fails, Holds, NotApplicable, Verdict
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

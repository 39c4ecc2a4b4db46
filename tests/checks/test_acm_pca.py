"""Private CA's checks, against real clients and as tables."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks import acm_pca
from checks.acm_pca import Algorithms, Authority, Revocation, Switch
from scanner import Fails, Holds, NotApplicable, Verdict
from tests.emulator import Emulator

AT = datetime(2026, 11, 23, tzinfo=UTC)


def test_authorities(aws: Emulator) -> None:
    """moto makes authorities without a certificate, as AWS does before one is imported."""
    subject = {"KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHRSA", "Subject": {"CommonName": "x"}}
    arn = aws.client("acm-pca").create_certificate_authority(
        CertificateAuthorityConfiguration=subject, CertificateAuthorityType="ROOT"
    )["CertificateAuthorityArn"]
    waiting = {arn: ("not applicable", "the authority is PENDING_CERTIFICATE")}
    assert aws.judge("acm_pca.authorities_outlast_their_certificates") == waiting
    assert aws.judge("acm_pca.authorities_can_revoke") == waiting
    assert aws.judge("acm_pca.root_authorities_are_disabled") == waiting
    told = f"private certificate authorities: {arn.rpartition('/')[2]} (ROOT, PENDING_CERTIFICATE, RSA_2048)"
    assert aws.judge("acm_pca.authorities") == {"region:us-east-1": ("told", told)}


def authority(**changes: Any) -> Authority:
    fields: dict[str, Any] = {
        "arn": "a",
        "type": "SUBORDINATE",
        "status": "ACTIVE",
        "not_after": datetime(2030, 1, 1, tzinfo=UTC),
        "certificate_authority_configuration": Algorithms(key_algorithm="RSA_2048", signing_algorithm="SHA256WITHRSA"),
    }
    return Authority(**(fields | changes))


ON = Switch(enabled=True)


@pytest.mark.parametrize(
    ("one", "lasts", "revokes", "apart"),
    [
        (
            authority(revocation_configuration=Revocation(crl_configuration=ON)),
            Holds("valid until 2030-01-01"),
            Holds("told by a list"),
            NotApplicable("the authority is SUBORDINATE"),
        ),
        (
            authority(type="ROOT", not_after=datetime(2027, 1, 1, tzinfo=UTC)),
            Fails("valid until 2027-01-01"),
            Fails("neither a revocation list nor OCSP is on"),
            Fails("the root is ACTIVE"),
        ),
        (
            authority(usage_mode="SHORT_LIVED_CERTIFICATE"),
            Holds("valid until 2030-01-01"),
            NotApplicable("its certificates last a week at most"),
            NotApplicable("the authority is SUBORDINATE"),
        ),
        (
            authority(type="ROOT", status="DISABLED"),
            NotApplicable("the authority is DISABLED"),
            NotApplicable("the authority is DISABLED"),
            Holds("the root is DISABLED"),
        ),
        (
            authority(type="ROOT", status="EXPIRED"),
            Fails("the authority is EXPIRED"),
            NotApplicable("the authority is EXPIRED"),
            NotApplicable("the authority is EXPIRED"),
        ),
        (
            authority(revocation_configuration=Revocation(ocsp_configuration=ON)),
            Holds("valid until 2030-01-01"),
            Holds("told by OCSP"),
            NotApplicable("the authority is SUBORDINATE"),
        ),
    ],
)
def test_an_authority(one: Authority, lasts: Verdict, revokes: Verdict, apart: Verdict) -> None:
    assert acm_pca.authorities_outlast_their_certificates(one, AT) == lasts
    assert acm_pca.authorities_can_revoke(one) == revokes
    assert acm_pca.root_authorities_are_disabled(one) == apart

"""Private CA's checks, against real clients."""

from datetime import UTC, datetime
from typing import Any

from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

AT = datetime(2026, 11, 23, tzinfo=UTC)
ARN = f"arn:aws:acm-pca:us-east-1:{ACCOUNT}:certificate-authority/"
CONFIGURATION = {"KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHRSA", "Subject": {"CommonName": "x"}}
CHECKS = ("authorities_outlast_their_certificates", "authorities_can_revoke", "root_authorities_are_disabled")


def test_authorities(aws: Emulator) -> None:
    """moto makes authorities without a certificate, as AWS does before one is imported."""
    arn = aws.client("acm-pca").create_certificate_authority(
        CertificateAuthorityConfiguration=CONFIGURATION, CertificateAuthorityType="ROOT"
    )["CertificateAuthorityArn"]
    waiting = {arn: ("not applicable", "the authority is PENDING_CERTIFICATE")}
    assert judge_all(aws, "acm_pca", CHECKS) == dict.fromkeys(CHECKS, waiting)
    told = f"private certificate authorities: {arn.rpartition('/')[2]} (ROOT, PENDING_CERTIFICATE, RSA_2048)"
    assert aws.judge("acm_pca.authorities") == {"region:us-east-1": ("told", told)}


def authority(name: str, **changes: Any) -> dict[str, Any]:
    """An item of ListCertificateAuthorities."""
    return {
        "Arn": f"{ARN}{name}",
        "OwnerAccount": ACCOUNT,
        "Type": "SUBORDINATE",
        "Status": "ACTIVE",
        "NotBefore": "2026-01-01T00:00:00Z",
        "NotAfter": "2030-01-01T00:00:00Z",
        "CertificateAuthorityConfiguration": CONFIGURATION,
        "RevocationConfiguration": {"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": False}},
        "KeyStorageSecurityStandard": "FIPS_140_2_LEVEL_3_OR_HIGHER",
        "UsageMode": "GENERAL_PURPOSE",
        **changes,
    }


def test_authorities_with_a_certificate(aws: Emulator) -> None:
    listed = [
        authority("lists", RevocationConfiguration={"CrlConfiguration": {"Enabled": True}}),
        authority("asked", RevocationConfiguration={"OcspConfiguration": {"Enabled": True}}),
        authority("root", Type="ROOT", NotAfter="2027-01-01T00:00:00Z"),
        authority("short", UsageMode="SHORT_LIVED_CERTIFICATE"),
        authority("resting", Type="ROOT", Status="DISABLED"),
        authority("over", Type="ROOT", Status="EXPIRED", NotAfter="2026-01-01T00:00:00Z"),
    ]
    with answering("acm-pca", {"ListCertificateAuthorities": {"CertificateAuthorities": listed}}):
        seen = judge_all(aws, "acm_pca", CHECKS, at=AT)
    is_resting, is_over = (
        ("not applicable", "the authority is DISABLED"),
        ("not applicable", "the authority is EXPIRED"),
    )
    expected = {
        "authorities_outlast_their_certificates": {
            **dict.fromkeys(("lists", "asked", "short"), ("holds", "valid until 2030-01-01")),
            "root": ("fails", "valid until 2027-01-01"),
            "resting": is_resting,
            "over": ("fails", "the authority is EXPIRED"),
        },
        "authorities_can_revoke": {
            "lists": ("holds", "told by a list"),
            "asked": ("holds", "told by OCSP"),
            "root": ("fails", "neither a revocation list nor OCSP is on"),
            "short": ("not applicable", "its certificates last a week at most"),
            "resting": is_resting,
            "over": is_over,
        },
        "root_authorities_are_disabled": {
            **dict.fromkeys(("lists", "asked", "short"), ("not applicable", "the authority is SUBORDINATE")),
            "root": ("fails", "the root is ACTIVE"),
            "resting": ("holds", "the root is DISABLED"),
            "over": is_over,
        },
    }
    assert seen == {name: {f"{ARN}{one}": told for one, told in of.items()} for name, of in expected.items()}

"""Certificate checks, as tables and against real clients."""

from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from checks import acm
from checks.acm import Certificate, CertificateDetail
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from scanner.judge.discover import discover
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UNUSED = "nothing uses the certificate"
ARN = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/"
NAMES = sorted(name.partition(".")[2] for name in discover().checks if name.startswith("acm."))


def certificate(name: str, **changes: object) -> dict[str, object]:
    """An item of ListCertificates."""
    return {
        "CertificateArn": f"{ARN}{name}",
        "DomainName": f"{name}.example.com",
        "Status": "ISSUED",
        "Type": "AMAZON_ISSUED",
        "KeyAlgorithm": "RSA_2048",
        "InUse": True,
        "RenewalEligibility": "ELIGIBLE",
        "NotBefore": "2026-01-01T00:00:00Z",
        "NotAfter": "2027-06-11T00:00:00Z",
        **changes,
    }


def described(name: str, method: str, renewal: str = "") -> dict[str, object]:
    """What DescribeCertificate says of it beside."""
    options = [{"DomainName": f"{name}.example.com", "ValidationMethod": method, "ValidationStatus": "SUCCESS"}]
    found: dict[str, object] = {"CertificateArn": f"{ARN}{name}", "DomainValidationOptions": options}
    if renewal:
        updated = {"DomainValidationOptions": options, "UpdatedAt": "2026-11-20T00:00:00Z"}
        found["RenewalSummary"] = {"RenewalStatus": renewal, **updated}
    return found


def test_certificates(aws: Emulator) -> None:
    """moto issues a certificate a minute after it was asked for, and never renews one."""
    soon = "2026-12-13T00:00:00Z"
    listed = [
        certificate("good"),
        certificate("young", KeyAlgorithm="EC_prime256v1"),
        certificate("stuck", NotAfter=soon),
        certificate(
            "imported", Type="IMPORTED", KeyAlgorithm="RSA_1024", NotAfter=soon, RenewalEligibility="INELIGIBLE"
        ),
        certificate("idle", InUse=False, Status="EXPIRED", NotAfter="2026-01-01T00:00:00Z"),
        certificate("outside", InUse=False, Exported=True, NotAfter=soon),
        certificate("over", Status="EXPIRED", NotAfter="2026-11-01T00:00:00Z"),
    ]
    details = [
        described("good", "DNS", "SUCCESS"),
        described("young", "HTTP"),
        described("stuck", "EMAIL", "PENDING_VALIDATION"),
        described("over", "DNS", "FAILED"),
    ]
    with ExitStack() as prepared:
        prepared.enter_context(answering("acm", {"ListCertificates": {"CertificateSummaryList": listed}}))
        for one in details:
            which = {"CertificateArn": one["CertificateArn"]}
            prepared.enter_context(answering("acm", {"DescribeCertificate": {"Certificate": one}}, when=which))
        seen = judge_all(aws, "acm", NAMES, at=NOW)
    long, sound = ("holds", "valid until 2027-06-11"), ("holds", "the key is RSA_2048")
    unasked, unused = ("not applicable", "imported, private, or used by nothing"), ("not applicable", UNUSED)
    left_out = dict.fromkeys(("imported", "idle", "outside"), unasked)
    expected = {
        "certificates_are_valid_for_weeks": {
            "good": long,
            "young": long,
            "stuck": ("fails", "valid until 2026-12-13"),
            "imported": ("fails", "valid until 2026-12-13"),
            "outside": ("fails", "valid until 2026-12-13"),
            "idle": unused,
            "over": ("fails", "the certificate is EXPIRED"),
        },
        "certificates_renew_by_themselves": {
            **dict.fromkeys(("good", "young", "stuck", "over"), ("holds", "amazon issued")),
            "imported": ("fails", "imported: somebody has to renew it by hand"),
            "outside": ("not applicable", "it was exported: whoever uses it installs it"),
            "idle": unused,
        },
        "keys_are_strong": {
            **dict.fromkeys(("good", "stuck", "idle", "outside", "over"), sound),
            "young": ("holds", "the key is EC_prime256v1"),
            "imported": ("fails", "the key is RSA_1024"),
        },
        "renewals_succeed": {
            "good": ("holds", "the renewal is SUCCESS"),
            "young": ("not applicable", "no renewal was due yet"),
            "stuck": ("fails", "the renewal is PENDING_VALIDATION"),
            "over": ("not applicable", "the certificate is EXPIRED"),
            **left_out,
        },
        "certificates_are_validated_without_a_person": {
            "good": ("holds", "validated by DNS"),
            "over": ("holds", "validated by DNS"),
            "young": ("holds", "validated by HTTP"),
            "stuck": ("fails", "by mail: stuck.example.com"),
            **left_out,
        },
    }
    assert seen == {name: {f"{ARN}{one}": told for one, told in of.items()} for name, of in expected.items()}


def test_certificates_are_listed(aws: Emulator) -> None:
    arn = aws.client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    assert set(aws.judge("acm.keys_are_strong")) == {arn}


def test_no_certificate_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("acm.keys_are_strong") == {"region:us-east-1": "not applicable"}


def detail(status: str | None = None, *methods: str | None) -> CertificateDetail:
    renewal = {"renewal_status": status} if status else None
    options = tuple({"domain_name": f"{n}.example.com", "validation_method": one} for n, one in enumerate(methods))
    return CertificateDetail.model_validate({"renewal_summary": renewal, "domain_validation_options": options})


ISSUED = Certificate(certificate_arn="c", status="ISSUED", type="AMAZON_ISSUED", key_algorithm="RSA_2048")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (detail("PENDING_AUTO_RENEWAL"), Holds("the renewal is PENDING_AUTO_RENEWAL")),
        (detail("FAILED"), Fails("the renewal is FAILED")),
    ],
)
def test_renewals_succeed(found: CertificateDetail, verdict: Verdict) -> None:
    assert acm.renewals_succeed(ISSUED, found) == verdict


def test_a_certificate_that_nobody_validated_has_no_end() -> None:
    waiting = ISSUED.model_copy(update={"status": "PENDING_VALIDATION"})
    told = NotApplicable("the certificate is PENDING_VALIDATION")
    assert acm.certificates_are_valid_for_weeks(waiting, NOW) == told


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (detail(None, "DNS", "HTTP"), Holds("validated by DNS, HTTP")),
        (detail(None, "DNS", "EMAIL"), Fails("by mail: 1.example.com")),
        (detail(None, None), CannotTell("AWS does not tell how it was validated")),
        (detail(None), CannotTell("AWS does not tell how it was validated")),
    ],
)
def test_how_certificates_are_validated(found: CertificateDetail, verdict: Verdict) -> None:
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

"""ACM: certificates, how long they last and how strong they are."""

from datetime import datetime, timedelta

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check

_WEAK = frozenset({"RSA_1024", "RSA-1024"})


class Certificate(
    Evidence,
    read=Read(
        "acm:ListCertificates",
        "CertificateSummaryList",
        arn="{certificate_arn}",
        # Without this filter ACM lists RSA certificates only (API reference, Filters).
        fixed={
            "Includes": {
                "keyTypes": [
                    "RSA_1024",
                    "RSA_2048",
                    "RSA_3072",
                    "RSA_4096",
                    "EC_prime256v1",
                    "EC_secp384r1",
                    "EC_secp521r1",
                ]
            }
        },
    ),
):
    certificate_arn: str
    domain_name: str | None = None
    status: str
    type: str
    key_algorithm: str
    in_use: bool = True  # where the list does not say, we look; it is about resources of AWS alone
    exported: bool = False
    not_after: datetime | None = None
    renewal_eligibility: str | None = None


class Renewal(Part):
    renewal_status: str


class Validation(Part):
    domain_name: str
    validation_method: str | None = None


class CertificateDetail(
    Evidence,
    read=Read(
        "acm:DescribeCertificate",
        "Certificate",
        per=Certificate,
        args={"CertificateArn": "certificate_arn"},
        when={"type": "AMAZON_ISSUED", "in_use": True},
    ),
):
    """A certificate that ACM issued and something uses."""

    renewal_summary: Renewal | None = None  # not there before the first renewal
    domain_validation_options: tuple[Validation, ...] = ()


@check(effort="low")
def certificates_are_valid_for_weeks(certificate: Certificate, at: ScanTime, *, days: int = 30) -> Verdict:
    """Certificates in use are valid for weeks to come.

    Why: an expired certificate takes the service down for everybody at once.
    Fix: let ACM validate by DNS so that it renews by itself; import the new one of an imported certificate in time.
    """
    if not certificate.in_use and not certificate.exported:
        return NotApplicable("nothing uses the certificate")
    if certificate.status in ("EXPIRED", "REVOKED", "FAILED"):
        return Fails(f"the certificate is {certificate.status}")
    if certificate.not_after is None:
        return NotApplicable(f"the certificate is {certificate.status}")
    left = certificate.not_after - at
    told = f"valid until {certificate.not_after:%Y-%m-%d}"
    return Holds(told) if left > timedelta(days=days) else Fails(told)


@check(effort="low")
def certificates_renew_by_themselves(certificate: Certificate) -> Verdict:
    """Certificates in use are issued by ACM, which renews them.

    Why: an imported certificate is renewed by a person, until that person has left.
    Fix: aws acm request-certificate --domain-name NAME --validation-method DNS
    """
    if not certificate.in_use:
        outside = "it was exported: whoever uses it installs it"
        return NotApplicable(outside if certificate.exported else "nothing uses the certificate")
    if certificate.type == "IMPORTED":
        return Fails("imported: somebody has to renew it by hand")
    return Holds(f"{certificate.type.replace('_', ' ').lower()}")


@check(effort="low")
def keys_are_strong(certificate: Certificate) -> Verdict:
    """Certificates have keys of at least 2,048 bits of RSA, or an elliptic curve.

    Why: a 1,024-bit RSA key can be factored with enough money.
    Fix: request or import the certificate again with RSA 2048 or EC prime256v1.
    """
    if certificate.key_algorithm in _WEAK:
        return Fails(f"the key is {certificate.key_algorithm}")
    return Holds(f"the key is {certificate.key_algorithm}")


@check(effort="low")
def renewals_succeed(certificate: Certificate, detail: CertificateDetail | None) -> Verdict:
    """Renewals of certificates that ACM issued succeed.

    Why: a certificate that ACM cannot renew expires on its day, however automatic it looked.
    Fix: restore the CNAME record by which ACM validates, or answer its mail; DescribeCertificate tells the reason.
    """
    if detail is None:
        return NotApplicable("imported, private, or used by nothing")
    if certificate.status != "ISSUED":
        return NotApplicable(f"the certificate is {certificate.status}")
    if detail.renewal_summary is None:
        return NotApplicable("no renewal was due yet")
    told = f"the renewal is {detail.renewal_summary.renewal_status}"
    return Holds(told) if detail.renewal_summary.renewal_status in ("SUCCESS", "PENDING_AUTO_RENEWAL") else Fails(told)


@check(effort="low")
def certificates_are_validated_without_a_person(detail: CertificateDetail | None) -> Verdict:
    """Certificates that ACM issued are validated by DNS or HTTP, and not by mail.

    Why: a mail to the owner of the domain is read by whoever has the mailbox that year, or by nobody.
    Fix: aws acm request-certificate --domain-name NAME --validation-method DNS
    """
    if detail is None:
        return NotApplicable("imported, private, or used by nothing")
    methods = {one.validation_method for one in detail.domain_validation_options}
    mailed = sorted(one.domain_name for one in detail.domain_validation_options if one.validation_method == "EMAIL")
    if mailed:
        return Fails(f"by mail: {', '.join(mailed[:5])}")
    if not methods or None in methods:
        return CannotTell("AWS does not tell how it was validated")
    return Holds(f"validated by {', '.join(sorted(one for one in methods if one))}")

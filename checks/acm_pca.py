"""AWS Private CA: which authorities issue certificates, how long they last, and whether they can take one back."""

from datetime import datetime, timedelta

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact


class Switch(Part):
    enabled: bool = False


class Revocation(Part):
    crl_configuration: Switch = Switch()
    ocsp_configuration: Switch = Switch()


class Algorithms(Part):
    key_algorithm: str
    signing_algorithm: str


class Authority(Evidence, read=Read("acm-pca:ListCertificateAuthorities", "CertificateAuthorities", arn="{arn}")):
    arn: str
    type: str
    status: str
    not_after: datetime | None = None  # not there before the authority has a certificate
    usage_mode: str = "GENERAL_PURPOSE"
    revocation_configuration: Revocation = Revocation()
    certificate_authority_configuration: Algorithms


@check(effort="medium")
def authorities_outlast_their_certificates(authority: Authority, at: ScanTime, *, days: int = 180) -> Verdict:
    """Private certificate authorities stay valid for at least half a year.

    Why: no certificate outlives the authority that issued it, and all of them end on one day.
    Fix: renew the authority's certificate (aws acm-pca import-certificate-authority-certificate), or make its successor.
    """
    if authority.status == "EXPIRED":
        return Fails("the authority is EXPIRED")
    if authority.status != "ACTIVE" or authority.not_after is None:
        return NotApplicable(f"the authority is {authority.status}")
    told = f"valid until {authority.not_after:%Y-%m-%d}"
    return Holds(told) if authority.not_after - at > timedelta(days=days) else Fails(told)


@check(effort="medium")
def authorities_can_revoke(authority: Authority) -> Verdict:
    """Private certificate authorities tell which of their certificates are revoked.

    Why: a certificate whose key leaked is trusted until its last day.
    Fix: aws acm-pca update-certificate-authority --revocation-configuration with a list or OCSP enabled
    """
    if authority.status != "ACTIVE":
        return NotApplicable(f"the authority is {authority.status}")
    if authority.usage_mode == "SHORT_LIVED_CERTIFICATE":
        return NotApplicable("its certificates last a week at most")
    found = authority.revocation_configuration
    ways = {"a list": found.crl_configuration.enabled, "OCSP": found.ocsp_configuration.enabled}
    on = [way for way, so in ways.items() if so]
    return Holds(f"told by {' and '.join(on)}") if on else Fails("neither a revocation list nor OCSP is on")


@check(effort="medium")
def root_authorities_are_disabled(authority: Authority) -> Verdict:
    """Root authorities are disabled while no subordinate authority is being made.

    Why: whoever can use the root can make an authority that everybody trusts.
    Fix: issue from a subordinate authority, and aws acm-pca update-certificate-authority --status DISABLED for the root.
    """
    if authority.type != "ROOT":
        return NotApplicable(f"the authority is {authority.type}")
    if authority.status not in ("ACTIVE", "DISABLED"):
        return NotApplicable(f"the authority is {authority.status}")
    return Holds("the root is DISABLED") if authority.status == "DISABLED" else Fails("the root is ACTIVE")


@fact
def authorities(found: list[Authority]) -> str | None:
    """Which private certificate authorities there are."""
    told = sorted(
        f"{one.arn.rpartition('/')[2]} ({one.type}, {one.status}, {one.certificate_authority_configuration.key_algorithm})"
        for one in found
    )
    return f"private certificate authorities: {', '.join(told[:10])}" if told else None

"""Identity providers and server certificates that IAM keeps."""

from datetime import timedelta

from checks.iam.evidence import OidcProvider, Role, SamlProvider, ServerCertificate
from checks.iam.statements import some
from scanner import Fails, Holds, ScanTime, Verdict, check, fact


@check(effort="low")
def server_certificates_are_valid(certificate: ServerCertificate, at: ScanTime, *, days: int = 0) -> Verdict:
    """Server certificates in IAM have not expired.

    Why: clients refuse an expired certificate, or learn to ignore the warning.
    Fix: issue the certificate in ACM, which renews it, and aws iam delete-server-certificate the old one.
    """
    until = f"{certificate.expiration:%Y-%m-%d}"
    if certificate.expiration <= at:
        return Fails(f"expired on {until}")
    if certificate.expiration - at <= timedelta(days=days):
        return Fails(f"expires on {until}")
    return Holds(f"valid until {until}")


@check(effort="low")
def saml_providers_are_valid(provider: SamlProvider, at: ScanTime, *, days: int = 0) -> Verdict:
    """SAML providers' metadata has not expired.

    Why: with expired metadata people may be locked out, and fall back on passwords and keys of IAM users.
    Fix: aws iam update-saml-provider --saml-provider-arn ARN --saml-metadata-document file://metadata.xml
    """
    if provider.valid_until is None:
        return Holds("the metadata has no end")
    until = f"{provider.valid_until:%Y-%m-%d}"
    if provider.valid_until - at <= timedelta(days=days):
        return Fails(f"the metadata ends on {until}")
    return Holds(f"the metadata is valid until {until}")


@fact
def federation_providers(saml: list[SamlProvider], oidc: list[OidcProvider], roles: list[Role]) -> str:
    """Through which identity providers people and machines come in."""
    center = sum(role.path.startswith("/aws-reserved/sso.amazonaws.com/") for role in roles)
    names = [f"SAML {provider.arn.rpartition('/')[2]}" for provider in saml]
    names += [f"OIDC {provider.arn.partition(':oidc-provider/')[2]}" for provider in oidc]
    return f"identity providers: {some(names) or 'none'}; roles of IAM Identity Center: {center}"

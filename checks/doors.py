"""The domain names by which APIs of API Gateway are called, and which APIs each leads to."""

from dataclasses import dataclass

from scanner import CannotTell, Evidence, Holds, NotApplicable, Part, Read, Verdict, derived
from scanner.access.inventory import NotSeen

GET = "apigateway:GET"  # API Gateway's actions are HTTP's (Service Authorization Reference)


class MutualTls(Part):
    truststore_uri: str | None = None


class DomainName(
    Evidence,
    read=Read(
        "apigateway:GetDomainNames",
        "items",
        fixed={"limit": 500},
        arn="arn:{partition}:apigateway:{region}::/domainnames/{domain_name}",
        action=GET,
    ),
):
    """A domain name of REST, HTTP or WebSocket APIs."""

    domain_name: str
    domain_name_id: str | None = None  # of private domain names only
    routing_mode: str | None = None
    security_policy: str
    mutual_tls_authentication: MutualTls | None = None

    @property
    def asks_for_certificates(self) -> bool:
        return self.mutual_tls_authentication is not None and bool(self.mutual_tls_authentication.truststore_uri)


class ApiMapping(
    Evidence,
    read=Read(
        "apigatewayv2:GetApiMappings",
        "Items",
        per=DomainName,
        args={"DomainName": "domain_name"},
        when={"domain_name_id": None},
        omitted_if_empty=True,
        action=GET,
    ),
):
    """An API that a public domain name leads to; for domain names of REST APIs too."""

    api_id: str


@dataclass(frozen=True)
class Door:
    """A public domain name, whether it asks for a client certificate, and the APIs that it leads to; None where that is not told."""

    asks: bool
    apis: frozenset[str] | None


@derived
def door(domain: DomainName, mappings: list[ApiMapping] | NotSeen) -> Door:
    """Where a domain name leads to. Private ones lead to private APIs alone; routing rules are not read."""
    if domain.domain_name_id is not None:
        return Door(domain.asks_for_certificates, frozenset())
    told = not isinstance(mappings, NotSeen) and domain.routing_mode in (None, "BASE_PATH_MAPPING_ONLY")
    apis = frozenset() if isinstance(mappings, NotSeen) else frozenset(one.api_id for one in mappings)
    return Door(domain.asks_for_certificates, apis if told else None)


NO_DOOR = NotApplicable("nobody can call it: its own endpoint is off, and no domain name leads to it")


def by_names(api: str, doors: list[Door]) -> Verdict | None:
    """An open API whose own endpoint is off is called by domain names alone: none, or those that ask for a certificate?

    None where a domain name leads to it that asks for none. A domain name leads to APIs of its own account and region.
    """
    leading = [one.asks for one in doors if one.apis is not None and api in one.apis]
    untold = [one.asks for one in doors if one.apis is None]
    if not leading and not untold:
        return NO_DOOR
    if not all(leading):
        return None
    if all(untold):
        return Holds("callers come by domain names, all of which ask for client certificates")
    return CannotTell(
        "its own endpoint is off, and whether a domain name leads to it that asks for nothing is not told"
    )

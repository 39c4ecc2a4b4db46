"""OpenSearch: domains, their encryption, who may reach them and over which zones they stand."""

from datetime import datetime, timedelta

from scanner import (
    CannotTell,
    Evidence,
    Fails,
    Holds,
    Part,
    PolicyOrBlank,
    Read,
    ScanTime,
    Target,
    Verdict,
    check,
    lets_everyone,
)

_AUDIT = "AUDIT_LOGS"


class DomainName(Evidence, read=Read("opensearch:ListDomainNames", "DomainNames", action="es:ListDomainNames")):
    domain_name: str


class Switch(Part):
    enabled: bool = False


class Endpoint(Part):
    enforce_https: bool = False
    tls_security_policy: str | None = None


class AdvancedSecurity(Part):
    enabled: bool = False
    anonymous_auth_enabled: bool = False


class ZoneAwareness(Part):
    zone_awareness_enabled: bool = False
    instance_count: int = 1
    dedicated_master_enabled: bool = False
    dedicated_master_count: int = 0


class Software(Part):
    update_available: bool
    current_version: str | None = None
    new_version: str | None = None
    automated_update_date: datetime | None = None


class Network(Part):
    vpc_id: str | None = None


class Domain(
    Evidence,
    read=Read(
        "opensearch:DescribeDomain",
        "DomainStatus",
        per=DomainName,
        args={"DomainName": "domain_name"},
        arn="{arn}",
        action="es:DescribeDomain",
    ),
):
    arn: str
    encryption_at_rest_options: Switch | None = None
    node_to_node_encryption_options: Switch | None = None
    domain_endpoint_options: Endpoint | None = None
    advanced_security_options: AdvancedSecurity | None = None
    cluster_config: ZoneAwareness
    vpc_options: Network | None = None
    access_policies: PolicyOrBlank = None
    log_publishing_options: dict[str, Switch] | None = None
    service_software_options: Software | None = None


@check(effort="medium")
def domains_are_encrypted(domain: Domain) -> Verdict:
    """Domains encrypt their data at rest.

    Why: an index holds copies of what the database guards.
    Fix: aws opensearch update-domain-config --domain-name NAME --encryption-at-rest-options Enabled=true
    """
    on = domain.encryption_at_rest_options is not None and domain.encryption_at_rest_options.enabled
    return Holds("encrypted at rest") if on else Fails("not encrypted at rest")


@check(effort="low")
def domains_speak_tls(domain: Domain) -> Verdict:
    """Domains take HTTPS only, and encrypt what passes between their nodes.

    Why: queries and answers carry the data itself.
    Fix: aws opensearch update-domain-config --domain-endpoint-options EnforceHTTPS=true --node-to-node-encryption-options …
    """
    lacking = []
    if domain.domain_endpoint_options is None or not domain.domain_endpoint_options.enforce_https:
        lacking.append("HTTPS is not enforced")
    if domain.node_to_node_encryption_options is None or not domain.node_to_node_encryption_options.enabled:
        lacking.append("nodes talk in the open")
    return Fails("; ".join(lacking)) if lacking else Holds("HTTPS is enforced, and nodes encrypt what they exchange")


@check(effort="medium")
def domains_are_not_public(domain: Domain, here: Target) -> Verdict:
    """No domain can be reached from the internet by everyone.

    Why: an open index is found within hours, copied, and often deleted for a ransom.
    Fix: put the domain into a VPC, or name principals in its access policy and turn on fine-grained access control.
    """
    if domain.vpc_options is not None and domain.vpc_options.vpc_id:
        return Holds(f"inside {domain.vpc_options.vpc_id}")
    if domain.access_policies is None:
        return Holds("no policy lets anybody in")
    found = lets_everyone(domain.access_policies, here.account)
    if not found:
        return Holds("the policy lets in nobody in general")
    security = domain.advanced_security_options
    if security is not None and security.enabled and security.anonymous_auth_enabled:
        return Fails("the policy is open, and so is the domain until its users are mapped (anonymous access is on)")
    if security is not None and security.enabled:
        return Holds("the policy is open, and fine-grained access control asks everybody to sign in")
    return Fails(f"the policy is open: {found[0]}")


@check(effort="medium")
def domains_span_zones(domain: Domain) -> Verdict:
    """Domains have nodes in at least two Availability Zones.

    Why: a domain in one zone is gone with it.
    Fix: aws opensearch update-domain-config --cluster-config ZoneAwarenessEnabled=true,InstanceCount=3,…
    """
    cluster = domain.cluster_config
    if cluster.zone_awareness_enabled and cluster.instance_count > 1:
        return Holds(f"{cluster.instance_count} data nodes over several zones")
    return Fails("all data nodes are in one zone")


@check(effort="low")
def domains_refuse_old_tls(domain: Domain) -> Verdict:
    """Domains take TLS 1.2 or later only.

    Why: TLS 1.0 and 1.1 are broken, and their last clients have gone.
    Fix: aws opensearch update-domain-config --domain-endpoint-options TLSSecurityPolicy=Policy-Min-TLS-1-2-PFS-2023-10
    """
    endpoint = domain.domain_endpoint_options
    policy = (endpoint.tls_security_policy if endpoint else None) or "not told"
    return (
        Holds(f"the policy is {policy}")
        if policy.startswith("Policy-Min-TLS-1-2")
        else Fails(f"the policy is {policy}")
    )


@check(effort="medium")
def domains_know_their_users(domain: Domain) -> Verdict:
    """Domains control access by user, index and field (fine-grained access control).

    Why: else whoever may reach a domain may read and delete every index of it.
    Fix: aws opensearch update-domain-config --advanced-security-options Enabled=true,…
    """
    security = domain.advanced_security_options
    if security is None or not security.enabled:
        return Fails("fine-grained access control is off")
    return Fails("anonymous access is on") if security.anonymous_auth_enabled else Holds("it is on")


@check(effort="low")
def audit_logs_are_published(domain: Domain) -> Verdict:
    """Domains publish their audit log to CloudWatch Logs.

    Why: without it nobody can tell who searched what after a password leaked.
    Fix: aws opensearch update-domain-config --log-publishing-options AUDIT_LOGS={…}
    """
    log = (domain.log_publishing_options or {}).get(_AUDIT)
    return (
        Holds("the audit log is published") if log is not None and log.enabled else Fails("no audit log is published")
    )


@check(effort="medium")
def domains_have_dedicated_masters(domain: Domain, *, masters: int = 3) -> Verdict:
    """Domains have three dedicated master nodes.

    Why: with fewer, the loss of one can leave the domain without anybody to lead it.
    Fix: aws opensearch update-domain-config --cluster-config DedicatedMasterEnabled=true,DedicatedMasterCount=3,…
    """
    cluster = domain.cluster_config
    if not cluster.dedicated_master_enabled:
        return Fails("no dedicated master nodes")
    count = cluster.dedicated_master_count
    return Holds(f"{count} dedicated master nodes") if count >= masters else Fails(f"{count} dedicated master nodes")


@check(effort="low")
def software_is_not_overdue(domain: Domain, at: ScanTime, *, days: int = 14) -> Verdict:
    """No service software update of a domain is overdue.

    Why: the updates carry security fixes; after their date AWS picks the hour itself.
    Fix: aws opensearch start-service-software-update --domain-name NAME
    """
    software = domain.service_software_options
    if software is None:
        return CannotTell("nothing is told of the service software")
    if not software.update_available:
        return Holds(f"the software is {software.current_version or 'up to date'}")
    date = software.automated_update_date
    # A domain that has no such date tells the first of 1970.
    if date is not None and date.year > 1970 and at - date > timedelta(days=days):
        return Fails(f"{software.new_version} was due on {date:%Y-%m-%d}")
    return Holds(f"{software.new_version} is available and not overdue")

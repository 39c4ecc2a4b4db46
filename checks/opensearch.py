"""OpenSearch: domains, their encryption, who may reach them and over which zones they stand."""

from scanner import Evidence, Fails, Holds, Part, PolicyOrBlank, Read, Target, Verdict, check, lets_everyone


class DomainName(Evidence, read=Read("opensearch:ListDomainNames", "DomainNames", action="es:ListDomainNames")):
    domain_name: str


class Switch(Part):
    enabled: bool = False


class Endpoint(Part):
    enforce_https: bool = False
    tls_security_policy: str | None = None


class ZoneAwareness(Part):
    zone_awareness_enabled: bool = False
    instance_count: int = 1


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
    advanced_security_options: Switch | None = None
    cluster_config: ZoneAwareness
    vpc_options: Network | None = None
    access_policies: PolicyOrBlank = None


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
    if domain.advanced_security_options is not None and domain.advanced_security_options.enabled:
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

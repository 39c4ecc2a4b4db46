"""Route 53: public zones, what their names lead to, and whether a sick target is noticed."""

from checks.ec2.evidence import Address, Instance
from scanner import AllRegions, Evidence, Fails, Holds, LastPart, NotApplicable, Part, Read, Verdict, check, fact


class PublicZone(
    Evidence,
    read=Read(
        "route53:ListHostedZones",
        "HostedZones[?!(Config.PrivateZone)]",
        arn="arn:{partition}:route53:::hostedzone/{id}",
        scope="global",
    ),
):
    id: LastPart
    name: str


class Signing(Part):
    serve_signature: str


class Dnssec(Evidence, read=Read("route53:GetDNSSEC", "Status", per=PublicZone, args={"HostedZoneId": "id"})):
    serve_signature: str


class QueryLog(Evidence, read=Read("route53:ListQueryLoggingConfigs", "QueryLoggingConfigs", per=PublicZone)):
    """A query log of some zone of the account; one call, whatever the number of zones."""

    hosted_zone_id: str
    cloud_watch_logs_log_group_arn: str


class Value(Part):
    value: str


class Alias(Part):
    dns_name: str
    evaluate_target_health: bool


class Record(
    Evidence,
    read=Read(
        "route53:ListResourceRecordSets",
        # What other records say, such as tokens in TXT, is nobody's business here.
        "ResourceRecordSets[?Type=='A' || Type=='AAAA' || Type=='CNAME']",
        per=PublicZone,
        args={"HostedZoneId": "id"},
    ),
):
    name: str
    type: str
    set_identifier: str | None = None
    failover: str | None = None
    region: str | None = None
    multi_value_answer: bool = False
    health_check_id: str | None = None
    alias_target: Alias | None = None
    resource_records: tuple[Value, ...] = ()

    @property
    def notices(self) -> bool:
        """Does Route 53 stop giving this answer where its target is sick?"""
        return bool(self.health_check_id) or (
            self.alias_target is not None and self.alias_target.evaluate_target_health
        )


class HealthCheckConfig(Part):
    type: str
    disabled: bool = False


class HealthCheck(Evidence, read=Read("route53:ListHealthChecks", "HealthChecks", per=PublicZone)):
    """A health check of the account; one call, whatever the number of zones."""

    id: str
    health_check_config: HealthCheckConfig


@check(effort="low")
def queries_are_logged(zone: PublicZone, logs: list[QueryLog]) -> Verdict:
    """Public zones log the queries that they answer.

    Why: the log shows who looks for which names, and when a name that is gone is still asked for.
    Fix: aws route53 create-query-logging-config --hosted-zone-id ID --cloud-watch-logs-log-group-arn GROUP
    """
    own = [one for one in logs if one.hosted_zone_id.rpartition("/")[2] == zone.id]
    return Holds(f"logged to {own[0].cloud_watch_logs_log_group_arn}") if own else Fails("queries are not logged")


@check(effort="low")
def records_notice_sick_targets(zone: PublicZone, records: list[Record], checks: list[HealthCheck]) -> Verdict:
    """Records that choose among targets by failover, latency or several values notice a sick target.

    Why: without a health check Route 53 takes every target for healthy, and nothing fails over.
    Fix: give each record a health check, or let its alias evaluate the health of its target.
    """
    choosing = [one for one in records if one.failover == "PRIMARY" or one.region or one.multi_value_answer]
    if not choosing:
        return NotApplicable(f"no record of {zone.name} chooses by failover, latency or several values")
    off = {one.id for one in checks if one.health_check_config.disabled}
    blind = [one for one in choosing if not one.notices or one.health_check_id in off]
    if blind:
        named = sorted({f"{one.name} ({one.set_identifier})" for one in blind})
        return Fails(f"no health check: {', '.join(named[:5])}{', …' if len(named) > 5 else ''}")
    return Holds(f"{len(choosing)} records have a health check")


@check(effort="medium")
def names_lead_to_more_than_one_instance(
    zone: PublicZone, records: list[Record], addresses: AllRegions[Address], instances: AllRegions[Instance]
) -> Verdict:
    """No public name leads to the address of a single instance.

    Why: a name that leads to one instance is gone with it, and so is everybody who uses it.
    Fix: put a load balancer before two instances in two zones, and make the name an alias of it.
    """
    known = {one.public_ip_address for one in instances if one.public_ip_address}
    known |= {one.public_ip for one in addresses if one.instance_id}
    single = [
        one.name
        for one in records
        if one.type == "A"
        and not one.set_identifier
        and len({value.value for value in one.resource_records} & known) == 1
        and len(one.resource_records) == 1
    ]
    if single:
        named = sorted(set(single))
        return Fails(f"one instance answers for {', '.join(named[:5])}{', …' if len(named) > 5 else ''}")
    return (
        Holds(f"no name of {zone.name} leads to a single instance")
        if records
        else NotApplicable("the zone has no names")
    )


@fact
def signed_zones(zones: list[PublicZone], signing: list[Dnssec]) -> str | None:
    """How many public zones are signed by DNSSEC."""
    signed = sum(one.serve_signature == "SIGNING" for one in signing)
    return f"{signed} of {len(zones)} public zones are signed by DNSSEC" if zones else None


@fact
def health_checks(checks: list[HealthCheck]) -> str | None:
    """Which health checks Route 53 makes."""
    found = {one.id: one.health_check_config for one in checks}
    if not found:
        return None
    kinds = [one.type for one in found.values()]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
    return f"{len(found)} health checks: {counted}; {sum(one.disabled for one in found.values())} are disabled"


@fact
def failover_records(records: list[Record]) -> str | None:
    """Which names fail over by a record."""
    names = sorted({one.name for one in records if one.failover})
    return f"failover records: {', '.join(names[:10])}" if names else None

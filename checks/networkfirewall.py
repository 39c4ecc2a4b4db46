"""Network Firewall: firewalls, what their policies do, what they write down, and over which zones they stand."""

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check, fact

_FORWARD = "aws:forward_to_sfe"


class FirewallEntry(Evidence, read=Read("network-firewall:ListFirewalls", "Firewalls", arn="{firewall_arn}")):
    firewall_arn: str
    firewall_name: str


class Mapping(Part):
    subnet_id: str


class ZoneMapping(Part):
    availability_zone: str


class Firewall(
    Evidence,
    read=Read("network-firewall:DescribeFirewall", "Firewall", per=FirewallEntry, args={"FirewallArn": "firewall_arn"}),
):
    firewall_policy_arn: str
    subnet_mappings: tuple[Mapping, ...] = ()
    availability_zone_mappings: tuple[ZoneMapping, ...] = ()
    delete_protection: bool = False


class Group(Part):
    resource_arn: str


class FirewallPolicy(
    Evidence,
    read=Read(
        "network-firewall:DescribeFirewallPolicy",
        "FirewallPolicy",
        per=Firewall,
        args={"FirewallPolicyArn": "firewall_policy_arn"},
    ),
):
    stateless_default_actions: tuple[str, ...]
    stateless_fragment_default_actions: tuple[str, ...]
    stateless_rule_group_references: tuple[Group, ...] = ()
    stateful_rule_group_references: tuple[Group, ...] = ()
    stateful_default_actions: tuple[str, ...] = ()


class Destination(Part):
    log_type: str


class LoggingConfiguration(Part):
    log_destination_configs: tuple[Destination, ...] = ()


class Logging(
    Evidence,
    read=Read("network-firewall:DescribeLoggingConfiguration", per=FirewallEntry, args={"FirewallArn": "firewall_arn"}),
):
    logging_configuration: LoggingConfiguration | None = None


@check(effort="medium")
def policies_inspect_traffic(policy: FirewallPolicy) -> Verdict:
    """Policies of firewalls have rule groups, and pass nothing on that no rule looked at.

    Why: a firewall without rules, or with a default of passing, costs money and stops nothing.
    Fix: forward what no stateless rule matches to the stateful engine (aws:forward_to_sfe), with rule groups there.
    """
    defaults = (*policy.stateless_default_actions, *policy.stateless_fragment_default_actions)
    if "aws:pass" in defaults:
        return Fails("packets that no stateless rule matches are passed")
    groups = len(policy.stateful_rule_group_references)
    if _FORWARD in defaults and not groups and not any("drop" in one for one in policy.stateful_default_actions):
        return Fails("the stateful engine has no rules")
    if not groups and not policy.stateless_rule_group_references:
        return Holds("without any rule all packets are dropped")
    return Holds(f"{groups} stateful and {len(policy.stateless_rule_group_references)} stateless rule groups")


@check(effort="low")
def firewalls_log_what_they_do(logging: Logging) -> Verdict:
    """Firewalls log alerts or flows.

    Why: what was blocked yesterday is the best warning of what is tried tomorrow.
    Fix: aws network-firewall update-logging-configuration --firewall-arn ARN --logging-configuration …
    """
    configs = logging.logging_configuration.log_destination_configs if logging.logging_configuration else ()
    kinds = sorted({one.log_type for one in configs})
    if {"ALERT", "FLOW"} & set(kinds):
        return Holds(f"logs: {', '.join(kinds)}")
    return Fails(f"logs: {', '.join(kinds)} only" if kinds else "nothing is logged")


@check(effort="medium")
def firewalls_span_zones(firewall: Firewall) -> Verdict:
    """Firewalls have endpoints in at least two Availability Zones.

    Why: all traffic that passes through a firewall in one zone ends with that zone.
    Fix: aws network-firewall associate-subnets --firewall-arn ARN --subnet-mappings SubnetId=ANOTHER
    """
    # One subnet in a zone is what Network Firewall takes (Developer Guide, "Firewall subnets").
    zones = len(firewall.subnet_mappings) or len(firewall.availability_zone_mappings)
    return Holds(f"{zones} zones") if zones > 1 else Fails(f"{zones} zone")


@check(effort="low")
def firewalls_are_protected_from_deletion(firewall: Firewall) -> Verdict:
    """Firewalls refuse to be deleted.

    Why: with the firewall goes either the inspection or the traffic.
    Fix: aws network-firewall update-firewall-delete-protection --firewall-arn ARN --delete-protection
    """
    return Holds("deletion protection is on") if firewall.delete_protection else Fails("deletion protection is off")


@fact
def firewalls(found: list[FirewallEntry]) -> str | None:
    """Which network firewalls there are."""
    names = sorted(one.firewall_name for one in found)
    return f"network firewalls: {', '.join(names[:10])}" if names else None

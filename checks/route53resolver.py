"""Route 53 Resolver: whether the questions of VPCs for names are logged and filtered."""

from checks.ec2.evidence import AnyInterface, InUse, Vpc
from scanner import Evidence, Fails, Holds, NotApplicable, Read, Target, Verdict, check, fact


class QueryLog(
    Evidence,
    read=Read(
        "route53resolver:ListResolverQueryLogConfigAssociations",
        "ResolverQueryLogConfigAssociations",
        per=AnyInterface,
    ),
):
    resolver_query_log_config_id: str
    resource_id: str
    status: str


class Firewall(
    Evidence,
    read=Read("route53resolver:ListFirewallRuleGroupAssociations", "FirewallRuleGroupAssociations", per=AnyInterface),
):
    vpc_id: str


@check(effort="low")
def queries_are_logged(vpc: Vpc, logs: list[QueryLog], used: InUse, here: Target) -> Verdict:
    """VPCs that are in use log which names are asked for from inside.

    Why: what has been taken over gives itself away by the names that it looks up.
    Fix: aws route53resolver associate-resolver-query-log-config --resource-id VPC --resolver-query-log-config-id ID
    """
    if vpc.owner_id != here.account:
        return NotApplicable(f"shared by the account {vpc.owner_id}, which is judged for it")
    if vpc.vpc_id not in used.vpcs:
        return NotApplicable("nothing is in the VPC")
    own = [one for one in logs if one.resource_id == vpc.vpc_id]
    if any(one.status == "ACTIVE" for one in own):
        return Holds("queries are logged")
    return Fails(f"the query log is {own[0].status}" if own else "queries are not logged")


@fact
def dns_firewalls(vpcs: list[Vpc], firewalls: list[Firewall], used: InUse) -> str | None:
    """How many VPCs in use have a DNS firewall."""
    own = {one.vpc_id for one in vpcs} & used.vpcs
    guarded = own & {one.vpc_id for one in firewalls}
    return f"{len(guarded)} of {len(own)} VPCs in use have a DNS firewall" if own else None

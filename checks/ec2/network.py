"""Checks of VPCs. A VPC without network interfaces has nothing in it, as default VPCs often do."""

import re

from checks.ec2.evidence import Endpoint, FlowLog, InUse, NetworkAcl, NetworkInterface, RouteTable, Subnet, Vpc
from scanner import AllRegions, Fails, Holds, NotApplicable, Target, Verdict, check, fact

_REGION = re.compile(r"^[a-z]+(?:-[a-z]+)+-\d+")


def _outside(vpc: Vpc, used: InUse, here: Target) -> NotApplicable | None:
    if vpc.owner_id != here.account:
        return NotApplicable(f"shared by the account {vpc.owner_id}, which is judged for it")
    return None if vpc.vpc_id in used.vpcs else NotApplicable("nothing is in the VPC")


@check(effort="low")
def flow_logs_are_kept(vpc: Vpc, logs: list[FlowLog], subnets: list[Subnet], used: InUse, here: Target) -> Verdict:
    """VPCs that are in use record their traffic in flow logs.

    Why: without them nobody can tell afterwards who talked to whom.
    Fix: aws ec2 create-flow-logs --resource-type VPC --resource-ids ID --traffic-type ALL …
    """
    if outside := _outside(vpc, used, here):
        return outside
    # One that delivers comes last, so that it counts where another log of the same resource cannot.
    alive = sorted((one for one in logs if one.flow_log_status == "ACTIVE"), key=_delivers)
    active = {log.resource_id: log for log in alive}
    parts = [one.subnet_id for one in subnets if one.vpc_id == vpc.vpc_id]
    found = [active[vpc.vpc_id]] if vpc.vpc_id in active else [active[one] for one in parts if one in active]
    failing = [log.flow_log_id for log in found if log.deliver_logs_status == "FAILED"]
    if failing:
        return Fails(f"{failing[0]} cannot deliver")
    if vpc.vpc_id in active:
        log = active[vpc.vpc_id]
        return Holds(f"recorded by {log.flow_log_id}{'' if log.traffic_type in (None, 'ALL') else _part(log)}")
    if found and len(found) == len(parts):
        return Holds("recorded for each of its subnets")
    return Fails(f"recorded for {len(found)} of {len(parts)} subnets only" if found else "there is no flow log")


def _delivers(log: FlowLog) -> bool:
    return log.deliver_logs_status != "FAILED"


def _part(log: FlowLog) -> str:
    """A log of a part of the traffic says so: what was let in is the more telling half, what was refused the other."""
    return f", traffic of the kind {log.traffic_type} only"


@check(effort="medium")
def vpcs_span_zones(vpc: Vpc, subnets: list[Subnet], used: InUse, here: Target) -> Verdict:
    """VPCs that are in use have subnets in at least two Availability Zones.

    Why: where there is no subnet in another zone, nothing can move there when one fails.
    Fix: aws ec2 create-subnet --vpc-id ID --availability-zone ANOTHER …
    """
    if outside := _outside(vpc, used, here):
        return outside
    zones = sorted({one.availability_zone for one in subnets if one.vpc_id == vpc.vpc_id})
    return Holds(f"subnets in {', '.join(zones)}") if len(zones) >= 2 else Fails(f"subnets in {''.join(zones)} only")


@check(effort="medium")
def default_vpcs_are_not_used(vpc: Vpc, used: InUse) -> Verdict:
    """Nothing runs in a default VPC.

    Why: all its subnets are public and nobody designed it.
    Fix: move what runs there into a VPC with private subnets, then delete the default VPC.
    """
    if not vpc.is_default:
        return NotApplicable("not a default VPC")
    return Fails("network interfaces are in it") if vpc.vpc_id in used.vpcs else Holds("nothing is in it")


@check(effort="low")
def s3_is_reached_privately(vpc: Vpc, endpoints: list[Endpoint], used: InUse, here: Target) -> Verdict:
    """VPCs that are in use reach S3 through an endpoint of their own.

    Why: a gateway endpoint costs nothing, saves NAT fees and can bind access to the VPC.
    Fix: aws ec2 create-vpc-endpoint --vpc-id ID --service-name com.amazonaws.REGION.s3 --route-table-ids …
    """
    if outside := _outside(vpc, used, here):
        return outside
    named = [one for one in endpoints if one.vpc_id == vpc.vpc_id and (one.service_name or "").endswith(".s3")]
    own = [one for one in named if one.is_there]
    if named and not own:
        return Fails(f"nothing passes through {named[0].vpc_endpoint_id}: {named[0].why_not}")
    return Holds(f"by a {own[0].vpc_endpoint_type} endpoint") if own else Fails("there is no endpoint for S3")


@fact
def endpoints_by_service(endpoints: list[Endpoint]) -> str | None:
    """Which services are reached through VPC endpoints."""
    names = sorted({(one.service_name or "").rpartition(".")[2] for one in endpoints if one.service_name})
    return f"{len(endpoints)} VPC endpoints for: {', '.join(names)}" if names else None


@fact
def public_subnets(subnets: list[Subnet], tables: list[RouteTable]) -> str | None:
    """How many subnets have a route to an internet gateway."""
    own = {a.subnet_id: table.leads_out for table in tables for a in table.associations if a.subnet_id}
    main = {table.vpc_id: table.leads_out for table in tables if any(a.main for a in table.associations)}
    public = sum(own.get(one.subnet_id, main.get(one.vpc_id, False)) for one in subnets)
    return f"{public} of {len(subnets)} subnets lead to an internet gateway" if subnets else None


@fact
def custom_network_acls(acls: list[NetworkAcl]) -> str | None:
    """How many network ACLs somebody wrote, and how many refuse anything beyond the last rule."""
    own = [acl for acl in acls if not acl.is_default]
    deny = sum(any(e.rule_action == "deny" and e.rule_number < 32767 for e in acl.entries) for acl in acls)
    return f"{len(own)} of {len(acls)} network ACLs are custom; {deny} hold rules that deny" if acls else None


@fact
def regions_in_use(interfaces: AllRegions[NetworkInterface]) -> str | None:
    """In which regions network interfaces are."""
    zones = [_REGION.match(one.availability_zone) for one in interfaces if one.availability_zone]
    regions = sorted({zone.group() for zone in zones if zone})
    return f"network interfaces in {', '.join(regions)}" if regions else None

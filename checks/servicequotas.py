"""Service Quotas: how much of what AWS allows is used, who is told, and who asked for more.

Usage is counted from what the scan lists anyway. Quotas are read in regions that have a network interface.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from checks.cloudwatch.evidence import Alarm
from checks.ec2.evidence import Address, Addresses, AnyInterface, NetworkInterface, Vpc
from checks.ec2.processors import STANDARD, RunningInstance, standard_vcpus
from checks.ec2.rules import SecurityGroup
from checks.elbv2.evidence import LoadBalancer
from checks.hearing import Heard
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Read, Target, Verdict, check, derived, fact

# Quota codes as Service Quotas lists them; the names in findings are those that AWS answers.
_VPCS, _INTERFACES, _GROUPS, _SUBNETS = "L-F678F1CE", "L-DF5E4CA3", "L-E79EC296", "L-407747CB"
_ADDRESSES, _APPLICATION, _NETWORK = "L-0263D0A3", "L-53DA6B97", "L-69A177A2"
_OPEN = frozenset({"PENDING", "CASE_OPENED"})


class VpcQuota(
    Evidence,
    read=Read(
        "service-quotas:ListServiceQuotas", "Quotas", per=AnyInterface, fixed={"ServiceCode": "vpc", "MaxResults": 100}
    ),
):
    quota_code: str
    quota_name: str
    value: float
    adjustable: bool


class Ec2Quota(
    Evidence,
    read=Read(
        "service-quotas:ListServiceQuotas", "Quotas", per=AnyInterface, fixed={"ServiceCode": "ec2", "MaxResults": 100}
    ),
):
    quota_code: str
    quota_name: str
    value: float
    adjustable: bool


class AnyBalancer(Evidence, read=Read("elbv2:DescribeLoadBalancers", "LoadBalancers[:1]")):
    """A load balancer, where the region has any: only then its quotas are asked for."""

    load_balancer_arn: str


class BalancerQuota(
    Evidence,
    read=Read(
        "service-quotas:ListServiceQuotas",
        "Quotas",
        per=AnyBalancer,
        fixed={"ServiceCode": "elasticloadbalancing", "MaxResults": 100},
    ),
):
    quota_code: str
    quota_name: str
    value: float
    adjustable: bool


class Request(
    Evidence,
    read=Read("service-quotas:ListRequestedServiceQuotaChangeHistory", "RequestedQuotas", per=AnyInterface),
):
    """A request for more of the past 90 days, open or closed."""

    id: str
    quota_code: str
    quota_name: str
    status: str


class AutoManagement(
    Evidence,
    read=Read(
        "service-quotas:GetAutoManagementConfiguration",
        per=AnyInterface,
        absent={"NoSuchResourceException"},  # "The specified resource does not exist" (API reference)
    ),
):
    opt_in_status: str = "DISABLED"


class Template(
    Evidence,
    read=Read(
        "service-quotas:GetAssociationForServiceQuotaTemplate",
        scope="organization",
        absent={"ServiceQuotaTemplateNotInUseException", "NoAvailableOrganizationException"},
    ),
):
    service_quota_template_association_status: str


def watches_a_quota(alarm: Alarm) -> bool:
    """Does an alarm compare usage with a quota, by metric math or by Trusted Advisor's metric?"""
    by_math = any("SERVICE_QUOTA(" in (one.expression or "").upper() for one in alarm.metrics)
    advised = ("AWS/TrustedAdvisor", "ServiceLimitUsage")
    return by_math or any((one.namespace, one.metric_name) == advised for one in alarm.watched)


@dataclass(frozen=True)
class Use:
    """How much of one quota is used."""

    code: str
    name: str
    used: int
    quota: float
    adjustable: bool

    @property
    def percent(self) -> float:
        return 100 * self.used / self.quota if self.quota > 0 else 100.0 if self.used else 0.0

    def __str__(self) -> str:
        return f"{self.used} of {self.quota:g} {self.name}"


@dataclass(frozen=True)
class QuotaUse:
    """What is used of the quotas that can be counted, the fullest first."""

    uses: tuple[Use, ...]


@derived
def quota_use(
    of_vpc: list[VpcQuota],
    of_ec2: list[Ec2Quota],
    of_balancers: list[BalancerQuota],
    vpcs: list[Vpc],
    subnets: list[Addresses],
    interfaces: list[NetworkInterface],
    groups: list[SecurityGroup],
    addresses: list[Address],
    balancers: list[LoadBalancer],
    instances: list[RunningInstance],
    here: Target,
) -> QuotaUse:
    """Count what is used of each quota that AWS answered. What another account shares does not count."""
    own = [one for one in vpcs if one.owner_id == here.account]
    kinds = Counter(one.type for one in balancers)
    in_vpc = Counter(one.vpc_id for one in subnets if one.owner_id == here.account)
    counted = {
        _VPCS: len(own),
        _INTERFACES: len(interfaces),
        _GROUPS: len(groups),
        _SUBNETS: max(in_vpc.values(), default=0),
        _ADDRESSES: sum(one.public_ipv4_pool in (None, "amazon") and not one.service_managed for one in addresses),
        _APPLICATION: kinds["application"],
        _NETWORK: kinds["network"],
    }
    vcpus = standard_vcpus(instances)
    if vcpus is not None:
        counted[STANDARD] = vcpus
    every: list[VpcQuota | Ec2Quota | BalancerQuota] = [*of_vpc, *of_ec2, *of_balancers]
    quotas = {one.quota_code: one for one in every}
    uses = [
        Use(code, quotas[code].quota_name, used, quotas[code].value, quotas[code].adjustable)
        for code, used in counted.items()
        if code in quotas
    ]
    return QuotaUse(tuple(sorted(uses, key=lambda one: (-one.percent, one.name))))


@check(effort="low")
def no_quota_is_nearly_used_up(
    use: QuotaUse, requests: list[Request], interfaces: list[AnyInterface], *, percent: int = 80
) -> Verdict:
    """No counted quota of networks and processors is nearly used up, unless more was asked for.

    Why: the next deployment or the next peak stops at the quota, and an increase takes hours to days.
    Fix: aws service-quotas request-service-quota-increase --service-code CODE --quota-code CODE --desired-value N
    """
    if not interfaces:
        return NotApplicable("the region has no network interface")
    asked = {one.quota_code for one in requests if one.status in _OPEN}
    full = [one for one in use.uses if one.percent >= percent and one.code not in asked]
    if full:
        return Fails("; ".join(map(str, full[:5])))
    if not use.uses:
        return CannotTell("no quota that can be counted was answered")
    return Holds(f"{len(use.uses)} quotas counted; the fullest: {use.uses[0]}")


@check(effort="medium")
def quotas_raise_alarms(found: Heard, management: list[AutoManagement], interfaces: list[AnyInterface]) -> Verdict:
    """An alarm that reaches somebody, or Service Quotas itself, tells when a quota is nearly used up.

    Why: a quota that nobody watches is found by the deployment that fails.
    Fix: an alarm on usage / SERVICE_QUOTA(usage) with a topic that somebody hears, or turn on automatic management.
    """
    if not interfaces:
        return NotApplicable("the region has no network interface")
    if watching := _watching(found.surely):
        return Holds(f"alarms: {', '.join(watching[:5])}")
    if any(one.opt_in_status == "ENABLED" for one in management):
        return Holds("automatic management is on")
    if unsure := _watching(found.perhaps):
        return CannotTell(f"who hears the alarm {unsure[0]} cannot be told, and automatic management is off")
    if deaf := _watching(found.deaf):
        return Fails(f"the alarm {deaf[0]} reaches nobody, and automatic management is off")
    return Fails("no alarm watches a quota, and automatic management is off")


def _watching(alarms: Iterable[Alarm]) -> list[str]:
    return sorted(one.alarm_name for one in alarms if watches_a_quota(one))


@fact
def fullest_quotas(use: QuotaUse) -> str | None:
    """What is used of the quotas that can be counted."""
    return f"used of quotas: {'; '.join(map(str, use.uses))}" if use.uses else None


@fact
def increases_asked_for(requests: list[Request]) -> str | None:
    """Which increases of quotas were asked for in the past 90 days."""
    told = sorted({f"{one.quota_name} ({one.status})" for one in requests})
    return f"increases asked for: {', '.join(told[:10])}" if told else None


@fact
def template_for_new_accounts(template: Template | None) -> str | None:
    """Whether new accounts of the organization are given increased quotas."""
    if template is None:
        return None
    return f"the quota template for new accounts is {template.service_quota_template_association_status}"

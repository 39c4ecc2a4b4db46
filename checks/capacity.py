"""Whether what is left after the loss of one Availability Zone carries the load, and whether quotas leave room for it.

Static stability: what has to be started in a disaster may not be had then. So the rest has to be there before.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from checks.autoscaling import Group
from checks.ec2.evidence import AnyInterface, NetworkInterface
from checks.ec2.processors import STANDARD, RunningInstance
from checks.ecs.evidence import Service, Task
from checks.servicequotas import Ec2Quota, Request, VpcQuota
from checks.stages import DEVELOPMENT, KEY, in_development
from scanner import (
    AllRegions,
    CannotTell,
    Evidence,
    Fails,
    Holds,
    Metric,
    MetricData,
    NotApplicable,
    Read,
    Verdict,
    check,
    days,
    derived,
    fact,
)

_HOUR = days(1) / 24
_INTERFACES = "L-DF5E4CA3"  # network interfaces of a region
_OPEN = frozenset({"PENDING", "CASE_OPENED"})
_LARGEST = 5


class GroupLoad(
    MetricData,
    read=Metric(
        "AWS/EC2",
        "CPUUtilization",
        per=Group,
        dimensions={"AutoScalingGroupName": "auto_scaling_group_name"},
        statistic="Average",
        window=days(14),
        period=_HOUR,
    ),
):
    """How busy the processors of a group were, by the hour."""


class ServiceLoad(
    MetricData,
    read=Metric(
        "AWS/ECS",
        "CPUUtilization",
        per=Service,
        dimensions={"ClusterName": "cluster_name", "ServiceName": "service_name"},
        statistic="Average",
        window=days(14),
        period=_HOUR,
    ),
):
    """How busy the tasks of a service were, in percent of the CPU that they reserve, by the hour."""


class RegionQuota(
    Evidence,
    read=Read(
        "service-quotas:ListServiceQuotas", "Quotas", per=AnyInterface, fixed={"ServiceCode": "ec2", "MaxResults": 100}
    ),
):
    """A quota of EC2 with the region that it holds in, which its ARN names."""

    quota_code: str
    quota_name: str
    value: float
    quota_arn: str | None = None

    @property
    def region(self) -> str:
        return self.quota_arn.split(":")[3] if self.quota_arn else ""


@dataclass(frozen=True)
class Need:
    """What is used of a quota, and what would be used if the fullest zone were started anew elsewhere."""

    name: str
    code: str
    quota: float
    used: int
    in_one_zone: int
    zone: str

    @property
    def after(self) -> int:
        return self.used + self.in_one_zone

    def __str__(self) -> str:
        return (
            f"{self.after} of {self.quota:g} {self.name} ({self.used} used, {self.in_one_zone} of them in {self.zone})"
        )


@dataclass(frozen=True)
class FailoverNeeds:
    """The needs of a region that can be counted."""

    needs: tuple[Need, ...]


@derived
def failover_needs(
    of_vpc: list[VpcQuota],
    of_ec2: list[Ec2Quota],
    instances: list[RunningInstance],
    interfaces: list[NetworkInterface],
) -> FailoverNeeds:
    """vCPUs of instances on demand, and network interfaces, by zone. What does not say its vCPUs or zone makes them uncounted."""
    vcpus: Counter[str] = Counter()
    complete = True
    for one in instances:
        if not one.counts:
            continue
        if one.cpu_options is None or one.placement is None or one.placement.availability_zone is None:
            complete = False
            continue
        vcpus[one.placement.availability_zone] += one.cpu_options.vcpus
    cards = Counter(one.availability_zone for one in interfaces if one.availability_zone)
    every: list[VpcQuota | Ec2Quota] = [*of_vpc, *of_ec2]
    quotas = {one.quota_code: one for one in every}
    counted: list[tuple[str, Counter[str]]] = [(_INTERFACES, cards)]
    if complete:
        counted.append((STANDARD, vcpus))
    needs = []
    for code, by_zone in counted:
        if code in quotas and by_zone:
            zone, most = max(by_zone.items(), key=lambda item: (item[1], item[0]))
            quota = quotas[code]
            needs.append(Need(quota.quota_name, code, quota.value, by_zone.total(), most, zone))
    return FailoverNeeds(tuple(needs))


def _loss(zones: Iterable[str]) -> tuple[str, float]:
    """The zone that holds most, and its share of all."""
    counts = Counter(zones)
    zone, most = max(counts.items(), key=lambda item: (item[1], item[0]))
    return zone, most / counts.total()


def _carries(zones: list[str], values: tuple[float, ...], percent: int) -> Verdict:
    zone, share = _loss(zones)
    if not values:
        return CannotTell("no load was measured in the past 14 days")
    peak = max(values)
    if share == 1:
        return Fails(f"all {len(zones)} are in {zone}")
    after = peak / (1 - share)
    told = f"the busiest hour took {peak:.0f} % of the CPU; without {zone} it takes {after:.0f} % of what is left"
    return Holds(told) if after <= percent else Fails(told)


@check(effort="medium")
def groups_can_lose_a_zone(
    group: Group,
    load: GroupLoad,
    *,
    percent: int = 100,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Groups behind a load balancer have the CPU for their busiest hour without the zone that holds most instances.

    Why: when a zone fails, everybody starts instances at once, and new ones may not be had.
    Fix: raise the minimum: for two zones twice, for three zones one and a half times what the peak needs.
    """
    if not group.behind_a_balancer:
        return NotApplicable("the group is behind no load balancer")
    if outside := in_development(group.tags, environment_tag, development):
        return outside
    zones = [one.availability_zone for one in group.instances if one.lifecycle_state == "InService"]
    if len(zones) < 2:
        return NotApplicable(f"{len(zones)} instances are in service")
    return _carries(zones, load.values, percent)


@check(effort="medium")
def services_can_lose_a_zone(
    service: Service,
    tasks: list[Task],
    load: ServiceLoad,
    *,
    percent: int = 100,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """ECS services behind a load balancer have the CPU for their busiest hour without the zone that holds most tasks.

    Why: when a zone fails, everybody starts tasks at once, and new ones may not be had.
    Fix: raise the desired count: for two zones twice, for three zones one and a half times what the peak needs.
    """
    if not service.balanced:
        return NotApplicable("the service is behind no load balancer")
    if outside := in_development(service.tags, environment_tag, development):
        return outside
    mine = [one for one in tasks if one.group == f"service:{service.service_name}" and one.last_status == "RUNNING"]
    if len(mine) < 2:
        return NotApplicable(f"{len(mine)} tasks are running")
    zones = [one.availability_zone for one in mine if one.availability_zone]
    if len(zones) < len(mine):
        return NotApplicable("its tasks run outside AWS's zones")
    return _carries(zones, load.values, percent)


@check(effort="low")
def quotas_allow_for_a_lost_zone(
    found: FailoverNeeds, requests: list[Request], interfaces: list[AnyInterface]
) -> Verdict:
    """Quotas allow for what the fullest zone holds to be started again elsewhere, while the lost half still counts.

    Why: instances of a failed zone count until they are gone, and their replacements count too.
    Fix: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code CODE --desired-value N
    """
    if not interfaces:
        return NotApplicable("the region has no network interface")
    asked = {one.quota_code for one in requests if one.status in _OPEN}
    short = [one for one in found.needs if one.after > one.quota and one.code not in asked]
    if short:
        return Fails("; ".join(map(str, short)))
    if not found.needs:
        return CannotTell("no quota that can be counted was answered")
    return Holds("; ".join(map(str, found.needs)))


@check(effort="low")
def other_regions_have_the_quota_of_the_largest(
    quotas: AllRegions[RegionQuota], instances: AllRegions[RunningInstance], *, apart: tuple[str, ...] = ()
) -> Verdict:
    """Regions that run instances may run as many vCPUs as run in the largest of them.

    Why: a region that takes over from another one is stopped by its own quota, which nobody has looked at.
    Fix: ask for the increase in every region of the workload; name regions that stand for themselves in `apart`.
    """
    used: Counter[str] = Counter()
    for one in instances:
        zone = one.placement.availability_zone if one.placement else None
        if one.counts and (zone is None or one.cpu_options is None):
            return CannotTell("an instance does not say where it runs, or with how many vCPUs")
        if one.counts and zone is not None and one.cpu_options is not None:
            used[region_of(zone)] += one.cpu_options.vcpus
    running = {region: count for region, count in used.items() if region not in apart}
    if len(running) < 2:
        return NotApplicable(f"instances run in {next(iter(running), 'no region')} alone")
    largest, most = max(running.items(), key=lambda item: (item[1], item[0]))
    allowed = {one.region: one.value for one in quotas if one.quota_code == STANDARD}
    unknown = sorted(set(running) - set(allowed))
    if unknown:
        return CannotTell(f"the quota of {unknown[0]} is not listed")
    small = sorted(region for region in running if allowed[region] < most)
    if small:
        told = ", ".join(f"{region} {allowed[region]:g}" for region in small[:_LARGEST])
        return Fails(f"{most} vCPUs run in {largest}; fewer are allowed in {told}")
    return Holds(f"{most} vCPUs run in {largest}, and as many may run in {', '.join(sorted(set(running) - {largest}))}")


def region_of(zone: str) -> str:
    """`eu-west-1a` → `eu-west-1`; a local zone such as `us-west-2-lax-1a` belongs to the region that its name begins with."""
    parts = zone.split("-")
    count = 4 if parts[1] in ("gov", "iso", "isob", "isof", "isoe") else 3
    return "-".join(parts[:count]).rstrip("abcdefghijklmnopqrstuvwxyz")


@fact
def room_after_a_lost_zone(found: FailoverNeeds) -> str | None:
    """What would be used of quotas if the fullest zone were started anew in the others."""
    return f"after the loss of a zone: {'; '.join(map(str, found.needs))}" if found.needs else None

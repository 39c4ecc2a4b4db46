"""Auto Scaling: groups, the zones that they span and how they notice a broken instance."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from checks.stages import DEVELOPMENT, KEY, REASON, Tag, alone_by_design, in_development
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, derived, fact

# Processes that start, replace and offer instances. Others are suspended for good reasons, such as AZRebalance below EKS.
_HEALING = frozenset({"AddToLoadBalancer", "HealthCheck", "Launch", "ReplaceUnhealthy", "Terminate"})
# Tags of groups that something else scales: EKS, the cluster autoscaler, ECS.
_SCALED_BY_OTHERS = ("eks:", "k8s.io/cluster-autoscaler/", "AmazonECSManaged")
# Tags that name the cluster of a group's nodes: those of EKS, eksctl and kops, and one that has the name in its key.
_CLUSTER = frozenset({"eks:cluster-name", "alpha.eksctl.io/cluster-name", "KubernetesCluster"})
_CLUSTER_KEY = "kubernetes.io/cluster/"


class Instance(Part):
    instance_id: str
    availability_zone: str
    lifecycle_state: str


class Suspended(Part):
    process_name: str


class TrafficSource(Part):
    identifier: str
    type: str | None = None

    @property
    def is_lattice(self) -> bool:
        return self.type == "vpc-lattice" or ":vpc-lattice:" in self.identifier


class Template(Part):
    version: str | None = None


class Mixed(Part):
    """A policy that mixes instance types; it always names a launch template."""


class Group(
    Evidence,
    read=Read(
        "autoscaling:DescribeAutoScalingGroups",
        "AutoScalingGroups[?!Status]",  # one has a status only while it is deleted (API reference)
        arn="{auto_scaling_group_arn}",
    ),
):
    auto_scaling_group_name: str
    auto_scaling_group_arn: str
    min_size: int
    max_size: int
    desired_capacity: int
    availability_zones: tuple[str, ...]
    health_check_type: str
    load_balancer_names: tuple[str, ...] = ()
    target_group_arns: tuple[str, ...] = ()
    traffic_sources: tuple[TrafficSource, ...] = ()
    launch_configuration_name: str | None = None
    launch_template: Template | None = None
    mixed_instances_policy: Mixed | None = None
    suspended_processes: tuple[Suspended, ...] = ()
    instances: tuple[Instance, ...] = ()
    tags: tuple[Tag, ...] = ()
    max_instance_lifetime: int | None = None

    @property
    def behind_a_balancer(self) -> bool:
        return bool(self.load_balancer_names or self.target_group_arns or self.traffic_sources)

    @property
    def health_checks(self) -> frozenset[str]:
        """The kinds of health checks that whoever sends it traffic makes (CreateAutoScalingGroup, HealthCheckType)."""
        others = [one for one in self.traffic_sources if not one.is_lattice]
        balanced = {"ELB"} if self.load_balancer_names or self.target_group_arns or others else set()
        return frozenset(balanced | ({"VPC_LATTICE"} if len(others) < len(self.traffic_sources) else set()))

    @property
    def suspended(self) -> frozenset[str]:
        return frozenset(one.process_name for one in self.suspended_processes)

    @property
    def scaled_by_others(self) -> bool:
        return any(tag.key.startswith(_SCALED_BY_OTHERS) for tag in self.tags)

    @property
    def cluster(self) -> str:
        """The cluster whose nodes it starts, by its tags; empty where they name none."""
        named = (tag.value for tag in self.tags if tag.key in _CLUSTER and tag.value)
        keys = (tag.key.removeprefix(_CLUSTER_KEY) for tag in self.tags if tag.key.startswith(_CLUSTER_KEY))
        return next(named, "") or next(keys, "")

    @property
    def in_service(self) -> list[Instance]:
        return [one for one in self.instances if one.lifecycle_state == "InService"]


@dataclass(frozen=True)
class NodeZones:
    """In which zones all groups of a cluster together may start nodes, and in which their nodes are in service."""

    open: Mapping[str, frozenset[str]]
    running: Mapping[str, frozenset[str]]


@derived
def node_zones(groups: list[Group]) -> NodeZones:
    """A group for each zone is how stateful pods keep their volumes (EKS best practices, "Cluster Autoscaler")."""
    may, do = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for group in groups:
        if group.cluster and group.max_size > 0:
            may[group.cluster].update(group.availability_zones)
            do[group.cluster].update(one.availability_zone for one in group.in_service)
    return NodeZones(*({name: frozenset(zones) for name, zones in found.items()} for found in (may, do)))


def _one_of_many(group: Group, zones: Mapping[str, frozenset[str]]) -> NotApplicable | None:
    """Do the other groups of its cluster make up for the single zone of a group?"""
    told = sorted(zones.get(group.cluster, ()))
    if len(told) < 2:
        return None
    return NotApplicable(f"the groups of the cluster {group.cluster} together are in {', '.join(told)}")


class Alarm(Part):
    alarm_name: str | None = None


class Predictive(Part):
    mode: str = "ForecastOnly"


class ScalingPolicy(
    Evidence,
    read=Read(
        "autoscaling:DescribePolicies",
        "ScalingPolicies",
        per=Group,
        args={"AutoScalingGroupName": "auto_scaling_group_name"},
    ),
):
    policy_name: str
    policy_type: str
    enabled: bool = True  # what a policy is unless somebody turns it off (API reference, PutScalingPolicy)
    alarms: tuple[Alarm, ...] = ()
    predictive_scaling_configuration: Predictive | None = None

    @property
    def acts(self) -> bool:
        if self.policy_type == "PredictiveScaling":
            predictive = self.predictive_scaling_configuration
            return self.enabled and predictive is not None and predictive.mode == "ForecastAndScale"
        # Target tracking makes its own alarms; the older kinds do nothing until somebody's alarm calls them.
        return self.enabled and (self.policy_type == "TargetTrackingScaling" or bool(self.alarms))

    @property
    def hears_alarms(self) -> bool:
        return self.policy_type != "PredictiveScaling"


class ScheduledAction(
    Evidence,
    read=Read(
        "autoscaling:DescribeScheduledActions",
        "ScheduledUpdateGroupActions",
        per=Group,
        args={"AutoScalingGroupName": "auto_scaling_group_name"},
    ),
):
    scheduled_action_name: str
    recurrence: str | None = None
    end_time: datetime | None = None
    min_size: int | None = None
    max_size: int | None = None
    desired_capacity: int | None = None

    @property
    def size(self) -> tuple[int | None, int | None, int | None]:
        return self.min_size, self.max_size, self.desired_capacity

    def recurs(self, at: datetime) -> bool:
        return bool(self.recurrence) and (self.end_time is None or self.end_time > at)


class Refresh(
    Evidence,
    read=Read(
        "autoscaling:DescribeInstanceRefreshes",
        "InstanceRefreshes",
        per=Group,
        args={"AutoScalingGroupName": "auto_scaling_group_name"},
    ),
):
    """A replacement of all instances in the past six weeks."""

    status: str
    start_time: datetime | None = None


@check(effort="medium")
def groups_span_zones(
    group: Group,
    nodes: NodeZones,
    *,
    single_by_design: tuple[str, ...] = (),
    reason_tag: str = REASON,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Groups, or all groups of a cluster's nodes together, may start instances in at least two Availability Zones.

    Why: a group in one zone has nowhere to go when the zone fails.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --vpc-zone-identifier A,B
    """
    if group.auto_scaling_group_name in single_by_design:
        return NotApplicable("the settings say that one zone is by design")
    zones = sorted(set(group.availability_zones))
    if len(zones) > 1:
        return Holds(f"over {', '.join(zones)}")
    outside = alone_by_design(group.tags, reason_tag) or in_development(group.tags, environment_tag, development)
    return outside or _one_of_many(group, nodes.open) or Fails(f"in {', '.join(zones) or 'no zone'} alone")


@check(effort="low")
def groups_behind_balancers_use_their_health_checks(group: Group) -> Verdict:
    """Groups behind a load balancer replace what the load balancer finds broken.

    Why: EC2's own check sees a machine that runs, not a service that answers nothing.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --health-check-type ELB
    """
    if not group.behind_a_balancer:
        return NotApplicable("the group is behind no load balancer")
    if group.health_checks <= {one.strip() for one in group.health_check_type.split(",")}:
        return Holds(f"health checks: {group.health_check_type}")
    return Fails(f"health checks: {group.health_check_type}")


@check(effort="medium")
def groups_can_lose_an_instance(
    group: Group,
    *,
    single_by_design: tuple[str, ...] = (),
    reason_tag: str = REASON,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Groups that serve a load balancer keep at least two instances.

    Why: with one instance every replacement is an outage.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --min-size 2
    """
    if not group.behind_a_balancer:
        return NotApplicable("the group is behind no load balancer")
    if group.auto_scaling_group_name in single_by_design:
        return NotApplicable("the settings say that one instance is by design")
    if group.min_size > 1:
        return Holds(f"at least {group.min_size} instances")
    if group.desired_capacity == 0 and not group.instances:
        return NotApplicable("it is scaled to nothing")
    outside = alone_by_design(group.tags, reason_tag) or in_development(group.tags, environment_tag, development)
    return outside or Fails(f"at least {group.min_size}")


@check(effort="medium")
def groups_follow_demand(
    group: Group,
    policies: list[ScalingPolicy],
    actions: list[ScheduledAction],
    at: ScanTime,
    *,
    single_by_design: tuple[str, ...] = (),
    reason_tag: str = REASON,
) -> Verdict:
    """Groups that serve a load balancer grow and shrink by a policy or a schedule.

    Why: a group of a fixed size is too small at the peak, or too large the rest of the day.
    Fix: aws autoscaling put-scaling-policy --auto-scaling-group-name NAME --policy-type TargetTrackingScaling …
    """
    if not group.behind_a_balancer:
        return NotApplicable("the group is behind no load balancer")
    if group.auto_scaling_group_name in single_by_design:
        return NotApplicable("the settings say that its size is by design")
    if group.scaled_by_others:
        return NotApplicable("its tags say that EKS or ECS scales it")
    halted = sorted(group.suspended & {"Launch", "Terminate"})
    if halted:
        return Fails(f"suspended: {', '.join(halted)}")
    recurring = [one for one in actions if one.recurs(at)]
    if len({one.size for one in recurring}) > 1 and "ScheduledActions" not in group.suspended:
        return Holds(f"scheduled: {', '.join(sorted(one.scheduled_action_name for one in recurring)[:5])}")
    if group.min_size == group.max_size:
        if outside := alone_by_design(group.tags, reason_tag):
            return outside
        return Fails(f"the size is fixed at {group.max_size}")
    acting = [one for one in policies if one.acts]
    if not acting:
        return Fails("no scaling policy acts on it, and no schedule that comes back with another size")
    heard = sorted(
        one.policy_name for one in acting if not (one.hears_alarms and "AlarmNotification" in group.suspended)
    )
    if not heard:
        return Fails("it has policies, and their alarms are suspended")
    return Holds(f"policies: {', '.join(heard[:5])}")


@check(effort="low")
def groups_have_room_to_grow(group: Group) -> Verdict:
    """Groups that may grow are not at their ceiling.

    Why: at the ceiling, more demand finds no more instances.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --max-size N
    """
    if group.min_size == group.max_size:
        return NotApplicable(f"the size is fixed at {group.max_size}")
    told = f"{group.desired_capacity} of at most {group.max_size}"
    return Holds(told) if group.desired_capacity < group.max_size else Fails(told)


@check(effort="low")
def healing_is_not_suspended(group: Group) -> Verdict:
    """No group has the processes suspended that replace broken instances.

    Why: what was suspended for one afternoon stays so until somebody remembers.
    Fix: aws autoscaling resume-processes --auto-scaling-group-name NAME
    """
    found = sorted(group.suspended & _HEALING)
    return Fails(f"suspended: {', '.join(found)}") if found else Holds("none of them is suspended")


@check(effort="low")
def running_instances_span_zones(
    group: Group,
    nodes: NodeZones,
    *,
    single_by_design: tuple[str, ...] = (),
    reason_tag: str = REASON,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """The instances of a group that has several stand in at least two Availability Zones.

    Why: several instances in one zone are gone together.
    Fix: give the group subnets in two zones, and resume its process AZRebalance.
    """
    running = group.in_service
    if len(running) < 2:
        return NotApplicable(f"{len(running)} instances are in service")
    if group.auto_scaling_group_name in single_by_design:
        return NotApplicable("the settings say that one zone is by design")
    zones = sorted({one.availability_zone for one in running})
    told = f"{len(running)} instances in {', '.join(zones)}"
    if len(zones) > 1:
        return Holds(told)
    outside = alone_by_design(group.tags, reason_tag) or in_development(group.tags, environment_tag, development)
    return outside or _one_of_many(group, nodes.running) or Fails(told)


@check(effort="medium")
def groups_use_launch_templates(group: Group) -> Verdict:
    """Groups start instances from a launch template, not from a launch configuration.

    Why: launch configurations cannot be versioned, and know nothing of what EC2 learned since 2023.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --launch-template …
    """
    if group.launch_configuration_name:
        return Fails(f"the launch configuration is {group.launch_configuration_name}")
    if group.launch_template is not None or group.mixed_instances_policy is not None:
        return Holds("a launch template")
    return NotApplicable("the group names neither")


@check(effort="medium")
def instances_are_replaced(group: Group, refreshes: list[Refresh]) -> Verdict:
    """Groups replace their instances by themselves, or were refreshed in the past six weeks.

    Why: an instance that lives for years is patched by hand, and no longer what its template says.
    Fix: aws autoscaling start-instance-refresh --auto-scaling-group-name NAME, or set a maximum instance lifetime.
    """
    if not group.instances:
        return NotApplicable("the group has no instances")
    if group.max_instance_lifetime:
        return Holds(f"after {group.max_instance_lifetime // 86_400} days")
    done = sorted(f"{one.start_time:%Y-%m-%d}" for one in refreshes if one.status == "Successful" and one.start_time)
    return Holds(f"refreshed on {done[-1]}") if done else Fails("no maximum lifetime, and no refresh in six weeks")


@fact
def sizes_of_groups(groups: list[Group]) -> str | None:
    """How large groups are, and how large they may become."""
    told = sorted(
        f"{one.auto_scaling_group_name} {one.desired_capacity} ({one.min_size} to {one.max_size})" for one in groups
    )
    return f"Auto Scaling groups: {', '.join(told[:20])}" if told else None

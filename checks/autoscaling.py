"""Auto Scaling: groups, the zones that they span and how they notice a broken instance."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class Instance(Part):
    instance_id: str
    availability_zone: str


class Group(
    Evidence, read=Read("autoscaling:DescribeAutoScalingGroups", "AutoScalingGroups", arn="{auto_scaling_group_arn}")
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

    @property
    def behind_a_balancer(self) -> bool:
        return bool(self.load_balancer_names or self.target_group_arns)


@check(effort="medium")
def groups_span_zones(group: Group, *, single_by_design: tuple[str, ...] = ()) -> Verdict:
    """Groups may start instances in at least two Availability Zones.

    Why: a group in one zone has nowhere to go when the zone fails.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --vpc-zone-identifier A,B
    """
    if group.auto_scaling_group_name in single_by_design:
        return NotApplicable("the settings say that one zone is by design")
    zones = sorted(set(group.availability_zones))
    return Holds(f"over {', '.join(zones)}") if len(zones) > 1 else Fails(f"in {', '.join(zones) or 'no zone'} alone")


@check(effort="low")
def groups_behind_balancers_use_their_health_checks(group: Group) -> Verdict:
    """Groups behind a load balancer replace what the load balancer finds broken.

    Why: EC2's own check sees a machine that runs, not a service that answers nothing.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --health-check-type ELB
    """
    if not group.behind_a_balancer:
        return NotApplicable("the group is behind no load balancer")
    if "ELB" in group.health_check_type.split(","):
        return Holds(f"health checks: {group.health_check_type}")
    return Fails(f"health checks: {group.health_check_type}")


@check(effort="medium")
def groups_can_lose_an_instance(group: Group, *, single_by_design: tuple[str, ...] = ()) -> Verdict:
    """Groups that serve a load balancer keep at least two instances.

    Why: with one instance every replacement is an outage.
    Fix: aws autoscaling update-auto-scaling-group --auto-scaling-group-name NAME --min-size 2
    """
    if not group.behind_a_balancer:
        return NotApplicable("the group is behind no load balancer")
    if group.auto_scaling_group_name in single_by_design:
        return NotApplicable("the settings say that one instance is by design")
    return Holds(f"at least {group.min_size} instances") if group.min_size > 1 else Fails(f"at least {group.min_size}")

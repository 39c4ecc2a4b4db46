"""Whether services grow with demand, as Application Auto Scaling is told."""

from datetime import datetime

from checks.ecs.evidence import Cluster, Service
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check

_ECS = {"ServiceNamespace": "ecs"}


class SomeCluster(Evidence, read=Read("ecs:ListClusters", "clusterArns[0]", omitted_if_empty=True)):
    """The first cluster of the same answer: there is none where there are no clusters."""

    value: str


class Suspension(Part):
    dynamic_scaling_out_suspended: bool = False
    scheduled_scaling_suspended: bool = False


class ScalableTarget(
    Evidence,
    read=Read("application-autoscaling:DescribeScalableTargets", "ScalableTargets", per=SomeCluster, fixed=_ECS),
):
    resource_id: str
    min_capacity: int
    max_capacity: int
    suspended_state: Suspension | None = None


class Alarm(Part):
    alarm_name: str


class Predictive(Part):
    mode: str = "ForecastOnly"


class ScalingPolicy(
    Evidence,
    read=Read("application-autoscaling:DescribeScalingPolicies", "ScalingPolicies", per=SomeCluster, fixed=_ECS),
):
    resource_id: str
    policy_name: str
    policy_type: str
    alarms: tuple[Alarm, ...] = ()
    predictive_scaling_policy_configuration: Predictive | None = None

    @property
    def acts(self) -> bool:
        """Target tracking makes its own alarms; step scaling does nothing until somebody's alarm calls it."""
        predictive = self.predictive_scaling_policy_configuration
        if self.policy_type == "PredictiveScaling":
            return predictive is not None and predictive.mode == "ForecastAndScale"
        return self.policy_type == "TargetTrackingScaling" or bool(self.alarms)


class Size(Part):
    min_capacity: int | None = None
    max_capacity: int | None = None


class ScheduledAction(
    Evidence,
    read=Read("application-autoscaling:DescribeScheduledActions", "ScheduledActions", per=SomeCluster, fixed=_ECS),
):
    resource_id: str
    scheduled_action_name: str
    schedule: str
    end_time: datetime | None = None
    scalable_target_action: Size = Size()

    def recurs(self, at: datetime) -> bool:
        """Does it come back? One that says `at(…)` happens once."""
        return not self.schedule.startswith("at(") and (self.end_time is None or self.end_time > at)


@check(effort="medium")
def services_follow_demand(
    service: Service,
    cluster: Cluster,
    targets: list[ScalableTarget],
    policies: list[ScalingPolicy],
    actions: list[ScheduledAction],
    at: ScanTime,
    *,
    single_by_design: tuple[str, ...] = (),
) -> Verdict:
    """Services behind a load balancer grow and shrink by a policy or a schedule.

    Why: a fixed number of tasks is too small at the peak, or too large the rest of the day.
    Fix: aws application-autoscaling register-scalable-target --service-namespace ecs …, and put-scaling-policy
    """
    if not service.balanced:
        return NotApplicable("the service is behind no load balancer")
    if service.scheduling_strategy != "REPLICA" or service.desired_count == 0:
        return NotApplicable("no number of tasks is wanted")
    if service.service_name in single_by_design:
        return NotApplicable("the settings say that its size is by design")
    mine = f"service/{cluster.cluster_name}/{service.service_name}"
    target = next((one for one in targets if one.resource_id == mine), None)
    if target is None:
        return Fails(f"{service.desired_count} tasks, whatever the demand")
    suspended = target.suspended_state or Suspension()
    recurring = [one for one in actions if one.resource_id == mine and one.recurs(at)]
    scheduled = sorted(one.scheduled_action_name for one in recurring)
    changes = len({one.scalable_target_action for one in recurring}) > 1
    if changes and not suspended.scheduled_scaling_suspended:
        return Holds(f"scheduled: {', '.join(scheduled[:5])}")
    if target.min_capacity == target.max_capacity:
        return Fails(f"the size is fixed at {target.max_capacity}")
    by = sorted(one.policy_name for one in policies if one.resource_id == mine and one.acts)
    if by and not suspended.dynamic_scaling_out_suspended:
        return Holds(f"policies: {', '.join(by[:5])}")
    if by or changes:
        return Fails("scaling is suspended")
    return Fails("no policy scales it, and no schedule that comes back with another size")

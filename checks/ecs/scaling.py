"""Whether services grow with demand, as Application Auto Scaling is told."""

from checks.ecs.evidence import Cluster, Service
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

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


class Predictive(Part):
    mode: str = "ForecastOnly"


class ScalingPolicy(
    Evidence,
    read=Read("application-autoscaling:DescribeScalingPolicies", "ScalingPolicies", per=SomeCluster, fixed=_ECS),
):
    resource_id: str
    policy_name: str
    policy_type: str
    predictive_scaling_policy_configuration: Predictive | None = None

    @property
    def acts(self) -> bool:
        predictive = self.predictive_scaling_policy_configuration
        return self.policy_type != "PredictiveScaling" or (
            predictive is not None and predictive.mode == "ForecastAndScale"
        )


class ScheduledAction(
    Evidence,
    read=Read("application-autoscaling:DescribeScheduledActions", "ScheduledActions", per=SomeCluster, fixed=_ECS),
):
    resource_id: str
    scheduled_action_name: str


@check(effort="medium")
def services_follow_demand(
    service: Service,
    cluster: Cluster,
    targets: list[ScalableTarget],
    policies: list[ScalingPolicy],
    actions: list[ScheduledAction],
    *,
    single_by_design: tuple[str, ...] = (),
) -> Verdict:
    """Services behind a load balancer grow and shrink by a policy or a schedule.

    Why: a fixed number of tasks is too small at the peak, or too large the rest of the day.
    Fix: aws application-autoscaling register-scalable-target --service-namespace ecs …, and put-scaling-policy
    """
    if not service.load_balancers:
        return NotApplicable("the service is behind no load balancer")
    if service.scheduling_strategy != "REPLICA" or service.desired_count == 0:
        return NotApplicable("no number of tasks is wanted")
    if service.service_name in single_by_design:
        return NotApplicable("the settings say that its size is by design")
    mine = f"service/{cluster.cluster_name}/{service.service_name}"
    target = next((one for one in targets if one.resource_id == mine), None)
    if target is None:
        return Fails(f"{service.desired_count} tasks, whatever the demand")
    if target.min_capacity == target.max_capacity:
        return Fails(f"the size is fixed at {target.max_capacity}")
    suspended = target.suspended_state or Suspension()
    by = [one.policy_name for one in policies if one.resource_id == mine and one.acts]
    scheduled = [one.scheduled_action_name for one in actions if one.resource_id == mine]
    if by and not suspended.dynamic_scaling_out_suspended:
        return Holds(f"policies: {', '.join(sorted(by)[:5])}")
    if scheduled and not suspended.scheduled_scaling_suspended:
        return Holds(f"scheduled: {', '.join(sorted(scheduled)[:5])}")
    return Fails("scaling is suspended" if by or scheduled else "no policy and no schedule scales it")

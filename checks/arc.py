"""Application Recovery Controller: zonal shifts, plans to switch regions, routing controls and readiness checks."""

from datetime import datetime, timedelta

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Read, ScanTime, Verdict, check, fact

_HOME = "us-west-2"  # where routing controls and readiness checks are kept (API references, "Endpoints")


class ZonalResource(Evidence, read=Read("arc-zonal-shift:ListManagedResources", "items")):
    """A resource that can be moved out of a zone. Balancers are here by themselves, whether anybody uses that or not."""

    arn: str | None = None
    zonal_autoshift_status: str | None = None
    practice_run_status: str | None = None


class SomeZonalResource(Evidence, read=Read("arc-zonal-shift:ListManagedResources", "items[:1]")):
    """The first one: shifts are only asked for where there is something to shift."""

    availability_zones: tuple[str, ...]


class Shift(Evidence, read=Read("arc-zonal-shift:ListZonalShifts", "items", per=SomeZonalResource)):
    """A shift, active or over, that somebody or a practice run started."""

    resource_identifier: str
    start_time: datetime
    away_from: str
    practice_run_outcome: str | None = None


class SwitchPlan(
    Evidence, read=Read("arc-region-switch:ListPlans", "plans", arn="{arn}", scope="global", region="us-east-1")
):
    arn: str
    name: str
    regions: tuple[str, ...]
    recovery_approach: str
    recovery_time_objective_minutes: int | None = None


class Evaluation(
    Evidence, read=Read("arc-region-switch:GetPlanEvaluationStatus", per=SwitchPlan, args={"planArn": "arn"})
):
    evaluation_state: str | None = None
    last_evaluation_time: datetime | None = None


class Panel(
    Evidence,
    read=Read(
        "route53-recovery-control-config:ListControlPanels",
        "ControlPanels",
        arn="{control_panel_arn}",
        scope="global",
        region=_HOME,
    ),
):
    control_panel_arn: str
    name: str
    routing_control_count: int = 0


class SafetyRule(
    Evidence,
    read=Read(
        "route53-recovery-control-config:ListSafetyRules",
        "SafetyRules",
        per=Panel,
        args={"ControlPanelArn": "control_panel_arn"},
        region=_HOME,
    ),
):
    """A rule of either kind; only that it is there counts."""


class ReadinessCheck(
    Evidence,
    read=Read(
        "route53-recovery-readiness:ListReadinessChecks",
        "ReadinessChecks",
        arn="{readiness_check_arn}",
        scope="global",
        region=_HOME,
    ),
):
    readiness_check_arn: str
    readiness_check_name: str


class Readiness(
    Evidence,
    read=Read(
        "route53-recovery-readiness:GetReadinessCheckStatus",
        per=ReadinessCheck,
        args={"ReadinessCheckName": "readiness_check_name"},
        region=_HOME,
    ),
):
    readiness: str | None = None


@check(effort="medium")
def practice_runs_succeed(resources: list[ZonalResource], shifts: list[Shift]) -> Verdict:
    """The last practice run of every resource under zonal autoshift succeeded: it can do without a zone.

    Why: a practice run moves traffic out of a zone each week, and one that fails shows that the other zones cannot carry it.
    Fix: give every zone the capacity of the whole, divided by the zones that would be left.
    """
    last: dict[str, Shift] = {}
    for one in sorted(shifts, key=lambda shift: shift.start_time):
        if one.practice_run_outcome not in (None, "PENDING", "INTERRUPTED"):
            last[one.resource_identifier] = one
    failed = sorted(
        f"{arn.rpartition(':')[2]}: {one.practice_run_outcome} on {one.start_time:%Y-%m-%d}"
        for arn, one in last.items()
        if one.practice_run_outcome != "SUCCEEDED"
    )
    if failed:
        return Fails("; ".join(failed[:5]))
    if last:
        return Holds(f"the last practice run succeeded for each of {len(last)} resources")
    practising = sum(one.practice_run_status == "ENABLED" for one in resources)
    if practising:
        return CannotTell(f"no practice run of {practising} resources has ended")
    return NotApplicable("no practice runs are set up")


@fact
def zonal_shifts(resources: list[ZonalResource], shifts: list[Shift]) -> str | None:
    """How many resources leave a sick zone by themselves, and when somebody last moved traffic out of a zone."""
    if not resources:
        return None
    on = sum(one.zonal_autoshift_status == "ENABLED" for one in resources)
    own = max((one.start_time for one in shifts if one.practice_run_outcome is None), default=None)
    told = f"{on} of {len(resources)} resources that can be moved out of a zone do so by themselves (zonal autoshift)"
    return f"{told}; last shifted by hand on {own:%Y-%m-%d}" if own else told


@check(effort="medium")
def plans_to_switch_regions_would_work(
    plan: SwitchPlan, evaluation: Evaluation, at: ScanTime, *, days: int = 7
) -> Verdict:
    """Plans to switch regions passed their last evaluation.

    Why: a plan names roles and resources, and one that is gone stops the switch in the middle.
    Fix: aws arc-region-switch get-plan-evaluation-status --plan-arn ARN tells what has to be done.
    """
    if evaluation.evaluation_state == "actionRequired":
        return Fails(f"{plan.name} needs action before it can run")
    if evaluation.evaluation_state != "passed":
        return CannotTell(f"the evaluation is {evaluation.evaluation_state or 'not told'}")
    when = evaluation.last_evaluation_time
    if when is None or at - when > timedelta(days=days):
        return CannotTell(f"last evaluated {f'on {when:%Y-%m-%d}' if when else 'on a day that is not told'}")
    return Holds(f"passed on {when:%Y-%m-%d}")


@check(effort="low")
def routing_controls_have_safety_rules(panel: Panel, rules: list[SafetyRule]) -> Verdict:
    """Panels of routing controls have a safety rule, so that nobody switches everything off.

    Why: in a failover by hand, one wrong switch takes the last region out.
    Fix: aws route53-recovery-control-config create-safety-rule --assertion-rule …
    """
    if panel.routing_control_count == 0:
        return NotApplicable("the panel has no routing controls")
    return Holds(f"{len(rules)} safety rules") if rules else Fails(f"no safety rule on {panel.name}")


@check(effort="medium")
def recovery_sites_are_ready(one: ReadinessCheck, found: Readiness) -> Verdict:
    """Readiness checks find the resources of all sites alike: the recovery site can take over.

    Why: quotas, capacity and settings that differ between the sites are found by the failover that does not work.
    Fix: aws route53-recovery-readiness get-readiness-check-status --readiness-check-name NAME
    """
    if found.readiness == "READY":
        return Holds(f"{one.readiness_check_name} is ready")
    if found.readiness == "NOT_READY":
        return Fails(f"{one.readiness_check_name} is not ready")
    return CannotTell(f"the readiness is {found.readiness or 'not told'}")


@fact
def recovery_by_data_plane(plans: list[SwitchPlan], panels: list[Panel]) -> str | None:
    """Which means of failing over work without AWS's control planes: plans to switch regions, and routing controls."""
    controls = sum(one.routing_control_count for one in panels)
    told = [
        f"{one.name} ({one.recovery_approach}, {', '.join(one.regions)}"
        + (f", within {one.recovery_time_objective_minutes} minutes)" if one.recovery_time_objective_minutes else ")")
        for one in sorted(plans, key=lambda plan: plan.name)
    ]
    if not told and not controls:
        return None
    named = f"plans to switch regions: {', '.join(told[:5])}; " if told else ""
    return f"{named}{controls} routing controls"

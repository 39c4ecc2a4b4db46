"""Resilience Hub: applications, the objectives that they are held to, and what its assessments found."""

from datetime import datetime, timedelta

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact


class App(Evidence, read=Read("resiliencehub:ListApps", "appSummaries", arn="{app_arn}")):
    """An application. Members that AWS may leave out stand for "nothing is known yet"."""

    app_arn: str
    name: str
    creation_time: datetime
    compliance_status: str | None = None
    drift_status: str | None = None
    assessment_schedule: str | None = None
    last_app_compliance_evaluation_time: datetime | None = None

    @property
    def assessed(self) -> str:
        last = self.last_app_compliance_evaluation_time
        return f"on {last:%Y-%m-%d}" if last else "on a day that is not told"


class Described(Evidence, read=Read("resiliencehub:DescribeApp", "app", per=App, args={"appArn": "app_arn"})):
    policy_arn: str | None = None


class SomeApp(Evidence, read=Read("resiliencehub:ListApps", "appSummaries[:1]")):
    """An application, where the region has any: only then its policies are asked for."""

    name: str


class Objective(Part):
    rto_in_secs: int
    rpo_in_secs: int

    def __str__(self) -> str:
        return f"back within {_duration(self.rto_in_secs)}, losing at most {_duration(self.rpo_in_secs)}"


class ResiliencyPolicy(
    Evidence,
    read=Read("resiliencehub:ListResiliencyPolicies", "resiliencyPolicies", per=SomeApp),
):
    """Objectives by kind of disruption: Software, Hardware, AZ, Region."""

    policy_name: str | None = None
    policy: dict[str, Objective] | None = None


def _duration(seconds: int) -> str:
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds // unit} {name}"
    return f"{seconds} seconds"


@check(effort="low")
def applications_have_objectives(app: App, described: Described) -> Verdict:
    """Applications in Resilience Hub have a policy that says how soon they must be back and what may be lost.

    Why: without an objective nobody can say whether a recovery was fast enough.
    Fix: aws resiliencehub update-app --app-arn ARN --policy-arn POLICY
    """
    if described.policy_arn:
        return Holds(f"the policy is {described.policy_arn.rpartition('/')[2]}")
    return Fails(f"{app.name} has no resiliency policy")


@check(effort="high")
def applications_meet_their_objectives(app: App) -> Verdict:
    """Applications meet the recovery objectives of their policy, as Resilience Hub assessed them.

    Why: an objective that the architecture cannot meet is a promise that the next disruption breaks.
    Fix: aws resiliencehub list-app-component-recommendations --assessment-arn ARN says what is missing.
    """
    if app.compliance_status == "PolicyMet":
        return Holds(f"the policy was met {app.assessed}")
    if app.compliance_status == "PolicyBreached":
        return Fails(f"the policy was breached {app.assessed}")
    return CannotTell(f"the status is {app.compliance_status or 'not told'}")


@check(effort="low")
def applications_are_assessed(app: App, at: ScanTime, *, days: int = 90) -> Verdict:
    """Applications in Resilience Hub were assessed within a quarter.

    Why: an application changes with every release, and what was assessed last year is another one.
    Fix: aws resiliencehub start-app-assessment, or update-app --assessment-schedule Daily
    """
    last = app.last_app_compliance_evaluation_time
    if last is not None:
        told = f"assessed on {last:%Y-%m-%d}"
        return Holds(told) if at - last <= timedelta(days=days) else Fails(told)
    if at - app.creation_time <= timedelta(days=days):
        return NotApplicable(f"the application is there since {app.creation_time:%Y-%m-%d}")
    return Fails("never assessed")


@check(effort="medium")
def applications_have_not_drifted(app: App) -> Verdict:
    """Applications meet what they met at their assessment before (no drift of compliance).

    Why: a change that made recovery slower is cheapest to take back while somebody remembers it.
    Fix: aws resiliencehub list-app-assessment-compliance-drifts --assessment-arn ARN
    """
    if app.drift_status == "NotDetected":
        return Holds("no drift was detected")
    return (
        Fails(f"drift was detected; assessed {app.assessed}")
        if app.drift_status == "Detected"
        else CannotTell(f"the status is {app.drift_status or 'not told'}")
    )


@fact
def recovery_objectives(policies: list[ResiliencyPolicy]) -> str | None:
    """Which recovery objectives Resilience Hub's policies hold."""
    told = sorted(
        f"{one.policy_name or 'a policy'}: {', '.join(f'{kind} {goal}' for kind, goal in sorted(one.policy.items()))}"
        for one in policies
        if one.policy
    )
    return f"recovery objectives in Resilience Hub: {'; '.join(told[:5])}" if told else None


@fact
def assessed_applications(apps: list[App]) -> str | None:
    """Which applications Resilience Hub knows, and what it thought of them last."""
    told = sorted(f"{one.name} ({one.compliance_status or 'not assessed'})" for one in apps)
    return f"applications in Resilience Hub: {', '.join(told[:10])}" if told else None

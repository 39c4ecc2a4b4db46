"""Incident Manager: response plans, and what became of incidents. Asked only where the account has a replication set."""

from datetime import datetime, timedelta

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact


class ReplicationSet(Evidence, read=Read("ssm-incidents:ListReplicationSets", "replicationSetArns")):
    """Without one, Incident Manager is not set up (Incident Manager user guide)."""

    value: str


class PlanName(
    Evidence, read=Read("ssm-incidents:ListResponsePlans", "responsePlanSummaries", per=ReplicationSet, arn="{arn}")
):
    arn: str
    name: str


class Automation(Part):
    document_name: str


class Action(Part):
    ssm_automation: Automation | None = None


class Template(Part):
    impact: int


class Integration(Part):
    """A service of somebody else that the plan calls."""


class ResponsePlan(Evidence, read=Read("ssm-incidents:GetResponsePlan", per=PlanName, args={"arn": "arn"})):
    name: str
    actions: tuple[Action, ...] = ()
    engagements: tuple[str, ...] = ()
    integrations: tuple[Integration, ...] = ()
    incident_template: Template


class Incident(
    Evidence,
    read=Read("ssm-incidents:ListIncidentRecords", "incidentRecordSummaries", per=ReplicationSet, arn="{arn}"),
):
    arn: str
    title: str
    status: str
    impact: int
    creation_time: datetime
    resolved_time: datetime | None = None


class Related(Part):
    type: str


class RelatedItem(
    Evidence,
    read=Read("ssm-incidents:ListRelatedItems", "relatedItems", per=Incident, args={"incidentRecordArn": "arn"}),
):
    identifier: Related


@check(effort="low")
def response_plans_start_a_runbook(plan: ResponsePlan) -> Verdict:
    """Response plans start a runbook.

    Why: at three in the morning a list of steps is worth more than a blank page.
    Fix: aws ssm-incidents update-response-plan --arn ARN --actions ssmAutomation={…}
    """
    names = sorted(one.ssm_automation.document_name for one in plan.actions if one.ssm_automation)
    return Holds(f"it starts {', '.join(names)}") if names else Fails("no runbook is named")


@check(effort="low")
def response_plans_call_somebody(plan: ResponsePlan) -> Verdict:
    """Response plans call a person, an escalation plan or an on-call service.

    Why: an incident that opens by itself and calls nobody is a record, and no response.
    Fix: aws ssm-incidents update-response-plan --arn ARN --engagements CONTACT
    """
    if plan.engagements:
        return Holds(f"{len(plan.engagements)} contacts or escalation plans")
    return Holds("an on-call service is called") if plan.integrations else Fails("nobody is called")


@check(effort="medium")
def incidents_are_analysed(
    incident: Incident, items: list[RelatedItem], at: ScanTime, *, days: int = 30, gravest: int = 2
) -> Verdict:
    """Grave incidents have a post-incident analysis some weeks after their end.

    Why: what was learned and not written down is learned again.
    Fix: in Incident Manager, create an analysis from the incident, and follow its action items.
    """
    if incident.impact > gravest:
        return NotApplicable(f"its impact is {incident.impact} of 5")
    if any(one.identifier.type == "ANALYSIS" for one in items):
        return Holds("an analysis is linked")
    if incident.resolved_time is None:
        return NotApplicable(f"the status is {incident.status}")
    if at - incident.resolved_time <= timedelta(days=days):
        return NotApplicable(f"it was resolved on {incident.resolved_time:%Y-%m-%d} only")
    return Fails(f"it was resolved on {incident.resolved_time:%Y-%m-%d}, and no analysis is linked")


@fact
def response_plans(plans: list[ResponsePlan]) -> str | None:
    """Which response plans there are, with the impact that they give an incident."""
    told = [f"{one.name} (impact {one.incident_template.impact})" for one in plans]
    return f"response plans: {', '.join(sorted(told)[:5])}" if told else None


@fact
def incidents(found: list[Incident], at: ScanTime) -> str | None:
    """How many incidents there were in a year, and how long it took to resolve them."""
    recent = [one for one in found if at - one.creation_time <= timedelta(days=365)]
    if not recent:
        return None
    hours = sorted((one.resolved_time - one.creation_time) / timedelta(hours=1) for one in recent if one.resolved_time)
    median = f"; half of the resolved ones within {hours[len(hours) // 2]:.1f} hours" if hours else ""
    open_ = sum(one.status == "OPEN" for one in recent)
    return f"{len(recent)} incidents in a year, {open_} open{median}"

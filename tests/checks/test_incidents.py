"""Incident Manager: response plans, incidents, and who is called: prepared answers and tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import ssm_contacts, ssm_incidents
from checks.ssm_contacts import Anybody, Contact, ContactPlan
from checks.ssm_incidents import Incident, RelatedItem
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SET = {"ListReplicationSets": {"replicationSetArns": [f"arn:aws:ssm-incidents::{ACCOUNT}:replication-set/s"]}}
PLAN = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/down"
RECORD = f"arn:aws:ssm-incidents::{ACCOUNT}:incident-record/down/1"
ANALYSED, SMALL = f"{RECORD[:-1]}2", f"{RECORD[:-1]}3"
PEOPLE = f"arn:aws:ssm-contacts:us-east-1:{ACCOUNT}:contact/"


def test_an_account_without_incident_manager(aws: Emulator) -> None:
    for check, api in (
        ("ssm_incidents.response_plans_call_somebody", "ssm-incidents:ListResponsePlans"),
        ("ssm_contacts.people_can_be_reached", "ssm-contacts:ListContacts"),
    ):
        assert aws.judge(check) == {REGION: ("not applicable", f"there is none: {api} listed nothing")}
    nobody = {REGION: ("not applicable", "there is no rotation")}
    assert aws.judge("ssm_contacts.rotations_have_a_second_person") == nobody
    for fact in ("ssm_incidents.response_plans", "ssm_incidents.incidents", "ssm_contacts.who_is_called"):
        assert aws.judge(fact) == {}


def plan(**members: Any) -> dict[str, Any]:
    return {"arn": PLAN, "name": "down", "incidentTemplate": {"impact": 1, "title": "down"}, **members}


AUTOMATION = {"ssmAutomation": {"documentName": "Restart", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}}
PAGER = {"pagerDutyConfiguration": {"name": "p", "pagerDutyIncidentConfiguration": {"serviceId": "s"}, "secretId": "x"}}


@pytest.mark.parametrize(
    ("answer", "starts", "calls"),
    [
        (plan(), ("fails", "no runbook is named"), ("fails", "nobody is called")),
        (
            plan(actions=[AUTOMATION], engagements=[PEOPLE + "team"]),
            ("holds", "it starts Restart"),
            ("holds", "1 contacts or escalation plans"),
        ),
        (plan(integrations=[PAGER]), ("fails", "no runbook is named"), ("holds", "an on-call service is called")),
    ],
)
def test_response_plans(aws: Emulator, answer: dict[str, Any], starts: Any, calls: Any) -> None:
    source = {"createdBy": "x", "source": "aws.cloudwatch"}
    record = {
        "arn": RECORD,
        "title": "down",
        "status": "RESOLVED",
        "impact": 1,
        "creationTime": "2026-10-01T00:00:00Z",
        "resolvedTime": "2026-10-01T03:00:00Z",
        "incidentRecordSource": source,
    }
    operations = SET | {
        "ListResponsePlans": {"responsePlanSummaries": [{"arn": PLAN, "name": "down"}]},
        "GetResponsePlan": answer,
        "ListIncidentRecords": {
            "incidentRecordSummaries": [record, {**record, "arn": ANALYSED}, {**record, "arn": SMALL, "impact": 4}]
        },
    }
    report = {"type": "ANALYSIS", "value": {"url": "https://example.com/analysis"}}
    linked = {"relatedItems": [{"identifier": report, "title": "what was learned"}]}
    names = ("response_plans_start_a_runbook", "response_plans_call_somebody", "incidents_are_analysed", "response_plans", "incidents")  # fmt: skip
    of_one = answering("ssm-incidents", {"ListRelatedItems": linked}, {"incidentRecordArn": ANALYSED})
    with answering("ssm-incidents", operations), of_one:
        told = judge_all(aws, "ssm_incidents", names, at=NOW)
    assert told == {
        "response_plans_start_a_runbook": {PLAN: starts},
        "response_plans_call_somebody": {PLAN: calls},
        "incidents_are_analysed": {
            RECORD: ("fails", "it was resolved on 2026-10-01, and no analysis is linked"),
            ANALYSED: ("holds", "an analysis is linked"),
            SMALL: ("not applicable", "its impact is 4 of 5"),
        },
        "response_plans": {REGION: ("told", "response plans: down (impact 1)")},
        "incidents": {REGION: ("told", "3 incidents in a year, 0 open; half of the resolved ones within 3.0 hours")},
    }


def incident(impact: int = 1, resolved: int | None = 60) -> Incident:
    end = None if resolved is None else NOW - timedelta(days=resolved)
    return Incident(
        arn="i",
        title="t",
        status="OPEN" if end is None else "RESOLVED",
        impact=impact,
        creation_time=NOW,
        resolved_time=end,
    )


def related(kind: str) -> RelatedItem:
    return RelatedItem.model_validate({"identifier": {"type": kind}}, strict=False)


@pytest.mark.parametrize(
    ("one", "items", "verdict"),
    [
        (incident(), [related("METRIC")], Fails("it was resolved on 2026-09-24, and no analysis is linked")),
        (incident(resolved=30), [], NotApplicable("it was resolved on 2026-10-24 only")),
        (incident(resolved=None), [], NotApplicable("the status is OPEN")),
    ],
)
def test_incidents_are_analysed(one: Incident, items: list[RelatedItem], verdict: Verdict) -> None:
    assert ssm_incidents.incidents_are_analysed(one, items, NOW) == verdict


def target(name: str) -> dict[str, Any]:
    return {"ContactTargetInfo": {"ContactId": PEOPLE + name, "IsEssential": True}}


def test_contacts(aws: Emulator) -> None:
    contacts = [
        {"ContactArn": PEOPLE + name, "Alias": name, "Type": kind}
        for name, kind in (("anna", "PERSONAL"), ("bob", "PERSONAL"), ("team", "ESCALATION"), ("both", "ESCALATION"))
    ]
    channel = {
        "ContactChannelArn": "c",
        "ContactArn": PEOPLE + "anna",
        "Name": "phone",
        "Type": "SMS",
        "DeliveryAddress": {"SimpleAddress": "+15551234567"},
        "ActivationStatus": "NOT_ACTIVATED",
    }
    ready = {**channel, "ContactArn": PEOPLE + "bob", "ActivationStatus": "ACTIVATED"}

    def plan_of(name: str, *people: str) -> dict[str, Any]:
        stages = [{"DurationInMinutes": 5, "Targets": [target(one)]} for one in people]
        return {"ContactArn": PEOPLE + name, "Alias": name, "Type": "ESCALATION", "Plan": {"Stages": stages}}

    def rotation(*people: str) -> dict[str, Any]:
        ids = [PEOPLE + one for one in people]
        return {"Rotations": [{"RotationArn": "r", "Name": "weekly", "ContactIds": ids}]}

    names = (
        "people_can_be_reached",
        "escalation_plans_reach_a_second",
        "rotations_have_a_second_person",
        "who_is_called",
    )
    with (
        answering("ssm-incidents", SET),
        answering("ssm-contacts", {"ListContacts": {"Contacts": contacts}, "ListRotations": rotation("anna")}),
        answering("ssm-contacts", {"GetContact": plan_of("team", "anna")}, {"ContactId": PEOPLE + "team"}),
        answering("ssm-contacts", {"GetContact": plan_of("both", "anna", "bob")}, {"ContactId": PEOPLE + "both"}),
        answering("ssm-contacts", {"ListContactChannels": {"ContactChannels": [channel]}}),
        answering("ssm-contacts", {"ListContactChannels": {"ContactChannels": [ready]}}, {"ContactId": PEOPLE + "bob"}),
    ):
        told = judge_all(aws, "ssm_contacts", names)
        with answering("ssm-contacts", {"ListRotations": rotation("anna", "bob")}):
            pair = aws.judge("ssm_contacts.rotations_have_a_second_person")
    no_person, no_plan = ("not applicable", "it is no person"), ("not applicable", "type is PERSONAL")
    assert told["people_can_be_reached"] == {
        PEOPLE + "anna": ("fails", "no channel is activated"),
        PEOPLE + "bob": ("holds", "reached by SMS"),
        PEOPLE + "team": no_person,
        PEOPLE + "both": no_person,
    }
    assert told["escalation_plans_reach_a_second"] == {
        PEOPLE + "anna": no_plan,
        PEOPLE + "bob": no_plan,
        PEOPLE + "team": ("fails", "the plan calls one person alone"),
        PEOPLE + "both": ("holds", "2 contacts in 2 stages"),
    }
    assert told["rotations_have_a_second_person"] == {REGION: ("fails", "fewer than two people in weekly")}
    assert pair == {REGION: ("holds", "each of 1 rotations has at least two people")}
    words = "Incident Manager knows 2 people, 2 escalation plans, 0 on-call schedules and 1 rotations"
    assert told["who_is_called"] == {REGION: ("told", words)}


TEAM = Contact(contact_arn="team", alias="team", type="ESCALATION")


def calling(*names: str) -> ContactPlan:
    stages = [{"targets": [{"contact_target_info": {"contact_id": name}}]} for name in names]
    return ContactPlan.model_validate({"plan": {"stages": stages}}, strict=False)


@pytest.mark.parametrize(
    ("plan_", "verdict"),
    [
        (calling(), Fails("the plan calls nobody")),
        (calling("anna"), Fails("the plan calls one person alone")),
        (calling("anna", "anna"), Fails("the plan calls one person alone")),
        (calling("anna", "bob"), Holds("2 contacts in 2 stages")),
        (
            calling("shared"),
            CannotTell("the plan calls one contact, of which it is not told whether it is a person"),
        ),
        (calling("week"), NotApplicable("the plan calls one on-call schedule or plan, which is judged instead")),
    ],
)
def test_escalation_plans_reach_a_second(plan_: ContactPlan, verdict: Verdict) -> None:
    everybody = [Anybody(contact_arn="anna", type="PERSONAL"), Anybody(contact_arn="week", type="ONCALL_SCHEDULE")]
    assert ssm_contacts.escalation_plans_reach_a_second(TEAM, plan_, everybody) == verdict

"""Incident Manager's contacts: who is called, how, and what happens when they do not answer."""

from collections import Counter

from checks.ssm_incidents import ReplicationSet
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact


class Contact(Evidence, read=Read("ssm-contacts:ListContacts", "Contacts", per=ReplicationSet, arn="{contact_arn}")):
    contact_arn: str
    alias: str
    type: str


class Anybody(Evidence, read=Read("ssm-contacts:ListContacts", "Contacts", per=ReplicationSet)):
    """The same, as a list in which a plan's contacts are looked up."""

    contact_arn: str
    type: str


class ContactTarget(Part):
    contact_id: str | None = None


class StageTarget(Part):
    contact_target_info: ContactTarget | None = None


class Stage(Part):
    targets: tuple[StageTarget, ...] = ()


class Plan(Part):
    stages: tuple[Stage, ...] = ()
    rotation_ids: tuple[str, ...] = ()


class ContactPlan(
    Evidence,
    read=Read(
        "ssm-contacts:GetContact",
        per=Contact,
        args={"ContactId": "contact_arn"},
        when={"type": ("ESCALATION", "ONCALL_SCHEDULE")},
    ),
):
    plan: Plan


class Channel(
    Evidence,
    read=Read(
        "ssm-contacts:ListContactChannels",
        "ContactChannels",
        per=Contact,
        args={"ContactId": "contact_arn"},
        when={"type": "PERSONAL"},
    ),
):
    """A way to reach a person. The address itself is not kept."""

    name: str
    type: str | None = None
    activation_status: str


class Recurrence(Part):
    number_of_on_calls: int


class Rotation(
    Evidence, read=Read("ssm-contacts:ListRotations", "Rotations", per=ReplicationSet, omitted_if_empty=True)
):
    name: str
    contact_ids: tuple[str, ...] = ()
    recurrence: Recurrence | None = None


@check(effort="low")
def people_can_be_reached(contact: Contact, channels: list[Channel]) -> Verdict:
    """People who may be called have a channel that they activated.

    Why: Incident Manager calls nobody over a channel that was never confirmed.
    Fix: aws ssm-contacts send-activation-code --contact-channel-id ARN, and activate-contact-channel with the code.
    """
    if contact.type != "PERSONAL":
        return NotApplicable("it is no person")
    ready = sorted({one.type or "a channel" for one in channels if one.activation_status == "ACTIVATED"})
    if ready:
        return Holds(f"reached by {', '.join(ready)}")
    return Fails("no channel is activated" if channels else "there is no channel")


@check(effort="low")
def escalation_plans_reach_a_second(contact: Contact, plan: ContactPlan, everybody: list[Anybody]) -> Verdict:
    """Escalation plans go on to somebody else when the first does not answer.

    Why: everybody is on an aeroplane once.
    Fix: aws ssm-contacts update-contact --contact-id ARN --plan with a second stage for another person or schedule.
    """
    if contact.type != "ESCALATION":
        return NotApplicable("it is no escalation plan")
    stages = plan.plan.stages
    called = [
        one.contact_target_info.contact_id for stage in stages for one in stage.targets if one.contact_target_info
    ]
    people = {one for one in called if one}
    if not people:
        return Fails("the plan calls nobody")
    if len(people) == 1:
        if any(one.contact_arn in people and one.type != "PERSONAL" for one in everybody):
            return NotApplicable("the plan calls one on-call schedule or plan, which is judged instead")
        if not any(one.contact_arn in people for one in everybody):
            return CannotTell("the plan calls one contact, of which it is not told whether it is a person")
        return Fails("the plan calls one person alone")
    return Holds(f"{len(people)} contacts in {len(stages)} stages")


@check(effort="medium")
def rotations_have_a_second_person(rotations: list[Rotation]) -> Verdict:
    """On-call rotations have at least two people.

    Why: who is on call every night is not on call for long.
    Fix: aws ssm-contacts update-rotation --rotation-id ARN --contact-ids FIRST SECOND …
    """
    if not rotations:
        return NotApplicable("there is no rotation")
    alone = sorted(one.name for one in rotations if len(set(one.contact_ids)) < 2)
    if alone:
        return Fails(f"fewer than two people in {', '.join(alone[:5])}")
    return Holds(f"each of {len(rotations)} rotations has at least two people")


@fact
def who_is_called(contacts: list[Contact], rotations: list[Rotation]) -> str | None:
    """How many people, escalation plans, schedules and rotations Incident Manager knows."""
    kinds = Counter(one.type for one in contacts)
    if not kinds and not rotations:
        return None
    return (
        f"Incident Manager knows {kinds['PERSONAL']} people, {kinds['ESCALATION']} escalation plans, "
        f"{kinds['ONCALL_SCHEDULE']} on-call schedules and {len(rotations)} rotations"
    )

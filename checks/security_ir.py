"""AWS Security Incident Response: whether the account is a member, and who of the team is called."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

_OFF = frozenset({"SecurityIncidentResponseNotActiveException"})


class Membership(Evidence, read=Read("security-ir:ListMemberships", "items", absent=_OFF, omitted_if_empty=True)):
    membership_id: str
    membership_status: str = ""


class Person(Part):
    """That somebody is named; names and addresses stay out of the bundle."""

    job_title: str


class Feature(Part):
    feature_name: str
    is_enabled: bool


class MembershipDetail(
    Evidence,
    read=Read(
        "security-ir:GetMembership",
        per=Membership,
        args={"membershipId": "membership_id"},
        when={"membership_status": "Active"},
        absent=_OFF,
    ),
):
    incident_response_team: tuple[Person, ...] = ()
    opt_in_features: tuple[Feature, ...] = ()


@check(effort="low")
def the_response_team_is_named(memberships: list[Membership], details: list[MembershipDetail]) -> Verdict:
    """A membership in AWS Security Incident Response names at least two people of the team.

    Why: one person is on holiday on the day it happens.
    Fix: add the team under "Incident response team" of the membership.
    """
    if not any(one.membership_status == "Active" for one in memberships):
        return NotApplicable("the account has no active membership that it can see")
    count = max((len(one.incident_response_team) for one in details), default=0)
    return Holds(f"{count} people are named") if count > 1 else Fails(f"{count} people are named")


@fact
def membership(memberships: list[Membership], details: list[MembershipDetail]) -> str | None:
    """Whether AWS's responders help with incidents."""
    if not memberships:
        return None
    told = ", ".join(sorted(one.membership_status for one in memberships))
    triage = any(one.is_enabled for detail in details for one in detail.opt_in_features)
    return f"memberships in AWS Security Incident Response: {told}; AWS sorts findings: {'yes' if triage else 'no'}"

"""Shield Advanced: whether the account has it, what it protects, and whom AWS calls during an attack."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact


class Subscription(Evidence, read=Read("shield:GetSubscriptionState", scope="global")):
    """Of Shield Advanced: Shield Standard is on for everybody."""

    subscription_state: str


class Mitigation(Part):
    status: str = "DISABLED"


class Protection(
    Evidence,
    read=Read(
        "shield:ListProtections",
        "Protections",
        per=Subscription,
        when={"subscription_state": "ACTIVE"},
        arn="{protection_arn}",
    ),
):
    protection_arn: str
    resource_arn: str
    health_check_ids: tuple[str, ...] = ()
    application_layer_automatic_response_configuration: Mitigation = Mitigation()


class Contact(Part):
    """That there is one; its address stays out of the bundle."""

    contact_notes: str = ""


class Contacts(
    Evidence,
    read=Read("shield:DescribeEmergencyContactSettings", per=Subscription, when={"subscription_state": "ACTIVE"}),
):
    emergency_contact_list: tuple[Contact, ...] = ()


@check(effort="low")
def the_response_team_knows_whom_to_call(state: Subscription, contacts: Contacts | None) -> Verdict:
    """With Shield Advanced, AWS's response team knows whom to call during an attack.

    Why: help that is paid for and cannot reach anybody is no help.
    Fix: aws shield update-emergency-contact-settings --emergency-contact-list EmailAddress=…,PhoneNumber=…
    """
    if state.subscription_state != "ACTIVE" or contacts is None:
        return NotApplicable(f"Shield Advanced is {state.subscription_state}")
    count = len(contacts.emergency_contact_list)
    return Holds(f"{count} contacts are set") if count else Fails("no contact is set")


@check(effort="medium")
def protections_watch_health(protection: Protection) -> Verdict:
    """Resources under Shield Advanced have a health check.

    Why: with it, Shield sees sooner that an attack hurts, and calls by itself.
    Fix: aws shield associate-health-check --protection-id ID --health-check-arn ARN
    """
    if protection.resource_arn.split(":")[2:3] == ["route53"]:
        # Any type of resource but this one can have a health check (Developer Guide, "Health-based detection").
        return NotApplicable(f"Shield watches no health of the hosted zone {protection.resource_arn}")
    if protection.health_check_ids:
        return Holds(f"{len(protection.health_check_ids)} health checks watch {protection.resource_arn}")
    return Fails(f"no health check watches {protection.resource_arn}")


@fact
def protections(state: Subscription, found: list[Protection]) -> str:
    """Whether Shield Advanced is on, and what it protects."""
    if state.subscription_state != "ACTIVE":
        return f"Shield Advanced is {state.subscription_state}; Shield Standard protects all accounts"
    alone = sum(one.application_layer_automatic_response_configuration.status == "ENABLED" for one in found)
    return f"Shield Advanced protects {len(found)} resources, {alone} of them against application attacks by itself"

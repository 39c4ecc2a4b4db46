"""What is used of what is allowed, and credentials that the credential report does not know."""

from datetime import timedelta

from checks.iam.evidence import ServiceCredential, ServiceUse, WorkingRole
from checks.iam.statements import some
from scanner import Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact


@check(effort="medium")
def roles_use_what_they_may(
    role: WorkingRole, services: list[ServiceUse], at: ScanTime, *, days: int = 90, percent: int = 50
) -> Verdict:
    """Roles have lately used most of the services that their permissions reach.

    Why: what a role may do and never does serves an intruder alone.
    Fix: aws iam get-service-last-accessed-details names the unused services; take them out, or draft a policy from CloudTrail.
    """
    if at - role.create_date <= timedelta(days=days):
        return NotApplicable(f"made on {role.create_date:%Y-%m-%d}, too young to tell")
    if not services:
        return NotApplicable("its permissions reach no service")
    used = [one for one in services if one.last_authenticated and at - one.last_authenticated <= timedelta(days=days)]
    told = f"{len(used)} of {len(services)} services were used within {days} days"
    if 100 * len(used) >= percent * len(services):
        return Holds(told)
    idle = [one.service_namespace for one in services if one not in used]
    return Fails(f"{told}; unused: {some(idle)}")


@check(effort="medium")
def no_credential_of_a_service_is_active(credential: ServiceCredential) -> Verdict:
    """No user has a password or key for a single service that is active.

    Why: it works without a session and without MFA, and the credential report does not list it.
    Fix: aws iam update-service-specific-credential --status Inactive, once the client signs its requests with a role.
    """
    told = f"the credential for {credential.service_name} is {credential.status}"
    return Fails(told) if credential.status == "Active" else Holds(told)


@check(effort="low")
def credentials_of_services_are_young(credential: ServiceCredential, at: ScanTime, *, days: int = 90) -> Verdict:
    """Active passwords and keys of users for a single service are replaced regularly.

    Why: what was copied once works until it is replaced, and nobody sees who uses it.
    Fix: aws iam reset-service-specific-credential --service-specific-credential-id ID, then --status Inactive for the old one.
    """
    if credential.status != "Active":
        return NotApplicable(f"the credential is {credential.status}")
    told = f"the credential for {credential.service_name} is of {credential.create_date:%Y-%m-%d}"
    return Fails(told) if at - credential.create_date > timedelta(days=days) else Holds(told)


@fact
def services_used_by_roles(roles: list[WorkingRole], services: list[ServiceUse], at: ScanTime) -> str | None:
    """How many of the services that roles may use they have used within 90 days."""
    if not services:
        return None
    used = sum(
        one.last_authenticated is not None and at - one.last_authenticated <= timedelta(days=90) for one in services
    )
    share = 100 * used // len(services)
    return f"{len(roles)} roles in use have used {used} of {len(services)} services that they may use, {share} %"

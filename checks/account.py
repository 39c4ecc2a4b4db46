"""Account management: whom AWS reaches in a hurry."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check, fact

_ABSENT = frozenset({"ResourceNotFoundException"})
_CONTACT = "account:GetAlternateContact"


class SecurityContact(
    Evidence,
    read=Read(
        _CONTACT,
        "AlternateContact",
        fixed={"AlternateContactType": "SECURITY"},
        absent=_ABSENT,
        scope="global",
    ),
):
    """That there is one; names and addresses stay out of the bundle."""

    alternate_contact_type: str


class OperationsContact(
    Evidence,
    read=Read(
        _CONTACT,
        "AlternateContact",
        fixed={"AlternateContactType": "OPERATIONS"},
        absent=_ABSENT,
        scope="global",
    ),
):
    alternate_contact_type: str


class BillingContact(
    Evidence,
    read=Read(
        _CONTACT,
        "AlternateContact",
        fixed={"AlternateContactType": "BILLING"},
        absent=_ABSENT,
        scope="global",
    ),
):
    alternate_contact_type: str


class PrimaryContact(Evidence, read=Read("account:GetContactInformation", "ContactInformation", scope="global")):
    company_name: str | None = None
    country_code: str


@check(effort="low")
def a_security_contact_is_set(contact: SecurityContact | None) -> Verdict:
    """AWS knows whom to call about the account's security.

    Why: notices of abuse and leaked keys otherwise go to the root user's mailbox, where hours pass.
    Fix: aws account put-alternate-contact --alternate-contact-type SECURITY … with the address of a team
    """
    return _verdict("security", contact is not None)


@check(effort="low")
def an_operations_contact_is_set(contact: OperationsContact | None) -> Verdict:
    """AWS knows whom to call about the account's operation.

    Why: notices of failing hardware and retiring versions otherwise go to the root user's mailbox only.
    Fix: aws account put-alternate-contact --alternate-contact-type OPERATIONS … with the address of a team
    """
    return _verdict("operations", contact is not None)


@check(effort="low")
def a_billing_contact_is_set(contact: BillingContact | None) -> Verdict:
    """AWS knows whom to call about the account's bills.

    Why: notices of payment and cost otherwise go to the root user's mailbox only.
    Fix: aws account put-alternate-contact --alternate-contact-type BILLING … with the address of a team
    """
    return _verdict("billing", contact is not None)


def _verdict(what: str, there: bool) -> Verdict:  # noqa: FBT001  (one flag, and the only callers are above)
    return Holds(f"a {what} contact is set") if there else Fails(f"no {what} contact is set")


@fact
def primary_contact(contact: PrimaryContact) -> str:
    """To whom the account belongs, for somebody to confirm."""
    return f"the primary contact is {contact.company_name or 'a person without a company'}, {contact.country_code}"

"""Account contacts, against real clients."""

import pytest

from checks import account
from checks.account import PrimaryContact
from tests.emulator import ACCOUNT, Emulator


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        ("a_security_contact_is_set", "security"),
        ("an_operations_contact_is_set", "operations"),
        ("a_billing_contact_is_set", "billing"),
    ],
)
def test_each_contact_is_asked_for_by_itself(aws: Emulator, check: str, kind: str) -> None:
    assert aws.judge(f"account.{check}") == {f"account:{ACCOUNT}": ("fails", f"no {kind} contact is set")}
    aws.client("account").put_alternate_contact(
        AlternateContactType=kind.upper(), Name="Team", Title="Team", EmailAddress="t@example.com", PhoneNumber="1"
    )
    assert aws.judge(f"account.{check}") == {f"account:{ACCOUNT}": ("holds", f"a {kind} contact is set")}
    others = {"security", "operations", "billing"} - {kind}
    for other in others:
        article = "an" if other == "operations" else "a"
        assert aws.verdicts(f"account.{article}_{other}_contact_is_set") == {f"account:{ACCOUNT}": "fails"}


def test_primary_contact() -> None:
    # moto lacks account:GetContactInformation.
    assert account.primary_contact(PrimaryContact(company_name="Acme", country_code="DE")) == (
        "the primary contact is Acme, DE"
    )
    assert account.primary_contact(PrimaryContact(country_code="DE")) == (
        "the primary contact is a person without a company, DE"
    )

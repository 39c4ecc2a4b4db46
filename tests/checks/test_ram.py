"""RAM's checks, against real clients and as tables."""

import pytest

from checks import ram
from checks.organizations import Account, Organization
from checks.ram import Share, SharedWith
from scanner import Fails, Holds, NotApplicable, Target, Verdict
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
OURS = Organization(id="o-ours", feature_set="ALL", master_account_id="111111111111")
MEMBERS = [Account(id="222222222222", arn="a", name="data")]
UNIT = "arn:aws:organizations::111111111111:ou/{}/ou-abcd-11111111"


def test_shares(aws: Emulator) -> None:
    client = aws.client("ram")
    open_ = client.create_resource_share(name="open", principals=["999999999999"])["resourceShare"]["resourceShareArn"]
    shut = client.create_resource_share(name="shut", allowExternalPrincipals=False)["resourceShare"]["resourceShareArn"]
    assert aws.judge("ram.shares_stay_in_the_organization") == {
        open_: ("fails", "open is shared with 999999999999"),
        shut: ("holds", "shut cannot be shared outside the organization"),
    }
    assert aws.judge("ram.shares_cannot_leave_the_organization") == {
        open_: ("fails", "open may be shared with any account"),
        shut: ("holds", "shut cannot be shared outside the organization"),
    }
    told = "2 resource shares with 1 principals: open, shut"
    assert aws.judge("ram.shares") == {"region:us-east-1": ("told", told)}
    with aws.refusing(frozenset({"organizations:ListAccounts"})):  # who is inside is not known
        assert set(aws.verdicts("ram.shares_stay_in_the_organization").values()) == {"unknown"}


@pytest.mark.parametrize(
    ("entity", "status", "verdict"),
    [
        ("222222222222", "ASSOCIATED", Holds("one is shared inside the organization only")),
        (ACCOUNT, "ASSOCIATED", Holds("one is shared inside the organization only")),
        ("arn:aws:iam::222222222222:role/r", "ASSOCIATED", Holds("one is shared inside the organization only")),
        (UNIT.format("o-ours"), "ASSOCIATED", Holds("one is shared inside the organization only")),
        ("pca-connector-ad.amazonaws.com", "ASSOCIATED", Holds("one is shared inside the organization only")),
        ("333333333333", "ASSOCIATING", Fails("one is shared with 333333333333")),
        ("333333333333", "SUSPENDED", Fails("one is shared with 333333333333")),
        ("333333333333", "DISASSOCIATED", NotApplicable("one is shared with nobody")),
        (
            "arn:aws:iam::333333333333:role/r",
            "ASSOCIATED",
            Fails("one is shared with arn:aws:iam::333333333333:role/r"),
        ),
        (UNIT.format("o-theirs"), "ASSOCIATED", Fails(f"one is shared with {UNIT.format('o-theirs')}")),
    ],
)
def test_who_is_outside(entity: str, status: str, verdict: Verdict) -> None:
    share = Share(resource_share_arn="s", name="one")
    principal = SharedWith(resource_share_arn="s", associated_entity=entity, status=status)
    assert ram.shares_stay_in_the_organization(share, [principal], OURS, MEMBERS, HERE) == verdict
    if isinstance(verdict, Holds) and entity == UNIT.format("o-ours"):
        assert isinstance(ram.shares_stay_in_the_organization(share, [principal], None, [], HERE), Fails)

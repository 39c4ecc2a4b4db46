"""Identity Center's checks, against real clients. moto has an instance of chance, which fixtures/moto_repairs.py mends."""

import json

import pytest

from checks import identity_center
from checks.identity_center import Assignment, PermissionSet
from scanner import Fails, Holds, NotApplicable, Verdict
from tests.answering import answering
from tests.emulator import ACCOUNT, Emulator

INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890123456"


def test_an_account_without_identity_center(aws: Emulator) -> None:
    none = {"region:us-east-1": ("not applicable", "there is none: sso-admin:ListPermissionSets listed nothing")}
    assert aws.judge("identity_center.sessions_end_within_a_working_day") == none
    assert aws.judge("identity_center.instances") == {}


def test_permission_sets(aws: Emulator) -> None:
    sso = aws.client("sso-admin")

    def made(name: str, duration: str, policy: str = "") -> str:
        of = {"InstanceArn": INSTANCE}
        arn = sso.create_permission_set(**of, Name=name, SessionDuration=duration)["PermissionSet"]["PermissionSetArn"]
        if policy:
            sso.put_inline_policy_to_permission_set(**of, PermissionSetArn=arn, InlinePolicy=policy)
        return str(arn)

    def allowing(action: str) -> str:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    reader, admin = made("reader", "PT1H", allowing("s3:GetObject")), made("admin", "PT12H", allowing("*"))
    plain = made("plain", "PT8H")
    assert aws.judge("identity_center.sessions_end_within_a_working_day") == {
        reader: ("holds", "reader: PT1H"),
        admin: ("fails", "admin: PT12H"),
        plain: ("holds", "plain: PT8H"),
    }
    told = aws.judge("identity_center.inline_policies_do_not_allow_everything")
    assert told.pop(admin)[0] == "fails"
    assert told == {
        reader: ("holds", "reader names what it allows"),
        plain: ("not applicable", "plain has no inline policy"),
    }
    assign = {"InstanceArn": INSTANCE, "TargetId": ACCOUNT, "TargetType": "AWS_ACCOUNT"}
    sso.create_account_assignment(**assign, PermissionSetArn=admin, PrincipalType="USER", PrincipalId="u")
    sso.create_account_assignment(**assign, PermissionSetArn=reader, PrincipalType="GROUP", PrincipalId="g")
    assert aws.judge("identity_center.permission_sets_are_assigned_to_groups") == {
        reader: ("holds", "reader is assigned to 1 groups"),
        admin: ("fails", "admin is assigned to 1 single people"),
        plain: ("not applicable", "plain is assigned to nobody in this account"),
    }
    assert aws.judge("identity_center.permission_sets")[admin] == (
        "told",
        "permission set admin: no managed policy; assigned to 1 groups or people in this account",
    )
    assert aws.judge("identity_center.instances") == {"region:us-east-1": ("told", f"IAM Identity Center: {INSTANCE}")}
    store = {"IdentityStoreId": "d-1234567890"}
    aws.client("identitystore").create_user(
        **store, UserName="a", DisplayName="a", Name={"GivenName": "A", "FamilyName": "B"}
    )
    assert aws.judge("identity_center.users_by_origin") == {
        INSTANCE: ("told", "d-1234567890: of 1 people who are not disabled, 0 come from another directory")
    }
    none = f"{INSTANCE} hands on the attributes: none of its own"
    assert aws.judge("identity_center.attributes_in_use") == {INSTANCE: ("told", none)}
    team = {"AccessControlAttributes": [{"Key": "team", "Value": {"Source": ["${path:enterprise.department}"]}}]}
    answer = {"Status": "ENABLED", "InstanceAccessControlAttributeConfiguration": team}
    with answering("sso-admin", DescribeInstanceAccessControlAttributeConfiguration=answer):
        some = f"{INSTANCE} hands on the attributes: team"
        assert aws.judge("identity_center.attributes_in_use") == {INSTANCE: ("told", some)}
    with aws.refusing(frozenset({"sso-admin:ListPermissionSets"})):  # as in most accounts of an organization
        check = "identity_center.permission_sets_are_assigned_to_groups"
        assert set(aws.verdicts(check).values()) == {"unknown"}


@pytest.mark.parametrize(
    ("duration", "verdict"),
    [
        ("PT8H", Holds("one: PT8H")),
        ("PT8H1S", Fails("one: PT8H1S")),
        ("P1D", Fails("one: P1D")),
        ("PT90M", Holds("one: PT90M")),
        ("for ever", Fails("one: for ever")),
    ],
)
def test_sessions(duration: str, verdict: Verdict) -> None:
    one = PermissionSet(name="one", session_duration=duration)
    assert identity_center.sessions_end_within_a_working_day(one) == verdict


def test_assignments_of_both_kinds() -> None:
    one = PermissionSet(name="one", session_duration="PT1H")
    both = [Assignment(principal_type="GROUP"), Assignment(principal_type="USER")]
    check = identity_center.permission_sets_are_assigned_to_groups
    assert check(one, both) == Fails("one is assigned to 1 single people")
    assert check(one, []) == NotApplicable("one is assigned to nobody in this account")

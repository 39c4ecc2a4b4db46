"""Organizations checks, against real clients and as tables."""

import json
from typing import Any

import pytest

from checks.organizations import guardrails, members
from checks.organizations.evidence import (
    Account,
    AccountPath,
    ControlPolicy,
    Organization,
    PolicyType,
    Root,
    ServiceAccess,
)
from checks.organizations.guardrails import Attachment, Guardrail
from scanner import Fails, Holds, NotApplicable, Policy, Target, Verdict
from tests.emulator import ACCOUNT, Emulator

DENY = {"Effect": "Deny", "Action": ["organizations:LeaveOrganization", "cloudtrail:StopLogging"], "Resource": "*"}
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ALONE = {"organization": ("fails", "the account belongs to no organization")}


def make_organization(aws: Emulator) -> Any:
    client = aws.client("organizations")
    client.create_organization(FeatureSet="ALL")
    return client


def test_an_account_without_an_organization(aws: Emulator) -> None:
    assert aws.judge("organizations.the_organization_has_all_features") == ALONE
    assert aws.judge("organizations.management_account") == {}


def test_an_organization_with_all_features(aws: Emulator) -> None:
    org = make_organization(aws).describe_organization()["Organization"]["Id"]
    assert aws.judge("organizations.the_organization_has_all_features") == {
        "organization": ("holds", f"a member of {org}, which has all features")
    }
    told = f"{ACCOUNT} manages the organization {org}; no workload belongs there"
    assert aws.judge("organizations.management_account") == {"organization": ("told", told)}


def test_consolidated_billing_is_not_enough() -> None:
    billing = Organization(id="o-1", feature_set="CONSOLIDATED_BILLING", master_account_id="1")
    assert members.the_organization_has_all_features(billing) == Fails(
        "the organization o-1 has CONSOLIDATED_BILLING only"
    )


def test_units_members_and_policy_types(aws: Emulator) -> None:
    client = make_organization(aws)
    root = client.list_roots()["Roots"][0]["Id"]
    client.create_organizational_unit(ParentId=root, Name="workloads")
    client.create_organizational_unit(ParentId=root, Name="security")
    client.create_account(Email="log@example.com", AccountName="log archive")
    client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    assert aws.judge("organizations.units_below_the_root") == {
        "organization": ("told", "organizational units below the root: security, workloads")
    }
    assert aws.judge("organizations.members") == {"organization": ("told", "2 accounts: log archive, master")}
    assert aws.judge("organizations.policy_types_enabled") == {
        "organization": ("told", "policy types enabled: SERVICE_CONTROL_POLICY")
    }


def test_only_enabled_policy_types_are_told() -> None:
    kinds = (PolicyType(type="TAG_POLICY", status="PENDING_ENABLE"), PolicyType(type="BACKUP_POLICY", status="ENABLED"))
    told = guardrails.policy_types_enabled([Root(id="r-1", arn="a", policy_types=kinds)])
    assert told == "policy types enabled: BACKUP_POLICY"
    assert guardrails.policy_types_enabled([]) is None


def test_what_guardrails_deny(aws: Emulator) -> None:
    client = make_organization(aws)
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    made = client.create_policy(
        Name="basics",
        Description="",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [DENY]}),
    )
    policy = made["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=policy, TargetId=root)
    told = "1 service control policies are attached; they deny: leaving the organization, switching off CloudTrail"
    assert aws.judge("organizations.what_guardrails_deny") == {"organization": ("told", told)}
    member = client.create_account(AccountName="member", Email="member@example.com")["CreateAccountStatus"]["AccountId"]
    verdicts = aws.judge("organizations.accounts_are_under_guardrails")
    assert {arn.rpartition("/")[2]: told for arn, told in verdicts.items()} == {
        ACCOUNT: ("not applicable", "service control policies do not limit the management account"),
        member: ("holds", "limited by basics"),
    }
    client.detach_policy(PolicyId=policy, TargetId=root)
    free = client.create_account(AccountName="free", Email="free@example.com")["CreateAccountStatus"]["AccountId"]
    closed = client.create_account(AccountName="closed", Email="old@example.com")["CreateAccountStatus"]["AccountId"]
    client.close_account(AccountId=closed)
    client.attach_policy(PolicyId=policy, TargetId=member)
    verdicts = aws.judge("organizations.accounts_are_under_guardrails")
    assert {arn.rpartition("/")[2]: told for arn, told in verdicts.items()} == {
        ACCOUNT: ("not applicable", "service control policies do not limit the management account"),
        member: ("holds", "limited by basics"),
        free: ("fails", "no policy on the way from the root to this account denies anything"),
        closed: ("not applicable", "the account is SUSPENDED"),
    }


def test_other_customary_denials() -> None:
    region = {
        "Effect": "Deny",
        "NotAction": "iam:*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    }
    root = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}},
    }
    detection = {"Effect": "Deny", "Action": "guardduty:DeleteDetector", "Resource": "*"}
    one = rail("r-1", region, root, detection, ALLOW)
    assert one.kinds == {"other regions", "acts of the root user", "switching off detection"}


ROOT, UNIT, MEMBER = "r-abcd", "ou-abcd-11111111", "222222222222"
ORGANIZATION = Organization(id="o-1", feature_set="ALL", master_account_id="111111111111")


def account(number: str = MEMBER) -> AccountPath:
    return AccountPath(id=number, arn="a", paths=(f"o-aaaaaaaaaa/{ROOT}/{UNIT}/{number}/",))


def control(name: str, *, aws_managed: bool = False) -> ControlPolicy:
    return ControlPolicy(id=f"p-{name}", arn=name, name=name, aws_managed=aws_managed)


def rail(target: str, *statements: dict[str, Any]) -> Guardrail:
    document = Policy.model_validate({"Version": "2012-10-17", "Statement": list(statements)})
    return Guardrail(control("own"), document, frozenset({target}))


FULL = Attachment(control("FullAWSAccess", aws_managed=True), frozenset({ROOT, UNIT, MEMBER}))
BARE = Fails("no policy on the way from the root to this account denies anything")


@pytest.mark.parametrize(
    ("one", "attached", "rails", "verdict"),
    [
        (
            account("111111111111"),
            [FULL],
            [],
            NotApplicable("service control policies do not limit the management account"),
        ),
        (
            AccountPath(id="1", arn="a", paths=()),
            [FULL],
            [],
            NotApplicable("the account stands at no path of the organization"),
        ),
        (account(), [FULL], [], BARE),
        (account(), [FULL], [rail(ROOT, DENY)], Holds("limited by own")),
        (account(), [FULL], [rail(UNIT, DENY)], Holds("limited by own")),
        (account(), [FULL], [rail(MEMBER, DENY)], Holds("limited by own")),
        (account(), [FULL], [rail("ou-abcd-22222222", DENY)], BARE),
        # A list of allowed services limits only where FullAWSAccess, or a copy of it, is not attached beside it.
        (
            account(),
            [FULL, Attachment(control("own"), frozenset({UNIT}))],
            [rail(UNIT, {**ALLOW, "Action": "s3:*"})],
            BARE,
        ),
        (
            account(),
            [Attachment(FULL.policy, frozenset({ROOT, MEMBER})), Attachment(control("own"), frozenset({UNIT}))],
            [rail(UNIT, {**ALLOW, "Action": "s3:*"})],
            Holds(f"at {UNIT} only named services are allowed"),
        ),
        (
            account(),
            [Attachment(FULL.policy, frozenset({ROOT, MEMBER})), Attachment(control("own"), frozenset({UNIT}))],
            [rail(UNIT, ALLOW)],
            BARE,
        ),
        (
            account(),
            [Attachment(FULL.policy, frozenset({ROOT, MEMBER})), Attachment(control("own"), frozenset({UNIT}))],
            [rail(UNIT, {**ALLOW, "Action": "*:*"})],
            BARE,
        ),
    ],
)
def test_accounts_are_under_guardrails(one: AccountPath, attached: Any, rails: Any, verdict: Verdict) -> None:
    assert guardrails.accounts_are_under_guardrails(one, ORGANIZATION, attached, rails) == verdict


def test_delegates_and_services(aws: Emulator) -> None:
    client = make_organization(aws)
    made = client.create_account(Email="sec@example.com", AccountName="security")["CreateAccountStatus"]["AccountId"]
    client.enable_aws_service_access(ServicePrincipal="config.amazonaws.com")
    client.enable_aws_service_access(ServicePrincipal="ssm.amazonaws.com")
    client.register_delegated_administrator(AccountId=made, ServicePrincipal="ssm.amazonaws.com")
    assert aws.judge("organizations.delegated_administrators") == {
        "organization": ("told", "delegated administrators: security")
    }
    told = members.services_with_access([ServiceAccess(service_principal="config.amazonaws.com")])
    assert aws.judge("organizations.services_with_access") == {"organization": ("told", told)}
    assert told.startswith("trusted access of services to all accounts: cloudtrail off, config on, guardduty off")


def test_what_runs_in_the_management_account(aws: Emulator) -> None:
    check, region = "organizations.the_management_account_runs_nothing", "region:us-east-1"
    assert aws.judge(check) == {region: ("not applicable", "the account belongs to no organization")}
    make_organization(aws)
    assert aws.judge(check) == {region: ("holds", "no instances and no databases are here")}
    image = aws.client("ec2").describe_images()["Images"][0]["ImageId"]
    aws.client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)
    assert aws.judge(check) == {region: ("fails", "here are 1 instances")}
    member = Target("222222222222", "us-east-1")
    assert members.the_management_account_runs_nothing(member, ORGANIZATION, [], [], []) == NotApplicable(
        "the organization is managed by 111111111111"
    )


def test_security_services_are_delegated(aws: Emulator) -> None:
    check = "organizations.security_services_are_delegated"
    assert aws.judge(check) == {"organization": ("not applicable", "the account belongs to no organization")}
    client = make_organization(aws)
    client.enable_aws_service_access(ServicePrincipal="ssm.amazonaws.com")
    assert aws.judge(check) == {"organization": ("not applicable", "no security service works in all accounts")}
    for name in ("guardduty", "macie"):
        client.enable_aws_service_access(ServicePrincipal=f"{name}.amazonaws.com")
    made = client.create_account(Email="sec@example.com", AccountName="security")["CreateAccountStatus"]["AccountId"]
    client.register_delegated_administrator(AccountId=made, ServicePrincipal="guardduty.amazonaws.com")
    assert aws.judge(check) == {"organization": ("fails", "without a delegated administrator: macie")}
    client.register_delegated_administrator(AccountId=made, ServicePrincipal="macie.amazonaws.com")
    assert aws.judge(check) == {"organization": ("holds", "delegated: guardduty, macie")}


def test_policies_of_other_types(aws: Emulator) -> None:
    assert aws.judge("organizations.tag_policies") == {}
    client = make_organization(aws)
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType="TAG_POLICY")
    made = client.create_policy(Name="owners", Description="", Type="TAG_POLICY", Content='{"tags": {}}')
    told = "tag policies: owners, attached to nothing"
    assert aws.judge("organizations.tag_policies") == {"organization": ("told", told)}
    client.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=root)
    told = "tag policies: owners, attached to Root"
    assert aws.judge("organizations.tag_policies") == {"organization": ("told", told)}
    told = "resource control policies of the organization's own: none"
    assert aws.judge("organizations.resource_guardrails") == {"organization": ("told", told)}
    assert aws.judge("organizations.backup_policies") == {"organization": ("told", "backup policies: none")}
    told = "declarative policies for EC2: none"
    assert aws.judge("organizations.declarative_policies") == {"organization": ("told", told)}


def test_accounts_by_purpose(aws: Emulator) -> None:
    client = make_organization(aws)
    for name in ("log archive", "shop-nonprod", "shop-prod", "Security Tooling", "sandbox-anna", "forensics"):
        client.create_account(Email="a@example.com", AccountName=name)
    told = (
        "accounts by what their names say: forensics: forensics; logs: log archive; production: shop-prod; "
        "sandboxes: sandbox-anna; security: Security Tooling; tests: shop-nonprod"
    )
    assert aws.judge("organizations.accounts_by_purpose") == {"organization": ("told", told)}
    assert aws.judge("organizations.closed_accounts") == {}


def test_closed_accounts() -> None:
    old = Account(id="1", arn="a", name="old", status="SUSPENDED")
    gone = Account(id="2", arn="b", name="gone", state="CLOSED", status="ACTIVE")
    told = "accounts that nobody can work in: gone (CLOSED), old (SUSPENDED)"
    assert members.closed_accounts([old, gone, Account(id="3", arn="c", name="new", status="ACTIVE")]) == told
    closed = AccountPath(id=MEMBER, arn="a", paths=(f"o-a/{ROOT}/{MEMBER}/",), status="SUSPENDED")
    assert guardrails.accounts_are_under_guardrails(closed, ORGANIZATION, [], []) == NotApplicable(
        "the account is SUSPENDED"
    )

"""IAM checks, against real clients and as tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from checks.iam import credentials, grants, providers, root, trust
from checks.iam.evidence import (
    CentralRoot,
    LocalPolicy,
    PasswordPolicy,
    Role,
    RootCredentials,
    SamlProvider,
    ServerCertificate,
    Summary,
    User,
    UserCredentials,
    VirtualDevice,
)
from checks.iam.grants import Documents, RoleGrants, UserGrants
from checks.organizations import Account, Organization
from fixtures.moto_states import register_root_mfa
from scanner import CannotTell, Fails, Holds, NotApplicable, Policy, Target, Verdict
from scanner.evidence.reading import Reading
from scanner.evidence.snapshot import Snapshot
from scanner.judge.discover import discover
from scanner.judge.evaluate import evaluate
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "global")
IAM = f"arn:aws:iam::{ACCOUNT}:"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTHER = "210987654321"


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def statement(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "*", "Resource": "*"} | changes


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def read(kind: Any, **fields: Any) -> Any:
    """Evidence as it is read from an answer: through JSON."""
    return kind.model_validate_json(json.dumps(fields))


EVERYTHING = document(statement())
LAMBDA = statement(Action="sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
LAMBDA.pop("Resource")


def trusting(principal: Any, condition: Any = None, action: str = "sts:AssumeRole") -> dict[str, Any]:
    one = {"Effect": "Allow", "Principal": principal, "Action": action}
    return document(one | ({"Condition": condition} if condition else {}))


def role(**changes: Any) -> Role:
    fields = {
        "arn": f"{IAM}role/r",
        "path": "/",
        "role_name": "r",
        "create_date": ago(400),
        "assume_role_policy_document": document(LAMBDA),
    }
    return read(Role, **(fields | changes))


def make_role(aws: Emulator, name: str, trust: Any = None, policy: Any = None, **how: Any) -> None:
    client = aws.client("iam")
    trust = json.dumps(trust or document(LAMBDA))
    client.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **how)
    if policy:
        client.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(policy))


# The root user


@pytest.mark.parametrize(
    ("mfa", "keys", "password", "verdict"),
    [
        (1, 0, 1, Holds("a second factor is registered for the root user")),
        (0, 0, 1, Fails("no second factor is registered for the root user")),
        (0, 0, None, Fails("no second factor is registered for the root user")),
        (0, 1, 0, Fails("no second factor is registered for the root user")),
        (0, 0, 0, NotApplicable("the root user has neither a password nor access keys")),
    ],
)
def test_root_has_mfa(mfa: int, keys: int, password: int | None, verdict: Verdict) -> None:
    summary = Summary(account_mfa_enabled=mfa, account_access_keys_present=keys, account_password_present=password)
    assert root.root_has_mfa(summary) == verdict


REPORT = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated\n"
    "<root_account>,arn:aws:iam::123456789012:root,2020-01-01T00:00:00+00:00,not_supported,2025-01-01T00:00:00+00:00,"
    "not_supported,not_supported,true,true,2020-01-02T00:00:00+00:00,2026-11-22T08:00:00+00:00,us-east-1,s3,"
    "false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
)


def summary_of_root(mfa: int, keys: int, password: int) -> dict[str, Any]:
    counts = {"AccountMFAEnabled": mfa, "AccountAccessKeysPresent": keys, "AccountPasswordPresent": password}
    return {"SummaryMap": {"Users": 1, **counts}}


def test_the_root_user_is_read(aws: Emulator) -> None:
    """The root user of a member account may have no credentials at all, since they can be removed centrally."""
    names = ("root_has_mfa", "root_factor_is_no_app", "root_has_no_access_keys", "root_is_not_used")
    account = f"account:{ACCOUNT}"

    def told() -> dict[str, tuple[str, str]]:
        return {
            name: rows.get(account) or rows[f"{IAM}root"] for name, rows in judge_all(aws, "iam", names, at=NOW).items()
        }

    unused = ("holds", "no use of the root user is on record")
    no_factor = ("not applicable", "the root user has no second factor")
    bare = {
        "root_has_mfa": ("fails", "no second factor is registered for the root user"),
        "root_factor_is_no_app": no_factor,
        "root_has_no_access_keys": ("holds", "the root user has no access key"),
        "root_is_not_used": unused,
    }
    assert told() == bare
    with answering("iam", {"GetAccountSummary": summary_of_root(mfa=0, keys=0, password=0)}):
        gone = ("not applicable", "the root user has neither a password nor access keys")
        assert told() == {**bare, "root_has_mfa": gone}
    app = {
        "SerialNumber": f"{IAM}mfa/root-account-mfa-device",
        "User": {
            "Path": "",
            "UserName": "",
            "UserId": ACCOUNT,
            "Arn": f"{IAM}root",
            "CreateDate": "2020-01-01T00:00:00Z",
        },
        "EnableDate": "2020-01-01T00:00:00Z",
    }
    with answering(
        "iam",
        {
            "GetAccountSummary": summary_of_root(mfa=1, keys=1, password=1),
            "ListVirtualMFADevices": {"VirtualMFADevices": [app], "IsTruncated": False},
            "GetCredentialReport": {
                "Content": REPORT.encode(),
                "ReportFormat": "text/csv",
                "GeneratedTime": "2026-11-23T08:00:00Z",
            },
        },
    ):
        assert told() == {
            "root_has_mfa": ("holds", "a second factor is registered for the root user"),
            "root_factor_is_no_app": ("fails", "an authenticator app is among the root user's second factors"),
            "root_has_no_access_keys": ("fails", "the root user has an access key"),
            "root_is_not_used": ("fails", "the root user was last used on 2026-11-22"),
        }
    register_root_mfa(ACCOUNT)
    assert told() == {
        **bare,
        "root_has_mfa": ("holds", "a second factor is registered for the root user"),
        "root_factor_is_no_app": ("holds", "no authenticator app is registered for the root user"),
    }


def row(kind: Any = UserCredentials, **changes: Any) -> Any:
    fields = {
        "arn": f"{IAM}user/ada",
        "user": "ada",
        "user_creation_time": ago(400),
        "password_enabled": False,
        "password_last_used": None,
        "password_last_changed": None,
        "mfa_active": False,
        "access_key_1_active": False,
        "access_key_1_last_rotated": None,
        "access_key_1_last_used_date": None,
        "access_key_2_active": False,
        "access_key_2_last_rotated": None,
        "access_key_2_last_used_date": None,
    }
    return read(kind, **(fields | changes))


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"password_enabled": None}, Holds("no use of the root user is on record")),
        ({"password_last_used": ago(91)}, Holds("the root user was last used on 2026-08-24")),
        ({"password_last_used": ago(90)}, Fails("the root user was last used on 2026-08-25")),
        (
            {"password_last_used": ago(200), "access_key_2_last_used_date": ago(1)},
            Fails("the root user was last used on 2026-11-22"),
        ),
    ],
)
def test_root_is_not_used(changes: dict[str, Any], verdict: Verdict) -> None:
    assert root.root_is_not_used(row(RootCredentials, **changes), NOW) == verdict


def test_the_root_row_is_found_and_kept_apart_from_users(aws: Emulator) -> None:
    aws.client("iam").create_user(UserName="ada")
    assert aws.judge("iam.root_is_not_used") == {f"{IAM}root": ("holds", "no use of the root user is on record")}
    assert aws.judge("iam.console_users_have_mfa") == {f"{IAM}user/ada": ("not applicable", "the user has no password")}


def test_a_report_without_a_root_row_leaves_its_use_unknown(aws: Emulator) -> None:
    library = discover().only(["iam.root_is_not_used"])
    seen = aws.snapshot(library)
    without = [Reading.make(one.call, one.outcome, one.at, answer={}) for one in seen]
    findings, _ = evaluate(library, Snapshot(seen.scan, without))
    assert [(one.resource, str(one.verdict)) for one in findings] == [(f"account:{ACCOUNT}", "unknown")]


@pytest.mark.parametrize(
    ("mfa", "devices", "told"),
    [
        (0, [], "the root user has no second factor"),
        (1, [], "the root user's second factor is a security key, a passkey or a hardware token"),
        (1, [f"{IAM}user/ada"], "the root user's second factor is a security key, a passkey or a hardware token"),
        (1, [f"{IAM}root"], "an authenticator app is among the root user's second factors"),
    ],
)
def test_root_mfa_device(mfa: int, devices: list[str], told: str) -> None:
    summary = Summary(account_mfa_enabled=mfa, account_access_keys_present=0)
    listed = [read(VirtualDevice, serial_number=f"{IAM}mfa/m", user={"arn": arn}) for arn in devices]
    assert root.root_mfa_device(summary, listed) == told
    verdicts = {
        "the root user has no second factor": NotApplicable(told),
        "an authenticator app is among the root user's second factors": Fails(told),
    }
    no_app = Holds("no authenticator app is registered for the root user")
    assert root.root_factor_is_no_app(summary, listed) == verdicts.get(told, no_app)


def test_devices_are_read(aws: Emulator) -> None:
    assert aws.judge("iam.root_mfa_device") == {f"account:{ACCOUNT}": ("told", "the root user has no second factor")}


def test_root_is_managed_centrally() -> None:
    # moto lacks iam:ListOrganizationsFeatures.
    central = CentralRoot(enabled_features=("RootSessions", "RootCredentialsManagement"))
    told = "central management of the members' root users: RootCredentialsManagement, RootSessions"
    assert root.root_is_managed_centrally(central) == told
    assert root.root_is_managed_centrally(None) == "central management of the members' root users: none"


# Credentials


def used(aws: Emulator, key: dict[str, Any]) -> None:
    """Somebody works with these credentials."""
    boto3.client(
        "sqs",
        region_name="us-east-1",
        endpoint_url=aws.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
    ).list_queues()


def make_users(aws: Emulator) -> None:
    client = aws.client("iam")
    for name in ("console", "careful", "machine", "idle"):
        client.create_user(UserName=name)
    for name in ("console", "careful"):
        client.create_login_profile(UserName=name, Password="Long-enough-1234")
    serial = client.create_virtual_mfa_device(VirtualMFADeviceName="m")["VirtualMFADevice"]["SerialNumber"]
    client.enable_mfa_device(
        UserName="careful", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    client.create_access_key(UserName="machine")


def test_credentials_are_read_from_the_report(aws: Emulator) -> None:
    make_users(aws)
    aws.client("iam").create_user(UserName="twice")
    keys = [aws.client("iam").create_access_key(UserName="twice")["AccessKey"] for _ in range(2)]
    used(aws, keys[0])
    user, today = f"{IAM}user/", f"{datetime.now(UTC):%Y-%m-%d}"
    assert aws.judge("iam.console_users_have_mfa") == {
        user + "console": ("fails", "a password and no second factor"),
        user + "careful": ("holds", "a second factor is registered"),
        user + "machine": ("not applicable", "the user has no password"),
        user + "idle": ("not applicable", "the user has no password"),
        user + "twice": ("not applicable", "the user has no password"),
    }
    assert aws.judge("iam.no_access_key_is_active") == {
        user + "console": ("holds", "no access key is active"),
        user + "careful": ("holds", "no access key is active"),
        user + "machine": ("fails", "1 active access keys, no use on record"),
        user + "idle": ("holds", "no access key is active"),
        user + "twice": ("fails", f"2 active access keys, last used on {today}"),
    }
    assert aws.judge("iam.no_access_key_is_in_use") == {
        user + "console": ("not applicable", "the user has no active access key"),
        user + "careful": ("not applicable", "the user has no active access key"),
        user + "machine": ("holds", "no active access key was used in 90 days"),
        user + "idle": ("not applicable", "the user has no active access key"),
        user + "twice": ("fails", f"an access key was used on {today}"),
    }
    assert aws.judge("iam.users_have_one_active_key") == {
        user + "console": ("not applicable", "the user has no active access key"),
        user + "careful": ("not applicable", "the user has no active access key"),
        user + "machine": ("holds", "one access key is active"),
        user + "idle": ("not applicable", "the user has no active access key"),
        user + "twice": ("fails", "2 access keys are active"),
    }
    assert aws.judge("iam.long_term_credentials") == {
        f"account:{ACCOUNT}": ("told", "5 IAM users with 2 passwords and 3 active access keys")
    }


def test_users_have_no_password(aws: Emulator) -> None:
    make_users(aws)
    user = f"{IAM}user/"
    settings = {"iam.users_have_no_password": {"allowed": ("care*",)}}
    assert aws.judge("iam.users_have_no_password", settings=settings) == {
        user + "console": ("fails", "the user has a console password, no use on record"),
        user + "careful": ("not applicable", "the settings allow this user a password"),
        user + "machine": ("holds", "the user has no password"),
        user + "idle": ("holds", "the user has no password"),
    }


def test_credentials_age_with_the_scan(aws: Emulator) -> None:
    make_users(aws)
    user, now = f"{IAM}user/", datetime.now(UTC)
    later = now + timedelta(days=100)
    young = aws.judge("iam.access_keys_are_young")
    assert young[user + "machine"] == ("holds", "the oldest active access key is 0 days old")
    assert aws.judge("iam.access_keys_are_young", at=later) == {
        user + "console": ("not applicable", "the user has no active access key"),
        user + "careful": ("not applicable", "the user has no active access key"),
        user + "machine": ("fails", "an active access key is 100 days old"),
        user + "idle": ("not applicable", "the user has no active access key"),
    }
    day = f"{now:%Y-%m-%d}"
    assert aws.verdicts("iam.unused_credentials_are_disabled") == {
        user + "console": "holds",
        user + "careful": "holds",
        user + "machine": "holds",
        user + "idle": "not applicable",
    }
    assert aws.judge("iam.unused_credentials_are_disabled", at=later) == {
        user + "console": ("fails", f"not used: the password since {day}"),
        user + "careful": ("fails", f"not used: the password since {day}"),
        user + "machine": ("fails", f"not used: access key 1 since {day}"),
        user + "idle": ("not applicable", "the user has neither a password nor an active access key"),
    }


NEW_KEY = {"access_key_1_active": True, "access_key_1_last_rotated": ago(10)}
OLD_KEY = {"access_key_2_active": True, "access_key_2_last_rotated": ago(200)}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, credentials.NO_KEYS),
        (OLD_KEY | {"access_key_2_active": False}, credentials.NO_KEYS),
        (NEW_KEY, Holds("the oldest active access key is 10 days old")),
        (NEW_KEY | OLD_KEY, Fails("an active access key is 200 days old")),
        ({"access_key_1_active": True}, CannotTell("the report does not say when an active key was made")),
    ],
)
def test_access_keys_are_young(changes: dict[str, Any], verdict: Verdict) -> None:
    assert credentials.access_keys_are_young(row(**changes), NOW) == verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, credentials.NO_KEYS),
        (OLD_KEY, Holds("no active access key was used in 90 days")),
        (OLD_KEY | {"access_key_2_last_used_date": ago(91)}, Holds("no active access key was used in 90 days")),
        (OLD_KEY | {"access_key_2_last_used_date": ago(3)}, Fails("an access key was used on 2026-11-20")),
    ],
)
def test_no_access_key_is_in_use(changes: dict[str, Any], verdict: Verdict) -> None:
    assert credentials.no_access_key_is_in_use(row(**changes), NOW) == verdict


def test_an_allowed_user_may_use_a_key() -> None:
    used = row(**(OLD_KEY | {"access_key_2_last_used_date": ago(3)}))
    allowed = NotApplicable("the settings allow this user an access key")
    assert credentials.no_access_key_is_in_use(used, NOW, allowed=("ada",)) == allowed
    assert credentials.no_access_key_is_active(used, allowed=("ada",)) == allowed
    assert credentials.no_access_key_is_active(used) == Fails("1 active access keys, last used on 2026-11-20")


PASSWORD = {"password_enabled": True}
FRESH = Holds("all that is enabled was used or made in the last 90 days")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, NotApplicable("the user has neither a password nor an active access key")),
        (PASSWORD | {"password_last_used": ago(5)}, FRESH),
        (PASSWORD | {"password_last_used": ago(95)}, Fails("not used: the password since 2026-08-20")),
        # A password that was set anew lately, or a user who has just been made, has had no time to sign in.
        (PASSWORD | {"password_last_used": ago(95), "password_last_changed": ago(5)}, FRESH),
        (PASSWORD | {"user_creation_time": ago(5)}, FRESH),
        (PASSWORD, Fails("not used: the password since 2025-10-19")),
        (NEW_KEY, FRESH),
        (OLD_KEY | {"access_key_2_last_used_date": ago(1)}, FRESH),
        (
            PASSWORD | OLD_KEY,
            Fails("not used: the password since 2025-10-19, access key 2 since 2026-05-07"),
        ),
    ],
)
def test_unused_credentials_are_disabled(changes: dict[str, Any], verdict: Verdict) -> None:
    assert credentials.unused_credentials_are_disabled(row(**changes), NOW) == verdict


STRONG = {
    "minimum_password_length": 14,
    "password_reuse_prevention": 24,
    "require_numbers": True,
    "require_uppercase_characters": True,
    "require_lowercase_characters": True,
}


@pytest.mark.parametrize(
    ("policy", "settings", "verdict"),
    [
        (PasswordPolicy(**STRONG), {}, Holds("at least 14 characters of 3 kinds")),
        (PasswordPolicy(**STRONG | {"minimum_password_length": 13}), {}, Fails("13 characters are enough")),
        (PasswordPolicy(**STRONG | {"require_numbers": False}), {}, Fails("2 kinds of characters are demanded")),
        (PasswordPolicy(**STRONG), {"days": 90}, Fails("passwords last unlimited days")),
        (PasswordPolicy(**STRONG, max_password_age=90), {"days": 90}, Holds("at least 14 characters of 3 kinds")),
        (
            PasswordPolicy(),
            {},
            Fails(
                "0 characters are enough; 0 kinds of characters are demanded; the last 0 passwords may not come back"
            ),
        ),
        (None, {}, Fails("the account has no password policy of its own; AWS's default asks for 8 characters")),
    ],
)
def test_password_policy_is_strong(policy: PasswordPolicy | None, settings: dict[str, int], verdict: Verdict) -> None:
    assert credentials.password_policy_is_strong(policy, [row(**PASSWORD)], **settings) == verdict


def test_without_passwords_no_password_policy_is_needed() -> None:
    assert credentials.password_policy_is_strong(None, [row()]) == NotApplicable("no IAM user has a password")


def test_the_password_policy_is_read(aws: Emulator) -> None:
    make_users(aws)
    account = f"account:{ACCOUNT}"
    assert aws.verdicts("iam.password_policy_is_strong") == {account: "fails"}
    aws.client("iam").update_account_password_policy(
        MinimumPasswordLength=16,
        PasswordReusePrevention=24,
        RequireNumbers=True,
        RequireSymbols=True,
        RequireLowercaseCharacters=True,
        RequireUppercaseCharacters=True,
    )
    assert aws.judge("iam.password_policy_is_strong") == {account: ("holds", "at least 16 characters of 4 kinds")}


SSO = role(path="/aws-reserved/sso.amazonaws.com/eu-west-1/", role_name="AWSReservedSSO_Admin_1")
SAML = read(SamlProvider, arn=f"{IAM}saml-provider/okta")
BY_SAML = role(assume_role_policy_document=trusting({"Federated": SAML.arn}, action="sts:AssumeRoleWithSAML"))


@pytest.mark.parametrize(
    ("users", "saml", "roles", "verdict"),
    [
        (
            [row(**PASSWORD)],
            [],
            [role()],
            Fails("neither Identity Center nor SAML is set up here, and these users have passwords: ada"),
        ),
        ([row(**PASSWORD)], [], [SSO], Holds("federated through IAM Identity Center; beside it have passwords: ada")),
        ([row()], [SAML], [BY_SAML], Holds(f"federated through {IAM}saml-provider/okta")),
        # A provider that no role trusts lets nobody in.
        (
            [row(**PASSWORD)],
            [SAML],
            [role()],
            Fails("neither Identity Center nor SAML is set up here, and these users have passwords: ada"),
        ),
        ([row()], [], [], NotApplicable("no IAM user has a password, and no federation for people is in use here")),
    ],
)
def test_console_access_is_federated(users: Any, saml: Any, roles: Any, verdict: Verdict) -> None:
    assert credentials.console_access_is_federated(users, saml, roles) == verdict


def test_federation_is_read(aws: Emulator) -> None:
    make_users(aws)
    account = f"account:{ACCOUNT}"
    client = aws.client("iam")
    assert aws.verdicts("iam.console_access_is_federated") == {account: "fails"}
    client.create_saml_provider(Name="okta", SAMLMetadataDocument="<x/>" * 500)
    client.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com", ThumbprintList=["a" * 40])
    make_role(aws, "sso", Path="/aws-reserved/sso.amazonaws.com/")
    assert aws.verdicts("iam.console_access_is_federated") == {account: "holds"}
    assert aws.judge("iam.federation_providers") == {
        account: (
            "told",
            "identity providers: OIDC token.actions.githubusercontent.com, SAML okta; roles of IAM Identity Center: 1",
        )
    }


# What principals may do


def local(policy: Any, attached: int = 1) -> LocalPolicy:
    versions = [
        {"document": EVERYTHING, "is_default_version": False},
        {"document": policy, "is_default_version": True},
    ]
    return read(LocalPolicy, arn=f"{IAM}policy/p", attachment_count=attached, policy_version_list=versions)


NO_ALL = Holds("it does not allow everything on every resource")
NOT_IAM = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (EVERYTHING, Fails("the policy allows every action on every resource")),
        (
            document(statement(Action=["s3:GetObject", "*:*"])),
            Fails("the policy allows every action on every resource"),
        ),
        (
            document(statement(Action="iam:*")),
            Fails("the policy allows iam:* on every resource, with which everything else can be granted"),
        ),
        (
            {"Statement": [{"Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*"}]},
            Fails("the policy allows everything but aws-portal:*, and so all of IAM, on every resource"),
        ),
        ({"Statement": [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}]}, NO_ALL),
        # Leaving out some of IAM leaves the rest, by which everything can be granted.
        (
            {"Statement": [{"Effect": "Allow", "NotAction": ["iam:CreateUser", "iam:Attach*"], "Resource": "*"}]},
            Fails(
                "the policy allows everything but iam:attach*, iam:createuser, and so iam:createaccesskey, on every resource"
            ),
        ),
        (
            document(statement(Action="i*", Resource=f"{IAM}*")),
            Fails("the policy allows iam:* on every resource, with which everything else can be granted"),
        ),
        (document(statement(Action="iam:*", Resource=f"{IAM}role/app/*")), NO_ALL),
        # What the policy takes back itself, for certain and for all.
        (document(statement(), NOT_IAM), NO_ALL),
        (
            document(statement(), {**NOT_IAM, "Action": "iam:CreateUser"}),
            Fails("the policy allows every action on every resource"),
        ),
        (
            document(statement(), {**NOT_IAM, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}),
            Fails("the policy allows every action on every resource"),
        ),
        (document(statement(Effect="Deny")), NO_ALL),
        (document(statement(Resource="arn:aws:s3:::logs/*")), NO_ALL),
        (document(statement(Action="s3:*")), NO_ALL),
        (
            document(statement(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
            Fails("the policy allows every action on every resource"),
        ),
        (document(statement(Condition={"StringEquals": {"aws:ResourceTag/team": "a"}})), NO_ALL),
        (
            document(statement(Condition={"StringEqualsIfExists": {"aws:ResourceTag/team": "a"}})),
            Fails("the policy allows every action on every resource"),
        ),
    ],
)
def test_customer_policies_do_not_allow_everything(policy: Any, verdict: Verdict) -> None:
    assert grants.customer_policies_do_not_allow_everything(local(policy)) == verdict


def test_a_policy_that_nobody_has_is_not_judged() -> None:
    unattached = grants.customer_policies_do_not_allow_everything(local(EVERYTHING, attached=0))
    assert unattached == NotApplicable("the policy is attached to nobody")


def test_customer_policies_are_read(aws: Emulator) -> None:
    client = aws.client("iam")
    make_role(aws, "worker")
    for name, policy in (("all", EVERYTHING), ("some", document(statement(Action="s3:GetObject")))):
        arn = client.create_policy(PolicyName=name, PolicyDocument=json.dumps(policy))["Policy"]["Arn"]
        client.attach_role_policy(RoleName="worker", PolicyArn=arn)
    client.create_policy(PolicyName="spare", PolicyDocument=json.dumps(EVERYTHING))
    assert aws.judge("iam.customer_policies_do_not_allow_everything") == {
        f"{IAM}policy/all": ("fails", "the policy allows every action on every resource"),
        f"{IAM}policy/some": ("holds", NO_ALL.because),
        f"{IAM}policy/spare": ("not applicable", "the policy is attached to nobody"),
    }
    assert aws.judge("iam.workload_roles_are_not_administrators") == {
        f"{IAM}role/worker": ("fails", "all allows every action on every resource")
    }
    assert aws.judge("iam.administrators") == {f"account:{ACCOUNT}": ("told", "administrators: role worker")}


ADMIN = {"policy_name": "AdministratorAccess", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
BOUND = {"permissions_boundary_arn": f"{IAM}policy/boundary"}
NARROW = Policy.model_validate(document(statement(Action="s3:*")))


def has(one: Role, **known: Policy) -> RoleGrants:
    made: RoleGrants = grants.role_grants(one, Documents({f"{IAM}policy/{name}": doc for name, doc in known.items()}))
    return made


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (has(role(attached_managed_policies=[ADMIN])), Fails("AdministratorAccess is attached")),
        (
            has(role(attached_managed_policies=[ADMIN], permissions_boundary=BOUND), boundary=NARROW),
            Holds(f"AdministratorAccess is attached, and the permissions boundary {IAM}policy/boundary limits it"),
        ),
        # A boundary that allows everything, or that the scan did not see, limits nothing that could be shown.
        (
            has(
                role(attached_managed_policies=[ADMIN], permissions_boundary=BOUND),
                boundary=Policy.model_validate(EVERYTHING),
            ),
            Fails("AdministratorAccess is attached"),
        ),
        (
            has(role(attached_managed_policies=[ADMIN], permissions_boundary=BOUND)),
            Fails("AdministratorAccess is attached"),
        ),
        (
            has(
                role(
                    attached_managed_policies=[ADMIN],
                    permissions_boundary={"permissions_boundary_arn": ADMIN["policy_arn"]},
                )
            ),
            Fails("AdministratorAccess is attached"),
        ),
        # Whoever may have all of IAM may have everything, so that this boundary limits nothing either.
        (
            has(
                role(
                    attached_managed_policies=[ADMIN],
                    permissions_boundary={"permissions_boundary_arn": "arn:aws:iam::aws:policy/IAMFullAccess"},
                )
            ),
            Fails("AdministratorAccess is attached"),
        ),
        (has(role()), Holds("no policy makes this role an administrator")),
        (
            has(role(path="/aws-service-role/x/", attached_managed_policies=[ADMIN])),
            NotApplicable("a service-linked role, kept by its service"),
        ),
        (
            has(role(attached_managed_policies=[ADMIN], assume_role_policy_document=trusting({"AWS": f"{IAM}root"}))),
            NotApplicable("neither a service nor a web identity assumes this role"),
        ),
    ],
)
def test_workload_roles_are_not_administrators(one: RoleGrants, verdict: Verdict) -> None:
    assert grants.workload_roles_are_not_administrators(one) == verdict


def test_a_named_administrator_is_not_judged() -> None:
    one = has(role(attached_managed_policies=[ADMIN]))
    named = NotApplicable("the settings name this role as an administrator")
    assert grants.workload_roles_are_not_administrators(one, administrators=("r",)) == named


def test_users_are_administrators_through_groups_too(aws: Emulator) -> None:
    client = aws.client("iam")
    for name in ("ada", "bob", "eve"):
        client.create_user(UserName=name)
    client.create_group(GroupName="admins")
    client.put_group_policy(GroupName="admins", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    client.add_user_to_group(GroupName="admins", UserName="ada")
    client.put_user_policy(
        UserName="eve", PolicyName="own", PolicyDocument=json.dumps(document(statement(Action="iam:PassRole")))
    )
    named = document(statement(Action="iam:PassRole", Resource=f"{IAM}role/app/*"))
    client.create_user(UserName="kim")
    client.put_user_policy(UserName="kim", PolicyName="own", PolicyDocument=json.dumps(named))
    user = f"{IAM}user/"
    assert aws.judge("iam.users_are_not_administrators") == {
        user + "ada": ("fails", "all (group admins) allows every action on every resource"),
        user + "bob": ("holds", "no policy makes this user an administrator"),
        user + "eve": ("holds", "no policy makes this user an administrator"),
        user + "kim": ("holds", "no policy makes this user an administrator"),
    }
    assert aws.judge("iam.users_get_permissions_through_groups") == {
        user + "ada": ("holds", "through admins"),
        user + "bob": ("not applicable", "the user has neither groups nor policies"),
        user + "eve": ("fails", "policies on the user itself: own"),
        user + "kim": ("fails", "policies on the user itself: own"),
    }
    assert aws.judge("iam.users_pass_only_named_roles") == {
        user + "ada": ("fails", "iam:PassRole on any role to any service: all (group admins)"),
        user + "bob": ("not applicable", "no inline or customer-managed policy gives this user permissions"),
        user + "eve": ("fails", "iam:PassRole on any role to any service: own"),
        user + "kim": ("holds", "iam:PassRole is not allowed, or names roles or a service"),
    }
    assert aws.judge("iam.users_by_group") == {
        f"account:{ACCOUNT}": ("told", "users by group: admins 1; users without a group: 3")
    }


def user(**changes: Any) -> User:
    return read(User, **({"arn": f"{IAM}user/ada", "user_name": "ada"} | changes))


def test_users_with_limits_and_names() -> None:
    made: UserGrants = grants.user_grants(
        user(attached_managed_policies=[ADMIN], permissions_boundary=BOUND),
        [],
        Documents({f"{IAM}policy/boundary": NARROW}),
    )
    assert grants.users_are_not_administrators(made) == Holds(
        f"AdministratorAccess is attached, and the permissions boundary {IAM}policy/boundary limits it"
    )
    named = NotApplicable("the settings name this user as an administrator")
    assert grants.users_are_not_administrators(made, administrators=("ada",)) == named


def test_the_console_attaches_a_harmless_policy() -> None:
    change = {"policy_name": "IAMUserChangePassword", "policy_arn": "arn:aws:iam::aws:policy/IAMUserChangePassword"}
    one = user(attached_managed_policies=[change], group_list=["staff"])
    assert grants.users_get_permissions_through_groups(one) == Holds("through staff")


def test_roles_name_their_actions(aws: Emulator) -> None:
    make_role(aws, "wide", policy=document(statement(Action=["s3:*", "sqs:SendMessage"])))
    make_role(aws, "narrow", policy=document(statement(Action="s3:*", Resource="arn:aws:s3:::logs/*")))
    make_role(aws, "all", policy=document(statement(Action="s3:*", Resource="arn:aws:s3:::*")))
    make_role(aws, "reader", policy=document(statement(Action="s3:Get*")))
    make_role(aws, "bare")
    make_role(aws, "linked", policy=EVERYTHING, Path="/aws-service-role/x.amazonaws.com/")
    arn = f"{IAM}role/"
    assert aws.judge("iam.roles_name_their_actions") == {
        arn + "wide": ("fails", "on every resource: own: s3:*"),
        arn + "narrow": ("holds", "no whole service on every resource"),
        arn + "all": ("fails", "on every resource: own: s3:*"),
        arn + "reader": ("holds", "no whole service on every resource"),
        arn + "bare": ("not applicable", "no inline or customer-managed policy gives this role permissions"),
        arn + "aws-service-role/x.amazonaws.com/linked": (
            "not applicable",
            "a service-linked role, kept by its service",
        ),
    }


PASS = "iam:PassRole"
PASSING = Fails("iam:PassRole on any role to any service: own")
NOT_PASSING = Holds("iam:PassRole is not allowed, or names roles or a service")


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (statement(Action=PASS), PASSING),
        (statement(Action="iam:Pass*", Resource="arn:aws:iam::*:role/*"), PASSING),
        (statement(Action=PASS, Resource=f"{IAM}role/*"), PASSING),
        (statement(), PASSING),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, PASSING),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, NOT_PASSING),
        (statement(Action=PASS, Resource=f"{IAM}role/app/*"), NOT_PASSING),
        (statement(Action=PASS, Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}), NOT_PASSING),
        (statement(Action=PASS, Condition={"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}), PASSING),
        (statement(Action=PASS, Condition={"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}), PASSING),
        (statement(Action=PASS, Effect="Deny"), NOT_PASSING),
        (statement(Action="s3:*"), NOT_PASSING),
    ],
)
def test_roles_pass_only_named_roles(policy: Any, verdict: Verdict) -> None:
    own = [{"policy_name": "own", "policy_document": document(policy)}]
    assert grants.roles_pass_only_named_roles(has(role(role_policy_list=own))) == verdict


DECRYPT = "kms:Decrypt"
ANY_KEY = Fails("decrypting with any key: own")
NAMED_KEYS = Holds("no policy lets it decrypt with any key")


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (statement(Action=DECRYPT), ANY_KEY),
        (statement(Action="KMS:*", Resource=f"arn:aws:kms:*:{ACCOUNT}:*"), ANY_KEY),
        (statement(Action="kms:ReEncrypt*", Resource="arn:aws:kms:*:*:key/*"), ANY_KEY),
        # From which service the call comes says nothing about the key.
        (
            statement(Action=DECRYPT, Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
            ANY_KEY,
        ),
        (statement(Action=DECRYPT, Resource=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"), NAMED_KEYS),
        (
            statement(Action=DECRYPT, Condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/a"}}),
            NAMED_KEYS,
        ),
        (statement(Action=DECRYPT, Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}), NAMED_KEYS),
        (statement(Action="kms:Encrypt"), NAMED_KEYS),
        (statement(Action=DECRYPT, Effect="Deny"), NAMED_KEYS),
    ],
)
def test_roles_name_the_keys_they_decrypt_with(policy: Any, verdict: Verdict) -> None:
    own = [{"policy_name": "own", "policy_document": document(policy)}]
    assert grants.roles_name_the_keys_they_decrypt_with(has(role(role_policy_list=own))) == verdict
    without = NotApplicable("no inline or customer-managed policy gives this role permissions")
    assert grants.roles_name_the_keys_they_decrypt_with(has(role())) == without


def test_what_roles_may_do_is_read(aws: Emulator) -> None:
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    by_alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/orders"}}
    wide = document(statement(Action=PASS), statement(Action=DECRYPT))
    narrow = document(
        statement(Action=PASS, Condition=to_ec2),
        statement(Action=DECRYPT, Condition=by_alias),
        statement(Action=DECRYPT, Resource=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"),
    )
    make_role(aws, "wide", policy=wide)
    make_role(aws, "narrow", policy=narrow)
    make_role(aws, "person", trusting({"AWS": f"{IAM}root"}), policy=EVERYTHING)
    make_role(aws, "bare")
    make_role(aws, "linked", policy=EVERYTHING, Path="/aws-service-role/x.amazonaws.com/")
    boundary = aws.client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(narrow))["Policy"][
        "Arn"
    ]
    make_role(aws, "held", policy=EVERYTHING, PermissionsBoundary=boundary)
    make_role(aws, "all", policy=EVERYTHING)
    bare = ("not applicable", "no inline or customer-managed policy gives this role permissions")
    linked = ("not applicable", "a service-linked role, kept by its service")
    names = (
        "roles_pass_only_named_roles",
        "roles_name_the_keys_they_decrypt_with",
        "workload_roles_are_not_administrators",
    )
    arn, linked_arn = f"{IAM}role/", f"{IAM}role/aws-service-role/x.amazonaws.com/linked"
    assert judge_all(aws, "iam", names) == {
        "roles_pass_only_named_roles": {
            **{arn + name: ("fails", PASSING.because) for name in ("wide", "person", "held", "all")},
            arn + "narrow": ("holds", NOT_PASSING.because),
            arn + "bare": bare,
            linked_arn: linked,
        },
        "roles_name_the_keys_they_decrypt_with": {
            **{arn + name: ("fails", ANY_KEY.because) for name in ("wide", "person", "held", "all")},
            arn + "narrow": ("holds", NAMED_KEYS.because),
            arn + "bare": bare,
            linked_arn: linked,
        },
        "workload_roles_are_not_administrators": {
            arn + "wide": ("holds", "no policy makes this role an administrator"),
            arn + "narrow": ("holds", "no policy makes this role an administrator"),
            arn + "bare": ("holds", "no policy makes this role an administrator"),
            arn + "person": ("not applicable", "neither a service nor a web identity assumes this role"),
            arn + "held": (
                "holds",
                f"own allows every action on every resource, and the permissions boundary {boundary} limits it",
            ),
            arn + "all": ("fails", "own allows every action on every resource"),
            linked_arn: linked,
        },
    }


def of_aws(name: str) -> dict[str, str]:
    return {"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"}


def test_policies_of_awss_own_are_read(aws: Emulator) -> None:
    """moto attaches no policy of AWS's own."""
    names = ("somebody_may_open_support_cases", "nobody_has_all_of_cloudshell")
    account = f"account:{ACCOUNT}"

    def told(**listed: list[dict[str, Any]]) -> list[tuple[str, str]]:
        empty: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
        with answering("iam", {"GetAccountAuthorizationDetails": {**empty, **listed, "IsTruncated": False}}):
            rows = judge_all(aws, "iam", names)
        return [rows[name][account] for name in names]

    made = {"Path": "/", "CreateDate": "2024-01-01T00:00:00Z"}
    ops = {**made, "GroupName": "ops", "GroupId": "AGPA1", "Arn": f"{IAM}group/ops", "GroupPolicyList": []}
    ops["AttachedManagedPolicies"] = [of_aws("AWSSupportAccess")]
    ada = {**made, "UserName": "ada", "UserId": "AIDA1", "Arn": f"{IAM}user/ada", "AttachedManagedPolicies": []}
    nobody, unshelled = ("fails", "AWSSupportAccess is attached to nobody"), ("holds", "attached to nobody")
    assert told() == [nobody, unshelled]
    # A group without users gives it to nobody.
    assert told(UserDetailList=[ada | {"GroupList": []}], GroupDetailList=[ops]) == [nobody, unshelled]
    shelled = ada | {"GroupList": ["ops"], "AttachedManagedPolicies": [of_aws("AWSCloudShellFullAccess")]}
    assert told(UserDetailList=[shelled], GroupDetailList=[ops]) == [
        ("holds", "given to group/ops"),
        ("fails", "attached to user/ada"),
    ]


def test_facts_about_permissions(aws: Emulator) -> None:
    client = aws.client("iam")
    arn = client.create_policy(PolicyName="edge", PolicyDocument=json.dumps(document(statement(Action="s3:*"))))
    tags = document(statement(Condition={"StringEquals": {"aws:ResourceTag/a": "${aws:PrincipalTag/a}"}}))
    client.create_policy(PolicyName="tags", PolicyDocument=json.dumps(tags))
    make_role(aws, "bound", PermissionsBoundary=arn["Policy"]["Arn"])
    client.create_user(UserName="ada")
    account = f"account:{ACCOUNT}"
    assert aws.judge("iam.permissions_boundaries") == {
        account: ("told", "1 of 1 users and 1 roles have a permissions boundary")
    }
    assert aws.judge("iam.policies_by_attribute") == {
        account: ("told", "customer-managed policies that decide by tags: tags of 2")
    }


# Whom roles trust

ROOT_OF_OTHER = {"AWS": f"arn:aws:iam::{OTHER}:root"}
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "7f2a"}}


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (trusting("*"), Fails("the trust policy is open: a statement lets everyone do sts:AssumeRole")),
        (
            trusting({"AWS": "*"}, EXTERNAL_ID),
            Fails("the trust policy is open: a statement lets everyone do sts:AssumeRole"),
        ),
        (
            trusting({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
            Holds("the trust policy names its principals or binds them to an organization or account"),
        ),
        (
            trusting({"AWS": OTHER}),
            Holds("the trust policy names its principals or binds them to an organization or account"),
        ),
    ],
)
def test_roles_trust_named_principals(policy: Any, verdict: Verdict) -> None:
    assert trust.roles_trust_named_principals(role(assume_role_policy_document=policy), HERE) == verdict


def test_trust_policies_are_read(aws: Emulator) -> None:
    shown = ("holds", f"{OTHER} come with an external id, from the organization, or are trusted")
    make_role(aws, "partner", trusting(ROOT_OF_OTHER, EXTERNAL_ID))
    assert aws.judge("iam.third_parties_come_with_an_external_id") == {
        f"account:{ACCOUNT}": ("holds", "every account from outside the organization has to show an external id")
    }
    make_role(aws, "open", trusting({"AWS": "*"}))
    make_role(aws, "vendor", trusting({"AWS": f"arn:aws:iam::{OTHER}:root"}))
    make_role(aws, "worker")
    arn = f"{IAM}role/"
    assert aws.verdicts("iam.roles_trust_named_principals") == {
        arn + "partner": "holds",
        arn + "open": "fails",
        arn + "vendor": "holds",
        arn + "worker": "holds",
    }
    assert aws.judge("iam.other_accounts_prove_who_sends_them") == {
        arn + "partner": shown,
        arn + "open": ("fails", "without external id or organization: everyone"),
        arn + "vendor": ("fails", f"without external id or organization: {OTHER}"),
        arn + "worker": ("not applicable", "no other account may assume this role"),
    }
    assert aws.judge("iam.third_parties_come_with_an_external_id") == {
        f"account:{ACCOUNT}": ("fails", f"without an external id: open lets in everyone, vendor lets in {OTHER}")
    }
    assert aws.judge("iam.other_accounts_let_in") == {
        f"account:{ACCOUNT}": ("told", f"other accounts that may assume roles: {OTHER} (2 roles), everyone (1 roles)")
    }


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (
            role(assume_role_policy_document=trusting(ROOT_OF_OTHER, EXTERNAL_ID)),
            Holds(f"{OTHER} come with an external id, from the organization, or are trusted"),
        ),
        (
            role(assume_role_policy_document=trusting(ROOT_OF_OTHER, {"StringLike": {"sts:ExternalId": "*"}})),
            Fails(f"without external id or organization: {OTHER}"),
        ),
        (
            role(
                assume_role_policy_document=trusting(
                    ROOT_OF_OTHER, {"StringEqualsIfExists": {"sts:ExternalId": "7f2a"}}
                )
            ),
            Fails(f"without external id or organization: {OTHER}"),
        ),
        # The name alone says nothing: the account has to be the one that manages the organization.
        (
            role(
                assume_role_policy_document=trusting({"AWS": "arn:aws:iam::888888888888:root"}),
                role_name="OrganizationAccountAccessRole",
            ),
            NotApplicable(
                "a role of this name is made for the organization's management account, and lets in that alone"
            ),
        ),
        (
            role(assume_role_policy_document=trusting(ROOT_OF_OTHER), role_name="OrganizationAccountAccessRole"),
            Fails(f"without external id or organization: {OTHER}"),
        ),
        # What lets nobody take the role needs no external id, and a Deny may demand it.
        (
            role(
                assume_role_policy_document=document(
                    trusting(ROOT_OF_OTHER, EXTERNAL_ID)["Statement"][0],
                    trusting(ROOT_OF_OTHER, action="sts:TagSession")["Statement"][0],
                )
            ),
            Holds(f"{OTHER} come with an external id, from the organization, or are trusted"),
        ),
        (
            role(
                assume_role_policy_document=document(
                    trusting(ROOT_OF_OTHER)["Statement"][0],
                    {
                        **trusting("*", {"StringNotEquals": EXTERNAL_ID["StringEquals"]})["Statement"][0],
                        "Effect": "Deny",
                    },
                )
            ),
            Holds(f"{OTHER} come with an external id, from the organization, or are trusted"),
        ),
        (
            role(assume_role_policy_document=trusting({"AWS": f"{IAM}root"})),
            NotApplicable("no other account may assume this role"),
        ),
        (role(path="/aws-reserved/x/"), NotApplicable("a role that IAM Identity Center keeps")),
    ],
)
def test_other_accounts_prove_who_sends_them(one: Role, verdict: Verdict) -> None:
    ours = Organization(id="o-abcdefghij", feature_set="ALL", master_account_id="888888888888")
    assert trust.other_accounts_prove_who_sends_them(one, ours, HERE) == verdict


def test_a_trusted_account_needs_no_external_id() -> None:
    one = role(assume_role_policy_document=trusting(ROOT_OF_OTHER))
    held = Holds(f"{OTHER} come with an external id, from the organization, or are trusted")
    assert trust.other_accounts_prove_who_sends_them(one, None, HERE, trusted_accounts=(OTHER,)) == held


MEMBER = Account(id=OTHER, arn="arn:aws:organizations::1:account/o/2", name="shared")


@pytest.mark.parametrize(
    ("condition", "members", "verdict"),
    [
        (None, [], Fails(f"without an external id: r lets in {OTHER}")),
        (None, [MEMBER], NotApplicable("no role lets in an account from outside the organization")),
        (EXTERNAL_ID, [], Holds("every account from outside the organization has to show an external id")),
        # Another's organization is no external id.
        ({"StringEquals": {"aws:PrincipalOrgID": "o-theirs"}}, [], Fails(f"without an external id: r lets in {OTHER}")),
    ],
)
def test_third_parties_come_with_an_external_id(condition: Any, members: list[Account], verdict: Verdict) -> None:
    one = role(assume_role_policy_document=trusting(ROOT_OF_OTHER, condition))
    assert trust.third_parties_come_with_an_external_id([one], members, HERE) == verdict


@pytest.mark.parametrize(
    ("organization", "verdict"),
    [
        ("o", NotApplicable("no role lets in an account from outside the organization")),
        ("${aws:ResourceOrgID}", NotApplicable("no role lets in an account from outside the organization")),
        ("o-theirs", Fails("without an external id: r lets in the organization o-theirs")),
    ],
)
def test_an_organization_of_others_is_a_third_party(organization: str, verdict: Verdict) -> None:
    one = role(assume_role_policy_document=trusting("*", {"StringEquals": {"aws:PrincipalOrgID": organization}}))
    assert trust.third_parties_come_with_an_external_id([one], [MEMBER], HERE) == verdict


GITHUB = "token.actions.githubusercontent.com"


def web(condition: Any, provider: str = GITHUB) -> Role:
    name = f"{IAM}oidc-provider/{provider}" if "cognito" not in provider else provider
    policy = trusting({"Federated": name}, condition, "sts:AssumeRoleWithWebIdentity")
    return role(assume_role_policy_document=policy)


def sub(value: str, operator: str = "StringLike", provider: str = GITHUB) -> dict[str, Any]:
    condition: dict[str, Any] = {"StringEquals": {f"{provider}:aud": "sts.amazonaws.com"}}
    condition.setdefault(operator, {})[f"{provider}:sub"] = value
    return condition


PINNED = Holds(f"the subject is fixed for {IAM}oidc-provider/{GITHUB}")
UNPINNED = Fails(f"any identity of {GITHUB} may assume the role")
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
POOL = "cognito-identity.amazonaws.com"


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (web(sub("repo:org/app:ref:refs/heads/main", "StringEquals")), PINNED),
        (web(sub("repo:org/*")), PINNED),
        (web(sub("repo:*")), UNPINNED),
        (web(sub("repo:org*")), UNPINNED),
        (web(sub("organization:acme*")), UNPINNED),
        (web(sub("organization:acme:project:*")), PINNED),
        (web(sub("*")), UNPINNED),
        (web(sub("repo:org/app:*", "StringLikeIfExists")), UNPINNED),
        (web(sub("repo:org/app:*", "ForAllValues:StringLike")), UNPINNED),
        (web({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}), UNPINNED),
        (web(None), UNPINNED),
        (web(sub("system:serviceaccount:*", provider=EKS), EKS), Fails(f"any identity of {EKS} may assume the role")),
        (
            web(sub("system:serviceaccount:app:*", provider=EKS), EKS),
            Holds(f"the subject is fixed for {IAM}oidc-provider/{EKS}"),
        ),
        (web({"StringEquals": {f"{POOL}:aud": "eu-west-1:pool"}}, POOL), Holds(f"the subject is fixed for {POOL}")),
        (
            web({"ForAnyValue:StringLike": {f"{POOL}:amr": "authenticated"}}, POOL),
            Fails(f"any identity of {POOL} may assume the role"),
        ),
        (
            role(assume_role_policy_document=trusting({"Federated": SAML.arn}, action="sts:AssumeRoleWithSAML")),
            NotApplicable("no web identity assumes this role"),
        ),
        (role(), NotApplicable("no web identity assumes this role")),
    ],
)
def test_web_identities_are_pinned(one: Role, verdict: Verdict) -> None:
    assert trust.web_identities_are_pinned(one) == verdict


def test_web_identities_are_read(aws: Emulator) -> None:
    federated = {"Federated": f"{IAM}oidc-provider/{GITHUB}"}
    action = "sts:AssumeRoleWithWebIdentity"
    make_role(aws, "loose", trusting(federated, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, action))
    make_role(aws, "deploy", trusting(federated, sub("repo:org/app:*"), action))
    make_role(aws, "worker")
    assert aws.judge("iam.web_identities_are_pinned") == {
        f"{IAM}role/loose": ("fails", UNPINNED.because),
        f"{IAM}role/deploy": ("holds", PINNED.because),
        f"{IAM}role/worker": ("not applicable", "no web identity assumes this role"),
    }
    assert aws.judge("iam.pipelines_from_outside") == {
        f"account:{ACCOUNT}": ("told", f"roles by web identity provider: {GITHUB} 2")
    }


def test_services_act_only_for_this_account(aws: Emulator) -> None:
    states = {"Service": "states.amazonaws.com"}
    make_role(aws, "flow", trusting(states))
    make_role(aws, "bound", trusting(states, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}))
    make_role(aws, "wild", trusting(states, {"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}}))
    make_role(aws, "worker")
    assert aws.judge("iam.services_act_only_for_this_account") == {
        f"{IAM}role/flow": ("fails", "without aws:SourceAccount or aws:SourceArn: states.amazonaws.com"),
        f"{IAM}role/bound": ("holds", "bound to a source: states.amazonaws.com"),
        f"{IAM}role/wild": ("fails", "without aws:SourceAccount or aws:SourceArn: states.amazonaws.com"),
        f"{IAM}role/worker": ("not applicable", "no service is trusted whose guide asks for such a condition"),
    }


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (role(role_last_used={"last_used_date": ago(3)}), Holds("last used on 2026-11-20")),
        (role(role_last_used={"last_used_date": ago(100)}), Fails("last used on 2026-08-15")),
        (role(), Fails("no use on record, which goes back 400 days")),
        (role(create_date=ago(10)), NotApplicable("made on 2026-11-13, too young to tell")),
        (role(role_name="BreakGlassAdmin"), NotApplicable("by its name the role is kept for emergencies")),
        (role(path="/aws-service-role/x/"), NotApplicable("a service-linked role, kept by its service")),
    ],
)
def test_roles_are_in_use(one: Role, verdict: Verdict) -> None:
    assert trust.roles_are_in_use(one, NOW) == verdict


def test_the_use_of_roles_is_read(aws: Emulator) -> None:
    make_role(aws, "worker")
    make_role(aws, "BreakGlass", trusting({"AWS": f"{IAM}root"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    make_role(aws, "app")
    app = aws.client("sts").assume_role(RoleArn=f"{IAM}role/app", RoleSessionName="session")
    used(aws, app["Credentials"])
    now = datetime.now(UTC)
    later = now + timedelta(days=100)
    assert aws.judge("iam.roles_are_in_use") == {
        f"{IAM}role/worker": ("not applicable", f"made on {now:%Y-%m-%d}, too young to tell"),
        f"{IAM}role/BreakGlass": ("not applicable", "by its name the role is kept for emergencies"),
        f"{IAM}role/app": ("holds", f"last used on {now:%Y-%m-%d}"),
    }
    assert aws.judge("iam.roles_are_in_use", at=later) == {
        f"{IAM}role/worker": ("fails", "no use on record, which goes back 400 days"),
        f"{IAM}role/app": ("fails", f"last used on {now:%Y-%m-%d}"),
        f"{IAM}role/BreakGlass": ("not applicable", "by its name the role is kept for emergencies"),
    }
    account = f"account:{ACCOUNT}"
    assert aws.judge("iam.break_glass_access") == {
        account: ("told", "roles for emergencies, by name: BreakGlass (with MFA condition, never used)")
    }
    assert aws.judge("iam.incident_roles") == {account: ("told", "roles for incident response, by name: none")}


# Certificates and providers


@pytest.mark.parametrize(
    ("until", "days", "verdict"),
    [
        (ago(1), 0, Fails("expired on 2026-11-22")),
        (ago(-20), 30, Fails("expires on 2026-12-13")),
        (ago(-20), 0, Holds("valid until 2026-12-13")),
    ],
)
def test_server_certificates_are_valid(until: str, days: int, verdict: Verdict) -> None:
    one = read(ServerCertificate, arn=f"{IAM}server-certificate/c", expiration=until)
    assert providers.server_certificates_are_valid(one, NOW, days=days) == verdict


@pytest.mark.parametrize(
    ("until", "verdict"),
    [
        (None, Holds("the metadata has no end")),
        (ago(1), Fails("the metadata ends on 2026-11-22")),
        (ago(-400), Holds("the metadata is valid until 2027-12-28")),
    ],
)
def test_saml_providers_are_valid(until: str | None, verdict: Verdict) -> None:
    assert providers.saml_providers_are_valid(read(SamlProvider, arn="a", valid_until=until), NOW) == verdict


def test_certificates_and_providers_are_read(aws: Emulator) -> None:
    assert aws.judge("iam.server_certificates_are_valid") == {
        f"account:{ACCOUNT}": ("not applicable", "there is none: iam:ListServerCertificates listed nothing")
    }
    aws.client("iam").create_saml_provider(Name="okta", SAMLMetadataDocument="<x/>" * 500)
    assert list(aws.verdicts("iam.saml_providers_are_valid").values()) == ["holds"]
    later = datetime.now(UTC) + timedelta(days=36_600)
    assert list(aws.verdicts("iam.saml_providers_are_valid", at=later).values()) == ["fails"]
    aws.client("iam").upload_server_certificate(ServerCertificateName="c", CertificateBody="x", PrivateKey="y")
    until = aws.client("iam").list_server_certificates()["ServerCertificateMetadataList"][0]["Expiration"]
    assert aws.judge("iam.server_certificates_are_valid", at=until - timedelta(days=1)) == {
        f"{IAM}server-certificate/c": ("holds", f"valid until {until:%Y-%m-%d}")
    }
    assert aws.judge("iam.server_certificates_are_valid", at=until) == {
        f"{IAM}server-certificate/c": ("fails", f"expired on {until:%Y-%m-%d}")
    }


def test_one_call_brings_all_identities(aws: Emulator) -> None:
    make_role(aws, "worker")
    snapshot = aws.snapshot(discover().only(["iam.administrators", "iam.users_by_group"]))
    assert [reading.call.api for reading in snapshot] == ["iam:GetAccountAuthorizationDetails"]


def test_a_user_may_be_called_true(aws: Emulator) -> None:
    aws.client("iam").create_user(UserName="true")
    assert aws.judge("iam.users_have_no_password") == {f"{IAM}user/true": ("holds", "the user has no password")}

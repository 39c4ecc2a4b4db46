"""Who can decrypt, through real clients: what is read, what follows, and what becomes of a refusal."""

import json
from typing import Any

import pytest

from checks.access.account import library
from checks.access.evidence import LocalPolicy
from checks.access.keys import Duties, Outsiders, administrators_do_not_decrypt, nobody_outside_decrypts
from checks.access.organization import ServiceControl, limits_of
from checks.organizations import AccountPath, Organization, PolicyType, Root
from scanner import Fails, Holds, NotApplicable, Policy, Verdict
from scanner.access.inventory import Account, Bucket, Database, Document, Key, Level, NotSeen, Secret
from scanner.access.who import Who, who_can
from scanner.evidence.snapshot import Snapshot
from scanner.judge.derive import Deriver
from scanner.judge.discover import discover
from tests.access import entry, key_of
from tests.emulator import ACCOUNT, Emulator

LIBRARY = discover().only(["access.who_can_decrypt", "access.nobody_outside_decrypts"])
ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
PARTNER = "210987654321"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


DELEGATED = allow("kms:*", Sid="account", Principal={"AWS": ROOT})
EC2 = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})


def role(aws: Emulator, name: str, *statements: dict[str, Any]) -> str:
    iam = aws.client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=EC2)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
    return arn


def key(aws: Emulator, *statements: dict[str, Any], **tags: str) -> str:
    listed = [{"TagKey": name, "TagValue": value} for name, value in tags.items()]
    made: str = aws.client("kms").create_key(KeyUsage="ENCRYPT_DECRYPT", Policy=policy(*statements), Tags=listed)[
        "KeyMetadata"
    ]["KeyId"]
    return made


def decrypting(snapshot: Snapshot, key_id: str) -> Who:
    """The answer to "who can decrypt" with one key."""
    deriver = Deriver(LIBRARY, snapshot)
    accounts = {one.value.id: one.value for one in deriver.values(Account) if one.value}
    found = next(one.value for one in deriver.values(Key) if one.subject == ARN + key_id)
    assert found is not None
    return who_can("kms:Decrypt", found.resource, accounts)


def told(who: Who) -> dict[str, tuple[str, ...]]:
    """By label: the outcome, the road, and conditions or doubts."""
    return {one.party.label: (one.outcome.value, one.route, *one.conditions, *one.doubts) for one in who.entries}


def test_named_delegated_and_granted(aws: Emulator) -> None:
    named = role(aws, "named")
    role(aws, "by-identity", allow("kms:Decrypt"))
    granted = role(aws, "granted")
    role(aws, "nobody", allow("s3:*"))
    own = key(aws, DELEGATED, allow("kms:Decrypt", Sid="users", Principal={"AWS": named}))
    kms = aws.client("kms")
    kms.create_grant(KeyId=own, GranteePrincipal=granted, Operations=["Decrypt"])

    assert told(decrypting(aws.snapshot(LIBRARY), own)) == {
        "role/by-identity": ("allow", "account"),
        "role/granted": ("allow", "grant"),
        "role/named": ("allow", "named"),
        "root user": ("allow", "named"),
    }


def test_without_delegation_identity_policies_do_not_count(aws: Emulator) -> None:
    named = role(aws, "named")
    role(aws, "by-identity", allow("kms:*"))
    own = key(aws, allow("kms:*", Principal={"AWS": named}))
    assert told(decrypting(aws.snapshot(LIBRARY), own)) == {"role/named": ("allow", "named")}


def test_groups_boundaries_and_managed_policies_count(aws: Emulator) -> None:
    iam = aws.client("iam")
    wide = iam.create_policy(PolicyName="wide", PolicyDocument=policy(allow("*")))["Policy"]["Arn"]
    narrow = iam.create_policy(PolicyName="narrow", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    iam.create_group(GroupName="admins")
    iam.attach_group_policy(GroupName="admins", PolicyArn=wide)
    iam.create_user(UserName="ada")
    iam.add_user_to_group(GroupName="admins", UserName="ada")
    iam.create_role(RoleName="bound", AssumeRolePolicyDocument=EC2, PermissionsBoundary=narrow)
    iam.attach_role_policy(RoleName="bound", PolicyArn=wide)
    own = key(aws, DELEGATED)
    who = decrypting(aws.snapshot(LIBRARY), own)
    assert told(who) == {"root user": ("allow", "named"), "user/ada": ("allow", "account")}
    assert next(one.through for one in who.entries if one.party.label == "user/ada") == (
        "key policy, statement account",
        "managed policy wide (group admins), statement #1",
    )


def test_tags_close_conditions(aws: Emulator) -> None:
    tagged = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    for name, team in (("blue", "blue"), ("red", "red")):
        role(aws, name, allow("kms:Decrypt", Condition=tagged))
        aws.client("iam").tag_role(RoleName=name, Tags=[{"Key": "team", "Value": team}])
    own = key(aws, DELEGATED, team="blue")
    assert told(decrypting(aws.snapshot(LIBRARY), own)) == {
        "role/blue": ("allow", "account"),
        "root user": ("allow", "named"),
    }


def test_what_stays_open_stands_verbatim(aws: Emulator) -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    role(aws, "careful", allow("kms:Decrypt", Condition=mfa))
    own = key(aws, DELEGATED)
    assert told(decrypting(aws.snapshot(LIBRARY), own)) == {
        "role/careful": ("conditional", "account", "Bool aws:MultiFactorAuthPresent = true"),
        "root user": ("allow", "named"),
    }


def test_refused_grants_and_organization_stay_as_doubts(aws: Emulator) -> None:
    role(aws, "by-identity", allow("kms:Decrypt"))
    role(aws, "nobody")
    own = key(aws, DELEGATED)
    refused = frozenset({"kms:ListGrants", "organizations:DescribeOrganization", "organizations:ListPolicies"})
    with aws.refusing(refused):
        who = decrypting(aws.snapshot(LIBRARY), own)
    scp = "organizations:ListPolicies was refused in organization: AccessDeniedException"
    grants = "kms:ListGrants was refused in us-east-1: AccessDeniedException"
    assert told(who) == {
        "role/by-identity": ("conditional", "account", scp),
        "role/nobody": ("conditional", "not known", scp, grants),
        "root user": ("conditional", "named", scp),
    }


def test_refused_identities_hide_people_and_say_so(aws: Emulator) -> None:
    named = role(aws, "named")
    own = key(aws, DELEGATED, allow("kms:Decrypt", Principal={"AWS": named}))
    with aws.refusing(frozenset({"iam:GetAccountAuthorizationDetails"})):
        who = decrypting(aws.snapshot(LIBRARY), own)
    refused = "iam:GetAccountAuthorizationDetails was refused in global: AccessDenied"
    assert who.missing == (refused,)
    assert told(who)["root user"] == ("allow", "named")
    assert told(who)[named][:2] == ("conditional", "named")


ROOT_OF_ALL = Root(id="r-1", arn="a", policy_types=(PolicyType(type="SERVICE_CONTROL_POLICY", status="ENABLED"),))
ORGANIZATION = Organization(id="o-1", feature_set="ALL", master_account_id="999999999999")
PATHS = [AccountPath(id=ACCOUNT, arn="a", paths=(f"o-1/r-1/ou-1/{ACCOUNT}/",))]
OPEN = Document("FullAWSAccess", Policy.model_validate(policy(allow("*"))))
GUARD = Document("guard", Policy.model_validate(policy({"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"})))
EVERYWHERE = ServiceControl(OPEN, frozenset({"r-1", "ou-1", ACCOUNT}))
REFUSED = NotSeen("refused")


@pytest.mark.parametrize(
    ("organization", "paths", "controls", "levels"),
    [
        (None, PATHS, [], ()),
        (
            ORGANIZATION,
            PATHS,
            [EVERYWHERE, ServiceControl(GUARD, frozenset({"ou-1"}))],
            (Level("r-1", (OPEN,)), Level("ou-1", (OPEN, GUARD)), Level(ACCOUNT, (OPEN,))),
        ),
        (ORGANIZATION, PATHS, REFUSED, REFUSED),
        (ORGANIZATION, REFUSED, [EVERYWHERE], REFUSED),
        (
            ORGANIZATION,
            PATHS,
            [EVERYWHERE, ServiceControl(GUARD, REFUSED)],
            (Level("r-1", (OPEN, REFUSED)), Level("ou-1", (OPEN, REFUSED)), Level(ACCOUNT, (OPEN, REFUSED))),
        ),
    ],
)
def test_what_the_organization_lays_on_an_account(organization: Any, paths: Any, controls: Any, levels: Any) -> None:
    found = limits_of(ACCOUNT, organization, paths, [ROOT_OF_ALL], controls, [])
    assert (found.service_control, found.resource_control) == (levels, REFUSED if paths is REFUSED else ())


def test_policies_of_the_organization_where_the_scan_may_read_them(aws: Emulator) -> None:
    """The emulated AWS does not say where an account stands, so that its levels stay a doubt, and the policies do not."""
    organizations = aws.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    guard = organizations.create_policy(
        Content=policy({"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}),
        Description="d", Name="guard", Type="SERVICE_CONTROL_POLICY",
    )["Policy"]["PolicySummary"]["Id"]  # fmt: skip
    organizations.attach_policy(PolicyId=guard, TargetId=root)

    controls = [one.value for one in Deriver(LIBRARY, aws.snapshot(LIBRARY)).values(ServiceControl)]
    assert {one.document.name: one.places for one in controls if one and isinstance(one.document, Document)} == {
        "FullAWSAccess": {root, ACCOUNT},
        "guard": {root},
    }


def test_a_managed_policy_that_was_not_read_is_a_doubt() -> None:
    aws = "arn:aws:iam::aws:policy/AdministratorAccess"
    own = f"arn:aws:iam::{ACCOUNT}:policy/own"
    read = library(
        [
            LocalPolicy.model_validate(
                {"arn": own, "policy_version_list": ({"document": {}, "is_default_version": True},)}
            )
        ],
        NotSeen("iam:ListPolicies was refused"),
    )
    assert read.find(aws) == NotSeen("the policy AdministratorAccess was not read: iam:ListPolicies was refused")
    assert read.find(own) == NotSeen("managed policy own is malformed: the policy has no Statement")
    assert read.find(f"{own}-2") == NotSeen("the policy own-2 was not read: it was not among the policies listed")


def test_the_facts_and_checks_of_a_key(aws: Emulator) -> None:
    role(aws, "by-identity", allow("kms:Decrypt"))
    shared = key(aws, DELEGATED, allow("kms:Decrypt", Sid="partner", Principal={"AWS": PARTNER}))
    own = key(aws, DELEGATED)
    ours = aws.client("organizations").create_organization(FeatureSet="ALL")["Organization"]["Id"]
    member, theirs = (
        key(
            aws,
            DELEGATED,
            allow("kms:Decrypt", Sid="all", Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": one}}),
        )
        for one in (ours, "o-strangers12")
    )
    aws.client("kms").create_alias(AliasName="alias/own", TargetKeyId=own)
    told = aws.judge("access.who_can_decrypt")
    assert told[ARN + own] == ("told", "alias/own: can decrypt: role/by-identity, root user")
    assert told[ARN + shared] == (
        "told",
        f"{shared}: can decrypt: role/by-identity, root user; let in, as far as this account decides: account {PARTNER}",
    )
    assert aws.judge("access.nobody_outside_decrypts") == {
        ARN + own: ("holds", "neither the key policy nor a grant lets anybody from outside decrypt"),
        ARN + shared: ("fails", f"let in: account {PARTNER} by key policy, statement partner"),
        ARN + member: ("holds", "from outside the account, members of its own organization alone are let in"),
        ARN + theirs: (
            "fails",
            "let in under conditions: "
            f"account {PARTNER} by key policy, statement all if StringEquals aws:PrincipalOrgID = o-strangers12, "
            "everyone by key policy, statement all if StringEquals aws:PrincipalOrgID = o-strangers12",
        ),
    }
    trusting = {"access.nobody_outside_decrypts": {"trusted_accounts": (PARTNER,)}}
    assert aws.verdicts("access.nobody_outside_decrypts", settings=trusting)[ARN + shared] == "holds"


def test_users_and_administrators_of_a_key(aws: Emulator) -> None:
    role(aws, "user", allow("kms:Decrypt"))
    role(aws, "keeper", allow(["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"]))
    own = key(aws, DELEGATED)
    apart = "those who decrypt and those who administer are different principals"
    assert aws.judge("access.administrators_do_not_decrypt") == {ARN + own: ("holds", apart)}
    role(aws, "both", allow("kms:*"))
    assert aws.judge("access.administrators_do_not_decrypt") == {
        ARN + own: ("fails", "decrypt and administer: role/both")
    }


def test_secrets_buckets_and_databases_are_seen(aws: Emulator) -> None:
    secret = aws.client("secretsmanager").create_secret(Name="pin", SecretString="x")["ARN"]
    aws.client("s3").create_bucket(Bucket="bucket")
    made = aws.client("rds").create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20,
        MasterUsername="m", MasterUserPassword="not-a-secret", EnableIAMDatabaseAuthentication=True,
    )["DBInstance"]["DBInstanceArn"]  # fmt: skip
    deriver = Deriver(discover(), aws.snapshot(discover()))
    seen = [
        (type(one.value).__name__, one.value.resource.arn, one.value.resource.key)
        for kind in (Secret, Bucket, Database)
        for one in deriver.values(kind)
        if one.value is not None
    ]
    assert seen == [
        ("Secret", secret, "alias/aws/secretsmanager"),
        ("Bucket", "arn:aws:s3:::bucket", ""),
        ("Database", made, ""),
    ]


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (Outsiders(key_of(), ()), Holds("neither the key policy nor a grant lets anybody from outside decrypt")),
        (Outsiders(key_of(manager="AWS"), ()), NotApplicable("AWS manages this key")),
        (
            Outsiders(key_of(state="PendingDeletion"), ()),
            NotApplicable("the key is pending deletion and cannot be used"),
        ),
        (
            Outsiders(key_of(), (entry("everyone", conditions=("StringEquals aws:PrincipalOrgID = o-1",)),)),
            Fails("let in under conditions: everyone if StringEquals aws:PrincipalOrgID = o-1"),
        ),
    ],
)
def test_nobody_outside_decrypts(found: Outsiders, verdict: Verdict) -> None:
    assert nobody_outside_decrypts(found) == verdict


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (
            Duties(key_of(), frozenset(), frozenset()),
            NotApplicable("no user or role can decrypt or administer without conditions"),
        ),
        (Duties(key_of(), frozenset({"a"}), frozenset({"a", "b"})), Fails("decrypt and administer: a")),
        (Duties(key_of(manager="AWS"), frozenset({"a"}), frozenset({"a"})), NotApplicable("AWS manages this key")),
    ],
)
def test_administrators_do_not_decrypt(found: Duties, verdict: Verdict) -> None:
    assert administrators_do_not_decrypt(found) == verdict


def test_a_way_to_an_administrator(aws: Emulator) -> None:
    role(aws, "worker", allow("*"))
    account = f"account:{ACCOUNT}"
    name = "access.nobody_can_make_an_administrator_of_themselves"
    none = "neither roles to pass or take on, nor policies to write lead there"
    role(aws, "web", allow("s3:*"))
    assert aws.judge(name) == {account: ("holds", none)}
    role(aws, "deploy", allow(["iam:PassRole", "ec2:RunInstances"]))
    way = "role/deploy: iam:PassRole + ec2:RunInstances → role/worker"
    assert aws.judge(name) == {account: ("fails", way)}
    told = f"ways from those who are no administrators to everything: {way}"
    assert aws.judge("access.shortest_ways_to_everything") == {account: ("told", told)}


def test_ways_are_unknown_where_functions_were_not_seen(aws: Emulator) -> None:
    role(aws, "web", allow("s3:*"))
    name = "access.nobody_can_make_an_administrator_of_themselves"
    with aws.refusing(frozenset({"lambda:ListFunctions"})):
        refused = "lambda:ListFunctions was refused in us-east-1: AccessDeniedException"
        assert aws.judge(name) == {f"account:{ACCOUNT}": ("unknown", refused)}


def test_data_that_is_not_named(aws: Emulator) -> None:
    arns = {
        name: role(aws, name, *statements)
        for name, statements in {
            "any": [allow(["s3:Get*", "secretsmanager:GetSecretValue"])],
            "named": [allow("s3:GetObject", "arn:aws:s3:::mine/*")],
            "everything": [allow("*")],
            "nothing": [],
        }.items()
    }
    named = ("holds", "nothing is readable without being named")
    assert aws.judge("access.roles_name_the_data_they_read") == {
        arns["any"]: ("fails", "may read any secret, objects of any bucket"),
        arns["named"]: named,
        arns["nothing"]: named,
        arns["everything"]: ("not applicable", "an administrator; which roles may be that is judged elsewhere"),
    }


def test_nobody_is_called_let_in_where_resource_control_policies_were_not_read(aws: Emulator) -> None:
    shared = key(aws, DELEGATED, allow("kms:Decrypt", Principal={"AWS": PARTNER}))
    own = key(aws, DELEGATED)
    with aws.refusing(frozenset({"organizations:DescribeOrganization", "organizations:ListPolicies"})):
        told = aws.judge("access.nobody_outside_decrypts")
    refused = "organizations:ListPolicies was refused in organization: AccessDeniedException"
    assert told == {
        ARN + own: ("holds", "neither the key policy nor a grant lets anybody from outside decrypt"),
        ARN + shared: ("unknown", refused),
    }

"""KMS checks, against real clients and as tables."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from checks import kms
from checks.kms import Key, KeyPolicy, KeyRotation
from scanner import Fails, Holds, NotApplicable, Policy, Target, Verdict
from tests.checks.answers import answering
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
ARN = "arn:aws:kms:us-east-1:123456789012:key/"


def key(**changes: object) -> Key:
    fields = {
        "key_id": "k",
        "key_manager": "CUSTOMER",
        "key_spec": "SYMMETRIC_DEFAULT",
        "key_state": "Enabled",
        "origin": "AWS_KMS",
    }
    return Key.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("one", "rotation", "verdict"),
    [
        (key(), KeyRotation(key_rotation_enabled=True, rotation_period_in_days=180), Holds("rotates every 180 days")),
        (key(), KeyRotation(key_rotation_enabled=True), Holds("rotates every 365 days")),
        (key(), KeyRotation(key_rotation_enabled=False), Fails("automatic rotation is off")),
        (key(key_state="Disabled"), KeyRotation(key_rotation_enabled=False), NotApplicable("the key is Disabled")),
    ],
)
def test_keys_rotate(one: Key, rotation: KeyRotation, verdict: Verdict) -> None:
    assert kms.keys_rotate(one, rotation) == verdict


def test_keys_rotate_asks_only_where_a_key_can_rotate(aws: Emulator) -> None:
    client = aws.client("kms")
    rotating = client.create_key()["KeyMetadata"]["KeyId"]
    client.enable_key_rotation(KeyId=rotating)
    still = client.create_key()["KeyMetadata"]["KeyId"]
    signing = client.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    hmac = client.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    imported = client.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]

    assert aws.judge("kms.keys_rotate") == {
        ARN + rotating: ("holds", "rotates every 365 days"),
        ARN + still: ("fails", "automatic rotation is off"),
        ARN + signing: ("not applicable", "key spec is RSA_2048"),
        ARN + hmac: ("not applicable", "key spec is HMAC_256"),
        ARN + imported: ("not applicable", "origin is EXTERNAL"),
    }


def test_an_account_without_keys_has_nothing_to_rotate(aws: Emulator) -> None:
    assert aws.judge("kms.keys_rotate") == {
        "region:us-east-1": ("not applicable", "there is none: kms:ListKeys listed nothing")
    }


def policy(*statements: dict[str, object]) -> KeyPolicy:
    return KeyPolicy(policy=Policy.model_validate({"Version": "2012-10-17", "Statement": list(statements)}))


OWN = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
OPEN = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
CALLER = {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.us-east-1.amazonaws.com"}}
OTHER = {"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "kms:Decrypt", "Resource": "*"}
INSIDE = Holds("only principals of this account, its services and trusted accounts are named")


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (policy(OWN), INSIDE),
        (policy(OWN, OPEN), Fails("the key policy is open: statement 'open' lets everyone do kms:Decrypt")),
        (policy(OWN, {**OPEN, "Condition": CALLER}), INSIDE),
        (
            policy(OWN, {**OPEN, "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}),
            Fails("the key policy is open: statement 'open' lets everyone do kms:Decrypt"),
        ),
        (policy(OWN, OTHER), Fails("another account is let in: a statement lets 210987654321 do kms:Decrypt")),
    ],
)
def test_key_policies_name_their_users(document: KeyPolicy, verdict: Verdict) -> None:
    assert kms.key_policies_name_their_users(key(), document, HERE) == verdict


def test_a_trusted_account_may_be_named() -> None:
    found = kms.key_policies_name_their_users(key(), policy(OWN, OTHER), HERE, trusted_accounts=("210987654321",))
    assert found == INSIDE


def test_key_policies_are_read_as_aws_hands_them_out(aws: Emulator) -> None:
    client = aws.client("kms")
    closed = client.create_key()["KeyMetadata"]["KeyId"]
    open_ = client.create_key()["KeyMetadata"]["KeyId"]
    document = {"Version": "2012-10-17", "Statement": [OWN, OPEN]}
    client.put_key_policy(KeyId=open_, PolicyName="default", Policy=json.dumps(document))

    assert aws.judge("kms.key_policies_name_their_users") == {
        ARN + closed: ("holds", INSIDE.because),
        ARN + open_: ("fails", "the key policy is open: statement 'open' lets everyone do kms:Decrypt"),
    }


def test_no_key_awaits_deletion(aws: Emulator) -> None:
    client = aws.client("kms")
    kept = client.create_key()["KeyMetadata"]["KeyId"]
    doomed = client.create_key()["KeyMetadata"]["KeyId"]
    client.schedule_key_deletion(KeyId=doomed, PendingWindowInDays=7)
    day = client.describe_key(KeyId=doomed)["KeyMetadata"]["DeletionDate"].astimezone(UTC)

    assert aws.judge("kms.no_key_awaits_deletion") == {
        ARN + kept: ("holds", "the key is Enabled"),
        ARN + doomed: ("fails", f"the key will be deleted on {day:%Y-%m-%d}"),
    }


def test_keys_that_aws_manages_are_not_judged_for_deletion() -> None:
    doomed = key(key_manager="AWS", key_state="PendingDeletion", deletion_date=datetime(2030, 1, 1, tzinfo=UTC))
    assert kms.no_key_awaits_deletion(doomed) == NotApplicable("AWS manages this key")


def test_keys_by_origin(aws: Emulator) -> None:
    client = aws.client("kms")
    client.create_key()
    client.create_key(Origin="EXTERNAL")
    told = "2 customer-managed keys by origin of their material: 1 AWS_KMS, 1 EXTERNAL"
    assert aws.judge("kms.keys_by_origin") == {"region:us-east-1": ("told", told)}


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_imported_material_stays_valid(aws: Emulator) -> None:
    """moto imports no material, and so knows no end of it."""
    client = aws.client("kms")
    made = [client.create_key(Origin="EXTERNAL")["KeyMetadata"] for _ in range(5)]
    own = client.create_key()["KeyMetadata"]["KeyId"]
    lasting, late, soon, empty, doomed = (one["KeyId"] for one in made)
    members: dict[str, dict[str, Any]] = {
        lasting: {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"},
        late: {"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": "2027-06-01T00:00:00Z"},
        soon: {"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": "2026-12-01T00:00:00Z"},
        empty: {"KeyState": "PendingImport", "Enabled": False},
        doomed: {"KeyState": "PendingDeletion", "Enabled": False, "DeletionDate": "2026-12-01T00:00:00Z"},
    }
    with ExitStack() as told:
        for one in made:
            shown = {**one, "CreationDate": "2026-01-01T00:00:00Z", "KeyState": "Enabled", "Enabled": True}
            answer = {"KeyMetadata": {**shown, **members[one["KeyId"]]}}
            told.enter_context(answering("kms", {"DescribeKey": answer}, {"KeyId": one["KeyId"]}))
        found = aws.judge("kms.imported_material_stays_valid", at=NOW)
    assert found == {
        ARN + own: ("not applicable", "the key's material was not imported"),
        ARN + lasting: ("holds", "the material does not expire"),
        ARN + late: ("holds", "the material expires on 2027-06-01"),
        ARN + soon: ("fails", "the material expires on 2026-12-01"),
        ARN + empty: ("fails", "the key has no material"),
        ARN + doomed: ("not applicable", "the key is pending deletion"),
    }


def test_names_and_regions_of_keys(aws: Emulator) -> None:
    facts = ("kms.keys_by_name", "kms.keys_of_several_regions")
    assert [aws.judge(fact) for fact in facts] == [{}, {}]
    client = aws.client("kms")
    first = client.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    client.create_key()
    client.create_alias(AliasName="alias/production", TargetKeyId=first)
    assert [aws.judge(fact)["region:us-east-1"][1] for fact in facts] == [
        "2 customer-managed keys; aliases: production",
        "1 of 2 customer-managed keys are multi-Region keys",
    ]

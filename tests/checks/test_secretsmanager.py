"""Secrets Manager checks, against real clients and as tables."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from checks import secretsmanager
from checks.secretsmanager import Secret, SecretPolicy
from scanner import Fails, Holds, NotApplicable, Policy, Target, Verdict
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTHER = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
    "Action": "secretsmanager:GetSecretValue",
    "Resource": "*",
}
OPEN = {**OTHER, "Principal": "*"}


def make(aws: Emulator, name: str) -> str:
    return str(aws.client("secretsmanager").create_secret(Name=name, SecretString="not a secret")["ARN"])


def test_secrets(aws: Emulator) -> None:
    """moto needs a rotation function that exists, which AWS's managed rotation does not."""
    plain = make(aws, "plain")
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    assert aws.judge("secretsmanager.secrets_rotate") == {plain: ("fails", "rotation is off")}
    assert aws.judge("secretsmanager.rotation_happens") == {plain: ("not applicable", "rotation is off")}
    assert aws.judge("secretsmanager.secrets_are_used") == {plain: ("holds", f"new: made on {day}")}
    told = "1 secrets: 0 rotate, 0 are owned by an AWS service"
    assert aws.judge("secretsmanager.secrets_in_use") == {"region:us-east-1": ("told", told)}


def test_an_account_without_secrets(aws: Emulator) -> None:
    none = {"region:us-east-1": ("not applicable", "there is none: secretsmanager:ListSecrets listed nothing")}
    assert aws.judge("secretsmanager.secrets_rotate") == none
    assert aws.judge("secretsmanager.secrets_in_use") == {}


def test_secret_policies_are_read_as_aws_hands_them_out(aws: Emulator) -> None:
    without, other = make(aws, "without"), make(aws, "other")
    document = json.dumps({"Version": "2012-10-17", "Statement": [OTHER]})
    aws.client("secretsmanager").put_resource_policy(SecretId=other, ResourcePolicy=document)
    told = "another account is let in: a statement lets 210987654321 do secretsmanager:GetSecretValue"
    assert aws.judge("secretsmanager.secret_policies_name_their_users") == {
        without: ("not applicable", "the secret has no policy"),
        other: ("fails", told),
    }


def secret(**changes: object) -> Secret:
    fields = {"arn": "a", "name": "a", "created_date": NOW - timedelta(days=400)}
    return Secret.model_validate(fields | changes)


ABROAD = {"primary_region": "eu-west-1"}
REPLICA = NotApplicable("a replica of the secret in eu-west-1")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (secret(rotation_enabled=True), Holds("rotation is on")),
        (secret(), Fails("rotation is off")),
        (secret(owning_service="rds"), NotApplicable("rds owns the secret, and alone decides when it changes")),
        (secret(owning_service="rds", rotation_enabled=True), Holds("rotation is on")),
        (secret(**ABROAD), REPLICA),
        (secret(primary_region="us-east-1"), Fails("rotation is off")),
    ],
)
def test_secrets_rotate(one: Secret, verdict: Verdict) -> None:
    assert secretsmanager.secrets_rotate(one, HERE) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (secret(), NotApplicable("rotation is off")),
        (secret(**ABROAD, rotation_enabled=True), REPLICA),
        (secret(rotation_enabled=True), Fails("never rotated since 2025-10-19")),
        (secret(rotation_enabled=True, created_date=NOW), Holds("never rotated since 2026-11-23")),
        (
            secret(rotation_enabled=True, last_rotated_date=NOW - timedelta(days=90)),
            Holds("rotated on 2026-08-25"),
        ),
        (
            secret(rotation_enabled=True, last_rotated_date=NOW - timedelta(days=91)),
            Fails("rotated on 2026-08-24"),
        ),
    ],
)
def test_rotation_happens(one: Secret, verdict: Verdict) -> None:
    assert secretsmanager.rotation_happens(one, NOW, HERE) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (secret(), Fails("never read in this region")),
        (secret(created_date=NOW - timedelta(days=90)), Holds("new: made on 2026-08-25")),
        (secret(last_accessed_date=datetime(2026, 8, 25, tzinfo=UTC)), Holds("read on 2026-08-25")),
        (secret(last_accessed_date=datetime(2026, 8, 24, tzinfo=UTC)), Fails("last read on 2026-08-24")),
        (secret(**ABROAD), REPLICA),
    ],
)
def test_secrets_are_used(one: Secret, verdict: Verdict) -> None:
    assert secretsmanager.secrets_are_used(one, NOW, HERE) == verdict


def policy(statement: Mapping[str, object]) -> SecretPolicy:
    return SecretPolicy(resource_policy=Policy.model_validate({"Version": "2012-10-17", "Statement": [statement]}))


OPENED = Fails("the policy is open: a statement lets everyone do secretsmanager:GetSecretValue")


@pytest.mark.parametrize(
    ("found", "trusted", "verdict"),
    [
        (SecretPolicy(), (), NotApplicable("the secret has no policy")),
        (policy(OPEN), (), OPENED),
        (
            policy({**OPEN, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}),
            (),
            Holds("nobody else is let in"),
        ),
        (policy(OTHER), ("210987654321",), Holds("nobody else is let in")),
    ],
)
def test_secret_policies_name_their_users(found: SecretPolicy, trusted: tuple[str, ...], verdict: Verdict) -> None:
    assert secretsmanager.secret_policies_name_their_users(found, HERE, trusted_accounts=trusted) == verdict

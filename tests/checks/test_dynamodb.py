"""DynamoDB checks, against real clients and as tables."""

import pytest

from checks import dynamodb
from checks.dynamodb import Encryption, Table
from scanner import Fails, Holds, Verdict
from tests.emulator import Emulator

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"
OWNED = Fails("encrypted under a key that AWS owns")


def make(aws: Emulator, name: str, **how: object) -> None:
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **how,
    )


def test_tables_can_go_back_in_time(aws: Emulator) -> None:
    make(aws, "kept")
    make(aws, "lost")
    aws.client("dynamodb").update_continuous_backups(
        TableName="kept", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    assert aws.judge("dynamodb.tables_can_go_back_in_time") == {
        ARN + "kept": ("holds", "point-in-time recovery is on"),
        ARN + "lost": ("fails", "point-in-time recovery is DISABLED"),
    }


def test_tables_are_protected_and_encrypted(aws: Emulator) -> None:
    make(aws, "safe", DeletionProtectionEnabled=True, SSESpecification={"Enabled": True, "SSEType": "KMS"})
    make(aws, "plain")
    assert aws.judge("dynamodb.tables_are_protected_from_deletion") == {
        ARN + "safe": ("holds", "deletion protection is on"),
        ARN + "plain": ("fails", "deletion protection is off"),
    }
    assert aws.judge("dynamodb.tables_use_a_kms_key") == {
        ARN + "safe": ("holds", "encrypted under a KMS key of the account"),
        ARN + "plain": ("fails", "encrypted under a key that AWS owns"),
    }
    told = "0 of 2 DynamoDB tables have replicas in other regions"
    assert aws.judge("dynamodb.global_tables") == {"region:us-east-1": ("told", told)}


def test_no_table_has_nothing_to_judge(aws: Emulator) -> None:
    assert aws.verdicts("dynamodb.tables_can_go_back_in_time") == {"region:us-east-1": "not applicable"}


@pytest.mark.parametrize(
    ("encryption", "verdict"),
    [
        (None, OWNED),
        (Encryption(sse_type="KMS", status="ENABLED"), Holds("encrypted under a KMS key of the account")),
        (Encryption(sse_type="KMS", status="DISABLED"), OWNED),
        (Encryption(status="ENABLED"), OWNED),
    ],
)
def test_the_state_of_a_key(encryption: Encryption | None, verdict: Verdict) -> None:
    assert dynamodb.tables_use_a_kms_key(Table(table_name="t", sse_description=encryption)) == verdict

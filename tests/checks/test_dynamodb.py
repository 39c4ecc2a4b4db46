"""DynamoDB checks, against real clients and as tables."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from checks import dynamodb
from checks.backup.evidence import Protected
from checks.dynamodb import Backups, Billing, Encryption, ScalableTarget, Table
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
    assert (
        dynamodb.tables_use_a_kms_key(Table(table_name="t", table_arn=ARN + "t", sse_description=encryption)) == verdict
    )


def test_who_else_may_use_tables(aws: Emulator) -> None:
    make(aws, "shared")
    make(aws, "own")
    statement = {"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "dynamodb:GetItem", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("dynamodb").put_resource_policy(ResourceArn=ARN + "shared", Policy=document)
    check = "dynamodb.table_policies_name_their_users"
    told = "another account is let in: a statement lets 210987654321 do dynamodb:GetItem"
    assert aws.judge(check) == {
        ARN + "shared": ("fails", told),
        ARN + "own": ("not applicable", "the table has no policy"),
    }
    trusted = {check: {"trusted_accounts": ("210987654321",)}}
    assert aws.judge(check, settings=trusted)[ARN + "shared"] == ("holds", "nobody else is let in")


def test_capacity_and_items(aws: Emulator) -> None:
    assert aws.judge("dynamodb.items_that_expire") == {}
    make(aws, "demand")
    client = aws.client("dynamodb")
    for name in ("fixed", "scaled"):
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        )
    scaling = aws.client("application-autoscaling")
    for what in ("Read", "Write"):
        scaling.register_scalable_target(
            ServiceNamespace="dynamodb",
            ResourceId="table/scaled",
            ScalableDimension=f"dynamodb:table:{what}CapacityUnits",
            MinCapacity=1,
            MaxCapacity=10,
        )
    client.update_time_to_live(TableName="demand", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
    assert aws.judge("dynamodb.tables_scale_with_demand") == {
        ARN + "demand": ("holds", "on demand"),
        ARN + "fixed": ("fails", "fixed capacity to read and write"),
        ARN + "scaled": ("holds", "reads and writes are scaled"),
    }
    told = "1 of 3 DynamoDB tables let items expire"
    assert aws.judge("dynamodb.items_that_expire") == {"region:us-east-1": ("told", told)}
    assert aws.judge("dynamodb.tables_are_backed_up")[ARN + "demand"] == (
        "fails",
        "point-in-time recovery is DISABLED, and AWS Backup has no recent recovery point",
    )


def test_a_table_whose_index_alone_is_scaled_is_fixed() -> None:
    one = Table(table_name="t", table_arn=ARN + "t", billing_mode_summary=Billing(billing_mode="PROVISIONED"))
    index = ScalableTarget(resource_id="table/t/index/i", scalable_dimension="dynamodb:index:ReadCapacityUnits")
    reads = ScalableTarget(resource_id="table/t", scalable_dimension="dynamodb:table:ReadCapacityUnits")
    assert dynamodb.tables_scale_with_demand(one, [index, reads]) == Fails("fixed capacity to write")


def test_a_recovery_point_of_aws_backup_counts() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    one = Table(table_name="t", table_arn=ARN + "t")
    off = Backups.model_validate({"point_in_time_recovery_description": {"point_in_time_recovery_status": "DISABLED"}})
    mine = Protected(resource_arn=ARN + "t", resource_type="DynamoDB", last_backup_time=now - timedelta(days=8))
    holds = Holds("AWS Backup made a recovery point on 2026-11-15")
    assert dynamodb.tables_are_backed_up(one, off, [mine], now) == holds
    fails = Fails("point-in-time recovery is DISABLED, and AWS Backup has no recent recovery point")
    assert dynamodb.tables_are_backed_up(one, off, [mine], now + timedelta(days=1)) == fails

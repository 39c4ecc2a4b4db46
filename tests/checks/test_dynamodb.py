"""DynamoDB checks, against real clients and as tables."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from checks import dynamodb, keyspaces
from checks.backup.evidence import Protected
from checks.dynamodb import Backups, Billing, Encryption, Index, ScalableTarget, ScalingPolicy, Suspended, Table
from checks.kms import Key
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.answering import answering
from tests.emulator import Emulator

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"
OWNED = Fails("encrypted under a key that AWS owns")
KEYS = "arn:aws:kms:us-east-1:123456789012:key/"


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
    key = aws.client("kms").create_key()["KeyMetadata"]
    encrypted = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key["Arn"]}
    make(aws, "safe", DeletionProtectionEnabled=True, SSESpecification=encrypted)
    make(aws, "plain")
    assert aws.judge("dynamodb.tables_are_protected_from_deletion") == {
        ARN + "safe": ("holds", "deletion protection is on"),
        ARN + "plain": ("fails", "deletion protection is off"),
    }
    assert aws.judge("dynamodb.tables_use_a_kms_key") == {
        ARN + "safe": ("holds", f"encrypted under {key['Arn']}"),
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
        (
            Encryption(sse_type="KMS", status="ENABLED", kms_master_key_arn=KEYS + "own"),
            Holds(f"encrypted under {KEYS}own"),
        ),
        (
            Encryption(sse_type="KMS", status="UPDATING", kms_master_key_arn=KEYS + "aws"),
            Fails("encrypted under the key that AWS manages"),
        ),
        (
            Encryption(sse_type="KMS", status="ENABLED", kms_master_key_arn=KEYS + "else"),
            CannotTell(f"the key {KEYS}else is not among the keys of the region"),
        ),
        (Encryption(sse_type="KMS", status="DISABLED"), OWNED),
        (Encryption(status="ENABLED"), OWNED),
    ],
)
def test_the_state_of_a_key(encryption: Encryption | None, verdict: Verdict) -> None:
    plain = {"key_spec": "SYMMETRIC_DEFAULT", "key_state": "Enabled", "origin": "AWS_KMS"}
    keys = [Key(key_id="own", key_manager="CUSTOMER", **plain), Key(key_id="aws", key_manager="AWS", **plain)]
    one = Table(table_name="t", table_arn=ARN + "t", sse_description=encryption)
    assert dynamodb.tables_use_a_kms_key(one, keys) == verdict


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
        metric = {"PredefinedMetricType": f"DynamoDB{what}CapacityUtilization"}
        scaling.put_scaling_policy(
            PolicyName=what,
            ServiceNamespace="dynamodb",
            ResourceId="table/scaled",
            ScalableDimension=f"dynamodb:table:{what}CapacityUnits",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 70, "PredefinedMetricSpecification": metric},
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
    on = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName="demand", PointInTimeRecoverySpecification=on)
    assert aws.judge("dynamodb.tables_are_backed_up")[ARN + "demand"] == ("holds", "point-in-time recovery is on")


def test_a_table_whose_index_alone_is_scaled_is_fixed() -> None:
    one = Table(table_name="t", table_arn=ARN + "t", billing_mode_summary=Billing(billing_mode="PROVISIONED"))
    index = {"resource_id": "table/t/index/i", "scalable_dimension": "dynamodb:index:ReadCapacityUnits"}
    reads = {"resource_id": "table/t", "scalable_dimension": "dynamodb:table:ReadCapacityUnits"}
    writes = {"resource_id": "table/t", "scalable_dimension": "dynamodb:table:WriteCapacityUnits"}
    for scaled, verdict in (
        ([index, reads], Fails("fixed capacity to write")),
        ([reads, writes], Holds("reads and writes are scaled")),
    ):
        targets, policies = [ScalableTarget(**x) for x in scaled], [ScalingPolicy(**x) for x in scaled]
        assert dynamodb.tables_scale_with_demand(one, targets, policies) == verdict
    both = [ScalableTarget(**x) for x in (reads, writes)]
    policies = [ScalingPolicy(**x) for x in (reads, writes)]
    assert dynamodb.tables_scale_with_demand(one, both, []) == Fails("fixed capacity to read and write")
    paused = [x.model_copy(update={"suspended_state": Suspended(dynamic_scaling_out_suspended=True)}) for x in both]
    assert dynamodb.tables_scale_with_demand(one, paused, policies) == Fails("fixed capacity to read and write")
    indexed = one.model_copy(update={"global_secondary_indexes": (Index(index_name="i"),)})
    assert dynamodb.tables_scale_with_demand(indexed, both, policies) == Fails(
        "fixed capacity to read of i and write of i"
    )


def test_keyspaces(aws: Emulator) -> None:
    names = ["tables_can_go_back_in_time", "tables_use_an_own_key"]
    nothing = {f"keyspaces.{name}": {"region:us-east-1": "not applicable"} for name in names}
    assert {check: aws.verdicts(check) for check in nothing} == nothing, "the service's own keyspaces are left out"
    arn = "arn:aws:cassandra:us-east-1:123456789012:/keyspace/shop/table/orders"
    spaces = {"keyspaceName": "shop", "resourceArn": "a", "replicationStrategy": "SINGLE_REGION"}
    entry = {"keyspaceName": "shop", "tableName": "orders", "resourceArn": arn}
    listed = {"ListKeyspaces": {"keyspaces": [spaces]}, "ListTables": {"tables": [entry]}}
    for more, judged in (
        ({}, [("unknown", "nothing is told of point-in-time recovery"), ("unknown", "nothing is told of the key")]),
        (
            {
                "pointInTimeRecovery": {"status": "ENABLED"},
                "encryptionSpecification": {"type": "CUSTOMER_MANAGED_KMS_KEY"},
            },
            [("holds", "point-in-time recovery is on"), ("holds", "the key is CUSTOMER_MANAGED_KMS_KEY")],
        ),
        (
            {"pointInTimeRecovery": {"status": "DISABLED"}, "encryptionSpecification": {"type": "AWS_OWNED_KMS_KEY"}},
            [("fails", "point-in-time recovery is DISABLED"), ("fails", "the key is AWS_OWNED_KMS_KEY")],
        ),
    ):
        with answering("keyspaces", **listed, GetTable={**entry, "status": "ACTIVE", **more}):
            found = [aws.judge(f"keyspaces.{name}") for name in names]
        assert found == [{arn: told} for told in judged]
    going = keyspaces.Table.model_validate({"status": "DELETING"})
    assert keyspaces.tables_can_go_back_in_time(going) == NotApplicable("the table is DELETING")


def test_a_recovery_point_of_aws_backup_counts() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    one = Table(table_name="t", table_arn=ARN + "t")
    off = Backups.model_validate({"point_in_time_recovery_description": {"point_in_time_recovery_status": "DISABLED"}})
    mine = Protected(resource_arn=ARN + "t", resource_type="DynamoDB", last_backup_time=now - timedelta(days=8))
    holds = Holds("AWS Backup made a recovery point on 2026-11-15")
    assert dynamodb.tables_are_backed_up(one, off, [mine], now) == holds
    fails = Fails("point-in-time recovery is DISABLED, and AWS Backup has no recent recovery point")
    assert dynamodb.tables_are_backed_up(one, off, [mine], now + timedelta(days=1)) == fails

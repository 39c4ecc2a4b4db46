"""Caches, search domains, warehouses and streams: against real clients and as tables."""

import json
from typing import Any

import pytest

from checks.elasticache import ReplicationGroup
from checks.opensearch import Domain
from scanner import Target
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")


def cache(**changes: object) -> ReplicationGroup:
    fields = {
        "arn": "a",
        "replication_group_id": "g",
        "at_rest_encryption_enabled": True,
        "transit_encryption_enabled": True,
        "automatic_failover": "enabled",
        "multi_az": "enabled",
        "snapshot_retention_limit": 7,
    }
    return ReplicationGroup.model_validate(fields | changes)


def test_caches_through_a_client(aws: Emulator) -> None:
    client = aws.client("elasticache")
    good = client.create_replication_group(
        ReplicationGroupId="good",
        ReplicationGroupDescription="g",
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        SnapshotRetentionLimit=7,
    )["ReplicationGroup"]["ARN"]
    bad = client.create_replication_group(ReplicationGroupId="bad", ReplicationGroupDescription="b")
    arn = bad["ReplicationGroup"]["ARN"]
    assert aws.judge("elasticache.caches_are_encrypted") == {
        good: ("holds", "encrypted at rest"),
        arn: ("fails", "not encrypted at rest"),
    }
    assert aws.judge("elasticache.caches_keep_snapshots") == {
        good: ("holds", "snapshots are kept for 7 days"),
        arn: ("fails", "no snapshots are kept"),
    }


OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "es:*", "Resource": "*"}],
    }
)


def test_domains_through_a_client(aws: Emulator) -> None:
    client = aws.client("opensearch")
    good = client.create_domain(
        DomainName="good",
        EncryptionAtRestOptions={"Enabled": True},
        NodeToNodeEncryptionOptions={"Enabled": True},
        DomainEndpointOptions={"EnforceHTTPS": True},
        ClusterConfig={"ZoneAwarenessEnabled": True, "InstanceCount": 2},
    )["DomainStatus"]["ARN"]
    bad = client.create_domain(DomainName="bad", ClusterConfig={"InstanceCount": 1})["DomainStatus"]["ARN"]
    assert aws.judge("opensearch.domains_are_encrypted") == {
        good: ("holds", "encrypted at rest"),
        bad: ("fails", "not encrypted at rest"),
    }
    assert aws.judge("opensearch.domains_speak_tls") == {
        good: ("holds", "HTTPS is enforced, and nodes encrypt what they exchange"),
        bad: ("fails", "HTTPS is not enforced; nodes talk in the open"),
    }
    assert aws.judge("opensearch.domains_span_zones") == {
        good: ("holds", "2 data nodes over several zones"),
        bad: ("fails", "all data nodes are in one zone"),
    }


def domain(**changes: Any) -> Domain:
    return Domain.model_validate({"arn": "a", "cluster_config": {}} | changes)


def test_warehouses(aws: Emulator) -> None:
    client = aws.client("redshift")
    for name, good in (("good", True), ("bad", False)):
        client.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Xk9mPq2vLw8zR4",
            Encrypted=good,
            PubliclyAccessible=not good,
            AutomatedSnapshotRetentionPeriod=7 if good else 1,
            EnhancedVpcRouting=good,
        )
    arn = "arn:aws:redshift:us-east-1:123456789012:cluster:"
    assert aws.judge("redshift.clusters_are_encrypted") == {
        arn + "good": ("holds", "encrypted at rest"),
        arn + "bad": ("fails", "not encrypted at rest"),
    }
    assert aws.judge("redshift.clusters_are_not_public") == {
        arn + "good": ("holds", "not publicly accessible"),
        arn + "bad": ("fails", "publicly accessible"),
    }
    assert aws.judge("redshift.clusters_keep_snapshots") == {
        arn + "good": ("holds", "kept for 7 days"),
        arn + "bad": ("fails", "kept for 1 days"),
    }
    assert aws.judge("redshift.traffic_stays_in_the_network") == {
        arn + "good": ("holds", "enhanced VPC routing is on"),
        arn + "bad": ("fails", "enhanced VPC routing is off"),
    }


def test_streams(aws: Emulator) -> None:
    client = aws.client("kinesis")
    for name in ("good", "bad"):
        client.create_stream(StreamName=name, ShardCount=1)
    client.start_stream_encryption(StreamName="good", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    arn = "arn:aws:kinesis:us-east-1:123456789012:stream/"
    assert aws.judge("kinesis.streams_are_encrypted") == {
        arn + "good": ("holds", "encrypted under a KMS key"),
        arn + "bad": ("fails", "not encrypted at rest"),
    }


@pytest.mark.parametrize(
    "check",
    [
        "elasticache.caches_are_encrypted",
        "elasticache.caches_speak_tls",
        "elasticache.caches_fail_over",
        "opensearch.domains_are_encrypted",
        "opensearch.domains_are_not_public",
        "redshift.clusters_are_encrypted",
        "kinesis.streams_are_encrypted",
    ],
)
def test_where_there_is_none_nothing_is_judged(aws: Emulator, check: str) -> None:
    assert aws.verdicts(check) == {"region:us-east-1": "not applicable"}

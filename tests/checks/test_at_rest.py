"""What hides from "everything is encrypted": old snapshots, single caches, disks of hosts, objects from before 2023."""

from datetime import UTC, datetime

import pytest

from checks import elasticache
from checks.elasticache import CacheCluster
from checks.iam.evidence import RootCredentials
from checks.s3 import data
from checks.s3.evidence import Bucket
from scanner import Fails, Holds, NotApplicable, Verdict
from scanner.judge.finding import Stand
from tests.checks.answers import answering
from tests.emulator import ACCOUNT, Emulator

REDSHIFT = f"arn:aws:redshift:us-east-1:{ACCOUNT}:"
GLOBAL = f"account:{ACCOUNT}"


def test_snapshots_of_warehouses_and_single_caches_are_read(aws: Emulator) -> None:
    assert aws.verdicts("redshift.snapshots_are_encrypted") == {"region:us-east-1": "not applicable"}
    client = aws.client("redshift")
    for name, snapshot, encrypted in (("bare", "s", False), ("safe", "t", True)):
        client.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Password1",
            Encrypted=encrypted,
        )
        client.create_cluster_snapshot(SnapshotIdentifier=snapshot, ClusterIdentifier=name)
    found = aws.judge("redshift.snapshots_are_encrypted")
    # moto lists automatic snapshots (rs:…) too, though only those that somebody made are asked for.
    assert {arn: told for arn, told in found.items() if "/rs:" not in arn} == {
        REDSHIFT + "snapshot:bare/s": ("fails", "the snapshot is not encrypted"),
        REDSHIFT + "snapshot:safe/t": ("holds", "encrypted"),
    }
    cache = aws.client("elasticache").create_cache_cluster(
        CacheClusterId="c", Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.micro"
    )["CacheCluster"]["ARN"]
    assert aws.judge("elasticache.single_caches_are_encrypted") == {cache: ("fails", "not encrypted at rest")}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"at_rest_encryption_enabled": True}, Holds("encrypted at rest")),
        ({}, Fails("not encrypted at rest")),
        ({"engine": "memcached"}, NotApplicable("Memcached keeps its data in memory alone")),
        ({"replication_group_id": "g"}, NotApplicable("the replication group g is judged instead")),
    ],
)
def test_single_caches_are_encrypted(changes: dict[str, object], verdict: Verdict) -> None:
    one = CacheCluster.model_validate({"arn": "a", "engine": "valkey", "num_cache_nodes": 1, **changes})
    assert elasticache.single_caches_are_encrypted(one) == verdict


def test_instance_stores_are_encrypted(aws: Emulator) -> None:
    client = aws.client("ec2")
    image = client.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]

    def launched(kind: str) -> str:
        made = client.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType=kind)["Instances"][0]
        return f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/{made['InstanceId']}"

    wanted = {
        launched("m3.large"): ("fails", "the disks of the host of a m3.large are not encrypted"),
        launched("d3en.xlarge"): ("holds", "the disks of the host of a d3en.xlarge are encrypted"),
        launched("m5.large"): ("not applicable", "a m5.large has no disks of its host"),
    }
    assert aws.judge("ec2.instance_stores_are_encrypted") == wanted


def root(year: int, month: int, day: int) -> RootCredentials:
    opened = datetime(year, month, day, tzinfo=UTC)
    row = dict.fromkeys(RootCredentials.model_fields) | {"arn": "root", "user": "root", "user_creation_time": opened}
    off = {"mfa_active": False, "access_key_1_active": False, "access_key_2_active": False}
    return RootCredentials.model_validate(row | off)


@pytest.mark.parametrize(
    ("buckets", "roots", "stand"),
    [
        (0, [root(2020, 1, 1)], Stand.NOT_APPLICABLE),
        (1, [root(2023, 1, 5)], Stand.HOLDS),
        (1, [root(2023, 1, 4)], Stand.FAILS),
        (1, [], Stand.FAILS),
    ],
)
def test_no_object_is_older_than_encryption(buckets: int, roots: list[RootCredentials], stand: Stand) -> None:
    verdict = data.no_object_is_older_than_encryption([Bucket(name="b")] * buckets, roots)
    assert type(verdict).__name__.lower() == str(stand).replace(" ", "")


def test_the_day_of_the_account_is_read(aws: Emulator) -> None:
    check = "s3.no_object_is_older_than_encryption"
    assert aws.judge(check) == {GLOBAL: ("not applicable", "the account has no buckets")}
    aws.client("s3").create_bucket(Bucket="bucket")
    assert aws.judge(check) == {GLOBAL: ("holds", "the account was opened on 2024-02-01")}
    client = aws.client("iam")
    client.generate_credential_report()
    report = client.get_credential_report()["Content"].decode().replace("2024-02-01", "2023-01-04", 1)
    answer = {"Content": report, "ReportFormat": "text/csv", "GeneratedTime": "2026-11-27T00:00:00Z"}
    with answering("iam", {"GetCredentialReport": answer}):
        told = "S3 does not tell of 1 buckets whether they hold plain objects from before 5 January 2023"
        assert aws.judge(check) == {GLOBAL: ("fails", told)}

"""Copies in other regions, as the stores make them: through clients."""

from checks import replicas
from checks.replicas import BucketReplication, GlobalMember, Placed
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator


def test_buckets_copied_to(aws: Emulator) -> None:
    s3, west = aws.client("s3"), aws.client("s3", "eu-west-1")
    assert judge_all(aws, "replicas", ["buckets_copied_to"]) == {"buckets_copied_to": {}}
    s3.create_bucket(Bucket="here")
    west.create_bucket(Bucket="there", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for client, name in ((s3, "here"), (west, "there")):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    account = f"account:{ACCOUNT}"
    assert judge_all(aws, "replicas", ["buckets_copied_to"])["buckets_copied_to"] == {
        account: ("told", "rules that copy buckets: none")
    }
    rules = [
        {"ID": name, "Status": status, "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{target}"}}
        for name, status, target in (("a", "Enabled", "there"), ("b", "Disabled", "there"), ("c", "Enabled", "far"))
    ]
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    s3.put_bucket_replication(Bucket="here", ReplicationConfiguration={"Role": role, "Rules": rules})
    assert judge_all(aws, "replicas", ["buckets_copied_to"])["buckets_copied_to"] == {
        account: ("told", "rules that copy buckets: 1 to a region that is not told, 1 to buckets of other accounts")
    }


def test_regions_are_told_where_aws_tells_them() -> None:
    """moto's list of buckets does not name their regions."""
    rules = [{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::there"}}]
    found = [BucketReplication.model_validate({"rules": rules}, strict=False)]
    told = replicas.buckets_copied_to([Placed(name="there", bucket_region="eu-west-1")], found)
    assert told == "rules that copy buckets: 1 to eu-west-1"


def test_global_datastores(aws: Emulator) -> None:
    """moto's replication groups belong to no global datastore."""
    aws.client("elasticache").create_replication_group(
        ReplicationGroupId="r", ReplicationGroupDescription="d", Engine="redis"
    )
    assert judge_all(aws, "replicas", ["global_datastores"])["global_datastores"] == {
        "region:us-east-1": ("told", "caches of a global datastore: none")
    }
    info = {"global_replication_group_id": "g", "global_replication_group_member_role": "SECONDARY"}
    member = GlobalMember.model_validate(
        {"arn": "a", "replication_group_id": "r", "global_replication_group_info": info}, strict=False
    )
    assert replicas.global_datastores([member]) == "caches of a global datastore: r (SECONDARY)"
    assert replicas.global_datastores([]) is None

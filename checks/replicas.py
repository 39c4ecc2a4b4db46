"""What is copied to another region by the stores themselves: buckets, and caches of a global datastore."""

from collections import Counter

from checks.s3.evidence import Bucket
from scanner import Evidence, Part, Read, fact


class Destination(Part):
    bucket: str


class Rule(Part):
    status: str
    destination: Destination


class BucketReplication(
    Evidence,
    read=Read(
        "s3:GetBucketReplication",
        "ReplicationConfiguration",
        per=Bucket,
        args={"Bucket": "name"},
        region="{bucket_region}",
        absent={"ReplicationConfigurationNotFoundError"},
        action="s3:GetReplicationConfiguration",
    ),
):
    """Where a bucket's rules copy its objects to."""

    rules: tuple[Rule, ...]


class Placed(
    Evidence,
    read=Read(
        "s3:ListBuckets",
        "Buckets",
        arn="arn:{partition}:s3:::{name}",
        fixed={"MaxBuckets": 1000},
        scope="global",
        action="s3:ListAllMyBuckets",
    ),
):
    """A bucket with its region, where the answer tells it."""

    name: str
    bucket_region: str | None = None


class Membership(Part):
    global_replication_group_id: str | None = None
    global_replication_group_member_role: str | None = None


class GlobalMember(Evidence, read=Read("elasticache:DescribeReplicationGroups", "ReplicationGroups", arn="{arn}")):
    """A replication group, as far as it belongs to a global datastore."""

    arn: str
    replication_group_id: str
    global_replication_group_info: Membership | None = None


@fact
def buckets_copied_to(buckets: list[Placed], replications: list[BucketReplication]) -> str | None:
    """To which regions buckets are copied by rules that are on."""
    place = {one.name: one.bucket_region or "a region that is not told" for one in buckets}
    targets = Counter(
        place.get(rule.destination.bucket.rpartition(":")[2], "buckets of other accounts")
        for one in replications
        for rule in one.rules
        if rule.status == "Enabled"
    )
    if not buckets:
        return None
    told = ", ".join(f"{count} to {where}" for where, count in sorted(targets.items()))
    return f"rules that copy buckets: {told or 'none'}"


@fact
def global_datastores(groups: list[GlobalMember]) -> str | None:
    """Which caches belong to a global datastore, and in which role."""
    told = sorted(
        f"{one.replication_group_id} ({one.global_replication_group_info.global_replication_group_member_role or 'no role'})"
        for one in groups
        if one.global_replication_group_info and one.global_replication_group_info.global_replication_group_id
    )
    return f"caches of a global datastore: {', '.join(told) or 'none'}" if groups else None

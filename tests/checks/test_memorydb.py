"""MemoryDB and DAX: against real clients and as tables."""

import pytest

from checks import dax, memorydb
from checks.memorydb import Cluster, User
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import Emulator


def test_clusters(aws: Emulator) -> None:
    assert aws.verdicts("memorydb.clusters_speak_tls") == {"region:us-east-1": "not applicable"}
    client = aws.client("memorydb")
    client.create_user(UserName="app", AccessString="on ~* +@all", AuthenticationMode={"Type": "iam"})
    good = client.create_cluster(
        ClusterName="good", NodeType="db.r6g.large", ACLName="own", TLSEnabled=True, SnapshotRetentionLimit=7
    )["Cluster"]["ARN"]
    bad = client.create_cluster(
        ClusterName="bad",
        NodeType="db.r6g.large",
        ACLName="open-access",
        TLSEnabled=False,
        AutoMinorVersionUpgrade=False,
    )["Cluster"]["ARN"]
    judged = {
        "memorydb.clusters_speak_tls": {good: ("holds", "TLS is required"), bad: ("fails", "TLS is off")},
        "memorydb.clusters_ask_for_a_password": {
            good: ("unknown", "no user of own is listed"),  # moto makes lists of no users
            bad: ("fails", "the access control list is open-access"),
        },
        "memorydb.clusters_keep_snapshots": {
            good: ("holds", "snapshots are kept for 7 days"),
            bad: ("fails", "no snapshots are kept"),
        },
        "memorydb.minor_versions_are_installed": {
            good: ("holds", "minor versions are installed in the maintenance window"),
            bad: ("fails", "minor versions are not installed automatically"),
        },
    }
    assert {check: aws.judge(check) for check in judged} == judged


def test_users_and_zones_of_clusters(aws: Emulator) -> None:
    """moto knows neither the mode of availability nor which users a list has."""
    prefix = "arn:aws:memorydb:us-east-1:123456789012:cluster/"
    clusters = [
        {"ARN": prefix + name, "Name": name, "AvailabilityMode": mode, "TLSEnabled": True, "ACLName": acl}
        for name, mode, acl in (("good", "multiaz", "closed"), ("bad", "singleaz", "lax"))
    ]
    users = [
        {"Name": name, "AccessString": access, "ACLNames": [acl], "Authentication": {"Type": kind}}
        for name, access, acl, kind in (
            ("app", "on ~* +@all", "closed", "iam"),
            ("off", "off ~* -@all", "closed", "no-password"),
            ("anyone", "on ~* +@all", "lax", "no-password"),
        )
    ]
    names = ["clusters_ask_for_a_password", "clusters_span_zones"]
    answers = {"DescribeClusters": {"Clusters": clusters}, "DescribeUsers": {"Users": users}}
    with answering("memorydb", answers):
        assert judge_all(aws, "memorydb", names) == {
            names[0]: {
                prefix + "good": ("holds", "the access control list is closed"),
                prefix + "bad": ("fails", "no password is asked of anyone"),
            },
            names[1]: {
                prefix + "good": ("holds", "several zones"),
                prefix + "bad": ("fails", "the availability mode is singleaz"),
            },
        }


def cluster(**changes: object) -> Cluster:
    fields = {"arn": "a", "name": "c", "availability_mode": "multiaz", "tls_enabled": True, "acl_name": "own"}
    return Cluster.model_validate(fields | changes)


def user(kind: str, access: str = "on ~* +@all", acl: str = "own") -> User:
    fields = {"name": "u", "access_string": access, "acl_names": (acl,), "authentication": {"type": kind}}
    return User.model_validate(fields)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (user("no-password"), Fails("no password is asked of u")),
        (user("no-password", "off ~* -@all"), Holds("the access control list is own")),
        (user("no-password", "~* -@all OFF"), Holds("the access control list is own")),
        (user("no-password", "off ~* +@all on"), Fails("no password is asked of u")),
        (user("no-password", "offline:* +@all"), Fails("no password is asked of u")),
        (user("no-password", acl="other"), CannotTell("no user of own is listed")),
        (user("iam"), Holds("the access control list is own")),
    ],
)
def test_clusters_ask_for_a_password(found: User, verdict: Verdict) -> None:
    assert memorydb.clusters_ask_for_a_password(cluster(), [found]) == verdict


def test_snapshots_are_kept_long_enough() -> None:
    few = cluster(snapshot_retention_limit=1)
    assert memorydb.clusters_keep_snapshots(few) == Fails("snapshots are kept for 1 days, fewer than 7")


def test_caches_before_dynamodb(aws: Emulator) -> None:
    client = aws.client("dax")
    make = {"NodeType": "dax.t3.small", "IamRoleArn": "arn:aws:iam::123456789012:role/x"}
    good = client.create_cluster(
        ClusterName="good-one",
        ReplicationFactor=2,
        SSESpecification={"Enabled": True},
        ClusterEndpointEncryptionType="TLS",
        **make,
    )["Cluster"]["ClusterArn"]
    bad = client.create_cluster(ClusterName="bad-one", ReplicationFactor=1, **make)["Cluster"]["ClusterArn"]
    assert aws.judge("dax.clusters_are_encrypted") == {
        good: ("holds", "encrypted at rest"),
        bad: ("fails", "encryption at rest is DISABLED"),
    }
    assert aws.judge("dax.clusters_speak_tls") == {
        good: ("holds", "the endpoint speaks TLS"),
        bad: ("fails", "the endpoint's encryption is NONE"),
    }
    nodes = {good: ("us-east-1a", "us-east-1b"), bad: ("us-east-1a",)}
    told = [
        one | {"Status": "available", "Nodes": [{"AvailabilityZone": zone} for zone in nodes[one["ClusterArn"]]]}
        for one in client.describe_clusters()["Clusters"]
    ]
    with answering("dax", {"DescribeClusters": {"Clusters": told}}):
        assert aws.judge("dax.clusters_span_zones") == {
            good: ("holds", "nodes in us-east-1a, us-east-1b"),
            bad: ("fails", "nodes in us-east-1a only"),
        }


@pytest.mark.parametrize(
    ("zones", "verdict"),
    [
        ([], NotApplicable("the cluster is creating and lists no nodes")),
        (["a", "a"], Fails("nodes in a only")),
        ([None], CannotTell("no node names its Availability Zone")),
    ],
)
def test_dax_clusters_span_zones(zones: list[str | None], verdict: Verdict) -> None:
    nodes = tuple({"availability_zone": zone} for zone in zones)
    one = dax.Cluster.model_validate({"cluster_arn": "a", "status": "creating", "nodes": nodes})
    assert dax.clusters_span_zones(one) == verdict


def test_encryption_that_is_still_being_enabled_is_not_settled() -> None:
    fields = {"cluster_arn": "a", "status": "creating", "sse_description": {"status": "ENABLING"}}
    assert dax.clusters_are_encrypted(dax.Cluster.model_validate(fields)) == CannotTell(
        "encryption at rest is ENABLING"
    )

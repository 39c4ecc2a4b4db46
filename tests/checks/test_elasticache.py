"""Caches: passwords, single clusters, serverless caches and updates, against real clients and as tables."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks import elasticache
from checks.elasticache import CacheCluster, CacheUser, ReplicationGroup, ServerlessCache, ServerlessUser, UpdateAction
from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.checks.test_stores import cache
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_encryption_may_be_on_whatever_the_switch_says() -> None:
    one = cache(at_rest_encryption_enabled=False, storage_encryption_type="sse-elasticache")
    assert elasticache.caches_are_encrypted(one) == Holds("encrypted at rest: sse-elasticache")
    off = cache(at_rest_encryption_enabled=False, storage_encryption_type="none")
    assert elasticache.caches_are_encrypted(off) == Fails("not encrypted at rest")


def test_caches_through_a_client(aws: Emulator) -> None:
    client = aws.client("elasticache")
    client.create_user(UserId="app", UserName="app", Engine="redis", AccessString="on ~* +@all", Passwords=["p" * 16])
    groups = [
        client.create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription="g",
            AutomaticFailoverEnabled=True,
            NumCacheClusters=2,
            TransitEncryptionEnabled=True,
            **more,
        )["ReplicationGroup"]["ARN"]
        for name, more in (("token", {"AuthToken": "t" * 20}), ("bare", {}))
    ]
    token, bare = groups
    single = client.create_cache_cluster(
        CacheClusterId="m", Engine="memcached", NumCacheNodes=2, CacheNodeType="cache.t3.micro"
    )["CacheCluster"]["ARN"]
    assert aws.judge("elasticache.caches_ask_for_a_password") == {
        token: ("holds", "a token is asked for"),
        bare: ("fails", "no password is asked for"),
    }
    assert aws.verdicts("elasticache.minor_versions_are_installed")[bare] == "fails"
    assert aws.judge("elasticache.single_caches_speak_tls")[single] == ("fails", "TLS is off")
    told = ("fails", "2 nodes, in a zone that is not told")
    assert aws.judge("elasticache.single_caches_span_zones")[single] == told
    counted = "2 replication groups, 1 single clusters and 0 serverless caches"
    assert aws.judge("elasticache.caches_in_use") == {REGION: ("told", counted)}
    check = "elasticache.security_updates_are_applied"
    assert aws.judge(check) == {REGION: ("holds", "no critical or important update is overdue")}
    update = {
        "CacheClusterId": "m",
        "ServiceUpdateName": "memcached-2026-09",
        "ServiceUpdateSeverity": "critical",
        "ServiceUpdateRecommendedApplyByDate": "2026-10-01T00:00:00Z",
        "UpdateActionStatus": "not-applied",
    }
    answer = {"UpdateActions": [update]}
    forget = prepare_one("elasticache", "DescribeUpdateActions", Prepared(source="a row of this test", answer=answer))
    try:
        assert aws.judge(check, at=NOW) == {REGION: ("fails", "overdue: memcached-2026-09 on m")}
    finally:
        forget()


def test_serverless_caches(aws: Emulator) -> None:
    check = "elasticache.serverless_caches_ask_for_a_password"
    assert aws.verdicts(check) == {REGION: "not applicable"}
    assert aws.verdicts("elasticache.security_updates_are_applied") == {REGION: "not applicable"}
    arn = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:serverlesscache:one"
    one = {"ARN": arn, "ServerlessCacheName": "one", "Engine": "valkey", "ConnectionType": "public"}
    answer = {"ServerlessCaches": [one]}
    forget = prepare_one("elasticache", "DescribeServerlessCaches", Prepared(source="a row", answer=answer))
    try:
        assert aws.judge(check) == {arn: ("fails", "no group of users is set")}
        assert aws.judge("elasticache.serverless_caches_are_private") == {
            arn: ("fails", "the connection type is public")
        }
        assert aws.judge("elasticache.serverless_caches_keep_snapshots") == {arn: ("fails", "no snapshots are kept")}
    finally:
        forget()


def group(name: str, **members: object) -> dict[str, Any]:
    """A replication group as DescribeReplicationGroups tells of it."""
    arn = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:replicationgroup:{name}"
    always = {"ARN": arn, "ReplicationGroupId": name, "Status": "available", "AtRestEncryptionEnabled": True}
    return {**always, "AuthTokenEnabled": False, "SnapshotRetentionLimit": 1, **members}


def node(name: str, engine: str, **members: object) -> dict[str, Any]:
    """A cache cluster as DescribeCacheClusters tells of it."""
    arn = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:cluster:{name}"
    always = {"ARN": arn, "CacheClusterId": name, "Engine": engine, "NumCacheNodes": 1, "AuthTokenEnabled": False}
    zone = {"PreferredAvailabilityZone": "us-east-1a"}
    return {**always, **zone, "TransitEncryptionEnabled": False, "AtRestEncryptionEnabled": False, **members}


def serverless(name: str, engine: str, **members: object) -> dict[str, Any]:
    arn = f"arn:aws:elasticache:us-east-1:{ACCOUNT}:serverlesscache:{name}"
    return {"ARN": arn, "ServerlessCacheName": name, "Engine": engine, "Status": "available", **members}


def test_caches_of_every_kind(aws: Emulator) -> None:
    """moto's caches have neither modes of encryption nor zones nor users in groups."""
    tls = {"TransitEncryptionEnabled": True}
    multi = {"AutomaticFailover": "enabled", "MultiAZ": "enabled"}
    groups = [
        group("good", **tls, **multi, TransitEncryptionMode="required", AutoMinorVersionUpgrade=True),
        group("half", **tls, TransitEncryptionMode="preferred", AutomaticFailover="enabled", MultiAZ="disabled"),
        group("bad", TransitEncryptionEnabled=False, AutomaticFailover="disabled", MultiAZ="disabled"),
    ]
    nodes = [
        node("good-001", "redis", ReplicationGroupId="good", **tls),
        node("alone", "valkey", **tls, TransitEncryptionMode="preferred"),
        node("kept", "redis", **tls, TransitEncryptionMode="required", AtRestEncryptionEnabled=True),
        node("wide", "memcached", **tls, NumCacheNodes=3, PreferredAvailabilityZone="Multiple"),
        node("narrow", "memcached", NumCacheNodes=3),
    ]
    caches = [
        serverless(
            "good", "valkey", UserGroupId="closed", SubnetIds=["subnet-1", "subnet-2"], SnapshotRetentionLimit=7
        ),
        serverless("open", "redis", UserGroupId="open", SubnetIds=["subnet-1"], SnapshotRetentionLimit=0),
        serverless("bare", "redis", ConnectionType="public"),
        serverless("memory", "memcached", ConnectionType="vpc", SubnetIds=["subnet-1"]),
    ]
    users = [
        {
            "UserId": name,
            "UserName": "default",
            "Status": "active",
            "Engine": "redis",
            "AccessString": access,
            "UserGroupIds": [of],
            "Authentication": {"Type": kind},
        }
        for name, access, of, kind in (
            ("app", "on ~* +@all", "closed", "iam"),
            ("off", "off ~* -@all", "closed", "no-password"),
            ("default", "on ~* +@all", "open", "no-password"),
        )
    ]
    answers = {
        "DescribeReplicationGroups": {"ReplicationGroups": groups},
        "DescribeCacheClusters": {"CacheClusters": nodes},
        "DescribeServerlessCaches": {"ServerlessCaches": caches},
        "DescribeUsers": {"Users": users},
    }
    of_groups = {
        "caches_speak_tls": [
            ("holds", "TLS is required"),
            ("fails", "TLS is offered and not required"),
            ("fails", "TLS is off"),
        ],
        "caches_fail_over": [
            ("holds", "several zones, automatic failover"),
            ("fails", "all nodes may be in one zone"),
            ("fails", "automatic failover is off"),
        ],
        "minor_versions_are_installed": [
            ("holds", "minor versions are installed in the maintenance window"),
            *(2 * [("fails", "minor versions are not installed automatically")]),
        ],
    }
    inside = ("not applicable", "the replication group good is judged instead")
    in_memory = ("not applicable", "Memcached keeps its data in memory alone")
    of_nodes = {
        "single_caches_speak_tls": [
            inside,
            ("fails", "TLS is offered and not required"),
            ("holds", "TLS is required"),
            ("holds", "TLS is required"),
            ("fails", "TLS is off"),
        ],
        "single_caches_are_encrypted": [
            inside,
            ("fails", "not encrypted at rest"),
            ("holds", "encrypted at rest"),
            in_memory,
            in_memory,
        ],
        "single_caches_span_zones": [
            inside,
            ("fails", "1 nodes, in us-east-1a"),
            ("fails", "1 nodes, in us-east-1a"),
            ("holds", "3 nodes in several zones"),
            ("fails", "3 nodes, in us-east-1a"),
        ],
    }
    of_serverless = {
        "serverless_caches_ask_for_a_password": [
            ("holds", "users are those of closed"),
            ("fails", "no password is asked of default"),
            ("fails", "no group of users is set"),
            ("not applicable", "Memcached knows no users"),
        ],
        "serverless_caches_are_private": [
            ("holds", "inside 2 subnets"),
            ("holds", "inside 1 subnets"),
            ("fails", "the connection type is public"),
            ("holds", "inside 1 subnets"),
        ],
        "serverless_caches_keep_snapshots": [
            ("holds", "snapshots are kept for 7 days"),
            *(3 * [("fails", "no snapshots are kept")]),
        ],
    }
    with answering("elasticache", answers):
        assert judge_all(aws, "elasticache", [*of_groups, *of_nodes, *of_serverless]) == {
            name: {one["ARN"]: verdict for one, verdict in zip(all_, verdicts, strict=True)}
            for all_, told in ((groups, of_groups), (nodes, of_nodes), (caches, of_serverless))
            for name, verdicts in told.items()
        }


def user(name: str, kind: str = "no-password", access: str = "on ~* +@all") -> dict[str, Any]:
    return {"user_id": name, "access_string": access, "user_group_ids": ("g",), "authentication": {"type": kind}}


@pytest.mark.parametrize(
    ("groups", "found", "verdict"),
    [
        (("g",), user("default"), Fails("no password is asked of default")),
        (("g",), user("default", access="off ~* +@all"), Holds("users are those of g")),
        (("g",), user("app", "password"), Holds("users are those of g")),
        (("h",), user("default"), CannotTell("no user of h is listed")),
    ],
)
def test_users_have_passwords(groups: tuple[str, ...], found: dict[str, Any], verdict: Verdict) -> None:
    group = cache(user_group_ids=groups)
    assert elasticache.caches_ask_for_a_password(group, [CacheUser.model_validate(found)]) == verdict
    serverless = ServerlessCache(arn="a", engine="valkey", user_group_id=groups[0])
    users = [ServerlessUser.model_validate(found)]
    assert elasticache.serverless_caches_ask_for_a_password(serverless, users) == verdict


def test_a_token_beside_an_open_user_does_not_help() -> None:
    group: ReplicationGroup = cache(user_group_ids=("g",), auth_token_enabled=True)
    found = elasticache.caches_ask_for_a_password(group, [CacheUser.model_validate(user("default"))])
    assert found == Fails("no password is asked of default")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (ServerlessCache(arn="a", engine="memcached"), NotApplicable("Memcached knows no users")),
        (ServerlessCache(arn="a", engine="redis"), Fails("no group of users is set")),
    ],
)
def test_serverless_caches_without_users(one: ServerlessCache, verdict: Verdict) -> None:
    assert elasticache.serverless_caches_ask_for_a_password(one, []) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (ServerlessCache(arn="a", engine="redis", subnet_ids=("s",)), Holds("inside 1 subnets")),
        (ServerlessCache(arn="a", engine="redis", connection_type="vpc"), Holds("inside 0 subnets")),
        (ServerlessCache(arn="a", engine="redis"), CannotTell("neither a connection type nor a subnet is told")),
    ],
)
def test_serverless_caches_are_private(one: ServerlessCache, verdict: Verdict) -> None:
    assert elasticache.serverless_caches_are_private(one) == verdict


def single(**changes: object) -> CacheCluster:
    return CacheCluster.model_validate({"arn": "a", "engine": "memcached", "num_cache_nodes": 3} | changes)


def update(**changes: object) -> UpdateAction:
    fields = {
        "replication_group_id": "g",
        "service_update_name": "u",
        "service_update_severity": "important",
        "service_update_recommended_apply_by_date": datetime(2026, 11, 1, tzinfo=UTC),
        "update_action_status": "not-applied",
    }
    return UpdateAction.model_validate(fields | changes)


FINE = Holds("no critical or important update is overdue")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (update(), Fails("overdue: u on g")),
        (update(update_action_status="scheduled"), Fails("overdue: u on g")),
        (update(update_action_status="complete"), FINE),
        (update(service_update_severity="medium"), FINE),
        (update(service_update_recommended_apply_by_date=datetime(2026, 12, 1, tzinfo=UTC)), FINE),
        (update(service_update_recommended_apply_by_date=None), FINE),
    ],
)
def test_security_updates_are_applied(one: UpdateAction, verdict: Verdict) -> None:
    assert elasticache.security_updates_are_applied([single()], [one, one], NOW) == verdict


def test_serverless_snapshots() -> None:
    one = ServerlessCache(arn="a", engine="redis", snapshot_retention_limit=3)
    assert elasticache.serverless_caches_keep_snapshots(one) == Holds("snapshots are kept for 3 days")
    assert elasticache.serverless_caches_keep_snapshots(one, days=7) == Fails("snapshots are kept for 3 days")

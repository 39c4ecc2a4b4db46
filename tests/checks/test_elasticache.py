"""Caches: passwords, single clusters, serverless caches and updates, against real clients and as tables."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks import elasticache
from checks.elasticache import CacheCluster, CacheUser, ReplicationGroup, ServerlessCache, ServerlessUser, UpdateAction
from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
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


INSIDE = NotApplicable("the replication group g is judged instead")


@pytest.mark.parametrize(
    ("one", "tls", "zones"),
    [
        (
            single(preferred_availability_zone="Multiple", transit_encryption_enabled=True),
            Holds("TLS is required"),
            Holds("3 nodes in several zones"),
        ),
        (
            single(preferred_availability_zone="us-east-1a", num_cache_nodes=1),
            Fails("TLS is off"),
            Fails("1 nodes, in us-east-1a"),
        ),
        (
            single(transit_encryption_enabled=True, transit_encryption_mode="preferred"),
            Fails("TLS is offered and not required"),
            Fails("3 nodes, in a zone that is not told"),
        ),
        (single(replication_group_id="g"), INSIDE, INSIDE),
    ],
)
def test_single_caches(one: CacheCluster, tls: Verdict, zones: Verdict) -> None:
    assert elasticache.single_caches_speak_tls(one) == tls
    assert elasticache.single_caches_span_zones(one) == zones


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


def test_minor_versions_are_installed() -> None:
    on = Holds("minor versions are installed in the maintenance window")
    assert elasticache.minor_versions_are_installed(cache(auto_minor_version_upgrade=True)) == on


def test_serverless_snapshots() -> None:
    one = ServerlessCache(arn="a", engine="redis", snapshot_retention_limit=3)
    assert elasticache.serverless_caches_keep_snapshots(one) == Holds("snapshots are kept for 3 days")
    assert elasticache.serverless_caches_keep_snapshots(one, days=7) == Fails("snapshots are kept for 3 days")

"""What stands around databases, and what DocumentDB and Neptune have beside: against real clients and as tables."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from checks import docdb, neptune
from checks.rds import operations, transport
from checks.rds.evidence import ChosenForCluster, DBCluster
from checks.rds.operations import EngineVersion, EventSubscription, Maintenance, MajorVersion, Proxy
from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks import answers
from tests.checks.test_rds import cluster, instance
from tests.emulator import Emulator

REGION = "region:us-east-1"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ARN = "arn:aws:rds:us-east-1:123456789012:"
DATABASE: dict[str, Any] = {
    "DBInstanceIdentifier": "one",
    "DBInstanceClass": "db.t4g.micro",
    "Engine": "postgres",
    "EngineVersion": "13.7",
    "AllocatedStorage": 20,
    "MasterUsername": "root",
    "MasterUserPassword": "secret-of-a-test",
}


def answering(stack: ExitStack, service: str, **operations: dict[str, Any]) -> None:
    for name, answer in operations.items():
        stack.callback(prepare_one(service, name, Prepared(source="a row of this test", answer=answer)))


def test_proxies(aws: Emulator) -> None:
    client = aws.client("rds")
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"][:2]]
    made = [
        client.create_db_proxy(
            DBProxyName=name,
            EngineFamily="POSTGRESQL",
            Auth=[
                {
                    "AuthScheme": "SECRETS",
                    "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s",
                    "IAMAuth": iam,
                }
            ],
            RoleArn="arn:aws:iam::123456789012:role/proxy",
            VpcSubnetIds=subnets,
            RequireTLS=tls,
        )["DBProxy"]["DBProxyArn"]
        for name, iam, tls in (("good", "REQUIRED", True), ("bad", "DISABLED", False))
    ]
    good, bad = made
    assert aws.judge("rds.proxies_require_tls") == {
        good: ("holds", "TLS is required"),
        bad: ("fails", "TLS is not required"),
    }
    assert aws.judge("rds.proxies_ask_for_iam_authentication") == {
        good: ("holds", "IAM is REQUIRED"),
        bad: ("fails", "IAM is DISABLED"),
    }


def test_around_a_database(aws: Emulator) -> None:
    """One scene for all reads that moto lacks; the region without databases comes first."""
    nothing = ("not applicable", "the region has no databases")
    assert aws.judge("rds.database_events_are_told") == {REGION: nothing}
    assert aws.judge("rds.maintenance_is_not_overdue") == {REGION: nothing}
    client = aws.client("rds")
    one = client.create_db_instance(**DATABASE)["DBInstance"]["DBInstanceArn"]
    silence = ("fails", "no subscription is to failures of every db-instance")
    assert aws.judge("rds.database_events_are_told") == {REGION: silence}
    topic = "arn:aws:sns:us-east-1:123456789012:t"
    client.create_event_subscription(SubscriptionName="failures", SnsTopicArn=topic, Enabled=True)
    told = aws.judge("rds.database_events_are_told")
    assert told == {REGION: ("holds", "subscriptions: failures")}
    waiting = {"Action": "system-update", "CurrentApplyDate": "2026-10-01T00:00:00Z"}
    version = {"Engine": "postgres", "EngineVersion": "13.7", "MajorEngineVersion": "13", "Status": "available"}
    life = {
        "LifecycleSupportName": "open-source-rds-standard-support",
        "LifecycleSupportStartDate": "2021-02-24T00:00:00Z",
        "LifecycleSupportEndDate": "2026-02-28T00:00:00Z",
    }
    major = {"Engine": "postgres", "MajorEngineVersion": "13", "SupportedEngineLifecycles": [life]}
    with ExitStack() as stack:
        details = {"ResourceIdentifier": one, "PendingMaintenanceActionDetails": [waiting]}
        answering(
            stack,
            "rds",
            DescribePendingMaintenanceActions={"PendingMaintenanceActions": [details]},
            DescribeDBEngineVersions={"DBEngineVersions": [version]},
            DescribeDBMajorEngineVersions={"DBMajorEngineVersions": [major]},
        )
        assert aws.judge("rds.versions_are_supported", at=NOW) == {
            one: ("fails", "standard support of postgres 13 ended on 2026-02-28")
        }
        assert aws.judge("rds.maintenance_is_not_overdue", at=NOW) == {
            REGION: ("fails", "overdue: one (system-update of 2026-10-01)")
        }
        assert aws.judge("rds.pending_maintenance", at=NOW) == {
            REGION: ("told", "pending maintenance: one (system-update, 2026-10-01)")
        }
    assert aws.judge("rds.maintenance_is_not_overdue") == {REGION: ("holds", "nothing is overdue")}


def proxy(**changes: object) -> Proxy:
    return Proxy.model_validate(
        {"db_proxy_arn": "p", "db_proxy_name": "p", "require_tls": True} | changes, strict=False
    )


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (proxy(default_auth_scheme="IAM_AUTH"), Holds("the scheme is IAM_AUTH")),
        (proxy(), Fails("no way to authenticate is told")),
        (proxy(auth=[{"iam_auth": "REQUIRED"}, {"iam_auth": "ENABLED"}]), Fails("IAM is ENABLED")),
        (proxy(auth=[{}]), Fails("IAM is DISABLED")),
    ],
)
def test_proxies_ask_for_iam_authentication(one: Proxy, verdict: Verdict) -> None:
    assert operations.proxies_ask_for_iam_authentication(one) == verdict


def subscription(**changes: object) -> EventSubscription:
    fields = {"cust_subscription_id": "s", "status": "active", "enabled": True}
    return EventSubscription.model_validate(fields | changes, strict=False)


NOBODY = Fails("no subscription is to failures of every db-instance and every db-cluster")
NO_CLUSTER = Fails("no subscription is to failures of every db-cluster")
ALL_INSTANCES = [subscription(source_type="db-instance")]
TOLD = Holds("subscriptions: s, s")


@pytest.mark.parametrize(
    ("subscriptions", "verdict"),
    [
        ([], NOBODY),
        ([subscription()], Holds("subscriptions: s")),
        ([subscription(source_type="db-instance", event_categories_list=["failure"])], NO_CLUSTER),
        (
            [subscription(source_type="db-instance"), subscription(source_type="db-cluster")],
            Holds("subscriptions: s, s"),
        ),
        ([subscription(event_categories_list=["backup"])], NOBODY),
        ([subscription(event_categories_list=["failover"])], NOBODY),
        ([subscription(source_ids_list=["one"])], NOBODY),
        ([subscription(status="topic-not-exist")], NOBODY),
        ([subscription(enabled=False)], NOBODY),
        ([subscription(source_type="db-cluster", source_ids_list=["c"]), *ALL_INSTANCES], TOLD),
        ([subscription(source_type="db-cluster", source_ids_list=["other"]), *ALL_INSTANCES], NO_CLUSTER),
    ],
)
def test_database_events_are_told(subscriptions: list[EventSubscription], verdict: Verdict) -> None:
    assert operations.database_events_are_told(subscriptions, [instance()], [cluster()]) == verdict


def version(engine: str = "postgres", number: str = "16.3", status: str = "available") -> EngineVersion:
    return EngineVersion(engine=engine, engine_version=number, major_engine_version=number[:2], status=status)


def major(end: datetime, name: str = "open-source-rds-standard-support") -> MajorVersion:
    life = {"lifecycle_support_name": name, "lifecycle_support_end_date": end}
    fields = {"engine": "postgres", "major_engine_version": "16", "supported_engine_lifecycles": [life]}
    return MajorVersion.model_validate(fields, strict=False)


@pytest.mark.parametrize(
    ("versions", "majors", "days", "verdict"),
    [
        ([], [], 0, CannotTell("AWS lists no version postgres 16.3")),
        ([version(number="16.2")], [], 0, CannotTell("AWS lists no version postgres 16.3")),
        ([version(status="deprecated")], [], 0, Fails("AWS has deprecated postgres 16.3")),
        ([version()], [], 0, CannotTell("AWS does not say until when it supports postgres 16")),
        (
            [version()],
            [major(datetime(2027, 1, 1, tzinfo=UTC))],
            0,
            Holds("standard support of postgres 16 ends on 2027-01-01"),
        ),
        (
            [version()],
            [major(datetime(2027, 1, 1, tzinfo=UTC))],
            90,
            Fails("standard support of postgres 16 ends on 2027-01-01"),
        ),
        ([version()], [major(NOW)], 0, Fails("standard support of postgres 16 ended on 2026-11-23")),
        (
            [version()],
            [major(NOW, "open-source-rds-extended-support")],
            0,
            CannotTell("AWS does not say until when it supports postgres 16"),
        ),
    ],
)
def test_versions_are_supported(
    versions: list[EngineVersion], majors: list[MajorVersion], days: int, verdict: Verdict
) -> None:
    assert operations.versions_are_supported(instance(), versions, majors, NOW, days=days) == verdict


def test_an_end_of_support_that_only_a_guide_tells() -> None:
    old = instance(engine="docdb", engine_version="3.6.0")
    told = Fails("standard support of docdb 3.6 ended on 2026-03-30")
    assert operations.versions_are_supported(old, [version("docdb", "3.6.0")], [], NOW) == told
    new = instance(engine="docdb", engine_version="5.0.0")
    found = operations.versions_are_supported(new, [version("docdb", "5.0.0")], [], NOW)
    assert found == Holds("docdb 5.0.0 is available")


@pytest.mark.parametrize(
    ("date", "verdict"),
    [
        (None, Holds("nothing is overdue")),
        (datetime(2026, 11, 20, tzinfo=UTC), Holds("nothing is overdue")),
        (datetime(2027, 1, 1, tzinfo=UTC), Holds("nothing is overdue")),
        (datetime(2026, 11, 1, tzinfo=UTC), Fails("overdue: one (os-upgrade of 2026-11-01)")),
    ],
)
def test_maintenance_is_not_overdue(date: datetime | None, verdict: Verdict) -> None:
    details = [{"action": "os-upgrade", "current_apply_date": date}]
    fields = {"resource_identifier": ARN + "db:one", "pending_maintenance_action_details": details}
    one = Maintenance.model_validate(fields, strict=False)
    assert operations.maintenance_is_not_overdue([one], [instance()], [], NOW) == verdict


def test_global_databases() -> None:
    member = cluster(global_cluster_identifier="world")
    told = operations.global_databases([member, cluster(), cluster(engine="docdb")])
    assert told == "1 of 2 database clusters belong to a global database"
    assert operations.global_databases([]) is None


def own(**values: str) -> list[ChosenForCluster]:
    return [ChosenForCluster("own", values)]


OWN: dict[str, object] = {"db_cluster_parameter_group": "own"}
WAITING = {"db_instance_identifier": "w", "db_cluster_parameter_group_status": "pending-reboot"}


@pytest.mark.parametrize(
    ("one", "groups", "verdict"),
    [
        (cluster(engine="docdb", db_cluster_parameter_group="default.docdb5.0"), [], Holds("tls is on by default")),
        (cluster(engine="docdb", **OWN), own(tls="disabled"), Fails("tls is disabled")),
        (cluster(engine="docdb", **OWN), own(tls="tls1.2+"), Holds("tls is tls1.2+")),
        (
            cluster(engine="docdb", **OWN, db_cluster_members=[WAITING]),
            own(tls="enabled"),
            CannotTell("tls is enabled, and the parameter group waits for a restart"),
        ),
        (cluster(engine="neptune", engine_version="1.3.0.0"), [], Holds("Neptune 1.3.0.0 takes HTTPS only")),
        (
            cluster(engine="neptune", engine_version="1.0.4.1.R1"),
            [],
            CannotTell("Neptune 1.0.4.1.R1 may take HTTP too"),
        ),
        (
            cluster(engine="aurora-postgresql", engine_version="16.4", **OWN, db_cluster_members=[WAITING]),
            own(**{"rds.force_ssl": "1"}),
            CannotTell("rds.force_ssl is 1, and the parameter group waits for a restart"),
        ),
        (
            cluster(engine="aurora-mysql", engine_version="8.0.mysql_aurora.3.05", **OWN, db_cluster_members=[WAITING]),
            own(require_secure_transport="ON"),
            Holds("require_secure_transport is ON"),
        ),
        (
            cluster(engine="neptune", engine_version="1.0.3.0"),
            [],
            CannotTell("Neptune 1.0.3.0 may take HTTP too"),
        ),
    ],
)
def test_other_engines_must_use_tls(one: DBCluster, groups: list[ChosenForCluster], verdict: Verdict) -> None:
    assert transport.cluster_connections_must_use_tls(one, groups) == verdict


Judge = Callable[[DBCluster, list[ChosenForCluster]], Verdict]
LOGS: dict[str, object] = {"enabled_cloudwatch_logs_exports": ["audit"]}


@pytest.mark.parametrize(
    ("check", "one", "groups", "verdict"),
    [
        (
            docdb.audit_events_are_recorded,
            cluster(),
            [],
            NotApplicable("judged for DocumentDB only; this is aurora-postgresql"),
        ),
        (
            docdb.audit_events_are_recorded,
            cluster(engine="docdb", db_cluster_parameter_group="default.docdb5.0", **LOGS),
            [],
            Fails("audit_logs is disabled"),
        ),
        (
            docdb.audit_events_are_recorded,
            cluster(engine="docdb", **OWN, **LOGS),
            own(audit_logs="all"),
            Holds("audit_logs is all, and exported"),
        ),
        (
            docdb.audit_events_are_recorded,
            cluster(engine="docdb", **OWN, **LOGS),
            own(audit_logs="dml_read, dml_write"),
            Fails("audit_logs is dml_read, dml_write, which leaves out who signs in"),
        ),
        (
            docdb.audit_events_are_recorded,
            cluster(engine="docdb", **OWN),
            own(audit_logs="enabled"),
            Fails("the audit log is not exported"),
        ),
        (
            neptune.audit_events_are_recorded,
            cluster(),
            [],
            NotApplicable("judged for Neptune only; this is aurora-postgresql"),
        ),
        (
            neptune.audit_events_are_recorded,
            cluster(engine="neptune", **OWN, **LOGS),
            own(),
            Fails("neptune_enable_audit_log is 0"),
        ),
        (
            neptune.audit_events_are_recorded,
            cluster(engine="neptune", **OWN, **LOGS),
            own(neptune_enable_audit_log="1"),
            Holds("the audit log is on, and exported"),
        ),
        (
            neptune.audit_events_are_recorded,
            cluster(engine="neptune", **OWN),
            own(neptune_enable_audit_log="1"),
            Fails("the audit log is not exported"),
        ),
    ],
)
def test_audit_events_are_recorded(
    check: Judge, one: DBCluster, groups: list[ChosenForCluster], verdict: Verdict
) -> None:
    assert check(one, groups) == verdict


def test_elastic_clusters_and_graphs(aws: Emulator) -> None:
    none = {REGION: "not applicable"}
    assert aws.verdicts("docdb.elastic_clusters_have_replicas") == none
    assert aws.verdicts("neptune.graphs_are_not_public") == none
    prefix = "arn:aws:docdb-elastic:us-east-1:123456789012:cluster/"
    graph = "arn:aws:neptune-graph:us-east-1:123456789012:graph/g-"

    def elastic(name: str, **members: object) -> dict[str, Any]:
        whole = {
            "adminUserName": "root",
            "clusterArn": prefix + name,
            "clusterEndpoint": "e",
            "clusterName": name,
            "createTime": "2026-01-01",
            "kmsKeyId": "k",
            "preferredMaintenanceWindow": "sun:05:00-sun:06:00",
            "shardCapacity": 2,
            "shardCount": 1,
            "status": "ACTIVE",
            "subnetIds": [],
            "vpcSecurityGroupIds": [],
        }
        return {"GetCluster": {"cluster": whole | members}}

    good = elastic("good", authType="SECRET_ARN", backupRetentionPeriod=7, shardInstanceCount=2)
    bad = elastic("bad", authType="PLAIN_TEXT", backupRetentionPeriod=1, shardInstanceCount=1)
    listed = [{"clusterArn": prefix + name, "clusterName": name, "status": "ACTIVE"} for name in ("good", "bad")]
    graphs = [
        {"publicConnectivity": False, "replicaCount": 1, "deletionProtection": True},
        {"publicConnectivity": True, "replicaCount": 0, "deletionProtection": False},
    ]
    names = ("good", "bad")
    told = [
        {"id": f"g-{name}", "name": name, "arn": graph + name} | one for name, one in zip(names, graphs, strict=True)
    ]
    with ExitStack() as stack:
        answering(stack, "docdb-elastic", ListClusters={"clusters": listed})
        for name, answer in zip(names, (good, bad), strict=True):
            stack.enter_context(answers.answering("docdb-elastic", answer, {"clusterArn": prefix + name}))
        answering(stack, "neptune-graph", ListGraphs={"graphs": told})
        clusters = {
            "elastic_clusters_have_replicas": ("2 instances in each shard", "one instance in each shard"),
            "elastic_passwords_are_in_secrets_manager": (
                "the password is in Secrets Manager",
                "the password is PLAIN_TEXT",
            ),
            "elastic_backups_are_kept": ("backups are kept for 7 days", "backups are kept for 1 days, fewer than 7"),
        }
        assert answers.judge_all(aws, "docdb", clusters) == {
            check: {prefix + "good": ("holds", holds), prefix + "bad": ("fails", fails)}
            for check, (holds, fails) in clusters.items()
        }
        analytics = {
            "graphs_are_not_public": ("the endpoint is private", "the endpoint is public"),
            "graphs_have_replicas": ("1 replicas", "the graph has no replica"),
            "graphs_are_protected_from_deletion": ("deletion protection is on", "deletion protection is off"),
        }
        assert answers.judge_all(aws, "neptune", analytics) == {
            check: {graph + "good": ("holds", holds), graph + "bad": ("fails", fails)}
            for check, (holds, fails) in analytics.items()
        }


def test_an_instance_of_another_kind_is_no_open_source(aws: Emulator) -> None:
    """Oracle has no ends of support in AWS's list: it is not asked for them, and the version alone counts."""
    client = aws.client("rds")
    made = client.create_db_instance(**{**DATABASE, "Engine": "oracle-ee", "EngineVersion": "19.0"})
    arn = made["DBInstance"]["DBInstanceArn"]
    listed = {"Engine": "oracle-ee", "EngineVersion": "19.0", "MajorEngineVersion": "19", "Status": "available"}
    with ExitStack() as stack:
        answering(stack, "rds", DescribeDBEngineVersions={"DBEngineVersions": [listed]})
        assert aws.judge("rds.versions_are_supported") == {arn: ("holds", "oracle-ee 19.0 is available")}

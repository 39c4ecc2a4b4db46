"""Kafka, Firehose, Amazon MQ and warehouses: against real clients and as tables."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import firehose, kafka, mq, redshift
from checks.backup.evidence import Protected
from checks.kafka import Cluster
from checks.redshift import Chosen
from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.checks import answers
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
NONE = {REGION: "not applicable"}


def answering(stack: ExitStack, service: str, **operations: dict[str, Any]) -> None:
    for name, answer in operations.items():
        stack.callback(prepare_one(service, name, Prepared(source="a row of this test", answer=answer)))


def test_kafka_through_a_client(aws: Emulator) -> None:
    """moto leaves the members of EncryptionInfo and ClientAuthentication out, which must be no pass."""
    assert aws.verdicts("kafka.clusters_speak_tls") == NONE
    client = aws.client("kafka")
    bare = client.create_cluster_v2(
        ClusterName="bare",
        Provisioned={
            "BrokerNodeGroupInfo": {"ClientSubnets": ["subnet-1", "subnet-2"], "InstanceType": "kafka.m5.large"},
            "KafkaVersion": "3.6.0",
            "NumberOfBrokerNodes": 2,
        },
    )["ClusterArn"]
    serverless = client.create_cluster_v2(
        ClusterName="serverless",
        Serverless={"VpcConfigs": [{"SubnetIds": ["subnet-1"]}], "ClientAuthentication": {"Sasl": {}}},
    )["ClusterArn"]
    judged = {
        "kafka.clusters_speak_tls": (bare, ("unknown", "how clients and brokers talk is not told")),
        "kafka.clients_prove_who_they_are": (bare, ("fails", "no way to authenticate is set")),
        "kafka.clusters_are_encrypted": (bare, ("unknown", "no key is named")),
        "kafka.clusters_span_zones": (bare, ("holds", "brokers in 2 zones")),
        "kafka.broker_logs_are_kept": (bare, ("fails", "broker logs go nowhere")),
        "kafka.clusters_are_not_public": (bare, ("unknown", "nothing is told of public access")),
    }
    for check, (arn, told) in judged.items():
        found = aws.judge(check)
        assert found[arn] == told
        assert found[serverless][0] == "not applicable"


def broker_cluster(name: str, client: str, inside: bool, public: str, **members: Any) -> dict[str, Any]:
    """A provisioned cluster as ListClustersV2 lists it."""
    subnets = members.pop("subnets", ["subnet-1", "subnet-2"])
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"
    provisioned = {
        "BrokerNodeGroupInfo": {
            "ClientSubnets": subnets,
            "InstanceType": "kafka.m5.large",
            "ConnectivityInfo": {"PublicAccess": {"Type": public}},
        },
        "EncryptionInfo": {
            "EncryptionAtRest": {"DataVolumeKMSKeyId": key},
            "EncryptionInTransit": {"ClientBroker": client, "InCluster": inside},
        },
        "NumberOfBrokerNodes": 2,
        **members,
    }
    arn = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/{name}/1"
    return {"ClusterArn": arn, "ClusterName": name, "ClusterType": "PROVISIONED", "Provisioned": provisioned}


def test_kafka_with_all_that_aws_tells(aws: Emulator) -> None:
    on, off = {"Enabled": True}, {"Enabled": False}
    by_iam = {"Sasl": {"Iam": on, "Scram": off}, "Unauthenticated": off}
    none_too = {"Sasl": {"Iam": on}, "Unauthenticated": on}
    logs = {"CloudWatchLogs": off, "Firehose": off, "S3": {"Enabled": True, "Bucket": "b"}}
    silent = {"BrokerLogs": {"CloudWatchLogs": off, "Firehose": off, "S3": off}}
    serverless = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/serverless/1"
    vpc = {"VpcConfigs": [{"SubnetIds": ["subnet-1"]}], "ClientAuthentication": {"Sasl": {"Iam": on}}}
    clusters = [
        broker_cluster("good", "TLS", True, "DISABLED", ClientAuthentication=by_iam, LoggingInfo={"BrokerLogs": logs}),
        broker_cluster(
            "bad",
            "TLS_PLAINTEXT",
            False,
            "SERVICE_PROVIDED_EIPS",
            ClientAuthentication=none_too,
            LoggingInfo=silent,
            subnets=["subnet-1"],
        ),
        {"ClusterArn": serverless, "ClusterName": "s", "ClusterType": "SERVERLESS", "Serverless": vpc},
    ]
    good, bad = (str(one["ClusterArn"]) for one in clusters[:2])
    key = ("holds", f"encrypted under arn:aws:kms:us-east-1:{ACCOUNT}:key/k")
    by_nature = "a serverless cluster: encrypted, with IAM only, and over several zones, by its nature"
    judged = {
        "clusters_speak_tls": (
            ("holds", "TLS only, between brokers too"),
            ("fails", "clients may use TLS_PLAINTEXT; brokers talk in the open"),
            by_nature,
        ),
        "clusters_are_encrypted": (key, key, by_nature),
        "clients_prove_who_they_are": (("holds", "by IAM"), ("fails", "clients may stay unknown"), by_nature),
        "clusters_are_not_public": (
            ("holds", "public access is DISABLED"),
            ("fails", "public access is SERVICE_PROVIDED_EIPS"),
            "a serverless cluster is inside a VPC by its nature",
        ),
        "clusters_span_zones": (("holds", "brokers in 2 zones"), ("fails", "brokers in 1 zones"), by_nature),
        "broker_logs_are_kept": (
            ("holds", "to S3"),
            ("fails", "broker logs go nowhere"),
            "a serverless cluster has no broker logs",
        ),
    }
    with answers.answering("kafka", {"ListClustersV2": {"ClusterInfoList": clusters}}):
        assert answers.judge_all(aws, "kafka", judged) == {
            name: {good: holds, bad: fails, serverless: ("not applicable", outside)}
            for name, (holds, fails, outside) in judged.items()
        }


def msk(brokers: dict[str, Any] | None = None, **changes: Any) -> Cluster:
    group = {"client_subnets": ("a", "b")} | (brokers or {})
    provisioned = {"broker_node_group_info": group} | changes
    fields = {"cluster_arn": "a", "cluster_name": "c", "cluster_type": "PROVISIONED", "provisioned": provisioned}
    return Cluster.model_validate(fields)


ON, OFF = {"enabled": True}, {"enabled": False}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"sasl": {"iam": ON}, "unauthenticated": OFF}, Holds("by IAM")),
        ({"sasl": {"scram": ON}, "tls": ON}, Holds("by SASL/SCRAM, mutual TLS")),
        ({"sasl": {"iam": ON}, "unauthenticated": ON}, Fails("clients may stay unknown")),
        ({"sasl": {"iam": OFF}, "unauthenticated": OFF}, Fails("no way to authenticate is set")),
    ],
)
def test_clients_prove_who_they_are(told: dict[str, Any], verdict: Verdict) -> None:
    assert kafka.clients_prove_who_they_are(msk(client_authentication=told)) == verdict


def test_connectors(aws: Emulator) -> None:
    assert aws.verdicts("kafka.connectors_speak_tls") == NONE
    arns = [f"arn:aws:kafkaconnect:us-east-1:{ACCOUNT}:connector/{name}" for name in ("good", "bad")]
    told = [
        {
            "connectorArn": arn,
            "kafkaClusterEncryptionInTransit": {"encryptionType": encryption},
            "kafkaClusterClientAuthentication": {"authenticationType": who},
        }
        for arn, encryption, who in zip(arns, ("TLS", "PLAINTEXT"), ("IAM", "NONE"), strict=True)
    ]
    with ExitStack() as stack:
        answering(stack, "kafkaconnect", ListConnectors={"connectors": told})
        assert aws.judge("kafka.connectors_speak_tls") == {
            arns[0]: ("holds", "TLS"),
            arns[1]: ("fails", "the connection is PLAINTEXT"),
        }
        assert aws.judge("kafka.connectors_prove_who_they_are") == {
            arns[0]: ("holds", "the authentication is IAM"),
            arns[1]: ("fails", "the authentication is NONE"),
        }


def test_firehose(aws: Emulator) -> None:
    check = "firehose.streams_are_encrypted"
    assert aws.verdicts(check) == NONE
    client = aws.client("firehose")
    to = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/x", "BucketARN": "arn:aws:s3:::b"}
    source = {"KinesisStreamARN": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s", "RoleARN": to["RoleARN"]}
    rows: dict[str, dict[str, Any]] = {
        "good": {"DeliveryStreamType": "DirectPut"},
        "bad": {"DeliveryStreamType": "DirectPut"},
        "fed": {"DeliveryStreamType": "KinesisStreamAsSource", "KinesisStreamSourceConfiguration": source},
    }
    arns = {
        name: client.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=to, **how)[
            "DeliveryStreamARN"
        ]
        for name, how in rows.items()
    }
    client.start_delivery_stream_encryption(
        DeliveryStreamName="good", DeliveryStreamEncryptionConfigurationInput={"KeyType": "AWS_OWNED_CMK"}
    )
    assert aws.judge(check) == {
        arns["good"]: ("holds", "encrypted under AWS_OWNED_CMK"),
        arns["bad"]: ("fails", "encryption at rest is DISABLED"),
        arns["fed"]: ("not applicable", "Firehose encrypts direct puts only; this is KinesisStreamAsSource"),
    }


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("ENABLING", CannotTell("the status of encryption at rest is ENABLING")),
        ("ENABLING_FAILED", CannotTell("the status of encryption at rest is ENABLING_FAILED")),
        ("DISABLING_FAILED", CannotTell("the status of encryption at rest is DISABLING_FAILED")),
        ("DISABLING", Fails("encryption at rest is DISABLING")),
        ("DISABLED", Fails("encryption at rest is DISABLED")),
    ],
)
def test_encryption_that_is_not_on(status: str, told: Verdict) -> None:
    fields = {
        "delivery_stream_arn": "a",
        "delivery_stream_type": "DirectPut",
        "delivery_stream_encryption_configuration": {"status": status},
    }
    assert firehose.streams_are_encrypted(firehose.Stream.model_validate(fields)) == told


def test_msk_as_a_source_is_no_direct_put() -> None:
    one = firehose.Stream(delivery_stream_arn="a", delivery_stream_type="MSKAsSource")
    told = NotApplicable("Firehose encrypts direct puts only; this is MSKAsSource")
    assert firehose.streams_are_encrypted(one) == told


def test_retention_of_streams(aws: Emulator) -> None:
    aws.client("kinesis").create_stream(StreamName="one", ShardCount=1)
    arn = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/one"
    check = "kinesis.records_are_kept_for_a_week"
    assert aws.judge(check) == {arn: ("fails", "kept for 24 hours, fewer than 168")}
    aws.client("kinesis").increase_stream_retention_period(StreamName="one", RetentionPeriodHours=168)
    assert aws.judge(check) == {arn: ("holds", "kept for 168 hours")}


def test_brokers(aws: Emulator) -> None:
    assert aws.verdicts("mq.brokers_span_zones") == NONE
    client = aws.client("mq")
    make: dict[str, Any] = {"HostInstanceType": "mq.m5.large", "Users": [{"Username": "u", "Password": "p" * 12}]}
    bad = client.create_broker(
        BrokerName="bad",
        EngineType="ACTIVEMQ",
        DeploymentMode="SINGLE_INSTANCE",
        PubliclyAccessible=True,
        AutoMinorVersionUpgrade=False,
        Logs={"General": True, "Audit": False},
        **make,
    )["BrokerArn"]
    good = client.create_broker(
        BrokerName="good",
        EngineType="RABBITMQ",
        DeploymentMode="CLUSTER_MULTI_AZ",
        PubliclyAccessible=False,
        AutoMinorVersionUpgrade=True,
        Logs={"General": True},
        **make,
    )["BrokerArn"]
    judged = {
        "mq.brokers_are_not_public": {
            bad: ("fails", "publicly accessible"),
            good: ("holds", "not publicly accessible"),
        },
        "mq.brokers_span_zones": {
            bad: ("fails", "the mode is SINGLE_INSTANCE"),
            good: ("holds", "the mode is CLUSTER_MULTI_AZ"),
        },
        "mq.brokers_write_logs": {bad: ("fails", "not written: audit"), good: ("holds", "the logs are written")},
        "mq.minor_versions_are_installed": {
            bad: ("fails", "minor versions are not installed automatically"),
            good: ("holds", "minor versions are installed in the maintenance window"),
        },
    }
    assert {check: aws.judge(check) for check in judged} == judged


def test_a_broker_that_tells_no_logs_writes_none() -> None:
    entry = mq.BrokerEntry(broker_arn="a", broker_id="b", deployment_mode="SINGLE_INSTANCE", engine_type="ACTIVEMQ")
    told = Fails("not written: general, audit")
    assert mq.brokers_write_logs(entry, mq.Broker(publicly_accessible=False)) == told


def test_a_broker_of_a_test_may_be_single() -> None:
    entry = mq.BrokerEntry(broker_arn="a", broker_id="b", deployment_mode="SINGLE_INSTANCE", engine_type="RABBITMQ")
    broker = mq.Broker(publicly_accessible=False, tags={"Environment": "dev"})
    assert mq.brokers_span_zones(entry, broker) == NotApplicable("the tag Environment says dev")


def test_warehouses(aws: Emulator) -> None:
    assert aws.verdicts("redshift.connections_must_use_tls") == NONE
    client = aws.client("redshift")
    client.create_cluster_parameter_group(
        ParameterGroupName="strict", ParameterGroupFamily="redshift-1.0", Description="d"
    )
    arns = {}
    for name, group in (("good", "strict"), ("bad", "default.redshift-1.0")):
        client.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Xk9mPq2vLw8zR4",
            ClusterParameterGroupName=group,
            AllowVersionUpgrade=name == "good",
        )
        arns[name] = f"arn:aws:redshift:us-east-1:{ACCOUNT}:cluster:{name}"
    good, bad = arns.values()
    found = aws.judge("redshift.connections_must_use_tls")
    assert found[bad] == ("fails", "default.redshift-1.0 has require_ssl false")
    assert aws.judge("redshift.versions_are_installed") == {
        good: ("holds", "upgrades are allowed"),
        bad: ("fails", "upgrades are not allowed"),
    }
    assert aws.judge("redshift.activity_is_logged")[bad] == ("fails", "audit logging is off")
    assert aws.verdicts("redshift.clusters_can_go_to_another_zone")[bad] == "fails"
    assert aws.verdicts("redshift.admin_passwords_are_managed")[bad] == "fails"
    told = "2 Redshift clusters; snapshots copied abroad: none"
    assert aws.judge("redshift.snapshots_copied_to_other_regions") == {REGION: ("told", told)}


def test_warehouses_with_all_that_aws_tells(aws: Emulator) -> None:
    """moto's clusters, with the members that moto leaves out, and with logs."""
    client = aws.client("redshift")
    in_force = "in-sync"
    for name in ("good", "bad", "moving", "development"):
        client.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Xk9mPq2vLw8zR4",
            AvailabilityZone="us-east-1a",
        )
    client.create_cluster_parameter_group(
        ParameterGroupName="strict", ParameterGroupFamily="redshift-2.0", Description="d"
    )
    secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:redshift!good"
    alone = {"MultiAZ": "Disabled", "AvailabilityZoneRelocationStatus": "disabled"}
    added: dict[str, dict[str, Any]] = {
        "good": {"MultiAZ": "Enabled", "MasterPasswordSecretArn": secret},
        "bad": alone,
        "moving": {"MultiAZ": "Disabled", "AvailabilityZoneRelocationStatus": "enabled"},
        "development": {**alone, "Tags": [{"Key": "Environment", "Value": "Sandbox"}]},
    }

    def grouped(name: str, group: str, state: str = in_force) -> dict[str, Any]:
        told = {"ParameterName": "require_ssl", "ParameterApplyStatus": state}
        whole = {"ParameterGroupName": group, "ParameterApplyStatus": state, "ClusterParameterStatusList": [told]}
        return added[name] | {"ClusterParameterGroups": [whole]}

    members = {
        "good": grouped("good", "strict"),
        "bad": grouped("bad", "default.redshift-1.0"),
        "moving": grouped("moving", "strict", "pending-reboot"),
        "development": grouped("development", "strict"),
    }
    clusters = [one | members[one["ClusterIdentifier"]] for one in client.describe_clusters()["Clusters"]]
    ssl = [{"ParameterName": "require_ssl", "ParameterValue": "true", "Source": "user"}]
    failed = "2026-11-20T00:00:00Z"
    logs: dict[str, dict[str, Any]] = {
        "good": {
            "LoggingEnabled": True,
            "LogDestinationType": "cloudwatch",
            "LogExports": ["connectionlog", "userlog"],
        },
        "bad": {"LoggingEnabled": False},
        "moving": {"LoggingEnabled": True, "LogDestinationType": "cloudwatch", "LogExports": ["userlog"]},
        "development": {"LoggingEnabled": True, "BucketName": "b", "LastFailureTime": failed},
    }
    arn = f"arn:aws:redshift:us-east-1:{ACCOUNT}:cluster:"
    elsewhere = ("fails", "the administrator's password is kept elsewhere")
    judged = {
        "connections_must_use_tls": {
            "good": ("holds", "require_ssl is true"),
            "bad": ("fails", "default.redshift-1.0 has require_ssl false"),
            "moving": ("unknown", "require_ssl is true, and whether it is in force is: pending-reboot"),
            "development": ("holds", "require_ssl is true"),
        },
        "activity_is_logged": {
            "good": ("holds", "logs go to cloudwatch"),
            "bad": ("fails", "audit logging is off"),
            "moving": ("fails", "logged: userlog, and no connections"),
            "development": ("fails", "the last delivery failed on 2026-11-20"),
        },
        "clusters_can_go_to_another_zone": {
            "good": ("holds", "Multi-AZ"),
            "bad": ("fails", "in us-east-1a alone, and relocation is not enabled"),
            "moving": ("holds", "relocation to another zone is enabled"),
            "development": ("not applicable", "the tag Environment says Sandbox"),
        },
        "admin_passwords_are_managed": {
            "good": ("holds", "Secrets Manager keeps and rotates it"),
            "bad": elsewhere,
            "moving": elsewhere,
            "development": elsewhere,
        },
    }
    with ExitStack() as stack:
        answering(stack, "redshift", DescribeClusters={"Clusters": clusters})
        strict = {"DescribeClusterParameters": {"Parameters": ssl}}
        stack.enter_context(answers.answering("redshift", strict, {"ParameterGroupName": "strict"}))
        for name, told in logs.items():
            of = {"ClusterIdentifier": name}
            stack.enter_context(answers.answering("redshift", {"DescribeLoggingStatus": told}, of))
        assert answers.judge_all(aws, "redshift", judged) == {
            name: {arn + one: said for one, said in told.items()} for name, told in judged.items()
        }


def warehouse(**changes: Any) -> redshift.Cluster:
    fields = {
        "cluster_identifier": "c",
        "encrypted": True,
        "publicly_accessible": False,
        "automated_snapshot_retention_period": 7,
        "availability_zone": "us-east-1a",
        "cluster_parameter_groups": ({"parameter_group_name": "g", "parameter_apply_status": "in-sync"},),
    }
    return redshift.Cluster.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"require_ssl": "true"}, Holds("require_ssl is true")),
        ({"require_ssl": "false"}, Fails("g has require_ssl false")),
        ({}, CannotTell("require_ssl is not told")),
    ],
)
def test_connections_must_use_tls(values: dict[str, str], verdict: Verdict) -> None:
    groups = [Chosen("other", {"require_ssl": "true"}), Chosen("g", values)]
    assert redshift.connections_must_use_tls(warehouse(), groups) == verdict


@pytest.mark.parametrize(
    ("group", "verdict"),
    [
        ({"parameter_apply_status": "in-sync"}, Holds("require_ssl is true")),
        (
            {"parameter_apply_status": "pending-reboot"},
            CannotTell("require_ssl is true, and whether it is in force is: pending-reboot"),
        ),
        (
            {
                "parameter_apply_status": "pending-reboot",
                "cluster_parameter_status_list": (
                    {"parameter_name": "require_ssl", "parameter_apply_status": "in-sync"},
                    {"parameter_name": "statement_timeout", "parameter_apply_status": "pending-reboot"},
                ),
            },
            Holds("require_ssl is true"),
        ),
        ({}, CannotTell("require_ssl is true, and whether it is in force is: not told")),
    ],
)
def test_what_waits_for_a_restart_is_not_in_force(group: dict[str, Any], verdict: Verdict) -> None:
    one = warehouse(cluster_parameter_groups=({"parameter_group_name": "g", **group},))
    assert redshift.connections_must_use_tls(one, [Chosen("g", {"require_ssl": "true"})]) == verdict


def test_further_rows_of_warehouses() -> None:
    without = warehouse(cluster_parameter_groups=())
    assert redshift.connections_must_use_tls(without, []) == CannotTell("no parameter group is told")
    alone = Fails("in us-east-1a alone, and relocation is not enabled")
    pending = warehouse(multi_az="Disabled", availability_zone_relocation_status="pending_disabling")
    assert redshift.clusters_can_go_to_another_zone(pending) == alone
    logging = redshift.Logging(logging_enabled=True, log_destination_type="cloudwatch")
    failed = datetime(2026, 11, 20, tzinfo=UTC)
    good = failed + timedelta(hours=1)
    mended = logging.model_copy(update={"last_failure_time": failed, "last_successful_delivery_time": good})
    assert redshift.activity_is_logged(mended) == Holds("logs go to cloudwatch")
    brief, here = warehouse(automated_snapshot_retention_period=1), Target(ACCOUNT, "us-east-1")
    arn = f"arn:aws:redshift:us-east-1:{ACCOUNT}:cluster:c"
    point = Protected(resource_arn=arn, resource_type="Redshift", last_backup_time=failed)
    kept = Holds("AWS Backup made a recovery point on 2026-11-20")
    assert redshift.clusters_keep_snapshots(brief, [point], here, failed) == kept
    late = redshift.clusters_keep_snapshots(brief, [point], here, failed + timedelta(days=9))
    assert late == Fails("kept for 1 days")
    abroad = warehouse(cluster_snapshot_copy_status={"destination_region": "eu-west-1"})
    facts = "1 Redshift clusters; snapshots copied abroad: c to eu-west-1"
    assert redshift.snapshots_copied_to_other_regions([abroad]) == facts


def test_serverless_warehouses(aws: Emulator) -> None:
    assert aws.verdicts("redshiftserverless.workgroups_are_not_public") == NONE
    prefix = f"arn:aws:redshift-serverless:us-east-1:{ACCOUNT}:"
    parameter = {"parameterKey": "require_ssl"}
    workgroups = [
        {
            "workgroupArn": prefix + "workgroup/" + name,
            "workgroupName": name,
            "publiclyAccessible": open_,
            "enhancedVpcRouting": not open_,
            "configParameters": parameters,
        }
        for name, open_, parameters in (
            ("good", False, [{**parameter, "parameterValue": "true"}]),
            ("bad", True, [{**parameter, "parameterValue": "false"}]),
            ("mute", False, []),
        )
    ]
    spaces = [
        {"namespaceArn": prefix + "namespace/good", "namespaceName": "good", "adminPasswordSecretArn": "arn"}
        | {"logExports": ["connectionlog", "userlog"]},
        {"namespaceArn": prefix + "namespace/bad", "namespaceName": "bad", "logExports": ["userlog"]},
    ]
    judged = {
        "redshiftserverless.workgroups_are_not_public": {
            "workgroup/good": ("holds", "not publicly accessible"),
            "workgroup/bad": ("fails", "publicly accessible"),
            "workgroup/mute": ("holds", "not publicly accessible"),
        },
        "redshiftserverless.connections_must_use_tls": {
            "workgroup/good": ("holds", "require_ssl is true"),
            "workgroup/bad": ("fails", "require_ssl is false"),
            "workgroup/mute": ("unknown", "require_ssl is not told"),
        },
        "redshiftserverless.traffic_stays_in_the_network": {
            "workgroup/good": ("holds", "enhanced VPC routing is on"),
            "workgroup/bad": ("fails", "enhanced VPC routing is off"),
            "workgroup/mute": ("holds", "enhanced VPC routing is on"),
        },
        "redshiftserverless.activity_is_logged": {
            "namespace/good": ("holds", "connectionlog and userlog are exported"),
            "namespace/bad": ("fails", "not exported: connectionlog"),
        },
        "redshiftserverless.admin_passwords_are_managed": {
            "namespace/good": ("holds", "Secrets Manager keeps and rotates it"),
            "namespace/bad": ("fails", "the administrator's password is kept elsewhere"),
        },
    }
    with ExitStack() as stack:
        answering(
            stack,
            "redshift-serverless",
            ListWorkgroups={"workgroups": workgroups},
            ListNamespaces={"namespaces": spaces},
        )
        for check, told in judged.items():
            assert aws.judge(check) == {prefix + name: verdict for name, verdict in told.items()}

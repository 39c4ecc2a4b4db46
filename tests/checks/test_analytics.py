"""Athena, Glue, EMR, SageMaker, WorkSpaces, InfluxDB and lifecycle policies: against real clients and as tables."""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from checks import athena, emr, glue, sagemaker, timestreaminfluxdb, workspaces
from fixtures.standins.backend import prepare_one
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering as prepared
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"
NONE = {REGION: "not applicable"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"


def answering(stack: ExitStack, service: str, **operations: dict[str, Any]) -> None:
    for name, answer in operations.items():
        stack.callback(prepare_one(service, name, Prepared(source="a row of this test", answer=answer)))


def test_workgroups(aws: Emulator) -> None:
    client = aws.client("athena")
    to = {"OutputLocation": "s3://results/"}
    encrypted = {**to, "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": "key"}}
    for name, results, enforced in (("good", encrypted, True), ("lax", encrypted, False), ("bare", to, True)):
        client.create_work_group(
            Name=name,
            Configuration={"ResultConfiguration": results, "EnforceWorkGroupConfiguration": enforced},
        )
    prefix = f"arn:aws:athena:us-east-1:{ACCOUNT}:workgroup/"
    assert aws.judge("athena.workgroups_decide_how_results_are_encrypted") == {
        prefix + "primary": ("not applicable", "the region's own workgroup, in which nothing is set"),
        prefix + "good": ("holds", "SSE_KMS, for every client"),
        prefix + "lax": ("fails", "SSE_KMS, but clients may choose otherwise"),
        prefix + "bare": ("fails", "no encryption is set"),
    }


def workgroup(**configuration: Any) -> athena.WorkGroup:
    return athena.WorkGroup.model_validate({"configuration": configuration})


@pytest.mark.parametrize(
    ("name", "group", "verdict"),
    [
        (
            "one",
            workgroup(managed_query_results_configuration={"enabled": True}),
            Holds("Athena keeps the results in its own, encrypted storage"),
        ),
        ("one", workgroup(), Fails("no encryption is set")),
        ("one", athena.WorkGroup(), Fails("no encryption is set")),
        (
            "primary",
            workgroup(result_configuration={"output_location": "s3://b/"}),
            Fails("no encryption is set"),
        ),
    ],
)
def test_further_workgroups(name: str, group: athena.WorkGroup, verdict: Verdict) -> None:
    entry = athena.WorkGroupName(name=name, state="ENABLED")
    assert athena.workgroups_decide_how_results_are_encrypted(entry, group) == verdict


def test_glue(aws: Emulator) -> None:
    assert aws.judge("glue.the_catalog_is_encrypted") == {REGION: ("not applicable", "the catalog has no databases")}
    client = aws.client("glue")
    client.create_database(DatabaseInput={"Name": "lake"})
    assert aws.judge("glue.the_catalog_is_encrypted") == {REGION: ("fails", "the mode is DISABLED")}
    for name, kind, properties in (
        ("strict", "JDBC", {"JDBC_ENFORCE_SSL": "true"}),
        ("lax", "JDBC", {"USERNAME": "u"}),
        ("net", "NETWORK", {}),
    ):
        client.create_connection(
            ConnectionInput={"Name": name, "ConnectionType": kind, "ConnectionProperties": properties}
        )
    prefix = f"arn:aws:glue:us-east-1:{ACCOUNT}:"
    open_ = ("fails", "passwords are handed out in the open")
    assert aws.judge("glue.connection_passwords_are_encrypted")[f"{prefix}connection/lax"] == open_
    client.put_data_catalog_encryption_settings(
        DataCatalogEncryptionSettings={
            "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": "key"},
            "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": "key"},
        }
    )
    assert aws.judge("glue.the_catalog_is_encrypted") == {REGION: ("holds", "the mode is SSE-KMS")}
    found = aws.judge("glue.connection_passwords_are_encrypted")
    assert found[f"{prefix}connection/strict"] == ("holds", "passwords stay encrypted")
    listed = [
        {"Name": name, "ConnectionType": kind, "ConnectionProperties": properties}
        for name, kind, properties in (
            ("strict", "JDBC", {"JDBC_ENFORCE_SSL": "true"}),
            ("lax", "JDBC", {"JDBC_ENFORCE_SSL": "false"}),
            ("net", "NETWORK", {}),
        )
    ]
    with ExitStack() as stack:  # moto's listing has no types
        answering(stack, "glue", GetConnections={"ConnectionList": listed})
        assert aws.judge("glue.connections_require_tls") == {
            f"{prefix}connection/strict": ("holds", "JDBC_ENFORCE_SSL is true"),
            f"{prefix}connection/lax": ("fails", "JDBC_ENFORCE_SSL is false"),
            f"{prefix}connection/net": ("not applicable", "a connection of type NETWORK"),
        }


def connection(kind: str, told: str | None = None) -> glue.Connection:
    """moto tells no ConnectionType; AWS does."""
    properties = {"JDBC_ENFORCE_SSL": told}
    return glue.Connection.model_validate({"name": "c", "connection_type": kind, "connection_properties": properties})


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (connection("JDBC", "true"), Holds("JDBC_ENFORCE_SSL is true")),
        (connection("JDBC", "false"), Fails("JDBC_ENFORCE_SSL is false")),
        (connection("JDBC"), Fails("JDBC_ENFORCE_SSL is not set")),
        (connection("NETWORK"), NotApplicable("a connection of type NETWORK")),
        (glue.Connection(name="c"), CannotTell("the connection's type is not told")),
    ],
)
def test_connections_require_tls(one: glue.Connection, verdict: Verdict) -> None:
    assert glue.connections_require_tls(one) == verdict


def test_a_network_connection_has_no_password() -> None:
    told = NotApplicable("a network connection has no password")
    assert glue.connection_passwords_are_encrypted(connection("NETWORK"), glue.ConnectionSettings()) == told


def test_jobs(aws: Emulator) -> None:
    client = aws.client("glue")
    client.create_security_configuration(
        Name="all",
        EncryptionConfiguration={
            "S3Encryption": [{"S3EncryptionMode": "SSE-S3"}],
            "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": "arn"},
            "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": "arn"},
        },
    )
    job: dict[str, Any] = {"Role": ROLE, "Command": {"Name": "glueetl"}}
    client.create_job(Name="good", SecurityConfiguration="all", **job)
    client.create_job(Name="bare", **job)
    client.create_job(Name="lost", SecurityConfiguration="gone", **job)
    prefix = f"arn:aws:glue:us-east-1:{ACCOUNT}:job/"
    assert aws.judge("glue.jobs_encrypt_what_they_write") == {
        prefix + "good": ("holds", "by all"),
        prefix + "bare": ("fails", "no security configuration is set"),
        prefix + "lost": ("fails", "the security configuration gone does not exist"),
    }


def test_a_configuration_that_encrypts_some() -> None:
    job = glue.Job(name="j", security_configuration="c")
    told = {"name": "c", "encryption_configuration": {"s3_encryption": ({"s3_encryption_mode": "SSE-KMS"},)}}
    found = glue.jobs_encrypt_what_they_write(job, [glue.SecurityConfiguration.model_validate(told)])
    assert found == Fails("not encrypted: logs, bookmarks")


def test_emr(aws: Emulator) -> None:
    assert aws.judge("emr.public_access_is_blocked") == {REGION: ("not applicable", "no cluster runs")}
    client = aws.client("emr")
    for name, at_rest in {
        "half": {"LocalDiskEncryptionConfiguration": {"EncryptionKeyProviderType": "AwsKms", "AwsKmsKey": "k"}},
        "bucket": {"S3EncryptionConfiguration": {"EncryptionMode": "SSE-S3"}},
    }.items():
        switches = {"EnableInTransitEncryption": name == "bucket", "EnableAtRestEncryption": True}
        settings = {"EncryptionConfiguration": switches | {"AtRestEncryptionConfiguration": at_rest}}
        client.create_security_configuration(Name=name, SecurityConfiguration=json.dumps(settings))
    run: dict[str, Any] = {
        "Instances": {
            "MasterInstanceType": "m5.xlarge",
            "SlaveInstanceType": "m5.xlarge",
            "InstanceCount": 2,
            "KeepJobFlowAliveWhenNoSteps": True,
        },
        "ReleaseLabel": "emr-6.9.0",
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
    }
    half = client.run_job_flow(Name="half", SecurityConfiguration="half", LogUri="s3://logs/", **run)["ClusterArn"]
    bucket = client.run_job_flow(Name="bucket", SecurityConfiguration="bucket", LogUri="s3://logs/", **run)[
        "ClusterArn"
    ]
    bare = client.run_job_flow(Name="bare", **run)["ClusterArn"]
    with ExitStack() as stack:
        answering(
            stack, "emr", ListSecurityConfigurations={"SecurityConfigurations": [{"Name": "half"}, {"Name": "bucket"}]}
        )
        assert aws.judge("emr.clusters_encrypt_at_rest") == {
            half: ("holds", "by half"),
            bucket: ("fails", "bucket encrypts what is in S3 and not the local disks"),
            bare: ("fails", "no security configuration is set"),
        }
        assert aws.judge("emr.clusters_encrypt_in_transit") == {
            half: ("fails", "half leaves it off"),
            bucket: ("holds", "by bucket"),
            bare: ("fails", "no security configuration is set"),
        }
    assert aws.judge("emr.clusters_keep_their_logs") == {
        half: ("holds", "logs go to S3"),
        bucket: ("holds", "logs go to S3"),
        bare: ("fails", "logs go with the cluster"),
    }
    client.put_block_public_access_configuration(
        BlockPublicAccessConfiguration={
            "BlockPublicSecurityGroupRules": True,
            "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}],
        }
    )
    assert aws.judge("emr.public_access_is_blocked") == {REGION: ("holds", "public access is blocked")}
    # moto blocks whatever it is told.
    metadata = {"CreationDateTime": "2026-01-01T00:00:00Z", "CreatedByArn": "arn"}
    off = {"BlockPublicSecurityGroupRules": False, "PermittedPublicSecurityGroupRuleRanges": []}
    told = {"BlockPublicAccessConfiguration": off, "BlockPublicAccessConfigurationMetadata": metadata}
    with prepared("emr", {"GetBlockPublicAccessConfiguration": told}):
        assert aws.judge("emr.public_access_is_blocked") == {REGION: ("fails", "public access is not blocked")}


def block(on: bool, *ranges: tuple[int, int]) -> emr.PublicAccess:
    spans = tuple({"min_range": first, "max_range": last} for first, last in ranges)
    told = {"block_public_security_group_rules": on, "permitted_public_security_group_rule_ranges": spans}
    return emr.PublicAccess.model_validate({"block_public_access_configuration": told})


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (block(True), Holds("public access is blocked")),
        (block(True, (22, 22)), Holds("public access is blocked")),
        (block(True, (22, 22), (8443, 8443)), Fails("open to the world at ports 8443-8443")),
        (block(True, (0, 65535)), Fails("open to the world at ports 0-65535")),
        (block(False), Fails("public access is not blocked")),
    ],
)
def test_public_access_is_blocked(one: emr.PublicAccess, verdict: Verdict) -> None:
    entry = emr.ClusterEntry(id="j-1", cluster_arn="a", name="n")
    assert emr.public_access_is_blocked([entry], [one]) == verdict


def test_a_security_configuration_that_is_not_listed_is_no_verdict() -> None:
    with pytest.raises(KeyError):
        emr.clusters_encrypt_at_rest(emr.Cluster(security_configuration="unseen"), [])


def test_sagemaker(aws: Emulator) -> None:
    assert aws.verdicts("sagemaker.notebook_users_are_not_root") == NONE
    client = aws.client("sagemaker")
    make = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE}
    good = client.create_notebook_instance(
        NotebookInstanceName="good",
        SubnetId="subnet-1",
        KmsKeyId="key",
        DirectInternetAccess="Disabled",
        RootAccess="Disabled",
        **make,
    )["NotebookInstanceArn"]
    bad = client.create_notebook_instance(NotebookInstanceName="bad", RootAccess="Enabled", **make)[
        "NotebookInstanceArn"
    ]
    # moto keeps nothing of the metadata service.
    session = {**client.describe_notebook_instance(NotebookInstanceName="good")}
    del session["ResponseMetadata"]
    session["InstanceMetadataServiceConfiguration"] = {"MinimumInstanceMetadataServiceVersion": "2"}
    judged = {
        "sagemaker.notebooks_have_no_direct_internet_access": {
            good: ("holds", "inside subnet-1"),
            bad: ("fails", "direct internet access is Enabled"),
        },
        "sagemaker.notebook_users_are_not_root": {
            good: ("holds", "root access is Disabled"),
            bad: ("fails", "root access is Enabled"),
        },
        "sagemaker.notebooks_are_encrypted_under_an_own_key": {
            good: ("holds", "under key"),
            bad: ("fails", "no KMS key was chosen"),
        },
        "sagemaker.notebooks_need_a_session": {
            good: ("holds", "version 2 is required"),
            bad: ("fails", "version 1 is accepted"),
        },
    }
    with prepared("sagemaker", {"DescribeNotebookInstance": session}, {"NotebookInstanceName": "good"}):
        assert {check: aws.judge(check) for check in judged} == judged
    inside, outside = (
        client.create_domain(
            DomainName=kind,
            AuthMode="IAM",
            DefaultUserSettings={"ExecutionRole": ROLE},
            SubnetIds=["subnet-1"],
            VpcId="vpc-1",
            AppNetworkAccessType=kind,
        )["DomainArn"]
        for kind in ("VpcOnly", "PublicInternetOnly")
    )
    assert aws.judge("sagemaker.domains_stay_in_the_network") == {
        inside: ("holds", "VpcOnly"),
        outside: ("fails", "the access type is PublicInternetOnly"),
    }
    assert aws.verdicts("sagemaker.endpoints_have_two_instances") == NONE


def test_endpoints_of_sagemaker_side_by_side(aws: Emulator) -> None:
    """moto tells no count of instances."""
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/"
    times = {"CreationTime": "2026-01-01T00:00:00Z", "LastModifiedTime": "2026-01-01T00:00:00Z"}

    def described(name: str, status: str, variant: dict[str, Any]) -> dict[str, Any]:
        return {
            "EndpointName": name,
            "EndpointArn": arn + name,
            "EndpointStatus": status,
            "ProductionVariants": [{"VariantName": "all", **variant}],
            **times,
        }

    endpoints = [
        described("good", "InService", {"CurrentInstanceCount": 2}),
        described("bad", "InService", {"CurrentInstanceCount": 1}),
        described(
            "serverless", "InService", {"CurrentServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
        ),
        described("failed", "Failed", {"CurrentInstanceCount": 1}),
    ]
    listed = [{key: one[key] for key in ("EndpointName", "EndpointArn", "EndpointStatus", *times)} for one in endpoints]
    with ExitStack() as stack:
        answering(stack, "sagemaker", ListEndpoints={"Endpoints": listed})
        for one in endpoints:
            stack.enter_context(prepared("sagemaker", {"DescribeEndpoint": one}, {"EndpointName": one["EndpointName"]}))
        told = aws.judge("sagemaker.endpoints_have_two_instances")
    assert told == {
        f"{arn}good": ("holds", "two instances or more"),
        f"{arn}bad": ("fails", "fewer than two instances: all"),
        f"{arn}serverless": ("not applicable", "the endpoint has no instances of its own"),
        f"{arn}failed": ("not applicable", "the endpoint is Failed"),
    }


def endpoint(*variants: dict[str, Any], status: str = "InService") -> sagemaker.Endpoint:
    return sagemaker.Endpoint.model_validate({"production_variants": variants, "endpoint_status": status})


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (endpoint({"variant_name": "a", "current_instance_count": 2}), Holds("two instances or more")),
        (endpoint({"variant_name": "a", "current_instance_count": 1}), Fails("fewer than two instances: a")),
        (endpoint({"variant_name": "a"}), Fails("fewer than two instances: a")),
        (
            endpoint({"variant_name": "a", "current_serverless_config": {"max_concurrency": 1}}),
            NotApplicable("the endpoint has no instances of its own"),
        ),
        (endpoint(status="Creating"), NotApplicable("the endpoint is Creating")),
        (endpoint(status="Updating"), CannotTell("the endpoint is Updating")),
        (
            endpoint({"variant_name": "a", "current_instance_count": 1}, status="SystemUpdating"),
            Fails("fewer than two instances: a"),
        ),
    ],
)
def test_endpoints_have_two_instances(one: sagemaker.Endpoint, verdict: Verdict) -> None:
    assert sagemaker.endpoints_have_two_instances(one) == verdict


def test_further_rows_of_sagemaker() -> None:
    told = sagemaker.MetadataService(minimum_instance_metadata_service_version="2")
    notebook = sagemaker.Notebook(instance_metadata_service_configuration=told)
    assert sagemaker.notebooks_need_a_session(notebook) == Holds("version 2 is required")
    assert sagemaker.notebook_users_are_not_root(notebook) == Fails("root access is not told")
    silent = Fails("direct internet access is not told")
    assert sagemaker.notebooks_have_no_direct_internet_access(notebook) == silent
    public = Fails("the access type is PublicInternetOnly")
    assert sagemaker.domains_stay_in_the_network(sagemaker.Domain()) == public


def desktop(state: str = "AVAILABLE", root: bool = False, user: bool = False) -> workspaces.WorkSpace:
    return workspaces.WorkSpace(
        workspace_id="ws-1", state=state, root_volume_encryption_enabled=root, user_volume_encryption_enabled=user
    )


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (desktop(root=True, user=True), Holds("both volumes are encrypted")),
        (desktop(user=True), Fails("not encrypted: root volume")),
        (desktop(), Fails("not encrypted: root and user volume")),
        (desktop("TERMINATED"), NotApplicable("the desktop is TERMINATED")),
    ],
)
def test_volumes_of_desktops(one: workspaces.WorkSpace, verdict: Verdict) -> None:
    assert workspaces.volumes_are_encrypted(one) == verdict


def test_desktops_through_a_client(aws: Emulator) -> None:
    assert aws.verdicts("workspaces.volumes_are_encrypted") == NONE
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"][:2]]
    network = aws.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    directory = aws.client("ds").create_directory(
        Name="corp.example.com",
        Password="Xk9mPq2vLw8zR4",
        Size="Small",
        VpcSettings={"VpcId": network, "SubnetIds": subnets},
    )["DirectoryId"]
    client = aws.client("workspaces")
    client.register_workspace_directory(DirectoryId=directory)
    made = client.create_workspaces(
        Workspaces=[
            {
                "DirectoryId": directory,
                "UserName": "anna",
                "BundleId": "wsb-1234567",
                "VolumeEncryptionKey": "alias/aws/workspaces",
                "UserVolumeEncryptionEnabled": True,
            }
        ]
    )
    (one,) = made["PendingRequests"]
    arn = f"arn:aws:workspaces:us-east-1:{ACCOUNT}:workspace/{one['WorkspaceId']}"
    assert aws.judge("workspaces.volumes_are_encrypted") == {arn: ("fails", "not encrypted: root volume")}
    listed = f"arn:aws:workspaces:us-east-1:{ACCOUNT}:directory/{directory}"
    told = ("fails", "users are local administrators")
    assert aws.judge("workspaces.users_are_not_administrators") == {listed: told}
    assert aws.judge("workspaces.directories_name_addresses") == {listed: ("fails", "from every address")}
    client.modify_workspace_creation_properties(
        ResourceId=directory, WorkspaceCreationProperties={"UserEnabledAsLocalAdministrator": False}
    )
    told = ("holds", "users are no local administrators")
    assert aws.judge("workspaces.users_are_not_administrators") == {listed: told}


def test_desktops_side_by_side(aws: Emulator) -> None:
    """moto joins no groups of addresses to a directory."""
    arn = f"arn:aws:workspaces:us-east-1:{ACCOUNT}:"

    def desktop_of(name: str, root: bool, state: str = "AVAILABLE") -> dict[str, Any]:
        on = {"RootVolumeEncryptionEnabled": root, "UserVolumeEncryptionEnabled": root}
        return {"WorkspaceId": name, "DirectoryId": "d-good", "UserName": name, "State": state, **on}

    desktops = [desktop_of("ws-good", True), desktop_of("ws-bad", False), desktop_of("ws-gone", False, "TERMINATING")]
    directories = [
        {"DirectoryId": "d-good", "State": "REGISTERED", "ipGroupIds": ["wsipg-1"]},
        {"DirectoryId": "d-bad", "State": "REGISTERED", "ipGroupIds": []},
        {"DirectoryId": "d-gone", "State": "DEREGISTERED", "ipGroupIds": []},
    ]
    with ExitStack() as stack:
        answering(stack, "workspaces", DescribeWorkspaces={"Workspaces": desktops})
        answering(stack, "workspaces", DescribeWorkspaceDirectories={"Directories": directories})
        told = judge_all(aws, "workspaces", ["volumes_are_encrypted", "directories_name_addresses"])
    assert told == {
        "volumes_are_encrypted": {
            f"{arn}workspace/ws-good": ("holds", "both volumes are encrypted"),
            f"{arn}workspace/ws-bad": ("fails", "not encrypted: root and user volume"),
            f"{arn}workspace/ws-gone": ("not applicable", "the desktop is TERMINATING"),
        },
        "directories_name_addresses": {
            f"{arn}directory/d-good": ("holds", "by wsipg-1"),
            f"{arn}directory/d-bad": ("fails", "from every address"),
            f"{arn}directory/d-gone": ("not applicable", "the directory is DEREGISTERED"),
        },
    }


def test_directories_of_desktops() -> None:
    one = workspaces.Gates(directory_id="d", state="REGISTERED", ip_group_ids=("h", "g"))
    gone = NotApplicable("the directory is ERROR")
    assert workspaces.directories_name_addresses(one) == Holds("by g, h")
    assert workspaces.directories_name_addresses(one.model_copy(update={"state": "ERROR"})) == gone
    for told, verdict in (
        (None, CannotTell("whether users are local administrators is not told")),
        (
            workspaces.CreationProperties(user_enabled_as_local_administrator=False),
            Holds("users are no local administrators"),
        ),
    ):
        two = workspaces.Directory(directory_id="d", state="REGISTERED", workspace_creation_properties=told)
        assert workspaces.users_are_not_administrators(two) == verdict
        assert workspaces.users_are_not_administrators(two.model_copy(update={"state": "ERROR"})) == gone


def test_influxdb(aws: Emulator) -> None:
    assert aws.verdicts("timestreaminfluxdb.instances_have_a_standby") == NONE
    client = aws.client("timestream-influxdb")
    arns = [
        client.create_db_instance(
            name=name,
            password="Xk9mPq2vLw8zR4",
            dbInstanceType="db.influx.medium",
            vpcSubnetIds=["subnet-0123456789abcdef0"],
            vpcSecurityGroupIds=["sg-0123456789abcdef0"],
            allocatedStorage=20,
            publiclyAccessible=name == "bad",
            deploymentType="SINGLE_AZ" if name == "bad" else "WITH_MULTIAZ_STANDBY",
        )["arn"]
        for name in ("good", "bad")
    ]
    assert aws.judge("timestreaminfluxdb.instances_have_a_standby") == {
        arns[0]: ("holds", "the deployment is WITH_MULTIAZ_STANDBY"),
        arns[1]: ("fails", "the deployment is SINGLE_AZ"),
    }
    assert aws.judge("timestreaminfluxdb.instances_are_not_public") == {
        arns[0]: ("holds", "not publicly accessible"),
        arns[1]: ("fails", "publicly accessible"),
    }
    mute = timestreaminfluxdb.InstanceEntry(id="i", arn="a", name="n")
    assert timestreaminfluxdb.instances_have_a_standby(mute) == CannotTell("no deployment is told")


def test_lifecycle_policies(aws: Emulator) -> None:
    assert aws.judge("dlm.snapshot_policies") == {}
    assert aws.judge("dlm.policies_run") == {REGION: ("not applicable", "no lifecycle policy is switched on")}
    policy = {"PolicyId": "policy-1", "State": "ENABLED", "PolicyType": "EBS_SNAPSHOT_MANAGEMENT"}
    with ExitStack() as stack:
        answering(stack, "dlm", GetLifecyclePolicies={"Policies": [policy]})
        told = "lifecycle policies of snapshots: policy-1 (EBS_SNAPSHOT_MANAGEMENT, ENABLED)"
        assert aws.judge("dlm.snapshot_policies") == {REGION: ("told", told)}
        assert aws.judge("dlm.policies_run") == {REGION: ("holds", "1 policies are ENABLED")}
        broken = policy | {"PolicyId": "policy-2", "State": "ERROR"}
        answering(stack, "dlm", GetLifecyclePolicies={"Policies": [policy, broken]})
        assert aws.judge("dlm.policies_run") == {REGION: ("fails", "in error: policy-2")}

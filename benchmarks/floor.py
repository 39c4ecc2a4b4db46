"""The floor: the same facts with just the necessary calls, once each, written by hand.

`python benchmarks/floor.py OUT` fetches what the checks of `benchmarks.account.SERVICES` need with 16 threads and one client per service
and region, keeps each answer, and writes them to OUT as JSON lines. It judges nothing, checks nothing and forgives nothing
but the documented ways of saying "there is none".
"""

import csv
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
BUCKET_CALLS = (
    "get_public_access_block",
    "get_bucket_policy",
    "get_bucket_policy_status",
    "get_bucket_acl",
    "get_bucket_ownership_controls",
    "get_bucket_encryption",
    "get_bucket_versioning",
    "get_bucket_lifecycle_configuration",
    "get_bucket_logging",
    "get_object_lock_configuration",
    "get_bucket_replication",
)
EC2_CALLS: dict[str, dict[str, Any]] = {
    "describe_instances": {
        "Filters": [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    },
    "describe_volumes": {},
    "get_ebs_encryption_by_default": {},
    "get_snapshot_block_public_access_state": {},
    "get_image_block_public_access_state": {},
    "get_instance_metadata_defaults": {},
    "get_serial_console_access_status": {},
    "describe_images": {"Owners": ["self"]},
    "describe_addresses": {},
    "describe_security_groups": {},
    "describe_network_interfaces": {},
    "describe_vpcs": {},
    "describe_subnets": {},
    "describe_flow_logs": {},
    "describe_network_acls": {},
    "describe_vpc_endpoints": {},
    "describe_route_tables": {},
}
FORTNIGHT = datetime.now(UTC) - timedelta(days=14)
BACKUP_CALLS: dict[str, dict[str, Any]] = {
    "list_backup_jobs": {"ByCreatedAfter": FORTNIGHT},
    "list_protected_resources": {},
    "list_restore_jobs": {"ByStatus": "COMPLETED"},
    "list_restore_testing_plans": {},
}
IAM_CALLS: dict[str, dict[str, Any]] = {
    "get_account_authorization_details": {
        "Filter": ["User", "Group", "Role", "LocalManagedPolicy"],
        "MaxItems": 1000,
    },
    "get_account_password_policy": {},
    "get_account_summary": {},
    "list_open_id_connect_providers": {},
    "list_organizations_features": {},
    "list_saml_providers": {},
    "list_server_certificates": {},
    "list_virtual_mfa_devices": {"AssignmentStatus": "Assigned"},
}
RDS_LISTS = ("describe_db_instances", "describe_db_clusters")
RDS_CHILDREN = (
    # what to list, where it stands, the parent's name, what to ask for each, under which name, and for which alone
    ("describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier", "describe_db_snapshot_attributes", "manual"),
    (
        "describe_db_cluster_snapshots",
        "DBClusterSnapshots",
        "DBClusterSnapshotIdentifier",
        "describe_db_cluster_snapshot_attributes",
        "manual",
    ),
    ("describe_db_parameter_groups", "DBParameterGroups", "DBParameterGroupName", "describe_db_parameters", ""),
    (
        "describe_db_cluster_parameter_groups",
        "DBClusterParameterGroups",
        "DBClusterParameterGroupName",
        "describe_db_cluster_parameters",
        "",
    ),
)

pool = ThreadPoolExecutor(16)
waiting: list[Any] = []
lock, making = Lock(), Lock()
answers: list[tuple[str, str, str, Any]] = []
config = Config(max_pool_connections=16, retries={"mode": "standard"})
session = boto3.Session()
# S3 Control puts the account before the host, which an address cannot have.
session.events.register(
    "before-sign.s3-control", lambda request, **_: setattr(request, "url", re.sub(r"//\d{12}\.", "//", request.url))
)


@cache
def made(service: str, region: str) -> Any:
    return session.client(service, region_name=region, config=config)


def client(service: str, region: str) -> Any:
    with making:
        return made(service, region)


def ask(service: str, region: str, method: str, **request: Any) -> list[dict[str, Any]]:
    """All pages of one call. What AWS refuses or does not have is kept as its error code."""
    asked = client(service, region)
    try:
        if asked.can_paginate(method):
            pages = list(asked.get_paginator(method).paginate(**request))
        else:
            pages = [getattr(asked, method)(**request)]
    except ClientError as error:
        pages = [{"Error": error.response["Error"]["Code"]}]
    for page in pages:
        page.pop("ResponseMetadata", None)
    with lock:
        answers.append((service, region, method, [request, *pages]))
    return pages


def later(function: Callable[..., Any], *given: Any, **named: Any) -> None:
    with lock:
        waiting.append(pool.submit(function, *given, **named))


def of(pages: Iterable[dict[str, Any]], name: str) -> list[Any]:
    return [item for page in pages for item in page.get(name, [])]


def buckets() -> None:
    for bucket in of(ask("s3", "us-east-1", "list_buckets", MaxBuckets=1000), "Buckets"):
        for method in BUCKET_CALLS:
            later(ask, "s3", bucket.get("BucketRegion", "us-east-1"), method, Bucket=bucket["Name"])


def key(region: str, key_id: str) -> None:
    described = ask("kms", region, "describe_key", KeyId=key_id)[0]["KeyMetadata"]
    if described["KeyManager"] == "CUSTOMER":
        later(ask, "kms", region, "get_key_policy", KeyId=key_id, PolicyName="default")
        if described["KeySpec"] == "SYMMETRIC_DEFAULT" and described["Origin"] == "AWS_KMS":
            later(ask, "kms", region, "get_key_rotation_status", KeyId=key_id)


def keys(region: str) -> None:
    for one in of(ask("kms", region, "list_keys"), "Keys"):
        later(key, region, one["KeyId"])


def secrets(region: str) -> None:
    for one in of(ask("secretsmanager", region, "list_secrets"), "SecretList"):
        later(ask, "secretsmanager", region, "get_resource_policy", SecretId=one["ARN"])


def trails(region: str) -> None:
    for one in of(ask("cloudtrail", region, "describe_trails", includeShadowTrails=False), "trailList"):
        later(ask, "cloudtrail", region, "get_trail_status", Name=one["TrailARN"])
        later(ask, "cloudtrail", region, "get_event_selectors", TrailName=one["TrailARN"])


def vaults(region: str) -> None:
    for one in of(ask("backup", region, "list_backup_vaults"), "BackupVaultList"):
        later(ask, "backup", region, "get_backup_vault_access_policy", BackupVaultName=one["BackupVaultName"])


def plans(region: str) -> None:
    for one in of(ask("backup", region, "list_backup_plans"), "BackupPlansList"):
        later(ask, "backup", region, "get_backup_plan", BackupPlanId=one["BackupPlanId"])
        later(ask, "backup", region, "list_backup_selections", BackupPlanId=one["BackupPlanId"])


def snapshots(region: str, account: str) -> None:
    own = [{"Name": "owner-id", "Values": [account]}]
    later(ask, "ec2", region, "describe_snapshots", Filters=own)
    later(ask, "ec2", region, "describe_snapshots", Filters=own, RestorableByUserIds=["all"])


def databases(region: str, method: str, listed: str, name: str, child: str, only: str) -> None:
    for one in of(ask("rds", region, method), listed):
        if not only or one["SnapshotType"] == only:
            given = {} if only else {"Source": "user"}
            later(ask, "rds", region, child, **{name: one[name]}, **given)


def detectors(region: str) -> None:
    for one in of(ask("guardduty", region, "list_detectors"), "DetectorIds"):
        for method in ("get_detector", "list_publishing_destinations", "list_threat_intel_sets"):
            later(ask, "guardduty", region, method, DetectorId=one)


def report() -> None:
    iam = client("iam", "us-east-1")
    while iam.generate_credential_report()["State"] != "COMPLETE":
        time.sleep(0.2)
    content = iam.get_credential_report()["Content"].decode()
    with lock:
        answers.append(("iam", "us-east-1", "get_credential_report", list(csv.DictReader(io.StringIO(content)))))


def main() -> None:
    account = client("sts", "us-east-1").get_caller_identity()["Account"]
    client("ec2", "us-east-1").describe_regions(AllRegions=False)
    later(buckets)
    later(ask, "s3control", "us-east-1", "get_public_access_block", AccountId=account)
    later(report)
    later(ask, "organizations", "us-east-1", "list_accounts")
    for method, request in IAM_CALLS.items():
        later(ask, "iam", "us-east-1", method, **request)
    for region in REGIONS:
        for method, request in EC2_CALLS.items():
            later(ask, "ec2", region, method, **request)
        for method in RDS_LISTS:
            later(ask, "rds", region, method)
        for child in RDS_CHILDREN:
            later(databases, region, *child)
        for method, request in BACKUP_CALLS.items():
            later(ask, "backup", region, method, **request)
        for job in (keys, secrets, trails, vaults, plans, detectors):
            later(job, region)
        snapshots(region, account)
        later(ask, "cloudwatch", region, "describe_alarms")
        later(ask, "logs", region, "describe_log_groups")
        later(ask, "logs", region, "describe_metric_filters")
    while waiting:
        with lock:
            some, waiting[:] = list(waiting), []
        for one in some:
            one.result()
    with open(sys.argv[1], "w", encoding="utf-8") as file:  # noqa: PTH123  (no more imports than needed)
        file.writelines(json.dumps(answer, default=str) + "\n" for answer in answers)


if __name__ == "__main__":
    main()

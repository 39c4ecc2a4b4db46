"""S3 checks, against real clients and as tables."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from checks.access.organization import Limits
from checks.backup.evidence import Protected
from checks.s3 import access, data
from checks.s3.evidence import (
    AccountBlock,
    Acl,
    Bucket,
    BucketBlock,
    BucketPolicy,
    Encryption,
    Lifecycle,
    Owner,
    Ownership,
    PolicyStatus,
    Versioning,
)
from scanner import CannotTell, Fails, Holds, NotApplicable, Policy, Target, Verdict
from scanner.access.inventory import Document, Level, NotSeen
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = "arn:aws:s3:::"
HERE = Target(ACCOUNT, "global")
ALL_ON = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
OPEN = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def control(aws: Emulator) -> Any:
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    client: Any = session.client("s3control", endpoint_url=aws.url)

    def without_prefix(request: Any, **_: Any) -> None:
        request.url = re.sub(r"//\d{12}\.", "//", request.url)

    client.meta.events.register("before-sign", without_prefix)
    return client


def block_account(aws: Emulator, **changes: bool) -> None:
    control(aws).put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=ALL_ON | changes)


def make(aws: Emulator, *names: str) -> Any:
    client = aws.client("s3")
    for name in names:
        client.create_bucket(Bucket=name)
    return client


def document(*statements: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def test_account_blocks_public_access(aws: Emulator) -> None:
    there = f"account:{ACCOUNT}"
    check = "s3.account_blocks_public_access"
    assert aws.judge(check) == {there: ("fails", "the account has no block of public access")}
    block_account(aws, BlockPublicAcls=False)
    assert aws.judge(check) == {there: ("fails", "off: BlockPublicAcls")}
    block_account(aws)
    assert aws.judge(check) == {there: ("holds", "all four switches are on")}


def test_buckets_are_not_public(aws: Emulator) -> None:
    client = make(aws, "closed", "policy", "acl", "blocked")
    for name in ("policy", "blocked"):
        statement = {**OPEN, "Resource": f"arn:aws:s3:::{name}/*"}
        client.put_bucket_policy(Bucket=name, Policy=json.dumps(document(statement)))
    client.put_bucket_acl(Bucket="acl", ACL="public-read")
    client.put_public_access_block(Bucket="blocked", PublicAccessBlockConfiguration=ALL_ON)

    check = "s3.buckets_are_not_public"
    blocked = ("holds", "what is public in the policy or ACL is blocked")
    closed = ("holds", "neither the policy nor the ACL is public")
    told = aws.judge(check)
    assert told == {
        ARN + "closed": closed,
        ARN + "policy": ("fails", "the policy is public: statement 'open' lets everyone do s3:GetObject"),
        ARN + "acl": ("fails", "the ACL is public: READ for everyone"),
        ARN + "blocked": blocked,
    }
    block_account(aws)
    assert aws.judge(check) == {
        ARN + "closed": closed,
        ARN + "policy": blocked,
        ARN + "acl": blocked,
        ARN + "blocked": blocked,
    }


def test_the_switches_of_account_and_bucket_add_up(aws: Emulator) -> None:
    client = make(aws, "bare", "rest", "full", "half")
    policies, acls = (
        {"BlockPublicPolicy": False, "RestrictPublicBuckets": False},
        {
            "BlockPublicAcls": False,
            "IgnorePublicAcls": False,
        },
    )
    for name, off in (("rest", acls), ("full", {}), ("half", policies)):
        client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=ALL_ON | off)
    check = "s3.buckets_block_public_access"
    on = ("holds", "all four switches are on, for the bucket or for the account")
    assert aws.judge(check) == {
        ARN + "bare": ("fails", "off: BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets"),
        ARN + "rest": ("fails", "off: BlockPublicAcls, IgnorePublicAcls"),
        ARN + "full": on,
        ARN + "half": ("fails", "off: BlockPublicPolicy, RestrictPublicBuckets"),
    }
    block_account(aws, **policies)
    off = ("fails", "off: BlockPublicPolicy, RestrictPublicBuckets")
    assert aws.judge(check) == {ARN + "bare": off, ARN + "rest": on, ARN + "full": on, ARN + "half": off}


def test_an_account_without_buckets(aws: Emulator) -> None:
    none = {f"account:{ACCOUNT}": ("not applicable", "there is none: s3:ListBuckets listed nothing")}
    assert aws.judge("s3.buckets_are_not_public") == none
    assert aws.judge("s3.buckets_by_region") == {}


def acl(*groups: str) -> Acl:
    grants = [{"grantee": {"uri": f"http://acs.amazonaws.com/groups/{one}"}, "permission": "READ"} for one in groups]
    return Acl.model_validate({"grants": grants}, strict=False)


ENFORCED = Ownership.model_validate({"rules": [{"object_ownership": "BucketOwnerEnforced"}]}, strict=False)
PREFERRED = Ownership.model_validate({"rules": [{"object_ownership": "BucketOwnerPreferred"}]}, strict=False)
CLOSED = Holds("neither the policy nor the ACL is public")
BLOCKED = Holds("what is public in the policy or ACL is blocked")
EVERY_ACCOUNT = Fails("the ACL is public: READ for every AWS account")


@pytest.mark.parametrize(
    ("account", "block", "public", "grants", "ownership", "verdict"),
    [
        (None, None, None, acl(), None, CLOSED),
        (None, None, False, acl("s3/LogDelivery"), None, CLOSED),
        (None, None, True, acl(), None, Fails("the policy is public")),
        (None, BucketBlock(restrict_public_buckets=True), True, acl(), None, BLOCKED),
        # Blocking new public policies does not close one that is there already.
        (None, BucketBlock(block_public_policy=True), True, acl(), None, Fails("the policy is public")),
        (AccountBlock(restrict_public_buckets=True), None, True, acl(), None, BLOCKED),
        (None, None, None, acl("global/AuthenticatedUsers"), None, EVERY_ACCOUNT),
        (None, None, None, acl("global/AuthenticatedUsers"), PREFERRED, EVERY_ACCOUNT),
        (None, BucketBlock(block_public_acls=True), None, acl("global/AuthenticatedUsers"), None, EVERY_ACCOUNT),
        (None, None, None, acl("global/AllUsers"), ENFORCED, BLOCKED),
        (AccountBlock(ignore_public_acls=True), None, None, acl("global/AllUsers"), None, BLOCKED),
    ],
)
def test_blocks_decide_what_is_public(
    account: AccountBlock | None,
    block: BucketBlock | None,
    public: bool | None,
    grants: Acl,
    ownership: Ownership | None,
    verdict: Verdict,
) -> None:
    status = None if public is None else PolicyStatus(is_public=public)
    assert access.buckets_are_not_public(account, block, status, None, grants, ownership, HERE) == verdict


def policy(*statements: Mapping[str, object]) -> BucketPolicy:
    return BucketPolicy(policy=Policy.model_validate(document(*statements)))


def test_bucket_policies_name_their_users(aws: Emulator) -> None:
    client = make(aws, "none", "other", "open", "cdn", "org")
    statement = {**OPEN, "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Resource": "arn:aws:s3:::other/*"}
    client.put_bucket_policy(Bucket="other", Policy=json.dumps(document(statement)))
    client.put_bucket_policy(Bucket="open", Policy=json.dumps(document({**OPEN, "Resource": "arn:aws:s3:::open/*"})))
    of_cloudfront = {
        **OPEN,
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Resource": "arn:aws:s3:::cdn/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"}},
    }
    client.put_bucket_policy(Bucket="cdn", Policy=json.dumps(document(of_cloudfront)))
    bound = {**OPEN, "Resource": "arn:aws:s3:::org/*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
    client.put_bucket_policy(Bucket="org", Policy=json.dumps(document(bound)))
    alone = ("holds", "no other account is let in")
    assert aws.judge("s3.policies_name_their_users") == {
        ARN + "cdn": alone,
        ARN + "org": alone,
        ARN + "none": ("not applicable", "the bucket has no policy"),
        ARN + "other": ("fails", "another account is let in: statement 'open' lets 210987654321 do s3:GetObject"),
        ARN + "open": ("fails", "another account is let in: statement 'open' lets everyone do s3:GetObject"),
    }


STRANGER = {**OPEN, "Principal": {"AWS": "210987654321"}}
BY_ID = {**OPEN, "Principal": {"CanonicalUser": "a" * 64}}
ALONE = Holds("no other account is let in")
CONFINED = Holds("the policy is public, and public policies are confined to the account")


@pytest.mark.parametrize(
    ("found", "public", "account", "block", "verdict"),
    [
        (None, None, None, None, NotApplicable("the bucket has no policy")),
        # Load balancers' logs are written by accounts of AWS's own.
        (policy({**OPEN, "Principal": {"AWS": "arn:aws:iam::127311923021:root"}}), False, None, None, ALONE),
        (policy(OPEN), True, AccountBlock(restrict_public_buckets=True), None, CONFINED),
        (policy(OPEN, STRANGER), True, None, BucketBlock(restrict_public_buckets=True), CONFINED),
        # The switch is about public policies alone.
        (
            policy(STRANGER),
            False,
            AccountBlock(restrict_public_buckets=True),
            None,
            Fails("another account is let in: statement 'open' lets 210987654321 do s3:GetObject"),
        ),
        (policy({**OPEN, "Principal": {"CanonicalUser": "f" * 64}}), False, None, None, ALONE),
        (
            policy(BY_ID),
            False,
            None,
            None,
            CannotTell(
                f"whose the canonical id is cannot be read: statement 'open' lets {'a' * 64} do s3:GetObject",
            ),
        ),
    ],
)
def test_whom_bucket_policies_let_in(
    found: BucketPolicy | None,
    public: bool | None,
    account: AccountBlock | None,
    block: BucketBlock | None,
    verdict: Verdict,
) -> None:
    status = None if public is None else PolicyStatus(is_public=public)
    mine = acl().model_copy(update={"owner": Owner(id="f" * 64)})
    assert access.policies_name_their_users(found, status, account, block, mine, HERE) == verdict


def test_trusted_accounts_may_be_named() -> None:
    trusted = ("210987654321",)
    found = access.policies_name_their_users(policy(STRANGER), None, None, None, acl(), HERE, trusted_accounts=trusted)
    assert found == ALONE


TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
REFUSED = Holds("plain HTTP is refused")
ALONE_ABOVE = Limits(None, "", (), (), frozenset())
NEITHER = Fails("plain HTTP is not refused for the bucket and its objects")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (None, Fails("the bucket has no policy that refuses plain HTTP")),
        (policy(TLS), REFUSED),
        (policy({**TLS, "Resource": "*"}), REFUSED),
        (policy({**TLS, "Resource": "arn:aws:s3:::b*", "Principal": {"AWS": "*"}}), REFUSED),
        (policy({**TLS, "Resource": "arn:aws:s3:::b"}, {**TLS, "Resource": "arn:aws:s3:::b/*"}), REFUSED),
        (policy({**TLS, "Resource": "arn:aws:s3:::b/*"}), Fails("plain HTTP is not refused for the bucket")),
        (policy({**TLS, "Resource": "arn:aws:s3:::b/secret/*"}), NEITHER),
        (policy({**TLS, "Action": "s3:PutObject"}), NEITHER),
        (policy({**TLS, "Principal": {"AWS": "210987654321"}}), NEITHER),
        (policy({**TLS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}), NEITHER),
        (
            policy({**TLS, "Condition": {**TLS["Condition"], "StringEquals": {"aws:userid": "me"}}}),  # type: ignore[dict-item]
            NEITHER,
        ),
        (policy({**TLS, "Effect": "Allow", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}), NEITHER),
    ],
)
def test_only_tls_is_accepted(found: BucketPolicy | None, verdict: Verdict) -> None:
    assert access.only_tls_is_accepted(Bucket(name="b"), found, ALONE_ABOVE, HERE) == verdict


def above(*documents: Any) -> Limits:
    return Limits("o-1", "o-1/r-1/1/", (), (Level("r-1", documents),), frozenset())


def test_a_policy_of_the_organization_may_refuse_plain_http() -> None:
    bucket = Bucket(name="b")
    over_all = Policy.model_validate(document({**TLS, "Resource": "*"}))
    held = above(Document("tls", over_all))
    assert access.only_tls_is_accepted(bucket, None, held, HERE) == REFUSED
    # One that could not be read shows nothing.
    unread = above(NotSeen("refused"))
    none = Fails("the bucket has no policy that refuses plain HTTP")
    assert access.only_tls_is_accepted(bucket, None, unread, HERE) == none
    hidden = Limits("o-1", "", (), NotSeen("refused"), frozenset())
    assert access.only_tls_is_accepted(bucket, None, hidden, HERE) == none


def test_only_tls_is_accepted_as_aws_hands_policies_out(aws: Emulator) -> None:
    client = make(aws, "safe", "plain")
    statement = {**TLS, "Resource": ["arn:aws:s3:::safe", "arn:aws:s3:::safe/*"]}
    client.put_bucket_policy(Bucket="safe", Policy=json.dumps(document(statement)))
    assert aws.judge("s3.only_tls_is_accepted") == {
        ARN + "safe": ("holds", "plain HTTP is refused"),
        ARN + "plain": ("fails", "the bucket has no policy that refuses plain HTTP"),
    }


def test_acls_are_disabled(aws: Emulator) -> None:
    client = make(aws, "none", "enforced", "writer")
    for name, how in {"enforced": "BucketOwnerEnforced", "writer": "ObjectWriter"}.items():
        client.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": how}]})
    assert aws.judge("s3.acls_are_disabled") == {
        ARN + "none": ("fails", "no ownership is set, so ACLs count"),
        ARN + "enforced": ("holds", "the bucket's owner owns every object; ACLs count for nothing"),
        ARN + "writer": ("fails", "ownership is ObjectWriter, so ACLs count"),
    }


def test_encryption(aws: Emulator) -> None:
    client = make(aws, "untouched", "kms")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/own"}}
    client.put_bucket_encryption(Bucket="kms", ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert aws.judge("s3.new_objects_are_encrypted") == {
        ARN + "untouched": ("holds", "S3 encrypts every new object with SSE-S3"),
        ARN + "kms": ("holds", "new objects are encrypted with aws:kms"),
    }
    assert aws.judge("s3.objects_are_encrypted_under_a_kms_key") == {
        ARN + "untouched": ("fails", "new objects are encrypted with SSE-S3"),
        ARN + "kms": ("holds", "new objects are encrypted under alias/own"),
    }


@pytest.mark.parametrize(
    ("default", "verdict"),
    [
        ({"sse_algorithm": "AES256"}, Fails("new objects are encrypted with SSE-S3")),
        (
            {"sse_algorithm": "aws:kms:dsse"},
            Holds("new objects are encrypted under the key that AWS manages for S3"),
        ),
    ],
)
def test_objects_are_encrypted_under_a_kms_key(default: dict[str, str], verdict: Verdict) -> None:
    found = Encryption.model_validate({"rules": [{"apply_server_side_encryption_by_default": default}]}, strict=False)
    assert data.objects_are_encrypted_under_a_kms_key(found) == verdict


def test_versions_are_kept(aws: Emulator) -> None:
    client = make(aws, "never", "versioned", "suspended")
    for name, status in {"versioned": "Enabled", "suspended": "Suspended"}.items():
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    assert aws.judge("s3.versions_are_kept") == {
        ARN + "never": ("fails", "versioning is off"),
        ARN + "versioned": ("holds", "versioning is on"),
        ARN + "suspended": ("fails", "versioning is suspended"),
    }
    assert data.versions_are_kept(Versioning()) == Fails("versioning is off")


def test_lifecycle(aws: Emulator) -> None:
    client = make(aws, "none", "expires", "off")
    rule = {"ID": "a", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
    drop = {"ID": "b", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
    for name, status in {"expires": "Enabled", "off": "Disabled"}.items():
        client.put_bucket_lifecycle_configuration(
            Bucket=name, LifecycleConfiguration={"Rules": [{**one, "Status": status} for one in (rule, drop)]}
        )
    assert aws.judge("s3.old_data_is_let_go") == {
        ARN + "none": ("fails", "the bucket has no lifecycle rules"),
        ARN + "expires": ("holds", "a rule expires objects"),
        ARN + "off": ("fails", "no enabled rule expires or moves data"),
    }
    assert aws.judge("s3.unfinished_uploads_are_dropped") == {
        ARN + "none": ("fails", "no enabled rule drops unfinished uploads"),
        ARN + "expires": ("holds", "after 7 days"),
        ARN + "off": ("fails", "no enabled rule drops unfinished uploads"),
    }


def test_a_transition_lets_data_go_and_dropping_uploads_does_not() -> None:
    moves = {"rules": [{"status": "Enabled", "transitions": [{"storage_class": "GLACIER"}]}]}
    found = Lifecycle.model_validate(moves, strict=False)
    assert data.old_data_is_let_go(found) == Holds("a rule moves objects to another class")
    drops = {"rules": [{"status": "Enabled", "abort_incomplete_multipart_upload": {"days_after_initiation": 1}}]}
    found = Lifecycle.model_validate(drops, strict=False)
    assert data.old_data_is_let_go(found) == Fails("no enabled rule expires or moves data")


def test_access_is_logged(aws: Emulator) -> None:
    client = make(aws, "logs", "logged", "quiet")
    client.put_bucket_acl(
        Bucket="logs",
        GrantWrite="uri=http://acs.amazonaws.com/groups/s3/LogDelivery",
        GrantReadACP="uri=http://acs.amazonaws.com/groups/s3/LogDelivery",
    )
    target = {"TargetBucket": "logs", "TargetPrefix": "logged/"}
    client.put_bucket_logging(Bucket="logged", BucketLoggingStatus={"LoggingEnabled": target})
    assert aws.judge("s3.access_is_logged") == {
        ARN + "logs": ("not applicable", "other buckets log to it"),
        ARN + "logged": ("holds", "logs to logs"),
        ARN + "quiet": ("fails", "requests are not logged"),
    }


def test_facts_about_buckets(aws: Emulator) -> None:
    """moto leaves BucketRegion out, which AWS tells wherever the request has a parameter."""
    client = make(aws, "plain", "target")
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    for name in ("plain", "target"):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "a",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::target"},
    }
    client.put_bucket_replication(
        Bucket="plain",
        ReplicationConfiguration={"Role": f"arn:aws:iam::{ACCOUNT}:role/replicate", "Rules": [rule]},
    )
    there = f"account:{ACCOUNT}"
    assert aws.judge("s3.locked_buckets") == {there: ("told", "1 of 3 buckets have object lock")}
    assert aws.judge("s3.replicated_buckets") == {there: ("told", "1 of 3 buckets are replicated")}
    assert aws.judge("s3.buckets_by_region") == {there: ("told", "3 buckets: 3 in us-east-1")}


def test_access_points(aws: Emulator) -> None:
    check = "s3.access_points_block_public_access"
    assert aws.verdicts(check) == {"region:us-east-1": "not applicable"}
    make(aws, "bucket")
    client = control(aws)
    client.create_access_point(AccountId=ACCOUNT, Name="closed", Bucket="bucket", PublicAccessBlockConfiguration=ALL_ON)
    half = {**ALL_ON, "RestrictPublicBuckets": False}
    client.create_access_point(AccountId=ACCOUNT, Name="half", Bucket="bucket", PublicAccessBlockConfiguration=half)
    inside = {"VpcConfiguration": {"VpcId": "vpc-1"}, "PublicAccessBlockConfiguration": half}
    client.create_access_point(AccountId=ACCOUNT, Name="inside", Bucket="bucket", **inside)
    prefix = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/"
    assert aws.judge(check) == {
        prefix + "closed": ("holds", "all four switches are on"),
        prefix + "half": ("fails", "off: RestrictPublicBuckets"),
        prefix + "inside": ("not applicable", "the access point answers inside a VPC only"),
    }


def test_multi_region_access_points(aws: Emulator) -> None:
    check = "s3.multi_region_access_points_block_public_access"
    assert set(aws.verdicts(check).values()) == {"not applicable"}
    client = make(aws, "bucket")
    for name, off in (("closed", {}), ("half", {"RestrictPublicBuckets": False})):
        wanted = {"Name": name, "PublicAccessBlock": ALL_ON | off, "Regions": [{"Bucket": "bucket"}]}
        client = control(aws)
        client.create_multi_region_access_point(AccountId=ACCOUNT, ClientToken=name, Details=wanted)
    made = client.list_multi_region_access_points(AccountId=ACCOUNT)["AccessPoints"]
    arn = {one["Name"]: f"arn:aws:s3::{ACCOUNT}:accesspoint/{one['Alias']}" for one in made}
    assert aws.judge(check) == {
        arn["closed"]: ("holds", "all four switches are on"),
        arn["half"]: ("fails", "off: RestrictPublicBuckets"),
    }


def test_objects_can_be_brought_back(aws: Emulator) -> None:
    client = make(aws, "kept", "lost", "logs")
    client.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    owned = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    client.put_bucket_ownership_controls(Bucket="logs", OwnershipControls=owned)
    client.put_bucket_acl(Bucket="logs", ACL="log-delivery-write")
    target = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "kept/"}}
    client.put_bucket_logging(Bucket="kept", BucketLoggingStatus=target)
    assert aws.judge("s3.objects_can_be_brought_back") == {
        ARN + "kept": ("holds", "versioning is on"),
        ARN + "lost": ("fails", "neither versions nor a recent recovery point of AWS Backup"),
        ARN + "logs": ("not applicable", "it holds logs of other buckets"),
    }


def test_a_recovery_point_of_aws_backup_counts() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    point = Protected(resource_arn=ARN + "b", resource_type="S3", last_backup_time=now)
    none = data.LogBuckets(frozenset())
    found = data.objects_can_be_brought_back(Bucket(name="b"), Versioning(), [point], none, now, HERE)
    assert found == Holds("AWS Backup made a recovery point on 2026-11-23")


def test_what_becomes_of_versions(aws: Emulator) -> None:
    client = make(aws, "never", "bare", "mfa", "expiring", "current", "off", "suspended")
    client.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    for name in ("bare", "mfa", "expiring", "current", "off", "suspended"):
        status = "Suspended" if name == "suspended" else "Enabled"
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})
    old = {"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}
    for name, status, act in (
        ("expiring", "Enabled", old),
        ("current", "Enabled", {"Expiration": {"Days": 90}}),
        ("off", "Disabled", old),
    ):
        rule = {"ID": "a", "Filter": {"Prefix": ""}, "Status": status, **act}
        client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
    # moto forgets that MFA delete was asked for.
    answer = {"GetBucketVersioning": {"Status": "Enabled", "MFADelete": "Enabled"}}
    with answering("s3", answer, when={"Bucket": "mfa"}):
        seen = judge_all(aws, "s3", ["old_versions_are_let_go", "versions_are_deleted_with_mfa_only"])
    kept = ("fails", "no enabled rule expires old versions")
    managed = ("not applicable", "the bucket has lifecycle rules, with which S3 allows no MFA delete")
    assert seen == {
        "old_versions_are_let_go": {
            ARN + "never": ("not applicable", "the bucket keeps no versions"),
            ARN + "expiring": ("holds", "after 90 days"),
            **{ARN + name: kept for name in ("bare", "mfa", "current", "off", "suspended", "locked")},
        },
        "versions_are_deleted_with_mfa_only": {
            ARN + "never": ("not applicable", "the bucket does not keep versions"),
            ARN + "suspended": ("not applicable", "the bucket does not keep versions"),
            ARN + "bare": ("fails", "MFA delete is off"),
            ARN + "mfa": ("holds", "MFA delete is on"),
            ARN + "locked": ("not applicable", "the bucket has Object Lock"),
            **{ARN + name: managed for name in ("expiring", "current", "off")},
        },
    }


def lifecycle(**rule: object) -> Lifecycle:
    return Lifecycle.model_validate({"rules": [{"status": "Enabled"} | rule]}, strict=False)


def test_a_rule_for_delete_markers_alone_lets_no_data_go() -> None:
    assert data.old_data_is_let_go(lifecycle(expiration={"days": None})) == Fails(
        "no enabled rule expires or moves data"
    )
    on_a_day = lifecycle(expiration={"date": datetime(2026, 1, 1, tzinfo=UTC)})
    assert data.old_data_is_let_go(on_a_day) == Holds("a rule expires objects")

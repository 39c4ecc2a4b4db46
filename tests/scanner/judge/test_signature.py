"""What a signature means: joins that work, and joins that are refused by name."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from scanner import AllRegions, Evidence, Read, ScanTime, Target, Verdict
from scanner.judge.signature import Parameter, Role, SignatureError, read_signature


class Bucket(Evidence, read=Read("s3:ListBuckets", "Buckets", arn="{name}", scope="global")):
    name: str


class Versioning(Evidence, read=Read("s3:GetBucketVersioning", per=Bucket, args={"Bucket": "name"})):
    status: str | None = None


class KeyEntry(Evidence, read=Read("kms:ListKeys", "Keys", arn="{key_arn}")):
    key_arn: str


class Database(
    Evidence,
    read=Read("rds:DescribeDBInstances", "DBInstances", arn="{arn}", refs={"kms_key_id": KeyEntry}),
):
    arn: str
    kms_key_id: str | None = None


class Summary(Evidence, read=Read("iam:GetAccountSummary", "SummaryMap", scope="global")):
    users: int


class User(Evidence, read=Read("iam:ListUsers", "Users", arn="{arn}", scope="global")):
    arn: str


class AccessKey(
    Evidence, read=Read("iam:ListAccessKeys", "AccessKeyMetadata", per=User, args={"UserName": "arn"}, arn="{id}")
):
    id: str


def own(bucket: Bucket, versioning: Versioning) -> Verdict: ...
def child(user: User, key: AccessKey) -> Verdict: ...
def referred(db: Database, key: KeyEntry) -> Verdict: ...
def single(summary: Summary, user: User) -> Verdict: ...
def listed(keys: list[KeyEntry], at: ScanTime, here: Target, *, days: int = 90) -> Verdict: ...
def everywhere(keys: AllRegions[KeyEntry]) -> Verdict: ...


@pytest.mark.parametrize(
    ("function", "anchor", "regional"),
    [
        (own, Bucket, False),
        (child, AccessKey, False),
        (referred, Database, True),
        (single, User, False),
        (listed, None, True),
        (everywhere, None, False),
    ],
)
def test_what_a_function_is_called_once_for_each_of(
    function: Callable[..., Any], anchor: type[Evidence] | None, *, regional: bool
) -> None:
    signature = read_signature(function, {})
    assert (signature.anchor, signature.regional) == (anchor, regional)


def test_a_reference_becomes_a_look_up() -> None:
    assert read_signature(referred, {}).parameters == (
        Parameter("db", Role.ONE, Database),
        Parameter("key", Role.REFERRED, KeyEntry, reference=(Database, "kms_key_id")),
    )


def test_settings_are_keyword_only() -> None:
    assert read_signature(listed, {}).settings == {"days": 90}


def unrelated(bucket: Bucket, key: KeyEntry) -> Verdict: ...
def untyped(bucket) -> Verdict: ...  # type: ignore[no-untyped-def]
def text(name: str) -> Verdict: ...
def texts(names: list[str]) -> Verdict: ...
def either(thing: Bucket | KeyEntry) -> Verdict: ...
def no_default(bucket: Bucket, *, days: int) -> Verdict: ...


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (unrelated, "unrelated: Bucket and KeyEntry belong to different resources. Declare a reference"),
        (untyped, "untyped: the parameter 'bucket' has no type"),
        (text, "text: 'name' is neither evidence nor made by a @derived function"),
        (texts, "texts: 'names' is a list of something that is no evidence"),
        (either, "either: 'thing' may be one kind of evidence or None"),
        (no_default, "no_default: the setting 'days' needs a default"),
    ],
)
def test_a_signature_that_cannot_be_joined_is_refused_by_name(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(SignatureError, match=re.escape(message)):
        read_signature(function, {})

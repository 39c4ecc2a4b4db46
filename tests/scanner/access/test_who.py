"""Who can: whom it asks about, by which road, and which objects stand for a bucket's."""

from typing import Any

import pytest
from access_builders import allow, deny, identity, policy

from scanner.access.inventory import Account, Asset, Document, Grant, Identity, NotSeen, Principal, Resource, Subject
from scanner.access.objects import on_objects
from scanner.access.who import Who, who_can

HOME, AWAY, THIRD = "111111111111", "222222222222", "333333333333"
IAM = f"arn:aws:iam::{HOME}"
KEY = f"arn:aws:kms:us-east-1:{HOME}:key/k1"
BUCKET = "arn:aws:s3:::ledger"
ROOT = {"AWS": f"{IAM}:root"}


def account(number: str = HOME, **people: list[dict[str, Any]]) -> Account:
    identities = [Identity(Subject(Principal.parse(f"arn:aws:iam::{number}:root")))]
    for name, statements in people.items():
        principal = Principal.parse(f"arn:aws:iam::{number}:role/{name}")
        identities.append(Identity(Subject(principal, identity(*statements) if statements else ())))
    return Account(number, "aws", tuple(identities))


def key(*statements: dict[str, Any], grants: Any = (), policy_seen: Any = None) -> Resource:
    document = policy_seen or Document("key policy", policy(*statements))
    return Resource(Asset(KEY, document, grants, owner=HOME), HOME, "us-east-1")


def told(who: Who) -> dict[str, tuple[str, ...]]:
    return {
        one.party.label: (one.outcome.value, one.route, *one.conditions, *one.doubts, *([one.on] if one.on else []))
        for one in who.entries
    }


DELEGATED = allow("kms:*", Principal=ROOT)
DECRYPT = [allow("kms:Decrypt")]
ROOT_CAN = {"root user": ("allow", "named")}
UNREAD = f"what the account {AWAY} allows was not read"
LIMITS = "AWS does not document whether the principal's other policies limit a grant"
OWN_ONLY = {"StringEquals": {"kms:CallerAccount": HOME}}
OF_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


@pytest.mark.parametrize(
    ("resource", "entries"),
    [
        (key(DELEGATED), {**ROOT_CAN, "role/a": ("allow", "account")}),
        (key(allow("kms:*", Principal={"AWS": f"{IAM}:role/b"})), {"role/b": ("allow", "named")}),
        (key(DELEGATED, deny("kms:Decrypt", Principal={"AWS": f"{IAM}:role/a"})), ROOT_CAN),
        (
            key(DELEGATED, grants=(Grant("g", f"{IAM}:role/b", ("Decrypt",)),)),
            {**ROOT_CAN, "role/a": ("allow", "account"), "role/b": ("allow", "grant")},
        ),
        (
            key(DELEGATED, grants=(Grant("g", f"{IAM}:role/b", ("Encrypt",)),)),
            {**ROOT_CAN, "role/a": ("allow", "account")},
        ),
        (
            key(allow("kms:Decrypt", Principal={"AWS": f"arn:aws:iam::{AWAY}:root"})),
            {f"account {AWAY}": ("conditional", "named", UNREAD)},
        ),
        (
            key(DELEGATED, grants=(Grant("g", f"arn:aws:iam::{AWAY}:role/x", ("Decrypt",)),)),
            {
                **ROOT_CAN,
                "role/a": ("allow", "account"),
                f"arn:aws:iam::{AWAY}:role/x": ("conditional", "grant", UNREAD, LIMITS),
            },
        ),
        (
            key(allow("kms:Decrypt", Principal={"Service": "logs.amazonaws.com"})),
            {"logs.amazonaws.com": ("allow", "named")},
        ),
        (key(allow("kms:Decrypt", Principal={"AWS": "AIDAEXAMPLEEXAMPLEEX"})), {}),  # names nobody any more
        (
            key(allow("kms:Decrypt", Principal={"AWS": "*"})),
            {
                "everyone": ("allow", "named"),
                "role/a": ("allow", "named"),
                "role/b": ("allow", "named"),
                "root user": ("allow", "named"),
            },
        ),
        (  # as the policies of keys that AWS manages: everyone, and yet nobody but the account
            key(allow("kms:Decrypt", Principal={"AWS": "*"}, Condition=OWN_ONLY)),
            {"role/a": ("allow", "named"), "role/b": ("allow", "named"), "root user": ("allow", "named")},
        ),
        (
            key(allow("kms:Decrypt", Principal={"AWS": "*"}, Condition=OF_ORGANIZATION)),
            dict.fromkeys(
                ("everyone", "role/a", "role/b", "root user"),
                ("conditional", "named", "StringEquals aws:PrincipalOrgID = o-1"),
            ),
        ),
        (
            key(DELEGATED, grants=NotSeen("kms:ListGrants was refused")),
            {
                **ROOT_CAN,
                "role/a": ("allow", "account"),
                "role/b": ("conditional", "not known", "kms:ListGrants was refused"),
            },
        ),
        (
            key(policy_seen=NotSeen("key policy is malformed: unknown policy version '2099'")),
            dict.fromkeys(
                ("role/a", "role/b", "root user"),
                ("conditional", "not known", "key policy is malformed: unknown policy version '2099'"),
            ),
        ),
    ],
)
def test_who_can_decrypt(resource: Resource, entries: dict[str, tuple[str, ...]]) -> None:
    assert told(who_can("kms:Decrypt", resource, {HOME: account(a=DECRYPT, b=[])})) == entries


def test_another_account_of_the_same_scan_is_looked_into() -> None:
    shared = key(allow("kms:Decrypt", Principal={"AWS": f"arn:aws:iam::{AWAY}:root"}))
    accounts = {HOME: account(), AWAY: account(AWAY, reader=DECRYPT, other=[])}
    assert told(who_can("kms:Decrypt", shared, accounts)) == {
        f"role/reader of {AWAY}": ("allow", "account"),
        f"root user of {AWAY}": ("allow", "named"),
    }


def test_people_who_were_not_seen_are_missed() -> None:
    hidden = Account(HOME, "aws", (), (NotSeen("iam was refused"),))
    named = key(allow("kms:Decrypt", Principal={"AWS": f"{IAM}:role/b"}))
    who = who_can("kms:Decrypt", named, {HOME: hidden})
    assert (who.missing, told(who)) == (
        ("iam was refused",),
        {f"{IAM}:role/b": ("conditional", "named", "iam was refused")},
    )


def bucket(*statements: dict[str, Any]) -> Resource:
    document = Document("bucket policy", policy(*statements)) if statements else None
    return Resource(Asset(BUCKET, document, owner=HOME), HOME, "us-east-1", ("ledger",))


@pytest.mark.parametrize(
    ("statements", "entry"),
    [
        ([allow("s3:GetObject", f"{BUCKET}/*")], ("allow", "identity policy")),
        ([allow("s3:GetObject", f"{BUCKET}/reports/*")], ("allow", "identity policy", f"{BUCKET}/reports/*")),
        (
            [allow("s3:GetObject", "arn:aws:s3:::led*/2024-??.csv")],
            ("allow", "identity policy", f"{BUCKET}/2024-xx.csv"),
        ),
        ([allow("s3:GetObject", "arn:aws:s3:::other/*")], None),
        ([allow("s3:ListBucket", BUCKET)], None),
        ([allow("s3:GetObject", f"{BUCKET}/*"), deny("s3:GetObject", f"{BUCKET}/*")], None),
    ],
)
def test_some_objects_stand_for_all(statements: list[dict[str, Any]], entry: tuple[str, ...] | None) -> None:
    who = who_can("s3:GetObject", bucket(), {HOME: account(a=statements)})
    assert told(who).get("role/a") == entry
    assert told(who)["root user"] == ("allow", "root user")


@pytest.mark.parametrize(
    ("action", "on"),
    [("s3:GetObject", True), ("s3:AbortMultipartUpload", True), ("s3:ListBucket", False),
     ("s3:GetBucketObjectLockConfiguration", False)],
)  # fmt: skip
def test_what_is_done_to_objects(action: str, *, on: bool) -> None:
    assert on_objects(action) is on

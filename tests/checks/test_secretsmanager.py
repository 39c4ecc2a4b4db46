"""Secrets Manager checks, against real clients and as tables."""

import json
from datetime import UTC, datetime, timedelta

from checks import secretsmanager
from checks.secretsmanager import SecretPolicy
from scanner import Holds, Policy, Target
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTHER = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
    "Action": "secretsmanager:GetSecretValue",
    "Resource": "*",
}
OPEN = {**OTHER, "Principal": "*"}


def make(aws: Emulator, name: str) -> str:
    return str(aws.client("secretsmanager").create_secret(Name=name, SecretString="not a secret")["ARN"])


def test_secrets(aws: Emulator) -> None:
    """moto needs a rotation function that exists, which AWS's managed rotation does not."""
    plain = make(aws, "plain")
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    assert aws.judge("secretsmanager.secrets_rotate") == {plain: ("fails", "rotation is off")}
    assert aws.judge("secretsmanager.rotation_happens") == {plain: ("not applicable", "rotation is off")}
    assert aws.judge("secretsmanager.secrets_are_used") == {plain: ("holds", f"new: made on {day}")}
    told = "1 secrets: 0 rotate, 0 are owned by an AWS service"
    assert aws.judge("secretsmanager.secrets_in_use") == {"region:us-east-1": ("told", told)}


def test_an_account_without_secrets(aws: Emulator) -> None:
    none = {"region:us-east-1": ("not applicable", "there is none: secretsmanager:ListSecrets listed nothing")}
    assert aws.judge("secretsmanager.secrets_rotate") == none
    assert aws.judge("secretsmanager.secrets_in_use") == {}


def test_secret_policies_are_read_as_aws_hands_them_out(aws: Emulator) -> None:
    without, other, own, bound, everyone = (make(aws, name) for name in ("without", "other", "own", "bound", "open"))
    for arn, statement in (
        (other, OTHER),
        (own, {**OTHER, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}}),
        (bound, {**OPEN, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}),
        (everyone, OPEN),
    ):
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        aws.client("secretsmanager").put_resource_policy(SecretId=arn, ResourcePolicy=document)
    alone = ("holds", "nobody else is let in")
    opened = "the policy is open: a statement lets everyone do secretsmanager:GetSecretValue"
    told = "another account is let in: a statement lets 210987654321 do secretsmanager:GetSecretValue"
    assert aws.judge("secretsmanager.secret_policies_name_their_users") == {
        without: ("not applicable", "the secret has no policy"),
        other: ("fails", told),
        own: alone,
        bound: alone,
        everyone: ("fails", opened),
    }


def secret(name: str, **changes: object) -> dict[str, object]:
    """An item of ListSecrets, of a secret that was made 400 days ago."""
    return {"ARN": f"{ARN}{name}", "Name": name, "CreatedDate": before(400), **changes}


def before(days: int) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def test_secrets_that_rotate_and_are_read(aws: Emulator) -> None:
    """moto rotates by a function that it runs, and tells of no secret that a service owns."""
    rotating = {"RotationEnabled": True, "RotationRules": {"AutomaticallyAfterDays": 30}}
    slow = {"RotationEnabled": True, "RotationRules": {"AutomaticallyAfterDays": 180}}
    ahead = {"NextRotationDate": before(-10)}
    listed = [
        secret("good", **rotating, LastRotatedDate=before(31), NextRotationDate=before(0), LastAccessedDate=before(90)),
        secret(
            "stale", **rotating, LastRotatedDate=before(91), LastChangedDate=before(91), LastAccessedDate=before(92)
        ),
        secret("slow", **slow, **ahead, LastRotatedDate=before(170), LastChangedDate=before(170)),
        secret("moved", **rotating, **ahead, LastRotatedDate=before(60), LastChangedDate=before(60)),
        secret("by-hand", **rotating, **ahead, LastRotatedDate=before(91), LastChangedDate=before(20)),
        secret("first", RotationEnabled=True, **ahead, LastChangedDate=before(2)),
        secret("overdue", **rotating, LastRotatedDate=before(40), NextRotationDate=before(10)),
        secret("never", **rotating, LastChangedDate=before(400)),
        secret("new", **rotating, CreatedDate=before(0)),
        secret("plain", CreatedDate=before(90), PrimaryRegion="us-east-1"),
        secret("owned", OwningService="rds"),
        secret("managed", **rotating, OwningService="rds", LastRotatedDate=before(7), NextRotationDate=before(0)),
        secret("replica", PrimaryRegion="eu-west-1"),
        secret("rotating-replica", **rotating, PrimaryRegion="eu-west-1"),
    ]
    with answering("secretsmanager", {"ListSecrets": {"SecretList": listed}}):
        seen = judge_all(
            aws,
            "secretsmanager",
            ["secrets_rotate", "rotation_happens", "secrets_are_renewed", "secrets_are_used"],
            at=NOW,
        )
    on, elsewhere = ("holds", "rotation is on"), ("not applicable", "a replica of the secret in eu-west-1")
    off, unread = ("not applicable", "rotation is off"), ("fails", "never read in this region")
    copies = {"replica": elsewhere, "rotating-replica": elsewhere}
    turning = ("good", "stale", "slow", "moved", "by-hand", "first", "overdue", "never", "new")
    owned_by = ("not applicable", "rds owns the secret, and alone decides when it changes")
    expected = {
        "secrets_rotate": {
            **dict.fromkeys((*turning, "managed", "rotating-replica"), on),
            "plain": ("fails", "rotation is off"),
            "owned": owned_by,
            "replica": elsewhere,
        },
        "rotation_happens": {
            "good": ("holds", "rotated on 2026-10-23, and does so every 30 days"),
            "stale": ("fails", "rotated on 2026-08-24, though its schedule is 30 days"),
            "slow": ("holds", "rotated on 2026-06-06, and does so every 180 days"),
            "moved": ("fails", "rotated on 2026-09-24, though its schedule is 30 days"),
            "by-hand": (
                "unknown",
                "rotated on 2026-08-24, and due by 2026-12-03; whether it was changed by hand in between is not told",
            ),
            "first": ("unknown", "never rotated since 2025-10-19; the first rotation is due by 2026-12-03"),
            "overdue": ("fails", "rotation was due by 2026-11-13 and did not succeed"),
            "never": ("fails", "never rotated since 2025-10-19, though its schedule is 30 days"),
            "new": ("holds", "never rotated since 2026-11-23"),
            "managed": ("holds", "rotated on 2026-11-16, and does so every 30 days"),
            "plain": off,
            "owned": off,
            **copies,
        },
        "secrets_are_renewed": {
            "good": ("holds", "rotated on 2026-10-23"),
            "stale": ("fails", "rotated on 2026-08-24"),
            "slow": ("fails", "rotated on 2026-06-06"),
            "moved": ("holds", "rotated on 2026-09-24"),
            "by-hand": ("unknown", "rotated on 2026-08-24; whether its value was changed by hand since is not told"),
            "first": (
                "unknown",
                "never rotated since 2025-10-19; whether its value was changed by hand since is not told",
            ),
            "overdue": ("holds", "rotated on 2026-10-14"),
            "never": ("fails", "never rotated since 2025-10-19"),
            "new": ("holds", "never rotated since 2026-11-23"),
            "managed": ("holds", "rotated on 2026-11-16"),
            "plain": ("holds", "never rotated since 2026-08-25"),
            "owned": owned_by,
            **copies,
        },
        "secrets_are_used": {
            "good": ("holds", "read on 2026-08-25"),
            "stale": ("fails", "last read on 2026-08-23"),
            "new": ("holds", "new: made on 2026-11-23"),
            "plain": ("holds", "new: made on 2026-08-25"),
            **dict.fromkeys(("slow", "moved", "by-hand", "first", "overdue", "never", "owned", "managed"), unread),
            **copies,
        },
    }
    assert seen == {name: {f"{ARN}{one}": told for one, told in of.items()} for name, of in expected.items()}


def test_trusted_accounts_may_be_named() -> None:
    found = SecretPolicy(resource_policy=Policy.model_validate({"Version": "2012-10-17", "Statement": [OTHER]}))
    check, here = secretsmanager.secret_policies_name_their_users, Target(ACCOUNT, "us-east-1")
    assert check(found, here, trusted_accounts=("210987654321",)) == Holds("nobody else is let in")

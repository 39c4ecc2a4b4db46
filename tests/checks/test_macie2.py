"""Macie's checks, against real clients. moto has Macie on everywhere, which fixtures/moto_repairs.py mends."""

from typing import Any

from checks import macie2
from checks.macie2 import Administrator, Discovery, Session
from scanner import CannotTell, Fails
from tests.answering import answering
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"


def judged(name: str, score: int, access: str = "NOT_PUBLIC", encryption: str = "AES256") -> dict[str, Any]:
    return {
        "accountId": ACCOUNT,
        "bucketArn": f"arn:aws:s3:::{name}",
        "bucketName": name,
        "sensitivityScore": score,
        "publicAccess": {"effectivePermission": access},
        "serverSideEncryption": {"type": encryption},
    }


def job(kind: str, status: str) -> dict[str, Any]:
    return {"items": [{"name": "weekly", "jobType": kind, "jobStatus": status, "createdAt": "2026-01-05T08:00:00Z"}]}


def test_sensitive_data_is_looked_for(aws: Emulator) -> None:
    check = "macie2.sensitive_data_is_looked_for"
    assert aws.judge(check) == {REGION: ("not applicable", "the region has no buckets")}
    aws.client("s3").create_bucket(Bucket="data")
    assert aws.judge(check) == {REGION: ("fails", "Macie is off, and 1 buckets are here")}
    assert aws.judge("macie2.discovery_runs_by_itself") == {REGION: ("not applicable", "Macie is off")}
    aws.client("macie2").enable_macie(status="PAUSED")
    assert aws.judge(check) == {REGION: ("fails", "Macie is PAUSED, and 1 buckets are here")}
    aws.client("macie2").enable_macie()
    assert aws.judge(check) == {REGION: ("holds", "Macie is on")}


def test_discovery_runs_by_itself(aws: Emulator) -> None:
    check, macie = "macie2.discovery_runs_by_itself", "macie2"
    aws.client("macie2").enable_macie()
    idle = {REGION: ("fails", "automated discovery is off, and no scheduled job goes on")}
    assert aws.judge(check) == idle
    with answering(macie, GetAutomatedDiscoveryConfiguration={"status": "ENABLED"}):
        assert aws.judge(check) == {REGION: ("holds", "automated discovery is on")}
    with answering(macie, ListClassificationJobs=job("SCHEDULED", "IDLE")):
        assert aws.judge(check) == {REGION: ("holds", "scheduled jobs: weekly")}
        told = "classification jobs: weekly (SCHEDULED, IDLE, 2026-01-05)"
        assert aws.judge("macie2.classification_jobs") == {REGION: ("told", told)}
    for row in (job("ONE_TIME", "COMPLETE"), job("SCHEDULED", "CANCELLED"), job("SCHEDULED", "USER_PAUSED")):
        with answering(macie, ListClassificationJobs=row):
            assert aws.judge(check) == idle


def test_an_administrator_may_do_it() -> None:
    """moto knows no administrator of Macie. What that account does for this one cannot be seen from here."""
    on, off = Session(status="ENABLED"), [Discovery(status="DISABLED")]
    told = "automated discovery is off, and no scheduled job goes on"
    for status, verdict in {
        "Enabled": CannotTell(f"{told} here; 9 administers Macie and may do either"),
        "Removed": Fails(told),
    }.items():
        other = Administrator(account_id="9", relationship_status=status)
        assert macie2.discovery_runs_by_itself(on, off, [], [other]) == verdict
    kept = CannotTell("no bucket is set here; 9 administers Macie, and may keep its own results")
    assert macie2.results_are_kept(on, [], [Administrator(account_id="9", relationship_status="Paused")]) == kept


def test_buckets_with_sensitive_data(aws: Emulator) -> None:
    aws.client("macie2").enable_macie()
    buckets = [
        judged("plain", 20, "PUBLIC"),
        judged("open", 100, "PUBLIC", "NONE"),
        judged("shut", 80, encryption="aws:kms:dsse"),
        judged("dim", 51, "UNKNOWN", "AES256"),
        judged("unread", -1),
        {key: value for key, value in judged("denied", 90).items() if not key.startswith(("public", "server"))},
    ]
    nothing = ("not applicable", "Macie has found no sensitive data in it")
    with answering("macie2", DescribeBuckets={"buckets": buckets}):
        assert aws.judge("macie2.buckets_with_sensitive_data_are_closed") == {
            "arn:aws:s3:::plain": nothing,
            "arn:aws:s3:::open": ("fails", "sensitivity 100, PUBLIC"),
            "arn:aws:s3:::shut": ("holds", "sensitivity 80, NOT_PUBLIC"),
            "arn:aws:s3:::dim": ("unknown", "Macie could not tell whether the bucket is public"),
            "arn:aws:s3:::unread": nothing,
            "arn:aws:s3:::denied": ("unknown", "Macie could not tell whether the bucket is public"),
        }
        assert aws.judge("macie2.buckets_with_sensitive_data_use_a_kms_key") == {
            "arn:aws:s3:::plain": nothing,
            "arn:aws:s3:::open": ("fails", "sensitivity 100, new objects are encrypted with NONE"),
            "arn:aws:s3:::shut": ("holds", "sensitivity 80, new objects are encrypted with aws:kms:dsse"),
            "arn:aws:s3:::dim": ("fails", "sensitivity 51, new objects are encrypted with AES256"),
            "arn:aws:s3:::unread": nothing,
            "arn:aws:s3:::denied": ("unknown", "Macie could not tell how new objects are encrypted"),
        }
        told = "Macie found sensitive data in 4 of 6 buckets: denied, dim, open, shut; it could not read unread"
        assert aws.judge("macie2.how_sensitive_buckets_are") == {REGION: ("told", told)}


def test_results_are_kept(aws: Emulator) -> None:
    check = "macie2.results_are_kept"
    assert aws.judge(check) == {REGION: ("not applicable", "Macie is off")}
    aws.client("macie2").enable_macie()
    assert aws.judge(check) == {REGION: ("fails", "no bucket is set")}
    where = {"s3Destination": {"bucketName": "results", "kmsKeyArn": "arn:aws:kms:us-east-1:1:key/a"}}
    with answering("macie2", GetClassificationExportConfiguration={"configuration": where}):
        assert aws.judge(check) == {REGION: ("holds", "kept in results")}

"""Inspector's checks, against real clients. moto lacks coverage, and what AWS says of an account without Inspector."""

from typing import Any

from checks import inspector2
from checks.ecr import Repository
from checks.inspector2 import Overdue
from scanner import CannotTell
from tests.answering import answering
from tests.emulator import ACCOUNT, Emulator

REGION = "region:us-east-1"


def test_inspector_is_off(aws: Emulator) -> None:
    check = "inspector2.software_is_searched_for_weaknesses"
    nothing = "the region has no instances, container repositories or functions"
    assert aws.judge(check) == {REGION: ("not applicable", nothing)}
    aws.client("ecr").create_repository(repositoryName="app")
    assert aws.judge(check) == {REGION: ("fails", "ECR is DISABLED")}
    off = {REGION: ("not applicable", "Inspector is DISABLED")}
    assert aws.judge("inspector2.nothing_escapes_the_scan") == off
    assert aws.judge("inspector2.weaknesses_are_mended_in_time") == off
    assert aws.judge("inspector2.what_is_scanned") == {}
    aws.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    assert aws.judge(check) == {REGION: ("fails", "ECR is DISABLED")}
    scans = inspector2.Scans(ec2=inspector2.Switch(status="ENABLED"), ecr=inspector2.Switch(status="ENABLING"))
    waits = inspector2.software_is_searched_for_weaknesses(
        scans, [], [Repository(repository_name="r", repository_arn="r")], []
    )
    assert waits == CannotTell("ECR is ENABLING")
    aws.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["ECR", "LAMBDA_CODE"])
    assert aws.judge(check) == {REGION: ("holds", "scanned: ECR")}
    assert aws.judge("inspector2.what_is_scanned") == {REGION: ("told", "Inspector scans: ec2, ecr, lambda code")}


def test_something_follows_threats(aws: Emulator) -> None:
    check, both = "inspector2.something_follows_threats", ("us-east-1", "eu-west-1")
    account = f"account:{ACCOUNT}"
    off = {account: ("fails", "Inspector, GuardDuty and Security Hub are off everywhere")}
    aws.client("guardduty", "eu-west-1").create_detector(Enable=False)
    assert aws.judge(check, regions=both) == off
    aws.client("guardduty", "eu-west-1").create_detector(Enable=True)
    assert aws.judge(check, regions=both) == {account: ("holds", "on: GuardDuty")}
    aws.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    aws.client("securityhub").enable_security_hub()
    assert aws.judge(check, regions=both) == {account: ("holds", "on: Inspector, GuardDuty, Security Hub")}


def covered(resource: str, reason: str) -> dict[str, Any]:
    return {
        "resourceType": "AWS_EC2_INSTANCE",
        "resourceId": resource,
        "accountId": ACCOUNT,
        "scanType": "PACKAGE",
        "scanStatus": {"statusCode": "INACTIVE", "reason": reason},
    }


def test_what_escapes(aws: Emulator) -> None:
    """moto lacks ListCoverage."""
    check = "inspector2.nothing_escapes_the_scan"
    aws.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    stopped = covered("i-1", "EC2_INSTANCE_STOPPED")
    with answering("inspector2", ListCoverage={"coveredResources": [stopped]}):
        assert aws.judge(check) == {REGION: ("holds", "but for 1 that are stopped, gone or waiting")}
    chosen = [covered("i-3", "EXCLUDED_BY_TAG"), covered("i-4", "SCAN_ELIGIBILITY_EXPIRED")]
    with answering("inspector2", ListCoverage={"coveredResources": [stopped, *chosen]}):
        told = "but for 1 that are stopped, gone or waiting, and 1 that a tag leaves out"
        told += ", and 1 older than the scan duration that was chosen"
        assert aws.judge(check) == {REGION: ("holds", told)}
    lost = [stopped, covered("i-2", "UNMANAGED_EC2_INSTANCE"), covered("i-3", "EXCLUDED_BY_TAG")]
    with answering("inspector2", ListCoverage={"coveredResources": lost}):
        assert aws.judge(check) == {REGION: ("fails", "not scanned: 1 UNMANAGED_EC2_INSTANCE; for one i-2")}


def test_what_stays_open(aws: Emulator) -> None:
    check = "inspector2.weaknesses_are_mended_in_time"
    aws.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    assert aws.judge(check) == {REGION: ("holds", "none is older than 30 days")}
    finding = {
        "findingArn": f"arn:aws:inspector2:us-east-1:{ACCOUNT}:finding/1",
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "description": "CVE-2026-1",
        "severity": "HIGH",
        "status": "ACTIVE",
        "fixAvailable": "YES",
        "firstObservedAt": "2026-01-02T00:00:00Z",
        "lastObservedAt": "2026-11-20T00:00:00Z",
        "remediation": {},
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-1"}],
    }
    again = {**finding, "firstObservedAt": "2026-03-02T00:00:00Z"}
    with answering("inspector2", ListFindings={"findings": [finding, again]}):
        told = "2 on 1 resources, the oldest since 2026-01-02, among them i-1"
        assert aws.judge(check) == {REGION: ("fails", told)}


def test_a_fix_of_some_packages_is_a_fix() -> None:
    asked = {one["value"] for one in Overdue.read.fixed["filterCriteria"]["fixAvailable"]}
    assert asked == {"YES", "PARTIAL"}

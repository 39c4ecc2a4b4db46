"""Access Analyzer's checks. moto lacks the service: the answers are prepared."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from checks import accessanalyzer
from checks.accessanalyzer import Analyzer
from checks.iam.evidence import LastUse, Role
from checks.organizations import Organization
from scanner import CannotTell, Fails, Holds, NotApplicable, Policy, Verdict
from tests.answering import answering
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:access-analyzer:us-east-1:{ACCOUNT}:analyzer/"
REGION = "region:us-east-1"
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
MEMBER = Organization(id="o-1", feature_set="ALL", master_account_id="1")


def listed(name: str, kind: str, status: str = "ACTIVE") -> dict[str, str]:
    return {"arn": ARN + name, "name": name, "type": kind, "createdAt": "2026-01-05T08:00:00Z", "status": status}


def found(created: str, kind: str, resource: str) -> dict[str, str]:
    moment = {"analyzedAt": created, "createdAt": created, "updatedAt": created}
    return {
        **moment,
        "id": "f",
        "resource": resource,
        "resourceType": "AWS::S3::Bucket",
        "resourceOwnerAccount": ACCOUNT,
        "status": "ACTIVE",
        "findingType": kind,
    }


def test_what_is_looked_for(aws: Emulator) -> None:
    outside, unused = "accessanalyzer.outside_access_is_looked_for", "accessanalyzer.unused_access_is_looked_for"
    assert aws.judge(outside) == {REGION: ("holds", "looked for by outside")}
    assert aws.judge(unused) == {f"account:{ACCOUNT}": ("fails", "there is no such analyzer")}
    both = [listed("a", "ACCOUNT", "DISABLED"), listed("b", "ACCOUNT_UNUSED_ACCESS")]
    with answering("accessanalyzer", ListAnalyzers={"analyzers": both}):
        assert aws.judge(outside) == {REGION: ("fails", "a is DISABLED")}
        assert aws.judge(unused) == {f"account:{ACCOUNT}": ("holds", "looked for by b")}
    aws.client("organizations").create_organization(FeatureSet="ALL")
    assert aws.verdicts(unused) == {f"account:{ACCOUNT}": "unknown"}


def test_findings(aws: Emulator) -> None:
    check = "accessanalyzer.findings_about_outside_access_are_decided"
    analyzers = [
        listed("outside", "ACCOUNT"),
        listed("off", "ACCOUNT", "DISABLED"),
        listed("unused", "ACCOUNT_UNUSED_ACCESS"),
    ]
    findings = [found("2026-11-01T00:00:00Z", "UnusedIAMRole", "arn:aws:s3:::new")]
    old = found("2026-10-01T00:00:00Z", "UnusedPermission", "arn:aws:s3:::old")
    rule = {"ruleName": "known", "filter": {}, "createdAt": "2026-01-05T08:00:00Z", "updatedAt": "2026-01-05T08:00:00Z"}
    with answering("accessanalyzer", ListAnalyzers={"analyzers": analyzers}, ListFindingsV2={"findings": findings}):
        assert aws.judge(check, at=AT) == {
            ARN + "outside": ("holds", "1 findings are open, none for more than 30 days"),
            ARN + "off": ("not applicable", "the analyzer is DISABLED"),
            ARN + "unused": ("not applicable", "the analyzer is of the type ACCOUNT_UNUSED_ACCESS"),
        }
        with answering(
            "accessanalyzer",
            ListFindingsV2={"findings": [old, *findings]},
            ListArchiveRules={"archiveRules": [rule]},
        ):
            assert aws.judge(check, at=AT)[ARN + "outside"] == (
                "fails",
                "undecided for more than 30 days: 1 resources, among them arn:aws:s3:::old",
            )
            assert aws.judge("accessanalyzer.unused_access") == {
                ARN + "unused": ("told", "unused found, and nobody has decided: 1 UnusedIAMRole, 1 UnusedPermission")
            }
            assert aws.judge("accessanalyzer.archive_rules")[ARN + "outside"] == (
                "told",
                "outside archives by itself what its rules match: known",
            )


def analyzer(kind: str, status: str = "ACTIVE") -> Analyzer:
    return Analyzer(arn="a", name="one", type=kind, status=status)


@pytest.mark.parametrize(
    ("analyzers", "organization", "verdict"),
    [
        ([], None, Fails("there is no such analyzer")),
        ([], MEMBER, CannotTell(f"there is no such analyzer in this account; {accessanalyzer.ELSEWHERE}")),
        ([analyzer("ORGANIZATION")], MEMBER, Holds("looked for by one")),
        (
            [analyzer("ACCOUNT", "FAILED")],
            MEMBER,
            CannotTell(f"one is FAILED in this account; {accessanalyzer.ELSEWHERE}"),
        ),
        ([analyzer("ACCOUNT", "FAILED")], None, Fails("one is FAILED")),
        ([analyzer("ACCOUNT_UNUSED_ACCESS")], None, Fails("there is no such analyzer")),
        ([analyzer("ACCOUNT_INTERNAL_ACCESS")], None, Fails("there is no such analyzer")),
    ],
)
def test_outside_access_is_looked_for(
    analyzers: list[Analyzer], organization: Organization | None, verdict: Verdict
) -> None:
    assert accessanalyzer.outside_access_is_looked_for(analyzers, organization) == verdict


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def role(name: str, used: datetime | None, path: str = "/") -> Role:
    return Role(
        arn=f"arn:{name}",
        path=path,
        role_name=name,
        create_date=datetime(2025, 1, 1, tzinfo=UTC),
        assume_role_policy_document=Policy.model_validate(TRUST),
        role_last_used=LastUse(last_used_date=used),
    )


USED, IDLE = role("used", AT), role("idle", datetime(2026, 2, 1, tzinfo=UTC))
LINKED = role("linked", None, "/aws-service-role/x/")


@pytest.mark.parametrize(
    ("roles", "kind", "organization", "verdict"),
    [
        ([LINKED, role("break-glass", None)], "ACCOUNT", None, NotApplicable("no role is older than 90 days")),
        ([USED, IDLE], "ACCOUNT", None, Holds("1 of 2 roles were not used for 90 days")),
        (
            [USED, IDLE, role("never", None)],
            "ACCOUNT",
            None,
            Fails("2 of 3 roles were not used for 90 days, and no analyzer looks for them"),
        ),
        (
            [IDLE],
            "ACCOUNT_UNUSED_ACCESS",
            None,
            Holds("1 of 1 roles were not used for 90 days; looked for by one"),
        ),
        (
            [IDLE],
            "ACCOUNT",
            MEMBER,
            CannotTell(f"1 of 1 roles were not used for 90 days, and no analyzer is here; {accessanalyzer.ELSEWHERE}"),
        ),
    ],
)
def test_unused_roles_are_noticed(
    roles: list[Role], kind: str, organization: Organization | None, verdict: Verdict
) -> None:
    assert accessanalyzer.unused_roles_are_noticed([analyzer(kind)], roles, organization, AT) == verdict


def test_young_roles_are_not_judged(aws: Emulator) -> None:
    aws.client("iam").create_role(RoleName="new", AssumeRolePolicyDocument=json.dumps(TRUST))
    check, account = "accessanalyzer.unused_roles_are_noticed", f"account:{ACCOUNT}"
    assert aws.judge(check) == {account: ("not applicable", "no role is older than 90 days")}
    late = datetime.now(UTC) + timedelta(days=91)
    told = "1 of 1 roles were not used for 90 days, and no analyzer looks for them"
    assert aws.judge(check, at=late) == {account: ("fails", told)}
    unused = {"analyzers": [listed("unused", "ACCOUNT_UNUSED_ACCESS")]}
    with answering("accessanalyzer", ListAnalyzers=unused):
        told = "1 of 1 roles were not used for 90 days; looked for by unused"
        assert aws.judge(check, at=late) == {account: ("holds", told)}

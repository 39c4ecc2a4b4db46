"""Security Hub checks, against real clients and as tables."""

from datetime import UTC, datetime

import pytest

from checks import securityhub
from checks.securityhub import Aggregation, AutomationRule, Hub, OldFinding, Severity, Standard
from scanner import Fails, Holds, Verdict
from tests.answering import answering
from tests.emulator import ACCOUNT, Emulator

HUB = f"arn:aws:securityhub:us-east-1:{ACCOUNT}:hub/default"


def test_each_region_needs_a_hub(aws: Emulator) -> None:
    aws.client("securityhub").enable_security_hub()
    assert aws.judge("securityhub.findings_come_together", regions=("us-east-1", "eu-west-1")) == {
        "region:us-east-1": ("holds", f"{HUB} is on"),
        "region:eu-west-1": ("fails", "Security Hub is off"),
    }
    assert aws.verdicts("securityhub.new_controls_are_enabled", regions=("us-east-1", "eu-west-1")) == {
        "region:us-east-1": "holds",
        "region:eu-west-1": "not applicable",
    }


def standard(status: str, name: str = "standards/cis/v/3.0.0") -> Standard:
    return Standard(
        standards_subscription_arn="a", standards_arn=f"arn:aws:securityhub:::{name}", standards_status=status
    )


@pytest.mark.parametrize(
    ("hub", "standards", "verdict"),
    [
        (Hub(hub_arn=HUB), [standard("READY"), standard("FAILED", "ruleset/x")], Holds("checked against cis/v/3.0.0")),
    ],
)
def test_a_standard_is_checked(hub: Hub | None, standards: list[Standard], verdict: Verdict) -> None:
    assert securityhub.a_standard_is_checked(hub, standards) == verdict


def test_standards_are_read(aws: Emulator) -> None:
    """moto lacks the standards."""
    check, region = "securityhub.a_standard_is_checked", "region:us-east-1"
    assert aws.judge(check) == {region: ("not applicable", "Security Hub is off")}
    aws.client("securityhub").enable_security_hub()
    subscription = f"arn:aws:securityhub:us-east-1:{ACCOUNT}:subscription/cis/v/3.0.0"
    cis = {
        "StandardsSubscriptionArn": subscription,
        "StandardsArn": "arn:aws:securityhub:us-east-1::standards/cis/v/3.0.0",
        "StandardsInput": {},
    }
    for status, told in (
        ("READY", ("holds", "checked against cis/v/3.0.0")),
        ("INCOMPLETE", ("fails", "cis/v/3.0.0 is INCOMPLETE")),
        ("PENDING", ("unknown", "cis/v/3.0.0 is PENDING")),
    ):
        answer = {"StandardsSubscriptions": [{**cis, "StandardsStatus": status}]}
        with answering("securityhub", GetEnabledStandards=answer):
            assert aws.judge(check) == {region: told}
    with answering("securityhub", GetEnabledStandards={"StandardsSubscriptions": []}):
        assert aws.judge(check) == {region: ("fails", "no standard is enabled")}
    with aws.refusing(frozenset({"securityhub:GetEnabledStandards"})):
        assert aws.verdicts(check) == {region: "unknown"}
    hub = {"HubArn": HUB, "SubscribedAt": "2026-01-01T00:00:00.000Z", "AutoEnableControls": False}
    with answering("securityhub", DescribeHub={**hub, "ControlFindingGenerator": "SECURITY_CONTROL"}):
        assert aws.judge("securityhub.new_controls_are_enabled") == {region: ("fails", "new controls stay disabled")}


def test_facts() -> None:
    # moto lacks the finding aggregators and automation rules.
    hub = Hub(hub_arn=HUB)
    linked = Aggregation(finding_aggregation_region="eu-west-1", region_linking_mode="ALL_REGIONS")
    assert securityhub.findings_are_aggregated(None, []) is None
    assert securityhub.findings_are_aggregated(hub, []) == "findings of several regions come together in: no region"
    assert securityhub.findings_are_aggregated(hub, [linked]) == (
        "findings of several regions come together in: eu-west-1 (ALL_REGIONS)"
    )
    rules = [
        AutomationRule(rule_arn="a", rule_name="accepted", rule_status="ENABLED"),
        AutomationRule(rule_arn="b", rule_name="old", rule_status="DISABLED"),
    ]
    assert securityhub.automation_rules(hub, rules) == "automation rules: accepted"
    assert securityhub.automation_rules(hub, []) == "automation rules: none"
    assert securityhub.automation_rules(None, []) is None


def finding(number: str, title: str, **members: object) -> dict[str, object]:
    """A finding as AWS lists it, in the format of Security Hub (ASFF)."""
    return {
        "SchemaVersion": "2018-10-08",
        "Id": number,
        "ProductArn": "arn:aws:securityhub:us-east-1::product/aws/securityhub",
        "GeneratorId": "g",
        "AwsAccountId": ACCOUNT,
        "CreatedAt": "2026-01-03T00:00:00.000Z",
        "UpdatedAt": "2026-11-20T00:00:00.000Z",
        "Severity": {"Label": "CRITICAL"},
        "Title": title,
        "Description": title,
        "Resources": [{"Type": "AwsEc2SecurityGroup", "Id": "sg-1"}],
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **members,
    }


def test_findings_that_nobody_takes_up(aws: Emulator) -> None:
    """moto finds nothing, and keeps the findings of an account in which Security Hub is off."""
    check, region = "securityhub.grave_findings_are_taken_up", "region:us-east-1"
    assert aws.judge(check) == {region: ("not applicable", "Security Hub is off")}
    aws.client("securityhub").enable_security_hub()
    assert aws.judge(check) == {region: ("holds", "none is older than 30 days")}
    found = [
        finding("1", "Port 22 is open"),
        finding("2", "[SAMPLE] i-1 is mining"),
        finding("3", "sample", Sample=True),
    ]
    with answering("securityhub", GetFindings={"Findings": found}):
        told = "1 CRITICAL of more than 30 days ago, the oldest of 2026-01-03: Port 22 is open"
        assert aws.judge(check) == {region: ("fails", told)}
    with answering("securityhub", GetFindings={"Findings": found[1:]}):
        assert aws.judge(check) == {region: ("holds", "none is older than 30 days")}
    own = {"InsightArn": f"arn:aws:securityhub:us-east-1:{ACCOUNT}:insight/{ACCOUNT}/custom/a", "Name": "leaks"}
    insight = {**own, "Filters": {}, "GroupByAttribute": "ResourceId"}
    with answering("securityhub", GetInsights={"Insights": [insight]}):
        told = "insights of the account's own: leaks"
        assert aws.judge("securityhub.own_insights") == {region: ("told", told)}
    told = "Security Hub is administered by: this account itself"
    assert aws.judge("securityhub.who_administers_findings") == {region: ("told", told)}


def old(label: str, day: int) -> OldFinding:
    return OldFinding(
        title=f"{label} {day}", created_at=datetime(2026, 1, day, tzinfo=UTC), severity=Severity(label=label)
    )


def test_grave_findings_are_counted() -> None:
    found = [old("HIGH", 9), old("CRITICAL", 3), old("HIGH", 5)]
    assert securityhub.grave_findings_are_taken_up(Hub(hub_arn=HUB), found) == Fails(
        "1 CRITICAL and 2 HIGH of more than 30 days ago, the oldest of 2026-01-03: CRITICAL 3"
    )
    admin = securityhub.Administrator(account_id="111111111111", member_status="Enabled")
    assert securityhub.who_administers_findings(Hub(hub_arn=HUB), [admin]) == (
        "Security Hub is administered by: 111111111111 (Enabled)"
    )
    assert securityhub.who_administers_findings(None, []) is None
    assert securityhub.own_insights(None, []) is None

"""Security Hub: whether standards are checked, and where findings come together."""

from collections import Counter
from datetime import datetime

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

# The code also stands for missing permissions; only these words say that the service is off (Security Hub API reference).
_OFF = frozenset({"InvalidAccessException: is not subscribed to AWS Security Hub"})


class Hub(Evidence, read=Read("securityhub:DescribeHub", absent=_OFF)):
    hub_arn: str
    auto_enable_controls: bool = False


class Standard(
    Evidence,
    read=Read(
        "securityhub:GetEnabledStandards", "StandardsSubscriptions", absent=_OFF, arn="{standards_subscription_arn}"
    ),
):
    standards_subscription_arn: str
    standards_arn: str
    standards_status: str

    @property
    def name(self) -> str:
        return self.standards_arn.partition("/")[2].removeprefix("standards/").removeprefix("ruleset/")


_EQUALS = "EQUALS"


class Severity(Part):
    label: str = ""


class OldFinding(
    Evidence,
    read=Read(
        "securityhub:GetFindings",
        "Findings",
        per=Hub,
        # Of this account and region only: an administrator sees its members' findings, an aggregator's region all regions'.
        fixed={
            "Filters": {
                "AwsAccountId": [{"Value": "{account}", "Comparison": _EQUALS}],
                "Region": [{"Value": "{region}", "Comparison": _EQUALS}],
                "RecordState": [{"Value": "ACTIVE", "Comparison": _EQUALS}],
                "WorkflowStatus": [{"Value": "NEW", "Comparison": _EQUALS}],
                "SeverityLabel": [
                    {"Value": "CRITICAL", "Comparison": _EQUALS},
                    {"Value": "HIGH", "Comparison": _EQUALS},
                ],
                "CreatedAt": [{"Start": "2018-01-01T00:00:00Z", "End": "{days_ago:30}"}],
            },
            "MaxResults": 100,
        },
        absent=_OFF,
    ),
):
    """A critical or high finding that nobody has taken up, made more than thirty days ago."""

    title: str
    created_at: datetime
    severity: Severity = Severity()
    sample: bool = False

    @property
    def real(self) -> bool:
        """Is it none of the samples that Security Hub or GuardDuty (which marks the title so) makes for exercises?"""
        return not self.sample and not self.title.startswith("[SAMPLE]")


class Insight(Evidence, read=Read("securityhub:GetInsights", "Insights", per=Hub, absent=_OFF, arn="{insight_arn}")):
    """A saved question; without being asked for others, AWS lists those of the account's own only."""

    insight_arn: str
    name: str


class Administrator(
    Evidence,
    read=Read("securityhub:GetAdministratorAccount", "Administrator", per=Hub, absent=_OFF, omitted_if_empty=True),
):
    account_id: str = ""
    member_status: str = ""


class Aggregator(
    Evidence,
    read=Read("securityhub:ListFindingAggregators", "FindingAggregators", absent=_OFF, arn="{finding_aggregator_arn}"),
):
    finding_aggregator_arn: str


class Aggregation(
    Evidence,
    read=Read(
        "securityhub:GetFindingAggregator",
        per=Aggregator,
        args={"FindingAggregatorArn": "finding_aggregator_arn"},
    ),
):
    finding_aggregation_region: str
    region_linking_mode: str


class AutomationRule(
    Evidence, read=Read("securityhub:ListAutomationRules", "AutomationRulesMetadata", absent=_OFF, arn="{rule_arn}")
):
    rule_arn: str
    rule_name: str
    rule_status: str


@check(effort="low")
def findings_come_together(hub: Hub | None) -> Verdict:
    """Security Hub is on in the region.

    Why: findings of a dozen services in a dozen consoles are read by nobody.
    Fix: aws securityhub enable-security-hub --region REGION, best for all accounts from the delegated administrator.
    """
    return Fails("Security Hub is off") if hub is None else Holds(f"{hub.hub_arn} is on")


@check(effort="low")
def a_standard_is_checked(hub: Hub | None, standards: list[Standard]) -> Verdict:
    """Security Hub checks the region's resources against a standard.

    Why: without a standard, the hub collects findings but looks for none itself.
    Fix: aws securityhub batch-enable-standards with AWS Foundational Security Best Practices
    """
    if hub is None:
        return NotApplicable("Security Hub is off")
    ready = sorted(standard.name for standard in standards if standard.standards_status == "READY")
    if ready:
        return Holds(f"checked against {', '.join(ready)}")
    waiting = ", ".join(f"{standard.name} is {standard.standards_status}" for standard in standards)
    if any(standard.standards_status == "PENDING" for standard in standards):
        return CannotTell(waiting)
    return Fails(waiting or "no standard is enabled")


@check(effort="low")
def new_controls_are_enabled(hub: Hub | None) -> Verdict:
    """New controls of enabled standards are enabled as AWS adds them.

    Why: a standard that stays as it was on the day it was enabled misses what was learned since.
    Fix: aws securityhub update-security-hub-configuration --auto-enable-controls
    """
    if hub is None:
        return NotApplicable("Security Hub is off")
    return Holds("new controls are enabled") if hub.auto_enable_controls else Fails("new controls stay disabled")


@check(effort="medium")
def grave_findings_are_taken_up(hub: Hub | None, findings: list[OldFinding]) -> Verdict:
    """No critical or high finding that was made more than thirty days ago is new, still or again.

    Why: a finding that nobody takes up is a weakness that somebody has a record of having known.
    Fix: mend it, or set its workflow status: NOTIFIED to whom it concerns, SUPPRESSED with a reason.
    """
    if hub is None:
        return NotApplicable("Security Hub is off")
    real = [one for one in findings if one.real]
    if not real:
        return Holds("none is older than 30 days")
    counts = Counter(one.severity.label for one in real)
    told = " and ".join(f"{count} {label}" for label, count in sorted(counts.items()))
    oldest = min(real, key=lambda one: one.created_at)
    return Fails(f"{told} of more than 30 days ago, the oldest of {oldest.created_at:%Y-%m-%d}: {oldest.title}"[:300])


@fact
def own_insights(hub: Hub | None, insights: list[Insight]) -> str | None:
    """Which questions about findings the account has saved for itself."""
    if hub is None:
        return None
    own = sorted(one.name for one in insights if ":insight/securityhub/" not in one.insight_arn)
    return f"insights of the account's own: {', '.join(own[:10]) or 'none'}"


@fact
def who_administers_findings(hub: Hub | None, administrators: list[Administrator]) -> str | None:
    """Which account administers Security Hub for this one."""
    if hub is None:
        return None
    told = sorted(f"{one.account_id} ({one.member_status})" for one in administrators if one.account_id)
    return f"Security Hub is administered by: {', '.join(told) or 'this account itself'}"


@fact
def findings_are_aggregated(hub: Hub | None, aggregations: list[Aggregation]) -> str | None:
    """In which region findings of other regions come together."""
    if hub is None:
        return None
    told = ", ".join(f"{one.finding_aggregation_region} ({one.region_linking_mode})" for one in aggregations)
    return f"findings of several regions come together in: {told or 'no region'}"


@fact
def automation_rules(hub: Hub | None, rules: list[AutomationRule]) -> str | None:
    """Which rules change or close findings by themselves."""
    if hub is None:
        return None
    names = sorted(rule.rule_name for rule in rules if rule.rule_status == "ENABLED")
    return f"automation rules: {', '.join(names[:10]) or 'none'}"

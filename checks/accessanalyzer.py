"""IAM Access Analyzer: whether access from outside and access that nobody uses are looked for, and what became of it."""

from collections import Counter
from datetime import datetime, timedelta

from checks.iam.evidence import Role
from checks.iam.statements import is_named
from checks.iam.trust import BREAK_GLASS, INCIDENT
from checks.organizations import Organization
from scanner import AllRegions, CannotTell, Evidence, Fails, Holds, NotApplicable, Read, ScanTime, Verdict, check, fact

OUTSIDE = ("ACCOUNT", "ORGANIZATION")
UNUSED = ("ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS")
# An account sees its own analyzers only: one of the organization is listed in the account that made it (API reference,
# ListAnalyzers; user guide, "Settings for IAM Access Analyzer").
ELSEWHERE = "one that the organization keeps elsewhere cannot be seen from here"


class Analyzer(Evidence, read=Read("accessanalyzer:ListAnalyzers", "analyzers", arn="{arn}")):
    arn: str
    name: str
    type: str
    status: str


class Finding(
    Evidence,
    read=Read(
        "accessanalyzer:ListFindingsV2",
        "findings",
        per=Analyzer,
        args={"analyzerArn": "arn"},
        fixed={"filter": {"status": {"eq": ["ACTIVE"]}}},
        when={"status": "ACTIVE"},
        action="access-analyzer:ListFindings",
    ),
):
    """What an analyzer found and nobody has archived or resolved."""

    created_at: datetime
    finding_type: str = "ExternalAccess"
    resource: str = ""


class ArchiveRule(
    Evidence,
    read=Read("accessanalyzer:ListArchiveRules", "archiveRules", per=Analyzer, args={"analyzerName": "name"}),
):
    """A rule by which new findings are archived without anybody having seen them."""

    rule_name: str


@check(effort="low")
def outside_access_is_looked_for(analyzers: list[Analyzer], organization: Organization | None) -> Verdict:
    """An analyzer looks for access from outside in each region.

    Why: a bucket, key or role that was opened to a stranger by mistake looks like any other until somebody compares.
    Fix: aws accessanalyzer create-analyzer --analyzer-name outside --type ACCOUNT --region REGION
    """
    return _looked_for(analyzers, OUTSIDE, organization)


@check(effort="low")
def unused_access_is_looked_for(analyzers: AllRegions[Analyzer], organization: Organization | None) -> Verdict:
    """An analyzer in some region looks for roles, keys and permissions that nobody uses.

    Why: what nobody uses is missed by nobody, but for the intruder who finds it.
    Fix: aws accessanalyzer create-analyzer --analyzer-name unused --type ACCOUNT_UNUSED_ACCESS, in one region: IAM is the same in all
    """
    return _looked_for(analyzers, UNUSED, organization)


def _looked_for(analyzers: list[Analyzer], types: tuple[str, ...], organization: Organization | None) -> Verdict:
    mine = [one for one in analyzers if one.type in types]
    if active := sorted(one.name for one in mine if one.status == "ACTIVE"):
        return Holds(f"looked for by {', '.join(active)}")
    told = ", ".join(sorted(f"{one.name} is {one.status}" for one in mine)) or "there is no such analyzer"
    return Fails(told) if organization is None else CannotTell(f"{told} in this account; {ELSEWHERE}")


@check(effort="medium")
def unused_roles_are_noticed(
    analyzers: AllRegions[Analyzer],
    roles: list[Role],
    organization: Organization | None,
    at: ScanTime,
    *,
    days: int = 90,
    percent: int = 50,
) -> Verdict:
    """Most roles are in use, or an analyzer tells which are not.

    Why: where most of what was once granted is used by nobody, nobody takes anything away.
    Fix: create an analyzer of the type ACCOUNT_UNUSED_ACCESS, and delete the roles that it names.
    """
    old = [
        role
        for role in roles
        if not role.made_by_aws
        and not is_named(role.role_name, (*BREAK_GLASS, *INCIDENT))
        and at - role.create_date > timedelta(days=days)
    ]
    if not old:
        return NotApplicable(f"no role is older than {days} days")
    since = at - timedelta(days=days)
    unused = sum(
        role.role_last_used.last_used_date is None or role.role_last_used.last_used_date < since for role in old
    )
    told = f"{unused} of {len(old)} roles were not used for {days} days"
    if active := sorted(one.name for one in analyzers if one.type in UNUSED and one.status == "ACTIVE"):
        return Holds(f"{told}; looked for by {', '.join(active)}")
    if unused * 100 <= percent * len(old):
        return Holds(told)
    told = f"{told}, and no analyzer"
    return Fails(f"{told} looks for them") if organization is None else CannotTell(f"{told} is here; {ELSEWHERE}")


@check(effort="medium")
def findings_about_outside_access_are_decided(
    analyzer: Analyzer, findings: list[Finding], at: ScanTime, *, days: int = 30
) -> Verdict:
    """Findings about access from outside are archived as intended, or mended, within a month.

    Why: a list of open doors that nobody goes through is the same as no list.
    Fix: remove the access that a finding names, or aws accessanalyzer update-findings --status ARCHIVED where it is meant.
    """
    if analyzer.type not in OUTSIDE:
        return NotApplicable(f"the analyzer is of the type {analyzer.type}")
    if analyzer.status != "ACTIVE":
        return NotApplicable(f"the analyzer is {analyzer.status}")
    old = sorted({one.resource for one in findings if at - one.created_at > timedelta(days=days)})
    if old:
        return Fails(f"undecided for more than {days} days: {len(old)} resources, among them {', '.join(old[:3])}")
    return Holds(f"{len(findings)} findings are open, none for more than {days} days")


@fact
def unused_access(analyzer: Analyzer, findings: list[Finding]) -> str | None:
    """How much access an analyzer found that nobody uses."""
    if analyzer.type not in UNUSED or analyzer.status != "ACTIVE":
        return None
    counts = Counter(one.finding_type for one in findings)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return f"{analyzer.name} found, and nobody has decided: {told or 'nothing'}"


@fact
def archive_rules(analyzer: Analyzer, rules: list[ArchiveRule]) -> str | None:
    """Which rules archive an analyzer's findings before anybody sees them."""
    if not rules:
        return None
    return f"{analyzer.name} archives by itself what its rules match: {', '.join(sorted(one.rule_name for one in rules)[:10])}"

"""Inspector: whether software is searched for known weaknesses, what escapes the search, and what is left unmended."""

from collections import Counter
from datetime import datetime

from checks.ec2.evidence import Instance
from checks.ecr import Repository
from checks.guardduty import Detector
from checks.lambda_.evidence import Function
from checks.securityhub import Hub
from scanner import AllRegions, CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

# It answers for an account that never switched Inspector on, too: DISABLED (Inspector API reference, Status).
_STATUS, _ME = "inspector2:BatchGetAccountStatus", {"accountIds": ["{account}"]}
_MINE = {"comparison": "EQUALS", "value": "{account}"}
# What somebody chose (Inspector API reference, ScanStatus). It is told, and is no failure.
_CHOSEN = {
    "EXCLUDED_BY_TAG": "that a tag leaves out",
    "SCAN_ELIGIBILITY_EXPIRED": "older than the scan duration that was chosen",
    "SCAN_FREQUENCY_SCAN_ON_PUSH": "scanned once, when they were pushed",
}
# Nothing that could run is left unscanned for these reasons.
_HARMLESS = frozenset(
    {
        "EC2_INSTANCE_STOPPED",
        "IMAGE_ARCHIVED",
        "NO_RESOURCES_FOUND",
        "PENDING_DISABLE",
        "PENDING_INITIAL_SCAN",
        "PENDING_REVIVAL_SCAN",
        "RESOURCE_STOPPED",
        "RESOURCE_TERMINATED",
        "SCAN_IN_PROGRESS",
        "SUCCESSFUL",
    }
)


class State(Evidence, read=Read(_STATUS, "accounts[0].state", fixed=_ME)):
    status: str


class Switch(Part):
    status: str = "DISABLED"


class Scans(Evidence, read=Read(_STATUS, "accounts[0].resourceState", fixed=_ME)):
    """Which kinds of resources are scanned. Those without a default are in every answer."""

    ec2: Switch
    ecr: Switch
    lambda_: Switch = Switch()
    lambda_code: Switch = Switch()
    code_repository: Switch = Switch()


class Reason(Part):
    reason: str


class Unscanned(
    Evidence,
    read=Read(
        "inspector2:ListCoverage",
        "coveredResources",
        per=State,
        fixed={
            "filterCriteria": {"accountId": [_MINE], "scanStatusCode": [{"comparison": "EQUALS", "value": "INACTIVE"}]}
        },
        when={"status": "ENABLED"},
        omitted_if_empty=True,
    ),
):
    """A resource that Inspector knows and does not scan now."""

    resource_id: str
    resource_type: str
    scan_status: Reason


class Resource(Part):
    id: str


class Overdue(
    Evidence,
    read=Read(
        "inspector2:ListFindings",
        "findings",
        per=State,
        fixed={
            "filterCriteria": {
                "awsAccountId": [_MINE],
                "findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}],
                "severity": [
                    {"comparison": "EQUALS", "value": "CRITICAL"},
                    {"comparison": "EQUALS", "value": "HIGH"},
                ],
                "fixAvailable": [
                    {"comparison": "EQUALS", "value": "YES"},
                    {"comparison": "EQUALS", "value": "PARTIAL"},  # of some of its packages there is a fixed version
                ],
                "firstObservedAt": [{"endInclusive": "{days_ago:30}"}],
            }
        },
        when={"status": "ENABLED"},
        omitted_if_empty=True,
    ),
):
    """A critical or high finding with a fix, seen for the first time more than thirty days ago."""

    severity: str
    first_observed_at: datetime
    resources: tuple[Resource, ...]


@check(effort="low")
def software_is_searched_for_weaknesses(
    scans: Scans, instances: list[Instance], repositories: list[Repository], functions: list[Function]
) -> Verdict:
    """Inspector scans the instances, container images and functions that the region has.

    Why: a weakness becomes known long after the software was installed, and nobody reads every advisory.
    Fix: aws inspector2 enable --resource-types EC2 ECR LAMBDA --region REGION
    """
    there = {
        "EC2": any(one.state.name not in ("terminated", "shutting-down") for one in instances),
        "ECR": bool(repositories),
        "Lambda": bool(functions),
    }
    if not any(there.values()):
        return NotApplicable("the region has no instances, container repositories or functions")
    status = {"EC2": scans.ec2.status, "ECR": scans.ecr.status, "Lambda": scans.lambda_.status}
    off = [f"{kind} is {status[kind]}" for kind, so in there.items() if so and status[kind] != "ENABLED"]
    if off and all(one.endswith(" is ENABLING") for one in off):
        return CannotTell(", ".join(off))
    if off:
        return Fails(", ".join(off))
    return Holds(f"scanned: {', '.join(kind for kind, so in there.items() if so)}")


@check(effort="low")
def something_follows_threats(
    states: AllRegions[State], detectors: AllRegions[Detector], hubs: AllRegions[Hub]
) -> Verdict:
    """Inspector, GuardDuty or Security Hub is on in some region.

    Why: each brings the threats and weaknesses that became known since yesterday; without any, nothing does.
    Fix: aws guardduty create-detector --enable, aws inspector2 enable …, aws securityhub enable-security-hub
    """
    on = {
        "Inspector": any(one.status == "ENABLED" for one in states),
        "GuardDuty": any(one.status == "ENABLED" for one in detectors),
        "Security Hub": bool(hubs),
    }
    found = [name for name, so in on.items() if so]
    return (
        Holds(f"on: {', '.join(found)}") if found else Fails("Inspector, GuardDuty and Security Hub are off everywhere")
    )


@check(effort="medium")
def nothing_escapes_the_scan(state: State, unscanned: list[Unscanned]) -> Verdict:
    """Where Inspector is on, it scans every resource that runs and that nobody left out on purpose.

    Why: the machine without an agent is the one that was forgotten, and it is missing from the report too.
    Fix: aws inspector2 list-coverage names the reason for each; most often the instance is not managed by Systems Manager.
    """
    if state.status != "ENABLED":
        return NotApplicable(f"Inspector is {state.status}")
    chosen = Counter(one.scan_status.reason for one in unscanned if one.scan_status.reason in _CHOSEN)
    escaped = [one for one in unscanned if one.scan_status.reason not in (*_HARMLESS, *_CHOSEN)]
    if not escaped:
        rest = len(unscanned) - chosen.total()
        but = [
            f"{rest} that are stopped, gone or waiting",
            *(f"{chosen[one]} {_CHOSEN[one]}" for one in sorted(chosen)),
        ]
        return Holds(f"but for {', and '.join(but)}")
    reasons = Counter(one.scan_status.reason for one in escaped)
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    return Fails(f"not scanned: {told}; for one {escaped[0].resource_id}")


@check(effort="medium")
def weaknesses_are_mended_in_time(state: State, overdue: list[Overdue]) -> Verdict:
    """Where Inspector is on, no critical or high weakness that has a fix is older than thirty days.

    Why: exploits for known weaknesses are public within days.
    Fix: patch what the findings name, or suppress a finding with a written reason.
    """
    if state.status != "ENABLED":
        return NotApplicable(f"Inspector is {state.status}")
    if not overdue:
        return Holds("none is older than 30 days")
    where = sorted({resource.id for one in overdue for resource in one.resources})
    oldest = min(one.first_observed_at for one in overdue)
    return Fails(
        f"{len(overdue)} on {len(where)} resources, the oldest since {oldest:%Y-%m-%d}, among them {', '.join(where[:3])}"
    )


@fact
def what_is_scanned(scans: Scans) -> str | None:
    """What Inspector scans, code too."""
    names = ("ec2", "ecr", "lambda_", "lambda_code", "code_repository")
    on = [name.strip("_").replace("_", " ") for name in names if getattr(scans, name).status == "ENABLED"]
    return f"Inspector scans: {', '.join(on)}" if on else None

"""What is known of copies, frameworks, reports and types of resources that AWS Backup leaves out.

All of it is asked once for a region, and only where it has a backup plan.
"""

from datetime import datetime

from checks.backup.evidence import Plan
from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check, fact


class CopyJob(
    Evidence, read=Read("backup:ListCopyJobs", "CopyJobs", per=Plan, fixed={"ByCreatedAfter": "{days_ago:14}"})
):
    resource_arn: str
    destination_backup_vault_arn: str
    state: str
    creation_date: datetime


class Framework(Evidence, read=Read("backup:ListFrameworks", "Frameworks", per=Plan)):
    framework_name: str
    number_of_controls: int
    deployment_status: str


class ReportPlan(Evidence, read=Read("backup:ListReportPlans", "ReportPlans", per=Plan)):
    report_plan_name: str
    last_successful_execution_time: datetime | None = None


class RegionSettings(Evidence, read=Read("backup:DescribeRegionSettings", per=Plan)):
    resource_type_opt_in_preference: dict[str, bool]


@check(effort="low")
def copies_succeed(plans: list[Plan], jobs: list[CopyJob]) -> Verdict:
    """The last copy of every resource's recovery points in the past two weeks succeeded.

    Why: the copy out of reach is missed on the day on which the account or region is lost.
    Fix: aws backup list-copy-jobs --by-state FAILED names the reasons; often the key's policy.
    """
    if not plans:
        return NotApplicable("there is no backup plan")
    last: dict[tuple[str, str], CopyJob] = {}
    for job in sorted(jobs, key=lambda one: one.creation_date):
        if job.state in ("COMPLETED", "PARTIAL", "FAILED"):
            last[job.resource_arn, job.destination_backup_vault_arn] = job
    if not last:
        return NotApplicable("no copy job ended in the past 14 days")
    failed = sorted({f"{job.resource_arn} ({job.state})" for job in last.values() if job.state != "COMPLETED"})
    if failed:
        return Fails(f"the last copy failed for {', '.join(failed[:5])}{', …' if len(failed) > 5 else ''}")
    return Holds(f"the last copy succeeded for each of {len(last)} resources and vaults")


@fact
def audit_frameworks(plans: list[Plan], frameworks: list[Framework]) -> str | None:
    """Which frameworks of Backup Audit Manager judge the backups."""
    if not plans:
        return None
    told = {f"{one.framework_name} ({one.number_of_controls} controls, {one.deployment_status})" for one in frameworks}
    return f"frameworks of Backup Audit Manager: {', '.join(sorted(told)) or 'none'}"


@fact
def reports(plans: list[Plan], found: list[ReportPlan]) -> str | None:
    """Which reports on backups are written, and when last."""
    if not plans:
        return None
    dates = {one.report_plan_name: one.last_successful_execution_time for one in found}
    told = [f"{name} ({f'{date:%Y-%m-%d}' if date else 'never'})" for name, date in sorted(dates.items())]
    return f"reports on backups and their last run: {', '.join(told) or 'none'}"


@fact
def types_left_out(settings: list[RegionSettings]) -> str | None:
    """Which types of resources AWS Backup leaves out here, even where a plan selects them by tag."""
    told = {kind: on for one in settings for kind, on in one.resource_type_opt_in_preference.items()}
    out = sorted(kind for kind, on in told.items() if not on)
    return (
        f"AWS Backup is switched on for {len(told) - len(out)} types, and off for: {', '.join(out) or 'none'}"
        if told
        else None
    )

"""Checks of what was backed up, and of whether anybody ever restored from it."""

from datetime import timedelta

from checks.backup.evidence import Job, Protected, RestoreJob, RestoreTestingPlan
from checks.changes import History
from scanner import Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact


@check(effort="low")
def backups_are_recent(resource: Protected, at: ScanTime, *, days: int = 8) -> Verdict:
    """What AWS Backup protects was backed up lately.

    Why: what was written since the last backup is lost with the resource.
    Fix: look for failed jobs, or for a resource that no plan selects any more.
    """
    last = resource.last_backup_time
    if last is None:
        return Fails("no backup was completed")
    told = f"the last backup is of {last:%Y-%m-%d}"
    return Fails(told) if at - last > timedelta(days=days) else Holds(told)


@check(effort="low")
def backup_jobs_succeed(jobs: list[Job]) -> Verdict:
    """The last backup job of every resource in the past two weeks succeeded.

    Why: jobs that fail unnoticed are found out by the restore that is not possible.
    Fix: aws backup list-backup-jobs --by-state FAILED names the reasons.
    """
    last: dict[str, Job] = {}
    for job in sorted(jobs, key=lambda one: one.creation_date):
        if job.state in ("COMPLETED", "PARTIAL", "FAILED", "EXPIRED", "ABORTED"):
            last[job.resource_arn] = job
    if not last:
        return NotApplicable("no backup job ended in the past 14 days")
    failed = [f"{job.resource_arn} ({job.state})" for job in last.values() if job.state != "COMPLETED"]
    if failed:
        return Fails(f"the last job failed for {', '.join(sorted(failed)[:5])}{', …' if len(failed) > 5 else ''}")
    return Holds(f"the last job succeeded for each of {len(last)} resources")


@check(effort="medium")
def restores_are_tested(
    resources: list[Protected],
    jobs: list[RestoreJob],
    plans: list[RestoreTestingPlan],
    history: History,
    at: ScanTime,
    *,
    days: int = 365,
) -> Verdict:
    """Something was restored within a year, where AWS Backup has recovery points.

    Why: only a restore shows that a backup can be used, and how long it takes.
    Fix: aws backup create-restore-testing-plan, with a selection for each kind of resource.
    """
    if not resources:
        return NotApplicable("AWS Backup has no recovery points here")
    restored = max((job.completion_date for job in jobs), default=None)
    if restored and at - restored <= timedelta(days=days):
        return Holds(f"a restore was completed on {restored:%Y-%m-%d}")
    ran = max((one.last_execution_time for one in plans if one.last_execution_time), default=None)
    if ran and at - ran <= timedelta(days=days):
        return Holds(f"a restore testing plan ran on {ran:%Y-%m-%d}")
    started = max((one for one in history.restores), key=lambda one: one.event_time, default=None)
    if started and at - started.event_time <= timedelta(days=days):
        return Holds(f"{started.event_name} was called on {started.event_time:%Y-%m-%d}")
    if restored:
        return Fails(f"the last restore was completed on {restored:%Y-%m-%d}")
    return Fails("no restore testing plan ever ran" if plans else "no restore and no restore testing plan is listed")


@fact
def protected_resources(resources: list[Protected]) -> str | None:
    """What AWS Backup protects, by type."""
    types = [one.resource_type for one in resources]
    counted = ", ".join(f"{types.count(kind)} {kind}" for kind in sorted(set(types)))
    return f"AWS Backup has recovery points of {counted}" if types else None


@fact
def restore_testing_plans(plans: list[RestoreTestingPlan]) -> str | None:
    """Which restore testing plans there are, and when they ran."""
    told = [
        f"{one.restore_testing_plan_name} ({f'{one.last_execution_time:%Y-%m-%d}' if one.last_execution_time else 'never'})"
        for one in plans
    ]
    return f"restore testing plans and their last run: {', '.join(sorted(told))}" if told else None

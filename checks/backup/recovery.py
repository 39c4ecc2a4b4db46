"""Checks of what was backed up, and of whether anybody ever restored from it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from checks.backup.evidence import Job, Protected, RecentRestore, RestoreJob, RestoreSelection, RestoreTestingPlan
from checks.changes import Event, History
from checks.rds.evidence import DBInstance
from checks.stages import DEVELOPMENT, KEY, in_development
from scanner import CannotTell, Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact

_BROKEN = frozenset({"ABORTED", "FAILED"})


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
    recent: list[RecentRestore],
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
    last, tests = _last_restore(jobs, history.restores), _tests(plans, recent)
    if last is not None and at - last.at <= timedelta(days=days):
        return Holds(last.told)
    if (unsure := max(tests.unsure, default=None)) and at - unsure.at <= timedelta(days=days):
        return CannotTell(unsure.told)
    if history.next_token is not None:
        return CannotTell(f"no restore {history.since}, which is not all of the event history")
    if ended := max((*tests.unsure, *tests.failed), default=None):
        return Fails(ended.told)
    if jobs:
        return Fails(f"the last restore was completed on {max(job.completion_date for job in jobs):%Y-%m-%d}")
    return Fails("no restore testing plan ever ran" if plans else "no restore and no restore testing plan is listed")


@check(effort="high")
def databases_in_one_zone_have_a_tested_restore(
    instance: DBInstance,
    jobs: list[RestoreJob],
    plans: list[RestoreTestingPlan],
    selections: list[RestoreSelection],
    recent: list[RecentRestore],
    history: History,
    at: ScanTime,
    *,
    days: int = 365,
    environment_tag: str = KEY,
    development: tuple[str, ...] = DEVELOPMENT,
) -> Verdict:
    """Where a database has no standby in another zone, somebody restored a database here within a year.

    Why: if its zone is lost, a restore is the only way back, and nobody knows whether or how fast that works.
    Fix: aws rds modify-db-instance --multi-az, or a restore testing plan with a selection for RDS.
    """
    if instance.db_cluster_identifier:
        return NotApplicable(f"the cluster {instance.db_cluster_identifier} is judged instead")
    if instance.multi_az:
        return NotApplicable("Multi-AZ")
    if instance.replicates:
        return NotApplicable(f"a read replica of {instance.replicates}")
    if instance.is_custom:
        return NotApplicable("RDS Custom is run by its owner")
    if outside := in_development(instance.tag_list, environment_tag, development):
        return outside
    calls = [call for call in history.restores if call.service == "rds"]
    theirs = [job for job in jobs if job.resource_type == "RDS"]
    testing = {one.restore_testing_plan_name for one in selections if one.protected_resource_type == "RDS"}
    last = _last_restore(theirs, calls)
    if last is not None and at - last.at <= timedelta(days=days):
        return Holds(f"in one Availability Zone; {last.told}")
    tests = _tests(
        [plan for plan in plans if plan.restore_testing_plan_name in testing],
        [job for job in recent if job.resource_type in ("RDS", None)],
    )
    if (unsure := max(tests.unsure, default=None)) and at - unsure.at <= timedelta(days=days):
        return CannotTell(f"in one Availability Zone; {unsure.told}")
    if any(job.resource_type is None for job in jobs):
        return CannotTell("in one Availability Zone; of a restore in AWS Backup it is not told what was restored")
    if history.next_token is not None:
        return CannotTell(
            f"in one Availability Zone; no restore {history.since}, which is not all of the event history"
        )
    return Fails(f"single-AZ database with no tested restore: none in AWS Backup, and none called {history.since}")


class Restore(NamedTuple):
    at: datetime
    told: str


def _last_restore(jobs: Iterable[RestoreJob], calls: Iterable[Event]) -> Restore | None:
    """The newest sign that something was restored: a job that was completed, a call on record."""
    seen = [
        *(Restore(job.completion_date, "a restore was completed") for job in jobs),
        *(Restore(call.event_time, f"{call.event_name} was called") for call in calls),
    ]
    last = max(seen, default=None)
    return last._replace(told=f"{last.told} on {last.at:%Y-%m-%d}") if last else None


class Tests(NamedTuple):
    """The last runs of restore testing plans that restored nothing as far as is listed, and those whose restores all failed."""

    unsure: list[Restore]
    failed: list[Restore]


def _tests(plans: Iterable[RestoreTestingPlan], recent: Iterable[RecentRestore]) -> Tests:
    """A plan's last run is none of its restores: they may have failed, and a plan that selects nothing runs as well."""
    jobs = [(one.created_by.restore_testing_plan_arn, one) for one in recent if one.created_by]
    found = Tests([], [])
    for plan in plans:
        ran = plan.last_execution_time
        if ran is None:
            continue
        states = {job.status for arn, job in jobs if arn == plan.restore_testing_plan_arn and job.creation_date >= ran}
        told = f"the restore testing plan {plan.restore_testing_plan_name} ran on {ran:%Y-%m-%d}, and"
        if states and states <= _BROKEN:
            found.failed.append(Restore(ran, f"{told} none of its restores succeeded"))
        else:
            found.unsure.append(Restore(ran, f"{told} no restore that it completed is listed"))
    return found


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

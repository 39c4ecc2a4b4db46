"""What has a recovery point and what has none, where the last ones lie, and how restores went."""

from datetime import datetime, timedelta

from checks.backup.evidence import AIR_GAPPED, Creator, RestoreSelection, RestoreTestingPlan, Vault
from checks.backup.objectives import LastPoint, hours_of
from checks.dynamodb import TableName
from checks.ec2.evidence import Instance, Volume
from checks.efs import FileSystem
from checks.rds.evidence import DBCluster, DBInstance
from scanner import Evidence, Fails, Holds, NotApplicable, Read, ScanTime, Target, Verdict, check, fact

MOST_NAMED = 3


class Restore(Evidence, read=Read("backup:ListRestoreJobs", "RestoreJobs", fixed={"ByStatus": "COMPLETED"})):
    """A restore that was completed, how long it took, and what became of its validation."""

    restore_job_id: str
    creation_date: datetime
    completion_date: datetime | None = None
    resource_type: str | None = None
    created_by: Creator | None = None
    validation_status: str | None = None

    @property
    def took(self) -> timedelta | None:
        return self.completion_date - self.creation_date if self.completion_date else None


@check(effort="low")
def restore_testing_plans_select_something(
    plans: list[RestoreTestingPlan], selections: list[RestoreSelection]
) -> Verdict:
    """Restore testing plans say what they restore.

    Why: a plan without a selection runs on schedule and tests nothing.
    Fix: aws backup create-restore-testing-selection --restore-testing-plan-name NAME …, for each kind of resource.
    """
    if not plans:
        return NotApplicable("there is no restore testing plan")
    filled = {one.restore_testing_plan_name for one in selections}
    empty = sorted({one.restore_testing_plan_name for one in plans} - filled)
    if empty:
        return Fails(f"nothing is selected by {', '.join(empty[:MOST_NAMED])}")
    kinds = sorted({one.protected_resource_type for one in selections})
    return Holds(f"{len(plans)} plans restore {', '.join(kinds)}")


@check(effort="medium")
def restored_data_is_right(restores: list[Restore], at: ScanTime, *, days: int = 365) -> Verdict:
    """The last validation of what was restored of each kind of resource succeeded.

    Why: a restore that ends well may still have brought back an empty or a broken database.
    Fix: look at the failed validation's message: aws backup describe-restore-job --restore-job-id ID
    """
    last: dict[str, Restore] = {}
    for one in sorted(restores, key=lambda restore: restore.creation_date):
        ended = one.validation_status in ("SUCCESSFUL", "FAILED", "TIMED_OUT")
        if ended and at - one.creation_date <= timedelta(days=days):
            last[one.resource_type or "an unknown type"] = one
    if not last:
        return NotApplicable(f"nothing that was restored in {days} days was validated")
    wrong = sorted(
        f"{kind}: {one.validation_status} on {one.creation_date:%Y-%m-%d}"
        for kind, one in last.items()
        if one.validation_status != "SUCCESSFUL"
    )
    return Fails("; ".join(wrong)) if wrong else Holds(f"validated: {', '.join(sorted(last))}")


@check(effort="medium")
def restores_are_quick_enough(restores: list[Restore], at: ScanTime, *, hours: int = 24, days: int = 365) -> Verdict:
    """What was restored within a year was restored within the objective, a day where nothing else is set.

    Why: how long a restore takes decides how long the workload is away.
    Fix: set `hours` to the objective; use continuous backups, a replica or a smaller store where a restore takes longer.
    """
    timed = [
        (one.took, one.resource_type or "an unknown type", one.creation_date)
        for one in restores
        if one.took is not None and at - one.creation_date <= timedelta(days=days)
    ]
    if not timed:
        return NotApplicable(f"no restore was completed in {days} days")
    took, kind, when = max(timed)
    told = f"the longest of {len(timed)} took {hours_of(took)} ({kind} on {when:%Y-%m-%d})"
    return Fails(told) if took > timedelta(hours=hours) else Holds(told)


@fact
def resources_with_recovery_points(
    points: list[LastPoint],
    volumes: list[Volume],
    instances: list[Instance],
    databases: list[DBInstance],
    clusters: list[DBCluster],
    tables: list[TableName],
    systems: list[FileSystem],
    here: Target,
) -> str | None:
    """How many resources of each kind AWS Backup has a recovery point of. Services' own backups are not among them."""
    ec2 = f"arn:{here.partition}:ec2:{here.region}:{here.account}:"
    kinds = {
        "volumes": {f"{ec2}volume/{one.volume_id}" for one in volumes},
        "instances": {f"{ec2}instance/{one.instance_id}" for one in instances},
        "database instances": {one.db_instance_arn for one in databases if not one.db_cluster_identifier},
        "database clusters": {one.db_cluster_arn for one in clusters},
        "tables": {f"arn:{here.partition}:dynamodb:{here.region}:{here.account}:table/{one.value}" for one in tables},
        "file systems": {one.file_system_arn for one in systems},
    }
    having = {one.resource_arn for one in points}
    told = ", ".join(f"{len(arns & having)} of {len(arns)} {kind}" for kind, arns in kinds.items() if arns)
    return f"AWS Backup has a recovery point of {told}" if told else None


@fact
def where_the_last_backups_lie(points: list[LastPoint], vaults: list[Vault]) -> str | None:
    """In how many cases the last recovery point of a resource lies in a vault that is locked."""
    placed = [one for one in points if one.last_backup_vault_arn]
    if not placed:
        return None
    locked = {one.backup_vault_arn for one in vaults if one.locked or one.vault_type == AIR_GAPPED}
    safe = sum(one.last_backup_vault_arn in locked for one in placed)
    return f"the last recovery points of {safe} of {len(placed)} resources lie in a locked vault"

"""What AWS Backup says of vaults, plans, jobs and what it protects."""

from datetime import datetime, timedelta

from checks.kms import KeyEntry
from scanner import Evidence, Part, Policy, Read

AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"


class Vault(
    Evidence,
    read=Read(
        "backup:ListBackupVaults",
        "BackupVaultList",
        arn="{backup_vault_arn}",
        refs={"encryption_key_arn": KeyEntry},
    ),
):
    backup_vault_name: str
    backup_vault_arn: str
    vault_type: str = "BACKUP_VAULT"
    number_of_recovery_points: int
    locked: bool = False
    min_retention_days: int | None = None
    lock_date: datetime | None = None
    encryption_key_arn: str | None = None


class VaultPolicy(
    Evidence,
    read=Read(
        "backup:GetBackupVaultAccessPolicy",
        per=Vault,
        args={"BackupVaultName": "backup_vault_name"},
        # The code also stands for a vault that is not there; its message then says so.
        absent={"ResourceNotFoundException: has no associated"},
    ),
):
    policy: Policy


class Plan(Evidence, read=Read("backup:ListBackupPlans", "BackupPlansList", arn="{backup_plan_arn}")):
    backup_plan_id: str
    backup_plan_arn: str
    backup_plan_name: str


class Expiry(Part):
    delete_after_days: int | None = None
    delete_after_event: str | None = None
    move_to_cold_storage_after_days: int | None = None


class CopyAction(Part):
    destination_backup_vault_arn: str


class Rule(Part):
    rule_name: str
    target_backup_vault_name: str
    target_logically_air_gapped_backup_vault_arn: str | None = None
    lifecycle: Expiry | None = None
    copy_actions: tuple[CopyAction, ...] = ()

    @property
    def days(self) -> int | None:
        """For how many days recovery points are kept; None for ever, which AWS also writes as -1."""
        told = self.lifecycle.delete_after_days if self.lifecycle else None
        return told if told is not None and told > 0 else None

    @property
    def until_copied(self) -> bool:
        """Does a recovery point go as soon as it was copied?"""
        return self.lifecycle is not None and self.lifecycle.delete_after_event == "DELETE_AFTER_COPY"


class PlanBody(
    Evidence, read=Read("backup:GetBackupPlan", "BackupPlan", per=Plan, args={"BackupPlanId": "backup_plan_id"})
):
    rules: tuple[Rule, ...]


class Selection(
    Evidence,
    read=Read("backup:ListBackupSelections", "BackupSelectionsList", per=Plan, args={"BackupPlanId": "backup_plan_id"}),
):
    selection_name: str


class Protected(Evidence, read=Read("backup:ListProtectedResources", "Results", arn="{resource_arn}")):
    """A resource that has recovery points; it may itself be gone."""

    resource_arn: str
    resource_type: str
    last_backup_time: datetime | None = None


def recent_backup(resources: list[Protected], arn: str, at: datetime, days: int) -> datetime | None:
    """When AWS Backup last made a recovery point of a resource, where that is no longer ago than `days`."""
    times = [one.last_backup_time for one in resources if one.resource_arn == arn and one.last_backup_time]
    last = max(times, default=None)
    return last if last is not None and at - last <= timedelta(days=days) else None


class Job(Evidence, read=Read("backup:ListBackupJobs", "BackupJobs", fixed={"ByCreatedAfter": "{days_ago:14}"})):
    resource_arn: str
    state: str
    creation_date: datetime


class RestoreJob(Evidence, read=Read("backup:ListRestoreJobs", "RestoreJobs", fixed={"ByStatus": "COMPLETED"})):
    restore_job_id: str
    resource_type: str | None = None
    completion_date: datetime


class Creator(Part):
    restore_testing_plan_arn: str | None = None


class RecentRestore(
    Evidence, read=Read("backup:ListRestoreJobs", "RestoreJobs", fixed={"ByCreatedAfter": "{days_ago:30}"})
):
    """A restore of the past 30 days however it ended, and the restore testing plan that asked for it."""

    restore_job_id: str
    status: str
    creation_date: datetime
    resource_type: str | None = None
    created_by: Creator | None = None


class RestoreTestingPlan(Evidence, read=Read("backup:ListRestoreTestingPlans", "RestoreTestingPlans")):
    restore_testing_plan_name: str
    restore_testing_plan_arn: str
    last_execution_time: datetime | None = None


class RestoreSelection(
    Evidence,
    read=Read(
        "backup:ListRestoreTestingSelections",
        "RestoreTestingSelections",
        per=RestoreTestingPlan,
        args={"RestoreTestingPlanName": "restore_testing_plan_name"},
    ),
):
    """What a restore testing plan restores."""

    restore_testing_plan_name: str
    protected_resource_type: str

"""AWS Backup: plans, vaults, what they protect, and whether anybody ever restored from them."""

from datetime import datetime, timedelta

from checks.ec2.evidence import Volume
from checks.kms import Key, KeyEntry
from checks.rds.evidence import DBCluster, DBInstance
from scanner import (
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    Policy,
    Read,
    ScanTime,
    Target,
    Verdict,
    check,
    fact,
    lets_everyone,
    outside_accounts,
)

AIR_GAPPED = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
_WHO = frozenset({"aws:principalarn", "aws:userid"})  # condition keys that only say who is meant


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
    move_to_cold_storage_after_days: int | None = None


class CopyAction(Part):
    destination_backup_vault_arn: str


class Rule(Part):
    rule_name: str
    target_backup_vault_name: str
    target_logically_air_gapped_backup_vault_arn: str | None = None
    lifecycle: Expiry | None = None
    copy_actions: tuple[CopyAction, ...] = ()


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


class RestoreTestingPlan(Evidence, read=Read("backup:ListRestoreTestingPlans", "RestoreTestingPlans")):
    restore_testing_plan_name: str
    last_execution_time: datetime | None = None


@check(effort="medium")
def a_backup_plan_runs_here(
    bodies: list[PlanBody], volumes: list[Volume], instances: list[DBInstance], clusters: list[DBCluster]
) -> Verdict:
    """A backup plan with rules exists in each region that has disks or databases.

    Why: a backup that somebody has to think of is missing on the day it is needed.
    Fix: aws backup create-backup-plan, and a selection by tag so that new resources are covered too.
    """
    rules = sum(len(one.rules) for one in bodies)
    if rules:
        return Holds(f"{len(bodies)} plans with {rules} rules")
    if not volumes and not instances and not clusters:
        return NotApplicable("the region has no disks and no databases")
    return Fails("no backup plan has a rule")


@check(effort="low")
def plans_select_resources(plan: Plan, selections: list[Selection]) -> Verdict:
    """Backup plans have resources assigned to them.

    Why: a plan without a selection backs up nothing.
    Fix: aws backup create-backup-selection --backup-plan-id ID …
    """
    if selections:
        return Holds(f"selections: {', '.join(sorted(one.selection_name for one in selections))}")
    return Fails(f"nothing is assigned to {plan.backup_plan_name}")


@check(effort="low")
def recovery_points_expire(body: PlanBody) -> Verdict:
    """Every rule of a backup plan says when its recovery points expire.

    Why: backups that nobody lets go are paid for, and hold personal data, for ever.
    Fix: set DeleteAfterDays in the rule's lifecycle.
    """
    forever = [rule.rule_name for rule in body.rules if not (rule.lifecycle and rule.lifecycle.delete_after_days)]
    if forever:
        return Fails(f"kept for ever: {', '.join(forever)}")
    return Holds("every rule has an end") if body.rules else NotApplicable("the plan has no rules")


@check(effort="medium")
def plans_copy_elsewhere(body: PlanBody, here: Target) -> Verdict:
    """Backup plans copy recovery points to another account, another region or an air-gapped vault.

    Why: a copy out of reach survives whoever takes over the account, and the loss of the region.
    Fix: add a copy action to the rule with a vault in another account.
    """
    for rule in body.rules:
        if rule.target_logically_air_gapped_backup_vault_arn:
            return Holds(f"{rule.rule_name} writes to an air-gapped vault")
        for action in rule.copy_actions:
            region, account = action.destination_backup_vault_arn.split(":")[3:5]
            if (region, account) != (here.region, here.account):
                return Holds(f"{rule.rule_name} copies to {account} in {region}")
    return Fails("no rule copies to another account or region")


@check(effort="low")
def vaults_are_encrypted_under_an_own_key(vault: Vault, key: Key | None) -> Verdict:
    """Backup vaults are encrypted under a customer-managed KMS key.

    Why: its policy decides who can restore, and backups under it can be copied to another account.
    Fix: make a vault with --encryption-key-arn KEY and let the plan write there.
    """
    if vault.number_of_recovery_points == 0:
        return NotApplicable("the vault is empty")
    if key is None:
        return Fails("encrypted under a key that AWS owns")
    if key.key_manager == "CUSTOMER":
        return Holds(f"encrypted under {vault.encryption_key_arn}")
    return Fails("encrypted under the key that AWS manages for AWS Backup")


@check(effort="medium")
def vaults_are_locked(vault: Vault) -> Verdict:
    """Backup vaults are locked, so that nobody can delete recovery points before their time.

    Why: who takes an account hostage deletes its backups first.
    Fix: aws backup put-backup-vault-lock-configuration --backup-vault-name NAME --min-retention-days …
    """
    if vault.number_of_recovery_points == 0:
        return NotApplicable("the vault is empty")
    if vault.vault_type == AIR_GAPPED:
        return Holds("logically air-gapped vaults are locked")
    if vault.locked:
        since = f" for good from {vault.lock_date:%Y-%m-%d}" if vault.lock_date else ", but may be unlocked"
        return Holds(f"the vault is locked{since}")
    return Fails("the vault is not locked")


@check(effort="medium")
def recovery_points_cannot_be_deleted(vault: Vault, policy: VaultPolicy | None) -> Verdict:
    """A lock or a policy keeps recovery points from being deleted by whoever administers the workload.

    Why: a backup that the same credentials can delete is no protection from a stolen credential.
    Fix: lock the vault, or deny backup:DeleteRecoveryPoint to everyone but a break-glass role.
    """
    if vault.number_of_recovery_points == 0:
        return NotApplicable("the vault is empty")
    if vault.locked or vault.vault_type == AIR_GAPPED:
        return Holds("the vault is locked")
    if policy is not None and _denies_deletion(policy.policy):
        return Holds("the vault's policy denies it")
    return Fails("neither a lock nor the vault's policy keeps them")


def _denies_deletion(policy: Policy) -> bool:
    """Is everyone denied to delete recovery points, but for principals that are named or that a condition names?"""
    for statement in policy.statements:
        everyone = any(name.value == "*" for name in statement.principals) or bool(statement.not_principals)
        names = {action.lower() for action in statement.actions}
        narrowed = any(condition.key.lower() not in _WHO for condition in statement.conditions)
        if (
            statement.effect == "Deny"
            and everyone
            and not narrowed
            and names & {"*", "backup:*", "backup:deleterecoverypoint"}
        ):
            return True
    return False


@check(effort="low")
def vault_policies_name_their_users(
    policy: VaultPolicy | None, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Policies of backup vaults let in nobody from outside but trusted accounts.

    Why: who may copy a recovery point out has the data.
    Fix: replace the wildcard principal, or bind it with aws:PrincipalOrgID.
    """
    if policy is None:
        return NotApplicable("the vault has no policy")
    everyone = lets_everyone(policy.policy, here.account)
    if everyone:
        return Fails(f"the policy is open: {everyone[0]}")
    outside = outside_accounts(policy.policy, here.account, trusted_accounts)
    return Fails(f"another account is let in: {outside[0]}") if outside else Holds("nobody else is let in")


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
    at: ScanTime,
    *,
    days: int = 365,
) -> Verdict:
    """Something was restored from AWS Backup within a year, where it has recovery points.

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

"""Checks of backup vaults: their keys, their locks and who may use them."""

from fnmatch import fnmatchcase

from checks.backup.evidence import AIR_GAPPED, Vault, VaultPolicy
from checks.kms import Key
from scanner import (
    CannotTell,
    Condition,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Policy,
    Read,
    Target,
    Verdict,
    check,
    lets_everyone,
    outside_accounts,
)

# One that has EXPIRED is still there: AWS Backup was not able to delete it (API reference, DescribeRecoveryPoint).
_GONE = frozenset({"DELETING"})
_WHO = frozenset({"aws:principalarn", "aws:userid"})  # condition keys that only say who is meant


class RecoveryPoint(
    Evidence,
    read=Read(
        "backup:ListRecoveryPointsByBackupVault",
        "RecoveryPoints",
        per=Vault,
        args={"BackupVaultName": "backup_vault_name"},
    ),
):
    recovery_point_arn: str
    is_encrypted: bool
    resource_type: str | None = None
    status: str | None = None


@check(effort="medium")
def recovery_points_are_encrypted(vault: Vault, points: list[RecoveryPoint]) -> Verdict:
    """Recovery points in backup vaults are encrypted.

    Why: disks and databases that were not encrypted leave recovery points that are not, and outlive them.
    Fix: encrypt the source and back it up anew, or copy the recovery point; then let the old one go.
    """
    kept = [one for one in points if one.status not in _GONE]
    if not kept and vault.number_of_recovery_points == len(points):
        return NotApplicable("the vault is empty")
    if not kept:
        return CannotTell(
            f"the vault counts {vault.number_of_recovery_points} recovery points, and lists none to judge"
        )
    plain = [one for one in kept if not one.is_encrypted]
    if not plain:
        return Holds(f"each of {len(kept)} recovery points is encrypted")
    kinds = sorted({one.resource_type or "an unknown type" for one in plain})
    return Fails(f"{len(plain)} of {len(kept)} recovery points are not encrypted: of {', '.join(kinds)}")


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
        named = any(fnmatchcase("backup:deleterecoverypoint", action.lower()) for action in statement.actions)
        whole = not statement.not_resources and (not statement.resources or "*" in statement.resources)
        but = all(_leaves_out(condition) for condition in statement.conditions)
        if statement.effect == "Deny" and everyone and named and whole and but:
            return True
    return False


def _leaves_out(condition: Condition) -> bool:
    """Does the condition only leave out who it names? One that says whom it is about denies it to nobody else."""
    operator = condition.operator.lower()
    return condition.key.lower() in _WHO and "not" in operator and "*" not in condition.values


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
def locks_set_a_minimum(vault: Vault, *, days: int = 7) -> Verdict:
    """Locks of backup vaults say for how long recovery points are kept at least.

    Why: without that, whoever may change a plan makes recovery points that expire on the next day.
    Fix: aws backup put-backup-vault-lock-configuration --backup-vault-name NAME --min-retention-days 7
    """
    if not vault.locked:
        return NotApplicable("the vault is not locked")
    if vault.min_retention_days is None:
        return Fails("the lock sets no minimum")
    told = f"at least {vault.min_retention_days} days"
    return Holds(told) if vault.min_retention_days >= days else Fails(f"{told}, fewer than {days}")

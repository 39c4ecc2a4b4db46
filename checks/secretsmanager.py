"""Secrets Manager: secrets, their rotation, their use and who may read them."""

from datetime import datetime, timedelta

from scanner import (
    CannotTell,
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


class RotationRules(Part):
    automatically_after_days: int | None = None  # AWS works it out from the schedule after each rotation that succeeded


class Secret(Evidence, read=Read("secretsmanager:ListSecrets", "SecretList", arn="{arn}")):
    """A secret without its value. Secrets that await deletion are not listed."""

    arn: str
    name: str
    created_date: datetime
    rotation_enabled: bool = False  # not there where rotation was never set up (Secrets Manager API reference)
    last_rotated_date: datetime | None = None
    next_rotation_date: datetime | None = None
    rotation_rules: RotationRules = RotationRules()
    last_changed_date: datetime | None = None
    last_accessed_date: datetime | None = None  # not there where the secret was never read in the region
    kms_key_id: str | None = None
    owning_service: str | None = None
    primary_region: str | None = None

    def is_replica(self, region: str) -> bool:
        return self.primary_region not in (None, region)


class SecretPolicy(Evidence, read=Read("secretsmanager:GetResourcePolicy", per=Secret, args={"SecretId": "arn"})):
    resource_policy: Policy | None = None  # not there where the secret has none


def _outside(secret: Secret, here: Target) -> NotApplicable | None:
    if secret.is_replica(here.region):
        return NotApplicable(f"a replica of the secret in {secret.primary_region}")
    return None


@check(effort="medium")
def secrets_rotate(secret: Secret, here: Target) -> Verdict:
    """Secrets rotate automatically.

    Why: a secret that never changes serves whoever once copied it for as long as they like.
    Fix: aws secretsmanager rotate-secret --secret-id NAME --rotation-rules …
    """
    if secret.rotation_enabled:
        return Holds("rotation is on")
    if secret.owning_service:
        return NotApplicable(f"{secret.owning_service} owns the secret, and alone decides when it changes")
    return _outside(secret, here) or Fails("rotation is off")


@check(effort="medium")
def rotation_happens(secret: Secret, at: ScanTime, here: Target, *, days: int = 90) -> Verdict:
    """Secrets with rotation switched on rotate as often as their own schedule says; `days` where AWS tells no schedule.

    Why: a rotation that fails leaves the old secret in force, and nobody notices.
    Fix: look into the log of the rotation function; aws secretsmanager describe-secret --secret-id NAME
    """
    if outside := _outside(secret, here):
        return outside
    if not secret.rotation_enabled:
        return NotApplicable("rotation is off")
    due, last = secret.next_rotation_date, secret.last_rotated_date
    if due is not None and at - due > timedelta(days=1):
        return Fails(f"rotation was due by {due:%Y-%m-%d} and did not succeed")
    since = last or secret.created_date
    told = f"rotated on {since:%Y-%m-%d}" if last else f"never rotated since {since:%Y-%m-%d}"
    period = secret.rotation_rules.automatically_after_days
    # The window in which a rotation starts may last until the end of its day.
    limit = timedelta(days=period + 1 if period else days)
    if at - since <= limit:
        return Holds(f"{told}, and does so every {period} days" if last and period else told)
    if due is not None and last is None:
        return CannotTell(f"{told}; the first rotation is due by {due:%Y-%m-%d}")
    if due is not None and (secret.last_changed_date is None or at - secret.last_changed_date <= limit):
        # A new value that is put in by hand counts as a rotation, and moves the next one (API reference, RotationRulesType).
        return CannotTell(f"{told}, and due by {due:%Y-%m-%d}; whether it was changed by hand in between is not told")
    return Fails(f"{told}, though its schedule is {period} days" if period else told)


@check(effort="medium")
def secrets_are_renewed(secret: Secret, at: ScanTime, here: Target, *, days: int = 90) -> Verdict:
    """Secrets have rotated within the past months, whatever their own schedule says.

    Why: the longer a secret is in force, the more people, logs and backups know it.
    Fix: aws secretsmanager rotate-secret --secret-id NAME --rotation-rules AutomaticallyAfterDays=30
    """
    if outside := _outside(secret, here):
        return outside
    if secret.owning_service and not secret.rotation_enabled:
        return NotApplicable(f"{secret.owning_service} owns the secret, and alone decides when it changes")
    since = secret.last_rotated_date or secret.created_date
    told = f"rotated on {since:%Y-%m-%d}" if secret.last_rotated_date else f"never rotated since {since:%Y-%m-%d}"
    if at - since <= timedelta(days=days):
        return Holds(told)
    changed = secret.last_changed_date
    if changed is None or at - changed <= timedelta(days=days):
        return CannotTell(f"{told}; whether its value was changed by hand since is not told")
    return Fails(told)


@check(effort="low")
def secrets_are_used(secret: Secret, at: ScanTime, here: Target, *, days: int = 90) -> Verdict:
    """Secrets have been read within the past months.

    Why: a secret that nobody reads still opens what it opens.
    Fix: aws secretsmanager delete-secret --secret-id NAME, which leaves weeks to change one's mind.
    """
    if outside := _outside(secret, here):
        return outside
    if secret.last_accessed_date is None:
        if at - secret.created_date <= timedelta(days=days):
            return Holds(f"new: made on {secret.created_date:%Y-%m-%d}")
        return Fails("never read in this region")
    # AWS tells the day only, so the last day counts whole.
    if at - secret.last_accessed_date > timedelta(days=days + 1):
        return Fails(f"last read on {secret.last_accessed_date:%Y-%m-%d}")
    return Holds(f"read on {secret.last_accessed_date:%Y-%m-%d}")


@check(effort="low")
def secret_policies_name_their_users(
    policy: SecretPolicy, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Policies of secrets let in nobody from outside but trusted accounts.

    Why: whoever may read a secret is whoever the secret stands for.
    Fix: aws secretsmanager put-resource-policy --block-public-policy with named principals.
    """
    if policy.resource_policy is None:
        return NotApplicable("the secret has no policy")
    everyone = lets_everyone(policy.resource_policy, here.account)
    if everyone:
        return Fails(f"the policy is open: {everyone[0]}")
    outside = outside_accounts(policy.resource_policy, here.account, trusted_accounts)
    return Fails(f"another account is let in: {outside[0]}") if outside else Holds("nobody else is let in")


@fact
def secrets_in_use(secrets: list[Secret]) -> str | None:
    """How many secrets there are, how many rotate, and how many a service owns."""
    if not secrets:
        return None
    rotating = sum(one.rotation_enabled for one in secrets)
    owned = sum(bool(one.owning_service) for one in secrets)
    return f"{len(secrets)} secrets: {rotating} rotate, {owned} are owned by an AWS service"

"""KMS: keys, their rotation, their policies and where their material comes from."""

from datetime import datetime, timedelta

from scanner import (
    Evidence,
    Fails,
    Holds,
    NotApplicable,
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


class KeyEntry(Evidence, read=Read("kms:ListKeys", "Keys", arn="{key_arn}")):
    key_id: str
    key_arn: str


class Key(Evidence, read=Read("kms:DescribeKey", "KeyMetadata", per=KeyEntry, args={"KeyId": "key_id"})):
    key_id: str
    key_manager: str
    key_spec: str
    key_state: str
    origin: str
    description: str | None = None
    deletion_date: datetime | None = None
    custom_key_store_id: str | None = None
    valid_to: datetime | None = None  # only there where imported material expires (KMS API reference)
    multi_region: bool = False


class Alias(
    Evidence,
    # Asked once for the region, and only where it has a key.
    read=Read("kms:ListAliases", "Aliases", per=KeyEntry),
):
    alias_name: str
    target_key_id: str | None = None


class KeyRotation(
    Evidence,
    read=Read(
        "kms:GetKeyRotationStatus",
        per=Key,
        args={"KeyId": "key_id"},
        # Asymmetric and HMAC keys, imported material and custom key stores cannot rotate automatically (KMS API reference).
        when={"key_manager": "CUSTOMER", "key_spec": "SYMMETRIC_DEFAULT", "origin": "AWS_KMS"},
    ),
):
    key_rotation_enabled: bool
    rotation_period_in_days: int | None = None


class KeyPolicy(
    Evidence,
    read=Read(
        "kms:GetKeyPolicy",
        per=Key,
        args={"KeyId": "key_id"},
        fixed={"PolicyName": "default"},
        when={"key_manager": "CUSTOMER"},
    ),
):
    policy: Policy


@check(effort="low")
def keys_rotate(key: Key, rotation: KeyRotation) -> Verdict:
    """Customer-managed symmetric KMS keys rotate automatically.

    Why: a key that never changes exposes all data ever encrypted under it once it leaks.
    Fix: aws kms enable-key-rotation --key-id KEY
    """
    if key.key_state != "Enabled":
        return NotApplicable(f"the key is {key.key_state}")
    if rotation.key_rotation_enabled:
        return Holds(f"rotates every {rotation.rotation_period_in_days or 365} days")
    return Fails("automatic rotation is off")


@check(effort="medium")
def key_policies_name_their_users(
    key: Key, policy: KeyPolicy, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Policies of customer-managed KMS keys let in nobody from outside but trusted accounts.

    Why: a key policy that lets everyone in hands the data to anyone who reaches the ciphertext.
    Fix: replace the wildcard principal by the roles that need the key, or bind it with kms:CallerAccount and kms:ViaService.
    """
    if key.key_state == "PendingDeletion":
        return NotApplicable("the key is pending deletion and cannot be used")
    everyone = lets_everyone(policy.policy, here.account)
    if everyone:
        return Fails(f"the key policy is open: {everyone[0]}")
    outside = outside_accounts(policy.policy, here.account, trusted_accounts)
    if outside:
        return Fails(f"another account is let in: {outside[0]}")
    return Holds("only principals of this account, its services and trusted accounts are named")


@check(effort="low")
def no_key_awaits_deletion(key: Key) -> Verdict:
    """No customer-managed KMS key is scheduled for deletion.

    Why: what is encrypted under a deleted key is lost for ever; the waiting time is the last chance to notice.
    Fix: aws kms cancel-key-deletion --key-id KEY, unless nothing is encrypted under it any more.
    """
    if key.key_manager != "CUSTOMER":
        return NotApplicable("AWS manages this key")
    if key.key_state in ("PendingDeletion", "PendingReplicaDeletion"):
        when = f" on {key.deletion_date:%Y-%m-%d}" if key.deletion_date else ""
        return Fails(f"the key will be deleted{when}")
    return Holds(f"the key is {key.key_state}")


@check(effort="medium")
def imported_material_stays_valid(key: Key, at: ScanTime, *, days: int = 30) -> Verdict:
    """Imported key material does not expire within the next weeks.

    Why: on that day the key stops working, and so does whatever is encrypted under it.
    Fix: aws kms import-key-material --key-id KEY … --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE
    """
    if key.origin != "EXTERNAL":
        return NotApplicable("the key's material was not imported")
    if key.key_state == "PendingDeletion":
        return NotApplicable("the key is pending deletion")
    if key.key_state == "PendingImport":
        return Fails("the key has no material")
    if key.valid_to is None:
        return Holds("the material does not expire")
    told = f"the material expires on {key.valid_to:%Y-%m-%d}"
    return Fails(told) if key.valid_to - at < timedelta(days=days) else Holds(told)


@fact
def keys_by_name(keys: list[Key], aliases: list[Alias]) -> str | None:
    """Which names the customer-managed keys have, which tells whether each kind of data has its own."""
    own = {key.key_id for key in keys if key.key_manager == "CUSTOMER"}
    if not own:
        return None
    names = sorted({one.alias_name.removeprefix("alias/") for one in aliases if one.target_key_id in own})
    return f"{len(own)} customer-managed keys; aliases: {', '.join(names[:20]) or 'none'}{', …' if len(names) > 20 else ''}"


@fact
def keys_of_several_regions(keys: list[Key]) -> str | None:
    """How many customer-managed keys exist in several regions."""
    own = [key for key in keys if key.key_manager == "CUSTOMER"]
    return (
        f"{sum(key.multi_region for key in own)} of {len(own)} customer-managed keys are multi-Region keys"
        if own
        else None
    )


@fact
def keys_by_origin(keys: list[Key]) -> str | None:
    """How many customer-managed keys there are, and where their material comes from."""
    own = [key for key in keys if key.key_manager == "CUSTOMER"]
    if not own:
        return None
    origins = sorted({key.origin for key in own})
    counted = ", ".join(f"{sum(key.origin == origin for key in own)} {origin}" for origin in origins)
    return f"{len(own)} customer-managed keys by origin of their material: {counted}"

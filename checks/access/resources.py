"""What is protected: keys with their grants, secrets, buckets and databases, each with its own policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checks.access.evidence import (
    BucketDocument,
    DatabaseKey,
    KeyAlias,
    KeyDocument,
    KeyGrant,
    KeyTraits,
    SecretDocument,
)
from checks.kms import Key as KeyRow
from checks.kms import KeyEntry, KeyRotation
from checks.s3.evidence import Bucket as BucketRow
from checks.s3.evidence import Encryption
from checks.secretsmanager import Secret as SecretRow
from checks.tagging import TaggedResource
from scanner import Target, derived
from scanner.access.inventory import (
    Account,
    Asset,
    Bucket,
    Database,
    Grant,
    Key,
    NotSeen,
    Resource,
    Secret,
    Seen,
    read_document,
)


@dataclass(frozen=True)
class Tags:
    """The tags of a region's resources by ARN. None: they were not read, for the reason in `unseen`."""

    by_arn: Mapping[str, Mapping[str, str]] | None
    unseen: tuple[str, ...] = ()

    def keys_of(self, arn: str) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
        """Condition keys of a resource: what they are, and which it is known not to have."""
        if self.by_arn is None:
            return {}, frozenset()
        found = self.by_arn.get(arn, {})
        return {f"aws:ResourceTag/{key}": (value,) for key, value in found.items()}, frozenset({"aws:ResourceTag/*"})


@dataclass(frozen=True)
class Aliases:
    """Aliases by the id of their key."""

    by_key: Mapping[str, tuple[str, ...]]
    unseen: str = ""


@derived
def tags(resources: list[TaggedResource] | NotSeen) -> Tags:
    """Tags over all services."""
    if isinstance(resources, NotSeen):
        return Tags(None, (resources.reason,))
    return Tags({one.resource_arn: {tag.key: tag.value for tag in one.tags} for one in resources})


@derived
def aliases(listed: list[KeyAlias] | NotSeen) -> Aliases:
    """The other names of keys."""
    if isinstance(listed, NotSeen):
        return Aliases({}, listed.reason)
    found: dict[str, tuple[str, ...]] = {}
    for one in listed:
        if one.target_key_id:
            found[one.target_key_id] = (*found.get(one.target_key_id, ()), one.alias_name)
    return Aliases(found)


@derived
def key(
    here: Target,
    entry: KeyEntry,
    row: KeyRow,
    traits: KeyTraits | NotSeen,
    policy: KeyDocument | NotSeen,
    grants: list[KeyGrant] | NotSeen,
    rotation: KeyRotation | NotSeen | None,
    named: Aliases,
    tagged: Tags,
    account: Account,
) -> Key:
    """A key with all that decides who may use it."""
    names = named.by_key.get(entry.key_id, ())
    values, absent = tagged.keys_of(entry.key_arn)
    values |= {"kms:KeyOrigin": (row.origin,), "kms:KeySpec": (row.key_spec,)}
    if not isinstance(traits, NotSeen):
        values["kms:KeyUsage"] = (traits.key_usage,)
        if traits.multi_region is not None:
            values["kms:MultiRegion"] = ("true" if traits.multi_region else "false",)
    if names:
        values["kms:ResourceAliases"] = names
    elif not named.unseen:
        absent |= {"kms:ResourceAliases"}
    unseen = [*tagged.unseen, *([named.unseen] if named.unseen else [])]
    unseen += [traits.reason] if isinstance(traits, NotSeen) else []
    seen = policy if isinstance(policy, NotSeen) else read_document("key policy", policy.policy)
    asset = _asset(entry.key_arn, seen, account, values, absent, _grants(grants))
    return Key(
        Resource(asset, here.account, here.region, (entry.key_id, *names), "", tuple(dict.fromkeys(unseen))),
        row.key_manager,
        row.key_state,
        row.key_spec,
        _rotation(row, rotation),
        row.description or "",
        named.unseen,
    )


def _grants(grants: list[KeyGrant] | NotSeen) -> tuple[Grant, ...] | NotSeen:
    if isinstance(grants, NotSeen):
        return grants
    return tuple(grant for one in grants for grant in _grant(one))


def _grant(one: KeyGrant) -> Iterable[Grant]:
    constraints = one.constraints
    subset = (constraints.encryption_context_subset or {}) if constraints else {}
    equals = constraints.encryption_context_equals if constraints else None
    for grantee in (one.grantee_principal, one.grantee_service_principal):
        if grantee:
            yield Grant(
                one.grant_id,
                grantee,
                one.operations,
                tuple(sorted(subset.items())),
                None if equals is None else tuple(sorted(equals.items())),
                constraints.source_arn if constraints else None,
                one.retiring_principal,
            )


def _rotation(row: KeyRow, rotation: KeyRotation | NotSeen | None) -> str:
    if row.key_manager == "AWS":
        return "AWS rotates it every year"
    if isinstance(rotation, NotSeen):
        return f"not known: {rotation.reason}"
    if rotation is None:
        return "such a key cannot rotate automatically"
    return f"every {rotation.rotation_period_in_days or 365} days" if rotation.key_rotation_enabled else "off"


def _asset(
    arn: str,
    policy: Seen | None,
    account: Account,
    values: Mapping[str, tuple[str, ...]] | None = None,
    absent: frozenset[str] = frozenset(),
    grants: tuple[Grant, ...] | NotSeen = (),
) -> Asset:
    return Asset(
        arn,
        policy,
        grants,
        account.resource_control,
        account.id,
        {**account.resource_values, **(values or {})},
        absent | account.resource_absent,
    )


@derived
def secret(here: Target, row: SecretRow, policy: SecretDocument | NotSeen, tagged: Tags, account: Account) -> Secret:
    """A secret with its policy."""
    seen: Seen | None
    if isinstance(policy, NotSeen):
        seen = policy
    else:
        seen = None if policy.resource_policy is None else read_document("secret's policy", policy.resource_policy)
    asset = _asset(row.arn, seen, account, *tagged.keys_of(row.arn))
    under = row.kms_key_id or "alias/aws/secretsmanager"
    return Secret(Resource(asset, here.account, here.region, (row.name,), under, tagged.unseen))


@derived
def bucket(
    here: Target,
    row: BucketRow,
    policy: BucketDocument | NotSeen | None,
    encryption: Encryption | NotSeen | None,
    account: Account,
) -> Bucket:
    """A bucket with its policy. Tags of buckets count as condition keys only where that is switched on, so they stay open."""
    seen = policy if policy is None or isinstance(policy, NotSeen) else read_document("bucket policy", policy.policy)
    default = encryption.default if encryption is not None and not isinstance(encryption, NotSeen) else None
    under = default.kms_master_key_id or "alias/aws/s3" if default and default.sse_algorithm != "AES256" else ""
    asset = _asset(f"arn:{here.partition}:s3:::{row.name}", seen, account)
    return Bucket(Resource(asset, here.account, row.bucket_region, (row.name,), under))


@derived
def database(here: Target, row: DatabaseKey, account: Account) -> Database:
    """A database. It has no policy: who reaches it is decided by its network and its own users."""
    asset = _asset(row.db_instance_arn, None, account)
    resource = Resource(asset, here.account, here.region, (row.db_instance_identifier,), row.kms_key_id or "")
    return Database(resource, row.iam_database_authentication_enabled)

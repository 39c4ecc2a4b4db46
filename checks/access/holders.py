"""What runs code with a role: functions and instances; and what is encrypted under which key."""

import re
from collections.abc import Iterable, Iterator

from checks.access.evidence import DatabaseKey, Function, InstanceRole, VolumeKey
from checks.backup.evidence import Vault
from checks.logs import LogGroup
from checks.secretsmanager import Secret
from scanner import AllRegions, Target, derived
from scanner.access.inventory import Account, Asset, Encrypted, Holder, Holders, NotSeen

# The region in the name of a zone, a Local Zone's too: us-west-2a, us-west-2-lax-1a.
_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+-\d+")


@derived
def holders(
    account: Account, functions: AllRegions[Function] | NotSeen, instances: AllRegions[InstanceRole] | NotSeen
) -> Holders:
    """All functions and instances of the account that have a role."""
    listed: list[Holder] = []
    if not isinstance(functions, NotSeen):
        listed += [Holder("function", _asset(account, one.function_arn), one.role) for one in functions]
    if not isinstance(instances, NotSeen):
        listed += _instances(account, instances)
    return Holders(tuple(listed), tuple(one for one in (functions, instances) if isinstance(one, NotSeen)))


def _instances(account: Account, instances: Iterable[InstanceRole]) -> Iterator[Holder]:
    by_profile = {profile: one.arn for one in account.identities for profile in one.profiles}
    for one in instances:
        region = _REGION.match(one.placement.availability_zone)
        runs = by_profile.get(one.iam_instance_profile.arn) if one.iam_instance_profile else None
        if runs is not None and region is not None:
            arn = f"arn:{account.partition}:ec2:{region[0]}:{account.id}:instance/{one.instance_id}"
            yield Holder("instance", _asset(account, arn), runs)


def _asset(account: Account, arn: str) -> Asset:
    return Asset(arn, owner=account.id, values=account.resource_values, absent=account.resource_absent)


@derived
def encrypted(
    here: Target,
    volumes: list[VolumeKey] | NotSeen,
    databases: list[DatabaseKey] | NotSeen,
    secrets: list[Secret] | NotSeen,
    groups: list[LogGroup] | NotSeen,
    vaults: list[Vault] | NotSeen,
) -> Encrypted:
    """A region's volumes, databases, secrets, log groups and vaults with the key of each."""
    found: list[tuple[str, str, str | None]] = []
    if not isinstance(volumes, NotSeen):
        place = f"arn:{here.partition}:ec2:{here.region}:{here.account}:volume"
        found += [("volume", f"{place}/{one.volume_id}", one.kms_key_id) for one in volumes]
    if not isinstance(databases, NotSeen):
        found += [("database", one.db_instance_arn, one.kms_key_id) for one in databases]
    if not isinstance(secrets, NotSeen):
        found += [("secret", one.arn, one.kms_key_id or "alias/aws/secretsmanager") for one in secrets]
    if not isinstance(groups, NotSeen):
        found += [("log group", one.log_group_arn, one.kms_key_id) for one in groups]
    if not isinstance(vaults, NotSeen):
        found += [("backup vault", one.backup_vault_arn, one.encryption_key_arn) for one in vaults]
    unseen = (one.reason for one in (volumes, databases, secrets, groups, vaults) if isinstance(one, NotSeen))
    return Encrypted(tuple((kind, arn, key) for kind, arn, key in found if key), tuple(unseen))

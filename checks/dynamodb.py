"""DynamoDB: tables, their backups, their keys, their capacity and who else may use them."""

from datetime import datetime

from checks.backup.evidence import Protected, recent_backup
from checks.kms import Key
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


class TableName(
    Evidence,
    read=Read("dynamodb:ListTables", "TableNames", arn="arn:{partition}:dynamodb:{region}:{account}:table/{value}"),
):
    value: str


class Encryption(Part):
    sse_type: str | None = None
    status: str | None = None
    kms_master_key_arn: str | None = None


class Replica(Part):
    region_name: str


class Billing(Part):
    billing_mode: str


class Index(Part):
    index_name: str


class Table(Evidence, read=Read("dynamodb:DescribeTable", "Table", per=TableName, args={"TableName": "value"})):
    """A table. Without `sse_description` it is encrypted under a key that AWS owns: there are no unencrypted tables."""

    table_name: str
    table_arn: str
    billing_mode_summary: Billing | None = None  # not there where a table never was on demand (API reference)
    deletion_protection_enabled: bool = False
    sse_description: Encryption | None = None
    replicas: tuple[Replica, ...] = ()
    global_secondary_indexes: tuple[Index, ...] = ()


class Recovery(Part):
    point_in_time_recovery_status: str
    latest_restorable_date_time: datetime | None = None


class Backups(
    Evidence,
    read=Read(
        "dynamodb:DescribeContinuousBackups",
        "ContinuousBackupsDescription",
        per=TableName,
        args={"TableName": "value"},
    ),
):
    point_in_time_recovery_description: Recovery


class TablePolicy(
    Evidence,
    read=Read(
        "dynamodb:GetResourcePolicy", per=Table, args={"ResourceArn": "table_arn"}, absent={"PolicyNotFoundException"}
    ),
):
    policy: Policy


class TimeToLive(
    Evidence,
    read=Read("dynamodb:DescribeTimeToLive", "TimeToLiveDescription", per=TableName, args={"TableName": "value"}),
):
    time_to_live_status: str


class Suspended(Part):
    dynamic_scaling_out_suspended: bool = False


class ScalableTarget(
    Evidence,
    read=Read(
        "application-autoscaling:DescribeScalableTargets",
        "ScalableTargets",
        per=TableName,
        fixed={"ServiceNamespace": "dynamodb"},  # asked once for the region, and only where it has a table
    ),
):
    resource_id: str
    scalable_dimension: str
    suspended_state: Suspended | None = None


class ScalingPolicy(
    Evidence,
    read=Read(
        "application-autoscaling:DescribeScalingPolicies",
        "ScalingPolicies",
        per=TableName,
        fixed={"ServiceNamespace": "dynamodb"},
    ),
):
    """What scales a target; a target without a policy keeps its size."""

    resource_id: str
    scalable_dimension: str


@check(effort="low")
def tables_can_go_back_in_time(backups: Backups) -> Verdict:
    """Tables can be restored to any second of the last weeks.

    Why: a wrong deployment overwrites items one by one; without this there is no moment before it to return to.
    Fix: aws dynamodb update-continuous-backups --table-name TABLE … PointInTimeRecoveryEnabled=true
    """
    status = backups.point_in_time_recovery_description.point_in_time_recovery_status
    if status == "ENABLED":
        return Holds("point-in-time recovery is on")
    return Fails(f"point-in-time recovery is {status}")


@check(effort="low")
def tables_are_protected_from_deletion(table: Table) -> Verdict:
    """Tables refuse to be deleted.

    Why: one call deletes a table and all its items.
    Fix: aws dynamodb update-table --table-name TABLE --deletion-protection-enabled
    """
    if table.deletion_protection_enabled:
        return Holds("deletion protection is on")
    return Fails("deletion protection is off")


@check(effort="low")
def tables_use_a_kms_key(table: Table, keys: list[Key]) -> Verdict:
    """Tables are encrypted under a customer-managed KMS key, so that its use can be seen and stopped.

    Why: under a key that AWS owns or manages, nobody here can stop who decrypts.
    Fix: aws dynamodb update-table --table-name TABLE --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=KEY
    """
    encryption = table.sse_description
    if encryption is None or encryption.sse_type != "KMS" or encryption.status not in ("ENABLED", "UPDATING"):
        return Fails("encrypted under a key that AWS owns")
    arn = encryption.kms_master_key_arn or ""
    managers = {one.key_id: one.key_manager for one in keys}
    manager = managers.get(arn.rpartition("/")[2])
    if manager is None:
        return CannotTell(f"the key {arn or 'that is not told'} is not among the keys of the region")
    return (
        Holds(f"encrypted under {arn}") if manager == "CUSTOMER" else Fails("encrypted under the key that AWS manages")
    )


@check(effort="low")
def tables_are_backed_up(
    table: Table, backups: Backups, protected: list[Protected], at: ScanTime, *, days: int = 8
) -> Verdict:
    """Tables can be restored: to any second, or from a recent recovery point of AWS Backup.

    Why: a wrong deployment overwrites items one by one, in every replica.
    Fix: aws dynamodb update-continuous-backups --table-name TABLE … PointInTimeRecoveryEnabled=true
    """
    status = backups.point_in_time_recovery_description.point_in_time_recovery_status
    if status == "ENABLED":
        return Holds("point-in-time recovery is on")
    if last := recent_backup(protected, table.table_arn, at, days):
        return Holds(f"AWS Backup made a recovery point on {last:%Y-%m-%d}")
    return Fails(f"point-in-time recovery is {status}, and AWS Backup has no recent recovery point")


@check(effort="low")
def table_policies_name_their_users(
    policy: TablePolicy | None, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Policies of tables let in nobody from outside but trusted accounts.

    Why: an account that was let in once keeps the data within its reach until somebody remembers.
    Fix: aws dynamodb put-resource-policy --resource-arn ARN with named principals, or delete the policy.
    """
    if policy is None:
        return NotApplicable("the table has no policy")
    everyone = lets_everyone(policy.policy, here.account)
    if everyone:
        return Fails(f"the policy is open: {everyone[0]}")
    outside = outside_accounts(policy.policy, here.account, trusted_accounts)
    return Fails(f"another account is let in: {outside[0]}") if outside else Holds("nobody else is let in")


@check(effort="low")
def tables_scale_with_demand(table: Table, targets: list[ScalableTarget], policies: list[ScalingPolicy]) -> Verdict:
    """Tables and their global indexes are on demand, or a policy scales their capacity for reads and for writes.

    Why: a table of fixed size throttles in the hour for which it was made.
    Fix: aws dynamodb update-table --table-name TABLE --billing-mode PAY_PER_REQUEST
    """
    if table.billing_mode_summary is not None and table.billing_mode_summary.billing_mode == "PAY_PER_REQUEST":
        return Holds("on demand")
    acted = {(one.resource_id, one.scalable_dimension) for one in policies}
    scaled = acted & {
        (one.resource_id, one.scalable_dimension)
        for one in targets
        if one.suspended_state is None or not one.suspended_state.dynamic_scaling_out_suspended
    }
    own = f"table/{table.table_name}"
    # Writes to a table wait for its indexes, so that an index of fixed size throttles the table (developer guide).
    parts = [("", own, "table")] + [
        (f" of {one.index_name}", f"{own}/index/{one.index_name}", "index") for one in table.global_secondary_indexes
    ]
    fixed = [
        f"{what}{name}"
        for name, resource, kind in parts
        for what in ("read", "write")
        if (resource, f"dynamodb:{kind}:{what.capitalize()}CapacityUnits") not in scaled
    ]
    return Fails(f"fixed capacity to {' and '.join(fixed)}") if fixed else Holds("reads and writes are scaled")


@fact
def items_that_expire(names: list[TableName], settings: list[TimeToLive]) -> str | None:
    """How many tables let go of items after a time."""
    on = sum(one.time_to_live_status in ("ENABLED", "ENABLING") for one in settings)
    return f"{on} of {len(names)} DynamoDB tables let items expire" if names else None


@fact
def global_tables(tables: list[Table]) -> str | None:
    """How many tables have replicas in other regions."""
    if not tables:
        return None
    return f"{sum(bool(table.replicas) for table in tables)} of {len(tables)} DynamoDB tables have replicas in other regions"

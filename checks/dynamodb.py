"""DynamoDB: tables, their backups and their keys."""

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check, fact


class TableName(
    Evidence,
    read=Read("dynamodb:ListTables", "TableNames", arn="arn:{partition}:dynamodb:{region}:{account}:table/{value}"),
):
    value: str


class Encryption(Part):
    sse_type: str | None = None
    status: str | None = None


class Replica(Part):
    region_name: str


class Table(Evidence, read=Read("dynamodb:DescribeTable", "Table", per=TableName, args={"TableName": "value"})):
    """A table. Without `sse_description` it is encrypted under a key that AWS owns: there are no unencrypted tables."""

    table_name: str
    deletion_protection_enabled: bool = False
    sse_description: Encryption | None = None
    replicas: tuple[Replica, ...] = ()


class Recovery(Part):
    point_in_time_recovery_status: str


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
def tables_use_a_kms_key(table: Table) -> Verdict:
    """Tables are encrypted under a KMS key of the account, so that its use can be seen and stopped.

    Why: under a key that AWS owns, nobody here can see who decrypts, or stop it.
    Fix: aws dynamodb update-table --table-name TABLE --sse-specification Enabled=true,SSEType=KMS
    """
    encryption = table.sse_description
    if encryption is not None and encryption.sse_type == "KMS" and encryption.status in ("ENABLED", "UPDATING"):
        return Holds("encrypted under a KMS key of the account")
    return Fails("encrypted under a key that AWS owns")


@fact
def global_tables(tables: list[Table]) -> str | None:
    """How many tables have replicas in other regions."""
    if not tables:
        return None
    return f"{sum(bool(table.replicas) for table in tables)} of {len(tables)} DynamoDB tables have replicas in other regions"

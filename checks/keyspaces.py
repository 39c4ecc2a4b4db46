"""Keyspaces: tables, their backups and their keys. All are encrypted at rest, and over three zones, by their nature."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

_GOING = ("DELETING", "DELETED")


class Keyspace(
    Evidence,
    read=Read(
        "keyspaces:ListKeyspaces",
        "keyspaces[?!starts_with(keyspaceName, 'system')]",  # those are of the service itself
        action="cassandra:Select",
    ),
):
    keyspace_name: str


class TableEntry(
    Evidence,
    read=Read(
        "keyspaces:ListTables",
        "tables",
        per=Keyspace,
        args={"keyspaceName": "keyspace_name"},
        arn="{resource_arn}",
        omitted_if_empty=True,
        action="cassandra:Select",
    ),
):
    table_name: str
    resource_arn: str


class Recovery(Part):
    status: str


class Encryption(Part):
    type: str


class Table(
    Evidence,
    read=Read(
        "keyspaces:GetTable",
        per=TableEntry,
        args={"keyspaceName": "keyspace_name", "tableName": "table_name"},
        action="cassandra:Select",
    ),
):
    status: str | None = None
    point_in_time_recovery: Recovery | None = None
    encryption_specification: Encryption | None = None


@check(effort="low")
def tables_can_go_back_in_time(table: Table) -> Verdict:
    """Tables of Keyspaces can be restored to any second of the past 35 days.

    Why: AWS Backup knows no Keyspaces: without this there is no state before a wrong delete to return to.
    Fix: ALTER TABLE … WITH custom_properties = {'point_in_time_recovery': {'status': 'enabled'}}
    """
    if table.status in _GOING:
        return NotApplicable(f"the table is {table.status}")
    if table.point_in_time_recovery is None:
        return CannotTell("nothing is told of point-in-time recovery")
    told = table.point_in_time_recovery.status
    return Holds("point-in-time recovery is on") if told == "ENABLED" else Fails(f"point-in-time recovery is {told}")


@check(effort="low")
def tables_use_an_own_key(table: Table) -> Verdict:
    """Tables of Keyspaces are encrypted under a customer-managed KMS key, so that its use can be seen and stopped.

    Why: under a key that AWS owns, nobody here can see who decrypts, or stop it.
    Fix: aws keyspaces update-table … --encryption-specification type=CUSTOMER_MANAGED_KMS_KEY,kmsKeyIdentifier=ARN
    """
    if table.encryption_specification is None:
        return CannotTell("nothing is told of the key")
    told = table.encryption_specification.type
    return Holds(f"the key is {told}") if told == "CUSTOMER_MANAGED_KMS_KEY" else Fails(f"the key is {told}")

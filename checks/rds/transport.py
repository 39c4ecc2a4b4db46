"""Checks of the parameters by which a database refuses connections without TLS.

Only parameters that somebody set are read; what a family does by default stands here, from the RDS and Aurora user guides
("Requiring SSL/TLS for all connections", "SSL with a PostgreSQL DB instance", "Security with Aurora PostgreSQL"), for DocumentDB
from "Managing Amazon DocumentDB cluster TLS settings", for Neptune from "Connecting to Neptune using SSL/HTTPS".
"""

from checks.rds.evidence import Chosen, ChosenForCluster, DBCluster, DBInstance
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict, check

# Engine → (parameter, first version that has it on by default, None where no version has).
_FORCING: dict[str, tuple[str, tuple[int, ...] | None]] = {
    "postgres": ("rds.force_ssl", (15,)),
    "aurora-postgresql": ("rds.force_ssl", (17,)),
    "mysql": ("require_secure_transport", (9, 7)),
    "aurora-mysql": ("require_secure_transport", None),
    "aurora": ("require_secure_transport", None),
    "mariadb": ("require_secure_transport", (11, 8)),
    "sqlserver": ("rds.force_ssl", None),
    "docdb": ("tls", ()),
}
_STATIC = ("rds.force_ssl", "tls")  # count from the restart on; `require_secure_transport` counts at once
_ON = ("1", "on", "true", "enabled", "fips-140-3", "tls1.2+", "tls1.3+")
# From 1.0.4.0 on Neptune takes nothing else, whatever the parameter says; but 1.0.4.0 and 1.0.4.1 still let some clusters speak HTTP
# by a mistake ("Amazon Neptune Engine Version 1.0.4.0").
_NEPTUNE_HTTPS = (1, 0, 4, 2)


def _forced(engine: str, version: str, values: dict[str, str], *, waits: bool) -> Verdict:
    family = "sqlserver" if engine.startswith("sqlserver-") else engine
    if family == "neptune":
        modern = _numbers(version) >= _NEPTUNE_HTTPS
        return (
            Holds(f"Neptune {version} takes HTTPS only")
            if modern
            else CannotTell(f"Neptune {version} may take HTTP too")
        )
    if family not in _FORCING:
        return CannotTell(f"no parameter of RDS tells whether {engine} refuses connections without TLS")
    name, since = _FORCING[family]
    default = since is not None and _numbers(version) >= since
    set_ = values.get(name)
    on = default if set_ is None else set_.lower() in _ON
    told = f"{name} is {'on by default' if default else 'off by default'}" if set_ is None else f"{name} is {set_}"
    if on and waits and name in _STATIC:
        return CannotTell(f"{told}, and the parameter group waits for a restart")
    return Holds(told) if on else Fails(told)


def _values(name: str, groups: dict[str, dict[str, str]]) -> dict[str, str]:
    """What somebody set in a group. AWS's default groups cannot be changed; any other that was not listed is unknown."""
    return {} if name.startswith("default.") else groups[name]


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: `8.0.mysql_aurora.3.05` → (8, 0)."""
    found: list[int] = []
    for part in version.split("."):
        if not part.isdigit():
            break
        found.append(int(part))
    return tuple(found)


@check(effort="medium")
def connections_must_use_tls(instance: DBInstance, groups: list[Chosen]) -> Verdict:
    """Database instances refuse connections without TLS.

    Why: a client that falls back to plain text sends its password and all data in the open.
    Fix: set rds.force_ssl (PostgreSQL, SQL Server) or require_secure_transport (MySQL, MariaDB) in a parameter group.
    """
    if instance.db_cluster_identifier:
        return NotApplicable(f"the cluster {instance.db_cluster_identifier} is judged instead")
    membership = instance.db_parameter_groups[0]
    values = _values(membership.db_parameter_group_name, {one.group: one.values for one in groups})
    waits = membership.parameter_apply_status == "pending-reboot"
    return _forced(instance.engine, instance.engine_version, values, waits=waits)


@check(effort="medium")
def cluster_connections_must_use_tls(cluster: DBCluster, groups: list[ChosenForCluster]) -> Verdict:
    """Database clusters refuse connections without TLS.

    Why: a client that falls back to plain text sends its password and all data in the open.
    Fix: set rds.force_ssl (PostgreSQL) or require_secure_transport (MySQL) in a cluster parameter group.
    """
    values = _values(cluster.db_cluster_parameter_group, {one.group: one.values for one in groups})
    waiting = [one for one in cluster.db_cluster_members if one.db_cluster_parameter_group_status == "pending-reboot"]
    return _forced(cluster.engine, cluster.engine_version, values, waits=bool(waiting))

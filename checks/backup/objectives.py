"""Recovery point objectives in tags, and how far back each store would go today."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from checks.backup.evidence import Protected
from checks.dynamodb import Backups, Table
from checks.rds.evidence import DBCluster, DBInstance
from checks.tagging import TaggedResource
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Read, ScanTime, Verdict, check, fact

_RPO = frozenset({"rpo", "recovery-point-objective", "recoverypointobjective", "recovery_point_objective"})
_RTO = frozenset({"rto", "recovery-time-objective", "recoverytimeobjective", "recovery_time_objective"})
_TIER = frozenset({"tier", "criticality", "dr-tier", "backup-tier", "resilience-tier"})
_SPAN = re.compile(r"(?i)(\d+(?:\.\d+)?)\s*-?\s*(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
# Types that the service itself can restore to any second; these are judged by that, below.
_JUDGED_APART = frozenset({"Aurora", "DocumentDB", "DynamoDB", "Neptune", "RDS"})
# Types of which a continuous backup of AWS Backup may exist, whose last moment no operation tells.
_CONTINUOUS = frozenset({"S3", "SAP HANA on Amazon EC2"})
_NO_TAG = NotApplicable("no tag names a recovery point objective")


class Tagged(Protocol):
    """A tag, in whatever service's listing."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> str: ...


class LastPoint(Evidence, read=Read("backup:ListProtectedResources", "Results", arn="{resource_arn}")):
    """A resource that has recovery points, with the vault in which the last one lies."""

    resource_arn: str
    resource_type: str
    last_backup_time: datetime | None = None
    last_backup_vault_arn: str | None = None


def hours_of(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} hours {minutes % 60} minutes" if minutes >= 60 else f"{minutes} minutes"


def _span(text: str) -> timedelta | None:
    """`4h`, `15 min`, `1 day` as a span; None for what is not written so."""
    found = _SPAN.fullmatch(text.strip())
    return float(found[1]) * _UNITS[found[2][0].lower()] if found else None


def _tag(tags: Iterable[Tagged], keys: frozenset[str]) -> str:
    return next((one.value for one in tags if one.key.rpartition(":")[2].lower() in keys), "")


def _tags_of(arn: str, tagged: list[TaggedResource]) -> tuple[Tagged, ...]:
    return next((one.tags for one in tagged if one.resource_arn == arn), ())


def _young_enough(tags: Iterable[Tagged], moments: Iterable[datetime | None], at: datetime) -> Verdict:
    """Is the last of these moments no further back than the tag demands?"""
    text = _tag(tags, _RPO)
    if not text:
        return _NO_TAG
    objective = _span(text)
    if objective is None:
        return CannotTell(f"the tag says {text}, which is no span of time that is understood here")
    last = max((one for one in moments if one is not None), default=None)
    if last is None:
        return Fails(f"the objective is {text}, and no moment to go back to is told")
    told = f"the objective is {text}, and the last moment to go back to is {hours_of(at - last)} ago"
    return Fails(told) if at - last > objective else Holds(told)


def _backed_up(arn: str, protected: list[Protected]) -> list[datetime | None]:
    return [one.last_backup_time for one in protected if one.resource_arn == arn]


@check(effort="medium")
def instances_go_back_as_tags_demand(instance: DBInstance, protected: list[Protected], at: ScanTime) -> Verdict:
    """Database instances can be restored to a moment no older than the objective in their own tag.

    Why: an objective of minutes is kept by logs that arrive, and not by a snapshot each night.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --backup-retention-period 7
    """
    if instance.db_cluster_identifier:
        return NotApplicable(f"the cluster {instance.db_cluster_identifier} is judged instead")
    if instance.replicates:
        return NotApplicable(f"a read replica of {instance.replicates}")
    if instance.db_instance_status == "stopped":
        return NotApplicable("the instance is stopped: nothing is written that could be lost")
    moments = [instance.latest_restorable_time, *_backed_up(instance.db_instance_arn, protected)]
    return _young_enough(instance.tag_list, moments, at)


@check(effort="medium")
def clusters_go_back_as_tags_demand(cluster: DBCluster, protected: list[Protected], at: ScanTime) -> Verdict:
    """Database clusters can be restored to a moment no older than the objective in their own tag.

    Why: an objective of minutes is kept by logs that arrive, and not by a snapshot each night.
    Fix: aws rds describe-db-clusters tells LatestRestorableTime; open a case with AWS where it stands still.
    """
    if cluster.status == "stopped":
        return NotApplicable("the cluster is stopped: nothing is written that could be lost")
    moments = [cluster.latest_restorable_time, *_backed_up(cluster.db_cluster_arn, protected)]
    return _young_enough(cluster.tag_list, moments, at)


@check(effort="low")
def tables_go_back_as_tags_demand(
    table: Table, backups: Backups, protected: list[Protected], tagged: list[TaggedResource], at: ScanTime
) -> Verdict:
    """Tables can be restored to a moment no older than the objective in their own tag.

    Why: an objective of minutes is kept by point-in-time recovery, and not by a backup each night.
    Fix: aws dynamodb update-continuous-backups --table-name TABLE … PointInTimeRecoveryEnabled=true
    """
    recovery = backups.point_in_time_recovery_description
    on = recovery.point_in_time_recovery_status == "ENABLED"
    moments = [recovery.latest_restorable_date_time if on else None, *_backed_up(table.table_arn, protected)]
    return _young_enough(_tags_of(table.table_arn, tagged), moments, at)


@check(effort="medium")
def backups_are_as_young_as_tags_demand(resource: LastPoint, tagged: list[TaggedResource], at: ScanTime) -> Verdict:
    """What AWS Backup protects has a recovery point no older than the objective in the resource's own tag.

    Why: an objective of four hours and a backup each night are two different promises.
    Fix: let the plan's rule run as often as the objective says, or turn on continuous backups.
    """
    text = _tag(_tags_of(resource.resource_arn, tagged), _RPO)
    if not text:
        return _NO_TAG
    if resource.resource_type in _JUDGED_APART:
        return NotApplicable(f"{resource.resource_type} is judged by the moment to which it can be restored")
    objective = _span(text)
    if objective is None:
        return CannotTell(f"the tag says {text}, which is no span of time that is understood here")
    if resource.last_backup_time is None:
        return Fails(f"the objective is {text}, and no backup was completed")
    age = at - resource.last_backup_time
    told = f"the objective is {text}, the last backup is {hours_of(age)} old"
    if age <= objective:
        return Holds(told)
    if resource.resource_type in _CONTINUOUS:
        return CannotTell(f"{told}, and whether backups of it are continuous is not told")
    return Fails(told)


@fact
def objectives_in_tags(tagged: list[TaggedResource]) -> str | None:
    """Which recovery objectives and tiers tags name."""
    said = Counter(
        f"{name} {value}"
        for one in tagged
        for name, keys in (("RPO", _RPO), ("RTO", _RTO), ("tier", _TIER))
        if (value := _tag(one.tags, keys))
    )
    told = ", ".join(f"{text} ({count})" for text, count in sorted(said.items())[:10])
    return f"recovery objectives and tiers in tags: {told}" if told else None

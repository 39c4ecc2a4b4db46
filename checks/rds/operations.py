"""Checks of what stands around databases: proxies, notices of events, maintenance, and how long AWS supports a version."""

from datetime import UTC, datetime, timedelta

from checks.rds.evidence import NOT_RDS, DBCluster, DBInstance
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact

STANDARD = "open-source-rds-standard-support"
# Ends of standard support that no operation tells (DocumentDB developer guide, "Extended Support").
_DOCUMENTED_ENDS = {("docdb", "3.6."): datetime(2026, 3, 30, tzinfo=UTC)}
OPEN_SOURCE = ("postgres", "mysql", "mariadb", "aurora", "aurora-mysql", "aurora-postgresql")


class Authentication(Part):
    iam_auth: str = "DISABLED"


class Proxy(Evidence, read=Read("rds:DescribeDBProxies", "DBProxies", arn="{db_proxy_arn}")):
    db_proxy_arn: str
    db_proxy_name: str
    require_tls: bool
    default_auth_scheme: str = "NONE"
    auth: tuple[Authentication, ...] = ()


class EventSubscription(Evidence, read=Read("rds:DescribeEventSubscriptions", "EventSubscriptionsList")):
    """A subscription. Without a source type it is to events of every kind (RDS user guide)."""

    cust_subscription_id: str
    status: str
    enabled: bool
    source_type: str | None = None
    source_ids_list: tuple[str, ...] = ()
    event_categories_list: tuple[str, ...] = ()

    @property
    def tells_of_failures(self) -> bool:
        """Without categories, a subscription is to all of them."""
        return not self.event_categories_list or "failure" in self.event_categories_list


class PendingAction(Part):
    action: str
    current_apply_date: datetime | None = None


class Maintenance(Evidence, read=Read("rds:DescribePendingMaintenanceActions", "PendingMaintenanceActions")):
    resource_identifier: str
    pending_maintenance_action_details: tuple[PendingAction, ...]


class EngineVersion(
    Evidence,
    read=Read(
        "rds:DescribeDBEngineVersions",
        "DBEngineVersions",
        per=DBInstance,
        args={"Engine": "engine", "EngineVersion": "engine_version"},
        fixed={"IncludeAll": True},  # deprecated versions too
    ),
):
    engine: str
    engine_version: str
    major_engine_version: str | None = None
    status: str


class Lifecycle(Part):
    lifecycle_support_name: str
    lifecycle_support_end_date: datetime


class MajorVersion(
    Evidence,
    read=Read(
        "rds:DescribeDBMajorEngineVersions",
        "DBMajorEngineVersions",
        per=DBInstance,
        args={"Engine": "engine"},
        when={"engine": OPEN_SOURCE},
    ),
):
    """A major version, with the ends of its support. Only engines of open source have such ends (RDS API reference)."""

    engine: str
    major_engine_version: str
    supported_engine_lifecycles: tuple[Lifecycle, ...] = ()

    def ends(self, lifecycle: str) -> datetime | None:
        return next(
            (
                one.lifecycle_support_end_date
                for one in self.supported_engine_lifecycles
                if one.lifecycle_support_name == lifecycle
            ),
            None,
        )


@check(effort="low")
def proxies_require_tls(proxy: Proxy) -> Verdict:
    """Database proxies refuse clients without TLS.

    Why: a client that falls back to plain text sends its password and all data in the open.
    Fix: aws rds modify-db-proxy --db-proxy-name NAME --require-tls
    """
    return Holds("TLS is required") if proxy.require_tls else Fails("TLS is not required")


@check(effort="medium")
def proxies_ask_for_iam_authentication(proxy: Proxy) -> Verdict:
    """Database proxies let their clients in by IAM only.

    Why: a token of IAM lasts fifteen minutes; a password lasts until somebody changes it.
    Fix: aws rds modify-db-proxy --db-proxy-name NAME --auth …,IAMAuth=REQUIRED
    """
    if proxy.default_auth_scheme == "IAM_AUTH":
        return Holds("the scheme is IAM_AUTH")
    if not proxy.auth:
        return Fails("no way to authenticate is told")
    other = sorted({one.iam_auth for one in proxy.auth} - {"REQUIRED"})
    return Fails(f"IAM is {', '.join(other)}") if other else Holds("IAM is REQUIRED")


@check(effort="low")
def database_events_are_told(
    subscriptions: list[EventSubscription], instances: list[DBInstance], clusters: list[DBCluster]
) -> Verdict:
    """Subscriptions tell of failures of every database.

    Why: a database that failed over or runs out of storage tells so once, to whoever subscribed.
    Fix: aws rds create-event-subscription --sns-topic-arn ARN --source-type db-instance --event-categories failure …
    """
    wanted = [kind for kind, found in (("db-instance", instances), ("db-cluster", clusters)) if found]
    if not wanted:
        return NotApplicable("the region has no databases")
    live = [one for one in subscriptions if one.enabled and one.status == "active" and one.tells_of_failures]
    names = {
        "db-instance": {one.db_instance_identifier for one in instances},
        "db-cluster": {one.db_cluster_identifier for one in clusters},
    }
    lacking = [
        kind
        for kind in wanted
        if not any(one.source_type in (None, "", kind) and not one.source_ids_list for one in live)
        and names[kind] - {name for one in live if one.source_type == kind for name in one.source_ids_list}
    ]
    if lacking:
        return Fails(f"no subscription is to failures of every {' and every '.join(lacking)}")
    return Holds(f"subscriptions: {', '.join(sorted(one.cust_subscription_id for one in live))}")


@check(effort="medium")
def versions_are_supported(
    instance: DBInstance, versions: list[EngineVersion], majors: list[MajorVersion], at: ScanTime, *, days: int = 0
) -> Verdict:
    """Databases run a version that AWS still supports without an extension.

    Why: a version out of support gets no more fixes, or gets them late and at a price.
    Fix: aws rds modify-db-instance --db-instance-identifier NAME --engine-version NEWER --allow-major-version-upgrade
    """
    name = f"{instance.engine} {instance.engine_version}"
    for (engine, begins), ended in _DOCUMENTED_ENDS.items():
        if (
            instance.engine == engine
            and instance.engine_version.startswith(begins)
            and ended - at <= timedelta(days=days)
        ):
            return Fails(f"standard support of {engine} {begins.rstrip('.')} ended on {ended:%Y-%m-%d}")
    mine = [one for one in versions if one.engine_version == instance.engine_version]
    if not mine:
        return CannotTell(f"AWS lists no version {name}")
    if any(one.status == "deprecated" for one in mine):
        return Fails(f"AWS has deprecated {name}")
    major = mine[0].major_engine_version
    lives = [one for one in majors if one.engine == instance.engine and one.major_engine_version == major]
    ends = [end for one in lives if (end := one.ends(STANDARD)) is not None]
    if not ends and instance.engine in OPEN_SOURCE:
        return CannotTell(f"AWS does not say until when it supports {instance.engine} {major}")
    if not ends:
        return Holds(f"{name} is available")
    told = f"standard support of {instance.engine} {major} ends on {max(ends):%Y-%m-%d}"
    if max(ends) - at > timedelta(days=days):
        return Holds(told)
    return Fails(told.replace("ends", "ended") if max(ends) <= at else told)


@check(effort="low")
def maintenance_is_not_overdue(
    waiting: list[Maintenance], instances: list[DBInstance], clusters: list[DBCluster], at: ScanTime, *, days: int = 14
) -> Verdict:
    """No maintenance of a database waits long after the day it was due.

    Why: what waits are patches of the engine and of the machine below it.
    Fix: aws rds apply-pending-maintenance-action --resource-identifier ARN --apply-action system-update --opt-in-type immediate
    """
    late = sorted(
        f"{one.resource_identifier.rpartition(':')[2]} ({action.action} of {action.current_apply_date:%Y-%m-%d})"
        for one in waiting
        for action in one.pending_maintenance_action_details
        if action.current_apply_date is not None and at - action.current_apply_date > timedelta(days=days)
    )
    if late:
        return Fails(f"overdue: {', '.join(late[:5])}{', …' if len(late) > 5 else ''}")
    if not instances and not clusters:
        return NotApplicable("the region has no databases")
    return Holds("nothing is overdue")


@fact
def pending_maintenance(waiting: list[Maintenance]) -> str | None:
    """Which maintenance waits for databases, and since when it may be applied."""
    told = sorted(
        f"{one.resource_identifier.rpartition(':')[2]} ({action.action}, "
        f"{f'{action.current_apply_date:%Y-%m-%d}' if action.current_apply_date else 'no date'})"
        for one in waiting
        for action in one.pending_maintenance_action_details
    )
    return f"pending maintenance: {', '.join(told[:10])}{', …' if len(told) > 10 else ''}" if told else None


@fact
def global_databases(clusters: list[DBCluster]) -> str | None:
    """How many clusters belong to a global database."""
    own = [one for one in clusters if one.engine not in NOT_RDS]
    members = sum(bool(one.global_cluster_identifier) for one in own)
    return f"{members} of {len(own)} database clusters belong to a global database" if own else None

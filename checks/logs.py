"""CloudWatch Logs: log groups, how long they keep, and whether use of the root user raises an alarm."""

import re

from checks.cloudwatch.evidence import ALARM_TYPES
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

_ROOT = re.compile(r'userIdentity\.type\s*=\s*"?Root"?', re.IGNORECASE)


class LogGroup(Evidence, read=Read("logs:DescribeLogGroups", "logGroups", arn="{log_group_arn}")):
    log_group_name: str
    log_group_arn: str
    retention_in_days: int | None = None  # not there where events never expire (CloudWatch Logs API reference)
    stored_bytes: int = 0
    kms_key_id: str | None = None
    data_protection_status: str | None = None
    inherited_properties: tuple[str, ...] = ()

    @property
    def masks(self) -> bool:
        """Is sensitive data in it masked, by a policy of its own or of the account?"""
        return self.data_protection_status == "ACTIVATED" or "ACCOUNT_DATA_PROTECTION" in self.inherited_properties


class SubscriptionFilter(
    Evidence,
    read=Read(
        "logs:DescribeSubscriptionFilters",
        "subscriptionFilters",
        per=LogGroup,
        args={"logGroupName": "log_group_name"},
    ),
):
    log_group_name: str
    destination_arn: str


class SavedQuery(Evidence, read=Read("logs:DescribeQueryDefinitions", "queryDefinitions", per=LogGroup)):
    """A saved query of the region; one call, whatever the number of log groups. What it asks for is not kept."""

    query_definition_id: str


class RecentQuery(Evidence, read=Read("logs:DescribeQueries", "queries", per=LogGroup)):
    """A query that ran lately, in whichever log group; one call."""

    query_id: str


class LogAnomalyDetector(Evidence, read=Read("logs:ListLogAnomalyDetectors", "anomalyDetectors", per=LogGroup)):
    anomaly_detector_arn: str
    log_group_arn_list: tuple[str, ...] = ()
    anomaly_detector_status: str | None = None

    @property
    def works(self) -> bool:
        return self.anomaly_detector_status in ("INITIALIZING", "TRAINING", "ANALYZING")


class Transformation(Part):
    metric_name: str
    metric_namespace: str


class MetricFilter(Evidence, read=Read("logs:DescribeMetricFilters", "metricFilters")):
    filter_name: str
    filter_pattern: str = ""
    log_group_name: str
    metric_transformations: tuple[Transformation, ...] = ()


class TrailGroup(Evidence, read=Read("cloudtrail:DescribeTrails", "trailList")):
    """A trail, as far as it writes to a log group; a multi-region trail is seen from every region."""

    name: str
    cloud_watch_logs_log_group_arn: str | None = None
    home_region: str


class Alarm(Evidence, read=Read("cloudwatch:DescribeAlarms", "MetricAlarms", fixed=ALARM_TYPES)):
    alarm_name: str
    namespace: str | None = None
    metric_name: str | None = None
    actions_enabled: bool = False
    alarm_actions: tuple[str, ...] = ()


@check(effort="low")
def log_groups_expire(group: LogGroup) -> Verdict:
    """Log groups have a retention, after which events are dropped.

    Why: what never expires is paid for, and holds personal data, for ever.
    Fix: aws logs put-retention-policy --log-group-name NAME --retention-in-days 365
    """
    if group.retention_in_days is None:
        return Fails("events never expire")
    return Holds(f"events are kept for {group.retention_in_days} days")


@check(effort="low")
def log_groups_are_kept_for_long_enough(group: LogGroup, *, minimum_days: int = 90) -> Verdict:
    """Log groups keep their events for months.

    Why: an intrusion is often noticed after weeks, and its beginning has to be on record then.
    Fix: aws logs put-retention-policy --log-group-name NAME --retention-in-days 90
    """
    if group.retention_in_days is None:
        return Holds("events never expire")
    if group.retention_in_days < minimum_days:
        return Fails(f"events are kept for {group.retention_in_days} days, fewer than {minimum_days}")
    return Holds(f"events are kept for {group.retention_in_days} days")


@check(effort="low")
def log_groups_use_an_own_key(group: LogGroup) -> Verdict:
    """Log groups are encrypted under a KMS key of the account's choice.

    Why: CloudWatch Logs always encrypts; an own key adds a policy and a record of each use.
    Fix: aws logs associate-kms-key --log-group-name NAME --kms-key-id KEY
    """
    if group.kms_key_id:
        return Holds(f"encrypted under {group.kms_key_id}")
    return Fails("encrypted under a key that AWS owns")


@check(effort="low")
def use_of_root_raises_an_alarm(
    trails: list[TrailGroup], groups: list[LogGroup], filters: list[MetricFilter], alarms: list[Alarm]
) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell of each use of the root user.

    Why: the root user may do everything and has next to nothing to do.
    Fix: aws logs put-metric-filter for userIdentity.type = "Root", and an alarm on its metric that notifies somebody.
    """
    written = {one.cloud_watch_logs_log_group_arn for one in trails if one.cloud_watch_logs_log_group_arn}
    names = {one.log_group_name for one in groups if {one.log_group_arn, f"{one.log_group_arn}:*"} & written}
    if not names:
        return NotApplicable("no trail writes to a log group here")
    watching = [one for one in filters if one.log_group_name in names and _ROOT.search(one.filter_pattern)]
    if not watching:
        return Fails("no metric filter looks for the root user")
    metrics = {(t.metric_namespace, t.metric_name) for one in watching for t in one.metric_transformations}
    found = [one for one in alarms if (one.namespace, one.metric_name) in metrics]
    heard = [one.alarm_name for one in found if one.actions_enabled and one.alarm_actions]
    if heard:
        return Holds(f"the alarm {heard[0]} watches {watching[0].filter_name}")
    if found:
        return Fails(f"the alarm {found[0].alarm_name} notifies nobody")
    return Fails(f"no alarm watches the metric of {watching[0].filter_name}")


@check(effort="medium")
def events_are_looked_at(
    groups: list[LogGroup],
    filters: list[MetricFilter],
    subscriptions: list[SubscriptionFilter],
    saved: list[SavedQuery],
    recent: list[RecentQuery],
    detectors: list[LogAnomalyDetector],
) -> Verdict:
    """Where log groups hold events, something filters, queries or exports them.

    Why: a log that is only ever kept costs money and warns of nothing.
    Fix: a metric filter for what must not happen, a saved query for what is asked often, or an anomaly detector.
    """
    if not any(one.stored_bytes for one in groups):
        return NotApplicable("no log group holds events")
    counts = {
        "metric filters": len(filters),
        "subscriptions": len(subscriptions),
        "saved queries": len({one.query_definition_id for one in saved}),
        "recent queries": len({one.query_id for one in recent}),
        "anomaly detectors": len({one.anomaly_detector_arn for one in detectors if one.works}),
    }
    found = [f"{count} {name}" for name, count in counts.items() if count]
    return (
        Holds(", ".join(found))
        if found
        else Fails(f"nothing filters, queries or exports any of {len(groups)} log groups")
    )


@fact
def where_events_go(groups: list[LogGroup], subscriptions: list[SubscriptionFilter]) -> str | None:
    """Where subscriptions send the events of log groups, by service and account."""
    if not groups:
        return None
    counts: dict[str, int] = {}
    for one in subscriptions:
        parts = one.destination_arn.split(":")
        named = f"{parts[2]} of {parts[4]}" if len(parts) > 5 else "an unknown place"
        counts[named] = counts.get(named, 0) + 1
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    sending = len({one.log_group_name for one in subscriptions})
    return f"{sending} of {len(groups)} log groups send their events on{': ' if told else ''}{told}"


@fact
def queries_and_detectors(
    groups: list[LogGroup], saved: list[SavedQuery], recent: list[RecentQuery], detectors: list[LogAnomalyDetector]
) -> str | None:
    """How many queries are saved, how many ran lately, and how many log groups an anomaly detector reads."""
    if not groups:
        return None
    read = len({arn for one in detectors if one.works for arn in one.log_group_arn_list})
    queries, ran = len({one.query_definition_id for one in saved}), len({one.query_id for one in recent})
    return f"{queries} saved queries, {ran} run lately; anomaly detectors read {read} log groups"


@fact
def masked_groups(groups: list[LogGroup]) -> str | None:
    """How many log groups mask sensitive data."""
    return f"{sum(one.masks for one in groups)} of {len(groups)} log groups mask sensitive data" if groups else None


@fact
def log_storage(groups: list[LogGroup]) -> str | None:
    """How much the log groups store, and how many never expire."""
    if not groups:
        return None
    stored = sum(one.stored_bytes for one in groups) / 1e9
    endless = sum(one.retention_in_days is None for one in groups)
    return f"{len(groups)} log groups store {stored:.1f} GB; {endless} never expire"


@fact
def metric_filters(filters: list[MetricFilter]) -> str | None:
    """How many metric filters turn log events into metrics."""
    groups = {one.log_group_name for one in filters}
    return f"{len(filters)} metric filters on {len(groups)} log groups" if filters else None

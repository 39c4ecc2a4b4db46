"""CloudWatch Logs: log groups, how long they keep, and whether use of the root user raises an alarm."""

from checks.cloudwatch.evidence import ALARM_TYPES
from checks.trail_alarms.evidence import MetricFilter, TrailWatch, event
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

_ROOT = {
    "use of the root user": event(userIdentity__type="Root"),
    "sign-ins of the root user": event(
        userIdentity__type="Root",
        eventType="AwsConsoleSignIn",
        eventName="ConsoleLogin",
        eventSource="signin.amazonaws.com",
    ),
}


class LogGroup(Evidence, read=Read("logs:DescribeLogGroups", "logGroups", arn="{log_group_arn}")):
    log_group_name: str
    log_group_arn: str
    retention_in_days: int | None = None  # not there where events never expire (CloudWatch Logs API reference)
    stored_bytes: int = 0
    kms_key_id: str | None = None
    data_protection_status: str | None = None
    inherited_properties: tuple[str, ...] = ()
    log_group_class: str | None = None

    @property
    def passes_on(self) -> bool:
        """Is it of the class whose events are kept for a day, on their way to S3 or Firehose (API reference, LogGroup)?"""
        return self.log_group_class == "DELIVERY"

    @property
    def masks(self) -> bool:
        """Is sensitive data in it masked, by a policy of its own or of the account?"""
        return self.data_protection_status == "ACTIVATED" or "ACCOUNT_DATA_PROTECTION" in self.inherited_properties


class FullGroup(
    Evidence,
    read=Read("logs:DescribeLogGroups", "sort_by(logGroups[?storedBytes], &storedBytes)[-10:]"),
):
    """The ten fullest log groups of each page of fifty. CloudWatch Logs tells of subscriptions by the group, five a second at
    most, so that to ask for each of a thousand groups takes minutes. Who sent events on lately is told by metrics."""

    log_group_name: str


class SubscriptionFilter(
    Evidence,
    read=Read(
        "logs:DescribeSubscriptionFilters",
        "subscriptionFilters",
        per=FullGroup,
        args={"logGroupName": "log_group_name"},
    ),
):
    log_group_name: str
    destination_arn: str


class GroupName(Part):
    name: str
    value: str


class Forwarded(
    Evidence,
    read=Read(
        "cloudwatch:ListMetrics",
        "Metrics",
        per=LogGroup,
        fixed={"Namespace": "AWS/Logs", "MetricName": "ForwardedLogEvents"},
    ),
):
    """That a subscription sent events on within the past two weeks, which is for how long a metric is listed; one call."""

    dimensions: tuple[GroupName, ...] = ()

    @property
    def group(self) -> str:
        return next((one.value for one in self.dimensions if one.name == "LogGroupName"), "")


class AccountSubscription(
    Evidence,
    read=Read(
        "logs:DescribeAccountPolicies",
        "accountPolicies",
        per=LogGroup,
        fixed={"policyType": "SUBSCRIPTION_FILTER_POLICY"},
        omitted_if_empty=True,
    ),
):
    """A subscription of all log groups of the account and region, but for those that its criteria leave out; one call."""

    policy_name: str


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


class Alarm(Evidence, read=Read("cloudwatch:DescribeAlarms", "MetricAlarms", fixed=ALARM_TYPES)):
    alarm_name: str
    namespace: str | None = None
    metric_name: str | None = None
    actions_enabled: bool = False
    alarm_actions: tuple[str, ...] = ()


PASSED_ON = NotApplicable("of the class DELIVERY: events are passed on to S3 or Firehose, and kept here for a day")


@check(effort="low")
def log_groups_expire(group: LogGroup) -> Verdict:
    """Log groups have a retention, after which events are dropped.

    Why: what never expires is paid for, and holds personal data, for ever.
    Fix: aws logs put-retention-policy --log-group-name NAME --retention-in-days 365
    """
    if group.passes_on:
        return PASSED_ON
    if group.retention_in_days is None:
        return Fails("events never expire")
    return Holds(f"events are kept for {group.retention_in_days} days")


@check(effort="low")
def log_groups_are_kept_for_long_enough(group: LogGroup, *, minimum_days: int = 90) -> Verdict:
    """Log groups keep their events for months.

    Why: an intrusion is often noticed after weeks, and its beginning has to be on record then.
    Fix: aws logs put-retention-policy --log-group-name NAME --retention-in-days 90
    """
    if group.passes_on:
        return PASSED_ON
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
def use_of_root_raises_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of each use of the root user.

    Why: the root user may do everything and has next to nothing to do.
    Fix: aws logs put-metric-filter for userIdentity.type = "Root", and an alarm with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_ROOT)


@check(effort="medium")
def events_are_looked_at(
    groups: list[LogGroup],
    asked: list[FullGroup],
    filters: list[MetricFilter],
    subscriptions: list[SubscriptionFilter],
    forwarded: list[Forwarded],
    of_account: list[AccountSubscription],
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
        "subscriptions of the account": len({one.policy_name for one in of_account}),
        "subscriptions": len(subscriptions),
        "log groups that sent events on": len({one.group for one in forwarded}),
        "saved queries": len({one.query_definition_id for one in saved}),
        "recent queries": len({one.query_id for one in recent}),
        "anomaly detectors": len({one.anomaly_detector_arn for one in detectors if one.works}),
    }
    found = [f"{count} {name}" for name, count in counts.items() if count]
    if found:
        return Holds(", ".join(found))
    full = {one.log_group_name for one in groups if one.stored_bytes}
    if unasked := full - {one.log_group_name for one in asked}:
        return CannotTell(
            f"nothing filters or queries any of {len(groups)} log groups, and none sent events on within two weeks; "
            f"{len(unasked)} of {len(full)} with events were not asked for their subscriptions"
        )
    return Fails(f"nothing filters, queries or exports any of {len(groups)} log groups")


@fact
def where_events_go(
    groups: list[LogGroup],
    subscriptions: list[SubscriptionFilter],
    forwarded: list[Forwarded],
    of_account: list[AccountSubscription],
) -> str | None:
    """Which log groups sent their events on, and where the subscriptions of the fullest groups lead, by service and account."""
    if not groups:
        return None
    counts: dict[str, int] = {}
    for one in subscriptions:
        parts = one.destination_arn.split(":")
        named = f"{parts[2]} of {parts[4]}" if len(parts) > 5 else "an unknown place"
        counts[named] = counts.get(named, 0) + 1
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    sending = len({one.log_group_name for one in subscriptions} | {one.group for one in forwarded})
    every = f"; subscriptions of the account: {', '.join(sorted(one.policy_name for one in of_account))}"
    return (
        f"at least {sending} of {len(groups)} log groups send their events on"
        f"{f', to {told}' if told else ''}{every if of_account else ''}"
    )


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

"""What CloudWatch says of alarms, dashboards, metrics and streams; and which alarms watch a resource."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner import Evidence, FromJson, Part, Read

# Without it the answer holds metric alarms only (CloudWatch API reference, DescribeAlarms).
ALARM_TYPES = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
# Alarms that Application Auto Scaling and EC2 Auto Scaling make for target tracking: they move capacity and tell nobody.
_SCALING = "TargetTracking-"


class Dimension(Part):
    name: str
    value: str


class NamedMetric(Part):
    namespace: str | None = None
    metric_name: str | None = None
    dimensions: tuple[Dimension, ...] = ()


class MetricStat(Part):
    metric: NamedMetric


class Query(Part):
    metric_stat: MetricStat | None = None
    expression: str | None = None
    account_id: str | None = None  # of the account that has the metric, where it is another one (API reference)


class Alarm(Evidence, read=Read("cloudwatch:DescribeAlarms", "MetricAlarms", arn="{alarm_arn}", fixed=ALARM_TYPES)):
    alarm_arn: str
    alarm_name: str
    actions_enabled: bool
    alarm_actions: tuple[str, ...] = ()
    alarm_description: str | None = None
    state_value: str
    state_transitioned_timestamp: datetime | None = None
    evaluation_state: str | None = None
    namespace: str | None = None  # an alarm on an expression has none
    metric_name: str | None = None
    dimensions: tuple[Dimension, ...] = ()
    metrics: tuple[Query, ...] = ()

    @property
    def scales(self) -> bool:
        return self.alarm_name.startswith(_SCALING)

    @property
    def _queried(self) -> list[Query]:
        here = self.alarm_arn.split(":")[4:5]
        return [one for one in self.metrics if not one.account_id or [one.account_id] == here]

    @property
    def watched(self) -> list[NamedMetric]:
        """The metrics of its own account that it watches, alone or in an expression."""
        own = NamedMetric(namespace=self.namespace, metric_name=self.metric_name, dimensions=self.dimensions)
        return [
            *([own] if self.namespace else []),
            *(one.metric_stat.metric for one in self._queried if one.metric_stat),
        ]

    @property
    def queries(self) -> list[str]:
        """Its Metrics Insights queries, which choose metrics by themselves."""
        return [one.expression for one in self._queried if one.expression and "select" in one.expression.lower()]


class Composite(
    Evidence, read=Read("cloudwatch:DescribeAlarms", "CompositeAlarms", fixed=ALARM_TYPES, omitted_if_empty=True)
):
    alarm_arn: str
    alarm_name: str
    alarm_rule: str
    actions_enabled: bool
    alarm_actions: tuple[str, ...] = ()

    def names(self, alarm: Alarm) -> bool:
        """Does the rule ask for the state of an alarm, by name or ARN?"""
        return any(
            f"{mark}{name}{mark}" in self.alarm_rule for mark in "'\"" for name in (alarm.alarm_name, alarm.alarm_arn)
        ) or any(f"({name})" in self.alarm_rule.replace(" ", "") for name in (alarm.alarm_name, alarm.alarm_arn))


class Dashboard(
    Evidence, read=Read("cloudwatch:ListDashboards", "DashboardEntries", arn="{dashboard_arn}", scope="global")
):
    """A dashboard. An account has the same ones in every region (CloudWatch user guide)."""

    dashboard_arn: str
    dashboard_name: str
    last_modified: datetime | None = None


class Annotations(Part):
    alarms: tuple[str, ...] = ()


class Properties(Part):
    """What a widget shows: rows of metrics, and alarms by ARN ("Dashboard body structure and syntax")."""

    metrics: tuple[Any, ...] = ()
    alarms: tuple[str, ...] = ()
    annotations: Annotations | None = None


class Widget(Part):
    type: str = ""
    properties: Properties = Properties()


class Body(Part):
    widgets: tuple[Widget, ...] = ()


class DashboardBody(
    Evidence, read=Read("cloudwatch:GetDashboard", per=Dashboard, args={"DashboardName": "dashboard_name"})
):
    dashboard_body: FromJson[Body]


class AnomalyDetector(
    Evidence,
    read=Read(
        "cloudwatch:DescribeAnomalyDetectors",
        "AnomalyDetectors",
        fixed={"AnomalyDetectorTypes": ["SINGLE_METRIC", "METRIC_MATH"]},
    ),
):
    """A model of what is usual for a metric. Without the types the answer leaves out those of expressions (API reference)."""

    state_value: str | None = None


class Stream(Evidence, read=Read("cloudwatch:ListMetricStreams", "Entries")):
    name: str
    state: str


class Published(Evidence, read=Read("cloudwatch:ListMetrics", "Metrics", fixed={"RecentlyActive": "PT3H"})):
    """A metric that had values in the past three hours."""

    namespace: str

    @property
    def is_own(self) -> bool:
        return is_own(self.namespace)


# Namespaces that agents and features of AWS fill, and no programmer.
_FEATURES = ("AWS/", "CWAgent", "ContainerInsights", "ECS/", "LambdaInsights", "CloudWatchSynthetics", "ApplicationSignals", "Glue",
    "System/", "Bedrock", "/aws/", "AmazonMWAA", "WAF", "LogMetrics/AWS")  # fmt: skip


def is_own(namespace: str | None) -> bool:
    """Do programs of the account fill this namespace?"""
    return bool(namespace) and not str(namespace).startswith(_FEATURES)


@dataclass(frozen=True)
class Watch:
    """The alarms that watch a resource, and those on queries of which it cannot be told."""

    surely: tuple[str, ...]
    perhaps: tuple[str, ...]


def watching(alarms: Iterable[Alarm], namespaces: Iterable[str], *names: Mapping[str, str]) -> Watch:
    """Which alarms watch a resource that metrics name by one of these sets of dimensions: `{"QueueName": "orders"}`.

    A metric without dimensions, and a query without WHERE, is about all resources of its namespace. What a query with WHERE
    is about cannot be told, nor what an alarm on a query of another kind is about.
    """
    spaces, wanted = set(namespaces), [set(one.items()) for one in names]
    surely, perhaps = [], []
    for alarm in alarms:
        if alarm.scales:
            continue
        metrics = [one for one in alarm.watched if one.namespace in spaces]
        pairs = [{(dimension.name, dimension.value) for dimension in one.dimensions} for one in metrics]
        queries = [text for text in alarm.queries if any(f'"{space}"' in text for space in spaces)]
        if any(not pair or any(one <= pair for one in wanted) for pair in pairs) or any(
            "where" not in text.lower() for text in queries
        ):
            surely.append(alarm.alarm_name)
        elif queries or not (alarm.watched or alarm.queries):
            perhaps.append(alarm.alarm_name)
    return Watch(tuple(sorted(surely)), tuple(sorted(perhaps)))

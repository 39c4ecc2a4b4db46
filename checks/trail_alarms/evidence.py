"""Metric filters, and which events of a trail's log group reach somebody through a filter and an alarm."""

from collections.abc import Iterable
from dataclasses import dataclass

from checks.cloudtrail.evidence import Recorder
from checks.cloudwatch.evidence import Alarm
from checks.hearing import Heard
from checks.trail_alarms.patterns import ANY, WHO, Event, Whatever, matches
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Target, Verdict, derived

# What every event of a trail has, and what only those have that failed or that a service made ("CloudTrail record contents").
_EVERY: Event = {
    "errorCode": None,
    "errorMessage": None,
    "eventID": ANY,
    "eventName": ANY,
    "eventSource": ANY,
    "eventTime": ANY,
    "eventType": "AwsApiCall",
    "eventVersion": ANY,
    "sourceIPAddress": ANY,
    "userAgent": ANY,
    "userIdentity.arn": WHO,
    "userIdentity.invokedBy": None,
    "userIdentity.principalId": WHO,
    "userIdentity.type": WHO,
    "userIdentity.userName": WHO,
}
MOST_NAMED = 4


def event(**changes: str | Whatever | None) -> Event:
    """An event of a trail; `__` in a name stands for the dot."""
    return {**_EVERY, **{name.replace("__", "."): value for name, value in changes.items()}}


def calls(service: str, *names: str) -> dict[str, Event]:
    """Events of a service, by the names of the calls."""
    source = f"{service}.amazonaws.com"
    return {name: event(eventName=name, eventSource=source) for name in names}


class Transformation(Part):
    metric_name: str
    metric_namespace: str


class MetricFilter(Evidence, read=Read("logs:DescribeMetricFilters", "metricFilters")):
    filter_name: str
    filter_pattern: str = ""
    log_group_name: str
    metric_transformations: tuple[Transformation, ...] = ()

    @property
    def metrics(self) -> set[tuple[str | None, str | None]]:
        return {(one.metric_namespace, one.metric_name) for one in self.metric_transformations}


def _on(alarms: Iterable[Alarm], found: MetricFilter) -> str:
    """The first of the alarms on a metric of the filter; empty if there is none."""
    names = (
        one.alarm_name
        for one in alarms
        if any((metric.namespace, metric.metric_name) in found.metrics for metric in one.watched)
    )
    return min(names, default="")


@dataclass(frozen=True)
class Watch:
    """A filter on a trail's log group, with an alarm on its metric that somebody hears, one that perhaps is heard, or any."""

    filter: MetricFilter
    heard: str
    perhaps: str
    deaf: str


@dataclass(frozen=True)
class TrailWatch:
    """The trails that write to log groups of this region, why they cannot be relied on, and the filters on those groups."""

    trails: tuple[str, ...]
    hindrance: str
    watches: tuple[Watch, ...]

    def tells_of(self, events: dict[str, Event]) -> Verdict:
        """Does somebody hear of each of these events?"""
        if not self.trails:
            return NotApplicable("no trail writes to a log group here")
        unheard, unsure, by = [], [], set()
        for name, one in events.items():
            found = [(watch, matches(watch.filter.filter_pattern, one)) for watch in self.watches]
            if sure := sorted(watch.heard for watch, match in found if match and watch.heard):
                by.add(sure[0])
            elif any(match is not False and (watch.heard or watch.perhaps) for watch, match in found):
                unsure.append(name)
            else:
                unheard.append(name)
        if unheard:
            return Fails(self._why(unheard, len(events), [events[name] for name in unheard]))
        if unsure:
            return CannotTell(f"whether somebody hears of {_named(unsure)} is not told by the filters and alarms")
        if self.hindrance:
            return CannotTell(f"alarms stand, and {self.hindrance}")
        return Holds(f"by {', '.join(sorted(by))}")

    def _why(self, unheard: list[str], count: int, events: list[Event]) -> str:
        close = [watch for watch in self.watches if all(matches(watch.filter.filter_pattern, one) for one in events)]
        if close and close[0].deaf:
            return f"the alarm {close[0].deaf} reaches nobody"
        if close:
            return f"no alarm watches the metric of {close[0].filter.filter_name}"
        return f"no metric filter with an alarm looks for {_named(unheard)}{f' ({len(unheard)} of {count})' if count > 1 else ''}"


def _named(names: list[str]) -> str:
    return f"{', '.join(names[:MOST_NAMED])}{', …' if len(names) > MOST_NAMED else ''}"


@derived
def trail_watch(recorders: list[Recorder], filters: list[MetricFilter], found: Heard, here: Target) -> TrailWatch:
    """Filters on the log groups of trails, and who hears their alarms."""
    writing: dict[str, list[Recorder]] = {}
    for one in recorders:
        parts = (one.trail.cloud_watch_logs_log_group_arn or "").split(":")
        if len(parts) > 6 and parts[3:5] == [here.region, here.account]:
            writing.setdefault(parts[6], []).append(one)
    good = [one for each in writing.values() for one in each if _reliable(one)]
    rest = [one for each in writing.values() for one in each]
    names = {name for name, each in writing.items() if not good or any(one in good for one in each)}
    return TrailWatch(
        tuple(sorted({one.trail.name for one in rest})),
        "" if good or not rest else _doubt(rest[0]),
        tuple(
            Watch(one, _on(found.surely, one), _on(found.perhaps, one), _on(found.deaf, one))
            for one in filters
            if one.log_group_name in names
        ),
    )


def _reliable(one: Recorder) -> bool:
    return not _doubt(one)


def _doubt(one: Recorder) -> str:
    if not one.trail.is_multi_region_trail:
        return f"{one.trail.name} records one region only"
    if error := one.status.latest_cloud_watch_logs_delivery_error:
        return f"{one.trail.name} cannot write to its log group: {error}"
    return one.hindrance

"""Checks and facts about who looks at metrics: dashboards, models of what is usual, own metrics, and where metrics go."""

import re

from checks.cloudwatch.evidence import (
    Alarm,
    AnomalyDetector,
    Composite,
    Dashboard,
    DashboardBody,
    Published,
    Stream,
    is_own,
)
from checks.ec2.evidence import AnyInterface, Instance
from scanner import AllRegions, CannotTell, Fails, Holds, NotApplicable, ScanTime, Target, Verdict, check, fact

_INSTANCE = re.compile(r"\bi-[0-9a-f]{8,17}\b")
_LISTED = 5


@check(effort="medium")
def metrics_are_looked_at(
    alarms: list[Alarm],
    dashboards: list[Dashboard],
    detectors: list[AnomalyDetector],
    streams: list[Stream],
    interfaces: list[AnyInterface],
) -> Verdict:
    """Where something runs, an alarm, a dashboard, a model or a stream takes in its metrics.

    Why: metrics that nobody looks at and nothing compares show afterwards what could have been known before.
    Fix: a dashboard of the workload's few important metrics, and alarms on those that customers feel.
    """
    own = sum(not one.scales for one in alarms)
    running = sum(one.state == "running" for one in streams)
    counts = {"alarms": own, "dashboards": len(dashboards), "anomaly detectors": len(detectors), "streams": running}
    found = [f"{count} {name}" for name, count in counts.items() if count]
    if not interfaces and not (own or detectors or running):
        return NotApplicable("nothing in the region has a network interface")
    if found:
        return Holds(", ".join(found))
    return Fails("no alarm, no dashboard, no anomaly detector and no stream")


@check(effort="medium")
def own_metrics_raise_alarms(
    metrics: list[Published], alarms: list[Alarm], dashboards: list[Dashboard], composites: list[Composite]
) -> Verdict:
    """Where the workload publishes metrics of its own, an alarm or a dashboard takes them in.

    Why: what the business counts is worth publishing only if somebody is told when it falls.
    Fix: aws cloudwatch put-metric-alarm on the metric that shows whether customers get what they came for.
    """
    own = {one.namespace for one in metrics if one.is_own}
    if not own:
        return NotApplicable("no metric of the workload's own had values in the past three hours")
    watched = own & {metric.namespace for one in alarms for metric in one.watched if is_own(metric.namespace)}
    if watched:
        return Holds(f"alarms watch {', '.join(sorted(str(one) for one in watched)[:_LISTED])}")
    if dashboards or composites or any(one.queries for one in alarms):
        return CannotTell("no alarm names them; dashboards and queries may show them")
    return Fails(f"no alarm and no dashboard for {', '.join(sorted(own)[:_LISTED])}")


@check(effort="low")
def dashboards_show_what_is_there(
    body: DashboardBody,
    alarms: AllRegions[Alarm],
    composites: AllRegions[Composite],
    instances: AllRegions[Instance],
    here: Target,
) -> Verdict:
    """Dashboards show instances and alarms that exist.

    Why: a widget about something that is gone is an empty line that reads as all is well.
    Fix: aws cloudwatch put-dashboard with widgets on what runs now, best by SEARCH, tags or the group's name.
    """
    properties = [one.properties for one in body.dashboard_body.widgets]
    rows = [str(row) for one in properties for row in one.metrics if "accountId" not in str(row)]
    shown = {found for row in rows for found in _INSTANCE.findall(row)}
    asked = {arn for one in properties for arn in (*one.alarms, *(one.annotations.alarms if one.annotations else ()))}
    shown |= {arn for arn in asked if arn.split(":")[4:5] == [here.account]}
    if not shown:
        return NotApplicable("no widget names an instance or an alarm of this account")
    there = {one.alarm_arn for one in alarms} | {one.alarm_arn for one in composites}
    gone = sorted(shown - there - {one.instance_id for one in instances})
    if gone:
        return Fails(f"shown and gone: {', '.join(gone[:_LISTED])}{', …' if len(gone) > _LISTED else ''}")
    return Holds(f"all {len(shown)} instances and alarms that are named exist")


@check(effort="low")
def instances_are_measured_from_inside(metrics: list[Published], instances: list[Instance]) -> Verdict:
    """Where instances run, an agent reports what only it can see, such as memory and disks.

    Why: EC2 measures from outside; a full disk or memory is seen by an agent alone.
    Fix: install the CloudWatch agent, for instance with Systems Manager's AmazonCloudWatch-ManageAgent.
    """
    running = sum(one.state.name == "running" for one in instances)
    if not running:
        return NotApplicable("no instance is running")
    agents = {one.namespace for one in metrics if one.namespace.startswith(("CWAgent", "System/", "ContainerInsights"))}
    if agents:
        return Holds(f"{', '.join(sorted(agents))} had values in the past three hours")
    if own := sorted({one.namespace for one in metrics if one.is_own}):
        return CannotTell(f"{own[0]} and others hold metrics of unknown origin")
    return Fails(f"{running} instances run, and no agent sent a metric in the past three hours")


@fact
def dashboards(found: list[Dashboard], at: ScanTime) -> str | None:
    """Which dashboards there are, and how many were changed within a year."""
    names = sorted(one.dashboard_name for one in found)
    if not names:
        return None
    fresh = sum(one.last_modified is not None and (at - one.last_modified).days <= 365 for one in found)
    return f"{len(names)} dashboards: {', '.join(names[:_LISTED])}; changed within a year: {fresh}"


@fact
def anomaly_detectors(found: list[AnomalyDetector]) -> str | None:
    """How many models know what is usual for a metric."""
    trained = sum(one.state_value == "TRAINED" for one in found)
    return f"{len(found)} anomaly detectors, {trained} of them trained" if found else None


@fact
def metric_streams(found: list[Stream]) -> str | None:
    """Which streams send metrics elsewhere."""
    told = [f"{one.name} ({one.state})" for one in found]
    return f"metric streams: {', '.join(sorted(told))}" if told else None


@fact
def own_metrics(metrics: list[Published]) -> str | None:
    """Which namespaces that are not of AWS's services had values in the past three hours."""
    counts: dict[str, int] = {}
    for one in metrics:
        if not one.namespace.startswith("AWS/"):
            counts[one.namespace] = counts.get(one.namespace, 0) + 1
    if not counts:
        return None
    told = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    more = f" and {len(told) - _LISTED} more" if len(told) > _LISTED else ""
    return f"metrics of agents and programs: {', '.join(f'{name} {count}' for name, count in told[:_LISTED])}{more}"

"""CloudWatch: alarms and dashboards."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check, fact


class Alarm(Evidence, read=Read("cloudwatch:DescribeAlarms", "MetricAlarms", arn="{alarm_arn}")):
    alarm_arn: str
    alarm_name: str
    actions_enabled: bool
    alarm_actions: tuple[str, ...] = ()
    alarm_description: str | None = None
    state_value: str


class Dashboard(Evidence, read=Read("cloudwatch:ListDashboards", "DashboardEntries", arn="{dashboard_arn}")):
    dashboard_arn: str
    dashboard_name: str


@check(effort="low")
def alarms_tell_somebody(alarm: Alarm) -> Verdict:
    """Alarms have an action that is enabled.

    Why: an alarm without an action rings in an empty room.
    Fix: aws cloudwatch put-metric-alarm --alarm-name NAME --alarm-actions TOPIC …; enable-alarm-actions
    """
    if not alarm.alarm_actions:
        return Fails("the alarm has no action")
    return Holds(f"{len(alarm.alarm_actions)} actions") if alarm.actions_enabled else Fails("its actions are disabled")


@check(effort="low")
def alarms_see_data(alarm: Alarm) -> Verdict:
    """Alarms receive data.

    Why: an alarm on a metric that nobody sends never rings, whatever happens.
    Fix: mend the metric's source or its dimensions, or delete the alarm.
    """
    if alarm.state_value == "INSUFFICIENT_DATA":
        return Fails("the state is INSUFFICIENT_DATA")
    return Holds(f"the state is {alarm.state_value}")


@check(effort="low")
def alarms_say_what_to_do(alarm: Alarm) -> Verdict:
    """Alarms have a description.

    Why: who is woken at night needs to know what it means and where the runbook is.
    Fix: aws cloudwatch put-metric-alarm --alarm-name NAME --alarm-description "what it means, link to the runbook" …
    """
    return Holds("it has a description") if (alarm.alarm_description or "").strip() else Fails("no description")


@fact
def dashboards(found: list[Dashboard]) -> str | None:
    """Which dashboards there are."""
    names = sorted(one.dashboard_name for one in found)
    return f"{len(names)} dashboards: {', '.join(names[:5])}" if names else None

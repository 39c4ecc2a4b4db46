"""Checks of alarms: whom they tell, what they see, and what who is told is to do."""

from datetime import timedelta

from checks.cloudwatch.evidence import Alarm, Composite
from checks.events import Routed, rules_about
from checks.sns import Subscription
from scanner import CannotTell, Fails, Holds, NotApplicable, ScanTime, Target, Verdict, check, fact

_LISTED = 3
_ITS_OWN = "Auto Scaling made it for itself"
_GRAVE = ("sev1", "sev-1", "sev2", "sev-2", "p1", "p2", "critical", "urgent", "high", "page", "warn", "minor", "low")


@check(effort="low")
def alarms_tell_somebody(alarm: Alarm, composites: list[Composite], routes: list[Routed]) -> Verdict:
    """Alarms have an action that is enabled, or something that has one waits for them.

    Why: an alarm without an action rings in an empty room.
    Fix: aws cloudwatch put-metric-alarm --alarm-name NAME --alarm-actions TOPIC …; enable-alarm-actions
    """
    if alarm.scales:
        return NotApplicable(_ITS_OWN)
    if alarm.alarm_actions and alarm.actions_enabled:
        return Holds(f"{len(alarm.alarm_actions)} actions")
    for one in composites:
        if one.names(alarm) and one.alarm_actions and one.actions_enabled:
            return Holds(f"the composite alarm {one.alarm_name} waits for it")
    if heard := rules_about(routes, "aws.cloudwatch"):
        return CannotTell(f"the rule {heard[0]} hears of alarms, and it is not told of which")
    return Fails("its actions are disabled" if alarm.alarm_actions else "the alarm has no action")


@check(effort="low")
def alarms_reach_a_listener(alarm: Alarm, subscriptions: list[Subscription], here: Target) -> Verdict:
    """What an alarm notifies has a confirmed subscriber, or acts by itself.

    Why: a topic to which nobody is subscribed swallows the alarm, and everybody believes that it would ring.
    Fix: aws sns subscribe --topic-arn TOPIC --protocol email --notification-endpoint ADDRESS, and confirm it.
    """
    if not alarm.alarm_actions or not alarm.actions_enabled:
        return NotApplicable("no action is enabled")
    if all(one.split(":")[2:3] == ["autoscaling"] for one in alarm.alarm_actions):
        return NotApplicable("it moves capacity, and is to tell nobody")
    topics = [one for one in alarm.alarm_actions if one.split(":")[2:3] == ["sns"]]
    if len(topics) < len(alarm.alarm_actions):
        others = sorted(set(alarm.alarm_actions) - set(topics))
        return Holds(f"it starts {others[0]}")
    heard = {one.topic_arn for one in subscriptions if one.confirmed}
    if reached := sorted(set(topics) & heard):
        return Holds(f"{reached[0]} has a confirmed subscriber")
    elsewhere = [one for one in topics if one.split(":")[3:5] != [here.region, here.account]]
    if elsewhere:
        return CannotTell(f"{elsewhere[0]} is not of this account and region: its subscribers cannot be seen")
    return Fails(f"no subscription of {', '.join(sorted(topics))} is confirmed")


@check(effort="low")
def alarms_see_data(alarm: Alarm, at: ScanTime, *, days: int = 7) -> Verdict:
    """Alarms receive data.

    Why: an alarm on a metric that nobody sends never rings, whatever happens.
    Fix: mend the metric's source or its dimensions, or delete the alarm.
    """
    if alarm.scales:
        return NotApplicable(_ITS_OWN)
    if alarm.state_value != "INSUFFICIENT_DATA":
        return Holds(f"the state is {alarm.state_value}")
    since = alarm.state_transitioned_timestamp
    if since is None:
        return CannotTell("the state is INSUFFICIENT_DATA, and it is not told since when")
    if at - since <= timedelta(days=days):
        return NotApplicable(f"the state is INSUFFICIENT_DATA since {since:%Y-%m-%d} only")
    return Fails(f"the state is INSUFFICIENT_DATA since {since:%Y-%m-%d}")


@check(effort="low")
def alarms_do_not_ring_for_weeks(alarm: Alarm, at: ScanTime, *, days: int = 7) -> Verdict:
    """No alarm has been ringing for longer than a week.

    Why: an alarm that rings all the time is one that nobody hears any more.
    Fix: mend what it is about, or move the threshold to where somebody would act.
    """
    if alarm.scales:
        return NotApplicable(_ITS_OWN)
    since = alarm.state_transitioned_timestamp
    if alarm.state_value != "ALARM":
        return Holds(f"the state is {alarm.state_value}")
    if since is None:
        return CannotTell("the state is ALARM, and it is not told since when")
    told = f"the state is ALARM since {since:%Y-%m-%d}"
    return Fails(told) if at - since > timedelta(days=days) else Holds(told)


@check(effort="low")
def alarms_can_be_evaluated(alarm: Alarm) -> Verdict:
    """CloudWatch can evaluate every alarm as it is set up.

    Why: an alarm whose expression cannot be evaluated is green for ever, or nothing at all.
    Fix: aws cloudwatch describe-alarms --alarm-names NAME tells the reason of its state; mend its metrics.
    """
    if alarm.scales:
        return NotApplicable(_ITS_OWN)
    if alarm.evaluation_state in ("EVALUATION_ERROR", "PARTIAL_DATA"):
        return Fails(f"the evaluation's state is {alarm.evaluation_state}")
    return Holds("it is evaluated")


@check(effort="low")
def alarms_say_what_to_do(alarm: Alarm) -> Verdict:
    """Alarms have a description.

    Why: who is woken at night needs to know what it means and where the runbook is.
    Fix: aws cloudwatch put-metric-alarm --alarm-name NAME --alarm-description "what it means, link to the runbook" …
    """
    if alarm.scales:
        return NotApplicable(_ITS_OWN)
    return Holds("it has a description") if (alarm.alarm_description or "").strip() else Fails("no description")


@fact
def alarms_with_a_runbook(alarms: list[Alarm]) -> str | None:
    """How many alarms name a link, a document or a response plan."""
    asked = [one for one in alarms if not one.scales]
    linked = [one for one in asked if _names_a_place(one)]
    return f"{len(linked)} of {len(asked)} alarms link to a runbook or start a response" if asked else None


def _names_a_place(alarm: Alarm) -> bool:
    text = (alarm.alarm_description or "").lower()
    started = any(
        f":{service}:" in one for one in alarm.alarm_actions for service in ("ssm", "ssm-incidents", "lambda")
    )
    return started or any(word in text for word in ("http://", "https://", "runbook", "playbook", "arn:"))


@fact
def alarms_by_state(alarms: list[Alarm]) -> str | None:
    """How many alarms there are in which state, those of Auto Scaling apart."""
    asked = [one for one in alarms if not one.scales]
    if not alarms:
        return None
    states = sorted({one.state_value for one in asked})
    told = ", ".join(f"{sum(one.state_value == state for one in asked)} {state}" for state in states)
    return f"{len(asked)} alarms ({told or 'none'}) and {len(alarms) - len(asked)} that Auto Scaling made for itself"


@fact
def alarms_by_severity(alarms: list[Alarm]) -> str | None:
    """How many alarms carry a word for how grave they are in their name or description."""
    asked = [one for one in alarms if not one.scales]
    grave = [one for one in asked if any(word in _words(one) for word in _GRAVE)]
    return f"{len(grave)} of {len(asked)} alarms name a severity" if asked else None


def _words(alarm: Alarm) -> set[str]:
    text = f"{alarm.alarm_name} {alarm.alarm_description or ''}".lower()
    for mark in "/_.,;:()[]":
        text = text.replace(mark, " ")
    words = set(text.split())
    return words | {part for word in words for part in word.split("-")}


@fact
def composite_alarms(alarms: list[Alarm], composites: list[Composite]) -> str | None:
    """Which composite alarms put several alarms together."""
    if not alarms and not composites:
        return None
    names = sorted(one.alarm_name for one in composites)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"composite alarms: {', '.join(names[:_LISTED]) or 'none'}{more}"


@fact
def what_alarms_start(alarms: list[Alarm]) -> str | None:
    """Which kinds of actions alarms take."""
    if not alarms:
        return None
    kinds: dict[str, int] = {}
    for one in alarms:
        for kind in {action.split(":")[2] for action in one.alarm_actions if action.count(":") >= 5}:
            kinds[kind] = kinds.get(kind, 0) + 1
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    return f"alarms with an action, by service: {told or 'none'}"

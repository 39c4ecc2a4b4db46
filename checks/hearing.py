"""Who hears an alarm: a confirmed subscriber, an incident or a function, directly or by a composite alarm."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from checks.cloudwatch.evidence import Alarm, Composite
from checks.events import Routed, rules_about
from checks.sns import Subscription
from scanner import Target, derived

# Actions that move capacity or mend a machine, and tell nobody.
_SILENT = (":autoscaling:", ":automate:", ":swf:")


@dataclass(frozen=True)
class Heard:
    """The alarms of a region that somebody hears, those of which it cannot be told, and all others."""

    surely: tuple[Alarm, ...]
    perhaps: tuple[Alarm, ...]
    deaf: tuple[Alarm, ...]


@derived
def heard(
    alarms: list[Alarm],
    composites: list[Composite],
    routes: list[Routed],
    subscriptions: list[Subscription],
    here: Target,
) -> Heard:
    """Who hears each alarm of a region.

    A rule on alarms may hear each of them, and subscribers of another account's topic cannot be seen.
    """

    def ours(topic: str) -> bool:
        return topic.split(":")[3:5] == [here.region, here.account]

    return listen(alarms, composites, subscriptions, ours, by_rule=bool(rules_about(routes, "aws.cloudwatch")))


def listen(
    alarms: Iterable[Alarm],
    composites: Collection[Composite],
    subscriptions: Iterable[Subscription],
    ours: Callable[[str], bool],
    *,
    by_rule: bool,
) -> Heard:
    """Who hears these alarms. `ours` says of a topic whether its subscriptions are among those given."""
    listened = {one.topic_arn for one in subscriptions if one.confirmed}
    surely, perhaps, deaf = [], [], []
    for alarm in alarms:
        actions = list(alarm.alarm_actions) if alarm.actions_enabled else []
        for one in composites:
            beside = one.alarm_arn.split(":")[3:4] == alarm.alarm_arn.split(":")[3:4]
            if one.actions_enabled and beside and one.names(alarm):
                actions.extend(one.alarm_actions)
        telling = [one for one in actions if not any(word in one for word in _SILENT)]
        topics = [one for one in telling if ":sns:" in one]
        if set(topics) & listened or len(topics) < len(telling):
            surely.append(alarm)
        elif by_rule or not all(map(ours, topics)):
            perhaps.append(alarm)
        else:
            deaf.append(alarm)
    return Heard(tuple(surely), tuple(perhaps), tuple(deaf))

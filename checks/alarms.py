"""Whether anybody hears of what breaks availability: alarms that reach somebody, for databases, balancers, queues and quotas."""

import re

from checks.cloudformation import Stack
from checks.cloudwatch.evidence import Alarm, Composite, watching
from checks.ec2.evidence import AnyInterface
from checks.elbv2.evidence import LoadBalancer
from checks.events import Rule
from checks.hearing import Heard, listen
from checks.lambda_.evidence import Function
from checks.rds.evidence import DBInstance
from checks.servicequotas import AutoManagement, watches_a_quota
from checks.sns import Subscription
from checks.stages import DEVELOPMENT, KEY, in_development
from scanner import (
    AllRegions,
    CannotTell,
    Evidence,
    Fails,
    Holds,
    LastPart,
    Metric,
    MetricData,
    NotApplicable,
    Read,
    Target,
    Verdict,
    check,
    days,
    fact,
)

_DATABASES = ("AWS/RDS", "AWS/DocDB", "AWS/Neptune")
_BALANCERS = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/GatewayELB")
_MONITOR = re.compile(r"(?i)quota[-_ ]?monitor|limit[-_ ]?monitor|service[-_ ]?quotas?[-_ ]?(?:auto|increase|alarm)")


class QueueName(
    Evidence,
    read=Read(
        "sqs:ListQueues",
        "QueueUrls",
        arn="arn:{partition}:sqs:{region}:{account}:{value}",
        fixed={"MaxResults": 1000},
        omitted_if_empty=True,
    ),
):
    """A queue by its name, as metrics call it."""

    value: LastPart


class OldestMessage(
    MetricData,
    read=Metric(
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        per=QueueName,
        dimensions={"QueueName": "value"},
        statistic="Maximum",
        window=days(14),
    ),
):
    """How old the oldest message was, in seconds, by the day."""


def _verdict(found: Heard, namespaces: tuple[str, ...], *names: dict[str, str]) -> Verdict:
    told = watching(found.surely, namespaces, *names)
    if told.surely:
        return Holds(f"{told.surely[0]} reaches somebody")
    unsure = watching(found.perhaps, namespaces, *names)
    if told.perhaps or unsure.surely or unsure.perhaps:
        name = (*told.perhaps, *unsure.surely, *unsure.perhaps)[0]
        return CannotTell(f"it cannot be told whether {name} watches it, or who hears it")
    deaf = watching(found.deaf, namespaces, *names)
    return Fails(f"{deaf.surely[0]} watches it, and reaches nobody" if deaf.surely else "no alarm watches it")


@check(effort="low")
def failing_databases_are_heard(
    db: DBInstance, found: Heard, *, environment_tag: str = KEY, development: tuple[str, ...] = DEVELOPMENT
) -> Verdict:
    """An alarm on each database, or on its cluster, reaches somebody.

    Why: a full disk is told by an alarm days before, or by customers on the day.
    Fix: aws cloudwatch put-metric-alarm on FreeStorageSpace of the instance, with a topic that somebody is subscribed to.
    """
    if outside := in_development(db.tag_list, environment_tag, development):
        return outside
    names = [{"DBInstanceIdentifier": db.db_instance_identifier}]
    if db.db_cluster_identifier:
        names.append({"DBClusterIdentifier": db.db_cluster_identifier})
    return _verdict(found, _DATABASES, *names)


@check(effort="low")
def failing_balancers_are_heard(balancer: LoadBalancer, found: Heard) -> Verdict:
    """An alarm on each load balancer reaches somebody.

    Why: errors and sick targets show at the balancer first.
    Fix: aws cloudwatch put-metric-alarm on UnHealthyHostCount, with a topic that somebody is subscribed to.
    """
    return _verdict(found, _BALANCERS, {"LoadBalancer": balancer.load_balancer_arn.partition(":loadbalancer/")[2]})


@check(effort="low")
def queues_that_back_up_are_heard(queue: QueueName, age: OldestMessage, found: Heard, *, hours: int = 4) -> Verdict:
    """Queues in which a message waited for hours, dead letters among them, have an alarm that reaches somebody.

    Why: a queue hides a consumer that stands still, until its oldest messages are thrown away.
    Fix: aws cloudwatch put-metric-alarm on ApproximateAgeOfOldestMessage of the queue, with a topic that is listened to.
    """
    if not age.values:
        return NotApplicable("no age of a message was measured in the past 14 days")
    oldest = max(age.values) / 3600
    told = f"the oldest message of the past 14 days waited for {oldest:.1f} hours"
    if oldest < hours:
        return Holds(told)
    verdict = _verdict(found, ("AWS/SQS",), {"QueueName": queue.value})
    return type(verdict)(f"{told}; {verdict.because}")


@check(effort="medium")
def quotas_are_followed_by_something(
    alarms: AllRegions[Alarm],
    composites: AllRegions[Composite],
    subscriptions: AllRegions[Subscription],
    management: AllRegions[AutoManagement],
    rules: AllRegions[Rule],
    stacks: AllRegions[Stack],
    functions: AllRegions[Function],
    interfaces: AllRegions[AnyInterface],
    here: Target,
) -> Verdict:
    """In some region an alarm that reaches somebody, Service Quotas itself, a rule or a quota monitor acts on quotas that fill up.

    Why: who asks for an increase when a deployment fails waits for hours or days.
    Fix: turn on automatic management in Service Quotas, deploy the Quota Monitor solution, or alarms with SERVICE_QUOTA().
    """
    if not interfaces:
        return NotApplicable("no region has a network interface")
    by_rule = any(one.on and one.tells and one.is_about("aws.cloudwatch") for one in rules)
    watching_ = [one for one in alarms if watches_a_quota(one)]
    found = listen(
        watching_, composites, subscriptions, lambda topic: topic.split(":")[4:5] == [here.account], by_rule=by_rule
    )
    if found.surely:
        return Holds(f"alarms: {', '.join(sorted(one.alarm_name for one in found.surely)[:3])}")
    if any(one.opt_in_status == "ENABLED" for one in management):
        return Holds("automatic management is on")
    sources = ("aws.trustedadvisor", "aws.servicequotas")
    if ruled := sorted(one.name for one in rules if one.on and any(one.is_about(source) for source in sources)):
        return Holds(f"rules: {', '.join(ruled[:3])}")
    named = [one.stack_name for one in stacks] + [one.function_name for one in functions]
    if monitors := sorted({name for name in named if _MONITOR.search(name)}):
        return Holds(f"by its name: {monitors[0]}")
    if found.perhaps:
        return CannotTell(f"who hears the alarm {min(one.alarm_name for one in found.perhaps)} cannot be told")
    if found.deaf:
        name = min(one.alarm_name for one in found.deaf)
        return Fails(f"the alarm {name} reaches nobody; no automatic management, no rule and no quota monitor")
    return Fails("no alarm, no automatic management, no rule and no quota monitor")


@fact
def who_hears_alarms(found: Heard) -> str | None:
    """How many alarms somebody hears, and of how many that cannot be told."""
    total = len(found.surely) + len(found.perhaps) + len(found.deaf)
    if not total:
        return None
    unsure = f", of {len(found.perhaps)} it cannot be told" if found.perhaps else ""
    return f"{len(found.surely)} of {total} alarms reach somebody{unsure}"

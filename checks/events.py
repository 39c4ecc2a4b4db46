"""EventBridge: buses, rules, what the rules are about, and where they send what they match."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from checks.ec2.evidence import AnyInterface
from checks.guardduty import Administrator, DetectorId
from checks.securityhub import Hub
from scanner import (
    CannotTell,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    PolicyInText,
    Read,
    Verdict,
    check,
    derived,
    fact,
    lets_everyone,
)
from scanner import Target as Place

_HEALTH = "aws.health"
# How the types of a source's events begin, for rules that ask for the type alone.
_TYPES = {
    _HEALTH: ("AWS Health ",),
    "aws.guardduty": ("GuardDuty ",),
    "aws.securityhub": ("Security Hub ", "Findings Imported V2"),
    "aws.inspector2": ("Inspector2 ",),
    "aws.macie": ("Macie ",),
    "aws.access-analyzer": ("Access Analyzer ", "Unused Access Finding"),
    "aws.cloudwatch": ("CloudWatch Alarm ",),
}
# Services that do something with an event; the others hand it on or keep it.
_ACTING = ("lambda", "ssm", "states", "ecs", "batch", "codebuild", "codepipeline", "ec2", "ssm-incidents")


class EventBus(Evidence, read=Read("events:ListEventBuses", "EventBuses", arn="{arn}")):
    name: str
    arn: str
    policy: PolicyInText = None


class Rule(Evidence, read=Read("events:ListRules", "Rules", per=EventBus, args={"EventBusName": "name"}, arn="{arn}")):
    name: str
    arn: str
    state: str
    event_bus_name: str
    event_pattern: str | None = None
    schedule_expression: str | None = None
    managed_by: str | None = None

    @property
    def on(self) -> bool:
        return self.state != "DISABLED"

    @property
    def pattern(self) -> dict[str, Any]:
        found = json.loads(self.event_pattern) if self.event_pattern else {}
        if not isinstance(found, dict):
            raise TypeError("an event pattern is an object")
        return found

    def is_about(self, source: str) -> bool:
        """Does the pattern ask for events of this source, or of their types, by name or by a part of it?"""
        asked = self.pattern.get("source")
        if asked:
            return any(_names(one, source) for one in asked)
        types = self.pattern.get("detail-type") or []
        return any(isinstance(one, str) and one.startswith(_TYPES.get(source, ())) for one in types)

    @property
    def takes_many(self) -> bool:
        """Does it choose by something else than the source, so that events of any source may be among what it takes?"""
        pattern = self.pattern
        chosen = pattern.get("source")
        if not pattern or self.managed_by or (not chosen and pattern.get("detail-type")):
            return False
        named = ("prefix", "wildcard", "equals-ignore-case")
        return not chosen or not all(
            isinstance(one, str) or any(str(one.get(key) or "").strip("*") for key in named) for one in chosen
        )

    @property
    def tells(self) -> bool:
        """Is it of the account's own, or of User Notifications? What other services manage is for themselves."""
        return not self.managed_by or self.managed_by.startswith("notifications")


def _names(asked: Any, source: str) -> bool:
    """Does one of a pattern's values match the source by name, and not just everything?"""
    if not isinstance(asked, dict):
        return bool(asked == source)
    part, whole = str(asked.get("prefix") or ""), str(asked.get("wildcard") or "")
    if part or whole.strip("*"):
        return source.startswith(part) if part else fnmatchcase(source, whole)
    return str(asked.get("equals-ignore-case") or "").lower() == source


class DeadLetters(Part):
    arn: str | None = None


class RuleTarget(
    Evidence,
    read=Read(
        "events:ListTargetsByRule",
        "Targets",
        per=Rule,
        args={"Rule": "Rule.name", "EventBusName": "Rule.event_bus_name"},
    ),
):
    id: str
    arn: str
    dead_letter_config: DeadLetters | None = None

    @property
    def service(self) -> str:
        return self.arn.split(":")[2] if self.arn.count(":") >= 5 else "unknown"


@dataclass(frozen=True)
class Routed:
    """A rule with its targets."""

    rule: Rule
    targets: tuple[RuleTarget, ...]


@derived
def routed(rule: Rule, targets: list[RuleTarget]) -> Routed:
    """A rule and its own targets."""
    return Routed(rule, tuple(targets))


def rules_about(routes: Iterable[Routed], *sources: str) -> list[str]:
    """The rules that are on, that ask for events of one of these sources, and that have a target."""
    return sorted(
        one.rule.name
        for one in routes
        if one.rule.on and one.rule.tells and one.targets and any(one.rule.is_about(source) for source in sources)
    )


def rules_for_many(routes: Iterable[Routed]) -> list[str]:
    """The rules that are on, that have a target, and of which it is not told whether a source's events are among theirs."""
    return sorted(one.rule.name for one in routes if one.rule.on and one.targets and one.rule.takes_many)


@check(effort="low")
def rules_have_targets(route: Routed) -> Verdict:
    """Rules that are on have a target.

    Why: what a rule without a target matches is lost, and its name says that it is taken care of.
    Fix: aws events put-targets --rule NAME --targets Id=1,Arn=ARN; or delete the rule.
    """
    if not route.rule.on:
        return NotApplicable("the rule is disabled")
    if route.rule.managed_by:
        return NotApplicable(f"{route.rule.managed_by} manages it")
    if not route.targets:
        return Fails("the rule has no target")
    return Holds(f"targets: {', '.join(sorted({one.service for one in route.targets}))}")


@check(effort="low")
def failed_events_are_kept(route: Routed) -> Verdict:
    """Rules keep events that they could not deliver in a dead-letter queue.

    Why: EventBridge tries for a day and then drops the event.
    Fix: aws events put-targets --rule NAME --targets Id=1,Arn=ARN,DeadLetterConfig={Arn=QUEUE}
    """
    if not route.rule.on or not route.targets:
        return NotApplicable("the rule sends nothing")
    if route.rule.managed_by:
        return NotApplicable(f"{route.rule.managed_by} manages it")
    without = sorted(
        one.id for one in route.targets if one.dead_letter_config is None or not one.dead_letter_config.arn
    )
    if without:
        return Fails(f"no dead-letter queue for {', '.join(without[:5])}")
    return Holds(f"{len(route.targets)} targets have a dead-letter queue")


@check(effort="low")
def event_buses_are_not_public(bus: EventBus, here: Place) -> Verdict:
    """No event bus's policy lets everyone in.

    Why: whoever can put events onto a bus can make its rules act.
    Fix: name the accounts in the policy, or bind the wildcard with aws:PrincipalOrgID.
    """
    if bus.policy is None:
        return NotApplicable("the bus has no policy: its own account alone uses it")
    found = lets_everyone(bus.policy, here.account)
    return Fails(f"the policy is open: {found[0]}") if found else Holds("the policy lets in nobody in general")


@check(effort="low")
def health_events_are_told(routes: list[Routed], interfaces: list[AnyInterface]) -> Verdict:
    """Where something runs, a rule sends AWS Health's events to somebody.

    Why: AWS tells of its outages, and of hardware that it will retire, days before anybody else would notice.
    Fix: aws events put-rule --name health --event-pattern '{"source":["aws.health"]}', and a topic as its target.
    """
    if told := rules_about(routes, _HEALTH):
        return Holds(f"by the rule {told[0]}")
    if not interfaces:
        return NotApplicable("nothing in the region has a network interface")
    if many := rules_for_many(routes):
        return CannotTell(f"no rule names aws.health; {many[0]} takes events of many sources")
    return Fails("no rule with a target asks for events of aws.health")


@check(effort="low")
def security_findings_are_routed(
    routes: list[Routed], detectors: list[DetectorId], hub: Hub | None, administrators: list[Administrator]
) -> Verdict:
    """Where GuardDuty or Security Hub is on, a rule sends findings to somebody.

    Why: a finding that stands in a console is found by who looks there, which at night is nobody.
    Fix: aws events put-rule --name findings --event-pattern '{"source":["aws.securityhub"]}', and a topic as its target.
    """
    if not detectors and hub is None:
        return NotApplicable("GuardDuty and Security Hub are off here")
    # Security Hub takes in what the others find, and sends it on as its own.
    sources = (*(["aws.guardduty"] if detectors else []), *(["aws.securityhub"] if hub else []))
    if told := rules_about(routes, *sources):
        return Holds(f"by {', '.join(told[:3])}")
    if many := rules_for_many(routes):
        return CannotTell(f"no rule names {' or '.join(sources)}; {many[0]} takes events of many sources")
    if others := sorted(one.account_id for one in administrators if one.relationship_status == "Enabled"):
        return CannotTell(f"no rule here asks for findings; {others[0]} administers GuardDuty, and may have one")
    return Fails("no rule with a target asks for findings")


@fact
def rules(routes: list[Routed]) -> str | None:
    """How many rules there are, and which services they send to."""
    own = [one for one in routes if not one.rule.managed_by]
    if not own:
        return None
    kinds: dict[str, int] = {}
    for one in own:
        for kind in {target.service for target in one.targets}:
            kinds[kind] = kinds.get(kind, 0) + 1
    told = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])))
    timed = sum(one.rule.schedule_expression is not None for one in own)
    off = sum(not one.rule.on for one in own)
    return (
        f"{len(own)} event rules, {timed} of them on a schedule, {off} disabled; targets by service: {told or 'none'}"
    )


@fact
def responses(routes: list[Routed]) -> str | None:
    """Which events of AWS's services start something by themselves."""
    found: dict[str, set[str]] = {}
    for one in routes:
        acting = {target.service for target in one.targets if target.service in _ACTING}
        if one.rule.on and acting and not one.rule.managed_by:
            for source in one.rule.pattern.get("source") or []:
                if isinstance(source, str) and source.startswith("aws."):
                    found.setdefault(source, set()).update(acting)
    told = ", ".join(f"{source} starts {' and '.join(sorted(kinds))}" for source, kinds in sorted(found.items()))
    return f"events that start something: {told}" if told else None


@fact
def buses(found: list[EventBus], routes: list[Routed]) -> str | None:
    """Which event buses there are beside the default one, and which archives keep their events."""
    # An archive has a rule of this name on its bus, which EventBridge manages ("Archiving events", EventBridge user guide).
    archives = sorted(
        one.rule.name.removeprefix("Events-Archive-") for one in routes if one.rule.name.startswith("Events-Archive-")
    )
    own = sorted(one.name for one in found if one.name != "default")
    if not own and not archives:
        return None
    return f"event buses: {', '.join(own[:5]) or 'the default one'}; archives: {', '.join(archives[:5]) or 'none'}"

"""Emergency access and access for responders: whether somebody could act on the day on which the usual way in fails."""

import re

from checks.events import Rule
from checks.iam.evidence import Role, User
from checks.iam.statements import is_named, some
from checks.iam.trust import BREAK_GLASS, INCIDENT
from checks.logs import Alarm
from checks.organizations import Organization
from checks.trail_alarms.evidence import MetricFilter
from scanner import AllRegions, CannotTell, Fails, Holds, Verdict, check

_ROOT_IN_LOGS = re.compile(r'userIdentity\.type\s*=\s*"?Root"?', re.IGNORECASE)
_ROOT_IN_EVENTS = re.compile(r'"userIdentity"\s*:\s*\{[^}]*"type"\s*:\s*\[\s*"Root"')


@check(effort="medium")
def emergency_access_is_prepared(
    roles: list[Role],
    users: list[User],
    filters: AllRegions[MetricFilter],
    alarms: AllRegions[Alarm],
    rules: AllRegions[Rule],
    organizations: list[Organization],
    *,
    names: tuple[str, ...] = (*BREAK_GLASS, *INCIDENT),
) -> Verdict:
    """A role or user is kept for emergencies, or something tells of each use of the root user.

    Why: when the identity provider is down, whoever has no other way in has the root user or nothing.
    Fix: make a role for emergencies that asks for MFA, and an alarm on its use; give its name as `names` if it has another.
    """
    kept = [one.role_name for one in roles if is_named(one.role_name, names)]
    kept += [one.user_name for one in users if is_named(one.user_name, names)]
    if kept:
        return Holds(f"by their names kept for emergencies: {some(kept)}")
    watching = [one for one in filters if _ROOT_IN_LOGS.search(one.filter_pattern)]
    metrics = {(t.metric_namespace, t.metric_name) for one in watching for t in one.metric_transformations}
    told = [one.alarm_name for one in alarms if (one.namespace, one.metric_name) in metrics and one.alarm_actions]
    told += [one.name for one in rules if one.on and _ROOT_IN_EVENTS.search(one.event_pattern or "")]
    if told:
        return Holds(f"use of the root user is told by {some(told)}")
    if organizations:
        return CannotTell("nothing by its name; the organization may keep its emergency access in another account")
    return Fails("no role or user is named for emergencies, and nothing tells of use of the root user")


@check(effort="medium")
def responders_can_take_a_role(roles: list[Role]) -> Verdict:
    """People can take a role in the account, through a sign-in elsewhere or from another principal.

    Why: responders without a role work as somebody's user or as root, on the worst day to ask for permissions.
    Fix: make a role for responders ahead of time, trusted by the identity provider or by the security account, with MFA.
    """
    found = [
        one.role_name
        for one in roles
        if not one.path.startswith("/aws-service-role/")
        and (one.trusted("AWS") or any(":saml-provider/" in name for name in one.trusted("Federated")))
    ]
    named = [name for name in found if is_named(name, (*INCIDENT, *BREAK_GLASS))]
    if found:
        return Holds(f"{len(found)} roles can be taken; made for responders by their names: {some(named) or 'none'}")
    return Fails("no role lets a person in: responders would have to work as IAM users or as root")

"""Checks of web ACLs that are in use: of those of the region, and of those of CloudFront."""

from checks.wafv2.evidence import (
    Body,
    EdgeAclBody,
    EdgeLogging,
    Logging,
    WebAcl,
    WebAclBody,
)
from checks.wafv2.use import EdgeUse, Use
from scanner import CannotTell, Fails, Holds, Verdict, check, fact


def _logged(found: Logging | EdgeLogging | None) -> Verdict:
    if found is None:
        return Fails("nothing is logged")
    filtered = found.logging_configuration.logging_filter
    told = f"logged to {', '.join(found.logging_configuration.log_destination_configs)}"
    return Holds(f"{told}{'; a filter drops some' if filtered else ''}")


def _blocks(body: Body) -> Verdict:
    """Does anything stop a request? Groups whose rules are partly set to count prove neither."""
    doubts = []
    for rule in body.all_rules:
        managed, own = rule.statement.managed_rule_group_statement, rule.statement.rule_group_reference_statement
        if rule.action is not None and rule.action.stops:
            return Holds(f"the rule {rule.name} stops requests")
        if (managed is None and own is None) or rule.counts_only:
            continue
        if managed is not None and not managed.tamed:
            return Holds(f"the managed group {managed.name} acts")
        doubts.append(managed.name if managed is not None else rule.name)
    if body.default_action.block is not None:
        return Holds("what no rule allows is blocked")
    if doubts:
        return CannotTell(f"whether a rule of {', '.join(doubts)} still stops requests is not told")
    rules = len(body.all_rules)
    return Fails(f"none of its {rules} rules stops a request" if rules else "it has no rules")


def _managed(body: Body) -> Verdict:
    groups = [(one, one.statement.managed_rule_group_statement) for one in body.all_rules]
    named = [(rule, group) for rule, group in groups if group is not None]
    acting = [group.name for rule, group in named if not rule.counts_only and not group.tamed]
    if acting:
        return Holds(f"managed groups: {', '.join(acting[:5])}")
    doubts = [group.name for rule, group in named if not rule.counts_only]
    if doubts:
        return CannotTell(f"whether a rule of {', '.join(doubts[:5])} still acts is not told")
    return Fails(f"{len(named)} managed groups only count" if named else "no managed rule group")


def _limited(body: Body) -> Verdict:
    if body.limits_rates:
        return Holds("a rate-based rule stops requests")
    if body.own_groups:
        return CannotTell(f"whether a rule of {', '.join(body.own_groups[:5])} limits rates was not read")
    return Fails("no rate-based rule stops requests")


@check(effort="low")
def requests_are_logged(found: Logging | None, used: Use) -> Verdict:
    """Web ACLs that are in use log the requests that they see.

    Why: without the log nobody can tell an attack from a customer whom a rule turned away.
    Fix: aws wafv2 put-logging-configuration --logging-configuration ResourceArn=ARN,LogDestinationConfigs=…
    """
    return used.idle or _logged(found)


@check(effort="low")
def edge_requests_are_logged(found: EdgeLogging | None, used: EdgeUse) -> Verdict:
    """Web ACLs that stand before distributions or Amplify apps log the requests that they see.

    Why: without the log nobody can tell an attack from a customer whom a rule turned away.
    Fix: aws wafv2 put-logging-configuration --region us-east-1 --logging-configuration ResourceArn=ARN,…
    """
    return used.idle or _logged(found)


@check(effort="medium")
def web_acls_stop_requests(body: WebAclBody, used: Use) -> Verdict:
    """Web ACLs that are in use have a rule that stops requests, and not only rules that count.

    Why: a web ACL that counts watches the attack go by.
    Fix: set the override action of its rule groups to none, once their counts are understood.
    """
    return used.idle or _blocks(body.web_acl)


@check(effort="medium")
def edge_web_acls_stop_requests(body: EdgeAclBody, used: EdgeUse) -> Verdict:
    """Web ACLs before distributions or Amplify apps have a rule that stops requests, and not only rules that count.

    Why: a web ACL that counts watches the attack go by.
    Fix: set the override action of its rule groups to none, once their counts are understood.
    """
    return used.idle or _blocks(body.web_acl)


@check(effort="low")
def web_acls_use_managed_rules(body: WebAclBody, used: Use) -> Verdict:
    """Web ACLs that are in use act on a managed rule group.

    Why: new attacks are written into managed groups by people who do nothing else.
    Fix: add AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet, first counting, then acting.
    """
    return used.idle or _managed(body.web_acl)


@check(effort="low")
def edge_web_acls_use_managed_rules(body: EdgeAclBody, used: EdgeUse) -> Verdict:
    """Web ACLs before distributions or Amplify apps act on a managed rule group.

    Why: new attacks are written into managed groups by people who do nothing else.
    Fix: add AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet, first counting, then acting.
    """
    return used.idle or _managed(body.web_acl)


@check(effort="low")
def web_acls_limit_rates(body: WebAclBody, used: Use) -> Verdict:
    """Web ACLs that are in use stop who asks too often.

    Why: without a rate-based rule one client can use up what was meant for all.
    Fix: add a rate-based rule that blocks, with a limit above what a person does.
    """
    return used.idle or _limited(body.web_acl)


@check(effort="low")
def edge_web_acls_limit_rates(body: EdgeAclBody, used: EdgeUse) -> Verdict:
    """Web ACLs before distributions or Amplify apps stop who asks too often.

    Why: without a rate-based rule one client can use up what was meant for all.
    Fix: add a rate-based rule that blocks, with a limit above what a person does.
    """
    return used.idle or _limited(body.web_acl)


@fact
def web_acls(acls: list[WebAcl]) -> str | None:
    """Which web ACLs the region has."""
    names = sorted(one.name for one in acls)
    return f"{len(names)} web ACLs: {', '.join(names[:10])}" if names else None

"""Checks of what the internet reaches: whether a web ACL stands before it, and whether anything limits its callers."""

from checks.apigateway import AccountThrottle, Resource, RestApi, Stage, UsagePlan, nobody_calls
from checks.appsync import GraphqlApi
from checks.doors import Door
from checks.ec2.rules import SecurityGroup, WideLists
from checks.elbv2.evidence import LoadBalancer
from checks.wafv2.evidence import BalancersAcl, Fronted, RateLimitingAcls
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict, check


@check(effort="medium")
def public_balancers_have_a_web_acl(
    balancer: LoadBalancer,
    acl: BalancersAcl | None,
    groups: list[SecurityGroup],
    wide: WideLists,
    front: Fronted,
) -> Verdict:
    """A web ACL stands before each application load balancer that the internet reaches.

    Why: known attacks on web applications arrive by the hour and need no skill.
    Fix: aws wafv2 associate-web-acl --web-acl-arn ACL --resource-arn ARN
    """
    if balancer.type != "application":
        return NotApplicable(f"WAF cannot stand before a {balancer.type} load balancer")
    if balancer.scheme == "internal":
        return NotApplicable("the load balancer is internal")
    if acl is not None:
        return Holds(f"web ACL {acl.name}")
    own = [one for one in groups if one.group_id in balancer.security_groups]
    rules = [rule for one in own for rule in one.ip_permissions]
    if len(own) == len(balancer.security_groups) > 0 and not any(rule.opened_by(wide.ids) for rule in rules):
        return NotApplicable("its security groups do not let in everybody")
    return front.of(balancer.dns_name) or Fails("no web ACL")


@check(effort="medium")
def public_stages_have_a_web_acl(
    api: RestApi, stage: Stage, front: Fronted, doors: list[Door], here: Target
) -> Verdict:
    """A web ACL stands before each stage of a public REST API.

    Why: known attacks on web applications arrive by the hour and need no skill.
    Fix: aws wafv2 associate-web-acl --web-acl-arn ACL --resource-arn ARN
    """
    if api.is_private:
        return NotApplicable("the API is private")
    if stage.web_acl_arn:
        return Holds(f"web ACL {stage.web_acl_arn.rpartition('webacl/')[2].partition('/')[0] or stage.web_acl_arn}")
    host = f"{api.id}.execute-api.{here.region}.amazonaws.com"
    return nobody_calls(api, doors) or front.of(host) or Fails("no web ACL")


@check(effort="medium")
def public_graphql_apis_have_a_web_acl(api: GraphqlApi) -> Verdict:
    """A web ACL stands before each public GraphQL API.

    Why: one deep query costs as much as thousands of plain ones, and known attacks arrive by the hour.
    Fix: aws wafv2 associate-web-acl --web-acl-arn ACL --resource-arn ARN
    """
    if api.visibility == "PRIVATE":
        return NotApplicable("the API is private")
    return Holds(f"web ACL {api.waf_web_acl_arn}") if api.waf_web_acl_arn else Fails("no web ACL")


@check(effort="low")
def public_stages_are_throttled(
    api: RestApi,
    stage: Stage,
    resources: list[Resource],
    account: AccountThrottle,
    plans: list[UsagePlan],
    limiting: RateLimitingAcls,
    doors: list[Door],
) -> Verdict:
    """Stages of public REST APIs limit the rate of calls by themselves, by a usage plan or by a web ACL.

    Why: where only the account's limit holds, one noisy client takes the calls of all the others.
    Fix: aws apigateway update-stage … --patch-operations op=replace,path=/*/*/throttling/rateLimit,value=100
    """
    if api.is_private:
        return NotApplicable("the API is private")
    rates = [one.throttling_rate_limit for one in stage.settings.values()]
    if stage.for_all is not None and all(rate is not None and 0 <= rate < account.rate_limit for rate in rates):
        return Holds(
            f"{stage.for_all.throttling_rate_limit:g} calls a second, below the account's {account.rate_limit:g}"
        )
    if stage.web_acl_arn and stage.web_acl_arn in limiting.arns:
        return Holds("a rate-based rule of its web ACL stops who asks too often")
    methods = [method for one in resources for verb, method in one.methods.items() if verb != "OPTIONS"]
    planned = [
        plan.throttle
        for plan in plans
        if any(one.api_id == api.id and one.stage == stage.stage_name for one in plan.api_stages)
    ]
    if methods and all(one.api_key_required for one in methods) and planned and all(one is not None for one in planned):
        return Holds("every method asks for a key, and each usage plan throttles")
    if stage.web_acl_arn in limiting.unsure:
        return CannotTell("whether a rule group of its web ACL limits rates was not read")
    return nobody_calls(api, doors) or Fails(f"only the account's {account.rate_limit:g} calls a second limit it")

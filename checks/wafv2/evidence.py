"""What WAF says of web ACLs and of what they stand before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.apigateway import Stage
from checks.appsync import EventApi, GraphqlApi
from checks.cloudfront import Distribution
from checks.elbv2.evidence import LoadBalancer
from scanner import CannotTell, Evidence, NotApplicable, Part, Read, derived
from scanner.access.inventory import NotSeen

UNUSED = NotApplicable("nothing uses it")
_NO_LOG = frozenset({"WAFNonexistentItemException"})  # the web ACL was listed, so it is its logging that is not there


class WebAcl(Evidence, read=Read("wafv2:ListWebACLs", "WebACLs", fixed={"Scope": "REGIONAL"}, arn="{arn}")):
    name: str
    id: str
    arn: str


class EdgeAcl(
    Evidence,
    read=Read("wafv2:ListWebACLs", "WebACLs", fixed={"Scope": "CLOUDFRONT"}, arn="{arn}", scope="global"),
):
    """A web ACL for CloudFront; they all live in the partition's first region."""

    name: str
    id: str
    arn: str


class Is(Part):
    """A member whose presence is all that it says."""


class ActionTaken(Part):
    block: Is | None = None
    captcha: Is | None = None
    challenge: Is | None = None

    @property
    def stops(self) -> bool:
        return bool(self.block or self.captcha or self.challenge)


class Overridden(Part):
    count: Is | None = None


class RuleOverride(Part):
    action_to_use: ActionTaken


class ManagedGroup(Part):
    name: str
    rule_action_overrides: tuple[RuleOverride, ...] = ()
    excluded_rules: tuple[Is, ...] = ()  # the older way to have rules count only

    @property
    def tamed(self) -> int:
        """How many of its rules were told to count, or to allow, what they would stop. How many it has is not told."""
        return sum(not one.action_to_use.stops for one in self.rule_action_overrides) + len(self.excluded_rules)


class OwnGroup(Part):
    arn: str


class GroupStatement(Part):
    managed_rule_group_statement: ManagedGroup | None = None
    rule_group_reference_statement: OwnGroup | None = None


class Statement(GroupStatement):
    rate_based_statement: Is | None = None


class Rule(Part):
    name: str
    statement: Statement
    action: ActionTaken | None = None  # of a rule group, the override says what is done
    override_action: Overridden | None = None

    @property
    def counts_only(self) -> bool:
        return self.override_action is not None and self.override_action.count is not None


class ManagerGroup(Part):
    """A rule group that Firewall Manager puts before or after the rules of the web ACL."""

    name: str
    firewall_manager_statement: GroupStatement
    override_action: Overridden

    @property
    def rule(self) -> Rule:
        statement = Statement(
            managed_rule_group_statement=self.firewall_manager_statement.managed_rule_group_statement,
            rule_group_reference_statement=self.firewall_manager_statement.rule_group_reference_statement,
        )
        return Rule(name=self.name, statement=statement, override_action=self.override_action)


class Default(Part):
    block: Is | None = None


class Body(Part):
    default_action: Default
    rules: tuple[Rule, ...] = ()
    pre_process_firewall_manager_rule_groups: tuple[ManagerGroup, ...] = ()
    post_process_firewall_manager_rule_groups: tuple[ManagerGroup, ...] = ()

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        others = (*self.pre_process_firewall_manager_rule_groups, *self.post_process_firewall_manager_rule_groups)
        return (*self.rules, *(one.rule for one in others))

    @property
    def own_groups(self) -> list[str]:
        """The rules that lead to rule groups of the account's own, whose rules are not read."""
        return [
            one.name
            for one in self.all_rules
            if one.statement.rule_group_reference_statement is not None and not one.counts_only
        ]

    @property
    def limits_rates(self) -> bool:
        """Is there a rate-based rule that stops who asks too often?"""
        return any(
            one.statement.rate_based_statement is not None and one.action is not None and one.action.stops
            for one in self.rules
        )


class WebAclBody(
    Evidence,
    read=Read("wafv2:GetWebACL", per=WebAcl, args={"Name": "name", "Id": "id"}, fixed={"Scope": "REGIONAL"}),
):
    web_acl: Body


class EdgeAclBody(
    Evidence,
    read=Read("wafv2:GetWebACL", per=EdgeAcl, args={"Name": "name", "Id": "id"}, fixed={"Scope": "CLOUDFRONT"}),
):
    web_acl: Body


class Filter(Part):
    default_behavior: str


class Destination(Part):
    log_destination_configs: tuple[str, ...]
    logging_filter: Filter | None = None


class Logging(
    Evidence,
    read=Read("wafv2:GetLoggingConfiguration", per=WebAcl, args={"ResourceArn": "arn"}, absent=_NO_LOG),
):
    logging_configuration: Destination


class EdgeLogging(
    Evidence,
    read=Read("wafv2:GetLoggingConfiguration", per=EdgeAcl, args={"ResourceArn": "arn"}, absent=_NO_LOG),
):
    logging_configuration: Destination


class BalancersAcl(
    Evidence,
    read=Read(
        "wafv2:GetWebACLForResource",
        "WebACL",
        per=LoadBalancer,
        args={"ResourceArn": "load_balancer_arn"},
        when={"type": "application"},
        omitted_if_empty=True,  # "If there is no associated resource, WAF returns a null web ACL" (API reference)
    ),
):
    """The web ACL before an application load balancer, also one that Firewall Manager made."""

    arn: str
    name: str


_STANDS_BEFORE, _ACL, _KIND = "wafv2:ListResourcesForWebACL", {"WebACLArn": "arn"}, "ResourceType"
# Where WAF does not know the kind, nothing of it can have a web ACL (API reference, WAFInvalidParameterException and its fields).
_NO_SUCH_KIND = frozenset({"WAFInvalidParameterException: RESOURCE_TYPE"})


class OfUserPools(
    Evidence,
    read=Read(
        _STANDS_BEFORE,
        "ResourceArns",
        per=WebAcl,
        args=_ACL,
        fixed={_KIND: "COGNITO_USER_POOL"},
        absent=_NO_SUCH_KIND,
        omitted_if_empty=True,
    ),
):
    """A Cognito user pool that a web ACL stands before."""

    value: str


class OfServices(
    Evidence,
    read=Read(
        _STANDS_BEFORE,
        "ResourceArns",
        per=WebAcl,
        args=_ACL,
        fixed={_KIND: "APP_RUNNER_SERVICE"},
        absent=_NO_SUCH_KIND,
        omitted_if_empty=True,
    ),
):
    """An App Runner service that a web ACL stands before."""

    value: str


class OfVerifiedAccess(
    Evidence,
    read=Read(
        _STANDS_BEFORE,
        "ResourceArns",
        per=WebAcl,
        args=_ACL,
        fixed={_KIND: "VERIFIED_ACCESS_INSTANCE"},
        absent=_NO_SUCH_KIND,
        omitted_if_empty=True,
    ),
):
    """A Verified Access instance that a web ACL stands before."""

    value: str


class OfAgentGateways(
    Evidence,
    read=Read(
        _STANDS_BEFORE,
        "ResourceArns",
        per=WebAcl,
        args=_ACL,
        fixed={_KIND: "AGENTCORE_GATEWAY"},
        absent=_NO_SUCH_KIND,
        omitted_if_empty=True,
    ),
):
    """A gateway of AgentCore that a web ACL stands before."""

    value: str


class OfApps(
    Evidence,
    read=Read(
        _STANDS_BEFORE,
        "ResourceArns",
        per=EdgeAcl,
        args=_ACL,
        fixed={_KIND: "AMPLIFY"},
        absent=_NO_SUCH_KIND,
        omitted_if_empty=True,
    ),
):
    """An Amplify app that a web ACL stands before; its scope is CloudFront's."""

    value: str


class OfTenants(
    Evidence,
    read=Read(
        "cloudfront:ListDistributionTenantsByCustomization",
        "DistributionTenantList",
        per=EdgeAcl,
        args={"WebACLArn": "arn"},
        omitted_if_empty=True,
    ),
):
    """A tenant of a distribution that has a web ACL of its own."""

    id: str


@dataclass(frozen=True)
class AclsInUse:
    """The web ACLs that a load balancer, an API or a distribution of the target names."""

    arns: frozenset[str]


@derived
def acls_in_use(
    balancers: list[BalancersAcl], stages: list[Stage], apis: list[GraphqlApi], event_apis: list[EventApi]
) -> AclsInUse:
    """Which web ACLs stand before a load balancer, a stage of a REST API, a GraphQL or an Event API."""
    named = [*(one.arn for one in balancers), *(one.web_acl_arn for one in stages)]
    named += [*(one.waf_web_acl_arn for one in apis), *(one.waf_web_acl_arn for one in event_apis)]
    return AclsInUse(frozenset(arn for arn in named if arn))


Asked = Sequence[Evidence] | NotSeen


@dataclass(frozen=True)
class Use:
    """Whether a web ACL of a region stands before anything; `idle` says why it is not judged, and is None where it does."""

    idle: NotApplicable | CannotTell | None


@dataclass(frozen=True)
class EdgeUse:
    """The same of a web ACL for CloudFront."""

    idle: NotApplicable | CannotTell | None


@derived
def use(
    acl: WebAcl,
    named: AclsInUse,
    pools: list[OfUserPools] | NotSeen,
    services: list[OfServices] | NotSeen,
    instances: list[OfVerifiedAccess] | NotSeen,
    gateways: list[OfAgentGateways] | NotSeen,
) -> Use:
    """What a web ACL stands before: as what it stands before names it, and for the other kinds as WAF tells."""
    asked: dict[str, Asked] = {
        "user pools": pools,
        "App Runner services": services,
        "Verified Access instances": instances,
        "AgentCore gateways": gateways,
    }
    return Use(None if acl.arn in named.arns else _idle(asked))


@derived
def edge_use(
    acl: EdgeAcl,
    distributions: list[Distribution],
    tenants: list[OfTenants] | NotSeen,
    apps: list[OfApps] | NotSeen,
) -> EdgeUse:
    """Whether a web ACL stands before a distribution, a tenant of one, or an app of Amplify."""
    named = any(one.web_acl_id == acl.arn for one in distributions)
    asked: dict[str, Asked] = {"tenants of distributions": tenants, "Amplify apps": apps}
    return EdgeUse(None if named else _idle(asked))


def _idle(asked: Mapping[str, Asked]) -> NotApplicable | CannotTell | None:
    if any(one for one in asked.values() if not isinstance(one, NotSeen)):
        return None
    unseen = [what for what, one in asked.items() if isinstance(one, NotSeen)]
    return CannotTell(f"nothing else uses it; whether {' or '.join(unseen)} do was not told") if unseen else UNUSED


@dataclass(frozen=True)
class Fronted:
    """Names of origins that a distribution with a web ACL stands before, each with that distribution."""

    by_name: dict[str, str]

    def of(self, name: str | None) -> CannotTell | None:
        """Behind CloudFront, a web ACL there sees what comes that way. Whether the origin takes requests that do not is not told."""
        found = self.by_name.get((name or "").lower())
        return CannotTell(f"{found}, which has a web ACL, stands before it, and may be passed by") if found else None


@derived
def fronted(distributions: list[Distribution]) -> Fronted:
    """What is behind CloudFront with a web ACL, as far as the origin is named by its own name."""
    found = [one for one in distributions if one.enabled and one.web_acl_id]
    return Fronted({origin.domain_name.lower(): one.arn for one in found for origin in one.origins.items})


@dataclass(frozen=True)
class RateLimitingAcls:
    """The web ACLs of the region with a rate-based rule that stops requests, and those of which that is not known."""

    arns: frozenset[str]
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Limiting:
    """One web ACL, and whether it limits rates."""

    arn: str
    limits: bool
    unsure: bool = False


@derived
def limiting(acl: WebAcl, body: WebAclBody) -> Limiting:
    """Whether one web ACL limits rates."""
    return Limiting(acl.arn, body.web_acl.limits_rates, bool(body.web_acl.own_groups))


@derived
def rate_limiting_acls(acls: list[Limiting]) -> RateLimitingAcls:
    """Which web ACLs limit rates."""
    return RateLimitingAcls(
        frozenset(one.arn for one in acls if one.limits),
        frozenset(one.arn for one in acls if one.unsure and not one.limits),
    )

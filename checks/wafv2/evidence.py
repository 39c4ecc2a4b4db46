"""What WAF says of web ACLs and of what they stand before."""

from dataclasses import dataclass

from checks.cloudfront import Distribution
from checks.elbv2.evidence import LoadBalancer
from scanner import CannotTell, Evidence, Part, Read, derived

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

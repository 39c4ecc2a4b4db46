"""What web ACLs stand before: as what they stand before names them, and for the other kinds as WAF tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.apigateway import Stage
from checks.appsync import EventApi, GraphqlApi
from checks.cloudfront import Distribution
from checks.wafv2.evidence import BalancersAcl, EdgeAcl, WebAcl
from scanner import CannotTell, Evidence, NotApplicable, Read, derived
from scanner.access.inventory import NotSeen

UNUSED = NotApplicable("nothing uses it")

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

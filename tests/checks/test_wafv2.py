"""Web ACLs and what they stand before, against real clients and as tables."""

from contextlib import AbstractContextManager
from typing import Any

import pytest

from checks import appsync
from checks.apigateway import AccountThrottle, Resource, RestApi, Stage, UsagePlan
from checks.doors import Door
from checks.wafv2 import acls, front
from checks.wafv2.evidence import (
    Body,
    EdgeAcl,
    Fronted,
    RateLimitingAcls,
    WebAcl,
)
from checks.wafv2.use import UNUSED, AclsInUse, EdgeUse, OfApps, OfUserPools, Use, edge_use, use
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from scanner.access.inventory import NotSeen
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
MANAGED = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}}
RATE = {"RateBasedStatement": {"Limit": 1000, "AggregateKeyType": "IP"}}
REGION = "region:us-east-1"


def rule(name: str, statement: dict[str, Any], **how: Any) -> dict[str, Any]:
    return {"Name": name, "Priority": len(name), "Statement": statement, "VisibilityConfig": SEEN, **how}


def make_acl(aws: Emulator, name: str, *rules: dict[str, Any], scope: str = "REGIONAL") -> str:
    made = aws.client("wafv2").create_web_acl(
        Name=name, Scope=scope, DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=list(rules)
    )
    arn: str = made["Summary"]["ARN"]
    return arn


def make_balancer(aws: Emulator, name: str, **how: Any) -> str:
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    made = aws.client("elbv2").create_load_balancer(Name=name, Subnets=subnets, **how)
    arn: str = made["LoadBalancers"][0]["LoadBalancerArn"]
    return arn


def make_group(aws: Emulator, name: str, cidr: str) -> str:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    made: str = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    rules = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}]
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=rules)
    return made


def test_load_balancers_and_their_acls(aws: Emulator) -> None:
    good = make_acl(
        aws,
        "good",
        rule("managed", MANAGED, OverrideAction={"None": {}}),
        rule("rate", RATE, Action={"Block": {}}),
    )
    counting = make_acl(aws, "counting", rule("managed", MANAGED, OverrideAction={"Count": {}}))
    idle = make_acl(aws, "idle")
    everybody, office = make_group(aws, "everybody", "0.0.0.0/0"), make_group(aws, "office", "203.0.113.0/24")
    guarded = make_balancer(aws, "guarded", Scheme="internet-facing", SecurityGroups=[everybody])
    watched = make_balancer(aws, "watched", Scheme="internet-facing", SecurityGroups=[everybody])
    bare = make_balancer(aws, "bare", Scheme="internet-facing", SecurityGroups=[everybody])
    closed = make_balancer(aws, "closed", Scheme="internet-facing", SecurityGroups=[office])
    inside = make_balancer(aws, "inside", Scheme="internal", SecurityGroups=[everybody])
    network = make_balancer(aws, "network", Type="network", Scheme="internet-facing")
    waf = aws.client("wafv2")
    waf.associate_web_acl(WebACLArn=good, ResourceArn=guarded)
    waf.associate_web_acl(WebACLArn=counting, ResourceArn=watched)
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:aws-waf-logs-a"
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": good, "LogDestinationConfigs": [group]})
    seen = judge_all(
        aws,
        "wafv2",
        [
            "public_balancers_have_a_web_acl",
            "requests_are_logged",
            "web_acls_stop_requests",
            "web_acls_use_managed_rules",
            "web_acls_limit_rates",
            "web_acls",
        ],
    )
    assert seen["public_balancers_have_a_web_acl"] == {
        guarded: ("holds", "web ACL good"),
        watched: ("holds", "web ACL counting"),
        bare: ("fails", "no web ACL"),
        closed: ("not applicable", "its security groups do not let in everybody"),
        inside: ("not applicable", "the load balancer is internal"),
        network: ("not applicable", "WAF cannot stand before a network load balancer"),
    }
    unused = ("not applicable", UNUSED.because)
    assert seen["requests_are_logged"] == {
        good: ("holds", f"logged to {group}"),
        counting: ("fails", "nothing is logged"),
        idle: unused,
    }
    assert seen["web_acls_stop_requests"] == {
        good: ("holds", "the managed group AWSManagedRulesCommonRuleSet acts"),
        counting: ("fails", "none of its 1 rules stops a request"),
        idle: unused,
    }
    assert seen["web_acls_use_managed_rules"] == {
        good: ("holds", "managed groups: AWSManagedRulesCommonRuleSet"),
        counting: ("fails", "1 managed groups only count"),
        idle: unused,
    }
    assert seen["web_acls_limit_rates"] == {
        good: ("holds", "a rate-based rule stops requests"),
        counting: ("fails", "no rate-based rule stops requests"),
        idle: unused,
    }
    assert seen["web_acls"] == {REGION: ("told", "3 web ACLs: counting, good, idle")}


def distribute(aws: Emulator, acl: str, domain: str) -> str:
    """A distribution behind a web ACL."""
    origin = {"Id": "o", "DomainName": domain, "CustomOriginConfig": {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}  # fmt: skip
    made = aws.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": acl,
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
            "WebACLId": acl,
        }
    )
    arn: str = made["Distribution"]["ARN"]
    return arn


def test_acls_of_cloudfront(aws: Emulator) -> None:
    acting = rule("managed", MANAGED, OverrideAction={"None": {}})
    good = make_acl(aws, "good", acting, rule("rate", RATE, Action={"Block": {}}), scope="CLOUDFRONT")
    bad = make_acl(aws, "bad", rule("rate", RATE, Action={"Count": {}}), scope="CLOUDFRONT")
    idle = make_acl(aws, "idle", scope="CLOUDFRONT")
    for acl in (good, bad):
        distribute(aws, acl, "x.example.com")
    stream = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/aws-waf-logs-a"
    logged = {"ResourceArn": good, "LogDestinationConfigs": [stream]}
    aws.client("wafv2").put_logging_configuration(LoggingConfiguration=logged)
    unused = {idle: ("not applicable", UNUSED.because)}
    expected = {
        "edge_requests_are_logged": {
            good: ("holds", f"logged to {stream}"),
            bad: ("fails", "nothing is logged"),
            **unused,
        },
        "edge_web_acls_stop_requests": {
            good: ("holds", "the managed group AWSManagedRulesCommonRuleSet acts"),
            bad: ("fails", "none of its 1 rules stops a request"),
            **unused,
        },
        "edge_web_acls_use_managed_rules": {
            good: ("holds", "managed groups: AWSManagedRulesCommonRuleSet"),
            bad: ("fails", "no managed rule group"),
            **unused,
        },
        "edge_web_acls_limit_rates": {
            good: ("holds", "a rate-based rule stops requests"),
            bad: ("fails", "no rate-based rule stops requests"),
            **unused,
        },
    }
    assert judge_all(aws, "wafv2", expected) == expected


def test_apis(aws: Emulator) -> None:
    client = aws.client("apigateway")
    api = client.create_rest_api(name="shop", endpointConfiguration={"types": ["REGIONAL"]})["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    client.put_integration_response(restApiId=api, resourceId=root, httpMethod="GET", statusCode="200")
    deployed = client.create_deployment(restApiId=api)["id"]
    client.create_stage(restApiId=api, stageName="live", deploymentId=deployed)
    stage = f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/live"
    seen = judge_all(aws, "wafv2", ["public_stages_have_a_web_acl", "public_stages_are_throttled"])
    assert seen["public_stages_have_a_web_acl"] == {stage: ("fails", "no web ACL")}
    assert seen["public_stages_are_throttled"] == {stage: ("fails", "only the account's 10000 calls a second limit it")}
    acl = make_acl(aws, "limiting", rule("rate", RATE, Action={"Block": {}}))
    aws.client("wafv2").associate_web_acl(WebACLArn=acl, ResourceArn=stage)
    assert aws.judge("wafv2.public_stages_have_a_web_acl") == {stage: ("holds", "web ACL limiting")}
    assert aws.judge("wafv2.public_stages_are_throttled") == {
        stage: ("holds", "a rate-based rule of its web ACL stops who asks too often")
    }
    graph = aws.client("appsync")
    key = graph.create_graphql_api(name="key", authenticationType="API_KEY")["graphqlApi"]["arn"]
    signed = graph.create_graphql_api(
        name="iam",
        authenticationType="AWS_IAM",
        visibility="PRIVATE",
        xrayEnabled=True,
        logConfig={"fieldLogLevel": "ERROR", "cloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/logs"},
    )["graphqlApi"]["arn"]
    guarded = graph.create_graphql_api(name="guarded", authenticationType="AWS_IAM")["graphqlApi"]["arn"]
    listed = graph.list_graphql_apis()["graphqlApis"]
    for one in listed:
        if one["name"] == "guarded":
            one["wafWebAclArn"] = acl  # which moto does not tell
    with answering("appsync", {"ListGraphqlApis": {"graphqlApis": listed}}):
        assert aws.judge("wafv2.public_graphql_apis_have_a_web_acl") == {
            key: ("fails", "no web ACL"),
            guarded: ("holds", f"web ACL {acl}"),
            signed: ("not applicable", "the API is private"),
        }
    graph.delete_graphql_api(apiId=guarded.rpartition("/")[2])
    seen = judge_all(aws, "appsync", ["apis_authenticate_their_callers", "requests_are_logged", "requests_are_traced"])
    assert seen["apis_authenticate_their_callers"] == {
        key: ("fails", "takes API_KEY"),
        signed: ("holds", "takes AWS_IAM"),
    }
    assert seen["requests_are_logged"] == {
        key: ("fails", "logging is off"),
        signed: ("holds", "requests are logged; fields at ERROR"),
    }
    assert seen["requests_are_traced"] == {
        key: ("fails", "tracing is off"),
        signed: ("holds", "tracing is on"),
    }

    def chat(name: str, kind: str, **more: Any) -> str:
        modes = ("authProviders", "connectionAuthModes", "defaultPublishAuthModes", "defaultSubscribeAuthModes")
        config = {mode: [{"authType": kind}] for mode in modes}
        return str(graph.create_api(name=name, eventConfig={**config, **more})["api"]["apiArn"])

    logs = {"logLevel": "ERROR", "cloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/logs"}
    loose, close = chat("loose", "API_KEY"), chat("close", "AWS_IAM", logConfig=logs)
    seen = judge_all(aws, "appsync", ["event_apis_authenticate_their_callers", "events_are_logged"])
    assert seen == {
        "event_apis_authenticate_their_callers": {
            loose: ("fails", "takes API_KEY"),
            close: ("holds", "takes AWS_IAM"),
        },
        "events_are_logged": {loose: ("fails", "logging is off"), close: ("holds", "the log level is ERROR")},
    }
    silent = appsync.EventApi(name="a", api_arn="a")
    told = CannotTell("AWS does not tell how it knows its callers")
    assert appsync.event_apis_authenticate_their_callers(silent) == told
    assert appsync.events_are_logged(silent) == Fails("logging is off")


def body(*rules: dict[str, Any], **changes: Any) -> Body:
    return Body.model_validate({"default_action": {}, "rules": rules} | changes)


def managed(counted: int = 0, **how: Any) -> dict[str, Any]:
    overrides: tuple[dict[str, Any], ...] = tuple({"action_to_use": {"count": {}}} for _ in range(counted))
    group = {"name": "Common", "rule_action_overrides": overrides}
    return {"name": "managed", "statement": {"managed_rule_group_statement": group}, **how}


OWN = {"name": "own", "statement": {"rule_group_reference_statement": {"arn": "g"}}, "override_action": {}}
BLOCKING = {"name": "block", "statement": {}, "action": {"block": {}}}
EXCLUDING = managed(override_action={})
EXCLUDING["statement"]["managed_rule_group_statement"]["excluded_rules"] = ({},)
STRICTER = managed(override_action={})
STRICTER["statement"]["managed_rule_group_statement"]["rule_action_overrides"] = ({"action_to_use": {"captcha": {}}},)
COUNTING = {"name": "count", "statement": {}, "action": {}}
MANAGER = {
    "name": "fms",
    "firewall_manager_statement": {"managed_rule_group_statement": {"name": "Common"}},
    "override_action": {},
}


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (body(), Fails("it has no rules")),
        (body(COUNTING), Fails("none of its 1 rules stops a request")),
        (body(COUNTING, BLOCKING), Holds("the rule block stops requests")),
        (body(managed(override_action={"count": {}})), Fails("none of its 1 rules stops a request")),
        (body(managed(override_action={})), Holds("the managed group Common acts")),
        (body(managed(2, override_action={})), CannotTell("whether a rule of Common still stops requests is not told")),
        (body(EXCLUDING), CannotTell("whether a rule of Common still stops requests is not told")),
        (body(STRICTER), Holds("the managed group Common acts")),
        (body(OWN), CannotTell("whether a rule of own still stops requests is not told")),
        (body(OWN, BLOCKING), Holds("the rule block stops requests")),
        (body(default_action={"block": {}}), Holds("what no rule allows is blocked")),
        (body(pre_process_firewall_manager_rule_groups=(MANAGER,)), Holds("the managed group Common acts")),
    ],
)
def test_what_stops_requests(one: Body, verdict: Verdict) -> None:
    assert acls._blocks(one) == verdict  # noqa: SLF001  (both scopes ask it)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (body(BLOCKING), Fails("no managed rule group")),
        (body(managed(override_action={"count": {}})), Fails("1 managed groups only count")),
        (body(managed(1, override_action={})), CannotTell("whether a rule of Common still acts is not told")),
        (body(EXCLUDING, managed(override_action={})), Holds("managed groups: Common")),
    ],
)
def test_managed_groups(one: Body, verdict: Verdict) -> None:
    assert acls._managed(one) == verdict  # noqa: SLF001  (both scopes ask it)


RATES = {"name": "rates", "statement": {"rate_based_statement": {}}, "action": {"block": {}}}


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (body(BLOCKING), Fails("no rate-based rule stops requests")),
        (body(OWN, RATES), Holds("a rate-based rule stops requests")),
        (body({**RATES, "action": {}}), Fails("no rate-based rule stops requests")),
        (body(OWN), CannotTell("whether a rule of own limits rates was not read")),
        (body({**OWN, "override_action": {"count": {}}}), Fails("no rate-based rule stops requests")),
    ],
)
def test_what_limits_rates(one: Body, verdict: Verdict) -> None:
    assert acls._limited(one) == verdict  # noqa: SLF001  (both scopes ask it)


def before(acl: str, kind: str, *arns: str) -> AbstractContextManager[None]:
    """What a web ACL stands before, which WAF tells; moto does not."""
    asked = {"WebACLArn": acl, "ResourceType": kind}
    return answering("wafv2", {"ListResourcesForWebACL": {"ResourceArns": list(arns)}}, asked)


def test_an_acl_before_what_does_not_name_it(aws: Emulator) -> None:
    pool, app, idle = (make_acl(aws, name) for name in ("pool", "service", "idle"))
    web, tenant, spare = (make_acl(aws, name, scope="CLOUDFRONT") for name in ("app", "tenant", "spare"))
    of_tenant = {"DistributionTenantList": [{
        "Id": "t", "DistributionId": "d", "Name": "t", "Arn": "a", "Domains": [], "CreatedTime": "2026-01-01T00:00:00Z",
        "LastModifiedTime": "2026-01-01T00:00:00Z", "ETag": "e"}]}  # fmt: skip
    none, unused = ("fails", "nothing is logged"), ("not applicable", UNUSED.because)
    with (
        before(pool, "COGNITO_USER_POOL", f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/us-east-1_a"),
        before(app, "APP_RUNNER_SERVICE", f"arn:aws:apprunner:us-east-1:{ACCOUNT}:service/s/1"),
        before(web, "AMPLIFY", f"arn:aws:amplify:us-east-1:{ACCOUNT}:apps/a"),
        answering("cloudfront", {"ListDistributionTenantsByCustomization": of_tenant}, {"WebACLArn": tenant}),
    ):
        seen = judge_all(aws, "wafv2", ["requests_are_logged", "edge_requests_are_logged"])
    assert seen == {
        "requests_are_logged": {pool: none, app: none, idle: unused},
        "edge_requests_are_logged": {web: none, tenant: none, spare: unused},
    }


def test_an_acl_may_stand_before_what_was_not_told() -> None:
    one, unseen = WebAcl(name="a", id="a", arn="a"), NotSeen("refused")
    told = CannotTell("nothing else uses it; whether user pools or AgentCore gateways do was not told")
    assert use(one, AclsInUse(frozenset({"a"})), unseen, [], [], unseen) == Use(None)
    assert use(one, AclsInUse(frozenset()), unseen, [], [], unseen) == Use(told)
    assert use(one, AclsInUse(frozenset()), [OfUserPools(value="p")], [], [], unseen) == Use(None)
    assert use(one, AclsInUse(frozenset()), [], [], [], []) == Use(UNUSED)
    edge = EdgeAcl(name="a", id="a", arn="a")
    told = CannotTell("nothing else uses it; whether Amplify apps do was not told")
    assert edge_use(edge, [], [], unseen) == EdgeUse(told)
    assert edge_use(edge, [], unseen, [OfApps(value="a")]) == EdgeUse(None)


PUBLIC = RestApi.model_validate({"id": "a", "name": "shop", "endpoint_configuration": {"types": ("EDGE",)}})
PRIVATE = RestApi.model_validate({"id": "a", "name": "shop", "endpoint_configuration": {"types": ("PRIVATE",)}})
KEYED = Resource.model_validate(
    {"path": "/", "resource_methods": {"GET": {"authorization_type": "NONE", "api_key_required": True}}}
)
KEYLESS = Resource.model_validate({"path": "/", "resource_methods": {"GET": {"authorization_type": "NONE"}}})
PLAN = UsagePlan.model_validate({"api_stages": ({"api_id": "a", "stage": "live"},), "throttle": {"rate_limit": 5.0}})
LOOSE = UsagePlan.model_validate({"api_stages": ({"api_id": "a", "stage": "live"},)})
NOTHING = Fails("only the account's 10000 calls a second limit it")


def stage(**rates: float) -> Stage:
    settings = {name.replace("_", "/"): {"throttling_rate_limit": rate} for name, rate in rates.items()}
    settings = {"*/*" if name == "all" else name: one for name, one in settings.items()}
    return Stage.model_validate({"stage_name": "live", "method_settings": settings})


@pytest.mark.parametrize(
    ("api", "one", "resources", "plans", "verdict"),
    [
        (PRIVATE, stage(), [KEYLESS], [], NotApplicable("the API is private")),
        (PUBLIC, stage(), [KEYLESS], [], NOTHING),
        (PUBLIC, stage(all=10000.0), [KEYLESS], [], NOTHING),
        (PUBLIC, stage(all=-1.0), [KEYLESS], [], NOTHING),
        (PUBLIC, stage(all=50.0), [KEYLESS], [], Holds("50 calls a second, below the account's 10000")),
        (PUBLIC, stage(all=50.0, orders_GET=10000.0), [KEYLESS], [], NOTHING),
        (PUBLIC, stage(), [KEYED], [PLAN], Holds("every method asks for a key, and each usage plan throttles")),
        (PUBLIC, stage(), [KEYED], [PLAN, LOOSE], NOTHING),
        (PUBLIC, stage(), [KEYED, KEYLESS], [PLAN], NOTHING),
        (PUBLIC, stage(), [KEYED], [], NOTHING),
    ],
)
def test_throttles(
    api: RestApi, one: Stage, resources: list[Resource], plans: list[UsagePlan], verdict: Verdict
) -> None:
    account = AccountThrottle(rate_limit=10000.0)
    found = front.public_stages_are_throttled(api, one, resources, account, plans, RateLimitingAcls(frozenset()), [])
    assert found == verdict


def test_a_rule_group_may_throttle() -> None:
    one = stage().model_copy(update={"web_acl_arn": "acl"})
    unsure = RateLimitingAcls(frozenset(), frozenset({"acl"}))
    found = front.public_stages_are_throttled(PUBLIC, one, [KEYLESS], AccountThrottle(rate_limit=1.0), [], unsure, [])
    assert found == CannotTell("whether a rule group of its web ACL limits rates was not read")


def test_what_is_behind_a_distribution_with_a_web_acl(aws: Emulator) -> None:
    arn = make_balancer(aws, "web", Scheme="internet-facing", SecurityGroups=[make_group(aws, "all", "0.0.0.0/0")])
    name = aws.client("elbv2").describe_load_balancers()["LoadBalancers"][0]["DNSName"]
    made = distribute(aws, "acl", name)
    assert aws.judge("wafv2.public_balancers_have_a_web_acl") == {
        arn: ("unknown", f"{made}, which has a web ACL, stands before it, and may be passed by")
    }


NO_DOOR = NotApplicable("nobody can call it: its own endpoint is off, and no domain name leads to it")


@pytest.mark.parametrize(
    ("doors", "acl", "throttle"),
    [
        ([Door(False, frozenset("b"))], NO_DOOR, NO_DOOR),
        (
            [Door(True, frozenset("a"))],
            Fails("no web ACL"),
            Fails("only the account's 1 calls a second limit it"),
        ),
        (
            [Door(True, None)],
            CannotTell("its own endpoint is off, and whether a domain name leads to it is not told"),
            CannotTell("its own endpoint is off, and whether a domain name leads to it is not told"),
        ),
    ],
)
def test_stages_that_nobody_can_call(doors: list[Door], acl: Verdict, throttle: Verdict) -> None:
    shut, one = PUBLIC.model_copy(update={"disable_execute_api_endpoint": True}), Stage(stage_name="live")
    here, limits = Target(ACCOUNT, "us-east-1"), RateLimitingAcls(frozenset())
    assert front.public_stages_have_a_web_acl(shut, one, Fronted({}), doors, here) == acl
    of_all = AccountThrottle(rate_limit=1.0)
    assert front.public_stages_are_throttled(shut, one, [KEYLESS], of_all, [], limits, doors) == throttle

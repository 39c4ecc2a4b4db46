"""REST, HTTP and WebSocket APIs, against real clients and as tables."""

import json
from contextlib import AbstractContextManager
from typing import Any

import pytest

from checks import apigateway, apigatewayv2
from checks.apigateway import Resource, RestApi, Stage
from checks.doors import ApiMapping, DomainName, Door, door
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from scanner.access.inventory import NotSeen
from scanner.judge.discover import discover
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
ROOT = "arn:aws:apigateway:us-east-1::/"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:calls"


def method(client: Any, api: str, path: str, kind: str = "NONE", uri: str = "", **how: Any) -> None:
    parent = next(one["id"] for one in client.get_resources(restApiId=api)["items"] if one["path"] == "/")
    made = {"restApiId": api, "httpMethod": how.pop("verb", "GET")}
    made["resourceId"] = client.create_resource(restApiId=api, parentId=parent, pathPart=path)["id"]
    client.put_method(authorizationType=kind, **made, **how)
    kinds = {"type": "HTTP", "uri": uri, "integrationHttpMethod": "GET"} if uri else {"type": "MOCK"}
    client.put_integration(**made, **kinds)
    client.put_integration_response(**made, statusCode="200")


ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
NOT_ENDPOINT = {**ALLOW, "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}
PLAIN_TEXT, OVER_TLS = "http://shop.example.com/", "https://shop.example.com/"
NAMES = sorted(name.partition(".")[2] for name in discover().checks if name.startswith("apigateway."))


def test_rest_apis(aws: Emulator) -> None:
    client = aws.client("apigateway")
    assert aws.verdicts("apigateway.methods_authenticate_their_callers") == {"region:us-east-1": "not applicable"}

    def made(name: str, kind: str = "REGIONAL", *statements: dict[str, Any]) -> str:
        how: dict[str, Any] = {}
        if statements:
            how["policy"] = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return str(client.create_rest_api(name=name, endpointConfiguration={"types": [kind]}, **how)["id"])

    def staged(api: str, **how: Any) -> str:
        deployed = client.create_deployment(restApiId=api)["id"]
        client.create_stage(restApiId=api, stageName="live", deploymentId=deployed, **how)
        return f"{ROOT}restapis/{api}/stages/live"

    bad, good, empty = made("bad"), made("good"), made("empty")
    unreached, wide, bound = (
        made("unreached", "PRIVATE"),
        made("wide", "PRIVATE", ALLOW),
        made("bound", "PRIVATE", ALLOW, NOT_ENDPOINT),
    )
    method(client, bad, "orders", "AWS_IAM", PLAIN_TEXT)
    method(client, bad, "stock", "NONE", PLAIN_TEXT, apiKeyRequired=True)
    checked = client.create_request_validator(restApiId=good, name="all", validateRequestBody=True)["id"]
    method(client, good, "orders", "AWS_IAM", OVER_TLS, requestValidatorId=checked)
    method(client, good, "options", verb="OPTIONS")
    for api in (unreached, wide, bound):
        method(client, api, "orders")
    of_bad = staged(bad, cacheClusterEnabled=True, cacheClusterSize="0.5")
    of_good = staged(good, cacheClusterEnabled=True, cacheClusterSize="0.5", tracingEnabled=True)
    of_bound = staged(bound)  # its cache is off, whatever its methods say
    caching = [{"op": "replace", "path": "/*/*/caching/enabled", "value": "true"}]
    logged = [{"op": "replace", "path": "/accessLogSettings/destinationArn", "value": LOGS}]
    # moto encrypts by default, and AWS does not.
    plain = [{"op": "replace", "path": "/*/*/caching/dataEncrypted", "value": "false"}]
    encrypted = [{"op": "replace", "path": "/*/*/caching/dataEncrypted", "value": "true"}]
    verbose = [{"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"}]
    for api, patches in ((bad, caching + plain), (good, caching + logged + encrypted), (bound, caching + verbose)):
        client.update_stage(restApiId=api, stageName="live", patchOperations=patches)
    for name, policy in (("old", "TLS_1_0"), ("new", "TLS_1_2")):
        client.create_domain_name(domainName=f"{name}.example.com", securityPolicy=policy, certificateName="c")
    arn = {api: f"{ROOT}restapis/{api}" for api in (bad, good, empty, unreached, wide, bound)}
    closed = ("not applicable", "without a policy nobody can call a private API")
    undescribed, unread = ("fails", "no model, validator or documentation"), "has no HTTP backend on the internet"
    assert judge_all(aws, "apigateway", NAMES) == {
        "methods_authenticate_their_callers": {
            arn[bad]: ("fails", "open: GET /stock"),
            arn[good]: ("holds", "1 methods ask who calls"),
            arn[empty]: ("not applicable", "the API has no methods"),
            arn[unreached]: closed,
            arn[wide]: ("fails", "open: GET /orders"),
            arn[bound]: ("holds", "the API's policy lets in named callers only"),
        },
        "private_apis_name_their_networks": {
            **{arn[api]: ("not applicable", "the API is not private") for api in (bad, good, empty)},
            arn[unreached]: closed,
            arn[wide]: ("fails", "the policy is open: a statement lets everyone do execute-api:Invoke"),
            arn[bound]: ("holds", "the policy lets in named callers only"),
        },
        "calls_are_logged": {
            of_bad: ("fails", "no access log; the execution log is off"),
            of_good: ("holds", f"access logs go to {LOGS}"),
            of_bound: ("holds", "execution logs are at INFO"),
        },
        "calls_are_traced": {
            of_bad: ("fails", "tracing is off"),
            of_good: ("holds", "tracing is on"),
            of_bound: ("fails", "tracing is off"),
        },
        "cached_answers_are_encrypted": {
            of_bad: ("fails", "cached in the clear: */*"),
            of_good: ("holds", "cached answers are encrypted"),
            of_bound: ("not applicable", "the stage caches nothing"),
        },
        "domain_names_refuse_old_tls": {
            f"{ROOT}domainnames/old.example.com": ("fails", "the policy is TLS_1_0"),
            f"{ROOT}domainnames/new.example.com": ("holds", "the policy is TLS_1_2"),
        },
        "backends_are_spoken_to_over_tls": {
            arn[bad]: ("fails", "not over HTTPS: GET /orders, GET /stock"),
            arn[good]: ("holds", "1 backends over HTTPS"),
            **{
                arn[api]: ("not applicable", f"{name} {unread}")
                for api, name in ((empty, "empty"), (unreached, "unreached"), (wide, "wide"), (bound, "bound"))
            },
        },
        "apis_are_described": {
            arn[bad]: undescribed,
            arn[good]: ("holds", "1 of 2 methods have a model or a validator"),
            arn[empty]: ("not applicable", "empty has no methods"),
            arn[unreached]: undescribed,
            arn[wide]: undescribed,
            arn[bound]: undescribed,
        },
        "stages_with_a_client_certificate": {
            "region:us-east-1": ("told", "0 of 3 stages show their backends a client certificate")
        },
        "mutual_tls": {"region:us-east-1": ("told", "0 of 2 API domain names ask for client certificates")},
    }


def test_an_http_api(aws: Emulator) -> None:
    client = aws.client("apigatewayv2")
    api = client.create_api(Name="shop", ProtocolType="HTTP")["ApiId"]
    client.create_route(ApiId=api, RouteKey="GET /orders", AuthorizationType="AWS_IAM")
    client.create_route(ApiId=api, RouteKey="OPTIONS /orders")
    client.create_route(ApiId=api, RouteKey="$default")
    socket = client.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.a")[
        "ApiId"
    ]
    client.create_route(ApiId=socket, RouteKey="$connect", AuthorizationType="AWS_IAM")
    client.create_route(ApiId=socket, RouteKey="say")
    client.create_stage(
        ApiId=api,
        StageName="live",
        AccessLogSettings={"DestinationArn": LOGS, "Format": "$context.requestId"},
        DefaultRouteSettings={"ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 100},
    )
    client.create_stage(ApiId=socket, StageName="live")
    http, chat = f"{ROOT}apis/{api}", f"{ROOT}apis/{socket}"
    seen = judge_all(
        aws, "apigatewayv2", ["routes_authenticate_their_callers", "calls_are_logged", "calls_are_throttled"]
    )
    assert seen["routes_authenticate_their_callers"] == {
        http: ("fails", "open: $default"),
        chat: ("holds", "1 routes ask who calls"),
    }
    assert seen["calls_are_logged"] == {
        f"{http}/stages/live": ("holds", f"access logs go to {LOGS}"),
        f"{chat}/stages/live": ("fails", "no access log"),
    }
    assert seen["calls_are_throttled"] == {
        f"{http}/stages/live": ("holds", "50 calls a second"),
        f"{chat}/stages/live": ("fails", "only the account's limit holds"),
    }


def test_apis_without_an_endpoint_of_their_own(aws: Emulator) -> None:
    """moto keeps the mappings of REST APIs apart; AWS tells those of all APIs."""
    client, check = aws.client("apigateway"), "apigateway.methods_authenticate_their_callers"
    how: dict[str, Any] = {"endpointConfiguration": {"types": ["REGIONAL"]}, "disableExecuteApiEndpoint": True}
    shut, named, asked = (client.create_rest_api(name=name, **how)["id"] for name in ("shut", "named", "asked"))
    for one in (shut, named, asked):
        method(client, one, "orders")
    names = [
        {"domainName": "shop.example.com", "securityPolicy": "TLS_1_2"},
        {"domainName": "bank.example.com", "securityPolicy": "TLS_1_2",
         "mutualTlsAuthentication": {"truststoreUri": "s3://t/t.pem"}},
    ]  # fmt: skip

    def leads(name: str, api: str) -> AbstractContextManager[None]:
        return answering(
            "apigatewayv2", {"GetApiMappings": {"Items": [{"ApiId": api, "Stage": "live"}]}}, {"DomainName": name}
        )

    with (
        answering("apigateway", {"GetDomainNames": {"items": names}}),
        leads("shop.example.com", named),
        leads("bank.example.com", asked),
    ):
        assert aws.judge(check) == {
            f"{ROOT}restapis/{shut}": ("not applicable", NO_DOOR.because),
            f"{ROOT}restapis/{named}": ("fails", OPEN.because),
            f"{ROOT}restapis/{asked}": ("holds", BY_NAMES.because),
        }


def test_where_domain_names_lead_to() -> None:
    one, mappings = DomainName(domain_name="d", security_policy="TLS_1_2"), [ApiMapping(api_id="a")]
    ruled = one.model_copy(update={"routing_mode": "ROUTING_RULE_THEN_BASE_PATH_MAPPING"})
    private = one.model_copy(update={"domain_name_id": "i"})
    found = [door(one, mappings), door(one, NotSeen("refused")), door(ruled, mappings), door(private, [])]
    assert found == [PLAIN, UNREAD, UNREAD, Door(False, frozenset())]


def api(policy: Any = None, kind: str = "REGIONAL", **changes: Any) -> RestApi:
    document = None if policy is None else json.dumps({"Version": "2012-10-17", "Statement": policy})
    fields = {"id": "a", "name": "shop", "endpoint_configuration": {"types": (kind,)}, "policy": document}
    return RestApi.model_validate(fields | changes)


def resource(verb: str = "GET", kind: str = "NONE", **changes: Any) -> Resource:
    fields = {"path": "/orders", "resource_methods": {verb: {"authorization_type": kind, **changes}}}
    return Resource.model_validate(fields)


OFFICE = {**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
NOT_OFFICE = {**ALLOW, "Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
NOT_THE_WORLD = {**ALLOW, "Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}
NOT_ONE_METHOD = {**NOT_OFFICE, "Resource": "execute-api:/live/GET/stock"}
MUTUAL, PLAIN, ELSEWHERE = Door(True, frozenset("a")), Door(False, frozenset("a")), Door(False, frozenset("b"))
UNREAD, UNREAD_MUTUAL = Door(False, None), Door(True, None)


def on(statement: dict[str, Any], path: str) -> dict[str, Any]:
    return {**statement, "Resource": f"arn:aws:execute-api:us-east-1:{ACCOUNT}:a/{path}"}


UNTOLD = CannotTell("its own endpoint is off, and whether a domain name leads to it that asks for nothing is not told")
NO_DOOR = NotApplicable("nobody can call it: its own endpoint is off, and no domain name leads to it")
BY_NAMES = Holds("callers come by domain names, all of which ask for client certificates")
HIDDEN = CannotTell("its own endpoint is off, and whether a private domain name leads to it was not read")
SHUT = {"disable_execute_api_endpoint": True}
OPEN = Fails("open: GET /orders")
CLOSED = Holds("the API's policy lets in named callers only")


@pytest.mark.parametrize(
    ("one", "resources", "doors", "verdict"),
    [
        (api(), [resource("OPTIONS")], [], NotApplicable("the API has no methods")),
        (api(), [resource(kind="CUSTOM")], [], Holds("1 methods ask who calls")),
        (api(), [resource(api_key_required=True)], [], OPEN),
        (api([ALLOW]), [resource()], [], OPEN),
        (api([OFFICE]), [resource()], [], CLOSED),
        (api([ALLOW, NOT_OFFICE]), [resource()], [], CLOSED),
        (api([ALLOW, NOT_THE_WORLD]), [resource()], [], OPEN),
        (api([ALLOW, NOT_ONE_METHOD]), [resource()], [], OPEN),
        # As AWS hands them out, with the whole name; a fence that looks wide and covers one path only.
        (api([on(ALLOW, "*"), on(NOT_OFFICE, "*")]), [resource()], [], CLOSED),
        (api([on(ALLOW, "*"), on(NOT_OFFICE, "live/GET/*/*/*")]), [resource()], [], OPEN),
        (api(), [resource()], [MUTUAL], OPEN),
        (api(**SHUT), [resource()], [], NO_DOOR),
        (api(**SHUT), [resource()], [ELSEWHERE], NO_DOOR),
        (api(**SHUT), [resource()], [MUTUAL, ELSEWHERE], BY_NAMES),
        (api(**SHUT), [resource()], [UNREAD_MUTUAL], BY_NAMES),
        (api(**SHUT), [resource()], [MUTUAL, UNREAD], UNTOLD),
        (api(**SHUT), [resource()], [UNREAD], UNTOLD),
        (api(**SHUT), [resource()], [PLAIN, UNREAD_MUTUAL], OPEN),
        (api([ALLOW], "PRIVATE", **SHUT), [resource()], [], HIDDEN),
    ],
)
def test_methods(one: RestApi, resources: list[Resource], doors: list[Door], verdict: Verdict) -> None:
    assert apigateway.methods_authenticate_their_callers(one, resources, doors, HERE) == verdict


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ("SecurityPolicy_TLS13_1_2_2021_06", Holds("the policy is SecurityPolicy_TLS13_1_2_2021_06")),
        ("SecurityPolicy_TLS13_2025_EDGE", Holds("the policy is SecurityPolicy_TLS13_2025_EDGE")),
        ("SecurityPolicy_TLS12_2018_EDGE", Holds("the policy is SecurityPolicy_TLS12_2018_EDGE")),
        (
            "SecurityPolicy_TLS13_1_0_2030_01",
            CannotTell(
                "the policy is SecurityPolicy_TLS13_1_0_2030_01, and not one whose versions of TLS are known here"
            ),
        ),
    ],
)
def test_versions_of_tls(policy: str, verdict: Verdict) -> None:
    one = DomainName(domain_name="api.example.com", security_policy=policy)
    assert apigateway.domain_names_refuse_old_tls(one) == verdict


def test_open_paths_are_said_to_be_open() -> None:
    found = apigateway.methods_authenticate_their_callers(api(), [resource()], [], HERE, open_paths=("/orders",))
    assert found == Holds("1 methods ask who calls")


def stage(**changes: Any) -> Stage:
    return Stage.model_validate({"stage_name": "live"} | changes)


INFO = {"logging_level": "INFO"}


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (
            stage(method_settings={"*/*": {"logging_level": "ERROR"}}),
            Fails("no access log; the execution log is ERROR"),
        ),
        (
            stage(method_settings={"*/*": INFO, "orders/GET": {"logging_level": "OFF"}}),
            Fails("no access log; the execution log is INFO"),
        ),
    ],
)
def test_calls_are_logged(one: Stage, verdict: Verdict) -> None:
    assert apigateway.calls_are_logged(one) == verdict


def to(uri: str, **changes: Any) -> Resource:
    return resource(method_integration={"type": "HTTP_PROXY", "uri": uri, "connection_type": "INTERNET", **changes})


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (to("http://x", connection_type="VPC_LINK"), NotApplicable("shop has no HTTP backend on the internet")),
        (to("arn:aws:…", type="AWS_PROXY"), NotApplicable("shop has no HTTP backend on the internet")),
        (resource(), NotApplicable("shop has no HTTP backend on the internet")),
    ],
)
def test_backends(one: Resource, verdict: Verdict) -> None:
    assert apigateway.backends_are_spoken_to_over_tls([one], api()) == verdict


@pytest.mark.parametrize(
    ("resources", "stages", "verdict"),
    [
        (
            [resource(request_models={"application/json": "Order"})],
            [],
            Holds("1 of 1 methods have a model or a validator"),
        ),
        ([resource()], [stage(documentation_version="1")], Holds("documented: live")),
    ],
)
def test_contracts(resources: list[Resource], stages: list[Stage], verdict: Verdict) -> None:
    assert apigateway.apis_are_described(api(), resources, stages) == verdict


def test_a_socket_that_asks_nobody() -> None:
    one = apigatewayv2.Api(api_id="a", name="chat", protocol_type="WEBSOCKET")
    say = apigatewayv2.Route(route_key="say")
    told = Fails("there is no $connect route, so nobody is asked")
    assert apigatewayv2.routes_authenticate_their_callers(one, [say], []) == told
    assert apigatewayv2.routes_authenticate_their_callers(one, [], []) == NotApplicable("the API has no routes")
    closed = one.model_copy(update={"disable_execute_api_endpoint": True, "protocol_type": "HTTP"})
    assert apigatewayv2.routes_authenticate_their_callers(closed, [say], [MUTUAL]) == BY_NAMES
    assert apigatewayv2.routes_authenticate_their_callers(closed, [say], [MUTUAL, UNREAD]) == UNTOLD
    assert apigatewayv2.routes_authenticate_their_callers(closed, [say], [ELSEWHERE]) == NO_DOOR

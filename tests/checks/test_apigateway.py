"""REST, HTTP and WebSocket APIs, against real clients and as tables."""

import json
from typing import Any

import pytest

from checks import apigateway, apigatewayv2
from checks.apigateway import DomainName, Resource, RestApi, Stage
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
ROOT = "arn:aws:apigateway:us-east-1::/"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:calls"


def method(client: Any, api: str, parent: str, path: str, verb: str, kind: str = "NONE", **how: Any) -> None:
    made = client.create_resource(restApiId=api, parentId=parent, pathPart=path)["id"] if path else parent
    client.put_method(restApiId=api, resourceId=made, httpMethod=verb, authorizationType=kind, **how)
    client.put_integration(
        restApiId=api,
        resourceId=made,
        httpMethod=verb,
        type="HTTP",
        uri="http://shop.example.com/",
        integrationHttpMethod="GET",
    )
    client.put_integration_response(restApiId=api, resourceId=made, httpMethod=verb, statusCode="200")


def test_a_rest_api(aws: Emulator) -> None:
    client = aws.client("apigateway")
    assert aws.verdicts("apigateway.methods_authenticate_their_callers") == {"region:us-east-1": "not applicable"}
    api = client.create_rest_api(name="shop", endpointConfiguration={"types": ["REGIONAL"]})["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    method(client, api, root, "orders", "GET", "AWS_IAM")
    method(client, api, root, "stock", "GET")
    deployed = client.create_deployment(restApiId=api)["id"]
    client.create_stage(restApiId=api, stageName="live", deploymentId=deployed, tracingEnabled=True)
    client.create_domain_name(domainName="api.example.com", securityPolicy="TLS_1_0", certificateName="c")
    arn, stage = f"{ROOT}restapis/{api}", f"{ROOT}restapis/{api}/stages/live"
    seen = judge_all(
        aws,
        "apigateway",
        [
            "methods_authenticate_their_callers",
            "private_apis_name_their_networks",
            "calls_are_logged",
            "calls_are_traced",
            "cached_answers_are_encrypted",
            "domain_names_refuse_old_tls",
            "backends_are_spoken_to_over_tls",
            "apis_are_described",
            "stages_with_a_client_certificate",
            "mutual_tls",
        ],
    )
    assert seen["methods_authenticate_their_callers"] == {arn: ("fails", "open: GET /stock")}
    assert seen["private_apis_name_their_networks"] == {arn: ("not applicable", "the API is not private")}
    assert seen["calls_are_logged"] == {stage: ("fails", "no access log; the execution log is off")}
    assert seen["calls_are_traced"] == {stage: ("holds", "tracing is on")}
    assert seen["cached_answers_are_encrypted"] == {stage: ("not applicable", "the stage caches nothing")}
    assert seen["domain_names_refuse_old_tls"] == {
        f"{ROOT}domainnames/api.example.com": ("fails", "the policy is TLS_1_0")
    }
    assert seen["backends_are_spoken_to_over_tls"] == {arn: ("fails", "not over HTTPS: GET /orders, GET /stock")}
    assert seen["apis_are_described"] == {arn: ("fails", "no model, validator or documentation")}
    assert seen["stages_with_a_client_certificate"] == {
        "region:us-east-1": ("told", "0 of 1 stages show their backends a client certificate")
    }
    assert seen["mutual_tls"] == {"region:us-east-1": ("told", "0 of 1 API domain names ask for client certificates")}


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


def api(policy: Any = None, kind: str = "REGIONAL", **changes: Any) -> RestApi:
    document = None if policy is None else json.dumps({"Version": "2012-10-17", "Statement": policy})
    fields = {"id": "a", "name": "shop", "endpoint_configuration": {"types": (kind,)}, "policy": document}
    return RestApi.model_validate(fields | changes)


def resource(verb: str = "GET", kind: str = "NONE", **changes: Any) -> Resource:
    fields = {"path": "/orders", "resource_methods": {verb: {"authorization_type": kind, **changes}}}
    return Resource.model_validate(fields)


ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
OFFICE = {**ALLOW, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
NOT_OFFICE = {**ALLOW, "Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
NOT_THE_WORLD = {**ALLOW, "Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}
NOT_ONE_METHOD = {**NOT_OFFICE, "Resource": "execute-api:/live/GET/stock"}
NOT_ENDPOINT = {**ALLOW, "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}
MUTUAL = DomainName.model_validate(
    {"domain_name": "d", "security_policy": "TLS_1_2", "mutual_tls_authentication": {"truststore_uri": "s3://t"}}
)


def on(statement: dict[str, Any], path: str) -> dict[str, Any]:
    return {**statement, "Resource": f"arn:aws:execute-api:us-east-1:{ACCOUNT}:a/{path}"}


PLAIN = DomainName.model_validate({"domain_name": "p", "security_policy": "TLS_1_2"})
UNTOLD = CannotTell("callers come by domain names, and some of those of the region ask for client certificates")
OPEN = Fails("open: GET /orders")
CLOSED = Holds("the API's policy lets in named callers only")


@pytest.mark.parametrize(
    ("one", "resources", "domains", "verdict"),
    [
        (api(), [], [], NotApplicable("the API has no methods")),
        (api(), [resource("OPTIONS")], [], NotApplicable("the API has no methods")),
        (api(), [resource(kind="CUSTOM")], [], Holds("1 methods ask who calls")),
        (api(), [resource(api_key_required=True)], [], OPEN),
        (api([ALLOW]), [resource()], [], OPEN),
        (api([OFFICE]), [resource()], [], CLOSED),
        (api([ALLOW, NOT_OFFICE]), [resource()], [], CLOSED),
        (api([ALLOW, NOT_ENDPOINT]), [resource()], [], CLOSED),
        (api([ALLOW, NOT_THE_WORLD]), [resource()], [], OPEN),
        (api([ALLOW, NOT_ONE_METHOD]), [resource()], [], OPEN),
        # As AWS hands them out, with the whole name; a fence that looks wide and covers one path only.
        (api([on(ALLOW, "*"), on(NOT_OFFICE, "*")]), [resource()], [], CLOSED),
        (api([on(ALLOW, "*"), on(NOT_OFFICE, "live/GET/*/*/*")]), [resource()], [], OPEN),
        (api(), [resource()], [MUTUAL], OPEN),
        (
            api(disable_execute_api_endpoint=True),
            [resource()],
            [MUTUAL],
            Holds("callers come by domain names, all of which ask for client certificates"),
        ),
        (api(disable_execute_api_endpoint=True), [resource()], [MUTUAL, PLAIN], UNTOLD),
        (api(disable_execute_api_endpoint=True), [resource()], [PLAIN], OPEN),
    ],
)
def test_methods(one: RestApi, resources: list[Resource], domains: list[DomainName], verdict: Verdict) -> None:
    assert apigateway.methods_authenticate_their_callers(one, resources, domains, HERE) == verdict


def test_nobody_calls_a_private_api_without_a_policy() -> None:
    found = apigateway.methods_authenticate_their_callers(api(kind="PRIVATE"), [resource()], [], HERE)
    assert found == NotApplicable("without a policy nobody can call a private API")


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        ("TLS_1_0", Fails("the policy is TLS_1_0")),
        ("TLS_1_2", Holds("the policy is TLS_1_2")),
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


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (api(kind="PRIVATE"), NotApplicable("without a policy nobody can call a private API")),
        (
            api([ALLOW], "PRIVATE"),
            Fails("the policy is open: a statement lets everyone do execute-api:Invoke"),
        ),
        (api([ALLOW, NOT_ENDPOINT], "PRIVATE"), Holds("the policy lets in named callers only")),
    ],
)
def test_private_apis(one: RestApi, verdict: Verdict) -> None:
    assert apigateway.private_apis_name_their_networks(one, HERE) == verdict


def stage(**changes: Any) -> Stage:
    return Stage.model_validate({"stage_name": "live"} | changes)


INFO = {"logging_level": "INFO"}


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (stage(access_log_settings={"destination_arn": "g"}), Holds("access logs go to g")),
        (stage(method_settings={"*/*": INFO}), Holds("execution logs are at INFO")),
        (
            stage(method_settings={"*/*": {"logging_level": "ERROR"}}),
            Fails("no access log; the execution log is ERROR"),
        ),
        (
            stage(method_settings={"*/*": INFO, "orders/GET": {"logging_level": "OFF"}}),
            Fails("no access log; the execution log is INFO"),
        ),
        (stage(), Fails("no access log; the execution log is off")),
    ],
)
def test_calls_are_logged(one: Stage, verdict: Verdict) -> None:
    assert apigateway.calls_are_logged(one) == verdict


CACHING = {"caching_enabled": True}


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (stage(method_settings={"*/*": CACHING}), NotApplicable("the stage caches nothing")),
        (stage(cache_cluster_enabled=True, method_settings={"*/*": CACHING}), Fails("cached in the clear: */*")),
        (
            stage(cache_cluster_enabled=True, method_settings={"*/*": {**CACHING, "cache_data_encrypted": True}}),
            Holds("cached answers are encrypted"),
        ),
    ],
)
def test_caches(one: Stage, verdict: Verdict) -> None:
    assert apigateway.cached_answers_are_encrypted(one) == verdict


def to(uri: str, **changes: Any) -> Resource:
    return resource(method_integration={"type": "HTTP_PROXY", "uri": uri, "connection_type": "INTERNET", **changes})


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (to("http://x"), Fails("not over HTTPS: GET /orders")),
        (to("https://x"), Holds("1 backends over HTTPS")),
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
        ([], [], NotApplicable("shop has no methods")),
        (
            [resource(request_models={"application/json": "Order"})],
            [],
            Holds("1 of 1 methods have a model or a validator"),
        ),
        ([resource(request_validator_id="v")], [], Holds("1 of 1 methods have a model or a validator")),
        ([resource()], [stage(documentation_version="1")], Holds("documented: live")),
        ([resource()], [stage()], Fails("no model, validator or documentation")),
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
    told_by_names = Holds("callers come by domain names, all of which ask for client certificates")
    assert apigatewayv2.routes_authenticate_their_callers(closed, [say], [MUTUAL]) == told_by_names
    assert apigatewayv2.routes_authenticate_their_callers(closed, [say], [MUTUAL, PLAIN]) == UNTOLD

"""API Gateway's HTTP and WebSocket APIs: who may call them, how often, and what they write down."""

from checks.doors import Door, by_names
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

_ARN = "arn:{partition}:apigateway:{region}::/apis/{api_id}"
_GET = "apigateway:GET"


class Api(Evidence, read=Read("apigatewayv2:GetApis", "Items", arn=_ARN, action=_GET)):
    api_id: str
    name: str
    protocol_type: str
    disable_execute_api_endpoint: bool = False


class RouteSettings(Part):
    throttling_rate_limit: float | None = None


class AccessLog(Part):
    destination_arn: str | None = None


class Stage(
    Evidence,
    read=Read(
        "apigatewayv2:GetStages",
        "Items",
        per=Api,
        args={"ApiId": "api_id"},
        arn=_ARN + "/stages/{stage_name}",
        action=_GET,
    ),
):
    stage_name: str
    access_log_settings: AccessLog | None = None
    default_route_settings: RouteSettings | None = None


class Route(
    Evidence,
    read=Read("apigatewayv2:GetRoutes", "Items", per=Api, args={"ApiId": "api_id"}, action=_GET),
):
    route_key: str
    authorization_type: str = "NONE"  # the default for a route (API reference, CreateRoute)


@check(effort="medium")
def routes_authenticate_their_callers(
    api: Api, routes: list[Route], doors: list[Door], *, open_routes: tuple[str, ...] = ()
) -> Verdict:
    """Routes of HTTP APIs, and the $connect route of WebSocket APIs, ask who calls.

    Why: whoever finds the address of a route without authorization uses it.
    Fix: aws apigatewayv2 update-route … --authorization-type JWT; name open ones in `open_routes`.
    """
    judged = [one for one in routes if not one.route_key.startswith("OPTIONS ")]
    if api.protocol_type == "WEBSOCKET":
        judged = [one for one in judged if one.route_key == "$connect"]  # a connection is authorized once
        if routes and not judged:
            return Fails("there is no $connect route, so nobody is asked")
    if not judged:
        return NotApplicable("the API has no routes")
    open_ = sorted(
        one.route_key for one in judged if one.authorization_type == "NONE" and one.route_key not in open_routes
    )
    if not open_:
        return Holds(f"{len(judged)} routes ask who calls")
    if api.disable_execute_api_endpoint and (told := by_names(api.api_id, doors)):
        return told
    return Fails(f"open: {', '.join(open_[:5])}{', …' if len(open_) > 5 else ''}")


@check(effort="low")
def calls_are_logged(stage: Stage) -> Verdict:
    """Stages of HTTP and WebSocket APIs write access logs.

    Why: without them nobody can tell afterwards who called what, and with which result.
    Fix: aws apigatewayv2 update-stage … --access-log-settings DestinationArn=GROUP,Format=…
    """
    if stage.access_log_settings is not None and stage.access_log_settings.destination_arn:
        return Holds(f"access logs go to {stage.access_log_settings.destination_arn}")
    return Fails("no access log")


@check(effort="low")
def calls_are_throttled(stage: Stage) -> Verdict:
    """Stages of HTTP and WebSocket APIs have a rate limit of their own.

    Why: where only the account's limit holds, one noisy API takes the calls of all the others.
    Fix: aws apigatewayv2 update-stage … --default-route-settings ThrottlingRateLimit=100,ThrottlingBurstLimit=200
    """
    settings = stage.default_route_settings
    rate = settings.throttling_rate_limit if settings is not None else None
    if rate is None or rate <= 0:
        return Fails("only the account's limit holds")
    return Holds(f"{rate:g} calls a second")

"""AppSync: GraphQL and Event APIs, who may call them, and what they write down."""

from scanner import CannotTell, Evidence, Fails, Holds, Part, Read, Verdict, check


class LogConfig(Part):
    field_log_level: str


class Provider(Part):
    authentication_type: str


class GraphqlApi(Evidence, read=Read("appsync:ListGraphqlApis", "graphqlApis", arn="{arn}")):
    name: str
    arn: str
    authentication_type: str
    additional_authentication_providers: tuple[Provider, ...] = ()
    log_config: LogConfig | None = None
    xray_enabled: bool = False
    waf_web_acl_arn: str | None = None
    visibility: str = "GLOBAL"  # the default (API reference)

    @property
    def kinds(self) -> list[str]:
        more = (one.authentication_type for one in self.additional_authentication_providers)
        return sorted({self.authentication_type, *more})


class EventProvider(Part):
    auth_type: str


class EventLog(Part):
    log_level: str


class EventConfig(Part):
    auth_providers: tuple[EventProvider, ...]
    log_config: EventLog | None = None


class EventApi(Evidence, read=Read("appsync:ListApis", "apis", arn="{api_arn}")):
    """An API whose clients publish events and subscribe to them."""

    name: str
    api_arn: str
    event_config: EventConfig | None = None
    waf_web_acl_arn: str | None = None


@check(effort="medium")
def apis_authenticate_their_callers(api: GraphqlApi) -> Verdict:
    """GraphQL APIs ask who calls, and do not take an API key for it.

    Why: an API key is in every client that was ever shipped, and names nobody.
    Fix: aws appsync update-graphql-api --api-id ID --authentication-type AMAZON_COGNITO_USER_POOLS (or AWS_IAM, OPENID_CONNECT)
    """
    told = ", ".join(api.kinds)
    return Fails(f"takes {told}") if "API_KEY" in api.kinds else Holds(f"takes {told}")


@check(effort="low")
def requests_are_logged(api: GraphqlApi) -> Verdict:
    """GraphQL APIs write logs.

    Why: without them nobody can tell which query failed, or who asked it.
    Fix: aws appsync update-graphql-api --api-id ID --log-config fieldLogLevel=ERROR,cloudWatchLogsRoleArn=ROLE
    """
    if api.log_config is None:
        return Fails("logging is off")
    return Holds(f"requests are logged; fields at {api.log_config.field_log_level}")


@check(effort="low")
def requests_are_traced(api: GraphqlApi) -> Verdict:
    """GraphQL APIs trace their requests with X-Ray.

    Why: a trace shows which resolver was slow or broken.
    Fix: aws appsync update-graphql-api --api-id ID --xray-enabled
    """
    return Holds("tracing is on") if api.xray_enabled else Fails("tracing is off")


@check(effort="medium")
def event_apis_authenticate_their_callers(api: EventApi) -> Verdict:
    """Event APIs ask who connects, publishes and subscribes, and do not take an API key for it.

    Why: an API key is in every client that was ever shipped, and names nobody.
    Fix: aws appsync update-api --api-id ID --event-config with another provider, and no mode of API_KEY left
    """
    if api.event_config is None or not api.event_config.auth_providers:
        return CannotTell("AWS does not tell how it knows its callers")
    kinds = sorted({one.auth_type for one in api.event_config.auth_providers})
    told = f"takes {', '.join(kinds)}"
    return Fails(told) if "API_KEY" in kinds else Holds(told)


@check(effort="low")
def events_are_logged(api: EventApi) -> Verdict:
    """Event APIs write logs.

    Why: without them nobody can tell which event was refused, or who sent it.
    Fix: aws appsync update-api --api-id ID --event-config logConfig={logLevel=ERROR,cloudWatchLogsRoleArn=ROLE},…
    """
    config = api.event_config.log_config if api.event_config is not None else None
    level = config.log_level if config is not None else "NONE"
    return Fails("logging is off") if level == "NONE" else Holds(f"the log level is {level}")

"""AppSync: GraphQL APIs, who may call them, and what they write down."""

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check


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

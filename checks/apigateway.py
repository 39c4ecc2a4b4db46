"""API Gateway's REST APIs: who may call them, over what, how often, and what they write down."""

from checks.doors import GET, NO_DOOR, DomainName, Door, by_names
from scanner import (
    CannotTell,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    PolicyInText,
    Read,
    Target,
    Verdict,
    check,
    fact,
    lets_everyone,
)

_ARN = "arn:{partition}:apigateway:{region}::/"
_OLD_TLS = "TLS_1_0"
# How the names of the newer policies begin that take TLS 1.2 or later only ("Security policies", API Gateway guide).
_MODERN = (
    "SecurityPolicy_TLS12_",
    "SecurityPolicy_TLS13_1_2_",
    "SecurityPolicy_TLS13_1_3_",
    "SecurityPolicy_TLS13_2025_EDGE",
)


class Endpoints(Part):
    types: tuple[str, ...]


class RestApi(
    Evidence,
    read=Read(
        "apigateway:GetRestApis",
        "items",
        fixed={"limit": 500},
        arn=_ARN + "restapis/{id}",
        action=GET,
    ),
):
    id: str
    name: str
    endpoint_configuration: Endpoints
    disable_execute_api_endpoint: bool = False
    policy: PolicyInText = None

    @property
    def is_private(self) -> bool:
        return "PRIVATE" in self.endpoint_configuration.types


class MethodSetting(Part):
    logging_level: str | None = None
    throttling_rate_limit: float | None = None
    caching_enabled: bool = False
    cache_data_encrypted: bool = False


class AccessLog(Part):
    destination_arn: str | None = None


class Stage(
    Evidence,
    read=Read(
        "apigateway:GetStages",
        "item",
        per=RestApi,
        args={"restApiId": "id"},
        arn=_ARN + "restapis/{id}/stages/{stage_name}",
        action=GET,
    ),
):
    stage_name: str
    access_log_settings: AccessLog | None = None
    method_settings: dict[str, MethodSetting] | None = None
    cache_cluster_enabled: bool = False
    client_certificate_id: str | None = None
    documentation_version: str | None = None
    tracing_enabled: bool = False
    web_acl_arn: str | None = None

    @property
    def for_all(self) -> MethodSetting | None:
        """What is set for all methods that have no setting of their own."""
        return (self.method_settings or {}).get("*/*")

    @property
    def settings(self) -> dict[str, MethodSetting]:
        return self.method_settings or {}


class Integration(Part):
    type: str | None = None
    uri: str | None = None
    connection_type: str | None = None


class Method(Part):
    authorization_type: str
    api_key_required: bool = False
    request_validator_id: str | None = None
    request_models: dict[str, str] | None = None
    method_integration: Integration | None = None


class Resource(
    Evidence,
    read=Read(
        "apigateway:GetResources",
        "items",
        per=RestApi,
        args={"restApiId": "id"},
        fixed={"embed": ["methods"], "limit": 500},
        action=GET,
    ),
):
    path: str
    resource_methods: dict[str, Method] | None = None  # a resource that only holds others has none

    @property
    def methods(self) -> dict[str, Method]:
        return self.resource_methods or {}


class Throttle(Part):
    rate_limit: float | None = None


class AccountThrottle(Evidence, read=Read("apigateway:GetAccount", "throttleSettings", per=RestApi, action=GET)):
    """What throttles all APIs of the region together; one call, whatever the number of APIs."""

    rate_limit: float


class PlanStage(Part):
    api_id: str | None = None
    stage: str | None = None


class UsagePlan(
    Evidence,
    read=Read("apigateway:GetUsagePlans", "items", per=RestApi, fixed={"limit": 500}, action=GET),
):
    """A usage plan of the region; one call, whatever the number of APIs."""

    api_stages: tuple[PlanStage, ...] = ()
    throttle: Throttle | None = None


def nobody_calls(api: RestApi, doors: list[Door]) -> NotApplicable | CannotTell | None:
    """Why a public API is not judged that no domain name is known to lead to, though its own endpoint is off."""
    if not api.disable_execute_api_endpoint or any(one.apis is not None and api.id in one.apis for one in doors):
        return None
    if any(one.apis is None for one in doors):
        return CannotTell("its own endpoint is off, and whether a domain name leads to it is not told")
    return NO_DOOR


def _closed(api: RestApi, account: str) -> bool:
    """Does the API's own policy keep out who is not named in it?"""
    if api.policy is None:
        return False
    return not lets_everyone(api.policy, account)


@check(effort="medium")
def methods_authenticate_their_callers(
    api: RestApi,
    resources: list[Resource],
    doors: list[Door],
    here: Target,
    *,
    open_paths: tuple[str, ...] = (),
) -> Verdict:
    """Methods of REST APIs ask who calls, or the API's policy lets in named callers only.

    Why: an API key counts calls and proves nobody; whoever finds the address uses the method.
    Fix: set an authorizer or AWS_IAM on the method; name paths that are meant for everybody in `open_paths`.
    """
    methods = [
        (f"{verb} {one.path}", method.authorization_type, one.path)
        for one in resources
        for verb, method in one.methods.items()
        if verb != "OPTIONS"  # browsers ask these without credentials
    ]
    if not methods:
        return NotApplicable("the API has no methods")
    if api.is_private and api.policy is None:
        return NotApplicable("without a policy nobody can call a private API")
    unproven = sorted(name for name, kind, path in methods if kind == "NONE" and path not in open_paths)
    if not unproven:
        return Holds(f"{len(methods)} methods ask who calls")
    if _closed(api, here.account):
        return Holds("the API's policy lets in named callers only")
    if api.disable_execute_api_endpoint and api.is_private:
        return CannotTell("its own endpoint is off, and whether a private domain name leads to it was not read")
    if api.disable_execute_api_endpoint and (told := by_names(api.id, doors)):
        return told
    return Fails(f"open: {', '.join(unproven[:5])}{', …' if len(unproven) > 5 else ''}")


@check(effort="medium")
def private_apis_name_their_networks(api: RestApi, here: Target) -> Verdict:
    """Policies of private REST APIs let in named networks, endpoints or accounts only.

    Why: "private" means any VPC endpoint of any account, until the policy says which.
    Fix: bind the API's policy with aws:SourceVpce or aws:SourceVpc, then deploy it.
    """
    if not api.is_private:
        return NotApplicable("the API is not private")
    if api.policy is None:
        return NotApplicable("without a policy nobody can call a private API")
    if _closed(api, here.account):
        return Holds("the policy lets in named callers only")
    return Fails(f"the policy is open: {lets_everyone(api.policy, here.account)[0]}")


@check(effort="low")
def calls_are_logged(stage: Stage) -> Verdict:
    """Stages of REST APIs write access logs, or execution logs of all methods.

    Why: without them nobody can tell afterwards who called what, and with which result.
    Fix: aws apigateway update-stage … --patch-operations op=replace,path=/accessLogSettings/destinationArn,value=GROUP
    """
    if stage.access_log_settings is not None and stage.access_log_settings.destination_arn:
        return Holds(f"access logs go to {stage.access_log_settings.destination_arn}")
    level = stage.for_all.logging_level if stage.for_all is not None else None
    if level == "INFO" and all(one.logging_level == "INFO" for one in stage.settings.values()):
        return Holds("execution logs are at INFO")
    return Fails(f"no access log; the execution log is {level or 'off'}")


@check(effort="low")
def calls_are_traced(stage: Stage) -> Verdict:
    """Stages of REST APIs trace their calls with X-Ray.

    Why: a trace shows which of the parts behind the API was slow or broken.
    Fix: aws apigateway update-stage … --patch-operations op=replace,path=/tracingEnabled,value=true
    """
    return Holds("tracing is on") if stage.tracing_enabled else Fails("tracing is off")


@check(effort="low")
def cached_answers_are_encrypted(stage: Stage) -> Verdict:
    """Stages of REST APIs that cache answers encrypt them.

    Why: a cached answer is a customer's data at rest.
    Fix: aws apigateway update-stage … --patch-operations op=replace,path=/*/*/caching/dataEncrypted,value=true
    """
    caching = {name: one for name, one in stage.settings.items() if one.caching_enabled}
    if not stage.cache_cluster_enabled or not caching:
        return NotApplicable("the stage caches nothing")
    plain = sorted(name for name, one in caching.items() if not one.cache_data_encrypted)
    return Fails(f"cached in the clear: {', '.join(plain[:5])}") if plain else Holds("cached answers are encrypted")


@check(effort="low")
def domain_names_refuse_old_tls(domain: DomainName) -> Verdict:
    """Domain names of APIs take TLS 1.2 or later only.

    Why: TLS 1.0 and 1.1 are broken, and their last clients have gone.
    Fix: aws apigateway update-domain-name … --patch-operations op=replace,path=/securityPolicy,value=TLS_1_2
    """
    policy = domain.security_policy
    if policy == "TLS_1_2" or policy.startswith(_MODERN):
        return Holds(f"the policy is {policy}")
    told = f"the policy is {policy}"
    return (
        Fails(told) if policy == _OLD_TLS else CannotTell(f"{told}, and not one whose versions of TLS are known here")
    )


@check(effort="medium")
def backends_are_spoken_to_over_tls(resources: list[Resource], api: RestApi) -> Verdict:
    """REST APIs speak to backends on the internet over HTTPS.

    Why: HTTPS at the API hides that the rest of the way is in the open.
    Fix: change the integration's URI to https://…
    """
    uris = [
        (f"{verb} {one.path}", (method.method_integration.uri or "").lower())
        for one in resources
        for verb, method in one.methods.items()
        if method.method_integration is not None
        and method.method_integration.type in ("HTTP", "HTTP_PROXY")
        and method.method_integration.connection_type != "VPC_LINK"
    ]
    if not uris:
        return NotApplicable(f"{api.name} has no HTTP backend on the internet")
    plain = sorted(name for name, uri in uris if not uri.startswith("https://"))
    return Fails(f"not over HTTPS: {', '.join(plain[:5])}") if plain else Holds(f"{len(uris)} backends over HTTPS")


@check(effort="low")
def apis_are_described(api: RestApi, resources: list[Resource], stages: list[Stage]) -> Verdict:
    """REST APIs validate requests by a model, or publish their documentation.

    Why: a contract that only the code knows is broken by the next change of the code.
    Fix: give the methods models and a request validator, or publish a documentation version with the stage.
    """
    methods = [method for one in resources for method in one.methods.values()]
    if not methods:
        return NotApplicable(f"{api.name} has no methods")
    checked = sum(bool(one.request_validator_id or one.request_models) for one in methods)
    if checked:
        return Holds(f"{checked} of {len(methods)} methods have a model or a validator")
    documented = sorted(one.stage_name for one in stages if one.documentation_version)
    return (
        Holds(f"documented: {', '.join(documented)}") if documented else Fails("no model, validator or documentation")
    )


@fact
def stages_with_a_client_certificate(stages: list[Stage]) -> str | None:
    """How many stages show a client certificate to their backends."""
    shown = sum(bool(one.client_certificate_id) for one in stages)
    return f"{shown} of {len(stages)} stages show their backends a client certificate" if stages else None


@fact
def mutual_tls(domains: list[DomainName]) -> str | None:
    """Which domain names of APIs ask for client certificates."""
    names = sorted(one.domain_name for one in domains if one.asks_for_certificates)
    return f"{len(names)} of {len(domains)} API domain names ask for client certificates" if domains else None

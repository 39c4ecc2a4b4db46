"""What is read of Lambda."""

from scanner import Evidence, Keys, Part, Policy, Read


class Network(Part):
    subnet_ids: tuple[str, ...] = ()


class Tracing(Part):
    mode: str = "PassThrough"


class Environment(Part):
    variables: Keys = ()


class DeadLetters(Part):
    target_arn: str | None = None


class LoggingConfig(Part):
    log_group: str | None = None


class Layer(Part):
    arn: str


class Function(Evidence, read=Read("lambda:ListFunctions", "Functions", arn="{function_arn}")):
    function_name: str
    function_arn: str
    role: str
    timeout: int
    package_type: str = "Zip"
    runtime: str | None = None
    vpc_config: Network | None = None
    tracing_config: Tracing | None = None
    environment: Environment | None = None
    dead_letter_config: DeadLetters | None = None  # of $LATEST: each version has its own
    logging_config: LoggingConfig | None = None
    layers: tuple[Layer, ...] = ()
    master_arn: str | None = None

    @property
    def is_replica(self) -> bool:
        """Lambda@Edge copies a function to where CloudFront calls it; the copy is as its master is."""
        return self.master_arn is not None and self.master_arn != self.function_arn

    @property
    def log_group(self) -> str:
        named = self.logging_config.log_group if self.logging_config else None
        return named or f"/aws/lambda/{self.function_name}"


# The functions were listed, so it is the policy that is not there.
_NO_POLICY = frozenset({"ResourceNotFoundException"})


class FunctionPolicy(
    Evidence,
    read=Read("lambda:GetPolicy", per=Function, args={"FunctionName": "function_name"}, absent=_NO_POLICY),
):
    policy: Policy


class Routing(Part):
    additional_version_weights: Keys = ()


class Alias(
    Evidence,
    read=Read("lambda:ListAliases", "Aliases", per=Function, args={"FunctionName": "function_name"}),
):
    name: str
    function_version: str
    routing_config: Routing | None = None


class AliasPolicy(
    Evidence,
    read=Read(
        "lambda:GetPolicy",
        per=Alias,
        args={"FunctionName": "function_name", "Qualifier": "name"},
        absent=_NO_POLICY,
    ),
):
    """The policy of an alias: it stands beside the function's own, which does not show it."""

    policy: Policy


class AliasConfiguration(
    Evidence,
    read=Read(
        "lambda:GetFunctionConfiguration", per=Alias, args={"FunctionName": "function_name", "Qualifier": "name"}
    ),
):
    """The settings of the version that an alias points to: they were locked when it was published (API reference)."""

    version: str | None = None
    dead_letter_config: DeadLetters | None = None


class FunctionUrl(
    Evidence,
    read=Read(
        "lambda:ListFunctionUrlConfigs", "FunctionUrlConfigs", per=Function, args={"FunctionName": "function_name"}
    ),
):
    function_url: str
    auth_type: str


class Destination(Part):
    destination: str | None = None


class Destinations(Part):
    on_failure: Destination | None = None


class EventInvokeConfig(
    Evidence,
    read=Read(
        "lambda:ListFunctionEventInvokeConfigs",
        "FunctionEventInvokeConfigs",
        per=Function,
        args={"FunctionName": "function_name"},
    ),
):
    """How a function, a version or an alias of it handles what is sent to it asynchronously."""

    function_arn: str
    destination_config: Destinations | None = None

    @property
    def keeps_failures(self) -> bool:
        destinations = self.destination_config
        return bool(destinations and destinations.on_failure and destinations.on_failure.destination)


class EventSource(
    Evidence,
    read=Read(
        "lambda:ListEventSourceMappings",
        "EventSourceMappings",
        per=Function,
        args={"FunctionName": "function_name"},
    ),
):
    """What a function is fed from: a stream or a queue."""

    event_source_arn: str | None = None
    maximum_retry_attempts: int | None = None
    maximum_record_age_in_seconds: int | None = None

    @property
    def is_stream(self) -> bool:
        service = (self.event_source_arn or "").split(":")[2:3]
        return service in (["kinesis"], ["dynamodb"])


class Concurrency(
    Evidence,
    read=Read("lambda:GetFunctionConcurrency", per=Function, args={"FunctionName": "function_name"}),
):
    reserved_concurrent_executions: int | None = None


class SigningName(
    Evidence,
    read=Read(
        "lambda:GetFunctionCodeSigningConfig",
        "CodeSigningConfigArn",
        per=Function,
        args={"FunctionName": "function_name"},
        when={"package_type": "Zip"},
        absent={"CodeSigningConfigNotFoundException"},
        omitted_if_empty=True,
    ),
):
    value: str


class SigningPolicies(Part):
    untrusted_artifact_on_deployment: str = "Warn"


class Signing(
    Evidence,
    read=Read(
        "lambda:GetCodeSigningConfig", "CodeSigningConfig", per=SigningName, args={"CodeSigningConfigArn": "value"}
    ),
):
    code_signing_policies: SigningPolicies

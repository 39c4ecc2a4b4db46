"""How functions run: on what, over which zones, and what becomes of their failures."""

import re

from checks.ec2.evidence import Subnet
from checks.lambda_.evidence import (
    Alias,
    AliasConfiguration,
    AliasPolicy,
    Concurrency,
    EventInvokeConfig,
    EventSource,
    Function,
    FunctionPolicy,
)
from checks.lambda_.runtimes import AS_OF, DEPRECATED
from checks.logs import LogGroup
from scanner import CannotTell, Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact

# Services that call functions asynchronously and show in the function's policy ("Invoking Lambda functions", Developer Guide).
_ASYNCHRONOUS = frozenset(
    f"{name}.amazonaws.com"
    for name in ("cloudformation", "codecommit", "codepipeline", "config", "events", "iot", "logs", "s3", "ses", "sns")
)
_LATEST = ":$LATEST"
# A service may be named with its region: `logs.eu-west-1.amazonaws.com`.
_REGIONAL = re.compile(r"^([a-z]+)\.[a-z]{2}(?:-[a-z]+)+-\d\.")


@check(effort="medium")
def runtimes_are_supported(function: Function, at: ScanTime) -> Verdict:
    """Functions run on runtimes that AWS still patches.

    Why: after its end of support a runtime gets no more fixes, and soon the function cannot be changed any more.
    Fix: aws lambda update-function-configuration --function-name NAME --runtime RUNTIME
    """
    if function.package_type == "Image":
        return NotApplicable("the runtime is inside the container image")
    if function.is_replica:
        return NotApplicable("a replica of Lambda@Edge is as its master is")
    ends = DEPRECATED.get(function.runtime or "")
    if ends is None:
        return CannotTell(f"AWS's table as of {AS_OF} gives no date for {function.runtime}")
    if at.date() > ends > AS_OF:
        return CannotTell(
            f"by AWS's table as of {AS_OF} the support of {function.runtime} was to end on {ends}; AWS moves such dates"
        )
    if at.date() > ends:
        return Fails(f"the support of {function.runtime} ended on {ends} (AWS's table as of {AS_OF})")
    return Holds(f"{function.runtime} is supported until {ends}")


@check(effort="medium")
def functions_in_a_network_span_zones(function: Function, subnets: list[Subnet]) -> Verdict:
    """Functions that are attached to a VPC stand in at least two Availability Zones.

    Why: a function with subnets in a single zone stops with that zone.
    Fix: aws lambda update-function-configuration --function-name NAME --vpc-config SubnetIds=A,B,…
    """
    named = function.vpc_config.subnet_ids if function.vpc_config else ()
    if not named:
        return NotApplicable("the function is not attached to a VPC")
    zone_of = {one.subnet_id: one.availability_zone for one in subnets}
    zones = sorted({zone_of[name] for name in named if name in zone_of})
    if len(zones) > 1:
        return Holds(f"in {', '.join(zones)}")
    if len(named) > 1 and any(name not in zone_of for name in named):
        return CannotTell("not all of its subnets are among those that EC2 lists here")
    return Fails(f"in {', '.join(zones) or 'a single subnet'} alone")


@check(effort="low")
def functions_are_traced(function: Function) -> Verdict:
    """Functions record traces of their own.

    Why: without traces a slow or failing dependency has to be guessed.
    Fix: aws lambda update-function-configuration --function-name NAME --tracing-config Mode=Active
    """
    if function.is_replica:  # "Restrictions on Lambda@Edge" (CloudFront Developer Guide)
        return NotApplicable("X-Ray does not trace Lambda@Edge")
    mode = function.tracing_config.mode if function.tracing_config else "not set"
    return Holds("active tracing is on") if mode == "Active" else Fails(f"tracing is {mode}")


@check(effort="low")
def failed_events_are_kept(
    function: Function,
    policy: FunctionPolicy | None,
    of_aliases: list[AliasPolicy],
    aliases: list[Alias],
    versions: list[AliasConfiguration],
    configs: list[EventInvokeConfig],
) -> Verdict:
    """Functions that services call asynchronously keep the events that they could not handle.

    Why: after two more attempts Lambda drops the event, and nobody can say what was lost.
    Fix: aws lambda put-function-event-invoke-config --function-name NAME --destination-config OnFailure={Destination=ARN}
    """
    policies = [*([policy.policy] if policy else []), *(one.policy for one in of_aliases)]
    # Who calls, and what: the function itself or an alias of it. Each has a configuration of its own for what fails.
    called = {
        (resource.removesuffix(_LATEST), name.value)
        for one in policies
        for statement in one.statements
        if statement.effect == "Allow"
        for resource in statement.resources
        for name in statement.principals
        if name.kind == "Service" and _REGIONAL.sub(r"\1.", name.value) in _ASYNCHRONOUS
    }
    if not called:
        return NotApplicable("its policy lets in no service that calls asynchronously")
    kept = {config.function_arn.removesuffix(_LATEST) for config in configs if config.keeps_failures}
    left = [(resource, caller) for resource, caller in called if resource not in kept]
    if not left:
        return Holds("failures have a destination")
    queues = _dead_letters(function, aliases, versions)
    lost = sorted({caller for resource, caller in left if queues.get(resource) == ""})
    unknown = sorted({resource for resource, _ in left if queues.get(resource) is None})
    if not lost and not unknown:
        return Holds(f"dead letters go to {', '.join(sorted({str(queues[resource]) for resource, _ in left}))}")
    if any(name.rpartition(":")[2].isdigit() for name in kept):
        return CannotTell("failures of a version have a destination, and which version is called is not told")
    if lost:
        return Fails(f"called by {', '.join(lost)}; no dead-letter queue and no destination for failures")
    return CannotTell(
        f"whether every version that {unknown[0].rpartition(':')[2]} leads to has a dead-letter queue is not told"
    )


def _dead_letters(
    function: Function, aliases: list[Alias], versions: list[AliasConfiguration]
) -> dict[str, str | None]:
    """Where dead letters of the function and of its aliases go: empty where nowhere, None where that is not told.

    What fails is kept by the queue of the version that ran. The function's own is the queue of $LATEST alone.
    """

    def target(of: Function | AliasConfiguration) -> str:
        return (of.dead_letter_config and of.dead_letter_config.target_arn) or ""

    by_version = {one.version: target(one) for one in versions if one.version} | {"$LATEST": target(function)}
    told: dict[str, str | None] = {function.function_arn: by_version["$LATEST"]}
    for alias in aliases:
        more = alias.routing_config.additional_version_weights if alias.routing_config else ()
        found = [by_version.get(version) for version in (alias.function_version, *more)]
        known = [one for one in found if one is not None]
        worst = "" if "" in known else None if len(known) < len(found) else known[0]
        told[f"{function.function_arn}:{alias.name}"] = worst
    return told


@check(effort="low")
def streams_end_their_retries(function: Function, sources: list[EventSource]) -> Verdict:
    """Functions that read a stream give up on a bad record before it expires.

    Why: one record that cannot be handled holds up its shard for as long as the stream keeps it.
    Fix: aws lambda update-event-source-mapping --uuid ID --maximum-retry-attempts 5 --bisect-batch-on-function-error
    """
    streams = [source for source in sources if source.is_stream]
    if not streams:
        return NotApplicable(f"{function.function_name} reads no Kinesis or DynamoDB stream")
    endless = [
        source
        for source in streams
        if _endless(source.maximum_retry_attempts) and _endless(source.maximum_record_age_in_seconds)
    ]
    if endless:
        return Fails(f"retried until it expires: {', '.join(sorted(str(one.event_source_arn) for one in endless))}")
    return Holds("retries or the age of records are limited")


def _endless(limit: int | None) -> bool:
    """-1, which is the default, stands for infinite (Lambda API reference)."""
    return limit is None or limit < 0


@check(effort="medium")
def functions_have_a_version_to_go_back_to(function: Function, aliases: list[Alias]) -> Verdict:
    """Functions have an alias that points to a published version.

    Why: with callers on $LATEST, every upload is live at once, and there is nothing to go back to.
    Fix: aws lambda publish-version --function-name NAME; aws lambda create-alias --name live --function-version N …
    """
    if function.is_replica:
        return NotApplicable("a replica of Lambda@Edge is as its master is")
    published = sorted(f"{one.name} → {one.function_version}" for one in aliases if one.function_version != "$LATEST")
    if published:
        return Holds(f"aliases: {', '.join(published[:5])}")
    return Fails("no alias points to a published version")


@check(effort="low")
def functions_have_a_log_group(function: Function, groups: list[LogGroup]) -> Verdict:
    """Functions have written logs.

    Why: a function without a log group either never ran, or may not write what it does.
    Fix: give its role logs:CreateLogStream and logs:PutLogEvents, and make the log group with a retention.
    """
    if function.is_replica:
        return NotApplicable("a replica of Lambda@Edge writes its logs where it ran")
    name = function.log_group
    if any(group.log_group_name == name for group in groups):
        return Holds(f"{name} exists")
    return Fails(f"{name} does not exist")


@fact
def runtimes(functions: list[Function]) -> str | None:
    """Which runtimes functions use."""
    counts: dict[str, int] = {}
    for function in functions:
        name = function.runtime or "container image"
        counts[name] = counts.get(name, 0) + 1
    told = ", ".join(f"{count} × {name}" for name, count in sorted(counts.items()))
    return f"runtimes of functions: {told}" if told else None


@fact
def reserved_concurrency(functions: list[Function], reserved: list[Concurrency]) -> str | None:
    """How many functions have concurrency of their own, which also bounds them."""
    if not functions:
        return None
    bounded = [one for one in reserved if one.reserved_concurrent_executions is not None]
    return f"{len(bounded)} of {len(functions)} functions have reserved concurrency"


@fact
def timeouts(functions: list[Function]) -> str | None:
    """How long functions may run, and how many were left at the default."""
    if not functions:
        return None
    default = sum(function.timeout == 3 for function in functions)
    longest = max(functions, key=lambda one: (one.timeout, one.function_name))
    return (
        f"{default} of {len(functions)} functions have the default timeout of 3 s; "
        f"the longest is {longest.timeout} s ({longest.function_name})"
    )


@fact
def weighted_aliases(aliases: list[Alias]) -> str | None:
    """Which aliases send part of their traffic to another version at this moment."""
    told = sorted(
        f"{one.name} ({one.function_version} and {', '.join(sorted(one.routing_config.additional_version_weights))})"
        for one in aliases
        if one.routing_config and one.routing_config.additional_version_weights
    )
    return f"aliases that are shifting traffic: {', '.join(told)}" if told else None

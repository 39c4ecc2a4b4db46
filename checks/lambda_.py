"""Lambda: functions, who may call them, and how they run."""

from scanner import (
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    Policy,
    Read,
    Target,
    Verdict,
    check,
    fact,
    lets_everyone,
)


class Network(Part):
    subnet_ids: tuple[str, ...] = ()


class Tracing(Part):
    mode: str = "PassThrough"


class Function(Evidence, read=Read("lambda:ListFunctions", "Functions", arn="{function_arn}")):
    function_name: str
    function_arn: str
    role: str
    runtime: str | None = None
    vpc_config: Network | None = None
    tracing_config: Tracing | None = None


class FunctionPolicy(
    Evidence,
    read=Read(
        "lambda:GetPolicy",
        per=Function,
        args={"FunctionName": "function_name"},
        absent={"ResourceNotFoundException"},  # the function was listed, so it is the policy that is not there
    ),
):
    policy: Policy


@check(effort="low")
def functions_are_not_public(policy: FunctionPolicy | None, here: Target) -> Verdict:
    """No function's policy lets everyone call it.

    Why: whoever finds the function's name runs it, with the rights of its role and on this account's bill.
    Fix: aws lambda remove-permission --function-name NAME --statement-id SID, or bind it to a source ARN and account.
    """
    if policy is None:
        return Holds("the function has no policy")
    found = lets_everyone(policy.policy, here.account)
    return Fails(f"the policy is open: {found[0]}") if found else Holds("the policy lets in nobody in general")


@check(effort="medium")
def functions_in_a_network_span_zones(function: Function) -> Verdict:
    """Functions that are attached to a VPC have subnets to fall back on.

    Why: a function with a single subnet stops with that subnet's Availability Zone.
    Fix: aws lambda update-function-configuration --function-name NAME --vpc-config SubnetIds=A,B,…
    """
    subnets = function.vpc_config.subnet_ids if function.vpc_config else ()
    if not subnets:
        return NotApplicable("the function is not attached to a VPC")
    return Holds(f"{len(subnets)} subnets") if len(subnets) > 1 else Fails("a single subnet")


@check(effort="medium")
def functions_have_roles_of_their_own(functions: list[Function]) -> Verdict:
    """Functions do not share roles.

    Why: a shared role has the rights of all who share it.
    Fix: a role for each function, with what it alone needs.
    """
    if not functions:
        return NotApplicable("there are no functions")
    users: dict[str, list[str]] = {}
    for function in functions:
        users.setdefault(function.role, []).append(function.function_name)
    shared = {role: names for role, names in users.items() if len(names) > 1}
    if not shared:
        return Holds(f"{len(functions)} functions, each with its own role")
    role, names = max(shared.items(), key=lambda item: (len(item[1]), item[0]))
    return Fails(f"{len(names)} functions share {role.rpartition('/')[2]}: {', '.join(sorted(names)[:5])}")


@check(effort="low")
def functions_are_traced(function: Function) -> Verdict:
    """Functions record traces of their own.

    Why: without traces a slow or failing dependency has to be guessed.
    Fix: aws lambda update-function-configuration --function-name NAME --tracing-config Mode=Active
    """
    mode = function.tracing_config.mode if function.tracing_config else "not set"
    return Holds("active tracing is on") if mode == "Active" else Fails(f"tracing is {mode}")


@fact
def runtimes(functions: list[Function]) -> str | None:
    """Which runtimes functions use."""
    counts: dict[str, int] = {}
    for function in functions:
        name = function.runtime or "container image"
        counts[name] = counts.get(name, 0) + 1
    told = ", ".join(f"{count} × {name}" for name, count in sorted(counts.items()))
    return f"runtimes of functions: {told}" if told else None

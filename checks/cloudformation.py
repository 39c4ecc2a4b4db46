"""CloudFormation: stacks, their protection and their drift."""

from datetime import datetime, timedelta

from checks.names import secret_names
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact

_BROKEN = frozenset(
    {
        "CREATE_FAILED",
        "DELETE_FAILED",
        "IMPORT_ROLLBACK_FAILED",
        "ROLLBACK_COMPLETE",  # a first creation that failed; such a stack can only be deleted (CloudFormation user guide)
        "ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_FAILED",
    }
)


class Drift(Part):
    stack_drift_status: str
    last_check_timestamp: datetime | None = None


class Trigger(Part):
    arn: str


class Rollback(Part):
    rollback_triggers: tuple[Trigger, ...] = ()


class Output(Part):
    """An output by its name; its value is not kept."""

    output_key: str | None = None


class Stack(Evidence, read=Read("cloudformation:DescribeStacks", "Stacks", arn="{stack_id}")):
    stack_id: str
    stack_name: str
    stack_status: str
    last_updated_time: datetime | None = None  # not there where it was never updated
    enable_termination_protection: bool = False
    parent_id: str | None = None
    drift_information: Drift | None = None
    rollback_configuration: Rollback | None = None
    outputs: tuple[Output, ...] = ()


class SomeStack(Evidence, read=Read("cloudformation:DescribeStacks", "Stacks[0]", omitted_if_empty=True)):
    """The first stack of the same answer: there is none where there are no stacks."""

    stack_id: str


class DeclaredParameter(
    Evidence,
    read=Read(
        "cloudformation:GetTemplateSummary",
        "Parameters",
        per=Stack,
        args={"StackName": "stack_id"},
        omitted_if_empty=True,
    ),
):
    """A parameter as the stack's template declares it; neither value nor default is kept."""

    parameter_key: str
    parameter_type: str = "String"
    no_echo: bool = False


class StackPolicy(
    Evidence,
    read=Read(
        "cloudformation:GetStackPolicy",
        "StackPolicyBody",
        per=Stack,
        args={"StackName": "stack_id"},
        omitted_if_empty=True,
    ),
):
    value: str


class StackSet(
    Evidence, read=Read("cloudformation:ListStackSets", "Summaries", per=SomeStack, fixed={"Status": "ACTIVE"})
):
    stack_set_name: str
    permission_model: str | None = None
    drift_status: str | None = None
    last_drift_check_timestamp: datetime | None = None


class Hook(
    Evidence,
    read=Read(
        "cloudformation:ListTypes",
        "TypeSummaries",
        per=SomeStack,
        fixed={"Type": "HOOK", "Visibility": "PRIVATE"},
    ),
):
    type_name: str


@check(effort="low")
def stacks_are_protected_from_deletion(stack: Stack) -> Verdict:
    """Stacks refuse to be deleted.

    Why: one call deletes a stack and what is in it.
    Fix: aws cloudformation update-termination-protection --enable-termination-protection --stack-name NAME
    """
    if stack.parent_id:
        return NotApplicable("a nested stack is protected with its parent")
    return Holds("termination protection is on") if stack.enable_termination_protection else Fails("it is off")


@check(effort="medium")
def stacks_have_not_drifted(stack: Stack, at: ScanTime, *, days: int = 90) -> Verdict:
    """Stacks are as their templates say, as far as was looked lately.

    Why: what was changed by hand is undone, or breaks, at the next deployment.
    Fix: aws cloudformation detect-stack-drift --stack-name NAME; take the change into the template or put it back.
    """
    drift = stack.drift_information
    status = drift.stack_drift_status if drift else "NOT_CHECKED"
    when = drift.last_check_timestamp if drift else None
    if status == "DRIFTED" and when and stack.last_updated_time and stack.last_updated_time > when:
        return CannotTell(f"drifted on {when:%Y-%m-%d}, and was updated since")
    if status == "DRIFTED":
        return Fails("drifted at the last detection")
    if status != "IN_SYNC":
        return CannotTell("drift was never looked for")
    if when is None or at - when > timedelta(days=days):
        return CannotTell(f"drift was last looked for {f'on {when:%Y-%m-%d}' if when else 'at an unknown time'}")
    return Holds(f"in sync on {when:%Y-%m-%d}")


@check(effort="medium")
def stack_sets_have_not_drifted(sets: list[StackSet], at: ScanTime, *, days: int = 90) -> Verdict:
    """Stacks that stack sets brought to accounts and regions are as the sets say, as far as was looked lately.

    Why: a baseline that was changed in one account is a baseline that the others only seem to share.
    Fix: aws cloudformation detect-stack-set-drift --stack-set-name NAME; update the set, or its instances.
    """
    drifted = sorted(one.stack_set_name for one in sets if one.drift_status == "DRIFTED")
    if drifted:
        return Fails(f"drifted at the last detection: {', '.join(drifted[:5])}")
    if not sets:
        return NotApplicable("there are no stack sets")
    fresh = {
        one.stack_set_name
        for one in sets
        if one.drift_status == "IN_SYNC"
        and one.last_drift_check_timestamp is not None
        and at - one.last_drift_check_timestamp <= timedelta(days=days)
    }
    if unlooked := sorted({one.stack_set_name for one in sets} - fresh):
        return CannotTell(f"drift was not looked for lately: {', '.join(unlooked[:5])}")
    return Holds(f"in sync: {', '.join(sorted(fresh)[:5])}")


@check(effort="low")
def updates_watch_alarms(stack: Stack) -> Verdict:
    """Stacks roll an update back where an alarm goes off.

    Why: CloudFormation sees that resources were made, not that the workload stopped working.
    Fix: aws cloudformation update-stack --rollback-configuration RollbackTriggers=[{Arn=ALARM,Type=AWS::CloudWatch::Alarm}]
    """
    if stack.parent_id:
        return NotApplicable("a nested stack is rolled back with its parent")
    triggers = stack.rollback_configuration.rollback_triggers if stack.rollback_configuration else ()
    return Holds(f"{len(triggers)} rollback triggers") if triggers else Fails("no rollback trigger")


@check(effort="medium")
def secret_parameters_are_hidden(stack: Stack, declared: list[DeclaredParameter]) -> Verdict:
    """Parameters of stacks that are named like secrets are declared with NoEcho.

    Why: everybody who may describe the stack reads its other parameters.
    Fix: declare the parameter with NoEcho: true, or better let the template resolve it from Secrets Manager.
    """
    # A parameter of such a type holds the name of one in Parameter Store, and not its value.
    own = [one for one in declared if not one.parameter_type.startswith("AWS::SSM::Parameter")]
    found = secret_names(one.parameter_key for one in own if not one.no_echo)
    if found:
        return Fails(f"named like secrets, without NoEcho: {', '.join(found)}")
    return Holds("none") if declared else NotApplicable(f"{stack.stack_name} has no parameters")


@check(effort="medium")
def outputs_are_not_named_like_secrets(stack: Stack) -> Verdict:
    """No output of a stack is named like a secret.

    Why: outputs are shown in plain text, and exported ones to the whole account.
    Fix: write the secret to Secrets Manager, and put its ARN into the output.
    """
    if not stack.outputs:
        return NotApplicable("the stack has no outputs")
    found = secret_names(one.output_key or "" for one in stack.outputs)
    return Fails(f"named like secrets: {', '.join(found)}") if found else Holds(f"none of {len(stack.outputs)} outputs")


@check(effort="high")
def no_stack_is_stuck(stack: Stack) -> Verdict:
    """No stack is in a failed state that blocks its next deployment.

    Why: the urgent fix cannot be deployed until somebody has untangled the stack.
    Fix: aws cloudformation continue-update-rollback --stack-name NAME, or delete the failed stack.
    """
    return Fails(f"the state is {stack.stack_status}") if stack.stack_status in _BROKEN else Holds(stack.stack_status)


@fact
def drift_detection(stacks: list[Stack]) -> str | None:
    """How many stacks were ever looked at for drift."""
    if not stacks:
        return None
    looked = sum(
        s.drift_information is not None and s.drift_information.stack_drift_status != "NOT_CHECKED" for s in stacks
    )
    return f"drift was looked for in {looked} of {len(stacks)} stacks"


@fact
def stack_policies(stacks: list[Stack], policies: list[StackPolicy]) -> str | None:
    """How many stacks protect single resources by a stack policy."""
    return f"{len(policies)} of {len(stacks)} stacks have a stack policy" if stacks else None


@fact
def stack_sets(sets: list[StackSet]) -> str | None:
    """Which stack sets bring the same stacks to many accounts and regions, and whether they have drifted."""
    told = sorted(f"{one.stack_set_name} ({one.drift_status or 'drift unknown'})" for one in sets)
    return f"{len(sets)} stack sets: {', '.join(told[:10])}" if sets else None


@fact
def hooks(found: list[Hook]) -> str | None:
    """Which hooks look at resources before CloudFormation makes them."""
    names = sorted({one.type_name for one in found})
    return f"CloudFormation hooks: {', '.join(names[:10])}" if names else None

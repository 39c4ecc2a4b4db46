"""CloudFormation: stacks, their protection and their drift."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

_BROKEN = frozenset(
    {"ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED", "IMPORT_ROLLBACK_FAILED"}
)


class Drift(Part):
    stack_drift_status: str


class Stack(Evidence, read=Read("cloudformation:DescribeStacks", "Stacks", arn="{stack_id}")):
    stack_id: str
    stack_name: str
    stack_status: str
    enable_termination_protection: bool = False
    parent_id: str | None = None
    drift_information: Drift | None = None


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
def stacks_have_not_drifted(stack: Stack) -> Verdict:
    """Stacks are as their templates say.

    Why: what was changed by hand is undone, or breaks, at the next deployment.
    Fix: aws cloudformation detect-stack-drift --stack-name NAME; take the change into the template or put it back.
    """
    status = stack.drift_information.stack_drift_status if stack.drift_information else "NOT_CHECKED"
    if status == "IN_SYNC":
        return Holds("in sync at the last detection")
    if status == "DRIFTED":
        return Fails("drifted at the last detection")
    return NotApplicable("drift was never looked for")


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

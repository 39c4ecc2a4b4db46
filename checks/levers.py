"""Documents that are pulled like a lever: in an overload, or to recover. And whether changes have a path that is written down."""

import re

from checks.changes import History
from checks.cloudformation import Stack
from checks.codepipeline import Pipeline
from checks.iam.evidence import OidcProvider
from checks.ssm.evidence import Document, Execution
from checks.stepfunctions import Machine
from scanner import AllRegions, CannotTell, Fails, Holds, NotApplicable, Verdict, check, fact

_LEVER = re.compile(
    r"(?i)lever|kill[-_ ]?switch|shed|throttl|degrade|maintenance[-_ ]?mode|circuit|disable[-_ ]?feature|emergency"
)
_RECOVERY = re.compile(
    r"(?i)recover|restore|fail[-_ ]?over|fail[-_ ]?back|disaster|(?:^|[-_ ])dr(?:[-_ ]|$)|rebuild|switch[-_ ]?region"
)
_DONE = frozenset({"Success", "CompletedWithSuccess"})
# Runs that have not ended, or that somebody ended: they say nothing of whether the document works.
_UNDER_WAY = frozenset(
    {
        "Approved",
        "Cancelled",
        "Cancelling",
        "ChangeCalendarOverrideApproved",
        "ChangeCalendarOverrideRejected",
        "Exited",
        "InProgress",
        "Pending",
        "PendingApproval",
        "PendingChangeCalendarOverride",
        "Rejected",
        "RunbookInProgress",
        "Scheduled",
        "Waiting",
    }
)
MOST_NAMED = 5


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(sorted(names)[:MOST_NAMED]) + more


def _own(documents: list[Document], like: re.Pattern[str]) -> list[str]:
    return sorted({one.name for one in documents if one.document_type == "Automation" and like.search(one.name)})


def _last_runs(names: list[str], executions: list[Execution]) -> Verdict:
    last: dict[str, str] = {}
    for run in sorted(executions, key=lambda one: one.execution_start_time):
        if run.document_name in names and run.automation_execution_status not in _UNDER_WAY:
            last[run.document_name] = run.automation_execution_status
    failed = [f"{name} ({status})" for name, status in last.items() if status not in _DONE]
    if failed:
        return Fails(f"did not succeed: {_named(failed)}")
    if untried := [name for name in names if name not in last]:
        well = f"; the last runs of {_named(list(last))} succeeded" if last else ""
        return CannotTell(f"no run of {_named(untried)} to its end is in the history{well}")
    return Holds(f"the last runs of {_named(list(last))} succeeded")


@check(effort="medium")
def emergency_levers_work(documents: list[Document], executions: list[Execution]) -> Verdict:
    """The last pull of every emergency lever succeeded: runbooks that shed load or switch something off, by their names.

    Why: a lever that failed when it was tried will fail when the workload drowns.
    Fix: aws ssm get-automation-execution --automation-execution-id ID says at which step it failed; try it on a game day.
    """
    names = _own(documents, _LEVER)
    return _last_runs(names, executions) if names else NotApplicable("no own runbook is named like a lever")


@check(effort="medium")
def recovery_runbooks_succeed(documents: list[Document], executions: list[Execution]) -> Verdict:
    """The last run of every runbook for recovery succeeded: those that restore or fail over, by their names.

    Why: a recovery that failed in a drill fails in the disaster, with everybody watching.
    Fix: aws ssm get-automation-execution --automation-execution-id ID says at which step it failed.
    """
    names = _own(documents, _RECOVERY)
    return _last_runs(names, executions) if names else NotApplicable("no own runbook is named like a recovery")


@check(effort="medium")
def changes_have_a_written_path(
    pipelines: AllRegions[Pipeline],
    documents: AllRegions[Document],
    stacks: AllRegions[Stack],
    providers: list[OidcProvider],
    histories: AllRegions[History],
    *,
    fewest: int = 10,
) -> Verdict:
    """Where people make changes in the console, there is also a path that is written down: a pipeline, a runbook or a stack.

    Why: what is done from memory is done differently each time, and not at all by the one who is on call.
    Fix: write the steps as an Automation document, or let a pipeline do them; declare a wiki as wiki_runbooks.
    """
    runbooks = [one for one in documents if one.document_type == "Automation"]
    counts = {
        "pipelines": len(pipelines),
        "runbooks": len(runbooks),
        "stacks": len(stacks),
        "identity providers from outside": sum("oidc.eks." not in one.arn for one in providers),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    if told:
        return Holds(told)
    by_hand = sum(change.way == "hand" for one in histories for change in one.changes)
    if by_hand < fewest:
        return NotApplicable(f"no path is seen, and {by_hand} changes were made by hand in the console")
    return Fails(
        f"{by_hand} changes were made by hand in the console, and no pipeline, runbook or stack is there for them"
    )


@fact
def levers_and_recoveries(documents: list[Document], machines: list[Machine]) -> str | None:
    """Which own runbooks and state machines are named like a lever or like a recovery."""
    names = [one.name for one in documents if one.document_type == "Automation"] + [one.name for one in machines]
    levers = sorted({name for name in names if _LEVER.search(name)})
    recoveries = sorted({name for name in names if _RECOVERY.search(name)})
    if not levers and not recoveries:
        return None
    return f"by their names, levers: {_named(levers) or 'none'}; recoveries: {_named(recoveries) or 'none'}"

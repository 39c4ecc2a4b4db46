"""Parameters, runbooks and operational items."""

import re

from checks.ec2.evidence import Instance
from checks.names import looks_secret
from checks.ssm.evidence import Document, DocumentShare, Execution, OpsItem, Parameter, PublicSharing, Run
from scanner import AllRegions, CannotTell, Fails, Holds, NotApplicable, Verdict, check, fact

MOST_NAMED = 5
_RESPONSE = re.compile(
    r"(?i)incident|isolat|quarantin|forensic|contain(?!er)|playbook|memory.?(dump|capture)|revoke|investigat"
)
_DONE = frozenset({"Success", "CompletedWithSuccess"})
# Every other status is one of a run that goes on, or that somebody ended (SSM API reference, AutomationExecutionStatus).
_BROKEN = frozenset({"Failed", "TimedOut", "CompletedWithFailure"})


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(sorted(names)[:MOST_NAMED]) + more


@check(effort="low")
def secret_parameters_are_encrypted(parameters: list[Parameter]) -> Verdict:
    """Parameters that are named like secrets are of the type SecureString.

    Why: a String is shown to everybody who may read parameters, and is in every export of them.
    Fix: aws ssm put-parameter --name NAME --type SecureString --value … (delete the String first), or use Secrets Manager.
    """
    if not parameters:
        return NotApplicable("there are no parameters")
    plain = [one.name for one in parameters if one.type != "SecureString" and looks_secret(one.name)]
    if plain:
        return Fails(f"in plain text: {_named(plain)}")
    secure = sum(one.type == "SecureString" for one in parameters)
    return Holds(f"{secure} of {len(parameters)} are secure, and no other is named like a secret")


@check(effort="low")
def documents_are_not_public(document: Document, shares: list[DocumentShare]) -> Verdict:
    """No document of the account is shared with everyone.

    Why: a document tells how the account is run, and sometimes more.
    Fix: aws ssm modify-document-permission --name NAME --permission-type Share --account-ids-to-remove all
    """
    accounts = sorted(one.value for one in shares)
    if any(account.lower() == "all" for account in accounts):
        return Fails(f"{document.name} is shared with everyone")
    return Holds(f"shared with {', '.join(accounts)}" if accounts else "shared with nobody")


@check(effort="low")
def documents_cannot_become_public(settings: list[PublicSharing]) -> Verdict:
    """No document can be shared with everyone: the region refuses it.

    Why: a switch for the region holds whatever a document's owner does by mistake.
    Fix: aws ssm update-service-setting --setting-id /ssm/documents/console/public-sharing-permission --setting-value Disable
    """
    if not settings:
        return NotApplicable("there are no documents of the account's own")
    told = f"the setting for sharing with everyone is {settings[0].setting_value}"
    return Holds(told) if settings[0].setting_value == "Disable" else Fails(told)


@check(effort="medium")
def runbooks_succeed(documents: list[Document], executions: list[Execution]) -> Verdict:
    """The last run of each of the account's own runbooks succeeded.

    Why: a runbook that failed the last time will fail when it is needed.
    Fix: aws ssm get-automation-execution --automation-execution-id ID says at which step it failed.
    """
    own = {one.name for one in documents if one.document_type == "Automation"}
    last: dict[str, Execution] = {}
    for run in sorted(executions, key=lambda one: one.execution_start_time):
        if run.document_name in own and run.automation_execution_status in _DONE | _BROKEN:
            last[run.document_name] = run
    if not last:
        return NotApplicable("no run of an own runbook has ended within the history")
    failed = [
        f"{name} ({run.automation_execution_status})"
        for name, run in last.items()
        if run.automation_execution_status not in _DONE
    ]
    return Fails(f"did not succeed: {_named(failed)}") if failed else Holds(f"the last runs of {_named(list(last))}")


@check(effort="high")
def procedures_are_runbooks(
    documents: AllRegions[Document],
    executions: AllRegions[Execution],
    runs: AllRegions[Run],
    instances: AllRegions[Instance],
) -> Verdict:
    """Procedures are runbooks of Systems Manager that are run: the account's own, or AWS's.

    Why: a procedure that lives in one head is done differently by each person, and not at all on that person's holiday.
    Fix: aws ssm create-document --document-type Automation … for what is done most often, or declare wiki_runbooks.
    """
    own = sorted({one.name for one in documents if one.document_type == "Automation"})
    ended = {one.document_name for one in executions if one.automation_execution_status in _DONE}
    ended |= {one.document_name for one in runs if one.automation_execution_status in _DONE}
    if ended:
        return Holds(f"run with success: {_named(sorted(ended))}")
    if own:
        return CannotTell(f"no run of {_named(own)} with success is in the history that Systems Manager keeps")
    if not instances:
        return NotApplicable("there is no runbook of the account's own, and no instance to run one on")
    return Fails("there is no runbook of the account's own, and no run of one of AWS's is on record")


@fact
def runbooks(documents: list[Document], executions: list[Execution]) -> str | None:
    """Which runbooks the account wrote, and when they last ran, as far as Systems Manager keeps that."""
    own = sorted(one.name for one in documents if one.document_type == "Automation")
    if not own:
        return None
    last: dict[str, str] = {}
    for run in sorted(executions, key=lambda one: one.execution_start_time):
        last[run.document_name] = f"{run.execution_start_time:%Y-%m-%d}"
    told = [f"{name} ({last.get(name, 'no run in the history')})" for name in own]
    return f"{len(own)} runbooks of the account's own, with their last run: {_named(told)}"


@fact
def automation(executions: list[Execution]) -> str | None:
    """How many runbooks ran, and how many of the runs succeeded."""
    runs = [one for one in executions if not one.parent_automation_execution_id]
    if not runs:
        return None
    good = sum(one.automation_execution_status in _DONE for one in runs)
    since = min(one.execution_start_time for one in runs)
    return f"{len(runs)} runs of runbooks since {since:%Y-%m-%d}, {good} of them with success"


@fact
def response_runbooks(documents: list[Document]) -> str | None:
    """Which own documents look like playbooks for incidents, by their names."""
    found = [one.name for one in documents if _RESPONSE.search(one.name)]
    return f"documents that look like playbooks: {_named(found)}" if found else None


@fact
def change_control(documents: list[Document]) -> str | None:
    """Which change templates and change calendars there are."""
    kinds = {"ChangeCalendar": "calendars", "Automation.ChangeTemplate": "templates"}
    told = [
        f"{word}: {_named(names)}"
        for kind, word in kinds.items()
        if (names := [one.name for one in documents if one.document_type == kind])
    ]
    return f"change {'; change '.join(told)}" if told else None


@fact
def documents_by_type(documents: list[Document]) -> str | None:
    """What kinds of documents the account wrote."""
    types = [one.document_type for one in documents]
    told = ", ".join(f"{types.count(kind)} {kind}" for kind in sorted(set(types)))
    return f"documents of the account's own: {told}" if types else None


@fact
def open_items(items: list[OpsItem]) -> str | None:
    """How many operational items are open, and since when."""
    if not items:
        return None
    oldest = min(one.created_time for one in items)
    return f"{len(items)} OpsItems are open, the oldest since {oldest:%Y-%m-%d}"

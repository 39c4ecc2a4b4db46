"""Step Functions checks: against real clients and as tables."""

import json
from typing import Any

import pytest

from checks import stepfunctions
from checks.stepfunctions import Machine
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from scanner.evidence.shape import shape_of
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

CALL = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"Password": "hunter2"},
    "End": True,
}


def definition(**states: object) -> str:
    return json.dumps({"StartAt": "One", "States": states})


def test_machines_through_a_client(aws: Emulator) -> None:
    iam = aws.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="r", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    client = aws.client("stepfunctions")

    def made(name: str, one: dict[str, Any], **how: Any) -> str:
        answer = client.create_state_machine(name=name, definition=definition(One=one), roleArn=role, **how)
        return str(answer["stateMachineArn"])

    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:m:*"
    logs = {"level": "ERROR", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}
    heard = {"loggingConfiguration": logs, "tracingConfiguration": {"enabled": True}}
    again = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}
    good = made("good", CALL | {"TimeoutSeconds": 5, "Retry": [again]}, **heard)
    bad = made("bad", CALL)
    stubborn = made("stubborn", CALL | {"Retry": [again | {"MaxAttempts": 99}]})
    empty = made("empty", {"Type": "Pass", "End": True})
    silent, untraced, no_task = ("fails", "the log level is OFF"), ("fails", "tracing is off"), "no state is a task"
    names = (
        "executions_are_logged",
        "executions_are_traced",
        "tasks_retry_within_bounds",
        "tasks_expect_failure",
        "tasks_have_timeouts",
        "state_machines",
    )
    assert judge_all(aws, "stepfunctions", names) == {
        "executions_are_logged": {
            good: ("holds", "the log level is ERROR"),
            **dict.fromkeys((bad, stubborn, empty), silent),
        },
        "executions_are_traced": {good: ("holds", "tracing is on"), **dict.fromkeys((bad, stubborn, empty), untraced)},
        "tasks_retry_within_bounds": {
            good: ("holds", "1 retries are bounded"),
            bad: ("not applicable", "no task retries"),
            stubborn: ("fails", "more than 20 attempts: One (99)"),
            empty: ("not applicable", "no task retries"),
        },
        "tasks_expect_failure": {
            good: ("holds", "all of 1 tasks"),
            bad: ("fails", "neither: One"),
            stubborn: ("holds", "all of 1 tasks"),
            empty: ("not applicable", no_task),
        },
        "tasks_have_timeouts": {
            good: ("holds", "all of 1 tasks"),
            bad: ("fails", "no timeout: One"),
            stubborn: ("fails", "no timeout: One"),
            empty: ("not applicable", no_task),
        },
        "state_machines": {"region:us-east-1": ("told", "state machines: 4 STANDARD")},
    }


def test_nothing_of_what_tasks_are_called_with_is_kept() -> None:
    branch = {"Type": "Parallel", "Branches": [{"StartAt": "In", "States": {"In": CALL}}], "End": True}
    kept = shape_of(Machine).cut({"definition": definition(One=CALL, Two=branch)})
    assert "hunter2" not in json.dumps(kept)
    assert kept["definition"]["States"]["Two"]["Branches"] == [{"States": {"In": {"Type": "Task"}}}]


def machine(kind: str = "STANDARD", whole: int | None = None, **states: dict[str, Any]) -> Machine:
    body = {
        "state_machine_arn": "a",
        "name": "m",
        "type": kind,
        "definition": {"timeout_seconds": whole, "states": states},
        "logging_configuration": {"level": "ERROR"},
        "tracing_configuration": {"enabled": True},
    }
    return Machine.model_validate(body, strict=False)


TASK: dict[str, Any] = {"type": "Task"}


def inside(**changes: object) -> dict[str, Any]:
    return {"type": "Map", "item_processor": {"states": {"In": TASK}}, **changes}


def nested(levels: int, innermost: dict[str, Any], **changes: object) -> dict[str, Any]:
    """A task so many levels down, in maps and branches by turns."""
    state, names = innermost, ["Deep", "Mid", "In"]
    for level in range(levels):
        machine = {"states": {names[level]: state}}
        inner = {"item_processor": machine} if level % 2 else {"branches": [machine]}
        state = {"type": "Map" if level % 2 else "Parallel", **inner}
    return state | changes


TOO_DEEP = CannotTell("what stands inside Mid is nested too deeply to be kept")
TIMED = TASK | {"timeout_seconds": 5, "retry": [{}]}


@pytest.mark.parametrize(
    ("function", "one", "verdict"),
    [
        (
            "tasks_retry_within_bounds",
            machine(One=TASK | {"retry": [{}, {"max_attempts": 20}]}),
            Holds("2 retries are bounded"),
        ),
        ("tasks_expect_failure", machine(One=TASK | {"retry": [{}]}), Holds("all of 1 tasks")),
        ("tasks_expect_failure", machine(One=inside()), Fails("neither: In")),
        ("tasks_expect_failure", machine(One=inside(catch=[{"next": "X"}])), Holds("all of 1 tasks")),
        ("tasks_expect_failure", machine(One={"type": "Pass"}), NotApplicable("no state is a task")),
        ("tasks_have_timeouts", machine(One=TASK | {"timeout_seconds": 5}), Holds("all of 1 tasks")),
        ("tasks_have_timeouts", machine(One=TASK | {"timeout_seconds": "{% $t %}"}), Holds("all of 1 tasks")),
        ("tasks_have_timeouts", machine(One=TASK | {"timeout_seconds_path": "$.t"}), Holds("all of 1 tasks")),
        ("tasks_have_timeouts", machine(whole=60, One=TASK), Holds("the machine ends after 60 s")),
        ("tasks_have_timeouts", machine("EXPRESS", One=TASK), Holds("an express workflow ends after five minutes")),
        ("tasks_have_timeouts", machine(), NotApplicable("no state is a task")),
        ("tasks_expect_failure", machine(One=TASK | {"retry": [{"max_attempts": 0}]}), Fails("neither: One")),
        ("tasks_expect_failure", machine(One=inside(retry=[{"max_attempts": 0}])), Fails("neither: In")),
        # Two levels down, and three, which is deeper than what is kept.
        ("tasks_have_timeouts", machine(One=nested(2, TASK)), Fails("no timeout: Deep")),
        ("tasks_have_timeouts", machine(One=nested(2, TIMED)), Holds("all of 1 tasks")),
        ("tasks_expect_failure", machine(One=nested(2, TASK, catch=[{"next": "X"}])), Holds("all of 1 tasks")),
        ("tasks_have_timeouts", machine(One=TIMED, Two=nested(3, TASK)), TOO_DEEP),
        ("tasks_have_timeouts", machine(One=TASK, Two=nested(3, TASK)), Fails("no timeout: One")),
        ("tasks_have_timeouts", machine(One=nested(3, TASK)), TOO_DEEP),
        ("tasks_have_timeouts", machine(whole=60, One=TASK, Two=nested(3, TASK)), Holds("the machine ends after 60 s")),
        ("tasks_expect_failure", machine(One=TIMED, Two=nested(3, TASK)), TOO_DEEP),
        ("tasks_retry_within_bounds", machine(One=TIMED, Two=nested(3, TASK)), TOO_DEEP),
        ("tasks_retry_within_bounds", machine(One=nested(3, TASK)), TOO_DEEP),
    ],
)
def test_machines(function: str, one: Machine, verdict: Verdict) -> None:
    assert getattr(stepfunctions, function)(one) == verdict

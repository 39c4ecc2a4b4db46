"""Step Functions: state machines, what they write down, and how they bear the failures of what they call."""

from collections.abc import Iterator

from scanner import Evidence, Fails, FromJson, Holds, NotApplicable, Part, Read, Verdict, check, fact


class Retrier(Part):
    max_attempts: int | None = None


class Catcher(Part):
    next: str | None = None


class InnerState(Part):
    """A state inside a branch. What is nested deeper is not kept."""

    type: str
    timeout_seconds: int | str | None = None  # text where an expression of JSONata gives it
    timeout_seconds_path: str | None = None
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()


class InnerMachine(Part):
    states: dict[str, InnerState] = {}  # noqa: RUF012  (pydantic copies defaults)


class State(InnerState):
    branches: tuple[InnerMachine, ...] = ()
    iterator: InnerMachine | None = None
    item_processor: InnerMachine | None = None


class Definition(Part):
    """The definition's states: their kinds, retries and timeouts, and nothing of what they are called with."""

    timeout_seconds: int | None = None
    states: dict[str, State]

    def tasks(self) -> Iterator[tuple[str, InnerState, State]]:
        """Every task by name, with the state that it stands in."""
        for name, state in self.states.items():
            if state.type == "Task":
                yield name, state, state
            for machine in (*state.branches, state.iterator, state.item_processor):
                for inner_name, inner in machine.states.items() if machine else ():
                    if inner.type == "Task":
                        yield inner_name, inner, state


class Logging(Part):
    level: str = "OFF"


class Tracing(Part):
    enabled: bool = False


class MachineName(Evidence, read=Read("stepfunctions:ListStateMachines", "stateMachines")):
    state_machine_arn: str


class Machine(
    Evidence,
    read=Read(
        "stepfunctions:DescribeStateMachine",
        per=MachineName,
        args={"stateMachineArn": "state_machine_arn"},
        arn="{state_machine_arn}",
    ),
):
    state_machine_arn: str
    name: str
    type: str
    definition: FromJson[Definition]
    logging_configuration: Logging | None = None
    tracing_configuration: Tracing | None = None


@check(effort="low")
def executions_are_logged(machine: Machine) -> Verdict:
    """State machines log their executions.

    Why: an express workflow leaves no other trace, and a standard one forgets after ninety days.
    Fix: aws stepfunctions update-state-machine --state-machine-arn ARN --logging-configuration level=ERROR,…
    """
    level = machine.logging_configuration.level if machine.logging_configuration else "OFF"
    return Fails("the log level is OFF") if level == "OFF" else Holds(f"the log level is {level}")


@check(effort="low")
def executions_are_traced(machine: Machine) -> Verdict:
    """State machines record traces.

    Why: a trace shows which of the called services was slow or failed.
    Fix: aws stepfunctions update-state-machine --state-machine-arn ARN --tracing-configuration enabled=true
    """
    on = machine.tracing_configuration is not None and machine.tracing_configuration.enabled
    return Holds("tracing is on") if on else Fails("tracing is off")


@check(effort="medium")
def tasks_retry_within_bounds(machine: Machine, *, most: int = 20) -> Verdict:
    """State machines retry tasks a bounded number of times.

    Why: retries without a sensible end turn a small outage into a large one, and a large bill.
    Fix: set MaxAttempts, BackoffRate and JitterStrategy in the task's Retry.
    """
    found = [(name, retrier.max_attempts) for name, task, _ in machine.definition.tasks() for retrier in task.retry]
    if not found:
        return NotApplicable("no task retries")
    # Three attempts unless another number is set (Amazon States Language, "Errors").
    many = sorted({f"{name} ({attempts})" for name, attempts in found if attempts is not None and attempts > most})
    return (
        Fails(f"more than {most} attempts: {', '.join(many[:5])}")
        if many
        else Holds(f"{len(found)} retries are bounded")
    )


@check(effort="medium")
def tasks_expect_failure(machine: Machine) -> Verdict:
    """Every task of a state machine says what happens when it fails: a retry or a catch.

    Why: without either, one passing fault of a called service ends the whole execution.
    Fix: give the task a Retry for transient errors, and a Catch for the others.
    """
    tasks = list(machine.definition.tasks())
    if not tasks:
        return NotApplicable("no state is a task")
    bare = sorted({name for name, task, outer in tasks if not (task.retry or task.catch or outer.catch or outer.retry)})
    return Fails(f"neither: {', '.join(bare[:5])}") if bare else Holds(f"all of {len(tasks)} tasks")


@check(effort="low")
def tasks_have_timeouts(machine: Machine) -> Verdict:
    """Tasks of state machines end by a timeout, of their own or of the whole machine.

    Why: a task of a standard workflow waits for up to a year for an answer that never comes.
    Fix: set TimeoutSeconds in each task, or for the machine.
    """
    tasks = list(machine.definition.tasks())
    if not tasks:
        return NotApplicable("no state is a task")
    if machine.type == "EXPRESS":
        return Holds("an express workflow ends after five minutes")
    if machine.definition.timeout_seconds:
        return Holds(f"the machine ends after {machine.definition.timeout_seconds} s")
    endless = sorted({name for name, task, _ in tasks if not (task.timeout_seconds or task.timeout_seconds_path)})
    return Fails(f"no timeout: {', '.join(endless[:5])}") if endless else Holds(f"all of {len(tasks)} tasks")


@fact
def state_machines(machines: list[Machine]) -> str | None:
    """How many state machines there are."""
    types = [one.type for one in machines]
    told = ", ".join(f"{types.count(kind)} {kind}" for kind in sorted(set(types)))
    return f"state machines: {told}" if types else None

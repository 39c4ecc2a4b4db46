"""Step Functions: state machines, what they write down, and how they bear the failures of what they call."""

from collections.abc import Iterator

from scanner import CannotTell, Evidence, Fails, FromJson, Holds, NotApplicable, Part, Read, Verdict, check, fact


class Retrier(Part):
    max_attempts: int | None = None


class Catcher(Part):
    next: str | None = None


class LeafState(Part):
    """A state of the third level. What is nested deeper is not kept."""

    type: str
    timeout_seconds: int | str | None = None  # text where an expression of JSONata gives it
    timeout_seconds_path: str | None = None
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()

    @property
    def expects_failure(self) -> bool:
        """Is there a catch, or a retry that tries again? With `MaxAttempts` 0 it never does (Amazon States Language, "Errors")."""
        return bool(self.catch) or any(one.max_attempts != 0 for one in self.retry)


class LeafMachine(Part):
    states: dict[str, LeafState] = {}  # noqa: RUF012  (pydantic copies defaults)


class InnerState(LeafState):
    """A state inside a branch."""

    branches: tuple[LeafMachine, ...] = ()
    iterator: LeafMachine | None = None
    item_processor: LeafMachine | None = None


class InnerMachine(Part):
    states: dict[str, InnerState] = {}  # noqa: RUF012  (pydantic copies defaults)


class State(LeafState):
    branches: tuple[InnerMachine, ...] = ()
    iterator: InnerMachine | None = None
    item_processor: InnerMachine | None = None


Path = tuple[LeafState, ...]


def _inside(state: State | InnerState) -> Iterator[tuple[str, InnerState | LeafState]]:
    """The states right inside one."""
    for machine in (*state.branches, state.iterator, state.item_processor):
        yield from machine.states.items() if machine else ()


class Definition(Part):
    """The definition's states: their kinds, retries and timeouts, and nothing of what they are called with."""

    timeout_seconds: int | None = None
    states: dict[str, State]

    def _all(self) -> Iterator[tuple[str, Path]]:
        """Every state of three levels by name, with those that it stands in after it."""
        level: list[tuple[str, Path]] = [(name, (state,)) for name, state in self.states.items()]
        while level:
            yield from level
            level = [
                (name, (inner, *path))
                for _, path in level
                if isinstance(path[0], State | InnerState)
                for name, inner in _inside(path[0])
            ]

    def tasks(self) -> list[tuple[str, Path]]:
        """Every task that is kept."""
        return [(name, path) for name, path in self._all() if path[0].type == "Task"]

    @property
    def deeper(self) -> list[str]:
        """The names of states in which more states stand that are not kept."""
        leaves = [(name, path[0]) for name, path in self._all() if not isinstance(path[0], State | InnerState)]
        return sorted({name for name, state in leaves if state.type in ("Map", "Parallel")})


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


def _unseen(machine: Machine) -> CannotTell | None:
    """What stands deeper than three levels is not kept, so that nothing good is said of all tasks where something does."""
    names = machine.definition.deeper
    return CannotTell(f"what stands inside {', '.join(names[:5])} is nested too deeply to be kept") if names else None


@check(effort="medium")
def tasks_retry_within_bounds(machine: Machine, *, most: int = 20) -> Verdict:
    """State machines retry tasks a bounded number of times.

    Why: retries without a sensible end turn a small outage into a large one, and a large bill.
    Fix: set MaxAttempts, BackoffRate and JitterStrategy in the task's Retry.
    """
    found = [(name, retrier.max_attempts) for name, path in machine.definition.tasks() for retrier in path[0].retry]
    if not found:
        return _unseen(machine) or NotApplicable("no task retries")
    # Three attempts unless another number is set (Amazon States Language, "Errors").
    many = sorted({f"{name} ({attempts})" for name, attempts in found if attempts is not None and attempts > most})
    if many:
        return Fails(f"more than {most} attempts: {', '.join(many[:5])}")
    return _unseen(machine) or Holds(f"{len(found)} retries are bounded")


@check(effort="medium")
def tasks_expect_failure(machine: Machine) -> Verdict:
    """Every task of a state machine says what happens when it fails: a retry or a catch.

    Why: without either, one passing fault of a called service ends the whole execution.
    Fix: give the task a Retry for transient errors, and a Catch for the others.
    """
    tasks = machine.definition.tasks()
    if not tasks:
        return _unseen(machine) or NotApplicable("no state is a task")
    bare = sorted({name for name, path in tasks if not any(one.expects_failure for one in path)})
    if bare:
        return Fails(f"neither: {', '.join(bare[:5])}")
    return _unseen(machine) or Holds(f"all of {len(tasks)} tasks")


@check(effort="low")
def tasks_have_timeouts(machine: Machine) -> Verdict:
    """Tasks of state machines end by a timeout, of their own or of the whole machine.

    Why: a task of a standard workflow waits for up to a year for an answer that never comes.
    Fix: set TimeoutSeconds in each task, or for the machine.
    """
    tasks = machine.definition.tasks()
    if not tasks:
        return _unseen(machine) or NotApplicable("no state is a task")
    if machine.type == "EXPRESS":
        return Holds("an express workflow ends after five minutes")
    if machine.definition.timeout_seconds:
        return Holds(f"the machine ends after {machine.definition.timeout_seconds} s")
    endless = sorted({name for name, (task, *_) in tasks if not (task.timeout_seconds or task.timeout_seconds_path)})
    if endless:
        return Fails(f"no timeout: {', '.join(endless[:5])}")
    return _unseen(machine) or Holds(f"all of {len(tasks)} tasks")


@fact
def state_machines(machines: list[Machine]) -> str | None:
    """How many state machines there are."""
    types = [one.type for one in machines]
    told = ", ".join(f"{types.count(kind)} {kind}" for kind in sorted(set(types)))
    return f"state machines: {told}" if types else None

"""CloudWatch Synthetics: canaries that try, around the clock, what customers do."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact


class Status(Part):
    state: str


class Schedule(Part):
    expression: str = ""


class Canary(
    Evidence,
    read=Read(
        "synthetics:DescribeCanaries",
        "Canaries",
        arn="arn:{partition}:synthetics:{region}:{account}:canary:{name}",
    ),
):
    name: str
    status: Status
    schedule: Schedule | None = None

    @property
    def runs_once(self) -> bool:
        """Zero as a rate means one run, started by hand (Synthetics API reference)."""
        return self.schedule is not None and self.schedule.expression.replace(" ", "").startswith("rate(0")


class RunStatus(Part):
    state: str


class Run(Part):
    status: RunStatus


class LastRun(Evidence, read=Read("synthetics:DescribeCanariesLastRun", "CanariesLastRun", per=Canary)):
    """The last run of a canary of the region; the answer holds those of all, whichever canary it was asked for."""

    canary_name: str
    last_run: Run | None = None


@check(effort="low")
def canaries_are_running(canary: Canary) -> Verdict:
    """Canaries run on their schedule.

    Why: a canary that is stopped or broken is silent, and silence reads as all is well.
    Fix: aws synthetics start-canary --name NAME; or delete it.
    """
    if canary.runs_once:
        return NotApplicable("it runs when somebody starts it")
    state = canary.status.state
    if state in ("STOPPED", "STOPPING", "ERROR", "READY"):
        return Fails(f"the state is {state}")
    return Holds(f"the state is {state}") if state == "RUNNING" else NotApplicable(f"the state is {state}")


@check(effort="low")
def a_canary_is_running(found: list[Canary]) -> Verdict:
    """Where somebody made canaries that run on a schedule, at least one of them runs.

    Why: canaries that are all stopped tell nobody what customers meet.
    Fix: aws synthetics start-canary --name NAME
    """
    timed = [one for one in found if not one.runs_once]
    if not timed:
        return NotApplicable("no canary runs on a schedule")
    running = sorted(one.name for one in timed if one.status.state == "RUNNING")
    if running:
        return Holds(f"{len(running)} of {len(timed)} run: {', '.join(running[:5])}")
    if moving := sorted({one.status.state for one in timed} & {"CREATING", "STARTING", "UPDATING"}):
        return CannotTell(f"none runs, and some are {' or '.join(moving)}")
    return Fails(f"none of {len(timed)} canaries runs")


@check(effort="low")
def canaries_passed_last(canary: Canary, runs: list[LastRun]) -> Verdict:
    """The last run of every running canary passed.

    Why: either customers meet what the canary met, or nobody trusts it any more.
    Fix: look at the run's screenshots and logs, and mend the endpoint or the canary.
    """
    if canary.status.state != "RUNNING":
        return NotApplicable(f"the state is {canary.status.state}")
    mine = [one.last_run for one in runs if one.canary_name == canary.name and one.last_run]
    if not mine:
        return NotApplicable("it has not run yet")
    if mine[0].status.state == "RUNNING":
        return CannotTell("a run is under way, and how the one before it ended is not told")
    state = mine[0].status.state
    return Holds("the last run passed") if state == "PASSED" else Fails(f"the last run {state.lower()}")


@fact
def canaries(found: list[Canary]) -> str | None:
    """Which canaries there are, and how many of them run."""
    names = sorted(one.name for one in found)
    running = sum(one.status.state == "RUNNING" for one in found)
    return f"{len(names)} canaries, {running} running: {', '.join(names[:5])}" if names else None

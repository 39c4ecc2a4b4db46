"""EventBridge Scheduler: what runs on a schedule."""

from collections import Counter

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check, fact


class Target(Part):
    arn: str


class Schedule(Evidence, read=Read("scheduler:ListSchedules", "Schedules", arn="{arn}")):
    arn: str
    name: str
    group_name: str
    state: str | None = None
    target: Target | None = None

    @property
    def service(self) -> str:
        """The service that it starts. Universal targets name it after `aws-sdk` (Scheduler user guide)."""
        parts = self.target.arn.split(":") if self.target else []
        if parts[5:6] == ["aws-sdk"]:
            return parts[6] if len(parts) > 6 else "unknown"
        return parts[2] if len(parts) > 2 else "unknown"


class DeadLetters(Part):
    arn: str | None = None


class Delivery(Part):
    dead_letter_config: DeadLetters | None = None


class ScheduleDetail(
    Evidence,
    read=Read(
        "scheduler:GetSchedule",
        per=Schedule,
        args={"Name": "name", "GroupName": "group_name"},
        when={"state": "ENABLED"},
    ),
):
    """Where calls go that could not be made; what is handed over with a call is not kept."""

    target: Delivery


@check(effort="low")
def failed_calls_are_kept(schedule: ScheduleDetail) -> Verdict:
    """Schedules keep calls that they could not make in a dead-letter queue.

    Why: a nightly job that could not be started is tried for a day at most, and then forgotten.
    Fix: aws scheduler update-schedule --name NAME … --target with a DeadLetterConfig
    """
    queue = schedule.target.dead_letter_config
    return Holds(f"kept in {queue.arn}") if queue and queue.arn else Fails("no dead-letter queue is set")


@fact
def schedules(found: list[Schedule]) -> str | None:
    """How many schedules there are, in which groups, and which services they start."""
    if not found:
        return None
    off = sum(one.state == "DISABLED" for one in found)
    groups = len({one.group_name for one in found})
    counts = sorted(Counter(one.service for one in found).items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{service} {count}" for service, count in counts[:5])
    return f"{len(found)} schedules in {groups} groups, {off} disabled, by service: {told}"

"""EventBridge Scheduler: what runs on a schedule."""

from collections import Counter

from scanner import Evidence, Part, Read, fact


class Target(Part):
    arn: str


class Schedule(Evidence, read=Read("scheduler:ListSchedules", "Schedules")):
    name: str | None = None
    group_name: str | None = None
    state: str | None = None
    target: Target | None = None

    @property
    def service(self) -> str:
        """The service that it starts. Universal targets name it after `aws-sdk` (Scheduler user guide)."""
        parts = self.target.arn.split(":") if self.target else []
        if parts[5:6] == ["aws-sdk"]:
            return parts[6] if len(parts) > 6 else "unknown"
        return parts[2] if len(parts) > 2 else "unknown"


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

"""Elastic Disaster Recovery: whether source servers are replicated, and when one was last launched in a drill."""

import re
from datetime import datetime, timedelta

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact

_BROKEN = frozenset({"STALLED", "DISCONNECTED", "STOPPED", "PAUSED"})
_FIRST = frozenset({"INITIATING", "INITIAL_SYNC"})
_LAG = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")


class Replication(Part):
    data_replication_state: str | None = None
    lag_duration: str | None = None  # ISO 8601, such as P0DT0H2M

    @property
    def lag(self) -> timedelta | None:
        found = _LAG.fullmatch(self.lag_duration or "")
        if found is None or not any(found.groups()):
            return None
        days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


class Initiated(Part):
    api_call_date_time: datetime | None = None
    type: str | None = None


class Launch(Part):
    initiated: Initiated | None = None
    status: str | None = None


class LifeCycle(Part):
    added_to_service_date_time: datetime | None = None
    last_launch: Launch | None = None


class SourceServer(
    Evidence,
    read=Read(
        "drs:DescribeSourceServers",
        "items",
        arn="{arn}",
        absent={"UninitializedAccountException"},  # the service was never set up in the region (API reference)
    ),
):
    source_server_id: str
    arn: str
    data_replication_info: Replication | None = None
    life_cycle: LifeCycle | None = None

    @property
    def state(self) -> str:
        info = self.data_replication_info
        return (info.data_replication_state if info else None) or "not told"


@check(effort="medium")
def source_servers_replicate(server: SourceServer, *, minutes: int = 60) -> Verdict:
    """Servers under Elastic Disaster Recovery are replicated, and not far behind.

    Why: a server whose replication stalled is recovered as it was on the day on which it stalled.
    Fix: aws drs describe-source-servers says why under dataReplicationError; retry-data-replication, or mend the agent.
    """
    if server.state in _BROKEN:
        return Fails(f"replication is {server.state}")
    if server.state in _FIRST:
        return NotApplicable(f"replication is {server.state}")
    if server.state == "not told":
        return CannotTell("no state of replication is told")
    lag = server.data_replication_info.lag if server.data_replication_info else None
    told = f"replication is {server.state}{f', {lag} behind' if lag else ''}"
    if lag is not None and lag > timedelta(minutes=minutes):
        return Fails(told)
    if server.state in ("BACKLOG", "RESCAN") and lag is None:
        return CannotTell(f"replication is {server.state}; how far it is behind is not told")
    return Holds(told)


@check(effort="medium")
def recovery_was_drilled(server: SourceServer, at: ScanTime, *, days: int = 365) -> Verdict:
    """Every server under Elastic Disaster Recovery was launched within a year, in a drill or in earnest.

    Why: only a launch shows that the copy starts, and how long that takes.
    Fix: aws drs start-recovery --is-drill --source-servers sourceServerID=ID
    """
    cycle = server.life_cycle or LifeCycle()
    launch = cycle.last_launch
    when = launch.initiated.api_call_date_time if launch and launch.initiated else None
    if launch is None or when is None:
        added = cycle.added_to_service_date_time
        if added is not None and at - added <= timedelta(days=90):
            return NotApplicable(f"the server is there since {added:%Y-%m-%d}")
        return Fails("never launched")
    kind = (launch.initiated.type if launch.initiated else None) or "launch"
    told = f"{kind.lower()} on {when:%Y-%m-%d}: {launch.status or 'no status'}"
    if launch.status in ("PENDING", "IN_PROGRESS"):
        return NotApplicable(told)
    if launch.status not in ("LAUNCHED", "TERMINATED"):
        return Fails(told)
    return Holds(told) if at - when <= timedelta(days=days) else Fails(told)


@fact
def servers_under_recovery(servers: list[SourceServer]) -> str | None:
    """How many servers Elastic Disaster Recovery replicates, by the state of their replication."""
    states = [one.state for one in servers]
    told = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    return f"servers under Elastic Disaster Recovery: {told}" if told else None

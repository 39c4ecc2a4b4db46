"""CloudWatch RUM: what real users' browsers and phones tell."""

from scanner import Evidence, Read, fact


class Monitor(Evidence, read=Read("rum:ListAppMonitors", "AppMonitorSummaries", omitted_if_empty=True)):
    name: str
    state: str | None = None
    platform: str | None = None


@fact
def monitors(found: list[Monitor]) -> str | None:
    """Which applications report what their users meet."""
    told = [f"{one.name} ({one.state or 'no state told'})" for one in found]
    return f"RUM app monitors: {', '.join(sorted(told)[:5])}" if told else None

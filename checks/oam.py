"""CloudWatch cross-account observability: to where an account shows its metrics, logs and traces, and what it sees of others."""

from scanner import Evidence, Read, fact


class Link(Evidence, read=Read("oam:ListLinks", "Items")):
    sink_arn: str
    resource_types: tuple[str, ...] = ()


class Sink(Evidence, read=Read("oam:ListSinks", "Items")):
    name: str


@fact
def links_to_monitoring_accounts(links: list[Link], sinks: list[Sink]) -> str | None:
    """Which monitoring accounts see this account's metrics, logs and traces, and whether this is one."""
    accounts = sorted({one.sink_arn.split(":")[4] for one in links if one.sink_arn.count(":") >= 5})
    if not accounts and not sinks:
        return None
    kinds = sorted({kind.rpartition("::")[2] for one in links for kind in one.resource_types})
    told = f"shown to {', '.join(accounts)}: {', '.join(kinds)}" if accounts else "shown to no other account"
    return f"{told}; sinks here: {', '.join(sorted(one.name for one in sinks)) or 'none'}"

"""CodeConnections: the ways to repositories outside AWS."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check, fact


class Connection(Evidence, read=Read("codeconnections:ListConnections", "Connections", arn="{connection_arn}")):
    connection_name: str
    connection_arn: str
    provider_type: str | None = None
    connection_status: str


@check(effort="low")
def connections_are_available(connection: Connection) -> Verdict:
    """Connections to repositories work.

    Why: a pipeline behind a broken connection misses every change.
    Fix: finish or renew the handshake in the console, or delete the connection.
    """
    told = f"{connection.connection_name} is {connection.connection_status}"
    return Holds(told) if connection.connection_status == "AVAILABLE" else Fails(told)


@fact
def hosts_of_repositories(connections: list[Connection]) -> str | None:
    """Where the repositories are that AWS draws from: what is reviewed there is not visible here."""
    kinds = sorted({one.provider_type or "not said" for one in connections if one.connection_status == "AVAILABLE"})
    return f"connections to repositories at {', '.join(kinds)}" if kinds else None

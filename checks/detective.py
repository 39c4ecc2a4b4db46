"""Detective: whether findings can be followed back through what happened before."""

from datetime import datetime

from scanner import Evidence, Read, fact


class Graph(Evidence, read=Read("detective:ListGraphs", "GraphList", arn="{arn}")):
    """A behaviour graph that this account administers; a member of another's graph has none in the list."""

    arn: str
    created_time: datetime


class Member(
    Evidence,
    read=Read("detective:ListMembers", "MemberDetails", per=Graph, args={"GraphArn": "arn"}, omitted_if_empty=True),
):
    account_id: str
    status: str = ""


@fact
def behaviour_graphs(graphs: list[Graph], members: list[Member]) -> str | None:
    """Which behaviour graphs this account administers, and for how many others."""
    if not graphs:
        return None
    on = sum(one.status == "ENABLED" for one in members)
    since = min(graph.created_time for graph in graphs)
    return f"Detective has kept a behaviour graph here since {since:%Y-%m-%d}, with {on} member accounts"

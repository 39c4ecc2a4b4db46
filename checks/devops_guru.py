"""DevOps Guru: what it analyses, and how many insights are open."""

from scanner import Evidence, Read, fact


class Health(Evidence, read=Read("devops-guru:DescribeAccountHealth")):
    open_reactive_insights: int
    open_proactive_insights: int
    metrics_analyzed: int


@fact
def insights(health: Health) -> str | None:
    """Whether DevOps Guru analyses metrics, and how many of its insights are open."""
    if not health.metrics_analyzed and not health.open_reactive_insights and not health.open_proactive_insights:
        return None
    return (
        f"DevOps Guru analyses {health.metrics_analyzed} metrics; open insights: {health.open_reactive_insights} about what goes "
        f"wrong, {health.open_proactive_insights} about what may"
    )

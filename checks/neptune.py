"""Neptune: what its clusters have beside what RDS's API tells of them, which `checks/rds` judges, and analytics graphs."""

from checks.rds.evidence import ChosenForCluster, DBCluster
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Read, Verdict, check


class Graph(Evidence, read=Read("neptune-graph:ListGraphs", "graphs", arn="{arn}")):
    """A graph of Neptune Analytics. Every member but its name may be left out (API reference)."""

    arn: str
    name: str
    public_connectivity: bool
    replica_count: int
    deletion_protection: bool


@check(effort="low")
def requests_must_be_signed(cluster: DBCluster) -> Verdict:
    """Neptune clusters answer only requests that are signed with IAM credentials.

    Why: Neptune has no passwords: without IAM whoever reaches the port reads and changes the graph.
    Fix: aws neptune modify-db-cluster --db-cluster-identifier NAME --enable-iam-database-authentication
    """
    if cluster.engine != "neptune":
        return NotApplicable(f"judged for Neptune only; this is {cluster.engine}")
    if cluster.iam_database_authentication_enabled:
        return Holds("IAM authentication is on")
    return Fails("IAM authentication is off")


@check(effort="low")
def audit_events_are_recorded(cluster: DBCluster, groups: list[ChosenForCluster]) -> Verdict:
    """Neptune clusters record the queries that they answer, and export them to CloudWatch Logs.

    Why: without it nobody can tell what was read after a credential leaked.
    Fix: set neptune_enable_audit_log=1 in a cluster parameter group; aws neptune modify-db-cluster … EnableLogTypes=audit
    """
    if cluster.engine != "neptune":
        return NotApplicable(f"judged for Neptune only; this is {cluster.engine}")
    group = cluster.db_cluster_parameter_group
    chosen = {} if group.startswith("default.") else {one.group: one.values for one in groups}[group]
    told = chosen.get("neptune_enable_audit_log", "0")  # its default ("Neptune parameters")
    if told != "1":
        return Fails(f"neptune_enable_audit_log is {told}")
    if "audit" not in cluster.enabled_cloudwatch_logs_exports:
        return Fails("the audit log is not exported")
    if any(one.db_cluster_parameter_group_status == "pending-reboot" for one in cluster.db_cluster_members):
        # The parameter is static ("Neptune parameters").
        return CannotTell("neptune_enable_audit_log is 1, and the parameter group waits for a restart")
    return Holds("the audit log is on, and exported")


@check(effort="low")
def graphs_are_not_public(graph: Graph) -> Verdict:
    """No graph of Neptune Analytics has a public endpoint.

    Why: then a stolen credential is all that it takes, from anywhere.
    Fix: aws neptune-graph update-graph --graph-identifier ID --no-public-connectivity
    """
    return Fails("the endpoint is public") if graph.public_connectivity else Holds("the endpoint is private")


@check(effort="low")
def graphs_have_replicas(graph: Graph) -> Verdict:
    """Graphs of Neptune Analytics have a replica in another Availability Zone.

    Why: without one a failed graph is loaded again from its last state, which takes long.
    Fix: make the graph anew from a snapshot with --replica-count 1
    """
    return Holds(f"{graph.replica_count} replicas") if graph.replica_count else Fails("the graph has no replica")


@check(effort="low")
def graphs_are_protected_from_deletion(graph: Graph) -> Verdict:
    """Graphs of Neptune Analytics refuse to be deleted.

    Why: one wrong call deletes a graph.
    Fix: aws neptune-graph update-graph --graph-identifier ID --deletion-protection
    """
    return Holds("deletion protection is on") if graph.deletion_protection else Fails("deletion protection is off")

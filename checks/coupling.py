"""What hangs on what: links that do not wait for an answer, databases that several components reach, and traces of load tests.

Facts for the debate about how a workload is cut; nothing here is right or wrong by itself.
"""

import re
from collections import Counter

from checks.cloudformation import Stack
from checks.codebuild import ProjectName
from checks.codepipeline import Pipeline
from checks.ec2.rules import SecurityGroup
from checks.ecs.evidence import ServiceName
from checks.lambda_.evidence import EventSource, Function
from checks.sns import Subscription
from checks.sqs import Queue
from checks.tagging import TaggedResource
from scanner import Evidence, Part, Read, fact

_LOAD = re.compile(
    r"(?i)load[-_ ]?test|stress[-_ ]?test|perf(?:ormance)?[-_ ]?test|\bk6\b|gatling|locust|jmeter|artillery|\bdlt[-_ ]"
)
_CELLS = frozenset({"cell", "shard", "tenant", "partition", "cell-id", "shard-id", "tenant-id", "cellid", "tenantid"})
_DOORS = {1433: "SQL Server", 1521: "Oracle", 3306: "MySQL", 5432: "PostgreSQL", 27017: "DocumentDB", 8182: "Neptune"}
MOST_NAMED = 5


class GroupOf(Part):
    vpc_security_group_id: str | None = None
    status: str | None = None


class DatabaseDoor(Evidence, read=Read("rds:DescribeDBInstances", "DBInstances", arn="{db_instance_arn}")):
    """A database with the security groups that decide who reaches it."""

    db_instance_arn: str
    db_instance_identifier: str
    vpc_security_groups: tuple[GroupOf, ...] = ()


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(sorted(names)[:MOST_NAMED]) + more


def _service(arn: str | None) -> str:
    """Whose resource feeds a function; a broker of the user's own has no ARN."""
    return arn.split(":")[2] if arn and arn.count(":") >= 5 else "a broker"


@fact
def links_that_do_not_wait(
    queues: list[Queue], subscriptions: list[Subscription], sources: list[EventSource]
) -> str | None:
    """Over what components talk without waiting for an answer: queues, topics by protocol, and streams that feed functions."""
    topics = Counter(one.protocol for one in subscriptions if one.confirmed)
    fed = Counter(_service(one.event_source_arn) for one in sources)
    told = []
    if queues:
        told.append(f"{len(queues)} queues")
    if topics:
        told.append("subscriptions over " + ", ".join(f"{name} {count}" for name, count in sorted(topics.items())))
    if fed:
        told.append("functions fed from " + ", ".join(f"{name} {count}" for name, count in sorted(fed.items())))
    return f"links that do not wait for an answer: {'; '.join(told)}" if told else None


@fact
def who_reaches_databases(databases: list[DatabaseDoor], groups: list[SecurityGroup]) -> str | None:
    """From which security groups each database is reached: one that many groups reach ties its users together."""
    by_id = {one.group_id: one for one in groups}
    told = []
    for db in databases:
        own = [
            by_id[one.vpc_security_group_id or ""]
            for one in db.vpc_security_groups
            if one.vpc_security_group_id in by_id
        ]
        named = {
            by_id[pair.group_id].group_name if pair.group_id in by_id else pair.group_id
            for group in own
            for rule in group.ip_permissions
            for pair in rule.user_id_group_pairs
            if pair.group_id and any(port in rule.ports for port in _DOORS)
        }
        if named:
            told.append(f"{db.db_instance_identifier} from {_named(sorted(named))}")
    return f"databases and the groups that reach them: {'; '.join(sorted(told)[:MOST_NAMED])}" if told else None


@fact
def parts_that_are_deployed_apart(
    stacks: list[Stack], services: list[ServiceName], functions: list[Function], pipelines: list[Pipeline]
) -> str | None:
    """How many parts there are that can be deployed by themselves."""
    outer = sum(one.parent_id is None for one in stacks)
    counts = {"stacks": outer, "ECS services": len(services), "functions": len(functions), "pipelines": len(pipelines)}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"parts that are deployed apart: {told}" if told else None


@fact
def cells_in_tags(tagged: list[TaggedResource]) -> str | None:
    """How many cells, shards or tenants tags name."""
    found: dict[str, set[str]] = {}
    for one in tagged:
        for tag in one.tags:
            if tag.key.rpartition(":")[2].lower() in _CELLS and tag.value:
                found.setdefault(tag.key, set()).add(tag.value)
    told = ", ".join(f"{len(values)} by {key}" for key, values in sorted(found.items()))
    return f"cells, shards or tenants in tags: {told}" if told else None


@fact
def traces_of_load_tests(
    stacks: list[Stack],
    projects: list[ProjectName],
    pipelines: list[Pipeline],
    services: list[ServiceName],
    functions: list[Function],
) -> str | None:
    """What is named like a load test: stacks, builds, actions of pipelines, services and functions."""
    names = {
        *(f"stack {one.stack_name}" for one in stacks),
        *(f"build {one.value}" for one in projects),
        *(f"action {pipeline.name}/{action.name}" for pipeline in pipelines for action in pipeline.actions),
        *(f"service {one.value.rpartition('/')[2]}" for one in services),
        *(f"function {one.function_name}" for one in functions),
    }
    if not names:
        return None
    found = sorted(name for name in names if _LOAD.search(name))
    return f"named like a load test: {_named(found) or 'nothing'}"

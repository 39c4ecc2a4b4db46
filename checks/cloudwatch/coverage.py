"""Checks of what has no alarm: databases, balancers, queues, functions, groups, tables, services, caches and domains.

An alarm counts that watches one of the resource's own metrics, or one metric of all resources of its kind. Alarms of Auto
Scaling on its own behalf do not: they tell nobody.
"""

from collections.abc import Iterable

from checks.autoscaling import Group
from checks.cloudwatch.evidence import Alarm, Watch, watching
from checks.dynamodb import TableName
from checks.ecs.evidence import Service
from checks.elasticache import CacheCluster
from checks.elbv2.evidence import LoadBalancer
from checks.lambda_.evidence import Function
from checks.opensearch import Domain
from checks.rds.evidence import DBInstance
from checks.route53 import HealthCheck, PublicZone
from checks.sqs import DeadLetterQueues, QueueAttributes
from scanner import AllRegions, CannotTell, Fails, Holds, NotApplicable, Verdict, check, fact

_OF_DATABASES = ("AWS/RDS", "AWS/DocDB", "AWS/Neptune")
_OF_BALANCERS = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/GatewayELB")


def _verdict(found: Watch) -> Verdict:
    if found.surely:
        return Holds(f"watched by {found.surely[0]}")
    if found.perhaps:
        return CannotTell(f"the alarm {found.perhaps[0]} chooses by a query what it watches")
    return Fails("no alarm watches it")


@check(effort="low")
def databases_have_alarms(db: DBInstance, alarms: list[Alarm]) -> Verdict:
    """Databases are watched by an alarm.

    Why: a full disk or a run on connections is told by customers where no alarm tells it before.
    Fix: aws cloudwatch put-metric-alarm on FreeStorageSpace, CPUUtilization and DatabaseConnections of the instance.
    """
    names = [{"DBInstanceIdentifier": db.db_instance_identifier}]
    if db.db_cluster_identifier:
        names.append({"DBClusterIdentifier": db.db_cluster_identifier})
    return _verdict(watching(alarms, _OF_DATABASES, *names))


@check(effort="low")
def load_balancers_have_alarms(balancer: LoadBalancer, alarms: list[Alarm]) -> Verdict:
    """Load balancers are watched by an alarm.

    Why: errors and unhealthy targets show at the balancer first, and nobody looks at it all day.
    Fix: aws cloudwatch put-metric-alarm on HTTPCode_Target_5XX_Count, UnHealthyHostCount and TargetResponseTime.
    """
    name = balancer.load_balancer_arn.partition(":loadbalancer/")[2]
    return _verdict(watching(alarms, _OF_BALANCERS, {"LoadBalancer": name}))


@check(effort="low")
def queues_have_alarms(queue: QueueAttributes, alarms: list[Alarm]) -> Verdict:
    """Queues are watched by an alarm.

    Why: a consumer that stands still is seen by the age of the oldest message, and by nothing else.
    Fix: aws cloudwatch put-metric-alarm on ApproximateAgeOfOldestMessage of the queue.
    """
    return _verdict(watching(alarms, ("AWS/SQS",), {"QueueName": queue.attributes.name}))


@check(effort="low")
def dead_letters_raise_an_alarm(queue: QueueAttributes, dead: DeadLetterQueues, alarms: list[Alarm]) -> Verdict:
    """Dead-letter queues are watched by an alarm.

    Why: each message there is work that was not done, and it is thrown away after some days.
    Fix: aws cloudwatch put-metric-alarm on ApproximateNumberOfMessagesVisible of the queue, above 0.
    """
    if queue.attributes.queue_arn not in dead.sources:
        return NotApplicable("no queue here moves its failed messages to it")
    return _verdict(watching(alarms, ("AWS/SQS",), {"QueueName": queue.attributes.name}))


@check(effort="low")
def functions_have_alarms(function: Function, alarms: list[Alarm]) -> Verdict:
    """Functions are watched by an alarm.

    Why: a function that fails at every call looks, from outside, like one that nobody calls.
    Fix: aws cloudwatch put-metric-alarm on Errors and Throttles of the function, or of all functions.
    """
    return _verdict(watching(alarms, ("AWS/Lambda",), {"FunctionName": function.function_name}))


@check(effort="low")
def groups_have_alarms(group: Group, alarms: list[Alarm]) -> Verdict:
    """Auto Scaling groups are watched by an alarm that is not there for scaling.

    Why: a group that cannot start instances stays small in silence.
    Fix: aws cloudwatch put-metric-alarm on CPUUtilization or GroupInServiceInstances of the group.
    """
    names = ("AWS/EC2", "AWS/AutoScaling", "CWAgent")
    telling = [one for one in alarms if not _only_scales(one)]
    pair = {"AutoScalingGroupName": group.auto_scaling_group_name}
    return _verdict(watching(telling, names, pair))


def _only_scales(alarm: Alarm) -> bool:
    return bool(alarm.alarm_actions) and all(":autoscaling:" in one for one in alarm.alarm_actions)


@check(effort="low")
def tables_have_alarms(table: TableName, alarms: list[Alarm]) -> Verdict:
    """DynamoDB tables are watched by an alarm.

    Why: a table that throttles slows down whoever writes to it, and says so in a metric only.
    Fix: aws cloudwatch put-metric-alarm on ThrottledRequests and SystemErrors of the table.
    """
    return _verdict(watching(alarms, ("AWS/DynamoDB",), {"TableName": table.value}))


@check(effort="low")
def services_have_alarms(service: Service, alarms: list[Alarm]) -> Verdict:
    """ECS services are watched by an alarm.

    Why: tasks that start and die in a circle use money and serve nobody.
    Fix: aws cloudwatch put-metric-alarm on CPUUtilization, MemoryUtilization or RunningTaskCount of the service.
    """
    if service.status != "ACTIVE" or not service.desired_count:
        return NotApplicable("no task of it is to run")
    names = {"ServiceName": service.service_name}
    if service.service_arn.count("/") == 2:  # older ARNs do not name the cluster
        names["ClusterName"] = service.service_arn.split("/")[1]
    return _verdict(watching(alarms, ("AWS/ECS", "ECS/ContainerInsights"), names))


@check(effort="low")
def caches_have_alarms(cache: CacheCluster, alarms: list[Alarm]) -> Verdict:
    """ElastiCache nodes are watched by an alarm.

    Why: a cache that evicts what it should keep sends its load to the database.
    Fix: aws cloudwatch put-metric-alarm on EngineCPUUtilization, Evictions and DatabaseMemoryUsagePercentage.
    """
    return _verdict(watching(alarms, ("AWS/ElastiCache",), {"CacheClusterId": cache.arn.rpartition(":")[2]}))


@check(effort="low")
def domains_have_alarms(domain: Domain, alarms: list[Alarm]) -> Verdict:
    """OpenSearch domains are watched by an alarm.

    Why: a cluster turns red, or its disks full, long before a search fails.
    Fix: aws cloudwatch put-metric-alarm on ClusterStatus.red, FreeStorageSpace and JVMMemoryPressure of the domain.
    """
    return _verdict(watching(alarms, ("AWS/ES",), {"DomainName": domain.arn.rpartition("/")[2]}))


@check(effort="low")
def health_checks_raise_alarms(
    zones: list[PublicZone], checks: list[HealthCheck], alarms: AllRegions[Alarm]
) -> Verdict:
    """Route 53's health checks of the account's endpoints are watched by alarms.

    Why: a health check turns traffic away without a word; who should mend the endpoint hears of it from an alarm.
    Fix: aws cloudwatch put-metric-alarm --region us-east-1 --namespace AWS/Route53 --metric-name HealthCheckStatus …
    """
    asked = {one.id for one in checks if not one.health_check_config.disabled} - {
        one.id for one in checks if one.health_check_config.type == "CLOUDWATCH_METRIC"
    }
    if not asked:
        return NotApplicable("no health check asks an endpoint" if zones else "there is no public zone")
    silent = sorted(one for one in asked if not watching(alarms, ("AWS/Route53",), {"HealthCheckId": one}).surely)
    if silent and any(one.health_check_config.type == "CALCULATED" for one in checks):
        return CannotTell("a calculated check stands for others, and it is not told for which")
    if silent:
        return Fails(f"no alarm watches {', '.join(silent[:3])}{', …' if len(silent) > 3 else ''}")
    return Holds(f"alarms watch all {len(asked)} health checks")


@fact
def what_has_no_alarm(
    alarms: list[Alarm],
    databases: list[DBInstance],
    balancers: list[LoadBalancer],
    queues: list[QueueAttributes],
    functions: list[Function],
) -> str | None:
    """How many databases, load balancers, queues and functions have no alarm."""
    counts = {
        "databases": _silent(databases_have_alarms(one, alarms) for one in databases),
        "load balancers": _silent(load_balancers_have_alarms(one, alarms) for one in balancers),
        "queues": _silent(queues_have_alarms(one, alarms) for one in queues),
        "functions": _silent(functions_have_alarms(one, alarms) for one in functions),
    }
    told = [f"{silent} of {every} {kind}" for kind, (silent, every) in counts.items() if every]
    return f"without any alarm: {', '.join(told)}" if told else None


def _silent(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    found = list(verdicts)
    return sum(isinstance(one, Fails) for one in found), len(found)

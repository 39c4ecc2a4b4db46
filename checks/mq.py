"""Amazon MQ: brokers. All of them encrypt at rest and take TLS only, by their nature."""

from checks.stages import DEVELOPMENT, KEY, in_development, tags_of
from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check


class BrokerEntry(Evidence, read=Read("mq:ListBrokers", "BrokerSummaries", arn="{broker_arn}")):
    broker_arn: str
    broker_id: str
    deployment_mode: str
    engine_type: str


class Logs(Part):
    general: bool = False
    audit: bool = False


class Broker(Evidence, read=Read("mq:DescribeBroker", per=BrokerEntry, args={"BrokerId": "broker_id"})):
    """The users' names, which the same answer holds, are not kept."""

    publicly_accessible: bool
    auto_minor_version_upgrade: bool = False
    logs: Logs | None = None
    tags: dict[str, str] | None = None


@check(effort="high")
def brokers_are_not_public(broker: Broker) -> Verdict:
    """No broker has an address that the internet can reach.

    Why: then a password is all that stands before every message.
    Fix: make a private broker; that cannot be changed later.
    """
    return Fails("publicly accessible") if broker.publicly_accessible else Holds("not publicly accessible")


@check(effort="high")
def brokers_span_zones(
    entry: BrokerEntry, broker: Broker, *, environment_tag: str = KEY, development: tuple[str, ...] = DEVELOPMENT
) -> Verdict:
    """Brokers have a standby or a cluster over several Availability Zones.

    Why: a single broker is gone with its machine or its zone.
    Fix: make a broker with ACTIVE_STANDBY_MULTI_AZ (ActiveMQ) or CLUSTER_MULTI_AZ (RabbitMQ).
    """
    mode = entry.deployment_mode
    if mode.endswith("_MULTI_AZ"):
        return Holds(f"the mode is {mode}")
    return in_development(tags_of(broker.tags), environment_tag, development) or Fails(f"the mode is {mode}")


@check(effort="low")
def brokers_write_logs(entry: BrokerEntry, broker: Broker) -> Verdict:
    """Brokers write their logs to CloudWatch Logs; those of ActiveMQ the audit log too.

    Why: without them nobody can tell who connected, or why messages were lost.
    Fix: aws mq update-broker --broker-id ID --logs General=true,Audit=true
    """
    logs = broker.logs or Logs()
    lacking = [] if logs.general else ["general"]
    if entry.engine_type.upper() == "ACTIVEMQ" and not logs.audit:
        lacking.append("audit")
    return Fails(f"not written: {', '.join(lacking)}") if lacking else Holds("the logs are written")


@check(effort="low")
def minor_versions_are_installed(broker: Broker) -> Verdict:
    """Brokers install minor versions of their engine by themselves.

    Why: minor versions carry security fixes, which wait for nobody's reminder that way.
    Fix: aws mq update-broker --broker-id ID --auto-minor-version-upgrade
    """
    if broker.auto_minor_version_upgrade:
        return Holds("minor versions are installed in the maintenance window")
    return Fails("minor versions are not installed automatically")

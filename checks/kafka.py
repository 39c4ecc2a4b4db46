"""MSK: clusters of Kafka and their connectors: what they encrypt, whom they let in, and over which zones they stand."""

from checks.stages import DEVELOPMENT, KEY, in_development, tags_of
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

_SERVERLESS = NotApplicable("a serverless cluster: encrypted, with IAM only, and over several zones, by its nature")


class Switch(Part):
    enabled: bool = False


class Sasl(Part):
    scram: Switch | None = None
    iam: Switch | None = None


class ClientAuthentication(Part):
    sasl: Sasl | None = None
    tls: Switch | None = None
    unauthenticated: Switch | None = None

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways in which clients prove who they are."""
        sasl = self.sasl or Sasl()
        on = {"IAM": sasl.iam, "SASL/SCRAM": sasl.scram, "mutual TLS": self.tls}
        return tuple(name for name, switch in on.items() if switch is not None and switch.enabled)


class AtRest(Part):
    data_volume_kms_key_id: str | None = None


class InTransit(Part):
    client_broker: str | None = None
    in_cluster: bool | None = None


class EncryptionInfo(Part):
    encryption_at_rest: AtRest | None = None
    encryption_in_transit: InTransit | None = None


class PublicAccess(Part):
    type: str | None = None


class Connectivity(Part):
    public_access: PublicAccess | None = None


class Brokers(Part):
    client_subnets: tuple[str, ...]
    connectivity_info: Connectivity | None = None


class BrokerLogs(Part):
    cloud_watch_logs: Switch | None = None
    firehose: Switch | None = None
    s3: Switch | None = None


class LoggingInfo(Part):
    broker_logs: BrokerLogs | None = None


class Provisioned(Part):
    broker_node_group_info: Brokers
    client_authentication: ClientAuthentication | None = None
    encryption_info: EncryptionInfo | None = None
    logging_info: LoggingInfo | None = None


class Cluster(Evidence, read=Read("kafka:ListClustersV2", "ClusterInfoList", arn="{cluster_arn}")):
    cluster_arn: str
    cluster_name: str
    cluster_type: str
    tags: dict[str, str] | None = None
    provisioned: Provisioned | None = None


class Encryption(Part):
    encryption_type: str


class Authentication(Part):
    authentication_type: str


class Connector(Evidence, read=Read("kafkaconnect:ListConnectors", "connectors", arn="{connector_arn}")):
    connector_arn: str
    kafka_cluster_encryption_in_transit: Encryption
    kafka_cluster_client_authentication: Authentication


@check(effort="medium")
def clusters_are_encrypted(cluster: Cluster) -> Verdict:
    """MSK clusters encrypt their volumes under a key that is named.

    Why: a broker keeps each record for days; the key's policy says who can read them.
    Fix: nothing to do: MSK encrypts every cluster; a key of one's own is chosen when it is made.
    """
    if cluster.provisioned is None:
        return _SERVERLESS
    info = cluster.provisioned.encryption_info
    key = info.encryption_at_rest.data_volume_kms_key_id if info and info.encryption_at_rest else None
    return Holds(f"encrypted under {key}") if key else CannotTell("no key is named")


@check(effort="medium")
def clusters_speak_tls(cluster: Cluster) -> Verdict:
    """MSK clusters take clients with TLS only, and encrypt what passes between brokers.

    Why: records and passwords pass in the open where a client may choose plain text.
    Fix: aws kafka update-security --cluster-arn ARN --encryption-info EncryptionInTransit={ClientBroker=TLS}
    """
    if cluster.provisioned is None:
        return _SERVERLESS
    info = cluster.provisioned.encryption_info
    transit = (info.encryption_in_transit if info else None) or InTransit()
    lacking = []
    if transit.client_broker not in ("TLS", None):
        lacking.append(f"clients may use {transit.client_broker}")
    if transit.in_cluster is False:
        lacking.append("brokers talk in the open")
    if lacking:
        return Fails("; ".join(lacking))
    if transit.client_broker is None or transit.in_cluster is None:
        return CannotTell("how clients and brokers talk is not told")
    return Holds("TLS only, between brokers too")


@check(effort="medium")
def clients_prove_who_they_are(cluster: Cluster) -> Verdict:
    """MSK clusters let in no client that does not prove who it is.

    Why: else whoever reaches the port reads and writes every topic.
    Fix: aws kafka update-security --cluster-arn ARN --client-authentication Unauthenticated={Enabled=false},Sasl={Iam={Enabled=true}}
    """
    if cluster.provisioned is None:
        return _SERVERLESS
    told = cluster.provisioned.client_authentication or ClientAuthentication()
    if told.unauthenticated is not None and told.unauthenticated.enabled:
        return Fails("clients may stay unknown")
    return Holds(f"by {', '.join(told.ways)}") if told.ways else Fails("no way to authenticate is set")


@check(effort="medium")
def clusters_are_not_public(cluster: Cluster) -> Verdict:
    """No MSK cluster can be reached from the internet.

    Why: then a credential is all that stands before every topic.
    Fix: aws kafka update-connectivity --cluster-arn ARN --connectivity-info PublicAccess={Type=DISABLED}
    """
    if cluster.provisioned is None:
        return NotApplicable("a serverless cluster is inside a VPC by its nature")
    info = cluster.provisioned.broker_node_group_info.connectivity_info
    kind = info.public_access.type if info and info.public_access else None
    if kind is None:
        return CannotTell("nothing is told of public access")
    return Holds("public access is DISABLED") if kind == "DISABLED" else Fails(f"public access is {kind}")


@check(effort="high")
def clusters_span_zones(
    cluster: Cluster, *, environment_tag: str = KEY, development: tuple[str, ...] = DEVELOPMENT
) -> Verdict:
    """MSK clusters have brokers in at least two Availability Zones.

    Why: a cluster in one zone is gone with it.
    Fix: make a cluster with subnets of three zones; zones cannot be changed later.
    """
    if cluster.provisioned is None:
        return _SERVERLESS
    count = len(set(cluster.provisioned.broker_node_group_info.client_subnets))
    # Each of the subnets lies in a zone of its own (MSK API reference).
    told = f"brokers in {count} zones"
    return (
        Holds(told) if count > 1 else in_development(tags_of(cluster.tags), environment_tag, development) or Fails(told)
    )


@check(effort="low")
def broker_logs_are_kept(cluster: Cluster) -> Verdict:
    """MSK clusters deliver the logs of their brokers.

    Why: they are the record of refused clients and of what a broker did before it failed.
    Fix: aws kafka update-monitoring --cluster-arn ARN --logging-info …
    """
    if cluster.provisioned is None:
        return NotApplicable("a serverless cluster has no broker logs")
    info = cluster.provisioned.logging_info
    logs = (info.broker_logs if info else None) or BrokerLogs()
    places = {"CloudWatch Logs": logs.cloud_watch_logs, "Firehose": logs.firehose, "S3": logs.s3}
    on = [name for name, switch in places.items() if switch is not None and switch.enabled]
    return Holds(f"to {', '.join(on)}") if on else Fails("broker logs go nowhere")


@check(effort="medium")
def connectors_speak_tls(connector: Connector) -> Verdict:
    """MSK connectors speak TLS with their cluster.

    Why: they carry whole databases into and out of Kafka.
    Fix: make the connector anew with kafkaClusterEncryptionInTransit encryptionType=TLS
    """
    kind = connector.kafka_cluster_encryption_in_transit.encryption_type
    return Holds("TLS") if kind == "TLS" else Fails(f"the connection is {kind}")


@check(effort="medium")
def connectors_prove_who_they_are(connector: Connector) -> Verdict:
    """MSK connectors sign in to their cluster.

    Why: a cluster that lets a connector in unknown lets in everybody who reaches it.
    Fix: make the connector anew with kafkaClusterClientAuthentication authenticationType=IAM
    """
    kind = connector.kafka_cluster_client_authentication.authentication_type
    return Fails("the authentication is NONE") if kind == "NONE" else Holds(f"the authentication is {kind}")

"""Timestream for InfluxDB: instances. All of them are encrypted at rest by their nature."""

from scanner import CannotTell, Evidence, Fails, Holds, Read, Verdict, check


class InstanceEntry(Evidence, read=Read("timestream-influxdb:ListDbInstances", "items", arn="{arn}")):
    id: str
    arn: str
    name: str
    deployment_type: str | None = None


class Instance(Evidence, read=Read("timestream-influxdb:GetDbInstance", per=InstanceEntry, args={"identifier": "id"})):
    publicly_accessible: bool


@check(effort="high")
def instances_have_a_standby(entry: InstanceEntry) -> Verdict:
    """InfluxDB instances keep a standby in another Availability Zone.

    Why: without a standby the loss of one zone takes the database down.
    Fix: aws timestream-influxdb update-db-instance --identifier ID --deployment-type WITH_MULTIAZ_STANDBY
    """
    told = entry.deployment_type
    if told is None:
        return CannotTell("no deployment is told")
    return Holds(f"the deployment is {told}") if told == "WITH_MULTIAZ_STANDBY" else Fails(f"the deployment is {told}")


@check(effort="high")
def instances_are_not_public(instance: Instance) -> Verdict:
    """No InfluxDB instance has an address that the internet can reach.

    Why: then a password is all that stands between the internet and the data.
    Fix: make the instance anew with --no-publicly-accessible
    """
    return Fails("publicly accessible") if instance.publicly_accessible else Holds("not publicly accessible")

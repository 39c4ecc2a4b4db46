"""Zones, names, resolvers and registered domains, against real clients and as tables."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks import route53, route53domains, route53resolver
from checks.ec2.evidence import Address, Instance, InUse, Vpc
from checks.route53 import HealthCheck, PublicZone, Record
from checks.route53domains import Domain
from checks.route53resolver import QueryLog
from scanner import Fails, Holds, NotApplicable, Target, Verdict
from tests.answering import answering
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

HERE = Target(ACCOUNT, "us-east-1")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REGION = "region:us-east-1"
WHOLE = f"account:{ACCOUNT}"


def put(client: Any, zone: str, **record: Any) -> None:
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


def test_zones(aws: Emulator) -> None:
    client = aws.client("route53")
    assert aws.verdicts("route53.queries_are_logged") == {WHOLE: "not applicable"}
    zone = client.create_hosted_zone(Name="example.com.", CallerReference="a")["HostedZone"]["Id"]
    vpc = aws.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    client.create_hosted_zone(
        Name="inside.",
        CallerReference="b",
        VPC={"VPCRegion": "us-east-1", "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )
    arn = f"arn:aws:route53:::hostedzone/{zone.rpartition('/')[2]}"
    assert aws.judge("route53.queries_are_logged") == {arn: ("fails", "queries are not logged")}
    group = "/aws/route53/example.com"
    aws.client("logs").create_log_group(logGroupName=group)
    log = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}:*"
    client.create_query_logging_config(HostedZoneId=zone.rpartition("/")[2], CloudWatchLogsLogGroupArn=log)
    assert aws.judge("route53.queries_are_logged") == {arn: ("holds", f"logged to {log}")}
    assert aws.judge("route53.records_notice_sick_targets") == {
        arn: ("not applicable", "no record of example.com. chooses by failover, latency or several values")
    }
    ec2 = aws.client("ec2", "eu-west-1")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(InstanceId=made, AllocationId=address["AllocationId"])
    one = [{"Value": address["PublicIp"]}]
    put(client, zone, Name="www.example.com.", Type="A", TTL=60, ResourceRecords=one)
    put(client, zone, Name="note.example.com.", Type="TXT", TTL=60, ResourceRecords=[{"Value": '"secret"'}])
    check = client.create_health_check(
        CallerReference="c", HealthCheckConfig={"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com"}
    )["HealthCheck"]["Id"]
    for role, more in (("PRIMARY", {"HealthCheckId": check}), ("SECONDARY", {})):
        put(
            client, zone, Name="api.example.com.", Type="A", TTL=60, SetIdentifier=role, Failover=role,
            ResourceRecords=[{"Value": "192.0.2.1"}], **more,
        )  # fmt: skip
    assert aws.judge("route53.records_notice_sick_targets") == {arn: ("holds", "1 records have a health check")}
    for role in ("a", "b"):
        put(
            client, zone, Name="many.example.com.", Type="A", TTL=60, SetIdentifier=role, MultiValueAnswer=True,
            ResourceRecords=[{"Value": "192.0.2.1"}],
        )  # fmt: skip
    assert aws.verdicts("route53.records_notice_sick_targets") == {arn: "fails"}
    away = client.create_hosted_zone(Name="example.org.", CallerReference="d")["HostedZone"]["Id"]
    put(client, away, Name="www.example.org.", Type="CNAME", TTL=60, ResourceRecords=[{"Value": "lb.example.com"}])
    elsewhere = f"arn:aws:route53:::hostedzone/{away.rpartition('/')[2]}"
    assert aws.judge("route53.names_lead_to_more_than_one_instance", regions=("us-east-1", "eu-west-1")) == {
        arn: ("fails", "one instance answers for www.example.com."),
        elsewhere: ("holds", "no name of example.org. leads to a single instance"),
    }
    seen = judge_all(aws, "route53", ["signed_zones", "health_checks", "failover_records"])
    assert seen["signed_zones"] == {WHOLE: ("told", "0 of 2 public zones are signed by DNSSEC")}
    assert seen["health_checks"] == {WHOLE: ("told", "1 health checks: 1 HTTPS; 0 are disabled")}
    assert seen["failover_records"] == {WHOLE: ("told", "failover records: api.example.com.")}


ZONE = PublicZone(id="Z1", name="example.com.")


def record(**changes: Any) -> Record:
    fields = {"name": "www", "type": "A", "resource_records": ({"value": "192.0.2.1"},)}
    return Record.model_validate(fields | changes)


WATCHING = {"dns_name": "lb", "evaluate_target_health": True}
BLIND = {"dns_name": "lb", "evaluate_target_health": False}
OFF = HealthCheck.model_validate({"id": "off", "health_check_config": {"type": "TCP", "disabled": True}})


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (record(failover="PRIMARY", set_identifier="a"), Fails("no health check: www (a)")),
        (record(region="eu-west-1", set_identifier="a"), Fails("no health check: www (a)")),
        (record(region="eu-west-1", set_identifier="a", alias_target=BLIND), Fails("no health check: www (a)")),
        (record(region="eu-west-1", set_identifier="a", alias_target=WATCHING), Holds("1 records have a health check")),
        (record(failover="PRIMARY", set_identifier="a", health_check_id="on"), Holds("1 records have a health check")),
        (record(failover="PRIMARY", set_identifier="a", health_check_id="off"), Fails("no health check: www (a)")),
        (
            record(set_identifier="weighted"),
            NotApplicable("no record of example.com. chooses by failover, latency or several values"),
        ),
    ],
)
def test_sick_targets(one: Record, verdict: Verdict) -> None:
    assert route53.records_notice_sick_targets(ZONE, [one], [OFF]) == verdict


def address(ip: str, instance: str | None) -> Address:
    return Address(allocation_id="e", public_ip=ip, instance_id=instance)


BALANCER = address("192.0.2.1", None)
ALONE = address("192.0.2.1", "i-1")


@pytest.mark.parametrize(
    ("records", "addresses", "verdict"),
    [
        ([], [ALONE], NotApplicable("the zone has no names")),
        ([record()], [ALONE], Fails("one instance answers for www")),
        ([record()], [BALANCER], Holds("no name of example.com. leads to a single instance")),
        ([record(set_identifier="a")], [ALONE], Holds("no name of example.com. leads to a single instance")),
        (
            [record(resource_records=({"value": "192.0.2.1"}, {"value": "192.0.2.2"}))],
            [ALONE],
            Holds("no name of example.com. leads to a single instance"),
        ),
    ],
)
def test_single_instances(records: list[Record], addresses: list[Address], verdict: Verdict) -> None:
    none: list[Instance] = []
    assert route53.names_lead_to_more_than_one_instance(ZONE, records, addresses, none) == verdict


def test_resolvers(aws: Emulator) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    arn = f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/{vpc}"
    check = "route53resolver.queries_are_logged"
    assert aws.judge(check) == {arn: ("not applicable", "nothing is in the VPC")}
    assert aws.judge("route53resolver.dns_firewalls") == {}
    ec2.create_network_interface(SubnetId=ec2.describe_subnets()["Subnets"][0]["SubnetId"])
    assert aws.judge(check) == {arn: ("fails", "queries are not logged")}
    assert aws.judge("route53resolver.dns_firewalls") == {REGION: ("told", "0 of 1 VPCs in use have a DNS firewall")}
    resolver = aws.client("route53resolver")
    config = resolver.create_resolver_query_log_config(
        Name="all", DestinationArn="arn:aws:s3:::logs", CreatorRequestId="a"
    )["ResolverQueryLogConfig"]["Id"]
    resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=config, ResourceId=vpc)
    assert aws.judge(check) == {arn: ("holds", "queries are logged")}
    association = {"Id": "a", "VpcId": vpc}
    with answering(
        "route53resolver", ListFirewallRuleGroupAssociations={"FirewallRuleGroupAssociations": [association]}
    ):
        assert aws.judge("route53resolver.dns_firewalls") == {
            REGION: ("told", "1 of 1 VPCs in use have a DNS firewall")
        }


@pytest.mark.parametrize(
    ("status", "verdict"),
    [("ACTIVE", Holds("queries are logged")), ("FAILED", Fails("the query log is FAILED"))],
)
def test_a_query_log_that_fails(status: str, verdict: Verdict) -> None:
    vpc = Vpc(vpc_id="v", owner_id=ACCOUNT, is_default=False, cidr_block="10.0.0.0/16")
    log = QueryLog(resolver_query_log_config_id="c", resource_id="v", status=status)
    used = InUse(frozenset({"v"}), frozenset())
    assert route53resolver.queries_are_logged(vpc, [log], used, HERE) == verdict
    other = vpc.model_copy(update={"owner_id": "2"})
    assert isinstance(route53resolver.queries_are_logged(other, [log], used, HERE), NotApplicable)


def test_registered_domains(aws: Emulator) -> None:
    assert aws.verdicts("route53domains.domains_last") == {WHOLE: "not applicable"}
    contact = {
        "FirstName": "A",
        "LastName": "B",
        "ContactType": "PERSON",
        "AddressLine1": "1 Street",
        "City": "Dublin",
        "CountryCode": "IE",
        "ZipCode": "1",
        "PhoneNumber": "+353.1",
        "Email": "a@example.com",
    }
    aws.client("route53domains").register_domain(
        DomainName="example.com",
        DurationInYears=3,
        AutoRenew=False,
        AdminContact=contact,
        RegistrantContact=contact,
        TechContact=contact,
    )
    arn = "arn:aws:route53domains:::domain/example.com"
    assert aws.verdicts("route53domains.domains_cannot_be_carried_off") == {arn: "holds"}
    assert aws.verdicts("route53domains.domains_last") == {arn: "holds"}
    loose = {"DomainName": "loose.com", "AutoRenew": False, "TransferLock": False, "Expiry": "2026-12-01T00:00:00Z"}
    names = ("loose.com", "loose.io", "shop.co.uk", "loose.li")
    other = {name: f"arn:aws:route53domains:::domain/{name}" for name in names}
    with answering("route53domains", ListDomains={"Domains": [{**loose, "DomainName": name} for name in names]}):
        seen = judge_all(aws, "route53domains", ["domains_cannot_be_carried_off", "domains_last"], at=NOW)
    off = ("fails", "the transfer lock is off")
    lockless = "domains in .uk have no transfer lock; who may ask for their code protects them"
    assert seen == {
        "domains_cannot_be_carried_off": {
            other["loose.com"]: off,
            other["loose.io"]: off,
            other["shop.co.uk"]: ("not applicable", lockless),
            other["loose.li"]: ("unknown", "the transfer lock is off; whether domains in .li have one is not told"),
        },
        "domains_last": dict.fromkeys(other.values(), ("fails", "it ends on 2026-12-01 and does not renew by itself")),
    }


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (Domain(domain_name="d", auto_renew=True), Holds("it renews by itself")),
        (
            Domain(domain_name="d", expiry=datetime(2027, 11, 1, tzinfo=UTC)),
            Holds("it ends on 2027-11-01 and does not renew by itself"),
        ),
        (
            Domain(domain_name="d", expiry=datetime(2026, 12, 1, tzinfo=UTC)),
            Fails("it ends on 2026-12-01 and does not renew by itself"),
        ),
    ],
)
def test_domains_last(one: Domain, verdict: Verdict) -> None:
    assert route53domains.domains_last(one, NOW) == verdict

"""EC2 and VPC checks, against real clients and as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.ec2 import groups, instances, network, storage, templates
from checks.ec2.evidence import (
    AnyInterface,
    FlowLog,
    Image,
    Instance,
    InUse,
    MetadataDefaults,
    PublicSnapshot,
    SnapshotBlock,
    Subnet,
    Vpc,
)
from checks.ec2.rules import Permission, SecurityGroup, WideLists
from checks.ec2.templates import LatestVersion, Template
from scanner import CannotTell, Fails, Holds, NotApplicable, Target, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

ARN = f"arn:aws:ec2:us-east-1:{ACCOUNT}:"
HERE = Target(ACCOUNT, "us-east-1")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REGION = "region:us-east-1"


_CLIENTS: dict[str, Any] = {}


def ec2(aws: Emulator) -> Any:
    """The emulator's client for EC2, made once: its model takes half a second to load."""
    if aws.url not in _CLIENTS:
        _CLIENTS[aws.url] = aws.client("ec2")
    return _CLIENTS[aws.url]


Judged = dict[str, dict[str, tuple[str, str]]]


def judged(aws: Emulator, *names: str) -> Judged:
    """What several checks say of one scan: EC2's model takes long to load, and so is loaded once."""
    return judge_all(aws, "ec2", names)


def launch(aws: Emulator, **how: Any) -> str:
    run = ec2(aws).run_instances(ImageId="ami-03cf127a", MinCount=1, MaxCount=1, **how)
    return str(run["Instances"][0]["InstanceId"])


def network_of(aws: Emulator, zones: str = "ab", **how: Any) -> tuple[str, list[str]]:
    client = ec2(aws)
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16", **how)["Vpc"]["VpcId"]
    made = [
        client.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for n, zone in enumerate(zones)
    ]
    return vpc, [one["Subnet"]["SubnetId"] for one in made]


def interface(aws: Emulator, subnet: str, *security_groups: str) -> None:
    how: dict[str, Any] = {"Groups": list(security_groups)} if security_groups else {}
    ec2(aws).create_network_interface(SubnetId=subnet, **how)


# Instances


def test_instances(aws: Emulator) -> None:
    iam = aws.client("iam")
    profile = iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]["Arn"]
    _, (subnet, _) = network_of(aws)
    bare = launch(aws, KeyName="mine")
    private = [{"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": False}]
    careful = launch(
        aws,
        IamInstanceProfile={"Arn": profile},
        MetadataOptions={"HttpTokens": "required"},
        NetworkInterfaces=private,
    )
    gone = launch(aws)
    ec2(aws).terminate_instances(InstanceIds=[gone])
    bare_, careful_ = f"{ARN}instance/{bare}", f"{ARN}instance/{careful}"

    found = judged(
        aws,
        "metadata_needs_a_session",
        "instances_have_a_role",
        "instances_have_no_public_address",
        "instances_are_launched_without_key_pairs",
        "instance_types",
    )
    assert found["metadata_needs_a_session"] == {
        bare_: ("fails", "metadata is handed out without a session token"),
        careful_: ("holds", "session tokens are required"),
    }
    assert found["instances_have_a_role"] == {
        bare_: ("fails", "the instance has no instance profile"),
        careful_: ("holds", "has web"),
    }
    assert {arn: told for arn, (told, _) in found["instances_have_no_public_address"].items()} == {
        bare_: "fails",
        careful_: "holds",
    }
    assert found["instances_are_launched_without_key_pairs"] == {
        bare_: ("fails", "launched with the key mine"),
        careful_: ("holds", "launched without a key"),
    }
    assert found["instance_types"] == {REGION: ("told", "running instances by type: 2 × m1.small")}


def instance(**changes: object) -> Instance:
    fields = {
        "instance_id": "i-1",
        "instance_type": "m8g.large",
        "state": {"name": "running"},
        "launch_time": NOW,
        "metadata_options": {"http_tokens": "optional", "http_endpoint": "enabled"},
    }
    return Instance.model_validate(fields | changes)


def stopped(reason: str) -> Instance:
    return instance(state={"name": "stopped"}, state_transition_reason=reason)


def test_an_instance_without_a_metadata_service_hands_nothing_out() -> None:
    off = instance(metadata_options={"http_tokens": "optional", "http_endpoint": "disabled"})
    assert instances.metadata_needs_a_session(off) == Holds("the metadata service is off")


def test_every_network_interface_may_have_a_public_address() -> None:
    address = {"private_ip_addresses": ({}, {"association": {"public_ip": "203.0.113.9"}})}
    second = instance(network_interfaces=({"private_ip_addresses": ({},)}, address))
    assert instances.instances_have_no_public_address(second) == Fails("reachable as 203.0.113.9")
    first = instance(public_ip_address="203.0.113.9", network_interfaces=(address,))
    assert instances.instances_have_no_public_address(first) == Fails("reachable as 203.0.113.9")
    assert instances.instances_have_no_public_address(instance()) == Holds("no public address")


def test_a_stopped_instance_needs_no_role() -> None:
    assert instances.instances_have_a_role(stopped("")) == NotApplicable("the instance is stopped")


def test_an_instance_that_was_just_stopped(aws: Emulator) -> None:
    name = launch(aws)
    ec2(aws).stop_instances(InstanceIds=[name])
    day, arn = datetime.now(UTC), f"{ARN}instance/{name}"
    assert aws.judge("ec2.no_instance_stays_stopped") == {arn: ("holds", f"stopped on {day:%Y-%m-%d}")}
    later = aws.judge("ec2.no_instance_stays_stopped", at=day + timedelta(days=31))
    assert later == {arn: ("fails", f"stopped since {day:%Y-%m-%d}")}


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (instance(), Holds("the instance is running")),
        (stopped("User initiated (2026-10-24 12:00:00 GMT)"), Holds("stopped on 2026-10-24")),
        (stopped("User initiated (2026-10-23 12:00:00 GMT)"), Fails("stopped since 2026-10-23")),
        (stopped("Server.InternalError"), CannotTell("AWS does not say since when it is stopped")),
    ],
)
def test_no_instance_stays_stopped(one: Instance, verdict: Verdict) -> None:
    assert instances.no_instance_stays_stopped(one, NOW) == verdict


def test_settings_of_the_region(aws: Emulator) -> None:
    """From answers prepared in fixtures/standins: moto lacks these operations."""
    names = (
        "new_instances_need_a_session",
        "the_serial_console_is_off",
        "snapshots_cannot_become_public",
        "images_cannot_become_public",
        "volumes_are_encrypted_by_default",
    )
    unblocked = {"GetImageBlockPublicAccessState": {"ImageBlockPublicAccessState": "unblocked"}}
    nothing = "and the region has no network interface"
    with answering("ec2", unblocked):
        assert judged(aws, *names) == {
            names[0]: {REGION: ("not applicable", f"the default is not set, {nothing}")},
            names[1]: {REGION: ("holds", "access is disabled")},
            names[2]: {REGION: ("not applicable", f"the state is unblocked, {nothing}, volume or snapshot")},
            names[3]: {REGION: ("not applicable", f"the state is unblocked, {nothing} or image")},
            names[4]: {REGION: ("not applicable", f"encryption by default is off, {nothing}, volume or snapshot")},
        }
    client = ec2(aws)
    # A region in which anything runs is in use: what is made there tomorrow starts with these settings.
    client.create_network_interface(SubnetId=client.describe_subnets()["Subnets"][0]["SubnetId"])
    found = judged(aws, *names)
    assert found.pop("volumes_are_encrypted_by_default") == {REGION: ("fails", "encryption by default is off")}
    assert found["new_instances_need_a_session"] == {REGION: ("fails", "the default is not set")}
    assert found["the_serial_console_is_off"] == {REGION: ("holds", "access is disabled")}
    assert found["snapshots_cannot_become_public"] == {REGION: ("fails", "the state is unblocked")}
    assert found["images_cannot_become_public"] == {REGION: ("holds", "the state is block-new-sharing")}
    with (
        answering("ec2", {"GetInstanceMetadataDefaults": {"AccountLevel": {"HttpTokens": "required"}}}),
        answering("ec2", {"GetSerialConsoleAccessStatus": {"SerialConsoleAccessEnabled": True}}),
        answering("ec2", {"GetSnapshotBlockPublicAccessState": {"State": "block-all-sharing"}}),
        answering("ec2", unblocked),
    ):
        assert judged(aws, *found) == {
            "new_instances_need_a_session": {REGION: ("holds", "session tokens are required by default")},
            "the_serial_console_is_off": {REGION: ("fails", "access is enabled")},
            "snapshots_cannot_become_public": {REGION: ("holds", "the state is block-all-sharing")},
            "images_cannot_become_public": {REGION: ("fails", "the state is unblocked")},
        }


def test_settings_of_the_region_as_tables() -> None:
    used = [AnyInterface(network_interface_id="eni-1")]
    optional = MetadataDefaults.model_validate({"account_level": {"http_tokens": "optional"}})
    assert instances.new_instances_need_a_session(optional, used) == Fails("the default is optional")
    off = MetadataDefaults.model_validate({"account_level": {"http_endpoint": "disabled"}})
    enforced = MetadataDefaults.model_validate({"account_level": {"http_tokens_enforced": "enabled"}})
    assert instances.new_instances_need_a_session(enforced, []) == Holds("no instance starts without session tokens")
    assert instances.new_instances_need_a_session(off, []) == Holds("the metadata service is off by default")
    new = SnapshotBlock(state="block-new-sharing")
    assert storage.snapshots_cannot_become_public(new, [], [], []) == Holds("the state is block-new-sharing")


def template(number: int = 1, tokens: str | None = None, public: tuple[bool | None, ...] = ()) -> Template:
    fields = {"launch_template_id": "lt-1", "launch_template_name": "web", "version_number": number}
    options = {"http_tokens": tokens} if tokens else None
    cards = tuple({"associate_public_ip_address": one} for one in public)
    data = {"metadata_options": options, "network_interfaces": cards}
    return Template.model_validate(fields | {"launch_template_data": data})


def newest(of: Template) -> list[LatestVersion]:
    fields = of.model_dump(include={"launch_template_id", "version_number", "launch_template_data"})
    return [LatestVersion.model_validate(fields), LatestVersion.model_validate(fields | {"launch_template_id": "lt-2"})]


LOOSE = "version 2 of web does without a session token"
SILENT = CannotTell("version 1 leaves it to the image, and the region has no default")


@pytest.mark.parametrize(
    ("first", "last", "default", "verdict"),
    [
        ("required", "required", {}, Holds("version 1, 2 needs a session token")),
        ("required", "optional", {}, Fails(LOOSE)),
        (None, "optional", {}, Fails(LOOSE)),
        (None, "required", {}, SILENT),
        (None, "required", {"http_tokens": "required"}, Holds("version 1, 2 needs a session token")),
        ("required", None, {"http_tokens": "optional"}, Fails(LOOSE)),
        ("required", "optional", {"http_tokens": "required"}, Fails(LOOSE)),
        (None, "optional", {"http_tokens_enforced": "enabled"}, Holds("version 1, 2 needs a session token")),
        (None, None, {"http_endpoint": "disabled"}, Holds("version 1, 2 needs a session token")),
    ],
)
def test_templates_and_the_default_of_the_region(
    first: str | None, last: str | None, default: dict[str, str], verdict: Verdict
) -> None:
    defaults = MetadataDefaults.model_validate({"account_level": default})
    found = templates.launch_templates_need_a_session(template(1, first), newest(template(2, last)), defaults)
    assert found == verdict


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [
        ((False,), (False,), Holds("version 1, 2 gives none")),
        ((False,), (False, True), Fails("version 2 of web gives a public address")),
        ((), (False,), NotApplicable("it leaves that to the subnet")),
        ((None,), (None,), NotApplicable("it leaves that to the subnet")),
    ],
)
def test_templates_and_public_addresses(
    first: tuple[bool | None, ...], last: tuple[bool | None, ...], verdict: Verdict
) -> None:
    one, other = template(1, public=first), newest(template(2, public=last))
    assert templates.launch_templates_give_no_public_address(one, other) == verdict


def test_templates_through_a_client(aws: Emulator) -> None:
    client = ec2(aws)
    data = {"ImageId": "ami-03cf127a", "MetadataOptions": {"HttpTokens": "required"}}
    data["NetworkInterfaces"] = [{"DeviceIndex": 0, "AssociatePublicIpAddress": True}]
    made = client.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)["LaunchTemplate"]
    loose = {"ImageId": "ami-03cf127a", "MetadataOptions": {"HttpTokens": "optional"}}
    loose["NetworkInterfaces"] = [{"DeviceIndex": 0, "AssociatePublicIpAddress": False}]
    other = client.create_launch_template(LaunchTemplateName="old", LaunchTemplateData=loose)["LaunchTemplate"]
    web, old = (f"{ARN}launch-template/{one['LaunchTemplateId']}" for one in (made, other))
    assert judged(aws, "launch_templates_need_a_session", "launch_templates_give_no_public_address") == {
        "launch_templates_need_a_session": {
            web: ("holds", "version 1 needs a session token"),
            old: ("fails", "version 1 of old does without a session token"),
        },
        "launch_templates_give_no_public_address": {
            web: ("fails", "version 1 of web gives a public address"),
            old: ("holds", "version 1 gives none"),
        },
    }


def test_addresses_are_in_use(aws: Emulator) -> None:
    client = ec2(aws)
    idle = client.allocate_address(Domain="vpc")
    busy = client.allocate_address(Domain="vpc")
    client.associate_address(InstanceId=launch(aws), AllocationId=busy["AllocationId"])
    assert aws.judge("ec2.addresses_are_in_use") == {
        f"{ARN}elastic-ip/{idle['AllocationId']}": ("fails", f"nothing uses {idle['PublicIp']}"),
        f"{ARN}elastic-ip/{busy['AllocationId']}": ("holds", "in use"),
    }


# Volumes, snapshots and images


def test_volumes(aws: Emulator) -> None:
    client = ec2(aws)
    safe = client.create_volume(AvailabilityZone="us-east-1a", Size=5, Encrypted=True, VolumeType="gp3")["VolumeId"]
    bare = client.create_volume(AvailabilityZone="us-east-1a", Size=7, VolumeType="gp2")["VolumeId"]
    client.attach_volume(VolumeId=safe, InstanceId=launch(aws), Device="/dev/sdf")
    own = {f"{ARN}volume/{safe}", f"{ARN}volume/{bare}"}

    found = judged(
        aws,
        "volumes_are_encrypted",
        "volumes_are_attached",
        "volumes_are_of_the_current_generation",
        "disk_space",
    )

    def ours(check: str) -> dict[str, tuple[str, str]]:
        return {arn: told for arn, told in found[check].items() if arn in own}  # the instance has a root volume

    assert ours("volumes_are_encrypted") == {
        f"{ARN}volume/{safe}": ("holds", "encrypted"),
        f"{ARN}volume/{bare}": ("fails", "the volume is not encrypted"),
    }
    assert ours("volumes_are_attached") == {
        f"{ARN}volume/{safe}": ("holds", "it is in-use"),
        f"{ARN}volume/{bare}": ("fails", "7 GiB are unattached"),
    }
    assert ours("volumes_are_of_the_current_generation") == {
        f"{ARN}volume/{safe}": ("holds", "the volume is of type gp3"),
        f"{ARN}volume/{bare}": ("fails", "the volume is of type gp2"),
    }
    assert found["disk_space"] == {REGION: ("told", "3 volumes: 15 GiB gp2, 5 GiB gp3")}


def test_encryption_by_default_is_judged_where_there_are_disks(aws: Emulator) -> None:
    check = "ec2.volumes_are_encrypted_by_default"
    nothing = "encryption by default is off, and the region has no network interface, volume or snapshot"
    assert aws.judge(check) == {REGION: ("not applicable", nothing)}
    ec2(aws).create_volume(AvailabilityZone="us-east-1a", Size=1)
    assert aws.judge(check) == {REGION: ("fails", "encryption by default is off")}
    ec2(aws).enable_ebs_encryption_by_default()
    assert aws.judge(check) == {REGION: ("holds", "encryption by default is on")}


def test_snapshots(aws: Emulator) -> None:
    client = ec2(aws)
    check = "ec2.snapshots_are_not_public"
    assert aws.judge(check) == {REGION: ("not applicable", "the account has no snapshots here")}
    made = []
    for encrypted in (True, False):
        volume = client.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=encrypted)["VolumeId"]
        made.append(client.create_snapshot(VolumeId=volume)["SnapshotId"])
    safe, bare = made
    assert aws.judge("ec2.snapshots_are_encrypted") == {
        f"arn:aws:ec2:us-east-1::snapshot/{safe}": ("holds", "encrypted"),
        f"arn:aws:ec2:us-east-1::snapshot/{bare}": ("fails", "the snapshot is not encrypted"),
    }
    assert aws.judge(check) == {REGION: ("holds", "none of 2 snapshots is public")}
    client.modify_snapshot_attribute(
        SnapshotId=bare, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    assert aws.judge(check) == {REGION: ("fails", f"1 public: {bare}")}


def test_images(aws: Emulator) -> None:
    client = ec2(aws)
    closed = client.create_image(InstanceId=launch(aws), Name="closed")["ImageId"]
    open_ = client.create_image(InstanceId=launch(aws), Name="open")["ImageId"]
    client.modify_image_attribute(ImageId=open_, LaunchPermission={"Add": [{"Group": "all"}]})
    assert aws.judge("ec2.images_are_not_public") == {
        f"arn:aws:ec2:us-east-1::image/{closed}": ("holds", "the image is not public"),
        f"arn:aws:ec2:us-east-1::image/{open_}": ("fails", "everybody may launch the image"),
    }
    open_ones = [PublicSnapshot(snapshot_id=one) for one in ("snap-1", "snap-2")]
    block = SnapshotBlock(state="block-all-sharing")
    told = Holds("2 are marked as public, and the region blocks all public sharing")
    assert storage.snapshots_are_not_public([], open_ones, block) == told
    block = SnapshotBlock(state="block-new-sharing")
    assert storage.snapshots_are_not_public([], open_ones, block) == Fails("2 public: snap-1, snap-2")
    assert storage.images_are_not_public(Image(image_id="ami-1", public=True)) == Fails(
        "everybody may launch the image"
    )


# Security groups


DATABASES = (1433, 1521, 3306, 5432, 5439, 6379, 7000, 7001, 8182, 9042, 9092, 9200, 11211, 27017)


def test_security_groups(aws: Emulator) -> None:
    client = ec2(aws)
    vpc, (subnet, _) = network_of(aws)

    def make(name: str, port: int, cidr: str = "0.0.0.0/0", *, last: int = 0, used: bool = True) -> str:
        group = client.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": last or port}
        rule |= {"PrefixListIds": [{"PrefixListId": cidr}]} if cidr[:3] == "pl-" else {"IpRanges": [{"CidrIp": cidr}]}
        client.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        if used:
            interface(aws, subnet, group)
        return f"{ARN}security-group/{group}"

    entries = [{"Cidr": one} for one in ("0.0.0.0/1", "128.0.0.0/1")]
    how = {"PrefixListName": "all", "AddressFamily": "IPv4", "MaxEntries": 2}
    listed = client.create_managed_prefix_list(Entries=entries, **how)["PrefixList"]["PrefixListId"]
    how["PrefixListName"] = "office"
    narrow = client.create_managed_prefix_list(Entries=[{"Cidr": "203.0.113.0/24"}], **how)["PrefixList"][
        "PrefixListId"
    ]
    ssh, idle, office = make("ssh", 22), make("idle", 22, used=False), make("office", 22, "203.0.113.0/24")
    web, database = make("web", 443), make("database", 5432)
    by_list, by_office = make("by-list", 22, listed), make("by-office", 22, narrow)
    every, halves = make("every", 0, last=65535), make("halves", 0, last=32767)
    rest = {"IpProtocol": "tcp", "FromPort": 32768, "ToPort": 65535, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client.authorize_security_group_ingress(GroupId=halves.rpartition("/")[2], IpPermissions=[rest])

    found = judged(
        aws,
        "admin_ports_are_closed_to_the_world",
        "database_ports_are_closed_to_the_world",
        "only_web_ports_are_open_to_the_world",
        "no_group_opens_every_port",
        "unused_groups",
        "references_between_groups",
    )

    def ours(check: str) -> dict[str, tuple[str, str]]:
        return {
            arn: told
            for arn, told in found[check].items()
            if arn in (ssh, idle, office, web, database, by_list, by_office, every, halves)
        }

    unused = ("not applicable", "no network interface has the group")
    closed = ("holds", "closed to the internet")
    assert ours("admin_ports_are_closed_to_the_world") == {
        ssh: ("fails", "open: 22 from 0.0.0.0/0"),
        idle: unused,
        office: closed,
        web: closed,
        database: closed,
        by_list: ("fails", f"open: 22 from {listed}"),
        by_office: closed,
        **dict.fromkeys(
            (every, halves),
            ("fails", f"open: {', '.join(f'{port} from 0.0.0.0/0' for port in (22, 3389, 5985, 5986))}"),
        ),
    }
    assert ours("database_ports_are_closed_to_the_world") == {
        ssh: closed,
        idle: unused,
        office: closed,
        web: closed,
        database: ("fails", "open: 5432 from 0.0.0.0/0"),
        by_list: closed,
        by_office: closed,
        **dict.fromkeys(
            (every, halves), ("fails", f"open: {', '.join(f'{port} from 0.0.0.0/0' for port in DATABASES)}")
        ),
    }
    nothing = ("holds", "nothing else is open to the internet")
    assert ours("only_web_ports_are_open_to_the_world") == {
        ssh: ("fails", "open: 22-22 from 0.0.0.0/0"),
        idle: unused,
        office: nothing,
        web: nothing,
        database: ("fails", "open: 5432-5432 from 0.0.0.0/0"),
        by_list: ("fails", f"open: 22-22 from {listed}"),
        by_office: nothing,
        every: ("fails", "open: 0-65535 from 0.0.0.0/0"),
        halves: ("fails", "open: 0-32767 from 0.0.0.0/0, 32768-65535 from 0.0.0.0/0"),
    }
    assert ours("no_group_opens_every_port") == {
        **dict.fromkeys((ssh, office, web, database, by_list, by_office), ("holds", "not every port is open")),
        idle: unused,
        **dict.fromkeys((every, halves), ("fails", "every port is open from 0.0.0.0/0")),
    }
    # Beside these nine, each of the two VPCs has its default group.
    told = "3 of 11 security groups are attached to nothing"
    assert found["unused_groups"] == {REGION: ("told", told)}
    told = "2 of 10 ingress rules name groups or prefix lists"
    assert found["references_between_groups"] == {REGION: ("told", told)}


def test_default_groups_are_closed(aws: Emulator) -> None:
    client = ec2(aws)
    _, (subnet, _) = network_of(aws)
    interface(aws, subnet)
    found = client.describe_network_interfaces()["NetworkInterfaces"][0]["Groups"][0]["GroupId"]
    told = aws.judge("ec2.default_groups_are_closed")
    used = f"{ARN}security-group/{found}"
    assert told.pop(used)[0] == "fails"
    assert set(told.values()) == {("not applicable", "no network interface has the group")}
    group = client.describe_security_groups(GroupIds=[found])["SecurityGroups"][0]
    if group["IpPermissions"]:
        client.revoke_security_group_ingress(GroupId=found, IpPermissions=group["IpPermissions"])
    client.revoke_security_group_egress(GroupId=found, IpPermissions=group["IpPermissionsEgress"])
    assert aws.judge("ec2.default_groups_are_closed")[used] == ("holds", "it has no rules")


USED = InUse(vpcs=frozenset({"vpc-1"}), groups=frozenset({"sg-1"}))


def group(*rules: dict[str, object], **changes: object) -> SecurityGroup:
    fields: dict[str, object] = {"group_id": "sg-1", "group_name": "web", "ip_permissions_egress": ()}
    return SecurityGroup.model_validate(fields | {"ip_permissions": rules} | changes, strict=False)


ADMIN = (22, 3389, 5985, 5986)
WIDE = WideLists(frozenset({"pl-wide"}))


def rule(
    protocol: str,
    ports: tuple[int, int] | None = None,
    *,
    v4: str = "",
    v6: str = "",
    listed: str = "",
    more: tuple[str, ...] = (),
) -> dict[str, object]:
    fields: dict[str, object] = {"ip_protocol": protocol}
    if ports:
        fields |= {"from_port": ports[0], "to_port": ports[1]}
    if v4:
        fields["ip_ranges"] = [{"cidr_ip": one} for one in (v4, *more)]
    if listed:
        fields["prefix_list_ids"] = [{"prefix_list_id": listed}]
    if v6:
        fields["ipv6_ranges"] = [{"cidr_ipv6": v6}]
    return fields


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (rule("tcp", (20, 30), v4="0.0.0.0/0"), Fails("open: 22 from 0.0.0.0/0")),
        (rule("tcp", (22, 22), v6="::/0"), Fails("open: 22 from ::/0")),
        (rule("tcp", (22, 22), v4="128.0.0.0/1"), Fails("open: 22 from 128.0.0.0/1")),
        (rule("6", (3389, 3389), v4="0.0.0.0/0"), Fails("open: 3389 from 0.0.0.0/0")),
        (rule("udp", (22, 22), v4="0.0.0.0/0"), Holds("closed to the internet")),
        (rule("udp", (0, 65535), v4="0.0.0.0/0"), Fails("open: UDP 3389 from 0.0.0.0/0")),
        (rule("17", (3389, 3389), v6="::/0"), Fails("open: UDP 3389 from ::/0")),
        (rule("tcp", v4="0.0.0.0/0"), Fails(f"open: {', '.join(f'{port} from 0.0.0.0/0' for port in ADMIN)}")),
        (rule("tcp", (22, 22), v4="0.0.0.0/2", more=("64.0.0.0/2",)), Fails("open: 22 from 0.0.0.0/1")),
        (rule("tcp", (22, 22), listed="pl-wide"), Fails("open: 22 from pl-wide")),
        (rule("tcp", (22, 22), listed="pl-office"), Holds("closed to the internet")),
        (rule("50", v4="0.0.0.0/0"), Holds("closed to the internet")),
        (rule("icmp", (-1, -1), v4="0.0.0.0/0"), Holds("closed to the internet")),
        (rule("tcp", (22, 22), v4="10.0.0.0/8"), Holds("closed to the internet")),
        (rule("tcp", (22, 22), v6="2001:db8::/32"), Holds("closed to the internet")),
        (
            rule("-1", v4="0.0.0.0/0"),
            Fails("open: 22 from 0.0.0.0/0, 3389 from 0.0.0.0/0, 5985 from 0.0.0.0/0, 5986 from 0.0.0.0/0"),
        ),
    ],
)
def test_admin_ports(one: dict[str, object], verdict: Verdict) -> None:
    assert groups.admin_ports_are_closed_to_the_world(group(one), USED, WIDE) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (rule("-1", v4="0.0.0.0/0"), Fails("every port is open from 0.0.0.0/0")),
        (rule("tcp", (0, 65535), v6="::/0"), Fails("every port is open from ::/0")),
        (rule("tcp", (1, 65535), v6="::/0"), Fails("every port is open from ::/0")),
        (rule("udp", (0, 65535), listed="pl-wide"), Fails("every UDP port is open from pl-wide")),
        (rule("tcp", (1, 1024), v4="0.0.0.0/0"), Holds("not every port is open")),
        (rule("-1", v4="10.0.0.0/8"), Holds("not every port is open")),
    ],
)
def test_no_group_opens_every_port(one: dict[str, object], verdict: Verdict) -> None:
    assert groups.no_group_opens_every_port(group(one), USED, WIDE) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (rule("tcp", (443, 443), v4="0.0.0.0/0"), Holds("nothing else is open to the internet")),
        (rule("udp", (443, 443), v4="0.0.0.0/0"), Holds("nothing else is open to the internet")),
        (rule("icmp", (-1, -1), v4="0.0.0.0/0"), Holds("nothing else is open to the internet")),
        (rule("58", v6="::/0"), Holds("nothing else is open to the internet")),
        (rule("udp", (53, 53), v4="0.0.0.0/0"), Fails("open: UDP 53-53 from 0.0.0.0/0")),
        (rule("50", v4="0.0.0.0/0"), Fails("open: protocol 50 from 0.0.0.0/0")),
        (rule("tcp", (8080, 8081), listed="pl-wide"), Fails("open: 8080-8081 from pl-wide")),
        (rule("udp", (53, 53), listed="pl-office"), Holds("nothing else is open to the internet")),
    ],
)
def test_only_web_ports(one: dict[str, object], verdict: Verdict) -> None:
    assert groups.only_web_ports_are_open_to_the_world(group(one), USED, WIDE) == verdict


def test_databases_over_udp() -> None:
    one = group(rule("udp", (11211, 11211), v4="0.0.0.0/0"))
    told = Fails("open: UDP 11211 from 0.0.0.0/0")
    assert groups.database_ports_are_closed_to_the_world(one, USED, WIDE) == told


def test_a_rule_without_ports_stands_for_all() -> None:
    assert Permission(ip_protocol="-1").ports == range(65536)
    assert groups.default_groups_are_closed(group(), USED) == NotApplicable("not a default group")


# Networks


def test_vpcs(aws: Emulator) -> None:
    client = ec2(aws)
    wide, wide_subnets = network_of(aws, "ab")
    narrow, narrow_subnets = network_of(aws, "a")
    interface(aws, wide_subnets[0])
    interface(aws, narrow_subnets[0])
    default = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    table = client.create_route_table(VpcId=wide)["RouteTable"]["RouteTableId"]
    how = {"ServiceName": "com.amazonaws.us-east-1.s3", "VpcEndpointType": "Gateway"}
    client.create_vpc_endpoint(VpcId=wide, RouteTableIds=[table], **how)
    unled = client.create_vpc_endpoint(VpcId=narrow, **how)["VpcEndpoint"]["VpcEndpointId"]
    logs = {"ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::l"}
    aws.client("s3").create_bucket(Bucket="l" * 3)
    logs["LogDestination"] = "arn:aws:s3:::lll"
    log = client.create_flow_logs(ResourceIds=[wide], **logs)["FlowLogIds"][0]
    wide_, narrow_, default_ = (f"{ARN}vpc/{one}" for one in (wide, narrow, default))

    empty = ("not applicable", "nothing is in the VPC")
    found = judged(
        aws,
        "flow_logs_are_kept",
        "vpcs_span_zones",
        "s3_is_reached_privately",
        "endpoints_by_service",
    )
    assert found["flow_logs_are_kept"] == {
        wide_: ("holds", f"recorded by {log}"),
        narrow_: ("fails", "there is no flow log"),
        default_: empty,
    }
    assert found["vpcs_span_zones"] == {
        wide_: ("holds", "subnets in us-east-1a, us-east-1b"),
        narrow_: ("fails", "subnets in us-east-1a only"),
        default_: empty,
    }
    assert found["s3_is_reached_privately"] == {
        wide_: ("holds", "by a Gateway endpoint"),
        narrow_: ("fails", f"nothing passes through {unled}: no route table leads to it"),
        default_: empty,
    }
    assert found["endpoints_by_service"] == {REGION: ("told", "2 VPC endpoints for: s3")}


def test_default_vpcs_are_not_used(aws: Emulator) -> None:
    own, _ = network_of(aws)
    client = ec2(aws)
    default = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    others = {f"{ARN}vpc/{own}": ("not applicable", "not a default VPC")}
    assert aws.judge("ec2.default_vpcs_are_not_used") == others | {f"{ARN}vpc/{default}": ("holds", "nothing is in it")}
    launch(aws)
    assert aws.judge("ec2.default_vpcs_are_not_used") == others | {
        f"{ARN}vpc/{default}": ("fails", "network interfaces are in it")
    }


def flow_log(resource: str, **changes: object) -> FlowLog:
    fields: dict[str, object] = {"flow_log_id": f"fl-{resource}", "flow_log_status": "ACTIVE", "resource_id": resource}
    return FlowLog.model_validate(fields | changes)


OWN = Vpc(vpc_id="vpc-1", owner_id=ACCOUNT, is_default=False, cidr_block="10.0.0.0/16")
PARTS = [Subnet(subnet_id=f"subnet-{n}", vpc_id="vpc-1", availability_zone="us-east-1a") for n in (1, 2)]


@pytest.mark.parametrize(
    ("logs", "verdict"),
    [
        ([flow_log("vpc-1")], Holds("recorded by fl-vpc-1")),
        (
            [flow_log("vpc-1", traffic_type="REJECT")],
            Holds("recorded by fl-vpc-1, traffic of the kind REJECT only"),
        ),
        (
            [
                flow_log("vpc-1", flow_log_id="good", deliver_logs_status="SUCCESS"),
                flow_log("vpc-1", deliver_logs_status="FAILED"),
            ],
            Holds("recorded by good"),
        ),
        ([flow_log("vpc-2")], Fails("there is no flow log")),
        ([flow_log("vpc-1", deliver_logs_status="FAILED")], Fails("fl-vpc-1 cannot deliver")),
        ([flow_log("vpc-1", deliver_logs_status="SUCCESS")], Holds("recorded by fl-vpc-1")),
        ([flow_log("subnet-1")], Fails("recorded for 1 of 2 subnets only")),
        ([flow_log("subnet-1"), flow_log("subnet-2")], Holds("recorded for each of its subnets")),
    ],
)
def test_flow_logs_are_kept(logs: list[FlowLog], verdict: Verdict) -> None:
    assert network.flow_logs_are_kept(OWN, logs, PARTS, USED, HERE) == verdict


def test_a_shared_vpc_is_judged_in_the_account_that_owns_it() -> None:
    other = OWN.model_copy(update={"owner_id": "210987654321"})
    shared = NotApplicable("shared by the account 210987654321, which is judged for it")
    assert network.flow_logs_are_kept(other, [], PARTS, USED, HERE) == shared
    assert network.vpcs_span_zones(other, PARTS, USED, HERE) == shared
    assert network.s3_is_reached_privately(other, [], USED, HERE) == shared


def test_facts_about_networks(aws: Emulator) -> None:
    client = ec2(aws)
    vpc, (public, _) = network_of(aws)
    gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = client.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    client.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    client.associate_route_table(RouteTableId=table, SubnetId=public)
    interface(aws, public)
    # The default VPC of the emulator has six subnets and, unlike AWS's, no way out.
    assert aws.judge("ec2.public_subnets") == {REGION: ("told", "1 of 8 subnets lead to an internet gateway")}
    told = "0 of 2 network ACLs are custom; 0 hold rules that deny"
    assert aws.judge("ec2.custom_network_acls") == {REGION: ("told", told)}
    assert aws.judge("ec2.regions_in_use", regions=("us-east-1", "eu-west-1")) == {
        f"account:{ACCOUNT}": ("told", "network interfaces in us-east-1")
    }

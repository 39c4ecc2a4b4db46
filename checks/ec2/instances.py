"""Checks of instances and of what new ones start with."""

import re
from datetime import UTC, datetime, timedelta

from checks.ec2.evidence import Address, AnyInterface, Instance, MetadataDefaults, SerialConsole
from scanner import CannotTell, Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact

_SINCE = re.compile(r"\((\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}) (?:GMT|UTC)\)")


@check(effort="low")
def metadata_needs_a_session(instance: Instance) -> Verdict:
    """Instances hand out their metadata only to a session token (IMDSv2).

    Why: without it one forged request through a web application fetches the instance's credentials.
    Fix: aws ec2 modify-instance-metadata-options --instance-id ID --http-tokens required
    """
    if instance.metadata_options.http_endpoint == "disabled":
        return Holds("the metadata service is off")
    if instance.metadata_options.http_tokens == "required":
        return Holds("session tokens are required")
    return Fails("metadata is handed out without a session token")


@check(effort="low")
def new_instances_need_a_session(defaults: MetadataDefaults, interfaces: list[AnyInterface]) -> Verdict:
    """New instances of the region require session tokens for their metadata unless told otherwise.

    Why: an account-wide default reaches the instances that nobody thought of.
    Fix: aws ec2 modify-instance-metadata-defaults --http-tokens required
    """
    tokens = defaults.account_level.http_tokens if defaults.account_level else None
    if defaults.account_level is not None and defaults.account_level.http_endpoint == "disabled":
        return Holds("the metadata service is off by default")
    if defaults.account_level is not None and defaults.account_level.http_tokens_enforced == "enabled":
        return Holds("no instance starts without session tokens")
    if tokens == "required":
        return Holds("session tokens are required by default")
    told = f"the default is {tokens or 'not set'}"
    return Fails(told) if interfaces else NotApplicable(f"{told}, and the region has no network interface")


@check(effort="medium")
def instances_have_a_role(instance: Instance) -> Verdict:
    """Instances have an instance profile, and so a role with temporary credentials.

    Why: without one the software on it is given long-lived keys, and Systems Manager cannot reach it.
    Fix: aws ec2 associate-iam-instance-profile --instance-id ID --iam-instance-profile Name=PROFILE
    """
    if instance.iam_instance_profile:
        return Holds(f"has {instance.iam_instance_profile.arn.rpartition('/')[2]}")
    if instance.state.name != "running":
        return NotApplicable(f"the instance is {instance.state.name}")
    return Fails("the instance has no instance profile")


@check(effort="medium")
def instances_have_no_public_address(instance: Instance) -> Verdict:
    """Instances have no public IPv4 address of their own.

    Why: behind a load balancer an instance cannot be reached, scanned or attacked directly.
    Fix: move it into a private subnet and serve through a load balancer.
    """
    if instance.public_addresses:
        return Fails(f"reachable as {', '.join(instance.public_addresses[:5])}")
    return Holds("no public address")


@check(effort="low")
def instances_are_launched_without_key_pairs(instance: Instance) -> Verdict:
    """Instances are launched without an SSH key pair.

    Why: a shared private key names nobody and does not expire; Session Manager needs none.
    Fix: launch the next version without a key name and log in through Systems Manager.
    """
    return Fails(f"launched with the key {instance.key_name}") if instance.key_name else Holds("launched without a key")


@check(effort="low")
def no_instance_stays_stopped(instance: Instance, at: ScanTime, *, days: int = 30) -> Verdict:
    """Stopped instances are started or let go within weeks.

    Why: their disks are paid for, and what sleeps is not patched.
    Fix: make an image of it where it may be needed again, then aws ec2 terminate-instances --instance-ids ID
    """
    if instance.state.name != "stopped":
        return Holds(f"the instance is {instance.state.name}")
    found = _SINCE.search(instance.state_transition_reason)
    if found is None:
        return CannotTell("AWS does not say since when it is stopped")
    since = datetime.strptime(found.group(1), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    if at - since > timedelta(days=days):
        return Fails(f"stopped since {since:%Y-%m-%d}")
    return Holds(f"stopped on {since:%Y-%m-%d}")


@check(effort="low")
def the_serial_console_is_off(console: SerialConsole) -> Verdict:
    """The serial console of instances cannot be used.

    Why: it is a way in that passes by the network and its controls.
    Fix: aws ec2 disable-serial-console-access
    """
    return Fails("access is enabled") if console.serial_console_access_enabled else Holds("access is disabled")


@check(effort="low")
def addresses_are_in_use(address: Address) -> Verdict:
    """Elastic IP addresses belong to something.

    Why: an address that nothing uses is paid for by the hour.
    Fix: aws ec2 release-address --allocation-id ID
    """
    return Holds("in use") if address.association_id else Fails(f"nothing uses {address.public_ip}")


@fact
def instance_types(instances: list[Instance]) -> str | None:
    """Which instance types run."""
    types = [one.instance_type for one in instances if one.state.name == "running"]
    counted = ", ".join(f"{types.count(kind)} × {kind}" for kind in sorted(set(types)))
    return f"running instances by type: {counted}" if types else None

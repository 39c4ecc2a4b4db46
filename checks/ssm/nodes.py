"""Machines: whether Systems Manager reaches them, how they are patched, and who opens shells in them."""

from datetime import timedelta

from checks.ec2.evidence import Instance
from checks.ssm.evidence import (
    Association,
    HostManagement,
    Node,
    PatchState,
    SessionPreferences,
    Window,
    WindowTask,
)
from checks.ssm.patching import UNTOLD, PatchingAssociation, PatchingTask, doing
from scanner import CannotTell, Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact


@check(effort="medium")
def instances_are_managed(instance: Instance, nodes: list[Node]) -> Verdict:
    """Running instances are managed nodes of Systems Manager, and online.

    Why: a machine that only SSH reaches is patched, looked into and repaired by hand, one at a time.
    Fix: give it a role with AmazonSSMManagedInstanceCore, or turn on Default Host Management for the region.
    """
    if instance.state.name != "running":
        return NotApplicable(f"the instance is {instance.state.name}")
    found = next((node for node in nodes if node.instance_id == instance.instance_id), None)
    if found is None:
        return Fails("not a managed node")
    told = f"the agent is {found.ping_status}"
    return Holds(told) if found.ping_status == "Online" else Fails(told)


@check(effort="medium")
def patches_are_installed(node: Node, states: list[PatchState], at: ScanTime, *, days: int = 35) -> Verdict:
    """Managed nodes have every patch that their baseline approves, as far as Patch Manager looked lately.

    Why: most break-ins use a hole for which a patch was out.
    Fix: aws ssm send-command --document-name AWS-RunPatchBaseline --parameters Operation=Install --instance-ids ID
    """
    if not states:
        return CannotTell(f"Patch Manager never looked at {node.instance_id}")
    last = max(states, key=lambda one: one.operation_end_time)
    when = f"on {last.operation_end_time:%Y-%m-%d}"
    if at - last.operation_end_time > timedelta(days=days):
        return CannotTell(f"Patch Manager last looked {when}")
    # "Critical" is what the baseline's author called so, and the baselines of AWS call nothing so: each count is looked at.
    counts = {
        "critical patches are not installed": last.critical_non_compliant_count or 0,
        "security patches are not installed": last.security_non_compliant_count or 0,
        "other patches are not installed": last.other_non_compliant_count or 0,
        "patches are missing": last.missing_count,
        "patches failed": last.failed_count,
        "patches wait for a restart": last.installed_pending_reboot_count,
    }
    lacking = [f"{count} {what}" for what, count in counts.items() if count]
    return (
        Fails(f"{', '.join(lacking)} {when}") if lacking else Holds(f"every patch of the baseline is installed {when}")
    )


@check(effort="low")
def nodes_are_looked_at_for_patches(node: Node, states: list[PatchState], at: ScanTime, *, days: int = 35) -> Verdict:
    """Patch Manager looked at every managed node lately.

    Why: nobody can say what is missing where nobody looks.
    Fix: a patch policy in Quick Setup, or an association with AWS-RunPatchBaseline and Operation=Scan every day.
    """
    if not states:
        return Fails(f"Patch Manager never looked at {node.instance_id}")
    last = max(one.operation_end_time for one in states)
    told = f"last looked at on {last:%Y-%m-%d}"
    return Fails(told) if at - last > timedelta(days=days) else Holds(told)


@check(effort="low")
def patching_is_scheduled(
    nodes: list[Node], associations: list[PatchingAssociation], tasks: list[PatchingTask]
) -> Verdict:
    """Where there are managed nodes, an association or a maintenance window installs patches on a schedule.

    Why: patching that waits for somebody to start it comes late, or after the break-in.
    Fix: make a patch policy in Quick Setup that scans and installs, or a maintenance window with AWS-RunPatchBaseline.
    """
    if not nodes:
        return NotApplicable("there are no managed nodes")
    ways = [*associations, *tasks]
    if install := doing(ways, "Install"):
        return Holds(f"{install[0]}, which installs")
    if untold := doing(ways, UNTOLD):
        return CannotTell(f"{untold[0]}, and it is not told whether it installs")
    if scan := doing(ways, "Scan"):
        return Fails(f"{scan[0]}, which only looks what is missing")
    return Fails("no association and no enabled maintenance window runs AWS-RunPatchBaseline")


@check(effort="medium")
def associations_succeed(association: Association) -> Verdict:
    """State Manager's associations brought their nodes into the state that they describe.

    Why: an association that fails leaves machines as they are, which is not as they should be.
    Fix: aws ssm describe-association-executions --association-id ID names the reasons.
    """
    status = association.overview.status if association.overview else None
    told = f"{association.association_name or association.name}: {status or 'never ran'}"
    if status == "Success":
        return Holds(told)
    return Fails(told) if status == "Failed" else CannotTell(told)


@check(effort="low")
def sessions_are_logged(nodes: list[Node], preferences: list[SessionPreferences]) -> Verdict:
    """Session Manager writes down what is done in its shells.

    Why: CloudTrail knows who opened a shell, and only this log knows what was done there.
    Fix: Session Manager, "Preferences": send session data to CloudWatch Logs or to S3.
    """
    if not nodes:
        return NotApplicable("there are no managed nodes")
    if not preferences:
        return Fails("no preferences are set, so nothing is logged")
    inputs = preferences[0].content.inputs
    if inputs is None or not (inputs.s3_bucket_name or inputs.cloud_watch_log_group_name):
        return Fails("the preferences name neither a bucket nor a log group")
    places = [one for one in (inputs.cloud_watch_log_group_name, inputs.s3_bucket_name) if one]
    return Holds(f"logged to {' and '.join(places)}")


@fact
def managed_nodes(nodes: list[Node]) -> str | None:
    """How many machines Systems Manager knows, and how many of them answer."""
    if not nodes:
        return None
    online = sum(node.ping_status == "Online" for node in nodes)
    return f"{len(nodes)} managed nodes, {online} of them online"


@fact
def default_host_management(settings: list[HostManagement]) -> str | None:
    """Which role manages instances that have none of their own."""
    if not settings:
        return None
    value = settings[0].setting_value
    return f"the setting for Default Host Management is {value}"


@fact
def maintenance_windows(windows: list[Window], tasks: list[WindowTask]) -> str | None:
    """How many maintenance windows are enabled, and what they run."""
    if not windows:
        return None
    names = sorted({task.task_arn.rpartition(":")[2].rpartition("/")[2] for task in tasks})
    enabled = sum(window.enabled for window in windows)
    return (
        f"{enabled} of {len(windows)} maintenance windows are enabled; they run: {', '.join(names[:10]) or 'nothing'}"
    )


@fact
def inventory(nodes: list[Node], associations: list[Association]) -> str | None:
    """Whether the software on managed nodes is listed."""
    if not nodes:
        return None
    on = any(one.name == "AWS-GatherSoftwareInventory" for one in associations)
    return f"{'an' if on else 'no'} association gathers the inventory of managed nodes"

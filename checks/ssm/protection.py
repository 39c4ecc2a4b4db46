"""Whether anything protects instances without a person: patches, scans, a watch over what runs, new machines for old ones."""

from checks.autoscaling import Group, Refresh
from checks.ec2.evidence import Instance
from checks.guardduty import Detector
from checks.imagebuilder import Pipeline
from checks.inspector2 import Scans
from checks.ssm.patching import UNTOLD, PatchingAssociation, PatchingTask, doing
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict, check

_WATCHING = frozenset({"RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING", "EBS_MALWARE_PROTECTION"})


@check(effort="medium")
def something_protects_instances_by_itself(
    instances: list[Instance],
    associations: list[PatchingAssociation],
    tasks: list[PatchingTask],
    detectors: list[Detector],
    scans: list[Scans],
    pipelines: list[Pipeline],
    groups: list[Group],
    refreshes: list[Refresh],
) -> Verdict:
    """Where instances run, they are patched, scanned, watched or replaced by something that waits for nobody.

    Why: protection that somebody has to start is not there at night, and not on the machine that nobody remembers.
    Fix: a patch policy in Quick Setup, Inspector for EC2, or GuardDuty Runtime Monitoring; each is one switch.
    """
    running = sum(one.state.name == "running" for one in instances)
    if not running:
        return NotApplicable("no instance runs here")
    patching = [*associations, *tasks]
    ways = {
        "patches are installed on a schedule": bool(doing(patching, "Install")),
        "Inspector scans instances": any(one.ec2.status == "ENABLED" for one in scans),
        "GuardDuty watches what runs": any(one.status == "ENABLED" and one.on & _WATCHING for one in detectors),
        "images are rebuilt on a schedule": any(
            one.status == "ENABLED" and one.schedule and one.schedule.schedule_expression for one in pipelines
        ),
        "instances are replaced": any(one.max_instance_lifetime for one in groups)
        or any(one.status == "Successful" for one in refreshes),
    }
    found = [way for way, so in ways.items() if so]
    if found:
        return Holds("; ".join(found))
    if untold := doing(patching, UNTOLD):
        return CannotTell(f"{untold[0]}, and it is not told whether it installs")
    return Fails(f"{running} instances run, and nothing patches, scans, watches or replaces them by itself")

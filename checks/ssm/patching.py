"""What has Patch Manager do what on a schedule: to look for what is missing is not to install it."""

from dataclasses import dataclass

from checks.ssm.evidence import PATCHING, Association, PatchOperation, WindowTask
from scanner import derived

_POLICY = "AWS-QuickSetup-PatchPolicy-"
_NAMED = {"ScanForPatches": "Scan", "InstallPatches": "Install"}
UNTOLD = "untold"


@dataclass(frozen=True)
class PatchingAssociation:
    """What an association has Patch Manager do on a schedule: `Scan`, `Install`, untold, or nothing if it is empty."""

    by: str
    does: str


@derived
def patching_association(association: Association, operations: list[PatchOperation]) -> PatchingAssociation:
    """An association of Patch Manager's. Those of a patch policy tell by their names what they do."""
    names = f"{association.association_name or ''} {association.name}"
    ours = association.name in PATCHING or _POLICY in names
    does = ""
    if ours and association.schedule_expression:
        told = [one.value for one in operations] or [does for part, does in _NAMED.items() if part in names]
        does = told[0] if told else UNTOLD
    return PatchingAssociation(f"an association runs {association.name}", does)


def doing(associations: list[PatchingAssociation], what: str) -> list[str]:
    """What has Patch Manager do this, in words."""
    return sorted(one.by for one in associations if one.does == what)


def patched_in_windows(tasks: list[WindowTask]) -> list[str]:
    """The patching documents that tasks of enabled maintenance windows run; a task names a document, or its ARN."""
    names = {task.task_arn.rpartition("/")[2] for task in tasks}
    return sorted(f"a maintenance window runs {name}" for name in names & set(PATCHING))

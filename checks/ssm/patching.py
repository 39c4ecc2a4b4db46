"""What has Patch Manager do what on a schedule: to look for what is missing is not to install it."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.ssm.evidence import PATCHING, Association, PatchOperation, TaskOperation, WindowTask
from scanner import derived

_POLICY = "AWS-QuickSetup-PatchPolicy-"
_NAMED = {"ScanForPatches": "Scan", "InstallPatches": "Install"}
UNTOLD = "untold"


@dataclass(frozen=True)
class Patching:
    """What something has Patch Manager do on a schedule: `Scan`, `Install`, untold, or nothing if it is empty."""

    by: str
    does: str


class PatchingAssociation(Patching):
    """What an association has it do."""


class PatchingTask(Patching):
    """What a task of an enabled maintenance window has it do."""


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


@derived
def patching_task(task: WindowTask, operations: list[TaskOperation]) -> PatchingTask:
    """A task names a document, or its ARN."""
    name = task.task_arn.rpartition("/")[2]
    told = [one.value for one in operations] or [UNTOLD]
    return PatchingTask(f"a maintenance window runs {name}", told[0] if name in PATCHING else "")


def doing(ways: Sequence[Patching], what: str) -> list[str]:
    """What has Patch Manager do this, in words."""
    return sorted(one.by for one in ways if one.does == what)

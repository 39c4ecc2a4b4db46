"""Milestones: at most 100 in a workload, and none can ever be deleted, so they are spent with care."""

from dataclasses import dataclass

from scanner.watool.client import Tool
from scanner.watool.errors import ConflictError, QuotaError

MOST = 100
WARN_FROM = 90


@dataclass(frozen=True, slots=True)
class Recorded:
    """The milestone's number, and a warning when few are left."""

    number: int
    warning: str = ""


def record(tool: Tool, workload_id: str, name: str, token: str) -> Recorded:
    """Record a milestone. `token` makes a repeated call return the first one's number.

    Raises QuotaError at 100 milestones and ConflictError for a name that another one has; then nothing was recorded.
    """
    where = f"workload {workload_id}"
    present = tool.milestones(workload_id)
    if len(present) >= MOST and all(milestone.name != name for milestone in present):
        raise QuotaError(f"the workload has {MOST} milestones, none can be deleted", where, "go on without a milestone")
    try:
        number = tool.create_milestone(workload_id, name, token)
    except ConflictError as error:
        raise ConflictError(f"a milestone named {name!r} exists", where, "choose another name") from error
    used = len({milestone.number for milestone in present} | {number})
    return Recorded(
        number, f"{used} of {MOST} milestones are used, and none can be deleted" if used >= WARN_FROM else ""
    )

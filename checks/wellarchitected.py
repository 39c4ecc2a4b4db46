"""The Well-Architected Tool: which reviews there are, and when somebody last looked."""

from datetime import datetime, timedelta

from scanner import Evidence, Fails, Holds, Read, ScanTime, Verdict, check, fact


class Workload(Evidence, read=Read("wellarchitected:ListWorkloads", "WorkloadSummaries", arn="{workload_arn}")):
    workload_id: str
    workload_arn: str
    workload_name: str
    updated_at: datetime
    lenses: tuple[str, ...] = ()
    improvement_status: str = ""


class Milestone(
    Evidence,
    read=Read("wellarchitected:ListMilestones", "MilestoneSummaries", per=Workload, args={"WorkloadId": "workload_id"}),
):
    milestone_name: str
    recorded_at: datetime


class OwnLens(
    Evidence, read=Read("wellarchitected:ListLenses", "LensSummaries", per=Workload, fixed={"LensType": "CUSTOM_SELF"})
):
    """A lens of the account's own; the same list for each workload, and asked for only where there is one."""

    lens_name: str


@check(effort="medium")
def reviews_are_recent(workload: Workload, milestones: list[Milestone], at: ScanTime, *, days: int = 365) -> Verdict:
    """Workloads in the Well-Architected Tool were worked on within a year.

    Why: a review of two years ago describes another workload.
    Fix: answer what has changed, and aws wellarchitected create-milestone --workload-id ID --milestone-name NAME
    """
    last = max([workload.updated_at, *(one.recorded_at for one in milestones)])
    told = f"{workload.workload_name} was last worked on on {last:%Y-%m-%d}"
    return Holds(told) if at - last <= timedelta(days=days) else Fails(told)


@fact
def reviews(workload: Workload, milestones: list[Milestone]) -> str:
    """When a workload's review was last worked on, and its milestones."""
    told = f"the review of {workload.workload_name} was last changed on {workload.updated_at:%Y-%m-%d}"
    if not milestones:
        return f"{told} and has no milestones"
    last = max(milestones, key=lambda one: one.recorded_at)
    return f"{told} and has {len(milestones)} milestones, the last of {last.recorded_at:%Y-%m-%d}"


@fact
def own_lenses(lenses: list[OwnLens]) -> str | None:
    """Which lenses of its own the account reviews with."""
    names = sorted({one.lens_name for one in lenses})
    return f"lenses of the account's own: {', '.join(names[:10])}" if names else None

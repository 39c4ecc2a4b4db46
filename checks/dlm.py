"""Data Lifecycle Manager: policies that make and let go of snapshots."""

from scanner import Evidence, Read, fact


class LifecyclePolicy(Evidence, read=Read("dlm:GetLifecyclePolicies", "Policies")):
    policy_id: str
    state: str
    policy_type: str = "EBS_SNAPSHOT_MANAGEMENT"


@fact
def snapshot_policies(policies: list[LifecyclePolicy]) -> str | None:
    """Which policies make and let go of snapshots of disks, and whether they run."""
    told = sorted(f"{one.policy_id} ({one.policy_type}, {one.state})" for one in policies)
    return f"lifecycle policies of snapshots: {', '.join(told[:10])}{', …' if len(told) > 10 else ''}" if told else None

"""Data Lifecycle Manager: policies that make and let go of snapshots."""

from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check, fact


class LifecyclePolicy(Evidence, read=Read("dlm:GetLifecyclePolicies", "Policies")):
    policy_id: str
    state: str
    policy_type: str = "EBS_SNAPSHOT_MANAGEMENT"


@check(effort="low")
def policies_run(policies: list[LifecyclePolicy]) -> Verdict:
    """Lifecycle policies that are switched on make their snapshots and images.

    Why: a policy in error, often for a role or a tag that is gone, makes no snapshots, and nothing else says so.
    Fix: aws dlm get-lifecycle-policy --policy-id ID tells the reason in StatusMessage.
    """
    broken = sorted(one.policy_id for one in policies if one.state == "ERROR")
    if broken:
        return Fails(f"in error: {', '.join(broken[:5])}")
    on = sum(one.state == "ENABLED" for one in policies)
    return Holds(f"{on} policies are ENABLED") if on else NotApplicable("no lifecycle policy is switched on")


@fact
def snapshot_policies(policies: list[LifecyclePolicy]) -> str | None:
    """Which policies make and let go of snapshots of disks, and whether they run."""
    told = sorted(f"{one.policy_id} ({one.policy_type}, {one.state})" for one in policies)
    return f"lifecycle policies of snapshots: {', '.join(told[:10])}{', …' if len(told) > 10 else ''}" if told else None

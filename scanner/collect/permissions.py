"""The least-privilege IAM policy of a scan, from the same plan that the scan follows."""

from typing import Any

from scanner.collect.plan import Plan
from scanner.evidence.actions import ALSO_SENDS, actions_of

FINDING_REGIONS = "ec2:DescribeRegions"


def actions(plan: Plan) -> tuple[str, ...]:
    """Every IAM action that the plan needs. `sts:GetCallerIdentity` needs none (STS API reference)."""
    needed = frozenset().union(*(actions_of(kind.read) for kind in plan.kinds))
    return tuple(sorted(needed | {FINDING_REGIONS}))


def sends(plan: Plan) -> frozenset[str]:
    """Every operation that the plan sends: what the guard lets pass."""
    also = [ALSO_SENDS.get(view.via, frozenset()) for view in plan.views.values()]
    return plan.apis.union(*also)


def policy(plan: Plan) -> dict[str, Any]:
    """An IAM policy document that allows the scan and nothing else."""
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "WafrReads", "Effect": "Allow", "Action": list(actions(plan)), "Resource": "*"}],
    }

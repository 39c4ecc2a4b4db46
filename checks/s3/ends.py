"""Whether data has an end anywhere: a rule of a bucket, a retention of logs, an expiry of items or of backups."""

from checks.backup.evidence import PlanBody
from checks.dynamodb import TimeToLive
from checks.logs import LogGroup
from checks.s3.evidence import Bucket, Lifecycle
from scanner import AllRegions, Fails, Holds, NotApplicable, Verdict, check


@check(effort="medium")
def some_rule_ends_or_moves_data(
    buckets: list[Bucket],
    lifecycles: list[Lifecycle],
    groups: AllRegions[LogGroup],
    bodies: AllRegions[PlanBody],
    expiries: AllRegions[TimeToLive],
) -> Verdict:
    """Where data is kept, at least one rule somewhere says when it ends or moves.

    Why: without any rule everything is kept for ever, the personal data that had to be deleted too.
    Fix: aws s3api put-bucket-lifecycle-configuration, aws logs put-retention-policy, aws dynamodb update-time-to-live
    """
    stores = len(buckets) + len(groups) + len(bodies) + len(expiries)
    if not stores:
        return NotApplicable("there are no buckets, log groups, tables or backup plans")
    ways = {
        "buckets": sum(any(rule.acts for rule in one.rules) for one in lifecycles),
        "log groups": sum(one.retention_in_days is not None for one in groups),
        "backup plans": sum(
            any(rule.lifecycle and rule.lifecycle.delete_after_days for rule in one.rules) for one in bodies
        ),
        "tables": sum(one.time_to_live_status in ("ENABLED", "ENABLING") for one in expiries),
    }
    found = [f"{count} {kind}" for kind, count in ways.items() if count]
    if found:
        return Holds(f"a rule ends or moves data in {', '.join(found)}")
    return Fails(f"none of {stores} buckets, log groups, tables and backup plans has a rule that ends or moves data")

"""Checks of backup plans: that there is one, what it selects, how long it keeps and where it copies to."""

from checks.backup.evidence import Plan, PlanBody, Selection
from checks.ec2.evidence import Volume
from checks.rds.evidence import DBCluster, DBInstance
from scanner import Fails, Holds, NotApplicable, Target, Verdict, check


@check(effort="medium")
def a_backup_plan_runs_here(
    bodies: list[PlanBody], volumes: list[Volume], instances: list[DBInstance], clusters: list[DBCluster]
) -> Verdict:
    """A backup plan with rules exists in each region that has disks or databases.

    Why: a backup that somebody has to think of is missing on the day it is needed.
    Fix: aws backup create-backup-plan, and a selection by tag so that new resources are covered too.
    """
    rules = sum(len(one.rules) for one in bodies)
    if rules:
        return Holds(f"{len(bodies)} plans with {rules} rules")
    if not volumes and not instances and not clusters:
        return NotApplicable("the region has no disks and no databases")
    return Fails("no backup plan has a rule")


@check(effort="low")
def plans_select_resources(plan: Plan, selections: list[Selection]) -> Verdict:
    """Backup plans have resources assigned to them.

    Why: a plan without a selection backs up nothing.
    Fix: aws backup create-backup-selection --backup-plan-id ID …
    """
    if selections:
        return Holds(f"selections: {', '.join(sorted(one.selection_name for one in selections))}")
    return Fails(f"nothing is assigned to {plan.backup_plan_name}")


@check(effort="low")
def recovery_points_expire(body: PlanBody) -> Verdict:
    """Every rule of a backup plan says when its recovery points expire.

    Why: backups that nobody lets go are paid for, and hold personal data, for ever.
    Fix: set DeleteAfterDays in the rule's lifecycle.
    """
    forever = [rule.rule_name for rule in body.rules if rule.days is None and not rule.until_copied]
    if forever:
        return Fails(f"kept for ever: {', '.join(forever)}")
    return Holds("every rule has an end") if body.rules else NotApplicable("the plan has no rules")


@check(effort="medium")
def plans_copy_elsewhere(body: PlanBody, here: Target) -> Verdict:
    """Backup plans copy recovery points to another account, another region or an air-gapped vault.

    Why: a copy out of reach survives whoever takes over the account, and the loss of the region.
    Fix: add a copy action to the rule with a vault in another account.
    """
    for rule in body.rules:
        if rule.target_logically_air_gapped_backup_vault_arn:
            return Holds(f"{rule.rule_name} writes to an air-gapped vault")
        for action in rule.copy_actions:
            region, account = action.destination_backup_vault_arn.split(":")[3:5]
            if (region, account) != (here.region, here.account):
                return Holds(f"{rule.rule_name} copies to {account} in {region}")
    return Fails("no rule copies to another account or region")


@check(effort="low")
def plans_keep_a_month(body: PlanBody, *, days: int = 35) -> Verdict:
    """A rule of every backup plan keeps its recovery points for a month or more.

    Why: an intruder, or a silent error, is often noticed after weeks.
    Fix: set DeleteAfterDays in the rule's lifecycle to 35 or more.
    """
    if not body.rules:
        return NotApplicable("the plan has no rules")
    kept = {rule.rule_name: 0 if rule.until_copied else rule.days for rule in body.rules}
    enough = sorted(name for name, count in kept.items() if count is None or count >= days)
    if enough:
        return Holds(f"by {', '.join(enough)}")
    return Fails(f"no rule keeps for longer than {max(count or 0 for count in kept.values())} days")

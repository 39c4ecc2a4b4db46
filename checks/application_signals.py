"""Application Signals: which objectives the services have, and whether they meet them."""

from scanner import CannotTell, Evidence, Fails, Holds, Part, Read, Verdict, check, fact


class Objective(Evidence, read=Read("application-signals:ListServiceLevelObjectives", "SloSummaries", arn="{arn}")):
    arn: str
    name: str


class Goal(Part):
    attainment_goal: float | None = None


class Budget(
    Evidence,
    read=Read(
        "application-signals:BatchGetServiceLevelObjectiveBudgetReport",
        "Reports",
        per=Objective,
        args={"SloIds": "arn"},
        fixed={"Timestamp": "{at}"},
        batch=50,
        match="arn",
    ),
):
    arn: str
    budget_status: str
    attainment: float | None = None
    goal: Goal | None = None


@check(effort="medium")
def objectives_are_met(budget: Budget) -> Verdict:
    """Service level objectives have some of their error budget left.

    Why: a goal that is missed and changes nothing is a wish.
    Fix: put reliability before features until the budget is back, or agree on a goal that customers need.
    """
    goal = budget.goal.attainment_goal if budget.goal else None
    told = f"the budget is {budget.budget_status}" + (
        f", {budget.attainment:.2f} % of {goal:g} %" if budget.attainment is not None and goal is not None else ""
    )
    if budget.budget_status == "INSUFFICIENT_DATA":
        return CannotTell(told)
    return Fails(told) if budget.budget_status == "BREACHED" else Holds(told)


@fact
def objectives(found: list[Objective]) -> str | None:
    """Which service level objectives there are."""
    names = sorted(one.name for one in found)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{len(names)} service level objectives: {', '.join(names[:5])}{more}" if names else None

"""AWS Support: which plan the account has, and what Trusted Advisor warns of."""

from collections import Counter, defaultdict

from checks.tagging import TaggedResource, environments
from scanner import AllRegions, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

# The API answers with a paid plan from Business on; without one, with this code (Support API reference).
_NO_PLAN = frozenset({"SubscriptionRequiredException"})


class Severity(Part):
    """How urgent a case may be made, which the plan decides."""

    code: str


class Plan(Evidence, read=Read("support:DescribeSeverityLevels", absent=_NO_PLAN, scope="global")):
    severity_levels: tuple[Severity, ...]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(level.code for level in self.severity_levels)


class Advice(
    Evidence,
    read=Read(
        "support:DescribeTrustedAdvisorChecks",
        "checks",
        per=Plan,
        fixed={"language": "en"},
        absent=_NO_PLAN,
    ),
):
    id: str
    name: str
    category: str


class AdviceStatus(
    Evidence,
    read=Read(
        "support:DescribeTrustedAdvisorCheckSummaries",
        "summaries",
        per=Advice,
        args={"checkIds": "id"},
        batch=50,
        match="check_id",
        absent=_NO_PLAN,
        omitted_if_empty=True,
    ),
):
    check_id: str
    status: str


@check(effort="high")
def aws_answers_urgent_cases(plan: Plan | None) -> Verdict:
    """The account's support plan takes cases about a production system that is down.

    Why: with the Basic and Developer plans nobody at AWS answers within the hour.
    Fix: choose a plan for production under "Support plans" in the management account.
    """
    if plan is None:
        return Fails("the plan is Basic or Developer")
    told = f"cases may be {', '.join(sorted(plan.codes))}"
    return Holds(told) if plan.codes & {"urgent", "critical"} else Fails(told)


@check(effort="high")
def production_has_a_support_plan(plan: Plan | None, resources: AllRegions[TaggedResource]) -> Verdict:
    """An account whose tags name production has a support plan of Business or above.

    Why: with the Basic and Developer plans nobody at AWS answers within the hour when production is down.
    Fix: choose a plan for production under "Support plans" in the management account.
    """
    production = sum("production" in environments(one) for one in resources)
    if plan is not None and plan.codes & {"urgent", "critical"}:
        return Holds(f"cases may be {', '.join(sorted(plan.codes))}")
    if not production:
        return NotApplicable("no tag names production")
    told = "the plan is Basic or Developer" if plan is None else f"cases may be {', '.join(sorted(plan.codes))}"
    return Fails(f"{production} resources are tagged production, and {told}")


def _warnings(advice: list[Advice], statuses: list[AdviceStatus], categories: tuple[str, ...]) -> str | None:
    if not statuses:
        return None
    of = {one.id: one for one in advice}
    names: dict[str, list[str]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for one in statuses:
        if one.check_id in of and of[one.check_id].category in categories:
            counts[one.status] += 1
            names[one.status].append(of[one.check_id].name)
    if not counts:
        return None
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    red = f"; in error: {', '.join(sorted(names['error'])[:5])}" if names["error"] else ""
    return f"Trusted Advisor: {told}{red}"


@fact
def advice_on_security(advice: list[Advice], statuses: list[AdviceStatus]) -> str | None:
    """What Trusted Advisor warns of in security."""
    return _warnings(advice, statuses, ("security",))


@fact
def advice_on_limits(advice: list[Advice], statuses: list[AdviceStatus]) -> str | None:
    """Which service limits Trusted Advisor sees near their end."""
    return _warnings(advice, statuses, ("service_limits",))


@fact
def advice_on_reliability(advice: list[Advice], statuses: list[AdviceStatus]) -> str | None:
    """What Trusted Advisor warns of in fault tolerance."""
    return _warnings(advice, statuses, ("fault_tolerance",))


@fact
def support_plan(plan: Plan | None) -> str:
    """Which support plan the account has, as far as the urgency of its cases tells."""
    if plan is None:
        return "support plan: Basic or Developer"
    return f"support plan: one with cases that are {', '.join(sorted(plan.codes))}"

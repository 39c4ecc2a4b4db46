"""AWS Support: which plan the account has, and what Trusted Advisor warns of."""

from collections import Counter, defaultdict

from scanner import Evidence, Fails, Holds, Read, Verdict, check, fact

# The API answers with a paid plan from Business on; without one, with this code (Support API reference).
_NO_PLAN = frozenset({"SubscriptionRequiredException"})


class Severity(
    Evidence, read=Read("support:DescribeSeverityLevels", "severityLevels", absent=_NO_PLAN, scope="global")
):
    """How urgent a case may be made, which the plan decides."""

    code: str


class Advice(
    Evidence,
    read=Read(
        "support:DescribeTrustedAdvisorChecks",
        "checks",
        fixed={"language": "en"},
        absent=_NO_PLAN,
        scope="global",
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
def aws_answers_urgent_cases(levels: list[Severity]) -> Verdict:
    """The account's support plan takes cases about a production system that is down.

    Why: with the Basic and Developer plans nobody at AWS answers within the hour.
    Fix: choose a plan for production under "Support plans" in the management account.
    """
    codes = {level.code for level in levels}
    if not codes:
        return Fails("the plan is Basic or Developer")
    told = f"cases may be {', '.join(sorted(codes))}"
    return Holds(told) if codes & {"urgent", "critical"} else Fails(told)


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
def plan(levels: list[Severity]) -> str:
    """Which support plan the account has, as far as the urgency of its cases tells."""
    codes = {level.code for level in levels}
    if "critical" in codes:
        return "support plan: Enterprise, or another with critical cases"
    return (
        f"support plan: Business, or another with cases up to {', '.join(sorted(codes))}"
        if codes
        else "support plan: Basic or Developer"
    )

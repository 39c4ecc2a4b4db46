"""X-Ray: which requests are sampled, and whether anything looks at the traces by itself."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact


class Insights(Part):
    insights_enabled: bool = False
    notifications_enabled: bool = False


class Group(Evidence, read=Read("xray:GetGroups", "Groups")):
    group_name: str
    filter_expression: str | None = None
    insights_configuration: Insights | None = None


class Sampling(Part):
    rule_name: str
    priority: int
    fixed_rate: float
    reservoir_size: int
    service_name: str

    @property
    def is_untouched(self) -> bool:
        """The default rule as AWS makes it: the first request of each second, and 5 % of the others (X-Ray developer guide)."""
        return self.rule_name == "Default" and (self.reservoir_size, self.fixed_rate) == (1, 0.05)

    @property
    def takes_none(self) -> bool:
        return not self.fixed_rate and not self.reservoir_size


class Faults(Part):
    total_count: int = 0


class Errors(Part):
    throttle_count: int = 0


class Statistics(Part):
    total_count: int = 0
    fault_statistics: Faults = Faults()
    error_statistics: Errors = Errors()


class Node(
    Evidence,
    read=Read(
        "xray:GetServiceGraph",
        "Services",
        # The API reference does not say so, and AWS refuses more: "Time range cannot be longer than 6 hours".
        fixed={"StartTime": "{hours_ago:6}", "EndTime": "{at}"},
        omitted_if_empty=True,
    ),
):
    """A service, a client or a resource that traced requests passed through within six hours."""

    name: str = ""
    type: str | None = None
    summary_statistics: Statistics = Statistics()


class SamplingRule(Evidence, read=Read("xray:GetSamplingRules", "SamplingRuleRecords")):
    sampling_rule: Sampling


@check(effort="low")
def requests_are_sampled(rules: list[SamplingRule]) -> Verdict:
    """Where somebody set sampling rules, the default rule still samples requests.

    Why: with a rate of zero nothing is traced, and the day on which the traces are needed has none.
    Fix: aws xray update-sampling-rule --sampling-rule-update RuleName=Default,FixedRate=0.05,ReservoirSize=1
    """
    found = [one.sampling_rule for one in rules]
    if all(one.is_untouched for one in found):
        return NotApplicable("only the default rule is there, as AWS made it")
    default = next((one for one in found if one.rule_name == "Default"), None)
    if default is not None and default.takes_none:
        own = [one for one in found if one is not default and not one.takes_none]
        if not own:
            return Fails("the default rule samples nothing, and no other rule samples anything")
        return NotApplicable("the default rule samples nothing, and others sample what they name")
    return Holds(f"{len(found)} sampling rules; the default rule samples requests")


@check(effort="low")
def insights_are_told(groups: list[Group]) -> Verdict:
    """Insights that X-Ray finds in traces are sent to EventBridge.

    Why: an insight that stands in the console alone is found after the customers have told.
    Fix: aws xray update-group --group-name NAME --insights-configuration InsightsEnabled=true,NotificationsEnabled=true
    """
    looking = [one for one in groups if one.insights_configuration and one.insights_configuration.insights_enabled]
    if not looking:
        return NotApplicable("no group looks for insights")
    silent = sorted(
        one.group_name
        for one in looking
        if one.insights_configuration is not None and not one.insights_configuration.notifications_enabled
    )
    if silent:
        return Fails(f"no notifications for {', '.join(silent[:5])}")
    return Holds(f"notifications for {len(looking)} groups")


@fact
def groups_and_sampling(groups: list[Group], rules: list[SamplingRule]) -> str | None:
    """Which groups of traces there are, which of them look for insights, and how much is sampled."""
    own = [one for one in groups if one.group_name != "Default"]
    looking = [one for one in groups if one.insights_configuration and one.insights_configuration.insights_enabled]
    changed = [one for one in rules if not one.sampling_rule.is_untouched]
    if not own and not looking and not changed:
        return None
    names = ", ".join(sorted(one.group_name for one in own)[:5]) or "none of the account's own"
    return f"trace groups: {names}; {len(looking)} look for insights; {len(changed)} sampling rules beside the default"


@fact
def service_graph(nodes: list[Node]) -> str | None:
    """What traced requests passed through within six hours: where they failed, were refused for their number, or get lost."""
    seen = [one for one in nodes if one.type != "client"]
    if not seen:
        return None
    failing = sorted(
        (one for one in seen if one.summary_statistics.fault_statistics.total_count),
        key=lambda one: (-one.summary_statistics.fault_statistics.total_count, one.name),
    )
    faults = [
        f"{one.name} {one.summary_statistics.fault_statistics.total_count} of {one.summary_statistics.total_count}"
        for one in failing
    ]
    refused = sorted(one.name for one in seen if one.summary_statistics.error_statistics.throttle_count)
    # What a traced service calls and X-Ray does not know ("Service graph", X-Ray developer guide).
    lost = sorted({one.name for one in seen if one.type == "remote"})
    return (
        f"traced requests passed through {len(seen)} services in six hours; faults: {', '.join(faults[:5]) or 'none'}; "
        f"throttled: {', '.join(refused[:5]) or 'none'}; traces end at: {', '.join(lost[:5]) or 'nothing untraced'}"
    )

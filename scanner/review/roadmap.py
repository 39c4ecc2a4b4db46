"""The roadmap: what to mend, in which order, by whom and until when. One fix that closes several risks is one item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.review.document import AnswerEntry, CheckEntry, FindingEntry, Review

Severity = Literal["high", "medium"]
Quadrant = Literal["quick win", "project", "fill-in", "later"]
QUADRANTS: tuple[Quadrant, ...] = ("quick win", "project", "fill-in", "later")
_EFFORT = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Item:
    """One fix. `practices` are the labels that it helps to close, `risks` the numbers of their questions."""

    check: str
    title: str
    why: str
    fix: str
    severity: Severity
    effort: str
    quadrant: Quadrant
    services: tuple[str, ...]
    practices: tuple[str, ...]
    risks: tuple[str, ...]
    resources: tuple[str, ...]
    owners: tuple[str, ...]  # as tags and `owners:` in wafr.yaml name them
    after: tuple[str, ...]  # items that come first
    accepted: bool  # every failure is an accepted risk


def roadmap(review: Review) -> tuple[Item, ...]:
    """Every fix that a refuted practice asks for: quick wins first, then the severe and laborious; prerequisites before all."""
    findings = {finding.id: finding for finding in review.findings}
    numbers = {question.question: question.number for question in review.questions}
    checks = {check.id: check for check in review.checks}
    failing: dict[str, dict[str, FindingEntry]] = {}
    refutes: dict[str, list[AnswerEntry]] = {}
    for answer in review.answers:
        if answer.stance != "refuted":
            continue
        for name in answer.findings:
            finding = findings[name]
            if finding.verdict == "fails":
                failing.setdefault(finding.check, {})[name] = finding
                if answer not in refutes.setdefault(finding.check, []):
                    refutes[finding.check].append(answer)
    covered = {name for rule in review.accepted if rule.status == "active" for name in rule.findings}
    items = [
        _item(checks[check], refutes[check], failing[check], set(failing), numbers, review.owners, covered)
        for check in failing
    ]
    return in_order(items)


def _item(
    check: CheckEntry,
    answers: Sequence[AnswerEntry],
    failing: Mapping[str, FindingEntry],
    open_: set[str],
    numbers: Mapping[str, str],
    owners: Mapping[str, str],
    covered: set[str],
) -> Item:
    severity: Severity = "high" if any(answer.rating == "High" for answer in answers) else "medium"
    return Item(
        check=check.id,
        title=check.title,
        why=check.why,
        fix=check.fix,
        severity=severity,
        effort=check.effort,
        quadrant=quadrant(severity, check.effort),
        services=check.services,
        practices=tuple(answer.label for answer in answers),
        risks=tuple(dict.fromkeys(numbers[answer.question] for answer in answers)),
        resources=tuple(sorted({finding.resource for finding in failing.values()})),
        owners=tuple(sorted({owners[name] for name in failing if name in owners})),
        after=tuple(name for name in check.after if name in open_),
        accepted=set(failing) <= covered,
    )


def quadrant(severity: Severity, effort: str) -> Quadrant:
    """Where a fix stands in the matrix of severity and effort."""
    if severity == "high":
        return "quick win" if effort == "low" else "project"
    return "fill-in" if effort == "low" else "later"


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Quick wins, projects, fill-ins, later, the severe before the laborious; but never a fix before one that it comes after."""
    import networkx as nx  # takes a while to import

    by_check = {item.check: item for item in items}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(by_check)
    graph.add_edges_from((first, item.check) for item in by_check.values() for first in item.after)
    circles = nx.condensation(graph)  # fixes that wait for each other come together
    members: Mapping[int, set[str]] = nx.get_node_attributes(circles, "members")

    def rank(node: int) -> tuple[int, int, int, str]:
        return min(_rank(by_check[name]) for name in members[node])

    # What much hangs on comes as early as the most urgent thing behind it.
    urgent = {node: min(rank(other) for other in {node, *nx.descendants(circles, node)}) for node in circles}
    order = nx.lexicographical_topological_sort(circles, key=lambda node: (urgent[node], rank(node)))
    return tuple(by_check[name] for node in order for name in sorted(members[node], key=lambda n: _rank(by_check[n])))


def _rank(item: Item) -> tuple[int, int, int, str]:
    return QUADRANTS.index(item.quadrant), _EFFORT.get(item.effort, 1), -len(item.risks), item.check

"""The Review on a terminal: first what contradicts, then what is wrong, then what could not be seen."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from scanner.review.document import AnswerEntry, FindingEntry, Review

MOST_RESOURCES = 3
STANCES = ("verified", "supported", "refuted", "unknown", "not applicable", "ask")


def print_review(review: Review, console: Console | None = None) -> None:
    """The whole first screen."""
    console = console or Console()
    _heading(review, console)
    _contradictions(review, console)
    _high_risks(review, console)
    print_refusals(review, console)
    _totals(review, console)


def _heading(review: Review, console: Console) -> None:
    scan = review.scan
    name = review.workload or "workload without a name"
    console.print(Text(f"{name}: evidence of {scan.at}", style="bold"), soft_wrap=True)
    accounts = ", ".join(scan.accounts)
    regions = ", ".join(scan.regions) if len(scan.regions) <= 4 else f"{len(scan.regions)} regions"
    console.print(escape(f"account {accounts}; {regions}; read as {scan.caller}"), soft_wrap=True)
    console.print(
        f"{review.bundle.readings} readings, evidence root {review.bundle.evidence_root[:16]}…", soft_wrap=True
    )


def _contradictions(review: Review, console: Console) -> None:
    over = [entry for entry in review.contradictions if entry.kind == "over-claimed"]
    if not any(question.claimed_risk != "UNANSWERED" for question in review.questions):
        return
    console.print()
    console.print(Text(f"CLAIMED AND REFUTED: {len(over)}", style="bold"), soft_wrap=True)
    answers = {answer.choice: answer for answer in review.answers}
    findings = {finding.id: finding for finding in review.findings}
    for entry in over:
        answer = answers[entry.choice]
        console.print(f"  {entry.label}  {escape(entry.title)} [dim]({answer.rating})[/dim]", soft_wrap=True)
        _resources(answer, findings, console)


def _resources(answer: AnswerEntry, findings: dict[str, FindingEntry], console: Console) -> None:
    failing = [findings[name] for name in answer.findings if findings[name].verdict == "fails"]
    for finding in failing[:MOST_RESOURCES]:
        line = Text("      ")
        line.append("✗ ", style="red")
        line.append(f"{shortened(finding.resource)}: {finding.because}")
        line.append(f"  {finding.check} {finding.id[:8]}", style="dim")
        console.print(line, soft_wrap=True)
    if len(failing) > MOST_RESOURCES:
        console.print(f"      … and {len(failing) - MOST_RESOURCES} more: wafr explain {answer.label}", soft_wrap=True)


def _high_risks(review: Review, console: Console) -> None:
    console.print()
    console.print(Text(f"HIGH-RISK ISSUES, EVIDENCED: {len(review.high_risks)}", style="bold"), soft_wrap=True)
    for question in review.high_risks:
        refuted = [
            answer.label
            for answer in review.answers
            if answer.question == question.question and answer.stance == "refuted" and answer.rating == "High"
        ]
        console.print(f"  [bold red]HIGH[/bold red]  {question.number}  {escape(question.title)}", soft_wrap=True)
        console.print(
            f"        refuted: {', '.join(refuted)}; claimed risk was {question.claimed_risk}", soft_wrap=True
        )


def print_refusals(review: Review, console: Console | None = None) -> None:
    """What could not be seen, and what would show it."""
    console = console or Console()
    left_out = {account: regions for account, regions in review.scan.left_out.items() if regions}
    console.print()
    total = len({refusal.api for refusal in review.refusals})
    console.print(Text(f"COULD NOT BE SEEN: {total} operations", style="bold"), soft_wrap=True)
    for account, regions in sorted(left_out.items()):
        console.print(f"  account {account}: not scanned: {', '.join(regions)}", soft_wrap=True)
    grouped: dict[tuple[str, str, str, str], set[str]] = {}
    for refusal in review.refusals:
        grouped.setdefault((refusal.api, refusal.error, refusal.outcome, refusal.action), set()).update(
            refusal.leaves_unknown
        )
    for (api, error, outcome, action), practices in sorted(grouped.items()):
        mend = f"grant {action}" if outcome == "denied" else "try again"
        console.print(escape(f"  {api}: {error}. {mend[0].upper()}{mend[1:]}"), end="", soft_wrap=True)
        console.print(f"; leaves unknown: {', '.join(sorted(practices)) or 'no practice'}", soft_wrap=True)
    if not review.refusals and not left_out:
        console.print("  everything that was asked was answered", soft_wrap=True)


def _totals(review: Review, console: Console) -> None:
    stances: Counter[str] = Counter(answer.stance for answer in review.answers)
    verdicts: Counter[str] = Counter(finding.verdict for finding in review.findings)
    risks: Counter[str] = Counter(question.risk for question in review.questions)
    console.print()
    console.print(f"{len(review.answers)} best practices = {_sum(stances, STANCES)}", soft_wrap=True)
    console.print(
        f"{len(review.questions)} questions = {_sum(risks, ('HIGH', 'MEDIUM', 'NONE', 'UNPROVEN'))} (evidenced risk)",
        soft_wrap=True,
    )
    console.print(
        f"{len(review.findings)} findings = {_sum(verdicts, ('holds', 'fails', 'not applicable', 'unknown'))}",
        soft_wrap=True,
    )


def _sum(counts: Counter[str], names: Iterable[str]) -> str:
    return " + ".join(f"{counts[name]} {name}" for name in names)


def shortened(resource: str, most: int = 80) -> str:
    """A resource's name, cut in its middle where it is very long."""
    return resource if len(resource) <= most else f"{resource[: most // 2]}…{resource[-most // 2 + 1 :]}"

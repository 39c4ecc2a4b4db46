"""A plan, and what became of it, for people and for programs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scanner.watool.apply import Applied
from scanner.watool.lenses import ReadBack
from scanner.watool.plan import QuestionPlan
from scanner.watool.prepare import Prepared
from scanner.watool.writing import Outcome, Result

if TYPE_CHECKING:
    from scanner.watool.lenses import OtherLens
    from scanner.watool.risks import RiskDifference


def show_plan(prepared: Prepared, labels: Mapping[str, str], evidenced_high: Sequence[str]) -> None:
    """Everything a person should know before applying: question by question, then what stays as it is, then what is odd."""
    plan = prepared.plan
    titles = {claim.id: claim.title for claim in prepared.claims}

    def named(question: str) -> str:
        return f"{labels.get(question, question)}  {titles.get(question, '')}".rstrip()

    typer.echo(f"{plan.workload_name} ({plan.workload_id}): lens {plan.lens}, version {plan.lens_version}")
    typer.echo(f"evidence root {plan.evidence_root[:16]}…")
    if prepared.review.status != "CURRENT":
        typer.echo(f"the lens is {prepared.review.status} in the Tool")
    _heading("QUESTIONS TO WRITE", len(plan.questions))
    for question in plan.questions:
        typer.echo(f"  {named(question.question)}")
        typer.echo(f"      risk: {question.before.risk} → {prepared.predicted[question.question]}")
        for line in _changes(question, labels):
            typer.echo(f"      {line}")
    _heading("HIGH-RISK ISSUES, PREDICTED", len(prepared.predicted_high))
    _list(named(question) for question in prepared.predicted_high)
    hidden = [question for question in evidenced_high if prepared.predicted.get(question) != "HIGH"]
    if hidden:
        _heading("HIGH BY EVIDENCE, AND THE TOOL WOULD NOT SAY SO", len(hidden))
        _list(named(question) for question in hidden)
    if prepared.left_selected:
        _heading("REFUTED AND LEFT SELECTED (--unselect refuted takes them back)", len(prepared.left_selected))
        for seen in prepared.left_selected:
            typer.echo(f"  {seen.label}: {seen.because}")
    if plan.remarks:
        _heading("LEFT ALONE", len(plan.remarks))
        _list(
            f"{labels.get(each.choice or each.question, each.choice or each.question)}: {each.says}"
            for each in plan.remarks
        )
    _oddities(prepared, labels)


def _changes(question: QuestionPlan, labels: Mapping[str, str]) -> Iterable[str]:
    before, after = question.before.by_id, question.after.by_id
    titles = {choice.id: choice.title for choice in question.before.choices}
    for word, choices in (("select  ", question.selects), ("unselect", question.unselects)):
        for choice in choices:
            yield f"{word}  {labels.get(choice, choice)}  {titles[choice]}"
    noted = [labels.get(choice, choice) for choice in after if before[choice].notes != after[choice].notes]
    if question.before.notes != question.after.notes:
        noted.insert(0, "the question")
    if noted:
        yield f"note at   {', '.join(noted)}"


def _oddities(prepared: Prepared, labels: Mapping[str, str]) -> None:
    drift = prepared.drift
    told = [
        *(f"new question {question}" for question in drift.new_questions),
        *(f"missing question {labels.get(question, question)}" for question in drift.missing_questions),
        *(f"new choice {choice} of {labels.get(question, question)}" for question, choice in drift.new_choices),
        *(f"missing choice {labels.get(choice, choice)}" for _, choice in drift.missing_choices),
        *(f"renamed choice {labels.get(choice, choice)}: {title}" for _, choice, title in drift.renamed_choices),
    ]
    if told:
        _heading("THE LENS IN THE TOOL IS NOT THE ONE WE KNOW", len(told))
        _list(told)
    _differences(prepared.differences, labels)
    if prepared.hints:
        _heading("TRUSTED ADVISOR, WHICH HINTS AND PROVES NOTHING", len(prepared.hints))
        _list(f"{labels.get(hint.choice, hint.choice)}: {hint.says}" for hint in prepared.hints)
    if prepared.others:
        _heading("OTHER LENSES, READ ONLY", len(prepared.others))
        for other in prepared.others:
            counts = ", ".join(f"{count} {risk}" for risk, count in other.risks.items())
            typer.echo(f"  {other.review.name or other.review.alias}: {counts}")
            _list(
                [*([other.note] if other.note else []), *(_difference(each, {}) for each in other.differences)],
                "      ",
            )


def _differences(differences: "Iterable[RiskDifference]", labels: Mapping[str, str]) -> None:
    told = [_difference(each, labels) for each in differences]
    if told:
        _heading("RISK THAT THE TOOL TELLS OTHERWISE THAN WE DO", len(told))
        _list(told)


def _difference(each: "RiskDifference", labels: Mapping[str, str]) -> str:
    ours = each.ours if each.ours is not None else f"nothing, {each.because}"
    return f"{labels.get(each.question, each.question)}: the Tool says {each.tool}, we say {ours}"


def _heading(text: str, count: int) -> None:
    typer.echo(f"\n{text}: {count}")


def _list(lines: Iterable[str], indent: str = "  ") -> None:
    for line in lines:
        typer.echo(f"{indent}{line}")


def as_document(prepared: Prepared, path: Path, evidenced_high: Sequence[str]) -> dict[str, Any]:
    """The same for programs."""
    plan = prepared.plan
    return {
        "plan": str(path),
        "digest": plan.digest,
        "workload_id": plan.workload_id,
        "workload_arn": plan.workload_arn,
        "lens": plan.lens,
        "lens_version": plan.lens_version,
        "lens_status": prepared.review.status,
        "evidence_root": plan.evidence_root,
        "questions": [_question(question, prepared.predicted[question.question]) for question in plan.questions],
        "predicted": dict(prepared.predicted),
        "predicted_high": list(prepared.predicted_high),
        "evidenced_high": list(evidenced_high),
        "left_selected": [
            {"question": seen.question, "choice": seen.choice, "because": seen.because, "failed": list(seen.failed)}
            for seen in prepared.left_selected
        ],
        "remarks": [remark.model_dump(mode="json") for remark in plan.remarks],
        "drift": asdict(prepared.drift),
        "risk_differences": [asdict(each) for each in prepared.differences],
        "trusted_advisor": [
            {**asdict(hint), "updated_at": hint.updated_at.isoformat() if hint.updated_at else None}
            for hint in prepared.hints
        ],
        "other_lenses": [_other(other) for other in prepared.others],
    }


def _question(question: QuestionPlan, predicted: str | None) -> dict[str, Any]:
    before, after = question.before.by_id, question.after.by_id
    return {
        "question": question.question,
        "selects": list(question.selects),
        "unselects": list(question.unselects),
        "notes": question.before.notes != question.after.notes,
        "choice_notes": [choice for choice in after if before[choice].notes != after[choice].notes],
        "risk": question.before.risk,
        "predicted": predicted,
    }


def _other(other: "OtherLens") -> dict[str, Any]:
    return {
        "lens": asdict(other.review),
        "risks": dict(other.risks),
        "risk_differences": [asdict(each) for each in other.differences],
        "note": other.note,
    }


def show_applied(done: Applied, after: ReadBack, path: Path) -> None:
    """What became of each question, and what the Tool says now."""
    show_results(done.results)
    if done.not_tried:
        typer.echo(f"not tried: {', '.join(done.not_tried)}")
    if done.milestone is not None:
        typer.echo(f"milestone {done.milestone} was recorded before the first write")
    if done.warning:
        typer.echo(f"warning: {done.warning}")
    _heading("HIGH-RISK ISSUES, READ BACK FROM THE TOOL", len(after.high))
    _list(after.names[question] for question in after.high)
    _differences(after.differences, {})
    if after.problem:
        typer.echo(f"\nthe risks could not be compared: {after.problem}")
    if path.exists():
        typer.echo(f"\nEvery write is in {path}. Take it back with: wafr prefill undo {path}")


def show_results(results: Sequence[Result]) -> None:
    for result in results:
        if result.outcome not in (Outcome.WRITTEN, Outcome.ALREADY):
            typer.echo(f"  {result.question}: {result.outcome}{f' ({result.says})' if result.says else ''}")
    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    typer.echo(", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "nothing to write")


def results_document(results: Iterable[Result]) -> list[dict[str, str]]:
    return [{"question": each.question, "outcome": each.outcome.name.lower(), "says": each.says} for each in results]


def applied_document(done: Applied, after: ReadBack, path: Path) -> dict[str, Any]:
    return {
        "results": results_document(done.results),
        "not_tried": list(done.not_tried),
        "milestone": done.milestone,
        "warning": done.warning,
        "high_risks": list(after.high),
        "risk_differences": [asdict(each) for each in after.differences],
        "problem": after.problem,
        "ledger": str(path),
    }

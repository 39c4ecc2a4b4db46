"""Apply a plan: write only where the question still stands as the plan saw it, and only what differs.

Idempotent, and resumable after a kill: what stands already is not written again. Nothing is deleted, and a milestone is
recorded before the first write where one is wanted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.watool.client import Tool
from scanner.watool.errors import NotFoundError, PlanError, RefusedError, ToolError
from scanner.watool.ledger import Entry, Ledger
from scanner.watool.milestones import record
from scanner.watool.plan import Plan, QuestionPlan
from scanner.watool.writing import Book, Outcome, Result, what_differs, write

DONE = {Outcome.WRITTEN, Outcome.ALREADY}


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of each question, in the plan's order. A refusal stops the run; `not_tried` are the rest."""

    results: tuple[Result, ...]
    not_tried: tuple[str, ...] = ()
    milestone: int | None = None
    warning: str = ""

    @property
    def complete(self) -> bool:
        return not self.not_tried and all(result.outcome in DONE for result in self.results)

    def questions(self, outcome: Outcome) -> tuple[str, ...]:
        return tuple(result.question for result in self.results if result.outcome is outcome)


def apply_plan(
    tool: Tool, plan: Plan, ledger: Ledger, *, who: str, now: Callable[[], datetime], milestone: str | None = None
) -> Applied:
    """Apply a plan. `who` is noted in the ledger, `milestone` is the name of one to record first.

    Raises PlanError when the plan is for another workload, lens or version of the lens: then nothing was written. Raises
    whatever reading raises; run it again and it goes on where it stopped.
    """
    refuse_strangers(tool, plan)
    book = Book(ledger, plan.digest, plan.workload_id, plan.lens, who, now)
    open_ = [question for question in plan.questions if not _stands(tool, plan, question, book)]
    already = tuple(Result(question.question, Outcome.ALREADY) for question in plan.questions if question not in open_)
    number, warning = None, ""
    if open_ and milestone is not None and not ledger.has_milestone(plan.digest):
        recorded = record(tool, plan.workload_id, milestone, token=plan.digest)
        book.note("milestone", says=f"milestone {recorded.number}: {milestone}")
        number, warning = recorded.number, recorded.warning
    written = _write_all(tool, book, open_)
    tried = {result.question for result in written}
    by_question = {result.question: result for result in (*already, *written)}
    return Applied(
        results=tuple(by_question[q.question] for q in plan.questions if q.question in by_question),
        not_tried=tuple(q.question for q in open_ if q.question not in tried),
        milestone=number,
        warning=warning,
    )


def refuse_strangers(tool: Tool, plan: Plan) -> None:
    """Raise PlanError unless the plan was made for this workload, this lens and this version of the lens."""
    where = f"workload {plan.workload_name}, lens {plan.lens}"
    try:
        workload = tool.workload(plan.workload_id)
        review = tool.lens_review(plan.workload_id, plan.lens)
    except NotFoundError as error:
        raise PlanError(
            f"the plan does not fit: {error.what}", where, "make a plan for a review that exists"
        ) from error
    if workload.arn != plan.workload_arn:
        raise PlanError(
            f"the plan was made for {plan.workload_arn}, this is {workload.arn}",
            where,
            "use the account and region of the plan",
        )
    if review.version != plan.lens_version:
        raise PlanError(
            f"the plan was made for version {plan.lens_version} of the lens, the review is at {review.version}",
            where,
            "make the plan again",
        )


def undo(
    tool: Tool, ledger: Ledger, *, who: str, now: Callable[[], datetime], dry_run: bool = False
) -> tuple[Result, ...]:
    """Put the old answers back where nobody has touched them since, the last write first. Idempotent.

    With `dry_run` nothing is written, and what would be is PLANNED.

    Raises whatever reading raises; run it again and it goes on where it stopped.
    """
    results = []
    for question, writes in _writes_by_question(ledger.entries).items():
        results.append(_undo_question(tool, ledger, question, writes, who, now, dry_run=dry_run))
        if results[-1].outcome is Outcome.REFUSED:
            break
    return tuple(results)


def _stands(tool: Tool, plan: Plan, question: QuestionPlan, book: Book) -> bool:
    """Whether the question stands as planned already; a write whose end a killed run could not note is noted now."""
    standing = tool.answer(plan.workload_id, plan.lens, question.question)
    if standing.content != question.after.content:
        return False
    if book.ledger.dangling(book.plan, question.question):
        book.note("written", question.before, question.after, says="found standing when the run was resumed")
    return True


def _write_all(tool: Tool, book: Book, questions: Sequence[QuestionPlan]) -> list[Result]:
    results: list[Result] = []
    for question in questions:
        try:
            results.append(write(tool, book, question.before, question.after))
        except RefusedError as error:
            results.append(Result(question.question, Outcome.REFUSED, str(error)))
        except ToolError as error:
            results.append(Result(question.question, Outcome.FAILED, str(error)))
        if results[-1].outcome is Outcome.REFUSED:
            break  # the next ones would be refused as well
    return results


def _writes_by_question(entries: Sequence[Entry]) -> dict[tuple[str, str, str], list[Entry]]:
    """The writes of each question that may stand, oldest first. An announced write counts: it may have been made."""
    writes: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        of_question = writes.setdefault((entry.workload_id, entry.lens, entry.question), [])
        if entry.kind in {"intent", "written"} and entry.before and entry.after:
            if of_question and of_question[-1].kind == "intent" and of_question[-1].before == entry.before:
                of_question.pop()  # the line that follows an announcement says how it ended
            of_question.append(entry)
        elif entry.kind == "failed" and of_question and of_question[-1].kind == "intent":
            of_question.pop()
    return {question: found for question, found in writes.items() if found}


def _undo_question(
    tool: Tool,
    ledger: Ledger,
    place: tuple[str, str, str],
    writes: list[Entry],
    who: str,
    now: Callable[[], datetime],
    *,
    dry_run: bool,
) -> Result:
    """Follow the writes back as long as each starts where the one before it ended: nobody wrote in between."""
    workload_id, lens, question = place
    standing = tool.answer(workload_id, lens, question)
    target = standing
    plan = writes[-1].plan
    for entry in reversed(writes):
        assert entry.before is not None and entry.after is not None  # noqa: S101, PT018 - `_writes_by_question` saw to it
        if target.content != entry.after.content:
            break
        target, plan = entry.before, entry.plan
    if target.content != standing.content and dry_run:
        return Result(question, Outcome.PLANNED, what_differs(standing, target))
    if target.content != standing.content:
        book = Book(
            ledger, plan, workload_id, lens, who, now, intent="undo-intent", done="undone", failed="undo-failed"
        )
        return write(tool, book, standing, target)
    untouched = any(entry.before is not None and entry.before.content == standing.content for entry in writes)
    return Result(question, Outcome.ALREADY if untouched else Outcome.CONFLICT)

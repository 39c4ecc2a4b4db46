"""Apply and undo, over HTTP with real clients: conflicts, kills, throttling, refusals, and people's words."""

import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from watool_world import (
    ACCOUNT,
    LETTERS,
    QUESTIONS,
    REGION,
    World,
    evidence,
    now,
    person_writes,
    planned,
    seen,
    small_world,
    usual_evidence,
)

from fixtures.wellarchitected.behaviour import Behaviour, Fault
from fixtures.wellarchitected.models import WellArchitectedBackend, wellarchitected_backends
from scanner.judge.answer import Stance
from scanner.watool.apply import Applied, apply_plan, undo
from scanner.watool.claims import QuestionClaim
from scanner.watool.client import Tool, connect
from scanner.watool.errors import LedgerError, PlanError, QuotaError, ToolError
from scanner.watool.ledger import Ledger, held
from scanner.watool.notes import human_text, merge
from scanner.watool.plan import Options, Plan, dump_plan, load_plan
from scanner.watool.writing import Outcome

WRITE = {"unselect_refuted": True}


def run(tool: Tool, plan: Plan, path: Path, **more: Any) -> Applied:
    return apply_plan(tool, plan, Ledger(path), who="arn:role", now=now, **more)


def stands(tool: Tool, world: World) -> list[tuple[object, ...]]:
    return [claim.content for claim in tool.answers(world.workload_id, world.lens)]


def writes(backend: WellArchitectedBackend) -> int:
    return Counter(backend.calls)["UpdateAnswer"]


def kinds(path: Path, question: str) -> list[str]:
    return [entry.kind for entry in Ledger(path).entries if entry.question == question]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


@pytest.fixture
def plan(tool: Tool, client: Any, world: World) -> Plan:
    """People claim the refuted choice of every question, with words of their own."""
    for question in QUESTIONS:
        refuted = {f"{question}_b": {"Status": "SELECTED", "Notes": f"Bob about {question}"}}
        person_writes(client, world, question, ChoiceUpdates=refuted, Notes=f"Ann about {question}")
    return planned(tool, world, usual_evidence(world), Options(**WRITE))


def test_a_plan_is_applied_read_back_and_not_written_twice(
    tool: Tool, backend: WellArchitectedBackend, world: World, plan: Plan, path: Path
) -> None:
    before = writes(backend)
    first = run(tool, load_plan(dump_plan(plan)), path)
    assert [result.outcome for result in first.results] == [Outcome.WRITTEN] * 3
    assert first.complete
    for claim, question in zip(tool.answers(world.workload_id, world.lens), plan.questions, strict=True):
        assert claim.content == question.after.content
        assert claim.selected == {f"{claim.id}_a"}
        assert human_text(claim.notes) == f"Ann about {claim.id}"
        assert human_text(claim.by_id[f"{claim.id}_b"].notes) == f"Bob about {claim.id}"
    assert kinds(path, QUESTIONS[0]) == ["intent", "written"]

    second = run(tool, plan, path)
    assert [result.outcome for result in second.results] == [Outcome.ALREADY] * 3
    assert planned(tool, world, usual_evidence(world), Options(**WRITE)).questions == ()
    assert writes(backend) == before + 3
    assert len(Ledger(path).entries) == 6


def test_a_ledger_line_says_who_when_and_what(tool: Tool, plan: Plan, path: Path) -> None:
    run(tool, plan, path)
    intent, written = Ledger(path).entries[:2]
    assert (intent.kind, intent.at, intent.who, intent.plan) == ("intent", now(), "arn:role", plan.digest)
    assert (intent.before, intent.after) == (plan.questions[0].before, plan.questions[0].after)
    assert (written.kind, written.before, written.after) == ("written", intent.before, intent.after)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"Notes": "Carl was here"}, "its notes"),
        ({"ChoiceUpdates": {"care_2_c": {"Status": "SELECTED"}}}, "choice care_2_c"),
        ({"ChoiceUpdates": {"care_2_b": {"Status": "SELECTED", "Notes": "Carl"}}}, "choice care_2_b"),
        ({"ChoiceUpdates": {"care_2_c": {"Status": "NOT_APPLICABLE", "Reason": "OTHER"}}}, "choice care_2_c"),
        ({"IsApplicable": False, "Reason": "OUT_OF_SCOPE"}, "its applicability, its reason"),
    ],
)
def test_what_a_person_edits_after_the_plan_is_left_alone(
    tool: Tool, client: Any, world: World, plan: Plan, path: Path, edit: dict[str, Any], says: str
) -> None:
    person_writes(client, world, "care_2", **edit)
    edited = tool.answer(world.workload_id, world.lens, "care_2")
    applied = run(tool, plan, path)
    assert [(result.outcome, result.says) for result in applied.results] == [
        (Outcome.WRITTEN, ""),
        (Outcome.CONFLICT, says),
        (Outcome.WRITTEN, ""),
    ]
    assert not applied.complete
    assert tool.answer(world.workload_id, world.lens, "care_2") == edited


def test_all_three_edited_all_three_left_alone(
    tool: Tool, client: Any, backend: WellArchitectedBackend, world: World, plan: Plan, path: Path
) -> None:
    for question in QUESTIONS:
        person_writes(client, world, question, Notes="changed my mind")
    before, count = stands(tool, world), writes(backend)
    assert run(tool, plan, path).questions(Outcome.CONFLICT) == QUESTIONS
    assert (stands(tool, world), writes(backend)) == (before, count)


class Killed(BaseException):
    """The process ends here: nothing of ours catches this."""


def killed_at(session: Any, url: str, event: str, count: int) -> Tool:
    """A tool whose process dies at the `count`-th UpdateAnswer, before it is sent or after it was carried out."""
    calls = iter(range(1, 1000))

    def kill(**_: Any) -> None:
        if next(calls) == count:
            raise Killed

    client = session.client("wellarchitected", endpoint_url=url)
    client.meta.events.register(f"{event}.wellarchitected.UpdateAnswer", kill)
    return Tool(client)


@pytest.mark.parametrize("event", ["before-call", "after-call"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_killed_in_the_middle_and_run_again(
    tool: Tool,
    session: Any,
    url: str,
    backend: WellArchitectedBackend,
    plan: Plan,
    path: Path,
    event: str,
    count: int,
) -> None:
    before = writes(backend)
    with pytest.raises(Killed):
        run(killed_at(session, url, event, count), plan, path, milestone="Before")
    assert run(tool, plan, path, milestone="Before").complete
    assert writes(backend) == before + 3
    assert [milestone.name for milestone in tool.milestones(plan.workload_id)] == ["Before"]
    assert Counter(entry.kind for entry in Ledger(path).entries)["milestone"] == 1
    for question in plan.questions:
        # A write that was announced and never begun is announced again.
        assert [kind for kind in kinds(path, question.question) if kind != "intent"] == ["written"]
    assert run(tool, plan, path).complete
    assert {result.outcome for result in undo(tool, Ledger(path), who="me", now=now)} == {Outcome.WRITTEN}


def test_a_torn_line_of_the_ledger_is_dropped(tool: Tool, plan: Plan, path: Path) -> None:
    run(tool, plan, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert run(tool, plan, path).complete
    assert kinds(path, QUESTIONS[-1]) == ["intent", "written"]
    assert path.read_bytes().count(b"\n") == whole.count(b"\n")


def test_reading_a_ledger_leaves_a_torn_line_to_whoever_is_writing_it(tool: Tool, plan: Plan, path: Path) -> None:
    run(tool, plan, path)
    torn = path.read_bytes()[:-20]
    path.write_bytes(torn)
    assert len(Ledger(path).entries) == 5
    assert path.read_bytes() == torn


def test_one_process_at_a_time_writes_to_a_ledger(path: Path) -> None:
    with held(path / "folder" / "ledger.jsonl"):
        with (
            pytest.raises(LedgerError, match="another apply or undo is at work"),
            held(path / "folder" / "ledger.jsonl"),
        ):
            raise AssertionError("never reached")  # pragma: no cover
        with held(path / "other.jsonl"):
            pass
    with held(path / "folder" / "ledger.jsonl") as ledger:
        assert ledger.entries == ()


def test_a_spoiled_ledger_is_refused(path: Path) -> None:
    path.write_text('{"kind": "written"}\n')
    with pytest.raises(LedgerError, match="line 1"):
        Ledger(path)


def test_throttled_on_a_third_of_the_calls(
    tool: Tool, backend: WellArchitectedBackend, world: World, path: Path
) -> None:
    backend.behaviour = Behaviour(faults=(Fault("ThrottlingException", every=3),))
    plan = planned(tool, world, usual_evidence(world))
    assert run(tool, plan, path, milestone="Before").complete
    assert len(tool.milestones(world.workload_id)) == 1


def test_a_conflict_of_aws_is_tried_again(tool: Tool, backend: WellArchitectedBackend, plan: Plan, path: Path) -> None:
    backend.behaviour = Behaviour(faults=(Fault("ConflictException", "UpdateAnswer", every=2),))
    assert run(tool, plan, path).complete
    assert kinds(path, "care_2") == ["intent", "failed", "intent", "written"]


def test_a_conflict_that_persists_is_reported(
    tool: Tool, backend: WellArchitectedBackend, world: World, plan: Plan, path: Path
) -> None:
    before = stands(tool, world)
    backend.behaviour = Behaviour(faults=(Fault("ConflictException", "UpdateAnswer"),))
    applied = run(tool, plan, path)
    assert [result.outcome for result in applied.results] == [Outcome.FAILED] * 3
    assert all("ConflictException" in result.says for result in applied.results)
    assert stands(tool, world) == before


def test_a_refused_write_stops_the_run_and_says_what_to_grant(
    tool: Tool, backend: WellArchitectedBackend, world: World, plan: Plan, path: Path
) -> None:
    before, count = stands(tool, world), writes(backend)
    backend.behaviour = Behaviour(faults=(Fault("AccessDeniedException", "UpdateAnswer"),))
    applied = run(tool, plan, path)
    assert [(result.question, result.outcome) for result in applied.results] == [("care_1", Outcome.REFUSED)]
    assert "Grant wellarchitected:UpdateAnswer" in applied.results[0].says
    assert applied.not_tried == ("care_2", "care_3")
    assert (stands(tool, world), writes(backend)) == (before, count + 1)
    backend.behaviour = Behaviour()
    assert run(tool, plan, path).complete


@pytest.mark.parametrize("replaces", [False, True])
def test_whether_choice_updates_replace_or_not_people_lose_nothing(
    tool: Tool, client: Any, backend: WellArchitectedBackend, world: World, path: Path, replaces: bool
) -> None:
    theirs = {
        "care_1_a": {"Status": "UNSELECTED", "Notes": "Ann"},
        "care_1_b": {"Status": "SELECTED", "Notes": "Bob"},
        "care_1_c": {"Status": "NOT_APPLICABLE", "Reason": "OUT_OF_SCOPE", "Notes": "Carl"},
        "care_1_no": {"Status": "UNSELECTED", "Notes": "Dora"},
    }
    person_writes(client, world, "care_1", ChoiceUpdates=theirs)
    backend.behaviour = Behaviour(choice_updates_replace=replaces)
    before = tool.answer(world.workload_id, world.lens, "care_1")
    run(tool, planned(tool, world, evidence(world, seen("care_1_a", Stance.VERIFIED))), path)
    after = tool.answer(world.workload_id, world.lens, "care_1")
    assert after.selected == {"care_1_a", "care_1_b"}
    assert {choice.id: human_text(choice.notes) for choice in after.choices} == {
        choice: update["Notes"] for choice, update in theirs.items()
    }
    assert (after.by_id["care_1_c"].status, after.by_id["care_1_c"].reason) == ("NOT_APPLICABLE", "OUT_OF_SCOPE")
    undo(tool, Ledger(path), who="me", now=now)
    assert tool.answer(world.workload_id, world.lens, "care_1").content == before.content


def test_undo_puts_back_what_nobody_touched_since(
    tool: Tool, client: Any, backend: WellArchitectedBackend, world: World, plan: Plan, path: Path
) -> None:
    run(tool, plan, path)
    person_writes(client, world, "care_2", Notes="Carl took over")
    touched = tool.answer(world.workload_id, world.lens, "care_2")
    results = undo(tool, Ledger(path), who="me", now=now)
    assert [(result.question, result.outcome) for result in results] == [
        ("care_1", Outcome.WRITTEN),
        ("care_2", Outcome.CONFLICT),
        ("care_3", Outcome.WRITTEN),
    ]
    after = {claim.id: claim for claim in tool.answers(world.workload_id, world.lens)}
    assert after["care_2"] == touched
    for question in (plan.questions[0], plan.questions[2]):
        assert after[question.question].content == question.before.content
    count = writes(backend)
    again = undo(tool, Ledger(path), who="me", now=now)
    assert [result.outcome for result in again] == [Outcome.ALREADY, Outcome.CONFLICT, Outcome.ALREADY]
    assert writes(backend) == count
    assert kinds(path, "care_1") == ["intent", "written", "undo-intent", "undone"]


def test_a_read_that_is_refused_during_the_run_stops_it(
    tool: Tool, backend: WellArchitectedBackend, plan: Plan, path: Path
) -> None:
    """The first three reads look what stands already; the fourth is the one right before the first write."""
    backend.behaviour = Behaviour(faults=(Fault("AccessDeniedException", "GetAnswer", every=4),))
    count = writes(backend)
    applied = run(tool, plan, path)
    assert [(result.question, result.outcome) for result in applied.results] == [("care_1", Outcome.REFUSED)]
    assert (applied.not_tried, writes(backend)) == (("care_2", "care_3"), count)


def test_an_undo_can_be_looked_at_first(
    tool: Tool, backend: WellArchitectedBackend, world: World, plan: Plan, path: Path
) -> None:
    run(tool, plan, path)
    stood, count, lines = stands(tool, world), writes(backend), path.read_bytes()
    shown = undo(tool, Ledger(path), who="me", now=now, dry_run=True)
    assert [(result.question, result.outcome) for result in shown] == [(q, Outcome.PLANNED) for q in QUESTIONS]
    assert shown[0].says == "its notes, choice care_1_a, choice care_1_b"
    assert (stands(tool, world), writes(backend), path.read_bytes()) == (stood, count, lines)


def test_undo_follows_two_runs_back_but_not_past_a_person(tool: Tool, client: Any, world: World, path: Path) -> None:
    person_writes(client, world, "care_1", Notes="Ann")
    person_writes(client, world, "care_2", Notes="Bob")
    before = {claim.id: claim for claim in tool.answers(world.workload_id, world.lens)}
    shown = [evidence(world, *(seen(f"{q}_a", s) for q in QUESTIONS)) for s in (Stance.UNKNOWN, Stance.VERIFIED)]
    run(tool, planned(tool, world, shown[0]), path)
    ours = tool.answer(world.workload_id, world.lens, "care_2").notes
    person_writes(client, world, "care_2", Notes=ours + "\nBob again")
    between = tool.answer(world.workload_id, world.lens, "care_2")
    run(tool, planned(tool, world, shown[1]), path)
    undo(tool, Ledger(path), who="me", now=now)
    assert tool.answer(world.workload_id, world.lens, "care_1").content == before["care_1"].content
    assert tool.answer(world.workload_id, world.lens, "care_2").content == between.content


def test_a_milestone_is_recorded_before_the_first_write_and_only_then(
    tool: Tool, world: World, plan: Plan, path: Path
) -> None:
    first = run(tool, plan, path, milestone="Before the pre-fill")
    assert (first.milestone, first.warning) == (1, "")
    then = tool.answers(world.workload_id, world.lens, milestone=1)
    assert [claim.content for claim in then] == [question.before.content for question in plan.questions]
    assert run(tool, plan, path, milestone="Another").milestone is None
    assert len(tool.milestones(world.workload_id)) == 1


@pytest.mark.parametrize(("present", "warning"), [(88, ""), (89, "90 of 100"), (99, "100 of 100")])
def test_few_milestones_left_are_warned_of(
    tool: Tool, client: Any, world: World, plan: Plan, path: Path, present: int, warning: str
) -> None:
    for number in range(present):
        client.create_milestone(WorkloadId=world.workload_id, MilestoneName=f"Milestone {number}")
    applied = run(tool, plan, path, milestone="Before")
    assert applied.warning.startswith(warning)
    assert bool(applied.warning) == bool(warning)


def test_at_a_hundred_milestones_nothing_is_written(
    tool: Tool, client: Any, backend: WellArchitectedBackend, world: World, plan: Plan, path: Path
) -> None:
    for number in range(100):
        client.create_milestone(WorkloadId=world.workload_id, MilestoneName=f"Milestone {number}")
    count = writes(backend)
    with pytest.raises(QuotaError, match="none can be deleted"):
        run(tool, plan, path, milestone="Before")
    assert (writes(backend), path.exists()) == (count, False)


def test_a_taken_milestone_name_is_refused(tool: Tool, client: Any, world: World, plan: Plan, path: Path) -> None:
    client.create_milestone(WorkloadId=world.workload_id, MilestoneName="Before")
    with pytest.raises(ToolError, match="Choose another name"):
        run(tool, plan, path, milestone="Before")
    assert not path.exists()


def test_a_plan_for_something_else_writes_nothing(
    tool: Tool, client: Any, backend: WellArchitectedBackend, plan: Plan, path: Path
) -> None:
    count = writes(backend)
    other = client.create_workload(
        WorkloadName="Other",
        Description="Another",
        Environment="PRODUCTION",
        Lenses=["wellarchitected"],
        AwsRegions=["eu-west-1"],
        ReviewOwner="me@example.com",
    )["WorkloadId"]
    for change, says in [
        ({"workload_id": "0" * 32}, "the plan does not fit"),
        ({"workload_id": other}, "the plan does not fit"),
        ({"lens": "serverless"}, "the plan does not fit"),
        ({"workload_arn": "arn:elsewhere"}, "the plan was made for arn:elsewhere"),
        ({"lens_version": "0"}, "the plan was made for version 0"),
    ]:
        with pytest.raises(PlanError, match=says):
            run(tool, plan.model_copy(update=change), path)
    assert (writes(backend), path.exists()) == (count, False)


# People's own content survives, whatever it is.

statuses = st.sampled_from(["SELECTED", "UNSELECTED", "NOT_APPLICABLE"])
reasons = st.sampled_from(["OUT_OF_SCOPE", "BUSINESS_PRIORITIES", "ARCHITECTURE_CONSTRAINTS", "OTHER", "NONE"])
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60) | st.sampled_from(
    ["", " ", "\n\n", "[wafr:00000000]", "[/wafr]", merge("", ["old words of ours"], 250), "x" * 250]
)
choice_updates = st.fixed_dictionaries({"Status": statuses, "Reason": reasons, "Notes": words})
answers = st.fixed_dictionaries(
    {},
    optional={
        "Notes": words | st.text("é😀\n", min_size=1900, max_size=2084),
        "ChoiceUpdates": st.dictionaries(st.sampled_from(LETTERS), choice_updates),
        "IsApplicable": st.booleans(),
        "Reason": reasons,
    },
)
stances = st.tuples(*[st.sampled_from(list(Stance))] * len(LETTERS))


def theirs(claim: QuestionClaim) -> tuple[object, ...]:
    """All that a machine never changes."""
    kept = [(c.id, c.reason, human_text(c.notes), c.status == "NOT_APPLICABLE") for c in claim.choices]
    return claim.applicable, claim.reason, human_text(claim.notes), kept


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    given_answers=st.tuples(answers, answers),
    stances_of=st.tuples(stances, stances),
    options=st.builds(Options, select_supported=st.booleans(), unselect_refuted=st.booleans()),
    replaces=st.booleans(),
)
def test_human_content_survives_plan_apply_apply_undo(
    server: str,
    session: Any,
    tmp_path_factory: pytest.TempPathFactory,
    given_answers: tuple[dict[str, Any], ...],
    stances_of: tuple[tuple[Stance, ...], ...],
    options: Options,
    replaces: bool,
) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset", method="POST")).close()  # noqa: S310
    client, tool = session.client("wellarchitected", endpoint_url=server), connect(session, endpoint_url=server)

    world = small_world(client)
    for question, given_answer in zip(QUESTIONS, given_answers, strict=False):
        updates = {f"{question}_{x}": update for x, update in given_answer.get("ChoiceUpdates", {}).items()}
        person_writes(client, world, question, **{**given_answer, "ChoiceUpdates": updates})
    wellarchitected_backends[ACCOUNT][REGION].behaviour = Behaviour(choice_updates_replace=replaces)
    shown = evidence(
        world,
        *(
            seen(f"{question}_{letter}", stance, resources=2, failed=("vol-1: no",))
            for question, of in zip(QUESTIONS, stances_of, strict=False)
            for letter, stance in zip(LETTERS, of, strict=True)
        ),
    )
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    before = tool.answers(world.workload_id, world.lens)

    plan = planned(tool, world, shown, options)
    assert run(tool, plan, path).complete
    applied = tool.answers(world.workload_id, world.lens)
    assert [theirs(claim) for claim in applied] == [theirs(claim) for claim in before]
    assert all(was.none_selected == is_.none_selected for was, is_ in zip(before, applied, strict=True))

    assert run(tool, plan, path).complete
    assert planned(tool, world, shown, options).questions == ()
    assert tool.answers(world.workload_id, world.lens) == applied

    undo(tool, Ledger(path), who="me", now=now)
    assert [claim.content for claim in tool.answers(world.workload_id, world.lens)] == [
        claim.content for claim in before
    ]

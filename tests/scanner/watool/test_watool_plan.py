"""The plan: what stands beside what the evidence says. Pure, so claims are made by hand here."""

import json
from typing import Any

import pytest
from watool_world import KNOWN, MADE_AT, QUESTIONS, World, evidence, seen

from scanner.judge.answer import Stance
from scanner.watool.claims import ChoiceClaim, QuestionClaim
from scanner.watool.client import LensReview, Workload
from scanner.watool.drift import KnownQuestion
from scanner.watool.errors import PlanError
from scanner.watool.evidence import ChoiceEvidence
from scanner.watool.notes import human_text
from scanner.watool.plan import Options, Plan, QuestionPlan, dump_plan, load_plan, make_plan

HERE = World("0" * 32, "arn:lens")
WORKLOAD = Workload(HERE.workload_id, "arn:workload", "Shop", "123456789012")
REVIEW = LensReview(HERE.lens, HERE.lens, "House rules", "1", "CURRENT")
QUESTION = QUESTIONS[0]
A, B, C, NONE = (f"{QUESTION}_{letter}" for letter in ("a", "b", "c", "no"))

Stands = dict[str, str]  # choice → status


def claim(stands: Stands | None = None, notes: dict[str, str] | None = None, **more: Any) -> QuestionClaim:
    stands, notes = stands or {}, notes or {}
    titles = {A: "A", B: "B", C: "C", NONE: "None of these"}
    choices = tuple(
        ChoiceClaim(id=choice, title=title, status=stands.get(choice, "UNSELECTED"), notes=notes.get(choice, ""))
        for choice, title in titles.items()
    )
    return QuestionClaim(id=QUESTION, pillar="care", choices=choices, none_choice=NONE, **more)


def plan_for(
    stands: QuestionClaim, *shown: ChoiceEvidence, known: dict[str, KnownQuestion] = KNOWN, **options: bool
) -> Plan:
    return make_plan(WORKLOAD, REVIEW, [stands], evidence(HERE, *shown), known, Options(**options), MADE_AT)


ALL = {"select_supported": True, "unselect_refuted": True}


@pytest.mark.parametrize(
    ("before", "stance", "options", "selects", "unselects"),
    [
        ("UNSELECTED", Stance.VERIFIED, {}, [A], []),
        ("SELECTED", Stance.VERIFIED, {}, [], []),
        ("NOT_APPLICABLE", Stance.VERIFIED, ALL, [], []),
        ("UNSELECTED", Stance.SUPPORTED, {}, [], []),
        ("UNSELECTED", Stance.SUPPORTED, {"select_supported": True}, [A], []),
        ("UNSELECTED", Stance.REFUTED, ALL, [], []),
        ("SELECTED", Stance.REFUTED, {}, [], []),
        ("SELECTED", Stance.REFUTED, {"unselect_refuted": True}, [], [A]),
        ("NOT_APPLICABLE", Stance.REFUTED, ALL, [], []),
        *(
            (status, stance, ALL, [], [])
            for status in ("SELECTED", "UNSELECTED", "NOT_APPLICABLE")
            for stance in (Stance.UNKNOWN, Stance.NOT_APPLICABLE, Stance.ASK)
        ),
    ],
)
def test_what_is_selected_and_unselected(
    before: str, stance: Stance, options: dict[str, bool], selects: list[str], unselects: list[str]
) -> None:
    plan = plan_for(claim({A: before, B: "SELECTED"}), seen(A, stance), **options)
    changed = [(list(each.selects), list(each.unselects)) for each in plan.questions if each.selects or each.unselects]
    assert changed == ([(selects, unselects)] if selects or unselects else [])


def test_what_only_a_workshop_can_answer_is_left_alone() -> None:
    assert plan_for(claim({B: "SELECTED"}), seen(A, Stance.ASK), seen(B, Stance.ASK)).questions == ()


def test_a_question_that_does_not_apply_is_left_alone() -> None:
    plan = plan_for(claim(applicable=False, reason="OUT_OF_SCOPE"), seen(A, Stance.VERIFIED), **ALL)
    assert plan.questions == ()
    assert [remark.says for remark in plan.remarks] == ["a person declared it not applicable: left alone"]


def test_where_a_person_said_none_of_these_only_the_note_is_written() -> None:
    plan = plan_for(claim({NONE: "SELECTED"}), seen(A, Stance.VERIFIED), **ALL)
    assert [(q.selects, q.unselects, q.before.choices == q.after.choices) for q in plan.questions] == [((), (), True)]
    assert [remark.says for remark in plan.remarks] == ["a person said that no practice is met: nothing is selected"]


def test_the_none_choice_is_never_set_even_if_the_evidence_names_it() -> None:
    known = {QUESTION: KnownQuestion({**KNOWN[QUESTION].choices, NONE: frozenset({"None of these"})})}
    assert plan_for(claim(), seen(NONE, Stance.VERIFIED), known=known, **ALL).questions == ()


def test_unknown_ids_are_reported_and_never_written() -> None:
    known = {QUESTION: KnownQuestion({A: frozenset("A"), f"{QUESTION}_x": frozenset("X")})}
    plan = plan_for(claim(), seen(B, Stance.VERIFIED), seen(f"{QUESTION}_x", Stance.VERIFIED), known=known, **ALL)
    assert plan.questions == ()
    assert {(remark.choice, remark.says) for remark in plan.remarks} == {
        (B, "the catalogue does not know it"),
        (f"{QUESTION}_x", "the live lens does not have it"),
    }


def test_the_notes_say_what_was_seen_and_keep_what_people_wrote() -> None:
    stands = claim({A: "SELECTED"}, notes={A: "ask Ann"})
    plan = plan_for(
        stands.model_copy(update={"notes": "see the wiki"}),
        seen(A, Stance.REFUTED, resources=2, failed=("vol-1: not encrypted", "vol-2: not encrypted.")),
        seen(B, Stance.VERIFIED, resources=1),
        seen(C, Stance.UNKNOWN, unseen=("kms:ListKeys was refused; grant kms:ListKeys",)),
    )
    after = plan.questions[0].after
    lines = after.notes.splitlines()
    assert lines[:2] == ["see the wiki", ""]
    assert lines[3:-1] == [
        f"Evidence of 2026-11-23 08:00 UTC, bundle {'f' * 64}.",
        "CARE_1_A: refuted by evidence over 2 resources.",
        "Fails: vol-1: not encrypted.",
        "Fails: vol-2: not encrypted.",
        "CARE_1_C: unknown.",
        "Not seen: kms:ListKeys was refused; grant kms:ListKeys.",
        "CARE_1_B: verified over 1 resource.",
    ]
    notes = {choice.id: choice.notes for choice in after.choices}
    assert notes[A].splitlines()[0] == "ask Ann"
    assert notes[A].splitlines()[3:-1] == [
        "Refuted by evidence over 2 resources, 2026-11-23, bundle ffffffffffffffff.",
        "Fails: vol-1: not encrypted.",
        "Fails: vol-2: not encrypted.",
    ]
    assert notes[B].splitlines()[1:-1] == ["Selected: verified over 1 resource, 2026-11-23, bundle ffffffffffffffff."]
    assert (notes[C], notes[NONE]) == ("", "")


def test_full_notes_are_remarked() -> None:
    plan = plan_for(claim().model_copy(update={"notes": "x" * 2084}), seen(A, Stance.REFUTED))
    assert plan.questions == ()
    assert [remark.says for remark in plan.remarks] == ["people's own notes leave no room for ours"]


def test_unselecting_the_last_one_is_remarked() -> None:
    plan = plan_for(claim({A: "SELECTED"}), seen(A, Stance.REFUTED), unselect_refuted=True)
    assert plan.questions[0].empties
    assert [remark.says for remark in plan.remarks] == [
        "nothing would stay selected: the Tool may show it as unanswered"
    ]


def test_planning_on_what_the_plan_leaves_behind_finds_nothing() -> None:
    shown = (seen(A, Stance.VERIFIED), seen(B, Stance.REFUTED), seen(C, Stance.UNKNOWN))
    first = plan_for(claim({B: "SELECTED"}), *shown, unselect_refuted=True)
    second = plan_for(first.questions[0].after, *shown, unselect_refuted=True)
    assert second.questions == ()


def test_newer_evidence_replaces_our_words() -> None:
    first = plan_for(claim({B: "SELECTED"}), seen(B, Stance.REFUTED, failed=("vol-1: no",))).questions[0].after
    second = plan_for(first, seen(B, Stance.VERIFIED, resources=4)).questions[0].after
    assert "vol-1" not in second.notes + second.by_id[B].notes
    assert "verified over 4" in second.notes
    assert "Verified over 4" in second.by_id[B].notes


def test_what_a_person_unselects_after_us_stays_unselected() -> None:
    shown = seen(A, Stance.VERIFIED)
    ours = plan_for(claim({B: "SELECTED"}), shown).questions[0].after
    taken_back = with_choice(ours, A, status="UNSELECTED")
    newer = seen(A, Stance.VERIFIED, resources=5)
    after = plan_for(taken_back, newer, **ALL).questions[0].after
    assert (after.selected, "Selected: verified over 5" in after.by_id[A].notes) == ({B}, True)
    again = plan_for(taken_back, shown, **ALL)
    assert again.questions == ()
    assert [remark.says for remark in again.remarks] == ["a person unselected it after us: left alone"]


def test_what_was_refuted_and_is_verified_now_is_selected() -> None:
    refuted = plan_for(claim({A: "SELECTED", B: "SELECTED"}), seen(A, Stance.REFUTED), unselect_refuted=True)
    verified = plan_for(refuted.questions[0].after, seen(A, Stance.VERIFIED))
    assert verified.questions[0].selects == (A,)


def test_our_words_beside_a_choice_that_we_never_selected_bind_nobody() -> None:
    refuted = plan_for(claim({A: "SELECTED", B: "SELECTED"}), seen(A, Stance.REFUTED), unselect_refuted=True)
    supported = plan_for(refuted.questions[0].after, seen(A, Stance.SUPPORTED))
    assert supported.questions[0].selects == ()
    assert plan_for(supported.questions[0].after, seen(A, Stance.VERIFIED)).questions[0].selects == (A,)


def test_a_plan_is_read_back_as_it_was_written() -> None:
    plan = plan_for(claim({B: "SELECTED"}, notes={B: "ü😀\u2028"}), seen(A, Stance.VERIFIED))
    assert load_plan(dump_plan(plan)) == plan


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda plan: plan.update(workload_id="1" * 32), "its digest does not fit"),
        (lambda plan: plan["options"].update(unselect_refuted=True), "its digest does not fit"),
        (lambda plan: plan.pop("digest"), "its digest does not fit"),
        (lambda plan: plan.pop("lens"), "no plan that this version can read"),
        (lambda plan: plan.update(format=2), "no plan that this version can read"),
        (lambda plan: plan.update(extra=1), "no plan that this version can read"),
    ],
)
def test_an_edited_plan_is_refused(spoil: Any, says: str) -> None:
    document = json.loads(dump_plan(plan_for(claim(), seen(A, Stance.VERIFIED))))
    spoil(document)
    with pytest.raises(PlanError, match=says):
        load_plan(json.dumps(document))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "{" * 10_000, "[" * 100_000, "\x00"])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlanError):
        load_plan(text)


def with_choice(stands: QuestionClaim, choice: str, **change: Any) -> QuestionClaim:
    choices = tuple(c.model_copy(update=change) if c.id == choice else c for c in stands.choices)
    return stands.model_copy(update={"choices": choices})


STANDS = claim({A: "SELECTED", C: "NOT_APPLICABLE"}, notes={A: "Ann"})


@pytest.mark.parametrize(
    "after",
    [
        STANDS.model_copy(update={"applicable": False}),
        STANDS.model_copy(update={"reason": "OTHER"}),
        STANDS.model_copy(update={"notes": "other words"}),
        STANDS.model_copy(update={"choices": STANDS.choices[:-1]}),
        with_choice(STANDS, NONE, status="SELECTED"),
        with_choice(STANDS, A, notes="Bob"),
        with_choice(STANDS, A, notes=""),
        with_choice(STANDS, B, reason="OTHER"),
        with_choice(STANDS, B, status="NOT_APPLICABLE"),
        with_choice(STANDS, C, status="SELECTED"),
        with_choice(STANDS, C, notes="more"),
    ],
)
def test_no_plan_can_do_what_a_machine_never_does(after: QuestionClaim) -> None:
    with pytest.raises(ValueError, match="a plan never changes"):
        QuestionPlan(before=STANDS, after=after)


def test_evidence_about_another_lens_is_refused() -> None:
    other = LensReview("arn:other", "arn:other", "Other", "1", "CURRENT")
    with pytest.raises(PlanError, match="the evidence is about the lens"):
        make_plan(WORKLOAD, other, [claim()], evidence(HERE), KNOWN, Options(), MADE_AT)


def test_human_text_is_what_people_wrote() -> None:
    after = plan_for(claim().model_copy(update={"notes": "Ann"}), seen(A, Stance.VERIFIED)).questions[0].after
    assert human_text(after.notes) == "Ann"

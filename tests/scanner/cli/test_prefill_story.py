"""The demo's story through the command line: predicted, applied, read back, undone; and what persons and AWS do in between."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from prefill_scene import CHOICES, IDS, LABELS, LENS, NUMBERS, TEAM, WRITTEN_TRUTH, Scene, house_lens

from fixtures.wellarchitected.behaviour import Behaviour, Fault
from scanner.cli.common import Exit
from scanner.watool.ledger import Ledger, held
from scanner.watool.notes import human_text
from tests.cli import wafr

TRUE_HIGH = set(WRITTEN_TRUTH["high_risk_issues"])
OVER_CLAIMED = set(WRITTEN_TRUTH["over_claimed"])


def outcomes(applied: Any) -> Counter[str]:
    return Counter(each["outcome"] for each in applied["results"])


def test_the_same_nine_are_predicted_before_and_read_back_after(scene: Scene) -> None:
    assert scene.high() == set()
    before = scene.answers()
    planned = scene.planned()
    assert {NUMBERS[question] for question in planned["predicted_high"]} == TRUE_HIGH
    assert len(TRUE_HIGH) == 9
    assert {LABELS[c] for question in planned["questions"] for c in question["unselects"]} == OVER_CLAIMED
    assert planned["risk_differences"] == []
    assert (list(filter(None, planned["drift"].values())), planned["left_selected"]) == ([], [])
    assert scene.writes() == 0

    applied = scene.said("prefill", "apply", "bundle/prefill/plan.json", "--milestone", "Before the pre-fill")
    assert outcomes(applied) == {"written": len(planned["questions"])}
    assert {NUMBERS[question] for question in applied["high_risks"]} == TRUE_HIGH
    assert (applied["milestone"], applied["risk_differences"], applied["problem"]) == (1, [], "")
    assert scene.high() == TRUE_HIGH
    assert scene.writes() == len(planned["questions"])
    after = scene.answers()
    for question, answer in after.items():
        assert human_text(answer.get("Notes", "")) == before[question].get("Notes", "")

    again = scene.said("prefill", "apply", "bundle/prefill/plan.json", "--milestone", "Before the pre-fill")
    assert outcomes(again) == {"already": len(planned["questions"])}
    assert scene.planned()["questions"] == []
    assert scene.writes() == len(planned["questions"])
    assert scene.wafr("verify", "bundle").code == 0

    undone = scene.said("prefill", "undo", "bundle")
    assert outcomes(undone) == {"written": len(planned["questions"])}
    assert [sorted(answer["SelectedChoices"]) for answer in scene.answers().values()] == [
        sorted(answer["SelectedChoices"]) for answer in before.values()
    ]
    assert [answer.get("Notes", "") for answer in scene.answers().values()] == [
        answer.get("Notes", "") for answer in before.values()
    ]
    assert scene.high() == set()


def test_by_default_no_tick_is_taken_and_what_that_hides_is_said(scene: Scene) -> None:
    planned = scene.said("prefill", "plan", "bundle")
    assert [question["unselects"] for question in planned["questions"] if question["unselects"]] == []
    assert {LABELS[each["choice"]] for each in planned["left_selected"]} == OVER_CLAIMED
    assert (planned["predicted_high"], {NUMBERS[q] for q in planned["evidenced_high"]}) == ([], TRUE_HIGH)
    shown = scene.wafr("prefill", "plan", "bundle").out
    assert "HIGH BY EVIDENCE, AND THE TOOL WOULD NOT SAY SO: 9\n" in shown
    assert f"REFUTED AND LEFT SELECTED (--unselect refuted takes them back): {len(OVER_CLAIMED)}\n" in shown
    assert scene.wafr("prefill", "apply", scene.plan).code == 0
    assert scene.high() == set()
    kms = next(
        each for each in scene.answer(IDS["SEC08"])["ChoiceAnswers"] if LABELS.get(each["ChoiceId"]) == "SEC08-BP01"
    )
    assert kms["Status"] == "SELECTED"
    assert "Refuted by evidence" in kms["Notes"]


def test_the_flattering_answers_give_the_written_contradictions(scene: Scene) -> None:
    in_bundle = scene.said("contradictions", "bundle")
    assert {each["label"] for each in in_bundle if each["kind"] == "over-claimed"} == OVER_CLAIMED
    assert all(each["findings"] for each in in_bundle)
    assert scene.said("contradictions", "bundle", "--workload", "ledgerlane PRODUCTION") == in_bundle
    rotation = CHOICES["SEC08-BP01"]
    kept = [choice for choice in TEAM[IDS["SEC08"]] if choice != rotation]
    scene.person_writes(IDS["SEC08"], SelectedChoices=kept)
    live = scene.said("contradictions", "bundle", "--workload", scene.workload_id)
    assert live == [each for each in in_bundle if each["choice"] != rotation]
    shown = scene.wafr("contradictions", "bundle").out
    assert shown.startswith(f"CLAIMED AND REFUTED: {len(OVER_CLAIMED)}\n")
    assert "automatic rotation is off  (kms.keys_rotate " in shown


def test_pulled_claims_are_those_of_the_team(scene: Scene) -> None:
    ran = scene.wafr("claims", "pull", "--out", "claims.yaml")
    assert (ran.code, ran.err) == (0, f"{len(TEAM)} of 57 questions are answered.\n")
    from_file = scene.said("contradictions", "bundle", "--claims", "claims.yaml")
    assert from_file == scene.said("contradictions", "bundle")
    assert scene.writes() == 0


def test_three_answers_that_a_person_edits_are_left_alone(scene: Scene) -> None:
    planned = scene.planned()
    edited = {IDS["SEC01"]: "its notes", IDS["SEC02"]: "its applicability, its reason", IDS["SEC03"]: ""}
    scene.person_writes(IDS["SEC01"], Notes="Bob looked at it on Tuesday.")
    scene.person_writes(IDS["SEC02"], IsApplicable=False, Reason="OUT_OF_SCOPE")
    dropped = TEAM[IDS["SEC03"]][0]
    scene.person_writes(IDS["SEC03"], ChoiceUpdates={dropped: {"Status": "UNSELECTED", "Notes": "Bob: no"}})
    edited[IDS["SEC03"]] = f"choice {dropped}"
    stood = {question: scene.answer(question) for question in edited}
    applied = scene.said("prefill", "apply", scene.plan, code=5)
    assert {each["question"]: each["says"] for each in applied["results"] if each["outcome"] == "conflict"} == edited
    assert outcomes(applied) == {"conflict": 3, "written": len(planned["questions"]) - 3}
    assert {question: scene.answer(question) for question in edited} == stood
    shown = scene.wafr("prefill", "apply", scene.plan)
    assert shown.code == 5
    assert f"  {IDS['SEC01']}: changed by somebody since the plan: left alone (its notes)\n" in shown.out


def stopped_while_applying(scene: Scene, writes: int, by: signal.Signals) -> int:
    """Start an apply in a process of its own, and signal it as soon as the Tool has seen so many writes; how it ended."""
    command = [sys.executable, "-c", "from scanner.cli.main import main; main()", "prefill", "apply", str(scene.plan)]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--milestone", "Before"],
        cwd=scene.folder,
        env={**scene.environment, "PATH": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None:
        with scene.backend.lock:  # the Tool answers nobody while the process ends
            if scene.writes() >= writes:
                process.send_signal(by)
                return process.wait()
        time.sleep(0.001)
    raise AssertionError("the apply ended before it could be stopped")


@pytest.mark.parametrize(
    ("writes", "by", "code"), [(1, signal.SIGKILL, -9), (6, signal.SIGKILL, -9), (3, signal.SIGINT, Exit.INTERRUPTED)]
)
def test_killed_in_the_middle_and_run_again(scene: Scene, writes: int, by: signal.Signals, code: int) -> None:
    total = len(scene.planned()["questions"])
    assert stopped_while_applying(scene, writes, by) == code
    assert writes <= scene.writes() < total
    applied = scene.said("prefill", "apply", scene.plan, "--milestone", "Before")
    assert outcomes(applied).keys() <= {"already", "written"}
    assert len(applied["results"]) == total
    assert scene.high() == TRUE_HIGH
    assert scene.writes() == total
    assert len(scene.client.list_milestones(WorkloadId=scene.workload_id)["MilestoneSummaries"]) == 1
    ended = Counter(entry.question for entry in Ledger(scene.ledger).entries if entry.kind == "written")
    assert ended == Counter([each["question"] for each in applied["results"]])


def test_throttled_on_a_third_and_conflicts_on_some_everything_is_written(scene: Scene) -> None:
    total = len(scene.planned()["questions"])
    faults = (Fault("ThrottlingException", every=3), Fault("ConflictException", "UpdateAnswer", every=5))
    scene.backend.behaviour = Behaviour(faults=faults)
    applied = scene.said("prefill", "apply", scene.plan)
    scene.backend.behaviour = Behaviour()
    assert outcomes(applied) == {"written": total}
    assert scene.high() == TRUE_HIGH
    notes = {question: human_text(answer.get("Notes", "")) for question, answer in scene.answers().items()}
    assert notes == {q: f"Ada on {q}: as far as I know." if q in TEAM else "" for q in NUMBERS}


def test_a_refused_write_ends_with_what_to_grant_and_nothing_changed(scene: Scene) -> None:
    scene.planned()
    before = scene.answers()
    scene.backend.behaviour = Behaviour(faults=(Fault("AccessDeniedException", "UpdateAnswer"),))
    ran = scene.wafr("prefill", "apply", scene.plan)
    assert (ran.code, ran.err) == (4, "")
    assert "Grant wellarchitected:UpdateAnswer to the role that was used." in ran.out
    assert "not tried: " in ran.out
    scene.backend.behaviour = Behaviour()
    assert scene.answers() == before
    assert scene.wafr("prefill", "apply", scene.plan).code == 0


def test_a_refused_read_writes_no_plan(scene: Scene) -> None:
    scene.backend.behaviour = Behaviour(faults=(Fault("AccessDeniedException", "GetAnswer"),))
    ran = scene.wafr("prefill", "plan", "bundle")
    assert (ran.code, ran.err.count("\n"), scene.plan.exists()) == (4, 1, False)
    assert "Grant wellarchitected:GetAnswer" in ran.err


def test_two_applies_at_once_are_one(scene: Scene) -> None:
    scene.planned()
    with held(scene.ledger):
        ran = scene.wafr("prefill", "apply", scene.plan)
    assert (ran.code, scene.writes()) == (2, 0)
    assert ran.err.startswith("wafr: another apply or undo is at work")
    codes: list[int] = []
    both = [
        threading.Thread(target=lambda: codes.append(scene.wafr_alone("prefill", "apply", scene.plan).code))
        for _ in "ab"
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(codes) in ([0, 0], [0, 2])
    assert scene.writes() == len(json.loads(scene.plan.read_text())["questions"])


def test_undo_is_shown_first_and_leaves_what_a_person_changed(scene: Scene) -> None:
    total = len(scene.planned()["questions"])
    scene.said("prefill", "apply", scene.plan)
    scene.person_writes(IDS["SEC08"], Notes="Bob: we rotate by hand.")
    edited = scene.answer(IDS["SEC08"])
    shown = scene.said("prefill", "undo", scene.ledger, "--dry-run", code=5)
    assert outcomes(shown) == {"planned": total - 1, "conflict": 1}
    assert scene.writes() == total + 1
    undone = scene.said("prefill", "undo", scene.ledger, code=5)
    assert outcomes(undone) == {"written": total - 1, "conflict": 1}
    assert scene.answer(IDS["SEC08"]) == edited


def test_trusted_advisor_and_other_lenses_are_told_beside_the_plan(scene: Scene) -> None:
    activated = {"TrustedAdvisorIntegrationStatus": "ENABLED"}
    scene.client.update_workload(WorkloadId=scene.workload_id, DiscoveryConfig=activated)
    check = {"Id": "c9D319e7sG", "Name": "Volumes", "Provider": "TRUSTED_ADVISOR", "AccountId": "123456789012"}
    for status in ("WARNING", "NOT_AVAILABLE"):
        scene.backend.prepare_check(
            scene.workload_id, IDS["SEC08"], CHOICES["SEC08-BP02"], {**check, "Status": status, "FlaggedResources": 2}
        )
    arn = house_lens(scene.client)
    scene.client.associate_lenses(WorkloadId=scene.workload_id, LensAliases=[arn])
    planned = scene.planned()
    assert [(hint["choice"], hint["advice"], hint["because"]) for hint in planned["trusted_advisor"]] == [
        (CHOICES["SEC08-BP02"], "warning", ""),
        (CHOICES["SEC08-BP02"], "unknown", "NOT_AVAILABLE"),
    ]
    assert [(other["risks"], other["risk_differences"], other["note"]) for other in planned["other_lenses"]] == [
        ({"UNANSWERED": 1}, [], "")
    ]
    shown = scene.wafr("prefill", "plan", "bundle").out
    assert "  SEC08-BP02: Volumes (c9D319e7sG): warning, 2 flagged\n" in shown
    assert "  House rules: 1 UNANSWERED\n" in shown

    mappings = scene.folder / "house"
    mappings.mkdir()
    (mappings / "care_1.yaml").write_text(
        "question: care_1\nchoices:\n  care_1_a:\n    label: care_1_a\n    needs: [kms.keys_rotate]\n"
    )
    scene.client.update_answer(
        WorkloadId=scene.workload_id, LensAlias=arn, QuestionId="care_1", SelectedChoices=["care_1_a"]
    )
    ours = scene.planned("--lens", arn, "--mappings", "house")
    assert ours["predicted"] == {"care_1": "UNANSWERED"}
    assert [(each["unselects"], each["risk"]) for each in ours["questions"]] == [(["care_1_a"], "NONE")]
    assert scene.said("prefill", "apply", scene.plan)["risk_differences"] == []
    assert LENS in [other["lens"]["alias"] for other in ours["other_lenses"]]


def test_the_demo_tells_the_story(tmp_path: Path) -> None:
    ran = wafr("demo", "--out", "played", folder=tmp_path)
    assert ran.code == 0, ran.err
    numbers = ", ".join(number for number in IDS if number in TRUE_HIGH)
    told = [
        "  as the answers stood 0: none",
        f"  predicted before writing 9: {numbers}",
        f"  read back after writing 9: {numbers}",
        "  0 questions whose risk the Tool tells otherwise than we do; milestone 'First review'",
        "",
        "RE-REVIEW: 9 of 9 closed",
    ]
    lines = ran.out.splitlines()
    first = lines.index(told[0])
    assert lines[first : first + len(told)] == told
    last = lines.index("THE TOOL AFTER THE RE-REVIEW (with `--select supported`), HIGH-RISK ISSUES:")
    assert lines[last + 1 : last + 4] == [
        f"  as the answers stood 9: {numbers}",
        "  predicted before writing 0: none",
        "  read back after writing 0: none",
    ]
    assert wafr("verify", "played", folder=tmp_path).code == 0
    assert wafr("verify", "played-rereview", folder=tmp_path).code == 0
    assert (
        (tmp_path / "played-closing.md").read_text().startswith("# Re-review of Ledgerlane production: 9 of 9 closed\n")
    )

"""Bad input to the commands of the Tool: one clear line each, the right exit code, and nothing written."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prefill_scene import LENS, NAME, REGION, Scene, create_workload

from fixtures.wellarchitected.lenses import OFFICIAL_ALIAS, official_lens
from scanner.watool.plan import Plan, dump_plan, load_plan

PREFILL = ("prefill", "plan", "bundle")
APPLY = ("prefill", "apply", "bundle/prefill/plan.json")


def refused(scene: Scene, *arguments: str | Path, code: int = 2) -> str:
    """The one line of a command that ends with `code`; the Tool has seen no write."""
    ran = scene.wafr(*arguments)
    assert (ran.code, ran.err.count("\n")) == (code, 1), (ran.code, ran.out, ran.err)
    assert not {"UpdateAnswer", "CreateMilestone", "CreateWorkload", "AssociateLenses"} & set(scene.backend.calls)
    assert not scene.ledger.exists()
    return ran.err.removeprefix("wafr: ").rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            (*PREFILL, "--workload", "Nobody"),
            f"there is no workload 'Nobody' (region {REGION}). Check the name, the account and the region.",
        ),
        (
            (*PREFILL, "--lens", "serverless"),
            f"the workload '{NAME}' has no lens 'serverless' (region {REGION}). Choose one of {LENS}.",
        ),
        ((*PREFILL, "--select", "all"), "--select is verified or supported, not 'all'."),
        ((*PREFILL, "--unselect", "everything"), "--unselect is none or refuted, not 'everything'."),
        (("prefill", "plan", "nowhere"), "nowhere has no manifest.json. Is this the right folder?"),
        (("prefill", "apply", "nowhere.json"), "nowhere.json cannot be read: [Errno 2] No such file or directory: "),
        (("prefill", "undo", "bundle"), "bundle/prefill/ledger.jsonl is no ledger: nothing was applied from there."),
        ((*PREFILL, "--external-id", "x"), "tool.external_id is for assuming a role: it needs tool.role_arn."),
        (
            ("contradictions", "bundle", "--workload", "x", "--claims", "y"),
            "--workload and --claims name two sources of claims: choose one.",
        ),
        (("claims", "pull", "--milestone", "7"), "ListAnswers: ResourceNotFoundException: "),
    ],
)
def test_a_wrong_name_is_one_clear_line(scene: Scene, arguments: tuple[str, ...], says: str) -> None:
    code = 4 if "--external-id" in arguments else 2
    assert refused(scene, *arguments, code=code).startswith(says)


def test_an_unknown_id_of_a_workload(scene: Scene) -> None:
    assert refused(scene, *PREFILL, "--workload", "0" * 32).startswith("GetWorkload: ResourceNotFoundException")


def test_a_region_that_the_tool_does_not_have(scene: Scene) -> None:
    said = refused(scene, *PREFILL, "--region", "eu-nowhere-1")
    assert said.startswith("the Well-Architected Tool is not in the region 'eu-nowhere-1'. Choose one of ")


def edited(scene: Scene, change: Any) -> None:
    """Change the plan file as an editor would."""
    document = json.loads(scene.plan.read_text())
    change(document)
    scene.plan.write_text(json.dumps(document))


def written_again(scene: Scene, **change: Any) -> None:
    """Another plan, whole and with its digest."""
    plan: Plan = load_plan(scene.plan.read_text())
    scene.plan.write_text(dump_plan(plan.model_copy(update=change)))


def test_an_edited_plan_is_refused(scene: Scene) -> None:
    scene.planned()
    edited(scene, lambda plan: plan["questions"].pop())
    assert refused(scene, *APPLY) == "the plan is not as it was written: its digest does not fit. Make the plan again."


def test_a_plan_that_would_change_what_people_wrote_is_refused_whatever_its_digest(scene: Scene) -> None:
    scene.planned()
    plan = load_plan(scene.plan.read_text())
    first = plan.questions[0]
    spoiled = first.model_copy(update={"after": first.after.model_copy(update={"notes": "Robot"})})
    written_again(scene, questions=(spoiled, *plan.questions[1:]))
    assert refused(scene, *APPLY).startswith("this is no plan that this version can read: ")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', "\udcff"])
def test_what_is_no_plan_is_refused(scene: Scene, text: str) -> None:
    scene.planned()
    scene.plan.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert refused(scene, *APPLY)


def test_a_plan_for_another_workload(scene: Scene) -> None:
    scene.planned()
    other = create_workload(scene.client, "Another")
    scene.backend.calls.clear()
    written_again(scene, workload_id=other)
    said = refused(scene, *APPLY)
    assert said.startswith("the plan was made for arn:aws:wellarchitected:")
    assert said.endswith("Use the account and region of the plan.")


def test_a_plan_for_a_workload_that_is_gone(scene: Scene) -> None:
    scene.planned()
    scene.client.delete_workload(WorkloadId=scene.workload_id)
    assert refused(scene, *APPLY).startswith("the plan does not fit: GetWorkload: ResourceNotFoundException")


def test_a_plan_from_an_older_lens(scene: Scene) -> None:
    scene.planned()
    content = next(iter(official_lens().versions.values()))
    shorter = replace(content, questions=content.questions[:-1])
    scene.backend.publish(OFFICIAL_ALIAS, "2027-01-01", shorter)
    scene.client.upgrade_lens_review(WorkloadId=scene.workload_id, LensAlias=LENS, MilestoneName="Before the upgrade")
    scene.backend.calls.clear()
    said = refused(scene, *APPLY)
    assert said.startswith("the plan was made for version 2024-11-06 of the lens, the review is at 2027-01-01")
    planned = scene.said(*PREFILL)
    assert planned["drift"]["missing_questions"] == [content.questions[-1].id]


def test_a_plan_outside_a_bundle_needs_its_bundle(scene: Scene) -> None:
    scene.planned("--out", "plan.json")
    says = "plan.json lies in no bundle: name the bundle with --bundle, the ledger is kept there."
    assert refused(scene, "prefill", "apply", "plan.json") == says
    assert scene.wafr("prefill", "apply", "plan.json", "--bundle", "bundle").code == 0
    assert scene.ledger.exists()


def test_a_plan_from_other_evidence_is_not_noted_in_this_bundle(scene: Scene) -> None:
    scene.planned()
    written_again(scene, evidence_root="0" * 64)
    assert refused(scene, *APPLY).startswith("the plan was made from other evidence than that in ")


def test_a_changed_bundle_gives_no_plan(scene: Scene) -> None:
    readings = next((scene.folder / "bundle" / "readings").rglob("*.jsonl.gz"))
    os.truncate(readings, 10)
    assert "was changed after the scan" in refused(scene, *PREFILL, code=6)
    assert not scene.plan.exists()


def test_a_spoiled_ledger_is_left_alone(scene: Scene) -> None:
    scene.planned()
    scene.ledger.write_text("nonsense\n")
    ran = scene.wafr(*APPLY)
    assert (ran.code, ran.err.count("\n"), scene.writes()) == (2, 1, 0)
    assert ran.err.startswith("wafr: line 1 is no entry of a ledger: ")
    assert scene.ledger.read_text() == "nonsense\n"


def test_a_taken_milestone_name_writes_nothing(scene: Scene) -> None:
    scene.planned()
    scene.client.create_milestone(WorkloadId=scene.workload_id, MilestoneName="Before")
    scene.backend.calls.clear()
    ran = scene.wafr(*APPLY, "--milestone", "Before")
    assert (ran.code, scene.writes()) == (2, 0)
    assert ran.err.startswith("wafr: a milestone named 'Before' exists ")


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "No AWS credentials were found."),
        ({"WAFR_TOOL_PROFILE": "nobody"}, "The profile 'nobody' is not in your AWS configuration."),
    ],
)
def test_without_a_way_in(scene: Scene, environment: Mapping[str, str], says: str) -> None:
    there = replace(scene, environment={**scene.environment, **environment})
    assert refused(there, *PREFILL, code=4).startswith(says)


def test_an_aws_that_cannot_be_reached(scene: Scene) -> None:
    unreachable = replace(scene, environment={**scene.environment, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    assert "AWS could not be reached" in refused(unreachable, *PREFILL, code=4)


def test_claims_are_needed_for_contradictions(scene: Scene) -> None:
    (scene.folder / "none.yaml").write_text("{}\n")
    says = "there are no claims. Name a file with --claims, or the Tool's workload with --workload."
    assert refused(scene, "contradictions", "bundle", "--claims", "none.yaml") == says


def test_a_setting_that_does_not_exist_is_named(scene: Scene) -> None:
    (scene.folder / "other.yaml").write_text("tool: {regions: [eu-west-1]}\n")
    says = "other.yaml: tool.regions: there is no such setting. Did you mean 'region'?"
    assert refused(scene, *PREFILL, "--config", "other.yaml") == says

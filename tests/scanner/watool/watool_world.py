"""A small world for the tests of the pre-fill: a workload with a lens of three questions."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scanner.judge.answer import Stance
from scanner.watool.client import Tool
from scanner.watool.drift import KnownQuestion
from scanner.watool.evidence import ChoiceEvidence, Evidence
from scanner.watool.plan import Options, Plan, make_plan

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROOT = "f" * 64
SEEN_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MADE_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

QUESTIONS = ("care_1", "care_2", "care_3")
LETTERS = ("a", "b", "c")

WORKLOAD: dict[str, Any] = {
    "WorkloadName": "Shop",
    "Description": "The web shop",
    "Environment": "PRODUCTION",
    "AwsRegions": [REGION],
    "ReviewOwner": "owner@example.com",
}


def now() -> datetime:
    return MADE_AT


@dataclass(frozen=True)
class World:
    workload_id: str
    lens: str


def lens_file(questions: tuple[str, ...] = QUESTIONS) -> str:
    """Question `care_1` has the choices `care_1_a`, `care_1_b`, `care_1_c` and `care_1_no`, and so on."""
    plan = {"displayText": "Do it"}
    pillar = {
        "id": "care",
        "name": "Care",
        "questions": [
            {
                "id": question,
                "title": f"Question {question}",
                "choices": [
                    *({"id": f"{question}_{x}", "title": x.upper(), "improvementPlan": plan} for x in LETTERS),
                    {"id": f"{question}_no", "title": "None of these"},
                ],
                "riskRules": [
                    {"condition": f"{question}_a && {question}_b && {question}_c", "risk": "NO_RISK"},
                    {"condition": f"{question}_a", "risk": "MEDIUM_RISK"},
                    {"condition": "default", "risk": "HIGH_RISK"},
                ],
            }
            for question in questions
        ],
    }
    lens = {"schemaVersion": "2021-11-01", "name": "House rules", "description": "Ours", "pillars": [pillar]}
    return json.dumps(lens)


KNOWN = {
    question: KnownQuestion({f"{question}_{x}": frozenset({x.upper()}) for x in LETTERS}, f"{question}_no")
    for question in QUESTIONS
}


def small_world(client: Any, name: str = "Shop") -> World:
    arn = client.import_lens(JSONString=lens_file())["LensArn"]
    client.create_lens_version(LensAlias=arn, LensVersion="1")
    made = client.create_workload(**{**WORKLOAD, "WorkloadName": name, "Lenses": [arn]})
    return World(made["WorkloadId"], arn)


def seen(choice: str, stance: Stance, **more: Any) -> ChoiceEvidence:
    return ChoiceEvidence(choice.rsplit("_", 1)[0], choice, choice.upper(), stance, **more)


def evidence(world: World, *choices: ChoiceEvidence) -> Evidence:
    return Evidence(world.lens, ROOT, SEEN_AT, choices)


# Of each question one choice is verified, one refuted, one unknown.
def usual_evidence(world: World) -> Evidence:
    choices = []
    for question in QUESTIONS:
        choices += [
            seen(f"{question}_a", Stance.VERIFIED, resources=3),
            seen(f"{question}_b", Stance.REFUTED, resources=2, failed=("vol-1: not encrypted",)),
            seen(f"{question}_c", Stance.UNKNOWN, unseen=("kms:ListKeys was refused; grant kms:ListKeys",)),
        ]
    return evidence(world, *choices)


def planned(tool: Tool, world: World, shown: Evidence, options: Options | None = None) -> Plan:
    return make_plan(
        tool.workload(world.workload_id),
        tool.lens_review(world.workload_id, world.lens),
        tool.answers(world.workload_id, world.lens),
        shown,
        KNOWN,
        options or Options(),
        MADE_AT,
    )


def person_writes(client: Any, world: World, question: str, **change: Any) -> None:
    client.update_answer(WorkloadId=world.workload_id, LensAlias=world.lens, QuestionId=question, **change)

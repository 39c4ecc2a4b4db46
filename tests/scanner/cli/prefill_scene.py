"""A stage for the commands of the Tool: who is on it, and how they are called."""

import json
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from typer.testing import CliRunner

from fixtures.demo.scene import CLAIMS, TRUTH
from fixtures.wellarchitected.models import WellArchitectedBackend
from scanner.cli.main import app
from scanner.judge.catalogue import load_catalogue
from tests.cli import Ran, wafr

REGION = "eu-west-1"
LENS = "wellarchitected"
NAME = "Ledgerlane production"
CATALOGUE = load_catalogue()
NUMBERS = {question.id: question.number for question in CATALOGUE.questions}
IDS = {number: question for question, number in NUMBERS.items()}
CHOICES = {choice.label: choice.id for _, choice in CATALOGUE.choices.values()}
LABELS = {choice: label for label, choice in CHOICES.items()}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return found


TEAM: dict[str, list[str]] = {question: chosen or [] for question, chosen in read(CLAIMS).items()}
WRITTEN_TRUTH = read(TRUTH)


@dataclass(frozen=True)
class Scene:
    folder: Path
    environment: Mapping[str, str]
    client: Any
    backend: WellArchitectedBackend
    workload_id: str

    @property
    def plan(self) -> Path:
        return self.folder / "bundle" / "prefill" / "plan.json"

    @property
    def ledger(self) -> Path:
        return self.folder / "bundle" / "prefill" / "ledger.jsonl"

    def wafr(self, *arguments: str | Path) -> Ran:
        """Run a command in this process: a test makes many, and each process of its own takes a second."""
        with chdir(self.folder):
            ran = CliRunner().invoke(
                app, [str(each) for each in arguments], env=self.environment, catch_exceptions=False
            )
        return Ran(ran.exit_code, ran.stdout, ran.stderr)

    def wafr_alone(self, *arguments: str | Path) -> Ran:
        """Run a command in a process of its own."""
        return wafr(*arguments, environment=self.environment, folder=self.folder)

    def said(self, *arguments: str | Path, code: int = 0) -> Any:
        """What a command answers as JSON."""
        ran = self.wafr(*arguments, "--format", "json")
        assert ran.code == code, (ran.code, ran.out, ran.err)
        return json.loads(ran.out)

    def planned(self, *options: str) -> Any:
        return self.said("prefill", "plan", "bundle", "--unselect", "refuted", *options)

    def writes(self) -> int:
        return self.backend.calls.count("UpdateAnswer")

    def person_writes(self, question: str, **change: Any) -> None:
        self.client.update_answer(WorkloadId=self.workload_id, LensAlias=LENS, QuestionId=question, **change)

    def answer(self, question: str) -> Any:
        found = self.client.get_answer(WorkloadId=self.workload_id, LensAlias=LENS, QuestionId=question)
        return found["Answer"]

    def answers(self) -> dict[str, Any]:
        """Every answer with its notes, as the Tool has it."""
        return {question: self.answer(question) for question in NUMBERS}

    def high(self) -> set[str]:
        """The numbers of the questions that the Tool tells as HIGH, page by page."""
        found, token = set(), {}
        while True:
            page = self.client.list_answers(WorkloadId=self.workload_id, LensAlias=LENS, **token)
            found |= {NUMBERS[each["QuestionId"]] for each in page["AnswerSummaries"] if each["Risk"] == "HIGH"}
            if "NextToken" not in page:
                return found
            token = {"NextToken": page["NextToken"]}


def create_workload(client: Any, name: str) -> str:
    made = client.create_workload(
        WorkloadName=name,
        Description="Ledgers for everybody",
        Environment="PRODUCTION",
        AwsRegions=[REGION],
        ReviewOwner="owner@example.com",
        Lenses=[LENS],
    )
    return str(made["WorkloadId"])


def house_lens(client: Any) -> str:
    """Publish a custom lens of one question, and return its ARN."""
    question = {
        "id": "care_1",
        "title": "Do we care?",
        "choices": [
            {"id": "care_1_a", "title": "Yes", "improvementPlan": {"displayText": "Do"}},
            {"id": "care_1_no", "title": "None of these"},
        ],
        "riskRules": [{"condition": "care_1_a", "risk": "NO_RISK"}, {"condition": "default", "risk": "HIGH_RISK"}],
    }
    pillar = {"id": "care", "name": "Care", "questions": [question]}
    lens = {"schemaVersion": "2021-11-01", "name": "House rules", "description": "Ours", "pillars": [pillar]}
    arn = str(client.import_lens(JSONString=json.dumps(lens))["LensArn"])
    client.create_lens_version(LensAlias=arn, LensVersion="1")
    return arn

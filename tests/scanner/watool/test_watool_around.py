"""What surrounds the pre-fill: workloads, drift, lenses, risks, Trusted Advisor, and a Review's answers."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from watool_world import ACCOUNT, KNOWN, REGION, WORKLOAD, World, evidence, lens_file, person_writes, seen

from fixtures.wellarchitected.behaviour import Behaviour, Fault
from fixtures.wellarchitected.models import WellArchitectedBackend
from scanner.config import Config, ConfigError
from scanner.judge.answer import Stance
from scanner.judge.catalogue import Choice, Question, load_catalogue
from scanner.review.document import AnswerEntry, FindingEntry
from scanner.review.document import Review as ReviewDocument
from scanner.watool.advisor import Advice, Hint, hints
from scanner.watool.claims import ChoiceClaim, QuestionClaim, question_claim, selected_practices
from scanner.watool.client import Tool
from scanner.watool.drift import Drift, KnownQuestion, drift, known_questions
from scanner.watool.errors import InvalidRequestError, NotFoundError, ToolError
from scanner.watool.evidence import ChoiceEvidence, from_review, with_hints
from scanner.watool.lens_file import lens_catalogue, lens_questions, lens_rules
from scanner.watool.lenses import OtherLens, basis_of, other_lenses, review_of
from scanner.watool.risks import RiskDifference, official_differences, official_risk, rules_differences
from scanner.watool.workloads import WorkloadSpec, create_workload, find_workload, spec_of

LENS = "wellarchitected"
SPEC = WorkloadSpec(
    name="Shop front",
    description="The web shop",
    environment="PRODUCTION",
    review_owner="owner@example.com",
    regions=(REGION,),
    accounts=(ACCOUNT,),
    tags={"team": "shop"},
)


def test_a_workload_is_created_once_and_found_by_name_and_id(tool: Tool) -> None:
    made, again = create_workload(tool, SPEC), create_workload(tool, SPEC)
    assert made == again
    assert (made.name, made.owner, made.lenses) == ("Shop front", ACCOUNT, (LENS,))
    assert len(tool.workloads()) == 1
    for name in ("Shop front", "SHOPFRONT", made.id):
        assert find_workload(tool, name) == made


def test_a_workload_that_is_not_there_is_said_with_its_region(tool: Tool) -> None:
    with pytest.raises(NotFoundError, match="there is no workload 'Shop' \\(region eu-west-1\\)"):
        find_workload(tool, "Shop")


def test_a_fresh_workload_is_waited_for(tool: Tool, backend: WellArchitectedBackend) -> None:
    backend.behaviour = Behaviour(invisible_for=0.3)
    assert create_workload(tool, SPEC).name == "Shop front"
    backend.behaviour = Behaviour(invisible_for=60)
    with pytest.raises(ToolError, match="was created and cannot be read yet"):
        create_workload(tool, SPEC.model_copy(update={"name": "Other"}), within=0)


@pytest.mark.parametrize(
    "wrong", [{"name": "ab"}, {"description": "x" * 251}, {"environment": "TEST"}, {"regions": ()}, {"lenses": ()}]
)
def test_a_specification_outside_the_limits_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WorkloadSpec.model_validate({**SPEC.model_dump(), **wrong})


def test_an_account_that_is_none_is_not_sent(tool: Tool, backend: WellArchitectedBackend) -> None:
    with pytest.raises(InvalidRequestError, match="'123' is not an account id"):
        create_workload(tool, SPEC.model_copy(update={"accounts": ("123",)}))
    assert backend.calls == []


def test_the_live_lens_is_the_catalogue(tool: Tool, client: Any) -> None:
    made = client.create_workload(**{**WORKLOAD, "Lenses": [LENS]})["WorkloadId"]
    found = drift(known_questions(), tool.summaries(made, LENS))
    assert found == Drift()
    assert not found


def test_drift_names_what_is_new_missing_and_renamed(tool: Tool, world: World) -> None:
    known = {
        "care_1": KNOWN["care_1"],
        "care_2": KnownQuestion({"care_2_a": frozenset({"Old"}), "care_2_z": frozenset({"Z"})}),
        "care_9": KNOWN["care_3"],
    }
    found = drift(known, tool.summaries(world.workload_id, world.lens))
    assert found == Drift(
        new_questions=("care_3",),
        missing_questions=("care_9",),
        new_choices=(("care_2", "care_2_b"), ("care_2", "care_2_c")),
        missing_choices=(("care_2", "care_2_z"),),
        renamed_choices=(("care_2", "care_2_a", "A"),),
    )
    assert found


def test_claims_for_the_engine_leave_the_none_choice_out(tool: Tool, client: Any, world: World) -> None:
    person_writes(client, world, "care_1", SelectedChoices=["care_1_b"])
    person_writes(client, world, "care_2", SelectedChoices=["care_2_no"])
    assert selected_practices(tool.answers(world.workload_id, world.lens)) == {
        "care_1": frozenset({"care_1_b"}),
        "care_2": frozenset(),
    }


@pytest.mark.parametrize("answers", [{}, {"ChoiceAnswers": [{"ChoiceId": "a", "Status": "UNSELECTED"}]}])
def test_a_choice_that_either_list_of_an_answer_has_selected_is_claimed(answers: dict[str, Any]) -> None:
    choices = [{"ChoiceId": "a", "Title": "A"}, {"ChoiceId": "b", "Title": "B"}]
    claim = question_claim({"QuestionId": "q", "Choices": choices, "SelectedChoices": ["a"], **answers})
    assert claim.selected == {"a"}


QUESTION = Question(
    "q",
    "SEC01",
    "Title",
    "security",
    "q_no",
    tuple(
        Choice(f"q_{letter}", letter, letter, rating, "")
        for letter, rating in (("h", "High"), ("m", "Medium"), ("l", "Low"))
    ),
)


def claim(risk: str, applicable: bool = True, **status: str) -> QuestionClaim:
    choices = tuple(
        ChoiceClaim.model_validate({"id": f"q_{x}", "status": status.get(x, "UNSELECTED")})
        for x in ("h", "m", "l", "no")
    )
    return QuestionClaim.model_validate(
        {"id": "q", "pillar": "p", "risk": risk, "applicable": applicable, "choices": choices, "none_choice": "q_no"}
    )


@pytest.mark.parametrize(
    ("status", "risk"),
    [
        ({}, "UNANSWERED"),
        ({"no": "SELECTED"}, "HIGH"),
        ({"m": "SELECTED"}, "HIGH"),
        ({"h": "SELECTED"}, "MEDIUM"),
        ({"h": "SELECTED", "m": "SELECTED"}, "MEDIUM"),
        ({"h": "SELECTED", "m": "SELECTED", "l": "SELECTED"}, "NONE"),
        ({"h": "NOT_APPLICABLE", "m": "SELECTED"}, "MEDIUM"),
        ({"h": "NOT_APPLICABLE", "m": "SELECTED", "l": "NOT_APPLICABLE"}, "NONE"),
        ({"h": "NOT_APPLICABLE"}, "UNANSWERED"),
        ({"applicable": False, "h": "SELECTED"}, "NOT_APPLICABLE"),
    ],
)
def test_our_risk_of_an_official_question(status: dict[str, Any], risk: str) -> None:
    assert official_risk(QUESTION, claim("NONE", **status)) == risk


def test_differences_of_risk_are_listed() -> None:
    same, other = claim("HIGH", m="SELECTED"), claim("MEDIUM", m="SELECTED")
    stranger = claim("HIGH").model_copy(update={"id": "new"})
    assert official_differences({"q": QUESTION}, [same, other, stranger]) == [
        RiskDifference("q", "MEDIUM", "HIGH"),
        RiskDifference("new", "HIGH", None, "the catalogue does not know it"),
    ]


def test_our_risk_is_the_tools_for_every_question_of_the_lens(tool: Tool, client: Any) -> None:
    made = client.create_workload(**{**WORKLOAD, "Lenses": [LENS]})["WorkloadId"]
    questions = load_catalogue().by_id
    for number, (question, known) in enumerate(questions.items()):
        selected = [choice.id for place, choice in enumerate(known.choices) if (number >> place % 3) & 1]
        client.update_answer(WorkloadId=made, LensAlias=LENS, QuestionId=question, SelectedChoices=selected)
    claims = tool.summaries(made, LENS)
    assert {each.risk for each in claims} == {"UNANSWERED", "HIGH", "MEDIUM", "NONE"}
    assert official_differences(questions, claims) == []


def test_a_custom_lens_file_names_its_questions_and_choices() -> None:
    assert lens_questions(lens_file()) == KNOWN


def test_a_custom_lens_is_evaluated_by_its_rules(tool: Tool, client: Any, world: World) -> None:
    person_writes(client, world, "care_1", SelectedChoices=["care_1_a"])
    person_writes(client, world, "care_2", SelectedChoices=["care_2_no"])
    rules = lens_rules(tool.export_lens(world.lens))
    claims = tool.answers(world.workload_id, world.lens)
    assert [each.risk for each in claims] == ["MEDIUM", "HIGH", "UNANSWERED"]
    assert rules_differences(rules, claims) == []
    wrong = [each.model_copy(update={"risk": "NONE"}) for each in claims]
    assert rules_differences(rules, wrong) == [
        RiskDifference("care_1", "NONE", "MEDIUM"),
        RiskDifference("care_2", "NONE", "HIGH"),
        RiskDifference("care_3", "NONE", "UNANSWERED"),
    ]


def test_a_lens_file_without_default_or_with_a_bad_rule_is_reported() -> None:
    lens = json.loads(lens_file())
    first, second, third = lens["pillars"][0]["questions"]
    first["riskRules"].pop()
    second["riskRules"][0]["condition"] = "((("
    del third["riskRules"]
    rules = lens_rules(json.dumps(lens))
    assert (rules.without_default, set(rules.unreadable or {})) == (("care_1", "care_3"), {"care_2"})
    claims = [claim("HIGH", h="SELECTED").model_copy(update={"id": q}) for q in ("care_1", "care_2", "care_9")]
    assert [(each.question, each.ours) for each in rules_differences(rules, claims)] == [
        ("care_1", None),
        ("care_2", None),
        ("care_9", None),
    ]
    assert [each.because for each in rules_differences(rules, claims)][::2] == [
        "no rule of the lens is true",
        "the lens file does not have it",
    ]


@pytest.mark.parametrize("text", ["", "[]", '{"pillars": 3}', '{"pillars": [{"questions": [{}]}]}', "[" * 100_000])
def test_what_is_no_lens_file_is_refused(text: str) -> None:
    for read in (lens_rules, lens_questions):
        with pytest.raises(ValueError, match="no lens file"):
            read(text)


def test_trusted_advisor_gives_hints_and_never_more(
    tool: Tool, client: Any, backend: WellArchitectedBackend, world: World
) -> None:
    check = {"Id": "id", "Name": "Volumes", "Provider": "TRUSTED_ADVISOR", "AccountId": ACCOUNT}
    details = [
        {"Status": "OKAY"},
        {"Status": "ERROR", "FlaggedResources": 7},
        {"Status": "NOT_AVAILABLE", "Reason": "PREMIUM_SUPPORT_REQUIRED"},
        {"Status": "FETCH_FAILED"},
    ]
    for detail in details:
        backend.prepare_check(world.workload_id, "care_1", "care_1_a", {**check, **detail})
    review = tool.lens_review(world.workload_id, world.lens)
    claims = tool.summaries(world.workload_id, world.lens)

    def found() -> list[Hint]:
        return hints(tool, tool.workload(world.workload_id), review, claims, ["care_1_a", "care_1_b"])

    assert found() == []
    assert "ListCheckDetails" not in backend.calls
    client.update_workload(WorkloadId=world.workload_id, DiscoveryConfig={"TrustedAdvisorIntegrationStatus": "ENABLED"})
    hint = Hint("care_1", "care_1_a", "id", "Volumes", ACCOUNT, Advice.OKAY)
    assert [(each.advice, each.flagged, each.because) for each in found()] == [
        (Advice.OKAY, 0, ""),
        (Advice.ERROR, 7, ""),
        (Advice.UNKNOWN, 0, "PREMIUM_SUPPORT_REQUIRED"),
        (Advice.UNKNOWN, 0, "FETCH_FAILED"),
    ]
    assert found()[0] == hint


def finding(resource: str, verdict: str, because: str) -> FindingEntry:
    return TypeAdapter(FindingEntry).validate_python(
        {
            "id": resource,
            "check": "c",
            "account": ACCOUNT,
            "region": REGION,
            "resource": resource,
            "verdict": verdict,
            "because": because,
            "evidence": (),
            "settings": {},
        }
    )


def answer(findings: tuple[str, ...], **more: Any) -> AnswerEntry:
    usual = {"question": "q", "choice": "q_a", "label": "SEC01-BP01", "title": "Title", "rating": "High", "hints": ()}
    return AnswerEntry.model_validate(
        {**usual, "claimed": True, "accepted": False, "facts": (), "findings": findings, **more}
    )


def review_of_one(answers: tuple[AnswerEntry, ...], findings: tuple[FindingEntry, ...]) -> ReviewDocument:
    scan = {"at": "2026-11-23T08:00:00Z", "caller": "me", "versions": {}, "calls": 1, "interrupted": False}
    return ReviewDocument.model_validate(
        {
            "lens": LENS,
            "lens_version": "1",
            "workload": "Shop",
            "scan": {**scan, "accounts": (ACCOUNT,), "regions": (REGION,), "left_out": {}},
            "answers": answers,
            "findings": findings,
            "bundle": {"evidence_root": "abc", "readings": 1},
            **dict.fromkeys(("questions", "contradictions", "facts", "refusals", "accepted", "checks"), ()),
            "owners": {},
        }
    )


def test_a_reviews_answers_become_evidence() -> None:
    findings = (
        finding("vol-1", "fails", "not encrypted"),
        finding("vol-2", "holds", "encrypted"),
        finding("vol-3", "unknown", "refused; grant ec2:DescribeVolumes"),
        finding("vol-4", "not applicable", "deleted"),
    )
    said = {"stance": "refuted", "because": "1 resource fails c", "ask": ("Ask this",)}
    one = answer(tuple(each.id for each in findings), **said)
    shown = from_review(review_of_one((one,), findings), LENS)
    assert (shown.lens, shown.root, shown.seen_at) == (LENS, "abc", datetime(2026, 11, 23, 8, tzinfo=UTC))
    assert shown.of("q") == (
        ChoiceEvidence(
            "q",
            "q_a",
            "SEC01-BP01",
            Stance.REFUTED,
            "1 resource fails c",
            resources=2,
            failed=("vol-1: not encrypted",),
            unseen=("refused; grant ec2:DescribeVolumes",),
            ask=("Ask this",),
        ),
    )


def test_trusted_advisors_hints_stand_beside_the_evidence_and_change_no_stance(world: World) -> None:
    day = datetime(2026, 11, 20, tzinfo=UTC)
    shown = with_hints(
        evidence(world, seen("care_1_a", Stance.SUPPORTED), seen("care_1_b", Stance.VERIFIED)),
        [
            Hint("care_1", "care_1_b", "h1", "Volumes", ACCOUNT, Advice.ERROR, 7, updated_at=day),
            Hint("care_1", "care_1_b", "h2", "Keys", ACCOUNT, Advice.UNKNOWN, because="FETCH_FAILED"),
        ],
    )
    advice = ("Volumes (h1) on 2026-11-20: error, 7 flagged", "Keys (h2): unknown (FETCH_FAILED)")
    assert shown.choices == (
        seen("care_1_a", Stance.SUPPORTED),
        seen("care_1_b", Stance.VERIFIED, advice=advice),
    )


def test_the_configuration_describes_a_workload() -> None:
    tool: Mapping[str, Any] = {
        "description": "The web shop",
        "review_owner": "owner@example.com",
        "accounts": [ACCOUNT],
        "tags": {"team": "shop"},
    }
    values = {"workload": {"name": "Shop front", "regions": [REGION]}, "tool": tool}
    assert spec_of(Config.model_validate(values)) == SPEC
    for section, setting in (("workload", "name"), ("workload", "regions"), ("tool", "description")):
        short = {**values, section: {name: value for name, value in values[section].items() if name != setting}}
        with pytest.raises(ConfigError, match=f"^{section}.{setting}: "):
            spec_of(Config.model_validate(short))


def test_a_custom_lens_is_a_catalogue_for_mappings() -> None:
    catalogue = lens_catalogue(lens_file(), "arn", "1")
    assert (catalogue.lens, catalogue.version) == ("arn", "1")
    assert [(q.id, q.number, q.title, q.pillar, q.none_choice) for q in catalogue.questions] == [
        (q, q, f"Question {q}", "care", f"{q}_no") for q in KNOWN
    ]
    assert [(c.id, c.label, c.title) for c in catalogue.questions[0].choices] == [
        (f"care_1_{x}", f"care_1_{x}", x.upper()) for x in "abc"
    ]


def test_other_lenses_are_read_and_compared_by_their_own_rules(
    tool: Tool, client: Any, backend: WellArchitectedBackend, world: World
) -> None:
    client.associate_lenses(WorkloadId=world.workload_id, LensAliases=[LENS])
    person_writes(client, world, "care_1", SelectedChoices=["care_1_a"])
    workload = tool.workload(world.workload_id)
    official, custom = (review_of(tool, workload, lens) for lens in (LENS, world.lens))
    assert other_lenses(tool, workload, official) == (OtherLens(custom, {"MEDIUM": 1, "UNANSWERED": 2}),)
    assert other_lenses(tool, workload, custom) == (OtherLens(official, {"UNANSWERED": 57}),)
    assert basis_of(tool, custom).known == KNOWN
    backend.behaviour = Behaviour(faults=(Fault("AccessDeniedException", "ExportLens"),))
    (refused,) = other_lenses(tool, workload, official)
    assert refused.note.startswith("its risks are not compared: ExportLens: AccessDeniedException")
    assert "Grant wellarchitected:ExportLens" in refused.note


def test_a_lens_that_the_workload_does_not_have_is_said_with_those_it_has(tool: Tool, world: World) -> None:
    with pytest.raises(
        NotFoundError, match=f"the workload 'Shop' has no lens 'serverless'.*Choose one of {world.lens}"
    ):
        review_of(tool, tool.workload(world.workload_id), "serverless")

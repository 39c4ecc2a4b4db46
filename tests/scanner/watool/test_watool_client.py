"""The client: every page is followed, every error says what to do, nothing outside the limits is sent."""

import io
from collections import Counter
from typing import Any

import pytest
from watool_world import REGION, WORKLOAD, World, person_writes

from fixtures.wellarchitected.behaviour import Behaviour, Fault
from fixtures.wellarchitected.models import WellArchitectedBackend
from scanner.watool import errors
from scanner.watool.client import LensReview, QuestionAtRisk, Tool, connect

LENS = "wellarchitected"


@pytest.fixture
def official(client: Any) -> str:
    return str(client.create_workload(**{**WORKLOAD, "WorkloadName": "Official", "Lenses": [LENS]})["WorkloadId"])


def test_every_page_is_followed(tool: Tool, client: Any, backend: WellArchitectedBackend, official: str) -> None:
    answers = tool.answers(official, LENS)
    assert len(answers) == 57
    assert [answer.id for answer in answers] == [summary.id for summary in tool.summaries(official, LENS)]
    assert Counter(backend.calls)["GetAnswer"] == 57
    for number in range(51):
        client.create_milestone(WorkloadId=official, MilestoneName=f"Milestone {number}")
    assert [milestone.number for milestone in tool.milestones(official)] == list(range(1, 52))


def test_answers_carry_notes_and_summaries_do_not(tool: Tool, client: Any, world: World) -> None:
    update = {"care_1_a": {"Status": "SELECTED", "Notes": "Ann"}}
    person_writes(client, world, "care_1", Notes="Bob", ChoiceUpdates=update)
    answer, summary = (
        next(claim for claim in found if claim.id == "care_1")
        for found in (tool.answers(world.workload_id, world.lens), tool.summaries(world.workload_id, world.lens))
    )
    assert (answer.notes, answer.by_id["care_1_a"].notes) == ("Bob", "Ann")
    assert (summary.notes, summary.by_id["care_1_a"].notes) == ("", "")
    assert answer.selected == summary.selected == {"care_1_a"}
    assert (answer.none_choice, answer.risk, answer.pillar) == ("care_1_no", "MEDIUM", "care")


def test_a_review_names_its_lens_version_and_status(tool: Tool, official: str) -> None:
    arn = "arn:aws:wellarchitected::aws:lens/wellarchitected"
    review = LensReview(LENS, arn, "AWS Well-Architected Framework", "2024-11-06", "CURRENT")
    assert tool.lens_reviews(official) == (review,)
    assert tool.lens_review(official, LENS) == review


def test_the_consolidated_report_and_the_pdf(tool: Tool, client: Any, world: World, official: str) -> None:
    person_writes(client, world, "care_1", SelectedChoices=["care_1_a"])
    assert tool.at_risk(world.workload_id) == (
        QuestionAtRisk(world.lens, "care_1", "MEDIUM", ("care_1_b", "care_1_c")),
    )
    assert tool.at_risk(official) == ()
    assert io.BytesIO(tool.review_report(official, LENS)).read(5) == b"%PDF-"


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ("AccessDeniedException", errors.RefusedError, "Grant wellarchitected:GetWorkload"),
        ("ConflictException", errors.ConflictError, "run again"),
        ("InternalServerException", errors.ToolError, "status page"),
        ("ThrottlingException", errors.ThrottledError, "Run again later"),
    ],
)
def test_errors_say_what_where_and_what_next(
    session: Any, url: str, backend: WellArchitectedBackend, world: World, fault: str, kind: type[Exception], says: str
) -> None:
    backend.behaviour = Behaviour(faults=(Fault(fault),))
    with pytest.raises(kind) as raised:
        impatient(session, url).workload(world.workload_id)
    assert says in str(raised.value)
    assert f"workload {world.workload_id}" in str(raised.value)
    assert fault in str(raised.value)


def impatient(session: Any, url: str) -> Tool:
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    return Tool(session.client("wellarchitected", endpoint_url=url, config=config))


def test_what_does_not_exist_is_not_found(tool: Tool, world: World) -> None:
    with pytest.raises(errors.NotFoundError, match="No workload"):
        tool.workload("0" * 32)
    with pytest.raises(errors.NotFoundError, match="No lens review"):
        tool.lens_review(world.workload_id, LENS)
    with pytest.raises(errors.NotFoundError, match="No question"):
        tool.answer(world.workload_id, world.lens, "care_9")
    with pytest.raises(errors.InvalidRequestError, match="lens of AWS"):
        tool.export_lens(LENS)


def test_no_answer_at_all_is_an_error_of_ours(session: Any) -> None:
    with pytest.raises(errors.ToolError, match="got no answer"):
        impatient(session, "http://127.0.0.1:9").workload("0" * 32)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Notes": "x" * 2085}, "Notes must have 0 to 2084 characters, has 2085"),
        ({"ChoiceUpdates": {"a": {"Status": "SELECTED", "Notes": "x" * 251}}}, "Notes of a must have 0 to 250"),
        ({"ChoiceUpdates": {"a": {"Status": "DONE"}}}, "Status of a must be one of"),
        ({"ChoiceUpdates": {"a": {"Status": "SELECTED", "Reason": "NO"}}}, "Reason of a must be one of"),
    ],
)
def test_nothing_outside_the_limits_is_sent(
    tool: Tool, backend: WellArchitectedBackend, world: World, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(errors.InvalidRequestError, match=says):
        tool.update_answer(world.workload_id, world.lens, "care_1", change)
    with pytest.raises(errors.InvalidRequestError, match="WorkloadId must be 32"):
        tool.update_answer("short", world.lens, "care_1", {})
    with pytest.raises(errors.InvalidRequestError, match="MilestoneName"):
        tool.create_milestone(world.workload_id, "ab", "token")
    assert not {"UpdateAnswer", "CreateMilestone"} & set(backend.calls)


def test_another_region_is_another_tool(session: Any, url: str, world: World) -> None:
    elsewhere = connect(session, region="us-east-2", endpoint_url=url)
    assert (elsewhere.region, elsewhere.workloads()) == ("us-east-2", ())
    assert connect(session, endpoint_url=url).region == REGION
    assert [workload.id for workload in connect(session, endpoint_url=url).workloads()] == [world.workload_id]


def test_reading_and_planning_write_nothing(tool: Tool, backend: WellArchitectedBackend, official: str) -> None:
    start = len(backend.calls)
    tool.answers(official, LENS)
    tool.at_risk(official)
    tool.milestones(official)
    assert {name.removeprefix("Get").removeprefix("List") != name for name in backend.calls[start:]} == {True}

"""What is kept of an answer: the declared members, a map's keys without its values, a structure inside a text."""

import pytest

from scanner import Evidence, FromJson, Keys, Part, Read
from scanner.evidence.shape import shape_of
from tests.models import missing_fields, operation


class State(Part):
    type: str
    timeout_seconds: int | None = None


class Machine(Part):
    states: dict[str, State]


class Environment(Part):
    variables: Keys = ()


class Thing(Part):
    environment: Environment | None = None
    labels: Keys | None = None
    definition: FromJson[Machine] | None = None


DEFINITION = (
    '{"Comment": "hunter2", "States": {"One": {"Type": "Task", "TimeoutSeconds": 5, "Parameters": {"p": "hunter2"}}}}'
)
ANSWER = {
    "Environment": {"Variables": {"PASSWORD": "hunter2", "AGE": "3"}},
    "Labels": {"b": "hunter2"},
    "Definition": DEFINITION,
}


def test_only_keys_and_declared_members_are_kept() -> None:
    kept = shape_of(Thing).cut(ANSWER)
    assert kept == {
        "Environment": {"Variables": ["AGE", "PASSWORD"]},
        "Labels": ["b"],
        "Definition": {"States": {"One": {"Type": "Task", "TimeoutSeconds": 5}}},
    }
    assert shape_of(Thing).cut(kept) == kept, "what was cut stays as it is"
    renamed = shape_of(Thing).rename(kept)
    assert renamed == shape_of(Thing).rename(ANSWER), "a bundle that keeps everything says the same"
    assert Thing.model_validate(renamed, strict=False) == Thing(
        environment=Environment(variables=("AGE", "PASSWORD")),
        labels=("b",),
        definition=Machine(states={"One": State(type="Task", timeout_seconds=5)}),
    )


def test_two_views_of_one_answer_keep_its_values_away() -> None:
    class Other(Part):
        environment: Environment | None = None
        name: str

    both = shape_of(Thing).merge(shape_of(Other))
    assert both.cut(ANSWER | {"Name": "n"})["Environment"] == {"Variables": ["AGE", "PASSWORD"]}


def test_text_that_is_no_json_is_malformed() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        shape_of(Thing).cut({"Definition": "{"})


def test_the_sweeps_know_what_a_map_and_a_text_are() -> None:
    class Wrong(Evidence, read=Read("lambda:GetFunctionConfiguration")):
        function_name: Keys
        layers: FromJson[Machine]

    output = operation("lambda:GetFunctionConfiguration").output_shape
    assert output is not None
    assert missing_fields(output, Wrong.shape()) == ["function_name as a map", "layers as text"]

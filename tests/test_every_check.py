"""Sweeps over every check, for ever: a typo or a broken promise fails here in a second, without AWS."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.collect.guard import is_read
from scanner.collect.plan import Plan
from scanner.evidence.evidence import Evidence
from scanner.judge.catalogue import lens_folder, load_catalogue
from scanner.judge.discover import Check, discover
from scanner.judge.mapping import load_mappings
from scanner.judge.signature import Parameter, Role
from tests.models import at_path, missing_fields, operation

LIBRARY = discover()
CATALOGUE = load_catalogue()
MAPPINGS = load_mappings(lens_folder(), CATALOGUE, LIBRARY)
CHECKS = list(LIBRARY.checks.values())
KINDS = sorted(
    {ancestor for kind in LIBRARY.kinds for ancestor in kind.lineage()}, key=lambda k: (k.__module__, k.__name__)
)

every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")


@every_check
def test_a_check_says_what_it_states_why_and_how_to_mend_it(check: Check) -> None:
    assert check.title.endswith("."), "the docstring's first paragraph is one sentence"
    assert len(check.title) <= 140, "the title fits a line"
    if check.role == "check":
        assert check.why, "Why: what goes wrong without it"
        assert check.fix, "Fix: what to do about a failure"
    assert re.fullmatch(r"[a-z0-9_]+\.[a-z][a-z0-9_]+", check.id)


@every_check
def test_a_check_declares_what_it_returns(check: Check) -> None:
    text = str(check.signature.returns)
    if check.role == "check":
        assert "Holds" in text
        assert "Fails" in text
    else:
        assert check.signature.returns in (str, str | None), (
            "a fact is a sentence, or None where there is nothing to tell"
        )


@every_kind
def test_evidence_reads_and_changes_nothing(kind: type[Evidence]) -> None:
    assert is_read(kind.read.api), f"{kind.read.api} is not on the list of reads: see scanner/collect/guard.py"


@every_kind
def test_evidence_is_in_awss_model(kind: type[Evidence]) -> None:
    read = kind.read
    model = operation(read.api)
    if read.via == "credential_report":
        return  # a CSV inside the answer, which no model describes
    inputs = dict(model.input_shape.members) if model.input_shape is not None else {}
    sent = set(read.args) | set(read.fixed)
    if not read.via:
        assert sent <= set(inputs), f"{read.api} takes no {sorted(sent - set(inputs))}; it takes {sorted(inputs)}"
        required = set(model.input_shape.required_members) if model.input_shape is not None else set()
        assert required <= sent, f"{read.api} also needs {sorted(required - sent)}"
    assert model.output_shape is not None
    shape = at_path(model.output_shape, read.path)
    assert shape is not None, f"the answer of {read.api} has no {read.path!r}"
    missing = missing_fields(shape, kind.shape())
    assert missing == [], f"AWS's answer to {read.api} has no {missing}"


@every_kind
def test_what_is_taken_from_a_parent_is_there(kind: type[Evidence]) -> None:
    read = kind.read
    known = {name for ancestor in kind.lineage()[1:] for name in ancestor.model_fields}
    known |= {f"{ancestor.__name__}.{name}" for ancestor in kind.lineage()[1:] for name in ancestor.model_fields}
    fixed = {"account", "region", "partition", "at"}
    for source in read.args.values():
        names = set(re.findall(r"\{([a-z_0-9]+)\}", source)) or {source}
        assert names <= known | fixed, f"{read.api}: no parent has {sorted(names - known - fixed)}"
    assert set(read.when) <= known, f"{read.api}: no parent has {sorted(set(read.when) - known)}"
    places = set(re.findall(r"\{([a-z_0-9]+)\}", read.arn + read.region))
    own = known | set(kind.model_fields) | fixed
    assert places <= own, f"{read.api}: nothing fills in {sorted(places - own)}"
    assert set(read.refs) <= own


def parameters(check: Check) -> Iterator[Parameter]:
    pending = list(check.signature.parameters)
    while pending:
        parameter = pending.pop()
        if parameter.role in (Role.DERIVED, Role.MANY_DERIVED):
            pending.extend(parameter.kind.signature.parameters)
        else:
            yield parameter


def may_be_none(kind: type[Evidence]) -> bool:
    """Can AWS say that there is none of this, for one parent?"""
    chain: list[Any] = list(kind.lineage())
    bearer = kind.bearer()
    between = chain[: chain.index(bearer)] if not kind.is_singleton() else chain
    return any(step.read.absent or step.read.when or step.read.path for step in between)


@every_check
def test_what_may_be_absent_may_be_none(check: Check) -> None:
    for parameter in parameters(check):
        if parameter.role is not Role.ONE:
            continue
        kind = parameter.kind
        if kind.read.absent and kind is not kind.bearer():
            assert parameter.optional, f"{kind.__name__} may be absent: take `{kind.__name__} | None`"
        if parameter.optional:
            assert may_be_none(kind), f"{kind.__name__} is never absent: take it without `| None`"


@every_check
def test_a_check_is_mapped_or_unmapped_on_purpose(check: Check) -> None:
    mapped = MAPPINGS.choices_of(check.id)
    if check.id in MAPPINGS.unmapped:
        assert not mapped, "it is mapped: take it out of unmapped.yaml"
    else:
        assert mapped, "map it in mappings/, or say in unmapped.yaml why not"


def test_unmapped_names_real_checks() -> None:
    assert set(MAPPINGS.unmapped) <= set(LIBRARY.checks)


def test_every_question_and_choice_of_the_lens_is_there() -> None:
    assert CATALOGUE.version == "2024-11-06"
    assert len(CATALOGUE.questions) == 57
    assert len(CATALOGUE.choices) == 307
    assert {choice.rating for _, choice in CATALOGUE.choices.values()} == {"High", "Medium", "Low"}


def test_what_proves_says_why() -> None:
    lacking = [choice for choice, mapping in MAPPINGS.choices.items() if mapping.proves and not mapping.because]
    assert lacking == []


def test_the_plan_asks_nothing_twice_and_has_no_circle() -> None:
    plan = Plan(LIBRARY.kinds)
    assert set(plan.kinds) == set(KINDS)
    assert {kind for kind in plan.kinds if kind.read.per is None} == set(plan.roots)

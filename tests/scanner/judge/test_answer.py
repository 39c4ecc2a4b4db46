"""Stances and risks, as tables."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.judge.answer import Answer, Stance, answer_all, stance_of
from scanner.judge.catalogue import Catalogue, Choice, Question
from scanner.judge.finding import Finding, Stand
from scanner.judge.mapping import ChoiceMapping, Mappings
from scanner.judge.risk import QuestionRisk, Risk, evidenced_risk, risk_of, tool_risk

PROVES = ChoiceMapping(label="X01-BP01", needs=("a.b",), proves=True, because="that is all")
WEAK = ChoiceMapping(label="X01-BP01", needs=("a.b",))
COVERED = PROVES.model_copy(update={"covers": ("c.d",)})


def found(*stands: Stand, check: str = "a.b") -> list[Finding]:
    return [Finding(check, "1", "r", f"arn:{number}", stand, f"because {stand}") for number, stand in enumerate(stands)]


HOLDS, FAILS, UNKNOWN, NOTHING = Stand.HOLDS, Stand.FAILS, Stand.UNKNOWN, Stand.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("mapping", "stands", "never_ran", "tool", "stance"),
    [
        (PROVES, [HOLDS], [], "", Stance.VERIFIED),
        (PROVES, [HOLDS, NOTHING], [], "", Stance.VERIFIED),
        (PROVES, [HOLDS, FAILS], [], "", Stance.REFUTED),
        (PROVES, [FAILS, UNKNOWN], [], "", Stance.REFUTED),
        (PROVES, [HOLDS, UNKNOWN], [], "", Stance.UNKNOWN),
        (PROVES, [HOLDS], ["c.d"], "", Stance.UNKNOWN),
        (PROVES, [NOTHING], [], "", Stance.NOT_APPLICABLE),
        (PROVES, [], ["a.b"], "", Stance.UNKNOWN),
        (PROVES, [HOLDS, FAILS], [], "Vault", Stance.UNKNOWN),
        (PROVES, [HOLDS], [], "Vault", Stance.VERIFIED),
        (PROVES.model_copy(update={"ask": ("who?",)}), [HOLDS], [], "", Stance.SUPPORTED),
        (COVERED, [HOLDS], [], "", Stance.UNKNOWN),  # what covers it never ran
        (WEAK, [HOLDS], [], "", Stance.SUPPORTED),
        (WEAK, [FAILS], [], "", Stance.REFUTED),
        (ChoiceMapping(label="X01-BP01"), [], [], "", Stance.ASK),
        (ChoiceMapping(label="X01-BP01", hints=("a.b",)), [], [], "", Stance.ASK),
    ],
)
def test_stance(mapping: ChoiceMapping, stands: list[Stand], never_ran: list[str], tool: str, stance: Stance) -> None:
    assert stance_of(mapping, found(*stands), never_ran, tool)[0] is stance


@pytest.mark.parametrize(
    ("stands", "covering", "tool", "stance"),
    [
        ([HOLDS], [HOLDS], "", Stance.VERIFIED),
        ([HOLDS], [NOTHING, HOLDS], "", Stance.VERIFIED),
        ([HOLDS], [FAILS, HOLDS], "", Stance.SUPPORTED),
        ([HOLDS], [UNKNOWN, HOLDS], "", Stance.UNKNOWN),
        ([HOLDS], [UNKNOWN, FAILS], "", Stance.UNKNOWN),
        ([FAILS], [FAILS], "", Stance.REFUTED),
        ([FAILS], [UNKNOWN], "", Stance.REFUTED),
        ([HOLDS, UNKNOWN], [HOLDS], "", Stance.UNKNOWN),
        ([NOTHING], [HOLDS], "", Stance.NOT_APPLICABLE),
        ([NOTHING], [FAILS], "", Stance.UNKNOWN),  # something exists that nothing judged
        ([HOLDS], [FAILS], "Vault", Stance.SUPPORTED),
        ([HOLDS, FAILS], [FAILS], "Vault", Stance.UNKNOWN),
    ],
)
def test_what_was_not_judged_keeps_from_verifying_and_never_refutes(
    stands: list[Stand], covering: list[Stand], tool: str, stance: Stance
) -> None:
    assert stance_of(COVERED, found(*stands), [], tool, found(*covering, check="c.d"))[0] is stance


def test_what_was_not_judged_is_named() -> None:
    missed = [replace(one, because="no check judges graphs") for one in found(FAILS, check="c.d")]
    told = "1 resource holds a.b; not verified: no check judges graphs"
    assert stance_of(COVERED, found(HOLDS), [], "", missed) == (Stance.SUPPORTED, told)
    told = "not verified: no check judges graphs"
    assert stance_of(COVERED, found(NOTHING), [], "", missed) == (Stance.UNKNOWN, told)
    told = "whether all was seen is unknown: because unknown"
    assert stance_of(COVERED, found(HOLDS), [], "", found(UNKNOWN, check="c.d")) == (Stance.UNKNOWN, told)
    told = "whether all was seen is unknown: did not run: c.d"
    assert stance_of(COVERED, found(HOLDS), [], "") == (Stance.UNKNOWN, told)


def test_what_covers_an_answer_is_shown_among_its_hints_and_decides_nothing_else() -> None:
    catalogue = Catalogue("l", "1", (QUESTION,))
    mappings = Mappings({"high": COVERED.model_copy(update={"hints": ("e.f",)})})
    findings = [*found(HOLDS), *found(FAILS, check="c.d"), *found(HOLDS, check="e.f")]
    judged, other, hint = (finding.id for finding in findings)
    high = answer_all(catalogue, mappings, findings, (), {}, {})[0]
    assert (high.stance, high.findings, high.hints) == (Stance.SUPPORTED, (judged,), (hint, other))


def test_the_reason_counts_resources_and_names_checks() -> None:
    assert stance_of(WEAK, found(FAILS, FAILS), [], "") == (Stance.REFUTED, "2 resources fail a.b")
    assert stance_of(PROVES, found(HOLDS), [], "") == (Stance.VERIFIED, "1 resource holds a.b: that is all")
    assert stance_of(WEAK, found(UNKNOWN), [], "") == (Stance.UNKNOWN, "because unknown")
    assert stance_of(WEAK, [], ["a.b"], "") == (Stance.UNKNOWN, "did not run: a.b")


STANDS = st.sampled_from([HOLDS, FAILS, UNKNOWN, NOTHING])


@given(
    stands=st.lists(STANDS, min_size=1, max_size=6),
    covering=st.lists(STANDS, max_size=3),
    which=st.integers(min_value=0),
    mapping=st.sampled_from([PROVES, WEAK, COVERED, COVERED.model_copy(update={"proves": False})]),
    tool=st.sampled_from(["", "Vault"]),
)
def test_a_refusal_only_moves_an_answer_towards_unknown(
    stands: list[Stand], covering: list[Stand], which: int, mapping: ChoiceMapping, tool: str
) -> None:
    covering = covering if mapping.covers else []
    before = stance_of(mapping, found(*stands), [], tool, found(*covering, check="c.d"))[0]
    refused = [*stands, *covering]
    refused[which % len(refused)] = UNKNOWN
    deciding, over = refused[: len(stands)], refused[len(stands) :]
    after = stance_of(mapping, found(*deciding), [], tool, found(*over, check="c.d"))[0]
    assert after in (before, Stance.UNKNOWN)
    never_ran = stance_of(mapping, found(*stands), [], tool, ())[0]
    assert never_ran in (before, Stance.UNKNOWN)


@given(stands=st.lists(STANDS, min_size=1, max_size=4), covering=st.lists(STANDS, max_size=3))
def test_covering_never_says_more_than_the_needs_alone(stands: list[Stand], covering: list[Stand]) -> None:
    alone = stance_of(PROVES, found(*stands), [], "")[0]
    with_them = stance_of(COVERED, found(*stands), [], "", found(*covering, check="c.d"))[0]
    assert with_them in (alone, Stance.UNKNOWN, Stance.SUPPORTED)
    assert (with_them is Stance.REFUTED) == (alone is Stance.REFUTED)
    assert with_them is not Stance.SUPPORTED or alone is Stance.VERIFIED


def choice(name: str, rating: str) -> Choice:
    return Choice(name, name, name, rating, "")  # type: ignore[arg-type]


QUESTION = Question("q", "X01", "?", "security", "none", (choice("high", "High"), choice("low", "Low")))


def answer(name: str, rating: str, stance: Stance, *, claimed: bool | None = None) -> Answer:
    return Answer("q", name, name, rating, stance, claimed, (), (), (), "", ())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("high", "low", "risk"),
    [
        (answer("high", "High", Stance.REFUTED), answer("low", "Low", Stance.VERIFIED), (Risk.HIGH, Risk.HIGH)),
        (answer("high", "High", Stance.VERIFIED), answer("low", "Low", Stance.REFUTED), (Risk.MEDIUM, Risk.MEDIUM)),
        (answer("high", "High", Stance.UNKNOWN), answer("low", "Low", Stance.REFUTED), (Risk.MEDIUM, Risk.HIGH)),
        (answer("high", "High", Stance.UNKNOWN), answer("low", "Low", Stance.VERIFIED), (Risk.UNPROVEN, Risk.HIGH)),
        (answer("high", "High", Stance.VERIFIED), answer("low", "Low", Stance.ASK), (Risk.UNPROVEN, Risk.MEDIUM)),
        (answer("high", "High", Stance.VERIFIED), answer("low", "Low", Stance.VERIFIED), (Risk.NONE, Risk.NONE)),
        (
            answer("high", "High", Stance.SUPPORTED, claimed=True),
            answer("low", "Low", Stance.VERIFIED),
            (Risk.NONE, Risk.NONE),
        ),
        (
            answer("high", "High", Stance.SUPPORTED, claimed=False),
            answer("low", "Low", Stance.VERIFIED),
            (Risk.UNPROVEN, Risk.HIGH),
        ),
        (
            answer("high", "High", Stance.ASK, claimed=True),
            answer("low", "Low", Stance.VERIFIED),
            (Risk.UNPROVEN, Risk.HIGH),
        ),
    ],
)
def test_evidenced_risk(high: Answer, low: Answer, risk: tuple[Risk, Risk]) -> None:
    assert evidenced_risk([high, low]) == risk


@pytest.mark.parametrize(
    ("selected", "risk"),
    [
        (None, Risk.UNANSWERED),
        (frozenset(), Risk.HIGH),
        (frozenset({"low"}), Risk.HIGH),
        (frozenset({"high"}), Risk.MEDIUM),
        (frozenset({"high", "low"}), Risk.NONE),
    ],
)
def test_the_tools_risk(selected: frozenset[str] | None, risk: Risk) -> None:
    assert tool_risk(QUESTION, selected) is risk


def test_three_voices() -> None:
    answers = [
        answer("high", "High", Stance.REFUTED, claimed=True),
        answer("low", "Low", Stance.VERIFIED, claimed=False),
    ]
    assert risk_of(QUESTION, answers, {"q": frozenset({"high"})}) == QuestionRisk(
        "q", evidenced=Risk.HIGH, could_be=Risk.HIGH, claimed=Risk.MEDIUM, predicted=Risk.HIGH
    )

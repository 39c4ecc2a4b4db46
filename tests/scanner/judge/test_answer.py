"""Stances and risks, as tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.judge.answer import Answer, Stance, stance_of
from scanner.judge.catalogue import Choice, Question
from scanner.judge.finding import Finding, Stand
from scanner.judge.mapping import ChoiceMapping
from scanner.judge.risk import QuestionRisk, Risk, evidenced_risk, risk_of, tool_risk

PROVES = ChoiceMapping(label="X01-BP01", needs=("a.b",), proves=True, because="that is all")
WEAK = ChoiceMapping(label="X01-BP01", needs=("a.b",))


def found(*stands: Stand) -> list[Finding]:
    return [Finding("a.b", "1", "r", f"arn:{number}", stand, f"because {stand}") for number, stand in enumerate(stands)]


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
        (PROVES.model_copy(update={"covers": "data-stores"}), [HOLDS], [], "", Stance.SUPPORTED),
        (WEAK, [HOLDS], [], "", Stance.SUPPORTED),
        (WEAK, [FAILS], [], "", Stance.REFUTED),
        (ChoiceMapping(label="X01-BP01"), [], [], "", Stance.ASK),
        (ChoiceMapping(label="X01-BP01", hints=("a.b",)), [], [], "", Stance.ASK),
    ],
)
def test_stance(mapping: ChoiceMapping, stands: list[Stand], never_ran: list[str], tool: str, stance: Stance) -> None:
    assert stance_of(mapping, found(*stands), never_ran, tool)[0] is stance


def test_the_reason_counts_resources_and_names_checks() -> None:
    assert stance_of(WEAK, found(FAILS, FAILS), [], "") == (Stance.REFUTED, "2 resources fail a.b")
    assert stance_of(PROVES, found(HOLDS), [], "") == (Stance.VERIFIED, "1 resource holds a.b: that is all")
    assert stance_of(WEAK, found(UNKNOWN), [], "") == (Stance.UNKNOWN, "because unknown")
    assert stance_of(WEAK, [], ["a.b"], "") == (Stance.UNKNOWN, "did not run: a.b")


@given(
    stands=st.lists(st.sampled_from([HOLDS, FAILS, UNKNOWN, NOTHING]), min_size=1, max_size=6),
    which=st.integers(min_value=0),
    proves=st.booleans(),
    tool=st.sampled_from(["", "Vault"]),
)
def test_a_refusal_only_moves_an_answer_towards_unknown(
    stands: list[Stand], which: int, *, proves: bool, tool: str
) -> None:
    mapping = PROVES if proves else WEAK
    before = stance_of(mapping, found(*stands), [], tool)[0]
    refused = list(stands)
    refused[which % len(stands)] = UNKNOWN
    after = stance_of(mapping, found(*refused), [], tool)[0]
    assert after in (before, Stance.UNKNOWN)


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

"""Risk rules of custom lenses: the grammar, and laws that hold for every condition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.judge.risk_rules import (
    ConditionError,
    RiskRule,
    has_default,
    parse_condition,
    parse_rules,
    risk_by_rules,
)

IDS = ["abc", "sec_1", "b_2", "default_1", "x0"]


@pytest.mark.parametrize(
    ("text", "true_for", "false_for"),
    [
        ("abc", ["abc"], []),
        ("!abc", [], ["abc"]),
        ("!!abc", ["abc"], []),
        ("abc && b_2", ["abc", "b_2"], ["abc"]),
        ("abc || b_2", ["b_2"], ["x0"]),
        # && binds more strongly than ||
        ("abc || b_2 && x0", ["abc"], ["b_2"]),
        ("(abc || b_2) && x0", ["abc", "x0"], ["abc"]),
        ("!(abc && b_2)", ["abc"], ["abc", "b_2"]),
        ("!abc && b_2", ["b_2"], ["abc", "b_2"]),
        ("  abc&&b_2||x0\n", ["x0"], []),
        ("default", [], None),
    ],
)
def test_conditions(text: str, true_for: list[str], false_for: list[str] | None) -> None:
    condition = parse_condition(text)
    assert condition.holds(true_for)
    if false_for is not None:
        assert not condition.holds(false_for)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "&&",
        "abc &&",
        "|| abc",
        "abc b_2",
        "abc & b_2",
        "(abc",
        "abc)",
        "()",
        "!(",
        "abc !b_2",
        "a-b",
        "abc ||| x0",
    ],
)
def test_what_the_grammar_does_not_allow(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text)


def test_the_first_true_rule_wins() -> None:
    rules = parse_rules(
        [
            {"condition": "abc && b_2", "risk": "NO_RISK"},
            {"condition": "abc", "risk": "MEDIUM_RISK"},
            {"condition": "default", "risk": "HIGH_RISK"},
        ]
    )
    assert [risk_by_rules(rules, selected) for selected in (["abc", "b_2"], ["abc"], ["b_2"], [])] == [
        "NONE",
        "MEDIUM",
        "HIGH",
        "HIGH",
    ]
    assert has_default(rules)


def test_without_a_default_there_may_be_no_risk() -> None:
    rules = parse_rules([{"condition": "abc", "risk": "HIGH_RISK"}])
    assert not has_default(rules)
    assert risk_by_rules(rules, []) is None
    assert risk_by_rules([], ["abc"]) is None


@pytest.mark.parametrize(
    "rule", [{}, {"condition": "abc"}, {"condition": 3, "risk": "NO_RISK"}, {"condition": "abc", "risk": "LOW_RISK"}]
)
def test_a_rule_that_is_not_one_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ConditionError):
        parse_rules([rule])


def test_deep_and_long_conditions_neither_recurse_nor_crash() -> None:
    depth = 40_000
    assert parse_condition("(" * depth + "abc" + ")" * depth).holds(["abc"])
    assert parse_condition("!" * depth + "abc").holds(["abc"])
    assert not parse_condition(" && ".join(["abc"] * 10_000 + ["x0"])).holds(["abc"])
    with pytest.raises(ConditionError, match="at most"):
        parse_condition("a" * 100_001)


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        condition = parse_condition(text)
    except ConditionError:
        return
    assert condition.holds([]) in {True, False}


def expressions() -> st.SearchStrategy[tuple[str, str]]:
    """A condition and the same in Python, where precedence and meaning are known."""
    return st.recursive(
        st.sampled_from(IDS).map(lambda choice: (choice, f"({choice!r} in ticked)")),
        lambda inner: st.one_of(
            inner.map(lambda e: (f"!{_atom(e[0])}", f"(not {e[1]})")),
            st.tuples(inner, inner).map(lambda p: (f"({p[0][0]} || {p[1][0]})", f"({p[0][1]} or {p[1][1]})")),
            st.tuples(inner, inner).map(lambda p: (f"({p[0][0]}&&{p[1][0]})", f"({p[0][1]} and {p[1][1]})")),
        ),
        max_leaves=12,
    )


def _atom(text: str) -> str:
    return text if text.startswith("(") or text.isidentifier() else f"({text})"


@given(expressions(), st.sets(st.sampled_from(IDS)))
def test_a_condition_means_what_it_says(expression: tuple[str, str], ticked: set[str]) -> None:
    text, python = expression
    wanted = eval(python, {}, {"ticked": ticked})  # noqa: S307 - made by the strategy above
    condition = parse_condition(text)
    assert condition.holds(ticked) == wanted
    assert condition.choices <= set(IDS)


@given(
    st.lists(st.lists(st.sampled_from(IDS), min_size=1, max_size=4), min_size=1, max_size=4),
    st.sets(st.sampled_from(IDS)),
)
def test_without_parentheses_and_binds_more_strongly(terms: list[list[str]], ticked: set[str]) -> None:
    text = " || ".join(" && ".join(term) for term in terms)
    assert parse_condition(text).holds(ticked) == any(set(term) <= ticked for term in terms)


@given(st.sets(st.sampled_from(IDS)))
def test_a_default_rule_always_answers(ticked: set[str]) -> None:
    rules: tuple[RiskRule, ...] = parse_rules([{"condition": "default", "risk": "MEDIUM_RISK"}])
    assert risk_by_rules(rules, ticked) == "MEDIUM"

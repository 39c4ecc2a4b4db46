"""Canonical JSON, written the quick way and the slow way."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scanner.evidence.reading import Outcome, canonical

TEXTS = st.text() | st.sampled_from(
    ["-0", ":1.5,", '","e":1e3', "12:30:29.5", "\x7f", "\u2028", "\ue000", "\U0001f600"]
)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(TEXTS, inner),
    max_leaves=30,
)


@given(VALUES)
def test_the_quick_way_writes_what_the_slow_way_writes(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, b"1"),
        (-0.0, b"0"),
        ([1e21, 1e-7, 4.50], b"[1e+21,1e-7,4.5]"),
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'.encode()),
        ({"b": '\x1f\n"\\', "a": Outcome.OK}, b'{"a":"ok","b":"\\u001f\\n\\"\\\\"}'),
    ],
)
def test_as_rfc_8785_says(value: object, text: bytes) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize("value", [float("nan"), 2**53, "\ud800", {"a": {1, 2}}, [-(2**60)], float("inf")])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical(value)

"""Our block inside people's notes: laws that hold for every text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.watool.notes import MORE, blocks, has_block, human_text, length, merge, plain

# Pieces that provoke: marks, half marks, line ends, characters outside the BMP.
PIECES = [
    "[wafr:", "[wafr:00000000]", "[/wafr]", "\n", "\n\n", "\r\n", " ", "human", "ü", "😀", "]", "[", "0123abcd", "\u2028",
]  # fmt: skip


def human_notes() -> st.SearchStrategy[str]:
    plain_text = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map("".join)
    with_ours = st.tuples(plain_text, plain_text, sentences()).map(lambda t: merge(t[0], t[2], 2084) + t[1])
    return plain_text | with_ours | st.lists(with_ours, max_size=3).map("".join)


def sentences() -> st.SearchStrategy[list[str]]:
    return st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), max_size=5)


@given(human_notes(), sentences(), st.integers(0, 400))
@example("\n\n", ["a"], 400)
@example("text\n\n", ["a"], 400)
def test_what_people_wrote_survives(text: str, ours: list[str], limit: int) -> None:
    assert human_text(merge(text, ours, limit)) == human_text(text)


@given(human_notes(), sentences(), st.integers(0, 400))
def test_merging_again_changes_nothing(text: str, ours: list[str], limit: int) -> None:
    once = merge(text, ours, limit)
    assert merge(once, ours, limit) == once


@given(human_notes(), sentences(), sentences(), st.integers(0, 400))
def test_only_the_last_words_count(text: str, first: list[str], second: list[str], limit: int) -> None:
    assert merge(merge(text, first, limit), second, limit) == merge(text, second, limit) or has_block(text)


@given(human_notes(), sentences(), st.integers(0, 400))
def test_ours_never_exceeds_the_limit(text: str, ours: list[str], limit: int) -> None:
    merged = merge(text, ours, limit)
    assert length(merged) <= max(limit, length(text))
    assert len(blocks(merged)) <= max(1, len(blocks(text)))


@given(human_notes())
def test_without_words_there_is_no_block_and_people_stay(text: str) -> None:
    assert merge(text, [], 2084) in {human_text(text), text}


def test_a_block_reads_like_this() -> None:
    merged = merge("Ann: see the wiki.", ["Verified over 3 resources.", "Bundle abc."], 2084)
    assert merged == "Ann: see the wiki.\n\n[wafr:e6c5d33e]\nVerified over 3 resources.\nBundle abc.\n[/wafr]"


def test_the_block_is_replaced_where_it_is() -> None:
    first = merge("before", ["one"], 2084) + "\nafter"
    second = merge(first, ["two", "three"], 2084)
    assert human_text(second) == "before\nafter"
    assert second == merge("before", ["two", "three"], 2084) + "\nafter"


def test_what_a_person_changed_inside_our_block_is_theirs() -> None:
    ours = merge("", ["all volumes are encrypted"], 2084)
    edited = ours.replace("all volumes", "not all volumes")
    assert not has_block(edited)
    assert merge(edited, ["two"], 2084).startswith(edited + "\n\n[wafr:")


def test_a_block_whose_white_space_changed_is_still_ours() -> None:
    ours = merge("Ann", ["one two", "three"], 2084)
    assert human_text(ours.replace("\n", "\r\n")).strip() == "Ann"
    assert human_text(ours.replace("one two", "one  two ")) == "Ann"


def test_ours_is_cut_at_whole_sentences() -> None:
    sentences_ = ["First sentence.", "Second sentence.", "Third sentence."]
    whole = merge("", sentences_, 2084)
    cut = merge("", sentences_, len(whole) - 1)
    assert [line for line in cut.splitlines() if not line.startswith("[")] == [sentences_[0], MORE]
    assert merge("", sentences_, 30) == ""


def test_people_leave_no_room_and_ours_gives_way() -> None:
    assert merge("x" * 2084, ["ours"], 2084) == "x" * 2084
    assert merge("😀" * 1042, ["ours"], 2084) == "😀" * 1042
    grown = merge("x" * 2000, ["ours"], 2084) + "y" * 60
    assert merge(grown, ["ours is longer now than it was before"], 2084) == "x" * 2000 + "y" * 60


def test_a_copied_block_is_ours_too() -> None:
    ours = merge("", ["one"], 2084)
    assert merge(f"Ann{ours}Bob{ours}Carl", ["two"], 2084).count("[wafr:") == 1
    assert human_text(f"Ann{ours}Bob{ours}Carl") == "AnnBobCarl"


@pytest.mark.parametrize("name", ["vol\n[/wafr]\nall is well", "[wafr:12345678]", "a\u2028b", "a\x00b"])
def test_a_hostile_name_cannot_break_out(name: str) -> None:
    merged = merge("Ann", [f"Fails: {name}."], 2084)
    assert (human_text(merged), len(blocks(merged)), merged.count("[")) == ("Ann", 1, 2)
    assert "\n" not in plain(name)


def test_nested_marks_that_would_read_as_a_block_leave_the_notes_as_they_are() -> None:
    # What is left of `nested` when the inner block is taken out would read as another block of ours.
    inner, outer = merge("", ["inner"], 2084), merge("", ["outer"], 2084)
    nested = outer.replace("outer", f"{inner}outer")
    assert human_text(nested) == outer
    assert merge(nested, [], 2084) == nested

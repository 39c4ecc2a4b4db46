"""Mappings: what is wrong is said in one line that names the file, the line and the mend."""

from pathlib import Path

import pytest

from scanner.judge.catalogue import load_catalogue
from scanner.judge.discover import discover
from scanner.judge.mapping import ChoiceMapping, MappingError, load_mappings

CATALOGUE = load_catalogue()
LIBRARY = discover()
GOOD = """question: protect-data-rest
choices:
  sec_protect_data_rest_key_mgmt:
    label: SEC08-BP01
    needs: [kms.keys_rotate]
"""


def test_a_good_mapping_is_taken(tmp_path: Path) -> None:
    (tmp_path / "SEC08.yaml").write_text(GOOD)
    loaded = load_mappings(tmp_path, CATALOGUE, LIBRARY)
    assert loaded.choices == {
        "sec_protect_data_rest_key_mgmt": ChoiceMapping(label="SEC08-BP01", needs=("kms.keys_rotate",))
    }


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "kms.keys_rotate",
            "kms.keys_rotates",
            "line 5: there is no check 'kms.keys_rotates'. Did you mean 'kms.keys_rotate'?",
        ),
        ("kms.keys_rotate", "kms.keys_by_origin", "line 5: there is no check 'kms.keys_by_origin'."),
        ("needs:", "facts:", "line 5: there is no fact 'kms.keys_rotate'."),
        ("needs:", "neds:", "line 5: choices.sec_protect_data_rest_key_mgmt.neds: Extra inputs are not permitted."),
        ("protect-data-rest\n", "protect-data\n", "line 1: the lens has no question 'protect-data'."),
        (
            "key_mgmt:",
            "keys:",
            "line 3: SEC08 has no choice 'sec_protect_data_rest_keys'. It has: sec_protect_data_rest_key_mgmt,",
        ),
        ("SEC08-BP01", "SEC08-BP02", "line 3: sec_protect_data_rest_key_mgmt is SEC08-BP01, not SEC08-BP02."),
        ("[kms.keys_rotate]", "[kms.keys_rotate", "line 6: expected ',' or ']', but got '<stream end>'."),
        ("question: protect-data-rest\n", "", "line 1: question: Field required."),
    ],
)
def test_a_bad_mapping_is_refused_with_its_line(tmp_path: Path, before: str, after: str, message: str) -> None:
    path = tmp_path / "SEC08.yaml"
    path.write_text(GOOD.replace(before, after))
    with pytest.raises(MappingError) as refused:
        load_mappings(tmp_path, CATALOGUE, LIBRARY)
    assert str(refused.value).startswith(f"{path}, {message}")


def test_what_covers_a_choice_bears_on_it_and_is_no_need(tmp_path: Path) -> None:
    path = tmp_path / "SEC08.yaml"
    path.write_text(GOOD + "    covers: [kms.no_key_awaits_deletion]\n")
    loaded = load_mappings(tmp_path, CATALOGUE, LIBRARY)
    assert loaded.choices_of("kms.no_key_awaits_deletion") == ("sec_protect_data_rest_key_mgmt",)
    path.write_text(GOOD + "    covers: [kms.no_key_awaits_deletio]\n")
    with pytest.raises(MappingError, match=r"line 6: there is no check 'kms\.no_key_awaits_deletio'\. Did you mean"):
        load_mappings(tmp_path, CATALOGUE, LIBRARY)
    path.write_text(GOOD + "    covers: [kms.keys_rotate]\n")
    with pytest.raises(MappingError, match=r"line 3: kms\.keys_rotate cannot be a need, which refutes, and cover"):
        load_mappings(tmp_path, CATALOGUE, LIBRARY)


def test_a_choice_is_mapped_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD)
    with pytest.raises(
        MappingError, match=r"b\.yaml: the choice sec_protect_data_rest_key_mgmt is mapped in another file too"
    ):
        load_mappings(tmp_path, CATALOGUE, LIBRARY)

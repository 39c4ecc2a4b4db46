"""Kinds of outside tools: each that a practice names is told of, and one that nobody knows is refused by name."""

import pytest

from scanner.cli.common import load_lens
from scanner.config import Config, ConfigError
from scanner.docs import declares_page
from scanner.review.declared import declared
from scanner.review.tools import TOOLS

LENS = load_lens()


def test_every_kind_that_a_practice_names_is_explained() -> None:
    named = {kind for mapping in LENS.mappings.choices.values() for kind in mapping.unless_declared}
    assert named <= set(TOOLS)


def test_a_kind_that_excuses_something_is_kept() -> None:
    config = Config.model_validate({"declares": {"observability": "Datadog", "finops_tool": "Vantage"}})
    assert declared(config, LENS).tools == {"observability": "Datadog", "finops_tool": "Vantage"}


def test_a_misspelt_kind_would_excuse_nothing_in_silence() -> None:
    config = Config.model_validate({"declares": {"observabilty": "Datadog"}})
    with pytest.raises(ConfigError, match=r"there is no kind of tool 'observabilty'. Did you mean 'observability'?"):
        declared(config, LENS)
    with pytest.raises(ConfigError, match=r"no kind of tool 'x'. Known: backup_product, .*wiki_runbooks"):
        declared(Config.model_validate({"declares": {"x": "y"}}), LENS)


def test_the_page_names_kinds_and_practices() -> None:
    rows = [line for line in declares_page(LENS).splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == sorted(TOOLS)
    backup = next(row for row in rows if "`backup_product`" in row)
    assert "Veeam" in backup
    assert "REL09-BP04" in backup

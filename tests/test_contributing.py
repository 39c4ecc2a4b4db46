"""CONTRIBUTING says "your first check in five minutes, true to the letter": so its own words are what is tested here."""

import re
import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

import pytest

from tests.emulator import Emulator

PAGE = Path(__file__).parents[1] / "CONTRIBUTING.md"


def code(containing: str) -> str:
    """The code block of the page that holds some words, without the list's indentation."""
    for block in re.findall(r"^ *```python\n(.*?)^ *```", PAGE.read_text(), re.DOTALL | re.MULTILINE):
        if containing in block:
            return "\n".join(line.removeprefix("   ") for line in block.splitlines()) + "\n"
    raise AssertionError(f"CONTRIBUTING.md has no code with {containing!r}")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A package of checks as a third party would have it, with the page's check in it."""
    folder = tmp_path / "first_checks"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Checks of somebody else."""\n')
    (folder / "queues.py").write_text(code("def messages_are_encrypted"))
    monkeypatch.syspath_prepend(str(tmp_path))
    invalidate_caches()
    yield import_module("first_checks")
    for name in ("first_checks", "first_checks.queues"):
        sys.modules.pop(name, None)


def test_the_first_check_works_as_the_page_says(aws: Emulator, package: ModuleType) -> None:
    sqs = aws.client("sqs")
    closed = sqs.create_queue(QueueName="closed", Attributes={"SqsManagedSseEnabled": "true"})["QueueUrl"]
    open_ = sqs.create_queue(QueueName="open", Attributes={"SqsManagedSseEnabled": "false"})["QueueUrl"]
    assert aws.judge("queues.messages_are_encrypted", package=package) == {
        closed: ("holds", "encrypted at rest"),
        open_: ("fails", "not encrypted at rest"),
    }


def test_the_pages_test_says_the_same() -> None:
    text = code("def test_messages_are_encrypted")
    for words in (
        'aws.judge("queues.messages_are_encrypted")',
        '("holds", "encrypted at rest")',
        '("fails", "not encrypted at rest")',
    ):
        assert words in text

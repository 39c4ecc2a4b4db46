"""Rows through real clients: tests have seen each control hold, fail and not apply.

`pytest --rows='rds.*'` tells of what no test has seen, and fails; `make test` asks it of every control.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import pytest

from scanner.judge.discover import discover

ROWS = pytest.StashKey[set[tuple[str, str]]]()
LACKING = pytest.StashKey[list[str]]()
VERDICTS = ("holds", "fails", "not applicable")
# Control → the verdicts that it cannot give, and why.
NEVER: dict[str, dict[str, str]] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", metavar="GLOB", help="fail where no test saw these controls hold, fail and not apply")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = set()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of xdist's has ended, and says what its tests saw."""
    node.config.stash[ROWS] |= {(check, verdict) for check, verdict in node.workeroutput.get("rows", ())}


def pytest_sessionfinish(session: pytest.Session) -> None:
    config, glob = session.config, session.config.getoption("--rows")
    seen = config.stash[ROWS]
    if hasattr(config, "workeroutput"):
        config.workeroutput["rows"] = sorted(seen)
    elif glob and session.exitstatus == pytest.ExitCode.OK:
        config.stash[LACKING] = list(lacking(glob, seen))
        if config.stash[LACKING]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash.get(LACKING, [])
    if missing:
        terminalreporter.section(f"{len(missing)} controls lack a row through real clients")
        for line in missing:
            terminalreporter.write_line(line)


def lacking(glob: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """A line for each control, and the verdicts that no test saw it give and that it can give."""
    for check in discover().checks.values():
        if check.role == "check" and fnmatch(check.id, glob):
            never = NEVER.get(check.id, {})
            missing = [verdict for verdict in VERDICTS if (check.id, verdict) not in seen and verdict not in never]
            if missing:
                yield f"{check.id}: {', '.join(missing)}"

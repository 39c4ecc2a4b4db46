"""The command line as a user runs it: a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def wafr(*arguments: str | Path, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Ran:
    """Run `wafr` in a folder, with nothing of AWS in its environment but what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "WAFR_"))}
    ran = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-c", "from scanner.cli.main import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        cwd=folder,
        env={**kept, "AWS_EC2_METADATA_DISABLED": "true", "NO_COLOR": "1", "COLUMNS": "200", **(environment or {})},
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return Ran(ran.returncode, ran.stdout, ran.stderr)

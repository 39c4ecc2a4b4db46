"""`wafr` inside this process, which is quick, or started in one of its own, to be killed or interrupted."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

ROOT = Path(__file__).parent.parent
UNHURRIED = """\
workload: {regions: [us-east-1]}
calls:
  attempts: 1
  read_timeout: 5
  threads: 4
  rate: 0
  rates: {cloudtrail: 0, "cloudtrail:LookupEvents": 0, ce: 0, ec2: 0, iam: 0, kms: 0, organizations: 0, s3: 0}
"""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def review(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


def run(*arguments: str | Path) -> Said:
    """Run a command in this process; whatever it does not handle is raised."""
    from scanner.cli.main import app

    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    return Said(result.exit_code, result.stdout, result.stderr)


def started(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, **how: Any
) -> "subprocess.Popen[str]":
    """Start a command in a process of its own, with this test's environment."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    command = [sys.executable, "-c", "from scanner.cli.main import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables, **how)  # noqa: S603


def patient(folder: Path, text: str = UNHURRIED) -> Path:
    """A configuration for scans of the emulated AWS: one region, no sparing, no second attempts."""
    path = folder / "wafr.yaml"
    path.write_text(text, encoding="utf-8")
    return path

"""Starting the emulated AWS and measuring whole processes: CPU (user and system), peak memory, wall."""

import json
import os
import ssl
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
HURRIED = """\
workload: {{regions: [{regions}]}}
calls:
  rate: 0
  rates: {{cloudtrail: 0, "cloudtrail:LookupEvents": 0, "logs:DescribeSubscriptionFilters": 0, ce: 0, ec2: 0, iam: 0, kms: 0, organizations: 0, s3: 0}}
"""


@dataclass(frozen=True)
class Cost:
    """What one process took, and how it ended."""

    cpu: float
    wall: float
    peak: float  # MiB
    code: int


@dataclass(frozen=True)
class Emulated:
    """The running server."""

    url: str
    resources: int
    environment: dict[str, str]

    def reset(self, latency: float = 0) -> None:
        """Count anew, and hold each request for so many seconds."""
        self._get(f"/bench/reset?latency={latency}")

    def seen(self) -> dict[str, int]:
        """Requests since the last reset, by service and operation."""
        seen: dict[str, int] = json.loads(self._get("/bench/seen"))
        return seen

    def _get(self, path: str) -> bytes:
        context = ssl._create_unverified_context() if self.url.startswith("https") else None  # noqa: S323, SLF001
        with urllib.request.urlopen(self.url + path, context=context) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content


@contextmanager
def emulated(scale: int, *, tls: bool = False) -> Iterator[Emulated]:
    """An account of a scale, in a process of its own. `tls` speaks TLS and verifies against a CA file of the usual size."""
    command = [sys.executable, "-m", "benchmarks.server", "--scale", str(scale), *(["--tls"] if tls else [])]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        environment = {
            "AWS_ENDPOINT_URL": told["url"],
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **({"AWS_CA_BUNDLE": told["ca"]} if told["ca"] else {}),
        }
        yield Emulated(told["url"], told["resources"], environment)
    finally:
        process.terminate()
        process.wait()


def cost_of(command: Sequence[str], environment: dict[str, str] | None = None, log: Path | None = None) -> Cost:
    """Run a process to its end; what it alone took."""
    with (log or Path(os.devnull)).open("wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode)


def wafr(*arguments: str) -> list[str]:
    """The command line as users start it."""
    return [sys.executable, "-c", "from scanner.cli.main import main; main()", *arguments]


def median(costs: Iterable[Cost], name: str) -> float:
    return statistics.median(getattr(cost, name) for cost in costs)


def shown(name: str, costs: Sequence[Cost]) -> str:
    figures = [f"{median(costs, what):8.2f}" for what in ("cpu", "wall", "peak")]
    return f"{name:28} cpu {figures[0]} s  wall {figures[1]} s  peak {figures[2]} MiB  ({len(costs)} runs)"

"""The scan beside the floor: calls, CPU, memory, and wall with latency. `python -m benchmarks.compare --scale 20`.

Both read the same account in turn, A B A B, and the ratios are taken of each pair, so that a machine that others use does
not tip the scales. Exit 1 where a target is missed.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.account import REGIONS, SERVICES
from benchmarks.measure import HURRIED, Cost, Emulated, cost_of, emulated, median, shown, wafr
from scanner.judge.discover import discover

EVERY = tuple(part for service in SERVICES for part in ("--service", service))
MOST_CALLS, MOST_CPU, MOST_MEMORY, MOST_WALL = 1.05, 1.6, 250.0, 1.3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    with emulated(options.scale, tls=options.tls) as aws, tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        print(f"scale {options.scale}: {aws.resources} resources, {len(SERVICES)} services, {len(REGIONS)} regions")
        floor(aws, work)  # both once, so that the server has met every question
        only = same_facts(work)
        scan(aws, work, only)
        calls = _calls(aws, work, only)
        pairs = [(scan(aws, work, only), floor(aws, work)) for _ in range(options.runs)]
        aws.reset(options.latency)
        slow = [(scan(aws, work, only), floor(aws, work)) for _ in range(max(3, options.runs // 2))]
        missed = _tell(calls, pairs, slow, options.latency)
        size = sum(file.stat().st_size for file in (work / "bundle").rglob("*") if file.is_file())
        print(f"bundle {size / 1024:.0f} KiB")
    sys.exit(1 if missed else 0)


def scan(aws: Emulated, work: Path, only: Sequence[str] = EVERY) -> Cost:
    """Scan the account into `work/bundle`, without a budget, as the floor has none."""
    shutil.rmtree(work / "bundle", ignore_errors=True)
    config = work / "wafr.yaml"
    config.write_text(HURRIED.format(regions=", ".join(REGIONS)), encoding="utf-8")
    command = wafr("scan", "--quiet", "--config", str(config), "--out", str(work / "bundle"), *only)
    cost = cost_of(command, aws.environment, work / "scan.log")
    assert cost.code in (0, 3), (work / "scan.log").read_text()
    return cost


def same_facts(work: Path) -> list[str]:
    """The checks of the ten services that need nothing but what the floor asked in its last run, as options."""
    lines = (json.loads(line) for line in (work / "floor.jsonl").read_text(encoding="utf-8").splitlines())
    asked = {f"{service.replace('-', '')}:{method.replace('_', '')}".lower() for service, _, method, _ in lines}
    checks = [
        check.id
        for check in discover().checks.values()
        if set(check.services) <= {*SERVICES, "cloudwatch", "organizations", "s3control"}
        and all(api.replace("-", "").lower() in asked for api in check.apis)
    ]
    return [part for check in checks for part in ("--check", check)]


def floor(aws: Emulated, work: Path) -> Cost:
    """The script by hand, in a process of its own."""
    command = [sys.executable, str(Path(__file__).parent / "floor.py"), str(work / "floor.jsonl")]
    cost = cost_of(command, aws.environment, work / "floor.log")
    assert cost.code == 0, (work / "floor.log").read_text()
    return cost


def _calls(aws: Emulated, work: Path, only: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    aws.reset()
    scan(aws, work, only)
    ours = aws.seen()
    aws.reset()
    floor(aws, work)
    return ours, aws.seen()


def _tell(
    calls: tuple[dict[str, int], dict[str, int]],
    pairs: list[tuple[Cost, Cost]],
    slow: list[tuple[Cost, Cost]],
    latency: float,
) -> bool:
    asked, needed = calls
    for name in sorted(asked.keys() | needed.keys()):
        if asked.get(name, 0) != needed.get(name, 0):
            print(f"  {name}: scan {asked.get(name, 0)}, floor {needed.get(name, 0)}")
    print(f"calls: scan {sum(asked.values())}, floor {sum(needed.values())}, {len(needed)} kinds of request")
    print(shown("scan", [ours for ours, _ in pairs]))
    print(shown("floor", [other for _, other in pairs]))
    print(shown(f"scan, {latency * 1000:.0f} ms a call", [ours for ours, _ in slow]))
    print(shown(f"floor, {latency * 1000:.0f} ms a call", [other for _, other in slow]))
    figures = (
        ("calls of the floor's", sum(asked.values()) / sum(needed.values()), MOST_CALLS),
        ("CPU of the floor's", statistics.median(ours.cpu / other.cpu for ours, other in pairs), MOST_CPU),
        ("MiB at the peak", median([ours for ours, _ in pairs], "peak"), MOST_MEMORY),
        ("wall of the floor's", statistics.median(ours.wall / other.wall for ours, other in slow), MOST_WALL),
    )
    for name, figure, most in figures:
        print(f"{'ok  ' if figure <= most else 'MISS'} {figure:7.2f} {name} (at most {most})")
    return any(figure > most for _, figure, most in figures)


if __name__ == "__main__":
    main()

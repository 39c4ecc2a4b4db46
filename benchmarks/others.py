"""The scan beside another tool from PyPI over the same services and regions: `python -m benchmarks.others PROWLER`.

`PROWLER` is the command of an installation of its own (`python -m venv …; pip install prowler`), so that its hundred packages
stay out of ours. Both read the same emulated account. Ours is measured twice: with the checks that need what the floor
fetches, which both tools look at, and with all its checks of these services. Exit 1 where the first takes more than a tenth
of the CPU.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.account import REGIONS, SERVICES
from benchmarks.compare import floor, same_facts, scan
from benchmarks.measure import Cost, Emulated, cost_of, emulated, median, shown

LEAST = 10.0
_NAMES = {"logs": "cloudwatch"}  # where prowler groups otherwise than botocore does
_FOUND_SOMETHING = 3  # prowler's exit code where a check failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prowler", type=Path)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--runs", type=int, default=2)
    options = parser.parse_args()
    with emulated(options.scale) as aws, tempfile.TemporaryDirectory() as folder:
        work, figures = Path(folder), dict[str, float]()
        print(f"scale {options.scale}: {aws.resources} resources, {len(SERVICES)} services, {len(REGIONS)} regions")
        floor(aws, work)
        only = same_facts(work)
        scan(aws, work)  # all once, so that the server has met every question
        for name, run in (
            ("wafr, what both check", lambda: scan(aws, work, only)),
            ("wafr, all its checks", lambda: scan(aws, work)),
            ("prowler", lambda: other(options.prowler, aws, work)),
        ):
            run()
            aws.reset()
            costs = [run() for _ in range(options.runs)]
            calls = sum(aws.seen().values()) // options.runs
            figures[name] = median(costs, "cpu")
            print(f"{calls:6} calls  {shown(name, costs)}", flush=True)
    ratios = {name: figures["prowler"] / figure for name, figure in figures.items() if name != "prowler"}
    for name, ratio in ratios.items():
        print(f"{ratio:7.2f} times less CPU: {name}")
    missed = ratios["wafr, what both check"] < LEAST
    print(f"{'MISS' if missed else 'ok'}: at least {LEAST:g} for what both check")
    sys.exit(missed)


def other(prowler: Path, aws: Emulated, work: Path) -> Cost:
    """One run of prowler over the services and regions of the account."""
    services = [_NAMES.get(service, service) for service in SERVICES]
    command = [
        *(str(prowler), "aws", "--service", *services, "--region", *REGIONS),
        *("--output-formats", "json-ocsf", "--output-directory", str(work / "prowler"), "--no-banner"),
    ]
    log = work / "prowler.log"
    cost = cost_of(command, aws.environment, log)
    assert cost.code in (0, _FOUND_SOMETHING), log.read_text(encoding="utf-8")[-2000:]
    return cost


if __name__ == "__main__":
    main()

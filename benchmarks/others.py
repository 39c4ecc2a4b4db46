"""The scan beside another tool from PyPI over the same services and regions: `python -m benchmarks.others PROWLER`.

`PROWLER` is the command of an installation of its own (`python -m venv …; pip install prowler`), so that its hundred packages
stay out of ours. Both read the same emulated account; ours runs all its checks of these services. Exit 1 where ours takes
more than a tenth of the CPU.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.account import REGIONS, SERVICES
from benchmarks.compare import scan
from benchmarks.measure import Cost, Emulated, cost_of, emulated, shown

LEAST = 10.0
_FOUND_SOMETHING = 3  # prowler's exit code where a check failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prowler", type=Path)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--runs", type=int, default=2)
    options = parser.parse_args()
    with emulated(options.scale) as aws, tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        print(f"scale {options.scale}: {aws.resources} resources, {len(SERVICES)} services, {len(REGIONS)} regions")
        scan(aws, work)  # both once, so that the server has met every question
        aws.reset()
        other(options.prowler, aws, work)
        theirs = sum(aws.seen().values())
        aws.reset()
        scan(aws, work)
        ours = sum(aws.seen().values())
        pairs = [(scan(aws, work), other(options.prowler, aws, work)) for _ in range(options.runs)]
    print(f"calls: wafr {ours}, prowler {theirs}")
    print(shown("wafr", [mine for mine, _ in pairs]))
    print(shown("prowler", [other for _, other in pairs]))
    ratio = statistics.median(other.cpu / mine.cpu for mine, other in pairs)
    print(f"{'ok  ' if ratio >= LEAST else 'MISS'} {ratio:7.2f} times less CPU (at least {LEAST})")
    sys.exit(ratio < LEAST)


def other(prowler: Path, aws: Emulated, work: Path) -> Cost:
    """One run of prowler over the services and regions of the account."""
    command = [
        *(str(prowler), "aws", "--service", *SERVICES, "--region", *REGIONS),
        *("--output-formats", "json-ocsf", "--output-directory", str(work / "prowler"), "--no-banner"),
    ]
    log = work / "prowler.log"
    cost = cost_of(command, aws.environment, log)
    assert cost.code in (0, _FOUND_SOMETHING), log.read_text(encoding="utf-8")[-2000:]
    return cost


if __name__ == "__main__":
    main()

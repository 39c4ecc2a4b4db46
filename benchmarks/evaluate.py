"""Judging and answering 100,000 resources from a bundle: `python -m benchmarks.evaluate`.

An account of a scale is scanned once; its bundle is then repeated under as many account ids as it takes, as the scan of an
organization would bring it, and `wafr evaluate` judges the whole. Exit 1 where a target is missed.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.compare import scan
from benchmarks.measure import cost_of, emulated, median, shown, wafr
from scanner.bundle.manifest import seal, seal_evidence
from scanner.bundle.opened import Bundle, open_bundle
from scanner.evidence.reading import Reading, canonical, digest_of

MOST_CPU, MOST_MEMORY = 30.0, 1024.0
OWN = "123456789012"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with emulated(options.scale) as aws:
            scan(aws, work)
            accounts = -(-options.resources // aws.resources)
        large = repeated(work / "bundle", work / "large", accounts)
        command = wafr("evaluate", str(large), "--format", "json")
        costs = [cost_of(command, log=work / "review.json") for _ in range(options.runs)]
        assert all(cost.code in (0, 3) for cost in costs), (work / "review.json").read_text()[-2000:]
        findings = len(json.loads((work / "review.json").read_text())["findings"])
        print(f"{accounts * aws.resources} resources in {accounts} accounts, {findings} findings")
        print(shown("wafr evaluate", costs))
        missed = False
        for name, figure, most in (
            ("s of CPU", median(costs, "cpu"), MOST_CPU),
            ("MiB at the peak", median(costs, "peak"), MOST_MEMORY),
        ):
            print(f"{'ok  ' if figure <= most else 'MISS'} {figure:7.2f} {name} (at most {most})")
            missed |= figure > most
    sys.exit(1 if missed else 0)


def repeated(source: Path, folder: Path, accounts: int) -> Path:
    """A bundle that holds the readings of another under so many account ids."""
    bundle = open_bundle(source)
    names = [OWN, *(str(100_000_000_000 + number) for number in range(1, accounts))]
    asked: dict[str, Any] = dict(bundle.asked)
    asked["targets"] = [[name, *target[1:]] for name in names for target in asked["targets"]]
    folder.mkdir()
    (folder / "scan.json").write_bytes(canonical(asked))
    evidence = seal_evidence(folder, _repeated(bundle, names), [])
    seal(folder, evidence, {}, [b"{}\n"])
    return folder


def _repeated(bundle: Bundle, names: list[str]) -> Iterator[Reading]:
    lines = [reading.line() for reading in bundle.readings()]
    for name in names:
        for line in lines:
            own = canonical(json.loads(line.replace(OWN.encode(), name.encode())))
            yield Reading.of(json.loads(own), digest_of(own))


if __name__ == "__main__":
    main()

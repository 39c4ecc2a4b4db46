"""An empty account, 17 regions, every check, beside the floor of the same calls: `python -m benchmarks.empty`.

The floor here asks every question that the scan's bundle holds with a plain boto3 client for each service and region, in 16
threads (`python -m benchmarks.empty --floor BUNDLE`). Exit 1 where a target is missed.
"""

import argparse
import json
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.measure import HURRIED, cost_of, emulated, shown, wafr

MOST_CPU = 12.0
REGIONS = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--floor", type=Path)
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    if options.floor:
        floor(options.floor)
        return
    with emulated(0, tls=options.tls) as aws, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "wafr.yaml"
        config.write_text(HURRIED.format(regions=", ".join(REGIONS)), encoding="utf-8")
        scans, floors = [], []
        for number in range(options.runs + 1):
            bundle = Path(folder) / f"bundle{number}"
            command = wafr("scan", "--quiet", "--config", str(config), "--out", str(bundle))
            aws.reset()
            scans.append(cost_of(command, aws.environment, Path(folder) / "log"))
            assert scans[-1].code in (0, 3), (Path(folder) / "log").read_text()
            asked = sum(aws.seen().values())
            aws.reset()
            again = [sys.executable, "-m", "benchmarks.empty", "--floor", str(bundle)]
            floors.append(cost_of(again, aws.environment, Path(folder) / "log"))
            assert floors[-1].code == 0, (Path(folder) / "log").read_text()
            needed = sum(aws.seen().values())
    print(f"{len(REGIONS)} regions, calls: scan {asked}, floor {needed}")
    print(shown("scan", scans[1:]))
    print(shown("floor", floors[1:]))
    beside = statistics.median(one.cpu - other.cpu for one, other in zip(scans[1:], floors[1:], strict=True))
    print(f"{'ok  ' if beside <= MOST_CPU else 'MISS'} {beside:7.2f} s of CPU besides the floor's (at most {MOST_CPU})")
    sys.exit(beside > MOST_CPU)


def floor(bundle: Path) -> None:
    """Every question of a bundle, asked again."""
    import gzip

    import boto3
    from botocore import xform_name
    from botocore.config import Config
    from botocore.exceptions import ClientError

    session = boto3.Session()
    session.events.register("before-sign.s3-control", _without_account)
    config = Config(max_pool_connections=16, retries={"mode": "standard"})
    made: dict[tuple[str, str], Any] = {}

    def ask(record: dict[str, Any]) -> None:
        service, _, operation = record["api"].partition(":")
        client, method = made[service, _region(record)], xform_name(operation)
        request = json.loads(record["request"])
        try:
            if client.can_paginate(method):
                list(client.get_paginator(method).paginate(**request))
            else:
                getattr(client, method)(**request)
        except ClientError:
            pass

    files = sorted(bundle.glob("readings/*/*/*.gz"))
    records = [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
    for record in records:
        key = record["api"].partition(":")[0], _region(record)
        if key not in made:
            made[key] = session.client(key[0], region_name=key[1], config=config)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, records))


def _region(record: dict[str, Any]) -> str:
    region: str = record["region"]
    return "us-east-1" if region in ("global", "organization") else region


def _without_account(request: Any, **_: Any) -> None:
    scheme, _, rest = request.url.partition("://")
    request.url = f"{scheme}://{rest.partition('.')[2]}"


if __name__ == "__main__":
    main()

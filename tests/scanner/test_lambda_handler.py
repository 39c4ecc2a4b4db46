"""The scheduled scan on Lambda: a scan, and the bundle in the user's own bucket."""

from pathlib import Path

import pytest

from scanner.bundle.manifest import problems, read_manifest
from scanner.lambda_handler import handler
from tests.emulator import Emulator

CONFIG = "workload: {name: Nightly, regions: [us-east-1]}\n"


class Clock:
    """As much of Lambda's context as the handler uses."""

    def __init__(self, milliseconds: int) -> None:
        self._left = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._left


@pytest.fixture
def scene(aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    (tmp_path / "wafr.yaml").write_text(CONFIG)
    monkeypatch.setenv("WAFR_CONFIG", str(tmp_path / "wafr.yaml"))
    monkeypatch.setenv("WAFR_BUCKET", "results")
    aws.client("s3").create_bucket(Bucket="results")
    aws.client("kms").create_key()
    return aws


def test_a_scan_lands_whole_in_the_users_bucket(scene: Emulator, tmp_path: Path) -> None:
    answer = handler({}, Clock(900_000))
    s3 = scene.client("s3")
    prefix = answer["bundle"].removeprefix("s3://results/") + "/"
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="results", Prefix=prefix)["Contents"]]
    for key in keys:
        path = tmp_path / "copy" / key.removeprefix(prefix)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get_object(Bucket="results", Key=key)["Body"].read())
    manifest = read_manifest(tmp_path / "copy")
    assert problems(tmp_path / "copy", manifest) == []
    assert manifest.root == answer["root"]
    assert "SEC08" in answer["high_risk_issues"]


def test_a_scan_that_has_no_time_left_stores_nothing_half(scene: Emulator) -> None:
    with pytest.raises(Exception, match="0 questions answered"):
        handler({}, Clock(1_000))
    assert "Contents" not in scene.client("s3").list_objects_v2(Bucket="results")

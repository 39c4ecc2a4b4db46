"""The scheduled scan on Lambda: a scan, and the bundle in the user's own bucket."""

import json
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


def heard(aws: Emulator, queue: str) -> list[dict[str, object]]:
    """The messages that wait in a queue, as JSON."""
    answer = aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", ())]


def test_the_topic_and_the_bus_hear_what_changed(scene: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs, sns, events = scene.client("sqs"), scene.client("sns"), scene.client("events")
    ears = {}
    for name in ("topic", "bus"):
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        ears[name] = (url, arn)
    topic = sns.create_topic(Name="reviews")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ears["topic"][1])
    events.put_rule(Name="reviews", EventPattern=json.dumps({"source": ["wafr"]}))
    events.put_targets(Rule="reviews", Targets=[{"Id": "queue", "Arn": ears["bus"][1]}])
    monkeypatch.setenv("WAFR_TOPIC_ARN", topic)
    monkeypatch.setenv("WAFR_EVENT_BUS", "default")

    handler({}, Clock(900_000))
    (message,), (event,) = heard(scene, ears["topic"][0]), heard(scene, ears["bus"][0])
    assert "high-risk issues" in str(message["Subject"])
    assert "There is no review before this one to compare with." in str(message["Message"])
    assert event["detail"]["compared"] is False  # type: ignore[index]  # the event's own JSON

    key = scene.client("kms").list_keys()["Keys"][0]["KeyId"]
    scene.client("kms").enable_key_rotation(KeyId=key)
    answer = handler({}, Clock(900_000))
    (message,), (event,) = heard(scene, ears["topic"][0]), heard(scene, ears["bus"][0])
    assert "holds: rotates every 365 days" in str(message["Message"])
    assert answer["bundle"] in str(message["Message"])
    assert event["detail-type"] == "Well-Architected evidence changed"
    changes = event["detail"]["changes"]  # type: ignore[index]
    assert changes["still open"] == answer["high_risk_issues"]  # the key was one of several reasons
    assert changes["closed"] == changes["new"] == changes["regressed"] == []

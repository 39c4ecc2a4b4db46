"""Metrics as evidence: each parent gets its own points, none is not zero, and half of them are not all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.capacity import GroupLoad
from scanner import Evidence, Metric, days
from scanner.collect.batch import Batch, _metrics_apart
from scanner.collect.plan import Plan
from scanner.evidence.reading import Call, Outcome, Reading
from scanner.evidence.snapshot import Snapshot
from scanner.judge.discover import discover
from tests.emulator import Emulator

MOMENT = "2026-11-23T11:00:00Z"


def test_points_through_a_client(aws: Emulator) -> None:
    groups = aws.client("autoscaling")
    groups.create_launch_configuration(LaunchConfigurationName="l", ImageId="ami-12c6146b", InstanceType="t3.micro")
    for name in ("busy", "silent"):
        groups.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="l",
            MinSize=0,
            MaxSize=0,
            AvailabilityZones=["us-east-1a"],
        )
    now = datetime.now(UTC)
    points = [
        {
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "busy"}],
            "Value": value,
            "Timestamp": now - timedelta(hours=hours),
        }
        for value, hours in ((50.0, 3), (70.0, 24 * 13), (99.0, 24 * 20))
    ]
    aws.client("cloudwatch").put_metric_data(Namespace="AWS/EC2", MetricData=points)
    library = discover().only(["capacity.groups_can_lose_a_zone"])
    assert GroupLoad in Plan(library.kinds).kinds
    seen: Snapshot = aws.snapshot(library)
    region = next(target for target in seen.scan.targets if target.region == "us-east-1")
    rows = seen.population(GroupLoad, region).rows
    told = {row.subject.rpartition("/")[2]: row.evidence.model_dump()["values"] for row in rows}
    assert told == {"busy": (50.0, 70.0), "silent": ()}


def test_half_an_answer_is_none() -> None:
    calls = tuple(Call("1", "us-east-1", "cloudwatch:GetMetricData", f'{{"n":{n}}}') for n in range(4))
    pages: list[dict[str, Any]] = [
        {"Id": "m0", "StatusCode": "PartialData", "Timestamps": [MOMENT], "Values": [1.0]},
        {"Id": "m1", "StatusCode": "PartialData", "Timestamps": [MOMENT], "Values": [3.0]},
        {"Id": "m2", "StatusCode": "InternalError", "Timestamps": [], "Values": []},
        {"Id": "m0", "StatusCode": "Complete", "Timestamps": [MOMENT], "Values": [2.0]},
    ]
    asked = Reading.make(calls[0], Outcome.OK, "2026-11-23T12:00:00Z", answer={"MetricDataResults": pages})
    batch = Batch(GroupLoad, calls)
    whole = {"Id": "m", "StatusCode": "Complete", "Timestamps": [MOMENT, MOMENT], "Values": [1.0, 2.0]}
    assert [_metrics_apart(batch, call, asked) for call in calls] == [{"MetricDataResults": [whole]}, None, None, None]


def test_a_metric_is_read_as_metric_data() -> None:
    read = Metric(
        "AWS/EC2", "CPUUtilization", per=GroupLoad, dimensions={"A": "b"}, statistic="Average", window=days(1)
    )
    with pytest.raises(TypeError, match="make it a MetricData"):
        type("Wrong", (Evidence,), {"__module__": __name__}, read=read)

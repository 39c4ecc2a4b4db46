"""What a batch says of a parent that AWS's answer does not name."""

from collections.abc import Mapping
from typing import Any

import pytest

from checks.config.evidence import Remediation
from scanner import Evidence, Read
from scanner.collect.batch import Batch, _apart
from scanner.evidence.reading import Call, Outcome, Reading


class Strict(
    Evidence,
    read=Read(
        "config:DescribeRemediationConfigurations",
        "RemediationConfigurations",
        args={"ConfigRuleNames": "config_rule_name"},
        batch=25,
        match="config_rule_name",
    ),
):
    config_rule_name: str


@pytest.mark.parametrize(
    ("kind", "of_one", "of_two"),
    [
        (
            Remediation,
            {"RemediationConfigurations": [{"ConfigRuleName": "one"}]},
            {"RemediationConfigurations": []},
        ),
        (Strict, {"RemediationConfigurations": [{"ConfigRuleName": "one"}]}, None),
    ],
)
def test_only_what_aws_leaves_out_if_empty_is_empty(
    kind: type[Evidence], of_one: Mapping[str, Any], of_two: Mapping[str, Any] | None
) -> None:
    calls = tuple(Call("1", "us-east-1", kind.read.api, f'{{"ConfigRuleNames":["{name}"]}}') for name in ("one", "two"))
    answer = {"RemediationConfigurations": [{"ConfigRuleName": "one"}]}
    asked = Reading.make(calls[0], Outcome.OK, "2026-11-23T12:00:00Z", answer=answer)
    batch = Batch(kind, calls)
    assert [_apart(batch, call, asked) for call in calls] == [of_one, of_two]

"""The event history as one page: what is kept of its events, and what kind of program called."""

import json

import pytest

from scanner.collect.reports import kind_of_agent
from scanner.judge.discover import discover
from tests.answering import answering
from tests.emulator import Emulator


def test_only_what_is_judged_is_kept_of_an_event(aws: Emulator) -> None:
    record = {
        "eventType": "AwsApiCall",
        "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
        "sourceIPAddress": "192.0.2.7",
        "requestParameters": {"masterUserPassword": "hunter2"},
        "userIdentity": {"type": "IAMUser", "userName": "anna", "accessKeyId": "ASIAIOSFODNN7EXAMPLE"},
    }
    event = {
        "EventId": "e",
        "EventName": "CreateDBInstance",
        "EventSource": "rds.amazonaws.com",
        "EventTime": "2026-11-20T10:00:00Z",
        "ReadOnly": "false",
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "Username": "anna",
        "Resources": [{"ResourceType": "AWS::RDS::DBInstance", "ResourceName": "ledger"}],
        "CloudTrailEvent": json.dumps(record),
    }
    library = discover().only(["changes.who_makes_changes"])
    with answering("cloudtrail", LookupEvents={"Events": [event]}):
        snapshot = aws.snapshot(library)
    (reading,) = [one for one in snapshot if one.call.api == "cloudtrail:LookupEvents"]
    assert reading.answer[""] == {
        "Events": [
            {
                "EventName": "CreateDBInstance",
                "EventSource": "rds.amazonaws.com",
                "EventTime": "2026-11-20T10:00:00Z",
                "ReadOnly": "false",
                "Username": "anna",
                "CloudTrailEvent": {
                    "eventType": "AwsApiCall",
                    "userAgent": "console",
                    "userIdentity": {"type": "IAMUser", "userName": "anna"},
                },
            }
        ]
    }


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64)", "console"),
        ("console.ec2.amazonaws.com", "console"),
        ("signin.amazonaws.com", "console"),
        ("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12]", "console"),
        ("aws-cli/2.13.5 Python/3.11.4 exec-env/CloudShell exe/x86_64", "cloudshell"),
        ("aws-cli/2.13.5 Python/3.11.4 Darwin/23.1.0", "cli"),
        ("APN/1.0 HashiCorp/1.0 Terraform/1.5.0 (+https://www.terraform.io) aws-sdk-go-v2/1.2", "iac"),
        ("cloudformation.amazonaws.com", "iac"),
        ("autoscaling.amazonaws.com", "service"),
        ("AWS Internal", "service"),
        ("Boto3/1.34 md/Botocore#1.34", "sdk"),
        ("aws-sdk-go/1.44", "sdk"),
        ("", "other"),
        ("curl/8", "other"),
    ],
)
def test_kinds_of_programs(agent: str, kind: str) -> None:
    assert kind_of_agent(agent) == kind

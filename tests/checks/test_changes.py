"""Who changes what: events of a prepared history over HTTP, and as tables."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks import changes
from checks.changes import Event, History, RootHistory
from checks.cloudtrail.evidence import Trail
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.answering import answering, refused
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REGION = "region:us-east-1"
CONSOLE: dict[str, Any] = {
    "eventType": "AwsApiCall",
    "sessionCredentialFromConsole": "true",
    "userAgent": "Mozilla/5.0 (X11)",
}
CLICK: dict[str, Any] = {"event_type": "AwsApiCall", "session_credential_from_console": "true"}
TRAIL = Trail(
    name="t", home_region="us-east-1", is_multi_region_trail=True, log_file_validation_enabled=True, s3_bucket_name="b"
)


def entry(
    name: str, identity: dict[str, Any], *, who: str = "anna", service: str = "ec2", **record: Any
) -> dict[str, Any]:
    """An event as LookupEvents answers it."""
    body = {"userIdentity": identity, "requestParameters": {"password": "hunter2"}, **record}
    return {
        "EventId": name,
        "EventName": name,
        "EventSource": f"{service}.amazonaws.com",
        "EventTime": "2026-11-20T10:00:00Z",
        "ReadOnly": "false",
        "Username": who,
        "CloudTrailEvent": json.dumps(body),
    }


def test_changes_through_a_client(aws: Emulator) -> None:
    check = "changes.few_changes_are_made_by_hand"
    nothing = {REGION: ("not applicable", "no change is on record in the past 90 days")}
    assert aws.judge(check) == nothing
    assert [aws.judge(f"changes.{fact}") for fact in ("who_makes_changes", "changes_by_hand", "restores")] == [
        {},
        {},
        {},
    ]
    user, role = {"type": "IAMUser", "userName": "anna"}, {"type": "AssumedRole"}
    events = [
        *[entry("AuthorizeSecurityGroupIngress", user, **CONSOLE)] * 8,
        entry("RestoreDBInstanceFromDBSnapshot", role, who="bob", service="rds", **CONSOLE),
        entry("CreateStack", user, service="cloudformation", **CONSOLE),
        entry("CreateRole", user | {"invokedBy": "cloudformation.amazonaws.com"}, service="iam", **CONSOLE),
        entry("RunInstances", role, who="ci", eventType="AwsApiCall", userAgent="aws-cli/2.13.5 Python/3.11"),
        entry("UpdateInstanceInformation", role, who="i-1", service="ssm", eventType="AwsApiCall"),
        entry("ConsoleLogin", user, service="signin", eventType="AwsConsoleSignIn"),
        entry("DeleteVolume", user, errorCode="Client.UnauthorizedOperation", **CONSOLE),
    ]
    root = entry("CreateAccessKey", {"type": "Root"}, who="root", service="iam", **CONSOLE)
    only_root = {"LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": "root"}]}
    with answering("cloudtrail", LookupEvents={"Events": events}):
        told = (
            "changes made by hand in the console, with no audit trail and no rollback path: 9 of 12 in the past 90 days "
            "(ec2 8, rds 1; by anna 8, bob 1)"
        )
        assert aws.judge(check) == {REGION: ("fails", told)}
        assert aws.judge("changes.tools_make_changes_where_people_do") == {
            REGION: ("not applicable", "9 changes were made by hand in the past 90 days")
        }
        facts = {
            fact: aws.judge(f"changes.{fact}")[REGION][1]
            for fact in ("who_makes_changes", "changes_by_hand", "restores")
        }
    by_stack = entry("RunInstances", user | {"invokedBy": "cloudformation.amazonaws.com"}, **CONSOLE)
    by_hand = entry("AuthorizeSecurityGroupIngress", user, **CONSOLE)
    names = ("few_changes_are_made_by_hand", "tools_make_changes_where_people_do")
    with answering("cloudtrail", LookupEvents={"Events": [*[by_stack] * 40, *[by_hand] * 10]}):
        assert judge_all(aws, "changes", names) == {
            names[0]: {REGION: ("holds", "10 of 50 in the past 90 days were made by hand in the console")},
            names[1]: {REGION: ("holds", "40 of 50 changes were not made by hand in the past 90 days")},
        }
    with answering("cloudtrail", LookupEvents={"Events": [by_hand] * 10}):
        told = "all 10 changes in the past 90 days were made by hand (ec2 10)"
        assert aws.judge(f"changes.{names[1]}") == {REGION: ("fails", told)}
    assert facts == {
        "who_makes_changes": "changes in the past 90 days: 9 by hand in the console, 2 by stacks, pipelines and tools, 1 by other "
        "roles and users",
        "changes_by_hand": "changed by hand in the console in the past 90 days: ec2 8, rds 1; by anna 8, bob 1",
        "restores": "restores started in the past 90 days: RestoreDBInstanceFromDBSnapshot 1; the last on 2026-11-20",
    }
    check = "changes.the_root_user_makes_no_calls"
    assert aws.judge(check) == {REGION: ("holds", "no call by the root user is on record in 90 days")}
    with answering(
        "cloudtrail", LookupEvents=Prepared(source="a row of this test", answer={"Events": [root]}, when=only_root)
    ):
        assert aws.judge(check) == {REGION: ("fails", "1 calls in 90 days, the last on 2026-11-20: CreateAccessKey 1")}


def test_a_history_that_cannot_be_read_is_unknown(aws: Emulator) -> None:
    with answering("cloudtrail", LookupEvents=refused("ThrottlingException", "Rate exceeded")):
        assert aws.verdicts("changes.few_changes_are_made_by_hand") == {REGION: "unknown"}
    with answering("cloudtrail", LookupEvents={"Events": [entry("RunInstances", {}) | {"CloudTrailEvent": "{"}]}):
        assert aws.verdicts("changes.few_changes_are_made_by_hand") == {REGION: "unknown"}


def test_a_long_history_is_read_in_part_and_its_record_is_cut(aws: Emulator) -> None:
    events = [entry("RunInstances", {"type": "AssumedRole"}, **CONSOLE)] * 50
    with ExitStack() as pages:
        for n in range(40):
            page = {"Events": events, "NextToken": f"page {n + 1}"}
            asked = {"NextToken": f"page {n}"} if n else {}
            pages.enter_context(answering("cloudtrail", LookupEvents=Prepared(source="a row", answer=page, when=asked)))
        because = aws.judge("changes.few_changes_are_made_by_hand")[REGION][1]
        assert ": 2000 of 2000 among the newest 2000 events, back to 2026-11-20 (ec2 2000; by anna 2000)" in because
    assert ACCOUNT not in because


def test_a_history_whose_token_comes_again_is_unknown(aws: Emulator) -> None:
    page = {"Events": [entry("RunInstances", {"type": "AssumedRole"}, **CONSOLE)] * 50, "NextToken": "more"}
    with answering("cloudtrail", LookupEvents=page):
        because = "cloudtrail:LookupEvents failed in us-east-1: Truncated"
        assert aws.judge("changes.few_changes_are_made_by_hand") == {REGION: ("unknown", because)}


def event(name: str = "RunInstances", *, days: int = 1, service: str = "ec2", **record: Any) -> Event:
    identity = {"type": "AssumedRole"} | record.pop("user_identity", {})
    fields = {
        "event_name": name,
        "event_source": f"{service}.amazonaws.com",
        "event_time": NOW - timedelta(days=days),
        "username": "anna",
        "cloud_trail_event": {"event_type": "AwsApiCall", "user_identity": identity} | record,
    }
    return Event.model_validate(fields, strict=False)


SWITCHED = {"session_context": {"session_issuer": {"user_name": "AWSServiceRoleForRDS"}}}


@pytest.mark.parametrize(
    ("one", "way"),
    [
        (event(**CLICK), "hand"),
        (event(user_agent="console"), "hand"),
        (event(user_agent="cloudshell"), "hand"),
        (event(user_identity={"type": "Root", "invoked_by": "signin.amazonaws.com"}, **CLICK), "hand"),
        (event(user_identity={"type": "IAMUser"}, user_agent="cli"), "other"),
        (event(user_agent="sdk"), "other"),
        (event(user_agent="iac", session_credential_from_console="true"), "tool"),
        (event("UpdateStack", service="cloudformation", **CLICK), "tool"),
        (event("UpdateProject", service="codebuild", **CLICK), "hand"),
        (event(user_identity={"invoked_by": "cloudformation.amazonaws.com"}, **CLICK), "tool"),
        (event(user_identity={"invoked_by": "autoscaling.amazonaws.com"}, **CLICK), "aws"),
        (event(user_identity={"invoked_by": "AWS Internal"}, **CLICK), "aws"),
        (event(user_identity={"type": "AWSService"}), "aws"),
        (event(user_identity=SWITCHED), "aws"),
        (event(user_agent="service"), "aws"),
    ],
)
def test_how_a_change_was_made(one: Event, way: str) -> None:
    assert one.way == way


@pytest.mark.parametrize(
    ("one", "is_change"),
    [
        (event(), True),
        (event("CreateBucket", service="s3"), True),
        (event("StartInstances"), True),
        (event("StartDBInstance", service="rds"), True),
        (event("StopDBCluster", service="rds"), True),
        (event("StartSession", service="ssm"), False),
        (event("StartQueryExecution", service="athena"), False),
        (event("UpdateFindings", service="securityhub"), False),
        (event("EnableMFADevice", service="iam"), False),
        (event("UpdateAnswer", service="wellarchitected"), False),
        (event("PutDashboard", service="monitoring"), False),
        (event("PutMetricAlarm", service="monitoring"), True),
        (event(event_type="AwsServiceEvent"), False),
        (event(error_code="AccessDenied"), False),
    ],
)
def test_what_is_a_change(one: Event, is_change: bool) -> None:
    assert one.is_change is is_change


def past(*events: Event, more: bool = False) -> History:
    return History(events=events, next_token="the history goes on" if more else None)


HAND, TOOL, OTHER = event(**CLICK), event(user_agent="iac"), event(user_agent="sdk")


@pytest.mark.parametrize(
    ("history", "trails", "verdict"),
    [
        (past(), [], NotApplicable("no change is on record in the past 90 days")),
        (past(more=True), [], CannotTell("no change is on record among the newest 0 events")),
        (past(*[HAND] * 9), [], CannotTell("9 changes in the past 90 days are too few to tell")),
        (past(*[TOOL] * 8, *[HAND] * 2), [], Holds("2 of 10 in the past 90 days were made by hand in the console")),
        (
            past(*[TOOL] * 7, *[HAND] * 3),
            [TRAIL],
            Fails(
                "changes made by hand in the console, with no rollback path: 3 of 10 in the past 90 days (ec2 3; by anna 3)"
            ),
        ),
        (
            past(*[OTHER] * 10),
            [],
            CannotTell(
                "0 of 10 in the past 90 days were made by hand and 0 by tools; of the rest it cannot be told what made them"
            ),
        ),
        # Heartbeats and roles of unknown purpose do not make clicks few.
        (
            past(*[OTHER] * 16, *[HAND] * 4),
            [],
            CannotTell(
                "4 of 20 in the past 90 days were made by hand and 0 by tools; of the rest it cannot be told what made them"
            ),
        ),
        (
            past(*[TOOL] * 20, more=True),
            [],
            CannotTell(
                "0 of 20 among the newest 20 events, back to 2026-11-22 were made by hand, and that is too short a time to tell"
            ),
        ),
        (
            past(*[TOOL] * 20, event(user_agent="iac", days=14), more=True),
            [],
            Holds("0 of 21 among the newest 21 events, back to 2026-11-09 were made by hand in the console"),
        ),
    ],
)
def test_few_changes_are_made_by_hand(history: History, trails: list[Trail], verdict: Verdict) -> None:
    assert changes.few_changes_are_made_by_hand(history, trails, NOW) == verdict


@pytest.mark.parametrize(
    ("history", "verdict"),
    [
        (past(*[HAND] * 9), NotApplicable("9 changes were made by hand in the past 90 days")),
        (past(*[HAND] * 10), Fails("all 10 changes in the past 90 days were made by hand (ec2 10)")),
        (past(*[HAND] * 10, OTHER), Holds("1 of 11 changes were not made by hand in the past 90 days")),
        (
            past(*[HAND] * 10, more=True),
            CannotTell(
                "all 10 changes among the newest 10 events, back to 2026-11-22, were made by hand; before that it cannot be told"
            ),
        ),
    ],
)
def test_tools_make_changes_where_people_do(history: History, verdict: Verdict) -> None:
    assert changes.tools_make_changes_where_people_do(history) == verdict


ROOT = {"type": "Root"}


@pytest.mark.parametrize(
    ("events", "more", "verdict"),
    [
        ((), False, Holds("no call by the root user is on record in 90 days")),
        ((), True, CannotTell("the history of users called root is too long to be read")),
        ((event(user_identity={"type": "IAMUser"}),), False, Holds("no call by the root user is on record in 90 days")),
        (
            (event(user_identity=ROOT | {"invoked_by": "backup.amazonaws.com"}),),
            False,
            Holds("no call by the root user is on record in 90 days"),
        ),
        (
            (event(user_identity=ROOT | {"session_context": {"assumed_root": "true"}}),),
            False,
            Holds("no call by the root user is on record in 90 days"),
        ),
        (
            (event("ConsoleLogin", user_identity=ROOT, event_type="AwsConsoleSignIn"),),
            True,
            Fails("1 or more calls in 90 days, the last on 2026-11-22: ConsoleLogin 1"),
        ),
    ],
)
def test_the_root_user_makes_no_calls(events: tuple[Event, ...], more: bool, verdict: Verdict) -> None:
    history = RootHistory(events=events, next_token="more" if more else None)
    assert changes.the_root_user_makes_no_calls(history) == verdict


def deployed(name: str, service: str, count: int, **record: Any) -> list[dict[str, Any]]:
    return [entry(name, {"type": "IAMUser", "userName": "anna"}, service=service, **record)] * count


def test_software_is_deployed_by_tools(aws: Emulator) -> None:
    check = "changes.software_is_deployed_by_tools"
    by_pipeline = [
        entry(
            "UpdateService",
            {"type": "AssumedRole", "invokedBy": "cloudformation.amazonaws.com"},
            service="ecs",
            eventType="AwsApiCall",
        )
    ] * 9
    since = "in the past 90 days"
    rows = [
        (
            deployed("AuthorizeSecurityGroupIngress", "ec2", 9, **CONSOLE),
            "not applicable",
            f"0 new versions of software are on record {since}",
        ),
        (
            deployed("UpdateFunctionCode20150331v2", "lambda", 3, **CONSOLE),
            "fails",
            f"3 of 3 new versions {since} were brought out by hand in the console (lambda 3; by anna 3)",
        ),
        (by_pipeline, "holds", f"0 of 9 new versions {since} were brought out by hand in the console"),
        (
            [*by_pipeline, *deployed("UpdateFunctionCode20150331v2", "lambda", 2, **CONSOLE)],
            "holds",
            f"2 of 11 new versions {since} were brought out by hand in the console",
        ),
        (
            deployed("UpdateEnvironment", "elasticbeanstalk", 4, userAgent="a script", eventType="AwsApiCall"),
            "unknown",
            f"0 of 4 new versions {since} were brought out by hand in the console, and 0 by tools; of the rest it cannot be told what made them",
        ),
    ]
    for events, verdict, because in rows:
        with answering("cloudtrail", LookupEvents={"Events": events}):
            assert aws.judge(check) == {REGION: (verdict, because)}

"""Systems Manager checks: against real clients with prepared answers for what moto lacks, and as tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.ssm import documents, nodes, patching
from checks.ssm.evidence import Association, Document, Execution, Node, PatchOperation, PatchState
from checks.ssm.patching import UNTOLD
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict
from tests.checks.answers import answering, judge_all
from tests.emulator import ACCOUNT, Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACCOUNT_WIDE = f"account:{ACCOUNT}"
REGION = "region:us-east-1"
SHARING = "/ssm/documents/console/public-sharing-permission"
SSM = f"arn:aws:ssm:us-east-1:{ACCOUNT}:"


def test_where_there_are_no_nodes(aws: Emulator) -> None:
    none = {REGION: ("not applicable", "there are no managed nodes")}
    names = (
        "patching_is_scheduled",
        "sessions_are_logged",
        "secret_parameters_are_encrypted",
        "managed_nodes",
        "open_items",
    )
    assert judge_all(aws, "ssm", names) == {
        "patching_is_scheduled": none,
        "sessions_are_logged": none,
        "secret_parameters_are_encrypted": {REGION: ("not applicable", "there are no parameters")},
        "managed_nodes": {},
        "open_items": {},
    }


def test_a_fleet(aws: Emulator) -> None:
    ec2_client = aws.client("ec2")
    made = ec2_client.run_instances(ImageId="ami-12c6146b", MinCount=5, MaxCount=5)["Instances"]
    one, good, unseen, two, stopped = (instance["InstanceId"] for instance in made)
    ec2_client.stop_instances(InstanceIds=[stopped])
    state: dict[str, Any] = {
        "InstanceId": one,
        "PatchGroup": "",
        "BaselineId": "pb-1",
        "Operation": "Scan",
        "OperationStartTime": "2026-11-20T00:00:00Z",
        "OperationEndTime": "2026-11-20T00:05:00Z",
        "MissingCount": 3,
        "FailedCount": 0,
        "CriticalNonCompliantCount": 1,
        "SecurityNonCompliantCount": 2,
    }
    none = {"MissingCount": 0, "CriticalNonCompliantCount": 0, "SecurityNonCompliantCount": 0}
    patched = {**state, **none, "InstanceId": good, "Operation": "Install", "InstalledPendingRebootCount": 0}
    daily = {"Name": "AWS-RunPatchBaselineAssociation", "ScheduleExpression": "rate(1 day)"}
    fleet: dict[str, dict[str, Any]] = {
        "DescribeInstanceInformation": {
            "InstanceInformationList": [
                {"InstanceId": name, "PingStatus": ping, "PlatformType": "Linux"}
                for name, ping in ((one, "Online"), (good, "Online"), (unseen, "ConnectionLost"))
            ]
        },
        "DescribeInstancePatchStates": {"InstancePatchStates": [state, patched]},
        "ListAssociations": {
            "Associations": [
                {"Name": "AWS-GatherSoftwareInventory", "AssociationId": "a-1", "Overview": {"Status": "Failed"}},
                {"Name": "AWS-UpdateSSMAgent", "AssociationId": "a-2", "Overview": {"Status": "Success"}},
                {"Name": "AWS-ConfigureAWSPackage", "AssociationId": "a-3", "Overview": {"Status": "Pending"}},
                {**daily, "AssociationId": "a-4", "Overview": {"Status": "Success"}},
            ]
        },
        # As Quick Setup's host management makes it.
        "DescribeAssociation": {"AssociationDescription": {**daily, "Parameters": {"Operation": ["Scan"]}}},
    }
    node, ec2 = f"{SSM}managed-instance/", f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/"
    names = (
        "instances_are_managed",
        "something_protects_instances_by_itself",
        "patches_are_installed",
        "nodes_are_looked_at_for_patches",
        "patching_is_scheduled",
        "associations_succeed",
        "sessions_are_logged",
        "managed_nodes",
        "inventory",
        "default_host_management",
        "maintenance_windows",
    )
    ssm = aws.client("ssm")
    with answering("ssm", fleet):
        assert judge_all(aws, "ssm", names, at=NOW) == {
            "instances_are_managed": {
                ec2 + one: ("holds", "the agent is Online"),
                ec2 + good: ("holds", "the agent is Online"),
                ec2 + unseen: ("fails", "the agent is ConnectionLost"),
                ec2 + two: ("fails", "not a managed node"),
                ec2 + stopped: ("not applicable", "the instance is stopped"),
            },
            "something_protects_instances_by_itself": {
                REGION: ("fails", "4 instances run, and nothing patches, scans, watches or replaces them by itself")
            },
            "patches_are_installed": {
                node + good: ("holds", "every patch of the baseline is installed on 2026-11-20"),
                node + unseen: ("unknown", f"Patch Manager never looked at {unseen}"),
                node + one: (
                    "fails",
                    "1 critical patches are not installed, 2 security patches are not installed, "
                    "3 patches are missing on 2026-11-20",
                ),
            },
            "nodes_are_looked_at_for_patches": {
                node + one: ("holds", "last looked at on 2026-11-20"),
                node + good: ("holds", "last looked at on 2026-11-20"),
                node + unseen: ("fails", f"Patch Manager never looked at {unseen}"),
            },
            "patching_is_scheduled": {
                REGION: (
                    "fails",
                    "an association runs AWS-RunPatchBaselineAssociation, which only looks what is missing",
                )
            },
            "associations_succeed": {
                f"{SSM}association/a-1": ("fails", "AWS-GatherSoftwareInventory: Failed"),
                f"{SSM}association/a-2": ("holds", "AWS-UpdateSSMAgent: Success"),
                f"{SSM}association/a-3": ("unknown", "AWS-ConfigureAWSPackage: Pending"),
                f"{SSM}association/a-4": ("holds", "AWS-RunPatchBaselineAssociation: Success"),
            },
            "sessions_are_logged": {REGION: ("fails", "no preferences are set, so nothing is logged")},
            "managed_nodes": {REGION: ("told", "3 managed nodes, 2 of them online")},
            "inventory": {REGION: ("told", "an association gathers the inventory of managed nodes")},
            "default_host_management": {REGION: ("told", "the setting for Default Host Management is $None")},
            "maintenance_windows": {},
        }
        window = ssm.create_maintenance_window(
            Name="patch", Schedule="rate(1 day)", Duration=2, Cutoff=1, AllowUnassociatedTargets=False
        )["WindowId"]
        ssm.register_task_with_maintenance_window(
            WindowId=window, TaskArn="AWS-RunPatchBaseline", TaskType="RUN_COMMAND"
        )
        inputs = {"s3BucketName": "", "cloudWatchLogGroupName": "/sessions", "kmsKeyId": "hunter2"}
        content = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs}
        ssm.create_document(
            Name="SSM-SessionManagerRunShell",
            DocumentType="Session",
            DocumentFormat="JSON",
            Content=json.dumps(content),
        )
        rest = (
            "patching_is_scheduled",
            "sessions_are_logged",
            "maintenance_windows",
            "something_protects_instances_by_itself",
        )
        told = "1 of 1 maintenance windows are enabled; they run: AWS-RunPatchBaseline"
        with answering("ssm", {"GetMaintenanceWindowTask": does("Install")}):
            assert judge_all(aws, "ssm", rest, at=NOW) == {
                "patching_is_scheduled": {
                    REGION: ("holds", "a maintenance window runs AWS-RunPatchBaseline, which installs")
                },
                "sessions_are_logged": {REGION: ("holds", "logged to /sessions")},
                "maintenance_windows": {REGION: ("told", told)},
                "something_protects_instances_by_itself": {REGION: ("holds", "patches are installed on a schedule")},
            }
        with answering("ssm", {"GetMaintenanceWindowTask": does("Scan")}):
            assert aws.verdicts("ssm.patching_is_scheduled", at=NOW) == {REGION: "fails"}
            assert aws.verdicts("ssm.something_protects_instances_by_itself", at=NOW) == {REGION: "fails"}
        with answering("ssm", {"GetMaintenanceWindowTask": does()}):
            untold = "a maintenance window runs AWS-RunPatchBaseline, and it is not told whether it installs"
            assert aws.judge("ssm.patching_is_scheduled", at=NOW) == {REGION: ("unknown", untold)}


def does(*operation: str) -> dict[str, Any]:
    """A maintenance window's task, and what it has Patch Manager do."""
    parameters = {"Operation": list(operation)} if operation else {}
    return {"TaskInvocationParameters": {"RunCommand": {"Parameters": parameters}}}


def test_documents_and_parameters(aws: Emulator) -> None:
    ssm = aws.client("ssm")
    ssm.put_parameter(Name="/app/db-password", Type="String", Value="hunter2")
    ssm.put_parameter(Name="/app/token", Type="SecureString", Value="hunter2")
    content = json.dumps({"schemaVersion": "0.3", "mainSteps": []})
    for name in ("open", "isolate-instance"):
        ssm.create_document(Name=name, DocumentType="Automation", DocumentFormat="JSON", Content=content)
    ssm.modify_document_permission(Name="open", PermissionType="Share", AccountIdsToAdd=["all"])
    ran = {
        "AutomationExecutionId": "e",
        "DocumentName": "isolate-instance",
        "AutomationExecutionStatus": "Failed",
        "ExecutionStartTime": "2026-11-20T00:00:00Z",
    }
    names = (
        "secret_parameters_are_encrypted",
        "documents_are_not_public",
        "documents_cannot_become_public",
        "runbooks_succeed",
        "runbooks",
        "automation",
        "response_runbooks",
        "change_control",
        "documents_by_type",
        "open_items",
    )
    item = {"OpsItemId": "oi-1", "CreatedTime": "2026-10-01T00:00:00Z", "Status": "Open"}
    with answering(
        "ssm",
        {
            "DescribeAutomationExecutions": {"AutomationExecutionMetadataList": [ran]},
            "DescribeOpsItems": {"OpsItemSummaries": [item]},
        },
    ):
        told = "2 runbooks of the account's own, with their last run: isolate-instance (2026-11-20), open (no run in the history)"
        assert judge_all(aws, "ssm", names) == {
            "secret_parameters_are_encrypted": {REGION: ("fails", "in plain text: /app/db-password")},
            "documents_are_not_public": {
                f"{SSM}document/open": ("fails", "open is shared with everyone"),
                f"{SSM}document/isolate-instance": ("holds", "shared with nobody"),
            },
            "documents_cannot_become_public": {REGION: ("fails", "the setting for sharing with everyone is Enable")},
            "runbooks_succeed": {REGION: ("fails", "did not succeed: isolate-instance (Failed)")},
            "runbooks": {REGION: ("told", told)},
            "automation": {REGION: ("told", "1 runs of runbooks since 2026-11-20, 0 of them with success")},
            "response_runbooks": {REGION: ("told", "documents that look like playbooks: isolate-instance")},
            "change_control": {},
            "documents_by_type": {REGION: ("told", "documents of the account's own: 2 Automation")},
            "open_items": {REGION: ("told", "1 OpsItems are open, the oldest since 2026-10-01")},
        }
    ssm.delete_parameter(Name="/app/db-password")
    ssm.put_parameter(Name="/app/token-url", Type="String", Value="https://example.com")
    setting = {"SettingId": SHARING, "SettingValue": "Disable", "Status": "Customized"}
    again = {**ran, "AutomationExecutionStatus": "Success", "ExecutionStartTime": "2026-11-21T00:00:00Z"}
    with answering(
        "ssm",
        {
            "DescribeAutomationExecutions": {"AutomationExecutionMetadataList": [again, ran]},
            "GetServiceSetting": {"ServiceSetting": setting},
        },
    ):
        assert judge_all(aws, "ssm", (names[0], *names[2:4])) == {
            "secret_parameters_are_encrypted": {
                REGION: ("holds", "1 of 2 are secure, and no other is named like a secret")
            },
            "documents_cannot_become_public": {REGION: ("holds", "the setting for sharing with everyone is Disable")},
            "runbooks_succeed": {REGION: ("holds", "the last runs of isolate-instance")},
        }


NODE = Node(instance_id="i-1", ping_status="Online")


def state(days: int = 1, **changes: object) -> PatchState:
    fields = {
        "instance_id": "i-1",
        "operation": "Scan",
        "operation_end_time": NOW - timedelta(days=days),
        "missing_count": 0,
        "failed_count": 0,
        "critical_non_compliant_count": 0,
        "security_non_compliant_count": 0,
    }
    return PatchState.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("states", "installed", "looked"),
    [
        ([], CannotTell("Patch Manager never looked at i-1"), Fails("Patch Manager never looked at i-1")),
        (
            [state(36)],
            CannotTell("Patch Manager last looked on 2026-10-18"),
            Fails("last looked at on 2026-10-18"),
        ),
        (
            [state()],
            Holds("every patch of the baseline is installed on 2026-11-22"),
            Holds("last looked at on 2026-11-22"),
        ),
        (
            [state(missing_count=4)],
            Fails("4 patches are missing on 2026-11-22"),
            Holds("last looked at on 2026-11-22"),
        ),
        (
            [state(security_non_compliant_count=2)],
            Fails("2 security patches are not installed on 2026-11-22"),
            Holds("last looked at on 2026-11-22"),
        ),
        (
            [state(installed_pending_reboot_count=1, other_non_compliant_count=1)],
            Fails("1 other patches are not installed, 1 patches wait for a restart on 2026-11-22"),
            Holds("last looked at on 2026-11-22"),
        ),
        ([state(failed_count=1)], Fails("1 patches failed on 2026-11-22"), Holds("last looked at on 2026-11-22")),
        (
            [state(missing_count=4, critical_non_compliant_count=None)],
            Fails("4 patches are missing on 2026-11-22"),
            Holds("last looked at on 2026-11-22"),
        ),
    ],
)
def test_patches(states: list[PatchState], installed: Verdict, looked: Verdict) -> None:
    assert nodes.patches_are_installed(NODE, states, NOW) == installed
    assert nodes.nodes_are_looked_at_for_patches(NODE, states, NOW) == looked


def association(name: str, schedule: str | None = "rate(1 day)", status: str | None = None) -> Association:
    return Association.model_validate(
        {"association_id": "a", "name": name, "schedule_expression": schedule, "overview": {"status": status}}
    )


INSTALL, SCAN = [PatchOperation(value="Install")], [PatchOperation(value="Scan")]


@pytest.mark.parametrize(
    ("one", "operations", "does"),
    [
        (association("AWS-RunPatchBaseline"), INSTALL, "Install"),
        (association("AWS-RunPatchBaseline"), SCAN, "Scan"),
        (association("AWS-RunPatchBaseline"), [], UNTOLD),
        (association("AWS-RunPatchBaseline", None), INSTALL, ""),
        (association("AWS-QuickSetup-PatchPolicy-ScanForPatches-x"), [], "Scan"),
        (association("AWS-QuickSetup-PatchPolicy-InstallPatches-x"), [], "Install"),
        (association("AWS-UpdateSSMAgent"), [], ""),
    ],
)
def test_what_associations_have_patch_manager_do(one: Association, operations: list[PatchOperation], does: str) -> None:
    assert patching.patching_association(one, operations).does == does


def test_associations_that_never_ran() -> None:
    assert nodes.associations_succeed(association("x")) == CannotTell("x: never ran")


def run(name: str, status: str, day: int) -> Execution:
    at = datetime(2026, 11, day, tzinfo=UTC)
    return Execution(document_name=name, automation_execution_status=status, execution_start_time=at)


def test_the_last_run_counts() -> None:
    own = [Document(name="a", document_type="Automation"), Document(name="c", document_type="ChangeCalendar")]
    none = NotApplicable("no run of an own runbook has ended within the history")
    assert documents.runbooks_succeed(own, [run("AWS-Restart", "Failed", 1), run("a", "InProgress", 2)]) == none
    # A run that waits for somebody's approval has not failed.
    finished = [run("a", "PendingApproval", 4), run("a", "Success", 3), run("a", "Failed", 2)]
    assert documents.runbooks_succeed(own, finished) == Holds("the last runs of a")
    assert documents.runbooks_succeed(own, [run("a", "Rejected", 3)]) == none
    assert documents.runbooks_succeed(own, [run("a", "TimedOut", 3)]) == Fails("did not succeed: a (TimedOut)")
    assert documents.change_control(own) == "change calendars: c"


def test_procedures_are_runbooks(aws: Emulator) -> None:
    check = "ssm.procedures_are_runbooks"
    none = "there is no runbook of the account's own, and no instance to run one on"
    assert aws.judge(check) == {ACCOUNT_WIDE: ("not applicable", none)}
    aws.client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
    nothing = "there is no runbook of the account's own, and no run of one of AWS's is on record"
    assert aws.judge(check) == {ACCOUNT_WIDE: ("fails", nothing)}
    run = {
        "AutomationExecutionId": "e",
        "DocumentName": "AWS-RestartEC2Instance",
        "AutomationExecutionStatus": "Success",
        "ExecutionStartTime": "2026-11-20T00:00:00Z",
    }
    with answering("ssm", {"DescribeAutomationExecutions": {"AutomationExecutionMetadataList": [run]}}):
        assert aws.judge(check) == {ACCOUNT_WIDE: ("holds", "run with success: AWS-RestartEC2Instance")}
    content = json.dumps({"schemaVersion": "0.3", "mainSteps": []})
    aws.client("ssm").create_document(Name="restore", DocumentType="Automation", DocumentFormat="JSON", Content=content)
    untold = "no run of restore with success is in the history that Systems Manager keeps"
    assert aws.judge(check) == {ACCOUNT_WIDE: ("unknown", untold)}

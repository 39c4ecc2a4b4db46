"""What is read of Systems Manager.

Associations, maintenance windows and the settings of sessions are about managed nodes, so they are asked for only where
there is one; executions of runbooks only where somebody wrote one.
"""

from datetime import datetime

from checks.ec2.evidence import Instance
from scanner import Evidence, FromJson, Part, Read

# Documents that run Patch Manager. The last is Quick Setup's for host management, where it scans ("SSM Command document for
# patching: AWS-RunPatchBaselineAssociation", Systems Manager user guide).
PATCHING = ("AWS-RunPatchBaseline", "AWS-RunPatchBaselineWithHooks", "AWS-RunPatchBaselineAssociation")
_NODES = "ssm:DescribeInstanceInformation"
_PAGE = {"MaxResults": 50}
_OWN = {"Filters": [{"Key": "Owner", "Values": ["Self"]}]}


class Node(
    Evidence,
    read=Read(
        _NODES,
        "InstanceInformationList",
        fixed=_PAGE,
        arn="arn:{partition}:ssm:{region}:{account}:managed-instance/{instance_id}",
    ),
):
    instance_id: str
    ping_status: str
    platform_type: str | None = None


class SomeNode(Evidence, read=Read(_NODES, "InstanceInformationList[0]", fixed=_PAGE, omitted_if_empty=True)):
    """The first node of the same answer: there is none where there are no nodes."""

    instance_id: str


class PatchState(
    Evidence,
    read=Read(
        "ssm:DescribeInstancePatchStates",
        "InstancePatchStates",
        per=Node,
        args={"InstanceIds": "instance_id"},
        batch=50,
        match="instance_id",
        omitted_if_empty=True,  # a node that was never scanned has no state
    ),
):
    instance_id: str
    operation: str
    operation_end_time: datetime
    missing_count: int
    failed_count: int
    installed_pending_reboot_count: int = 0
    critical_non_compliant_count: int | None = None
    security_non_compliant_count: int | None = None
    other_non_compliant_count: int | None = None


class Overview(Part):
    status: str | None = None


class Association(
    Evidence,
    read=Read(
        "ssm:ListAssociations",
        "Associations",
        per=SomeNode,
        arn="arn:{partition}:ssm:{region}:{account}:association/{association_id}",
    ),
):
    association_id: str
    name: str
    association_name: str | None = None
    schedule_expression: str | None = None
    overview: Overview | None = None


class PatchOperation(
    Evidence,
    read=Read(
        "ssm:DescribeAssociation",
        "AssociationDescription.Parameters.Operation",
        per=Association,
        args={"AssociationId": "association_id"},
        when={"name": PATCHING},
        omitted_if_empty=True,
    ),
):
    """What an association has Patch Manager do: `Scan` or `Install`."""

    value: str


class Window(Evidence, read=Read("ssm:DescribeMaintenanceWindows", "WindowIdentities", per=SomeNode)):
    window_id: str
    enabled: bool


class WindowTask(
    Evidence,
    read=Read(
        "ssm:DescribeMaintenanceWindowTasks",
        "Tasks",
        per=Window,
        args={"WindowId": "window_id"},
        when={"enabled": True},
        arn="arn:{partition}:ssm:{region}:{account}:windowtask/{window_task_id}",
    ),
):
    window_task_id: str
    task_arn: str


class TaskOperation(
    Evidence,
    read=Read(
        "ssm:GetMaintenanceWindowTask",
        "TaskInvocationParameters.RunCommand.Parameters.Operation",
        per=WindowTask,
        args={"WindowId": "Window.window_id", "WindowTaskId": "window_task_id"},
        when={"task_arn": PATCHING},
        omitted_if_empty=True,
    ),
):
    """What a maintenance window's task has Patch Manager do: `Scan` or `Install`."""

    value: str


class SessionInputs(Part):
    s3_bucket_name: str = ""
    cloud_watch_log_group_name: str = ""


class SessionContent(Part):
    inputs: SessionInputs | None = None


class SessionPreferences(
    Evidence,
    read=Read(
        "ssm:GetDocument",
        per=SomeNode,
        fixed={"Name": "SSM-SessionManagerRunShell", "DocumentFormat": "JSON"},
        absent={"InvalidDocument"},
    ),
):
    """How Session Manager opens shells here; there is none until somebody sets it."""

    content: FromJson[SessionContent]


class HostManagement(
    Evidence,
    read=Read(
        "ssm:GetServiceSetting",
        "ServiceSetting",
        per=Instance,
        fixed={"SettingId": "/ssm/managed-instance/default-ec2-instance-management-role"},
    ),
):
    """Default Host Management: the same question for every instance, so it is asked once, and only where there are any."""

    setting_value: str


class Parameter(Evidence, read=Read("ssm:DescribeParameters", "Parameters", fixed=_PAGE)):
    """A parameter without its value, which is never read."""

    name: str
    type: str


class Document(
    Evidence,
    read=Read(
        "ssm:ListDocuments",
        "DocumentIdentifiers",
        fixed=_OWN,
        arn="arn:{partition}:ssm:{region}:{account}:document/{name}",
    ),
):
    """A document of the account's own."""

    name: str
    document_type: str
    created_date: datetime | None = None


class SomeDocument(
    Evidence, read=Read("ssm:ListDocuments", "DocumentIdentifiers[0]", fixed=_OWN, omitted_if_empty=True)
):
    name: str


class PublicSharing(
    Evidence,
    read=Read(
        "ssm:GetServiceSetting",
        "ServiceSetting",
        per=SomeDocument,
        fixed={"SettingId": "/ssm/documents/console/public-sharing-permission"},
    ),
):
    """Whether documents may be shared with everyone: `Enable`, which is the default, or `Disable`."""

    setting_value: str


class DocumentShare(
    Evidence,
    read=Read(
        "ssm:DescribeDocumentPermission",
        "AccountIds",
        per=Document,
        args={"Name": "name"},
        fixed={"PermissionType": "Share"},
    ),
):
    """An account that a document is shared with, or `all`."""

    value: str


class Execution(
    Evidence,
    read=Read("ssm:DescribeAutomationExecutions", "AutomationExecutionMetadataList", per=SomeDocument, fixed=_PAGE),
):
    document_name: str
    automation_execution_status: str
    execution_start_time: datetime
    parent_automation_execution_id: str | None = None


class Run(
    Evidence,
    read=Read("ssm:DescribeAutomationExecutions", "AutomationExecutionMetadataList", per=Instance, fixed=_PAGE),
):
    """A run of any runbook, AWS's ones too: the same question for every instance, so it is asked once, where there are any."""

    document_name: str
    automation_execution_status: str


class OpsItem(
    Evidence,
    read=Read(
        "ssm:DescribeOpsItems",
        "OpsItemSummaries",
        fixed={"OpsItemFilters": [{"Key": "Status", "Values": ["Open"], "Operator": "Equal"}]},
    ),
):
    ops_item_id: str
    created_time: datetime
    priority: int | None = None

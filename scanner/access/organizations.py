"""Service and resource control policies: which requests they restrict, and whether every level allows.

Rests on the AWS Organizations user guide, "SCP evaluation", "Resource control policies" and "RCP evaluation".
"""

from scanner.access.request import Levels, NotSeen, Policies, Request
from scanner.access.statements import RESOURCE_CONTROL, SERVICE_CONTROL, View, ask
from scanner.access.truth import NO, YES, Answer, Doubt, Truth, all_of, any_of, doubtful, unless_yes

# Prefixes of the services whose resources RCPs restrict: "List of AWS services that support RCPs".
RCP_SERVICES = frozenset(
    [
        "aoss",
        "appconfig",
        "appstream",
        "autoscaling",
        "autoscaling-plans",
        "budgets",
        "clouddirectory",
        "cloudfront",
        "cloudsearch",
        "cloudtrail-data",
        "codeartifact",
        "codebuild",
        "codecommit",
        "codepipeline",
        "cognito-identity",
        "cognito-idp",
        "comprehend",
        "comprehendmedical",
        "compute-optimizer",
        "cost-optimization-hub",
        "dax",
        "dsql",
        "dynamodb",
        "ecr",
        "ecr-public",
        "events",
        "firehose",
        "fis",
        "fms",
        "gamelift",
        "health",
        "inspector-scan",
        "kendra",
        "kinesisvideo",
        "kms",
        "logs",
        "memorydb",
        "networkmonitor",
        "notifications",
        "opensearch",
        "pca-connector-ad",
        "personalize",
        "polly",
        "pricing",
        "resource-groups",
        "rolesanywhere",
        "s3",
        "secretsmanager",
        "servicediscovery",
        "signin",
        "sqs",
        "sts",
        "support",
        "swf",
        "textract",
        "timestream-influxdb",
        "transcribe",
        "transfer",
        "translate",
        "wafv2",
        "workspaces",
        "xray",
    ]
)
RCP_EXEMPT_ACTIONS = frozenset(["kms:retiregrant"])


def service_control(request: Request, policies: Policies, view: View) -> tuple[Answer, Answer]:
    """Do all levels above the principal allow, and does any deny?"""
    principal = request.principal
    if not principal.has_identity or principal.account in policies.management_accounts:
        return YES, NO
    return _limits(policies.service_control, request, view, SERVICE_CONTROL)


def resource_control(request: Request, policies: Policies, view: View) -> tuple[Answer, Answer]:
    """Do all levels above the resource allow, and does any deny?"""
    exempt = request.service not in RCP_SERVICES or view.action in RCP_EXEMPT_ACTIONS or request.resource == "*"
    if exempt or request.owner in policies.management_accounts or ":role/aws-service-role/" in request.resource:
        return YES, NO
    return _limits(policies.resource_control, request, view, RESOURCE_CONTROL)


def _limits(levels: Levels, request: Request, view: View, source: str) -> tuple[Answer, Answer]:
    linked = request.principal.service_linked
    if linked:
        return YES, NO
    allowed, denied = _allowed(levels, view, source), _denied(levels, view, source)
    if linked is None:
        doubt = Doubt(source, "not known whether the role is service-linked, and so exempt")
        denied = denied if denied.truth is Truth.FALSE else doubtful(doubt)
        allowed = unless_yes(allowed, doubt)
    return allowed, denied


def _allowed(levels: Levels, view: View, source: str) -> Answer:
    if isinstance(levels, NotSeen):
        return doubtful(Doubt(source, levels.reason))
    return all_of(
        doubtful(Doubt(source, level.reason))
        if isinstance(level, NotSeen)
        else ask(level.policies, "Allow", view, source)
        for level in levels
    )


def _denied(levels: Levels, view: View, source: str) -> Answer:
    if isinstance(levels, NotSeen):
        return doubtful(Doubt(source, levels.reason))
    return any_of(
        doubtful(Doubt(source, level.reason))
        if isinstance(level, NotSeen)
        else ask(level.policies, "Deny", view, source)
        for level in levels
    )

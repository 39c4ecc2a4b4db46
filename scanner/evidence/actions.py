"""The IAM action that an operation needs.

Most are the operation's own name under the service's prefix. Where a service's prefix is not botocore's name for it, it
stands here, from the Service Authorization Reference; where the action has another name, the `Read` says so.
"""

from collections.abc import Mapping

from scanner.evidence.read import Read

_PREFIXES: Mapping[str, str] = {
    "accessanalyzer": "access-analyzer",
    "amp": "aps",
    "apigatewayv2": "apigateway",
    "docdb": "rds",
    "ecr-public": "ecr-public",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "iot1click-devices": "iot1click",
    "neptune": "rds",
    "networkmanager": "networkmanager",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "service-quotas": "servicequotas",
    "servicecatalog-appregistry": "servicecatalog",
    "sesv2": "ses",
    "sso-admin": "sso",
    "stepfunctions": "states",
}

# The reads that take more than one operation, by their `via`: what each sends besides the one that its `Read` names.
ALSO_SENDS: Mapping[str, frozenset[str]] = {
    "credential_report": frozenset({"iam:GenerateCredentialReport"}),
    "event_history": frozenset(),
    "last_accessed": frozenset({"iam:GenerateServiceLastAccessedDetails"}),
    "metrics": frozenset(),
}


# The actions that an operation also needs, of the services that it asks (Service Authorization Reference, dependent actions).
_DEPENDENT: Mapping[str, frozenset[str]] = {
    "wafv2:ListResourcesForWebACL": frozenset(
        {
            "amplify:ListResourcesForWebACL",
            "apprunner:ListAssociatedServicesForWebAcl",
            "cognito-idp:ListResourcesForWebACL",
            "ec2:DescribeVerifiedAccessInstanceWebAclAssociations",
        }
    ),
}


def action_of(read: Read) -> str:
    """`kms:DescribeKey` → `kms:DescribeKey`; `elbv2:DescribeListeners` → `elasticloadbalancing:DescribeListeners`."""
    if read.action:
        return read.action
    return f"{_PREFIXES.get(read.service, read.service)}:{read.operation}"


def actions_of(read: Read) -> frozenset[str]:
    """Every IAM action that a read needs."""
    also = ALSO_SENDS.get(read.via, frozenset()) | _DEPENDENT.get(read.api, frozenset())
    return also | {action_of(read)}

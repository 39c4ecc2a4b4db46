"""The guard: an operation that is not a read is refused before it leaves this process."""

import re
from collections.abc import Callable
from typing import Any

_READ_VERBS = re.compile(
    r"^(?:BatchDescribe|BatchGet|Describe|Get|List|Lookup|Search|Select|Query|Scan|Preview|Simulate|Check|Estimate|Validate)(?=[A-Z0-9])"
)

# These only start a report that AWS keeps; they change nothing in the account (IAM and Cost Explorer API references).
REPORT_STARTERS = frozenset({"iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails"})

# Reads by name whose answer is a credential, whatever the service.
_CREDENTIALS = re.compile(
    r"^Get\w*(?:AccessKeys|AccessToken|AuthToken|AuthorizationToken|ChangeToken|ClientToken|Credentials|DerivedToken|Oauth2Token"
    r"|Password|PaymentToken|PresignedURL|RefreshToken|SecretValue)(?:For\w+)?$|^GetToken$"
)

# Further reads by name that hand out secrets, credentials or data, or that consume something. Never needed as evidence.
NEVER = frozenset(
    {
        "athena:GetQueryResults",
        "cognito-identity:GetOpenIdToken",
        "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
        "cognito-idp:DescribeUserPoolClient",
        "cognito-idp:ListUserPoolClientSecrets",
        "connect:GetFederationToken",
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodbstreams:GetRecords",
        "ec2:GetConsoleOutput",
        "ec2:GetConsoleScreenshot",
        "ec2:GetPasswordData",
        "iot-data:GetThingShadow",
        "kinesis:GetRecords",
        "kms:GetParametersForImport",
        "lightsail:GetInstanceAccessDetails",
        "redshift:GetClusterCredentialsWithIAM",
        "s3:GetObject",
        "s3:GetObjectTorrent",
        "s3:SelectObjectContent",
        "s3control:GetDataAccess",
        "sdb:Select",
        "secretsmanager:BatchGetSecretValue",
        "sqs:ReceiveMessage",
        "ssm:GetParameter",
        "ssm:GetParameterHistory",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "storagegateway:DescribeChapCredentials",
        "sts:GetFederationToken",
        "sts:GetSessionToken",
        "sts:GetWebIdentityToken",
        "workmailmessageflow:GetRawMessageContent",
    }
)

# What finding one's way takes: who we are, which regions are enabled.
WAYFINDING = frozenset({"sts:GetCallerIdentity", "ec2:DescribeRegions"})

# What botocore sends by itself to get or renew the user's credentials, or those of the scanning role. Never evidence.
SIGN_IN = frozenset(
    {
        "signin:CreateOAuth2Token",
        "sso-oidc:CreateToken",
        "sso:GetRoleCredentials",
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
    }
)


class NotAReadError(Exception):
    """Somebody tried to send an operation that the scan may not send."""


def is_read(api: str) -> bool:
    """May a scan ever send this operation?"""
    if api in REPORT_STARTERS or api in WAYFINDING:
        return True
    operation = api.partition(":")[2]
    return api not in NEVER and not _CREDENTIALS.match(operation) and _READ_VERBS.match(operation) is not None


def guard(allowed: frozenset[str]) -> Callable[..., None]:
    """A handler for botocore's `before-call` event: it lets pass what is allowed *and* a read (and signing in), and raises at anything else."""

    def handler(model: Any, **_: Any) -> None:
        api = f"{model.service_model.service_name}:{model.name}"
        if api in SIGN_IN:
            return
        if not is_read(api):
            raise NotAReadError(f"{api} is not a read: it was not sent")
        if api not in allowed and api not in WAYFINDING:
            raise NotAReadError(f"{api} is not in the plan of this scan: it was not sent")

    return handler

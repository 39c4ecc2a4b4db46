"""Checks of the alarms on a trail's log group: who hears of changes that an intruder would make, and of tries to come in.

The calls are those of the CIS AWS Foundations Benchmark, but for the ones of EC2-Classic, which is gone.
"""

from checks.trail_alarms.evidence import TrailWatch, calls, event
from checks.trail_alarms.patterns import ANY
from scanner import Verdict, check

_SIGN_IN = {"eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn"}
_REFUSED = {
    "UnauthorizedOperation": event(errorCode="Client.UnauthorizedOperation", errorMessage=ANY),
    "AccessDenied": event(errorCode="AccessDenied", errorMessage=ANY),
}
_WITHOUT_MFA = {
    "ConsoleLogin without MFA": event(
        **_SIGN_IN,
        userIdentity__type="IAMUser",
        additionalEventData__MFAUsed="No",
        responseElements__ConsoleLogin="Success",
    )
}
_FAILED = {
    "failed ConsoleLogin": event(
        **_SIGN_IN, errorMessage="Failed authentication", responseElements__ConsoleLogin="Failure"
    )
}
_KEYS = calls("kms", "DisableKey", "ScheduleKeyDeletion")
_POLICIES = calls(
    "iam",
    "AttachGroupPolicy",
    "AttachRolePolicy",
    "AttachUserPolicy",
    "CreatePolicy",
    "CreatePolicyVersion",
    "DeleteGroupPolicy",
    "DeletePolicy",
    "DeletePolicyVersion",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "DetachGroupPolicy",
    "DetachRolePolicy",
    "DetachUserPolicy",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutUserPolicy",
)
_TRAILS = calls(
    "cloudtrail",
    "CreateTrail",
    "DeleteTrail",
    "StartLogging",
    "StopLogging",
    "UpdateTrail",
)
_BUCKET_POLICIES = calls(
    "s3",
    "DeleteBucketCors",
    "DeleteBucketLifecycle",
    "DeleteBucketPolicy",
    "DeleteBucketReplication",
    "PutBucketAcl",
    "PutBucketCors",
    "PutBucketLifecycle",
    "PutBucketPolicy",
    "PutBucketReplication",
)
_CONFIG = calls(
    "config",
    "DeleteDeliveryChannel",
    "PutConfigurationRecorder",
    "PutDeliveryChannel",
    "StopConfigurationRecorder",
)
_SECURITY_GROUPS = calls(
    "ec2",
    "AuthorizeSecurityGroupEgress",
    "AuthorizeSecurityGroupIngress",
    "CreateSecurityGroup",
    "DeleteSecurityGroup",
    "RevokeSecurityGroupEgress",
    "RevokeSecurityGroupIngress",
)
_NETWORK_ACLS = calls(
    "ec2",
    "CreateNetworkAcl",
    "CreateNetworkAclEntry",
    "DeleteNetworkAcl",
    "DeleteNetworkAclEntry",
    "ReplaceNetworkAclAssociation",
    "ReplaceNetworkAclEntry",
)
_GATEWAYS = calls(
    "ec2",
    "AttachInternetGateway",
    "CreateCustomerGateway",
    "CreateInternetGateway",
    "DeleteCustomerGateway",
    "DeleteInternetGateway",
    "DetachInternetGateway",
)
_ROUTE_TABLES = calls(
    "ec2",
    "CreateRoute",
    "CreateRouteTable",
    "DeleteRoute",
    "DeleteRouteTable",
    "DisassociateRouteTable",
    "ReplaceRoute",
    "ReplaceRouteTableAssociation",
)
_NETWORKS = calls(
    "ec2",
    "AcceptVpcPeeringConnection",
    "CreateVpc",
    "CreateVpcPeeringConnection",
    "DeleteVpc",
    "DeleteVpcPeeringConnection",
    "ModifyVpcAttribute",
    "RejectVpcPeeringConnection",
)


@check(effort="low")
def refused_calls_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of calls that are refused.

    Why: who tries doors has a key already, and looks for what it opens.
    Fix: aws logs put-metric-filter for errorCode = "*UnauthorizedOperation" and "AccessDenied*", and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_REFUSED)


@check(effort="low")
def sign_ins_without_mfa_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of sign-ins to the console without a second factor.

    Why: a password alone is what phishing brings.
    Fix: aws logs put-metric-filter for eventName = "ConsoleLogin" with MFAUsed != "Yes", and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_WITHOUT_MFA)


@check(effort="low")
def failed_sign_ins_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of sign-ins to the console that fail.

    Why: many of them are somebody who guesses.
    Fix: aws logs put-metric-filter for eventName = "ConsoleLogin" with errorMessage = "Failed authentication", and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_FAILED)


@check(effort="low")
def loss_of_keys_raises_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of keys that are disabled or to be deleted.

    Why: what they encrypted is unreadable from then on, and gone when they are.
    Fix: aws logs put-metric-filter for DisableKey and ScheduleKeyDeletion, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_KEYS)


@check(effort="low")
def changes_of_policies_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of IAM's policies.

    Why: whoever may change a policy may let himself do the rest.
    Fix: aws logs put-metric-filter for the names of the calls, such as AttachGroupPolicy, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_POLICIES)


@check(effort="low")
def changes_of_trails_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of trails.

    Why: the record is what an intruder switches off first.
    Fix: aws logs put-metric-filter for the names of the calls, such as CreateTrail, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_TRAILS)


@check(effort="low")
def changes_of_bucket_policies_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of who reads buckets and what they keep.

    Why: one such change opens a bucket, or empties it.
    Fix: aws logs put-metric-filter for the names of the calls, such as DeleteBucketCors, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_BUCKET_POLICIES)


@check(effort="low")
def changes_of_config_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of AWS Config's recorder and its delivery.

    Why: a recorder that is off shows no change, nor that it is off.
    Fix: aws logs put-metric-filter for the names of the calls, such as DeleteDeliveryChannel, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_CONFIG)


@check(effort="low")
def changes_of_security_groups_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of security groups.

    Why: a port that is opened for an hour is found within minutes.
    Fix: aws logs put-metric-filter for the names of the calls, such as AuthorizeSecurityGroupEgress, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_SECURITY_GROUPS)


@check(effort="low")
def changes_of_network_acls_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of network access lists.

    Why: they stand before every machine of a subnet.
    Fix: aws logs put-metric-filter for the names of the calls, such as CreateNetworkAcl, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_NETWORK_ACLS)


@check(effort="low")
def changes_of_gateways_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of gateways.

    Why: a new gateway is a new way in and out.
    Fix: aws logs put-metric-filter for the names of the calls, such as AttachInternetGateway, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_GATEWAYS)


@check(effort="low")
def changes_of_route_tables_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of routes.

    Why: traffic that takes another way passes by what should see it.
    Fix: aws logs put-metric-filter for the names of the calls, such as CreateRoute, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_ROUTE_TABLES)


@check(effort="low")
def changes_of_networks_raise_an_alarm(watch: TrailWatch) -> Verdict:
    """Where a trail writes to a log group, a metric filter and an alarm tell somebody of changes of VPCs and their peerings.

    Why: a peering joins two networks that were apart.
    Fix: aws logs put-metric-filter for the names of the calls, such as AcceptVpcPeeringConnection, and an alarm on its metric with a topic that somebody is subscribed to.
    """
    return watch.tells_of(_NETWORKS)

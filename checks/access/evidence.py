"""What the access engine needs of AWS, beside what other checks read anyway.

Policies stay as AWS handed them out here and are read one by one, so that one which is malformed hides no other.
"""

from typing import Any

from checks.ec2.evidence import Instance
from checks.iam.evidence import Group as IamGroup
from checks.iam.evidence import LocalPolicy as IamPolicy
from checks.iam.evidence import Role as IamRole
from checks.iam.evidence import User as IamUser
from checks.kms import Key, KeyEntry
from checks.organizations import ControlPolicy
from checks.s3.evidence import Bucket
from checks.secretsmanager import Secret
from scanner import Evidence, Part, Read

_NONE = frozenset({"AWSOrganizationsNotInUseException"})


class Tag(Part):
    key: str
    value: str = ""


class Inline(Part):
    policy_name: str
    policy_document: Any


class Attached(Part):
    policy_arn: str


class Boundary(Part):
    permissions_boundary_arn: str


class Member(Evidence):
    """What users and roles have in common."""

    arn: str
    attached_managed_policies: tuple[Attached, ...] = ()
    permissions_boundary: Boundary | None = None
    tags: tuple[Tag, ...] = ()


class User(Member, read=IamUser.read):
    user_name: str
    user_id: str
    user_policy_list: tuple[Inline, ...] = ()
    group_list: tuple[str, ...] = ()


class Group(Evidence, read=IamGroup.read):
    arn: str
    group_name: str
    group_policy_list: tuple[Inline, ...] = ()
    attached_managed_policies: tuple[Attached, ...] = ()


class Profile(Part):
    arn: str


class Role(Member, read=IamRole.read):
    role_name: str
    role_id: str
    assume_role_policy_document: Any
    role_policy_list: tuple[Inline, ...] = ()
    instance_profile_list: tuple[Profile, ...] = ()


class Version(Part):
    document: Any
    is_default_version: bool


class LocalPolicy(Evidence, read=IamPolicy.read):
    """A customer-managed policy. Only its default version is in force."""

    arn: str
    policy_version_list: tuple[Version, ...]


class AwsPolicy(
    Evidence,
    read=Read(
        "iam:ListPolicies", "Policies", fixed={"Scope": "AWS", "OnlyAttached": True}, arn="{arn}", scope="global"
    ),
):
    """A policy that AWS keeps and that is attached to somebody here."""

    arn: str
    default_version_id: str


class AwsPolicyVersion(
    Evidence,
    read=Read(
        "iam:GetPolicyVersion",
        "PolicyVersion",
        per=AwsPolicy,
        args={"PolicyArn": "arn", "VersionId": "default_version_id"},
    ),
):
    document: Any


class KeyAlias(Evidence, read=Read("kms:ListAliases", "Aliases", arn="{alias_arn}")):
    """Another name of a key. AWS keeps names for keys that it has not made yet; those have no key."""

    alias_arn: str
    alias_name: str
    target_key_id: str | None = None


class KeyTraits(Evidence, read=Read("kms:DescribeKey", "KeyMetadata", per=KeyEntry, args={"KeyId": "key_id"})):
    """What conditions in policies look at."""

    key_usage: str
    multi_region: bool | None = None  # not there for keys in custom key stores of older answers


class KeyDocument(
    Evidence,
    read=Read("kms:GetKeyPolicy", per=Key, args={"KeyId": "key_id"}, fixed={"PolicyName": "default"}),
):
    """The policy of any key, those that AWS manages too."""

    policy: Any


class Constraints(Part):
    encryption_context_subset: dict[str, str] | None = None
    encryption_context_equals: dict[str, str] | None = None
    source_arn: str | None = None


class KeyGrant(
    Evidence,
    read=Read("kms:ListGrants", "Grants", per=Key, args={"KeyId": "key_id"}, when={"key_manager": "CUSTOMER"}),
):
    grant_id: str
    grantee_principal: str | None = None
    grantee_service_principal: str | None = None
    retiring_principal: str | None = None
    operations: tuple[str, ...]
    constraints: Constraints | None = None


class SecretDocument(Evidence, read=Read("secretsmanager:GetResourcePolicy", per=Secret, args={"SecretId": "arn"})):
    resource_policy: Any = None  # not there where the secret has none


class BucketDocument(
    Evidence,
    read=Read(
        "s3:GetBucketPolicy",
        per=Bucket,
        args={"Bucket": "name"},
        region="{bucket_region}",
        absent={"NoSuchBucketPolicy"},
    ),
):
    policy: Any


class DatabaseKey(Evidence, read=Read("rds:DescribeDBInstances", "DBInstances", arn="{db_instance_arn}")):
    db_instance_arn: str
    db_instance_identifier: str
    kms_key_id: str | None = None  # not there where storage is not encrypted
    iam_database_authentication_enabled: bool = False


class VolumeKey(
    Evidence,
    read=Read("ec2:DescribeVolumes", "Volumes", arn="arn:{partition}:ec2:{region}:{account}:volume/{volume_id}"),
):
    volume_id: str
    kms_key_id: str | None = None  # not there where the volume is not encrypted


class Placement(Part):
    availability_zone: str


class InstanceRole(Evidence, read=Instance.read):
    """Where an instance is, and the profile through which it has a role."""

    instance_id: str
    placement: Placement
    iam_instance_profile: Profile | None = None


class Function(Evidence, read=Read("lambda:ListFunctions", "Functions", arn="{function_arn}")):
    function_arn: str
    function_name: str
    role: str


class ControlDocument(
    Evidence,
    read=Read(
        "organizations:DescribePolicy",
        "Policy",
        per=ControlPolicy,
        args={"PolicyId": "id"},
        when={"aws_managed": False},
    ),
):
    content: Any


class ResourcePolicy(
    Evidence,
    read=Read(
        "organizations:ListPolicies",
        "Policies",
        fixed={"Filter": "RESOURCE_CONTROL_POLICY"},
        arn="{arn}",
        absent=_NONE,
        scope="organization",
    ),
):
    """A resource control policy, RCPFullAWSAccess too."""

    id: str
    arn: str
    name: str
    aws_managed: bool


class ResourceDocument(
    Evidence,
    read=Read(
        "organizations:DescribePolicy",
        "Policy",
        per=ResourcePolicy,
        args={"PolicyId": "id"},
        when={"aws_managed": False},
    ),
):
    content: Any


class ResourcePolicyTarget(
    Evidence,
    read=Read("organizations:ListTargetsForPolicy", "Targets", per=ResourcePolicy, args={"PolicyId": "id"}),
):
    """A root, unit or account to which a resource control policy is attached."""

    target_id: str

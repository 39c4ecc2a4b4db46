"""What S3 says of buckets and of the account's block of public access."""

from datetime import datetime

from scanner import Evidence, Part, Policy, Read

_ARGS = {"Bucket": "name"}
_THERE = "{bucket_region}"


class Bucket(
    Evidence,
    read=Read(
        "s3:ListBuckets",
        "Buckets",
        arn="arn:{partition}:s3:::{name}",
        fixed={"MaxBuckets": 1000},  # BucketRegion comes only where the request has a parameter (S3 API reference)
        scope="global",
        action="s3:ListAllMyBuckets",
    ),
):
    name: str
    bucket_region: str = "us-east-1"  # only where to ask: S3 sends a request for another region's bucket on to it


class Flags(Part):
    """The four switches of a block. One that is not there is off (S3 API reference)."""

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False

    @property
    def off(self) -> tuple[str, ...]:
        """The switches that are off, under AWS's names."""
        switches = {
            "BlockPublicAcls": self.block_public_acls,
            "IgnorePublicAcls": self.ignore_public_acls,
            "BlockPublicPolicy": self.block_public_policy,
            "RestrictPublicBuckets": self.restrict_public_buckets,
        }
        return tuple(name for name, on in switches.items() if not on)


class AccountBlock(
    Evidence,
    Flags,
    read=Read(
        "s3control:GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        fixed={"AccountId": "{account}"},
        scope="global",
        absent={"NoSuchPublicAccessBlockConfiguration"},
        action="s3:GetAccountPublicAccessBlock",
    ),
):
    """The account's block of public access, for all its buckets."""


class BucketBlock(
    Evidence,
    Flags,
    read=Read(
        "s3:GetPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        per=Bucket,
        args=_ARGS,
        region=_THERE,
        absent={"NoSuchPublicAccessBlockConfiguration"},
        action="s3:GetBucketPublicAccessBlock",
    ),
):
    """A bucket's own block of public access."""


class BucketPolicy(
    Evidence,
    read=Read("s3:GetBucketPolicy", per=Bucket, args=_ARGS, region=_THERE, absent={"NoSuchBucketPolicy"}),
):
    policy: Policy


class PolicyStatus(
    Evidence,
    read=Read(
        "s3:GetBucketPolicyStatus",
        "PolicyStatus",
        per=Bucket,
        args=_ARGS,
        region=_THERE,
        absent={"NoSuchBucketPolicy"},
    ),
):
    """AWS's own word on whether the bucket's policy is public."""

    is_public: bool


class Grantee(Part):
    uri: str | None = None


class Grant(Part):
    grantee: Grantee
    permission: str


class Owner(Part):
    id: str | None = None


class Acl(Evidence, read=Read("s3:GetBucketAcl", per=Bucket, args=_ARGS, region=_THERE)):
    grants: tuple[Grant, ...]
    owner: Owner | None = None  # the account, by its canonical id

    @property
    def public(self) -> tuple[str, ...]:
        """What the ACL grants to everyone, or to everyone who has an AWS account."""
        groups = {"AllUsers": "everyone", "AuthenticatedUsers": "every AWS account"}
        named = [(one.permission, (one.grantee.uri or "").rpartition("/")[2]) for one in self.grants]
        return tuple(f"{permission} for {groups[group]}" for permission, group in named if group in groups)


class OwnershipRule(Part):
    object_ownership: str


class Ownership(
    Evidence,
    read=Read(
        "s3:GetBucketOwnershipControls",
        "OwnershipControls",
        per=Bucket,
        args=_ARGS,
        region=_THERE,
        absent={"OwnershipControlsNotFoundError"},
    ),
):
    rules: tuple[OwnershipRule, ...]

    @property
    def disables_acls(self) -> bool:
        return any(rule.object_ownership == "BucketOwnerEnforced" for rule in self.rules)


class DefaultEncryption(Part):
    sse_algorithm: str
    kms_master_key_id: str | None = None


class EncryptionRule(Part):
    apply_server_side_encryption_by_default: DefaultEncryption | None = None


class Encryption(
    Evidence,
    read=Read(
        "s3:GetBucketEncryption",
        "ServerSideEncryptionConfiguration",
        per=Bucket,
        args=_ARGS,
        region=_THERE,
        absent={"ServerSideEncryptionConfigurationNotFoundError"},
        action="s3:GetEncryptionConfiguration",
    ),
):
    rules: tuple[EncryptionRule, ...]

    @property
    def default(self) -> DefaultEncryption | None:
        return next((rule.apply_server_side_encryption_by_default for rule in self.rules), None)


class Versioning(Evidence, read=Read("s3:GetBucketVersioning", per=Bucket, args=_ARGS, region=_THERE)):
    status: str | None = None  # not there where versioning was never switched on (S3 API reference)
    mfa_delete: str | None = None  # only there where it was ever configured (S3 API reference)


class Expiration(Part):
    """When objects end. A rule that only takes away delete markers has neither a day nor a number of days."""

    days: int | None = None
    date: datetime | None = None


class Noncurrent(Part):
    noncurrent_days: int | None = None


class Transition(Part):
    storage_class: str


class Abort(Part):
    days_after_initiation: int | None = None


class LifecycleRule(Part):
    status: str
    expiration: Expiration | None = None
    noncurrent_version_expiration: Noncurrent | None = None
    transitions: tuple[Transition, ...] = ()
    noncurrent_version_transitions: tuple[Transition, ...] = ()
    abort_incomplete_multipart_upload: Abort | None = None

    @property
    def acts(self) -> tuple[str, ...]:
        """What an enabled rule does with data."""
        if self.status != "Enabled":
            return ()
        does = {
            "expires objects": self.expiration is not None and bool(self.expiration.days or self.expiration.date),
            "expires old versions": self.noncurrent_version_expiration is not None,
            "moves objects to another class": bool(self.transitions),
            "moves old versions to another class": bool(self.noncurrent_version_transitions),
        }
        return tuple(what for what, so in does.items() if so)


class Lifecycle(
    Evidence,
    read=Read(
        "s3:GetBucketLifecycleConfiguration",
        per=Bucket,
        args=_ARGS,
        region=_THERE,
        absent={"NoSuchLifecycleConfiguration"},
        action="s3:GetLifecycleConfiguration",
    ),
):
    rules: tuple[LifecycleRule, ...]


class LogTarget(Part):
    target_bucket: str


class Logging(Evidence, read=Read("s3:GetBucketLogging", per=Bucket, args=_ARGS, region=_THERE)):
    logging_enabled: LogTarget | None = None  # not there where access is not logged (S3 API reference)


class ObjectLock(
    Evidence,
    read=Read(
        "s3:GetObjectLockConfiguration",
        "ObjectLockConfiguration",
        per=Bucket,
        args=_ARGS,
        region=_THERE,
        absent={"ObjectLockConfigurationNotFoundError"},
        action="s3:GetBucketObjectLockConfiguration",
    ),
):
    object_lock_enabled: str | None = None


class ReplicationRule(Part):
    status: str


class Replication(
    Evidence,
    read=Read(
        "s3:GetBucketReplication",
        "ReplicationConfiguration",
        per=Bucket,
        args=_ARGS,
        region=_THERE,
        absent={"ReplicationConfigurationNotFoundError"},
        action="s3:GetReplicationConfiguration",
    ),
):
    rules: tuple[ReplicationRule, ...]

    @property
    def runs(self) -> bool:
        return any(rule.status == "Enabled" for rule in self.rules)

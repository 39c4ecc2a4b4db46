"""Checks of how a bucket's objects are encrypted, kept, logged and let go."""

from dataclasses import dataclass
from datetime import UTC, datetime

from checks.backup.evidence import Protected, recent_backup
from checks.iam.evidence import RootCredentials
from checks.s3.evidence import Bucket, Encryption, Lifecycle, Logging, ObjectLock, Replication, Versioning
from scanner import AllRegions, Fails, Holds, NotApplicable, ScanTime, Target, Verdict, check, derived, fact

ENCRYPTED_SINCE = datetime(2023, 1, 5, tzinfo=UTC)  # S3 User Guide, "Default encryption FAQ"


@dataclass(frozen=True)
class LogBuckets:
    """The buckets that other buckets' access logs go to."""

    names: frozenset[str]


@derived
def log_buckets(loggings: list[Logging]) -> LogBuckets:
    """All targets of access logs in the account."""
    return LogBuckets(frozenset(one.logging_enabled.target_bucket for one in loggings if one.logging_enabled))


@check(effort="low")
def new_objects_are_encrypted(encryption: Encryption | None) -> Verdict:
    """Buckets encrypt every new object.

    Why: encrypted objects are worthless to whoever gets hold of the disks.
    Fix: nothing to do: since January 2023 S3 encrypts every new object by itself.
    """
    default = encryption.default if encryption else None
    if default is None:
        return Holds("S3 encrypts every new object with SSE-S3")
    return Holds(f"new objects are encrypted with {default.sse_algorithm}")


@check(effort="high")
def no_object_is_older_than_encryption(buckets: list[Bucket], roots: list[RootCredentials]) -> Verdict:
    """No object can be older than S3's own encryption: the account itself is younger.

    Why: S3 encrypts every new object since 5 January 2023, and leaves those of before as they are.
    Fix: an S3 Inventory with the field EncryptionStatus names plain objects; S3 Batch Operations copies them onto themselves.
    """
    if not buckets:
        return NotApplicable("the account has no buckets")
    # A bucket's own date says nothing: it moves when its policy is edited (S3 API reference, Bucket).
    opened = max((root.user_creation_time for root in roots), default=None)
    if opened is not None and opened >= ENCRYPTED_SINCE:
        return Holds(f"the account was opened on {opened:%Y-%m-%d}")
    return Fails(
        f"S3 does not tell of {len(buckets)} buckets whether they hold plain objects from before 5 January 2023"
    )


@check(effort="low")
def objects_are_encrypted_under_a_kms_key(encryption: Encryption | None) -> Verdict:
    """Buckets encrypt new objects under a KMS key.

    Why: a KMS key has a policy of its own and logs each use; the key of SSE-S3 has neither.
    Fix: aws s3api put-bucket-encryption --bucket NAME … SSEAlgorithm=aws:kms, BucketKeyEnabled=true
    """
    default = encryption.default if encryption else None
    if default is None or not default.sse_algorithm.startswith("aws:kms"):
        return Fails("new objects are encrypted with SSE-S3")
    return Holds(f"new objects are encrypted under {default.kms_master_key_id or 'the key that AWS manages for S3'}")


@check(effort="low")
def versions_are_kept(versioning: Versioning) -> Verdict:
    """Buckets keep the earlier versions of their objects.

    Why: an object that is overwritten or deleted, by mistake or by malware, can be brought back.
    Fix: aws s3api put-bucket-versioning --bucket NAME --versioning-configuration Status=Enabled
    """
    if versioning.status == "Enabled":
        return Holds("versioning is on")
    return Fails("versioning is suspended" if versioning.status == "Suspended" else "versioning is off")


@check(effort="medium")
def versions_are_deleted_with_mfa_only(
    versioning: Versioning, lifecycle: Lifecycle | None, lock: ObjectLock | None
) -> Verdict:
    """Versions of objects can be deleted for good with the root user's second factor only.

    Why: a stolen key that may delete versions leaves nothing to bring back.
    Fix: as root: aws s3api put-bucket-versioning … Status=Enabled,MFADelete=Enabled --mfa "SERIAL CODE"; or use Object Lock.
    """
    if versioning.status != "Enabled":
        return NotApplicable("the bucket does not keep versions")
    if versioning.mfa_delete == "Enabled":
        return Holds("MFA delete is on")
    if lock is not None and lock.object_lock_enabled == "Enabled":
        return NotApplicable("the bucket has Object Lock")
    if lifecycle is not None:
        return NotApplicable("the bucket has lifecycle rules, with which S3 allows no MFA delete")
    return Fails("MFA delete is off")


@check(effort="medium")
def old_data_is_let_go(lifecycle: Lifecycle | None) -> Verdict:
    """Buckets have a rule that expires data or moves it to a cheaper class.

    Why: data that nobody lets go grows for ever, in cost and in what can leak.
    Fix: aws s3api put-bucket-lifecycle-configuration with an expiration or a transition.
    """
    if lifecycle is None:
        return Fails("the bucket has no lifecycle rules")
    acts = sorted({act for rule in lifecycle.rules for act in rule.acts})
    return Holds(f"a rule {', '.join(acts)}") if acts else Fails("no enabled rule expires or moves data")


@check(effort="low")
def unfinished_uploads_are_dropped(lifecycle: Lifecycle | None) -> Verdict:
    """Buckets drop the parts of uploads that were never finished.

    Why: parts that no object shows are paid for until somebody drops them.
    Fix: aws s3api put-bucket-lifecycle-configuration with AbortIncompleteMultipartUpload
    """
    rules = [rule for rule in lifecycle.rules if rule.status == "Enabled"] if lifecycle else []
    days = [
        r.abort_incomplete_multipart_upload.days_after_initiation for r in rules if r.abort_incomplete_multipart_upload
    ]
    return Holds(f"after {days[0]} days") if days else Fails("no enabled rule drops unfinished uploads")


@check(effort="low")
def access_is_logged(bucket: Bucket, logging: Logging, targets: LogBuckets) -> Verdict:
    """Buckets log the requests that they answer.

    Why: without the log nobody can tell what was read after a credential leaked.
    Fix: aws s3api put-bucket-logging --bucket NAME …, or record data events in CloudTrail.
    """
    if logging.logging_enabled:
        return Holds(f"logs to {logging.logging_enabled.target_bucket}")
    if bucket.name in targets.names:
        return NotApplicable("other buckets log to it")
    return Fails("requests are not logged")


@check(effort="low")
def objects_can_be_brought_back(
    bucket: Bucket,
    versioning: Versioning,
    protected: AllRegions[Protected],
    targets: LogBuckets,
    at: ScanTime,
    here: Target,
    *,
    days: int = 8,
) -> Verdict:
    """Objects that are overwritten or deleted can be brought back, from a version or from AWS Backup.

    Why: S3 loses no object by itself, and keeps none that somebody deletes.
    Fix: aws s3api put-bucket-versioning --bucket NAME --versioning-configuration Status=Enabled
    """
    if versioning.status == "Enabled":
        return Holds("versioning is on")
    if last := recent_backup(protected, f"arn:{here.partition}:s3:::{bucket.name}", at, days):
        return Holds(f"AWS Backup made a recovery point on {last:%Y-%m-%d}")
    if bucket.name in targets.names:
        return NotApplicable("it holds logs of other buckets")
    return Fails("neither versions nor a recent recovery point of AWS Backup")


@check(effort="low")
def old_versions_are_let_go(versioning: Versioning, lifecycle: Lifecycle | None) -> Verdict:
    """Buckets that keep versions have a rule for the old ones.

    Why: what was deleted for good reason, such as personal data, lives on as a version that nobody sees.
    Fix: aws s3api put-bucket-lifecycle-configuration with a NoncurrentVersionExpiration
    """
    if versioning.status is None:
        return NotApplicable("the bucket keeps no versions")
    rules = [rule for rule in lifecycle.rules if rule.status == "Enabled"] if lifecycle else []
    days = [one.noncurrent_version_expiration.noncurrent_days for one in rules if one.noncurrent_version_expiration]
    if days:
        return Holds(f"after {days[0]} days" if days[0] is not None else "a rule expires old versions")
    return Fails("no enabled rule expires old versions")


@fact
def locked_buckets(buckets: list[Bucket], locks: list[ObjectLock]) -> str | None:
    """How many buckets can lock objects against deletion."""
    locked = sum(one.object_lock_enabled == "Enabled" for one in locks)
    return f"{locked} of {len(buckets)} buckets have object lock" if buckets else None


@fact
def replicated_buckets(buckets: list[Bucket], replications: list[Replication]) -> str | None:
    """How many buckets copy their objects to another bucket."""
    return f"{sum(one.runs for one in replications)} of {len(buckets)} buckets are replicated" if buckets else None


@fact
def buckets_by_region(buckets: list[Bucket]) -> str | None:
    """Where the buckets are."""
    regions = [one.bucket_region for one in buckets]
    counted = ", ".join(f"{regions.count(region)} in {region}" for region in sorted(set(regions)))
    return f"{len(buckets)} buckets: {counted}" if buckets else None

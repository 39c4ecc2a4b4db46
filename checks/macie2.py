"""Macie: whether sensitive data is searched for in buckets, and how the buckets stand that hold some."""

from datetime import datetime

from checks.s3.evidence import Bucket
from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Target, Verdict, check, fact

# AWS uses the code for missing permissions too; these words say that Macie is off.
_OFF = frozenset({"AccessDeniedException: Macie is not enabled"})
_RUNNING = ("RUNNING", "IDLE")  # the states of a scheduled job that goes on (Macie API reference, JobStatus)


class Session(Evidence, read=Read("macie2:GetMacieSession", absent=_OFF)):
    status: str


class Discovery(
    Evidence,
    read=Read("macie2:GetAutomatedDiscoveryConfiguration", per=Session, when={"status": "ENABLED"}, absent=_OFF),
):
    status: str = "DISABLED"


class Administrator(
    Evidence,
    read=Read(
        "macie2:GetAdministratorAccount",
        "administrator",
        per=Session,
        when={"status": "ENABLED"},
        absent=_OFF,
        omitted_if_empty=True,
    ),
):
    """Another account that administers Macie for this one, and whose discovery and jobs cannot be seen from here."""

    account_id: str = ""
    relationship_status: str = ""

    @property
    def administers(self) -> bool:
        return self.relationship_status in ("Enabled", "Paused")


class Job(
    Evidence,
    read=Read(
        "macie2:ListClassificationJobs",
        "items",
        per=Session,
        when={"status": "ENABLED"},
        absent=_OFF,
        omitted_if_empty=True,
    ),
):
    name: str
    job_type: str
    job_status: str
    created_at: datetime


class Destination(Part):
    bucket_name: str


class Export(
    Evidence,
    read=Read(
        "macie2:GetClassificationExportConfiguration",
        "configuration",
        per=Session,
        when={"status": "ENABLED"},
        absent=_OFF,
        omitted_if_empty=True,
    ),
):
    """Where results are kept for longer than Macie's ninety days."""

    s3_destination: Destination | None = None


class PublicAccess(Part):
    effective_permission: str = "UNKNOWN"


class Encryption(Part):
    type: str = ""


class JudgedBucket(
    Evidence,
    read=Read(
        "macie2:DescribeBuckets",
        "buckets",
        per=Session,
        fixed={"criteria": {"accountId": {"eq": ["{account}"]}}},
        when={"status": "ENABLED"},
        arn="{bucket_arn}",
        absent=_OFF,
        omitted_if_empty=True,
    ),
):
    """A bucket as Macie sees it. A score above 50 says that sensitive data was found in it, -1 that it could not be read."""

    bucket_arn: str
    bucket_name: str
    sensitivity_score: int | None = None
    public_access: PublicAccess = PublicAccess()
    server_side_encryption: Encryption = Encryption()

    @property
    def sensitive(self) -> bool:
        return self.sensitivity_score is not None and self.sensitivity_score > 50


NOTHING_FOUND = NotApplicable("Macie has found no sensitive data in it")


@check(effort="low")
def sensitive_data_is_looked_for(session: Session | None, buckets: list[Bucket], here: Target) -> Verdict:
    """Macie is on in each region that has buckets.

    Why: personal data turns up where nobody meant to keep it: in logs, exports and old copies.
    Fix: aws macie2 enable-macie --region REGION, best for all accounts from the delegated administrator.
    """
    mine = sum(bucket.bucket_region == here.region for bucket in buckets)
    if session is not None and session.status == "ENABLED":
        return Holds("Macie is on")
    if not mine:
        return NotApplicable("the region has no buckets")
    return Fails(f"Macie is {'off' if session is None else session.status}, and {mine} buckets are here")


@check(effort="low")
def discovery_runs_by_itself(
    session: Session | None, discovery: list[Discovery], jobs: list[Job], administrators: list[Administrator]
) -> Verdict:
    """Where Macie is on, it samples buckets by itself or a scheduled job goes through them.

    Why: Macie without either looks at how buckets are configured, and never into them.
    Fix: aws macie2 update-automated-discovery-configuration --status ENABLED
    """
    if session is None or session.status != "ENABLED":
        return NotApplicable("Macie is off" if session is None else f"Macie is {session.status}")
    if any(one.status == "ENABLED" for one in discovery):
        return Holds("automated discovery is on")
    running = sorted(job.name for job in jobs if job.job_type == "SCHEDULED" and job.job_status in _RUNNING)
    if running:
        return Holds(f"scheduled jobs: {', '.join(running[:5])}")
    told = "automated discovery is off, and no scheduled job goes on"
    others = sorted(one.account_id for one in administrators if one.administers)
    return CannotTell(f"{told} here; {others[0]} administers Macie and may do either") if others else Fails(told)


@check(effort="low")
def results_are_kept(session: Session | None, exports: list[Export], administrators: list[Administrator]) -> Verdict:
    """Where Macie is on, what it finds is also kept in a bucket of the account's own.

    Why: Macie itself keeps results for ninety days, which no audit is content with.
    Fix: aws macie2 put-classification-export-configuration with a bucket and a KMS key
    """
    if session is None or session.status != "ENABLED":
        return NotApplicable("Macie is off" if session is None else f"Macie is {session.status}")
    names = [one.s3_destination.bucket_name for one in exports if one.s3_destination]
    if names:
        return Holds(f"kept in {names[0]}")
    others = [one for one in administrators if one.administers]
    return (
        CannotTell(f"no bucket is set here; {others[0].account_id} administers Macie, and may keep its own results")
        if others
        else Fails("no bucket is set")
    )


@check(effort="medium")
def buckets_with_sensitive_data_are_closed(bucket: JudgedBucket) -> Verdict:
    """Buckets in which Macie found sensitive data are not public.

    Why: this is the data whose loss has to be told to those whom it is about.
    Fix: aws s3api put-public-access-block --bucket NAME … with all four switches on
    """
    if not bucket.sensitive:
        return NOTHING_FOUND
    permission = bucket.public_access.effective_permission
    if permission == "UNKNOWN":
        return CannotTell("Macie could not tell whether the bucket is public")
    told = f"sensitivity {bucket.sensitivity_score}, {permission}"
    return Holds(told) if permission == "NOT_PUBLIC" else Fails(told)


@check(effort="medium")
def buckets_with_sensitive_data_use_a_kms_key(bucket: JudgedBucket) -> Verdict:
    """Buckets in which Macie found sensitive data encrypt new objects under a KMS key.

    Why: a KMS key has a policy of its own, so that the bucket's alone does not decide who reads.
    Fix: aws s3api put-bucket-encryption --bucket NAME … SSEAlgorithm=aws:kms, BucketKeyEnabled=true
    """
    if not bucket.sensitive:
        return NOTHING_FOUND
    kind = bucket.server_side_encryption.type
    if not kind:
        return CannotTell("Macie could not tell how new objects are encrypted")
    told = f"sensitivity {bucket.sensitivity_score}, new objects are encrypted with {kind}"
    return Holds(told) if kind.startswith("aws:kms") else Fails(told)


@fact
def how_sensitive_buckets_are(session: Session | None, buckets: list[JudgedBucket]) -> str | None:
    """In which buckets Macie found sensitive data, and which it could not read."""
    if session is None or not buckets:
        return None
    found = sorted(bucket.bucket_name for bucket in buckets if bucket.sensitive)
    closed = sorted(bucket.bucket_name for bucket in buckets if bucket.sensitivity_score == -1)
    unread = f"; it could not read {', '.join(closed[:5])}" if closed else ""
    return f"Macie found sensitive data in {len(found)} of {len(buckets)} buckets: {', '.join(found[:10]) or 'none'}{unread}"


@fact
def classification_jobs(session: Session | None, jobs: list[Job]) -> str | None:
    """Which jobs go through buckets, and when they were made."""
    if session is None:
        return None
    told = sorted(f"{job.name} ({job.job_type}, {job.job_status}, {job.created_at:%Y-%m-%d})" for job in jobs)
    return f"classification jobs: {', '.join(told[:10]) or 'none'}"

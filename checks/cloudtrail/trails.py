"""CloudTrail: which trails record what, and whether the record can be trusted."""

from datetime import timedelta

from checks.cloudtrail.evidence import (
    BOTH,
    NOT_LOGGING,
    EventDataStore,
    Insights,
    Recorder,
    Selectors,
    Trail,
    TrailStatus,
    together,
)
from checks.s3.evidence import Bucket, Logging, ObjectLock, Versioning
from scanner import (
    CannotTell,
    Fails,
    Holds,
    NotApplicable,
    ScanTime,
    Target,
    Verdict,
    check,
    fact,
)


@check(effort="low")
def a_trail_records_this_region(recorders: list[Recorder]) -> Verdict:
    """A trail that is logging records all management events of the region.

    Why: without a record of who did what, an intrusion can neither be noticed nor reconstructed.
    Fix: aws cloudtrail create-trail --is-multi-region-trail …, then aws cloudtrail start-logging --name TRAIL
    """
    for one in recorders:
        if not one.hindrance:
            return Holds(f"{one.trail.name} records all management events here")
    if names := together(recorders):
        return Holds(f"{names} record all management events here together")
    return Fails("; ".join(one.hindrance for one in recorders) or "no trail covers this region")


@check(effort="low")
def a_trail_covers_every_region(recorders: list[Recorder]) -> Verdict:
    """A multi-region trail records all management events.

    Why: an attacker picks the region where nobody looks.
    Fix: aws cloudtrail update-trail --name TRAIL --is-multi-region-trail
    """
    wide = [one for one in recorders if one.trail.is_multi_region_trail]
    for one in wide:
        if not one.hindrance:
            return Holds(f"{one.trail.name} (home {one.trail.home_region}) records every region")
    if names := together(wide):
        return Holds(f"{names} record every region together")
    return Fails("; ".join(one.hindrance for one in wide) or "there is no multi-region trail")


@check(effort="low")
def trails_validate_log_files(trail: Trail, status: TrailStatus) -> Verdict:
    """Trails write digest files, so that a changed or deleted log shows.

    Why: a log that can be changed unnoticed proves nothing.
    Fix: aws cloudtrail update-trail --name TRAIL --enable-log-file-validation
    """
    if not trail.log_file_validation_enabled:
        return Fails("log file validation is off")
    if status.latest_digest_delivery_error:
        return Fails(f"the last digest was not delivered: {status.latest_digest_delivery_error}")
    return Holds("log file validation is on")


@check(effort="low")
def trails_encrypt_with_own_key(trail: Trail) -> Verdict:
    """Trails encrypt their logs with a KMS key of the account's choice.

    Why: the key's policy then decides who can read the log, beside the bucket's.
    Fix: aws cloudtrail update-trail --name TRAIL --kms-key-id KEY
    """
    if trail.kms_key_id:
        return Holds(f"encrypted under {trail.kms_key_id}")
    return Fails("no KMS key is set; the bucket's default encryption applies")


@check(effort="low")
def trails_deliver(one: Recorder, at: ScanTime, *, hours: int = 24) -> Verdict:
    """Trails that are logging have delivered lately.

    Why: a trail that is on and delivers nothing, because its bucket or key refuses, is a trail that is off.
    Fix: aws cloudtrail get-trail-status --name TRAIL names the delivery error; mend the bucket's or key's policy.
    """
    status = one.status
    if not status.is_logging:
        return NOT_LOGGING
    if status.latest_delivery_error:
        return Fails(f"the last delivery failed: {status.latest_delivery_error}")
    last = status.latest_delivery_time
    if last is not None and at - last <= timedelta(hours=hours):
        return Holds(f"delivered on {last:%Y-%m-%d %H:%M} UTC")
    told = f"the last delivery was on {last:%Y-%m-%d %H:%M} UTC" if last else "nothing was ever delivered"
    if status.began_within(hours, at):
        return CannotTell(
            f"{told}, and the trail has been logging since {status.start_logging_time:%Y-%m-%d %H:%M} only"
        )
    if not (one.trail.is_multi_region_trail and one.selectors.management_halves == BOTH):
        return CannotTell(f"{told}; no error is told, and what the trail selects may not have happened since")
    return Fails(told)


@check(effort="medium")
def trails_write_where_logs_last(trail: Trail, versioning: Versioning, lock: ObjectLock | None) -> Verdict:
    """Trails write into a bucket that keeps overwritten and deleted logs.

    Why: the log of an intrusion is the first thing that an intruder deletes.
    Fix: aws s3api put-bucket-versioning --bucket NAME …, best with Object Lock, in an account for logs alone.
    """
    name = trail.s3_bucket_name
    if lock is not None and lock.object_lock_enabled == "Enabled":
        return Holds(f"{name} has Object Lock")
    return Holds(f"{name} keeps versions") if versioning.status == "Enabled" else Fails(f"{name} keeps no versions")


@check(effort="low")
def access_to_logs_is_logged(trail: Trail, logging: Logging) -> Verdict:
    """The bucket that a trail writes into writes down who reads it.

    Why: who reads the logs knows what is watched; who tried to delete them is the one to look for.
    Fix: aws s3api put-bucket-logging --bucket NAME … with another bucket as the target
    """
    name = trail.s3_bucket_name
    return Holds(f"access to {name} is logged") if logging.logging_enabled else Fails(f"access to {name} is not logged")


@check(effort="low")
def trails_can_raise_alarms(trail: Trail, status: TrailStatus, at: ScanTime, *, hours: int = 24) -> Verdict:
    """Trails also write into a log group, on which an alarm can stand.

    Why: a file in a bucket alarms nobody.
    Fix: aws cloudtrail update-trail --name TRAIL --cloud-watch-logs-log-group-arn ARN --cloud-watch-logs-role-arn ROLE
    """
    if not trail.cloud_watch_logs_log_group_arn:
        return Fails("no log group is set")
    if not status.is_logging:
        return NOT_LOGGING
    if status.latest_cloud_watch_logs_delivery_error:
        return Fails(f"the last delivery failed: {status.latest_cloud_watch_logs_delivery_error}")
    last = status.latest_cloud_watch_logs_delivery_time
    if last is None or at - last > timedelta(hours=hours):
        told = f"last written on {last:%Y-%m-%d %H:%M} UTC" if last else "never written to"
        return CannotTell(f"{trail.cloud_watch_logs_log_group_arn} was {told}, and no error is told")
    return Holds(f"writes to {trail.cloud_watch_logs_log_group_arn}")


@check(effort="medium")
def use_of_objects_is_recorded(recorders: list[Recorder], buckets: list[Bucket], here: Target) -> Verdict:
    """Where the region has buckets, trails record who reads and writes their objects.

    Why: without data events nobody can tell afterwards which objects an intruder took.
    Fix: aws cloudtrail put-event-selectors with eventCategory Data and resources.type AWS::S3::Object, on a multi-region trail.
    """
    # A trail that records what is written into its own bucket would record itself.
    targets = {one.trail.s3_bucket_name for one in recorders}
    mine = sorted(one.name for one in buckets if one.bucket_region == here.region and one.name not in targets)
    if not mine:
        return NotApplicable("the region has no bucket but those that trails write into")
    working = [one.selectors for one in recorders if one.works]
    dark = [name for name in mine if frozenset().union(*(one.object_halves(name) for one in working)) != BOTH]
    if not dark:
        return Holds(f"reads and writes of objects in {len(mine)} buckets are recorded")
    return Fails(
        f"not every read and write is recorded of objects in {len(dark)} of {len(mine)} buckets: {', '.join(dark[:3])}"
    )


@check(effort="low")
def event_data_stores_are_protected_from_deletion(store: EventDataStore) -> Verdict:
    """Event data stores refuse to be deleted.

    Why: with the store goes the record that an investigation would ask.
    Fix: aws cloudtrail update-event-data-store --event-data-store ARN --termination-protection-enabled
    """
    if store.status == "PENDING_DELETION":
        return NotApplicable(f"{store.name} is PENDING_DELETION")
    return Holds("termination protection is on") if store.termination_protection_enabled else Fails("it is off")


@fact
def unusual_activity_looked_for(trail: Trail, insights: Insights | None) -> str:
    """Which unusual activity a trail looks for."""
    kinds = sorted({one.insight_type for one in insights.insight_selectors}) if insights else []
    return f"trail {trail.name} looks for unusual activity: {', '.join(kinds) or 'none'}"


@fact
def where_logs_go(trails: list[Trail], buckets: list[Bucket]) -> str | None:
    """Whether trails write into buckets of this account."""
    mine = {bucket.name for bucket in buckets}
    told = sorted(
        f"{trail.name} to {trail.s3_bucket_name} ({'in this account' if trail.s3_bucket_name in mine else 'elsewhere'})"
        for trail in trails
    )
    return f"trails write: {', '.join(told)}" if told else None


@fact
def event_data_stores(stores: list[EventDataStore]) -> str | None:
    """Which stores of CloudTrail Lake there are, and for how long they keep events."""
    told = sorted(
        f"{one.name} ({one.status}, {one.retention_period} days"
        f"{', all regions' if one.multi_region_enabled else ''}{', the organization' if one.organization_enabled else ''})"
        for one in stores
    )
    return f"event data stores: {', '.join(told[:10])}" if told else None


@fact
def data_events_recorded(trail: Trail, selectors: Selectors) -> str:
    """Which data events a trail records."""
    kinds = ", ".join(selectors.data_kinds) or "no data events"
    return f"trail {trail.name} records {kinds}"


@fact
def organization_trail(trails: list[Trail]) -> str:
    """Whether the organization records for this account."""
    shared = [trail.name for trail in trails if trail.is_organization_trail]
    return f"organization trails: {', '.join(shared) or 'none'}"

"""CloudTrail: which trails record what, and whether the record can be trusted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checks.s3.evidence import Bucket, Logging, ObjectLock, Versioning
from scanner import (
    CannotTell,
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    Read,
    ScanTime,
    Target,
    Verdict,
    check,
    derived,
    fact,
)

_BOTH = frozenset({"read", "write"})
_ALL_BUCKETS = ("arn:aws:s3", "arn:aws:s3:::")


class Trail(
    Evidence,
    read=Read("cloudtrail:DescribeTrails", "trailList", arn="{trail_arn}", refs={"s3_bucket_name": Bucket}),
):
    """A trail as seen from a region: also the shadow of a multi-region trail whose home is elsewhere, and of the organization's."""

    name: str
    trail_arn: str = ""
    home_region: str
    is_multi_region_trail: bool
    is_organization_trail: bool = False
    log_file_validation_enabled: bool
    include_global_service_events: bool = False
    kms_key_id: str | None = None
    s3_bucket_name: str
    cloud_watch_logs_log_group_arn: str | None = None


class TrailStatus(
    Evidence, read=Read("cloudtrail:GetTrailStatus", per=Trail, args={"Name": "trail_arn"}, region="{home_region}")
):
    is_logging: bool
    start_logging_time: datetime | None = None
    latest_delivery_error: str | None = None
    latest_delivery_time: datetime | None = None
    latest_digest_delivery_error: str | None = None
    latest_cloud_watch_logs_delivery_error: str | None = None
    latest_cloud_watch_logs_delivery_time: datetime | None = None

    def began_within(self, hours: int, at: datetime) -> bool:
        return self.start_logging_time is not None and at - self.start_logging_time <= timedelta(hours=hours)


class EventSelector(Part):
    read_write_type: str = "All"
    include_management_events: bool = False
    exclude_management_event_sources: tuple[str, ...] = ()
    data_resources: tuple[dict[str, Any], ...] = ()

    @property
    def halves(self) -> frozenset[str]:
        """Does it take reads, writes or both?"""
        return {"All": _BOTH, "ReadOnly": frozenset({"read"}), "WriteOnly": frozenset({"write"})}.get(
            self.read_write_type, frozenset()
        )


class FieldSelector(Part):
    field: str
    equals: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()


class AdvancedEventSelector(Part):
    field_selectors: tuple[FieldSelector, ...]

    @property
    def halves(self) -> frozenset[str]:
        """Does it take reads, writes or both? `readOnly` can be compared by Equals alone (CloudTrail API reference)."""
        told = [one for one in self.field_selectors if one.field == "readOnly"]
        wanted = {"true": "read", "false": "write"}
        return _BOTH.intersection(*({wanted.get(value, "") for value in one.equals} for one in told))

    def narrowed_by(self, *free: str) -> list[FieldSelector]:
        """What narrows it beside these fields."""
        return [one for one in self.field_selectors if one.field not in (*free, "eventCategory", "readOnly")]

    def has(self, field: str, value: str) -> bool:
        return any(one.field == field and value in one.equals for one in self.field_selectors)


class Selectors(
    Evidence,
    read=Read("cloudtrail:GetEventSelectors", per=Trail, args={"TrailName": "trail_arn"}, region="{home_region}"),
):
    """What a trail records: either classic or advanced selectors, never both (CloudTrail API reference)."""

    event_selectors: tuple[EventSelector, ...] = ()
    advanced_event_selectors: tuple[AdvancedEventSelector, ...] = ()

    @property
    def management_halves(self) -> frozenset[str]:
        """Which of the control plane's reads and writes are recorded with no source left out, by one selector or several."""
        classic = [
            one.halves
            for one in self.event_selectors
            if one.include_management_events and not one.exclude_management_event_sources
        ]
        advanced = [
            one.halves
            for one in self.advanced_event_selectors
            if one.has("eventCategory", "Management") and not one.narrowed_by()
        ]
        return frozenset().union(*classic, *advanced)

    def object_halves(self, bucket: str) -> frozenset[str]:
        """Which reads and writes of all objects of a bucket are recorded, by one selector or several."""
        whole = {*_ALL_BUCKETS, f"arn:aws:s3:::{bucket}/"}
        classic = [
            one.halves
            for one in self.event_selectors
            for resource in one.data_resources
            if resource.get("Type") == "AWS::S3::Object"
            and whole & {_plain(arn) for arn in resource.get("Values") or ()}
        ]
        advanced = [
            one.halves
            for one in self.advanced_event_selectors
            if one.has("eventCategory", "Data")
            and one.has("resources.type", "AWS::S3::Object")
            and not one.narrowed_by("resources.type", "resources.ARN")
            and all(_takes(field, bucket) for field in one.field_selectors if field.field == "resources.ARN")
        ]
        return frozenset().union(*classic, *advanced)

    @property
    def data_kinds(self) -> tuple[str, ...]:
        """The types of resources whose data events are recorded."""
        classic = {str(resource.get("Type")) for s in self.event_selectors for resource in s.data_resources}
        advanced = {
            value
            for selector in self.advanced_event_selectors
            for field in selector.field_selectors
            if field.field == "resources.type"
            for value in field.equals
        }
        return tuple(sorted(classic | advanced))


class Insight(Part):
    insight_type: str


class Insights(
    Evidence,
    read=Read(
        "cloudtrail:GetInsightSelectors",
        per=Trail,
        args={"TrailName": "trail_arn"},
        region="{home_region}",
        absent={"InsightNotEnabledException"},
    ),
):
    """Which unusual activity a trail looks for."""

    insight_selectors: tuple[Insight, ...] = ()


class EventDataStoreEntry(
    Evidence, read=Read("cloudtrail:ListEventDataStores", "EventDataStores", arn="{event_data_store_arn}")
):
    event_data_store_arn: str


class EventDataStore(
    Evidence,
    read=Read("cloudtrail:GetEventDataStore", per=EventDataStoreEntry, args={"EventDataStore": "event_data_store_arn"}),
):
    """A store of CloudTrail Lake. The listing's own fields are being retired (API reference), so each is asked for."""

    name: str
    status: str
    termination_protection_enabled: bool
    retention_period: int
    multi_region_enabled: bool = False
    organization_enabled: bool = False


def _plain(arn: object) -> str:
    """An ARN as it would be in the standard partition."""
    return f"arn:aws:{str(arn).split(':', 2)[-1]}" if str(arn).startswith("arn:") else str(arn)


def _takes(field: FieldSelector, bucket: str) -> bool:
    """Does a condition on the object's ARN let all objects of the bucket through?"""
    own = f"arn:aws:s3:::{bucket}/"
    if field.equals or field.ends_with or field.not_ends_with:
        return False
    if field.starts_with and not any(own.startswith(_plain(one)) for one in field.starts_with):
        return False
    refused = [_plain(one) for one in (*field.not_starts_with, *field.not_equals)]
    return not any(own.startswith(one) or one.startswith(own) for one in refused)


@dataclass(frozen=True)
class Recorder:
    """A trail with its state and what it selects: everything that decides what it records."""

    trail: Trail
    status: TrailStatus
    selectors: Selectors

    @property
    def hindrance(self) -> str:
        """Why this trail does not record all management events of the regions that it covers; empty if it does."""
        if not self.status.is_logging:
            return f"{self.trail.name} is not logging"
        if self.status.latest_delivery_error:
            return f"{self.trail.name} cannot deliver: {self.status.latest_delivery_error}"
        if self.selectors.management_halves != _BOTH:
            return f"{self.trail.name} does not record all management events"
        return ""

    @property
    def works(self) -> bool:
        return self.status.is_logging and not self.status.latest_delivery_error


def _together(recorders: list[Recorder]) -> str:
    """The trails that record all management events together, where none does alone; empty if there are none."""
    parts = [one for one in recorders if one.works and one.selectors.management_halves]
    halves = frozenset().union(*(one.selectors.management_halves for one in parts))
    return " and ".join(sorted(one.trail.name for one in parts)) if halves == _BOTH else ""


@derived
def recorder(trail: Trail, status: TrailStatus, selectors: Selectors) -> Recorder:
    """A trail, whole."""
    return Recorder(trail, status, selectors)


NOT_LOGGING = NotApplicable("the trail is not logging")


@check(effort="low")
def a_trail_records_this_region(recorders: list[Recorder]) -> Verdict:
    """A trail that is logging records all management events of the region.

    Why: without a record of who did what, an intrusion can neither be noticed nor reconstructed.
    Fix: aws cloudtrail create-trail --is-multi-region-trail …, then aws cloudtrail start-logging --name TRAIL
    """
    for one in recorders:
        if not one.hindrance:
            return Holds(f"{one.trail.name} records all management events here")
    if names := _together(recorders):
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
    if names := _together(wide):
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
    if not (one.trail.is_multi_region_trail and one.selectors.management_halves == _BOTH):
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
    dark = [name for name in mine if frozenset().union(*(one.object_halves(name) for one in working)) != _BOTH]
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

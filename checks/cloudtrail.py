"""CloudTrail: which trails record what, and whether the record can be trusted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checks.s3.evidence import Bucket, Logging, ObjectLock, Versioning
from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, derived, fact


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
    latest_delivery_error: str | None = None
    latest_delivery_time: datetime | None = None
    latest_cloud_watch_logs_delivery_error: str | None = None


class EventSelector(Part):
    read_write_type: str = "All"
    include_management_events: bool = False
    exclude_management_event_sources: tuple[str, ...] = ()
    data_resources: tuple[dict[str, Any], ...] = ()


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


class Selectors(
    Evidence,
    read=Read("cloudtrail:GetEventSelectors", per=Trail, args={"TrailName": "trail_arn"}, region="{home_region}"),
):
    """What a trail records: either classic or advanced selectors, never both (CloudTrail API reference)."""

    event_selectors: tuple[EventSelector, ...] = ()
    advanced_event_selectors: tuple[AdvancedEventSelector, ...] = ()

    @property
    def records_all_management_events(self) -> bool:
        """Reads and writes of the control plane, no source left out."""
        classic = any(
            selector.include_management_events
            and selector.read_write_type == "All"
            and not selector.exclude_management_event_sources
            for selector in self.event_selectors
        )
        return classic or any(_is_all_management(selector) for selector in self.advanced_event_selectors)

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


def _is_all_management(selector: AdvancedEventSelector) -> bool:
    """An advanced selector for the category Management that nothing narrows."""
    only = [field for field in selector.field_selectors if field.field != "eventCategory"]
    return not only and any(
        field.field == "eventCategory" and "Management" in field.equals for field in selector.field_selectors
    )


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
        if not self.selectors.records_all_management_events:
            return f"{self.trail.name} does not record all management events"
        return ""


@derived
def recorder(trail: Trail, status: TrailStatus, selectors: Selectors) -> Recorder:
    """A trail, whole."""
    return Recorder(trail, status, selectors)


@check(effort="low")
def a_trail_records_this_region(recorders: list[Recorder]) -> Verdict:
    """A trail that is logging records all management events of the region.

    Why: without a record of who did what, an intrusion can neither be noticed nor reconstructed.
    Fix: aws cloudtrail create-trail --is-multi-region-trail …, then aws cloudtrail start-logging --name TRAIL
    """
    for one in recorders:
        if not one.hindrance:
            return Holds(f"{one.trail.name} records all management events here")
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
    return Fails("; ".join(one.hindrance for one in wide) or "there is no multi-region trail")


@check(effort="low")
def trails_validate_log_files(trail: Trail) -> Verdict:
    """Trails write digest files, so that a changed or deleted log shows.

    Why: a log that can be changed unnoticed proves nothing.
    Fix: aws cloudtrail update-trail --name TRAIL --enable-log-file-validation
    """
    if trail.log_file_validation_enabled:
        return Holds("log file validation is on")
    return Fails("log file validation is off")


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
def trails_deliver(status: TrailStatus, at: ScanTime, *, hours: int = 24) -> Verdict:
    """Trails that are logging have delivered lately.

    Why: a trail that is on and delivers nothing, because its bucket or key refuses, is a trail that is off.
    Fix: aws cloudtrail get-trail-status --name TRAIL names the delivery error; mend the bucket's or key's policy.
    """
    if not status.is_logging:
        return NotApplicable("the trail is not logging")
    if status.latest_delivery_error:
        return Fails(f"the last delivery failed: {status.latest_delivery_error}")
    if status.latest_delivery_time is None:
        return Fails("nothing was ever delivered")
    if at - status.latest_delivery_time > timedelta(hours=hours):
        return Fails(f"the last delivery was on {status.latest_delivery_time:%Y-%m-%d %H:%M} UTC")
    return Holds(f"delivered on {status.latest_delivery_time:%Y-%m-%d %H:%M} UTC")


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
def trails_can_raise_alarms(trail: Trail, status: TrailStatus) -> Verdict:
    """Trails also write into a log group, on which an alarm can stand.

    Why: a file in a bucket alarms nobody.
    Fix: aws cloudtrail update-trail --name TRAIL --cloud-watch-logs-log-group-arn ARN --cloud-watch-logs-role-arn ROLE
    """
    if not trail.cloud_watch_logs_log_group_arn:
        return Fails("no log group is set")
    if status.latest_cloud_watch_logs_delivery_error:
        return Fails(f"the last delivery failed: {status.latest_cloud_watch_logs_delivery_error}")
    return Holds(f"writes to {trail.cloud_watch_logs_log_group_arn}")


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

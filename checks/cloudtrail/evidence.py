"""What AWS says of trails, and what each records."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from checks.s3.evidence import Bucket
from scanner import (
    Evidence,
    NotApplicable,
    Part,
    Read,
    derived,
)

BOTH = frozenset({"read", "write"})
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
        return {"All": BOTH, "ReadOnly": frozenset({"read"}), "WriteOnly": frozenset({"write"})}.get(
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
        return BOTH.intersection(*({wanted.get(value, "") for value in one.equals} for one in told))

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
        if self.selectors.management_halves != BOTH:
            return f"{self.trail.name} does not record all management events"
        return ""

    @property
    def works(self) -> bool:
        return self.status.is_logging and not self.status.latest_delivery_error


def together(recorders: list[Recorder]) -> str:
    """The trails that record all management events together, where none does alone; empty if there are none."""
    parts = [one for one in recorders if one.works and one.selectors.management_halves]
    halves = frozenset().union(*(one.selectors.management_halves for one in parts))
    return " and ".join(sorted(one.trail.name for one in parts)) if halves == BOTH else ""


@derived
def recorder(trail: Trail, status: TrailStatus, selectors: Selectors) -> Recorder:
    """A trail, whole."""
    return Recorder(trail, status, selectors)


NOT_LOGGING = NotApplicable("the trail is not logging")

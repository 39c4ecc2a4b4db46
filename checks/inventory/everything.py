"""Whether a check judges every kind of data store that exists: what AWS Config lists, and what the tags show besides."""

from checks.config.evidence import Recorder, RecorderStatus
from checks.inventory.others import OTHERS
from checks.inventory.stores import BY_KIND, store_of
from checks.tagging import TaggedResource
from scanner import Evidence, Fails, Holds, Read, Verdict, check, fact


class Discovered(
    Evidence,
    read=Read("config:GetDiscoveredResourceCounts", "resourceCounts", per=Recorder),
):
    """How many resources of a kind Config records in the region; a kind of which there is none is not listed."""

    resource_type: str
    count: int


def nobody_judges(kinds: list[Discovered], resources: list[TaggedResource]) -> tuple[str, ...]:
    """Kinds of data stores that exist and that no check judges, and kinds of which it is not known whether they hold data."""
    listed = {one.resource_type for one in kinds if one.count}
    tagged = {store.kind for one in resources if (store := store_of(one.resource_arn)) is not None}
    return tuple(sorted(kind for kind in listed | tagged if kind not in OTHERS and not _is_judged(kind)))


def _is_judged(kind: str) -> bool:
    return kind in BY_KIND and BY_KIND[kind].is_judged


@check(effort="medium")
def every_data_store_is_judged(
    recorders: list[Recorder],
    statuses: list[RecorderStatus],
    kinds: list[Discovered],
    resources: list[TaggedResource],
) -> Verdict:
    """A check judges the encryption of every kind of data store that exists, as AWS Config and the tags show it.

    Why: "all data at rest is encrypted" is a claim about everything that exists, and not about the kinds that somebody thought of.
    Fix: let Config record all types, and look yourself at the kinds that are named.
    """
    unjudged = nobody_judges(kinds, resources)
    if unjudged:
        return Fails(f"no check judges {', '.join(unjudged)}")
    for recorder in recorders:
        running = [one for one in statuses if one.name == recorder.name and one.recording]
        left_out = recorder.recording_group.left_out
        if not running or left_out is None:
            continue
        # A recorder whose role may not read a type does not see what there is of it.
        failing = [one.last_error_code or "no code" for one in running if (one.last_status or "").upper() == "FAILURE"]
        if failing:
            return Fails(f"the recorder {recorder.name} last failed: {failing[0]}")
        hidden = sorted(kind for kind in left_out if kind not in OTHERS and not _is_judged(kind))
        if hidden:
            return Fails(f"the recorder {recorder.name} leaves out {', '.join(hidden)}")
        if not kinds:
            return Fails(f"the recorder {recorder.name} has not listed anything yet")
        return Holds(f"Config lists {len(kinds)} kinds of resources, and each that holds data is judged")
    return Fails("nothing lists every kind of data store here: no recorder of AWS Config runs that records all types")


@fact
def data_stores(kinds: list[Discovered], resources: list[TaggedResource]) -> str | None:
    """Which kinds of data stores exist, as AWS Config and the tags show them."""
    counts = {one.resource_type: one.count for one in kinds if one.count and one.resource_type in BY_KIND}
    for one in resources:
        store = store_of(one.resource_arn)
        if store is not None and store.kind not in counts:
            counts[store.kind] = 0
    told = [f"{kind} {f'({count})' if count else '(by its tags)'}" for kind, count in sorted(counts.items())]
    return f"kinds of data stores: {', '.join(told)}" if told else None

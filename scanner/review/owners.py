"""Who mends what: the owner that a resource's tags name, or that `owners:` in `wafr.yaml` names for it."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from scanner.evidence.reading import Reading
from scanner.judge.finding import Finding, Stand

TAGGING = "resourcegroupstaggingapi:GetResources"
KEYS = ("owner", "team", "contact")  # in this order, whatever their case


def owners_of(findings: Iterable[Finding], readings: Iterable[Reading], declared: Mapping[str, str]) -> dict[str, str]:
    """The owner of each failing finding that has one, by the finding's id.

    `declared` maps globs over a check's id or a resource's ARN to owners; the first that fits counts, before any tag.
    """
    failing = [finding for finding in findings if finding.verdict is Stand.FAILS]
    tagged = _tagged(readings) if failing else {}
    found = {}
    for finding in failing:
        names = (finding.check, finding.resource)
        said = next((who for glob, who in declared.items() if any(fnmatchcase(n, glob) for n in names)), "")
        if owner := said or tagged.get(finding.resource, ""):
            found[finding.id] = owner
    return found


def _tagged(readings: Iterable[Reading]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for reading in readings:
        if reading.call.api == TAGGING:
            for listed in reading.answer.values():
                for resource in listed if isinstance(listed, list) else ():
                    if owner := _owner(resource):
                        owners[str(resource.get("ResourceARN"))] = owner
    return owners


def _owner(resource: Mapping[str, object]) -> str:
    tags = resource.get("Tags")
    if not isinstance(tags, list):
        return ""
    named = {str(tag.get("Key", "")).casefold(): str(tag.get("Value", "")) for tag in tags if isinstance(tag, dict)}
    return next((named[key] for key in KEYS if named.get(key)), "")

"""The request that a read sends: the same when a scan asks and when a bundle is judged a year later."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.evidence.plain import timestamp
from scanner.evidence.read import Read
from scanner.evidence.reading import Call, Target, canonical

Lookup = Callable[[str], Any]
_PLACE = re.compile(r"\{([a-z_0-9:.]+)\}")


class UnknownFieldError(LookupError):
    """A template or argument names a field that the evidence does not have."""


def fill(template: str, lookup: Lookup) -> str:
    """A template with its `{fields}` filled in; UnknownFieldError where one is missing or null."""

    def value(match: re.Match[str]) -> str:
        found = lookup(match.group(1))
        if found is None:
            raise UnknownFieldError(f"{match.group(1)} is empty")
        return str(found)

    return _PLACE.sub(value, template)


def constants(target: Target, at: datetime) -> Lookup:
    """What every template may use: the target and the moment of the scan."""

    def lookup(name: str) -> Any:
        if name.startswith("days_ago:"):
            return timestamp(at - timedelta(days=int(name.partition(":")[2])))
        if name.startswith("hours_ago:"):
            return timestamp(at - timedelta(hours=int(name.partition(":")[2])))
        known = {"account": target.account, "region": target.region, "partition": target.partition, "at": timestamp(at)}
        if name not in known:
            raise UnknownFieldError(name)
        return known[name]

    return lookup


def call_for(read: Read, target: Target, at: datetime, field: Lookup) -> Call:
    """The call that asks `read` of a target for one parent, whose fields `field` looks up.

    A read in batches is keyed by parent: its request is the one that would ask for that parent alone.
    """
    fixed = constants(target, at)

    def lookup(name: str) -> Any:
        try:
            return field(name)
        except UnknownFieldError:
            return fixed(name)

    request: dict[str, Any] = {name: _filled(value, lookup) for name, value in read.fixed.items()}
    for parameter, source in read.args.items():
        value = fill(source, lookup) if "{" in source else lookup(source)
        if value is None:
            raise UnknownFieldError(f"{source} is empty")
        request[parameter] = [value] if read.batch > 1 and not read.via and parameter == read.listed else value
    region = fill(read.region, lookup) if read.region else target.region
    return Call(target.account, region, read.api, canonical(request).decode())


def _filled(value: Any, lookup: Lookup) -> Any:
    if isinstance(value, str):
        return fill(value, lookup)
    if isinstance(value, Mapping):
        return {name: _filled(item, lookup) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, lookup) for item in value]
    return value

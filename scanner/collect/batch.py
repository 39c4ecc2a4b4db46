"""Reads that take many parents in one call, told apart again into one Reading per parent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scanner.collect.ask import Answered, Page, answered, read_pages
from scanner.collect.clients import Clients
from scanner.collect.plan import View
from scanner.evidence.evidence import Evidence
from scanner.evidence.names import field_name
from scanner.evidence.reading import Call, Outcome, Reading


@dataclass(frozen=True, slots=True)
class Batch:
    """Calls that differ in nothing but the parent they ask about, and so go out as one."""

    kind: type[Evidence]
    calls: tuple[Call, ...]


def common(kind: type[Evidence], call: Call) -> tuple[str, str, str, str]:
    """Two calls with the same key may go out together: all but the listed parameter is equal."""
    request = json.loads(call.request)
    if kind.read.via == "metrics":
        window = {name: request[name] for name in ("StartTime", "EndTime")}
        return call.account, call.region, call.api, json.dumps(window, sort_keys=True)
    request.pop(kind.read.listed)
    return call.account, call.region, call.api, json.dumps(request, sort_keys=True)


def ask_batch(clients: Clients, batch: Batch, view: View, region: str) -> list[Reading]:
    """Ask for all parents at once. A parent that the answer leaves out has failed: not seen is not absent,
    but where `omitted_if_empty` says that AWS leaves out what has nothing."""
    if batch.kind.read.via == "metrics":
        together, apart = _metric_pages, _metrics_apart
    else:
        together, apart = _pages, _apart
    first = batch.calls[0]
    asked = answered(clients, first, view, region, lambda: together(clients, batch))
    if asked.outcome is not Outcome.OK:
        return [asked.reading(call) for call in batch.calls]
    return [_one(call, apart(batch, call, asked), asked, view) for call in batch.calls]


def _one(call: Call, answer: dict[str, Any] | None, asked: Answered, view: View) -> Reading:
    if answer is None:
        paths = ", ".join(path for path, _ in view.paths)
        return Reading.make(call, Outcome.FAILED, asked.at, error="NotInAnswer", message=f"AWS left it out of {paths}")
    return Answered(Outcome.OK, asked.at, answer).reading(call)


def _pages(clients: Clients, batch: Batch) -> Iterator[Page]:
    read = batch.kind.read
    request = json.loads(batch.calls[0].request)
    request[read.listed] = [json.loads(call.request)[read.listed][0] for call in batch.calls]
    return read_pages(clients.operation(read.service, read.operation), request)


def _apart(batch: Batch, call: Call, asked: Answered) -> dict[str, Any] | None:
    read = batch.kind.read
    wanted = json.loads(call.request)[read.listed][0]
    items = asked.answer.get(read.path) or []
    mine = [item for item in items if _names(item, read.match, wanted)]
    return {read.path: mine} if mine or read.omitted_if_empty else None


def _names(item: Any, field: str, wanted: Any) -> bool:
    return isinstance(item, dict) and any(
        field_name(member) == field and value == wanted for member, value in item.items()
    )


def _metric_pages(clients: Clients, batch: Batch) -> Iterator[Page]:
    requests = [json.loads(call.request) for call in batch.calls]
    queries = [{"Id": f"m{number}", "MetricStat": _statistic(request)} for number, request in enumerate(requests)]
    window = {name: requests[0][name] for name in ("StartTime", "EndTime")}
    operation = clients.operation("cloudwatch", "GetMetricData")
    return read_pages(operation, {"MetricDataQueries": queries, **window})


def _statistic(request: dict[str, Any]) -> dict[str, Any]:
    dimensions = [
        {"Name": name.partition(".")[2], "Value": value}
        for name, value in sorted(request.items())
        if name.startswith("Dimensions.")
    ]
    metric = {"Namespace": request["Namespace"], "MetricName": request["MetricName"], "Dimensions": dimensions}
    return {"Metric": metric, "Period": request["Period"], "Stat": request["Stat"]}


def _metrics_apart(batch: Batch, call: Call, asked: Answered) -> dict[str, Any] | None:
    wanted = f"m{batch.calls.index(call)}"
    parts = [item for item in asked.answer.get("MetricDataResults") or [] if item.get("Id") == wanted]
    if not parts or parts[-1].get("StatusCode") != "Complete":
        return None  # partial data, or an error inside CloudWatch: not all points are there
    return {
        "MetricDataResults": [
            {
                "Id": "m",
                "StatusCode": parts[-1].get("StatusCode"),
                "Timestamps": [moment for part in parts for moment in part.get("Timestamps", [])],
                "Values": [value for part in parts for value in part.get("Values", [])],
            }
        ]
    }

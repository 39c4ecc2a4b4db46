"""The few reads that take more than one operation. A `Read` names them in `via`; `ALSO_SENDS` says what else they send."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from tenacity import retry, retry_if_result, stop_after_delay, wait_exponential

from scanner.collect.ask import TruncatedError, read_pages
from scanner.collect.clients import Clients

REPORT_SECONDS = 60  # IAM makes a credential report within seconds; after this it is not to be had
HISTORY_PAGES = 40  # of 50 events; AWS lets an account ask for two pages a second and region (LookupEvents)
_IAC = ("terraform", "opentofu", "pulumi", "crossplane", "ansible", "aws-cdk", "cloudformation.amazonaws.com")
_NAMES = ("user", "arn")  # text, also where a user is called "true"


class ReportNotReadyError(ValueError):
    """AWS did not finish the report in time."""


def credential_report(clients: Clients, _: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """IAM's credential report as one page `{"Content": [row, …]}`, one row a user, columns as IAM's User Guide names them.

    `not_supported`, `N/A`, `no_information` and empty cells become null.
    """
    client = clients.client("iam")

    @retry(
        retry=retry_if_result(lambda state: state != "COMPLETE"),
        wait=wait_exponential(multiplier=0.2, max=5),
        stop=stop_after_delay(REPORT_SECONDS),
        retry_error_callback=lambda _: None,
    )
    def generate() -> str:
        state: str = client.generate_credential_report()["State"]
        return state

    if generate() != "COMPLETE":
        raise ReportNotReadyError(f"the credential report was not ready after {REPORT_SECONDS} s")
    answer = client.get_credential_report()
    table = csv.DictReader(io.StringIO(answer["Content"].decode("utf-8")))
    rows = [{column: value if column in _NAMES else _cell(value) for column, value in row.items()} for row in table]
    yield {"Content": rows, "GeneratedTime": answer["GeneratedTime"]}


def _cell(value: str | None) -> Any:
    if value in (None, "", "N/A", "no_information", "not_supported"):
        return None
    if value in ("true", "TRUE"):
        return True
    if value in ("false", "FALSE"):
        return False
    return value


def event_history(clients: Clients, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The newest events of CloudTrail's history as one page, at most HISTORY_PAGES of CloudTrail's own.

    `NextToken` is there if the history goes on beyond that, so who judges can tell a sample from the whole. TruncatedError
    where a page's token comes again: the same events would be counted twice.
    """
    client = clients.client("cloudtrail")
    events: list[dict[str, Any]] = []
    token: str | None = None
    seen: set[str] = set()
    for _ in range(HISTORY_PAGES):
        page = client.lookup_events(**request, **({"NextToken": token} if token else {}))
        events.extend(_with_kind_of_agent(event) for event in page["Events"])
        token = page.get("NextToken")
        if not token:
            yield {"Events": events}
            return
        if token in seen:
            raise TruncatedError("the page token repeats")
        seen.add(token)
    yield {"Events": events, "NextToken": "the history goes on"}


def _with_kind_of_agent(event: dict[str, Any]) -> dict[str, Any]:
    """An event whose record names the kind of program that called, in place of its whole description of itself."""
    record = json.loads(event["CloudTrailEvent"])
    return {**event, "CloudTrailEvent": {**record, "userAgent": kind_of_agent(str(record.get("userAgent") or ""))}}


def kind_of_agent(agent: str) -> str:
    """What called: `console`, `cloudshell`, `iac` (a tool for infrastructure as code), `service`, `cli`, `sdk` or `other`."""
    low = agent.lower()
    if any(tool in low for tool in _IAC):
        return "iac"
    if "exec-env/cloudshell" in low:
        return "cloudshell"
    if low.startswith(("signin.amazonaws.com", "console.", "mozilla/")) or "s3console" in low:
        return "console"
    if low.endswith(".amazonaws.com") or low == "aws internal":
        return "service"
    if low.startswith("aws-cli/"):
        return "cli"
    return "sdk" if low.startswith(("aws-sdk", "boto", "aws-internal")) else "other"


def last_accessed(clients: Clients, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """IAM's report on when an identity last used each service that it may use, page after page."""
    client = clients.client("iam")
    job = client.generate_service_last_accessed_details(**request)["JobId"]

    @retry(
        retry=retry_if_result(lambda answer: answer["JobStatus"] == "IN_PROGRESS"),
        wait=wait_exponential(multiplier=0.2, max=5),
        stop=stop_after_delay(REPORT_SECONDS),
        retry_error_callback=lambda _: None,
    )
    def report() -> dict[str, Any] | None:
        answer: dict[str, Any] = client.get_service_last_accessed_details(JobId=job, MaxItems=1)
        return answer

    first = report()
    if first is None or first["JobStatus"] != "COMPLETED":
        why = "failed" if first else f"was not ready after {REPORT_SECONDS} s"
        raise ReportNotReadyError(f"the report on services last accessed {why}")
    yield from read_pages(clients.operation("iam", "GetServiceLastAccessedDetails"), {"JobId": job, "MaxItems": 1000})


VIA: dict[str, Callable[[Clients, dict[str, Any]], Iterator[dict[str, Any]]]] = {
    "credential_report": credential_report,
    "event_history": event_history,
    "last_accessed": last_accessed,
}

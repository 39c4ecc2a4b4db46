"""The few reads that take more than one operation. A `Read` names them in `via`; `ALSO_SENDS` says what else they send."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from tenacity import retry, retry_if_result, stop_after_delay, wait_exponential

from scanner.collect.clients import Clients

REPORT_SECONDS = 60  # IAM makes a credential report within seconds; after this it is not to be had
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


VIA: dict[str, Callable[[Clients, dict[str, Any]], Iterator[dict[str, Any]]]] = {"credential_report": credential_report}

"""Clients: one per account and service, aimed at each region as it is asked.

Making a client costs tens of milliseconds for each service and several more for each region, so a scan of 17 regions
makes one per service and changes where it points: the endpoint's region before it is resolved, the signature's before
it is made. A thread sets both for the call that it is about to make.
"""

import platform
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import boto3
import botocore
from botocore.config import Config

from scanner.collect.body import refuse_broken_body
from scanner.collect.budget import Budget
from scanner.collect.guard import guard
from scanner.collect.tls import share, shared_context

_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]{1,12}){1,4}-\d{1,2}")
_PREFIXED_ADDRESS = re.compile(r"^(https?://)\d{12}\.(\d+\.\d+\.\d+\.\d+|localhost)(?=[:/])")

# Error codes that mean "too many requests" in some service, as botocore's own retry rules list them.
_THROTTLES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


# Who asks, as CloudTrail writes it down. botocore makes its own anew for each call, a fourteenth of the call's CPU.
USER_AGENT = f"wafr/{version('wafr')} botocore/{botocore.__version__} python/{platform.python_version()}"


def is_throttle(code: str) -> bool:
    """Is this error code one of AWS's words for "too many requests"?"""
    return code in _THROTTLES


@dataclass(frozen=True, slots=True)
class CallSettings:
    """How patient a scan is: attempts per call, and seconds to connect and to read."""

    attempts: int = 5
    connect_timeout: float = 5
    read_timeout: float = 30
    threads: int = 16


@dataclass(frozen=True, slots=True)
class Operation:
    """How one operation is asked: found once, for botocore makes a class for each paginator that it is asked for."""

    call: Callable[..., dict[str, Any]]
    paginator: Any  # None where AWS's models do not say how pages follow each other
    inputs: Mapping[str, str]  # the request's members by their names in lower case


@dataclass
class _Aim(threading.local):
    """Where the calling thread's next request goes. (No slots: those of a `threading.local` are shared by all threads.)"""

    account: str = ""
    region: str = ""
    service: str = ""


class Clients:
    """Clients of one account."""

    def __init__(
        self, session: boto3.Session, region: str, allowed: frozenset[str], budget: Budget, settings: CallSettings
    ) -> None:
        self._session = session
        self._region = region
        self._budget = budget
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._operations: dict[tuple[str, str], Operation] = {}
        self._aim = _Aim()
        self._context = shared_context()
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": settings.attempts},
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            max_pool_connections=settings.threads,
            user_agent=USER_AGENT,
        )
        events = session.events
        events.unregister("before-call", unique_id="wafr-guard")  # the one that lets nothing but wayfinding pass
        events.register_first("before-call", guard(allowed), unique_id="wafr-guard")
        events.register("before-endpoint-resolution", self._aim_endpoint, unique_id="wafr-endpoint")
        events.register("before-sign.s3-control", _no_prefix_on_addresses, unique_id="wafr-address")
        events.register("before-sign", self._aim_signature, unique_id="wafr-signature")
        events.register("before-send", self._spend, unique_id="wafr-budget")
        events.register("before-parse", refuse_broken_body, unique_id="wafr-body")
        events.register("response-received", self._count_throttles, unique_id="wafr-throttles")

    def client(self, service: str) -> Any:
        """The client of a service; aim it with `aimed` before calling."""
        with self._lock:
            if service not in self._clients:
                made = self._session.client(  # type: ignore[call-overload]  # any service
                    service, region_name=self._region, config=self._config
                )
                share(made, self._context)
                # It reads which operations have pages: here once, and not in every thread at the same time.
                made.can_paginate(next(iter(made.meta.method_to_api_mapping)))
                self._clients[service] = made
            return self._clients[service]

    def operation(self, service: str, name: str) -> Operation:
        """An operation of a service, as AWS names it; KeyError where there is none."""
        client = self.client(service)
        with self._lock:
            if (service, name) not in self._operations:
                self._operations[service, name] = _operation(client, name)
            return self._operations[service, name]

    @contextmanager
    def aimed(self, account: str, region: str, service: str) -> Iterator[None]:
        """This thread's calls go to this region, on this account's and service's budget."""
        self._aim.account, self._aim.region, self._aim.service = account, region, service
        try:
            yield
        finally:
            self._aim.account = self._aim.region = self._aim.service = ""

    def _aim_endpoint(self, builtins: dict[str, Any], **_: Any) -> None:
        if self._aim.region and not _REGION.fullmatch(self._aim.region):
            raise ValueError(
                f"{self._aim.region[:60]!r} is no region of AWS"
            )  # it would become part of the host's name
        if self._aim.region and "AWS::Region" in builtins:
            builtins["AWS::Region"] = self._aim.region

    def _aim_signature(self, request: Any, **_: Any) -> None:
        signing = request.context.setdefault("signing", {})
        if self._aim.region and not signing.get("region"):
            signing["region"] = self._aim.region

    def _spend(self, event_name: str, **_: Any) -> None:
        self._budget.spend(self._aim.account, self._aim.region, self._api(event_name))

    def _count_throttles(self, event_name: str, parsed_response: dict[str, Any] | None, **_: Any) -> None:
        code = ((parsed_response or {}).get("Error") or {}).get("Code", "")
        if is_throttle(str(code)):
            self._budget.throttle(self._aim.account, self._aim.region, self._api(event_name))

    def _api(self, event_name: str) -> str:
        """The operation of an event such as `before-send.kms.ListKeys`."""
        return f"{self._aim.service}:{event_name.rpartition('.')[2]}"


def _operation(client: Any, name: str) -> Operation:
    method = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}[name]
    shape = client.meta.service_model.operation_model(name).input_shape
    return Operation(
        getattr(client, method),
        client.get_paginator(method) if client.can_paginate(method) else None,
        {member.lower(): member for member in shape.members} if shape is not None else {},
    )


def _no_prefix_on_addresses(request: Any, **_: Any) -> None:
    """S3 Control puts the account id before the host. An endpoint that is an address, as emulators have, takes no prefix."""
    request.url = _PREFIXED_ADDRESS.sub(r"\1\2", request.url)

"""The budget: never more than so many requests a second to any service, whatever the number of checks and threads."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest

from scanner.collect.ask import ask
from scanner.collect.budget import DEFAULT_RATE, DEFAULT_RATES, Budget
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.plan import View
from scanner.evidence.reading import Call, Outcome
from scanner.evidence.shape import Shape

ACCOUNT = "123456789012"


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def budget(clock: Clock, **rates: float) -> Budget:
    return Budget(rates, 10, lambda: clock.now, clock.sleep)


def test_requests_are_spaced_evenly(clock: Clock) -> None:
    one = budget(clock, kms=4)
    moments = []
    for _ in range(9):
        one.spend(ACCOUNT, "eu-west-1", "kms:DescribeKey")
        moments.append(clock.now)
    assert moments == [number / 4 for number in range(9)]


def test_what_was_not_used_is_not_saved_up(clock: Clock) -> None:
    one = budget(clock, kms=4)
    one.spend(ACCOUNT, "eu-west-1", "kms:DescribeKey")
    clock.now = 100
    for _ in range(3):
        one.spend(ACCOUNT, "eu-west-1", "kms:DescribeKey")
    assert clock.slept == [0.25, 0.25]


def test_each_account_region_and_service_has_its_own(clock: Clock) -> None:
    one = budget(clock, kms=1)
    for account, region, api in (
        (ACCOUNT, "eu-west-1", "kms:ListKeys"),
        (ACCOUNT, "us-east-1", "kms:ListKeys"),
        ("210987654321", "eu-west-1", "kms:ListKeys"),
        (ACCOUNT, "eu-west-1", "logs:DescribeLogGroups"),
    ):
        one.spend(account, region, api)
    assert clock.slept == []
    one.spend(ACCOUNT, "eu-west-1", "kms:DescribeKey")
    assert clock.slept == [1]


def test_an_operation_may_have_a_rate_of_its_own() -> None:
    one = Budget({"cloudtrail:LookupEvents": 0.5})
    assert one.rate("cloudtrail:LookupEvents") == ("cloudtrail:LookupEvents", 0.5)
    assert one.rate("cloudtrail:DescribeTrails") == ("cloudtrail", DEFAULT_RATES["cloudtrail"])
    assert one.rate("glue:GetJobs") == ("glue", DEFAULT_RATE)


def test_zero_is_no_limit(clock: Clock) -> None:
    one = budget(clock, kms=0)
    for _ in range(1000):
        one.spend(ACCOUNT, "eu-west-1", "kms:DescribeKey")
    assert clock.slept == []
    assert one.sent[ACCOUNT, "eu-west-1", "kms:DescribeKey"] == 1000


class Recorder(BaseHTTPRequestHandler):
    """Answers every request of a JSON service, and notes when it came. Every fourth is told that it is one too many."""

    protocol_version = "HTTP/1.1"
    moments: dict[str, list[float]]

    def do_POST(self) -> None:
        service = self.headers["Authorization"].split("/")[3]
        moments = self.moments[service]
        moments.append(time.monotonic())
        self.rfile.read(int(self.headers["Content-Length"]))
        throttled = len(moments) % 4 == 0
        body = json.dumps({"__type": "ThrottlingException"} if throttled else {"Keys": [], "logGroups": []}).encode()
        self.send_response(400 if throttled else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def recorder() -> Iterator[tuple[str, dict[str, list[float]]]]:
    moments: dict[str, list[float]] = defaultdict(list)
    handler = type("Handler", (Recorder,), {"moments": moments})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", moments
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_request_comes_before_its_turn(
    recorder: tuple[str, dict[str, list[float]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """24 threads ask two services in one region. Second attempts after a throttle are on the budget too, and are told."""
    url, moments = recorder
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_MAX_ATTEMPTS": "3",
    }.items():
        monkeypatch.setenv(name, value)
    rates = {"kms": 20.0, "logs": 10.0}
    spent = Budget(rates)
    asks = {"kms": ("kms:ListKeys", "Keys"), "logs": ("logs:DescribeLogGroups", "logGroups")}
    allowed = frozenset(api for api, _ in asks.values())
    clients = Clients(boto3.Session(), "eu-west-1", allowed, spent, CallSettings(attempts=5, threads=24))

    def worker(service: str) -> None:
        api, path = asks[service]
        view = View(api, ((path, Shape()),), frozenset(), "")
        for _ in range(3 if service == "kms" else 2):
            reading = ask(clients, Call(ACCOUNT, "eu-west-1", api), {}, view, "eu-west-1")
            outcomes.append(reading.outcome)

    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=worker, args=(service,)) for service in asks for _ in range(12)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 12 * (3 + 2)
    for service, rate in rates.items():
        came = sorted(moments[service])
        assert len(came) == sum(count for (_, _, api), count in spent.sent.items() if api == asks[service][0])
        # On the way a request may be held up while the next is not, so a second's arrivals say nothing of when they were
        # sent: the clock above tells that. What a server can tell is that none of them came before its turn.
        assert all(moment - began >= number / rate for number, moment in enumerate(came))
        throttled = spent.throttled[ACCOUNT, "eu-west-1", asks[service][0]]
        assert throttled == len(came) // 4

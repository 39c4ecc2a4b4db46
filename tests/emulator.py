"""An emulated AWS on a loopback port, and scans of it through the product's own road."""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from fixtures.moto_services import install
from fixtures.standins.backend import prepared, restore
from fixtures.standins.prepared import ServiceFile
from scanner.collect.budget import Budget
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.collect import Collector
from scanner.collect.permissions import sends
from scanner.collect.plan import Plan
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Target
from scanner.evidence.snapshot import Scan, Snapshot
from scanner.judge.discover import Library, discover, library_of
from scanner.judge.evaluate import Settings, evaluate
from tests.faults import ALL, Faults, name_operation

ACCOUNT = "123456789012"
HOME = "us-east-1"
UNLIMITED = dict.fromkeys(
    (
        "cloudtrail",
        "cloudtrail:LookupEvents",
        "ce",
        "ec2",
        "iam",
        "kms",
        "logs:DescribeSubscriptionFilters",
        "organizations",
        "s3",
    ),
    0.0,
)
Told = dict[str, tuple[str, str]]


@dataclass
class Emulator:
    """moto's server with our services added. `environment` is what points AWS's own tools at it."""

    _server: BaseWSGIServer | None = None
    _thread: threading.Thread | None = None
    _faults: Faults | None = None
    _prepared: dict[str, ServiceFile] = field(default_factory=dict)
    url: str = ""
    address: tuple[str, int] = ("", 0)
    environment: dict[str, str] = field(default_factory=dict)
    rows: set[tuple[str, str]] = field(default_factory=set)  # every check and the verdicts it gave here

    def start(self) -> None:
        install()
        self._prepared = prepared()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells of every request
        self._faults = Faults(DomainDispatcherApplication(create_backend_app))
        self._server = make_server("127.0.0.1", 0, self._faults, threaded=True, request_handler=MotoRequestHandler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.address = ("127.0.0.1", int(self._server.server_address[1]))
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self.environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": HOME,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    @contextmanager
    def refusing(self, operations: frozenset[str] = ALL) -> Iterator[Faults]:
        """AWS refuses these operations (or every one) inside this context."""
        assert self._faults is not None
        self._faults.refused, self._faults.met = operations, []
        try:
            yield self._faults
        finally:
            self._faults.refused = frozenset()

    def reset(self) -> None:
        """An empty account, and no prepared answers but those that are always there."""
        restore(self._prepared)
        import urllib.request

        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")).close()  # noqa: S310

    def client(self, service: str, region: str = HOME) -> Any:
        """A plain boto3 client of the emulated account, for setting a scene."""
        session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=region)
        return session.client(service, endpoint_url=self.url)  # type: ignore[call-overload]

    def snapshot(
        self, library: Library, regions: Iterable[str] = (HOME,), at: datetime | None = None, account: str = ACCOUNT
    ) -> Snapshot:
        """What a scan of some regions sees."""
        home = Target(account, GLOBAL)
        scan = Scan(
            at or datetime.now(UTC), (home, *(home.there(region) for region in regions)), {}, home.there(ORGANIZATION)
        )
        plan = Plan(library.kinds)
        settings = CallSettings(attempts=1, threads=4)
        session = boto3.Session()
        session.events.register("before-call", name_operation)
        clients = Clients(session, HOME, sends(plan), Budget(UNLIMITED, 0), settings)
        snapshot = Snapshot(scan)
        Collector(plan, scan, {account: clients}, settings, snapshot, lambda *_: None).run()
        return snapshot

    def judge(
        self,
        check: str,
        regions: Iterable[str] = (HOME,),
        settings: Settings | None = None,
        at: datetime | None = None,
        package: ModuleType | None = None,
    ) -> Told:
        """A check's findings (or a fact's) by resource: `{arn: (verdict, because)}`, through real clients over HTTP."""
        library = (library_of([package]) if package else discover()).only([check])
        return self.judge_all(library, regions, at, settings)[check]

    def judge_all(
        self,
        library: Library,
        regions: Iterable[str] = (HOME,),
        at: datetime | None = None,
        settings: Settings | None = None,
    ) -> dict[str, Told]:
        """What each check and fact of a library says of one and the same scan, by its id."""
        findings, facts = evaluate(library, self.snapshot(library, regions, at), settings)
        told: dict[str, Told] = {id_: {} for id_ in library.checks}
        for finding in findings:
            told[finding.check][finding.resource] = (str(finding.verdict), finding.because)
            self.rows.add((finding.check, str(finding.verdict)))
        for one in facts:
            told[one.fact][one.resource] = ("told", one.says) if one.says else ("unknown", one.unknown)
        return told

    def verdicts(self, check: str, **how: Any) -> dict[str, str]:
        """Only the verdicts, where the reason is tested elsewhere."""
        return {resource: verdict for resource, (verdict, _) in self.judge(check, **how).items()}

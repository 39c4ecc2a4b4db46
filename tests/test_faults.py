"""What becomes of a call when AWS, or the way to it, misbehaves: a Reading that says so, whatever the protocol."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import boto3
import pytest

from scanner.collect.ask import ask
from scanner.collect.budget import Budget
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.plan import View
from scanner.evidence.reading import Call, Outcome, Reading
from scanner.evidence.shape import Shape
from tests.broken import AWS_SAYS, Fault, code, protocol
from tests.command import patient, run
from tests.emulator import ACCOUNT, HOME, UNLIMITED, Emulator
from tests.faults import PLUGIN
from tests.proxy import Proxy, Rule

# One listing for each protocol: the operation, and where its answer holds the list.
LISTINGS = {
    "kms:ListKeys": "Keys",  # json
    "backup:ListBackupVaults": "BackupVaultList",  # rest-json
    "iam:ListServerCertificates": "ServerCertificateMetadataList",  # query
    "ec2:DescribeVpcs": "Vpcs",  # ec2
    "s3:ListBuckets": "Buckets",  # rest-xml
}
every_protocol = pytest.mark.parametrize("api", LISTINGS, ids=protocol)


@lru_cache(maxsize=4)
def clients_to(url: str, attempts: int, read_timeout: float) -> Clients:
    """Clients of the account behind the proxy; making them anew for each test would take most of the time."""
    assert os.environ["AWS_ENDPOINT_URL"] == url
    patience = CallSettings(attempts=attempts, connect_timeout=5, read_timeout=read_timeout, threads=2)
    return Clients(boto3.Session(), HOME, frozenset(LISTINGS), Budget(UNLIMITED, 0), patience)


def asked(api: str, *, attempts: int = 1, read_timeout: float = 5) -> Reading:
    clients = clients_to(os.environ["AWS_ENDPOINT_URL"], attempts, read_timeout)
    view = View(api, ((LISTINGS[api], Shape()),), frozenset(), "")
    return ask(clients, Call(ACCOUNT, HOME, api), {}, view, HOME)


@pytest.fixture(scope="module")
def scene(server: Emulator, fault_proxy: Proxy) -> Iterator[Proxy]:
    """Something for every listing to list, behind the proxy."""
    server.reset()
    server.client("kms").create_key()
    server.client("backup").create_backup_vault(BackupVaultName="v")
    server.client("iam").upload_server_certificate(
        ServerCertificateName="c", CertificateBody="b" * 20, PrivateKey="k" * 20
    )
    server.client("s3").create_bucket(Bucket="some-bucket")
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**server.environment, **PLUGIN, "AWS_ENDPOINT_URL": fault_proxy.url}.items():
            environment.setenv(name, value)
        yield fault_proxy


@every_protocol
def test_undisturbed_every_listing_answers(scene: Proxy, api: str) -> None:
    with scene.going_wrong():
        reading = asked(api)
    assert (reading.outcome, reading.error, len(reading.answer[LISTINGS[api]])) == (Outcome.OK, "", 1)
    assert scene.seen == {api: 1}


@every_protocol
@pytest.mark.parametrize("fault", AWS_SAYS)
def test_what_aws_says_becomes_the_readings_outcome(scene: Proxy, api: str, fault: Fault) -> None:
    with scene.going_wrong(Rule(fault)):
        reading = asked(api)
    outcome = Outcome.DENIED if fault is Fault.REFUSED else Outcome.FAILED
    assert (reading.outcome, reading.error, reading.message) == (outcome, code(fault, api), f"the proxy says: {fault}")


@every_protocol
@pytest.mark.parametrize(
    ("fault", "errors"),
    [
        (Fault.RESET, {"ConnectionClosedError", "EndpointConnectionError"}),
        (Fault.CUT, {"MalformedAnswer", "500"}),  # botocore takes a 200 of S3 that is no answer for a 500
        (Fault.NOISE, {"MalformedAnswer", "500"}),
        (
            Fault.PROMISES_MORE,
            {"ResponseStreamingError", "MalformedAnswer", "ConnectionClosedError", "HTTPClientError"},
        ),
        (Fault.PROMISES_LESS, {"MalformedAnswer", "500", "ConnectionClosedError"}),
        (Fault.REPEATING, {"PaginationError", "Truncated"}),
    ],
    ids=lambda value: str(value) if isinstance(value, Fault) else "",
)
def test_what_is_no_whole_answer_is_never_an_empty_one(scene: Proxy, api: str, fault: Fault, errors: set[str]) -> None:
    for seed in range(8):
        with scene.going_wrong(Rule(fault), seed=seed):
            reading = asked(api)
        assert (reading.outcome, reading.answer) == (Outcome.FAILED, {}), (seed, reading)
        assert reading.error in errors, (seed, reading)


@every_protocol
def test_an_answer_that_does_not_come_in_time_has_failed(scene: Proxy, api: str) -> None:
    with scene.going_wrong(Rule(Fault.SLOW)):
        reading = asked(api, read_timeout=0.3)
    assert (reading.outcome, reading.error) == (Outcome.FAILED, "ReadTimeoutError")


@every_protocol
def test_a_throttled_call_is_asked_again_until_it_is_answered(scene: Proxy, api: str) -> None:
    with scene.going_wrong(Rule(Fault.THROTTLED, share=0.4), seed=3):
        reading = asked(api, attempts=8)
        met = len(scene.met)
    assert reading.outcome is Outcome.OK
    assert scene.seen[api] == met + 1
    assert met > 0


@every_protocol
@pytest.mark.parametrize("fault", [Fault.MISSING, Fault.MISTYPED])
def test_a_member_that_is_gone_or_of_another_type_is_no_crash(scene: Proxy, api: str, fault: Fault) -> None:
    for seed in range(12):
        with scene.going_wrong(Rule(fault), seed=seed):
            reading = asked(api)
        assert reading.outcome in (Outcome.OK, Outcome.FAILED), (seed, reading)
        if reading.outcome is Outcome.FAILED:
            assert reading.error == "MalformedAnswer", (seed, reading)


def test_credentials_that_expire_in_the_middle_end_the_scan_and_lose_nothing(scene: Proxy, tmp_path: Path) -> None:
    command = ("scan", "--config", patient(tmp_path), "--service", "kms", "--service", "s3", "--format", "json")
    with scene.going_wrong(Rule(Fault.EXPIRED, after=8)):
        said = run(*command, "--out", tmp_path / "b")
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("wafr: The credentials expired in the middle of the scan (Expired")
    assert said.err.endswith(f"Renew them and continue with: wafr scan --resume --out {tmp_path / 'b'}\n")
    resumed = run(*command, "--out", tmp_path / "b", "--resume").review
    undisturbed = run(*command, "--out", tmp_path / "c").review
    for review in (resumed, undisturbed):
        for finding in review["findings"]:
            finding["evidence"] = len(finding["evidence"])
    assert (resumed["findings"], resumed["answers"], resumed["refusals"]) == (
        undisturbed["findings"],
        undisturbed["answers"],
        undisturbed["refusals"],
    )

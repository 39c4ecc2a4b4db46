"""Hostile input: whatever stands in a file or comes from the network is a clear error or Unknown, never a crash, hang or flood."""

import gzip
import json
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scanner.bundle.files import BundleError
from scanner.bundle.journal import Journal
from scanner.bundle.manifest import Manifest, Member, read_manifest, seal_evidence
from scanner.bundle.opened import open_bundle
from scanner.cli.common import load_lens
from scanner.collect.ask import reading_of
from scanner.collect.budget import Budget
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.plan import View
from scanner.config import ConfigError, load_config
from scanner.evidence.policy import Policy
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Call, Outcome, Reading, Target
from scanner.evidence.shape import Shape
from scanner.evidence.snapshot import Scan, Snapshot
from scanner.judge.catalogue import load_catalogue
from scanner.judge.evaluate import evaluate
from scanner.judge.mapping import MappingError, load_mappings, read_yaml
from scanner.review.declared import load_claims
from tests.command import run
from tests.emulator import ACCOUNT, HOME, UNLIMITED, Emulator
from tests.test_tampering import KMS, make

LENS = load_lens()
CATALOGUE = load_catalogue()
SECONDS = 20.0
MEBIBYTES = 300
often = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["calls", "workload", "regions", "region", "out", "settings", "declares", "attempts", "kms.keys_rotate", "days", "secure-operations"]
)  # fmt: skip
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
yaml_text = st.text(alphabet=st.sampled_from("ab: -[]{}&*!|>'\"#,\n\t%@?\\~0.e_\x00\x85é"), max_size=80)
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)
BOMBS = [
    LAUGHS,
    "settings: &s {a: *s}\n",
    "x: &x [*x]\n",
    "[" * 5_000,
    "a: " * 5_000,
    "!!python/object/apply:os.system [id]\n",
]


@contextmanager
def bounded() -> Iterator[None]:
    """Neither long nor large: this takes seconds, and no hundreds of megabytes on top of what was there."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    yield
    assert time.monotonic() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEBIBYTES * 1024


def written(folder: Path, text: str | bytes, name: str = "hostile.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def refused(read: Callable[[], object], error: type[Exception]) -> str:
    """What is said where something is refused, which may be done with this error only; empty where it is not."""
    try:
        read()
    except error as told:
        return str(told)
    return ""


def read_all(path: Path) -> None:
    """Everything that reads YAML of a user, each of which may refuse it in its own words only."""
    for read, error in (
        (lambda: load_config(path, {}, {}), ConfigError),
        (lambda: load_claims(path, CATALOGUE), ConfigError),
        (lambda: load_mappings(path.parent, CATALOGUE, LENS.library), MappingError),
        (lambda: read_yaml(path), MappingError),
    ):
        said = refused(read, error)
        assert len(said) < 5_000
        assert "\n" not in said.strip()


@often
@given(document=documents)
@example(document={"secure-operations": 7})
@example(document={"secure-operations": [{"a": "b"}]})
@example(document={"settings": {"kms.keys_rotate": {"days": [1]}}})
def test_any_document_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    read_all(written(tmp_path_factory.mktemp("y"), json.dumps(document)))


@often
@given(text=yaml_text)
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    read_all(written(tmp_path_factory.mktemp("y"), text))


@often
@given(content=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    read_all(written(tmp_path_factory.mktemp("y"), content))


@pytest.mark.parametrize("text", BOMBS, ids=["billion laughs", "itself", "a list of itself", "deep", "deeper", "code"])
def test_a_bomb_does_not_go_off(tmp_path: Path, text: str) -> None:
    with bounded():
        read_all(written(tmp_path, text))


def test_a_configuration_without_end_is_refused(tmp_path: Path) -> None:
    with bounded():
        said = run("scan", "--config", "/dev/zero", "--out", tmp_path / "b")
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert "over 300,000 bytes" in said.err


@often
@given(document=json_values)
def test_any_policy_is_read_or_refused(document: object) -> None:
    for form in (document, json.dumps(document), {"Version": "2012-10-17", "Statement": document}):
        refused(lambda: Policy.model_validate(form), ValueError)  # noqa: B023  (called at once); pydantic's is a ValueError


VIEW = View("kms:ListKeys", (("", Shape()), ("Keys", Shape())), frozenset(), "")


@pytest.fixture(scope="module")
def clients() -> Clients:
    return Clients(boto3.Session(), HOME, frozenset(), Budget(UNLIMITED, 0), CallSettings(attempts=1))


@often
@given(page=st.dictionaries(st.sampled_from(["Keys", "NextMarker", "x"]), json_values, max_size=3))
@example(page={"Keys": [float("nan")]})
@example(page={"Keys": ["\ud800"]})
@example(page={"Keys": [10**400]})
@example(page={"\ud800": 1})
def test_any_answer_becomes_a_reading(clients: Clients, page: dict[str, Any]) -> None:
    reading = reading_of(clients, Call(ACCOUNT, HOME, "kms:ListKeys"), VIEW, HOME, lambda: iter([dict(page)]))
    assert reading.outcome in (Outcome.OK, Outcome.FAILED)
    assert Reading.of(json.loads(reading.line()), reading.digest) == reading


@pytest.mark.parametrize("depth", [100, 300, 500, 900, 3_000])
def test_an_answer_may_be_as_deep_as_it_likes(clients: Clients, depth: int) -> None:
    deep: Any = "x"
    for _ in range(depth):
        deep = [deep]
    reading = reading_of(clients, Call(ACCOUNT, HOME, "kms:ListKeys"), VIEW, HOME, lambda: iter([{"Keys": deep}]))
    assert (reading.outcome, reading.error) in ((Outcome.OK, ""), (Outcome.FAILED, "MalformedAnswer"))


def test_a_message_that_cannot_be_written_is_no_crash(clients: Clients) -> None:
    def raises() -> Iterator[dict[str, Any]]:
        raise ValueError("half a character: \ud800, and AKIAIOSFODNN7EXAMPLE")

    reading = reading_of(clients, Call(ACCOUNT, HOME, "kms:ListKeys"), VIEW, HOME, raises)
    assert (reading.outcome, reading.message) == (
        Outcome.FAILED,
        "ValueError: half a character: ?, and [masked]",
    )


@pytest.mark.parametrize("region", ["evil.example/", "../..", "us-east-1.evil.example", "us-east-1@evil", ""])
def test_a_region_out_of_an_answer_is_never_a_host(aws: Emulator, region: str) -> None:
    clients = Clients(
        boto3.Session(), HOME, frozenset({"s3:GetBucketAcl"}), Budget(UNLIMITED, 0), CallSettings(attempts=1)
    )
    view = View("s3:GetBucketAcl", (("", Shape()),), frozenset(), "")
    call = Call(ACCOUNT, region, "s3:GetBucketAcl")
    reading = reading_of(clients, call, view, region, lambda: iter([clients.client("s3").get_bucket_acl(Bucket="b-1")]))
    assert aws.url
    if region:
        assert (reading.outcome, reading.error) == (Outcome.FAILED, "MalformedAnswer")
        assert "is no region of AWS" in reading.message


@pytest.fixture(scope="module")
def seen(server: Emulator) -> Snapshot:
    """What a scan of a small account saw, for mutations."""
    server.reset()
    server.client("kms").create_key()
    server.client("s3").create_bucket(Bucket="some-bucket")
    server.client("iam").create_user(UserName="u")
    with pytest.MonkeyPatch.context() as environment:
        for name, value in server.environment.items():
            environment.setenv(name, value)
        return server.snapshot(LENS.library)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_change_of_any_answer_is_judged_without_a_crash(seen: Snapshot, data: st.DataObject) -> None:
    readings = sorted((r for r in seen if r.outcome is Outcome.OK), key=lambda r: r.call)
    spoiled = {}
    for reading in data.draw(st.lists(st.sampled_from(readings), min_size=1, max_size=6, unique_by=lambda r: r.call)):
        answer = json.loads(json.dumps(reading.answer))
        holder, key = data.draw(st.sampled_from(list(places(answer)) or [(answer, "")]))
        holder[key] = data.draw(json_values.filter(is_canonical))
        spoiled[reading.call] = Reading.make(reading.call, Outcome.OK, reading.at, answer=answer)
    snapshot = Snapshot(seen.scan, [spoiled.get(r.call, r) for r in seen])
    findings, _ = evaluate(LENS.library, snapshot)
    crashed = [f for f in findings if "crashed" in f.because]
    assert crashed == [], "evidence that is of another type is malformed before a check sees it"


def is_canonical(value: Any) -> bool:
    try:
        Reading.make(Call("", "", ""), Outcome.OK, "", answer={"": value})
    except ValueError:
        return False
    return True


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in an answer where something else could stand."""
    pairs = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, item in pairs:
        yield value, key
        yield from places(item)


# Bundles


def remade(folder: Path, files: dict[str, tuple[bytes, tuple[str, ...]]]) -> None:
    """A bundle made by somebody who knows how: every digest agrees."""
    old = read_manifest(folder)
    for name, (content, _) in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    new = {name: Member(sha256(content).hexdigest(), records) for name, (content, records) in files.items()}
    manifest = Manifest({**old.files, **new})
    (folder / "SHA256SUMS").write_bytes(manifest.sums)
    (folder / "manifest.json").write_bytes(manifest.content())


def zip_bomb(size: int = 2 * 1024**3) -> bytes:
    """Two gibibytes of nothing, packed: made of one packed piece, repeated as gzip allows."""
    piece = gzip.compress(bytes(16 * 1024**2), mtime=0)
    return piece * (size // (16 * 1024**2))


def test_a_bundle_that_unpacks_to_gigabytes_is_damaged(tmp_path: Path) -> None:
    make(tmp_path / "b")
    remade(tmp_path / "b", {KMS: (zip_bomb(), ("0" * 64,))})
    with bounded():
        for command in ("verify", "evaluate"):
            said = run(command, tmp_path / "b")
            assert said.code in (2, 6)
            assert said.err.count("\n") == 1
        with pytest.raises(BundleError, match="a line is cut off or the file is too large"):
            list(open_bundle(tmp_path / "b").readings())


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "a/../../b",
        "C:\\x",
        "a\nb",
        "a\x00b",
        "",
        "a//b",
        ".hidden/..",
        "readings/." + "a" * 200,
    ],
)
def test_a_manifest_names_nothing_outside_the_bundle(tmp_path: Path, name: str) -> None:
    make(tmp_path / "b")
    manifest = Manifest({**read_manifest(tmp_path / "b").files, name: Member("0" * 64, ())})
    (tmp_path / "b" / "manifest.json").write_bytes(manifest.content())
    with pytest.raises(BundleError, match="names a file that cannot be in a bundle"):
        read_manifest(tmp_path / "b")


def test_an_answer_never_chooses_where_a_file_goes(tmp_path: Path) -> None:
    calls = [
        Call(account, region, "s3:GetBucketAcl") for account, region in (("../../x", "eu-west-1"), ("1", "../../../y"))
    ]
    with Journal(tmp_path / "a" / "b") as journal:
        journal.begin({})
        evidence = seal_evidence(journal.folder, [Reading.make(call, Outcome.OK, "") for call in calls], [])
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and (tmp_path / "a" / "b") not in path.parents]
    assert outside == []
    assert sorted(name.count("/") for name in evidence.files) == [0, 0, 3, 3]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=json_values, where=st.sampled_from(["manifest.json", "scan.json", "record"]))
def test_any_bundle_is_opened_or_refused(
    tmp_path_factory: pytest.TempPathFactory, document: object, where: str
) -> None:
    folder = tmp_path_factory.mktemp("b") / "b"
    make(folder, keys=1)
    line = json.dumps(document).encode()
    if where == "manifest.json":
        (folder / where).write_bytes(line)
    elif where == "scan.json":
        remade(folder, {where: (line, ())})
    else:
        remade(folder, {KMS: (gzip.compress(line + b"\n"), (sha256(line).hexdigest(),))})
    for command in ("verify", "evaluate"):
        said = run(command, folder)
        assert said.code in (0, 2, 3, 6), said
        assert said.code in (0, 3) or (said.err.startswith("wafr: ") and len(said.err) < 2_000), said


def test_a_scan_of_nothing_is_judged() -> None:
    home = Target(ACCOUNT, GLOBAL)
    nothing = Scan(datetime.now(UTC), (home, home.there(HOME)), {}, home.there(ORGANIZATION))
    findings, _ = evaluate(LENS.library, Snapshot(nothing))
    assert {str(finding.verdict) for finding in findings} == {"unknown"}

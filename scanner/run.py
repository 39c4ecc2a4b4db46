"""One run: ask AWS, keep the answers, judge them. What the command line and the Lambda function share."""

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from scanner.bundle.files import BundleError
from scanner.bundle.journal import SCAN, Journal
from scanner.bundle.manifest import Manifest, seal, seal_evidence
from scanner.bundle.opened import Bundle
from scanner.collect.ask import EXPIRED
from scanner.collect.budget import Budget
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.collect import Collector, OnReading
from scanner.collect.permissions import sends
from scanner.collect.plan import Plan
from scanner.collect.targets import (
    Access,
    CredentialsError,
    Regions,
    assume,
    choose_regions,
    identify,
    open_session,
)
from scanner.config import CallsConfig, Config
from scanner.evidence.plain import timestamp
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Reading, Target
from scanner.evidence.snapshot import Scan, Snapshot
from scanner.review.accepted import AcceptedRisk
from scanner.review.build import Declared, Lens, build_review
from scanner.review.document import FindingEntry, Review, ScanEntry
from scanner.review.written import review_json


class InterruptedError_(Exception):  # noqa: N801, N818  (the builtin of this name is an OSError)
    """The user interrupted the scan. What was read is kept and can be continued."""


@dataclass(frozen=True)
class Place:
    """One account and where in it to look."""

    access: Access
    regions: Regions


@dataclass(frozen=True)
class Run:
    """What came of a run."""

    review: Review
    manifest: Manifest
    throttled: Mapping[tuple[str, str, str], int] = field(default_factory=dict)


def call_settings(config: CallsConfig) -> CallSettings:
    """How patient a scan is, from the configuration."""
    return CallSettings(config.attempts, config.connect_timeout, config.read_timeout, config.threads)


def places(config: Config, session_policy: str | None = None) -> list[Place]:
    """The accounts that the configuration gives access to, and their regions. CredentialsError, RegionError."""
    settings = call_settings(config.calls)
    base = open_session(config.profile or None, settings)
    if config.role_arn:
        sessions = [
            assume(base, role, config.external_id or None, session_policy, settings) for role in config.role_arn
        ]
    else:
        sessions = [base]
    found = []
    for session in sessions:
        access = identify(session)
        regions = choose_regions(access, config.region, config.exclude_region, config.workload.regions)
        found.append(Place(access, regions))
    return found


def scan_of(where: Iterable[Place], at: datetime) -> Scan:
    """The targets of a scan: each account's global side and each of its regions."""
    targets: list[Target] = []
    unscanned: dict[str, tuple[str, ...]] = {}
    for place in where:
        home = Target(place.access.account, GLOBAL, place.access.partition)
        targets += [home, *(home.there(region) for region in place.regions.scanned)]
        if place.regions.left_out:
            unscanned[place.access.account] = place.regions.left_out
    return Scan(at, tuple(targets), unscanned, targets[0].there(ORGANIZATION))


def clients_of(where: Iterable[Place], plan: Plan, budget: Budget, settings: CallSettings) -> dict[str, Clients]:
    """Clients for each account, which send the plan's reads and nothing else."""
    allowed = sends(plan)
    return {
        place.access.account: Clients(
            place.access.session,
            place.regions.scanned[0] if place.regions.scanned else "us-east-1",
            allowed,
            budget,
            settings,
        )
        for place in where
    }


def new_record(where: Iterable[Place], scan: Scan, plan: Plan, lens: Lens, declared: Declared) -> dict[str, Any]:
    """What a scan is asked, as `scan.json` keeps it: enough to judge the readings again without AWS."""
    return {
        "schema": "wafr-scan/1",
        "at": timestamp(scan.at),
        "caller": [place.access.caller for place in where],
        "targets": [[target.account, target.region, target.partition] for target in scan.targets],
        "unscanned": {account: list(regions) for account, regions in scan.unscanned.items()},
        "organization": list(_fields(scan.organization)),
        "checks": sorted(lens.library.checks),
        "recorded": plan.recorded(),
        "versions": {"wafr": version("wafr"), "botocore": version("botocore"), "python": platform.python_version()},
        "declared": {
            "workload": declared.workload,
            "claims": {question: sorted(choices) for question, choices in declared.claims.items()},
            "tools": dict(declared.tools),
            "settings": {check: dict(values) for check, values in declared.settings.items()},
            "accepted": [rule.model_dump(mode="json") for rule in declared.accepted],
            "owners": dict(declared.owners),
        },
    }


def _fields(target: Target | None) -> tuple[str, ...]:
    return (target.account, target.region, target.partition) if target is not None else ()


def scan_in(record: Mapping[str, Any]) -> Scan:
    """The scan that `scan.json` describes."""
    organization = record["organization"]
    return Scan(
        datetime.fromisoformat(record["at"]),
        tuple(Target(*fields) for fields in record["targets"]),
        {account: tuple(regions) for account, regions in record["unscanned"].items()},
        Target(*organization) if organization else None,
    )


def declared_in(record: Mapping[str, Any]) -> Declared:
    """What people had said when the bundle was made."""
    said = record["declared"]
    claims = {question: frozenset(choices) for question, choices in said["claims"].items()}
    accepted = tuple(AcceptedRisk.model_validate(rule) for rule in said.get("accepted", ()))
    return Declared(said["workload"], claims, said["tools"], said["settings"], accepted, said.get("owners", {}))


def scan_entry(record: Mapping[str, Any], calls: int) -> ScanEntry:
    """The scan as the Review tells it."""
    scan = scan_in(record)
    return ScanEntry(
        at=record["at"],
        caller=", ".join(record["caller"]),
        accounts=tuple(dict.fromkeys(target.account for target in scan.targets)),
        regions=tuple(dict.fromkeys(t.region for t in scan.targets if t.region not in (GLOBAL, ORGANIZATION))),
        left_out=dict(sorted(scan.unscanned.items())),
        versions=dict(sorted(record["versions"].items())),
        calls=calls,
        interrupted=False,
    )


def collect(
    where: list[Place],
    lens: Lens,
    declared: Declared,
    config: Config,
    journal: Journal,
    on_reading: OnReading,
    stop: Callable[[], bool],
    *,
    resume: bool = False,
) -> Run:
    """Scan into a journal, seal it as a bundle, and judge it. InterruptedError_ where `stop` ended it before its end."""
    plan = Plan(lens.library.kinds)
    if resume:
        record, known = journal.resume()
        scan = scan_in(record)
    else:
        scan, known = scan_of(where, datetime.now(UTC).replace(microsecond=0)), []
        record = new_record(where, scan, plan, lens, declared)
        journal.begin(record)
    settings = call_settings(config.calls)
    budget = Budget(config.calls.rates, config.calls.rate)
    snapshot = Snapshot(scan, known)

    expired: list[Reading] = []

    def keep(reading: Reading, answered: int, needed: int) -> None:
        if reading.error in EXPIRED:
            expired.append(reading)  # not kept, so that --resume asks again
            return
        journal.add(reading)
        on_reading(reading, answered, needed)

    clients = clients_of(where, plan, budget, settings)
    collector = Collector(plan, scan, clients, settings, snapshot, keep, lambda: bool(expired) or stop())
    collector.run()
    if expired:
        raise CredentialsError(
            f"The credentials expired in the middle of the scan ({expired[0].error}). {collector.missing()}. "
            f"Renew them and continue with: wafr scan --resume --out {journal.folder}"
        )
    if stop():
        raise InterruptedError_(collector.missing())
    try:
        evidence = seal_evidence(journal.folder, snapshot, calls_made(snapshot, budget), journal.line)
        review = build_review(lens, snapshot, scan_entry(record, len(snapshot)), declared_in(record), evidence.root)
        manifest = seal(journal.folder, evidence, tables(review), review_json(review))
    except BundleError as error:
        raise BundleError(
            f"{error} What was read is kept: make room, then continue with --resume --out {journal.folder}."
        ) from None
    return Run(review, manifest, budget.throttled)


def calls_made(snapshot: Snapshot, budget: Budget) -> list[dict[str, Any]]:
    """How often each operation was asked, per account and region, and how often AWS said "too many requests"."""
    asked = Counter((reading.call.account, reading.call.region, reading.call.api) for reading in snapshot)
    return [
        {
            "account": account,
            "region": region,
            "api": api,
            "asked": count,
            "throttled": budget.throttled[account, region, api],
        }
        for (account, region, api), count in sorted(asked.items())
    ]


def tables(review: Review) -> dict[str, Iterable[dict[str, Any]]]:
    """What a bundle keeps beside the evidence, a record a line."""
    plain = TypeAdapter(FindingEntry).dump_python
    return {
        "findings": (plain(finding, mode="json") for finding in review.findings),
        "facts": (fact.model_dump(mode="json") for fact in review.facts),
        "answers": (answer.model_dump(mode="json") for answer in review.answers),
    }


def judge(bundle: Bundle, lens: Lens, declared: Declared | None = None) -> Review:
    """The Review of a bundle, without AWS. TamperedError where the bundle is not what it was, BundleError where it never was one."""
    record = bundle.asked
    try:
        recorded = {key: frozenset(fields) for key, fields in record["recorded"].items()}
        scan = scan_in(record)
        library = lens.library.only(record["checks"])
        said = declared if declared is not None else declared_in(record)
        entry = scan_entry(record, 0)
    except (KeyError, ValueError, TypeError, AttributeError) as error:  # pydantic's ValidationError is a ValueError
        what = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
        raise BundleError(f"{bundle.folder / SCAN} is no scan of ours ({what}).") from None
    snapshot = Snapshot(scan, bundle.readings(), recorded)
    entry = entry.model_copy(update={"calls": len(snapshot)})
    narrowed = Lens(lens.catalogue, lens.mappings, library)
    return build_review(narrowed, snapshot, entry, said, bundle.evidence.root)


def default_folder(at: datetime | None = None) -> Path:
    """Where a scan goes when the user names no folder."""
    moment = at or datetime.now(UTC)
    return Path(f"wafr-{moment:%Y%m%dT%H%M%SZ}")

"""Judging: from a snapshot to findings and facts. The only maker of Unknown.

A check is never called with evidence that could not be had. What it would have been called for becomes an Unknown that
says what was refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scanner.evidence.reading import GLOBAL, Target
from scanner.evidence.snapshot import Gap, Row, Scan, Snapshot
from scanner.judge.check import CannotTell, Fails, Holds, NotApplicable
from scanner.judge.discover import Check, Library
from scanner.judge.finding import Fact, Finding, Stand
from scanner.judge.resolve import DoesNotApplyError, Resolver, Subject, UnknownError

NOT_SCANNED = "not scanned"
LONGEST_REASON = 1_000

_STANDS: dict[type, Stand] = {
    Holds: Stand.HOLDS,
    Fails: Stand.FAILS,
    NotApplicable: Stand.NOT_APPLICABLE,
    CannotTell: Stand.UNKNOWN,
}

Settings = Mapping[str, Mapping[str, Any]]
Result = tuple[Stand | None, str]


def evaluate(
    library: Library, snapshot: Snapshot, settings: Settings | None = None
) -> tuple[list[Finding], list[Fact]]:
    """Every check's findings and every fact, in a fixed order.

    One account after the other, so that the evidence of no more than one has to be held at a time.
    """
    checks = [
        (check, {**check.signature.settings, **(settings or {}).get(check.id, {})}) for check in library.checks.values()
    ]
    said = _Said()
    for account in _accounts(snapshot.scan):
        resolver = Resolver(snapshot)
        for check, chosen in checks:
            said.add(check, chosen, _judge(check, account, snapshot, resolver, chosen))
        snapshot.forget()
    return sorted(said.findings, key=lambda f: f.order), sorted(said.facts, key=lambda f: f.order)


def _accounts(scan: Scan) -> list[str]:
    organization = {scan.organization.account} if scan.organization is not None else set()
    return sorted({*scan.accounts, *scan.unscanned, *organization})


class Judged(NamedTuple):
    """Where, about what, how it stands (None: a fact has nothing to tell), why, and on what that rests."""

    target: Target
    resource: str
    stand: Stand | None
    because: str
    rests_on: tuple[str, ...]
    by_the_check: bool  # was the check called, and did it give a verdict?


@dataclass
class _Said:
    """What was said so far. Many findings have the same settings and rest on the same readings: one value serves them all."""

    findings: list[Finding] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    _same: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    _settings: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, check: Check, chosen: Mapping[str, Any], judged: Iterable[Judged]) -> None:
        settings = self._settings.setdefault(check.id, {name: _json(value) for name, value in chosen.items()})
        for one in judged:
            target, because = one.target, one.because[:LONGEST_REASON]
            cited = self._same.setdefault(one.rests_on, one.rests_on)
            where = check.id, target.account, target.region, one.resource
            if check.role == "check":
                stand = one.stand or Stand.UNKNOWN
                undecided = one.by_the_check and stand is Stand.UNKNOWN
                self.findings.append(Finding(*where, stand, because, cited, settings, undecided))
            elif one.stand is Stand.UNKNOWN:
                self.facts.append(Fact(*where, "", because, cited))
            elif one.stand is Stand.HOLDS:
                self.facts.append(Fact(*where, because, "", cited))


def _judge(
    check: Check, account: str, snapshot: Snapshot, resolver: Resolver, settings: Mapping[str, Any]
) -> Iterator[Judged]:
    scan = snapshot.scan
    for target in targets_of(check, scan, account):
        anchor = check.signature.anchor
        if anchor is None:
            yield Judged(target, target.subject, *_call(check, resolver, Subject(target, None), settings))
            continue
        population = snapshot.population(anchor, target)
        for subject, gap in _gaps(population.gaps, target):
            yield Judged(target, subject, Stand.UNKNOWN, gap.because, gap.digests, by_the_check=False)
        for row in population.rows:
            yield Judged(target, row.subject, *_call(check, resolver, Subject(target, row), settings))
        if not population.rows and not population.gaps and check.role == "check":
            nothing = f"there is none: {anchor.read.api} listed nothing"
            cited = tuple(population.digests)
            yield Judged(target, target.subject, Stand.NOT_APPLICABLE, nothing, cited, by_the_check=False)
    regions = scan.unscanned.get(account) if check.signature.regional else None
    if regions:
        because = f"not scanned: {', '.join(regions)}"
        where = Target(account, NOT_SCANNED)
        yield Judged(where, f"account:{account}", Stand.UNKNOWN, because, (), by_the_check=False)


def targets_of(check: Check, scan: Scan, account: str) -> Iterable[Target]:
    """Where a check gives verdicts for an account: in each region, or once, or once for the organization."""
    if check.signature.regional:
        return scan.regions(account)
    scopes = {kind.root().read.scope for kind in check.signature.kinds}
    if scopes == {"organization"}:
        return [scan.organization] if scan.organization is not None and scan.organization.account == account else []
    return [target for target in scan.accounts.get(account, ()) if target.region == GLOBAL]


def _gaps(gaps: Iterable[tuple[Row | None, Gap]], target: Target) -> Iterator[tuple[str, Gap]]:
    """One gap for each resource whose parts could not be listed."""
    told: dict[str, Gap] = {}
    for parent, gap in gaps:
        told.setdefault(parent.subject if parent is not None else target.subject, gap)
    yield from told.items()


def _call(
    check: Check, resolver: Resolver, subject: Subject, settings: Mapping[str, Any]
) -> tuple[Stand | None, str, tuple[str, ...], bool]:
    try:
        arguments = resolver.arguments(check.signature, subject)
    except UnknownError as unknown:
        subject.cite(unknown.gap.digests)
        return Stand.UNKNOWN, unknown.gap.because, tuple(subject.cited), False
    except DoesNotApplyError as reason:
        return Stand.NOT_APPLICABLE, str(reason), tuple(subject.cited), False
    except Exception as error:  # noqa: BLE001  (derived evidence that crashes is unknown, as a check that crashes is)
        return Stand.UNKNOWN, f"derived evidence crashed: {type(error).__name__}: {error}", tuple(subject.cited), False
    try:
        answer = check.function(*arguments, **settings)
    except Exception as error:  # noqa: BLE001  (whatever a check raises, its resource is unknown and the scan goes on)
        return Stand.UNKNOWN, f"the check crashed: {type(error).__name__}: {error}", tuple(subject.cited), False
    stand, because = _answer(check, answer)
    return stand, because, tuple(subject.cited), type(answer) in _STANDS


def _answer(check: Check, answer: Any) -> Result:
    if check.role == "fact":
        if answer is None:
            return None, ""
        return (
            (Stand.HOLDS, answer)
            if isinstance(answer, str)
            else (Stand.UNKNOWN, f"the fact gave {type(answer).__name__}")
        )
    stand = _STANDS.get(type(answer))
    if stand is None:
        return Stand.UNKNOWN, f"the check gave {type(answer).__name__}, which is no verdict"
    return stand, str(answer.because)


def _json(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else list(value) if isinstance(value, tuple) else value

"""Judging: from a snapshot to findings and facts. The only maker of Unknown.

A check is never called with evidence that could not be had. What it would have been called for becomes an Unknown that
says what was refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.evidence.reading import GLOBAL, ORGANIZATION, Target
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
    """Every check's findings and every fact, in a fixed order."""
    resolver = Resolver(snapshot)
    findings: list[Finding] = []
    facts: list[Fact] = []
    same: dict[tuple[str, ...], tuple[str, ...]] = {}  # many findings rest on the same readings: one tuple for all
    for check in library.checks.values():
        chosen = {**check.signature.settings, **(settings or {}).get(check.id, {})}
        recorded = {name: _json(value) for name, value in chosen.items()}
        for target, resource, stand, because, rests_on, judged in _judge(check, snapshot, resolver, chosen):
            cited = same.setdefault(rests_on, rests_on)
            if check.role == "check":
                stand = stand or Stand.UNKNOWN
                findings.append(
                    Finding(
                        check.id,
                        target.account,
                        target.region,
                        resource,
                        stand,
                        because[:LONGEST_REASON],
                        cited,
                        recorded,
                        judged and stand is Stand.UNKNOWN,
                    )
                )
            elif stand is Stand.UNKNOWN:
                facts.append(
                    Fact(check.id, target.account, target.region, resource, "", because[:LONGEST_REASON], cited)
                )
            elif stand is Stand.HOLDS:
                facts.append(
                    Fact(check.id, target.account, target.region, resource, because[:LONGEST_REASON], "", cited)
                )
    return sorted(findings, key=lambda f: f.order), sorted(facts, key=lambda f: f.order)


Judged = tuple[Target, str, Stand | None, str, tuple[str, ...], bool]
"""Where, about what, how it stands, why, on what it rests; and was the check called and gave a verdict?"""


def _judge(check: Check, snapshot: Snapshot, resolver: Resolver, settings: Mapping[str, Any]) -> Iterator[Judged]:
    scan = snapshot.scan
    for target in targets_of(check, scan):
        anchor = check.signature.anchor
        if anchor is None:
            yield target, target.subject, *_call(check, resolver, Subject(target, None), settings)
            continue
        population = snapshot.population(anchor, target)
        for subject, gap in _gaps(population.gaps, target):
            yield target, subject, Stand.UNKNOWN, gap.because, gap.digests, False
        for row in population.rows:
            yield target, row.subject, *_call(check, resolver, Subject(target, row), settings)
        if not population.rows and not population.gaps and check.role == "check":
            cited = tuple(population.digests)
            yield (
                target,
                target.subject,
                Stand.NOT_APPLICABLE,
                f"there is none: {anchor.read.api} listed nothing",
                cited,
                False,
            )
    if check.signature.regional:
        for account, regions in sorted(scan.unscanned.items()):
            if regions:
                where = Target(account, NOT_SCANNED)
                yield where, f"account:{account}", Stand.UNKNOWN, f"not scanned: {', '.join(regions)}", (), False


def targets_of(check: Check, scan: Scan) -> Iterable[Target]:
    """Where a check gives verdicts: in each region, or once per account, or once for the organization."""
    if check.signature.regional:
        return [target for target in scan.targets if target.region not in (GLOBAL, ORGANIZATION)]
    scopes = {kind.root().read.scope for kind in check.signature.kinds}
    if scopes == {"organization"}:
        return [scan.organization] if scan.organization is not None else []
    return [target for target in scan.targets if target.region == GLOBAL]


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

"""What every fault has to leave true: never more than the evidence shows, and each gap told where it is felt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import boto3

from scanner.cli.common import Exit, outcome
from scanner.collect.budget import Budget
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.collect import Collector
from scanner.collect.permissions import sends
from scanner.collect.plan import Plan
from scanner.evidence.actions import ALSO_SENDS
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Outcome, Reading, Target
from scanner.evidence.snapshot import Scan, Snapshot
from scanner.judge.answer import Claims
from scanner.judge.evaluate import evaluate
from scanner.judge.finding import Fact, Finding
from scanner.judge.signature import Role, Signature
from scanner.review.build import Declared, Lens, review_of
from scanner.review.document import FindingEntry, Review, ScanEntry
from tests.emulator import ACCOUNT, UNLIMITED

MAY_BECOME_UNKNOWN = "unknown"
MOVING = frozenset({"LatestRestorableTime"})  # the emulated AWS says "now", whenever it is asked
PATIENCE = CallSettings(attempts=1, connect_timeout=5, read_timeout=5, threads=4)


@dataclass(frozen=True, repr=False)
class Seen:
    """A scan's readings and what was made of them."""

    snapshot: Snapshot
    review: Review
    judged: tuple[list[Finding], list[Fact]]
    doubting: frozenset[str]  # checks whose derived evidence is told what was not seen, and weighs it

    def __repr__(self) -> str:
        return f"Seen({len(self.snapshot)} readings)"

    @cached_property
    def findings(self) -> Mapping[str, FindingEntry]:
        return {finding.id: finding for finding in self.review.findings}

    @cached_property
    def stances(self) -> Mapping[str, str]:
        return {answer.choice: answer.stance for answer in self.review.answers}


@dataclass(repr=False)
class Scanner:
    """Scans of one account, with clients that are made once, and re-scans that ask again only what a fault can change."""

    lens: Lens
    scan: Scan
    claims: Claims
    patience: CallSettings = PATIENCE

    def __repr__(self) -> str:
        return "Scanner()"

    def __post_init__(self) -> None:
        self.plan = Plan(self.lens.library.kinds)
        self._clients = Clients(boto3.Session(), "us-east-1", sends(self.plan), Budget(UNLIMITED, 0), self.patience)

    def see(self, known: Iterable[Reading] = ()) -> Seen:
        """Ask all that is not known, and judge."""
        snapshot = self._ask(known)
        return self._told(snapshot, *evaluate(self.lens.library, snapshot))

    def see_again(self, before: Seen, apis: Iterable[str], *, leaning: bool = False) -> Seen:
        """Ask these operations again, and all that follows from their answers; the rest stays as it was.

        `leaning`: judge again only what leans on them. Then the rest is not looked at, which takes a tenth of the time.
        """
        again = self.following(apis)
        snapshot = self._ask(reading for reading in before.snapshot if reading.call.api not in again)
        if not leaning:
            return self._told(snapshot, *evaluate(self.lens.library, snapshot))
        mine = {check.id for check in self.lens.library.checks.values() if again & set(check.apis)}
        findings, facts = evaluate(self.lens.library.only(mine), snapshot)
        findings += [finding for finding in before.judged[0] if finding.check not in mine]
        facts += [fact for fact in before.judged[1] if fact.fact not in mine]
        return self._told(snapshot, sorted(findings, key=lambda f: f.order), sorted(facts, key=lambda f: f.order))

    def _ask(self, known: Iterable[Reading]) -> Snapshot:
        snapshot = Snapshot(self.scan, known)
        Collector(self.plan, self.scan, {ACCOUNT: self._clients}, self.patience, snapshot, lambda *_: None).run()
        return snapshot

    def _told(self, snapshot: Snapshot, findings: list[Finding], facts: list[Fact]) -> Seen:
        said = Declared(claims=self.claims)
        review = review_of(self.lens, snapshot, _entry(self.scan, len(snapshot)), said, "", findings, facts)
        doubting = {check.id for check in self.lens.library.checks.values() if _doubts(check.signature)}
        return Seen(snapshot, review, (findings, facts), frozenset(doubting))

    def following(self, apis: Iterable[str]) -> frozenset[str]:
        """Operations and all that are asked for each of their answers. A report's starter stands for its report."""
        again = set(apis)
        for view in self.plan.views.values():
            if ALSO_SENDS.get(view.via, frozenset()) & again:
                again.add(view.api)
        for kind in self.plan.kinds:
            if any(ancestor.read.api in again for ancestor in kind.lineage()):
                again.add(kind.read.api)
        return frozenset(again)


def scan_of(regions: Iterable[str], at: Scan) -> Scan:
    """A scan of other regions at the same moment."""
    home = Target(ACCOUNT, GLOBAL)
    return Scan(at.at, (home, *(home.there(region) for region in regions)), {}, home.there(ORGANIZATION))


def _entry(scan: Scan, calls: int) -> ScanEntry:
    return ScanEntry(
        at=scan.at.isoformat(),
        caller="test",
        accounts=(ACCOUNT,),
        regions=tuple(target.region for target in scan.targets),
        left_out=dict(scan.unscanned),
        versions={},
        calls=calls,
        interrupted=False,
    )


def breaches(before: Seen, after: Seen) -> list[str]:
    """Every way in which a scan under faults says more than its evidence shows, or hides what it lacks."""
    changed = spoiled(before, after)
    gaps = frozenset(reading.digest for reading in changed)
    asked = {reading.call for reading in changed}
    lost = {reading.digest for reading in before.snapshot if reading.call in asked}
    told = [*_findings(before, after, gaps, lost), *_facts(before, after, gaps), *_answers(before, after)]
    if gaps and outcome(after.review, "none") is not Exit.INCOMPLETE:
        told.append("the run does not end as incomplete")
    refused = {(entry.api, entry.region) for entry in after.review.refusals}
    told += [
        f"{reading.call.api} is not among the refusals"
        for reading in changed
        if reading.outcome in (Outcome.DENIED, Outcome.FAILED)
        and (reading.call.api, reading.call.region) not in refused
    ]
    return told


def spoiled(before: Seen, after: Seen) -> list[Reading]:
    """Readings that are not as they were."""
    return [
        reading for reading in after.snapshot if _content(reading) != _content(before.snapshot.reading(reading.call))
    ]


def _content(reading: Reading | None) -> tuple[object, ...]:
    """All of a reading but when it was read, and what follows from it alone."""
    return (reading.outcome, _at_rest(reading.answer), reading.error) if reading is not None else ()


def _at_rest(answer: object) -> object:
    """An answer without the members that move with the clock."""
    if isinstance(answer, list):
        return [_at_rest(item) for item in answer]
    if isinstance(answer, Mapping):
        return {name: _at_rest(value) for name, value in answer.items() if name not in MOVING}
    return answer


def _findings(before: Seen, after: Seen, gaps: frozenset[str], lost: set[str]) -> Iterable[str]:
    for id_, finding in after.findings.items():
        was = before.findings.get(id_)
        name = f"{finding.check} of {finding.resource}"
        if finding.verdict == "unknown" and (was is None or _said(was) != _said(finding)):
            if not gaps & set(finding.evidence):
                yield f"{name} is unknown and cites no reading that failed: {finding.because}"
        elif was is None:
            yield f"{name} {finding.verdict}, and was not there before"
        elif _said(finding) != _said(was):
            yield f"{name}: {was.verdict} became {finding.verdict} ({finding.because})"
        elif lost & set(was.evidence) and was.verdict != "unknown" and not _weighed(after, finding, gaps):
            yield f"{name} leans on what failed and still {finding.verdict}"
    for id_, was in before.findings.items():
        if id_ in after.findings:
            continue
        stands_in = [
            f
            for f in after.review.findings
            if f.check == was.check
            and f.account == was.account
            and f.region == was.region
            and f.verdict == "unknown"
            and gaps & set(f.evidence)
        ]
        if not stands_in:
            yield f"{was.check} of {was.resource} is gone without a word"


def _doubts(signature: Signature) -> bool:
    """Does anything under this take `| NotSeen`?"""
    return any(
        parameter.tolerant
        or (parameter.role in (Role.DERIVED, Role.MANY_DERIVED) and _doubts(parameter.kind.signature))
        for parameter in signature.parameters
    )


def _weighed(after: Seen, finding: FindingEntry, gaps: frozenset[str]) -> bool:
    """Policies are evaluated with what was not seen as a doubt: an answer that no doubt can change may stay, and cites it."""
    return finding.check in after.doubting and bool(gaps & set(finding.evidence))


def _said(finding: FindingEntry) -> tuple[object, ...]:
    return finding.verdict, finding.because, finding.settings


def _facts(before: Seen, after: Seen, gaps: frozenset[str]) -> Iterable[str]:
    known = {(fact.fact, fact.account, fact.region, fact.resource): fact for fact in before.review.facts}
    for fact in after.review.facts:
        was = known.get((fact.fact, fact.account, fact.region, fact.resource))
        if was == fact or (fact.unknown and gaps & set(fact.evidence)):
            continue
        if fact.fact in after.doubting and gaps & set(fact.evidence):
            continue  # it says itself what was not seen
        if was is None or (fact.says, fact.unknown) != (was.says, was.unknown):
            yield f"the fact {fact.fact} of {fact.resource} says {fact.says or fact.unknown!r}"


def _answers(before: Seen, after: Seen) -> Iterable[str]:
    for choice, stance in after.stances.items():
        was = before.stances[choice]
        if stance not in (was, MAY_BECOME_UNKNOWN):
            yield f"{choice}: {was} became {stance}"

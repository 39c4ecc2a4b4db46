"""The snapshot: all readings of a scan, as typed evidence.

Collecting uses it to find what to ask next, judging to find what to judge. It is indexed by call, so that finding the
evidence about one resource costs one look-up.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from scanner.evidence.evidence import Evidence
from scanner.evidence.read import Read
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Call, Outcome, Reading, Target
from scanner.evidence.request import UnknownFieldError, call_for, constants, fill

Kind = type[Evidence]


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence: about which resource, read with which reading, for which parent."""

    evidence: Evidence
    subject: str
    target: Target
    parent: "Row | None"
    digest: str

    def ancestor(self, kind: Kind) -> "Row | None":
        row: Row | None = self
        while row is not None and type(row.evidence) is not kind:
            row = row.parent
        return row

    def digests(self) -> tuple[str, ...]:
        """The readings that this row rests on, its own first."""
        chain, row = [self.digest], self.parent
        while row is not None:
            if row.digest not in chain:
                chain.append(row.digest)
            row = row.parent
        return tuple(chain)

    def field(self, name: str) -> Any:
        """A field of this evidence or, failing that, of what it was read for. `Parent.name` asks that class alone, where
        a nearer one has a field of the same name."""
        kind, _, plain = name.rpartition(".")
        row: Row | None = self
        while row is not None:
            if plain in type(row.evidence).model_fields and kind in ("", type(row.evidence).__name__):
                return getattr(row.evidence, plain)
            row = row.parent
        raise UnknownFieldError(name)


@dataclass(frozen=True, slots=True)
class Gap:
    """Evidence that could not be had, and why."""

    because: str
    api: str
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one call brought: rows, or a gap, or AWS's word that there is none, or the reason why it was not asked."""

    rows: tuple[Row, ...] = ()
    gap: Gap | None = None
    absent: bool = False
    skipped: str = ""
    digest: str = ""


@dataclass(slots=True)
class Population:
    """All evidence of one kind in one target: what is there, what is not, and what could not be seen."""

    rows: list[Row] = field(default_factory=list)
    gaps: list[tuple[Row | None, Gap]] = field(default_factory=list)
    digests: dict[str, None] = field(default_factory=dict)  # of every reading that says what there is; an ordered set
    of_parent: dict[int, Seen] = field(default_factory=dict)  # by the parent row's identity
    by_subject: dict[str, Row] = field(default_factory=dict)
    whole: Seen | None = None  # what the root's one call brought, where there is no parent

    def enter(self, seen: Seen, parent: Row | None) -> None:
        if parent is None:
            self.whole = seen
        else:
            self.of_parent[id(parent)] = seen
        if seen.gap is not None:
            self.gaps.append((parent, seen.gap))
        if seen.digest:
            self.digests[seen.digest] = None
        self.rows.extend(seen.rows)
        for row in seen.rows:
            self.by_subject.setdefault(row.subject, row)


@dataclass(frozen=True)
class Scan:
    """What was asked: the targets, the moment, and the enabled regions that were left out."""

    at: datetime
    targets: tuple[Target, ...]
    unscanned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # account → regions
    organization: Target | None = None

    def home(self, kind: Kind, target: Target) -> Target:
        """Where evidence of this kind is kept for a target."""
        scope = kind.root().read.scope
        if scope == "organization":
            return self.organization or target.there(ORGANIZATION)
        return target.there(GLOBAL) if scope == "global" else target

    @cached_property
    def accounts(self) -> Mapping[str, tuple[Target, ...]]:
        """The targets by account, of which there may be hundreds."""
        found: dict[str, tuple[Target, ...]] = {}
        for target in self.targets:
            found[target.account] = (*found.get(target.account, ()), target)
        return found

    def regions(self, account: str) -> tuple[Target, ...]:
        return tuple(t for t in self.accounts.get(account, ()) if t.region not in (GLOBAL, ORGANIZATION))


class Snapshot:
    """Readings, looked up by call, and the populations made of them."""

    def __init__(
        self, scan: Scan, readings: Iterable[Reading] = (), recorded: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self.scan = scan
        self._readings: dict[Call, Reading] = {reading.call: reading for reading in readings}
        self._populations: dict[tuple[Kind, Target], Population] = {}
        self._recorded = recorded  # "api path" → fields that a bundle kept; None while scanning

    def add(self, reading: Reading) -> None:
        self._readings[reading.call] = reading

    def __iter__(self) -> Iterator[Reading]:
        return iter(self._readings.values())

    def __len__(self) -> int:
        return len(self._readings)

    def reading(self, call: Call) -> Reading | None:
        return self._readings.get(call)

    def forget(self) -> None:
        """Drop the populations of accounts, which can be made again; the organization's belong to every account."""
        self._populations = {
            key: population for key, population in self._populations.items() if key[1].region == ORGANIZATION
        }

    def population(self, kind: Kind, target: Target) -> Population:
        """All evidence of a kind that belongs to a target (its account's global side for a global kind)."""
        home = self.scan.home(kind, target)
        found = self._populations.get((kind, home))
        if found is None:
            found = self._populations[kind, home] = self._build(kind, home)
        return found

    def _build(self, kind: Kind, target: Target) -> Population:
        population = Population()
        missing = self._not_recorded(kind)
        if kind.read.per is None:
            population.enter(Seen(gap=missing) if missing else self.seen(kind, target, None), None)
            return population
        parents = self.population(kind.read.per, target)
        population.gaps.extend(parents.gaps)
        population.digests.update(parents.digests)
        for parent in parents.rows:
            population.enter(Seen(gap=missing) if missing else self.seen(kind, target, parent), parent)
        return population

    def call(self, kind: Kind, target: Target, parent: Row | None) -> Call:
        """The call that brings this evidence; UnknownFieldError where the parent lacks a value that it needs."""
        lookup = parent.field if parent is not None else constants(target, self.scan.at)
        return call_for(kind.read, target, self.scan.at, lookup)

    def seen(self, kind: Kind, target: Target, parent: Row | None) -> Seen:
        """What the call for one parent (or the root's one call) brought."""
        if parent is not None and (skipped := not_applicable(kind.read, parent)):
            return Seen(skipped=skipped)
        above = parent.digests() if parent is not None else ()
        try:
            call = self.call(kind, target, parent)
        except UnknownFieldError as error:
            return Seen(gap=Gap(f"{kind.read.api} could not be asked: {error}", kind.read.api, above))
        reading = self._readings.get(call)
        if reading is None:
            return Seen(gap=Gap(f"{call.api} was not asked", call.api, above))
        if reading.outcome is Outcome.ABSENT and says_absent(kind.read.absent, reading.error, reading.message):
            return Seen(absent=True, digest=reading.digest)
        because, rows = self._rows(kind, reading, target, parent)
        if because:
            return Seen(gap=Gap(because, call.api, (reading.digest, *above)), digest=reading.digest)
        return Seen(rows=rows, digest=reading.digest)

    def _rows(self, kind: Kind, reading: Reading, target: Target, parent: Row | None) -> tuple[str, tuple[Row, ...]]:
        """Why there is no evidence in this reading (empty if there is), and the evidence."""
        api = reading.call.api
        if reading.outcome is not Outcome.OK:
            return told(reading), ()
        found = reading.answer.get(kind.read.path)
        if found is None:
            return ("" if kind.read.omitted_if_empty else f"{api} answered without {kind.read.path or 'a body'}"), ()
        try:
            items = found if isinstance(found, list) else [found]
            return "", tuple(self._row(kind, item, target, parent, reading) for item in items)
        except ValidationError as error:
            return f"{api} gave a malformed answer: {first_error(error)}", ()
        except (UnknownFieldError, RecursionError) as error:
            return f"{api} gave a malformed answer: {error}", ()

    def _row(self, kind: Kind, item: Any, target: Target, parent: Row | None, reading: Reading) -> Row:
        body = item if isinstance(item, dict) else {"value": item}
        evidence = kind.model_validate_json(json.dumps(kind.shape().rename(body)))
        subject = parent.subject if parent is not None else target.subject
        row = Row(evidence, subject, target, parent, reading.digest)
        if not kind.read.arn:
            return row
        fixed = constants(target.there(reading.call.region), self.scan.at)

        def lookup(name: str) -> Any:
            try:
                return row.field(name)
            except UnknownFieldError:
                return fixed(name)

        return Row(evidence, fill(kind.read.arn, lookup), target, parent, reading.digest)

    def _not_recorded(self, kind: Kind) -> Gap | None:
        if self._recorded is None:
            return None
        kept = self._recorded.get(f"{kind.read.api} {kind.read.path}")
        if kept is None:
            return None  # the call was never made: each look-up says so
        lacking = sorted(kind.shape().paths() - kept)
        if not lacking:
            return None
        return Gap(f"not recorded: this bundle does not hold {', '.join(lacking)} of {kind.read.api}", kind.read.api)


def not_applicable(read: Read, parent: Row) -> str:
    """Why `read` is not asked for this parent; empty if it is."""
    for name, wanted in read.when.items():
        value = parent.field(name)
        allowed = wanted if isinstance(wanted, tuple | set | frozenset) else (wanted,)
        if value not in allowed:
            return f"{name.replace('_', ' ')} is {value if value is not None else 'not set'}"
    return ""


def says_absent(absent: Iterable[str], error: str, message: str) -> bool:
    """Is this error AWS's documented word for "there is none"? `Code`, or `Code: words` that the message has to hold too."""
    for documented in absent:
        code, _, words = documented.partition(": ")
        if code == error and words in message:
            return True
    return False


def told(reading: Reading) -> str:
    """What a reading that is no answer says, in a line."""
    where = f"in {reading.call.region}"
    if reading.outcome is Outcome.DENIED:
        return f"{reading.call.api} was refused {where}: {reading.error}"
    return f"{reading.call.api} failed {where}: {reading.error or reading.outcome}"


def first_error(error: ValidationError) -> str:
    """The first thing that is wrong, without the value itself, which may be anything."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"

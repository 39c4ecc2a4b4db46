"""From a signature to arguments: the evidence about one resource, or the reason why it cannot be had."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.access.request import NotSeen
from scanner.evidence.evidence import Evidence
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Target
from scanner.evidence.request import UnknownFieldError
from scanner.evidence.snapshot import Gap, Population, Row, Seen, Snapshot
from scanner.judge.signature import Derivation, Parameter, Role, Signature

Kind = type[Evidence]


class UnknownError(Exception):
    """Evidence that the signature names could not be had."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.because)
        self.gap = gap


class DoesNotApplyError(Exception):
    """What the signature names does not exist for this resource, and AWS said so."""


@dataclass(slots=True)
class Subject:
    """What a function is called for: a target, the resource's row if it is about one, and what has been cited so far."""

    target: Target
    row: Row | None
    cited: dict[str, None] = field(default_factory=dict)

    def cite(self, digests: Any) -> None:
        self.cited.update(dict.fromkeys(digests))


class Resolver:
    """Finds arguments in a snapshot. It remembers derived evidence, so that each is made once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._derived: dict[tuple[int, int, Target], tuple[Any, Exception | None, tuple[str, ...]]] = {}
        self._lists: dict[tuple[Kind, Target, bool], tuple[list[Evidence], Gap | None, tuple[str, ...]]] = {}
        self._children: dict[tuple[Kind, Kind, Target], Mapping[int, list[Row]]] = {}

    def arguments(self, signature: Signature, subject: Subject) -> list[Any]:
        """The arguments in order; UnknownError or DoesNotApplyError where one is not to be had. Cites what it used."""
        if subject.row is not None:
            subject.cite(subject.row.digests())
        return [
            self._tolerated(parameter, subject) if parameter.tolerant else self._argument(parameter, subject)
            for parameter in signature.parameters
        ]

    def _tolerated(self, parameter: Parameter, subject: Subject) -> Any:
        """The argument, or why it could not be had: what was not seen is part of the answer, as a doubt."""
        try:
            return self._argument(parameter, subject)
        except UnknownError as unknown:
            subject.cite(unknown.gap.digests)
            return NotSeen(unknown.gap.because)

    def _argument(self, parameter: Parameter, subject: Subject) -> Any:
        match parameter.role:
            case Role.AT:
                return self._snapshot.scan.at
            case Role.HERE:
                return subject.target
            case Role.DERIVED:
                return self._derive(parameter.kind, subject)
            case Role.MANY_DERIVED:
                return self._derive_all(parameter.kind, subject)
            case Role.MANY:
                return self._many(parameter.kind, subject)
            case Role.EVERYWHERE:
                return self._listed(parameter.kind, subject, everywhere=True)
            case Role.REFERRED:
                return self._referred(parameter, subject)
            case Role.ONE:
                return self._one(parameter, subject)

    def _one(self, parameter: Parameter, subject: Subject) -> Evidence | None:
        kind: Kind = parameter.kind
        if subject.row is not None and (own := subject.row.ancestor(kind)) is not None:
            return own.evidence
        bearer = kind.bearer()
        start = subject.row.ancestor(bearer) if subject.row is not None else None
        return self._descend(parameter, subject, start)

    def _descend(self, parameter: Parameter, subject: Subject, start: Row | None) -> Evidence | None:
        """From a row down to the one piece of evidence of a kind that was read for it (or, from None, for the target)."""
        kind: Kind = parameter.kind
        row = start
        chain = list(reversed(kind.lineage()))
        for step in chain[chain.index(type(start.evidence)) + 1 :] if start is not None else chain:
            population = self._snapshot.population(step, subject.target)
            seen = population.whole if row is None else population.of_parent.get(id(row))
            found = self._only(parameter, step, seen, subject, population)
            if found is None:
                return None
            row = found
        return row.evidence if row is not None else None

    def _only(
        self, parameter: Parameter, step: Kind, seen: Seen | None, subject: Subject, population: Population
    ) -> Row | None:
        if seen is None:
            gap = population.gaps[0][1] if population.gaps else Gap(f"{step.read.api} was not asked", step.read.api)
            raise UnknownError(gap)
        if seen.digest:
            subject.cite((seen.digest,))
        if seen.gap is not None:
            raise UnknownError(seen.gap)
        if seen.skipped:
            if parameter.optional:
                return None
            raise DoesNotApplyError(seen.skipped)
        if seen.absent or not seen.rows:
            if parameter.optional:
                return None
            cited = (seen.digest,) if seen.digest else ()
            raise UnknownError(Gap(f"{step.read.api} answered that there is none", step.read.api, cited))
        if len(seen.rows) > 1:
            raise UnknownError(
                Gap(f"{step.read.api} gave {len(seen.rows)} answers for one", step.read.api, (seen.digest,))
            )
        return seen.rows[0]

    def _many(self, kind: Kind, subject: Subject) -> list[Evidence]:
        row = subject.row
        shared = next((k for k in kind.lineage() if row is not None and row.ancestor(k) is not None), None)
        if shared is None or row is None or shared is kind:
            return self._listed(kind, subject, everywhere=False)
        owner = row.ancestor(shared)
        population = self._snapshot.population(kind, subject.target)
        for parent, gap in population.gaps:
            if parent is None or parent.ancestor(shared) in (None, owner):
                raise UnknownError(gap)
        rows = self._under(kind, shared, subject.target, population).get(id(owner), [])
        seen = population.of_parent.get(id(owner))
        subject.cite((seen.digest,) if seen is not None and seen.digest else ())
        for child in rows:
            subject.cite(child.digests())
        return [child.evidence for child in rows]

    def _under(self, kind: Kind, owner: Kind, target: Target, population: Population) -> Mapping[int, list[Row]]:
        key = (kind, owner, target)
        if key not in self._children:
            children: dict[int, list[Row]] = {}
            for row in population.rows:
                children.setdefault(id(row.ancestor(owner)), []).append(row)
            self._children[key] = children
        return self._children[key]

    def _listed(self, kind: Kind, subject: Subject, *, everywhere: bool) -> list[Evidence]:
        key = (kind, subject.target, everywhere)
        if key not in self._lists:
            self._lists[key] = self._gather(kind, subject.target, everywhere=everywhere)
        found, gap, digests = self._lists[key]
        subject.cite(digests)
        if gap is not None:
            raise UnknownError(gap)
        return list(found)

    def _gather(
        self, kind: Kind, target: Target, *, everywhere: bool
    ) -> tuple[list[Evidence], Gap | None, tuple[str, ...]]:
        scan = self._snapshot.scan
        regional = kind.root().read.scope == "regional"
        targets = scan.regions(target.account) if everywhere and regional else (target,)
        rows: list[Evidence] = []
        gaps: list[Gap] = []
        digests: dict[str, None] = {}
        for one in targets:
            population = self._snapshot.population(kind, one)
            rows.extend(row.evidence for row in population.rows)
            gaps.extend(gap for _, gap in population.gaps)
            digests.update(population.digests)
        left_out = scan.unscanned.get(target.account, ()) if everywhere and regional else ()
        if left_out:
            gaps.append(Gap(f"not scanned: {', '.join(left_out)}", kind.read.api))
        return rows, gaps[0] if gaps else None, tuple(digests)

    def _referred(self, parameter: Parameter, subject: Subject) -> Evidence | None:
        source, name = parameter.reference or (parameter.kind, "")  # the signature gives every REFERRED a reference
        try:
            value = self._source(source, subject).field(name)
        except UnknownFieldError as error:
            raise UnknownError(Gap(f"{source.__name__} has no {error}", source.read.api)) from None
        if value is None:
            if parameter.optional:
                return None
            raise DoesNotApplyError(f"{name.replace('_', ' ')} names nothing")
        kind: Kind = parameter.kind
        found = self._follow(kind.bearer(), str(value), subject.target)
        subject.cite(found.digests())
        here = Subject(found.target, found, subject.cited)
        own = found.ancestor(kind)
        return own.evidence if own is not None else self._descend(parameter, here, found)

    def _source(self, kind: Kind, subject: Subject) -> Row:
        own = subject.row.ancestor(kind) if subject.row is not None else None
        if own is not None:
            return own
        start = subject.row.ancestor(kind.bearer()) if subject.row is not None else None
        row = start
        chain = list(reversed(kind.lineage()))
        for step in chain[chain.index(type(start.evidence)) + 1 :] if start is not None else chain:
            population = self._snapshot.population(step, subject.target)
            seen = population.whole if row is None else population.of_parent.get(id(row))
            found = self._only(Parameter(step.__name__, Role.ONE, step), step, seen, subject, population)
            if found is not None:
                row = found
        if row is None:
            raise UnknownError(Gap(f"{kind.read.api} was not asked", kind.read.api))
        return row

    def _follow(self, kind: Kind, name: str, target: Target) -> Row:
        """The resource that a field names, by its ARN or by its id in the same region."""
        api = kind.read.api
        where = self._place(kind, name, target)
        if where is None:
            raise UnknownError(Gap(f"{name} is in an account or region that was not scanned", api))
        population = self._snapshot.population(kind, where)
        found = population.by_subject.get(name)
        if found is None and not name.startswith("arn:"):
            found = next((row for row in population.rows if _id(row.subject) == name.rpartition("/")[2]), None)
        if found is not None:
            return found
        if population.gaps:
            raise UnknownError(population.gaps[0][1])
        raise UnknownError(Gap(f"{name} is not among what {api} listed", api, tuple(population.digests)[:1]))

    def _place(self, kind: Kind, name: str, target: Target) -> Target | None:
        scan = self._snapshot.scan
        if not name.startswith("arn:"):
            home = scan.home(kind, target)
            return home if home.region in (GLOBAL, ORGANIZATION) or home in scan.targets else None
        parts = name.split(":", 5)
        account, region = parts[4] or target.account, parts[3] or target.region
        there = Target(account, region, target.partition)
        home = scan.home(kind, there)
        return home if home in scan.targets or home == scan.organization else None

    def _derive_all(self, derivation: Derivation, subject: Subject) -> list[Any]:
        """Derived evidence of every resource in the target; where it does not apply to one, that one is left out."""
        anchor = derivation.signature.anchor
        if anchor is None:
            return [self._derive(derivation, subject)]
        population = self._snapshot.population(anchor, subject.target)
        subject.cite(population.digests)
        if population.gaps:
            raise UnknownError(population.gaps[0][1])
        made = []
        for row in population.rows:
            one = Subject(subject.target, row, subject.cited)
            try:
                made.append(self._derive(derivation, one))
            except DoesNotApplyError:
                continue
        return made

    def derive(self, derivation: Derivation, subject: Subject) -> Any:
        """Derived evidence; UnknownError or DoesNotApplyError where it is not to be had. Cites what it rests on."""
        return self._derive(derivation, subject)

    def _derive(self, derivation: Derivation, subject: Subject) -> Any:
        signature = derivation.signature
        row = (
            subject.row.ancestor(signature.anchor) if subject.row is not None and signature.anchor is not None else None
        )
        # What is made of an account's global side is the same in each of its regions, so it is made once.
        target = subject.target if signature.regional or row is not None else subject.target.there(GLOBAL)
        key = (id(derivation.function), id(row), target)
        if key not in self._derived:
            inner = Subject(target, row)
            value: Any = None
            problem: Exception | None = None
            try:
                value = derivation.function(*self.arguments(signature, inner), **signature.settings)
            except (UnknownError, DoesNotApplyError) as error:
                problem = error
            if isinstance(value, NotSeen):
                problem = UnknownError(Gap(value.reason, "", tuple(inner.cited)))
            self._derived[key] = (value, problem, tuple(inner.cited))
        value, problem, cited = self._derived[key]
        subject.cite(cited)
        if problem is not None:
            raise problem
        return value


def _id(subject: str) -> str:
    return subject.rpartition("/")[2] if "/" in subject else subject.rpartition(":")[2]

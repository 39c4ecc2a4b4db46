"""Derived evidence by itself: every value of a type that some `@derived` function makes, without a check around it.

Commands that answer from a bundle use it: the types stand in the engine, the functions that make them beside the
evidence, and discovery brings the two together.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from scanner.evidence.reading import GLOBAL, ORGANIZATION, Target
from scanner.evidence.snapshot import Scan, Snapshot
from scanner.judge.discover import DiscoveryError, Library
from scanner.judge.resolve import DoesNotApplyError, Resolver, Subject, UnknownError
from scanner.judge.signature import Derivation, Signature

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Derived(Generic[T]):
    """One value, or why there is none (`unknown`), about which resource, and the digests of the readings under it."""

    target: Target
    subject: str
    value: T | None
    unknown: str
    digests: tuple[str, ...]


class Deriver:
    """Values of a snapshot. What several types are made of is made once."""

    def __init__(self, library: Library, snapshot: Snapshot) -> None:
        self._derivations: Mapping[Any, Derivation] = library.derivations
        self._snapshot = snapshot
        self._resolver = Resolver(snapshot)

    def values(self, kind: type[T]) -> list[Derived[T]]:
        """All values of a type, in every target. DiscoveryError where nothing installed makes it."""
        derivation = self._derivations.get(kind)
        if derivation is None:
            raise DiscoveryError(f"No installed package of checks makes {kind.__name__}.")
        return list(self._all(derivation))

    def _all(self, derivation: Derivation) -> Iterator[Derived[Any]]:
        for target in targets(derivation.signature, self._snapshot.scan):
            anchor = derivation.signature.anchor
            if anchor is None:
                yield from self._one(derivation, Subject(target, None), target.subject)
                continue
            population = self._snapshot.population(anchor, target)
            for parent, gap in population.gaps:
                named = parent.subject if parent is not None else target.subject
                yield Derived(target, named, None, gap.because, gap.digests)
            for row in population.rows:
                yield from self._one(derivation, Subject(target, row), row.subject)

    def _one(self, derivation: Derivation, subject: Subject, name: str) -> Iterator[Derived[Any]]:
        try:
            value = self._resolver.derive(derivation, subject)
        except UnknownError as unknown:
            subject.cite(unknown.gap.digests)
            yield Derived(subject.target, name, None, unknown.gap.because, tuple(subject.cited))
        except DoesNotApplyError:
            return
        else:
            row = subject.row.digests() if subject.row is not None else ()
            yield Derived(subject.target, name, value, "", tuple(dict.fromkeys((*row, *subject.cited))))


def targets(signature: Signature, scan: Scan) -> Iterable[Target]:
    """Where there is a value: in each region, or once per account, or once for the organization."""
    if signature.regional:
        return [target for target in scan.targets if target.region not in (GLOBAL, ORGANIZATION)]
    scopes = {kind.root().read.scope for kind in signature.kinds}
    if scopes == {"organization"}:
        return [scan.organization] if scan.organization is not None else []
    return [target for target in scan.targets if target.region == GLOBAL]

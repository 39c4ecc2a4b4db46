"""The plan of reads: which operations, in which order, and what is kept of each answer.

The same plan drives the scan and its progress, and prints the IAM policy that the scan needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.evidence.evidence import Evidence
from scanner.evidence.shape import Shape

Kind = type[Evidence]


class PlanError(Exception):
    """Two declarations of one operation contradict each other."""


@dataclass(frozen=True, slots=True)
class View:
    """What is wanted of one operation's answer, over all evidence that is made of it."""

    api: str
    paths: tuple[tuple[str, Shape], ...]  # JMESPath → what is kept there
    absent: frozenset[str]
    via: str

    @property
    def recorded(self) -> dict[str, list[str]]:
        return {f"{self.api} {path}": sorted(shape.paths()) for path, shape in self.paths}


class Plan:
    """All kinds of evidence that a scan reads: what is asked first (`roots`), and what is asked for each (`children`)."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        every = {step for kind in kinds for step in kind.lineage()}
        self.kinds = sorted(every, key=lambda kind: (kind.__module__, kind.__qualname__))
        self.apis = frozenset(kind.read.api for kind in self.kinds)
        self.roots = [kind for kind in self.kinds if kind.read.per is None]
        self._children = {kind: [child for child in self.kinds if child.read.per is kind] for kind in self.kinds}
        self.views = {api: _view(api, [k for k in self.kinds if k.read.api == api]) for api in sorted(self.apis)}

    def children(self, kind: Kind) -> list[Kind]:
        """What is asked for each piece of this evidence. `per` names one parent, so nothing can wait for itself."""
        return self._children[kind]

    def recorded(self) -> dict[str, list[str]]:
        """Which fields of which answers a bundle of this plan holds, by operation and path."""
        return {key: fields for view in self.views.values() for key, fields in view.recorded.items()}


def _view(api: str, kinds: list[Kind]) -> View:
    vias = {kind.read.via for kind in kinds}
    if len(vias) > 1:
        raise PlanError(f"{api} is read in two ways: {', '.join(sorted(repr(via) for via in vias))}")
    paths: dict[str, Shape] = {}
    for kind in kinds:
        path, shape = kind.read.path, kind.shape()
        paths[path] = paths[path].merge(shape) if path in paths else shape
    absent = frozenset().union(*(kind.read.absent for kind in kinds))
    return View(api, tuple(sorted(paths.items(), key=lambda item: item[0])), absent, vias.pop())

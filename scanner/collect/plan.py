"""The plan of reads: which operations, in which order, and what is kept of each answer.

The same plan drives the scan and its progress, and prints the IAM policy that the scan needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import networkx

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
    """All kinds of evidence that a scan reads, as a directed graph from what is asked first to what is asked for each."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.graph: networkx.DiGraph[Kind] = networkx.DiGraph()
        for kind in kinds:
            chain = kind.lineage()
            self.graph.add_nodes_from(chain)
            self.graph.add_edges_from((parent, child) for child, parent in pairwise(chain))
        self.views = {api: _view(api, [k for k in self.kinds if k.read.api == api]) for api in sorted(self.apis)}

    @property
    def kinds(self) -> list[Kind]:
        return sorted(self.graph.nodes, key=lambda kind: (kind.__module__, kind.__qualname__))

    @property
    def apis(self) -> frozenset[str]:
        return frozenset(kind.read.api for kind in self.graph.nodes)

    @property
    def roots(self) -> list[Kind]:
        return [kind for kind in self.kinds if kind.read.per is None]

    def children(self, kind: Kind) -> list[Kind]:
        return sorted(self.graph.successors(kind), key=lambda child: (child.__module__, child.__qualname__))

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

"""The graph of access: who reaches whom, and through them which data, by which statement and on which evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from scanner.access import ways
from scanner.access.edges import ADMINISTRATOR, Edge, Link, Node
from scanner.access.escalation import Escalation
from scanner.access.inventory import Account, Holders, Key, Kind, Resource
from scanner.access.kms import DECRYPTS_WITHOUT_DECRYPT
from scanner.access.parties import Party, Place
from scanner.access.who import Table

if TYPE_CHECKING:
    import networkx

_KINDS = {Kind.USER: "user", Kind.ROLE: "role", Kind.SESSION: "role", Kind.ROOT: "root user"}
_PLACES = {Place.SERVICE: "service", Place.OUTSIDE: "external account", Place.EVERYONE: "everyone"}
_DOUBTFUL_STEP = 1.001  # of two ways of the same length, the certain one is shown


@dataclass(frozen=True)
class Path:
    """Steps from one principal to an end; each is the best edge between its two nodes."""

    steps: tuple[Edge, ...]

    @property
    def source(self) -> str:
        return self.steps[0].source

    @property
    def certain(self) -> bool:
        return all(step.certain for step in self.steps)


class AccessGraph:
    """An account's graph. Identities first; data is added for the resources in question."""

    def __init__(self, account: Account, holders: Holders, digests: tuple[str, ...] = ()) -> None:
        import networkx

        self._account = account
        self._digests = digests
        self.graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        self.nodes: dict[str, Node] = {ADMINISTRATOR: Node(ADMINISTRATOR, "administrator", "everything in the account")}
        self.escalation = Escalation(account, holders, digests)
        for one in account.identities:
            self._node(Node(one.arn, _KINDS.get(one.subject.principal.kind, "role"), one.label))
        for party in self.escalation.parties.values():
            self._party(party)
        for edge in self.escalation.edges():
            self._edge(edge)

    def _node(self, node: Node) -> None:
        self.nodes.setdefault(node.id, node)
        self.graph.add_node(node.id)

    def _party(self, party: Party) -> None:
        kind = _PLACES.get(party.place) or _KINDS.get(party.subject.principal.kind, "role")
        self._node(Node(party.arn, kind, party.label))

    def _edge(self, edge: Edge) -> None:
        weight = 1.0 if edge.certain else _DOUBTFUL_STEP
        self.graph.add_edge(edge.source, edge.target, edge=edge, weight=weight)

    def edges(self) -> Iterator[Edge]:
        for _, _, data in self.graph.edges(data=True):
            yield data["edge"]

    def add_keys(self, keys: Sequence[tuple[Key, tuple[str, ...]]]) -> None:
        """Who decrypts with these keys, and who can bring it about without `kms:Decrypt`."""
        resources = [(key.resource, digests) for key, digests in keys]
        self._add("key", resources, "kms:Decrypt", "decrypts", Link.DECRYPT, certain=True)
        for action, because in DECRYPTS_WITHOUT_DECRYPT.items():
            # Re-encryption takes the ciphertext and a second key; a replica takes a multi-Region key.
            certain = action in ("kms:CreateGrant", "kms:PutKeyPolicy")
            self._add("key", resources, action, because, Link.DECRYPT, certain=certain)

    def add_stores(self, kind: str, resources: Sequence[tuple[Resource, tuple[str, ...]]]) -> None:
        """Who reads these secrets, buckets or databases."""
        for way in ways.READS[kind]:
            self._add(kind, resources, way.action, way.because, Link.READ, certain=way.certain)

    def _add(
        self,
        kind: str,
        resources: Sequence[tuple[Resource, tuple[str, ...]]],
        action: str,
        because: str,
        link: Link,
        *,
        certain: bool,
    ) -> None:
        table = Table(action, [resource for resource, _ in resources], {self._account.id: self._account})
        for place, (resource, digests) in enumerate(resources):
            self._node(Node(resource.arn, kind, resource.names[-1] if resource.names else resource.arn))
            for one in table.who(place).entries:
                self._party(one.party)
                self._edge(
                    Edge(
                        one.party.arn, resource.arn, link, action, because, one.through, one.conditions,
                        certain and one.certain, not one.doubts, tuple(dict.fromkeys((*digests, *self._digests))),
                    )
                )  # fmt: skip

    def paths_to(
        self, end: str, *, kinds: Iterable[str] = ("user", "role", "service", "external account", "everyone")
    ) -> tuple[Path, ...]:
        """The shortest path of everybody who reaches an end, by length and name."""
        import networkx

        wanted = set(kinds)
        if end not in self.graph:
            return ()
        lengths = networkx.single_source_dijkstra_path(self.graph.reverse(copy=False), end, weight="weight")
        found = [
            Path(tuple(self._best(a, b) for a, b in pairwise(reversed(nodes))))
            for start, nodes in lengths.items()
            if start != end and self.nodes[start].kind in wanted
        ]
        return tuple(sorted(found, key=lambda path: (len(path.steps), path.source)))

    def _best(self, source: str, target: str) -> Edge:
        edges: list[Edge] = [data["edge"] for data in self.graph[source][target].values()]
        return min(edges, key=lambda edge: not edge.certain)  # of several, the one that was found first

    def escalations(self) -> tuple[Path, ...]:
        """The shortest path of every user and role that is no administrator to the powers of one."""
        administrators = self.escalation.administrators
        found = self.paths_to(ADMINISTRATOR, kinds=("user", "role"))
        return tuple(path for path in found if path.source not in administrators)

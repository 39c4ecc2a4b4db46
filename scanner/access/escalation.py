"""How the identities of an account reach one another's powers, and those of the whole account.

Administrators reach everything at once: they get one edge, to the node of that name, and everybody is within its reach.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from scanner.access import ways
from scanner.access.asking import Asker
from scanner.access.edges import ADMINISTRATOR, Edge, Link, edge_of
from scanner.access.evaluate import judge
from scanner.access.inventory import Account, Holders, Identity, Kind
from scanner.access.matrix import Matrix
from scanner.access.matrix import Target as Asset
from scanner.access.parties import Party, Place, others
from scanner.access.request import Decision, Outcome
from scanner.access.ways import Way

_ASSUMING = {
    Kind.IDENTITY_PROVIDER: ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"),
}
_ASSUME = ("sts:AssumeRole",)


class Escalation:
    """The edges between the identities of an account."""

    def __init__(self, account: Account, holders: Holders, digests: tuple[str, ...] = ()) -> None:
        self._account = account
        self._holders = holders
        self._digests = digests
        self._asker = Asker(account)
        self.administrators = frozenset(one.arn for one in account.identities if self._administers(one))
        self._others = [one for one in account.identities if one.arn not in self.administrators]
        self._users = [one for one in account.identities if one.subject.principal.kind is Kind.USER]
        self._roles = [one for one in account.identities if one.subject.principal.kind is Kind.ROLE]

    def _administers(self, identity: Identity) -> bool:
        """Do its own policies make it one? What service control policies take away from everybody does not count here."""
        unlimited = replace(identity, subject=replace(identity.subject, service_control=()))
        return all(one is not None and one.outcome is Outcome.ALLOW for one in self._everything(unlimited))

    def _everything(self, identity: Identity) -> Iterator[Decision | None]:
        account = self._account
        for action, arn in ways.ADMINISTRATOR:
            yield self._one(action, identity, arn.format(partition=account.partition, account=account.id))

    def _one(self, action: str, identity: Identity, arn: str) -> Decision | None:
        found = self._asker.allowed(action, [identity], [self._asker.asset(arn)])
        return next((decision for _, _, decision in found), None)

    @cached_property
    def parties(self) -> Mapping[str, Party]:
        """Services, other accounts and providers that roles let in, by ARN or name."""
        found: dict[str, Party] = {}
        for role in self._roles:
            for party in others(self._trusting(role), {self._account.id: self._account}, self._account.id):
                if party.place is not Place.ACCOUNT:
                    found[party.arn] = party
        return found

    def _trusting(self, role: Identity) -> Asset:
        account = self._account
        return Asset(
            role.arn,
            role.trust,
            (),
            account.resource_control,
            account.id,
            account.resource_values,
            account.resource_absent,
        )

    def edges(self) -> tuple[Edge, ...]:
        """All of them, those to the powers of the whole account too."""
        found = [
            *self._administrator_edges(),
            *self._assuming(),
            *self._becoming(),
            *self._passing(),
            *self._running(),
            *self._joining(),
        ]
        return (*found, *self._to_everything(found))

    def _administrator_edges(self) -> Iterator[Edge]:
        for arn in sorted(self.administrators):
            known = not any(one.doubts for one in self._everything(self._account.by_arn[arn]) if one is not None)
            because = "may do everything"
            yield Edge(arn, ADMINISTRATOR, Link.BECOME, "*", because, (), (), known, known, self._digests)
        for one in self._account.identities:
            yield Edge(
                ADMINISTRATOR,
                one.arn,
                Link.BECOME,
                "*",
                "an administrator can take on any identity",
                (),
                (),
                certain=True,
                known=True,
                digests=self._digests,
            )

    def _edge(
        self, source: str, target: str, link: Link, how: str, because: str, decisions: Iterable[Decision]
    ) -> Iterator[Edge]:
        if (
            source != target
            and (edge := edge_of(source, target, link, how, because, decisions, self._digests)) is not None
        ):
            yield edge

    def _assuming(self) -> Iterator[Edge]:
        assets = [self._trusting(role) for role in self._roles]
        for who, what, decision in self._asker.allowed("sts:AssumeRole", self._others, assets):
            yield from self._edge(who.arn, what.arn, Link.ASSUME, "sts:AssumeRole", "takes on the role", [decision])
        outsiders = list(self.parties.values())
        for action in dict.fromkeys(action for one in outsiders for action in _actions(one)):
            mine = [one for one in outsiders if action in _actions(one)]
            matrix = Matrix(action, [one.subject for one in mine], assets, management_accounts=self._account.management)
            for place, party in enumerate(mine):
                for number, asset in enumerate(assets):
                    decision = judge(matrix.request(place, number), matrix.policies(place, number))
                    yield from self._edge(party.arn, asset.arn, Link.ASSUME, action, "takes on the role", [decision])

    def _becoming(self) -> Iterator[Edge]:
        for listed, targets in ((ways.ON_USERS, self._users), (ways.ON_ROLES, self._roles)):
            for way in listed:
                yield from self._through(way, {one.arn: one.arn for one in targets})

    def _through(self, way: Way, targets: Mapping[str, str]) -> Iterator[Edge]:
        """Edges by one way: what it is done to, and whose powers that brings."""
        assets = [self._asker.asset(arn) for arn in targets]
        for who, what, decision in self._asker.allowed(way.action, self._others, assets):
            for edge in self._edge(who.arn, targets[what.arn], Link.BECOME, way.action, way.because, [decision]):
                yield edge if way.certain else _uncertain(edge)

    def _passing(self) -> Iterator[Edge]:
        """iam:PassRole to a service that the role trusts and that runs code of one's own."""
        for runner in ways.RUNNERS:
            service = self.parties.get(runner.service)
            if service is None:
                continue
            trusting = [role for role in self._roles if self._trusts(role, service)]
            assets = [self._asker.asset(role.arn) for role in trusting]
            passed = {"iam:PassedToService": (runner.service,)}
            for who, what, decision in self._asker.allowed(ways.PASSING, self._others, assets, passed):
                steps = [self._asker.anywhere(action, who) for action in runner.actions]
                if all(step is not None for step in steps):
                    how = " + ".join((ways.PASSING, *runner.actions))
                    because = f"runs code of its own in {runner.service} with the role"
                    decisions = [decision, *(step for step in steps if step is not None)]
                    yield from self._edge(who.arn, what.arn, Link.BECOME, how, because, decisions)

    def _trusts(self, role: Identity, service: Party) -> bool:
        matrix = Matrix("sts:AssumeRole", [service.subject], [self._trusting(role)])
        return matrix.outcome(0, 0) in (Outcome.ALLOW, Outcome.CONDITIONAL)

    def _running(self) -> Iterator[Edge]:
        known = {one.arn for one in self._roles}
        for kind, listed in (("function", ways.ON_FUNCTIONS), ("instance", ways.ON_INSTANCES)):
            targets = {
                one.asset.arn: one.runs for one in self._holders.listed if one.kind == kind and one.runs in known
            }
            for way in listed:
                yield from self._through(way, targets)

    def _joining(self) -> Iterator[Edge]:
        """Joining a group brings its powers; those of an administrator are what counts here."""
        for arn in self._account.groups:
            if any(one.arn in self.administrators and arn in one.groups for one in self._users):
                for who, _, decision in self._asker.allowed(
                    ways.TO_GROUPS.action, self._users_left, [self._asker.asset(arn)]
                ):
                    because = f"{ways.TO_GROUPS.because} {arn.rpartition('/')[2]}, which has an administrator"
                    for edge in self._edge(
                        who.arn, ADMINISTRATOR, Link.BECOME, ways.TO_GROUPS.action, because, [decision]
                    ):
                        yield edge if self._is_administrative(arn, who) else _uncertain(edge)

    @cached_property
    def _users_left(self) -> list[Identity]:
        return [one for one in self._others if one.subject.principal.kind is Kind.USER]

    def _is_administrative(self, group: str, joining: Identity) -> bool:
        documents = self._account.groups[group]
        return self._administers(replace(joining, subject=replace(joining.subject, identity=documents)))

    def _to_everything(self, edges: Sequence[Edge]) -> Iterator[Edge]:
        """Giving oneself every permission: as oneself, or as whom one can become."""
        reach = _reach(edges)
        for way, targets in self._own_ways():
            assets = [self._asker.asset(arn) for arn in targets]
            for who, what, decision in self._asker.allowed(way.action, self._others, assets):
                if any(arn == who.arn or arn in reach.get(who.arn, frozenset()) for arn in targets[what.arn]):
                    because = f"{way.because} ({what.arn.rpartition(':')[2]})"
                    for edge in self._edge(who.arn, ADMINISTRATOR, Link.BECOME, way.action, because, [decision]):
                        limited = bool(who.limit)
                        yield edge if way.certain and not limited else _uncertain(edge)
        yield from self._unbound()

    def _own_ways(self) -> Iterator[tuple[Way, Mapping[str, list[str]]]]:
        """Each way with what it is done to, and who gains by it."""
        for way in ways.ON_ONESELF_USER:
            yield way, {one.arn: [one.arn] for one in self._users}
        for way in ways.ON_ONESELF_ROLE:
            yield way, {one.arn: [one.arn] for one in self._roles}
        for way in ways.ON_OWN_GROUPS:
            yield way, {arn: [one.arn for one in self._users if arn in one.groups] for arn in self._account.groups}
        attached: dict[str, list[str]] = {}
        for one in self._account.identities:
            for arn in one.attached:
                if ":iam::aws:" not in arn:
                    attached.setdefault(arn, []).append(one.arn)
        for way in ways.ON_OWN_POLICIES:
            yield way, attached

    def _unbound(self) -> Iterator[Edge]:
        """Taking off one's own boundary, where nothing else keeps one from everything."""
        for one in self._others:
            if one.limit and self._administers(self._asker.without_boundary(one)):
                is_user = one.subject.principal.kind is Kind.USER
                way = ways.ON_BOUNDARY_OF_USER if is_user else ways.ON_BOUNDARY_OF_ROLE
                decision = self._one(way.action, one, one.arn)
                if decision is not None:
                    yield from self._edge(one.arn, ADMINISTRATOR, Link.BECOME, way.action, way.because, [decision])


def _actions(party: Party) -> tuple[str, ...]:
    return _ASSUMING.get(party.subject.principal.kind, _ASSUME)


def _uncertain(edge: Edge) -> Edge:
    return replace(edge, certain=False)


def _reach(edges: Iterable[Edge]) -> Mapping[str, frozenset[str]]:
    """Whom everybody can become, over any number of steps; not through the powers of the whole account."""
    direct: dict[str, set[str]] = {}
    for edge in edges:
        if ADMINISTRATOR not in (edge.source, edge.target):
            direct.setdefault(edge.source, set()).add(edge.target)
    found: dict[str, frozenset[str]] = {}
    for start in direct:
        seen: set[str] = set()
        pending = list(direct[start])
        while pending:
            one = pending.pop()
            if one not in seen:
                seen.add(one)
                pending.extend(direct.get(one, ()))
        found[start] = frozenset(seen)
    return found

"""Who can do this? One action on one resource, for everybody: the answer with its grounds, conditions and doubts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scanner.access.evaluate import judge
from scanner.access.exposure import binds
from scanner.access.inventory import Account, Kind, Resource
from scanner.access.kms import GRANT, is_key
from scanner.access.matrix import Matrix
from scanner.access.matrix import Target as Asset
from scanner.access.objects import probes
from scanner.access.parties import Party, Place, members, others
from scanner.access.request import Decision, Example, Outcome
from scanner.access.statements import IDENTITY, RESOURCE
from scanner.access.truth import Ground, Residual
from scanner.evidence.policy import Condition

# Conditions by which a policy lets in its own account only, whomever else it names.
_OWN_ACCOUNT_KEYS = frozenset({"kms:calleraccount", "aws:principalaccount"})
_EXACT = frozenset({"stringequals", "stringlike", "stringequalsignorecase"})


@dataclass(frozen=True)
class Entry:
    """One principal that can, or may. `on`: on what of the resource, where not on all of it.

    `route`: `named` by the resource's policy, `account`: the policy leaves it to the account and an identity policy allows
    it, `grant`, `identity policy` alone, or `root user`, who may do what nothing denies. `let_in`: the resource's side allows it, whatever the principal's own side says.
    """

    party: Party
    outcome: Outcome
    route: str
    through: tuple[str, ...]
    conditions: tuple[str, ...]
    doubts: tuple[str, ...]
    example: Example | None
    on: str
    let_in: bool

    @property
    def certain(self) -> bool:
        return self.outcome is Outcome.ALLOW


@dataclass(frozen=True)
class Who:
    """The answer: who certainly can, who can under conditions, of whom it is not known. `missing`: what hides people.

    `denied`: how many were asked about and cannot.
    """

    action: str
    resource: str
    entries: tuple[Entry, ...]
    missing: tuple[str, ...]
    denied: int

    @property
    def certain(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.certain)

    @property
    def conditional(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if not one.certain and not one.doubts)

    @property
    def doubtful(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.doubts)


class Table:
    """The answers about one action for many resources: what was judged alike is judged once."""

    def __init__(self, action: str, resources: Sequence[Resource], accounts: Mapping[str, Account]) -> None:
        self._action = action
        self._resources = resources
        self._accounts = accounts
        everybody: dict[str, Party] = {}
        for owner in dict.fromkeys(resource.account for resource in resources):
            everybody.update((party.arn, party) for party in members(accounts, owner))
        for resource in resources:
            for party in others(resource.asset, accounts, resource.account):
                everybody.setdefault(party.arn, party)
        self.parties = tuple(everybody.values())
        self._assets: list[Asset] = []
        self._spans: list[range] = []  # which assets stand for each resource
        for resource in resources:
            found = probes(action, resource.asset, self.parties)
            self._spans.append(range(len(self._assets), len(self._assets) + len(found)))
            self._assets += found
        subjects = [party.subject for party in self.parties]
        self._matrix = Matrix(action, subjects, self._assets, management_accounts=_management(accounts))

    @cached_property
    def _rows(self) -> list[tuple[Outcome, ...]]:
        return [self._matrix.row(place) for place in range(len(self.parties))]

    @cached_property
    def _doubts(self) -> dict[int, tuple[bool, ...]]:
        """By principal, for those about whom something is open."""
        return {place: self._matrix.doubts(place) for place, row in enumerate(self._rows) if Outcome.CONDITIONAL in row}

    def certain(self, resource: int) -> tuple[Party, ...]:
        """Those who certainly can, on the whole resource or on some of it."""
        return tuple(
            party
            for place, party in enumerate(self.parties)
            if any(self._rows[place][number] is Outcome.ALLOW for number in self._spans[resource])
        )

    def open(self, resource: int) -> tuple[tuple[Party, bool], ...]:
        """Those who can under conditions or perhaps, and whether that depends on what was not seen."""
        found = []
        for place, party in enumerate(self.parties):
            outcomes = {self._rows[place][number] for number in self._spans[resource]}
            if Outcome.CONDITIONAL in outcomes and Outcome.ALLOW not in outcomes:
                found.append((party, any(self._doubts[place][number] for number in self._spans[resource])))
        return tuple(found)

    def missing(self, resource: int) -> tuple[str, ...]:
        """What hides people who may be able to."""
        owner = self._accounts.get(self._resources[resource].account)
        if owner is None:
            return (f"the account {self._resources[resource].account} was not scanned",)
        return tuple(one.reason for one in owner.unseen)

    def who(self, resource: int, places: Collection[Place] = tuple(Place)) -> Who:
        """The whole answer about one resource, with grounds and examples, for principals of some places."""
        entries: list[Entry] = []
        denied = 0
        for place, party in enumerate(self.parties):
            if party.place in places:
                found = list(self._entries(place, party, self._spans[resource]))
                entries += found
                denied += not found
        listed = tuple(sorted(entries, key=_order))
        return Who(self._action, self._resources[resource].arn, listed, self.missing(resource), denied)

    def _entries(self, place: int, party: Party, span: range) -> Iterator[Entry]:
        """The whole resource first; parts of it only where more is allowed there."""
        best: Outcome | None = None
        for number in span:
            outcome = self._rows[place][number]
            if outcome in (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY):
                continue
            if best is Outcome.ALLOW or (best is not None and outcome is not Outcome.ALLOW):
                continue
            decision = self._matrix.decision(place, number)
            if party.place is Place.EVERYONE and only_own_account(decision, self._assets[number].owner):
                continue
            best = outcome
            yield entry_of(self._action, party, decision, self._assets[number], part=number > span.start)


def who_can(action: str, resource: Resource, accounts: Mapping[str, Account]) -> Who:
    """Everybody who can, or may, do an action to a resource. Raises nothing, whatever the policies hold."""
    return Table(action, [resource], accounts).who(0)


def _management(accounts: Mapping[str, Account]) -> frozenset[str]:
    return frozenset().union(*(one.management for one in accounts.values()))


def entry_of(action: str, party: Party, decision: Decision, asset: Asset, *, part: bool = False) -> Entry:
    """A decision as people read it."""
    return Entry(
        party,
        decision.outcome,
        route_of(party, decision, asset),
        tuple(dict.fromkeys(map(ground_text, grounds_of(decision)))),
        tuple(dict.fromkeys(text for residual in decision.residuals for text in residual_texts(residual))),
        tuple(dict.fromkeys(doubt.reason for doubt in decision.doubts)),
        decision.example,
        asset.arn if part else "",
        let_in(action, party, asset),
    )


def let_in(action: str, party: Party, asset: Asset) -> bool:
    """Does the resource's side alone let this principal in? Asked of those whose own side nobody here decides."""
    return party.place is Place.ACCOUNT or our_side(action, party, asset).outcome is Outcome.ALLOW


def our_side(action: str, party: Party, asset: Asset) -> Decision:
    """What the resource's side decides of a principal, as if its own account allowed it everything."""
    matrix = Matrix(action, [party.as_if_its_account_allowed().subject], [asset])
    return judge(matrix.request(0, 0), matrix.policies(0, 0))


def only_own_account(decision: Decision, owner: str | None) -> bool:
    """Is every way open to everyone bound to the owner's account, so that it opens to nobody else?"""
    allowing = [residual for residual in decision.residuals if residual.ground.effect == "Allow"]
    return bool(allowing) and not decision.grounds and all(_is_own(residual, owner) for residual in allowing)


def only_organizations(decision: Decision) -> frozenset[str]:
    """The organizations to which every way that is open is bound; empty if one of the ways is not."""
    allowing = [residual for residual in decision.residuals if residual.ground.effect == "Allow"]
    found = [_organizations(residual) for residual in allowing]
    return frozenset().union(*found) if all(found) and not decision.grounds else frozenset()


def _organizations(residual: Residual) -> frozenset[str]:
    for one in residual.conditions:
        if one.key.lower() in ("aws:principalorgid", "aws:principalorgpaths") and binds(one):
            return frozenset(value.partition("/")[0] for value in one.values)
    return frozenset()


def _is_own(residual: Residual, owner: str | None) -> bool:
    return any(
        one.operator.lower() in _EXACT and one.key.lower() in _OWN_ACCOUNT_KEYS and set(one.values) == {owner}
        for one in residual.conditions
    )


def grounds_of(decision: Decision) -> tuple[Ground, ...]:
    """The statements that allow, those with open conditions too."""
    opened = (residual.ground for residual in decision.residuals)
    return tuple(one for one in (*decision.grounds, *opened) if one.effect == "Allow")


def route_of(party: Party, decision: Decision, asset: Asset) -> str:
    """By which road the permission comes."""
    sources = {ground.source for ground in grounds_of(decision)}
    is_root = party.place is Place.ACCOUNT and party.subject.principal.kind is Kind.ROOT
    if is_root and not sources and not is_key(asset.arn):
        return "root user"
    if GRANT in sources and RESOURCE not in sources:
        return "grant"
    if IDENTITY in sources:
        return "account" if is_key(asset.arn) else "identity policy"
    return "named" if RESOURCE in sources else "not known"


def ground_text(ground: Ground) -> str:
    """`managed policy full, statement #1`."""
    if ground.source == GRANT:
        return f"grant {ground.document}"
    return f"{ground.document}, statement {ground.statement}"


def residual_texts(residual: Residual) -> Iterator[str]:
    where = "" if residual.ground.effect == "Allow" else "unless "
    for condition in residual.conditions:
        yield f"{where}{condition_text(condition)}"
    if residual.resources:
        yield f"{where}the resource is among {', '.join(residual.resources)}"


def condition_text(condition: Condition) -> str:
    """Operator, key and values, verbatim."""
    return f"{condition.operator} {condition.key} = {' or '.join(condition.values)}"


_RANK = {Place.ACCOUNT: 0, Place.SERVICE: 1, Place.OUTSIDE: 2, Place.EVERYONE: 3}


def _order(entry: Entry) -> tuple[int, bool, int, str, str]:
    return (0 if entry.certain else 1, bool(entry.doubts), _RANK[entry.party.place], entry.party.label, entry.on)

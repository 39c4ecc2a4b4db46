"""Whom to ask about: everybody in the account, and everyone else whom a resource's policy or grants name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from scanner.access.exposure import admissions
from scanner.access.inventory import Account
from scanner.access.matrix import Subject
from scanner.access.matrix import Target as Asset
from scanner.access.principals import EVERYONE, Kind, Principal
from scanner.access.request import Document, NotSeen
from scanner.evidence.policy import Policy, PrincipalName


class Place(Enum):
    """Where a principal stands, seen from the resource's account."""

    ACCOUNT = "account"
    OUTSIDE = "outside"  # another account, or a provider of identities
    SERVICE = "service"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Party:
    """Somebody to ask about. `label`: as a person names it."""

    subject: Subject
    label: str
    place: Place

    @property
    def arn(self) -> str:
        return self.subject.principal.arn

    def as_if_its_account_allowed(self) -> "Party":
        """The same with everything allowed on its own side: what is left is what the resource's side decides."""
        return replace(self, subject=replace(self.subject, identity=(_EVERYTHING,), service_control=()))


_EVERYTHING = Document(
    "its own account",
    Policy.model_validate(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    ),
)


def members(accounts: Mapping[str, Account], owner: str) -> tuple[Party, ...]:
    """Everybody in the owner's account."""
    account = accounts.get(owner)
    return () if account is None else tuple(_members(account, Place.ACCOUNT))


def others(asset: Asset, accounts: Mapping[str, Account], owner: str) -> tuple[Party, ...]:
    """Everybody whom the asset's policy or grants name and who is not among the members of its account, each once."""
    found: dict[str, Party] = {}
    bound = (PrincipalName(kind="AWS", value=other) for other in _bound(asset, owner))
    for name in (*_named(asset), *bound):
        for party in _parties_of(name, accounts, owner):
            found.setdefault(party.arn, party)
    return tuple(found.values())


def _members(account: Account, place: Place) -> Iterator[Party]:
    for one in account.identities:
        label = one.label if place is Place.ACCOUNT else f"{one.label} of {account.id}"
        yield Party(one.subject, label, place)


def _named(asset: Asset) -> Iterator[PrincipalName]:
    if isinstance(asset.policy, Document):
        for statement in asset.policy.policy.statements:
            if statement.effect == "Allow":
                yield from statement.principals
                if statement.not_principals:
                    yield PrincipalName(kind="*", value="*")
    for grant in () if isinstance(asset.grants, NotSeen) else asset.grants:
        for name in (grant.grantee, grant.retiring_principal):
            if name:
                yield PrincipalName(kind="AWS" if name.startswith("arn:") else "Service", value=name)


def _bound(asset: Asset, owner: str) -> Iterable[str]:
    """Other accounts that stand in conditions beside a wildcard."""
    if not isinstance(asset.policy, Document):
        return ()
    return sorted({one.who for one in admissions(asset.policy.policy, owner) if one.who.isdigit()})


def _parties_of(name: PrincipalName, accounts: Mapping[str, Account], owner: str) -> Iterator[Party]:
    try:
        principal = Principal.parse(name.value)
    except ValueError:
        # A stale AIDA… or AROA… id names nobody any more; anything else that names no principal lets nobody in.
        return
    if principal.kind is Kind.EVERYONE:
        yield Party(Subject(EVERYONE), "everyone", Place.EVERYONE)
    elif principal.kind is Kind.SERVICE:
        yield Party(Subject(principal), name.value, Place.SERVICE)
    elif principal.account == owner:
        yield from _of_owner(principal, accounts[owner]) if owner in accounts else ()
    elif (other := accounts.get(principal.account or "")) is not None:
        members = list(_members(other, Place.OUTSIDE))
        yield from members if principal.kind is Kind.ROOT else [one for one in members if one.arn == principal.arn]
    else:
        yield _stranger(principal)


def _of_owner(principal: Principal, account: Account) -> Iterator[Party]:
    """A principal of the owner's that is not among those listed: a session, a federated user, or one that was not seen."""
    known = account.by_arn
    behind = principal.role_arn or f"arn:{principal.partition}:iam::{account.id}:role/{principal.name}"
    if principal.arn in known:
        return
    if principal.kind is Kind.SESSION and behind in known:
        own = known[behind].subject
        yield Party(
            replace(own, principal=replace(principal, role_arn=behind)), f"session {principal.arn}", Place.ACCOUNT
        )
    elif account.unseen or principal.kind is Kind.FEDERATED_USER:
        why = (
            account.unseen[0] if account.unseen else NotSeen("the policies of a federated user's session are not kept")
        )
        levels = next((one.subject.service_control for one in account.identities), why)
        yield Party(Subject(principal, why, service_control=levels), principal.arn, Place.ACCOUNT)
    elif principal.kind is Kind.IDENTITY_PROVIDER:
        yield Party(Subject(principal), principal.arn, Place.OUTSIDE)


def _stranger(principal: Principal) -> Party:
    """Somebody in an account that was not scanned. The root user stands for whoever that account lets."""
    if not principal.has_identity:
        return Party(Subject(principal), principal.arn, Place.OUTSIDE)
    unseen = NotSeen(f"what the account {principal.account} allows was not read")
    label = f"account {principal.account}" if principal.kind is Kind.ROOT else principal.arn
    return Party(Subject(principal, unseen, service_control=unseen), label, Place.OUTSIDE)

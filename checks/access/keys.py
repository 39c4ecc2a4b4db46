"""Keys: who may decrypt with them, who may administer them, and whether those are different people."""

from collections.abc import Iterable
from dataclasses import dataclass

from checks.iam.statements import some
from scanner import Fails, Holds, NotApplicable, Verdict, check, derived, fact
from scanner.access.inventory import Account, Encrypted, Key, Kind, NotSeen, Resource, Secret
from scanner.access.parties import Party, Place
from scanner.access.who import Entry, Table, only_organizations, our_side

# With any of these a principal decides who else may use the key (KMS Developer Guide, "Key policies", key administrators).
ADMINISTER = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
_DOOMED = ("PendingDeletion", "PendingReplicaDeletion")


@dataclass(frozen=True)
class KeyTables:
    """Who can do what with the keys of a region. `place`: a key's row by its ARN."""

    place: dict[str, int]
    decrypt: Table
    administer: tuple[Table, ...]

    def decrypting(self, key: Key) -> tuple[Party, ...]:
        return self.decrypt.certain(self.place[key.resource.arn])

    def administering(self, key: Key) -> tuple[Party, ...]:
        found = {one.arn: one for table in self.administer for one in table.certain(self.place[key.resource.arn])}
        return tuple(found.values())


@dataclass(frozen=True)
class Outsiders:
    """Those from outside the account who can decrypt with a key, or may as far as this account decides."""

    key: Key
    entries: tuple[Entry, ...]
    members: bool = False  # members of the account's own organization are let in, whoever they are


@dataclass(frozen=True)
class Duties:
    """Who certainly decrypts with a key, and who certainly administers it, the root user left out."""

    key: Key
    users: frozenset[str]
    administrators: frozenset[str]


@dataclass(frozen=True)
class Decrypting:
    """Who decrypts with a key: certainly, under conditions, and from outside as far as this account decides."""

    key: Key
    certain: tuple[str, ...]
    conditional: tuple[str, ...]
    strangers: tuple[str, ...]


@dataclass(frozen=True)
class KnownStores:
    """All stores of a region that are encrypted under a key: kind, ARN, key."""

    listed: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class SecretReaders:
    """How many secrets there are, and how many of them each principal can read for certain."""

    secrets: int
    readers: dict[str, int]


@derived
def key_tables(keys: list[Key], account: Account) -> KeyTables:
    """The tables over all keys of a region."""
    resources = [key.resource for key in keys]
    accounts = {account.id: account}
    return KeyTables(
        {resource.arn: number for number, resource in enumerate(resources)},
        Table("kms:Decrypt", resources, accounts),
        tuple(Table(action, resources, accounts) for action in ADMINISTER),
    )


@derived
def outsiders(key: Key, tables: KeyTables, account: Account) -> Outsiders | NotSeen:
    """Who is let in from outside. It is not known where the key's policy or its grants were not seen."""
    asset = key.resource.asset
    for part in (asset.policy, asset.grants):
        if isinstance(part, NotSeen):
            return part
    found = tables.decrypt.who(tables.place[key.resource.arn], (Place.OUTSIDE, Place.EVERYONE))
    strangers: list[Entry] = []
    for one in found.entries:
        side = our_side("kms:Decrypt", one.party, asset)
        if side.doubts:  # a resource control policy that was not read may keep them out
            return NotSeen(side.doubts[0].reason)
        if side.residuals and key.resource.unseen:
            return NotSeen(key.resource.unseen[0])
        bound = only_organizations(side)
        if bound and isinstance(account.organization, NotSeen):
            return account.organization
        if not bound or not bound <= {account.organization, "${aws:ResourceOrgID}"}:
            strangers.append(one)
    return Outsiders(key, tuple(strangers), members=len(strangers) < len(found.entries))


def hidden(resource: Resource, place: int, tables: Iterable[Table], account: Account) -> NotSeen | None:
    """What hides which of the account's own people can do these things to a resource; None if nothing does."""
    if account.unseen:
        return account.unseen[0]
    for table in tables:
        for party, doubted in table.open(place):
            if party.place is not Place.ACCOUNT:
                continue
            if doubted:
                found = table.who(place, (Place.ACCOUNT,)).doubtful
                reason = next((text for one in found for text in one.doubts), "")
                return NotSeen(reason or f"what {party.label} may do was not all seen")
            if resource.unseen:
                return NotSeen(resource.unseen[0])
    return None


@derived
def duties(key: Key, tables: KeyTables, account: Account) -> Duties | NotSeen:
    """Users and administrators of a key. It is not known where somebody's permissions were not seen."""
    place = tables.place[key.resource.arn]
    if unseen := hidden(key.resource, place, (tables.decrypt, *tables.administer), account):
        return unseen
    return Duties(key, _labels(tables.decrypting(key)), _labels(tables.administering(key)))


@derived
def decrypting(key: Key, tables: KeyTables, account: Account) -> Decrypting | NotSeen:
    """Who decrypts with a key, where that is known of everybody in the account. Strangers stay who they are."""
    place = tables.place[key.resource.arn]
    if unseen := hidden(key.resource, place, (tables.decrypt,), account):
        return unseen
    listed = [(party, doubted) for party, doubted in tables.decrypt.open(place) if party.place is not Place.EVERYONE]
    return Decrypting(
        key,
        tuple(one.label for one in tables.decrypting(key)),
        tuple(party.label for party, doubted in listed if not doubted),
        tuple(party.label for party, doubted in listed if doubted),
    )


@derived
def known_stores(found: Encrypted) -> KnownStores | NotSeen:
    """The stores of a region, where all were seen."""
    return NotSeen(found.unseen[0]) if found.unseen else KnownStores(found.listed)


@derived
def secret_readers(secrets: list[Secret], account: Account) -> SecretReaders | NotSeen:
    """Who reads how many of a region's secrets, where that is known of everybody in the account."""
    table = Table("secretsmanager:GetSecretValue", [one.resource for one in secrets], {account.id: account})
    readers: dict[str, int] = {}
    for place, one in enumerate(secrets):
        if unseen := hidden(one.resource, place, (table,), account):
            return unseen
        for party in table.certain(place):
            readers[party.label] = readers.get(party.label, 0) + 1
    return SecretReaders(len(secrets), readers)


def _labels(parties: Iterable[Party]) -> frozenset[str]:
    return frozenset(
        one.label for one in parties if one.place is Place.ACCOUNT and one.subject.principal.kind is not Kind.ROOT
    )


@check(effort="medium")
def nobody_outside_decrypts(found: Outsiders, *, trusted_accounts: tuple[str, ...] = ()) -> Verdict:
    """No principal from outside the account and its organization can decrypt with a customer-managed key, unless it is trusted.

    Why: whoever can decrypt has the data wherever a copy of the ciphertext turns up, long after the reason is forgotten.
    Fix: take the account out of the key policy, aws kms revoke-grant its grants, or list it as trusted.
    """
    key = found.key
    if key.manager != "CUSTOMER":
        return NotApplicable("AWS manages this key")
    if key.state in _DOOMED:
        return NotApplicable("the key is pending deletion and cannot be used")
    strangers = [one for one in found.entries if one.party.subject.principal.account not in trusted_accounts]
    certain = [one for one in strangers if one.let_in or one.certain]
    if certain:
        return Fails(f"let in: {some((_told(one) for one in certain), 5)}")
    if strangers:
        return Fails(f"let in under conditions: {some((_told(one) for one in strangers), 5)}")
    if found.members:
        return Holds("from outside the account, members of its own organization alone are let in")
    return Holds("neither the key policy nor a grant lets anybody from outside decrypt")


def _told(entry: Entry) -> str:
    through = f" by {entry.through[0]}" if entry.through else ""
    condition = f" if {entry.conditions[0]}" if entry.conditions else ""
    return f"{entry.party.label}{through}{condition}"


@check(effort="medium")
def administrators_do_not_decrypt(found: Duties) -> Verdict:
    """Nobody both administers a customer-managed KMS key and decrypts with it.

    Why: whoever can change the key policy and read the data needs nobody's consent and leaves nobody to notice.
    Fix: give kms:PutKeyPolicy and kms:ScheduleKeyDeletion to one role, kms:Decrypt to another, in the key policy by name.
    """
    key = found.key
    if key.manager != "CUSTOMER":
        return NotApplicable("AWS manages this key")
    if key.state in _DOOMED:
        return NotApplicable("the key is pending deletion and cannot be used")
    both = found.users & found.administrators
    if both:
        return Fails(f"decrypt and administer: {some(both, 5)}")
    if not found.users and not found.administrators:
        return NotApplicable("no user or role can decrypt or administer without conditions")
    return Holds("those who decrypt and those who administer are different principals")


@fact
def who_can_decrypt(found: Decrypting) -> str | None:
    """Who can decrypt with each customer-managed KMS key."""
    key = found.key
    if key.manager != "CUSTOMER":
        return None
    name = next((one for one in key.resource.names if one.startswith("alias/")), key.resource.names[0])
    parts = [f"{name}: can decrypt: {some(found.certain, 20) or 'nobody for certain'}"]
    if found.conditional:
        parts.append(f"under conditions: {some(found.conditional)}")
    if found.strangers:
        parts.append(f"let in, as far as this account decides: {some(found.strangers)}")
    return "; ".join(parts)


@fact
def what_keys_protect(found: KnownStores) -> str | None:
    """How many stores of a region are encrypted under which key."""
    counted: dict[str, int] = {}
    for _, _, key in found.listed:
        name = key if key.startswith("alias/") else key.rpartition("/")[2]
        counted[name] = counted.get(name, 0) + 1
    if not counted:
        return None
    told = some((f"{name}: {count}" for name, count in counted.items()), 20)
    return f"volumes, databases, secrets, log groups and vaults by key: {told}"


@fact
def who_reads_secrets(found: SecretReaders) -> str | None:
    """Who can read the secrets of a region."""
    if not found.secrets:
        return None
    told = some((f"{name} {count}" for name, count in found.readers.items()), 20)
    return f"who can for certain read how many of {found.secrets} secrets: {told or 'nobody'}"

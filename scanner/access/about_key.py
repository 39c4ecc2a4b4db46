"""Everything about one key: who administers it, who uses it, who decrypts and by which way, and what it protects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.access.graph import AccessGraph, Path
from scanner.access.inventory import Account, Encrypted, Holders, Key
from scanner.access.kms import DECRYPTS_WITHOUT_DECRYPT, named_and_delegated
from scanner.access.parties import Place
from scanner.access.request import Document, NotSeen
from scanner.access.who import Who, who_can

# KMS Developer Guide, "Allows key administrators to administer the KMS key" and "Allows key users to use the KMS key".
ADMINISTER = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:CreateGrant")
USE = ("kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptTo")


@dataclass(frozen=True)
class AboutKey:
    """`named`, `delegated`: whom the key policy lets decrypt by name, and which accounts it leaves that to.

    `ways`: shortest paths of those who cannot decrypt themselves. `protects`: kind and ARN; `unseen`: what may hide more.
    """

    key: Key
    decrypt: Who
    administer: Mapping[str, Who]
    use: Mapping[str, Who]
    without_decrypt: Mapping[str, Who]
    named: tuple[str, ...]
    delegated: tuple[str, ...]
    graph: AccessGraph
    ways: tuple[Path, ...]
    protects: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...]


def about_key(
    key: Key,
    accounts: Mapping[str, Account],
    holders: Holders,
    stores: Sequence[Encrypted],
    digests: tuple[str, ...] = (),
    key_digests: tuple[str, ...] = (),
) -> AboutKey:
    """All of it, from what was seen."""
    resource = key.resource
    decrypt = who_can("kms:Decrypt", resource, accounts)
    graph = AccessGraph(accounts[resource.account], holders, digests)
    graph.add_keys([(key, key_digests)])
    themselves = {one.party.arn for one in decrypt.entries}
    policy = resource.asset.policy
    named, delegated = named_and_delegated(policy.policy, "kms:Decrypt") if isinstance(policy, Document) else ((), ())
    protects = [(kind, arn) for one in stores for kind, arn, under in one.listed if is_under(key, arn, under)]
    unseen = [reason for one in stores for reason in one.unseen] + [one.reason for one in holders.unseen]
    unseen += [part.reason for part in (policy, resource.asset.grants) if isinstance(part, NotSeen)]
    return AboutKey(
        key,
        decrypt,
        {action: who_can(action, resource, accounts) for action in ADMINISTER},
        {action: who_can(action, resource, accounts) for action in USE},
        {action: who_can(action, resource, accounts) for action in DECRYPTS_WITHOUT_DECRYPT},
        tuple(one.value for one in named),
        tuple(one.value for one in delegated),
        graph,
        tuple(path for path in graph.paths_to(resource.arn) if path.source not in themselves),
        tuple(sorted(protects)),
        tuple(dict.fromkeys(unseen)),
    )


def is_under(key: Key, store: str, told: str) -> bool:
    """Is a store encrypted under this key? The key is told by ARN, by id, or by an alias of the store's region."""
    parts = told.split(":")
    if told.startswith("arn:"):
        alias = parts[5] if parts[5].startswith("alias/") else ""
        if not alias:
            return told == key.resource.arn
        return parts[3:5] == [key.resource.region, key.resource.account] and alias in key.resource.names
    there = store.split(":")[3:5]
    return there == [key.resource.region, key.resource.account] and told in key.resource.names


def labels(who: Iterable[Who], *, certain: bool = True) -> tuple[str, ...]:
    """Who can do any of these, by name."""
    found = {
        one.party.label: one.party.place is not Place.ACCOUNT
        for answer in who
        for one in answer.entries
        if one.certain is certain
    }
    return tuple(sorted(found, key=lambda name: (found[name], name)))

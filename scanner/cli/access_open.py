"""A bundle as accounts, keys and other resources: what the commands about access start from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from scanner.cli.common import Exit, fail, load_lens

if TYPE_CHECKING:
    from scanner.access.inventory import Account, Resource
    from scanner.judge.derive import Derived, Deriver

T = TypeVar("T")


@dataclass(frozen=True)
class Opened:
    """A bundle's accounts, and the way to everything else in it. `root`: the evidence root that answers cite."""

    deriver: "Deriver"
    accounts: Mapping[str, "Account"]
    digests: Mapping[str, tuple[str, ...]]  # by account: the readings that its identities rest on
    root: str

    def of_account(self, kind: type[T], account: str) -> T | None:
        """The one value of a type that an account has."""
        return next((one.value for one in self.deriver.values(kind) if one.target.account == account), None)

    def all(self, kind: type[T]) -> "tuple[list[tuple[T, tuple[str, ...]]], tuple[str, ...]]":
        """All values of a type with their digests, and what kept others from being seen."""
        listed: list[Derived[T]] = self.deriver.values(kind)
        seen = [(one.value, one.digests) for one in listed if one.value is not None]
        unseen = dict.fromkeys(f"{one.subject}: {one.unknown}" for one in listed if one.unknown)
        return seen, tuple(unseen)


def open_accounts(folder: Path | None) -> Opened:
    """The accounts of a bundle, the newest in this folder if none is named."""
    from scanner.access.inventory import Account
    from scanner.bundle.opened import open_bundle
    from scanner.evidence.snapshot import Snapshot
    from scanner.judge.derive import Deriver
    from scanner.run import scan_in

    bundle = open_bundle(folder or newest())
    recorded = {key: frozenset(fields) for key, fields in bundle.asked["recorded"].items()}
    snapshot = Snapshot(scan_in(bundle.asked), bundle.readings(), recorded)
    deriver = Deriver(load_lens().library, snapshot)
    found = [one for one in deriver.values(Account) if one.value is not None]
    accounts = {one.value.id: one.value for one in found if one.value is not None}
    digests = {one.value.id: one.digests for one in found if one.value is not None}
    return Opened(deriver, accounts, digests, bundle.evidence.root)


def newest() -> Path:
    """The newest bundle in this folder, whose names hold their time."""
    found = sorted(path for path in Path().glob("wafr-*") if (path / "manifest.json").exists())
    if not found:
        fail("there is no bundle in this folder. Name one with --bundle.", Exit.USAGE)
    return found[-1]


def names_resource(resource: "Resource", wanted: str) -> bool:
    """Does a person mean this resource? By its ARN, by one of its names, or by an alias with or without `alias/`."""
    aliases = {f"alias/{wanted}", wanted.rpartition(":")[2] if ":alias/" in wanted else wanted}
    if ":alias/" in wanted and wanted.split(":")[3:5] != [resource.region, resource.account]:
        return False
    return resource.arn == wanted or bool(aliases & set(resource.names))


def the_one(found: "Iterable[tuple[Resource, T]]", wanted: str, what: str, unseen: Iterable[str]) -> T:
    """The one value that a person means; a usage error that says what there is if it is none or several."""
    listed = list(found)
    mine = [(resource, value) for resource, value in listed if names_resource(resource, wanted)]
    if len(mine) > 1:
        arns = ", ".join(sorted(resource.arn for resource, _ in mine))
        fail(f"{wanted!r} names {len(mine)} {what}s; say which by ARN: {arns}", Exit.USAGE)
    hidden = list(unseen)
    if not mine and hidden:
        fail(f"{wanted!r} is no {what} that was seen, and not all were: {'; '.join(hidden[:3])}", Exit.INCOMPLETE)
    names = ", ".join(sorted(resource.names[-1] for resource, _ in listed if resource.names)[:20])
    if not mine:
        fail(f"{wanted!r} is no {what} in this bundle. There are: {names or 'none'}.", Exit.USAGE)
    return mine[0][1]

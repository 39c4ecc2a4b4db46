"""An account as the access engine sees it: who is there, what is there, and the policies of each.

Plain values, made by `@derived` functions beside the evidence. What AWS refused is `NotSeen` in its place, so that it
stays in every answer as a doubt. This module is what those functions need of the engine, and all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scanner.access.matrix import Subject
from scanner.access.matrix import Target as Asset
from scanner.access.principals import Kind, Principal
from scanner.access.request import Document, Documents, Grant, Level, Levels, NotSeen, Seen, read_document

__all__ = [
    "Account",
    "Asset",
    "Bucket",
    "Database",
    "Document",
    "Documents",
    "Encrypted",
    "Grant",
    "Holder",
    "Holders",
    "Identity",
    "Key",
    "Kind",
    "Level",
    "Levels",
    "NotSeen",
    "Principal",
    "Resource",
    "Secret",
    "Seen",
    "Subject",
    "read_document",
]


@dataclass(frozen=True)
class Identity:
    """A user, a role or the root user. `trust`: a role's trust policy. `attached`: ARNs of its managed policies, the groups' too.

    `limit`: the ARN of its permissions boundary. `profiles`: a role's instance profiles.
    """

    subject: Subject
    trust: Seen | None = None
    groups: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    limit: str = ""
    profiles: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        return self.subject.principal.arn

    @property
    def label(self) -> str:
        """How a person names it: `role/deploy`, `user/ada`, `root user`."""
        if self.subject.principal.kind is Kind.ROOT:
            return "root user"
        return self.arn.split(":", 5)[5]


@dataclass(frozen=True)
class Account:
    """Everybody in an account. `unseen`: lists of principals that could not be read, so that somebody may be missing.

    `groups`: ARN to the documents that its members have. `resource_control`: levels over the account's resources.
    `organization`: its id, None without one. `resource_values`, `resource_absent`: context keys of all its resources.
    """

    id: str
    partition: str
    identities: tuple[Identity, ...]
    unseen: tuple[NotSeen, ...] = ()
    groups: Mapping[str, Documents] = field(default_factory=dict)
    resource_control: Levels = ()
    management: frozenset[str] = frozenset()
    organization: str | NotSeen | None = None
    resource_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resource_absent: frozenset[str] = frozenset()

    @cached_property
    def by_arn(self) -> Mapping[str, Identity]:
        return {one.arn: one for one in self.identities}


@dataclass(frozen=True)
class Resource:
    """Something that is protected. `names`: under which a person may ask for it. `key`: what it is encrypted under, as told.

    `unseen`: why properties that conditions look at, such as tags, stay open though AWS knows them.
    """

    asset: Asset
    account: str
    region: str
    names: tuple[str, ...] = ()
    key: str = ""
    unseen: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        return self.asset.arn


@dataclass(frozen=True)
class Key:
    """A KMS key. `rotation`: in words. `spec`: `SYMMETRIC_DEFAULT` and so on. `names`: its aliases."""

    resource: Resource
    manager: str
    state: str
    spec: str
    rotation: str
    description: str = ""
    names_unseen: str = ""


@dataclass(frozen=True)
class Secret:
    """A secret of Secrets Manager."""

    resource: Resource


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket."""

    resource: Resource


@dataclass(frozen=True)
class Database:
    """A database or cluster of RDS. `authentication`: may IAM principals connect with a token?"""

    resource: Resource
    authentication: bool = False


@dataclass(frozen=True)
class Holder:
    """Something that runs code with a role. `kind`: `function` or `instance`; `runs`: the role's ARN."""

    kind: str
    asset: Asset
    runs: str


@dataclass(frozen=True)
class Holders:
    """All that runs code with a role in an account. `unseen`: lists that could not be read, so that some may be missing."""

    listed: tuple[Holder, ...]
    unseen: tuple[NotSeen, ...] = ()


@dataclass(frozen=True)
class Encrypted:
    """What a region's stores are encrypted under: kind, ARN, and the key as told (ARN, id or alias). `unseen`: why some are missing."""

    listed: tuple[tuple[str, str, str], ...]
    unseen: tuple[str, ...] = ()

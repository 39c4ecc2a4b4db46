"""Principals, and how the Principal and NotPrincipal elements of a resource's policy name them.

Rests on "AWS JSON policy elements: Principal" and "... NotPrincipal", and on "Policy evaluation for requests within a
single account", which tells apart a grant to a principal itself, to its role, and to its account.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from functools import cached_property

from scanner.access.truth import Truth
from scanner.evidence.policy import Condition, PrincipalName


class Kind(Enum):
    USER = "user"
    ROLE = "role"  # a role as such: any session of it
    SESSION = "assumed-role session"
    FEDERATED_USER = "federated user"  # of GetFederationToken
    ROOT = "root user"
    SERVICE = "service"
    IDENTITY_PROVIDER = "identity provider"  # the caller of AssumeRoleWithSAML or AssumeRoleWithWebIdentity
    CANONICAL = "canonical user"
    EVERYONE = "everyone"  # nobody in particular


class Reach(IntEnum):
    """How near a policy comes to a principal: the nearer, the fewer other policies limit the grant."""

    NONE = 0
    ACCOUNT = 1  # its account: delegation, so that its identity policies decide
    ROLE = 2  # its role, or the user who federated: permissions boundary and session policy limit the grant
    DIRECT = 3  # itself, or everyone


# Where a session of a role is named and the question is about the role, it depends on the session's name.
SESSION_NAME_KEY = "sts:RoleSessionName"
_SESSION_OF = "session of"

_ARN = re.compile(r"arn:(?P<partition>[^:]+):(?P<service>iam|sts):[^:]*:(?P<account>[^:]*):(?P<rest>.+)", re.DOTALL)
# Identity providers that policies name without an ARN.
_WEB_IDENTITY = frozenset(
    ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"]
)
_ACCOUNT = re.compile(r"\d{12}")
_CANONICAL = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Principal:
    """Who asks. `arn`: of the user, role, session, federated user, root user or identity provider; a service's name, or a
    canonical id. `role_arn`: of a session, with the role's path. `federator_arn`: the user behind a federated user.
    `unique_id`: AIDA… or AROA…. `canonical_id`: of the account, where known. `provider`: who vouched for a session.
    """

    kind: Kind
    arn: str
    account: str | None = None
    partition: str = "aws"
    role_arn: str | None = None
    federator_arn: str | None = None
    unique_id: str | None = None
    canonical_id: str | None = None
    provider: str | None = None

    @staticmethod
    def parse(name: str) -> "Principal":
        """A principal from an ARN, an account id, a service's name, a canonical id or `*`. ValueError for anything else."""
        if name == "*":
            return EVERYONE
        if _ACCOUNT.fullmatch(name):
            return Principal(Kind.ROOT, f"arn:aws:iam::{name}:root", name)
        if _CANONICAL.fullmatch(name):
            return Principal(Kind.CANONICAL, name, canonical_id=name)
        if name in _WEB_IDENTITY:
            return Principal(Kind.IDENTITY_PROVIDER, name)
        found = _ARN.fullmatch(name)
        if found is None:
            if re.fullmatch(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)", name):
                return Principal(Kind.SERVICE, name)
            raise ValueError(f"{name!r} names no principal")
        return _from_arn(name, found["partition"], found["account"], found["rest"])

    def session(self, name: str) -> "Principal":
        """A session of this role."""
        arn = f"arn:{self.partition}:sts::{self.account}:assumed-role/{self.name}/{name}"
        return replace(self, kind=Kind.SESSION, arn=arn, role_arn=self.arn)

    @property
    def name(self) -> str:
        """The user's, role's or federated user's name, without its path."""
        return self.arn.split("/")[1] if self.kind is Kind.SESSION else self.arn.rpartition("/")[2]

    @property
    def session_name(self) -> str | None:
        return self.arn.split("/", 2)[2] if self.kind is Kind.SESSION else None

    @property
    def has_identity(self) -> bool:
        """Does it carry policies of its own? Services, identity providers and everyone do not."""
        return self.kind in (Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER, Kind.ROOT)

    @property
    def service_linked(self) -> bool | None:
        """Is it a service-linked role? None where only the path would tell, and it is not known."""
        role = self.arn if self.kind is Kind.ROLE else self.role_arn
        if role is not None:
            return ":role/aws-service-role/" in role
        return None if self.kind is Kind.SESSION and self.name.startswith("AWSServiceRoleFor") else False

    @cached_property
    def names(self) -> Mapping[tuple[str, str], Reach]:
        """Every name under which a policy can reach this principal."""
        names = {("*", "*"): Reach.DIRECT, ("AWS", "*"): Reach.DIRECT}
        if self.account:
            whole = Reach.DIRECT if self.kind is Kind.ROOT else Reach.ACCOUNT
            names["AWS", self.account] = whole
            names["AWS", f"arn:{self.partition}:iam::{self.account}:root"] = whole
            if self.canonical_id:
                names["CanonicalUser", self.canonical_id] = whole
        names.update(self._own_names())
        return names

    @property
    def looked_for(self) -> frozenset[tuple[str, str]]:
        """All that an element's `mentions` can have in common with this principal."""
        sessions = {(_SESSION_OF, f"{self.account}/{self.name}")} if self.kind is Kind.ROLE else set()
        return frozenset(self.names) | sessions

    def _own_names(self) -> dict[tuple[str, str], Reach]:
        if self.kind is Kind.SERVICE:
            return {("Service", self.arn): Reach.DIRECT, ("Service", "*"): Reach.DIRECT}
        if self.kind is Kind.IDENTITY_PROVIDER:
            return {("Federated", self.arn): Reach.DIRECT, ("Federated", "*"): Reach.DIRECT}
        if self.kind is Kind.CANONICAL:
            return {("CanonicalUser", self.arn): Reach.DIRECT, ("AWS", self.arn): Reach.DIRECT}
        if self.kind is Kind.EVERYONE:
            return {}
        itself = Reach.ROLE if self.kind is Kind.ROLE else Reach.DIRECT
        names = {("AWS", self.arn): itself}
        if self.unique_id:
            names["AWS", self.unique_id] = Reach.ROLE if self.kind is Kind.SESSION else itself
        if behind := self.role_arn or self.federator_arn:
            names["AWS", behind] = Reach.ROLE
        elif self.kind is Kind.SESSION:
            names["role by name", f"{self.account}/{self.name}"] = Reach.ROLE
        if self.provider:
            names["Federated", self.provider] = Reach.ROLE
        return names


EVERYONE = Principal(Kind.EVERYONE, "*")


def _from_arn(arn: str, partition: str, account: str, rest: str) -> Principal:
    if rest.startswith("user/") and not account.isdigit():
        return Principal(
            Kind.CANONICAL, arn, partition=partition
        )  # CloudFront's origin access identities have no policies
    if rest == "root":
        return Principal(Kind.ROOT, arn, account, partition)
    kinds = {
        "user/": Kind.USER,
        "role/": Kind.ROLE,
        "assumed-role/": Kind.SESSION,
        "federated-user/": Kind.FEDERATED_USER,
        "saml-provider/": Kind.IDENTITY_PROVIDER,
        "oidc-provider/": Kind.IDENTITY_PROVIDER,
    }
    kind = next((kind for prefix, kind in kinds.items() if rest.startswith(prefix) and len(rest) > len(prefix)), None)
    if kind is None or (kind is Kind.SESSION and rest.count("/") < 2):
        raise ValueError(f"{arn!r} names no principal")
    return Principal(kind, arn, account, partition)


@dataclass(frozen=True, slots=True)
class Match:
    """How near a statement comes to a principal. OPEN: only if `condition` holds, or, without one, for `doubt`."""

    reach: Reach
    truth: Truth
    condition: Condition | None = None
    doubt: str | None = None


NO_MATCH = Match(Reach.NONE, Truth.FALSE)
_MATCHES: dict[Reach, Match] = {reach: Match(reach, Truth.TRUE) for reach in Reach}


class PrincipalElement:
    """A Principal or NotPrincipal element, ready to be asked about many principals."""

    __slots__ = ("_canonical", "_names", "_negated", "_sessions")

    def __init__(self, names: Iterable[PrincipalName], *, negated: bool) -> None:
        self._negated = negated
        self._names = frozenset(key for name in names for key in _keys(name))
        self._canonical = any(kind == "CanonicalUser" for kind, _ in self._names)
        self._sessions = _sessions(value for kind, value in self._names if kind == "AWS")

    @property
    def mentions(self) -> frozenset[tuple[str, str]]:
        """The names that it looks for, as in `Principal.looked_for`."""
        return self._names | {(_SESSION_OF, role) for role in self._sessions}

    def match(self, principal: Principal) -> Match:
        return self._unless_exempt(principal) if self._negated else self._named(principal)

    def _named(self, principal: Principal) -> Match:
        reaches = [reach for name, reach in principal.names.items() if name in self._names]
        if reaches:
            return _MATCHES[max(reaches)]
        if principal.kind is Kind.ROLE and (sessions := self._sessions.get(f"{principal.account}/{principal.name}")):
            return Match(
                Reach.DIRECT,
                Truth.OPEN,
                condition=Condition(operator="StringEquals", key=SESSION_NAME_KEY, values=sessions),
            )
        if self._canonical and principal.account and principal.canonical_id is None:
            return Match(
                Reach.ACCOUNT, Truth.OPEN, doubt=f"the canonical id of the account {principal.account} is not known"
            )
        return NO_MATCH

    def _unless_exempt(self, principal: Principal) -> Match:
        """NotPrincipal: everyone but those listed. AWS wants the role and the account of who is listed listed too, and
        says that without them the listed "might" be refused; so an incomplete list leaves the answer open.
        """
        listed = {reach for name, reach in principal.names.items() if name in self._names}
        needed = set(principal.names.values())
        if Reach.DIRECT in listed and (needed <= listed or ("*", "*") in self._names or ("AWS", "*") in self._names):
            return NO_MATCH
        if listed - {Reach.ACCOUNT} or self._named(principal).truth is Truth.OPEN:
            return Match(Reach.DIRECT, Truth.OPEN, doubt="NotPrincipal lists the principal only in part")
        return _MATCHES[Reach.DIRECT]


def _keys(name: PrincipalName) -> Iterable[tuple[str, str]]:
    yield (name.kind, name.value)
    found = _ARN.fullmatch(name.value) if name.kind == "AWS" else None
    if found is not None and found["rest"].startswith("role/"):
        # A session's ARN does not carry its role's path, and a role's name is unique in its account.
        yield ("role by name", f"{found['account']}/{found['rest'].rpartition('/')[2]}")


def _sessions(values: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`account/role` to the names of its sessions that are listed."""
    sessions: dict[str, tuple[str, ...]] = {}
    for value in sorted(values):
        found = _ARN.fullmatch(value)
        if found is not None and found["rest"].startswith("assumed-role/") and found["rest"].count("/") >= 2:
            _, role, session = found["rest"].split("/", 2)
            key = f"{found['account']}/{role}"
            sessions[key] = (*sessions.get(key, ()), session)
    return sessions

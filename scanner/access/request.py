"""What is asked, what it is judged by, and the decision."""

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from pydantic import ValidationError

from scanner.access.context import Context
from scanner.access.principals import Principal
from scanner.access.truth import Doubt, Ground, Residual
from scanner.evidence.policy import Policy


@dataclass(frozen=True, slots=True)
class NotSeen:
    """A policy, or a list of them, that could not be read. `reason`: what was refused, or why it is malformed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """A policy and the name under which a reader finds it: its ARN, or `inline Deploy of the group admins`."""

    name: str
    policy: Policy


Seen = Document | NotSeen
Documents = tuple[Seen, ...] | NotSeen


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the organization, the root, a unit or the account, and the policies attached to it."""

    name: str
    policies: Documents


Levels = tuple[Level | NotSeen, ...] | NotSeen


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant on the KMS key in question, as `kms:ListGrants` tells it.

    `encryption_context_equals` None: no such constraint; pairs of key and value otherwise.
    """

    grant_id: str
    grantee: str
    operations: tuple[str, ...]
    encryption_context_subset: tuple[tuple[str, str], ...] = ()
    encryption_context_equals: tuple[tuple[str, str], ...] | None = None
    source_arn: str | None = None
    retiring_principal: str | None = None


@dataclass(frozen=True)
class Request:
    """`resource`: an ARN, or `*` for an action without one. `resource_account`: its owner, where the ARN does not say."""

    principal: Principal
    action: str
    resource: str
    context: Context = field(default_factory=Context)
    resource_account: str | None = None

    @cached_property
    def owner(self) -> str | None:
        """The account that owns the resource; without a resource, the principal's own. None: not known."""
        if self.resource_account is not None:
            return self.resource_account
        if self.resource == "*":
            return self.principal.account
        parts = self.resource.split(":", 5)
        return parts[4] if len(parts) == 6 and parts[4].isdigit() else None

    @cached_property
    def service(self) -> str:
        """The action's service prefix, in lower case."""
        return self.action.partition(":")[0].lower()


@dataclass(frozen=True)
class Policies:
    """Everything that a request is judged by. Empty or None means: read, and there is none. `NotSeen` means doubt.

    `identity`: managed, inline and group policies of the user, the role behind a session, or the federating user.
    `boundary`: its permissions boundary. `session`: the policies passed when the session was made.
    `service_control`: the levels above the principal's account, and the account; () where there is no organization or
    SCPs are off. `resource_control`: the same for the resource's account; () also for AWS managed keys.
    `resource`: the bucket, key, trust, ... policy. `endpoint`: of the VPC endpoint that the request goes through.
    `management_accounts`: accounts that SCPs and RCPs do not restrict.
    """

    identity: Documents = ()
    boundary: Seen | None = None
    session: Documents | None = None
    service_control: Levels = ()
    resource_control: Levels = ()
    resource: Seen | None = None
    grants: tuple[Grant, ...] | NotSeen = ()
    endpoint: Seen | None = None
    management_accounts: frozenset[str] = frozenset()


class Outcome(Enum):
    ALLOW = "allow"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"
    CONDITIONAL = "conditional"


Example = tuple[tuple[str, tuple[str, ...] | None], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """ALLOW and EXPLICIT_DENY rest on `grounds`; IMPLICIT_DENY names the layers that do not allow (`lacking`).

    CONDITIONAL: the answer depends on `residuals` (conditions, verbatim) and on `doubts` (what was not seen). `example`:
    values of open context keys (None: the key is absent) with which the request is allowed, where one was found. Its
    `grounds` are what already allows.
    """

    outcome: Outcome
    grounds: tuple[Ground, ...] = ()
    residuals: tuple[Residual, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    lacking: tuple[str, ...] = ()
    example: Example | None = None


def read_document(name: str, value: object) -> Seen:
    """A policy as AWS returned it; one that is malformed is as good as not seen, with the reason."""
    try:
        return Document(name, Policy.model_validate(value))
    except ValidationError as error:
        return NotSeen(f"{name} is malformed: {error.errors()[0]['msg'].removeprefix('Value error, ')}")

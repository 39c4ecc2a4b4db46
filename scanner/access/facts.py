"""Context keys that follow from the request itself: who asks, for what, where.

Rests on "AWS global condition context keys", their sections on availability. A key is stated only where AWS documents
its value for such a principal; everything else stays as the caller gave it.
"""

from scanner.access.principals import Kind, Principal
from scanner.access.request import Request

Fact = tuple[str, ...] | None  # None: the request does not carry the key

_TYPES = {
    Kind.USER: "User",
    Kind.ROOT: "Account",
    Kind.ROLE: "AssumedRole",
    Kind.SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
}


def facts(request: Request) -> dict[str, Fact]:
    """Keys in lower case to their values."""
    known: dict[str, Fact] = {}
    if request.principal.has_identity:
        known.update(_of_identity(request.principal, closed=request.context.closed))
    elif request.principal.kind is Kind.SERVICE:
        known["aws:principalisawsservice"] = ("true",)
        known["aws:principalservicename"] = (request.principal.arn,)
    if request.owner is not None:
        known["aws:resourceaccount"] = (request.owner,)
    parts = request.resource.split(":", 5)
    if len(parts) == 6 and parts[3] and "*" not in parts[3]:
        known["aws:requestedregion"] = (parts[3],)
    if request.service == "kms":
        known.update(_of_key_request(request))
    return known


def _of_identity(principal: Principal, *, closed: bool) -> dict[str, Fact]:
    known: dict[str, Fact] = {
        "aws:principaltype": (_TYPES[principal.kind],),
        "aws:principalisawsservice": ("false",),
        "aws:principalservicename": None,
        "aws:principalservicenameslist": None,
        # Both are there only when a service's own principal asks on behalf of a resource.
        "aws:sourcearn": None,
        "aws:sourceaccount": None,
        "aws:username": (principal.name,) if principal.kind is Kind.USER else None,
    }
    if principal.account:
        known["aws:principalaccount"] = (principal.account,)
    if (arn := _principal_arn(principal, closed=closed)) is not None:
        known["aws:principalarn"] = (arn,)
    if (user_id := _user_id(principal)) is not None:
        known["aws:userid"] = (user_id,)
    return known


def _principal_arn(principal: Principal, *, closed: bool) -> str | None:
    """The role's ARN for a session. Its path is not in the session's ARN: unknown, unless the caller says that nothing is."""
    if principal.kind is not Kind.SESSION:
        return principal.arn
    if principal.role_arn is None and closed:
        return f"arn:{principal.partition}:iam::{principal.account}:role/{principal.name}"
    return principal.role_arn


def _user_id(principal: Principal) -> str | None:
    match principal.kind:
        case Kind.USER:
            return principal.unique_id
        case Kind.SESSION:
            return f"{principal.unique_id}:{principal.session_name}" if principal.unique_id else None
        case Kind.ROOT:
            return principal.account
        case Kind.FEDERATED_USER:
            return f"{principal.account}:{principal.name}"
        case _:
            return None


def _of_key_request(request: Request) -> dict[str, Fact]:
    known: dict[str, Fact] = {}
    if request.principal.account:
        known["kms:calleraccount"] = (request.principal.account,)
    if request.context.closed:
        prefix = "kms:encryptioncontext:"
        keys = tuple(key.removeprefix(prefix) for key in request.context.values if key.startswith(prefix))
        known["kms:encryptioncontextkeys"] = keys or None
    return known

"""The decision: may this principal do this to that resource?

Rests on "Policy evaluation logic", "Policy evaluation for requests within a single account" and "Cross-account policy
evaluation logic" of the IAM user guide, and for keys on "Key policies" of the KMS developer guide.
"""

from collections.abc import Callable, Iterable
from functools import cached_property

from scanner.access.facts import facts
from scanner.access.kms import ask_grants, is_key, needs_resource_policy
from scanner.access.organizations import resource_control, service_control
from scanner.access.principals import Kind, Reach
from scanner.access.request import Decision, NotSeen, Outcome, Policies, Request, Seen
from scanner.access.statements import BOUNDARY, ENDPOINT, IDENTITY, RESOURCE, SESSION, View, ask, ask_by_reach
from scanner.access.truth import NO, YES, Answer, Doubt, Truth, all_of, any_of, doubtful, together, unless_yes

_GRANT_AND_LIMITS = Doubt("grant", "AWS does not document whether the principal's other policies limit a grant")


def judge(request: Request, policies: Policies) -> Decision:
    """The decision, without looking for an example. Raises nothing, whatever the policies hold."""
    view = View(request.principal, request.action.lower(), request.resource, request.context.filled(facts(request)))
    layers = _Layers(request, policies, view)
    denied = layers.denied()
    if denied.truth is Truth.TRUE:
        return Decision(Outcome.EXPLICIT_DENY, grounds=denied.grounds)
    allowed = layers.allowed()
    if allowed.truth is Truth.FALSE:
        return Decision(Outcome.IMPLICIT_DENY, lacking=layers.lacking())
    if allowed.truth is Truth.TRUE and denied.truth is Truth.FALSE:
        return Decision(Outcome.ALLOW, grounds=allowed.grounds)
    both = together(Truth.OPEN, [allowed, denied])
    return Decision(Outcome.CONDITIONAL, both.grounds, both.residuals, both.doubts)


class _Layers:
    """What each kind of policy says about one request."""

    def __init__(self, request: Request, policies: Policies, view: View) -> None:
        self._request = request
        self._policies = policies
        self._view = view
        self._resource = _resource_policy(policies.resource, view)
        self._scp, self._scp_denies = service_control(request, policies, view)
        self._rcp, self._rcp_denies = resource_control(request, policies, view)
        self._endpoint = YES if policies.endpoint is None else ask(policies.endpoint, "Allow", view, ENDPOINT)
        self._by_reach = _by_reach(ask_by_reach(self._resource, "Allow", view, RESOURCE))
        self._grants = _by_reach(ask_grants(policies.grants, view) if policies.grants and is_key(view.resource) else ())
        has_identity = request.principal.has_identity
        self._identity = self._identity_allows() if has_identity else NO
        self._boundary = YES if policies.boundary is None else ask(policies.boundary, "Allow", view, BOUNDARY)
        self._session = self._session_allows()

    def _identity_allows(self) -> Answer:
        if self._request.principal.kind is Kind.ROOT:
            return YES  # the root user may do everything that nothing denies
        return ask(self._policies.identity, "Allow", self._view, IDENTITY)

    def _session_allows(self) -> Answer:
        if self._policies.session is not None:
            return ask(self._policies.session, "Allow", self._view, SESSION)
        # GetFederationToken without a session policy gives a session that has no permissions of its own.
        return NO if self._request.principal.kind is Kind.FEDERATED_USER else YES

    def denied(self) -> Answer:
        policies, view = self._policies, self._view
        answers = [
            self._scp_denies,
            self._rcp_denies,
            ask(self._resource, "Deny", view, RESOURCE),
            ask(policies.endpoint, "Deny", view, ENDPOINT),
        ]
        if self._request.principal.has_identity:
            answers.append(ask(policies.identity, "Deny", view, IDENTITY) if not self._is_root else NO)
            answers.append(ask(policies.boundary, "Deny", view, BOUNDARY))
            answers.append(ask(policies.session, "Deny", view, SESSION))
        return any_of(answers)

    @property
    def _is_root(self) -> bool:
        return self._request.principal.kind is Kind.ROOT

    def allowed(self) -> Answer:
        return all_of([self._scp, self._rcp, self._endpoint, self._granted()])

    def _granted(self) -> Answer:
        principal, owner = self._request.principal, self._request.owner
        if not principal.has_identity:
            return any_of([self._by_reach(Reach.DIRECT), self._grants(Reach.DIRECT), self._by_reach(Reach.ACCOUNT)])
        if owner is None:
            return _whichever(self._within_account(), self._across_accounts())
        return self._within_account() if owner == principal.account else self._across_accounts()

    @cached_property
    def _own(self) -> Answer:
        """What the principal's own policies allow together."""
        return all_of([self._identity, self._boundary, self._session])

    def _within_account(self) -> Answer:
        """Either side is enough, but for keys and trust policies, which must name the principal or leave it to the account.

        What a policy grants to the principal itself, the boundary and the session policy do not limit; what it grants to
        the role, they do.
        """
        limits = all_of([self._boundary, self._session])
        named = any_of([self._by_reach(Reach.DIRECT), all_of([self._by_reach(Reach.ROLE), limits])])
        needed = self._by_reach(Reach.ACCOUNT) if needs_resource_policy(self._view) else YES
        own = all_of([needed, self._own])
        return any_of([named, own, self._by_grant(limits) if self._policies.grants else NO])

    def _across_accounts(self) -> Answer:
        """Both sides must allow: the resource's account by its policy, the principal's account by its own."""
        theirs = any_of(self._by_reach(reach) for reach in (Reach.DIRECT, Reach.ROLE, Reach.ACCOUNT))
        return any_of([all_of([theirs, self._own]), self._by_grant(self._own)])

    def _by_grant(self, limits: Answer) -> Answer:
        named = any_of([self._grants(Reach.DIRECT), self._grants(Reach.ROLE)])
        return any_of(
            [
                all_of([named, unless_yes(limits, _GRANT_AND_LIMITS)]),
                all_of([self._grants(Reach.ACCOUNT), self._own]),
            ]
        )

    def lacking(self) -> tuple[str, ...]:
        """The layers that do not allow, for a reader of an implicit denial."""
        resource = any_of(self._by_reach(reach) for reach in (Reach.DIRECT, Reach.ROLE, Reach.ACCOUNT))
        layers = {
            "service control policies": self._scp,
            "resource control policies": self._rcp,
            ENDPOINT: self._endpoint,
            RESOURCE: resource,
            "identity policies": self._identity,
            BOUNDARY: self._boundary,
            SESSION: self._session,
        }
        return tuple(name for name, answer in layers.items() if answer.truth is Truth.FALSE)


def _resource_policy(resource: Seen | None, view: View) -> Seen | None:
    """Every key and every role has a policy: where none is given, it was not seen."""
    if resource is None and needs_resource_policy(view):
        return NotSeen("every key and every role has a policy, and this one's was not given")
    return resource


def _by_reach(answers: Iterable[tuple[Reach, Answer]]) -> Callable[[Reach], Answer]:
    found: dict[Reach, list[Answer]] = {}
    for reach, answer in answers:
        found.setdefault(reach, []).append(answer)
    if not found:
        return _no
    return lambda reach: any_of(found[reach]) if reach in found else NO


def _no(_reach: Reach) -> Answer:
    return NO


def _whichever(within: Answer, across: Answer) -> Answer:
    if within.truth is across.truth and within.truth is not Truth.OPEN:
        return within
    unknown = doubtful(Doubt("resource", "the account that owns the resource is not known"))
    return together(Truth.OPEN, [within, across, unknown])

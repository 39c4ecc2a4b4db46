"""Statements, compiled once, and what they say about one request."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.access.conditions import CompiledCondition
from scanner.access.context import Context, State
from scanner.access.patterns import (
    Bound,
    Matcher,
    Variable,
    action_matcher,
    bind,
    matcher,
    resource_parts,
    tokens,
    without_variables,
)
from scanner.access.principals import Match, Principal, PrincipalElement, Reach
from scanner.access.request import Document, Documents, NotSeen, Seen
from scanner.access.truth import NO, Answer, Doubt, Ground, Residual, Truth, any_of, depends, doubtful, not_, yes
from scanner.evidence.policy import Condition, Effect, Policy, Statement

IDENTITY = "identity policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
SERVICE_CONTROL = "service control policy"
RESOURCE_CONTROL = "resource control policy"
RESOURCE = "resource policy"
ENDPOINT = "VPC endpoint policy"
# Kinds of policy that hang on a principal, so that their statements name no principal.
_OF_PRINCIPALS = frozenset([IDENTITY, BOUNDARY, SESSION, SERVICE_CONTROL])


@dataclass(frozen=True)
class View:
    """The request as statements see it. `action` in lower case; `context` completed by what follows from the request."""

    principal: Principal
    action: str
    resource: str
    context: Context


class _Resource:
    """One pattern of a Resource element."""

    __slots__ = ("_bound", "_tokens", "pattern")

    def __init__(self, pattern: str, *, variables: bool) -> None:
        self.pattern = pattern
        self._tokens = tokens(pattern, variables=variables)
        plain = without_variables(self._tokens)
        self._bound = None if plain is None else _resource_matcher(plain)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(part.key for part in self._tokens if isinstance(part, Variable))

    def match(self, view: View) -> Truth:
        matches = self._bound
        if matches is None:
            bound = bind(self._tokens, view.context.look)
            if isinstance(bound, State):
                return Truth.OPEN if bound is State.OPEN else Truth.FALSE
            matches = _resource_matcher(bound)
        return Truth.TRUE if matches(view.resource) else Truth.FALSE


def _resource_matcher(parts: Bound) -> Matcher:
    return matcher(resource_parts(parts))


class CompiledStatement:
    """A statement, ready to be asked about many requests."""

    def __init__(self, statement: Statement, place: int, *, variables: bool) -> None:
        self.statement = statement
        self.label = statement.sid or f"#{place}"
        self.effect: Effect = statement.effect
        self._actions = tuple(action_matcher(pattern) for pattern in statement.actions or statement.not_actions)
        self.resources = tuple(
            _Resource(pattern, variables=variables) for pattern in statement.resources or statement.not_resources
        )
        self.conditions = tuple(CompiledCondition(item, variables=variables) for item in statement.conditions)
        names = statement.principals or statement.not_principals
        self.principal = PrincipalElement(names, negated=bool(statement.not_principals)) if names else None
        self.keys = frozenset(
            key
            for keys in (*(item.keys for item in self.conditions), *(item.keys for item in self.resources))
            for key in keys
        )

    def has_action(self, action: str) -> bool:
        return any(match(action) for match in self._actions) is bool(self.statement.actions)

    def has_resource(self, view: View) -> Truth:
        """A statement without Resource, as in a role's trust policy, is about the resource that it hangs on."""
        if not self.resources:
            return Truth.TRUE
        found = Truth.FALSE
        for resource in self.resources:
            truth = resource.match(view)
            if truth is Truth.TRUE:
                found = truth
                break
            if truth is Truth.OPEN:
                found = truth
        return not_(found) if self.statement.not_resources else found

    def ask(self, view: View, source: str, document: str) -> tuple[Reach, Answer]:
        """Does it apply to the request, and how near does it come to the principal?"""
        resource = self.has_resource(view)
        if resource is Truth.FALSE:
            return Reach.NONE, NO
        match = self._match(view, source)
        if match.truth is Truth.FALSE:
            return Reach.NONE, NO
        opened: list[Condition] = []
        own = (CompiledCondition(match.condition, variables=False),) if match.condition else ()
        for condition in (*own, *self.conditions):
            truth = condition.evaluate(view.context)
            if truth is Truth.FALSE:
                return Reach.NONE, NO
            if truth is Truth.OPEN:
                opened.append(condition.condition)
        return match.reach, self._answer(match, resource, opened, Ground(source, document, self.label, self.effect))

    def _match(self, view: View, source: str) -> Match:
        if self.principal is not None and source not in _OF_PRINCIPALS:
            return self.principal.match(view.principal)
        if self.principal is not None:
            return Match(Reach.DIRECT, Truth.OPEN, doubt="the statement names a principal, which such a policy cannot")
        if source == RESOURCE:
            return Match(Reach.DIRECT, Truth.OPEN, doubt="the statement names no principal, which such a policy must")
        if not self.resources and source in _OF_PRINCIPALS:
            return Match(Reach.DIRECT, Truth.OPEN, doubt="the statement names no resource, which such a policy must")
        return Match(Reach.DIRECT, Truth.TRUE)

    def _answer(self, match: Match, resource: Truth, opened: list[Condition], ground: Ground) -> Answer:
        patterns = self.statement.resources or self.statement.not_resources if resource is Truth.OPEN else ()
        doubts = (Doubt(f"{ground.source} {ground.document} {ground.statement}", match.doubt),) if match.doubt else ()
        if not opened and not patterns:
            return doubtful(doubts[0]) if doubts else yes(ground)
        opening = depends(Residual(ground, tuple(opened), patterns))
        return Answer(Truth.OPEN, (), opening.residuals, doubts)


class CompiledPolicy:
    """A policy, ready to be asked about many requests; the statements of an action are looked up once."""

    def __init__(self, policy: Policy) -> None:
        variables = policy.version == "2012-10-17"
        self.digest = policy.digest
        self.statements = tuple(
            CompiledStatement(statement, place, variables=variables)
            for place, statement in enumerate(policy.statements, start=1)
        )
        self._about: dict[tuple[str, Effect], tuple[CompiledStatement, ...]] = {}

    def about(self, action: str, effect: Effect) -> tuple[CompiledStatement, ...]:
        """The statements of an effect whose Action or NotAction covers an action, given in lower case."""
        found = self._about.get((action, effect))
        if found is None:
            found = tuple(item for item in self.statements if item.effect == effect and item.has_action(action))
            self._about[action, effect] = found
        return found


_MOST_REMEMBERED = 16_384
_compiled: dict[str, CompiledPolicy] = {}  # by digest


def compile_policy(policy: Policy) -> CompiledPolicy:
    """The compiled policy; equal documents share one."""
    found = _compiled.get(policy.digest)
    if found is None:
        if len(_compiled) >= _MOST_REMEMBERED:
            _compiled.clear()
        found = _compiled.setdefault(policy.digest, CompiledPolicy(policy))
    return found


def ask(documents: Documents | Seen | None, effect: Effect, view: View, source: str) -> Answer:
    """Does any of the documents have a statement of this effect for the request? What was not seen might have one."""
    if not documents:
        return NO
    return any_of([answer for _, answer in ask_by_reach(documents, effect, view, source)])


def ask_by_reach(
    documents: Documents | Seen | None, effect: Effect, view: View, source: str
) -> Iterable[tuple[Reach, Answer]]:
    """The answers of all statements of this effect, with how near each comes to the principal."""
    if documents is None:
        return
    for document in documents if isinstance(documents, tuple) else (documents,):
        if isinstance(document, NotSeen):
            yield Reach.DIRECT, doubtful(Doubt(source, document.reason))
            continue
        yield from _ask_document(document, effect, view, source)


def _ask_document(document: Document, effect: Effect, view: View, source: str) -> Iterable[tuple[Reach, Answer]]:
    for statement in compile_policy(document.policy).about(view.action, effect):
        reach, answer = statement.ask(view, source, document.name)
        if answer is not NO:
            yield reach, answer

"""What of a policy, and of the request, can matter to one action: the ground for judging alike cases only once."""

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.access.kms import constraints, grantee_element, grantees, operation_of
from scanner.access.principals import Principal, PrincipalElement
from scanner.access.request import Document, Documents, Grant, Levels, NotSeen, Seen
from scanner.access.statements import CompiledStatement, compile_policy
from scanner.access.truth import Truth
from scanner.evidence.policy import Policy

Name = tuple[str, str]
# A pattern of a Resource element, and whether policy variables mean something in it.
Pattern = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Relevance:
    """Of the statements about one action: resource patterns, context keys and principals that they look at.

    `by_variable`: some resource pattern holds a policy variable, so that no list of matches says it all.
    """

    digest: str | None
    patterns: frozenset[Pattern] = frozenset()
    keys: frozenset[str] = frozenset()
    names: frozenset[Name] = frozenset()
    by_variable: bool = False


NOTHING = Relevance(None)


def both_effects(policy: Policy, action: str) -> tuple[CompiledStatement, ...]:
    compiled = compile_policy(policy)
    return (*compiled.about(action, "Allow"), *compiled.about(action, "Deny"))


class Relevances:
    """The relevance of documents to one action, each worked out once."""

    def __init__(self, action: str) -> None:
        self._action = action.lower()
        self._known: dict[str, Relevance] = {}

    def of(self, policy: Policy) -> Relevance:
        found = self._known.get(policy.digest)
        if found is None:
            found = self._work_out(policy)
            self._known[policy.digest] = found
        return found

    def _work_out(self, policy: Policy) -> Relevance:
        statements = both_effects(policy, self._action)
        if not statements:
            return NOTHING
        return Relevance(
            policy.digest,
            frozenset(
                (resource.pattern, policy.version == "2012-10-17") for item in statements for resource in item.resources
            ),
            frozenset(key for item in statements for key in item.keys),
            frozenset(name for item in statements if item.principal for name in item.principal.mentions),
            any(resource.keys for item in statements for resource in item.resources),
        )

    def keep(self, documents: Documents) -> Documents:
        """The documents without those that say nothing about the action."""
        if isinstance(documents, NotSeen):
            return documents
        return tuple(item for item in documents if isinstance(item, NotSeen) or self.of(item.policy) is not NOTHING)

    def documents(self, documents: Documents | Seen | None) -> tuple[object, list[Relevance]]:
        """A signature of the documents, equal only where they say the same about the action, and what they look at."""
        if documents is None or isinstance(documents, NotSeen):
            return documents, []
        listed = documents if isinstance(documents, tuple) else (documents,)
        found = [self.of(item.policy) for item in listed if isinstance(item, Document)]
        unseen = frozenset(item for item in listed if isinstance(item, NotSeen))
        return (frozenset(item.digest for item in found if item.digest), unseen), found

    def levels(self, levels: Levels) -> tuple[object, list[Relevance]]:
        if isinstance(levels, NotSeen):
            return levels, []
        parts = [(level, []) if isinstance(level, NotSeen) else self.documents(level.policies) for level in levels]
        return tuple(signature for signature, _ in parts), [item for _, found in parts for item in found]


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that a set of documents looks at."""

    patterns: frozenset[Pattern]
    keys: frozenset[str]
    names: frozenset[Name]
    by_variable: bool


def look_of(relevances: Iterable[Relevance]) -> Look:
    listed = list(relevances)
    return Look(
        frozenset().union(*(item.patterns for item in listed)),
        frozenset().union(*(item.keys for item in listed)),
        frozenset().union(*(item.names for item in listed)),
        any(item.by_variable for item in listed),
    )


def look_of_grants(grants: tuple[Grant, ...] | NotSeen, action: str) -> Look:
    """What the grants of an operation look at."""
    names: set[Name] = set()
    keys: set[str] = set()
    operation = operation_of(action)
    for grant in () if isinstance(grants, NotSeen) else grants:
        if listed := list(grantees(grant, operation)):
            names |= PrincipalElement(listed, negated=False).mentions
            keys |= {condition.key.lower() for condition in constraints(grant, operation)}
    return Look(frozenset(), frozenset(keys), frozenset(names), by_variable=False)


def policy_for(policy: Seen | None, action: str, principal: Principal) -> object:
    """What a resource's policy says to one principal about an action, whomever else it names."""
    if not isinstance(policy, Document):
        return policy
    said = set()
    variables = policy.policy.version == "2012-10-17"
    for compiled in both_effects(policy.policy, action.lower()):
        match = compiled.principal.match(principal) if compiled.principal else None
        if match is None or match.truth is not Truth.FALSE:
            item = compiled.statement
            said.add((item.effect, match, item.resources, item.not_resources, item.conditions, variables))
    return frozenset(said)


def grants_for(grants: tuple[Grant, ...] | NotSeen, action: str, principal: Principal) -> object:
    """What grants give to one principal, whomever else they name."""
    if isinstance(grants, NotSeen):
        return grants
    operation = operation_of(action)
    given = set()
    for grant in grants:
        for grantee in grantees(grant, operation):
            match = grantee_element(grantee).match(principal)
            if match.truth is not Truth.FALSE:
                given.add((match, tuple(constraints(grant, operation))))
    return frozenset(given)

"""All principals against all resources, for one action.

Judging every pair on its own would take minutes in a large account. Most pairs are alike: what decides is which
documents say something about the action, which of their patterns the resource matches, which values the context keys
have that they look at, and by which names they reach the principal. Pairs that agree in all of these share one judgement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.access.context import Context, lowered
from scanner.access.decide import decide
from scanner.access.evaluate import judge
from scanner.access.facts import facts
from scanner.access.kms import is_key
from scanner.access.patterns import Matcher, matcher, resource_parts, tokens, without_variables
from scanner.access.principals import EVERYONE, SESSION_NAME_KEY, Principal
from scanner.access.relevance import (
    Look,
    Name,
    Pattern,
    Relevances,
    grants_for,
    look_of,
    look_of_grants,
    policy_for,
)
from scanner.access.request import Decision, Documents, Grant, Levels, NotSeen, Outcome, Policies, Request, Seen


@dataclass(frozen=True)
class Subject:
    """A principal with everything that hangs on it. `values`: context keys that are its own, such as its tags.

    `absent`: keys that its requests are known not to carry.
    """

    principal: Principal
    identity: Documents = ()
    boundary: Seen | None = None
    session: Documents | None = None
    service_control: Levels = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Target:
    """A resource with everything that hangs on it. `values`: context keys that are its own, such as its tags.

    `absent`: keys that requests for it are known not to carry.
    """

    arn: str
    policy: Seen | None = None
    grants: tuple[Grant, ...] | NotSeen = ()
    resource_control: Levels = ()
    owner: str | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


Signature = tuple[object, ...]


class _Numbers:
    """A number for every different value, so that what is compared often compares fast."""

    def __init__(self) -> None:
        self._known: dict[object, int] = {}

    def of(self, value: object) -> int:
        return self._known.setdefault(value, len(self._known))


class Matrix:
    """The outcomes of one action, by places in `subjects` and `targets`. Worked out row by row, when first asked."""

    def __init__(
        self,
        action: str,
        subjects: Sequence[Subject],
        targets: Sequence[Target],
        context: Context | None = None,
        management_accounts: frozenset[str] = frozenset(),
    ) -> None:
        self._action = action
        self._subjects = subjects
        self._targets = targets
        self._context = context or Context()
        self._management_accounts = management_accounts
        self._relevances = Relevances(action)
        self._numbers = _Numbers()
        self._matchers: dict[Pattern, Matcher] = {}
        self._of_targets: dict[int, Mapping[str, tuple[str, ...] | None]] = {}
        self._refined: dict[Look, list[int]] = {}
        self._said: dict[Signature, int] = {}
        self._rows: dict[Signature, tuple[Outcome, ...]] = {}
        self._outcomes: dict[Signature, Outcome] = {}
        self._doubted: set[Signature] = set()
        self._survey_targets()

    @property
    def judged(self) -> int:
        """How many pairs were judged so far; the others are like one of them."""
        return len(self._outcomes)

    def outcome(self, subject: int, target: int) -> Outcome:
        return self.row(subject)[target]

    def decision(self, subject: int, target: int) -> Decision:
        """The whole decision of one pair, with its grounds under their own names, and an example."""
        return decide(self.request(subject, target), self.policies(subject, target))

    def request(self, subject: int, target: int) -> Request:
        who, what = self._subjects[subject], self._targets[target]
        context = Context(
            {**self._context.values, **who.values, **what.values},
            self._context.absent | who.absent | what.absent,
            self._context.closed,
        )
        return Request(who.principal, self._action, what.arn, context, what.owner)

    def policies(self, subject: int, target: int) -> Policies:
        who, what = self._subjects[subject], self._targets[target]
        return Policies(
            identity=who.identity,
            boundary=who.boundary,
            session=who.session,
            service_control=who.service_control,
            resource_control=what.resource_control,
            resource=what.policy,
            grants=what.grants,
            management_accounts=self._management_accounts,
        )

    def row(self, subject: int) -> tuple[Outcome, ...]:
        """The outcomes for one subject, in the order of the targets."""
        kind, signature, look, named = self._row_key(subject)
        row_key = (signature, named)
        found = self._rows.get(row_key)
        if found is None:
            groups = self._groups(self._subjects[subject].principal, kind, named, look)
            found = tuple(self._judged(subject, target, (signature, *group)) for target, group in enumerate(groups))
            self._rows[row_key] = found
        return found

    def doubts(self, subject: int) -> tuple[bool, ...]:
        """For each target: does the outcome for one subject depend on something that was not seen?"""
        self.row(subject)
        kind, signature, look, named = self._row_key(subject)
        groups = self._groups(self._subjects[subject].principal, kind, named, look)
        return tuple((signature, *group) in self._doubted for group in groups)

    def _row_key(self, subject: int) -> tuple[int, int, Look, frozenset[Name]]:
        who = self._subjects[subject]
        kind, signature, look = self._subject_signature(who)
        return kind, signature, look, who.principal.looked_for & self._mentioned

    def _groups(self, principal: Principal, kind: int, named: frozenset[Name], look: Look) -> Iterator[tuple[int, int]]:
        """For each target: what it says to this principal, and what of itself this principal's documents look at."""
        for target, (base, names, own) in enumerate(zip(self._bases, self._names, self._refine(look), strict=True)):
            key = (base, kind, named & names)
            said = self._said.get(key)
            if said is None:
                what = self._targets[target]
                policy = policy_for(what.policy, self._action, principal)
                said = self._numbers.of((policy, grants_for(what.grants, self._action, principal)))
                self._said[key] = said
            yield said, own

    def _judged(self, subject: int, target: int, key: Signature) -> Outcome:
        found = self._outcomes.get(key)
        if found is None:
            policies = self.policies(subject, target)
            relevant = replace(policies, identity=self._relevances.keep(policies.identity))
            decision = judge(self.request(subject, target), relevant)
            found = self._outcomes[key] = decision.outcome
            if decision.doubts:
                self._doubted.add(key)
        return found

    def _subject_signature(self, subject: Subject) -> tuple[int, int, Look]:
        """Numbers for the kind of principal and for the whole subject, and what its documents look at."""
        relevances = self._relevances
        identity, looked = relevances.documents(subject.identity)
        boundary, of_boundary = relevances.documents(subject.boundary)
        session, of_session = relevances.documents(subject.session)
        service_control, of_levels = relevances.levels(subject.service_control)
        look = look_of([*looked, *of_boundary, *of_session, *of_levels])
        who = subject.principal
        values = self._values(subject, look.keys | self._target_keys | {SESSION_NAME_KEY.lower()})
        limiting = who.looked_for & self._limiting
        kind = self._numbers.of((who.kind, who.account, who.partition, who.canonical_id, who.service_linked))
        whole = self._numbers.of((kind, limiting, identity, boundary, session, service_control, values))
        return kind, whole, look

    def _values(self, subject: Subject, keys: frozenset[str]) -> Signature:
        absent = self._context.absent | subject.absent
        known = Context({**self._context.values, **subject.values}, absent, self._context.closed)
        filled = known.filled(facts(Request(subject.principal, self._action, "*", known)))
        return tuple((key, filled.look(key)) for key in sorted(keys))

    def _survey_targets(self) -> None:
        """What the targets' own documents look at, and what of each target they see."""
        self._bases: list[int] = []
        self._names: list[frozenset[Name]] = []
        self._seen: list[Signature] = []
        keys: set[str] = set()
        limiting: set[Name] = set()
        for target in self._targets:
            policy, looked = self._relevances.documents(target.policy)
            levels, of_levels = self._relevances.levels(target.resource_control)
            of_policy, of_grants = look_of(looked), look_of_grants(target.grants, self._action)
            look = look_of([*looked, *of_levels])
            both = Look(look.patterns, look.keys | of_grants.keys, look.names, look.by_variable)
            self._bases.append(self._numbers.of((policy, target.grants)))
            self._names.append(of_policy.names | of_grants.names)
            owner = Request(EVERYONE, self._action, target.arn, resource_account=target.owner).owner
            form = (is_key(target.arn), target.arn == "*", _role_form(target.arn), owner)
            self._seen.append((levels, form, *self._own(target, both)))
            keys |= both.keys
            limiting |= look_of(of_levels).names
        self._target_keys = frozenset(keys)
        self._limiting = frozenset(limiting)
        self._mentioned: frozenset[Name] = frozenset().union(*self._names)

    def _own(self, target: Target, look: Look) -> Signature:
        """What of a target itself can matter to documents with this look."""
        arn = target.arn if look.by_variable else None
        matched = frozenset(pattern for pattern in look.patterns if self._matches(pattern, target.arn))
        known = self._known(target)
        values = tuple((key, known[key]) for key in sorted(look.keys) if key in known)
        return (arn, matched, values, target.absent)

    def _known(self, target: Target) -> Mapping[str, tuple[str, ...] | None]:
        """The context keys that follow from a target, and its own."""
        found = self._of_targets.get(id(target))
        if found is None:
            request = Request(EVERYONE, self._action, target.arn, self._context, target.owner)
            found = {**facts(request), **lowered(target.values)}
            self._of_targets[id(target)] = found
        return found

    def _matches(self, pattern: Pattern, arn: str) -> bool:
        """Patterns with variables match nothing here: where there are any, the whole ARN is looked at."""
        match = self._matchers.get(pattern)
        if match is None:
            text, variables = pattern
            parts = without_variables(tokens(text, variables=variables))
            match = _nothing if parts is None else matcher(resource_parts(parts))
            self._matchers[pattern] = match
        return match(arn)

    def _refine(self, look: Look) -> list[int]:
        """For each target a number: equal where documents with this look see no difference."""
        found = self._refined.get(look)
        if found is None:
            number = self._numbers.of
            found = [
                number((seen, self._own(target, look))) for seen, target in zip(self._seen, self._targets, strict=True)
            ]
            self._refined[look] = found
        return found


def _nothing(_arn: str) -> bool:
    return False


def _role_form(arn: str) -> tuple[bool, bool]:
    return ":role/" in arn, ":role/aws-service-role/" in arn

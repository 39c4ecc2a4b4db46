"""Asking about an account's identities, many at once: who may do this to which of these?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.access.context import Context
from scanner.access.evaluate import judge
from scanner.access.inventory import Account, Identity
from scanner.access.matrix import Matrix
from scanner.access.matrix import Target as Asset
from scanner.access.request import Decision, Document, NotSeen, Outcome
from scanner.access.statements import compile_policy

MOST_PROBES = 50
DENIALS = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)


class Asker:
    """The identities of one account. Denied pairs are passed over; the others come with their decision."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._anywhere: dict[tuple[str, str], Decision | None] = {}

    def asset(self, arn: str) -> Asset:
        """Something of the account's without a policy of its own."""
        account = self.account
        return Asset(arn, owner=account.id, values=account.resource_values, absent=account.resource_absent)

    def allowed(
        self,
        action: str,
        identities: Sequence[Identity],
        assets: Sequence[Asset],
        values: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Iterator[tuple[Identity, Asset, Decision]]:
        """Every pair that is not denied."""
        if not identities or not assets:
            return
        subjects = [one.subject for one in identities]
        matrix = Matrix(action, subjects, assets, Context(values or {}), self.account.management)
        for place, identity in enumerate(identities):
            for number, outcome in enumerate(matrix.row(place)):
                if outcome not in DENIALS:
                    yield identity, assets[number], judge(matrix.request(place, number), matrix.policies(place, number))

    def anywhere(self, action: str, identity: Identity) -> Decision | None:
        """May the identity do this to anything? The best answer over all resources, and over those that its policies name."""
        key = (action, identity.arn)
        if key not in self._anywhere:
            decisions = [
                decision
                for _, _, decision in self.allowed(
                    action, [identity], [self.asset(arn) for arn in _names(action, identity)]
                )
            ]
            self._anywhere[key] = min(decisions, key=lambda one: one.outcome is not Outcome.ALLOW, default=None)
        return self._anywhere[key]

    def without_boundary(self, identity: Identity) -> Identity:
        return replace(identity, subject=replace(identity.subject, boundary=None))


def _names(action: str, identity: Identity) -> list[str]:
    """Resources to try: any at all, and one for each pattern in the identity's own statements about the action."""
    return list(dict.fromkeys(("*", *_patterns(action, identity))))[:MOST_PROBES]


def _patterns(action: str, identity: Identity) -> Iterable[str]:
    documents = identity.subject.identity
    for document in () if isinstance(documents, NotSeen) else documents:
        if isinstance(document, Document):
            for statement in compile_policy(document.policy).about(action.lower(), "Allow"):
                for pattern in statement.statement.resources:
                    yield pattern.replace("*", "any").replace("?", "x")

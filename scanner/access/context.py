"""The request context: which condition keys have which values, which are known to be absent, which nobody knows.

Key names, tag keys in them included, do not depend on case (IAM, "Condition operators").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class State(Enum):
    ABSENT = "absent"  # the request does not carry the key
    OPEN = "open"  # nobody knows whether it does, or with which value


Known = tuple[str, ...] | State


def lowered(values: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {key.lower(): value for key, value in values.items()}


@dataclass(frozen=True)
class Context:
    """`values`: key to values. `absent`: keys the request does not carry; `aws:ResourceTag/*` means all under it that
    have no value here. `closed`: every key that is not named here, or does not follow from the request, is absent.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    closed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", lowered(self.values))
        object.__setattr__(self, "absent", frozenset(key.lower() for key in self.absent))

    def __hash__(self) -> int:
        return hash((frozenset(self.values.items()), self.absent, self.closed))

    def look(self, key: str) -> Known:
        """What is known of a key, given in lower case."""
        found = self.values.get(key)
        if found is not None:
            return found
        if self.closed or key in self.absent or (f"{key.partition('/')[0]}/*" in self.absent and "/" in key):
            return State.ABSENT
        return State.OPEN

    def filled(self, facts: Mapping[str, tuple[str, ...] | None]) -> "Context":
        """This context, completed by what follows from the request (None: absent). What is stated here wins."""
        stated = self.values.keys() | self.absent
        new = {key: value for key, value in facts.items() if key not in stated}
        values = {**self.values, **{key: value for key, value in new.items() if value is not None}}
        gone = self.absent | {key for key, value in new.items() if value is None}
        return Context(values, gone, self.closed)

"""Short ways to write keys and answers about them in tables."""

from typing import Any

from scanner.access.inventory import Asset, Key, Resource
from scanner.access.matrix import Subject
from scanner.access.parties import Party, Place
from scanner.access.principals import EVERYONE, Principal
from scanner.access.request import Outcome
from scanner.access.who import Entry

ACCOUNT = "111111111111"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k1"


def key_of(manager: str = "CUSTOMER", state: str = "Enabled") -> Key:
    resource = Resource(Asset(KEY, owner=ACCOUNT), ACCOUNT, "us-east-1", ("k1", "alias/one"))
    return Key(resource, manager, state, "SYMMETRIC_DEFAULT", "off")


def entry(name: str, **changes: Any) -> Entry:
    """Someone who can, or with conditions may."""
    everyone = name == "everyone"
    principal = EVERYONE if everyone else Principal.parse(name)
    fields: dict[str, Any] = {
        "party": Party(Subject(principal), name, Place.EVERYONE if everyone else Place.ACCOUNT),
        "outcome": Outcome.CONDITIONAL if "conditions" in changes else Outcome.ALLOW,
        "route": "named",
        "through": (),
        "conditions": (),
        "doubts": (),
        "example": None,
        "on": "",
        "let_in": False,
    }
    return Entry(**fields | changes)

"""Which resources stand for a whole: a bucket's objects, of which policies allow some and not others.

Nobody knows the names of all objects. One with no name in particular stands for them all, and for every pattern in the
policies that is about this bucket one whose name the pattern matches stands for those.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from scanner.access.matrix import Target as Asset
from scanner.access.parties import Party
from scanner.access.request import Document, Documents, NotSeen
from scanner.access.statements import compile_policy

ANY_OBJECT = "*"
MOST_PROBES = 200
# Actions on an object that have no "Object" in their name, and those on a bucket that have.
_ON_OBJECTS = frozenset(["s3:abortmultipartupload", "s3:listmultipartuploadparts", "s3:bypassgovernanceretention"])


def on_objects(action: str) -> bool:
    """Is it an action on objects, rather than on their bucket? (Service Authorization Reference, Amazon S3.)"""
    name = action.lower()
    return name in _ON_OBJECTS or ("object" in name and "bucket" not in name)


def probes(action: str, asset: Asset, everybody: Iterable[Party]) -> list[Asset]:
    """The asset itself; for an action on a bucket's objects, objects that stand for all and for some."""
    parts = asset.arn.split(":", 5)
    if len(parts) < 6 or parts[2] != "s3" or not on_objects(action):
        return [asset]
    names = dict.fromkeys([f"{asset.arn}/{ANY_OBJECT}"])
    bodies: list[Documents] = [(asset.policy,) if asset.policy is not None else ()]
    bodies += [one.subject.identity for one in everybody]
    for documents in bodies:
        for pattern in _patterns(documents, action):
            if found := _instance(pattern, parts[5]):
                names[f"{asset.arn}/{found}"] = None
    return [replace(asset, arn=name) for name in list(names)[:MOST_PROBES]]


def _patterns(documents: Documents, action: str) -> Iterator[str]:
    for document in () if isinstance(documents, NotSeen) else documents:
        if isinstance(document, Document):
            for statement in compile_policy(document.policy).about(action.lower(), "Allow"):
                yield from statement.statement.resources


def _instance(pattern: str, bucket: str) -> str:
    """A key that the pattern matches, if it is about some of this bucket's objects; empty if about none or all."""
    name, slash, key = pattern.rpartition(":")[2].partition("/")
    if not slash or not fnmatchcase(bucket, name) or key in ("", "*") or "${" in key:
        return ""
    return key.replace("?", "x")

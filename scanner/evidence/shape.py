"""The shape of evidence: which members of an answer a class declares, however deep.

One shape serves four purposes: it cuts an answer down to what is declared, renames its members to fields,
says what a bundle recorded, and lets a sweep test compare every field with AWS's own model.
"""

import json
import types
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from scanner.evidence.names import field_name

ONLY_KEYS = "only the keys"
"""Marks a field that keeps a map's keys and none of its values (`Keys` in `scanner.evidence.fields`)."""
KEYS = "keys"

FROM_JSON = "from JSON"
"""Marks a field that AWS sends as JSON text and of which only the declared members are kept (`FromJson`)."""
JSON = "json"


class Part(BaseModel):
    """A structure inside an answer, such as one rule of a security group.

    Strict: a number that comes as text is a malformed answer, not a number.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", arbitrary_types_allowed=False, defer_build=True)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a type keeps of an answer. `fields` is None where the value is kept as it is (text, numbers, policies, tags)."""

    fields: Mapping[str, "Shape"] | None = None
    container: str = ""  # "", "list", "map", "keys" (only those of a map), "json" (a text that holds a structure)

    def paths(self, prefix: str = "") -> frozenset[str]:
        """Every field that is kept, as dotted paths: `statement.effect`."""
        if self.fields is None:
            return frozenset([prefix]) if prefix else frozenset()
        dot = f"{prefix}." if prefix else ""
        return frozenset().union(*(shape.paths(f"{dot}{name}") for name, shape in self.fields.items()))

    def cut(self, value: Any) -> Any:
        """The declared members of a value, under AWS's own names. ValueError for text that is no JSON and should be."""
        if self.container == KEYS:
            return _keys(value)
        if self.container == JSON:
            return Shape(self.fields).cut(json.loads(value) if isinstance(value, str) else value)
        if self.fields is None or value is None:
            return value
        if self.container == "list":
            inner = Shape(self.fields)
            return [inner.cut(item) for item in value] if isinstance(value, list) else value
        if self.container == "map":
            inner = Shape(self.fields)
            return {key: inner.cut(item) for key, item in value.items()} if isinstance(value, dict) else value
        if not isinstance(value, dict):
            return value
        kept = {}
        for member, item in value.items():
            shape = self.fields.get(field_name(member))
            if shape is not None:
                kept[member] = shape.cut(item)
        return kept

    def rename(self, value: Any) -> Any:
        """The same value with AWS's members renamed to fields; maps such as tags keep their keys."""
        if self.container == KEYS:
            return _keys(value)
        if self.container == JSON:
            return Shape(self.fields).rename(json.loads(value) if isinstance(value, str) else value)
        if self.fields is None or value is None:
            return value
        if self.container == "list":
            inner = Shape(self.fields)
            return [inner.rename(item) for item in value] if isinstance(value, list) else value
        if self.container == "map":
            inner = Shape(self.fields)
            return {key: inner.rename(item) for key, item in value.items()} if isinstance(value, dict) else value
        if not isinstance(value, dict):
            return value
        renamed = {}
        for member, item in value.items():
            name = field_name(member)
            shape = self.fields.get(name)
            if shape is not None:
                renamed[name] = shape.rename(item)
        return renamed

    def merge(self, other: "Shape") -> "Shape":
        """What two views of one answer keep together."""
        if self == other:
            return self
        if self.fields is None or other.fields is None:
            return Shape()  # one of them keeps the value whole
        names = self.fields.keys() | other.fields.keys()
        both = {
            name: self.fields[name].merge(other.fields[name])
            if name in self.fields and name in other.fields
            else self.fields.get(name) or other.fields[name]
            for name in sorted(names)
        }
        return Shape(both, self.container)


def _keys(value: Any) -> Any:
    """A map's keys in order; what was cut already, or is no map, stays as it is."""
    return sorted(value) if isinstance(value, Mapping) else value


def _marked(kind: Any, marks: Iterable[Any]) -> Shape:
    if ONLY_KEYS in marks:
        return Shape(container=KEYS)
    shape = shape_of(cast("Hashable", kind))
    return Shape(shape.fields, JSON) if FROM_JSON in marks else shape


@lru_cache(maxsize=4096)
def shape_of(kind: Any) -> Shape:
    """The shape of a type: a `Part`, a tuple or list of them, a map of them, an optional one, or a plain value."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _marked(get_args(kind)[0], kind.__metadata__)
    if origin in (Union, types.UnionType):
        inner = [shape_of(arm) for arm in get_args(kind) if arm is not type(None)]
        return next((shape for shape in inner if shape.fields is not None or shape.container == KEYS), Shape())
    if origin in (tuple, list, frozenset, set):
        inner_shape = shape_of(get_args(kind)[0])
        return Shape(inner_shape.fields, "list") if inner_shape.fields is not None else Shape()
    if origin in (dict, Mapping):
        inner_shape = shape_of(get_args(kind)[1])
        return Shape(inner_shape.fields, "map") if inner_shape.fields is not None else Shape()
    if isinstance(kind, type) and issubclass(kind, Part):
        return Shape(
            {
                # pydantic keeps a field's marks apart from its type
                name: _marked(field.annotation, field.metadata)
                for name, field in kind.model_fields.items()
            }
        )
    return Shape()

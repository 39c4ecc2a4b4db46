"""botocore's service models, as far as the sweeps need them: what an operation takes, and what an answer holds."""

from functools import lru_cache
from typing import Any

import botocore.session
import jmespath
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from scanner.evidence.names import field_name
from scanner.evidence.shape import JSON, KEYS
from scanner.evidence.shape import Shape as Declared

_SESSION = botocore.session.Session()


@lru_cache(maxsize=256)
def service(name: str) -> Any:
    return _SESSION.get_service_model(name)


def operation(api: str) -> OperationModel:
    """The model of an operation; raises where botocore has none of this name."""
    name, _, call = api.partition(":")
    return service(name).operation_model(call)


def at_path(shape: Shape, path: str) -> Shape | None:
    """The shape of one item at a JMESPath in an answer; None where the path is not in the model."""
    return _walk(shape, jmespath.compile(path).parsed) if path else shape


def _walk(shape: Shape | None, node: dict[str, Any]) -> Shape | None:
    if shape is None:
        return None
    children = node["children"]
    match node["type"]:
        case "field":
            if isinstance(shape, MapShape):
                return shape.value
            return shape.members.get(node["value"]) if isinstance(shape, StructureShape) else None
        case "subexpression":
            for child in children:
                shape = _walk(shape, child)
            return shape
        case "index_expression" | "projection" | "filter_projection":
            for child in children[:2]:
                shape = _walk(shape, child)
            return shape
        case "function_expression" if node["value"] == "sort_by":
            return _walk(shape, children[0])
        case "flatten":
            return _item(_walk(shape, children[0]))
        case "index" | "identity" | "slice":
            return _item(shape) if node["type"] == "index" else shape
    raise NotImplementedError(f"the sweep does not know JMESPath's {node['type']}: extend tests/models.py")


def _item(shape: Shape | None) -> Shape | None:
    return shape.member if isinstance(shape, ListShape) else shape


def missing_fields(shape: Shape, declared: Declared, prefix: str = "") -> list[str]:
    """Declared fields that AWS's model does not have, as dotted paths."""
    if declared.container == KEYS and not isinstance(shape, MapShape):
        return [f"{prefix.removesuffix('.')} as a map"]
    if declared.container == JSON:
        return [] if shape.type_name == "string" else [f"{prefix.removesuffix('.')} as text"]
    if isinstance(shape, ListShape) and declared.container != "map":
        return missing_fields(shape.member, Declared(declared.fields), prefix)
    if isinstance(shape, MapShape) and declared.container == "map":
        return missing_fields(shape.value, Declared(declared.fields), prefix)
    if declared.fields is None:
        return []
    if isinstance(shape, MapShape):
        known = {field_name(key): None for key in getattr(shape.key, "enum", [])}
        return [f"{prefix}{name}" for name in declared.fields if known and name not in known]
    if not isinstance(shape, StructureShape):
        return [] if set(declared.fields) == {"value"} else [f"{prefix}{name}" for name in declared.fields]
    members = {field_name(name): member for name, member in shape.members.items()}
    missing = []
    for name, inner in declared.fields.items():
        if name not in members:
            missing.append(f"{prefix}{name}")
        else:
            missing += missing_fields(members[name], inner, f"{prefix}{name}.")
    return missing

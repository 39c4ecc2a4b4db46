"""Types of fields for members that AWS fills in a way of its own."""

import json
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator

from scanner.evidence.policy import Policy
from scanner.evidence.shape import FROM_JSON, ONLY_KEYS


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


PolicyOrBlank = Annotated[Policy | None, BeforeValidator(_blank_is_none)]
"""A policy, where AWS says with an empty text that there is none."""

Keys = Annotated[tuple[str, ...], ONLY_KEYS]
"""The keys of a map, such as the names of environment variables. The values are dropped before anything is stored."""

T = TypeVar("T")
FromJson = Annotated[T, FROM_JSON]
"""A structure that AWS sends as JSON text. Only the declared members of it are stored, as with any other structure."""


def _unescaped(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("{\\"):
        return _blank_is_none(value)
    try:
        return json.loads(f'"{value}"')
    except json.JSONDecodeError as error:
        raise ValueError(f"the policy is no text of JSON: {error.msg}") from None


PolicyInText = Annotated[Policy | None, BeforeValidator(_unescaped)]
"""A policy as API Gateway hands it out: the inside of a JSON text, quotes and slashes escaped; none where it is empty."""


def _last_part(value: Any) -> Any:
    return value.rpartition("/")[2] if isinstance(value, str) else value


LastPart = Annotated[str, BeforeValidator(_last_part)]
"""An id that AWS sends with its kind before it, such as `/hostedzone/Z1`: what stands after the last slash."""

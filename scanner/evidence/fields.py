"""Types of fields for members that AWS fills in a way of its own."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from scanner.evidence.policy import Policy


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


PolicyOrBlank = Annotated[Policy | None, BeforeValidator(_blank_is_none)]
"""A policy, where AWS says with an empty text that there is none."""

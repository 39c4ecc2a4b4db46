"""Bodies that botocore would take for an empty answer.

botocore does not compare a body's length with what the header promised, and reads a body that is not JSON as an
answer without members. Both would turn a broken connection into "there is nothing", so they are refused here.
"""

import json
from typing import Any


class BrokenBodyError(Exception):
    """AWS's answer is cut off or is not in the service's format."""


def refuse_broken_body(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """A handler for botocore's `before-parse` event: it raises BrokenBodyError for a success that is no answer."""
    if response_dict["status_code"] >= 300 or operation_model.has_streaming_output:
        return
    body = response_dict["body"]
    promised = response_dict["headers"].get("content-length")
    if promised is not None and promised.isdigit() and int(promised) != len(body):
        raise BrokenBodyError(f"the answer has {len(body)} bytes of {promised}")
    output = operation_model.output_shape
    if output is None or output.serialization.get("payload"):
        return
    members = [shape for shape in output.members.values() if shape.serialization.get("location") is None]
    if not members:
        return
    if not body:
        raise BrokenBodyError("the answer is empty")
    if "json" in operation_model.service_model.resolved_protocol:
        try:
            answer = json.loads(body)
        except ValueError:
            raise BrokenBodyError("the answer is not JSON") from None
        if not isinstance(answer, dict):
            raise BrokenBodyError("the answer is not a JSON object")

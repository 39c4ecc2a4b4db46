"""Faults between the scanner and the emulated AWS, at the level of HTTP: what AWS's front door says when it refuses."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Environ = dict[str, Any]
Respond = Callable[..., Any]
Application = Callable[[Environ, Respond], Iterable[bytes]]

OPERATION = "X-Wafr-Test-Operation"
PLUGIN = {"BOTOCORE_EXPERIMENTAL__PLUGINS": "wafr-tests=tests.faults"}
ALL = frozenset({"*"})


def name_operation(model: Any, params: dict[str, Any], **_: Any) -> None:
    """A handler for botocore's `before-call` event that tells the fault layer which operation a request is."""
    params["headers"][OPERATION] = f"{model.service_model.service_name}:{model.name}"


def initialize_client_plugin(client: Any) -> None:
    """What botocore calls for every client, also in another process, where `PLUGIN` stands in the environment."""
    client.meta.events.register("before-call", name_operation, unique_id="wafr-test-operation")


@dataclass
class Faults:
    """A layer over the emulated AWS. It refuses the operations in `refused`, or all of them, and counts what it refused."""

    application: Application
    refused: frozenset[str] = frozenset()
    met: list[str] = field(default_factory=list)

    def __call__(self, environ: Environ, respond: Respond) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/moto-api/"):
            return self.application(environ, respond)
        operation = environ.get("HTTP_" + OPERATION.upper().replace("-", "_"), "")
        if self.refused == ALL or operation in self.refused:
            self.met.append(operation)
            return refusal(environ, respond)
        return self.application(environ, respond)


def refusal(environ: Environ, respond: Respond) -> Iterable[bytes]:
    """AccessDenied in the form of the request's own protocol."""
    if environ.get("CONTENT_LENGTH"):
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    content = environ.get("CONTENT_TYPE", "")
    if "x-www-form-urlencoded" in content:
        body = (
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>refused</Message></Error>"
            "<RequestId>r</RequestId></ErrorResponse>"
        )
        kind = "text/xml"
    elif environ.get("HTTP_X_AMZ_TARGET") or "json" in content:
        body, kind = json.dumps({"__type": "AccessDeniedException", "message": "refused"}), "application/x-amz-json-1.1"
    else:
        return _rest_refusal(respond)
    respond("403 Forbidden", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body.encode()]


def _rest_refusal(respond: Respond) -> Iterable[bytes]:
    """For REST: the JSON protocol reads the header, the XML protocol the body."""
    body = b"<Error><Code>AccessDenied</Code><Message>refused</Message></Error>"
    headers = [
        ("Content-Type", "application/xml"),
        ("Content-Length", str(len(body))),
        ("x-amzn-errortype", "AccessDeniedException"),
    ]
    respond("403 Forbidden", headers)
    return [body]

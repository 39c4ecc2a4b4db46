"""One TLS context for all connections of an account.

botocore's connections read the CA file anew each time one is opened, which takes tens of milliseconds of CPU. A scan of
17 regions opens hundreds. Here the clients share a context that reads each file once; what is verified does not change.
"""

import ssl
import threading
from typing import Any

from botocore.httpsession import create_urllib3_context


def shared_context() -> ssl.SSLContext:
    """A context as urllib3 makes it, which remembers the CA files that it has read."""
    context: ssl.SSLContext = create_urllib3_context()
    load, lock = context.load_verify_locations, threading.Lock()
    loaded: set[tuple[Any, ...]] = set()

    def load_once(*given: Any) -> None:
        with lock:
            if given not in loaded:
                load(*given)
                loaded.add(given)

    context.load_verify_locations = load_once  # type: ignore[method-assign, assignment]
    return context


def share(client: Any, context: ssl.SSLContext) -> None:
    """Let a client's direct connections use the context. Those through a proxy keep their own."""
    manager = client._endpoint.http_session._manager  # noqa: SLF001  (botocore offers no other way)
    manager.connection_pool_kw["ssl_context"] = context

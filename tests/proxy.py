"""A proxy between the scanner and the emulated AWS that lets things go wrong, as a seed and some rules say.

It speaks plain HTTP on a loopback port. Which operation a request is stands in a header that botocore's plugin hook adds
(`tests.faults`), so that rules can name operations whatever their protocol.
"""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.broken import AWS_SAYS, Answer, Fault, cut, endless, error, missing, mistyped, noise, repeating
from tests.faults import OPERATION

EVERY = frozenset({"*"})
CHUNK = 1 << 16
SLOW_SECONDS = 5.0


@dataclass(frozen=True)
class Rule:
    """One thing that goes wrong: for which operations, for what share of their requests, and after how many requests in all."""

    fault: Fault
    operations: frozenset[str] = EVERY
    share: float = 1.0
    after: int = 0

    def meets(self, operation: str, number: int, chance: random.Random) -> bool:
        named = self.operations is EVERY or operation in self.operations
        return named and number > self.after and (self.share >= 1 or chance.random() < self.share)


@dataclass(repr=False)
class Proxy:
    """Between the scanner and `upstream`. `seen` counts the requests of each operation, `met` what was done to them."""

    upstream: tuple[str, int]
    seed: int = 0
    rules: tuple[Rule, ...] = ()
    slow_seconds: float = SLOW_SECONDS
    seen: Counter[str] = field(default_factory=Counter)
    met: list[tuple[str, Fault]] = field(default_factory=list)
    url: str = ""
    _number: int = 0
    _chance: random.Random = field(default_factory=random.Random)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"Proxy({self.url!r})"

    def start(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        assert self._thread is not None
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @contextmanager
    def going_wrong(self, *rules: Rule, seed: int = 0) -> Iterator["Proxy"]:
        """Inside this context these rules hold, and counting starts anew."""
        self.forget(seed)
        self.rules = rules
        try:
            yield self
        finally:
            self.rules = ()

    def forget(self, seed: int = 0) -> None:
        """Start counting anew."""
        self._chance, self._number = random.Random(seed), 0  # noqa: S311  (chance that can be repeated)
        self.seen, self.met = Counter(), []

    def _fault(self, operation: str) -> Fault | None:
        self._number += 1
        self.seen[operation] += 1
        for rule in self.rules:
            if rule.meets(operation, self._number, self._chance):
                self.met.append((operation, rule.fault))
                return rule.fault
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (request := await _message(reader)) is not None:
                if not await self._exchange(request, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the scanner gave up on this connection, or the test is over
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, request: "Message", writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; False where the connection ends with it."""
        operation = request.header(OPERATION)
        fault = self._fault(operation)
        if fault in AWS_SAYS:
            await _send(writer, error(fault, operation))
            return True
        if fault is Fault.RESET:
            writer.transport.abort()
            return False
        if fault is Fault.SLOW:
            await asyncio.sleep(self.slow_seconds)
        answer = await self._ask(request)
        if answer.status >= 300:
            await _send(writer, answer)
            return True
        changed = _CHANGES[fault](answer, operation, self._chance) if fault in _CHANGES else answer
        if fault in (Fault.PROMISES_MORE, Fault.PROMISES_LESS):
            more = 7 if fault is Fault.PROMISES_MORE else -min(7, len(answer.body))
            await _send(writer, changed, promised=len(answer.body) + more)
            return False
        await _send(writer, changed)
        return True

    async def _ask(self, request: "Message") -> Answer:
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            kept = [(name, value) for name, value in request.headers if name.lower() not in ("connection", "expect")]
            writer.write(_head(request.start, [*kept, ("Connection", "close")]) + request.body)
            await writer.drain()
            answer = await _message(reader, to_the_end=True)
        finally:
            writer.close()
        if answer is None:
            raise ConnectionError("the emulated AWS closed the connection")
        _, status, reason = answer.start.split(" ", 2)
        skip = ("connection", "content-length", "transfer-encoding")
        headers = [(name, value) for name, value in answer.headers if name.lower() not in skip]
        return Answer(int(status), reason, headers, answer.body)


_CHANGES = {
    Fault.CUT: cut,
    Fault.NOISE: noise,
    Fault.MISSING: missing,
    Fault.MISTYPED: mistyped,
    Fault.ENDLESS: endless,
    Fault.REPEATING: repeating,
}


@dataclass(frozen=True)
class Message:
    """An HTTP message as it came."""

    start: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


async def _message(reader: asyncio.StreamReader, *, to_the_end: bool = False) -> Message | None:
    """The next message; None where the other side has closed the connection instead."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:] if line)]
    message = Message(head[0], headers, b"")
    if message.header("transfer-encoding").lower() == "chunked":
        body = b"".join([chunk async for chunk in _chunks(reader)])
    elif message.header("content-length"):
        body = await reader.readexactly(int(message.header("content-length")))
    else:
        body = await reader.read() if to_the_end else b""
    return Message(head[0], headers, body)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readline()).split(b";")[0], 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()


def _head(start: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _send(writer: asyncio.StreamWriter, answer: Answer, promised: int | None = None) -> None:
    length = len(answer.body) if promised is None else promised
    headers = [*answer.headers, ("Content-Length", str(length))]
    writer.write(_head(f"HTTP/1.1 {answer.status} {answer.reason}", headers) + answer.body)
    await writer.drain()

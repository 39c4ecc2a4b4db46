"""The emulated AWS of the benchmarks, in a process of its own: `python -m benchmarks.server --scale 20`.

An HTTP/1.1 front that keeps connections open, as AWS does, stands before moto. It counts every request, can hold each for a
while, and remembers answers: the account does not change while it is measured, so moto, which is slow, is asked once and
measures nobody. It prints one line of JSON when it is ready; `/bench/reset?latency=0.05` and `/bench/seen` steer it.
"""

import argparse
import asyncio
import http.client
import json
import logging
import re
import ssl
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import moto

from benchmarks.account import build
from fixtures.moto_services import install, serving

_SCOPE = re.compile(rb"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_PASSED = ("authorization", "content-type", "x-amz-target", "x-amz-date", "x-amz-account-id", "accept")


_REFUSAL = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not emulated</Message></Error></ErrorResponse>"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: AccessDeniedException\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_REFUSAL),
    _REFUSAL,
)


class Front:
    """What stands before moto: counts, waits and remembers."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.latency = 0.0
        self.seen: Counter[str] = Counter()
        self.answers: dict[tuple[bytes, ...], bytes] = {}

    async def answer(self, line: bytes, headers: dict[str, str], body: bytes) -> bytes:
        path = line.split(b" ")[1].decode()
        if path.startswith("/bench/"):
            return self._steer(urlsplit(path))
        scope = _SCOPE.search(headers.get("authorization", "").encode())
        region, service = scope.groups() if scope else (b"", b"")
        self.seen[f"{service.decode()}:{_operation(line, headers, body)}"] += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        key = (line, region, service, headers.get("x-amz-target", "").encode(), body)
        answer = self.answers.get(key)
        if answer is None:
            answer = await asyncio.to_thread(self._ask, line, headers, body)
            if b"GenerateCredentialReport" not in body:  # its answers follow each other
                self.answers[key] = answer
        return answer

    def _ask(self, line: bytes, headers: dict[str, str], body: bytes) -> bytes:
        method, path, _ = line.decode().split(" ")
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        connection.request(method, path, body, {name: value for name, value in headers.items() if name in _PASSED})
        answer = connection.getresponse()
        content = answer.read()
        kept = [
            f"{name}: {value}"
            for name, value in answer.getheaders()
            if name.lower() not in ("content-length", "connection", "transfer-encoding")
        ]
        connection.close()
        if answer.status >= 500:  # what moto does not emulate: refused, so that nobody tries again
            return REFUSED
        head = [f"HTTP/1.1 {answer.status} {answer.reason}", *kept, f"Content-Length: {len(content)}", "", ""]
        return "\r\n".join(head).encode("latin-1") + content

    def _steer(self, url: Any) -> bytes:
        if url.path == "/bench/reset":
            self.latency = float(parse_qs(url.query).get("latency", ["0"])[0])
            self.seen.clear()
        content = json.dumps(self.seen).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head[:-4].split(b"\r\n")
                pairs = (item.decode("latin-1").partition(":") for item in rest)
                headers = {name.lower(): value.strip() for name, _, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                writer.write(await self.answer(line, headers, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()


def _operation(line: bytes, headers: dict[str, str], body: bytes) -> str:
    if target := headers.get("x-amz-target", ""):
        return target.rpartition(".")[2]
    if action := _ACTION.search(body):
        return action.group(1).decode()
    method, path, _ = line.decode().split(" ")
    url = urlsplit(path)
    return f"{method} {url.query.partition('&')[0].partition('=')[0] or url.path.split('/')[1]}"


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """A certificate for 127.0.0.1, its key, and a CA file as large as the one that everybody uses, with ours at its end."""
    import datetime
    import ipaddress

    import certifi
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = folder / "cert.pem", folder / "key.pem", folder / "ca.pem"
    for file, content in zip(files, (made, secret, Path(certifi.where()).read_bytes() + made), strict=True):
        file.write_bytes(content)
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=20, help="0 is an empty account")
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    install()
    mock = moto.mock_aws()
    mock.start()
    made = (
        build(lambda service, region: boto3.client(service, region_name=region), options.scale) if options.scale else 0
    )
    mock.stop(remove_data=False)
    with serving() as url, tempfile.TemporaryDirectory() as folder:
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)  # it tells of what moto does not emulate
        asyncio.run(_run(url, made, Path(folder) if options.tls else None))


async def _run(upstream: str, made: int, folder: Path | None) -> None:
    context, authority = None, ""
    if folder is not None:
        cert, key, ca = certificate(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert, key)
        authority = str(ca)
    server = await asyncio.start_server(Front(upstream).serve, "127.0.0.1", 0, ssl=context, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    scheme = "https" if context else "http"
    print(json.dumps({"url": f"{scheme}://127.0.0.1:{port}", "resources": made, "ca": authority}), flush=True)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    threading.Thread(
        target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(stopped.set)), daemon=True
    ).start()  # whoever started us closes our input when done
    await stopped.wait()


if __name__ == "__main__":
    main()

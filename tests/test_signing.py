"""Signatures: a bundle's root in a DSSE envelope, by a key of the user's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.command import run
from tests.test_tampering import make, replayed_whole, rewritten, verified

KEYS: dict[str, Callable[[], Any]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


def pair(folder: Path, kind: str, name: str = "key") -> tuple[Path, Path]:
    made = KEYS[kind]()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.mark.parametrize("kind", KEYS)
def test_what_was_signed_is_verified(tmp_path: Path, kind: str) -> None:
    manifest = make(tmp_path / "b")
    private, public = pair(tmp_path, kind)
    assert run("sign", tmp_path / "b", "--key", private).code == 0
    assert verified(tmp_path / "b", manifest.root) == []
    said = run("verify", tmp_path / "b", "--key", public)
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "b" / "signature.dsse.json").stat().st_mode & 0o777 == 0o600


def test_what_is_not_signed_by_this_key_is_found(tmp_path: Path) -> None:
    make(tmp_path / "b")
    private, public = pair(tmp_path, "ed25519")
    _, another = pair(tmp_path, "ed25519", "another")
    folder = tmp_path / "b"
    said = run("verify", folder, "--key", public)
    assert (said.code, said.err) == (6, f"wafr: {folder} is not signed: it has no signature.dsse.json.\n")
    run("sign", folder, "--key", private)
    said = run("verify", folder, "--key", another)
    assert (said.code, said.err) == (6, f"wafr: {folder}/signature.dsse.json is not by the owner of {another}.\n")


@pytest.mark.parametrize("tamper", [rewritten, replayed_whole])
def test_a_signature_tells_a_bundle_that_was_made_again(tmp_path: Path, tamper: object) -> None:
    assert callable(tamper)
    make(tmp_path / "b")
    private, public = pair(tmp_path, "ed25519")
    run("sign", tmp_path / "b", "--key", private)
    signature = (tmp_path / "b" / "signature.dsse.json").read_bytes()
    tamper(tmp_path / "b")
    (tmp_path / "b" / "signature.dsse.json").write_bytes(signature)
    said = run("verify", tmp_path / "b", "--key", public)
    assert (said.code, said.err) == (6, f"wafr: {tmp_path}/b/signature.dsse.json is for another bundle.\n")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff", b'{"payload":"x","payloadType":"y","signatures":[{}]}', b"[" * 9_999]
)
def test_what_is_no_signature_is_one_line(tmp_path: Path, content: bytes) -> None:
    make(tmp_path / "b")
    _, public = pair(tmp_path, "ed25519")
    (tmp_path / "b" / "signature.dsse.json").write_bytes(content)
    said = run("verify", tmp_path / "b", "--key", public)
    assert (said.code, said.err) == (6, f"wafr: {tmp_path}/b/signature.dsse.json is no signature.\n")


def test_a_key_that_is_none_is_a_usage_error_and_is_never_shown(tmp_path: Path) -> None:
    make(tmp_path / "b")
    private, public = pair(tmp_path, "ed25519")
    said = run("sign", tmp_path / "b", "--key", public)
    assert (said.code, said.err) == (2, f"wafr: {public} is no private key without a passphrase in PEM.\n")
    said = run("verify", tmp_path / "b", "--key", private)
    assert (said.code, said.err) == (2, f"wafr: {private} is no public key in PEM.\n")
    said = run("sign", tmp_path / "b", "--key", tmp_path / "nowhere")
    assert (said.code, said.err) == (2, f"wafr: {tmp_path}/nowhere cannot be read: No such file or directory.\n")
    (tmp_path / "b" / "calls.jsonl.gz").write_bytes(b"changed")
    said = run("sign", tmp_path / "b", "--key", private)
    assert (said.code, said.err) == (6, "wafr: calls.jsonl.gz was changed\n")

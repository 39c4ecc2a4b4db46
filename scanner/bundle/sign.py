"""The optional signature: a DSSE envelope over a bundle's root, made with a local key. Needs the extra `sign`."""

import json
from pathlib import Path
from typing import Any

from scanner.bundle.files import BundleError, write_whole
from scanner.bundle.manifest import SCHEMA, SIGNATURE, Manifest
from scanner.evidence.reading import canonical

PAYLOAD_TYPE = "application/vnd.wafr.bundle-root+json"
LARGEST = 1_000_000  # bytes of a key or an envelope


class SignatureError(BundleError):
    """A signature is missing, is not one, or is not by this key."""


def sign(folder: Path, manifest: Manifest, key: Path) -> None:
    """Sign a bundle's root with a private key in PEM (Ed25519, ECDSA or RSA, without a passphrase)."""
    lib = _library()
    signer = lib.CryptoSigner(_pem(key, private=True))
    envelope = lib.Envelope(_statement(manifest), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    write_whole(folder / SIGNATURE, canonical(envelope.to_dict()))


def check_signature(folder: Path, manifest: Manifest, key: Path) -> None:
    """SignatureError where the bundle's root is not signed by the owner of this public key (PEM)."""
    lib = _library()
    public = lib.SSlibKey.from_crypto(_pem(key, private=False))
    try:
        with (folder / SIGNATURE).open("rb") as file:
            envelope = lib.Envelope.from_dict(json.loads(file.read(LARGEST)))
        envelope.verify([public], 1)
    except FileNotFoundError:
        raise SignatureError(f"{folder} is not signed: it has no {SIGNATURE}.") from None
    except lib.VerificationError:
        raise SignatureError(f"{folder / SIGNATURE} is not by the owner of {key}.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SignatureError(f"{folder / SIGNATURE} is no signature.") from None
    if envelope.payload_type != PAYLOAD_TYPE or envelope.payload != _statement(manifest):
        raise SignatureError(f"{folder / SIGNATURE} is for another bundle.")


def _statement(manifest: Manifest) -> bytes:
    return canonical({"schema": SCHEMA, "root": manifest.root})


def _pem(path: Path, *, private: bool) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST)
        return load_pem_private_key(content, None) if private else load_pem_public_key(content)
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        kind = "private key without a passphrase" if private else "public key"
        raise BundleError(f"{path} is no {kind} in PEM.") from None


class _Library:
    """What is used of securesystemslib, imported where it is needed."""

    def __init__(self) -> None:
        from securesystemslib.dsse import Envelope
        from securesystemslib.exceptions import VerificationError
        from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined]  # not marked as re-exports

        self.Envelope, self.CryptoSigner, self.SSlibKey = Envelope, CryptoSigner, SSlibKey
        self.VerificationError = VerificationError


def _library() -> _Library:
    try:
        return _Library()
    except ImportError:
        raise BundleError("signatures need securesystemslib: pip install 'wafr[sign]'.") from None

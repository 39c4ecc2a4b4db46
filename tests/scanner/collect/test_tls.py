"""The shared TLS context: each CA file is read once, and what cannot be read is still an error."""

import ssl
from pathlib import Path

import pytest
from botocore.httpsession import get_cert_path

from scanner.collect.tls import shared_context


def test_a_file_is_read_once(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(Path(get_cert_path(True)).read_bytes())
    context = shared_context()
    context.load_verify_locations(str(bundle), None, None)
    read = context.cert_store_stats()["x509_ca"]
    bundle.unlink()
    context.load_verify_locations(str(bundle), None, None)
    assert context.cert_store_stats()["x509_ca"] == read > 50


def test_a_file_that_is_not_there_is_an_error_each_time() -> None:
    context = shared_context()
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            context.load_verify_locations("/nowhere/ca.pem", None, None)


def test_certificates_are_verified() -> None:
    assert shared_context().verify_mode is ssl.CERT_REQUIRED

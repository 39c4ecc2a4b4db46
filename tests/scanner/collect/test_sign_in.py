"""A profile of IAM Identity Center gets its credentials by operations that are no reads: the guard lets just those pass."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from scanner.collect.guard import SIGN_IN, NotAReadError, guard

START = "https://example.com/start"


def call(api: str) -> SimpleNamespace:
    service, _, operation = api.partition(":")
    return SimpleNamespace(name=operation, service_model=SimpleNamespace(service_name=service))


@pytest.mark.parametrize("api", sorted(SIGN_IN))
def test_signing_in_passes_whatever_the_plan(api: str) -> None:
    guard(frozenset())(model=call(api))


@pytest.mark.parametrize("api", ["sso:ListAccounts", "sso:Logout", "sts:GetFederationToken", "iam:CreateUser"])
def test_nothing_else_does(api: str) -> None:
    with pytest.raises(NotAReadError):
        guard(frozenset())(model=call(api))


def test_a_profile_of_identity_center_reaches_its_portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a cached token and no portal on the line, what fails is the connection, not the guard."""
    from scanner.collect.clients import CallSettings
    from scanner.collect.targets import CredentialsError, identify, open_session

    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    token = {"accessToken": "t", "expiresAt": expires, "region": "eu-west-1", "startUrl": START}
    (cache / f"{hashlib.sha1(START.encode()).hexdigest()}.json").write_text(json.dumps(token))  # noqa: S324  (botocore's name)
    config = tmp_path / "config"
    config.write_text(
        f"[profile audit]\nsso_start_url = {START}\nsso_region = eu-west-1\n"
        "sso_account_id = 111122223333\nsso_role_name = Audit\nregion = eu-west-1\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = CallSettings(attempts=1, connect_timeout=1, read_timeout=1)
    with pytest.raises(CredentialsError, match="AWS could not be reached"):
        identify(open_session("audit", settings))

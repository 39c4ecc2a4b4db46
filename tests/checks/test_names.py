"""Which names are those of secrets."""

import pytest

from checks.names import looks_secret, secret_names


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "dbPassword",
        "db-password",
        "DB_PASSWD",
        "SMTP_PASS",
        "API_KEY",
        "apiKey",
        "STRIPE_SECRET_KEY",
        "GITHUB_TOKEN",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "PrivateKey",
        "SIGNING_KEY",
        "client_secret",
        "CREDENTIALS",
        "DATABASE_CREDENTIALS_JSON",
        "/prod/db/password",
        "APIKEY",
        "MasterUserPassword",
        "PGPASSWORD",
        "REDISPASSWORD",
        "stripeapikey",
        "ECS_ENGINE_AUTH_DATA",
    ],
)
def test_secrets(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "DB_SECRET_ARN",
        "SECRET_NAME",
        "SecretId",
        "TOKEN_URL",
        "TOKEN_TTL",
        "PASSWORD_FILE",
        "MAX_TOKENS",
        "BYPASS_CACHE",
        "COMPASS",
        "PASS",
        "PUBLIC_KEY",
        "KMS_KEY_ID",
        "SECRETS_MANAGER_TTL",
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
        "PASSWORD_MIN_LENGTH",
        "AUTHOR",
        "KEY",
        "_",
        "DB_PASSWORD_PARAMETER",
        "NEXT_PAGE",
        "TOKENIZER_MODEL",
        "API_KEY_HEADER",
        "/prod/secrets/db/username",
        "PGPASSFILE",
        "SECRET_OWNER_EMAIL",
    ],
)
def test_what_is_no_secret(name: str) -> None:
    assert not looks_secret(name)


def test_the_names_are_told_once_and_in_order() -> None:
    assert secret_names(["TOKEN", "A", "PASSWORD", "TOKEN"]) == ["PASSWORD", "TOKEN"]

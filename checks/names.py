"""Names by which people call secrets. Only names are ever looked at: the values are not read, or not kept."""

import itertools
import re
from collections.abc import Iterable

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SECRETS = frozenset(
    {
        "password",
        "passwords",
        "passwd",
        "pwd",
        "passphrase",
        "secret",
        "secrets",
        "token",
        "credential",
        "credentials",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
    }
)
# Words that are run together with what comes before them: `PGPASSWORD`.
_ENDINGS = ("password", "passwd", "passphrase", "secret", "apikey", "secretkey", "accesskey")
_KEYS = frozenset({"api", "access", "private", "secret", "signing", "encryption"})
# What ends like this tells where a secret is, or how it is handled: `DB_SECRET_ARN`, `TOKEN_TTL`.
_ABOUT = frozenset(
    [
        "alias",
        "algorithm",
        "arn",
        "arns",
        "audience",
        "bucket",
        "cache",
        "connections",
        "count",
        "days",
        "disabled",
        "duration",
        "email",
        "enabled",
        "endpoint",
        "expiration",
        "expires",
        "expiry",
        "file",
        "filename",
        "header",
        "host",
        "hours",
        "id",
        "ids",
        "issuer",
        "length",
        "level",
        "lifetime",
        "limit",
        "location",
        "login",
        "manager",
        "max",
        "millis",
        "min",
        "minutes",
        "name",
        "names",
        "namespace",
        "parameter",
        "parameters",
        "param",
        "params",
        "path",
        "policy",
        "port",
        "prefix",
        "provider",
        "queue",
        "ref",
        "reference",
        "region",
        "rotation",
        "seconds",
        "size",
        "store",
        "suffix",
        "table",
        "timeout",
        "topic",
        "ttl",
        "type",
        "uri",
        "url",
        "user",
        "username",
        "version",
    ]
)


def looks_secret(name: str) -> bool:
    """Is this the name of a secret itself, rather than of where it is or how it is handled?"""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return False
    pairs = set(itertools.pairwise(words))
    if words[-3:] == ["access", "key", "id"]:
        return True  # it comes with the key
    if words[-2:] == ["auth", "data"]:
        return True  # ECS_ENGINE_AUTH_DATA holds the passwords of registries
    if words[-1] in _ABOUT or "extension" in words or ("secrets", "manager") in pairs:
        return False
    if (
        _SECRETS & set(words)
        or any(word.endswith(_ENDINGS) for word in words)
        or (len(words) > 1 and words[-1] == "pass")
    ):
        return True
    return any(second in ("key", "keys") and first in _KEYS for first, second in pairs)


def secret_names(names: Iterable[str]) -> list[str]:
    """Those of the names that are named like secrets, in order."""
    return sorted({name for name in names if looks_secret(name)})

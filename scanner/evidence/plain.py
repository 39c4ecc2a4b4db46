"""Answers as plain JSON values, so that what is judged live is what the bundle holds."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

LARGEST_EXACT = 2**53 - 1

# Shapes of credentials. AWS documents the prefixes of its key ids (IAM, "Unique identifiers"); the others are public formats.
_CREDENTIAL = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<![A-Za-z0-9_])gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"
    r"|(?<![A-Za-z0-9_])glpat-[A-Za-z0-9_-]{20,}"
    r"|(?<![A-Za-z0-9_])xox[abeoprs]-[A-Za-z0-9-]{10,}"
    r"|(?<![A-Za-z0-9_])sk_live_[A-Za-z0-9]{16,}"
    r"|(?<![A-Za-z0-9_])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])|(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{36}"
    r"|https://hooks\.slack\.com/services/[A-Za-z0-9/]+"
    r"|(?<![A-Za-z0-9])(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9/+=]{40,}"  # how tokens of AWS STS begin
    # A secret access key: 40 characters of base64, as a whole value or after `=` or `:`, with letters of both kinds, a digit and / or +.
    r"|(?:(?<=^)|(?<=[=:\s\"']))(?![a-z]+/)(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[0-9])"
    r"(?=[A-Za-z0-9]+[/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
    r"|(?<![A-Za-z0-9_])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"
)
MASK = "[masked]"


def masked(text: str) -> str:
    """The text without anything that looks like an access key, a token or a private key."""
    return _CREDENTIAL.sub(MASK, text)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second or finer."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: Any, *, keep: frozenset[str] = frozenset()) -> Any:
    """A parsed answer as JSON values, credentials masked. Values under the keys in `keep` are identifiers and stay as they are.

    An access key's id in the member that AWS names `AccessKeyId` is not a secret and is evidence; anywhere else it is a leak.
    """
    match value:
        case str():
            return masked(value)
        case bool() | None:
            return value
        case int():
            return value if abs(value) <= LARGEST_EXACT else str(value)
        case float():
            # A whole number has one spelling, which is the one that canonical JSON gives it.
            whole = int(value) if value.is_integer() else None
            return value if whole is None else whole if abs(whole) <= LARGEST_EXACT else str(value)
        case Decimal():
            return plain(float(value))
        case datetime():
            return timestamp(value)
        case bytes() | bytearray():
            return base64.b64encode(bytes(value)).decode()
        case Mapping():
            return {
                masked(str(key)): item if key in keep and isinstance(item, str) else plain(item, keep=keep)
                for key, item in value.items()
            }
        case list() | tuple():
            return [plain(item, keep=keep) for item in value]
        case _:
            return masked(str(value))

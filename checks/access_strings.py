"""Access strings of users of Redis and Valkey, as ElastiCache and MemoryDB hand them out."""


def is_off(access: str) -> bool:
    """Is the user switched off? Rules count from left to right, so that the last word of the two decides ("ACL" in Valkey's
    documentation); a user about whom neither is said is not off for certain."""
    words = [word for word in access.lower().split() if word in ("on", "off")]
    return bool(words) and words[-1] == "off"

"""Signer: with which profiles code and images are signed."""

from scanner import Evidence, Read, fact


class Profile(
    Evidence,
    read=Read("signer:ListSigningProfiles", "profiles", fixed={"includeCanceled": False}, arn="{arn}"),
):
    arn: str
    profile_name: str
    platform_id: str = ""
    status: str = ""


@fact
def signing_profiles(profiles: list[Profile]) -> str | None:
    """Which signing profiles are in use, and for what."""
    told = sorted(f"{one.profile_name} ({one.platform_id})" for one in profiles if one.status == "Active")
    return f"signing profiles: {', '.join(told[:10])}" if told else None

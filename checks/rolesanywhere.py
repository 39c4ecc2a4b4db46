"""IAM Roles Anywhere: which machines outside AWS get temporary credentials, and on whose word."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact


class Source(Part):
    source_type: str = "not told"


class Anchor(Evidence, read=Read("rolesanywhere:ListTrustAnchors", "trustAnchors", arn="{trust_anchor_arn}")):
    trust_anchor_arn: str
    name: str
    enabled: bool
    source: Source = Source()


class Profile(
    Evidence,
    read=Read("rolesanywhere:ListProfiles", "profiles", arn="{profile_arn}"),
):
    profile_arn: str
    name: str
    enabled: bool
    duration_seconds: int | None = None
    role_arns: tuple[str, ...] = ()


@check(effort="low")
def sessions_are_short(profile: Profile, *, hours: int = 1) -> Verdict:
    """Machines outside AWS get credentials for an hour at most.

    Why: a machine can ask again at any time, so that long credentials serve only who stole them.
    Fix: aws rolesanywhere update-profile --profile-id ID --duration-seconds 3600
    """
    if not profile.enabled:
        return NotApplicable("the profile is disabled")
    if profile.duration_seconds is None:
        return Holds("an hour, the default")
    told = f"{profile.duration_seconds} seconds"
    return Holds(told) if profile.duration_seconds <= hours * 3600 else Fails(told)


@fact
def trust_anchors(anchors: list[Anchor], profiles: list[Profile]) -> str | None:
    """Whose certificates are traded for temporary credentials."""
    told = sorted(f"{one.name} ({one.source.source_type})" for one in anchors if one.enabled)
    if not told:
        return None
    roles = {role for one in profiles if one.enabled for role in one.role_arns}
    return f"Roles Anywhere trusts {', '.join(told[:10])}, for {len(roles)} roles"

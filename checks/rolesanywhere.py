"""IAM Roles Anywhere: which machines outside AWS get temporary credentials, and for how long."""

from scanner import Evidence, Fails, Holds, NotApplicable, Read, Verdict, check, fact


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
def profiles(found: list[Profile]) -> str | None:
    """Which profiles trade certificates of machines outside AWS for temporary credentials."""
    names = sorted(one.name for one in found if one.enabled)
    if not names:
        return None
    roles = {role for one in found if one.enabled for role in one.role_arns}
    return f"machines outside AWS take {len(roles)} roles through the profiles: {', '.join(names[:10])}"

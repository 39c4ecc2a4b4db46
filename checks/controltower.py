"""Control Tower: whether the landing zone is as it was laid out, and which controls stand.

It answers in the management account, in the region where the landing zone is at home.
"""

from collections import Counter

from scanner import CannotTell, Evidence, Fails, Holds, Part, Read, Verdict, check, fact


class LandingZoneArn(Evidence, read=Read("controltower:ListLandingZones", "landingZones", arn="{arn}")):
    arn: str


class Drift(Part):
    status: str = "not told"


class LandingZone(
    Evidence,
    read=Read("controltower:GetLandingZone", "landingZone", per=LandingZoneArn, args={"landingZoneIdentifier": "arn"}),
):
    version: str
    status: str = "not told"
    latest_available_version: str | None = None
    drift_status: Drift = Drift()


class ControlStatus(Part):
    status: str = "not told"


class ControlDrift(Part):
    drift_status: str = "not told"


class EnabledControl(
    Evidence,
    read=Read("controltower:ListEnabledControls", "enabledControls", per=LandingZoneArn, arn="{arn}"),
):
    arn: str
    control_identifier: str
    target_identifier: str = ""
    status_summary: ControlStatus = ControlStatus()
    drift_status_summary: ControlDrift = ControlDrift()

    @property
    def name(self) -> str:
        return self.control_identifier.rpartition("/")[2]


@check(effort="medium")
def the_landing_zone_has_not_drifted(zone: LandingZone) -> Verdict:
    """The landing zone is as Control Tower laid it out.

    Why: what was changed by hand is what the next update breaks, or quietly undoes.
    Fix: aws controltower reset-landing-zone --landing-zone-identifier ARN
    """
    told = f"version {zone.version} is {zone.drift_status.status}"
    if zone.status == "FAILED":
        return Fails("the landing zone is FAILED")
    if zone.drift_status.status == "DRIFTED":
        return Fails(told)
    if zone.status != "ACTIVE":
        return CannotTell(f"the landing zone is {zone.status}")
    return Holds(told) if zone.drift_status.status == "IN_SYNC" else CannotTell(told)


@check(effort="medium")
def the_landing_zone_is_up_to_date(zone: LandingZone) -> Verdict:
    """The landing zone has the latest version.

    Why: new versions bring the guardrails of what AWS has learned since.
    Fix: aws controltower update-landing-zone --version VERSION …
    """
    if zone.latest_available_version is None:
        return CannotTell("the latest version is not told")
    told = f"version {zone.version}, the latest is {zone.latest_available_version}"
    return Holds(told) if zone.version == zone.latest_available_version else Fails(told)


@check(effort="medium")
def controls_stand(control: EnabledControl) -> Verdict:
    """Enabled controls are deployed and have not drifted.

    Why: a guardrail that is on the list and not on the account guards nothing.
    Fix: aws controltower reset-enabled-control --enabled-control-identifier ARN
    """
    status, drift = control.status_summary.status, control.drift_status_summary.drift_status
    told = f"{control.name} is {status}, its drift {drift}"
    if status == "UNDER_CHANGE":
        return CannotTell(told)
    # Controls that Control Tower does not watch for drift are NOT_CHECKING (API reference, EnabledControlSummary).
    if status == "SUCCEEDED" and drift in ("IN_SYNC", "NOT_CHECKING"):
        return Holds(told)
    return Fails(told) if status == "FAILED" or drift == "DRIFTED" else CannotTell(told)


@fact
def controls(found: list[EnabledControl]) -> str | None:
    """How many controls are enabled, on how many units."""
    if not found:
        return None
    units = Counter(one.target_identifier for one in found)
    return f"{len(found)} controls are enabled on {len(units)} organizational units"

"""GuardDuty: whether threats are looked for, in which sources, and where the findings go."""

from datetime import datetime, timedelta

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, ScanTime, Verdict, check, fact


class DetectorId(
    Evidence,
    read=Read(
        "guardduty:ListDetectors",
        "DetectorIds",
        arn="arn:{partition}:guardduty:{region}:{account}:detector/{value}",
    ),
):
    value: str


class Feature(Part):
    name: str
    status: str


class Detector(Evidence, read=Read("guardduty:GetDetector", per=DetectorId, args={"DetectorId": "value"})):
    status: str
    features: tuple[Feature, ...] = ()
    finding_publishing_frequency: str | None = None

    @property
    def on(self) -> frozenset[str]:
        return frozenset(feature.name for feature in self.features if feature.status == "ENABLED")

    def lacks(self, *names: str) -> bool:
        """Does the answer not tell of them? A region that does not offer a feature leaves it out (GuardDuty API reference)."""
        return bool(self.features) and not set(names) & {feature.name for feature in self.features}


class Destination(
    Evidence,
    read=Read("guardduty:ListPublishingDestinations", "Destinations", per=DetectorId, args={"DetectorId": "value"}),
):
    destination_type: str
    status: str


class ThreatList(
    Evidence,
    read=Read("guardduty:ListThreatIntelSets", "ThreatIntelSetIds", per=DetectorId, args={"DetectorId": "value"}),
):
    value: str


class GraveFindingId(
    Evidence,
    read=Read(
        "guardduty:ListFindings",
        "FindingIds",
        per=DetectorId,
        args={"DetectorId": "value"},
        # High begins at 7 (user guide, "Findings severity levels"); what is archived or suppressed is left out.
        # An administrator sees the findings of its members, too.
        fixed={
            "FindingCriteria": {
                "Criterion": {
                    "accountId": {"Eq": ["{account}"]},
                    "service.archived": {"Eq": ["false"]},
                    "severity": {"GreaterThanOrEqual": 7},
                }
            }
        },
    ),
):
    """A high or critical finding that nobody has archived."""

    value: str


class GraveFinding(
    Evidence,
    read=Read(
        "guardduty:GetFindings",
        "Findings",
        per=GraveFindingId,
        args={"DetectorId": "DetectorId.value", "FindingIds": "value"},
        batch=50,
        many="FindingIds",
        match="id",
    ),
):
    id: str
    type: str
    title: str = ""
    created_at: datetime

    @property
    def sample(self) -> bool:
        """Made by CreateSampleFindings, which marks the title so (user guide, "Sample findings")."""
        return self.title.startswith("[SAMPLE]")


class Administrator(
    Evidence,
    read=Read(
        "guardduty:GetAdministratorAccount",
        "Administrator",
        per=DetectorId,
        args={"DetectorId": "value"},
        omitted_if_empty=True,  # an account that nobody administers gets no content (API reference)
    ),
):
    account_id: str = ""
    relationship_status: str = ""


SUSPENDED = NotApplicable("the detector is suspended")


@check(effort="low")
def threats_are_looked_for(detectors: list[Detector]) -> Verdict:
    """GuardDuty is on in the region.

    Why: an intruder picks the region where nobody looks, and stolen keys are used from there.
    Fix: aws guardduty create-detector --enable --region REGION, best for all accounts from the delegated administrator.
    """
    if any(detector.status == "ENABLED" for detector in detectors):
        return Holds("a detector is enabled")
    return Fails("the detector is suspended" if detectors else "there is no detector")


@check(effort="low")
def detectors_watch_all_sources(
    detector: Detector,
    *,
    sources: tuple[str, ...] = (
        "S3_DATA_EVENTS",
        "EKS_AUDIT_LOGS",
        "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS",
        "LAMBDA_NETWORK_LOGS",
    ),
) -> Verdict:
    """Detectors also watch data, clusters, volumes, databases and functions.

    Why: the base sources see the network and the control plane, but not what happens inside storage and compute.
    Fix: aws guardduty update-detector --detector-id ID --features Name=S3_DATA_EVENTS,Status=ENABLED …
    """
    if detector.status != "ENABLED":
        return SUSPENDED
    off = sorted(set(sources) - detector.on)
    if unknown := [one for one in off if detector.lacks(one)]:
        off = [one for one in off if one not in unknown]
        if not off:
            return CannotTell(f"the region may not offer {', '.join(unknown)}; the others are on")
    return Fails(f"off: {', '.join(off)}") if off else Holds(f"on: {', '.join(sorted(sources))}")


@check(effort="medium")
def detectors_watch_running_workloads(detector: Detector) -> Verdict:
    """Detectors watch what runs inside instances and containers.

    Why: processes, files and connections on the host show an attack that no log of AWS does.
    Fix: aws guardduty update-detector --detector-id ID --features Name=RUNTIME_MONITORING,Status=ENABLED …
    """
    if detector.status != "ENABLED":
        return SUSPENDED
    # The older EKS_RUNTIME_MONITORING covers clusters only, and cannot be on beside RUNTIME_MONITORING.
    if "RUNTIME_MONITORING" in detector.on:
        return Holds("runtime monitoring is on")
    if detector.lacks("RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"):
        return CannotTell("the region may not offer runtime monitoring")
    return Fails("only for EKS" if "EKS_RUNTIME_MONITORING" in detector.on else "runtime monitoring is off")


@check(effort="medium")
def grave_findings_are_decided(
    detector: Detector, findings: list[GraveFinding], at: ScanTime, *, days: int = 7
) -> Verdict:
    """High and critical findings are looked into and archived within a week.

    Why: an intrusion that was noticed and left alone cost more than one that nobody noticed.
    Fix: look into what the finding names, then aws guardduty archive-findings --detector-id ID --finding-ids ID
    """
    if detector.status != "ENABLED":
        return SUSPENDED
    old = [one for one in findings if not one.sample and at - one.created_at > timedelta(days=days)]
    if not old:
        return Holds(f"no high finding has been open for more than {days} days")
    kinds = ", ".join(sorted({one.type for one in old})[:3])
    return Fails(f"{len(old)} high findings have been open for more than {days} days: {kinds}")


@fact
def exercises(findings: list[GraveFinding]) -> str | None:
    """Whether sample findings were made, as in an exercise."""
    samples = [one for one in findings if one.sample]
    if not samples:
        return None
    last = max(one.created_at for one in samples)
    return f"{len(samples)} high sample findings are open, the last of {last:%Y-%m-%d}"


@fact
def who_administers_detection(detectors: list[DetectorId], administrators: list[Administrator]) -> str | None:
    """Which account administers GuardDuty for this one."""
    if not detectors:
        return None
    told = sorted(f"{one.account_id} ({one.relationship_status})" for one in administrators if one.account_id)
    return f"GuardDuty is administered by: {', '.join(told) or 'this account itself'}"


@fact
def findings_are_published(detector: Detector) -> str:
    """How often findings are published again."""
    return f"updated findings are published every: {detector.finding_publishing_frequency or 'not told'}"


@fact
def findings_are_exported(detector: DetectorId, destinations: list[Destination]) -> str:
    """Where findings are exported to."""
    told = ", ".join(f"{one.destination_type} ({one.status})" for one in destinations)
    return f"detector {detector.value} exports its findings to: {told or 'nowhere'}"


@fact
def threat_lists(detector: DetectorId, lists: list[ThreatList]) -> str:
    """How many threat lists of its own the account feeds in."""
    return f"detector {detector.value} uses {len(lists)} threat lists of the account's own"

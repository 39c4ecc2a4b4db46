"""GuardDuty checks, against real clients and as tables."""

from datetime import UTC, datetime

import pytest

from checks import guardduty
from checks.guardduty import Destination, Detector, DetectorId, Feature, ThreatList
from fixtures.standins.prepared import Prepared
from scanner import CannotTell, Fails, Holds, Verdict
from tests.answering import answering
from tests.checks.answers import judge_all
from tests.emulator import ACCOUNT, Emulator

ALL = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")


def detector(*on: str, status: str = "ENABLED") -> Detector:
    states = dict.fromkeys((*ALL, "RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"), "DISABLED")
    states |= dict.fromkeys(on, "ENABLED")
    return Detector(status=status, features=tuple(Feature(name=name, status=state) for name, state in states.items()))


def test_each_region_needs_a_detector(aws: Emulator) -> None:
    aws.client("guardduty").create_detector(Enable=True)
    aws.client("guardduty", "eu-central-1").create_detector(Enable=False)
    assert aws.judge("guardduty.threats_are_looked_for", regions=("us-east-1", "eu-west-1", "eu-central-1")) == {
        "region:us-east-1": ("holds", "a detector is enabled"),
        "region:eu-west-1": ("fails", "there is no detector"),
        "region:eu-central-1": ("fails", "the detector is suspended"),
    }


def test_sources_are_read(aws: Emulator) -> None:
    regions = ("us-east-1", "eu-west-1", "eu-central-1", "eu-north-1")
    states = {
        "us-east-1": dict.fromkeys((*ALL, "RUNTIME_MONITORING"), "ENABLED"),
        "eu-west-1": {
            **dict.fromkeys(ALL, "DISABLED"),
            "RUNTIME_MONITORING": "DISABLED",
            "EKS_RUNTIME_MONITORING": "ENABLED",
        },
        "eu-central-1": dict.fromkeys(ALL, "ENABLED"),
        # A region in which AWS does not offer what watches running workloads does not list it.
        "eu-north-1": dict.fromkeys(ALL, "ENABLED"),
    }

    def made(region: str) -> str:
        features = [{"Name": name, "Status": state} for name, state in states[region].items()]
        client = aws.client("guardduty", region)
        id_ = client.create_detector(Enable=region != "eu-central-1", Features=features)["DetectorId"]
        return f"arn:aws:guardduty:{region}:{ACCOUNT}:detector/{id_}"

    good, bad, suspended, small = (made(region) for region in regions)
    off, on = ("not applicable", guardduty.SUSPENDED.because), ("holds", f"on: {', '.join(sorted(ALL))}")
    names = ("detectors_watch_all_sources", "detectors_watch_running_workloads")
    assert judge_all(aws, "guardduty", names, regions) == {
        "detectors_watch_all_sources": {
            good: on,
            bad: ("fails", f"off: {', '.join(sorted(ALL))}"),
            suspended: off,
            small: on,
        },
        "detectors_watch_running_workloads": {
            good: ("holds", "runtime monitoring is on"),
            bad: ("fails", "only for EKS"),
            suspended: off,
            small: ("unknown", "the region may not offer runtime monitoring"),
        },
    }
    told = "updated findings are published every: SIX_HOURS"
    assert aws.judge("guardduty.findings_are_published")[good] == ("told", told)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (detector(*ALL), Holds(f"on: {', '.join(sorted(ALL))}")),
        (detector(*ALL[2:]), Fails("off: EKS_AUDIT_LOGS, S3_DATA_EVENTS")),
        (
            Detector(status="ENABLED", features=(Feature(name="S3_DATA_EVENTS", status="DISABLED"),)),
            Fails("off: S3_DATA_EVENTS"),
        ),
        (Detector(status="ENABLED"), Fails(f"off: {', '.join(sorted(ALL))}")),
        (
            Detector(status="ENABLED", features=tuple(Feature(name=name, status="ENABLED") for name in ALL[:4])),
            CannotTell("the region may not offer LAMBDA_NETWORK_LOGS; the others are on"),
        ),
        (detector(*ALL, status="DISABLED"), guardduty.SUSPENDED),
    ],
)
def test_detectors_watch_all_sources(one: Detector, verdict: Verdict) -> None:
    assert guardduty.detectors_watch_all_sources(one) == verdict


def test_the_sources_to_watch_are_a_setting() -> None:
    one = guardduty.detectors_watch_all_sources(detector("S3_DATA_EVENTS"), sources=("S3_DATA_EVENTS",))
    assert one == Holds("on: S3_DATA_EVENTS")


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (detector(), Fails("runtime monitoring is off")),
    ],
)
def test_detectors_watch_running_workloads(one: Detector, verdict: Verdict) -> None:
    assert guardduty.detectors_watch_running_workloads(one) == verdict


def test_no_detector_has_no_sources(aws: Emulator) -> None:
    assert aws.judge("guardduty.detectors_watch_all_sources") == {
        "region:us-east-1": ("not applicable", "there is none: guardduty:ListDetectors listed nothing")
    }


def test_facts_that_moto_cannot_answer() -> None:
    # moto lacks ListPublishingDestinations and ListThreatIntelSets.
    one = DetectorId(value="d")
    assert guardduty.findings_are_exported(one, []) == "detector d exports its findings to: nowhere"
    exported = guardduty.findings_are_exported(one, [Destination(destination_type="S3", status="PUBLISHING")])
    assert exported == "detector d exports its findings to: S3 (PUBLISHING)"
    lists = guardduty.threat_lists(one, [ThreatList(value="a")])
    assert lists == "detector d uses 1 threat lists of the account's own"


def grave(number: str, title: str, created: str) -> dict[str, object]:
    return {
        "AccountId": ACCOUNT,
        "Arn": f"arn:aws:guardduty:us-east-1:{ACCOUNT}:detector/d/finding/{number}",
        "CreatedAt": created,
        "Id": number,
        "Region": "us-east-1",
        "Resource": {},
        "SchemaVersion": "2.0",
        "Severity": 8,
        "Title": title,
        "Type": "Backdoor:EC2/C&CActivity.B",
        "UpdatedAt": created,
    }


def test_grave_findings_are_decided(aws: Emulator) -> None:
    """moto lacks findings. A finding's detector is asked for by the detector's id, not by the finding's."""
    check, at = "guardduty.grave_findings_are_decided", datetime(2026, 11, 23, 12, tzinfo=UTC)
    detector_id = aws.client("guardduty").create_detector(Enable=True)["DetectorId"]
    arn = f"arn:aws:guardduty:us-east-1:{ACCOUNT}:detector/{detector_id}"
    assert aws.judge(check, at=at) == {arn: ("holds", "no high finding has been open for more than 7 days")}
    young = grave("1", "An instance talks to a command server", "2026-11-20T00:00:00.000Z")
    sample = grave("2", "[SAMPLE] An instance talks to a command server", "2026-11-01T00:00:00.000Z")
    old = grave("3", "An instance talks to a command server", "2026-11-01T00:00:00.000Z")
    with answering("guardduty", ListFindings={"FindingIds": ["1", "2"]}, GetFindings={"Findings": [young, sample]}):
        assert aws.verdicts(check, at=at) == {arn: "holds"}
        told = "1 high sample findings are open, the last of 2026-11-01"
        assert aws.judge("guardduty.exercises", at=at) == {"region:us-east-1": ("told", told)}
    mine = Prepared(source="of this detector", when={"DetectorId": detector_id}, answer={"Findings": [young, old]})
    with answering("guardduty", ListFindings={"FindingIds": ["1", "3"]}, GetFindings=mine):
        assert aws.judge(check, at=at) == {
            arn: ("fails", "1 high findings have been open for more than 7 days: Backdoor:EC2/C&CActivity.B")
        }
    with answering("guardduty", ListFindings={"FindingIds": ["1", "3"]}, GetFindings={"Findings": [young]}):
        assert aws.verdicts(check, at=at) == {arn: "unknown"}
    told = "GuardDuty is administered by: this account itself"
    assert aws.judge("guardduty.who_administers_detection") == {"region:us-east-1": ("told", told)}
    aws.client("guardduty").update_detector(DetectorId=detector_id, Enable=False)
    assert aws.verdicts(check, at=at) == {arn: "not applicable"}

"""Findings as OCSF compliance findings (class 2003), a JSON object a line. Needs `pip install 'wafr[ocsf]'`."""

from collections.abc import Iterator
from datetime import datetime

from py_ocsf_models.events.findings.activity_id import ActivityID
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from py_ocsf_models.events.findings.compliance_finding_type_id import ComplianceFindingTypeID
from py_ocsf_models.events.findings.severity_id import SeverityID
from py_ocsf_models.events.findings.status_id import StatusID as FindingStatus
from py_ocsf_models.objects.compliance import Compliance
from py_ocsf_models.objects.compliance_status import StatusID
from py_ocsf_models.objects.finding_info import FindingInformation
from py_ocsf_models.objects.metadata import Metadata
from py_ocsf_models.objects.product import Product
from py_ocsf_models.objects.remediation import Remediation
from py_ocsf_models.objects.resource_details import ResourceDetails

from scanner.review.document import AnswerEntry, CheckEntry, FindingEntry, Review
from scanner.review.text import visible

OCSF_VERSION = "1.5.0"
_STATUS = {
    "holds": StatusID.Pass,
    "fails": StatusID.Fail,
    "unknown": StatusID.Unknown,
    "not applicable": StatusID.Other,
}
_SEVERITY = {"High": SeverityID.High, "Medium": SeverityID.Medium, "Low": SeverityID.Low}


def ocsf_lines(review: Review) -> str:
    """Every finding; its severity is that of the highest-rated practice that it decides, and only where it fails."""
    decides: dict[str, list[AnswerEntry]] = {}
    for answer in review.answers:
        for name in answer.findings:
            decides.setdefault(name, []).append(answer)
    checks = {check.id: check for check in review.checks}
    return "".join(
        f"{_event(review, finding, checks[finding.check], decides.get(finding.id, [])).model_dump_json(exclude_none=True)}\n"
        for finding in review.findings
    )


def _event(review: Review, finding: FindingEntry, check: CheckEntry, answers: list[AnswerEntry]) -> ComplianceFinding:
    at = datetime.fromisoformat(review.scan.at)
    moment = int(at.timestamp() * 1000)
    severity = _severity(finding, answers)
    accepted = any(rule.status == "active" and finding.id in rule.findings for rule in review.accepted)
    return ComplianceFinding(
        activity_id=ActivityID.Create,
        activity_name=ActivityID.Create.name,
        severity_id=severity,
        severity=severity.name,
        status_id=FindingStatus.Suppressed if accepted else FindingStatus.New,
        status=(FindingStatus.Suppressed if accepted else FindingStatus.New).name,
        status_code=finding.verdict,
        status_detail=visible(finding.because),
        time=moment,
        time_dt=at,
        type_uid=ComplianceFindingTypeID.Create,
        type_name="Compliance Finding: Create",
        message=visible(f"{check.title} {finding.because}"),
        metadata=Metadata(
            product=Product(name="wafr", vendor_name="wafr", version=review.scan.versions.get("wafr", "")),
            version=OCSF_VERSION,
            event_code=finding.check,
            uid=finding.id,
        ),
        finding_info=FindingInformation(
            title=check.title, uid=finding.id, desc=check.why, created_time=moment, types=list(_types(answers))
        ),
        compliance=Compliance(
            status_id=_STATUS[finding.verdict],
            standards=[f"AWS Well-Architected Framework {review.lens_version}"],
            requirements=[answer.label for answer in answers],
            control=finding.check,
        ),
        remediation=Remediation(desc=check.fix) if check.fix else None,
        resources=[
            ResourceDetails(
                uid=visible(finding.resource),
                region=finding.region,
                cloud_partition="aws",
                type=check.services[0] if check.services else None,
            )
        ],
        unmapped={"account": finding.account, "evidence": list(finding.evidence), "settings": finding.settings},
    )


def _severity(finding: FindingEntry, answers: list[AnswerEntry]) -> SeverityID:
    if finding.verdict != "fails":
        return SeverityID.Unknown if finding.verdict == "unknown" else SeverityID.Informational
    ratings = {answer.rating for answer in answers}
    return next((_SEVERITY[rating] for rating in ("High", "Medium", "Low") if rating in ratings), SeverityID.Low)


def _types(answers: list[AnswerEntry]) -> Iterator[str]:
    yield "Compliance"
    yield from sorted({answer.question for answer in answers})

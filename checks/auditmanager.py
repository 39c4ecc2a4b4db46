"""Audit Manager: which standards evidence is gathered for."""

from datetime import datetime

from scanner import Evidence, Read, fact


class Status(Evidence, read=Read("auditmanager:GetAccountStatus")):
    """It answers for an account that never used Audit Manager too: INACTIVE (API reference)."""

    status: str


class Assessment(
    Evidence,
    read=Read(
        "auditmanager:ListAssessments",
        "assessmentMetadata",
        per=Status,
        when={"status": "ACTIVE"},
        omitted_if_empty=True,
    ),
):
    name: str
    status: str
    compliance_type: str = ""
    last_updated: datetime | None = None


@fact
def assessments(found: list[Assessment]) -> str | None:
    """Which assessments gather evidence, and for which standard."""
    told = sorted(f"{one.name} ({one.compliance_type or 'a standard of its own'}, {one.status})" for one in found)
    return f"assessments in Audit Manager: {', '.join(told[:10])}" if told else None

"""Practices as findings for Security Hub, in batches that one BatchImportFindings takes. We write the batches; nothing is imported.

AWS's Security Finding Format: 100 findings a batch, 32 resources a finding; ids that stay the same, so that an import updates.
"""

import json
from collections.abc import Iterator
from typing import Any

from scanner.review.document import AnswerEntry, FindingEntry, Review
from scanner.review.text import short, visible

MOST_FINDINGS = 100
MOST_RESOURCES = 32
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_ID = 256, 1024, 512
_STATUS = {"verified": "PASSED", "supported": "WARNING", "refuted": "FAILED", "unknown": "NOT_AVAILABLE"}


def asff_batches(review: Review, region: str, account: str = "", partition: str = "aws") -> str:
    """A batch a line, each a JSON list: one finding for each practice of which the evidence says something."""
    owner = account or review.scan.accounts[0]
    product = f"arn:{partition}:securityhub:{region}:{owner}:product/{owner}/default"
    findings = {finding.id: finding for finding in review.findings}
    told = [_finding(review, answer, findings, product, owner) for answer in review.answers if answer.stance in _STATUS]
    batches = (told[start : start + MOST_FINDINGS] for start in range(0, len(told), MOST_FINDINGS))
    return "".join(f"{json.dumps(batch, ensure_ascii=False)}\n" for batch in batches)


def _finding(
    review: Review, answer: AnswerEntry, findings: dict[str, FindingEntry], product: str, account: str
) -> dict[str, Any]:
    failing = [findings[name] for name in answer.findings if findings[name].verdict == "fails"]
    status = _STATUS[answer.stance]
    severity = {"High": "HIGH", "Medium": "MEDIUM", "Low": "LOW"}[answer.rating] if failing else "INFORMATIONAL"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"wafr/{review.lens}/{answer.choice}/{account}"[:LONGEST_ID],
        "ProductArn": product,
        "GeneratorId": f"wafr/{answer.choice}",
        "AwsAccountId": account,
        "CreatedAt": review.scan.at,
        "UpdatedAt": review.scan.at,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards/AWS-Well-Architected-Framework"],
        "Title": short(f"{answer.label} {answer.title}", LONGEST_TITLE),
        "Description": short(_description(answer, failing), LONGEST_DESCRIPTION),
        "Severity": {"Label": severity},
        "Compliance": {"Status": status, "RelatedRequirements": [f"AWS Well-Architected {answer.label}"]},
        "Workflow": {"Status": "SUPPRESSED" if answer.accepted else "RESOLVED" if status == "PASSED" else "NEW"},
        "RecordState": "ACTIVE",
        "Resources": list(_resources(failing, account)),
        "ProductFields": {
            "wafr/evidence-root": review.bundle.evidence_root,
            "wafr/stance": answer.stance,
            "wafr/failing": str(len(failing)),
        },
    }


def _description(answer: AnswerEntry, failing: list[FindingEntry]) -> str:
    named = "; ".join(f"{short(visible(f.resource), 120)}: {visible(f.because)}" for f in failing[:5])
    return f"Evidence: {answer.stance}, {visible(answer.because)}." + (f" {named}" if named else "")


def _resources(failing: list[FindingEntry], account: str) -> Iterator[dict[str, str]]:
    """At most 32, each once; the account where nothing fails."""
    named = dict.fromkeys(short(visible(finding.resource), LONGEST_ID) for finding in failing)
    for name in list(named)[:MOST_RESOURCES] or [f"AWS::::Account:{account}"]:
        yield {"Type": "AwsAccount" if name.startswith("AWS::::Account") else "Other", "Id": name}

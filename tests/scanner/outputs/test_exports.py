"""Every other output: what it says is what the Review says, and no name in an account does it any harm."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.session import get_session
from junitparser import JUnitXml
from openpyxl import load_workbook
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from trestle.oscal.assessment_results import Model

from fixtures.standins.shapes import problems
from scanner.evidence.reading import Call, Outcome, Reading
from scanner.outputs.asff import asff_batches
from scanner.outputs.closing import closing_markdown
from scanner.outputs.guide import guide_markdown
from scanner.outputs.junit import junit_xml
from scanner.outputs.notice import notice
from scanner.outputs.ocsf import ocsf_lines
from scanner.outputs.oscal import oscal_json
from scanner.outputs.roadmap import roadmap_csv, roadmap_markdown
from scanner.outputs.summary import summary_markdown
from scanner.outputs.table import findings_csv
from scanner.outputs.workbook import workbook
from scanner.review.diff import compare
from scanner.review.document import AcceptedEntry, Review
from scanner.review.roadmap import roadmap
from tests.reviews import ACCOUNT, REGION, answer, check, fact, finding, refusal, review

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+SUM(A1:A9)",
    "@everyone | ![x](http://example.com) `code`\n# heading",
    "🔥" * 5_000,
    "\u202egnp.exe \u05d0\u05d1\u05d2",
    "nul\x00 esc\x1b[31m bell\x07 \ufffe",
    "]]></failure>&amp;",
)
ROTATE, NAMED = "kms.keys_rotate", "kms.keys_are_named"


def account() -> Review:
    """Two practices: one refuted by eight resources with hostile names, one that holds; one practice unknown."""
    failing = [finding((ROTATE, name, "fails", f"it is {name}")) for name in HOSTILE]
    held = [finding((NAMED, "arn:key", "holds", "named"))]
    unseen = [finding(("rds.is_encrypted", "region:eu-west-1", "unknown", "rds:DescribeDBInstances was refused"))]
    gone = [finding(("s3.is_closed", "region:eu-west-1", "not applicable", "there is none"))]
    return review(
        [
            answer("SEC08-BP01", failing, claimed=True, ask=("Who may?",), facts=("kms.keys",)),
            answer("SEC08-BP02", [*held, *gone]),
            answer("REL09-BP01", unseen, claimed=True),
            answer("REL09-BP02", []),
        ],
        [*failing, *held, *unseen, *gone],
        checks=[check(ROTATE), check(NAMED), check("rds.is_encrypted"), check("s3.is_closed")],
        facts=(fact("kms.keys", HOSTILE[0]),),
        refusals=(refusal("rds:DescribeDBInstances", "REL09-BP01"),),
        owners={failing[0].id: "=ada"},
        workload=HOSTILE[3],
    )


SEEN = account()
COUNTS = {"holds": 1, "fails": len(HOSTILE), "unknown": 1, "not applicable": 1}


def is_formula(text: str) -> bool:
    return text.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_holds_every_finding_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(findings_csv(SEEN))))
    assert [(row["finding"], row["verdict"]) for row in rows] == [(f.id, f.verdict) for f in SEEN.findings]
    assert [cell for row in rows for cell in row.values() if is_formula(cell)] == []
    assert (rows[1]["resource"], rows[0]["owner"], rows[0]["practices"]) == (f"'{HOSTILE[1]}", "'=ada", "SEC08-BP01")


def test_the_workbook_is_what_an_auditor_asks_for() -> None:
    call = Call(ACCOUNT, REGION, "kms:DescribeKey", '{"KeyId":"=1+1"}')
    reading = Reading.make(call, Outcome.DENIED, "2026-10-01T00:00:00Z", error="AccessDenied", message="no")
    calls = [{"api": "kms:DescribeKey", "account": ACCOUNT, "region": REGION, "asked": 8, "throttled": 1}]
    book = load_workbook(io.BytesIO(workbook(SEEN, [reading], calls)))
    sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}
    assert list(sheets) == [
        "About", "Population", "Answers", "Findings", "Evidence", "Calls", "Not seen", "Accepted risks",
    ]  # fmt: skip
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert [ROTATE, ACCOUNT, REGION, 8, 0, 8, 0, 0] in sheets["Population"]
    assert len(sheets["Findings"]) == 1 + len(SEEN.findings)
    assert sheets["Evidence"][1][0] == reading.digest
    assert sheets["Calls"][1] == ["kms:DescribeKey", ACCOUNT, REGION, 8, 1]
    assert sheets["Answers"][1][:5] == ["SEC08-BP01", "Practice SEC08-BP01", "High", "refuted", "yes"]
    assert dict(sheets["About"])["evidence root (SHA-256)"] == "ab" * 32


def test_junit_fails_what_fails_and_passes_only_what_holds() -> None:
    suites = list(JUnitXml.fromstring(junit_xml(SEEN)))
    verdicts = {
        (case.classname, len(case.result) and type(case.result[0]).__name__) for suite in suites for case in suite
    }
    assert verdicts == {(ROTATE, "Failure"), (NAMED, 0), ("rds.is_encrypted", "Error"), ("s3.is_closed", "Skipped")}
    totals = [sum(getattr(suite, name) for suite in suites) for name in ("tests", "failures", "errors", "skipped")]
    assert totals == [11, 8, 1, 1]


def test_ocsf_says_unknown_where_it_is_unknown() -> None:
    events = [ComplianceFinding.model_validate_json(line) for line in ocsf_lines(SEEN).splitlines()]
    found = {
        (e.metadata.event_code, (e.compliance.status_id and e.compliance.status_id.name) or "Unknown") for e in events
    }
    assert found == {
        (ROTATE, "Fail"), (NAMED, "Pass"), ("rds.is_encrypted", "Unknown"), ("s3.is_closed", "Other"),
    }  # fmt: skip
    assert [event.finding_info.uid for event in events] == [f.id for f in SEEN.findings]
    assert {event.severity for event in events if event.compliance.control == ROTATE} == {"High"}
    assert {event.class_uid for event in events} == {2003}


def test_security_hub_takes_the_batches() -> None:
    model = get_session().get_service_model("securityhub").operation_model("BatchImportFindings")
    (batch,) = [json.loads(line) for line in asff_batches(SEEN, REGION).splitlines()]
    assert list(problems(model.input_shape, {"Findings": batch})) == []
    assert {(one["GeneratorId"], one["Compliance"]["Status"], one["Severity"]["Label"]) for one in batch} == {
        ("wafr/sec08_bp01", "FAILED", "HIGH"),
        ("wafr/sec08_bp02", "WARNING", "INFORMATIONAL"),
        ("wafr/rel09_bp01", "NOT_AVAILABLE", "INFORMATIONAL"),
    }
    assert all(len(one["Title"]) <= 256 and len(one["Description"]) <= 1024 for one in batch)
    assert all(1 <= len(r["Id"]) <= 512 for one in batch for r in one["Resources"])
    assert [one["Id"] for one in batch] == [one["Id"] for one in json.loads(asff_batches(SEEN, REGION).splitlines()[0])]


def test_more_than_a_batch_takes_goes_into_the_next() -> None:
    findings = [finding((ROTATE, f"arn:{number}", "fails", "off")) for number in range(40)]
    answers = [answer(f"SEC{number // 10:02}-BP{number:02}", findings) for number in range(150)]
    batches = [json.loads(line) for line in asff_batches(review(answers, findings), REGION).splitlines()]
    assert [len(batch) for batch in batches] == [100, 50]
    assert {len(one["Resources"]) for batch in batches for one in batch} == {32}


def test_oscal_is_what_the_reference_library_takes() -> None:
    document = oscal_json(SEEN)
    read = Model.model_validate_json(document)
    (result,) = read.assessment_results.results
    assert [(f.target.target_id, f.target.status.state.value) for f in result.findings] == [
        ("sec08_bp01", "not-satisfied")
    ]
    assert [observation.title for observation in result.observations] == [
        "SEC08-BP01 Practice SEC08-BP01", "SEC08-BP02 Practice SEC08-BP02", "REL09-BP01 Practice REL09-BP01",
    ]  # fmt: skip
    assert oscal_json(SEEN) == document


def markdowns() -> dict[str, str]:
    later = SEEN.model_copy(update={"scan": SEEN.scan.model_copy(update={"at": "2026-11-20T00:00:00Z"})})
    changes = compare(SEEN, later)
    items = roadmap(SEEN)
    plans = {ROTATE: {"owner": HOSTILE[3], "ticket": HOSTILE[0]}}
    return {
        "guide": guide_markdown(SEEN),
        "summary": summary_markdown(SEEN, changes),
        "closing": closing_markdown(SEEN, later, changes),
        "roadmap": roadmap_markdown(items, plans),
    }


@pytest.mark.parametrize("name", ["guide", "summary", "closing", "roadmap"])
def test_markdown_shows_names_to_the_letter(name: str) -> None:
    text = markdowns()[name]
    assert "<script>" not in text
    assert "\n# heading" not in text
    assert "![x](http" not in text
    assert " @everyone" not in text
    assert not any(character in text for character in "\x00\x07\x1b\u202e")
    assert max(len(line) for line in text.splitlines()) < 3_000


def test_the_guide_asks_and_reads_aloud() -> None:
    text = guide_markdown(SEEN)
    assert text.index("# Claimed, and refuted by the evidence") < text.index("# Could not be seen")
    assert "**Ask:** Who may?" in text
    assert "- read aloud: &lt;script&gt;alert\\(1\\)" in text
    assert "- ? rds:DescribeDBInstances was refused" in text


def test_the_roadmap_goes_into_jira() -> None:
    rows = list(
        csv.DictReader(io.StringIO(roadmap_csv(roadmap(SEEN), {ROTATE: {"owner": "=ada", "due": "2026-12-01"}})))
    )
    assert [(row["External ID"], row["Priority"], row["Assignee"], row["Due Date"]) for row in rows] == [
        (ROTATE, "High", "'=ada", "2026-12-01")
    ]
    assert "Closes: SEC08-BP01" in rows[0]["Description"]
    assert [cell for row in rows for cell in row.values() if is_formula(cell)] == []


def test_a_notice_is_within_the_limits_of_sns() -> None:
    told = notice(SEEN, None)
    assert len(told.subject) <= 100
    assert told.subject.isascii()
    assert "\n" not in told.subject
    assert told.detail["high_risk_issues"] == ["SEC08"]
    json.dumps(told.detail)


def test_accepted_is_told_as_accepted() -> None:
    first = SEEN.findings[0]
    rule: dict[str, Any] = {
        "practice": "SEC08-BP01", "check": "", "resource": "*", "owner": "ada", "approver": "emil", "ticket": "R-1",
        "reason": "soon gone", "accepted": "2026-09-01", "expires": "2026-12-01", "status": "active",
        "findings": (first.id,),
    }  # fmt: skip
    entry = AcceptedEntry.model_validate(rule)
    questions = tuple(q.model_copy(update={"accepted": q.number == "SEC08"}) for q in SEEN.questions)
    seen = SEEN.model_copy(update={"accepted": (entry,), "questions": questions})
    assert "| HIGH, accepted | SEC08 " in summary_markdown(seen, [])
    events = [json.loads(line) for line in ocsf_lines(seen).splitlines()]
    assert [event["status"] for event in events][:2] == ["Suppressed", "New"]
    assert events[0]["compliance"]["status_id"] == 3
    assert (seen.at_risk("high"), SEEN.at_risk("high")) == (False, True)
    assert replace(first, verdict="holds").id == first.id

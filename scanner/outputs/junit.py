"""Findings as JUnit XML, for the test view of a CI: a failure is a failure, unknown is an error, and never a pass."""

from collections import defaultdict

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from scanner.review.document import FindingEntry, Review
from scanner.review.text import short, visible

LONGEST = 300


def junit_xml(review: Review) -> bytes:
    """A suite for each check, a case for each resource. What does not apply is skipped."""
    by_check: dict[str, list[FindingEntry]] = defaultdict(list)
    for finding in review.findings:
        by_check[finding.check].append(finding)
    titles = {check.id: check.title for check in review.checks}
    whole = JUnitXml(f"wafr: {_xml(review.workload) or 'workload'}")
    for check, findings in by_check.items():
        suite = TestSuite(check)
        suite.timestamp = review.scan.at
        suite.add_property("title", titles.get(check, ""))
        for finding in findings:
            suite.add_testcase(_case(finding))
        whole.add_testsuite(suite)
    whole.update_statistics()  # type: ignore[no-untyped-call]
    content: bytes = whole.tostring()  # type: ignore[no-untyped-call]
    return content


def _case(finding: FindingEntry) -> TestCase:
    where = f"{finding.account} {finding.region}"
    case = TestCase(short(_xml(finding.resource), LONGEST), classname=finding.check)
    case.system_out = f"finding {finding.id} in {where}; evidence {' '.join(finding.evidence) or 'none'}"
    because = short(_xml(finding.because), LONGEST)
    if finding.verdict == "fails":
        case.result = [Failure(because, "fails")]
    elif finding.verdict == "unknown":
        case.result = [Error(because, "unknown")]
    elif finding.verdict == "not applicable":
        case.result = [Skipped(because)]
    return case


def _xml(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return "".join(
        c for c in visible(text) if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )

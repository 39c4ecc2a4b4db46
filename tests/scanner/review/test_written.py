"""The Review as JSON, in pieces."""

import json

import pytest
from pydantic import TypeAdapter

from scanner.review import written
from scanner.review.document import Review
from scanner.review.written import review_json
from tests.reviews import answer, fact, finding, review


@pytest.mark.parametrize("count", [0, 1, written.AT_A_TIME, written.AT_A_TIME + 1])
def test_the_pieces_are_the_document(count: int) -> None:
    findings = [finding(("kms.keys_rotate", f"key-{number}", "fails", "never é")) for number in range(count)]
    document = review([answer("SEC08-BP01", findings)], findings, facts=(fact("kms.keys_by_name", "two keys"),))
    text = b"".join(review_json(document))
    assert TypeAdapter(Review).validate_json(text) == document
    assert json.loads(text) == json.loads(TypeAdapter(Review).dump_json(document, by_alias=True))
    of_findings = [line for line in text.decode().splitlines() if '"check":"kms.keys_rotate"' in line]
    assert [json.loads(line.rstrip(","))["resource"] for line in of_findings] == [one.resource for one in findings]

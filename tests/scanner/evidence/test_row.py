"""A row's fields: its own, or those of what it was read for."""

import pytest

from checks.guardduty import DetectorId, GraveFindingId
from scanner.evidence.reading import Target
from scanner.evidence.request import UnknownFieldError
from scanner.evidence.snapshot import Row

HERE = Target("123456789012", "us-east-1")
DETECTOR = Row(DetectorId(value="d"), "d", HERE, None, "")
FINDING = Row(GraveFindingId(value="f"), "d", HERE, DETECTOR, "")


def test_the_nearest_field_of_a_name_answers_but_where_a_class_is_named() -> None:
    assert FINDING.field("value") == "f"
    assert FINDING.field("GraveFindingId.value") == "f"
    assert FINDING.field("DetectorId.value") == "d"
    with pytest.raises(UnknownFieldError):
        FINDING.field("Detector.value")
    with pytest.raises(UnknownFieldError):
        DETECTOR.field("GraveFindingId.value")

"""The names that a check's author may use, and nothing else."""

from scanner.access.exposure import EVERYONE, Admission, admissions, binds, lets_everyone, outside_accounts
from scanner.evidence.evidence import Evidence, MetricData
from scanner.evidence.fields import FromJson, Keys, LastPart, PolicyInText, PolicyOrBlank
from scanner.evidence.policy import Condition, Policy, Statement
from scanner.evidence.read import Metric, Read, days
from scanner.evidence.reading import Target
from scanner.evidence.shape import Part
from scanner.judge.check import (
    AllRegions,
    CannotTell,
    Fails,
    Holds,
    NotApplicable,
    ScanTime,
    Verdict,
    check,
    derived,
    fact,
)

__all__ = [
    "EVERYONE",
    "Admission",
    "AllRegions",
    "CannotTell",
    "Condition",
    "Evidence",
    "Fails",
    "FromJson",
    "Holds",
    "Keys",
    "LastPart",
    "Metric",
    "MetricData",
    "NotApplicable",
    "Part",
    "Policy",
    "PolicyInText",
    "PolicyOrBlank",
    "Read",
    "ScanTime",
    "Statement",
    "Target",
    "Verdict",
    "admissions",
    "binds",
    "check",
    "days",
    "derived",
    "fact",
    "lets_everyone",
    "outside_accounts",
]

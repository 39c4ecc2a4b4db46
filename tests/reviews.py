"""Reviews written by hand: two questions, their practices, and findings in a line each."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from scanner.judge.finding import Finding, Stand
from scanner.review.document import (
    AnswerEntry,
    BundleEntry,
    CheckEntry,
    FactEntry,
    FindingEntry,
    QuestionEntry,
    RefusalEntry,
    Review,
    ScanEntry,
)

ACCOUNT = "111111111111"
REGION = "eu-west-1"
WHERE = f"region:{REGION}"

Line = tuple[str, str, str, str]  # check, resource, verdict, because


def digest(resource: str) -> str:
    """Of the reading that a finding about a resource rests on."""
    return sha256(resource.encode()).hexdigest()


def finding(line: Line, *, region: str = REGION, settings: Mapping[str, Any] | None = None) -> FindingEntry:
    check, resource, verdict, because = line
    made = Finding(check, ACCOUNT, region, resource, Stand(verdict), because, (digest(resource),))
    return FindingEntry(
        id=made.id,
        check=check,
        account=ACCOUNT,
        region=region,
        resource=resource,
        verdict=made.verdict.value,
        because=because,
        evidence=made.evidence,
        settings=dict(settings or {}),
    )


def answer(label: str, findings: Sequence[FindingEntry], **changes: Any) -> AnswerEntry:
    """An answer that follows from its findings, as the judge would have it without `proves`."""
    verdicts = {one.verdict for one in findings}
    stance = (
        "refuted"
        if "fails" in verdicts
        else "unknown"
        if "unknown" in verdicts
        else "supported"
        if "holds" in verdicts
        else "not applicable"
        if verdicts
        else "ask"
    )
    values: dict[str, Any] = {
        "question": label.partition("-")[0].lower(),
        "choice": label.lower().replace("-", "_"),
        "label": label,
        "title": f"Practice {label}",
        "rating": "High",
        "stance": stance,
        "claimed": None,
        "accepted": False,
        "because": f"{len(findings)} findings",
        "findings": tuple(one.id for one in findings),
        "hints": (),
        "facts": (),
        "ask": (),
    }
    return AnswerEntry.model_validate(values | changes)


def check(name: str, *, effort: str = "low", after: Sequence[str] = ()) -> CheckEntry:
    return CheckEntry(
        id=name,
        role="check",
        title=f"{name} is so.",
        why="it matters.",
        fix="mend it.",
        effort=effort,
        services=(name.partition(".")[0],),
        after=tuple(after),
    )


def review(
    answers: Sequence[AnswerEntry],
    findings: Sequence[FindingEntry],
    *,
    at: str = "2026-10-01T00:00:00Z",
    checks: Sequence[CheckEntry] | None = None,
    **changes: Any,
) -> Review:
    """A whole Review of these answers; each question's evidenced risk follows from them."""
    numbers = dict.fromkeys(one.question for one in answers)
    names = dict.fromkeys(one.check for one in findings)
    whole = Review(
        lens="wellarchitected",
        lens_version="2024-11-06",
        workload="Ledgerlane production",
        scan=ScanEntry(
            at=at,
            caller="arn:aws:sts::111111111111:assumed-role/audit/x",
            accounts=(ACCOUNT,),
            regions=(REGION,),
            left_out={},
            versions={"wafr": "0.1.0"},
            calls=3,
            interrupted=False,
        ),
        questions=tuple(question(name, [one for one in answers if one.question == name]) for name in numbers),
        contradictions=(),
        answers=tuple(answers),
        findings=tuple(findings),
        facts=(),
        refusals=(),
        accepted=(),
        owners={},
        checks=tuple(checks or (check(name) for name in names)),
        bundle=BundleEntry(evidence_root="ab" * 32, readings=3),
    )
    return whole.model_copy(update=changes)


def question(name: str, answers: Sequence[AnswerEntry]) -> QuestionEntry:
    refuted = [one.rating for one in answers if one.stance == "refuted"]
    risk = "HIGH" if "High" in refuted else "MEDIUM" if refuted else "UNPROVEN"
    pillar = "security" if name.startswith("sec") else "reliability"
    return QuestionEntry.model_validate(
        {
            "question": name,
            "number": name.upper(),
            "title": f"How do you {name}?",
            "pillar": pillar,
            "risk": risk,
            "could_be": "HIGH",
            "claimed_risk": "UNANSWERED",
            "predicted_risk": "UNANSWERED",
            "accepted": False,
        }
    )


def fact(name: str, says: str) -> FactEntry:
    return FactEntry(
        fact=name, account=ACCOUNT, region=REGION, resource=WHERE, says=says, unknown="", evidence=("digest",)
    )


def refusal(api: str, *practices: str) -> RefusalEntry:
    return RefusalEntry(
        api=api,
        account=ACCOUNT,
        region=REGION,
        outcome="denied",
        error="AccessDenied",
        action=api,
        count=1,
        leaves_unknown=practices,
    )

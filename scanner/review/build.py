"""From a snapshot to the Review: findings, answers, risks, contradictions and refusals, put together in a fixed order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.evidence.actions import actions_of
from scanner.evidence.reading import Outcome, Reading
from scanner.evidence.snapshot import Snapshot
from scanner.judge.answer import Answer, Claims, Stance, answer_all
from scanner.judge.catalogue import Catalogue
from scanner.judge.discover import Check, Library
from scanner.judge.evaluate import evaluate
from scanner.judge.finding import Fact, Finding
from scanner.judge.mapping import Mappings
from scanner.judge.risk import Risk, risk_of
from scanner.review.accepted import AcceptedRisk, accepted_choices, apply_accepted
from scanner.review.document import (
    AnswerEntry,
    BundleEntry,
    CheckEntry,
    ContradictionEntry,
    FactEntry,
    FindingEntry,
    QuestionEntry,
    RefusalEntry,
    Review,
    ScanEntry,
)
from scanner.review.order import comes_after
from scanner.review.owners import owners_of


@dataclass(frozen=True)
class Lens:
    """What a review is made with: the catalogue, the mappings and the checks."""

    catalogue: Catalogue
    mappings: Mappings
    library: Library


@dataclass(frozen=True)
class Declared:
    """What people say: the workload's name, their claims, the outside tools that they use, changed settings, the risks that
    they accept, and who owns what (globs over checks and ARNs)."""

    workload: str = ""
    claims: Claims = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    accepted: tuple[AcceptedRisk, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)


def build_review(lens: Lens, snapshot: Snapshot, scan: ScanEntry, declared: Declared, evidence_root: str) -> Review:
    """The Review of a snapshot. The same snapshot, checks and declarations give the same bytes."""
    return review_of(
        lens, snapshot, scan, declared, evidence_root, *evaluate(lens.library, snapshot, declared.settings)
    )


def review_of(
    lens: Lens,
    snapshot: Snapshot,
    scan: ScanEntry,
    declared: Declared,
    evidence_root: str,
    findings: list[Finding],
    facts: list[Fact],
) -> Review:
    """The Review of what was judged already: answers, risks and the rest follow from findings and facts."""
    answers = answer_all(lens.catalogue, lens.mappings, findings, facts, declared.tools, declared.claims)
    titles = {choice.id: choice.title for _, choice in lens.catalogue.choices.values()}
    rules = apply_accepted(declared.accepted, findings, answers, snapshot.scan.at)
    accepted = frozenset(accepted_choices(rules, answers, findings))
    after = comes_after(lens.library, lens.mappings)
    return Review(
        lens=lens.catalogue.lens,
        lens_version=lens.catalogue.version,
        workload=declared.workload,
        scan=scan,
        questions=_questions(lens.catalogue, answers, declared.claims, accepted),
        contradictions=tuple(_contradictions(answers, titles)),
        answers=tuple(_answer(answer, titles, accepted) for answer in answers),
        findings=tuple(_finding(finding) for finding in findings),
        facts=tuple(_fact(fact) for fact in facts),
        refusals=_refusals(lens, snapshot, answers),
        accepted=rules,
        owners=owners_of(findings, snapshot, declared.owners),
        checks=tuple(_check(check, after[check.id]) for check in lens.library.checks.values()),
        bundle=BundleEntry(evidence_root=evidence_root, readings=len(snapshot)),
    )


def _questions(
    catalogue: Catalogue, answers: list[Answer], claims: Claims, accepted: frozenset[str]
) -> tuple[QuestionEntry, ...]:
    of_question: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        of_question[answer.question].append(answer)
    entries = []
    for question in catalogue.questions:
        risk = risk_of(question, of_question[question.id], claims)
        entries.append(
            QuestionEntry.model_validate(
                {
                    "question": question.id,
                    "number": question.number,
                    "title": question.title,
                    "pillar": question.pillar,
                    "risk": str(risk.evidenced),
                    "could_be": str(risk.could_be),
                    "claimed_risk": str(risk.claimed),
                    "predicted_risk": str(risk.predicted),
                    "accepted": _is_accepted(of_question[question.id], accepted, risk.evidenced),
                }
            )
        )
    return tuple(entries)


def _is_accepted(answers: list[Answer], accepted: frozenset[str], evidenced: Risk) -> bool:
    """Is there a risk here, of which every practice that makes it is accepted?"""
    refuted = [answer for answer in answers if answer.stance is Stance.REFUTED]
    if evidenced is Risk.HIGH:
        refuted = [answer for answer in refuted if answer.rating == "High"]
    return bool(refuted) and all(answer.choice in accepted for answer in refuted)


def _answer(answer: Answer, titles: Mapping[str, str], accepted: frozenset[str]) -> AnswerEntry:
    return AnswerEntry.model_validate(
        {
            "question": answer.question,
            "choice": answer.choice,
            "label": answer.label,
            "title": titles[answer.choice],
            "rating": answer.rating,
            "stance": str(answer.stance),
            "claimed": answer.claimed,
            "accepted": answer.choice in accepted,
            "because": answer.because,
            "findings": answer.findings,
            "hints": answer.hints,
            "facts": answer.facts,
            "ask": answer.ask,
        }
    )


def _finding(finding: Finding) -> FindingEntry:
    return FindingEntry(
        id=finding.id,
        check=finding.check,
        account=finding.account,
        region=finding.region,
        resource=finding.resource,
        verdict=finding.verdict.value,
        because=finding.because,
        evidence=finding.evidence,
        settings=finding.settings,
        undecided=finding.undecided,
    )


def _fact(fact: Fact) -> FactEntry:
    return FactEntry(
        fact=fact.fact,
        account=fact.account,
        region=fact.region,
        resource=fact.resource,
        says=fact.says,
        unknown=fact.unknown,
        evidence=fact.evidence,
    )


def _check(check: Check, after: tuple[str, ...]) -> CheckEntry:
    return CheckEntry.model_validate(
        {
            "id": check.id,
            "role": check.role,
            "title": check.title,
            "why": check.why,
            "fix": check.fix,
            "effort": check.effort,
            "services": check.services,
            "after": after,
        }
    )


def _contradictions(answers: Iterable[Answer], titles: Mapping[str, str]) -> Iterable[ContradictionEntry]:
    for answer in answers:
        kind = _kind(answer)
        if kind:
            yield ContradictionEntry.model_validate(
                {
                    "kind": kind,
                    "question": answer.question,
                    "choice": answer.choice,
                    "label": answer.label,
                    "title": titles[answer.choice],
                    "findings": answer.findings,
                }
            )


def _kind(answer: Answer) -> str:
    if answer.claimed and answer.stance is Stance.REFUTED:
        return "over-claimed"
    if answer.claimed is False and answer.stance is Stance.VERIFIED:
        return "under-claimed"
    if answer.claimed and answer.stance is Stance.UNKNOWN:
        return "claimed and unknown"
    return ""


def _refusals(lens: Lens, snapshot: Snapshot, answers: list[Answer]) -> tuple[RefusalEntry, ...]:
    """What AWS did not answer, with the practices that lean on it and are unknown."""
    lineages = {ancestor for kind in lens.library.kinds for ancestor in kind.lineage()}
    actions = {kind.read.api: ", ".join(sorted(actions_of(kind.read))) for kind in lineages}
    refused: Counter[tuple[str, str, str, str, str]] = Counter()
    for reading in snapshot:
        if reading.outcome in (Outcome.DENIED, Outcome.FAILED):
            refused[_refusal_key(reading)] += 1
    unknown = [answer for answer in answers if answer.stance is Stance.UNKNOWN]
    leaning: dict[str, list[str]] = defaultdict(list)
    for answer in unknown:
        mapping = lens.mappings.of(answer.choice)
        needs = (*mapping.needs, *mapping.covers)
        for api in {api for need in needs if need in lens.library.checks for api in lens.library.checks[need].apis}:
            leaning[api].append(answer.label)
    return tuple(
        RefusalEntry.model_validate(
            {
                "api": api,
                "account": account,
                "region": region,
                "outcome": outcome,
                "error": error,
                "action": actions.get(api, api),
                "count": count,
                "leaves_unknown": tuple(sorted(leaning[api])),
            }
        )
        for (api, account, region, outcome, error), count in sorted(refused.items())
    )


def _refusal_key(reading: Reading) -> tuple[str, str, str, str, str]:
    call = reading.call
    return call.api, call.account, call.region, str(reading.outcome), reading.error

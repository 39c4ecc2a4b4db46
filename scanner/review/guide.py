"""The workshop guide: the questions in the order in which talking about them is worth most."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from scanner.review.document import AnswerEntry, FactEntry, FindingEntry, QuestionEntry, Review


class Worth(IntEnum):
    """Why a question is talked about, the most valuable first."""

    CONTRADICTED = 0  # claimed, and refuted by evidence
    REFUTED = 1
    UNKNOWN = 2
    INTERVIEW = 3  # no API shows it
    MET = 4  # verified, supported, or nothing of the kind exists


@dataclass(frozen=True, slots=True)
class Topic:
    """One practice to talk about: what was claimed, what the evidence shows by name, and what to ask to see next."""

    answer: AnswerEntry
    worth: Worth
    failing: tuple[FindingEntry, ...]
    unseen: tuple[str, ...]
    holding: tuple[FindingEntry, ...]
    hints: tuple[FindingEntry, ...]
    facts: tuple[FactEntry, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """One question of the lens and its topics."""

    question: QuestionEntry
    worth: Worth
    topics: tuple[Topic, ...]


def guide(review: Review) -> tuple[Talk, ...]:
    """Every question: contradicted first, then refuted, then unknown, then interview only; within these, High ratings first."""
    findings = {finding.id: finding for finding in review.findings}
    facts: dict[str, list[FactEntry]] = {}
    for fact in review.facts:
        facts.setdefault(fact.fact, []).append(fact)
    talks = []
    for question in review.questions:
        answers = [answer for answer in review.answers if answer.question == question.question]
        topics = sorted((_topic(answer, findings, facts) for answer in answers), key=_order)
        if topics:
            talks.append(Talk(question, topics[0].worth, tuple(topics)))
    return tuple(sorted(talks, key=lambda talk: (talk.worth, talk.question.risk != "HIGH", talk.question.number)))


_RATING = {"High": 0, "Medium": 1, "Low": 2}


def _order(topic: Topic) -> tuple[int, int, str]:
    return topic.worth, _RATING[topic.answer.rating], topic.answer.label


def _topic(
    answer: AnswerEntry, findings: Mapping[str, FindingEntry], facts: Mapping[str, Iterable[FactEntry]]
) -> Topic:
    deciding = [findings[name] for name in answer.findings]
    return Topic(
        answer=answer,
        worth=_worth(answer),
        failing=tuple(finding for finding in deciding if finding.verdict == "fails"),
        unseen=tuple(dict.fromkeys(finding.because for finding in deciding if finding.verdict == "unknown")),
        holding=tuple(finding for finding in deciding if finding.verdict == "holds"),
        hints=tuple(findings[name] for name in answer.hints if findings[name].verdict == "fails"),
        facts=tuple(fact for name in answer.facts for fact in facts.get(name, ())),
        asks=answer.ask,
    )


def _worth(answer: AnswerEntry) -> Worth:
    if answer.stance == "refuted":
        return Worth.CONTRADICTED if answer.claimed else Worth.REFUTED
    if answer.stance == "unknown":
        return Worth.UNKNOWN
    return Worth.INTERVIEW if answer.stance == "ask" else Worth.MET

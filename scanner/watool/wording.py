"""The sentences of our notes: what was seen, when, over how many resources, what failed by name, what could not be seen."""

from collections.abc import Sequence
from datetime import UTC, datetime

from scanner.judge.answer import Stance
from scanner.watool.evidence import ChoiceEvidence, Evidence

NAMED = 5  # failing resources that a question's note names for each choice; the report has all
ROOT_SHOWN = 16  # characters of the evidence root in the note of a choice; that of the question has all

# A note may be cut at its end, so what contradicts a claim comes first.
_ORDER = [
    Stance.REFUTED,
    Stance.UNKNOWN,
    Stance.SUPPORTED,
    Stance.VERIFIED,
    Stance.NOT_APPLICABLE,
]

_TICKED = "Selected: "
_MET = {Stance.VERIFIED, Stance.SUPPORTED}

_SAYS = {
    Stance.REFUTED: "refuted by evidence",
    Stance.UNKNOWN: "unknown",
    Stance.SUPPORTED: "supported, not proven",
    Stance.VERIFIED: "verified",
    Stance.NOT_APPLICABLE: "nothing of the kind found",
}


def question_sentences(evidence: Evidence, choices: Sequence[ChoiceEvidence]) -> list[str]:
    """The note of one question. Empty when nothing was looked at: what no API shows is for the workshop."""
    told = [choice for stance in _ORDER for choice in choices if choice.stance is stance]
    if not told:
        return []
    return [_seen(evidence), *(sentence for choice in told for sentence in _choice_sentences(choice, NAMED))]


def choice_sentences(evidence: Evidence, choice: ChoiceEvidence, *, ours: bool) -> list[str]:
    """The note of one choice: short, because only 250 characters fit. `ours`: its tick is, or was, made by us."""
    if choice.stance is Stance.ASK:
        return []
    says = _SAYS[choice.stance]
    first = f"{_TICKED}{says}" if ours and choice.stance in _MET else _capital(says)
    end = f"{_over(choice)}, {_day(evidence.seen_at)}, bundle {evidence.root[:ROOT_SHOWN]}."
    return [first + end, *_details(choice, named=2)]


def tells_of_our_tick(words: str) -> bool:
    """Whether our words at a choice say that we selected it."""
    return words.startswith(_TICKED)


def _seen(evidence: Evidence) -> str:
    return f"Evidence of {_moment(evidence.seen_at)}, bundle {evidence.root}."


def _choice_sentences(choice: ChoiceEvidence, named: int) -> list[str]:
    return [f"{choice.label}: {_SAYS[choice.stance]}{_over(choice)}.", *_details(choice, named)]


def _over(choice: ChoiceEvidence) -> str:
    if not choice.resources:
        return ""
    return f" over {choice.resources} resource{'' if choice.resources == 1 else 's'}"


def _details(choice: ChoiceEvidence, named: int) -> list[str]:
    return [
        *_listed("Fails", choice.failed, named),
        *_listed("Not seen", choice.unseen, named),
        *_listed("Trusted Advisor hints, and proves nothing", choice.advice, named),
        *_questions(choice),
    ]


def _listed(word: str, texts: Sequence[str], named: int) -> list[str]:
    sentences = [f"{word}: {text.rstrip('.')}." for text in texts[:named]]
    return [*sentences, f"{word}: {len(texts) - named} more."] if len(texts) > named else sentences


def _questions(choice: ChoiceEvidence) -> list[str]:
    if choice.stance is not Stance.SUPPORTED:
        return []
    return [f"Ask: {question}" for question in choice.ask]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

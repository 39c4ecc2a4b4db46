"""Our words inside people's notes: a marked block that carries its own digest.

    What a person wrote.

    [wafr:5f0c2a91]
    Our sentences.
    [/wafr]

A block is ours only while its digest fits its text. What somebody changed is theirs from then on and is never touched, and
so is everything outside a block. The blank line before a block is ours too; the digest tells whether it is there.

Lengths are counted in UTF-16 units, of which a text never has fewer than characters: AWS does not say which it counts.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

QUESTION_LIMIT = 2084
CHOICE_LIMIT = 250

MORE = "More in the report."

_GAP = "\n\n"
_OPEN = re.compile(r"\[wafr:([0-9a-f]{8})\]")
_CLOSE = "[/wafr]"
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block of ours is: `start` includes the blank line before it, where that is ours."""

    start: int
    end: int


def length(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def human_text(text: str) -> str:
    """The notes without our words."""
    before, after = _around(text, blocks(text))
    return before + after


def has_block(text: str) -> bool:
    """Whether our words are in these notes."""
    return bool(blocks(text))


def our_words(text: str) -> str:
    """What our first block says, without its marks; empty where there is none."""
    ours = blocks(text)
    if not ours:
        return ""
    block = text[ours[0].start : ours[0].end]
    return _OPEN.sub("", block, count=1).removesuffix(_CLOSE).strip()


def merge(text: str, sentences: Sequence[str], limit: int) -> str:
    """The notes with `sentences` as our block, in the place of the old one, or else at the end.

    Ours are cut at whole sentences until all fits `limit`; without room, or without sentences, there is no block.
    """
    ours = blocks(text)
    before, after = _around(text, ours)
    if not ours:
        before, after = text, ""
    gap = _GAP if before else ""
    room = limit - length(before) - length(after)
    merged = before + _fitted(gap, [plain(sentence) for sentence in sentences], room) + after
    # Somebody may have nested marks so that what is left of them reads as a block: then the notes stay as they are.
    return merged if human_text(merged) == human_text(text) else text


def plain(sentence: str) -> str:
    """A sentence on one line that cannot be mistaken for a mark, whatever names of resources it quotes."""
    return _UNSAFE.sub(" ", sentence).replace("[", "(").replace("]", ")").strip()


def blocks(text: str) -> tuple[Block, ...]:
    """Every block of ours in the notes, from left to right."""
    found: list[Block] = []
    at = 0
    while (opened := _OPEN.search(text, at)) is not None:
        block = _block(text, opened)
        if block is not None:
            found.append(block)
        at = block.end if block is not None else opened.end()
    return tuple(found)


def _block(text: str, opened: re.Match[str]) -> Block | None:
    end = text.find(_CLOSE, opened.end())
    if end < 0:
        return None
    body = text[opened.end() : end]
    if opened[1] == _digest(_GAP, body):
        start = opened.start() - (len(_GAP) if text[: opened.start()].endswith(_GAP) else 0)
        return Block(start, end + len(_CLOSE))
    if opened[1] == _digest("", body):
        return Block(opened.start(), end + len(_CLOSE))
    return None


def _digest(gap: str, body: str) -> str:
    """Whitespace does not count: a browser or AWS may change it, and the words are still ours."""
    return hashlib.sha256(f"{len(gap)}:{' '.join(body.split())}".encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _around(text: str, ours: Iterable[Block]) -> tuple[str, str]:
    """What stands before our first block, and what stands after it without any further block of ours."""
    spans = list(ours)
    if not spans:
        return text, ""
    rest = []
    for block, following in zip(spans, [*spans[1:], None], strict=True):
        rest.append(text[block.end : following.start if following else len(text)])
    return text[: spans[0].start], "".join(rest)


def _fitted(gap: str, sentences: list[str], room: int) -> str:
    """The longest block within `room`: all sentences, or the first ones and a word that there is more."""
    if not sentences:
        return ""
    whole = _written(gap, sentences)
    if length(whole) <= room:
        return whole
    for count in range(len(sentences) - 1, 0, -1):
        cut = _written(gap, [*sentences[:count], MORE])
        if length(cut) <= room:
            return cut
    return ""


def _written(gap: str, sentences: list[str]) -> str:
    body = "\n" + "\n".join(sentences) + "\n"
    return f"{gap}[wafr:{_digest(gap, body)}]{body}{_CLOSE}"

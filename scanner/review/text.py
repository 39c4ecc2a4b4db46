"""Words that come from an account, made harmless for where they are written: a name can be anything."""

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~$@])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST = 160


def short(text: str, most: int = LONGEST) -> str:
    """A name cut in its middle where it is very long."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 2 + 1 :]}"


def visible(text: str) -> str:
    """Without control characters, and without those that turn the direction of the text around them."""
    return _CONTROL.sub("�", text.replace("\r\n", "\n"))


def markdown(text: str, most: int = LONGEST) -> str:
    """As Markdown shows it to the letter: no markup, no mention, no break of the line or the table."""
    flat = " ".join(visible(short(text, most)).split())
    return _MARKDOWN.sub(r"\\\1", flat).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\@", "@\u200b")


def cell(text: str) -> str:
    """As a spreadsheet shows it: a text that would be taken for a formula begins with an apostrophe."""
    plain = visible(text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain

"""Does a filter pattern of CloudWatch Logs match an event? Yes, no, or it cannot be told (None).

JSON patterns only ("Filter pattern syntax", CloudWatch Logs user guide): selectors, comparisons, EXISTS, `&&`, `||` and brackets.
"""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase


class Whatever:
    """A value that differs from event to event."""


ANY, WHO = Whatever(), Whatever()  # WHO says whose event it is, so that leaving one out leaves somebody out
# A field's value; None where events of this kind do not have the field. A field that is not named here may be there or not.
Event = Mapping[str, str | Whatever | None]
_TOKENS = re.compile(r'\s*(&&|\|\||!=|<=|>=|[()=<>]|"(?:[^"\\]|\\.)*"|[^\s()=!<>&|"]+)')
_WORDS = {"EXISTS", "IS", "NOT"}


class NotUnderstoodError(ValueError):
    """This is no JSON pattern, or one that is written in a way that is not known here."""


def matches(pattern: str, event: Event) -> bool | None:
    """Does the pattern match every event like this one?"""
    text = pattern.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    try:
        return _Reader(_tokens(text[1:-1]), event).read()
    except NotUnderstoodError:
        return None


def _tokens(text: str) -> list[str]:
    found, position, text = [], 0, text.strip()
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None:
            raise NotUnderstoodError(text[position:])
        found.append(match.group(1))
        position = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str], event: Event) -> None:
        self._tokens, self._event = tokens, event

    def read(self) -> bool | None:
        found = self._either()
        if self._tokens:
            raise NotUnderstoodError(self._tokens[0])
        return found

    def _take(self) -> str:
        if not self._tokens:
            raise NotUnderstoodError("it ends too early")
        return self._tokens.pop(0)

    def _is(self, token: str) -> bool:
        if self._tokens[:1] != [token]:
            return False
        self._tokens.pop(0)
        return True

    def _either(self) -> bool | None:
        found = [self._all()]
        while self._is("||"):
            found.append(self._all())
        return True if True in found else None if None in found else False

    def _all(self) -> bool | None:
        found = [self._one()]
        while self._is("&&"):
            found.append(self._one())
        return False if False in found else None if None in found else True

    def _one(self) -> bool | None:
        if self._is("("):
            found = self._either()
            if not self._is(")"):
                raise NotUnderstoodError("a bracket is missing")
            return found
        selector = self._take()
        if not selector.startswith("$."):
            raise NotUnderstoodError(selector)
        return self._compared(selector[2:], self._take())

    def _compared(self, field: str, operator: str) -> bool | None:
        known, value = field in self._event, self._event.get(field)
        if operator.upper() in _WORDS:
            rest = [operator.upper()]
            while rest[-1] in ("IS", "NOT"):
                rest.append(self._take().upper())
            if not known or isinstance(value, Whatever) or rest not in (["EXISTS"], ["NOT", "EXISTS"]):
                return None
            return (value is None) == (len(rest) > 1)
        wanted = self._take().strip('"')
        if operator not in ("=", "!=") or not known or wanted.startswith("%"):
            return None
        if isinstance(value, Whatever):
            if operator == "=":
                return wanted == "*"  # what asks for one value does not match every event
            return False if wanted == "*" else None if value is WHO else True
        if value is None:
            return False if operator == "=" else None
        return fnmatchcase(value, wanted.replace("[", "[[]").replace("?", "[?]")) == (operator == "=")

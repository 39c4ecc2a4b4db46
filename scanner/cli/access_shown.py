"""Answers about access, for people and for programs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from scanner.access.inventory import Resource
    from scanner.access.who import Entry, Who

MOST_ALIKE = 10
ROUTES = {
    "named": "named by the resource's own policy",
    "account": "the key policy leaves it to the account, an identity policy allows it",
    "grant": "a grant",
    "identity policy": "an identity policy",
    "root user": "being the root user, who may do what nothing denies",
    "not known": "not known",
}


def who_json(who: "Who") -> dict[str, Any]:
    """The whole answer."""
    return {
        "schema": "wafr-who-can/1",
        "action": who.action,
        "resource": who.resource,
        "principals": [entry_json(one) for one in who.entries],
        "denied": who.denied,
        "missing": list(who.missing),
    }


def entry_json(entry: "Entry") -> dict[str, Any]:
    """One principal."""
    return {
        "principal": entry.party.arn,
        "label": entry.party.label,
        "place": entry.party.place.value,
        "answer": answer_of(entry),
        "on": entry.on,
        "route": entry.route,
        "through": list(entry.through),
        "conditions": list(entry.conditions),
        "doubts": list(entry.doubts),
        "example": {key: None if values is None else list(values) for key, values in entry.example}
        if entry.example is not None
        else None,
    }


def answer_of(entry: "Entry") -> str:
    """`yes`, `if`: it depends on conditions; `not known`: it depends on what was not seen."""
    return "yes" if entry.certain else "not known" if entry.doubts else "if"


def show_who(who: "Who", resource: "Resource") -> None:
    """The answer as lines: who can, who can under conditions, who perhaps can."""
    called = f" ({', '.join(resource.names)})" if resource.names else ""
    typer.echo(f"Who can {who.action} on {who.resource}{called}?")
    for title, entries in (
        ("can", who.certain),
        ("can under conditions", who.conditional),
        ("not known", who.doubtful),
    ):
        if entries:
            typer.echo(f"\n{title}: {len(entries)}")
            for line in entry_lines(entries):
                typer.echo(line)
    if not who.entries:
        typer.echo("\nnobody of those asked about")
    typer.echo(f"\n{who.denied} others cannot.")
    for reason in who.missing:
        typer.echo(f"Somebody may be missing: {reason}")


def entry_lines(entries: "Iterable[Entry]") -> list[str]:
    """A few lines for each; those that are alike but for their name together."""
    alike: dict[tuple[Any, ...], list[Entry]] = {}
    for one in entries:
        key = (one.outcome, one.on, one.route, one.through, one.conditions, one.doubts)
        alike.setdefault(key, []).append(one)
    lines: list[str] = []
    for group in alike.values():
        first = group[0]
        names = [one.party.label for one in group]
        more = f" and {len(names) - MOST_ALIKE} more" if len(names) > MOST_ALIKE else ""
        lines.append(f"  {', '.join(names[:MOST_ALIKE])}{more}" + (f" – on {first.on}" if first.on else ""))
        lines.append(f"      by    {ROUTES[first.route]}")
        lines += [f"      from  {text}" for text in first.through]
        lines += [f"      if    {text}" for text in first.conditions]
        if first.example:
            told = ", ".join(f"{key} = {' or '.join(v) if v is not None else 'absent'}" for key, v in first.example)
            lines.append(f"      such as {told}")
        lines += [f"      doubt {text}" for text in first.doubts]
    return lines

"""`roadmap.yaml`: people keep owner, ticket, due date and milestone in it; every scan renews the rest and loses no comment."""

import os
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from scanner.config import ConfigError
from scanner.judge.mapping import MappingError, read_yaml
from scanner.review.roadmap import Item

PEOPLES = ("owner", "ticket", "due", "milestone", "note")
HEADING = """\
Roadmap of {workload}. `wafr roadmap` renews it after each scan.
Yours to edit, and never touched: owner, ticket, due, milestone, note, your comments and the order of the items.
"""


def plans_in(path: Path) -> dict[str, dict[str, str]]:
    """What people wrote for each item, by check. Empty where there is no file. ConfigError."""
    if not path.exists():
        return {}
    data = _read(path)
    return {
        str(item["check"]): {key: str(item[key]) for key in PEOPLES if item.get(key) not in (None, "")}
        for item in data["items"]
    }


def renew(path: Path, items: Sequence[Item], *, workload: str, at: str, root: str) -> str:
    """The file's next text: known items renewed in place, new ones at the end, what fails no more marked closed. ConfigError."""
    yaml = _yaml()
    if path.exists():
        _read(path)
        data = yaml.load(path.read_text(encoding="utf-8"))
    else:
        data = CommentedMap({"schema": "wafr-roadmap/1", "items": CommentedSeq()})
        data.yaml_set_start_comment(HEADING.format(workload=workload or "this workload"))
    open_ = {item.check: item for item in items}
    known = {str(entry["check"]): entry for entry in data["items"]}
    for check, entry in known.items():
        if check in open_:
            _write(entry, _machine(open_[check], at, entry))
            entry.pop("closed", None)
        elif entry.get("state") != "closed":
            _write(entry, {"state": "closed", "closed": f"{at[:10]}, evidence {root[:16]}"})
    for item in items:
        if item.check not in known:
            entry = CommentedMap({"check": item.check})
            _write(entry, _machine(item, at, {}))
            for key in PEOPLES:
                entry[key] = ", ".join(item.owners) if key == "owner" and item.owners else None
            data["items"].append(entry)
    text = StringIO()
    yaml.dump(data, text)
    return text.getvalue()


def write(path: Path, text: str) -> None:
    """Replace the file whole, so that what people wrote is never half there."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)  # noqa: PTH105  (atomic, and says so)


def _machine(item: Item, at: str, before: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": item.title,
        "state": "accepted" if item.accepted else "open",
        "quadrant": item.quadrant,
        "severity": item.severity,
        "effort": item.effort,
        "closes": _flow(item.practices),
        "after": _flow(item.after),
        "services": _flow(item.services),
        "resources": len(item.resources),
        "first_seen": before.get("first_seen") or at[:10],
        "last_seen": at[:10],
    }


def _write(entry: CommentedMap, values: Mapping[str, Any]) -> None:
    """Only what differs, so that comments beside a value stay."""
    for key, value in values.items():
        if entry.get(key) != value:
            entry[key] = value


def _flow(names: Sequence[str]) -> CommentedSeq:
    listed = CommentedSeq(names)
    listed.fa.set_flow_style()
    return listed


def _read(path: Path) -> dict[str, Any]:
    try:
        data = read_yaml(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    except MappingError as error:
        raise ConfigError(str(error)) from None
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) and item.get("check") for item in items):
        raise ConfigError(f"{path}: a roadmap is a list of items under `items:`, each with its `check:`.")
    checks = [item["check"] for item in items]
    if twice := next((check for check in checks if checks.count(check) > 1), None):
        raise ConfigError(f"{path}: {twice} stands there twice. Keep one of them.")
    return dict(data)


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 4096  # what people wrote on one line stays on one line
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml

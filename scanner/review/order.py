"""Which fixes come before which: a key before what it encrypts, a trail before its alarms."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase

from scanner.evidence.evidence import Evidence
from scanner.judge.discover import Check, Library
from scanner.judge.mapping import Mappings

Kind = type[Evidence]


def comes_after(library: Library, mappings: Mappings) -> Mapping[str, tuple[str, ...]]:
    """For each control, the controls whose fixes come before its own.

    They are those about what its resource refers to (`refs=` on the evidence), and those that the lens's `order.yaml` names.
    """
    controls = {check.id: check for check in library.checks.values() if check.role == "check"}
    about: dict[Kind, list[str]] = defaultdict(list)
    for check in controls.values():
        if check.signature.anchor is not None:
            about[check.signature.anchor.bearer()].append(check.id)
    named: dict[str, set[str]] = defaultdict(set)
    for glob, before in mappings.order.items():
        first = {name for wanted in before for name in _fitting(wanted, controls)}
        for name in _fitting(glob, controls):
            named[name] |= first
    found: dict[str, tuple[str, ...]] = dict.fromkeys(library.checks, ())
    for check in controls.values():
        first = {name for kind in _referred(check) for name in about[kind]} | named[check.id]
        found[check.id] = tuple(sorted(first - {check.id}))
    return found


def _fitting(glob: str, names: Collection[str]) -> Iterable[str]:
    """The names that a glob means; most globs are a name."""
    return (glob,) if glob in names else [name for name in names if fnmatchcase(name, glob)]


def _referred(check: Check) -> set[Kind]:
    """The kinds of resources that a check's own resource names."""
    if check.signature.anchor is None:
        return set()
    own = set(check.signature.anchor.lineage())
    mine = {kind for kind in check.signature.kinds if own & set(kind.lineage())}
    return {target.bearer() for kind in mine for target in kind.read.refs.values()} - own

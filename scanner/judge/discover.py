"""Finding checks: every package under the entry-point group `wafr.checks`, ours and a third party's alike."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, get_args

from scanner.evidence.evidence import Evidence
from scanner.judge.check import MARK, Mark
from scanner.judge.signature import Derivation, Signature, SignatureError, made, read_signature

GROUP = "wafr.checks"


class DiscoveryError(Exception):
    """A package of checks cannot be used; the message names the module or the function."""


@dataclass(frozen=True)
class Check:
    """A check or a fact, with everything that its one function says."""

    id: str
    role: str  # "check" or "fact"
    function: Callable[..., Any]
    signature: Signature
    title: str
    why: str
    fix: str
    effort: str

    @cached_property
    def apis(self) -> tuple[str, ...]:
        """Every operation that this leans on, those of the evidence's parents too."""
        kinds = {ancestor for kind in self.signature.kinds for ancestor in kind.lineage()}
        return tuple(sorted({kind.read.api for kind in kinds}))

    @cached_property
    def services(self) -> tuple[str, ...]:
        return tuple(sorted({api.partition(":")[0] for api in self.apis}))


@dataclass(frozen=True)
class Library:
    """All checks and facts that were found, by id."""

    checks: Mapping[str, Check]
    derivations: Mapping[Any, Derivation] = field(default_factory=dict)  # by the type that each makes

    @property
    def kinds(self) -> frozenset[type[Evidence]]:
        return frozenset(kind for check in self.checks.values() for kind in check.signature.kinds)

    def only(self, ids: Iterable[str]) -> "Library":
        wanted = set(ids)
        return Library({name: check for name, check in self.checks.items() if name in wanted}, self.derivations)


def discover() -> Library:
    """The checks of every installed package in the group `wafr.checks`."""
    packages: list[ModuleType] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            packages.append(entry.load())
        except (ImportError, AttributeError, SyntaxError) as error:
            raise DiscoveryError(f"The checks of {entry.value!r} cannot be imported: {error}") from error
    return library_of(packages)


def library_of(packages: Iterable[ModuleType]) -> Library:
    """The checks in some packages and their modules, however deep."""
    marked = [
        (package, module, function, getattr(function, MARK))
        for package in packages
        for module in _modules(package)
        for function in _marked(module)
    ]
    derivations: dict[Any, Derivation] = {}
    # Derived evidence may be made of derived evidence; a function is read once all that it names is known.
    pending = [function for _, _, function, mark in marked if mark.role == "derived"]
    while pending:
        ready = [f for f in pending if not (_names(f) & {_returns(p) for p in pending if p is not f})]
        if not ready:
            raise DiscoveryError(f"Derived evidence goes in a circle: {', '.join(sorted(f.__name__ for f in pending))}")
        for function in ready:
            derivations[_returns(function)] = Derivation(function, read_signature(function, derivations))
        pending = [function for function in pending if function not in ready]
    checks: dict[str, Check] = {}
    for package, module, function, mark in marked:
        if mark.role != "derived":
            check = _check(package, module, function, mark, derivations)
            if check.id in checks:
                raise DiscoveryError(f"Two checks are called {check.id}. Rename one of the functions.")
            checks[check.id] = check
    return Library(dict(sorted(checks.items())), derivations)


def _modules(package: ModuleType) -> list[ModuleType]:
    inside = pkgutil.walk_packages(getattr(package, "__path__", []), f"{package.__name__}.")
    return [package, *(importlib.import_module(info.name) for info in inside)]


def _marked(module: ModuleType) -> list[Callable[..., Any]]:
    return [
        value
        for value in vars(module).values()
        if inspect.isfunction(value) and hasattr(value, MARK) and value.__module__ == module.__name__
    ]


def _returns(function: Callable[..., Any]) -> Any:
    return made(inspect.get_annotations(function, eval_str=True).get("return"))


def _names(function: Callable[..., Any]) -> set[Any]:
    hints = inspect.get_annotations(function, eval_str=True)
    return {kind for name, hint in hints.items() if name != "return" for kind in _parts(hint)}


def _parts(hint: Any) -> Iterable[Any]:
    """A type, and those that it is made of: `list[X] | NotSeen` names X too."""
    yield hint
    for part in get_args(hint):
        yield from _parts(part)


def _check(
    package: ModuleType,
    module: ModuleType,
    function: Callable[..., Any],
    mark: Mark,
    derivations: Mapping[Any, Derivation],
) -> Check:
    title, why, fix = docstring(function)
    signature = read_signature(function, derivations)
    if any(parameter.tolerant for parameter in signature.parameters):
        # What could not be seen makes a check Unknown, and only the engine says so. Only @derived evidence may hold doubts.
        raise SignatureError(f"{function.__module__}.{function.__qualname__}: only @derived functions take NotSeen")
    return Check(
        id=f"{_service(package, module)}.{function.__name__}",
        role=mark.role,
        function=function,
        signature=signature,
        title=title,
        why=why,
        fix=fix,
        effort=mark.effort,
    )


def _service(package: ModuleType, module: ModuleType) -> str:
    """`checks.kms` → `kms`, and so is `checks.kms.policies`: a package is one service too. `checks.lambda_` is `lambda`."""
    inside = module.__name__.removeprefix(package.__name__).lstrip(".")
    return inside.partition(".")[0].rstrip("_") or module.__name__.rpartition(".")[2]


def docstring(function: Callable[..., Any]) -> tuple[str, str, str]:
    """The title, `Why:` and `Fix:` of a function's docstring, each in one line."""
    text = inspect.getdoc(function) or ""
    parts = re.split(r"^(Why|Fix):", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    title = " ".join(parts[0].split())
    return title, " ".join(sections.get("Why", "").split()), " ".join(sections.get("Fix", "").split())

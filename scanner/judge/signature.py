"""What a signature means: which evidence a function needs, and how it is joined."""

import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from scanner.access.request import NotSeen
from scanner.evidence.evidence import Evidence
from scanner.evidence.reading import Target
from scanner.judge.check import EVERY_REGION, SCAN_TIME

Kind = type[Evidence]


class Role(StrEnum):
    ONE = "one"  # the resource's own, or an ancestor's
    MANY = "many"  # all of the resource, or of the target
    EVERYWHERE = "everywhere"  # all of the account, over every region
    REFERRED = "referred"  # the one that the resource refers to
    DERIVED = "derived"
    MANY_DERIVED = "many derived"  # all of the target
    AT = "at"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its role, and the kind of evidence (or the derived type) that it takes."""

    name: str
    role: Role
    kind: Any
    optional: bool = False
    reference: tuple[Kind, str] | None = None  # for REFERRED: whose field names it
    tolerant: bool = (
        False  # `| NotSeen`: where it could not be had, the function is told why instead of not being called
    )


class SignatureError(TypeError):
    """A function's signature does not say what evidence it needs."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's needs: its parameters, the evidence that it is called once for each of, and its settings."""

    parameters: tuple[Parameter, ...]
    anchor: Kind | None  # None: once per target
    settings: Mapping[str, Any]
    kinds: frozenset[Kind]  # all evidence, also that of derived parameters
    returns: Any

    @property
    def regional(self) -> bool:
        """Is there a verdict per region, rather than one per account or organization?"""
        kinds = [p.kind for p in self.parameters if p.role in (Role.ONE, Role.MANY, Role.REFERRED)]
        return any(kind.root().read.scope == "regional" for kind in kinds) or self._derived_regional

    @property
    def _derived_regional(self) -> bool:
        inner = [p.kind for p in self.parameters if p.role in (Role.DERIVED, Role.MANY_DERIVED)]
        return any(derivation.signature.regional for derivation in inner)

    @property
    def everywhere(self) -> frozenset[Kind]:
        """Kinds that are wanted of every region."""
        own = {p.kind for p in self.parameters if p.role is Role.EVERYWHERE}
        made = [p.kind for p in self.parameters if p.role in (Role.DERIVED, Role.MANY_DERIVED)]
        return frozenset(own.union(*(derivation.signature.everywhere for derivation in made)))


@dataclass(frozen=True, slots=True)
class Derivation:
    """A `@derived` function and what it needs."""

    function: Callable[..., Any]
    signature: Signature


def read_signature(function: Callable[..., Any], derivations: Mapping[Any, Derivation]) -> Signature:
    """The needs of a function; SignatureError, by name, where its parameters cannot be joined."""
    name = f"{function.__module__}.{function.__qualname__}"
    try:
        hints = get_type_hints(function, include_extras=True)
    except NameError as error:
        raise SignatureError(f"{name}: {error}. Import the type at the top of the module.") from None
    parameters: list[Parameter] = []
    settings: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in hints:
            raise SignatureError(f"{name}: the parameter {parameter.name!r} has no type")
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            if parameter.default is inspect.Parameter.empty:
                raise SignatureError(f"{name}: the setting {parameter.name!r} needs a default")
            settings[parameter.name] = parameter.default
            continue
        hint, tolerant = _without_not_seen(hints[parameter.name])
        parameters.append(replace(_parameter(name, parameter.name, hint, derivations), tolerant=tolerant))
    joined, anchor = _join(name, parameters)
    kinds: set[Kind] = set()
    for joined_parameter in joined:
        kinds |= _kinds(joined_parameter)
    return Signature(tuple(joined), anchor, settings, frozenset(kinds), hints.get("return"))


def _parameter(function: str, name: str, hint: Any, derivations: Mapping[Any, Derivation]) -> Parameter:
    if hint is Target:
        return Parameter(name, Role.HERE, None)
    everywhere = False
    if get_origin(hint) is Annotated:
        if SCAN_TIME in hint.__metadata__:
            return Parameter(name, Role.AT, None)
        everywhere = EVERY_REGION in hint.__metadata__
        hint = get_args(hint)[0]
    if get_origin(hint) is list:
        kind = get_args(hint)[0]
        if kind in derivations and not everywhere:
            return Parameter(name, Role.MANY_DERIVED, derivations[kind])
        if not _is_evidence(kind):
            raise SignatureError(f"{function}: {name!r} is a list of something that is no evidence")
        return Parameter(name, Role.EVERYWHERE if everywhere else Role.MANY, kind)
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        arms = [arm for arm in get_args(hint) if arm is not type(None)]
        if len(arms) != 1:
            raise SignatureError(f"{function}: {name!r} may be one kind of evidence or None, not several kinds")
        hint, optional = arms[0], True
    if _is_evidence(hint):
        return Parameter(name, Role.ONE, hint, optional)
    if hint in derivations:
        return Parameter(name, Role.DERIVED, derivations[hint], optional)
    raise SignatureError(
        f"{function}: {name!r} is neither evidence nor made by a @derived function. Settings come after a bare `*`."
    )


def _without_not_seen(hint: Any) -> tuple[Any, bool]:
    """A type without its `| NotSeen`, and whether it had one."""
    arms = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else ()
    if NotSeen not in arms:
        return hint, False
    rest = tuple(arm for arm in arms if arm is not NotSeen)
    return Union[rest], True  # noqa: UP007  (the arms are known at run time only)


def made(hint: Any) -> Any:
    """What a `@derived` function makes, where it may also say that it was not seen."""
    return _without_not_seen(hint)[0]


def _is_evidence(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Evidence) and hasattr(kind, "read")


def _kinds(parameter: Parameter) -> set[Kind]:
    if parameter.role in (Role.DERIVED, Role.MANY_DERIVED):
        return set(parameter.kind.signature.kinds)
    if parameter.kind is None:
        return set()
    kinds = {parameter.kind}
    if parameter.reference is not None:
        kinds.add(parameter.reference[0])
    return kinds


def _bearer(parameter: Parameter) -> Kind | None:
    """The evidence that a parameter is called once for each of, if it is."""
    if parameter.role is Role.DERIVED:
        anchor: Kind | None = parameter.kind.signature.anchor
        return anchor
    if parameter.role is Role.ONE and not parameter.kind.is_singleton():
        kind: Kind = parameter.kind
        return kind.bearer()
    return None


def _join(function: str, parameters: list[Parameter]) -> tuple[list[Parameter], Kind | None]:
    """Find what the function is called once for each of, and turn references into look-ups."""
    bearers = [bearer for parameter in parameters if (bearer := _bearer(parameter)) is not None]
    candidates = [b for b in dict.fromkeys(bearers) if not any(o is not b and b in o.lineage() for o in bearers)]
    if len(candidates) <= 1:
        return parameters, candidates[0] if candidates else None
    for anchor in candidates:
        joined = [_refer(anchor, parameter, parameters) for parameter in parameters]
        if all(found is not None for found in joined):
            return [found for found in joined if found is not None], anchor
    names = " and ".join(candidate.__name__ for candidate in candidates)
    raise SignatureError(
        f"{function}: {names} belong to different resources. Declare a reference (`refs=`) on the evidence that names the "
        "other, or take a list."
    )


def _refer(anchor: Kind, parameter: Parameter, parameters: list[Parameter]) -> Parameter | None:
    """The parameter as it is if it belongs to the anchor's lineage, as a look-up if something there refers to it, else None."""
    bearer = _bearer(parameter)
    if bearer is None or bearer in anchor.lineage():
        return parameter
    if parameter.role is Role.DERIVED:
        return None
    own = [p.kind for p in parameters if p.role is Role.ONE and _bearer(p) in anchor.lineage()]
    for source in [*own, *anchor.lineage()]:
        for field, kind in source.read.refs.items():
            if kind.bearer() is bearer:
                return replace(parameter, role=Role.REFERRED, reference=(source, field))
    return None

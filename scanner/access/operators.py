"""How each family of condition operators compares one value of the policy with one value of the request.

Rests on "IAM JSON policy elements: Condition operators". A comparer takes the policy's value, bound, and gives a matcher;
it raises `WrongTypeError` where the policy's value is not of the operator's type. A matcher raises it for the request's value.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt

from scanner.access.patterns import Bound, Matcher, matcher, segments, written

Comparer = Callable[[Bound], Matcher]


class WrongTypeError(ValueError):
    """A value is not of the type that the operator compares."""


def _equals(parts: Bound) -> Matcher:
    return written(parts).__eq__


def _equals_ignoring_case(parts: Bound) -> Matcher:
    wanted = written(parts).casefold()
    return lambda value: value.casefold() == wanted


def _arn_like(parts: Bound) -> Matcher:
    """Each of the six parts of an ARN on its own, so that no wildcard crosses a colon before the resource."""
    wanted = segments(parts)
    if len(wanted) != 6:
        raise WrongTypeError("not an ARN")
    matchers = [matcher(segment) for segment in wanted]

    def compare(value: str) -> bool:
        found = value.split(":", 5)
        return len(found) == 6 and all(match(part) for match, part in zip(matchers, found, strict=True))

    return compare


def _bool(parts: Bound) -> Matcher:
    wanted = written(parts).lower()
    if wanted not in ("true", "false"):
        raise WrongTypeError("neither true nor false")
    return lambda value: value.lower() == wanted


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


def _number(text: str) -> Decimal:
    if len(text) > 100 or not _NUMBER.fullmatch(text.strip()):
        raise WrongTypeError("not a number")
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise WrongTypeError("not a number") from None


_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)


def _moment(text: str) -> Decimal:
    """Seconds since 1970, from a W3C profile of ISO 8601 or from the seconds themselves."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return _number(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        at = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        raise WrongTypeError("not a date") from None
    offset = 0
    if zone and zone != "Z":
        sign = 1 if zone[0] == "+" else -1
        offset = sign * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)
    return Decimal(int(at.timestamp()) - offset) + Decimal(f"0.{fraction or 0}")


def _ordered(parse: Callable[[str], Decimal], holds: Callable[[Decimal, Decimal], bool]) -> Comparer:
    def compare(parts: Bound) -> Matcher:
        bound = parse(written(parts))
        return lambda value: holds(parse(value), bound)

    return compare


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WrongTypeError("not base64") from None


def _binary(parts: Bound) -> Matcher:
    wanted = _bytes(written(parts))
    return lambda value: _bytes(value) == wanted


def _in_network(parts: Bound) -> Matcher:
    try:
        network = ipaddress.ip_network(written(parts).strip(), strict=False)
    except ValueError:
        raise WrongTypeError("not an address or a CIDR block") from None

    def compare(value: str) -> bool:
        try:
            return ipaddress.ip_address(value.strip()) in network
        except ValueError:
            raise WrongTypeError("not an address") from None

    return compare


@dataclass(frozen=True, slots=True)
class Operator:
    """`negated`: true where no value matches. `variables`: policy variables are replaced (strings and ARNs only)."""

    comparer: Comparer
    negated: bool = False
    variables: bool = False


def _pair(positive: str, negative: str, comparer: Comparer, *, variables: bool = False) -> dict[str, Operator]:
    return {
        positive.lower(): Operator(comparer, negated=False, variables=variables),
        negative.lower(): Operator(comparer, negated=True, variables=variables),
    }


def _ordering(family: str, parse: Callable[[str], Decimal]) -> dict[str, Operator]:
    ways = {"LessThan": lt, "LessThanEquals": le, "GreaterThan": gt, "GreaterThanEquals": ge}
    return {f"{family}{way}".lower(): Operator(_ordered(parse, holds)) for way, holds in ways.items()}


# By name in lower case: AWS has accepted the policy, so a different case can only mean the same operator.
OPERATORS: Mapping[str, Operator] = {
    **_pair("StringEquals", "StringNotEquals", _equals, variables=True),
    **_pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", _equals_ignoring_case, variables=True),
    **_pair("StringLike", "StringNotLike", matcher, variables=True),
    **_pair("ArnEquals", "ArnNotEquals", _arn_like, variables=True),
    **_pair("ArnLike", "ArnNotLike", _arn_like, variables=True),
    **_pair("NumericEquals", "NumericNotEquals", _ordered(_number, eq)),
    **_ordering("Numeric", _number),
    **_pair("DateEquals", "DateNotEquals", _ordered(_moment, eq)),
    **_ordering("Date", _moment),
    **_pair("IpAddress", "NotIpAddress", _in_network),
    "bool": Operator(_bool),
    "binaryequals": Operator(_binary),
}

"""Every condition operator, by AWS's documented rules: value by value, with the key missing, and with it unknown."""

import pytest

from scanner.access.conditions import CompiledCondition
from scanner.access.context import Context
from scanner.access.truth import Truth
from scanner.evidence.policy import Condition

T, F, O = Truth.TRUE, Truth.FALSE, Truth.OPEN  # noqa: E741 - three letters keep the tables readable
ARN = "arn:aws:iam::111111111111:role/team/Worker"


def truth(operator: str, values: tuple[str, ...] | str, context: Context, *, variables: bool = True) -> Truth:
    listed = (values,) if isinstance(values, str) else values
    condition = Condition(operator=operator, key="aws:K", values=listed)
    return CompiledCondition(condition, variables=variables).evaluate(context)


SINGLE = [
    # operator, the policy's values, the request's value, expected
    ("StringEquals", "a", "a", T),
    ("StringEquals", "a", "A", F),
    ("StringEquals", "a*", "ab", F),
    ("StringEquals", "a*", "a*", T),
    ("StringEquals", ("a", "b"), "b", T),
    ("StringEquals", (), "b", F),
    ("stringequals", "a", "a", T),
    ("StringNotEquals", "a", "a", F),
    ("StringNotEquals", "a", "A", T),
    ("StringNotEquals", ("a", "b"), "b", F),
    ("StringNotEquals", ("a", "b"), "c", T),
    ("StringEqualsIgnoreCase", "aBc", "AbC", T),
    ("StringEqualsIgnoreCase", "a*", "ab", F),
    ("StringNotEqualsIgnoreCase", "aBc", "AbC", F),
    ("StringNotEqualsIgnoreCase", "aBc", "AbD", T),
    ("StringLike", "a*c", "abbbc", T),
    ("StringLike", "a*c", "ac", T),
    ("StringLike", "a?c", "abc", T),
    ("StringLike", "a?c", "ac", F),
    ("StringLike", "A*", "abc", F),
    ("StringLike", "*", "", T),
    ("StringLike", "a.c", "abc", F),
    ("StringLike", "a*", "a\nb", T),
    ("StringLike", "a${*}c", "a*c", T),
    ("StringLike", "a${*}c", "abc", F),
    ("StringLike", "a${?}${$}", "a?$", T),
    ("StringNotLike", "a*", "abc", F),
    ("StringNotLike", ("a*", "b*"), "bcd", F),
    ("StringNotLike", ("a*", "b*"), "cde", T),
    ("NumericEquals", "10", "10.0", T),
    ("NumericEquals", "10", "11", F),
    ("NumericEquals", "1e1", "10", T),
    ("NumericEquals", "10", "ten", F),
    ("NumericEquals", "ten", "10", O),
    ("NumericEquals", "NaN", "10", O),
    ("NumericNotEquals", "10", "10.0", F),
    ("NumericNotEquals", "10", "11", T),
    ("NumericNotEquals", "10", "ten", O),
    ("NumericLessThan", "10", "9.99", T),
    ("NumericLessThan", "10", "10", F),
    ("NumericLessThan", "10", "9", T),
    ("NumericLessThanEquals", "10", "10", T),
    ("NumericLessThanEquals", "10", "10.01", F),
    ("NumericGreaterThan", "10", "10", F),
    ("NumericGreaterThan", "-1", "0", T),
    ("NumericGreaterThanEquals", "10", "10", T),
    ("NumericGreaterThanEquals", ("10", "5"), "6", T),
    ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01", T),
    ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", T),
    ("DateEquals", "2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00Z", T),
    ("DateEquals", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.50Z", T),
    ("DateEquals", "2026", "2026-01-01", T),
    ("DateEquals", "2026-13-01", "2026-01-01", O),
    ("DateNotEquals", "2026-01-01", "2026-01-02", T),
    ("DateNotEquals", "2026-01-01", "2026-01-01T00:00:00Z", F),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", T),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", F),
    ("DateLessThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", T),
    ("DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", T),
    ("DateGreaterThan", "2026-01-01", "yesterday", F),
    ("DateGreaterThanEquals", "1767225600", "2026-01-01T00:00:00Z", T),
    ("Bool", "true", "true", T),
    ("Bool", "True", "TRUE", T),
    ("Bool", "false", "true", F),
    ("Bool", "true", "yes", F),
    ("Bool", "yes", "true", O),
    ("Bool", ("true", "false"), "false", T),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", T),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", F),
    ("BinaryEquals", "not base64!", "QmluYXJ5", O),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", T),
    ("IpAddress", "203.0.113.0/24", "203.0.114.9", F),
    ("IpAddress", "203.0.113.9/24", "203.0.113.1", T),
    ("IpAddress", "203.0.113.9", "203.0.113.9", T),
    ("IpAddress", "0.0.0.0/0", "203.0.113.9", T),
    ("IpAddress", "0.0.0.0/0", "2001:db8::1", F),
    ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678:0:0:0:1", T),
    ("IpAddress", "2001:db8:1234:5678::/64", "2001:db8:1234:5679::1", F),
    ("IpAddress", ("10.0.0.0/8", "2001:db8::/32"), "2001:db8::7", T),
    ("IpAddress", "10.0.0.0/8", "no address", F),
    ("IpAddress", "10.0.0.0/99", "10.0.0.1", O),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", F),
    ("NotIpAddress", ("10.0.0.0/8", "203.0.113.0/24"), "203.0.113.9", F),
    ("NotIpAddress", ("10.0.0.0/8", "203.0.113.0/24"), "198.51.100.1", T),
    ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", T),
    ("ArnEquals", ARN, ARN, T),
    ("ArnEquals", "arn:aws:iam::111111111111:role/*", ARN, T),
    ("ArnEquals", "arn:aws:iam::111111111111:role/TEAM/*", ARN, F),
    ("ArnLike", "arn:aws:iam::*:role/team/*", ARN, T),
    ("ArnLike", "arn:*:iam::*:*", ARN, T),
    ("ArnLike", "arn:aws:iam:*:role/team/*", ARN, O),
    ("ArnLike", "arn:aws:iam*:111111111111:role/*:x", ARN, F),
    ("ArnLike", "arn:aws:iam::1111*role/team/Worker:", ARN, F),
    ("ArnLike", "arn:aws:s3:*:*:b?cket/*", "arn:aws:s3:::bucket/a:b:c", T),
    ("ArnLike", "arn:aws:sns:*:*:topic", "arn:aws:sns:eu-west-1:111111111111:topic", T),
    ("ArnLike", "arn:aws:sns:*:*:topic", "arn:aws:sns:eu-west-1:111111111111:topic:x", F),
    ("ArnLike", "arn:aws:sns:*:*:*", "not an arn", F),
    ("ArnNotEquals", "arn:aws:iam::111111111111:role/*", ARN, F),
    ("ArnNotLike", "arn:aws:iam::222222222222:*", ARN, T),
    ("ArnNotLike", ("arn:aws:iam::222222222222:*", "arn:aws:iam::111111111111:*"), ARN, F),
    ("Null", "true", "x", F),
    ("Null", "false", "x", T),
    ("Null", ("true", "false"), "x", T),
    ("Null", "maybe", "x", O),
    ("StringEqualsIfExists", "a", "a", T),
    ("StringEqualsIfExists", "a", "b", F),
    ("BoolIfExists", "true", "false", F),
    ("NoSuchOperator", "a", "a", O),
    ("ForSomeValues:StringEquals", "a", "a", O),
    ("NullIfExists", "true", "a", O),
]


@pytest.mark.parametrize(("operator", "values", "given", "expected"), SINGLE)
def test_one_value(operator: str, values: tuple[str, ...] | str, given: str, expected: Truth) -> None:
    assert truth(operator, values, Context({"aws:K": (given,)}, closed=True)) is expected


MISSING = [
    ("StringEquals", "a", F),
    ("StringLike", "*", F),
    ("StringEqualsIgnoreCase", "a", F),
    ("NumericEquals", "1", F),
    ("NumericLessThan", "1", F),
    ("DateLessThan", "2026-01-01", F),
    ("Bool", "false", F),
    ("BinaryEquals", "QQ==", F),
    ("IpAddress", "0.0.0.0/0", F),
    ("ArnLike", "arn:*:*:*:*:*", F),
    ("StringNotEquals", "a", T),
    ("StringNotEqualsIgnoreCase", "a", T),
    ("StringNotLike", "*", T),
    ("NumericNotEquals", "1", T),
    ("DateNotEquals", "2026-01-01", T),
    ("NotIpAddress", "10.0.0.0/8", T),
    ("ArnNotEquals", "arn:*:*:*:*:*", T),
    ("ArnNotLike", "arn:*:*:*:*:*", T),
    ("Null", "true", T),
    ("Null", "false", F),
    ("StringEqualsIfExists", "a", T),
    ("StringNotEqualsIfExists", "a", T),
    ("NumericLessThanIfExists", "1", T),
    ("DateGreaterThanIfExists", "2026-01-01", T),
    ("BoolIfExists", "false", T),
    ("IpAddressIfExists", "10.0.0.0/8", T),
    ("ArnLikeIfExists", "arn:*:*:*:*:*", T),
    ("BinaryEqualsIfExists", "QQ==", T),
    ("ForAllValues:StringEquals", "a", T),
    ("ForAllValues:StringNotEquals", "a", T),
    ("ForAllValues:StringEqualsIfExists", "a", T),
    ("ForAnyValue:StringEquals", "a", F),
    ("ForAnyValue:StringLike", "*", F),
    ("ForAnyValue:StringNotEquals", "a", F),
    ("ForAnyValue:StringEqualsIfExists", "a", T),
]


@pytest.mark.parametrize(("operator", "values", "expected"), MISSING)
def test_missing_key(operator: str, values: str, expected: Truth) -> None:
    assert truth(operator, values, Context(closed=True)) is expected
    assert truth(operator, values, Context(absent=frozenset(["AWS:k"]))) is expected


@pytest.mark.parametrize("operator", sorted({row[0] for row in SINGLE} | {row[0] for row in MISSING}))
def test_unknown_key_is_open(operator: str) -> None:
    assert truth(operator, "a", Context()) is O


MANY = [
    ("ForAllValues:StringEquals", ("a", "b"), ("a", "b"), T),
    ("ForAllValues:StringEquals", ("a", "b"), ("a", "c"), F),
    ("ForAllValues:StringEquals", ("a", "b"), (), T),
    ("ForAllValues:StringEquals", ("a", "b"), ("",), T),
    ("ForAllValues:StringLike", ("a*",), ("ab", "ac"), T),
    ("ForAllValues:StringNotEquals", ("a", "b"), ("c", "d"), T),
    ("ForAllValues:StringNotEquals", ("a", "b"), ("c", "a"), F),
    ("ForAllValues:IpAddress", ("10.0.0.0/8",), ("10.0.0.1", "11.0.0.1"), F),
    ("ForAnyValue:StringEquals", ("a", "b"), ("c", "b"), T),
    ("ForAnyValue:StringEquals", ("a", "b"), ("c", "d"), F),
    ("ForAnyValue:StringEquals", ("a",), (), F),
    ("ForAnyValue:StringEquals", ("",), ("",), F),
    ("ForAnyValue:StringNotEquals", ("a", "b"), ("a", "c"), T),
    ("ForAnyValue:StringNotEquals", ("a", "b"), ("a", "b"), F),
    ("forANYvalue:ArnLike", ("arn:aws:iam::1:*",), ("arn:aws:iam::2:x", "arn:aws:iam::1:y"), T),
    ("StringEquals", ("a",), ("a", "a"), T),
    ("StringEquals", ("a",), ("a", "b"), O),
    ("StringEquals", ("a",), ("c", "b"), F),
    ("StringEquals", ("",), ("",), T),
    ("StringEquals", ("a",), (), F),
    ("StringNotEquals", ("a",), (), T),
    ("Null", ("true",), (), T),
    ("Null", ("false",), (), F),
]


@pytest.mark.parametrize(("operator", "values", "given", "expected"), MANY)
def test_many_values(operator: str, values: tuple[str, ...], given: tuple[str, ...], expected: Truth) -> None:
    assert truth(operator, values, Context({"aws:K": given}, closed=True)) is expected


VARIABLES = [
    # operator, value, the other keys of the request, variables known, expected where aws:K is "alice"
    ("StringEquals", "${aws:username}", {"aws:username": ("alice",)}, True, T),
    ("StringEquals", "${AWS:UserName}", {"aws:username": ("alice",)}, True, T),
    ("StringEquals", "${aws:username}", {"aws:username": ("bob",)}, True, F),
    ("StringEquals", "${aws:username}", {"aws:username": ("alice",)}, False, F),
    ("StringEquals", "${aws:username}", {}, True, F),
    ("StringNotEquals", "${aws:username}", {}, True, T),
    ("StringEquals", "${aws:username, 'alice'}", {}, True, T),
    ("StringEquals", "${aws:username,'alice'}", {}, True, T),
    ("StringEquals", "${aws:username, 'alice'}", {"aws:username": ("bob",)}, True, F),
    ("StringEquals", "al${aws:PrincipalTag/rest}", {"aws:principaltag/REST": ("ice",)}, True, T),
    ("StringLike", "${aws:PrincipalTag/x}*", {"aws:PrincipalTag/x": ("al",)}, True, T),
    ("StringLike", "${aws:PrincipalTag/x}", {"aws:PrincipalTag/x": ("a*",)}, True, F),
    ("StringEquals", "${aws:TagKeys}", {"aws:TagKeys": ("alice", "bob")}, True, F),
    ("StringEqualsIgnoreCase", "${aws:username}", {"aws:username": ("ALICE",)}, True, T),
]


@pytest.mark.parametrize(("operator", "value", "others", "known", "expected"), VARIABLES)
def test_variables(operator: str, value: str, others: dict[str, tuple[str, ...]], known: bool, expected: Truth) -> None:
    context = Context({"aws:K": ("alice",), **others}, closed=True)
    assert truth(operator, value, context, variables=known) is expected


def test_variables_are_for_strings_and_arns_only() -> None:
    context = Context({"aws:K": ("5",), "aws:PrincipalTag/n": ("5",)}, closed=True)
    assert truth("NumericEquals", "${aws:PrincipalTag/n}", context) is O
    arn = Context({"aws:K": (ARN,), "aws:PrincipalTag/n": ("team",)}, closed=True)
    assert truth("ArnLike", "arn:aws:iam::*:role/${aws:PrincipalTag/n}/*", arn) is T


def test_an_unknown_variable_is_open_unless_another_value_matches() -> None:
    context = Context({"aws:K": ("alice",)})
    assert truth("StringEquals", "${aws:username}", context) is O
    assert truth("StringNotEquals", "${aws:username}", context) is O
    assert truth("StringEquals", ("${aws:username}", "alice"), context) is T
    assert truth("StringNotEquals", ("${aws:username}", "alice"), context) is F


def test_keys_do_not_depend_on_case_and_absence_can_be_told_of_all_tags() -> None:
    context = Context({"AWS:k": ("a",)}, absent=frozenset(["aws:ResourceTag/*"]))
    assert truth("StringEquals", "a", context) is T
    tag = CompiledCondition(Condition(operator="Null", key="aws:resourcetag/Team", values=("true",)), variables=True)
    assert tag.evaluate(context) is T

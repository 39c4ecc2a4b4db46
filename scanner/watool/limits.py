"""The documented limits of what we send, compared before sending: botocore checks neither maxima nor enums nor patterns.

https://docs.aws.amazon.com/wellarchitected/latest/APIReference/ (API_UpdateAnswer, API_ChoiceUpdate, API_CreateMilestone,
API_CreateWorkload), and botocore's model of the service.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from scanner.watool.claims import Reason, Status
from scanner.watool.errors import InvalidRequestError
from scanner.watool.notes import CHOICE_LIMIT, QUESTION_LIMIT

Check = Callable[[Any], str]

_WORKLOAD_ID = re.compile(r"[0-9a-f]{32}")
_ACCOUNT = re.compile(r"[0-9]{12}")


def text(least: int, most: int) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, str) and least <= len(value) <= most:
            return ""
        return f"must have {least} to {most} characters, has {len(str(value))}"

    return check


def at_most(most: int) -> Check:
    return lambda value: "" if len(value) <= most else f"may have {most} entries, has {len(value)}"


def one_of(words: tuple[str, ...]) -> Check:
    return lambda value: "" if value in words else f"must be one of {', '.join(words)}, is {value}"


def matching(pattern: re.Pattern[str], what: str) -> Check:
    return lambda value: "" if isinstance(value, str) and pattern.fullmatch(value) else f"must be {what}, is {value!r}"


_status, _reason, _choice_notes = one_of(get_args(Status)), one_of(get_args(Reason)), text(0, CHOICE_LIMIT)


def _choice_updates(updates: Mapping[str, Mapping[str, str]]) -> str:
    for choice, update in updates.items():
        checks = (("Status", _status), ("Reason", _reason), ("Notes", _choice_notes))
        for member, check in checks:
            problem = check(update[member]) if member in update else ""
            if problem:
                return f"{member} of {choice} {problem}"
    return ""


def _accounts(accounts: list[str]) -> str:
    wrong = [account for account in accounts if not _ACCOUNT.fullmatch(account)]
    return f"{wrong[0]!r} is not an account id of 12 digits" if wrong else at_most(100)(accounts)


_LIMITS: dict[str, dict[str, Check]] = {
    "UpdateAnswer": {
        "WorkloadId": matching(_WORKLOAD_ID, "32 hexadecimal digits"),
        "LensAlias": text(1, 128),
        "QuestionId": text(1, 128),
        "Notes": text(0, QUESTION_LIMIT),
        "Reason": _reason,
        "ChoiceUpdates": _choice_updates,
    },
    "CreateMilestone": {
        "WorkloadId": matching(_WORKLOAD_ID, "32 hexadecimal digits"),
        "MilestoneName": text(3, 100),
        "ClientRequestToken": text(1, 2048),
    },
    "CreateWorkload": {
        "WorkloadName": text(3, 100),
        "Description": text(3, 250),
        "Environment": one_of(("PRODUCTION", "PREPRODUCTION")),
        "ReviewOwner": text(3, 255),
        "AwsRegions": at_most(50),
        "NonAwsRegions": at_most(5),
        "AccountIds": _accounts,
        "Lenses": at_most(20),
        "Tags": at_most(50),
        "Notes": text(0, QUESTION_LIMIT),
        "ClientRequestToken": text(1, 2048),
    },
}


def refuse_outside(operation: str, params: Mapping[str, Any]) -> None:
    """Raise InvalidRequestError when a member is outside its limit."""
    found = list(_problems(operation, params))
    if found:
        raise InvalidRequestError(f"{operation} was not sent: {'; '.join(found)}", next="shorten or correct it")


def _problems(operation: str, params: Mapping[str, Any]) -> Iterator[str]:
    for member, check in _LIMITS.get(operation, {}).items():
        problem = check(params[member]) if member in params else ""
        if problem:
            yield f"{member} {problem}"

"""One question, one Reading. The only module that calls AWS to read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from scanner.collect.body import BrokenBodyError
from scanner.collect.clients import Clients, Operation, is_throttle
from scanner.collect.guard import NotAReadError
from scanner.collect.plan import View
from scanner.evidence.plain import masked, plain, timestamp
from scanner.evidence.reading import Call, Outcome, Reading
from scanner.evidence.snapshot import says_absent

# An answer that goes on for longer than this is not read to its end, and so is unknown.
MOST_PAGES = 2_000

_TOKEN = re.compile(
    r"^(?:next(?:page)?(?:token|marker)|marker|nextcontinuationtoken|paginationtoken|nextpagetoken)$", re.IGNORECASE
)
_MORE = re.compile(r"^(?:istruncated|hasmore\w*|truncated)$", re.IGNORECASE)

_REFUSALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "ForbiddenException",
        "NotAuthorized",
        "NotAuthorizedException",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
CREDENTIAL_ERRORS = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_IDENTIFIERS = frozenset({"AccessKeyId"})


class TruncatedError(Exception):
    """AWS has more to say than could be read."""


Page = dict[str, Any]


def ask(clients: Clients, call: Call, request: dict[str, Any], view: View, region: str) -> Reading:
    """Ask one question, through all its pages. Whatever happens becomes a Reading; nothing is raised but a guard's refusal.

    `region` is the AWS region to send to, which differs from the call's where that is `global`.
    """

    def pages() -> Iterator[Page]:
        service, _, name = view.api.partition(":")
        return read_pages(clients.operation(service, name), request)

    return reading_of(clients, call, view, region, pages)


def reading_of(clients: Clients, call: Call, view: View, region: str, pages: Callable[[], Iterator[Page]]) -> Reading:
    """The Reading of pages that some function brings; whatever it raises becomes the Reading's outcome."""
    return answered(clients, call, view, region, pages).reading(call)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking, before it is told of which call (or calls) it is the answer."""

    outcome: Outcome
    at: str
    answer: dict[str, Any]
    error: str = ""
    message: str = ""

    def reading(self, call: Call) -> Reading:
        """The Reading; failed where the answer cannot be written down."""
        try:
            return Reading.make(call, self.outcome, self.at, answer=self.answer, error=self.error, message=self.message)
        except (ValueError, RecursionError) as problem:  # NaN, half a character, nesting without end: no canonical JSON
            message = _sound(f"{type(problem).__name__}: {problem}"[:500])
            return Reading.make(call, Outcome.FAILED, self.at, error="MalformedAnswer", message=message)


def answered(clients: Clients, call: Call, view: View, region: str, pages: Callable[[], Iterator[Page]]) -> Answered:
    """Ask on the budget of a call. Whatever happens becomes an outcome; nothing is raised but a guard's refusal."""
    outcome, answer, error, message = Outcome.FAILED, {}, "", ""
    with clients.aimed(call.account, region, call.service):
        try:
            answer = collect_answer(view, pages())
            outcome = Outcome.OK
        except ClientError as problem:
            outcome, error, message = _client_error(problem, view)
        except NotAReadError:
            raise
        except (BrokenBodyError, ResponseParserError) as problem:
            error, message = "MalformedAnswer", str(problem)
        except TruncatedError as problem:
            error, message = "Truncated", str(problem)
        except HTTPClientError as problem:
            error, message = _connection_error(problem)
        except BotoCoreError as problem:
            error, message = type(problem).__name__, str(problem)
        except (ValueError, TypeError, KeyError, AttributeError, LookupError, RecursionError) as problem:
            # botocore's parsers raise these at answers whose parts are of another type than their model says.
            error, message = "MalformedAnswer", f"{type(problem).__name__}: {problem}"
    return Answered(outcome, timestamp(datetime.now(UTC)), answer, _sound(error), _sound(masked(message))[:500])


def _sound(text: str) -> str:
    """Text without halves of characters, which cannot be written down."""
    return text.encode("utf-8", "replace").decode()


def _client_error(problem: ClientError, view: View) -> tuple[Outcome, str, str]:
    body = problem.response.get("Error", {})
    code, message = str(body.get("Code", "")), str(body.get("Message", ""))
    status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if says_absent(view.absent, code, message):
        return Outcome.ABSENT, code, message
    bare = code.rpartition(".")[2]  # EC2 sometimes says Client.UnauthorizedOperation
    if bare in _REFUSALS:
        return Outcome.DENIED, code, message
    if status == 403 and bare not in CREDENTIAL_ERRORS and not is_throttle(bare):
        return Outcome.DENIED, code, message
    return Outcome.FAILED, code or f"HTTP {status}", message


def _connection_error(problem: HTTPClientError) -> tuple[str, str]:
    inner = problem.kwargs.get("error")
    if isinstance(inner, BrokenBodyError):
        return "MalformedAnswer", str(inner)
    return type(problem).__name__, str(problem)


def collect_answer(view: View, pages: Iterator[Page]) -> dict[str, Any]:
    """What the view's evidence declares of all pages, by path: lists joined, anything else from the first page that has it."""
    answer: dict[str, Any] = {}
    for page in pages:
        page.pop("ResponseMetadata", None)
        for path, shape in view.paths:
            found = _search(path, page)
            if isinstance(found, list):
                kept = [plain(shape.cut(item), keep=_IDENTIFIERS) for item in found]
                before = answer.setdefault(path, [])
                if not isinstance(before, list):
                    raise TypeError(f"{path} is a list on one page and none on another")
                before.extend(kept)
            elif found is not None and path not in answer:
                answer[path] = plain(shape.cut(found), keep=_IDENTIFIERS)
    return answer


def _search(path: str, page: Page) -> Any:
    """JMESPath; a plain member, which most paths are, without its overhead."""
    if not path:
        return page
    if path.isidentifier():
        return page.get(path)
    return jmespath.search(path, page)


def read_pages(operation: Operation, request: dict[str, Any]) -> Iterator[Page]:
    """All pages of an operation. TruncatedError where more is known to exist than could be read."""
    if operation.paginator is not None:
        for number, page in enumerate(operation.paginator.paginate(**request), 1):
            yield page
            if number >= MOST_PAGES:
                raise TruncatedError(f"more than {MOST_PAGES} pages")
        return
    asked, seen = dict(request), set[Any]()
    while True:
        page = operation.call(**asked)
        yield page
        name, token = _token(page)
        if not name:
            return
        if name.lower() not in operation.inputs:
            raise TruncatedError(f"the answer goes on ({name}) and the operation cannot be asked for the rest")
        if token in seen or len(seen) >= MOST_PAGES:
            raise TruncatedError(f"the page token {'repeats' if token in seen else 'never ends'}")
        seen.add(token)
        asked = {**request, operation.inputs[name.lower()]: token}


def _token(page: Page) -> tuple[str, Any]:
    """The member that says where the answer goes on, and its value; empty if this is the last page."""
    for name, value in page.items():
        if value and _TOKEN.match(name):
            return name, value
    for name, value in page.items():
        if value is True and _MORE.match(name):
            return name, value
    return "", None

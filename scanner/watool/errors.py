"""Errors of talking to the Well-Architected Tool. Each says what happened, where, and what to do next."""


class ToolError(Exception):
    """`what` happened, `where`, and what to do `next`."""

    def __init__(self, what: str, where: str = "", next: str = "") -> None:  # noqa: A002 - the word of the house rules
        self.what = what
        self.where = where
        self.next = next
        place = f" ({where})" if where else ""
        advice = f" {next[0].upper()}{next[1:]}." if next else ""
        super().__init__(f"{what}{place}.{advice}")


class RefusedError(ToolError):
    """AWS refused the call: AccessDenied."""


class NotFoundError(ToolError):
    """The workload, lens, question or milestone does not exist, or not yet."""


class ConflictError(ToolError):
    """AWS answered Conflict: a name is taken, or another change is under way."""


class ThrottledError(ToolError):
    """Still throttled after botocore's own retries."""


class QuotaError(ToolError):
    """A quota of the Tool is used up."""


class InvalidRequestError(ToolError):
    """The request is outside the documented limits, found by us before sending or by AWS."""


class PlanError(ToolError):
    """The plan cannot be applied to this workload, or the file is not as it was written."""


class LedgerError(ToolError):
    """The ledger cannot be read."""

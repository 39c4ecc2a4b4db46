"""The guard of the Tool's session: what the pre-fill may send, by name. The scan's guard knows none of these writes."""

from collections.abc import Callable
from typing import Any

from scanner.collect.guard import SIGN_IN

READS = frozenset(
    {
        "ExportLens",
        "GetAnswer",
        "GetConsolidatedReport",
        "GetLensReview",
        "GetLensReviewReport",
        "GetWorkload",
        "ListAnswers",
        "ListCheckDetails",
        "ListLensReviews",
        "ListMilestones",
        "ListWorkloads",
    }
)
WRITES = frozenset({"AssociateLenses", "CreateMilestone", "CreateWorkload", "UpdateAnswer"})

WHO_WE_ARE = frozenset({"sts:GetCallerIdentity"})
ALLOWED = SIGN_IN | WHO_WE_ARE | frozenset(f"wellarchitected:{operation}" for operation in READS | WRITES)


class NotForTheToolError(Exception):
    """Somebody tried to send something else with the credentials of the pre-fill."""


def guard() -> Callable[..., None]:
    """A handler for botocore's `before-call` event that raises at whatever is not in `ALLOWED`."""

    def handler(model: Any, **_: Any) -> None:
        api = f"{model.service_model.service_name}:{model.name}"
        if api not in ALLOWED:
            raise NotForTheToolError(f"{api} is nothing that the pre-fill sends: it was not sent")

    return handler

"""The guard of the Tool's session: what the pre-fill may send, by name. The scan's guard knows none of these writes."""

from collections.abc import Callable
from typing import Any

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

# What botocore sends to get or renew credentials, and to say who we are.
SIGN_IN = frozenset(
    {
        "signin:CreateOAuth2Token",
        "sso-oidc:CreateToken",
        "sso:GetRoleCredentials",
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:GetCallerIdentity",
    }
)
ALLOWED = SIGN_IN | frozenset(f"wellarchitected:{operation}" for operation in READS | WRITES)


class NotForTheToolError(Exception):
    """Somebody tried to send something else with the credentials of the pre-fill."""


def guard() -> Callable[..., None]:
    """A handler for botocore's `before-call` event that raises at whatever is not in `ALLOWED`."""

    def handler(model: Any, **_: Any) -> None:
        api = f"{model.service_model.service_name}:{model.name}"
        if api not in ALLOWED:
            raise NotForTheToolError(f"{api} is nothing that the pre-fill sends: it was not sent")

    return handler

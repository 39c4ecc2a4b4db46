"""How a piece of evidence is read: one declared, read-only operation of AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from scanner.evidence.evidence import Evidence

Scope = Literal["regional", "global", "organization"]


@dataclass(frozen=True, slots=True)
class Read:
    """One read-only operation and how its answer becomes evidence.

    `api`       botocore's service and operation: `kms:DescribeKey`.
    `path`      JMESPath into the answer; empty means the whole answer. A list becomes one piece of evidence per item;
                an item that is no structure becomes the field `value`.
    `arn`       names the resource: a template over the fields of this evidence and of its parents, and over `{partition}`,
                `{region}`, `{account}`. Evidence without one is about its parent's resource, or about the whole target.
    `per`       asked once for each of these; `args` takes request parameters from their fields (or from their parents';
                `Detector.value` where two of them have a field of that name).
    `when`      asked only if the parent's fields have these values (a tuple: one of these values).
    `batch`     how many parents one call takes. `many` is the request parameter that takes the list, `match` the field of
                the answer's items that repeats the parent's value.
    `fixed`     constant request parameters; `{account}`, `{region}`, `{at}`, `{days_ago:N}` and
                `{hours_ago:N}` are filled in.
    `absent`    error codes that AWS documents as "there is none"; the parameter of a check is then None. Where AWS uses a
                code for more than that, add words that its message holds: `"AccessDeniedException: Macie is not enabled"`.
    `omitted_if_empty`  AWS leaves the list out of the answer where there is nothing to list. Without this, an answer
                that lacks the list is malformed, never empty. In batches: AWS leaves out parents that have nothing.
    `refs`      fields that name other evidence's resources.
    `scope`     regional; global: once per account; organization: once, from the account that may read it.
    `region`    a template for the region to ask in, where a global listing names it (`{bucket_region}`).
    `action`    the IAM action to grant, where it is not the operation's own name.
    `via`       one of the named reads in `scanner.collect.reports` that take more than one operation.
    """

    api: str
    path: str = ""
    arn: str = ""
    per: type[Evidence] | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, Any] = field(default_factory=dict)
    batch: int = 1
    many: str = ""
    match: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    absent: frozenset[str] | set[str] = frozenset()
    omitted_if_empty: bool = False
    refs: Mapping[str, type[Evidence]] = field(default_factory=dict)
    scope: Scope = "regional"
    region: str = ""
    action: str = ""
    via: str = ""

    @property
    def service(self) -> str:
        return self.api.partition(":")[0]

    @property
    def operation(self) -> str:
        return self.api.partition(":")[2]

    @property
    def listed(self) -> str:
        """The request parameter that takes a list of parents, for a read in batches."""
        return self.many or next(iter(self.args))


def days(count: int) -> timedelta:
    """A window of so many days."""
    return timedelta(days=count)


def Metric(  # noqa: N802  (reads as a declaration, like Read)
    namespace: str,
    name: str,
    *,
    per: type[Evidence],
    dimensions: Mapping[str, str],
    statistic: str,
    window: timedelta,
    period: timedelta = timedelta(days=1),
    fixed_dimensions: Mapping[str, str] | None = None,
) -> Read:
    """How a `MetricData` is read: a metric of each parent over the `window` before the scan.

    500 metrics go into one `cloudwatch:GetMetricData` call. No data points is an empty tuple, which is not zero.
    """
    return Read(
        "cloudwatch:GetMetricData",
        "MetricDataResults",
        per=per,
        args={f"Dimensions.{dimension}": source for dimension, source in dimensions.items()},
        fixed={
            "Namespace": namespace,
            "MetricName": name,
            "Stat": statistic,
            "Period": int(period.total_seconds()),
            "StartTime": f"{{days_ago:{window.days}}}",
            "EndTime": "{at}",
            **{f"Dimensions.{dimension}": value for dimension, value in (fixed_dimensions or {}).items()},
        },
        batch=500,
        via="metrics",
    )

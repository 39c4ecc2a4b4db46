"""The budget of calls: so many a second per account, region and service, shared by all checks and threads.

A scan must not throttle the user's production. Every request counts, retries and pages too.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

# Requests a second. AWS publishes few of these; where it does, ours stays at half or less of it, so that production keeps
# the rest: CloudTrail LookupEvents allows 2 a second, CloudWatch Logs DescribeSubscriptionFilters 5, EC2 refills 20
# unfiltered describe calls a second, the IAM control plane is shared by every region.
DEFAULT_RATES: Mapping[str, float] = {
    "cloudtrail": 5,
    "cloudtrail:LookupEvents": 1.8,
    "ce": 2,
    "ec2": 10,
    "iam": 10,
    "kms": 50,
    "logs:DescribeSubscriptionFilters": 2.5,
    "organizations": 4,
    "s3": 50,
    "scheduler:GetSchedule": 50,
}
DEFAULT_RATE = 10.0


class Budget:
    """Hands out moments to send at. Each bucket spaces its requests evenly, so no second ever sees more than its rate."""

    def __init__(
        self,
        rates: Mapping[str, float] | None = None,
        default: float = DEFAULT_RATE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates = {**DEFAULT_RATES, **(rates or {})}
        self._default = default
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next: dict[tuple[str, str, str], float] = {}
        self.sent: Counter[tuple[str, str, str]] = Counter()
        self.throttled: Counter[tuple[str, str, str]] = Counter()

    def rate(self, api: str) -> tuple[str, float]:
        """The bucket of an operation (its own, or its service's) and its requests a second; 0 means no limit."""
        if api in self._rates:
            return api, self._rates[api]
        service = api.partition(":")[0]
        return service, self._rates.get(service, self._default)

    def spend(self, account: str, region: str, api: str) -> None:
        """Wait until one more request may be sent, and count it."""
        bucket, rate = self.rate(api)
        with self._lock:
            self.sent[account, region, api] += 1
            if rate <= 0:
                return
            now = self._clock()
            moment = max(now, self._next.get((account, region, bucket), now))
            self._next[account, region, bucket] = moment + 1 / rate
        if moment > now:
            self._sleep(moment - now)

    def throttle(self, account: str, region: str, api: str) -> None:
        """Count an answer that said "too many requests"."""
        with self._lock:
            self.throttled[account, region, api] += 1

"""Collecting: from targets and a plan to readings.

One thread decides what to ask; a pool asks. A reading that comes back may bring further questions (a key's policy for each
key), which the plan's graph tells. No question is asked twice, and no service gets more than its share of the pool.
"""

import json
import queue
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from scanner.collect.ask import ask, reading_of
from scanner.collect.batch import Batch, ask_batch, common
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.plan import Kind, Plan
from scanner.collect.reports import VIA
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Call, Reading, Target
from scanner.evidence.request import UnknownFieldError
from scanner.evidence.snapshot import Row, Scan, Snapshot, not_applicable

HOME_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}

OnReading = Callable[[Reading, int, int], None]
Done = queue.SimpleQueue[list[Reading] | BaseException]
Question = tuple[Kind, Target, Row | None]


@dataclass(slots=True)
class Collector:
    """Asks everything that a plan needs, and adds the answers to a snapshot.

    `on_reading` is told of each reading, with how many have been answered and how many are known to be needed.
    """

    plan: Plan
    scan: Scan
    clients: Mapping[str, Clients]  # by account
    settings: CallSettings
    snapshot: Snapshot
    on_reading: OnReading
    stop: Callable[[], bool] = lambda: False
    sample: bool = False  # ask each question for one parent only: enough to see what is refused
    _waiting: dict[Call, list[Question]] = field(default_factory=dict)
    _ready: dict[tuple[str, str, str], deque[Batch]] = field(default_factory=lambda: defaultdict(deque))
    _gathering: dict[tuple[object, ...], list[Call]] = field(default_factory=dict)
    _answered: int = 0

    def run(self) -> None:
        """Ask until nothing is left to ask, or until `stop` says so; what was under way is finished."""
        for kind in self.plan.roots:
            for target in self._targets(kind):
                self._want(kind, target, None)
        done: Done = queue.SimpleQueue()
        flying: dict[tuple[str, str, str], int] = defaultdict(int)
        count = 0
        with ThreadPoolExecutor(max_workers=self.settings.threads, thread_name_prefix="wafr-ask") as pool:
            while True:
                while not self.stop() and count < self.settings.threads and (batch := self._next(flying)):
                    flying[_bucket(batch.calls[0])] += 1
                    count += 1
                    pool.submit(self._fly, batch, done)
                if count == 0:
                    return
                readings = done.get()
                if isinstance(readings, BaseException):
                    raise readings
                count -= 1
                flying[_bucket(readings[0].call)] -= 1
                for reading in readings:
                    self._take(reading)

    def missing(self) -> str:
        """What had not been asked when the collector stopped, in a line."""
        apis = sorted({call.api for call in self._waiting})
        more = f" and {len(apis) - 5} more" if len(apis) > 5 else ""
        return f"{self._answered} questions answered, at least {len(self._waiting)} not: {', '.join(apis[:5])}{more}"

    def _fly(self, batch: Batch, done: "Done") -> None:
        try:
            done.put(self._ask(batch))
        except BaseException as error:  # noqa: BLE001  (handed to the deciding thread, which raises it)
            done.put(error)

    def _targets(self, kind: Kind) -> Iterable[Target]:
        scope = kind.read.scope
        if scope == "organization":
            return [self.scan.organization] if self.scan.organization else []
        if scope == "global":
            return [target for target in self.scan.targets if target.region == GLOBAL]
        return [target for target in self.scan.targets if target.region not in (GLOBAL, ORGANIZATION)]

    def _want(self, kind: Kind, target: Target, parent: Row | None) -> None:
        try:
            call = self.snapshot.call(kind, target, parent)
        except UnknownFieldError:
            return  # judging says so for this resource
        known = self.snapshot.reading(call)
        if known is not None:
            self._spread((kind, target, parent))
            return
        if call in self._waiting:
            self._waiting[call].append((kind, target, parent))
            return
        self._waiting[call] = [(kind, target, parent)]
        if kind.read.batch == 1:
            self._ready[_bucket(call)].append(Batch(kind, (call,)))
            return
        together = self._gathering.setdefault((kind, *common(kind, call)), [])
        together.append(call)
        if len(together) == kind.read.batch:
            self._flush((kind, *common(kind, call)))

    def _flush(self, key: tuple[object, ...]) -> None:
        calls = self._gathering.pop(key)
        kind = self._waiting[calls[0]][0][0]
        self._ready[_bucket(calls[0])].append(Batch(kind, tuple(calls)))

    def _next(self, flying: Mapping[tuple[str, str, str], int]) -> Batch | None:
        """The next batch to send: from the service that has the fewest under way. Part batches go last."""
        if not self._ready:
            if self._gathering and not any(flying.values()):
                for key in list(self._gathering):
                    self._flush(key)
                return self._next(flying)
            return None
        bucket = min(self._ready, key=lambda name: flying.get(name, 0))
        most = max(2, self.settings.threads // 2) if len(self._ready) > 1 else self.settings.threads
        if flying.get(bucket, 0) >= most:
            return None
        batch = self._ready[bucket].popleft()
        if not self._ready[bucket]:
            del self._ready[bucket]
        return batch

    def _ask(self, batch: Batch) -> list[Reading]:
        call = batch.calls[0]
        clients, view = self.clients[call.account], self.plan.views[call.api]
        region = self._send_to(call)
        if batch.kind.read.batch > 1:
            return ask_batch(clients, batch, view, region)
        request = json.loads(call.request)
        if view.via:
            report = VIA[view.via]
            return [reading_of(clients, call, view, region, lambda: report(clients, request))]
        return [ask(clients, call, request, view, region)]

    def _send_to(self, call: Call) -> str:
        if call.region not in (GLOBAL, ORGANIZATION):
            return call.region
        partition = next(target.partition for target in self.scan.targets if target.account == call.account)
        return HOME_REGIONS.get(partition, "us-east-1")

    def _take(self, reading: Reading) -> None:
        self.snapshot.add(reading.without_text())
        self._answered += 1
        questions = self._waiting.pop(reading.call)
        for question in questions:
            self._spread(question)
        self.on_reading(reading, self._answered, self._answered + len(self._waiting))

    def _spread(self, question: Question) -> None:
        """Ask for each piece of evidence in an answer what the plan asks for it."""
        kind, target, parent = question
        children = self.plan.children(kind)
        if not children:
            return
        rows = self.snapshot.seen(kind, target, parent).rows
        for row in rows[:1] if self.sample else rows:
            for child in children:
                if not not_applicable(child.read, row):
                    self._want(child, target, row)


def _bucket(call: Call) -> tuple[str, str, str]:
    return call.account, call.region, call.service

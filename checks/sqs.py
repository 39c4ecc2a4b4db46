"""SQS: queues, who may use them, and what becomes of messages that nobody can process."""

import json
from dataclasses import dataclass
from typing import Any

from scanner import (
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Part,
    PolicyOrBlank,
    Read,
    Target,
    Verdict,
    check,
    derived,
    fact,
    lets_everyone,
    outside_accounts,
)

_NAMES = ("dlq", "dead", "dead-letter")
_LONGEST = 14 * 24 * 3600  # SQS keeps nothing for longer


class Queue(
    Evidence,
    read=Read(
        "sqs:ListQueues",
        "QueueUrls",
        arn="{value}",
        fixed={"MaxResults": 1000},  # without it SQS stops at 1,000 queues and does not say so (API reference)
        omitted_if_empty=True,
    ),
):
    value: str


class Settings(Part):
    """A queue's attributes, which SQS gives as text."""

    queue_arn: str
    sqs_managed_sse_enabled: str = "false"
    kms_master_key_id: str | None = None
    redrive_policy: str | None = None
    message_retention_period: str | None = None
    policy: PolicyOrBlank = None

    @property
    def name(self) -> str:
        return self.queue_arn.rpartition(":")[2]

    @property
    def redrive(self) -> dict[str, Any]:
        """The redrive policy, decoded; empty where there is none."""
        found = json.loads(self.redrive_policy) if self.redrive_policy else {}
        if not isinstance(found, dict):
            raise TypeError("a redrive policy is an object")
        return found


class QueueAttributes(
    Evidence,
    read=Read(
        "sqs:GetQueueAttributes",
        per=Queue,
        args={"QueueUrl": "value"},
        fixed={
            "AttributeNames": [
                "QueueArn",
                "SqsManagedSseEnabled",
                "KmsMasterKeyId",
                "RedrivePolicy",
                "MessageRetentionPeriod",
                "Policy",
            ]
        },
    ),
):
    attributes: Settings


@dataclass(frozen=True)
class DeadLetterQueues:
    """The queues to which other queues of the region move their failed messages, by ARN, each with those queues.

    `queues`: all queues of the region, by ARN. A dead-letter queue is one of them (SQS developer guide).
    """

    sources: dict[str, tuple[Settings, ...]]
    queues: frozenset[str]


@derived
def dead_letter_queues(queues: list[QueueAttributes]) -> DeadLetterQueues:
    """All targets of redrive policies."""
    found: dict[str, tuple[Settings, ...]] = {}
    for one in queues:
        target = one.attributes.redrive.get("deadLetterTargetArn")
        if isinstance(target, str):
            found[target] = (*found.get(target, ()), one.attributes)
    return DeadLetterQueues(found, frozenset(one.attributes.queue_arn for one in queues))


@check(effort="low")
def messages_are_encrypted(queue: QueueAttributes) -> Verdict:
    """Queues encrypt their messages at rest.

    Why: a message in a queue is data at rest, for up to fourteen days.
    Fix: aws sqs set-queue-attributes --queue-url URL --attributes SqsManagedSseEnabled=true
    """
    if queue.attributes.kms_master_key_id:
        return Holds(f"encrypted under {queue.attributes.kms_master_key_id}")
    if queue.attributes.sqs_managed_sse_enabled == "true":
        return Holds("encrypted under keys that SQS manages")
    return Fails("not encrypted at rest")


@check(effort="low")
def queues_are_not_public(queue: QueueAttributes, here: Target) -> Verdict:
    """No queue's policy lets everyone in.

    Why: whoever can send to a queue feeds the workload; whoever can read it takes its messages away.
    Fix: name the principals in the queue's policy, or bind the wildcard with aws:SourceArn or aws:PrincipalOrgID.
    """
    if queue.attributes.policy is None:
        return Holds("the queue has no policy")
    found = lets_everyone(queue.attributes.policy, here.account)
    return Fails(f"the policy is open: {found[0]}") if found else Holds("the policy lets in nobody in general")


@check(effort="low")
def failed_messages_are_kept(
    queue: QueueAttributes, targets: DeadLetterQueues, *, dead_letter_names: tuple[str, ...] = _NAMES
) -> Verdict:
    """Queues move messages that cannot be processed into a dead-letter queue.

    Why: a message that always fails comes back until it expires, and then nobody knows what it was.
    Fix: aws sqs set-queue-attributes --queue-url URL --attributes RedrivePolicy=…
    """
    if outside := _is_dead_letter_queue(queue.attributes, targets, dead_letter_names):
        return outside
    if not queue.attributes.redrive:
        return Fails("no dead-letter queue is set")
    target = str(queue.attributes.redrive.get("deadLetterTargetArn"))
    if target not in targets.queues:
        return Fails(f"the dead-letter queue {target.rpartition(':')[2]} is not there any more")
    return Holds("a dead-letter queue is set")


@check(effort="low")
def a_queue_keeps_what_fails(
    queues: list[QueueAttributes], targets: DeadLetterQueues, *, dead_letter_names: tuple[str, ...] = _NAMES
) -> Verdict:
    """Where work goes through queues, at least one of them keeps what nobody could process.

    Why: where no queue does, one component's fault becomes the next one's, again and again, until the work is lost.
    Fix: aws sqs set-queue-attributes --queue-url URL --attributes RedrivePolicy=…
    """
    work = [one for one in queues if not _is_dead_letter_queue(one.attributes, targets, dead_letter_names)]
    if not work:
        return NotApplicable("there are no queues but dead-letter queues")
    kept = [one for one in work if str((one.attributes.redrive or {}).get("deadLetterTargetArn", "")) in targets.queues]
    told = f"{len(kept)} of {len(work)} queues have a dead-letter queue"
    return Holds(told) if kept else Fails(told)


def _is_dead_letter_queue(queue: Settings, targets: DeadLetterQueues, names: tuple[str, ...]) -> NotApplicable | None:
    if queue.queue_arn in targets.sources:
        return NotApplicable("other queues move their failed messages here")
    if set(queue.name.lower().replace("_", "-").removesuffix(".fifo").split("-")) & set(names):
        return NotApplicable("by its name this is a dead-letter queue")
    return None


@check(effort="low")
def retries_are_bounded(
    queue: QueueAttributes,
    targets: DeadLetterQueues,
    *,
    at_most: int = 10,
    dead_letter_names: tuple[str, ...] = _NAMES,
) -> Verdict:
    """Queues hand out a message a few times at most before they set it aside.

    Why: a message that always fails is tried again and again, and takes the capacity of those that would not.
    Fix: aws sqs set-queue-attributes --queue-url URL --attributes RedrivePolicy={…,"maxReceiveCount":5}
    """
    if outside := _is_dead_letter_queue(queue.attributes, targets, dead_letter_names):
        return outside
    if not queue.attributes.redrive:
        return Fails("a message is handed out until it expires")
    count = int(queue.attributes.redrive["maxReceiveCount"])
    if count <= at_most:
        return Holds(f"a message is handed out {count} times at most")
    return Fails(f"a message is handed out {count} times, more than {at_most}")


@check(effort="low")
def dead_letters_outlive_their_queue(queue: QueueAttributes, targets: DeadLetterQueues) -> Verdict:
    """Dead-letter queues keep messages for longer than the queues that they come from.

    Why: a message's age counts from its first queue, so that it may expire on the day on which it is set aside.
    Fix: aws sqs set-queue-attributes --queue-url URL --attributes MessageRetentionPeriod=1209600
    """
    sources = targets.sources.get(queue.attributes.queue_arn, ())
    if not sources:
        return NotApplicable("no queue of the region moves failed messages here")
    if queue.attributes.name.endswith(".fifo"):
        return NotApplicable("in a FIFO queue the age counts from the move")
    kept = int(queue.attributes.message_retention_period or 0)
    longest = max(int(one.message_retention_period or 0) for one in sources)
    told = f"kept for {kept // 3600} hours, {longest // 3600} in the queue before it"
    return Holds(told) if kept > longest or kept == _LONGEST else Fails(told)


@check(effort="low")
def queue_policies_name_their_users(
    queue: QueueAttributes, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Policies of queues let in no other account but trusted ones.

    Why: an account that was let in once can feed or empty the queue until somebody remembers.
    Fix: remove the account from the policy, bind it with aws:PrincipalOrgID, or list it as trusted.
    """
    if queue.attributes.policy is None:
        return NotApplicable("the queue has no policy")
    outside = outside_accounts(queue.attributes.policy, here.account, trusted_accounts)
    return Fails(f"another account is let in: {outside[0]}") if outside else Holds("no other account is let in")


@fact
def queues_that_refuse_plain_http(queues: list[QueueAttributes]) -> str | None:
    """How many queues deny requests without TLS."""
    if not queues:
        return None
    refusing = sum(
        any(
            statement.effect == "Deny"
            and any(condition.key.lower() == "aws:securetransport" for condition in statement.conditions)
            for statement in one.attributes.policy.statements
        )
        for one in queues
        if one.attributes.policy is not None
    )
    return f"{refusing} of {len(queues)} SQS queues have a statement that denies by aws:SecureTransport"


@fact
def queues_in_use(queues: list[QueueAttributes], targets: DeadLetterQueues) -> str | None:
    """How many queues stand between components, and how many of them keep order and drop duplicates."""
    if not queues:
        return None
    fifo = sum(one.attributes.name.endswith(".fifo") for one in queues)
    return f"{len(queues)} SQS queues: {fifo} are FIFO, {len(targets.sources)} take the failed messages of others"

"""SQS: queues, who may use them, and what becomes of messages that nobody can process."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Policy, Read, Target, Verdict, check, lets_everyone


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
    policy: Policy | None = None

    @property
    def name(self) -> str:
        return self.queue_arn.rpartition(":")[2]


class QueueAttributes(
    Evidence,
    read=Read(
        "sqs:GetQueueAttributes",
        per=Queue,
        args={"QueueUrl": "value"},
        fixed={"AttributeNames": ["QueueArn", "SqsManagedSseEnabled", "KmsMasterKeyId", "RedrivePolicy", "Policy"]},
    ),
):
    attributes: Settings


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
    queue: QueueAttributes, *, dead_letter_names: tuple[str, ...] = ("dlq", "dead", "dead-letter")
) -> Verdict:
    """Queues move messages that cannot be processed into a dead-letter queue.

    Why: a message that always fails comes back until it expires, and then nobody knows what it was.
    Fix: aws sqs set-queue-attributes --queue-url URL --attributes RedrivePolicy=…
    """
    words = queue.attributes.name.lower().replace("_", "-").removesuffix(".fifo").split("-")
    if set(words) & set(dead_letter_names):
        return NotApplicable("by its name this is a dead-letter queue")
    return (
        Holds("a dead-letter queue is set") if queue.attributes.redrive_policy else Fails("no dead-letter queue is set")
    )

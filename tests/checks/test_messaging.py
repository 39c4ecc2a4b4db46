"""SQS and SNS checks, against real clients."""

import json

import pytest

from checks import sqs
from checks.sqs import QueueAttributes, Settings
from scanner import Fails, Holds, NotApplicable, Verdict
from tests.emulator import ACCOUNT, Emulator

OPEN = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
BOUND = {**OPEN, "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:orders"}}}


def document(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_messages_are_encrypted(aws: Emulator) -> None:
    client = aws.client("sqs")
    key = client.create_queue(QueueName="key", Attributes={"KmsMasterKeyId": "alias/aws/sqs"})["QueueUrl"]
    own = client.create_queue(QueueName="own", Attributes={"SqsManagedSseEnabled": "true"})["QueueUrl"]
    plain = client.create_queue(QueueName="plain", Attributes={"SqsManagedSseEnabled": "false"})["QueueUrl"]
    assert aws.judge("sqs.messages_are_encrypted") == {
        key: ("holds", "encrypted under alias/aws/sqs"),
        own: ("holds", "encrypted under keys that SQS manages"),
        plain: ("fails", "not encrypted at rest"),
    }


def test_queues_are_not_public(aws: Emulator) -> None:
    client = aws.client("sqs")
    none = client.create_queue(QueueName="none")["QueueUrl"]
    open_ = client.create_queue(QueueName="open", Attributes={"Policy": document(OPEN)})["QueueUrl"]
    bound = client.create_queue(QueueName="bound", Attributes={"Policy": document(BOUND)})["QueueUrl"]
    assert aws.judge("sqs.queues_are_not_public") == {
        none: ("holds", "the queue has no policy"),
        open_: ("fails", "the policy is open: statement 'open' lets everyone do sqs:SendMessage"),
        bound: ("holds", "the policy lets in nobody in general"),
    }


@pytest.mark.parametrize(
    ("name", "redrive", "verdict"),
    [
        ("orders", "{}", Holds("a dead-letter queue is set")),
        ("orders", None, Fails("no dead-letter queue is set")),
        ("orders-dlq", None, NotApplicable("by its name this is a dead-letter queue")),
        ("orders_DLQ.fifo", None, NotApplicable("by its name this is a dead-letter queue")),
        ("deadline", None, Fails("no dead-letter queue is set")),
    ],
)
def test_failed_messages_are_kept(name: str, redrive: str | None, verdict: Verdict) -> None:
    attributes = Settings(queue_arn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}", redrive_policy=redrive)
    assert sqs.failed_messages_are_kept(QueueAttributes(attributes=attributes)) == verdict


def test_failed_messages_through_a_client(aws: Emulator) -> None:
    client = aws.client("sqs")
    dead = client.create_queue(QueueName="orders-dlq")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dlq"
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    orders = client.create_queue(QueueName="orders", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    assert aws.verdicts("sqs.failed_messages_are_kept") == {dead: "not applicable", orders: "holds"}


def test_no_queue_has_nothing_to_judge(aws: Emulator) -> None:
    told = {"region:us-east-1": ("not applicable", "there is none: sqs:ListQueues listed nothing")}
    assert aws.judge("sqs.messages_are_encrypted") == told


def test_topics(aws: Emulator) -> None:
    client = aws.client("sns")
    plain = client.create_topic(Name="plain")["TopicArn"]
    statement = {**OPEN, "Action": "sns:Publish"}
    open_ = client.create_topic(Name="open", Attributes={"Policy": document(statement)})["TopicArn"]
    key = client.create_topic(Name="key", Attributes={"KmsMasterKeyId": "alias/aws/sns"})["TopicArn"]
    client.subscribe(TopicArn=key, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders")
    inside = ("holds", "the policy lets in nobody in general")
    assert aws.judge("sns.topics_are_not_public") == {
        plain: inside,  # AWS's default policy: everyone, bound to the owner's account
        key: inside,
        open_: ("fails", "the policy is open: statement 'open' lets everyone do sns:Publish"),
    }
    assert aws.judge("sns.topics_use_a_kms_key") == {
        plain: ("fails", "no KMS key is set"),
        open_: ("fails", "no KMS key is set"),
        key: ("holds", "encrypted under alias/aws/sns"),
    }
    assert aws.judge("sns.topics_have_listeners") == {
        plain: ("fails", "nobody is subscribed"),
        open_: ("fails", "nobody is subscribed"),
        key: ("holds", "1 confirmed subscriptions"),
    }

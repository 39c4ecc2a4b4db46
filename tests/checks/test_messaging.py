"""SQS and SNS checks, against real clients."""

import json
from collections.abc import Mapping

import pytest

from checks import sqs
from checks.sqs import DeadLetterQueues, QueueAttributes, Settings
from scanner import Fails, Holds, NotApplicable, Verdict
from tests.emulator import ACCOUNT, Emulator

OPEN = {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
BOUND = {**OPEN, "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:orders"}}}


def document(*statements: Mapping[str, object]) -> str:
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
        ("orders", '{"deadLetterTargetArn": "arn", "maxReceiveCount": 3}', Holds("a dead-letter queue is set")),
        (
            "orders",
            '{"deadLetterTargetArn": "arn:gone", "maxReceiveCount": 3}',
            Fails("the dead-letter queue gone is not there any more"),
        ),
        ("orders", "{}", Fails("no dead-letter queue is set")),
        ("orders", None, Fails("no dead-letter queue is set")),
        ("orders-dlq", None, NotApplicable("by its name this is a dead-letter queue")),
        ("orders_DLQ.fifo", None, NotApplicable("by its name this is a dead-letter queue")),
        ("deadline", None, Fails("no dead-letter queue is set")),
    ],
)
def test_failed_messages_are_kept(name: str, redrive: str | None, verdict: Verdict) -> None:
    attributes = Settings(queue_arn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}", redrive_policy=redrive)
    one = QueueAttributes(attributes=attributes)
    assert sqs.failed_messages_are_kept(one, DeadLetterQueues({}, frozenset({"arn"}))) == verdict


def test_failed_messages_through_a_client(aws: Emulator) -> None:
    client = aws.client("sqs")
    region, check = "region:us-east-1", "sqs.a_queue_keeps_what_fails"
    dead = client.create_queue(QueueName="orders-dlq")["QueueUrl"]
    assert aws.judge(check) == {region: ("not applicable", "there are no queues but dead-letter queues")}
    client.create_queue(QueueName="mails")
    assert aws.judge(check) == {region: ("fails", "0 of 1 queues have a dead-letter queue")}
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-dlq"
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    orders = client.create_queue(QueueName="orders", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    found = aws.verdicts("sqs.failed_messages_are_kept")
    assert (found[dead], found[orders]) == ("not applicable", "holds")
    assert aws.judge(check) == {region: ("holds", "1 of 2 queues have a dead-letter queue")}


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


def queue(aws: Emulator, name: str, **attributes: str) -> str:
    return str(aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


def test_retries_and_dead_letters(aws: Emulator) -> None:
    """A dead-letter queue is one because others move messages there, whatever its name."""
    short = queue(aws, "rest", MessageRetentionPeriod="86400")
    long_ = queue(aws, "attic", MessageRetentionPeriod="1209600")
    to = "arn:aws:sqs:us-east-1:" + ACCOUNT
    few = queue(aws, "few", RedrivePolicy=json.dumps({"deadLetterTargetArn": f"{to}:rest", "maxReceiveCount": 3}))
    many = queue(
        aws, "many", RedrivePolicy=json.dumps({"deadLetterTargetArn": f"{to}:attic", "maxReceiveCount": "900"})
    )
    bare = queue(aws, "bare")
    aside = ("not applicable", "other queues move their failed messages here")
    assert aws.judge("sqs.retries_are_bounded") == {
        short: aside,
        long_: aside,
        few: ("holds", "a message is handed out 3 times at most"),
        many: ("fails", "a message is handed out 900 times, more than 10"),
        bare: ("fails", "a message is handed out until it expires"),
    }
    found = aws.judge("sqs.dead_letters_outlive_their_queue")
    assert found[short] == ("fails", "kept for 24 hours, 96 in the queue before it")
    assert found[long_] == ("holds", "kept for 336 hours, 96 in the queue before it")
    assert found[bare] == ("not applicable", "no queue of the region moves failed messages here")
    told = "5 SQS queues: 0 are FIFO, 2 take the failed messages of others"
    assert aws.judge("sqs.queues_in_use") == {"region:us-east-1": ("told", told)}


def test_the_age_of_a_message_in_a_fifo_queue_counts_anew() -> None:
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead.fifo"
    one = QueueAttributes(attributes=Settings(queue_arn=arn, message_retention_period="60"))
    source = Settings(queue_arn="arn:aws:sqs:us-east-1:1:live.fifo", message_retention_period="600")
    told = NotApplicable("in a FIFO queue the age counts from the move")
    assert sqs.dead_letters_outlive_their_queue(one, DeadLetterQueues({arn: (source,)}, frozenset())) == told


def test_other_accounts_in_policies(aws: Emulator) -> None:
    other = {"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Resource": "*"}
    let_in = queue(aws, "shared", Policy=document({**other, "Action": "sqs:SendMessage"}))
    own = queue(aws, "own")
    topic = aws.client("sns").create_topic(
        Name="shared", Attributes={"Policy": document({**other, "Action": "sns:Publish"})}
    )["TopicArn"]
    check = "sqs.queue_policies_name_their_users"
    assert aws.judge(check) == {
        let_in: ("fails", "another account is let in: a statement lets 210987654321 do sqs:SendMessage"),
        own: ("not applicable", "the queue has no policy"),
    }
    trusting = {
        name: {"trusted_accounts": ("210987654321",)} for name in (check, "sns.topic_policies_name_their_users")
    }
    assert aws.judge(check, settings=trusting)[let_in] == ("holds", "no other account is let in")
    told = ("fails", "another account is let in: a statement lets 210987654321 do sns:Publish")
    assert aws.judge("sns.topic_policies_name_their_users") == {topic: told}
    held = ("holds", "no other account is let in")
    assert aws.judge("sns.topic_policies_name_their_users", settings=trusting) == {topic: held}


def test_plain_http(aws: Emulator) -> None:
    assert aws.judge("sqs.queues_that_refuse_plain_http") == {}
    denied = {**OPEN, "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    queue(aws, "strict", Policy=document(denied))
    queue(aws, "plain")
    told = "1 of 2 SQS queues have a statement that denies by aws:SecureTransport"
    assert aws.judge("sqs.queues_that_refuse_plain_http") == {"region:us-east-1": ("told", told)}
    client = aws.client("sns")
    topics = [client.create_topic(Name=name)["TopicArn"] for name in ("plain", "safe", "mute")]
    for topic, protocol in zip(topics, ("http", "https"), strict=False):
        client.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=f"{protocol}://example.com/")
    assert aws.judge("sns.messages_are_delivered_over_tls") == {
        topics[0]: ("fails", "1 subscriptions over http"),
        topics[1]: ("holds", "delivered by https"),
        topics[2]: ("not applicable", "nobody is subscribed"),
    }

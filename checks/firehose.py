"""Data Firehose: streams and their encryption."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check


class StreamName(
    Evidence,
    # Without a limit only ten streams are listed, and there is no page token (API reference).
    read=Read("firehose:ListDeliveryStreams", "DeliveryStreamNames", fixed={"Limit": 10000}),
):
    value: str


class Encryption(Part):
    status: str | None = None
    key_type: str | None = None


class Stream(
    Evidence,
    read=Read(
        "firehose:DescribeDeliveryStream",
        "DeliveryStreamDescription",
        per=StreamName,
        args={"DeliveryStreamName": "value"},
        arn="{delivery_stream_arn}",
    ),
):
    delivery_stream_arn: str
    delivery_stream_type: str
    delivery_stream_encryption_configuration: Encryption | None = None


@check(effort="low")
def streams_are_encrypted(stream: Stream) -> Verdict:
    """Firehose streams encrypt the records that they hold until delivery.

    Why: records wait here for minutes, and for a day where the destination is down.
    Fix: aws firehose start-delivery-stream-encryption --delivery-stream-name NAME
    """
    if stream.delivery_stream_type != "DirectPut":
        return NotApplicable(f"Firehose encrypts direct puts only; this is {stream.delivery_stream_type}")
    told = stream.delivery_stream_encryption_configuration
    status = (told.status if told else None) or "DISABLED"
    if status == "ENABLED":
        return Holds(f"encrypted under {told.key_type if told and told.key_type else 'a KMS key'}")
    if status in (
        "ENABLING",
        "ENABLING_FAILED",
        "DISABLING_FAILED",
    ):  # of the last attempt; what was before may still hold
        return CannotTell(f"the status of encryption at rest is {status}")
    return Fails(f"encryption at rest is {status}")

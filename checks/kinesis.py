"""Kinesis: data streams and their encryption."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check


class StreamName(Evidence, read=Read("kinesis:ListStreams", "StreamNames")):
    value: str


class Stream(
    Evidence,
    read=Read(
        "kinesis:DescribeStreamSummary",
        "StreamDescriptionSummary",
        per=StreamName,
        args={"StreamName": "value"},
        arn="{stream_arn}",
    ),
):
    stream_arn: str
    encryption_type: str = "NONE"
    retention_period_hours: int


@check(effort="low")
def streams_are_encrypted(stream: Stream) -> Verdict:
    """Streams encrypt their records at rest.

    Why: a stream keeps each record for a day to a year.
    Fix: aws kinesis start-stream-encryption --stream-name NAME --encryption-type KMS --key-id KEY
    """
    if stream.encryption_type == "KMS":
        return Holds("encrypted under a KMS key")
    return Fails("not encrypted at rest")


@check(effort="low")
def records_are_kept_for_a_week(stream: Stream, *, hours: int = 168) -> Verdict:
    """Streams keep their records for long enough to repair a consumer.

    Why: a consumer that fails on a Friday finds nothing left on Monday.
    Fix: aws kinesis increase-stream-retention-period --stream-name NAME --retention-period-hours 168
    """
    kept = stream.retention_period_hours
    return Holds(f"kept for {kept} hours") if kept >= hours else Fails(f"kept for {kept} hours, fewer than {hours}")

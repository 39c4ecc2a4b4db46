"""Results to where the user keeps them: their own bucket, topic and event bus. The only writes to AWS beside the Tool's."""

import json
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scanner.outputs.notice import DETAIL_TYPE, SOURCE, Notice
from scanner.review.document import Review


class DeliveryError(Exception):
    """Something could not be delivered; the message names the place and what AWS said."""


def store_bundle(session: boto3.Session, bundle: Path, bucket: str, prefix: str) -> str:
    """Every file of a bundle into the user's own bucket, the manifest last. Returns its address. DeliveryError."""
    s3 = session.client("s3")
    files = sorted(
        (path for path in bundle.rglob("*") if path.is_file()), key=lambda path: path.name == "manifest.json"
    )
    for path in files:
        key = f"{prefix}/{bundle.name}/{path.relative_to(bundle).as_posix()}"
        try:
            s3.upload_file(str(path), bucket, key)
        except (ClientError, BotoCoreError, boto3.exceptions.Boto3Error) as error:
            raise DeliveryError(f"s3://{bucket}/{key} could not be written: {error}.") from None
    return f"s3://{bucket}/{prefix}/{bundle.name}"


def last_review(session: boto3.Session, bucket: str, prefix: str, before: str) -> Review | None:
    """The newest review of a finished bundle below a prefix whose name sorts before `before`. None where there is none.

    A review that cannot be read, or was written by another version, is none: what changed since is then not told.
    """
    s3 = session.client("s3")
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
        keys = {entry["Key"] for page in pages for entry in page.get("Contents", ())}
        bundles = sorted(key.removesuffix("/manifest.json") for key in keys if key.endswith("/manifest.json"))
        past = [name for name in bundles if name < f"{prefix}/{before}"]
        if not past:
            return None
        return Review.model_validate_json(s3.get_object(Bucket=bucket, Key=f"{past[-1]}/review.json")["Body"].read())
    except (ClientError, BotoCoreError, ValueError):
        return None


def publish(session: boto3.Session, note: Notice, topic: str) -> None:
    """A message to the user's own SNS topic. DeliveryError."""
    region = topic.split(":")[3] if topic.count(":") >= 5 else None
    sns = session.client("sns", region_name=region)
    try:
        sns.publish(TopicArn=topic, Subject=note.subject, Message=note.text)
    except (ClientError, BotoCoreError) as error:
        raise DeliveryError(f"The topic {topic} took no message: {error}.") from None


def put_event(session: boto3.Session, note: Notice, bus: str) -> None:
    """An event on the user's own EventBridge bus. DeliveryError, also where the bus took the call and refused the entry."""
    entry: dict[str, Any] = {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(note.detail),
        "EventBusName": bus,
    }
    events = session.client("events")
    try:
        answer = events.put_events(Entries=[entry])
    except (ClientError, BotoCoreError) as error:
        raise DeliveryError(f"The event bus {bus} took no event: {error}.") from None
    if answer.get("FailedEntryCount"):
        refused = answer["Entries"][0]
        raise DeliveryError(
            f"The event bus {bus} refused the event: {refused.get('ErrorCode')} {refused.get('ErrorMessage')}."
        )

"""`wafr notify`: tell the user's own topic or event bus what changed since the last review."""

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.common import BundleArgument, Exit, ProfileOption, fail, load_lens, one_line_errors
from scanner.cli.written import write_out


def notify(
    bundle: BundleArgument,
    since: Annotated[Path | None, typer.Option("--since", help="Bundle of the review before.")] = None,
    topic: Annotated[str, typer.Option("--topic", help="ARN of your SNS topic.")] = "",
    event_bus: Annotated[str, typer.Option("--event-bus", help="Name or ARN of your EventBridge bus.")] = "",
    profile: ProfileOption = None,
) -> None:
    """Tell what changed since the last review: to an SNS topic, an EventBridge bus, or, with neither, on the screen."""
    with one_line_errors():
        from scanner.bundle.opened import open_bundle
        from scanner.cli.tool import judged
        from scanner.outputs.notice import notice
        from scanner.review.diff import NotComparableError, compare

        lens = load_lens()
        review = judged(open_bundle(bundle), lens)
        try:
            changes = compare(judged(open_bundle(since), lens), review) if since is not None else None
        except NotComparableError as error:
            fail(str(error), Exit.USAGE)
        note = notice(review, changes, str(bundle))
        if not topic and not event_bus:
            write_out(f"{note.subject}\n\n{note.text}\n", None)
            return
        import boto3
        from botocore.exceptions import BotoCoreError

        from scanner.deliver import DeliveryError, publish, put_event

        try:
            session = boto3.Session(profile_name=profile)
            if topic:
                publish(session, note, topic)
            if event_bus:
                put_event(session, note, event_bus)
        except DeliveryError as error:
            fail(str(error), Exit.CREDENTIALS)
        except BotoCoreError as error:
            fail(f"{error}.", Exit.CREDENTIALS)

"""AWS User Notifications: which events are told, and over which channels."""

from scanner import Evidence, Read, fact

_HOME = "us-east-1"  # the one region that answers for the account (User Notifications API reference)


class Configuration(
    Evidence,
    read=Read(
        "notifications:ListNotificationConfigurations",
        "notificationConfigurations",
        scope="global",
        region=_HOME,
        arn="{arn}",
    ),
):
    arn: str
    name: str
    status: str


class Channel(
    Evidence,
    read=Read(
        "notifications:ListChannels",
        "channels",
        per=Configuration,
        args={"notificationConfigurationArn": "arn"},
        region=_HOME,
    ),
):
    value: str


class Source(
    Evidence,
    read=Read(
        "notifications:ListEventRules",
        "eventRules",
        per=Configuration,
        args={"notificationConfigurationArn": "arn"},
        region=_HOME,
    ),
):
    source: str
    regions: tuple[str, ...]


@fact
def what_is_told(configurations: list[Configuration], channels: list[Channel], sources: list[Source]) -> str | None:
    """Which services' events User Notifications tell, and over how many channels."""
    if not configurations:
        return None
    names = sorted({one.source for one in sources})
    return (
        f"{len(configurations)} notification configurations about {', '.join(names[:5]) or 'nothing'}, "
        f"over {len({one.value for one in channels})} channels"
    )

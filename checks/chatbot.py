"""Amazon Q Developer in chat applications (AWS Chatbot): which channels hear of what."""

from scanner import Evidence, Read, fact

_HOME = "us-east-2"  # a global service; this is one of the regions that have an endpoint of it (AWS General Reference)


class SlackChannel(
    Evidence,
    read=Read("chatbot:DescribeSlackChannelConfigurations", "SlackChannelConfigurations", scope="global", region=_HOME),
):
    slack_channel_name: str
    sns_topic_arns: tuple[str, ...]
    state: str | None = None


class TeamsChannel(
    Evidence,
    read=Read(
        "chatbot:ListMicrosoftTeamsChannelConfigurations",
        "TeamChannelConfigurations",
        scope="global",
        region=_HOME,
    ),
):
    channel_id: str
    channel_name: str | None = None
    sns_topic_arns: tuple[str, ...]
    state: str | None = None


@fact
def channels(slack: list[SlackChannel], teams: list[TeamsChannel]) -> str | None:
    """Which chat channels hear of how many topics."""
    told = [f"Slack {one.slack_channel_name} ({len(one.sns_topic_arns)} topics)" for one in slack]
    told += [f"Teams {one.channel_name or one.channel_id} ({len(one.sns_topic_arns)} topics)" for one in teams]
    return f"chat channels that hear of alarms and events: {', '.join(sorted(told)[:5])}" if told else None

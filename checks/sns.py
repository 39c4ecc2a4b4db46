"""SNS: topics, who may use them, and whether anybody listens."""

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
    lets_everyone,
    outside_accounts,
)


class Topic(Evidence, read=Read("sns:ListTopics", "Topics", arn="{topic_arn}")):
    topic_arn: str


class Settings(Part):
    """A topic's attributes, which SNS gives as text."""

    kms_master_key_id: str | None = None
    policy: PolicyOrBlank = None


class TopicAttributes(Evidence, read=Read("sns:GetTopicAttributes", per=Topic, args={"TopicArn": "topic_arn"})):
    attributes: Settings


class Subscription(Evidence, read=Read("sns:ListSubscriptions", "Subscriptions")):
    """A subscription. Its ARN is `PendingConfirmation` until somebody confirms it (SNS API reference)."""

    subscription_arn: str
    topic_arn: str
    protocol: str

    @property
    def confirmed(self) -> bool:
        return self.subscription_arn.startswith("arn:")


@check(effort="low")
def topics_are_not_public(topic: TopicAttributes, here: Target) -> Verdict:
    """No topic's policy lets everyone in.

    Why: whoever can publish to a topic can make the workload act; whoever can subscribe hears what it says.
    Fix: name the principals in the topic's policy, or bind the wildcard with aws:SourceOwner or aws:SourceArn.
    """
    if topic.attributes.policy is None:
        return Holds("the topic has no policy")
    found = lets_everyone(topic.attributes.policy, here.account)
    return Fails(f"the policy is open: {found[0]}") if found else Holds("the policy lets in nobody in general")


@check(effort="low")
def topics_use_a_kms_key(topic: TopicAttributes) -> Verdict:
    """Topics encrypt messages under a KMS key.

    Why: then the key's policy decides who reads what waits for delivery.
    Fix: aws sns set-topic-attributes --topic-arn ARN --attribute-name KmsMasterKeyId --attribute-value KEY
    """
    key = topic.attributes.kms_master_key_id
    return Holds(f"encrypted under {key}") if key else Fails("no KMS key is set")


@check(effort="low")
def topics_have_listeners(topic: Topic, subscriptions: list[Subscription]) -> Verdict:
    """Topics have at least one confirmed subscription.

    Why: an alarm that goes to a topic without subscribers is heard by nobody.
    Fix: aws sns subscribe --topic-arn ARN …, and confirm it; or delete the topic.
    """
    mine = [one for one in subscriptions if one.topic_arn == topic.topic_arn]
    confirmed = sum(one.confirmed for one in mine)
    if confirmed:
        return Holds(f"{confirmed} confirmed subscriptions")
    return Fails("no subscription is confirmed" if mine else "nobody is subscribed")


@check(effort="low")
def messages_are_delivered_over_tls(topic: Topic, subscriptions: list[Subscription]) -> Verdict:
    """No topic delivers its messages over plain HTTP.

    Why: what goes over HTTP is read and changed by anybody on the way.
    Fix: aws sns subscribe --topic-arn ARN --protocol https …, then unsubscribe the other.
    """
    mine = [one for one in subscriptions if one.topic_arn == topic.topic_arn]
    # Nothing but the question whether it is wanted is sent to a subscription that nobody has confirmed.
    protocols = [one.protocol for one in mine if one.confirmed]
    if "http" in protocols:
        return Fails(f"{protocols.count('http')} subscriptions over http")
    if not protocols:
        return NotApplicable("no subscription is confirmed" if mine else "nobody is subscribed")
    return Holds(f"delivered by {', '.join(sorted(set(protocols)))}")


@check(effort="low")
def topic_policies_name_their_users(
    topic: TopicAttributes, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Policies of topics let in no other account but trusted ones.

    Why: an account that was let in once can make the workload act until somebody remembers.
    Fix: remove the account from the policy, bind it with aws:PrincipalOrgID, or list it as trusted.
    """
    if topic.attributes.policy is None:
        return NotApplicable("the topic has no policy")
    outside = outside_accounts(topic.attributes.policy, here.account, trusted_accounts)
    return Fails(f"another account is let in: {outside[0]}") if outside else Holds("no other account is let in")

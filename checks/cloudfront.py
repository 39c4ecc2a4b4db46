"""CloudFront: distributions, how viewers and origins are spoken to, and what stands before them."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

# Versions that a viewer certificate may set as the lowest ("Supported protocols and ciphers between viewers and CloudFront").
_MODERN = frozenset({"TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"})
_OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})
_TAKES_OLD = frozenset({"SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016"})


class Certificate(Part):
    cloud_front_default_certificate: bool = False
    minimum_protocol_version: str | None = None


class Behavior(Part):
    viewer_protocol_policy: str
    realtime_log_config_arn: str | None = None


class Behaviors(Part):
    items: tuple[Behavior, ...] = ()


class Protocols(Part):
    items: tuple[str, ...] = ()


class CustomOrigin(Part):
    origin_protocol_policy: str
    origin_ssl_protocols: Protocols | None = None


class S3Origin(Part):
    origin_access_identity: str = ""


class VpcOrigin(Part):
    vpc_origin_id: str


class Origin(Part):
    """An origin: a bucket, unless it says how it is spoken to over HTTP or that it is inside a VPC."""

    id: str
    domain_name: str
    origin_access_control_id: str = ""
    s3_origin_config: S3Origin | None = None
    custom_origin_config: CustomOrigin | None = None
    vpc_origin_config: VpcOrigin | None = None

    @property
    def is_bucket(self) -> bool:
        return self.custom_origin_config is None and self.vpc_origin_config is None

    @property
    def is_website(self) -> bool:
        """Is it a bucket by its website's name? CloudFront speaks to that as to any server, and cannot sign for it."""
        return ".s3-website-" in self.domain_name or ".s3-website." in self.domain_name

    @property
    def is_signed(self) -> bool:
        identity = self.s3_origin_config.origin_access_identity if self.s3_origin_config else ""
        return bool(self.origin_access_control_id or identity)


class Origins(Part):
    items: tuple[Origin, ...]


class OriginGroup(Part):
    id: str


class OriginGroups(Part):
    items: tuple[OriginGroup, ...] = ()


class Distribution(
    Evidence,
    read=Read(
        "cloudfront:ListDistributions", "DistributionList.Items", arn="{arn}", scope="global", omitted_if_empty=True
    ),
):
    id: str
    arn: str
    enabled: bool
    origin_groups: OriginGroups | None = None
    viewer_certificate: Certificate
    default_cache_behavior: Behavior
    cache_behaviors: Behaviors | None = None
    origins: Origins
    web_acl_id: str = ""

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        return (self.default_cache_behavior, *(self.cache_behaviors.items if self.cache_behaviors else ()))

    @property
    def takes_plain_http(self) -> int:
        """How many of its behaviours answer over HTTP."""
        return sum(one.viewer_protocol_policy == "allow-all" for one in self.behaviors)


class AccessControl(
    Evidence,
    read=Read(
        "cloudfront:ListOriginAccessControls",
        "OriginAccessControlList.Items",
        per=Distribution,
        omitted_if_empty=True,
    ),
):
    """An origin access control of the account; one call, whatever the number of distributions."""

    id: str
    signing_behavior: str


class Switch(Part):
    enabled: bool = False


class Config(
    Evidence,
    read=Read("cloudfront:GetDistributionConfig", "DistributionConfig", per=Distribution, args={"Id": "id"}),
):
    logging: Switch | None = None
    default_root_object: str = ""


class LogSource(
    Evidence,
    read=Read("logs:DescribeDeliverySources", "deliverySources", per=Distribution, fixed={"resourceArns": ["{arn}"]}),
):
    """A source of logs of the second kind, which CloudWatch Logs delivers; for CloudFront they live in its home region."""

    name: str
    resource_arns: tuple[str, ...]
    log_type: str


class LogDelivery(
    Evidence,
    read=Read("logs:DescribeDeliveries", "deliveries", per=LogSource, fixed={"deliverySourceNames": ["{name}"]}),
):
    delivery_source_name: str
    delivery_destination_arn: str


OFF = NotApplicable("the distribution is disabled")


def _idle(controls: list[AccessControl]) -> set[str]:
    """The access controls that sign nothing: their origins are asked as by anybody."""
    return {one.id for one in controls if one.signing_behavior == "never"}


@check(effort="low")
def viewers_use_https(distribution: Distribution) -> Verdict:
    """Distributions answer viewers over HTTPS, or send them there.

    Why: what goes over HTTP is read and changed by anybody on the way.
    Fix: set the viewer protocol policy of each behaviour to redirect-to-https or https-only.
    """
    if not distribution.enabled:
        return OFF
    plain, count = distribution.takes_plain_http, len(distribution.behaviors)
    return Fails(f"{plain} of {count} behaviours take plain HTTP") if plain else Holds("all behaviours ask for HTTPS")


@check(effort="low")
def viewers_use_modern_tls(distribution: Distribution) -> Verdict:
    """Distributions take TLS 1.2 or later only.

    Why: TLS 1.0 and 1.1 are broken, and their last clients have gone.
    Fix: set the distribution's security policy to TLSv1.2_2021, with a certificate of your own domain.
    """
    if not distribution.enabled:
        return OFF
    certificate = distribution.viewer_certificate
    if certificate.cloud_front_default_certificate:
        # Whatever the distribution says, CloudFront takes TLSv1 with its own certificate (API reference, ViewerCertificate).
        return Fails("CloudFront's own certificate comes with TLSv1 and later")
    lowest = certificate.minimum_protocol_version or "not set"
    if lowest in _MODERN:
        return Holds(f"at least {lowest}")
    return Fails(f"at least {lowest}") if lowest in _TAKES_OLD else CannotTell(f"the lowest version is {lowest}")


@check(effort="medium")
def origins_are_spoken_to_over_tls(distribution: Distribution) -> Verdict:
    """Distributions speak to their own origins over TLS 1.2 or later.

    Why: HTTPS at the edge hides that the rest of the way is in the open.
    Fix: set the origin's protocol policy to https-only and its protocols to TLSv1.2.
    """
    if not distribution.enabled:
        return OFF
    custom = [(one.id, one.custom_origin_config) for one in distribution.origins.items if one.custom_origin_config]
    inside = [one.id for one in distribution.origins.items if one.vpc_origin_config]
    if not custom and not inside:
        return NotApplicable("no origin is spoken to over HTTP")
    # What viewers ask for over HTTPS alone is asked of the origin so, too (API reference, OriginProtocolPolicy).
    safe = ("https-only",) if distribution.takes_plain_http else ("https-only", "match-viewer")
    weak = []
    for name, config in custom:
        if config.origin_protocol_policy not in safe:
            weak.append(f"{name}: {config.origin_protocol_policy}")
        elif config.origin_ssl_protocols is None or not config.origin_ssl_protocols.items:
            weak.append(f"{name}: the versions of TLS are not told")
        elif _OLD & set(config.origin_ssl_protocols.items):
            weak.append(f"{name}: {', '.join(sorted(_OLD & set(config.origin_ssl_protocols.items)))}")
    if inside and not weak:
        return CannotTell(f"how the origins inside a VPC are spoken to was not read: {', '.join(inside)}")
    return Fails("; ".join(weak)) if weak else Holds(f"{len(custom)} origins over TLS")


@check(effort="low")
def buckets_behind_distributions_are_closed(distribution: Distribution, controls: list[AccessControl]) -> Verdict:
    """Distributions sign their requests to S3 origins, so that the buckets can stay closed.

    Why: a bucket that CloudFront reads without signing has to be open to everyone, past WAF and logs.
    Fix: give the origin an origin access control, and let only it into the bucket's policy.
    """
    if not distribution.enabled:
        return OFF
    buckets = [one for one in distribution.origins.items if one.is_bucket or one.is_website]
    if not buckets:
        return NotApplicable("no origin is an S3 bucket")
    idle = _idle(controls)
    open_ = [
        f"{one.id}{', a website' if one.is_website else ''}"
        for one in buckets
        if one.is_website or not one.is_signed or one.origin_access_control_id in idle
    ]
    return Fails(f"unsigned: {'; '.join(open_)}") if open_ else Holds(f"{len(buckets)} S3 origins are signed for")


@check(effort="medium")
def distributions_have_a_web_acl(distribution: Distribution) -> Verdict:
    """A web ACL stands before each distribution.

    Why: known attacks on web applications arrive by the hour and need no skill.
    Fix: aws wafv2 create-web-acl --scope CLOUDFRONT with the managed rule groups, and associate it.
    """
    if not distribution.enabled:
        return OFF
    return Holds(f"web ACL {distribution.web_acl_id}") if distribution.web_acl_id else Fails("no web ACL")


@check(effort="low")
def requests_are_logged(
    distribution: Distribution, config: Config, sources: list[LogSource], deliveries: list[LogDelivery]
) -> Verdict:
    """Distributions write access logs, of either kind, or real-time logs of all behaviours.

    Why: they are the only record of who asked what of the workload; most requests never reach the origin.
    Fix: in the console under "Logging", add a standard log destination.
    """
    if not distribution.enabled:
        return OFF
    if config.logging is not None and config.logging.enabled:
        return Holds("standard logs go to a bucket")
    own = {one.name for one in sources if distribution.arn in one.resource_arns and one.log_type == "ACCESS_LOGS"}
    delivered = [one.delivery_destination_arn for one in deliveries if one.delivery_source_name in own]
    if delivered:
        return Holds(f"standard logs go to {delivered[0]}")
    if all(one.realtime_log_config_arn for one in distribution.behaviors):
        return Holds("all behaviours write real-time logs")
    return Fails("no access log is written")


@check(effort="low")
def a_root_object_is_named(distribution: Distribution, config: Config) -> Verdict:
    """Distributions of S3 buckets name the object that answers requests for the root.

    Why: without it the origin answers, and a bucket that may be listed shows all its names.
    Fix: set the default root object, for example to index.html.
    """
    if not distribution.enabled:
        return OFF
    if not any(one.is_bucket for one in distribution.origins.items):
        return NotApplicable("no origin is an S3 bucket")
    return Holds(f"it is {config.default_root_object}") if config.default_root_object else Fails("none is named")


@check(effort="low")
def buckets_are_signed_for_by_access_control(distribution: Distribution, controls: list[AccessControl]) -> Verdict:
    """Distributions sign for S3 origins by an origin access control, and not by an identity of the old kind.

    Why: the old kind does not sign for objects under a KMS key, nor in newer regions.
    Fix: make an origin access control, let it into the bucket's policy, and attach it to the origin.
    """
    if not distribution.enabled:
        return OFF
    idle = _idle(controls)
    signed = [
        one
        for one in distribution.origins.items
        if one.is_bucket and one.is_signed and one.origin_access_control_id not in idle
    ]
    if not signed:
        return NotApplicable("no S3 origin is signed for")
    old = [one.id for one in signed if not one.origin_access_control_id]
    return Fails(f"an access identity signs for: {', '.join(old)}") if old else Holds("origin access control signs")


@fact
def origins_that_fail_over(distributions: list[Distribution]) -> str | None:
    """How many distributions have an origin to fall back on."""
    enabled = [one for one in distributions if one.enabled]
    grouped = sum(bool(one.origin_groups and one.origin_groups.items) for one in enabled)
    return f"{grouped} of {len(enabled)} enabled distributions have origin groups" if enabled else None

"""Load balancers: what their listeners speak, what they write down, and over which zones they stand."""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

# Policies that still take TLS 1.0 or 1.1 ("Security policies", Elastic Load Balancing user guide): those of 2015 and 2016, and
# each whose name says so.
_OLD = ("ELBSecurityPolicy-2015", "ELBSecurityPolicy-2016", "ELBSecurityPolicy-FS-2018")
_OLD_NAMES = ("TLS-1-0", "TLS-1-1", "TLS13-1-0", "TLS13-1-1", "FS-1-1")


class Zone(Part):
    zone_name: str


class LoadBalancer(Evidence, read=Read("elbv2:DescribeLoadBalancers", "LoadBalancers", arn="{load_balancer_arn}")):
    load_balancer_arn: str
    load_balancer_name: str
    type: str
    scheme: str | None = None
    availability_zones: tuple[Zone, ...]


class Redirect(Part):
    protocol: str | None = None


class Action(Part):
    type: str
    redirect_config: Redirect | None = None


class Listener(
    Evidence,
    read=Read(
        "elbv2:DescribeListeners",
        "Listeners",
        per=LoadBalancer,
        args={"LoadBalancerArn": "load_balancer_arn"},
        arn="{listener_arn}",
    ),
):
    listener_arn: str
    protocol: str | None = None
    port: int | None = None
    ssl_policy: str | None = None
    default_actions: tuple[Action, ...] = ()

    @property
    def redirects_to_https(self) -> bool:
        return bool(self.default_actions) and all(
            action.type == "redirect"
            and action.redirect_config is not None
            and action.redirect_config.protocol == "HTTPS"
            for action in self.default_actions
        )


class Attribute(Part):
    key: str
    value: str | None = None


class Attributes(
    Evidence,
    read=Read("elbv2:DescribeLoadBalancerAttributes", per=LoadBalancer, args={"LoadBalancerArn": "load_balancer_arn"}),
):
    attributes: tuple[Attribute, ...]

    def on(self, key: str) -> bool:
        return any(one.key == key and one.value == "true" for one in self.attributes)


@check(effort="low")
def listeners_speak_tls(balancer: LoadBalancer, listener: Listener) -> Verdict:
    """Listeners of application load balancers speak HTTPS or send their callers there.

    Why: what goes over HTTP is read and changed by anybody on the way.
    Fix: aws elbv2 modify-listener --listener-arn ARN --default-actions Type=redirect,RedirectConfig={Protocol=HTTPS,…}
    """
    if balancer.type != "application":
        return NotApplicable(f"a listener of a {balancer.type} load balancer passes packets on")
    if listener.protocol == "HTTPS":
        return Holds(f"HTTPS on port {listener.port}")
    if listener.redirects_to_https:
        return Holds(f"{listener.protocol} on port {listener.port} redirects to HTTPS")
    return Fails(f"{listener.protocol} on port {listener.port}")


@check(effort="low")
def listeners_refuse_old_tls(listener: Listener) -> Verdict:
    """Listeners with TLS take version 1.2 or later only.

    Why: TLS 1.0 and 1.1 are broken, and their last clients have gone.
    Fix: aws elbv2 modify-listener --listener-arn ARN --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06
    """
    if listener.protocol not in ("HTTPS", "TLS"):
        return NotApplicable(f"the listener speaks {listener.protocol}")
    policy = listener.ssl_policy or "none"
    if policy == "none" or policy.startswith(_OLD) or any(words in policy for words in _OLD_NAMES):
        return Fails(f"the policy is {policy}")
    return Holds(f"the policy is {policy}")


@check(effort="low")
def requests_are_logged(balancer: LoadBalancer, attributes: Attributes) -> Verdict:
    """Load balancers write access logs.

    Why: they are the only record of who asked what of the workload.
    Fix: aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=access_logs.s3.enabled,Value=true …
    """
    if balancer.type == "gateway":
        return NotApplicable("gateway load balancers have no access logs")
    return Holds("access logs are on") if attributes.on("access_logs.s3.enabled") else Fails("access logs are off")


@check(effort="low")
def balancers_are_protected_from_deletion(attributes: Attributes) -> Verdict:
    """Load balancers refuse to be deleted.

    Why: with the load balancer goes the address that everybody uses.
    Fix: aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=deletion_protection.enabled,Value=true
    """
    return Holds("deletion protection is on") if attributes.on("deletion_protection.enabled") else Fails("it is off")


@check(effort="low")
def malformed_headers_are_dropped(balancer: LoadBalancer, attributes: Attributes) -> Verdict:
    """Application load balancers drop headers that are not valid.

    Why: a header that the balancer and the server read differently smuggles a second request in.
    Fix: … --attributes Key=routing.http.drop_invalid_header_fields.enabled,Value=true
    """
    if balancer.type != "application":
        return NotApplicable(f"a {balancer.type} load balancer reads no headers")
    if attributes.on("routing.http.drop_invalid_header_fields.enabled"):
        return Holds("they are dropped")
    return Fails("they are passed on")


@check(effort="medium")
def balancers_span_zones(balancer: LoadBalancer) -> Verdict:
    """Load balancers stand in at least two Availability Zones.

    Why: a balancer in one zone is gone with it, whatever stands behind.
    Fix: aws elbv2 set-subnets --load-balancer-arn ARN --subnets A B …
    """
    zones = sorted({zone.zone_name for zone in balancer.availability_zones})
    return Holds(f"in {', '.join(zones)}") if len(zones) > 1 else Fails(f"in {', '.join(zones) or 'no zone'} alone")

"""Classic load balancers: what they speak, what stands behind them, and what they write down."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

_OLD = ("Protocol-SSLv2", "Protocol-SSLv3", "Protocol-TLSv1", "Protocol-TLSv1.1")


class Spoken(Part):
    protocol: str
    load_balancer_port: int


class Listener(Part):
    listener: Spoken
    policy_names: tuple[str, ...] = ()


class Instance(Part):
    instance_id: str


class Balancer(
    Evidence,
    read=Read(
        "elb:DescribeLoadBalancers",
        "LoadBalancerDescriptions",
        arn="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{load_balancer_name}",
    ),
):
    load_balancer_name: str
    availability_zones: tuple[str, ...]
    listener_descriptions: tuple[Listener, ...]
    instances: tuple[Instance, ...] = ()


class PolicyAttribute(Part):
    attribute_name: str
    attribute_value: str | None = None


class Policy(
    Evidence,
    read=Read(
        "elb:DescribeLoadBalancerPolicies",
        "PolicyDescriptions",
        per=Balancer,
        args={"LoadBalancerName": "load_balancer_name"},
    ),
):
    policy_name: str
    policy_type_name: str
    policy_attribute_descriptions: tuple[PolicyAttribute, ...] = ()

    @property
    def tells_versions(self) -> bool:
        return any(one.attribute_name.startswith("Protocol-TLS") for one in self.policy_attribute_descriptions)

    @property
    def takes_old_tls(self) -> list[str]:
        on = {one.attribute_name for one in self.policy_attribute_descriptions if one.attribute_value == "true"}
        return [name.removeprefix("Protocol-") for name in _OLD if name in on]


class Switch(Part):
    enabled: bool


class Attributes(
    Evidence,
    read=Read(
        "elb:DescribeLoadBalancerAttributes",
        "LoadBalancerAttributes",
        per=Balancer,
        args={"LoadBalancerName": "load_balancer_name"},
    ),
):
    access_log: Switch
    cross_zone_load_balancing: Switch
    connection_draining: Switch


@check(effort="medium")
def listeners_speak_tls(balancer: Balancer) -> Verdict:
    """No listener of a classic load balancer speaks plain HTTP.

    Why: what goes over HTTP is read and changed by anybody on the way, and a classic balancer cannot redirect.
    Fix: replace it by an application load balancer that redirects, or remove the listener.
    """
    spoken = [
        (one.listener.protocol.upper(), one.listener.load_balancer_port) for one in balancer.listener_descriptions
    ]
    plain = [f"port {port}" for protocol, port in spoken if protocol == "HTTP"]
    if plain:
        return Fails(f"HTTP on {', '.join(plain)}")
    secure = sum(protocol in ("HTTPS", "SSL") for protocol, _ in spoken)
    if secure:
        return Holds(f"{secure} of {len(spoken)} listeners speak TLS, none HTTP")
    return NotApplicable("its listeners pass packets on" if spoken else "it has no listeners")


@check(effort="low")
def listeners_refuse_old_tls(balancer: Balancer, policies: list[Policy]) -> Verdict:
    """Classic load balancers take TLS 1.2 or later only.

    Why: TLS 1.0 and 1.1 are broken, and their last clients have gone.
    Fix: set ELBSecurityPolicy-TLS-1-2-2017-01 on each listener, or move to an application load balancer.
    """
    secure = [one for one in balancer.listener_descriptions if one.listener.protocol.upper() in ("HTTPS", "SSL")]
    if not secure:
        return NotApplicable("no listener speaks TLS")
    known = {one.policy_name: one for one in policies if one.policy_type_name == "SSLNegotiationPolicyType"}
    weak, silent = [], []
    for one in secure:
        chosen = [known[name] for name in one.policy_names if name in known]
        old = sorted({version for policy in chosen for version in policy.takes_old_tls})
        if not chosen:
            weak.append(f"port {one.listener.load_balancer_port} names no TLS policy")
        elif old:
            weak.append(f"port {one.listener.load_balancer_port} takes {', '.join(old)}")
        silent += [policy.policy_name for policy in chosen if not policy.tells_versions]
    if silent and not weak:
        return CannotTell(f"which versions are taken is not told by {', '.join(sorted(silent))}")
    return Fails("; ".join(weak)) if weak else Holds(f"{len(secure)} listeners take TLS 1.2 or later")


@check(effort="low")
def requests_are_logged(attributes: Attributes) -> Verdict:
    """Classic load balancers write access logs.

    Why: they are the only record of who asked what of the workload.
    Fix: aws elb modify-load-balancer-attributes --load-balancer-name NAME --load-balancer-attributes AccessLog={Enabled=true,…}
    """
    return Holds("access logs are on") if attributes.access_log.enabled else Fails("access logs are off")


@check(effort="medium")
def balancers_span_zones(balancer: Balancer) -> Verdict:
    """Classic load balancers stand in at least two Availability Zones.

    Why: a balancer in one zone is gone with it, whatever stands behind.
    Fix: aws elb attach-load-balancer-to-subnets --load-balancer-name NAME --subnets ANOTHER
    """
    zones = sorted(set(balancer.availability_zones))
    return Holds(f"in {', '.join(zones)}") if len(zones) > 1 else Fails(f"in {', '.join(zones) or 'no zone'} alone")


@check(effort="low")
def load_crosses_zones(balancer: Balancer, attributes: Attributes) -> Verdict:
    """Classic load balancers with targets in several zones share load across them.

    Why: without it, instances of a small zone get as much as those of a large one.
    Fix: aws elb modify-load-balancer-attributes --load-balancer-name NAME --load-balancer-attributes CrossZoneLoadBalancing={Enabled=true}
    """
    if len(set(balancer.availability_zones)) < 2:
        return NotApplicable("it stands in one zone")
    on = attributes.cross_zone_load_balancing.enabled
    return Holds("cross-zone load balancing is on") if on else Fails("cross-zone load balancing is off")


@check(effort="low")
def requests_are_finished_before_an_instance_leaves(attributes: Attributes) -> Verdict:
    """Classic load balancers let instances finish their requests before they leave.

    Why: without draining each deployment and each scale-in cuts requests off.
    Fix: aws elb modify-load-balancer-attributes --load-balancer-name NAME --load-balancer-attributes ConnectionDraining={Enabled=true,Timeout=300}
    """
    return Holds("draining is on") if attributes.connection_draining.enabled else Fails("draining is off")


@check(effort="medium")
def balancers_have_an_instance_to_turn_to(balancer: Balancer) -> Verdict:
    """Classic load balancers have at least two instances.

    Why: with a single instance there is nothing to fail over to, however good the health check.
    Fix: run a second one in another zone, best through an Auto Scaling group.
    """
    names = {one.instance_id for one in balancer.instances}
    if not names:
        return NotApplicable("no instance is registered")
    return Holds(f"{len(names)} instances") if len(names) > 1 else Fails(f"{next(iter(names))} is the only instance")


@fact
def classic_balancers(balancers: list[Balancer]) -> str | None:
    """Which load balancers are of the previous generation."""
    names = sorted(one.load_balancer_name for one in balancers)
    return f"{len(names)} classic load balancers: {', '.join(names[:10])}" if names else None

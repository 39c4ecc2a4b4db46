"""Load balancers: what their listeners speak, what they write down, and over which zones they stand."""

from checks.elbv2.evidence import (
    Attributes,
    Listener,
    LoadBalancer,
    LogDelivery,
    LogSource,
    Rule,
    TargetAttributes,
    TargetGroup,
    TargetHealth,
    redirect,
)
from scanner import CannotTell, Fails, Holds, NotApplicable, Verdict, check, fact

# How the names of policies begin that take TLS 1.2 or later only, and of those that take TLS 1.0 or 1.1 too ("Security
# policies", Elastic Load Balancing user guides). What a policy with another name takes is not known.
_MODERN = ("TLS-1-2", "FS-1-2", "TLS13-1-2", "TLS13-1-3")
_OLD = ("2015-", "2016-", "TLS-1-0", "TLS-1-1", "FS-1-1", "FS-2018-", "TLS13-1-0", "TLS13-1-1")
_ACCESS_LOGS = ("ALB_ACCESS_LOGS", "NLB_ACCESS_LOGS")
_GRPC_DEFAULT = "/AWS.ALB/healthcheck"


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
    told = f"the policy is {listener.ssl_policy or 'not told'}"
    name = (listener.ssl_policy or "").removeprefix("ELBSecurityPolicy-")
    if name == listener.ssl_policy or not name.startswith((*_MODERN, *_OLD)):
        return CannotTell(f"{told}, and not one whose versions of TLS are known here")
    return Holds(told) if name.startswith(tuple(f"{one}-" for one in _MODERN)) else Fails(told)


@check(effort="low")
def requests_are_logged(
    balancer: LoadBalancer,
    attributes: Attributes,
    listeners: list[Listener],
    sources: list[LogSource],
    deliveries: list[LogDelivery],
) -> Verdict:
    """Load balancers write access logs, to a bucket or through CloudWatch Logs.

    Why: they are the only record of who asked what of the workload.
    Fix: aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=access_logs.s3.enabled,Value=true …
    """
    if balancer.type == "gateway":
        return NotApplicable("gateway load balancers have no access logs")
    if balancer.type == "network" and not any(one.protocol == "TLS" for one in listeners):
        # "Access logs are created only if the load balancer has a TLS listener" (guide for Network Load Balancers).
        return NotApplicable("without a TLS listener a network load balancer writes no access logs")
    if attributes.on("access_logs.s3.enabled"):
        return Holds("access logs are on")
    own = {
        one.name for one in sources if balancer.load_balancer_arn in one.resource_arns and one.log_type in _ACCESS_LOGS
    }
    delivered = sorted(one.delivery_destination_arn for one in deliveries if one.delivery_source_name in own)
    return Holds(f"access logs go to {delivered[0]}") if delivered else Fails("access logs are off")


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


@check(effort="low")
def rules_speak_tls(balancer: LoadBalancer, listener: Listener, rules: list[Rule]) -> Verdict:
    """No rule of a plain HTTP listener serves requests: each sends its callers to HTTPS.

    Why: a listener that redirects by default still serves over HTTP what another of its rules forwards.
    Fix: aws elbv2 modify-rule --rule-arn ARN --actions Type=redirect,RedirectConfig={Protocol=HTTPS,…}
    """
    if balancer.type != "application":
        return NotApplicable(f"a {balancer.type} load balancer passes packets on")
    if listener.protocol != "HTTP":
        return NotApplicable(f"the listener speaks {listener.protocol}")
    plain = sorted(rule.priority for rule in rules if not redirect(rule.actions))
    if plain:
        return Fails(f"{len(plain)} of {len(rules)} rules answer over HTTP: {', '.join(plain[:5])}")
    return Holds(f"{len(rules)} rules redirect to HTTPS") if rules else NotApplicable("the listener has no rules")


@check(effort="low")
def odd_requests_are_not_forwarded(balancer: LoadBalancer, attributes: Attributes) -> Verdict:
    """Application load balancers mitigate requests that could be read in two ways.

    Why: in `monitor` mode a request that desynchronizes balancer and server is let through.
    Fix: … --attributes Key=routing.http.desync_mitigation_mode,Value=defensive
    """
    if balancer.type != "application":
        return NotApplicable(f"a {balancer.type} load balancer reads no requests")
    mode = attributes.value("routing.http.desync_mitigation_mode")
    told = f"the mode is {mode or 'not told'}"
    return Holds(told) if mode in ("defensive", "strictest") else Fails(told)


@check(effort="low")
def health_checks_ask_the_application(balancer: LoadBalancer, group: TargetGroup) -> Verdict:
    """Target groups of application load balancers ask a path of their own for health, not just `/`.

    Why: a start page that is served from a cache answers long after what stands behind it has stopped.
    Fix: aws elbv2 modify-target-group --target-group-arn ARN --health-check-path /health
    """
    if balancer.type != "application":
        return NotApplicable(f"behind a {balancer.type} load balancer")
    if not group.health_check_enabled:
        return NotApplicable("health checks are off")
    if group.health_check_path in (None, "/", _GRPC_DEFAULT):
        return Fails(f"the path is {group.health_check_path or 'not set'}")
    return Holds(f"the path is {group.health_check_path}")


@check(effort="low")
def targets_are_checked_for_health(group: TargetGroup) -> Verdict:
    """Target groups check the health of their targets.

    Why: a balancer that does not look sends every n-th request to a target that is down.
    Fix: aws elbv2 modify-target-group --target-group-arn ARN --health-check-enabled …
    """
    if group.target_type == "lambda":
        return NotApplicable("the target is a Lambda function, which has no instances to choose from")
    if group.health_check_enabled:
        return Holds(f"{group.health_check_protocol} every {group.health_check_interval_seconds} s")
    return Fails("health checks are off")


@check(effort="medium")
def some_target_is_healthy(group: TargetGroup, targets: list[TargetHealth]) -> Verdict:
    """Target groups with targets have a healthy one.

    Why: behind a group without one, every request fails or goes to a target that is known to be ill.
    Fix: aws elbv2 describe-target-health --target-group-arn ARN tells the reason for each target.
    """
    if group.target_type == "lambda":
        return NotApplicable("the target is a Lambda function")
    states = [one.target_health.state for one in targets]
    judged = [state for state in states if state in ("healthy", "unhealthy", "unhealthy.draining")]
    told = f"no target is judged: {', '.join(sorted(set(states))) or 'none is registered'}"
    if not judged:
        return CannotTell(told) if set(states) & {"initial", "unavailable"} else NotApplicable(told)
    told = f"{judged.count('healthy')} of {len(judged)} targets are healthy"
    return Holds(told) if "healthy" in judged else Fails(told)


@check(effort="medium")
def balancers_have_a_target_to_turn_to(group: TargetGroup, targets: list[TargetHealth]) -> Verdict:
    """Target groups of instances or addresses have at least two targets.

    Why: with a single target there is nothing to fail over to, however good the health check.
    Fix: run a second one in another zone, best through an Auto Scaling group or a service that keeps two.
    """
    if group.target_type not in ("instance", "ip"):
        return NotApplicable(f"the target is of type {group.target_type}")
    serving = {one.target.id for one in targets if one.target_health.state not in ("draining", "unused")}
    if not serving:
        return NotApplicable("the group serves nothing")
    if len(serving) == 1:
        return Fails(f"{next(iter(serving))} is the only target")
    return Holds(f"{len(serving)} targets")


@check(effort="medium")
def clients_are_not_tied_to_a_target(balancer: LoadBalancer, attributes: TargetAttributes) -> Verdict:
    """Target groups do not tie a client to one target.

    Why: where a session lives in one server, it dies with that server, and new servers get no load.
    Fix: keep sessions in a shared store, then … --attributes Key=stickiness.enabled,Value=false
    """
    if balancer.type == "gateway":
        return NotApplicable("a gateway load balancer keeps flows together by design")
    if attributes.value("stickiness.enabled") == "true":
        return Fails(f"sticky by {attributes.value('stickiness.type')}")
    return Holds("stickiness is off")


@check(effort="low")
def requests_are_finished_before_a_target_leaves(group: TargetGroup, attributes: TargetAttributes) -> Verdict:
    """Targets that are deregistered get time to finish their requests.

    Why: with a delay of zero each deployment and each scale-in cuts requests off.
    Fix: … --attributes Key=deregistration_delay.timeout_seconds,Value=30
    """
    if group.target_type == "lambda":
        return NotApplicable("the target is a Lambda function")
    delay = attributes.value("deregistration_delay.timeout_seconds")
    if delay is None:
        return CannotTell("AWS tells no delay")
    return Fails("the delay is 0 s") if delay == "0" else Holds(f"the delay is {delay} s")


@fact
def protocols_to_targets(groups: list[TargetGroup]) -> str | None:
    """How load balancers speak to their targets."""
    spoken = [one.protocol or one.target_type for one in groups]
    counted = ", ".join(f"{spoken.count(name)} {name}" for name in sorted(set(spoken)))
    return f"target groups by protocol: {counted}" if spoken else None


@fact
def callers_are_authenticated(listeners: list[Listener]) -> str | None:
    """How many HTTPS listeners prove who calls, by a client certificate or a sign-in."""
    secure = [one for one in listeners if one.protocol == "HTTPS"]
    certified = sum(one.mutual_authentication is not None and one.mutual_authentication.mode != "off" for one in secure)
    signed = sum(
        any(action.type.startswith(("authenticate-", "jwt-")) for action in one.default_actions) for one in secure
    )
    told = f"{certified} take client certificates, {signed} ask for a sign-in by default"
    return f"of {len(secure)} HTTPS listeners {told}" if secure else None


@fact
def balancers_by_type(balancers: list[LoadBalancer]) -> str | None:
    """Which load balancers there are."""
    kinds = [f"{one.type} ({one.scheme or 'no scheme'})" for one in balancers]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
    return f"load balancers: {counted}" if kinds else None

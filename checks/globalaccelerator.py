"""Global Accelerator: accelerators, where they lead, and what they write down."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

_HOME = "us-west-2"  # the only region that answers for the service (Global Accelerator API reference)


class Accelerator(
    Evidence,
    read=Read(
        "globalaccelerator:ListAccelerators", "Accelerators", arn="{accelerator_arn}", scope="global", region=_HOME
    ),
):
    accelerator_arn: str
    name: str
    enabled: bool


class Attributes(
    Evidence,
    read=Read(
        "globalaccelerator:DescribeAcceleratorAttributes",
        "AcceleratorAttributes",
        per=Accelerator,
        args={"AcceleratorArn": "accelerator_arn"},
        region=_HOME,
    ),
):
    flow_logs_enabled: bool = False


class Listener(
    Evidence,
    read=Read(
        "globalaccelerator:ListListeners",
        "Listeners",
        per=Accelerator,
        args={"AcceleratorArn": "accelerator_arn"},
        arn="{listener_arn}",
        region=_HOME,
    ),
):
    listener_arn: str


class Endpoint(Part):
    endpoint_id: str
    health_state: str | None = None
    weight: int = 128  # its default (Developer Guide, "Endpoint weights")


class EndpointGroup(
    Evidence,
    read=Read(
        "globalaccelerator:ListEndpointGroups",
        "EndpointGroups",
        per=Listener,
        args={"ListenerArn": "listener_arn"},
        region=_HOME,
    ),
):
    endpoint_group_region: str
    endpoint_descriptions: tuple[Endpoint, ...] = ()


OFF = NotApplicable("the accelerator is disabled")


@check(effort="low")
def traffic_is_logged(accelerator: Accelerator, attributes: Attributes) -> Verdict:
    """Accelerators write flow logs.

    Why: behind an accelerator the load balancer's own records start too late to tell who knocked.
    Fix: aws globalaccelerator update-accelerator-attributes --accelerator-arn ARN --flow-logs-enabled …
    """
    if not accelerator.enabled:
        return OFF
    return Holds("flow logs are on") if attributes.flow_logs_enabled else Fails("flow logs are off")


@check(effort="medium")
def listeners_have_endpoints_to_turn_to(
    accelerator: Accelerator, listener: Listener, groups: list[EndpointGroup]
) -> Verdict:
    """Listeners of accelerators have more than one endpoint.

    Why: an accelerator turns to the next healthy endpoint within seconds, where there is a next one.
    Fix: aws globalaccelerator create-endpoint-group for a second region, or add an endpoint to the group.
    """
    if not accelerator.enabled:
        return OFF
    # An endpoint without weight gets no traffic, not even where the others are sick ("Failover for unhealthy endpoints").
    taking = [(one.endpoint_id, group) for group in groups for one in group.endpoint_descriptions if one.weight]
    endpoints = [name for name, _ in taking]
    regions = sorted({group.endpoint_group_region for _, group in taking})
    told = f"{len(endpoints)} endpoints in {', '.join(regions) or 'no region'}"
    if len(endpoints) > 1:
        return Holds(told)
    return Fails(f"{told} for {listener.listener_arn.rpartition('/')[2]}")


@check(effort="medium")
def endpoints_are_healthy(accelerator: Accelerator, listener: Listener, groups: list[EndpointGroup]) -> Verdict:
    """Every endpoint of a listener is healthy.

    Why: an accelerator hides that one of its ways is closed, until the other one closes too.
    Fix: look at the endpoint's own health; the accelerator's health check has to reach it.
    """
    if not accelerator.enabled:
        return OFF
    states = [one.health_state for group in groups for one in group.endpoint_descriptions]
    judged = [one for one in states if one in ("HEALTHY", "UNHEALTHY")]
    named = listener.listener_arn.rpartition("/")[2]
    if not states:
        return NotApplicable(f"{named} has no endpoint")
    if not judged:
        return CannotTell(f"no endpoint of {named} was judged yet")
    told = f"{judged.count('HEALTHY')} of {len(judged)} endpoints are healthy"
    return Holds(told) if "UNHEALTHY" not in judged else Fails(told)

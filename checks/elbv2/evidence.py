"""What AWS says of load balancers, their listeners and their targets."""

from scanner import Evidence, Part, Read


class Zone(Part):
    zone_name: str


class LoadBalancer(Evidence, read=Read("elbv2:DescribeLoadBalancers", "LoadBalancers", arn="{load_balancer_arn}")):
    load_balancer_arn: str
    load_balancer_name: str
    dns_name: str | None = None
    type: str
    scheme: str | None = None
    availability_zones: tuple[Zone, ...]
    security_groups: tuple[str, ...] = ()  # network load balancers may have none


class Redirect(Part):
    protocol: str | None = None


class Action(Part):
    type: str
    redirect_config: Redirect | None = None


class MutualAuthentication(Part):
    mode: str = "off"  # its default (API reference)


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
    mutual_authentication: MutualAuthentication | None = None

    @property
    def redirects_to_https(self) -> bool:
        return redirect(self.default_actions)


class Rule(
    Evidence,
    read=Read(
        "elbv2:DescribeRules",
        "Rules",
        per=Listener,
        args={"ListenerArn": "listener_arn"},
        when={"protocol": "HTTP"},
    ),
):
    """A rule of a plain listener, its default action too."""

    rule_arn: str
    priority: str
    actions: tuple[Action, ...]


def redirect(actions: tuple[Action, ...]) -> bool:
    return bool(actions) and all(
        action.type == "redirect" and action.redirect_config is not None and action.redirect_config.protocol == "HTTPS"
        for action in actions
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
        return self.value(key) == "true"

    def value(self, key: str) -> str | None:
        return next((one.value for one in self.attributes if one.key == key), None)


class LogSource(
    Evidence,
    read=Read(
        "logs:DescribeDeliverySources",
        "deliverySources",
        per=LoadBalancer,
        fixed={"resourceArns": ["{load_balancer_arn}"]},
    ),
):
    """A source of logs that CloudWatch Logs delivers: the newer way, which the attributes of the load balancer do not show."""

    name: str
    resource_arns: tuple[str, ...]
    log_type: str


class LogDelivery(
    Evidence,
    read=Read("logs:DescribeDeliveries", "deliveries", per=LogSource, fixed={"deliverySourceNames": ["{name}"]}),
):
    delivery_source_name: str
    delivery_destination_arn: str


class TargetGroup(
    Evidence,
    read=Read(
        "elbv2:DescribeTargetGroups",
        "TargetGroups",
        per=LoadBalancer,
        args={"LoadBalancerArn": "load_balancer_arn"},
        arn="{target_group_arn}",
    ),
):
    """A target group that a load balancer uses."""

    target_group_arn: str
    target_type: str
    protocol: str | None = None  # Lambda functions have none
    health_check_enabled: bool
    health_check_protocol: str | None = None
    health_check_path: str | None = None
    health_check_interval_seconds: int | None = None


class TargetState(Part):
    state: str


class Target(Part):
    id: str


class TargetHealth(
    Evidence,
    read=Read(
        "elbv2:DescribeTargetHealth",
        "TargetHealthDescriptions",
        per=TargetGroup,
        args={"TargetGroupArn": "target_group_arn"},
    ),
):
    """A target of the group and how it is."""

    target: Target
    target_health: TargetState


class TargetAttributes(
    Evidence,
    read=Read(
        "elbv2:DescribeTargetGroupAttributes",
        per=TargetGroup,
        args={"TargetGroupArn": "target_group_arn"},
    ),
):
    attributes: tuple[Attribute, ...]

    def value(self, key: str) -> str | None:
        return next((one.value for one in self.attributes if one.key == key), None)

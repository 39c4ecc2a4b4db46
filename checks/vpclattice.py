"""VPC Lattice: service networks, the services in them, and whether callers have to prove who they are."""

from scanner import (
    Evidence,
    Fails,
    Holds,
    NotApplicable,
    Policy,
    PolicyOrBlank,
    Read,
    Statement,
    Target,
    Verdict,
    check,
    lets_everyone,
)

_NONE = frozenset(
    {"ResourceNotFoundException"}
)  # the service or network was listed, so it is its policy that is not there


_EVERY_CALL = frozenset({"*", "vpc-lattice-svcs:*", "vpc-lattice-svcs:invoke"})


class Network(Evidence, read=Read("vpc-lattice:ListServiceNetworks", "items", arn="{arn}")):
    """A service network of this account, or one that is shared with it."""

    id: str
    arn: str
    name: str


class NetworkBody(
    Evidence, read=Read("vpc-lattice:GetServiceNetwork", per=Network, args={"serviceNetworkIdentifier": "id"})
):
    auth_type: str


class NetworkPolicy(
    Evidence, read=Read("vpc-lattice:GetAuthPolicy", per=Network, args={"resourceIdentifier": "id"}, absent=_NONE)
):
    policy: PolicyOrBlank = None


class AccessLog(
    Evidence,
    read=Read("vpc-lattice:ListAccessLogSubscriptions", "items", per=Network, args={"resourceIdentifier": "id"}),
):
    destination_arn: str


class Joined(
    Evidence,
    read=Read(
        "vpc-lattice:ListServiceNetworkServiceAssociations",
        "items",
        per=Network,
        args={"serviceNetworkIdentifier": "id"},
        arn="{arn}",
    ),
):
    """A service in a service network, through which callers reach it."""

    arn: str  # of the association: a service may be in several networks
    service_id: str
    status: str


class Service(Evidence, read=Read("vpc-lattice:GetService", per=Joined, args={"serviceIdentifier": "service_id"})):
    auth_type: str


class ServicePolicy(
    Evidence,
    read=Read("vpc-lattice:GetAuthPolicy", per=Joined, args={"resourceIdentifier": "service_id"}, absent=_NONE),
):
    policy: PolicyOrBlank = None


def _turns_anonymous_away(statement: Statement) -> bool:
    """The condition by which an auth policy asks for a signed request (VPC Lattice User Guide, "Anonymous callers")."""
    return any(
        one.key.lower() == "aws:principaltype"
        and one.operator.lower() in ("stringnotequals", "stringnotequalsignorecase")
        and "anonymous" in {value.lower() for value in one.values}
        for one in statement.conditions
    )


def _denies_anonymous(statement: Statement) -> bool:
    """A Deny of every request that is not signed."""
    if statement.effect != "Deny" or len(statement.conditions) != 1 or "*" not in statement.resources:
        return False
    (one,) = statement.conditions
    return (
        any(name.value == "*" for name in statement.principals)
        and bool({action.lower() for action in statement.actions} & _EVERY_CALL)
        and one.key.lower() == "aws:principaltype"
        and one.operator.lower() in ("stringequals", "stringequalsignorecase")
        and [value.lower() for value in one.values] == ["anonymous"]
    )


def _asks(auth_type: str, policy: Policy | None, account: str) -> bool:
    """Does it ask who calls? With AWS_IAM and no policy nobody is let in (VPC Lattice User Guide, "Auth policies")."""
    if auth_type != "AWS_IAM" or policy is None:
        return auth_type == "AWS_IAM"
    if any(_denies_anonymous(one) for one in policy.statements):
        return True
    rest = tuple(one for one in policy.statements if not (one.effect == "Allow" and _turns_anonymous_away(one)))
    return not lets_everyone(policy.model_copy(update={"statements": rest}), account)


@check(effort="medium")
def services_authenticate_their_callers(
    named: Network,
    joined: Joined,
    network: NetworkBody,
    of_network: NetworkPolicy | None,
    service: Service,
    of_service: ServicePolicy | None,
    here: Target,
) -> Verdict:
    """Services in a service network, or the network itself, let in nobody who does not sign the request.

    Why: everything in every VPC of the network reaches the service.
    Fix: aws vpc-lattice update-service --service-identifier ID --auth-type AWS_IAM, with an auth policy
    """
    if joined.status != "ACTIVE":
        return NotApplicable(f"in {named.name} the service is {joined.status}")
    if _asks(service.auth_type, of_service.policy if of_service else None, here.account):
        return Holds("the service asks who calls")
    if _asks(network.auth_type, of_network.policy if of_network else None, here.account):
        return Holds(f"the network {named.name} asks who calls")
    told = f"the service's authentication is {service.auth_type}, the network's {network.auth_type}"
    both_off = "AWS_IAM" not in (service.auth_type, network.auth_type)
    return Fails(told if both_off else f"{told}, and the policies let in everybody")


@check(effort="low")
def calls_are_logged(network: Network, logs: list[AccessLog], here: Target) -> Verdict:
    """Service networks write access logs.

    Why: they are the only record of which service called which.
    Fix: aws vpc-lattice create-access-log-subscription --resource-identifier NETWORK --destination-arn ARN
    """
    if network.arn.split(":")[4] != here.account:
        return NotApplicable("the network belongs to another account, which is judged for it")
    return Holds(f"logged to {logs[0].destination_arn}") if logs else Fails("nothing is logged")

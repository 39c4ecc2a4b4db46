"""Transfer Family: servers, what they speak, to whom, and what they write down."""

import re

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

# Since this month no new policy takes SHA-1 in key exchange or message authentication any more ("Security policies for AWS Transfer
# Family servers"). A policy whose name holds no month does not pass.
_WITHOUT_SHA1 = "2022-03"
_MONTH = re.compile(r"\d{4}-\d{2}$")


class ServerEntry(Evidence, read=Read("transfer:ListServers", "Servers", arn="{arn}")):
    server_id: str
    arn: str


class EndpointDetails(Part):
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    address_allocation_ids: tuple[str, ...] = ()


class Server(Evidence, read=Read("transfer:DescribeServer", "Server", per=ServerEntry, args={"ServerId": "server_id"})):
    arn: str
    endpoint_type: str
    endpoint_details: EndpointDetails | None = None
    protocols: tuple[str, ...]
    security_policy_name: str
    logging_role: str | None = None
    structured_log_destinations: tuple[str, ...] = ()


@check(effort="medium")
def servers_refuse_plain_ftp(server: Server) -> Verdict:
    """Servers speak SFTP, FTPS or AS2, and not FTP.

    Why: FTP sends passwords and files in the clear.
    Fix: aws transfer update-server --server-id ID --protocols SFTP
    """
    told = f"speaks {', '.join(sorted(server.protocols))}"
    return Fails(told) if "FTP" in server.protocols else Holds(told)


@check(effort="low")
def servers_refuse_old_algorithms(server: Server) -> Verdict:
    """Servers have a security policy without SHA-1.

    Why: what was recorded today under broken algorithms is read tomorrow.
    Fix: aws transfer update-server --server-id ID --security-policy-name TransferSecurityPolicy-2024-01
    """
    told = f"the policy is {server.security_policy_name}"
    month = _MONTH.search(server.security_policy_name)
    return Holds(told) if month is not None and month.group() >= _WITHOUT_SHA1 else Fails(told)


@check(effort="low")
def transfers_are_logged(server: Server) -> Verdict:
    """Servers log who transfers what.

    Why: files that came or went without a record cannot be accounted for.
    Fix: aws transfer update-server --server-id ID --structured-log-destinations LOG_GROUP_ARN
    """
    if server.structured_log_destinations:
        return Holds(f"logged to {', '.join(server.structured_log_destinations)}")
    return Holds(f"logged by {server.logging_role}") if server.logging_role else Fails("nothing is logged")


@check(effort="medium")
def servers_stand_in_a_network(server: Server) -> Verdict:
    """Servers stand in a VPC, where security groups say who may knock.

    Why: a public endpoint takes a connection from everybody, and cannot be limited to partners' addresses.
    Fix: aws transfer update-server --server-id ID --endpoint-type VPC --endpoint-details …
    """
    told = f"the endpoint is of type {server.endpoint_type}"
    return Fails(told) if server.endpoint_type == "PUBLIC" else Holds(told)


@check(effort="medium")
def servers_span_zones(server: Server) -> Verdict:
    """Servers in a VPC have subnets to fall back on.

    Why: an endpoint in a single subnet is gone with its Availability Zone.
    Fix: aws transfer update-server --server-id ID --endpoint-details SubnetIds=A,B
    """
    if server.endpoint_type != "VPC" or server.endpoint_details is None:
        return NotApplicable(f"the endpoint is of type {server.endpoint_type}")
    subnets = server.endpoint_details.subnet_ids
    return Holds(f"{len(subnets)} subnets") if len(subnets) > 1 else Fails(f"{len(subnets)} subnets")

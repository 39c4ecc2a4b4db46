"""Transfer Family: servers, what they speak, to whom, and what they write down."""

import re

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check

# SHA-1, MD5, CBC, 3DES and RC4 in SSH. CBC with SHA-2 stays among the ciphers of TLS in every policy that AWS has.
_OLD_IN_SSH = re.compile(r"(^|-)(sha1|md5|none)(-|@|$)|-cbc(@|$)|^3des|^arcfour|^blowfish|^cast128")
# The same in TLS, and keys that are exchanged by RSA, so that who learns the key reads what was recorded.
_OLD_IN_TLS = re.compile(r"^TLS_RSA_|_(3DES|DES|RC4|NULL|EXPORT\d*|ANON|MD5)_|_(SHA|MD5)$", re.IGNORECASE)
# The policies that let host keys sign with SHA-1, `ssh-rsa`. The API does not tell this of servers ("Security policies for
# AWS Transfer Family servers").
_SIGN_WITH_SHA1 = frozenset(
    f"TransferSecurityPolicy-{name}"
    for name in (
        "2018-11",
        "2020-06",
        "FIPS-2020-06",
        "FIPS-2023-05",
        "FIPS-2024-01",
        "PQ-SSH-FIPS-Experimental-2023-04",
    )
)


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


class Algorithms(Part):
    ssh_ciphers: tuple[str, ...] = ()
    ssh_kexs: tuple[str, ...] = ()
    ssh_macs: tuple[str, ...] = ()
    tls_ciphers: tuple[str, ...] = ()


class SecurityPolicy(
    Evidence,
    read=Read("transfer:DescribeSecurityPolicy", per=Server, args={"SecurityPolicyName": "security_policy_name"}),
):
    """What a server's security policy takes: one call for each policy, however many servers have it."""

    security_policy: Algorithms


@check(effort="medium")
def servers_refuse_plain_ftp(server: Server) -> Verdict:
    """Servers speak SFTP, FTPS or AS2, and not FTP.

    Why: FTP sends passwords and files in the clear.
    Fix: aws transfer update-server --server-id ID --protocols SFTP
    """
    told = f"speaks {', '.join(sorted(server.protocols))}"
    return Fails(told) if "FTP" in server.protocols else Holds(told)


@check(effort="low")
def servers_refuse_old_algorithms(server: Server, policy: SecurityPolicy) -> Verdict:
    """Servers refuse SHA-1, CBC and 3DES over SSH, and SHA-1, RC4, 3DES and key exchange by RSA over TLS.

    Why: what was recorded today under broken algorithms is read tomorrow.
    Fix: aws transfer update-server --server-id ID --security-policy-name TransferSecurityPolicy-2024-01
    """
    name, taken = server.security_policy_name, policy.security_policy
    old, untold = [], []
    # SFTP uses what is there for SSH, FTPS what is there for TLS (the same page).
    if "SFTP" in server.protocols:
        kinds = (taken.ssh_kexs, taken.ssh_macs, taken.ssh_ciphers)
        old += [one for kind in kinds for one in kind if _OLD_IN_SSH.search(one)]
        old += ["ssh-rsa"] if name in _SIGN_WITH_SHA1 else []
        untold += [] if all(kinds) else ["SFTP"]
    if "FTPS" in server.protocols:
        old += [one for one in taken.tls_ciphers if _OLD_IN_TLS.search(one)]
        untold += [] if taken.tls_ciphers else ["FTPS"]
    if old:
        return Fails(f"{name} takes {', '.join(old[:5])}{', …' if len(old) > 5 else ''}")
    if "AS2" in server.protocols:
        untold.append("AS2")
    if untold:
        return CannotTell(f"what {name} takes for {' and '.join(untold)} is not told")
    if not {"SFTP", "FTPS"} & set(server.protocols):
        return NotApplicable(f"speaks {', '.join(sorted(server.protocols))}, without algorithms")
    return Holds(f"{name} takes none of them")


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

"""Firewall Manager: which rules of the network it lays on accounts by itself."""

from scanner import Evidence, Read, fact

# To everybody but its administrators it says so; the code stands for missing permissions too.
_NOT_HERE = frozenset(
    {
        "AccessDeniedException: No default admin could be found",
        "AccessDeniedException: is not currently delegated by AWS FM",
        "AccessDeniedException: is only available to Administration account",
    }
)


class Policy(
    Evidence,
    read=Read("fms:ListPolicies", "PolicyList", absent=_NOT_HERE, arn="{policy_arn}", omitted_if_empty=True),
):
    policy_arn: str
    policy_name: str
    security_service_type: str = ""
    remediation_enabled: bool = False


@fact
def policies(found: list[Policy]) -> str | None:
    """Which policies of Firewall Manager this account administers, and which of them mend by themselves."""
    told = sorted(
        f"{one.policy_name} ({one.security_service_type}{', mends by itself' if one.remediation_enabled else ''})"
        for one in found
    )
    return f"policies of Firewall Manager: {', '.join(told[:10])}" if told else None

"""Firewall Manager: which rules of the network it lays on accounts by itself, and whether they are kept."""

from scanner import CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

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
    policy_id: str
    policy_arn: str
    policy_name: str
    security_service_type: str = ""
    remediation_enabled: bool = False
    policy_status: str = "ACTIVE"  # AWS told of no other before administrators had scopes


class Evaluation(Part):
    compliance_status: str
    violator_count: int = 0


class Compliance(
    Evidence,
    read=Read(
        "fms:ListComplianceStatus",
        "PolicyComplianceStatusList",
        per=Policy,
        args={"PolicyId": "policy_id"},
        omitted_if_empty=True,
    ),
):
    """How one account keeps a policy."""

    member_account: str
    evaluation_results: tuple[Evaluation, ...] = ()


def _out_of_scope(policy: Policy) -> NotApplicable | None:
    if policy.policy_status == "OUT_OF_ADMIN_SCOPE":
        return NotApplicable(f"{policy.policy_name} is another administrator's")
    return None


@check(effort="low")
def policies_mend_by_themselves(policy: Policy) -> Verdict:
    """Policies of Firewall Manager are applied to new resources by themselves.

    Why: a policy that only reports leaves each new load balancer open until somebody reads the report.
    Fix: aws fms put-policy with RemediationEnabled, once its report shows nothing that has to be as it is.
    """
    if outside := _out_of_scope(policy):
        return outside
    told = f"automatic remediation of {policy.policy_name} ({policy.security_service_type}) is"
    return Holds(f"{told} on") if policy.remediation_enabled else Fails(f"{told} off")


@check(effort="medium")
def policies_are_kept(policy: Policy, accounts: list[Compliance]) -> Verdict:
    """Every account keeps the policies that Firewall Manager lays on it.

    Why: a resource outside the policy is one without the firewall that everybody counts on.
    Fix: aws fms get-compliance-detail --policy-id ID --member-account ACCOUNT tells which resources they are.
    """
    if outside := _out_of_scope(policy):
        return outside
    broken = {
        one.member_account: max(result.violator_count for result in bad)
        for one in accounts
        if (bad := [result for result in one.evaluation_results if result.compliance_status == "NON_COMPLIANT"])
    }
    if broken:
        told = ", ".join(f"{account} ({count} resources)" for account, count in sorted(broken.items())[:5])
        return Fails(f"{policy.policy_name} is not kept by {told}")
    judged = sum(bool(one.evaluation_results) for one in accounts)
    if judged < len(accounts) or not accounts:
        return CannotTell(f"Firewall Manager has judged {judged} of {len(accounts)} accounts by {policy.policy_name}")
    return Holds(f"{judged} accounts keep {policy.policy_name}")


@fact
def policies(found: list[Policy]) -> str | None:
    """Which policies of Firewall Manager this account administers, and which of them mend by themselves."""
    told = sorted(
        f"{one.policy_name} ({one.security_service_type}{', mends by itself' if one.remediation_enabled else ''})"
        for one in found
    )
    return f"policies of Firewall Manager: {', '.join(told[:10])}" if told else None

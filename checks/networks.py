"""Whether anything keeps the network's protection without a person: stacks and tools, or rules that others keep up to date."""

from checks.networkfirewall import FirewallPolicy
from checks.wafv2.evidence import EdgeAclBody, WebAclBody
from scanner import AllRegions, Evidence, Fails, Holds, NotApplicable, Part, Read, Target, Verdict, check

# How tools of infrastructure as code tag what they make, where they do: CloudFormation (and with it CDK, SAM and Service
# Catalog) by itself, the others where a team has them do so.
_STACK = "aws:cloudformation:stack-name"
_TOOLS = ("terraform", "opentofu", "pulumi", "crossplane", "ansible", "cdk", "cloudformation")


class Tag(Part):
    key: str
    value: str = ""


class TaggedGroup(Evidence, read=Read("ec2:DescribeSecurityGroups", "SecurityGroups")):
    """A security group's tags; what it lets in is read apart."""

    group_name: str
    tags: tuple[Tag, ...] = ()

    @property
    def comes_from_code(self) -> bool:
        return any(
            one.key == _STACK or any(tool in f"{one.key}={one.value}".lower() for tool in _TOOLS) for one in self.tags
        )


@check(effort="medium")
def protection_is_kept_by_something(
    groups: AllRegions[TaggedGroup],
    policies: AllRegions[FirewallPolicy],
    acls: AllRegions[WebAclBody],
    edge_acls: list[EdgeAclBody],
    here: Target,
    *,
    percent: int = 50,
) -> Verdict:
    """Stacks, a tool, or rules that others keep up to date hold the network's protection; not people alone.

    Why: rules that people edit one by one are behind the attackers and differ from one network to the next.
    Fix: make security groups in stacks, and add managed rule groups to web ACLs and firewalls, or have Firewall Manager do so.
    """
    own = [one for one in groups if one.group_name != "default"]
    bodies = [*(one.web_acl for one in acls), *(one.web_acl for one in edge_acls)]
    if not own and not bodies and not policies:
        return NotApplicable("no security group but default ones, no web ACL and no firewall")
    from_code = sum(one.comes_from_code for one in own)
    rules = [rule for body in bodies for rule in body.all_rules if not rule.counts_only]
    references = [group.resource_arn for one in policies for group in one.stateful_rule_group_references]
    ways = {
        f"{from_code} of {len(own)} security groups come from code": own and 100 * from_code >= percent * len(own),
        "web ACLs take in managed rule groups": any(
            rule.statement.managed_rule_group_statement is not None for rule in rules
        ),
        "Firewall Manager keeps web ACLs": any(
            body.pre_process_firewall_manager_rule_groups or body.post_process_firewall_manager_rule_groups
            for body in bodies
        ),
        "firewalls take in rule groups that others keep": any(
            arn.split(":")[4] != here.account
            for arn in references
            if arn.count(":") >= 5  # AWS's own: aws-managed
        ),
    }
    found = [way for way, so in ways.items() if so]
    if found:
        return Holds("; ".join(found))
    return Fails(
        f"{from_code} of {len(own)} security groups come from code, and none of {len(bodies)} web ACLs "
        f"and {len(policies)} firewalls takes in rules that others keep"
    )

"""Whether anything but people keeps the network's protection, through real clients."""

from typing import Any

from tests.checks.answers import answering
from tests.emulator import ACCOUNT, Emulator

CHECK = "networks.protection_is_kept_by_something"
HERE = f"account:{ACCOUNT}"
FIREWALL = f"arn:aws:network-firewall:us-east-1:{ACCOUNT}:"
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}


def group(aws: Emulator, name: str, *tags: tuple[str, str]) -> None:
    ec2 = aws.client("ec2")
    made = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
    if tags:
        ec2.create_tags(Resources=[made], Tags=[{"Key": key, "Value": value} for key, value in tags])


def test_security_groups_from_code(aws: Emulator) -> None:
    assert aws.judge(CHECK) == {
        HERE: ("not applicable", "no security group but default ones, no web ACL and no firewall")
    }
    group(aws, "clicked", ("Name", "web"))
    nothing = "come from code, and none of 0 web ACLs and 0 firewalls takes in rules that others keep"
    assert aws.judge(CHECK) == {HERE: ("fails", f"0 of 1 security groups {nothing}")}
    group(aws, "clicked-too")
    group(aws, "managed", ("managed-by", "Terraform"))
    assert aws.judge(CHECK) == {HERE: ("fails", f"1 of 3 security groups {nothing}")}
    group(aws, "built", ("built-with", "aws-cdk"))
    assert aws.judge(CHECK) == {HERE: ("holds", "2 of 4 security groups come from code")}


def web_acl(aws: Emulator, name: str, override: dict[str, Any]) -> None:
    managed = {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}
    rule = {
        "Name": "common",
        "Priority": 1,
        "Statement": {"ManagedRuleGroupStatement": managed},
        "OverrideAction": override,
        "VisibilityConfig": SEEN,
    }
    aws.client("wafv2").create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=[rule]
    )


def test_managed_rules_keep_it_and_those_that_only_count_do_not(aws: Emulator) -> None:
    web_acl(aws, "watching", {"Count": {}})
    nothing = (
        "0 of 0 security groups come from code, and none of 1 web ACLs and 0 firewalls takes in rules that others keep"
    )
    assert aws.judge(CHECK) == {HERE: ("fails", nothing)}
    web_acl(aws, "stopping", {"None": {}})
    assert aws.judge(CHECK) == {HERE: ("holds", "web ACLs take in managed rule groups")}


def test_firewalls_take_in_rules_of_others(aws: Emulator) -> None:
    arn = f"{FIREWALL}firewall/edge"
    firewall = {
        "FirewallName": "edge",
        "FirewallArn": arn,
        "FirewallPolicyArn": f"{FIREWALL}firewall-policy/edge",
        "FirewallId": "f-1",
        "VpcId": "vpc-1",
        "SubnetMappings": [{"SubnetId": "subnet-1"}],
    }
    policy = {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
    }
    entry = {
        "ListFirewalls": {"Firewalls": [{"FirewallName": "edge", "FirewallArn": arn}]},
        "DescribeFirewall": {"Firewall": firewall},
    }

    def with_group(owner: str) -> dict[str, Any]:
        group_arn = f"arn:aws:network-firewall:us-east-1:{owner}:stateful-rulegroup/ThreatSignaturesBotnetActionOrder"
        answer = {**policy, "StatefulRuleGroupReferences": [{"ResourceArn": group_arn}]}
        response = {"FirewallPolicyName": "edge", "FirewallPolicyArn": "a", "FirewallPolicyId": "p-1"}
        return {
            **entry,
            "DescribeFirewallPolicy": {
                "UpdateToken": "t",
                "FirewallPolicyResponse": response,
                "FirewallPolicy": answer,
            },
        }

    with answering("network-firewall", with_group("aws-managed")):
        assert aws.judge(CHECK) == {HERE: ("holds", "firewalls take in rule groups that others keep")}
    with answering("network-firewall", with_group(ACCOUNT)):
        nothing = "0 of 0 security groups come from code, and none of 0 web ACLs and 1 firewalls takes in rules that others keep"
        assert aws.judge(CHECK) == {HERE: ("fails", nothing)}

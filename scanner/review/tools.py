"""Kinds of outside tools that a team may declare: what AWS does not show may be there, so "not found" becomes unknown."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """What a kind of tool does, and what such tools are called."""

    does: str
    such_as: str


TOOLS: Mapping[str, Tool] = {
    "backup_product": Tool("makes, keeps and restores backups outside AWS Backup", "Veeam, Commvault, Rubrik"),
    "chaos_load_tool": Tool("injects faults, or brings load in tests", "Gremlin, Chaos Mesh, k6 Cloud, BlazeMeter"),
    "ci_cd": Tool("builds, tests and deploys", "GitHub Actions, GitLab CI, Jenkins"),
    "edge_dns_waf": Tool("stands before AWS: names, caches, filters", "Cloudflare, Akamai, Fastly"),
    "finops_tool": Tool("watches and allocates costs", "CloudHealth, Apptio Cloudability, Vantage"),
    "iac_tool": Tool("makes infrastructure from code, other than CloudFormation", "Terraform, Pulumi, OpenTofu"),
    "identity_provider": Tool("signs people in", "Okta, Microsoft Entra ID, Ping"),
    "itsm_oncall": Tool(
        "keeps incidents, changes and who is on call", "PagerDuty, ServiceNow, Jira Service Management"
    ),
    "observability": Tool("takes metrics, logs and traces, and raises alarms", "Datadog, New Relic, Grafana Cloud"),
    "secret_store": Tool("keeps secrets", "HashiCorp Vault, CyberArk, 1Password"),
    "siem": Tool("gathers and searches security events", "Splunk, Microsoft Sentinel, Elastic Security"),
    "vulnerability_scanner": Tool("looks for weaknesses in code, images and machines", "Snyk, Wiz, Qualys, Trivy"),
    "wiki_runbooks": Tool("holds runbooks and playbooks", "Confluence, Notion, a repository of Markdown"),
}

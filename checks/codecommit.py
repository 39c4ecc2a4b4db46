"""CodeCommit: repositories, and whether somebody has to approve what is merged."""

from scanner import Evidence, Fails, Holds, Read, Verdict, check, fact


class Repository(
    Evidence,
    read=Read(
        "codecommit:ListRepositories",
        "repositories",
        arn="arn:{partition}:codecommit:{region}:{account}:{repository_name}",
    ),
):
    repository_name: str


class Template(
    Evidence,
    read=Read(
        "codecommit:ListAssociatedApprovalRuleTemplatesForRepository",
        "approvalRuleTemplateNames",
        per=Repository,
        args={"repositoryName": "repository_name"},
    ),
):
    value: str


@check(effort="low")
def merges_need_an_approval(repository: Repository, templates: list[Template]) -> Verdict:
    """A rule asks for approvals of every pull request of a repository.

    Why: a second pair of eyes finds what tests do not, and what one person alone should not do.
    Fix: aws codecommit associate-approval-rule-template-with-repository --repository-name NAME …
    """
    if templates:
        return Holds(f"rules: {', '.join(sorted(one.value for one in templates))}")
    return Fails(f"no approval rule template is associated with {repository.repository_name}")


@fact
def repositories(found: list[Repository]) -> str | None:
    """Which repositories CodeCommit keeps."""
    names = sorted(one.repository_name for one in found)
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"CodeCommit repositories: {', '.join(names[:10])}{more}" if names else None

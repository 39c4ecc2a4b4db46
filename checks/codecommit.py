"""CodeCommit: repositories, and whether somebody has to approve what is merged."""

from datetime import datetime, timedelta

from scanner import Evidence, Fails, Holds, NotApplicable, Read, ScanTime, Verdict, check, fact


class Repository(
    Evidence,
    read=Read(
        "codecommit:ListRepositories",
        "repositories",
        arn="arn:{partition}:codecommit:{region}:{account}:{repository_name}",
    ),
):
    repository_name: str


class Metadata(
    Evidence,
    read=Read(
        "codecommit:BatchGetRepositories",
        "repositories",
        per=Repository,
        args={"repositoryNames": "repository_name"},
        batch=100,
        match="repository_name",
    ),
):
    repository_name: str
    last_modified_date: datetime
    default_branch: str | None = None  # not there while nothing was pushed


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
def merges_need_an_approval(
    repository: Repository, metadata: Metadata, templates: list[Template], at: ScanTime, *, days: int = 90
) -> Verdict:
    """A rule asks for approvals of every pull request of a repository that somebody works on.

    Why: a second pair of eyes finds what tests do not, and what one person alone should not do.
    Fix: aws codecommit associate-approval-rule-template-with-repository --repository-name NAME …
    """
    if metadata.default_branch is None:
        return NotApplicable("the repository is empty")
    if templates:
        return Holds(f"rules: {', '.join(sorted(one.value for one in templates))}")
    if at - metadata.last_modified_date > timedelta(days=days):
        return NotApplicable(f"last changed on {metadata.last_modified_date:%Y-%m-%d}")
    return Fails(f"no approval rule template is associated with {repository.repository_name}")


@fact
def repositories(found: list[Repository]) -> str | None:
    """Which repositories CodeCommit keeps."""
    names = sorted(one.repository_name for one in found)
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"CodeCommit repositories: {', '.join(names[:10])}{more}" if names else None

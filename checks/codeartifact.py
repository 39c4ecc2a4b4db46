"""CodeArtifact: repositories of packages, and where theirs come from."""

from scanner import Evidence, Fails, Holds, Part, Policy, Read, Target, Verdict, check, fact, lets_everyone


class RepositoryEntry(Evidence, read=Read("codeartifact:ListRepositories", "repositories", arn="{arn}")):
    name: str
    arn: str
    domain_name: str
    domain_owner: str


class External(Part):
    external_connection_name: str


class Upstream(Part):
    repository_name: str


class Repository(
    Evidence,
    read=Read(
        "codeartifact:DescribeRepository",
        "repository",
        per=RepositoryEntry,
        args={"domain": "domain_name", "domainOwner": "domain_owner", "repository": "name"},
    ),
):
    name: str
    upstreams: tuple[Upstream, ...] = ()
    external_connections: tuple[External, ...] = ()


class RepositoryPolicy(
    Evidence,
    read=Read(
        "codeartifact:GetRepositoryPermissionsPolicy",
        "policy",
        per=RepositoryEntry,
        args={"domain": "domain_name", "domainOwner": "domain_owner", "repository": "name"},
        absent={"ResourceNotFoundException"},  # the repository was listed, so it is the policy that is not there
    ),
):
    document: Policy


@check(effort="low")
def repositories_are_not_public(policy: RepositoryPolicy | None, here: Target) -> Verdict:
    """No policy opens a repository of packages to everyone.

    Why: packages hold the company's code; and who may write there writes into every build.
    Fix: name the accounts in the repository's policy, or bind the wildcard with aws:PrincipalOrgID.
    """
    if policy is None:
        return Holds("the repository has no policy")
    found = lets_everyone(policy.document, here.account)
    return Fails(f"the policy is open: {found[0]}") if found else Holds("the policy lets in nobody in general")


@fact
def repositories(found: list[Repository]) -> str | None:
    """Which repositories of packages there are, and from which public ones they draw."""
    told = sorted(
        f"{one.name} (from {', '.join(sorted(e.external_connection_name for e in one.external_connections)) or 'no public one'})"
        for one in found
    )
    return f"CodeArtifact repositories: {', '.join(told[:10])}" if told else None

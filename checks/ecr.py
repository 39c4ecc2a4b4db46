"""ECR: repositories of container images."""

import re

from scanner import Evidence, Fails, Holds, Part, Policy, Read, Target, Verdict, check, lets_everyone


class Scanning(Part):
    scan_on_push: bool = False


class Repository(Evidence, read=Read("ecr:DescribeRepositories", "repositories", arn="{repository_arn}")):
    repository_name: str
    repository_arn: str
    image_tag_mutability: str = "MUTABLE"
    image_scanning_configuration: Scanning | None = None


class Filter(Part):
    filter: str
    filter_type: str

    def matches(self, name: str) -> bool:
        """A filter without a star matches names that hold it, one with stars the whole name (API reference)."""
        if "*" not in self.filter:
            return self.filter in name
        return re.fullmatch(".*".join(map(re.escape, self.filter.split("*"))), name) is not None


class Rule(Part):
    scan_frequency: str
    repository_filters: tuple[Filter, ...] = ()


class RegistryScanning(Evidence, read=Read("ecr:GetRegistryScanningConfiguration", "scanningConfiguration")):
    scan_type: str
    rules: tuple[Rule, ...] = ()

    def covers(self, name: str) -> bool:
        """Does a rule of the registry scan this repository without being asked?"""
        return any(
            rule.scan_frequency != "MANUAL" and any(one.matches(name) for one in rule.repository_filters)
            for rule in self.rules
        )


class RepositoryPolicy(
    Evidence,
    read=Read(
        "ecr:GetRepositoryPolicy",
        per=Repository,
        args={"repositoryName": "repository_name"},
        absent={"RepositoryPolicyNotFoundException"},
    ),
):
    policy_text: Policy


@check(effort="low")
def images_are_scanned(repository: Repository, registry: RegistryScanning) -> Verdict:
    """Images are scanned for known vulnerabilities.

    Why: an image carries every bug of its base; without a scan nobody knows which.
    Fix: aws ecr put-registry-scanning-configuration --scan-type ENHANCED …, or scan on push per repository.
    """
    if registry.covers(repository.repository_name):
        return Holds(f"a rule of the registry scans it ({registry.scan_type.lower()})")
    scanning = repository.image_scanning_configuration
    # With enhanced scanning only the registry's rules count (ECR user guide, "Scan images for software vulnerabilities").
    if registry.scan_type != "ENHANCED" and scanning is not None and scanning.scan_on_push:
        return Holds("images are scanned when they are pushed")
    return Fails("neither a rule of the registry nor the repository scans images on push")


@check(effort="low")
def tags_stay_what_they_are(repository: Repository) -> Verdict:
    """Tags of images cannot be moved to another image.

    Why: with movable tags, what was tested and what is deployed share a name and nothing else.
    Fix: aws ecr put-image-tag-mutability --repository-name NAME --image-tag-mutability IMMUTABLE
    """
    if repository.image_tag_mutability == "IMMUTABLE":
        return Holds(f"tags are {repository.image_tag_mutability}")
    return Fails(f"tags are {repository.image_tag_mutability}")


@check(effort="low")
def repositories_are_not_public(policy: RepositoryPolicy | None, here: Target) -> Verdict:
    """No policy opens a private repository to everyone.

    Why: images hold code and configuration, and sometimes secrets.
    Fix: name the accounts in the repository's policy, or bind the wildcard with aws:PrincipalOrgID.
    """
    if policy is None:
        return Holds("the repository has no policy")
    found = lets_everyone(policy.policy_text, here.account)
    return Fails(f"the policy is open: {found[0]}") if found else Holds("the policy lets in nobody in general")

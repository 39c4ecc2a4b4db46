"""ECR: repositories of container images."""

import re

from scanner import Evidence, Fails, Holds, Part, Policy, Read, Target, Verdict, check, fact, lets_everyone


class Scanning(Part):
    scan_on_push: bool = False


class Repository(Evidence, read=Read("ecr:DescribeRepositories", "repositories", arn="{repository_arn}")):
    repository_name: str
    repository_arn: str
    image_tag_mutability: str = "MUTABLE"
    image_scanning_configuration: Scanning | None = None


class SomeRepository(Evidence, read=Read("ecr:DescribeRepositories", "repositories[0]", omitted_if_empty=True)):
    """The first repository of the same answer: there is none where there are no repositories."""

    repository_name: str


class CacheRule(Evidence, read=Read("ecr:DescribePullThroughCacheRules", "pullThroughCacheRules", per=SomeRepository)):
    ecr_repository_prefix: str
    upstream_registry_url: str


class Destination(Part):
    region: str
    registry_id: str


class ReplicationRule(Part):
    destinations: tuple[Destination, ...] = ()


class Replication(Part):
    rules: tuple[ReplicationRule, ...] = ()


class Registry(Evidence, read=Read("ecr:DescribeRegistry", per=SomeRepository)):
    registry_id: str
    replication_configuration: Replication | None = None


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


@check(effort="medium")
def images_are_scanned_again(repository: Repository, registry: RegistryScanning) -> Verdict:
    """Images are scanned again as vulnerabilities become known, not only when they are pushed.

    Why: most vulnerabilities become known after the image was pushed.
    Fix: aws ecr put-registry-scanning-configuration --scan-type ENHANCED with a rule of CONTINUOUS_SCAN
    """
    name = repository.repository_name
    if registry.scan_type == "ENHANCED" and any(
        rule.scan_frequency == "CONTINUOUS_SCAN" and any(one.matches(name) for one in rule.repository_filters)
        for rule in registry.rules
    ):
        return Holds("scanned continuously")
    return Fails(f"{registry.scan_type.lower()} scanning, without a continuous rule for it")


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


@fact
def pull_through_caches(rules: list[CacheRule]) -> str | None:
    """Which public registries are reached through the account's own."""
    told = ", ".join(sorted(f"{one.upstream_registry_url} under {one.ecr_repository_prefix}" for one in rules))
    return f"pull through caches: {told}" if told else None


@fact
def replicated_to(registries: list[Registry]) -> str | None:
    """To which regions and accounts images are copied."""
    places = sorted(
        {
            f"{place.region} ({place.registry_id})"
            for one in registries
            if one.replication_configuration
            for rule in one.replication_configuration.rules
            for place in rule.destinations
        }
    )
    return f"images are copied to {', '.join(places)}" if places else None

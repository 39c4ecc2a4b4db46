"""Tags over all services, as the Resource Groups Tagging API lists them: who owns what, and what came out of a stack.

The API lists resources that have or had a tag; what was never tagged is not in it (API reference, GetResources).
"""

from collections import Counter

from scanner import AllRegions, CannotTell, Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

STACK = "aws:cloudformation:stack-name"  # CloudFormation sets it on every resource that it makes and that can be tagged
MOST_NAMED = 3


class Tag(Part):
    key: str
    value: str = ""


class TaggedResource(
    Evidence,
    read=Read(
        "resourcegroupstaggingapi:GetResources",
        "ResourceTagMappingList",
        arn="{resource_arn}",
        action="tag:GetResources",
    ),
):
    resource_arn: str
    tags: tuple[Tag, ...]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(tag.key for tag in self.tags)


def _named(resources: list[TaggedResource]) -> str:
    more = f" and {len(resources) - MOST_NAMED} more" if len(resources) > MOST_NAMED else ""
    return ", ".join(sorted(one.resource_arn for one in resources)[:MOST_NAMED]) + more


@check(effort="high")
def resources_come_from_code(resources: list[TaggedResource], *, percent: int = 80) -> Verdict:
    """Most tagged resources of a region belong to a CloudFormation stack.

    Why: what was made by hand in the console has no history, no review and no way back.
    Fix: bring the resources into stacks (CloudFormation import, IaC generator), or declare the tool that makes them as iac_tool.
    """
    if not resources:
        return NotApplicable("no resource here was ever tagged")
    by_hand = [one for one in resources if STACK not in one.keys]
    told = f"{len(resources) - len(by_hand)} of {len(resources)} tagged resources belong to a stack"
    if 100 * (len(resources) - len(by_hand)) >= percent * len(resources):
        return Holds(told)
    return Fails(f"{told}; made by hand: {_named(by_hand)}")


@check(effort="medium")
def resources_name_their_owner(
    resources: list[TaggedResource],
    *,
    percent: int = 80,
    keys: tuple[str, ...] = ("owner", "team", "contact", "squad", "costcenter", "cost-center"),
) -> Verdict:
    """Most tagged resources of a region carry a tag that names an owner.

    Why: an alarm about a thing that nobody owns is an alarm that nobody answers.
    Fix: aws resourcegroupstaggingapi tag-resources --resource-arn-list ARN … --tags owner=TEAM
    """
    if not resources:
        return NotApplicable("no resource here was ever tagged")
    asked = {_plain(key) for key in keys}
    # A tag without a value names nobody.
    ownerless = [one for one in resources if not any(_plain(t.key) in asked and t.value.strip() for t in one.tags)]
    told = f"{len(resources) - len(ownerless)} of {len(resources)} tagged resources name an owner"
    if 100 * (len(resources) - len(ownerless)) >= percent * len(resources):
        return Holds(told)
    return Fails(f"{told}; without: {_named(ownerless)}")


def _plain(key: str) -> str:
    return key.rpartition(":")[2].lower().replace("_", "").replace("-", "")


ENVIRONMENT = ("environment", "env", "stage")
_PRODUCTION = frozenset({"prod", "production", "prd", "live"})
_OTHER = frozenset(
    {"dev", "develop", "development", "test", "testing", "tst", "qa", "uat", "int", "integration", "staging", "sandbox"}
    | {"preprod", "preproduction", "nonprod", "nonproduction", "demo", "playground"}
)


def environments(resource: TaggedResource, keys: tuple[str, ...] = ENVIRONMENT) -> set[str]:
    """`production` and `other`, as far as a resource's tags name an environment in words that are known."""
    asked = {_plain(key) for key in keys}
    values = {_plain(tag.value) for tag in resource.tags if _plain(tag.key) in asked}
    return {name for name, words in (("production", _PRODUCTION), ("other", _OTHER)) if values & words}


@check(effort="high")
def environments_do_not_mix(
    resources: AllRegions[TaggedResource], *, fewest: int = 3, percent: int = 80, keys: tuple[str, ...] = ENVIRONMENT
) -> Verdict:
    """Production and other environments do not share an account, as far as tags name the environment.

    Why: a test with production's permissions beside it is one wrong name away from production.
    Fix: an account for each environment, and move the resources there.
    """
    named = [environments(one, keys) for one in resources]
    production, other = sum("production" in one for one in named), sum("other" in one for one in named)
    if not production and not other:
        return NotApplicable("no tag names an environment")
    told = f"{production} resources are tagged production, {other} another environment"
    if min(production, other) >= fewest:
        return Fails(told)
    if production and other:
        return CannotTell(f"{told}: too few to tell")
    silent = sum(not one for one in named)
    if silent:
        told = f"{told}; of {silent} it is not told"
    return Holds(told) if 100 * (len(named) - silent) >= percent * len(named) else CannotTell(told)


@fact
def environments_by_tag(resources: AllRegions[TaggedResource], *, keys: tuple[str, ...] = ENVIRONMENT) -> str | None:
    """Which environments the tags name, and how many resources each."""
    asked = {_plain(key) for key in keys}
    return _counted("environments by tag", [t.value for one in resources for t in one.tags if _plain(t.key) in asked])


@fact
def classifications(
    resources: AllRegions[TaggedResource],
    *,
    keys: tuple[str, ...] = ("classification", "dataclassification", "sensitivity", "confidentiality"),
) -> str | None:
    """How many resources that hold data carry a tag for how sensitive it is, and which values there are."""
    asked = {_plain(key) for key in keys}
    stores = [one for one in resources if _holds_data(one.resource_arn)]
    tagged = [tag.value for one in stores for tag in one.tags if _plain(tag.key) in asked]
    values = ", ".join(sorted(set(tagged))[:5])
    return (
        f"{len(tagged)} of {len(stores)} tagged data stores name a classification{': ' if values else ''}{values}"
        if stores
        else None
    )


def _holds_data(arn: str) -> bool:
    service, _, rest = arn.partition(":")[2].partition(":")[2].partition(":")
    if service in ("dynamodb", "elasticfilesystem", "fsx", "es", "redshift", "s3"):
        return ":accesspoint/" not in rest
    return service == "rds" and (":db:" in rest or ":cluster:" in rest)


@fact
def recovery_objectives(
    resources: AllRegions[TaggedResource],
    *,
    keys: tuple[str, ...] = ("rto", "rpo", "recoverytier", "drtier", "criticality"),
) -> str | None:
    """How many resources carry a tag for how soon they must be back, or how much data may be lost."""
    asked = {_plain(key) for key in keys}
    found = [f"{_plain(tag.key)}={tag.value}" for one in resources for tag in one.tags if _plain(tag.key) in asked]
    return _counted("recovery objectives by tag", found)


def _counted(title: str, values: list[str]) -> str | None:
    counts = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    more = f" and {len(counts) - 5} more" if len(counts) > 5 else ""
    return f"{title}: {', '.join(f'{name} {count}' for name, count in counts[:5])}{more}" if counts else None


@fact
def owners(resources: list[TaggedResource]) -> str | None:
    """Who the tags say owns resources, and how many."""
    counts: dict[str, int] = {}
    for one in resources:
        for tag in one.tags:
            if _plain(tag.key) in ("owner", "team"):
                counts[tag.value] = counts.get(tag.value, 0) + 1
    if not counts:
        return None
    told = ", ".join(
        f"{name or 'nobody'} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    return f"owners by tag: {told}"

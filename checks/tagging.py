"""Tags over all services, as the Resource Groups Tagging API lists them: who owns what, and what came out of a stack.

The API lists resources that have or had a tag; what was never tagged is not in it (API reference, GetResources).
"""

from scanner import Evidence, Fails, Holds, NotApplicable, Part, Read, Verdict, check, fact

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
    ownerless = [one for one in resources if not any(_plain(key) in map(_plain, keys) for key in one.keys)]
    told = f"{len(resources) - len(ownerless)} of {len(resources)} tagged resources name an owner"
    if 100 * (len(resources) - len(ownerless)) >= percent * len(resources):
        return Holds(told)
    return Fails(f"{told}; without: {_named(ownerless)}")


def _plain(key: str) -> str:
    return key.rpartition(":")[2].lower().replace("_", "").replace("-", "")


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
